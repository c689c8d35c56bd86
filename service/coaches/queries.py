"""What is read of coaches."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.coach import Coach, CoachBase, CoachCreate, CoachPilot
from models.codes import RuleStatus
from models.pilot import Pilot
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class CoachRead(CoachCreate, Stored):
    """A coach as it goes out."""


def find_coach(session: Session, coach_id: UUID) -> Coach:
    """Return a coach, or say that there is none."""
    row = session.get(Coach, coach_id)
    if row is None:
        raise NotFound("coach")
    return row


def list_coaches(
    session: Session,
    *,
    limit: int,
    cursor: str | None,
    pilot: str | None = None,
    code: str | None = None,
) -> tuple[Sequence[Coach], str | None]:
    """Return a page of coaches, all of them, those of one pilot, or the one with a code."""
    statement = select(Coach)
    if pilot is not None:
        statement = statement.join(CoachPilot).join(Pilot).where(Pilot.code == pilot)
    if code is not None:
        statement = statement.where(Coach.code == code)
    return take_page(session, statement, Coach, limit=limit, cursor=cursor)


def active_coaches(session: Session) -> list[CoachCreate]:
    """Return the coaches who are not withdrawn, by code."""
    statement = select(Coach).where(Coach.status == RuleStatus.ACTIVE)
    return coach_shapes(session, session.exec(statement.order_by(col(Coach.code))).all())


def coach_shapes(session: Session, rows: Sequence[Coach]) -> list[CoachCreate]:
    """Return what came in."""
    served: dict[UUID, list[str]] = {}
    links = select(CoachPilot.coach_id, Pilot.code).join(Pilot).order_by(col(CoachPilot.id))
    for coach_id, code in session.exec(links).all():
        served.setdefault(coach_id, []).append(code)
    return [
        CoachCreate.model_validate(
            {**row.model_dump(include=set(CoachBase.model_fields)), "pilots": served[row.id]}
        )
        for row in rows
    ]


def read_coaches(session: Session, rows: Sequence[Coach]) -> list[CoachRead]:
    """Return what goes out."""
    return [
        CoachRead(
            **shape.model_dump(),
            id=row.id,
            version=row.version,
            created_at=row.created,
            updated_at=row.updated,
        )
        for row, shape in zip(rows, coach_shapes(session, rows), strict=True)
    ]
