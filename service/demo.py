"""
The main job on the sample: read the twelve pilots, ask for a run, solve it, and show what it
proposes.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.organisation import Organisation
from models.pilot import Pilot
from models.slot import Slot
from service.access import SHELL
from service.calendar import play_on
from service.database import migrate, open_database, reading, transaction
from service.importing.actions import import_file
from service.match_runs.actions import start_run
from service.match_runs.queries import find_run, list_all_proposals, read_proof, read_run
from service.match_runs.shapes import MatchRunRead, ProofRead
from service.match_runs.solving import Solved
from service.match_runs.worker import new_owner, work_once
from service.policies.actions import default_policy
from service.reasoning.answers import Reasoning
from service.reasoning.queries import solved_again
from service.reasoning.showing import show_in_demo
from service.reasons import PlaceReasons
from service.settings import SAMPLES
from service.terminal import UNBROKEN, print_line
from service.wording import Names, Words

SAMPLE: Final = SAMPLES / "proeftuinen-2017"
SAMPLE_DAY: Final = date(2017, 12, 1)
"""The day the sample plays on: after the announcement, before the first cohort."""

FILES: Final = (
    ("organisations", "organisations.json"),
    ("pilots", "pilots.json"),
    ("slots", "slots.json"),
    ("postcodes", "postcodes.csv"),
    ("candidates", "candidates.csv"),
    ("coaches", "coaches.json"),
    ("quotas", "quotas.json"),
    ("bonds", "bonds.json"),
)
GOAL: Final = 40
"""The programme wanted at least forty people at work."""


@dataclass(frozen=True)
class BatchResult:
    """A run with what it puts forward; reasons still as data."""

    run: MatchRunRead
    proof: ProofRead
    reasons: list[dict[str, Any]]
    names: Names
    pilots: list[tuple[str, str]]
    slots: list[tuple[str, str, str, int]]
    solved: Solved | None = None


def load(engine: Engine) -> None:
    """Import the files of the sample, and note the day it plays on."""
    for kind, name in FILES:
        import_file(engine, kind, SAMPLE / name, by=SHELL)
    with transaction(engine) as session:
        play_on(session, SAMPLE_DAY)


def load_if_empty(engine: Engine) -> bool:
    """Import the sample into a database that holds nothing yet; return whether it did."""
    with reading(engine) as session:
        if session.exec(select(Organisation.id).limit(1)).first() is not None:
            return False
    load(engine)
    return True


def run(folder: Path, *, seed: int) -> BatchResult:
    """Do the main job on a database of its own, made anew each time."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo.db"
    for old in (path, folder / "demo.db-wal", folder / "demo.db-shm"):
        old.unlink(missing_ok=True)
    engine = open_database(f"sqlite:///{path}")
    try:
        migrate(engine)
        load(engine)
        with transaction(engine) as session:
            asked = start_run(
                session,
                seed=seed,
                today=SAMPLE_DAY,
                policy=default_policy(session, by=SHELL),
                by=SHELL,
            )
        work_once(engine, owner=new_owner())
        result = read_result(engine, asked.id)
        with reading(engine) as session:
            return replace(result, solved=solved_again(session, find_run(session, asked.id)))
    finally:
        engine.dispose()


def read_result(engine: Engine, run_id: UUID) -> BatchResult:
    """Read what a run puts forward."""
    with reading(engine) as session:
        found = find_run(session, run_id)
        reasons, names = list_all_proposals(session, found)
        return BatchResult(
            run=read_run(session, found),
            proof=read_proof(session, found, Words("en")),
            reasons=reasons,
            names=names,
            pilots=list(session.exec(select(Pilot.code, Pilot.name).order_by(col(Pilot.id))).all()),
            slots=_slots(session),
        )


def _slots(session: Session) -> list[tuple[str, str, str, int]]:
    rows = session.exec(
        select(Slot.code, Slot.title, Pilot.code, Slot.seats).join(Pilot).order_by(col(Slot.id))
    ).all()
    return [(code, title, pilot, seats) for code, title, pilot, seats in rows]


