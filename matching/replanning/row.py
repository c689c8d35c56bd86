"""
The row of plans between the least effort and the highest score: how each of them is found.

matching/replanning/frontier.py tells what the row is for, and has the sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import Any, Final

import numpy as np

from matching.arrays import Ints
from matching.deadline import ENDLESS, Deadline, OutOfTime
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.replanning.lift import Lift
from matching.sides import Resource
from matching.solvers import solve
from matching.solvers.ledger import possible_scores


class Commitment(IntEnum):
    """How far things have gone between a person and the current slot."""

    PLANNED = 0
    PROPOSED = 1
    AGREED = 2
    STARTED = 3


WEIGHTS: Final = {Commitment.PLANNED: 1, Commitment.PROPOSED: 2, Commitment.AGREED: 5}
"""
What moving one person counts for: moving one who has agreed as much as five of whom nobody has
heard. Our choice; whoever plans may give others.
"""

CLOSE_ENOUGH: Final = 0.02
"""Plans around the wanted gain whose efforts differ by no more than this share are near enough."""


@dataclass(frozen=True, eq=False)
class Point:
    """
    One plan of the row.

    Parameters
    ----------
    slots : ndarray of int, shape (n_candidates,)
    placed : int
    score : int or float
        Plain sum of scores.
    moves : int
        How many people who had a place have another, or none.
    moves_by_commitment : mapping of str to int
    lose_place : int
        How many of those have none.
    effort : int
        The weights of those who move, added up.
    gain : float
        Share of what there is to gain in score between the two ends of the row, in [0, 1].
    is_proven : bool
        Whether its solver proved it best for its effort.
    """

    slots: Ints
    placed: int
    score: int | float
    moves: int
    moves_by_commitment: Mapping[str, int]
    lose_place: int
    effort: int
    gain: float
    is_proven: bool

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return {
            "slots": self.slots.tolist(),
            "placed": self.placed,
            "score": self.score,
            "moves": self.moves,
            "movesByCommitment": dict(self.moves_by_commitment),
            "losePlace": self.lose_place,
            "effort": self.effort,
            "gain": self.gain,
            "isProven": self.is_proven,
        }


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked, read and checked."""

    problem: Problem
    current: Ints
    commitments: Ints
    weights: Mapping[Commitment, int]
    effort: Ints
    pins: Ints
    tiers: Ints | None


