"""What is read of bonds."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.bond import Bond, BondBase, BondCandidate, BondCreate
from models.candidate import Candidate
from models.codes import RuleStatus
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class BondRead(BondCreate, Stored):
    """A bond as it goes out, to coordinators only."""


def find_bond(session: Session, bond_id: UUID) -> Bond:
    """Return a bond, or say that there is none."""
    row = session.get(Bond, bond_id)
    if row is None:
        raise NotFound("bond")
    return row


def list_bonds(
    session: Session, *, limit: int, cursor: str | None, code: str | None = None
) -> tuple[Sequence[Bond], str | None]:
    """Return a page of bonds, all of them or the one with a code."""
    statement = select(Bond)
    if code is not None:
        statement = statement.where(Bond.code == code)
    return take_page(session, statement, Bond, limit=limit, cursor=cursor)


def active_bonds(session: Session) -> list[BondCreate]:
    """Return the bonds that are not withdrawn, by code."""
    statement = select(Bond).where(Bond.status == RuleStatus.ACTIVE)
    return bond_shapes(session, session.exec(statement.order_by(col(Bond.code))).all())


def bond_shapes(session: Session, rows: Sequence[Bond]) -> list[BondCreate]:
    """Return what came in."""
    people: dict[UUID, list[str]] = {}
    links = select(BondCandidate.bond_id, Candidate.code).join(Candidate)
    for bond_id, code in session.exec(links.order_by(col(BondCandidate.id))).all():
        people.setdefault(bond_id, []).append(code)
    return [
        BondCreate.model_validate(
            {**row.model_dump(include=set(BondBase.model_fields)), "candidates": people[row.id]}
        )
        for row in rows
    ]


def read_bonds(session: Session, rows: Sequence[Bond]) -> list[BondRead]:
    """Return what goes out."""
    return [
        BondRead(
            **shape.model_dump(),
            id=row.id,
            version=row.version,
            created_at=row.created,
            updated_at=row.updated,
        )
        for row, shape in zip(rows, bond_shapes(session, rows), strict=True)
    ]