def to_json(result: BatchResult, words: Words) -> dict[str, Any]:
    """Return a result as plain data, with sentences."""
    return {
        "run": result.run.model_dump(mode="json", by_alias=True),
        "proof": result.proof.model_dump(mode="json", by_alias=True)
        | {"statement": words.proof(result.proof.proof, result.proof.status.value)},
        "proposals": [
            PlaceReasons.model_validate(words.worded(one, result.names)).model_dump(
                mode="json", by_alias=True
            )
            for one in result.reasons
        ],
    }


def show(
    result: BatchResult, words: Words, console: Console, *, everything: bool, is_demo: bool
) -> None:
    """Show a plan pilot by pilot, then who has no place yet, then the proof."""
    placed: dict[str, list[dict[str, Any]]] = {}
    waiting = []
    for one in result.reasons:
        if one.get("place"):
            placed.setdefault(one["place"]["slot"], []).append(one)
        else:
            waiting.append(one)
    print_line(console, "", words.introduction(result.run.n_candidates))
    for code, name in result.pilots:
        if result.run.pilots is not None and code not in result.run.pilots:
            continue
        slots = [slot for slot in result.slots if slot[2] == code]
        if slots:
            console.print()
            print_line(console, f"{code}  ", name, style="bold cyan")
        for slot, title, _, seats in slots:
            here = placed.get(slot, [])
            taken = words.seats(len(here), seats).replace(" ", UNBROKEN)
            print_line(console, f"  {slot}  ", f"{title} ({taken})", style="bold")
            for one in here:
                _show_place(one, words, result.names, console, everything=everything)
    if waiting:
        console.print()
        print_line(console, "", words.heading_no_place(len(waiting)), style="bold cyan")
    for one in waiting:
        lines = words.no_place_text(one["no_place"], result.names)
        _show_lines(f"  {one['candidate']}  ", lines if everything else lines[:2], console)
    _show_coaches(result, words, console)
    _show_proof(result, words, console, is_demo=is_demo)
    if result.solved is not None:
        show_in_demo(Reasoning(result.solved, words, seed=result.run.seed), console)
    if is_demo:
        console.print()
        _show_next_steps(words, console)


def _show_place(
    one: dict[str, Any], words: Words, names: Names, console: Console, *, everything: bool
) -> None:
    head = f"    {one['candidate']}  "
    lines = words.place_text(one, names)
    _show_lines(head, lines if everything else lines[:2], console)
    for question in one["place"]["questions"][: None if everything else 1]:
        asked = words.finding(question, names)
        print_line(console, " " * len(head) + "? ", asked, style="yellow")


def _show_lines(head: str, lines: list[str], console: Console) -> None:
    print_line(console, head, lines[0])
    for line in lines[1:]:
        print_line(console, " " * len(head), line, style="dim")


def _show_coaches(result: BatchResult, words: Words, console: Console) -> None:
    if not result.proof.coach_hours:
        return
    console.print()
    print_line(console, "", words.heading_coaches(), style="bold cyan")
    for one in result.proof.coach_hours:
        told = words.coach_hours(one.coaches, one.used, one.hours, one.starts_on, one.ends_on)
        print_line(console, "  ", told)


def _show_proof(result: BatchResult, words: Words, console: Console, *, is_demo: bool) -> None:
    run, proof = result.run, result.proof
    console.print()
    summary = words.summary(run.n_placed or 0, run.n_candidates, run.n_seats)
    if is_demo:
        summary = f"{summary} {words.goal(GOAL)}"
    print_line(console, "", summary, style="bold green")
    print_line(console, "", words.proof(proof.proof, proof.status.value))
    if proof.proof == "proven":
        print_line(console, "", words.proof_in_numbers(proof.n_placed, proof.score, proof.bound))
    print_line(console, "", words.made_under(run.policy, run.as_of, run.seed), style="dim")
    console.print()
    print_line(console, "", words.decides_nothing())


def _show_next_steps(words: Words, console: Console) -> None:
    next_steps = words.how_to_go_on()
    widest = max(len(what) for what, _ in next_steps)
    for what, command in next_steps:
        print_line(console, f"  {what.ljust(widest)}  ", command)