class Finder:
    """
    Finds plans of the row; each is kept, so that none is looked for twice.

    Once the deadline is over it looks no further, and `is_settled` says so.
    """

    def __init__(
        self, asked: Asked, lift: Lift, how: Mapping[str, Any], deadline: Deadline = ENDLESS
    ) -> None:
        self._asked, self._lift, self._how, self._deadline = asked, lift, how, deadline
        self.is_settled = True
        self._placed = 0
        self._per_tier: tuple[int, ...] = ()

    def least_effort(self) -> Point | None:
        """Return the plan with the least effort, and the highest score among those."""
        try:
            return self._least_effort()
        except OutOfTime:
            self.is_settled = False
            return None

    def _least_effort(self) -> Point | None:
        plan = self._solve(self._lift.strongest, 1)
        while not self._lift.keeps_all_it_can(plan.slots) and self._lift.keep_more():
            plan = self._solve(self._lift.strongest, 1)
        if plan.status is SolveStatus.INFEASIBLE:
            return None
        point = self._point(plan)
        self._placed, self._per_tier = point.placed, self._tiers_of(point.slots)
        return point

    def highest_score(self) -> Point | None:
        """Return the plan with the highest score, and the least effort among those."""
        point = self._find(*self._lift.weakest)
        # Somebody would lose a place: once that is lifted, the bonus for staying is another one.
        while point is None and self.is_settled and self._lift.keep_more():
            point = self._find(*self._lift.weakest)
        return point

    def hull(self, ends: list[Point], most: int, wanted: float) -> list[Point]:
        """Return the plans on the upper hull, first those around the wanted share of the gain."""
        found = list(ends)
        closed: set[tuple[int, int]] = set()
        for _ in range(most - 2):
            at = _widest(found, closed, wanted)
            if at is None:
                break
            one, other = found[at], found[at + 1]
            bonus = round((other.score - one.score) / (other.effort - one.effort))
            between = self._find(max(1, bonus), 1)
            if not self.is_settled:
                break
            if between is None or not one.effort < between.effort < other.effort:
                closed.add((one.effort, other.effort))
            else:
                found.insert(at + 1, between)
        return found

    def all_between(self, ends: list[Point]) -> list[Point]:
        """Return all plans of the row, from the highest score down."""
        if len(ends) < 2:
            return ends
        least, found = ends[0], [ends[1]]
        while found[-1].effort > least.effort:
            point = self._find(*self._lift.weakest, at_most=found[-1].effort - 1)
            if point is None:
                break
            found.append(point)
        return [least, *reversed(found)]

    def _find(self, bonus: int, scale: int, *, at_most: int | None = None) -> Point | None:
        """Return a plan if it places as many, of each tier, as can be, and is found in time."""
        try:
            point = self._point(self._solve(bonus, scale, at_most=at_most))
        except OutOfTime:
            self.is_settled = False
            return None
        as_good = (point.placed, self._tiers_of(point.slots)) == (self._placed, self._per_tier)
        return point if as_good else None

    def _solve(self, bonus: int, scale: int, *, at_most: int | None = None) -> Plan:
        """Solve with a bonus for staying, scores times a scale, and the effort bounded."""
        self._deadline.check()
        problem = self._lift.problem(
            bonus, scale, pins=self._asked.pins, more=self._budget(at_most)
        )
        left = self._deadline.seconds_left
        return self._deadline.settled(
            solve(problem, objective=self._lift.objective, time_limit=left, **self._how)
        )

    def _budget(self, at_most: int | None) -> tuple[Resource, ...]:
        """
        Return the rule that bounds the effort.

        Who loses a place moves too, and takes up no resource. But as many people are placed in each
        plan of the row: if all who are placed draw the largest weight, less their own where they
        stay, then what is drawn is a fixed amount less the weights of those who stay.
        """
        if at_most is None:
            return ()
        asked, (n, m) = self._asked, self._asked.problem.shape
        largest = int(asked.effort.max(initial=0))
        demand = np.full((n, m), largest, dtype=np.int64)
        has_slot = np.flatnonzero(asked.current >= 0)
        demand[has_slot, asked.current[has_slot]] -= asked.effort[has_slot]
        stays_at_least = int(asked.effort.sum()) - at_most
        name = "effort of moving"
        names = {resource.name for resource in asked.problem.resources}
        while name in names:
            name += "'"
        return (Resource(name, demand, largest * self._placed - stays_at_least),)

    def _tiers_of(self, slots: Ints) -> tuple[int, ...]:
        if self._asked.tiers is None:
            return ()
        of_placed = self._asked.tiers[slots >= 0]
        return tuple(np.bincount(of_placed, minlength=int(self._asked.tiers.max(initial=0)) + 1))

    def _point(self, plan: Plan) -> Point:
        asked = self._asked
        scores, _ = possible_scores(asked.problem, plan.slots)
        moved = (asked.current >= 0) & (plan.slots != asked.current)
        by_level = {
            level.name.lower(): int((moved & (asked.commitments == level)).sum())
            for level in Commitment
        }
        return Point(
            slots=plan.slots,
            placed=int((plan.slots >= 0).sum()),
            score=scores.sum().item(),
            moves=int(moved.sum()),
            moves_by_commitment=by_level,
            lose_place=int((moved & (plan.slots < 0)).sum()),
            effort=int(asked.effort[moved].sum()),
            gain=0.0,
            is_proven=plan.status is SolveStatus.OPTIMAL,
        )


def _widest(found: list[Point], closed: set[tuple[int, int]], wanted: float) -> int | None:
    """Return after which plan to look next: around the wanted gain, else in the widest gap."""
    mark = found[0].score + wanted * (found[-1].score - found[0].score)
    open_gaps = []
    for at, (one, other) in enumerate(pairwise(found)):
        if other.effort - one.effort > 1 and (one.effort, other.effort) not in closed:
            area = (other.effort - one.effort) * (other.score - one.score)
            is_wide = other.effort - one.effort > CLOSE_ENOUGH * other.effort
            open_gaps.append((is_wide and one.score < mark <= other.score, area, -at))
    return -max(open_gaps)[2] if open_gaps else None


def not_beaten(found: list[Point]) -> list[Point]:
    """Return the plans that no other beats on both, from the least effort up."""
    kept: list[Point] = []
    for point in sorted(found, key=lambda point: (point.effort, -point.score)):
        if not kept or point.score > kept[-1].score:
            kept.append(point)
    return kept


def with_gain(points: list[Point]) -> list[Point]:
    """Return the same plans with their share of the gain."""
    least, most = points[0].score, points[-1].score
    if most == least:
        return [replace(point, gain=1.0) for point in points]
    return [replace(point, gain=(point.score - least) / (most - least)) for point in points]
