"""What is read of match runs, and what is gathered for one."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.candidate import Candidate
from models.codes import DecisionKind, RunStatus
from models.confidential import frozen_input, needs_of, reasons_of
from models.decision import Decision
from models.match_run import MatchRun
from models.placement import Placement
from models.policy import StoredPolicy
from models.postcode import Postcode, PostcodeCreate
from models.proposal import Proposal
from models.slot import Slot
from service.bonds.queries import active_bonds
from service.candidates.queries import candidate_facts, open_candidates
from service.coaches.queries import active_coaches
from service.errors import NotFound, NotReady
from service.match_runs.limits import CoachHours
from service.match_runs.shapes import MatchRunRead, ProofRead, ProposalRead
from service.paging import take_page
from service.quotas.queries import active_quotas
from service.reasons import PlaceReasons
from service.schemas import (
    DeclinedBefore,
    GroupGiven,
    PlacedBefore,
    RunInput,
    SlotFacts,
    bonds_given,
)
from service.slots.queries import slot_facts, slots_of_pilots
from service.taxonomy import taxonomy_hash
from service.wording import Names, Words

ANSWERED = (RunStatus.OPTIMAL, RunStatus.FEASIBLE, RunStatus.INFEASIBLE, RunStatus.INTERRUPTED)
DECLINES = (DecisionKind.DECLINED_BY_CANDIDATE, DecisionKind.DECLINED_BY_SUPPLIER)


def gather_input(
    session: Session,
    *,
    as_of: date,
    pilots: Sequence[str] | None = None,
    candidates: Sequence[Candidate] | None = None,
    groups: Sequence[GroupGiven] = (),
) -> RunInput:
    """
    Return all that a run is given: who looks for a place, the slots, the map, earlier answers, and
    what holds for several people together.

    A quota is part of it when all of its slots are. Of a group only those who can be counted stay.
    """
    people = open_candidates(session) if candidates is None else candidates
    rows = slots_of_pilots(session, pilots)
    slots = slot_facts(session, rows)
    placed = _placed(session, rows)
    counted = {one.code for one in people} | {one.candidate for one in placed}
    return RunInput(
        as_of=as_of,
        candidates=candidate_facts(session, people),
        slots=slots,
        postcodes=_postcodes(session),
        declined=_declined(session, people, rows),
        **_together(session, slots, pilots, {one.code for one in people}, as_of),
        groups=[
            GroupGiven(name=group.name, candidates=[c for c in group.candidates if c in counted])
            for group in groups
        ],
        placed=placed,
        vocabulary_hash=taxonomy_hash(),
    ).canonical()


def _together(
    session: Session,
    slots: Sequence[SlotFacts],
    pilots: Sequence[str] | None,
    people: set[str],
    as_of: date,
) -> dict[str, Any]:
    """Return the coaches, quotas and bonds that these slots and people have to do with."""
    here, codes = {slot.pilot for slot in slots}, {slot.code for slot in slots}
    coaches = [one for one in active_coaches(session) if here & set(one.pilots)]
    quotas = [
        one
        for one in active_quotas(session)
        if set(one.slots) <= codes and (pilots is None or set(one.pilots) <= set(pilots))
    ]
    bonds = [one for one in active_bonds(session) if people & set(one.candidates)]
    return {"coaches": coaches, "quotas": quotas, "bonds": bonds_given(bonds, as_of)}


def _placed(session: Session, slots: Sequence[Slot]) -> list[PlacedBefore]:
    codes = {row.id: row.code for row in slots}
    rows = session.exec(
        select(Placement.candidate_id, Placement.slot_id, Candidate.code)
        .join(Candidate, col(Candidate.id) == Placement.candidate_id)
        .where(col(Placement.ended_on).is_(None))
    ).all()
    needs = needs_of(session, [candidate_id for candidate_id, _, _ in rows])
    return [
        PlacedBefore(
            candidate=code,
            slot=codes[slot_id],
            support=[
                need
                for need in (needs[candidate_id].support or () if candidate_id in needs else ())
                if need.essential
            ],
        )
        for candidate_id, slot_id, code in rows
        if slot_id in codes
    ]


def _postcodes(session: Session) -> list[PostcodeCreate]:
    rows = session.exec(select(Postcode)).all()
    return [PostcodeCreate.model_validate(row.model_dump()) for row in rows]


def _declined(
    session: Session, people: Sequence[Candidate], slots: Sequence[Slot]
) -> list[DeclinedBefore]:
    who = {row.id: row.code for row in people}
    what = {row.id: row.code for row in slots}
    rows = session.exec(select(Decision).where(col(Decision.kind).in_(DECLINES))).all()
    pairs = {
        (who[row.candidate_id], what[row.slot_id])
        for row in rows
        if row.candidate_id in who and row.slot_id in what
    }
    return [DeclinedBefore(candidate=candidate, slot=slot) for candidate, slot in sorted(pairs)]


def find_run(session: Session, run_id: UUID) -> MatchRun:
    """Return a match run, or say that there is none."""
    run = session.get(MatchRun, run_id)
    if run is None:
        raise NotFound("match run")
    return run


def list_runs(
    session: Session, *, limit: int, cursor: str | None
) -> tuple[Sequence[MatchRun], str | None]:
    """Return a page of match runs."""
    return take_page(session, select(MatchRun), MatchRun, limit=limit, cursor=cursor)


def read_run(session: Session, run: MatchRun) -> MatchRunRead:
    """Return a run as it goes out."""
    policy = session.get_one(StoredPolicy, run.policy_id)
    return MatchRunRead(
        **run.model_dump(include=set(MatchRunRead.model_fields)),
        pilots=run.pilot_codes,
        policy=f"{policy.name}/{policy.edition}",
    )


def read_proof(session: Session, run: MatchRun, words: Words) -> ProofRead:
    """
    Return the proof of a run: in one sentence for people, and in numbers for who wants to do it
    again.
    """
    if run.status not in ANSWERED or run.check is None or run.certificate is None:
        raise NotReady("The run has no plan yet; read the run to see where it stands.")
    policy = session.get_one(StoredPolicy, run.policy_id)
    given = RunInput.model_validate_json(frozen_input(session, run.id))
    return ProofRead(
        statement=words.proof(run.check["proof"], run.status.value),
        status=run.status,
        n_placed=run.n_placed or 0,
        score=run.score or 0,
        bound=run.bound or 0,
        proof=run.check["proof"],
        faults=run.check["faults"],
        input_hash=run.input_hash,
        policy=f"{policy.name}/{policy.edition}",
        policy_hash=policy.content_hash,
        seed=run.seed,
        candidates=[one.code for one in given.candidates],
        slots=[one.code for one in given.slots],
        coach_hours=[
            CoachHours.model_validate(one) for one in run.certificate.get("coachHours", ())
        ],
        certificate=run.certificate,
    )


def list_proposals(
    session: Session,
    run: MatchRun,
    words: Words,
    *,
    limit: int,
    cursor: str | None,
    placed: bool | None = None,
) -> tuple[list[ProposalRead], str | None]:
    """Return a page of what a run puts forward, with its reasons in data and in words."""
    if run.status not in ANSWERED:
        raise NotReady("The run has no proposals yet; read the run to see where it stands.")
    statement = select(Proposal).where(Proposal.match_run_id == run.id)
    if placed is not None:
        has_slot = col(Proposal.slot_id).is_not(None)
        statement = statement.where(has_slot if placed else ~has_slot)
    rows, after = take_page(session, statement, Proposal, limit=limit, cursor=cursor)
    reasons = reasons_of(session, [row.id for row in rows])
    names = Names.of(RunInput.model_validate_json(frozen_input(session, run.id)))
    people = dict(session.exec(select(Candidate.id, Candidate.code)).all())
    slots = dict(session.exec(select(Slot.id, Slot.code)).all())
    return [
        ProposalRead(
            id=row.id,
            candidate=people[row.candidate_id],
            slot=slots[row.slot_id] if row.slot_id else None,
            points=row.points,
            of_own_best=row.of_own_best,
            completeness=row.completeness,
            open_questions=row.open_questions,
            reasons=PlaceReasons.model_validate(words.worded(reasons[row.id], names)),
        )
        for row in rows
    ], after


def list_all_proposals(session: Session, run: MatchRun) -> tuple[list[dict[str, Any]], Names]:
    """
    Return the reasons of everybody in a run as data, by code, and the names that they speak of.
    """
    ids = session.exec(select(Proposal.id).where(Proposal.match_run_id == run.id)).all()
    reasons = sorted(reasons_of(session, ids).values(), key=lambda one: str(one["candidate"]))
    return reasons, Names.of(RunInput.model_validate_json(frozen_input(session, run.id)))
