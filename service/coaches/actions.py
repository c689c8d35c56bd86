"""What changes of coaches, each with its event in the same transaction."""

from typing import Any

from sqlmodel import Session, select

from models.coach import Coach, CoachBase, CoachCreate, CoachPilot
from service.access import Actor
from service.audit import record
from service.changes import assign, merged, require_version
from service.coaches.queries import coach_shapes
from service.codebook import Codebook, taken_code, unknown_codes
from service.errors import InvalidInput


def add_coach(
    session: Session, new: CoachCreate, *, by: Actor, codes: Codebook | None = None
) -> Coach:
    """Store a new coach with the pilots it serves."""
    codes = codes or Codebook(session)
    faults = unknown_codes("pilots", "pilot", new.pilots, codes.pilots)
    if new.code in codes.coaches:
        faults.append(taken_code("coach"))
    if faults:
        raise InvalidInput(faults)
    row = Coach.model_validate(new.model_dump(include=set(CoachBase.model_fields)))
    session.add(row)
    session.flush()
    codes.coaches[row.code] = row.id
    _link(session, row, new, codes)
    record(session, "coach:added", kind="coach", subject_id=row.id, code=row.code, by=by)
    return row


def change_coach(
    session: Session, row: Coach, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Coach:
    """Change a coach, the pilots it serves included, on the version that was read."""
    require_version(row, if_match)
    codes = Codebook(session)
    [before] = coach_shapes(session, [row])
    facts = merged(before, patch)
    faults = unknown_codes("pilots", "pilot", facts.pilots, codes.pilots)
    if faults:
        raise InvalidInput(faults)
    changed = assign(session, row, facts, set(CoachBase.model_fields) - {"code"})
    if before.pilots != facts.pilots:
        changed.append("pilots")
        for link in session.exec(select(CoachPilot).where(CoachPilot.coach_id == row.id)).all():
            session.delete(link)
        session.flush()
        _link(session, row, facts, codes)
    session.flush()
    record(
        session,
        "coach:changed",
        kind="coach",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed,
    )
    return row


def _link(session: Session, row: Coach, new: CoachCreate, codes: Codebook) -> None:
    for code in new.pilots:
        session.add(CoachPilot(coach_id=row.id, pilot_id=codes.pilots[code]))
    session.flush()
