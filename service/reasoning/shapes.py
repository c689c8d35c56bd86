"""What more can be said of a plan, as it goes out. All of it is advice, no decision."""

from enum import StrEnum
from typing import Annotated

from sqlmodel import Field

from models.base import Shape
from models.texts import Code
from service.reasons import Facts, Finding


class OtherWay(StrEnum):
    """Another way of planning."""

    OWN_BEST = "own_best"
    ABSOLUTE = "absolute"
    WORST = "worst"
    LEXIMIN = "leximin"


class ReplanAsk(Shape):
    """
    From which earlier run the places are, by its code, and who said yes to theirs: they are moved
    last.
    """

    since: Code
    agreed: Annotated[list[Code], Field(max_length=200)] = []


class OtherMoved(Shape):
    """What a change of plan does to somebody else; for those who may see it."""

    candidate: str
    was: str | None
    becomes: str | None
    points: float


class Trade(Shape):
    """
    What a pair would cost: people fewer with a place, points, and how many others would move.
    """

    placed: int
    points: float
    own_points: float
    moved: int
    loses_place: int
    gains_place: int
    status: str


class Way(Shape):
    """
    A way to make a place work: facts that change, limits that give way, and what it takes by the
    policy. Not proposed: others could use what changes too, so people decide who gets it.
    """

    slot: str
    changes: list[Facts]
    steps: list[Facts]
    effort: int
    is_proposed: bool
    n_placed: int
    text: list[str]


class Loosening(Shape):
    """Limits that give way, and what it takes by the policy."""

    steps: list[Facts]
    effort: int


class WhyNotRead(Shape):
    """
    Why a plan does not give somebody a place: the rule, the question, or what it would cost.

    `others` names other people, and stands apart so that a door can leave it out. `is_settled`
    false: there was no time for all of it.
    """

    note: str
    candidate: str
    slot: str
    answer: str
    is_settled: bool
    text: list[str]
    refusals: list[Finding]
    questions: list[Finding]
    trade: Trade | None
    limits: list[Facts]
    loosenings: list[Loosening]
    others: list[OtherMoved]


class Stands(Shape):
    """A slot that no change of people opens, and the rules that refuse it."""

    slot: str
    rules: list[str]


class WhatWorksRead(Shape):
    """
    What people could change so that somebody gets a place; least effort first. `is_settled` false:
    there was no time to look at everything, and other ways may take less.
    """

    note: str
    is_settled: bool
    candidate: str
    slot: str | None
    text: list[str]
    ways: list[Way]
    stands: list[Stands]


class QuestionRead(Shape):
    """A fact that nobody knows yet, and what its answer could do to the plan."""

    side: str
    code: str
    fact: str
    item: str | None
    part: str | None
    refuses_place: bool
    placed: int
    points: float
    placed_from: int
    placed_to: int
    answers: list[str | float]
    is_settled: bool
    text: list[str]


class QuestionsRead(Shape):
    """The unknown facts that could change a plan; those that matter most first."""

    note: str
    is_settled: bool
    items: list[QuestionRead]


class WorthOf(Shape):
    """
    What one more seat, or hours more, would bring; found by solving again. Not settled, for want of
    time: `placed` and `points` are null.
    """

    limit: Facts
    amount: float
    placed: int | None
    points: float | None
    status: str
    is_settled: bool
    text: str


class WorthRead(Shape):
    """
    What a little more of each thing would bring; most people first, then most points, and last what
    there was no time for.
    """

    note: str
    is_settled: bool
    text: list[str]
    items: list[WorthOf]


class PlaceOption(Shape):
    """A slot that somebody gets in some of the plans with small differences."""

    slot: str
    times: int
    share: float


class PersonAttention(Shape):
    """What somebody's places come to when things are slightly different."""

    candidate: str
    kind: str
    slot: str | None
    present: int
    same: int
    without: int
    n_possible: int
    options: list[PlaceOption]
    text: str


