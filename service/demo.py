"""
The main job on the sample: read the twelve pilots, ask for a run, solve it, and show what it
proposes.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.organisation import Organisation
from models.pilot import Pilot
from models.slot import Slot
from service.access import SHELL
from service.database import migrate, open_database, reading, transaction
from service.importing.actions import import_file
from service.match_runs.actions import start_run
from service.match_runs.queries import find_run, list_all_proposals, read_proof, read_run
from service.match_runs.shapes import MatchRunRead, ProofRead
from service.match_runs.worker import new_owner, work_once
from service.policies.actions import default_policy
from service.reasons import PlaceReasons
from service.settings import SAMPLES
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


def load(engine: Engine) -> None:
    """Import the files of the sample."""
    for kind, name in FILES:
        import_file(engine, kind, SAMPLE / name, by=SHELL)


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
        return read_result(engine, asked.id)
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


def show(result: BatchResult, words: Words, console: Console, *, everything: bool) -> None:
    """Show a plan pilot by pilot, then who has no place yet, then the proof, then how to go on."""
    placed: dict[str, list[dict[str, Any]]] = {}
    waiting = []
    for one in result.reasons:
        if one.get("place"):
            placed.setdefault(one["place"]["slot"], []).append(one)
        else:
            waiting.append(one)
    for code, name in result.pilots:
        slots = [slot for slot in result.slots if slot[2] == code]
        if slots:
            console.print()
            console.print(Text(f"{code}  {name}", style="bold cyan"))
        for slot, title, _, seats in slots:
            here = placed.get(slot, [])
            console.print(Text(f"  {slot}  {title}  ({len(here)}/{seats})", style="bold"))
            for one in here:
                _show_place(one, words, result.names, console, everything=everything)
    console.print()
    console.print(Text(words.heading_no_place(len(waiting)), style="bold cyan"))
    for one in waiting:
        lines = words.no_place_text(one["no_place"], result.names)
        _print(console, f"{one['candidate']}  ", lines[0], left=2)
        for line in lines[1:] if everything else lines[1:2]:
            _print(console, " " * (len(one["candidate"]) + 2), line, left=2, style="dim")
    _show_proof(result, words, console)


def _print(console: Console, head: str, line: str, *, left: int, style: str = "") -> None:
    """Print a line whose continuation stands below its text, not below its head."""
    row = Table.grid(padding=0)
    row.add_column(no_wrap=True)
    row.add_column()
    row.add_row(Text(" " * left + head, style=style), Text(line, style=style))
    console.print(row)


def _show_place(
    one: dict[str, Any], words: Words, names: Names, console: Console, *, everything: bool
) -> None:
    lines = words.place_text(one, names)
    indent = " " * (len(one["candidate"]) + 2)
    _print(console, f"{one['candidate']}  ", lines[0], left=4)
    for line in lines[1:] if everything else lines[1:2]:
        _print(console, indent, line, left=4, style="dim")
    for question in one["place"]["questions"][: None if everything else 1]:
        _print(console, f"{indent}? ", words.finding(question, names), left=4, style="yellow")


def _show_proof(result: BatchResult, words: Words, console: Console) -> None:
    run, proof = result.run, result.proof
    console.print()
    console.print(
        Text(
            words.summary(run.n_placed or 0, run.n_candidates, run.n_seats, GOAL),
            style="bold green",
        )
    )
    console.print(Text(words.proof(proof.proof, proof.status.value)))
    console.print(Text(words.proof_in_numbers(proof.n_placed, proof.score, proof.bound)))
    console.print(Text(words.what_is_not_counted(), style="dim"))
    console.print()
    console.print(Text(words.decides_nothing()))
    for line in words.how_to_go_on():
        console.print(Text(f"  {line}"))
