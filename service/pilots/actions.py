"""What changes of pilots and their cohorts, each with its event in the same transaction."""

from typing import Any

from sqlmodel import Session, select

from models.pilot import (
    Cohort,
    CohortBase,
    CohortCreate,
    Pilot,
    PilotCreate,
    PilotFile,
    PilotOrganisation,
    PilotRole,
)
from service.access import Actor
from service.audit import record
from service.changes import assign, merged, require_version
from service.codebook import Codebook, taken_code, unknown_code
from service.errors import FieldFault, InvalidInput
from service.pilots.queries import cohort_shape, pilot_shape


def add_pilot(
    session: Session, new: PilotCreate, *, by: Actor, codes: Codebook | None = None
) -> Pilot:
    """Store a new pilot with its organisations and, from a file, its cohorts."""
    codes = codes or Codebook(session)
    faults = _unknown_organisations(new, codes)
    if new.code in codes.pilots:
        faults.append(taken_code("pilot"))
    if faults:
        raise InvalidInput(faults)
    row = Pilot(code=new.code, name=new.name, goal=new.goal)
    session.add(row)
    session.flush()
    codes.pilots[row.code] = row.id
    _link(session, row, new, codes)
    record(session, "pilot:added", kind="pilot", subject_id=row.id, code=row.code, by=by)
    if isinstance(new, PilotFile):
        for cohort in new.cohorts:
            facts = {**cohort.model_dump(), "pilot": new.code}
            add_cohort(session, CohortCreate.model_validate(facts), by=by, codes=codes)
    return row


def change_pilot(
    session: Session, row: Pilot, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Pilot:
    """Change a pilot, its organisations included, on the version that was read."""
    require_version(row, if_match)
    codes = Codebook(session)
    before = pilot_shape(session, row)
    facts = merged(before, patch)
    faults = _unknown_organisations(facts, codes)
    if faults:
        raise InvalidInput(faults)
    changed = assign(session, row, facts, {"name", "goal"})
    for role in ("suppliers", "hosts", "referrers"):
        if getattr(before, role) != getattr(facts, role):
            changed.append(role)
    for link in session.exec(
        select(PilotOrganisation).where(PilotOrganisation.pilot_id == row.id)
    ).all():
        session.delete(link)
    session.flush()
    _link(session, row, facts, codes)
    record(
        session,
        "pilot:changed",
        kind="pilot",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed,
    )
    return row


def add_cohort(
    session: Session, new: CohortCreate, *, by: Actor, codes: Codebook | None = None
) -> Cohort:
    """Store a new cohort of a pilot."""
    codes = codes or Codebook(session)
    pilot_id = codes.pilots.get(new.pilot)
    if pilot_id is None:
        raise InvalidInput([unknown_code("pilot", "pilot", codes.pilots)])
    if (pilot_id, new.code) in codes.cohorts:
        raise InvalidInput([taken_code("cohort of this pilot")])
    row = Cohort(pilot_id=pilot_id, **new.model_dump(exclude={"pilot"}))
    session.add(row)
    session.flush()
    codes.cohorts[pilot_id, new.code] = row.id
    record(
        session,
        "cohort:added",
        kind="cohort",
        subject_id=row.id,
        code=f"{new.pilot}/{new.code}",
        by=by,
    )
    return row


def change_cohort(
    session: Session, row: Cohort, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Cohort:
    """Change a cohort on the version that was read."""
    require_version(row, if_match)
    before = cohort_shape(session, row)
    facts = merged(before, patch, fixed=("code", "pilot"))
    changed = assign(session, row, facts, set(CohortBase.model_fields) - {"code"})
    session.flush()
    code = f"{before.pilot}/{row.code}"
    record(
        session,
        "cohort:changed",
        kind="cohort",
        subject_id=row.id,
        code=code,
        by=by,
        fields=changed,
    )
    return row


_ROLES = {
    "suppliers": PilotRole.SUPPLIER,
    "hosts": PilotRole.HOST,
    "referrers": PilotRole.REFERRER,
}


def _unknown_organisations(new: PilotCreate, codes: Codebook) -> list[FieldFault]:
    return [
        unknown_code(f"{field}.{position}", "organisation", codes.organisations)
        for field in _ROLES
        for position, code in enumerate(getattr(new, field))
        if code not in codes.organisations
    ]


def _link(session: Session, row: Pilot, new: PilotCreate, codes: Codebook) -> None:
    for field, role in _ROLES.items():
        for code in getattr(new, field):
            session.add(
                PilotOrganisation(
                    pilot_id=row.id, organisation_id=codes.organisations[code], role=role
                )
            )
    session.flush()
