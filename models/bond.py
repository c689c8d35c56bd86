"""Bond: people who start together, or apart; with whose word it is, and why."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import Rooted, Shape, code_column
from models.codes import BondKind, BondWithin, RuleStatus
from models.facts import once
from models.texts import Code, Day, Line, Reason

Members = Annotated[
    list[Code], Field(min_length=2, max_length=50), AfterValidator(lambda c: once(c, "code"))
]


class BondBase(SQLModel):
    """
    What is decided about people who start together or apart.

    It is about people, so it is as confidential as their needs. After `ends_on` it holds no more.
    """

    code: Code = Field(max_length=40)
    status: RuleStatus = Field(default=RuleStatus.ACTIVE, sa_type=code_column(RuleStatus))
    kind: BondKind = Field(sa_type=code_column(BondKind))
    within: BondWithin = Field(default=BondWithin.SLOT, sa_type=code_column(BondWithin))
    owner: Line = Field(max_length=120)
    reason: Reason = Field(max_length=500)
    ends_on: Day | None = None


class Bond(Rooted, BondBase, table=True):
    """A bond as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)


class BondCandidate(Rooted, table=True):
    """Somebody whom a bond is about."""

    __tablename__ = "bond_candidate"
    __table_args__ = (UniqueConstraint("bond_id", "candidate_id"),)

    bond_id: UUID = Field(foreign_key="bond.id", index=True)
    candidate_id: UUID = Field(foreign_key="candidate.id", index=True)


class BondCreate(BondBase, Shape):
    """A bond as it comes in; it names two people or more by code."""

    candidates: Members