class AttentionRead(Shape):
    """
    Whose place is the same, and whose another, when things are slightly different: in `planned`
    plans, which are fewer than `times` where time was over.
    """

    note: str
    is_settled: bool
    text: list[str]
    times: int
    planned: int
    infeasible: int
    weights: float
    scores: float
    dropouts: float
    seed: int
    counts: dict[str, int]
    people: list[PersonAttention]


class PlaceChange(Shape):
    """Somebody whom two plans give different places."""

    candidate: str
    before: str | None
    after: str | None
    own_best: float
    absolute: float


class ComparisonRead(Shape):
    """
    What another way of planning would change, and for whom. `is_settled` false: time was over
    before the other plan was proven the best, or was there at all.
    """

    note: str
    is_settled: bool
    way: str
    text: list[str]
    placed: int
    gain_place: list[str]
    lose_place: list[str]
    better: int
    worse: int
    changes: list[PlaceChange]


class ReplanPoint(Shape):
    """A plan between fewest moves and most points; the chosen one has the least effort."""

    moves: int
    lose_place: int
    effort: int
    n_placed: int
    score: float
    gain: float
    is_proven: bool
    is_chosen: bool
    text: str


class ReplanMove(Shape):
    """
    Somebody who moves in the chosen plan, and why. `others` names people: who takes the seat, and
    who begins the chain; it stands apart so that a door can leave it out.
    """

    candidate: str
    before: str | None
    after: str | None
    reason: str
    text: str
    others: list[str]


class ReplanRead(Shape):
    """
    Plans anew, from fewest moves to most points, held against the places of an earlier run.
    `is_settled` false: there was no time to look for all of them.
    """

    note: str
    is_settled: bool
    text: list[str]
    since: str
    gone: list[str]
    new: list[str]
    points: list[ReplanPoint]
    moves: list[ReplanMove]
    is_complete: bool


class ClaimedBy(Shape):
    """Who would have a seat in the best plan; for those who may see it."""

    slot: str
    candidate: str
    becomes: str | None
    points: float


class RegretOf(Shape):
    """
    What would be gone if somebody took a slot now: least first. Not settled, for want of time: it
    may be less, and `is_possible` null says that not even that is known.
    """

    slot: str
    is_possible: bool | None
    is_settled: bool
    placed: int | None
    points: float | None
    seat_is_claimed: bool
    claimant_points: float | None
    text: list[str]


class RegretRead(Shape):
    """
    What each place would take from others, were it given to somebody now.

    `others` names other people, and stands apart so that a door can leave it out.
    """

    note: str
    is_settled: bool
    candidate: str
    items: list[RegretOf]
    others: list[ClaimedBy]


class FallbackOf(Shape):
    """The next best free place for somebody, with everybody else where they are."""

    candidate: str
    slot: str
    fallback: str | None
    points: float | None
    text: str


class FallbacksRead(Shape):
    """For each place of a plan the next best that breaks no other; by code."""

    note: str
    text: list[str]
    items: list[FallbackOf]


class LotteryRead(Shape):
    """How a group fares in plans of the same size that are drawn by lot."""

    rate: float
    low: float
    high: float
    as_few: float
    verdict: str


class GroupRateRead(Shape):
    """How many of a group have a place, with an interval; `group` null: small ones together."""

    group: str | None
    people: int
    placed: int
    rate: float
    low: float
    high: float
    lottery: LotteryRead | None
    text: list[str]


class ParityRead(Shape):
    """
    Placement rates of the groups that were told with a run; small ones are not shown.

    `difference` is the largest rate less the smallest. It is a count, and calls no plan fair.
    `draws` is how many plans were drawn by lot.
    """

    note: str
    text: list[str]
    groups: list[GroupRateRead]
    draws: int
    hidden: int
    least_shown: int
    confidence: float
    difference: float | None
    low: float | None
    high: float | None
