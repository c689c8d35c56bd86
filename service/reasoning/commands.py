"""The shell's door to what more can be said of a plan: over the last run in the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine

from matching import Policy
from matching.deadline import Deadline
from models.base import Shape
from service.calendar import today
from service.command_parts import (
    AsJson,
    AsOf,
    Language,
    busy,
    database,
    print_json,
    read_day,
    speak,
)
from service.database import reading
from service.errors import Conflict
from service.match_runs.queries import gather_input
from service.match_runs.solving import RUN_SECONDS, solve_input
from service.reasoning import showing
from service.reasoning.answers import Reasoning
from service.reasoning.between import fallbacks, parity, regret
from service.reasoning.queries import last_run, reasoning_of, solved_again
from service.reasoning.replanning import replan
from service.reasoning.shapes import OtherWay
from service.wording import Words

Candidate = Annotated[str, typer.Argument(help="Code of a candidate.")]
BUSY = "Making the plan again …"


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("why-not")(why_not_command)
    app.command("what-works")(what_works_command)
    app.command("questions")(questions_command)
    app.command("worth")(worth_command)
    app.command("attention")(attention_command)
    app.command("compare")(compare_command)
    app.command("regret")(regret_command)
    app.command("fallbacks")(fallbacks_command)
    app.command("parity")(parity_command)
    app.command("replan")(replan_command)


@contextmanager
def _reasoning(words: Words, *, quiet: bool) -> Iterator[Reasoning]:
    with database() as engine, busy(BUSY, quiet=quiet):
        yield _of_last_run(engine, words)


def _of_last_run(engine: Engine, words: Words) -> Reasoning:
    """Return the last run as it was; without any, a plan for what is stored, kept nowhere."""
    with reading(engine) as session:
        run = last_run(session)
        if run is not None:
            return reasoning_of(session, run, words, deadline=Deadline(RUN_SECONDS))
        given = gather_input(session, as_of=today(session))
        solved = solve_input(given, Policy.default(), seed=0)
        return Reasoning(solved, words, seed=0, deadline=Deadline(RUN_SECONDS))


def _console() -> Console:
    return Console(highlight=False)


def _json(found: Shape) -> None:
    print_json(found.model_dump(mode="json", by_alias=True))


def why_not_command(
    candidate: Candidate,
    slot: Annotated[str, typer.Argument(help="Code of a slot.")],
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say why the last plan does not give somebody a place: rule, question, or cost."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = reasoning.why_not(candidate, slot)
    if as_json:
        _json(found)
    else:
        showing.show_why_not(found, _console())


def what_works_command(
    candidate: Candidate,
    slot: Annotated[str | None, typer.Argument(help="Code of a slot; any, when left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10)] = 3,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say what people could change so that somebody gets a place, and nobody loses one."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = reasoning.what_works(candidate, slot, most=limit)
    if as_json:
        _json(found)
    else:
        showing.show_what_works(found, _console())


def questions_command(
    solves: Annotated[int, typer.Option(min=0, help="Plans made at most.")] = 100,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say which unknown facts could change the last plan; those that matter most first."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = reasoning.questions(most_solves=solves)
    if as_json:
        _json(found)
    else:
        showing.show_questions(found, _console())


def worth_command(language: Language = "en", as_json: AsJson = False) -> None:
    """Say what one more seat in each slot, and four hours a week more, would bring."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = reasoning.worth()
    if as_json:
        _json(found)
    else:
        showing.show_worth(found, _console())


def attention_command(
    times: Annotated[int, typer.Option(min=1, max=500, help="How many plans are made.")] = 500,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say whose place would be another if weights, points and who is there differed slightly."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = reasoning.attention(times=times)
    if as_json:
        _json(found)
    else:
        showing.show_attention(found, _console(), everything=True)


def compare_command(
    way: Annotated[
        OtherWay, typer.Option("--with", help="Another way of planning.")
    ] = OtherWay.ABSOLUTE,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say what another way of planning would change, and for whom."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = reasoning.compare(way)
    if as_json:
        _json(found)
    else:
        showing.show_comparison(found, _console())


def regret_command(
    candidate: Candidate,
    slot: Annotated[str | None, typer.Argument(help="Code of a slot; all, when left out.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say what each place would take from others, were it given to somebody now."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = regret(reasoning, candidate, slot)
    if as_json:
        _json(found)
    else:
        showing.show_regret(found, _console())


def fallbacks_command(language: Language = "en", as_json: AsJson = False) -> None:
    """Say where each person could go if their place fell through, moving nobody else."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = fallbacks(reasoning)
    if as_json:
        _json(found)
    else:
        showing.show_fallbacks(found, _console())


def parity_command(language: Language = "en", as_json: AsJson = False) -> None:
    """Say which share of each group of the last run has a place, against plans drawn by lot."""
    with _reasoning(speak(language), quiet=as_json) as reasoning:
        found = parity(reasoning)
    if as_json:
        _json(found)
    else:
        showing.show_parity(found, _console())


def replan_command(
    agreed: Annotated[
        list[str] | None, typer.Option(help="Who said yes to their place; moved last.")
    ] = None,
    as_of: AsOf = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Plan anew for what is stored now, moving few people from their places in the last run."""
    words, day = speak(language), read_day(as_of)
    with database() as engine, busy(BUSY, quiet=as_json), reading(engine) as session:
        run = last_run(session)
        if run is None:
            raise Conflict("There is no run yet to plan anew from. Run: proeftuin plan")
        before = solved_again(session, run)
        given = gather_input(session, as_of=day or today(session), pilots=run.pilot_codes)
        found = replan(
            solve_input(given, before.layers.pairing.policy, seed=run.seed),
            before.places,
            before.layers.pairing.candidates.codes,
            since=run.code,
            words=words,
            seed=run.seed,
            agreed=agreed or (),
            deadline=Deadline(RUN_SECONDS),
        )
    if as_json:
        _json(found)
    else:
        showing.show_replan(found, words, _console())
