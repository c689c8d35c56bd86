"""What is read of pilots and their cohorts."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, select

from models.organisation import Organisation
from models.pilot import Cohort, CohortCreate, Pilot, PilotCreate, PilotOrganisation, PilotRole
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class PilotRead(PilotCreate, Stored):
    """A pilot as it goes out."""


class CohortRead(CohortCreate, Stored):
    """A cohort as it goes out."""


def find_pilot(session: Session, pilot_id: UUID) -> Pilot:
    """Return a pilot, or say that there is none."""
    row = session.get(Pilot, pilot_id)
    if row is None:
        raise NotFound("pilot")
    return row


def find_cohort(session: Session, cohort_id: UUID) -> Cohort:
    """Return a cohort, or say that there is none."""
    row = session.get(Cohort, cohort_id)
    if row is None:
        raise NotFound("cohort")
    return row


def list_pilots(
    session: Session, *, limit: int, cursor: str | None, code: str | None = None
) -> tuple[Sequence[Pilot], str | None]:
    """Return a page of pilots, all of them or the one with a code."""
    statement = select(Pilot)
    if code is not None:
        statement = statement.where(Pilot.code == code)
    return take_page(session, statement, Pilot, limit=limit, cursor=cursor)


def list_cohorts(
    session: Session, *, limit: int, cursor: str | None, pilot: str | None = None
) -> tuple[Sequence[Cohort], str | None]:
    """Return a page of cohorts, all of them or those of one pilot."""
    statement = select(Cohort)
    if pilot is not None:
        statement = statement.join(Pilot).where(Pilot.code == pilot)
    return take_page(session, statement, Cohort, limit=limit, cursor=cursor)


def organisations_of(session: Session) -> dict[UUID, dict[PilotRole, list[str]]]:
    """Return, by pilot and role, the codes of the organisations in it."""
    rows = session.exec(
        select(PilotOrganisation.pilot_id, PilotOrganisation.role, Organisation.code)
        .join(Organisation)
        .order_by(PilotOrganisation.id)  # type: ignore[arg-type]
    ).all()
    by_pilot: dict[UUID, dict[PilotRole, list[str]]] = {}
    for pilot_id, role, code in rows:
        by_pilot.setdefault(pilot_id, {}).setdefault(PilotRole(role), []).append(code)
    return by_pilot


def pilot_shape(session: Session, row: Pilot) -> PilotCreate:
    """Return what came in."""
    there = organisations_of(session).get(row.id, {})
    return PilotCreate(
        code=row.code,
        name=row.name,
        goal=row.goal,
        suppliers=there.get(PilotRole.SUPPLIER, []),
        hosts=there.get(PilotRole.HOST, []),
        referrers=there.get(PilotRole.REFERRER, []),
    )


def read_pilot(session: Session, row: Pilot) -> PilotRead:
    """Return what goes out."""
    return PilotRead(
        **pilot_shape(session, row).model_dump(),
        id=row.id,
        version=row.version,
        created_at=row.created,
        updated_at=row.updated,
    )


def cohort_shape(session: Session, row: Cohort) -> CohortCreate:
    """Return what came in."""
    pilot = find_pilot(session, row.pilot_id)
    facts = row.model_dump(include=set(CohortCreate.model_fields))
    return CohortCreate.model_validate({**facts, "pilot": pilot.code})


def read_cohort(session: Session, row: Cohort) -> CohortRead:
    """Return what goes out."""
    return CohortRead(
        **cohort_shape(session, row).model_dump(),
        id=row.id,
        version=row.version,
        created_at=row.created,
        updated_at=row.updated,
    )


def known_pilots(session: Session) -> list[str]:
    """Return the codes of all pilots."""
    return sorted(session.exec(select(Pilot.code)).all())
