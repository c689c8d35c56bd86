"""Slot (*trajectplek*): a dated trajectory opening in a pilot, with its phases."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import JsonOf, Rooted, Shape, Versioned, code_column
from models.codes import (
    ContractProspect,
    PhaseKind,
    PlacementForm,
    SlotStatus,
    Weekday,
    YesNoUnknown,
)
from models.facts import (
    ConditionOffered,
    DaysPerWeek,
    EducationAsked,
    LanguageAsked,
    LicenceAsked,
    SkillAsked,
    SkillTaught,
    SupportOffered,
    WeeklyHours,
    once,
)
from models.texts import Code, Day, FactError, Isco, Line, LocalTime, Pc4, Title

Seats = Annotated[int, Field(ge=1, le=999)]
Weeks = Annotated[int, Field(ge=1, le=260)]
FirstWeeks = Annotated[int, Field(ge=1, le=52)]
FirstWeeksFactor = Annotated[float, Field(gt=1, le=10)]
Tasks = Annotated[list[Line], Field(max_length=40)]
Days = Annotated[list[Weekday], Field(min_length=1), AfterValidator(lambda days: once(days, "day"))]
SkillsAsked = Annotated[list[SkillAsked], AfterValidator(lambda items: once(items, "skill"))]
SkillsTaught = Annotated[list[SkillTaught], AfterValidator(lambda items: once(items, "skill"))]
Conditions = Annotated[
    list[ConditionOffered], AfterValidator(lambda items: once(items, "condition"))
]
Supports = Annotated[list[SupportOffered], AfterValidator(lambda items: once(items, "kind"))]
Licences = Annotated[list[LicenceAsked], AfterValidator(lambda items: once(items, "licence"))]


def _one_level_each(asked: list[LanguageAsked]) -> list[LanguageAsked]:
    seen = set()
    for item in asked:
        if (item.language, item.skill) in seen:
            raise ValueError(f"asks {item.language} {item.skill} twice")
        seen.add((item.language, item.skill))
    return asked


LanguagesAsked = Annotated[list[LanguageAsked], AfterValidator(_one_level_each)]


class SlotBase(SQLModel):
    """
    What is known of a slot.

    A blank (`null`) is unknown and becomes a question; an empty list of what is asked is known:
    nothing is asked. A condition or a kind of support that is not listed is unknown. A skill that
    is not listed as taught is not taught. Hours of support are totals for the slot: people in it
    share them. In the `first_weeks` everybody in it takes `first_weeks_factor` times as many.
    """

    code: Code = Field(max_length=40)
    title: Title = Field(max_length=200)
    status: SlotStatus = Field(default=SlotStatus.OPEN, sa_type=code_column(SlotStatus))
    tasks: Tasks | None = Field(default=None, sa_type=JsonOf(list[str]))
    isco: Isco | None = Field(default=None, max_length=4)
    esco: Line | None = Field(default=None, max_length=120)
    seats: Seats
    form: PlacementForm = Field(sa_type=code_column(PlacementForm))
    contract_prospect: ContractProspect = Field(
        default=ContractProspect.UNKNOWN, sa_type=code_column(ContractProspect)
    )
    closes_on: Day | None = None
    weekly_hours_from: WeeklyHours | None = None
    weekly_hours_to: WeeklyHours | None = None
    days: Days | None = Field(default=None, sa_type=JsonOf(list[Weekday]))
    days_fixed: YesNoUnknown = Field(
        default=YesNoUnknown.UNKNOWN, sa_type=code_column(YesNoUnknown, "days_fixed")
    )
    starts_at: LocalTime | None = None
    build_up: YesNoUnknown = Field(
        default=YesNoUnknown.UNKNOWN, sa_type=code_column(YesNoUnknown, "build_up")
    )
    build_up_from_hours: WeeklyHours | None = None
    education: EducationAsked | None = Field(default=None, sa_type=JsonOf(EducationAsked))
    languages: LanguagesAsked | None = Field(default=None, sa_type=JsonOf(list[LanguageAsked]))
    skills: SkillsAsked | None = Field(default=None, sa_type=JsonOf(list[SkillAsked]))
    licences: Licences | None = Field(default=None, sa_type=JsonOf(list[LicenceAsked]))
    skills_taught: SkillsTaught | None = Field(default=None, sa_type=JsonOf(list[SkillTaught]))
    certificate: Line | None = Field(default=None, max_length=120)
    conditions: Conditions = Field(default=[], sa_type=JsonOf(list[ConditionOffered]))
    support: Supports = Field(default=[], sa_type=JsonOf(list[SupportOffered]))
    first_weeks: FirstWeeks | None = None
    first_weeks_factor: FirstWeeksFactor | None = None

    @model_validator(mode="after")
    def _hours_in_order(self) -> Self:
        low, high = self.weekly_hours_from, self.weekly_hours_to
        if low is not None and high is not None and low > high:
            raise FactError("weeklyHoursFrom", "is more than weeklyHoursTo")
        if self.build_up_from_hours is not None and self.build_up is not YesNoUnknown.YES:
            raise FactError("buildUpFromHours", "is given while buildUp is not yes")
        if (self.first_weeks is None) != (self.first_weeks_factor is None):
            field = "firstWeeks" if self.first_weeks is None else "firstWeeksFactor"
            raise FactError(field, "is missing; accepted: both firstWeeks and firstWeeksFactor")
        return self


class Slot(Rooted, SlotBase, table=True):
    """A slot as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)

    pilot_id: UUID = Field(foreign_key="pilot.id", index=True)
    cohort_id: UUID = Field(foreign_key="cohort.id", index=True)
    supplier_id: UUID = Field(foreign_key="organisation.id", index=True)


class PhaseBase(SQLModel):
    """One phase of a trajectory: how long, where, how many days there and how many at home."""

    kind: PhaseKind = Field(sa_type=code_column(PhaseKind))
    weeks: Weeks | None = None
    pc4: Pc4 | None = Field(default=None, max_length=4)
    on_site_days: DaysPerWeek | None = None
    remote_days: DaysPerWeek | None = None


class SlotPhase(Versioned, PhaseBase, table=True):
    """A phase as stored, in the order of `position`."""

    __tablename__ = "slot_phase"
    __table_args__ = (UniqueConstraint("slot_id", "position"),)

    slot_id: UUID = Field(foreign_key="slot.id", index=True)
    position: int
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)


class PhaseFacts(PhaseBase, Shape):
    """A phase as it comes in; it names its organisation by code."""

    organisation: Code | None = None


class SlotCreate(SlotBase, Shape):
    """A slot as it comes in: it names its pilot, cohort and answering supplier by code."""

    pilot: Code
    cohort: Code
    supplier: Code
    phases: Annotated[list[PhaseFacts], Field(max_length=12)] = []
