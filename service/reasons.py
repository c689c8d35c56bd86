"""
Reasons as they go out: explanation data with a sentence beside each part, in camelCase throughout.
"""

from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic.alias_generators import to_camel

from models.base import Shape


def camel_keys(value: Any) -> Any:
    """Return data with the keys of its objects in camelCase."""
    if isinstance(value, dict):
        return {to_camel(key): camel_keys(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [camel_keys(inner) for inner in value]
    return value


Facts = Annotated[dict[str, Any], AfterValidator(camel_keys)]


class Finding(Shape):
    """What a hard rule found: a refusal or a question, whom to ask, and who may waive it."""

    rule: str
    verdict: str
    facts: Facts
    ask: str | None
    waived_by: list[str]
    text: str = ""


class PairFinding(Finding):
    """A question of a plan, with the pair it is about."""

    candidate: str
    slot: str


class Contribution(Shape):
    """
    What one criterion adds to a pair's points; `value` null: nothing is known, which counted as
    neutral.
    """

    criterion: str
    label: str = ""
    points: int
    most: int
    value: float | None
    known: float
    facts: list[Facts]
    text: str = ""


class PairReasons(Shape):
    """
    All there is to say of one candidate and one slot. Contributions add up to `points` exactly.
    """

    candidate: str
    slot: str
    title: str | None = None
    verdict: str
    refusals: list[Finding]
    questions: list[Finding]
    contributions: list[Contribution]
    points: int
    of_own_best: int
    completeness: float


class Separation(Shape):
    """By how many points a criterion speaks for this place (more) or for the other (less)."""

    criterion: str
    points: int


class NextBest(Shape):
    """The best other possible slot, and what separates the two."""

    slot: str
    points: int
    separates: list[Separation]


class FullerSlot(Shape):
    """A possible slot with more points, and whether its seats are all in use in this plan."""

    slot: str
    points: int
    is_full: bool


class PossibleSlot(Shape):
    """
    A possible slot: whether its seats are all in use in this plan, and what else it is short of,
    such as hours of support.
    """

    slot: str
    is_full: bool
    short_of: list[Facts] = []


class NearMiss(Shape):
    """A slot that only one rule refuses."""

    slot: str
    points: int
    refusals: list[Finding]


class NoPlace(Shape):
    """Why there is no place yet, and what comes nearest."""

    possible: list[PossibleSlot]
    near_misses: list[NearMiss]
    refused: dict[str, int]
    n_slots: int
    text: list[str] = []


class PlaceReasons(Shape):
    """Why somebody has this place in a plan, or no place yet; `text` says it in a few sentences."""

    candidate: str
    place: PairReasons | None = None
    next_best: NextBest | None = None
    fuller: list[FullerSlot] = []
    no_place: NoPlace | None = None
    text: list[str] = []
