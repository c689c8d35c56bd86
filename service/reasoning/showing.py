"""How answers about a plan look in a terminal: a few lines each, words first."""

from typing import Final

from rich.console import Console

from service.reasoning.answers import Reasoning
from service.reasoning.between import fallbacks
from service.reasoning.replanning import replan, without_slot
from service.reasoning.shapes import (
    AttentionRead,
    ComparisonRead,
    FallbacksRead,
    OtherWay,
    ParityRead,
    QuestionsRead,
    RegretRead,
    ReplanRead,
    WhatWorksRead,
    WhyNotRead,
    WorthRead,
)
from service.terminal import print_line
from service.wording import Words

HEAD: Final = "bold cyan"
MOST_LINES: Final = 10
MOST_QUESTIONS: Final = 3
TIMES_IN_THE_DEMO: Final = 10
SOLVES_IN_THE_DEMO: Final = 6
"""Few, so that the demo takes seconds; the commands and HTTP look further."""


def show_lines(head: str, lines: list[str], console: Console) -> None:
    """Show lines below each other, behind one head."""
    for line in lines:
        print_line(console, head, line)
        head = " " * len(head)


def show_why_not(found: WhyNotRead, console: Console) -> None:
    """Show why a plan does not give somebody a place."""
    show_lines(f"{found.candidate}  ", found.text, console)
    print_line(console, "", found.note, style="dim")


def show_what_works(found: WhatWorksRead, console: Console) -> None:
    """Show what would make a place work."""
    shown = {line for way in found.ways for line in way.text}
    for way in found.ways:
        show_lines(f"{found.candidate}  ", way.text, console)
    more = [line for line in found.text if line not in shown]
    show_lines(f"{found.candidate}  ", more, console)
    print_line(console, "", found.note, style="dim")


def show_questions(found: QuestionsRead, console: Console, *, most: int = MOST_LINES) -> None:
    """Show what to ask first."""
    for one in found.items[:most]:
        show_lines(f"{one.code}  ", one.text, console)
    print_line(console, "", found.note, style="dim")


def show_worth(found: WorthRead, console: Console) -> None:
    """Show what a little more would bring; what brings nothing stays out."""
    items = [one for one in found.items if (one.placed or 0) > 0 or (one.points or 0) > 0]
    for one in items or found.items[:1]:
        print_line(console, "", one.text)
    for line in found.text:
        print_line(console, "", line)
    print_line(console, "", found.note, style="dim")


def show_attention(found: AttentionRead, console: Console, *, everything: bool) -> None:
    """Show whose place is the same when things are slightly different."""
    print_line(console, "", found.text[0])
    for line in found.text[1:]:
        print_line(console, "  ", line)
    if everything:
        for one in found.people:
            print_line(console, f"{one.candidate}  ", one.text)
    print_line(console, "", found.note, style="dim")


def show_comparison(found: ComparisonRead, console: Console) -> None:
    """Show what another way of planning would change."""
    for line in found.text:
        print_line(console, "", line)
    for one in found.changes:
        print_line(console, f"  {one.candidate}  ", f"{one.before or '–'} → {one.after or '–'}")
    print_line(console, "", found.note, style="dim")


def show_regret(found: RegretRead, console: Console) -> None:
    """Show what each place would take from others."""
    for one in found.items:
        show_lines(f"{found.candidate}  ", one.text, console)
    print_line(console, "", found.note, style="dim")


def show_fallbacks(found: FallbacksRead, console: Console) -> None:
    """Show where each person could go if their place fell through."""
    for line in found.text:
        print_line(console, "", line)
    for one in found.items:
        print_line(console, f"  {one.candidate}  ", one.text)
    print_line(console, "", found.note, style="dim")


def show_parity(found: ParityRead, console: Console) -> None:
    """Show how groups fare."""
    for line in found.text:
        print_line(console, "", line)
    for one in found.groups:
        show_lines("  ", one.text, console)
    print_line(console, "", found.note, style="dim")


def show_replan(found: ReplanRead, words: Words, console: Console) -> None:
    """Show the plans between fewest moves and most points, and who moves in the chosen one."""
    for point in found.points:
        print_line(console, "→ " if point.is_chosen else "  ", point.text)
    for line in found.text:
        print_line(console, "", line)
    if found.points and not found.moves:
        print_line(console, "", words.nothing_moves())
    for move in found.moves:
        where = f"{move.before or '–'} → {move.after or '–'}. "
        print_line(console, f"  {move.candidate}  ", f"{where}{move.text}")
    print_line(console, "", found.note, style="dim")


def show_in_demo(reasoning: Reasoning, console: Console) -> None:
    """Show a few lines of each answer, as they are found."""
    words = reasoning.words
    console.print()
    print_line(console, "", words.heading("more"), style=HEAD)
    asked = _first_without_place(reasoning)
    if asked is not None:
        slot = reasoning.names.slot(asked[1])
        _part(console, words.heading("why_not", slot=slot))
        show_lines(f"    {asked[0]}  ", reasoning.why_not(*asked).text[:3], console)
        _part(console, words.heading("works"))
        ways = reasoning.what_works(asked[0], most=1)
        show_lines(f"    {asked[0]}  ", ways.text[:2], console)
        _part(console, words.heading("replan", slot=slot))
        show_lines("    ", _without_slot(reasoning, asked[1]), console)
    _part(console, words.heading("fallbacks"))
    show_lines("    ", fallbacks(reasoning).text, console)
    _part(console, words.heading("worth"))
    print_line(console, "    ", _best_seats(reasoning))
    _part(console, words.heading("questions"))
    for one in reasoning.questions(most_solves=SOLVES_IN_THE_DEMO).items[:MOST_QUESTIONS]:
        show_lines(f"    {one.code}  ", one.text[:1], console)
    for told in (
        reasoning.compare(OtherWay.ABSOLUTE),
        reasoning.attention(times=TIMES_IN_THE_DEMO),
    ):
        _part(console, told.text[0])
        show_lines("    ", told.text[1:], console)


def _without_slot(reasoning: Reasoning, code: str) -> list[str]:
    """Say what would come of it if a slot fell away: the plan that moves fewest people."""
    solved = reasoning.solved
    found = replan(
        without_slot(solved, code, seed=reasoning.seed),
        solved.places,
        reasoning.people,
        since="",
        words=reasoning.words,
        seed=reasoning.seed,
    )
    more = len(found.points) - 1
    told = [reasoning.words.more_replans(more)] if more else []
    return [*(point.text for point in found.points[:1]), *told]


def _part(console: Console, line: str) -> None:
    print_line(console, "  ", line, style="bold")


def _first_without_place(reasoning: Reasoning) -> tuple[str, str] | None:
    """Return the first person without a place for whom some slot is possible, and that slot."""
    for one in reasoning.solved.reasons:
        possible = one.get("no_place", {}).get("possible", [])
        if possible:
            return str(one["candidate"]), str(possible[0]["slot"])
    return None


def _best_seats(reasoning: Reasoning) -> str:
    items = reasoning.worth(seats_only=True).items
    most = max(0, items[0].placed or 0)
    best = [one for one in items if one.placed == items[0].placed]
    slots = [str(one.limit["slot"]) for one in best[:2]]
    return reasoning.words.worth_of_seats(slots, most, reasoning.names)
