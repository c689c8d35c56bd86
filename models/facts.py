"""The small facts that candidates and slots are made of; each knows its own accepted range."""

from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, model_validator
from sqlmodel import Field

from models.base import Shape
from models.codes import (
    AskGround,
    Cefr,
    Diploma,
    LanguageSkill,
    Licence,
    NeedStrength,
    SkillWeight,
    Strength,
    WishTarget,
    YesNoUnknown,
)
from models.texts import Code, Language, Line, Pc4
from models.vocabulary import support_kinds, work_conditions

T = TypeVar("T")


def _known_condition(code: str) -> str:
    if code not in work_conditions():
        raise ValueError(f"unknown work condition; accepted: {', '.join(work_conditions())}")
    return code


def _known_support(code: str) -> str:
    if code not in support_kinds():
        raise ValueError(f"unknown kind of support; accepted: {', '.join(support_kinds())}")
    return code


ConditionCode = Annotated[str, AfterValidator(_known_condition)]
SupportCode = Annotated[str, AfterValidator(_known_support)]
WeeklyHours = Annotated[float, Field(ge=0, le=60)]
SupportHours = Annotated[float, Field(ge=0, le=40)]
TotalHours = Annotated[float, Field(ge=0, le=40_000)]
"""As many as a slot of 999 seats could give, to each of them the most that one person can need."""
DaysPerWeek = Annotated[float, Field(ge=0, le=7)]
SkillLevel = Annotated[int, Field(ge=1, le=4)]
"""1 has begun, 2 can do it with help, 3 can do it alone, 4 can teach it."""


class LanguageHeld(Shape):
    """What a candidate can do in a language; a blank is unknown, `none` is known to be nothing."""

    language: Language
    listening: Cefr | None = None
    reading: Cefr | None = None
    speaking: Cefr | None = None
    writing: Cefr | None = None


class LanguageAsked(Shape):
    """
    What a slot asks in one skill of one language, and up to which level it trains people there.
    """

    language: Language
    skill: LanguageSkill
    level: Cefr
    strength: Strength
    trained_to: Cefr | None = None

    @model_validator(mode="after")
    def _training_reaches_the_level(self) -> Self:
        if self.strength is Strength.TRAINED and self.trained_to is None:
            self.trained_to = self.level
        if self.trained_to is not None and self.trained_to.rank < self.level.rank:
            raise ValueError(
                f"trainedTo {self.trained_to} lies below the level asked, {self.level}"
            )
        return self


class SkillHeld(Shape):
    """
    A skill of a candidate: a code of the taxonomy, or free text that people read and the engine
    does not.
    """

    skill: Code | None = None
    text: Line | None = None
    level: SkillLevel | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if (self.skill is None) == (self.text is None):
            raise ValueError("give either skill (a code) or text, one of the two")
        return self


class SkillAsked(Shape):
    """A skill that a slot asks: from which level, how much it matters, how firmly."""

    skill: Code
    level: SkillLevel
    weight: SkillWeight = SkillWeight.IMPORTANT
    strength: Strength = Strength.WANTED


class SkillTaught(Shape):
    """A skill that a slot teaches, and up to which level."""

    skill: Code
    level: SkillLevel = 3


class EducationAsked(Shape):
    """The diploma level a slot asks. A *must* needs its ground: the law, or the work itself."""

    level: Diploma
    strength: Strength
    ground: AskGround | None = None

    @model_validator(mode="after")
    def _must_has_a_ground(self) -> Self:
        if self.strength is Strength.MUST and self.ground is None:
            raise ValueError("a diploma that is a must needs its ground; accepted: law, work")
        return self


class LicenceAsked(Shape):
    """A driving licence that a slot asks."""

    licence: Licence
    strength: Strength


class ConditionOffered(Shape):
    """Whether a work place has a condition. Unknown is an answer too: it becomes a question."""

    condition: ConditionCode
    offer: YesNoUnknown


class ConditionNeeded(Shape):
    """A work condition that a candidate needs, wants or avoids."""

    condition: ConditionCode
    strength: NeedStrength


class SupportOffered(Shape):
    """
    Weekly hours of one kind of support, added up over all people in the slot.

    Two hours of class for four people are eight. Unknown hours become a question.
    """

    kind: SupportCode
    weekly_hours: TotalHours | None = None


class SupportNeeded(Shape):
    """Weekly hours of support that a candidate needs, and whether it cannot go without."""

    kind: SupportCode
    weekly_hours: SupportHours | None = None
    essential: bool = False


class KnownTravel(Shape):
    """Minutes door to door that a coordinator knows; they beat the estimate."""

    pc4: Pc4
    minutes: Annotated[int, Field(ge=0, le=999)]


class Wish(Shape):
    """A wish; rank 1 is the dearest."""

    about: WishTarget
    code: Code
    rank: Annotated[int, Field(ge=1, le=99)]


class Veto(Shape):
    """A place, pilot or organisation that a candidate does not want. It needs no reason."""

    about: WishTarget
    code: Code


def once(items: list[T] | None, key: str) -> list[T] | None:
    """Return the items, or say that one of them stands there twice, without repeating it."""
    first: dict[object, int] = {}
    for position, item in enumerate(items or (), start=1):
        value = item if isinstance(item, str) else getattr(item, key)
        if value in first:
            raise ValueError(f"names the same {key} twice, as items {first[value]} and {position}")
        first[value] = position
    return items
