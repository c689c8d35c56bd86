"""What the commands do, apart from reading their options; and how answers look in a terminal."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine
from sqlmodel import Session, select

from matching import Policy
from models.base import Shape
from models.bond import BondCreate
from models.candidate import Candidate, CandidateFacts
from models.codes import RunStatus
from models.postcode import PostcodeCreate
from models.slot import Slot
from service.access import SHELL
from service.calendar import today
from service.database import reading, transaction
from service.demo import BatchResult, read_result
from service.errors import Conflict, FieldFault, InvalidInput, NotFound
from service.importing.files import read_file
from service.importing.postcodes import read_postcodes
from service.importing.reading import (
    BONDS,
    CANDIDATES,
    COACHES,
    GROUPS,
    PILOTS,
    QUOTAS,
    SLOTS_ALONE,
    Layout,
    read_rows,
    refuse_if_any,
)
from service.match_runs.actions import start_run
from service.match_runs.queries import ANSWERED, find_run
from service.match_runs.solving import solve_input
from service.match_runs.worker import POLL_SECONDS, new_owner, work_once
from service.matches.queries import answer
from service.matches.shapes import MatchAnswer
from service.policies.actions import add_policy, default_policy, read_policy_file
from service.reasons import PairReasons
from service.schemas import BondGiven, GroupGiven, RunInput, SlotFacts, bonds_given
from service.side_rules import ungrounded, unknown_references
from service.suggestions import (
    PeopleSuggestions,
    SlotSuggestions,
    explain_pair,
    suggest_people,
    suggest_slots,
)
from service.taxonomy import skill_taxonomy, unknown_skills
from service.wording import Words

ShapeT = TypeVar("ShapeT", bound=Shape)


@dataclass(frozen=True)
class SideFiles:
    """Files with what holds for several people together; none of them has to be there."""

    coaches: Path | None = None
    quotas: Path | None = None
    bonds: Path | None = None
    groups: Path | None = None


def match_files(
    candidates: Path,
    slots: Path,
    *,
    policy: Policy,
    pilots: Path | None,
    postcodes: Path | None,
    as_of: date,
    seed: int,
    words: Words,
    sides: SideFiles = SideFiles(),
) -> MatchAnswer:
    """Match two files; pilots and postcodes that lie beside them are read too."""
    people: list[CandidateFacts] = _checked(candidates, CANDIDATES)
    places: list[SlotFacts] = _checked(slots, SLOTS_ALONE)
    pilots = pilots or _beside(slots, "pilots.json")
    postcodes = postcodes or _beside(candidates, "postcodes.csv")
    if pilots is not None:
        places = _with_pilots(places, pilots)
    areas: list[PostcodeCreate] = [] if postcodes is None else read_postcodes(postcodes)
    bonds: list[BondCreate] = _side(sides.bonds, BONDS)
    given = RunInput(
        as_of=as_of,
        candidates=people,
        slots=places,
        postcodes=areas,
        coaches=_side(sides.coaches, COACHES),
        quotas=_side(sides.quotas, QUOTAS),
        bonds=[BondGiven.of(bond) for bond in bonds],
        groups=read_groups(sides.groups),
    )
    faults = [*unknown_references(given), *ungrounded(given, policy)]
    refuse_if_any(faults)
    # Only now, so that faults tell the rows as they came.
    given = given.model_copy(update={"bonds": bonds_given(bonds, as_of)})
    return answer(solve_input(given.canonical(), policy, seed=seed), seed=seed, words=words)


def _side(path: Path | None, layout: Layout[ShapeT]) -> list[ShapeT]:
    return [] if path is None else read_rows(read_file(path), layout)


def read_groups(path: Path | None) -> list[GroupGiven]:
    """Read who is in the groups that quotas count."""
    groups = _side(path, GROUPS)
    names = [group.name for group in groups]
    refuse_if_any(
        [
            FieldFault("name", "is the name of another group already", "each name once", row)
            for row, name in enumerate(names, start=1)
            if name in names[: row - 1]
        ]
    )
    return groups


def _checked(path: Path, layout: Any) -> list[Any]:
    try:
        return _read_and_checked(path, layout)
    except InvalidInput as error:
        # Two files are read, so each fault says in which of them it stands.
        told = [
            FieldFault(
                fault.field if path.name in fault.field else f"{path.name}, {fault.field}",
                fault.message,
                fault.accepted,
                fault.row,
            )
            for fault in error.faults
        ]
        raise InvalidInput(told, error.detail) from None


def _read_and_checked(path: Path, layout: Any) -> list[Any]:
    rows = read_file(path)
    facts = read_rows(rows, layout)
    faults = [
        type(fault)(fault.field, fault.message, fault.accepted, row.number)
        for row, one in zip(rows, facts, strict=True)
        for fault in unknown_skills(one, skill_taxonomy())
    ]
    refuse_if_any(faults)
    return facts


def _beside(path: Path, name: str) -> Path | None:
    found = path.parent / name
    return found if found.is_file() else None


def _with_pilots(slots: Sequence[SlotFacts], path: Path) -> list[SlotFacts]:
    """Add what pilots and cohorts say to the slots that do not say it themselves."""
    pilots = {one.code: one for one in read_rows(read_file(path), PILOTS)}
    told = []
    for slot in slots:
        pilot = pilots.get(slot.pilot)
        cohorts = {} if pilot is None else {one.code: one for one in pilot.cohorts}
        cohort = cohorts.get(slot.cohort)
        told.append(
            slot.model_copy(
                update={
                    "starts_on": slot.starts_on or (cohort.starts_on if cohort else None),
                    "last_entry_on": slot.last_entry_on
                    or (cohort.last_entry_on if cohort else None),
                    "hosts": slot.hosts or (pilot.hosts if pilot else []),
                    "referrers": slot.referrers or (pilot.referrers if pilot else []),
                }
            )
        )
    return told


def suggest(
    engine: Engine, code: str, *, as_of: date | None, limit: int, words: Words
) -> SlotSuggestions | PeopleSuggestions:
    """Suggest for a candidate or a slot, whichever has the code."""
    with reading(engine) as session:
        policy = Policy.default()
        person = session.exec(select(Candidate).where(Candidate.code == code)).one_or_none()
        if person is not None:
            return suggest_slots(
                session,
                person,
                policy=policy,
                today=as_of or today(session),
                limit=limit,
                words=words,
            )
        return suggest_people(
            session,
            _slot(session, code),
            policy=policy,
            today=as_of or today(session),
            limit=limit,
            words=words,
        )


def _slot(session: Session, code: str) -> Slot:
    slot = session.exec(select(Slot).where(Slot.code == code)).one_or_none()
    if slot is None:
        raise NotFound("candidate or slot")
    return slot


def plan(
    engine: Engine,
    *,
    pilots: Sequence[str] | None,
    policy: Path | None,
    as_of: date | None,
    seed: int,
    groups: Path | None = None,
) -> BatchResult:
    """Ask for a run and solve it here and now, in the way a worker does."""
    text = None if policy is None else read_policy_file(policy)
    with transaction(engine) as session:
        stored = (
            default_policy(session, by=SHELL)
            if text is None
            else add_policy(session, text, by=SHELL)
        )
        run = start_run(
            session,
            seed=seed,
            today=as_of or today(session),
            policy=stored,
            pilots=pilots,
            groups=read_groups(groups),
            by=SHELL,
        )
    # Runs that others asked for may stand before this one; and a worker may have taken this one.
    while not _ended(engine, run.id):
        if not work_once(engine, owner=new_owner()):
            time.sleep(POLL_SECONDS)
    return read_result(engine, run.id)


def _ended(engine: Engine, run_id: UUID) -> bool:
    with reading(engine) as session:
        run = find_run(session, run_id)
        if run.status is RunStatus.FAILED:
            raise Conflict(run.failure or "The run failed.")
        return run.status in ANSWERED


def explain_codes(
    engine: Engine, candidate: str, slot: str, *, as_of: date | None, words: Words
) -> PairReasons:
    """Return the reasons of one pair, found by their codes."""
    with reading(engine) as session:
        person = session.exec(select(Candidate).where(Candidate.code == candidate)).one_or_none()
        if person is None:
            raise NotFound("candidate")
        place = session.exec(select(Slot).where(Slot.code == slot)).one_or_none()
        if place is None:
            raise NotFound("slot")
        policy = Policy.default()
        return explain_pair(
            session, person, place, policy=policy, today=as_of or today(session), words=words
        )


def show_answer(found: MatchAnswer, console: Console, out: Path | None) -> None:
    """Show a match of files."""
    for reasons in found.reasons:
        place = found.places.get(reasons.candidate, "no place yet")
        console.print(Text(f"{reasons.candidate}  →  {place}", style="bold"))
        for line in reasons.text[:3]:
            console.print(Padding(Text(line), (0, 0, 0, 4)))
        asked = (one.text for one in found.questions if one.candidate == reasons.candidate)
        for question in dict.fromkeys(asked):
            console.print(Padding(Text(f"? {question}", style="yellow"), (0, 0, 0, 4)))
    console.print()
    made = f"Policy {found.policy}, day {found.as_of}, seed {found.seed}."
    console.print(Text(made, style="dim"))
    console.print(
        Text(f"{found.proof.n_placed} of {len(found.reasons)} have a place in this plan.")
    )
    console.print(Text(found.proof.statement))
    console.print(Text(found.note))
    if out is not None:
        console.print(Text(f"Written to {out}."))


def show_suggestions(found: SlotSuggestions | PeopleSuggestions, console: Console) -> None:
    """Show suggestions."""
    if isinstance(found, SlotSuggestions) and found.no_place is not None:
        for line in found.no_place.text:
            console.print(Text(line))
    for pair in found.items:
        what = pair.slot if isinstance(found, SlotSuggestions) else pair.candidate
        console.print(Text(f"{what}  {pair.title or ''}".rstrip(), style="bold"))
        for one in pair.contributions:
            if one.facts:
                console.print(Padding(Text(f"{one.label}: {one.text}"), (0, 0, 0, 4)))
        for question in dict.fromkeys(one.text for one in pair.questions):
            console.print(Padding(Text(f"? {question}", style="yellow"), (0, 0, 0, 4)))
    console.print(Text(found.note))


def show_pair(pair: PairReasons, console: Console) -> None:
    """Show all there is to say of a pair."""
    console.print(Text(f"{pair.candidate} and {pair.slot}: {pair.verdict}", style="bold"))
    refusals = {one.text: ", ".join(one.waived_by) or "nobody" for one in pair.refusals}
    for text, by in refusals.items():
        console.print(Text(f"  ✗ {text} (can be waived by: {by})", style="red"))
    for question in dict.fromkeys(one.text for one in pair.questions):
        console.print(Text(f"  ? {question}", style="yellow"))
    table = Table("criterion", "points", "of", "known", "why")
    for one in pair.contributions:
        table.add_row(one.label, str(one.points), str(one.most), f"{one.known:.0%}", Text(one.text))
    table.add_row("total", str(pair.points), "10000", f"{pair.completeness:.0%}", "")
    console.print(table)
