"""
What changes of match runs: one is asked for, with everything it is given frozen at that moment.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from matching import Policy
from matching.policy import hash_text
from models.base import new_id
from models.confidential import freeze_input
from models.job import Job
from models.match_run import MatchRun
from models.policy import StoredPolicy
from service.access import Actor
from service.audit import record
from service.codebook import Codebook
from service.errors import FieldFault, InvalidInput
from service.match_runs.queries import gather_input
from service.pilots.queries import known_pilots
from service.schemas import GroupGiven
from service.side_rules import check_sharing, ungrounded

MATCH_RUN = "match_run"


def start_run(
    session: Session,
    *,
    seed: int,
    today: date,
    policy: StoredPolicy,
    by: Actor,
    pilots: Sequence[str] | None = None,
    groups: Sequence[GroupGiven] = (),
) -> MatchRun:
    """
    Ask for a match run: freeze what it is given, note policy and seed, and put it in the queue.

    Nothing is solved here: a worker takes the run, and what it proposes is for people to decide.
    Who is in a group is told here, for this run, and kept nowhere but in its input.
    """
    faults = _strangers(session, groups)
    if pilots is not None:
        known = known_pilots(session)
        faults += [
            FieldFault(f"pilots.{at}", "is no pilot that is known here", ", ".join(known) or None)
            for at, code in enumerate(pilots)
            if code not in known
        ]
    if faults:
        raise InvalidInput(faults)
    given = gather_input(session, as_of=today, pilots=pilots, groups=groups)
    faults = ungrounded(given, Policy.parse(policy.content))
    if faults:
        raise InvalidInput(faults)
    check_sharing(given)
    content = given.to_text()
    run_id = new_id()
    run = MatchRun(
        id=run_id,
        code=f"R-{run_id.hex[-10:].upper()}",
        policy_id=policy.id,
        pilot_codes=None if pilots is None else list(pilots),
        seed=seed,
        asked_by=by.label,
        as_of=today.isoformat(),
        input_hash=hash_text(content),
        n_candidates=len(given.candidates),
        n_slots=len(given.slots),
        n_seats=sum(
            slot.seats if slot.seats_left is None else slot.seats_left for slot in given.slots
        ),
    )
    session.add(run)
    session.flush()
    freeze_input(session, run.id, content)
    session.add(Job(kind=MATCH_RUN, subject_id=run.id))
    session.flush()
    record(
        session,
        "match_run:started",
        kind="match_run",
        subject_id=run.id,
        code=run.code,
        by=by,
        seed=seed,
        policy=f"{policy.name}/{policy.edition}",
        input_hash=run.input_hash,
        **({"groups": sorted(group.name for group in groups)} if groups else {}),
    )
    return run


def _strangers(session: Session, groups: Sequence[GroupGiven]) -> list[FieldFault]:
    known = Codebook(session).candidates if groups else {}
    return [
        FieldFault(
            f"groups.{at}.candidates.{position}",
            "refers to no candidate that is known here",
            "their codes",
        )
        for at, group in enumerate(groups)
        for position, code in enumerate(group.candidates)
        if code not in known
    ]
