"""Quota: how many people some slots may hold together; of everybody, or of a group."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import Rooted, Shape, code_column
from models.codes import RuleStatus
from models.facts import once
from models.texts import Code, FactError, Title

Count = Annotated[int, Field(ge=0, le=999)]
GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""The name that a policy gives to a group; who is in it is stored nowhere."""

Codes = Annotated[list[Code], AfterValidator(lambda codes: once(codes, "code"))]


class QuotaBase(SQLModel):
    """
    What is decided about how many.

    With `if_open` the slots may also hold nobody at all: the floor of a cohort. A `group` counts
    only under a policy that states its ground in law.
    """

    code: Code = Field(max_length=40)
    title: Title = Field(max_length=200)
    status: RuleStatus = Field(default=RuleStatus.ACTIVE, sa_type=code_column(RuleStatus))
    least: Count = 0
    most: Count | None = None
    if_open: bool = False
    # `group` is a word of SQL.
    group: GroupName | None = Field(
        default=None, max_length=40, sa_column_kwargs={"name": "group_name"}
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.most is None and self.least == 0:
            raise FactError("least", "is 0 and most is blank; accepted: a least, a most, or both")
        if self.most is not None and self.most < self.least:
            raise FactError("most", "is less than least; accepted: as many or more")
        return self


class Quota(Rooted, QuotaBase, table=True):
    """A quota as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)


class QuotaPilot(Rooted, table=True):
    """A pilot of which all slots fall under a quota."""

    __tablename__ = "quota_pilot"
    __table_args__ = (UniqueConstraint("quota_id", "pilot_id"),)

    quota_id: UUID = Field(foreign_key="quota.id", index=True)
    pilot_id: UUID = Field(foreign_key="pilot.id", index=True)


class QuotaSlot(Rooted, table=True):
    """A slot that falls under a quota."""

    __tablename__ = "quota_slot"
    __table_args__ = (UniqueConstraint("quota_id", "slot_id"),)

    quota_id: UUID = Field(foreign_key="quota.id", index=True)
    slot_id: UUID = Field(foreign_key="slot.id", index=True)


class QuotaCreate(QuotaBase, Shape):
    """A quota as it comes in: over all slots of the pilots and over the slots that it names."""

    pilots: Codes = []
    slots: Codes = []

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if not self.pilots and not self.slots:
            raise FactError("pilots", "is empty, as is slots; accepted: at least one pilot or slot")
        return self
