"""Coach: staff who give support in one or more pilots, so many hours a week, from day to day."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import JsonOf, Rooted, Shape, code_column
from models.codes import RuleStatus
from models.facts import SupportCode, WeeklyHours, once
from models.texts import Code, Day, FactError, Title

KindsGiven = Annotated[
    list[SupportCode], Field(min_length=1), AfterValidator(lambda kinds: once(kinds, "kind"))
]
PilotsServed = Annotated[
    list[Code], Field(min_length=1), AfterValidator(lambda codes: once(codes, "code"))
]


class CoachBase(SQLModel):
    """
    What is known of a coach: staff, told apart by a code, with a label for people to read.

    The hours are for all kinds and all pilots together. A blank day is no limit.
    """

    code: Code = Field(max_length=40)
    label: Title | None = Field(default=None, max_length=200)
    status: RuleStatus = Field(default=RuleStatus.ACTIVE, sa_type=code_column(RuleStatus))
    kinds: KindsGiven = Field(sa_type=JsonOf(list[str]))
    weekly_hours: WeeklyHours
    starts_on: Day | None = None
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise FactError("endsOn", "lies before startsOn; accepted: the same day or later")
        return self


class Coach(Rooted, CoachBase, table=True):
    """A coach as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)


class CoachPilot(Rooted, table=True):
    """A pilot that a coach serves."""

    __tablename__ = "coach_pilot"
    __table_args__ = (UniqueConstraint("coach_id", "pilot_id"),)

    coach_id: UUID = Field(foreign_key="coach.id", index=True)
    pilot_id: UUID = Field(foreign_key="pilot.id", index=True)


class CoachCreate(CoachBase, Shape):
    """A coach as it comes in; it names the pilots it serves by code."""

    pilots: PilotsServed
