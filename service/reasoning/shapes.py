"""What more can be said of a plan, as it goes out. All of it is advice, no decision."""

from models.base import Shape
from service.reasons import Facts, Finding


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

    `others` names other people, and stands apart so that a door can leave it out.
    """

    note: str
    candidate: str
    slot: str
    answer: str
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
    """What people could change so that somebody gets a place; least effort first."""

    note: str
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
    items: list[QuestionRead]


class WorthOf(Shape):
    """What one more seat, or hours more, would bring; found by solving again."""

    limit: Facts
    amount: float
    placed: int
    points: float
    status: str
    text: str


class WorthRead(Shape):
    """What a little more of each thing would bring; most people first, then most points."""

    note: str
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
    """Whose place is the same, and whose another, when things are slightly different."""

    note: str
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
    """What another way of planning would change, and for whom."""

    note: str
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
    """

    note: str
    since: str
    gone: list[str]
    new: list[str]
    points: list[ReplanPoint]
    moves: list[ReplanMove]
    is_complete: bool
