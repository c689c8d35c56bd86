"""What is read of quotas."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.codes import RuleStatus
from models.pilot import Pilot
from models.quota import Quota, QuotaBase, QuotaCreate, QuotaPilot, QuotaSlot
from models.slot import Slot
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class QuotaRead(QuotaCreate, Stored):
    """A quota as it goes out."""


def find_quota(session: Session, quota_id: UUID) -> Quota:
    """Return a quota, or say that there is none."""
    row = session.get(Quota, quota_id)
    if row is None:
        raise NotFound("quota")
    return row


def list_quotas(
    session: Session, *, limit: int, cursor: str | None, code: str | None = None
) -> tuple[Sequence[Quota], str | None]:
    """Return a page of quotas, all of them or the one with a code."""
    statement = select(Quota)
    if code is not None:
        statement = statement.where(Quota.code == code)
    return take_page(session, statement, Quota, limit=limit, cursor=cursor)


def active_quotas(session: Session) -> list[QuotaCreate]:
    """Return the quotas that are not withdrawn, by code."""
    statement = select(Quota).where(Quota.status == RuleStatus.ACTIVE)
    return quota_shapes(session, session.exec(statement.order_by(col(Quota.code))).all())


def quota_shapes(session: Session, rows: Sequence[Quota]) -> list[QuotaCreate]:
    """Return what came in."""
    pilots = _linked(
        session.exec(
            select(QuotaPilot.quota_id, Pilot.code).join(Pilot).order_by(col(QuotaPilot.id))
        ).all()
    )
    slots = _linked(
        session.exec(
            select(QuotaSlot.quota_id, Slot.code).join(Slot).order_by(col(QuotaSlot.id))
        ).all()
    )
    return [
        QuotaCreate.model_validate(
            {
                **row.model_dump(include=set(QuotaBase.model_fields)),
                "pilots": pilots.get(row.id, []),
                "slots": slots.get(row.id, []),
            }
        )
        for row in rows
    ]


def _linked(links: Sequence[tuple[UUID, str]]) -> dict[UUID, list[str]]:
    codes: dict[UUID, list[str]] = {}
    for quota_id, code in links:
        codes.setdefault(quota_id, []).append(code)
    return codes


def read_quotas(session: Session, rows: Sequence[Quota]) -> list[QuotaRead]:
    """Return what goes out."""
    return [
        QuotaRead(
            **shape.model_dump(),
            id=row.id,
            version=row.version,
            created_at=row.created,
            updated_at=row.updated,
        )
        for row, shape in zip(rows, quota_shapes(session, rows), strict=True)
    ]
