"""
Candidate: the person to be placed, known by a code.

What is confidential (conditions and support needed, background, contact) is not here: see
confidential.py.
"""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import JsonOf, Rooted, Shape, code_column
from models.codes import CandidateStatus, Diploma, Licence, PlacementForm, TravelMode, Weekday
from models.confidential import NeedsFacts
from models.facts import (
    DaysPerWeek,
    KnownTravel,
    LanguageHeld,
    SkillHeld,
    Veto,
    WeeklyHours,
    Wish,
    once,
)
from models.slot import Tasks
from models.texts import Code, Day, FactError, Isco, LocalTime, Pc4


def _skills_once(skills: list[SkillHeld]) -> list[SkillHeld]:
    once([held.skill for held in skills if held.skill is not None], "skill")
    texts = [held.text for held in skills if held.text is not None]
    if len(set(texts)) < len(texts):
        raise ValueError("names a skill twice in the same words")
    return skills


def _targets_once(items: list[Wish]) -> list[Wish]:
    once([f"{item.about} {item.code}" for item in items], "wish")
    return items


def _vetoes_once(items: list[Veto]) -> list[Veto]:
    once([f"{item.about} {item.code}" for item in items], "veto")
    return items


Modes = Annotated[list[TravelMode], Field(min_length=1), AfterValidator(lambda m: once(m, "mode"))]
AvailableDays = Annotated[
    list[Weekday], Field(min_length=1), AfterValidator(lambda d: once(d, "day"))
]
Forms = Annotated[
    list[PlacementForm], Field(min_length=1), AfterValidator(lambda f: once(f, "form"))
]
LicencesHeld = Annotated[list[Licence], AfterValidator(lambda items: once(items, "licence"))]
Languages = Annotated[list[LanguageHeld], AfterValidator(lambda items: once(items, "language"))]
Skills = Annotated[list[SkillHeld], AfterValidator(_skills_once)]
Occupations = Annotated[list[Isco], AfterValidator(lambda items: once(items, "isco"))]
Travels = Annotated[list[KnownTravel], AfterValidator(lambda items: once(items, "pc4"))]
Wishes = Annotated[list[Wish], AfterValidator(_targets_once)]
Vetoes = Annotated[list[Veto], AfterValidator(_vetoes_once)]


class CandidateBase(SQLModel):
    """
    What is known of a candidate.

    A blank (`null`) is unknown: worth asking, never counted as bad. An empty list is known: there
    is none.
    """

    code: Code = Field(max_length=40)
    status: CandidateStatus = Field(
        default=CandidateStatus.OPEN, sa_type=code_column(CandidateStatus)
    )
    pc4: Pc4 | None = Field(default=None, max_length=4)
    travel_modes: Modes | None = Field(default=None, sa_type=JsonOf(list[TravelMode]))
    max_travel_minutes: Annotated[int, Field(ge=0, le=999)] | None = None
    known_travel: Travels = Field(default=[], sa_type=JsonOf(list[KnownTravel]))
    diploma: Diploma | None = Field(default=None, sa_type=code_column(Diploma))
    languages: Languages | None = Field(default=None, sa_type=JsonOf(list[LanguageHeld]))
    skills: Skills | None = Field(default=None, sa_type=JsonOf(list[SkillHeld]))
    licences: LicencesHeld | None = Field(default=None, sa_type=JsonOf(list[Licence]))
    tasks_wanted: Tasks | None = Field(default=None, sa_type=JsonOf(list[str]))
    occupations_sought: Occupations | None = Field(default=None, sa_type=JsonOf(list[str]))
    weekly_hours_from: WeeklyHours | None = None
    weekly_hours_to: WeeklyHours | None = None
    days: AvailableDays | None = Field(default=None, sa_type=JsonOf(list[Weekday]))
    earliest_start: LocalTime | None = None
    longest_day_hours: Annotated[float, Field(gt=0, le=12)] | None = None
    build_up_from_hours: WeeklyHours | None = None
    build_up_weeks: Annotated[int, Field(ge=1, le=52)] | None = None
    remote_days_wanted: DaysPerWeek | None = None
    available_on: Day | None = None
    placement_forms: Forms | None = Field(default=None, sa_type=JsonOf(list[PlacementForm]))
    wishes: Wishes | None = Field(default=None, sa_type=JsonOf(list[Wish]))
    vetoes: Vetoes = Field(default=[], sa_type=JsonOf(list[Veto]))
    waiting_since: Day | None = None

    @model_validator(mode="after")
    def _hours_in_order(self) -> Self:
        low, high = self.weekly_hours_from, self.weekly_hours_to
        if low is not None and high is not None and low > high:
            raise FactError("weeklyHoursFrom", "is more than weeklyHoursTo")
        start = self.build_up_from_hours
        if start is not None and high is not None and start > high:
            raise FactError("buildUpFromHours", "is more than weeklyHoursTo")
        return self


class Candidate(Rooted, CandidateBase, table=True):
    """A candidate as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)

    referrer_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)


class CandidateCreate(CandidateBase, Shape):
    """A candidate as it comes in by HTTP; the referrer is named by code."""

    referrer: Code | None = None


class CandidateFacts(CandidateCreate, NeedsFacts):
    """A candidate with the confirmed needs: what a file holds, and what the engine is given."""
