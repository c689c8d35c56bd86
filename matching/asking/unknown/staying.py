"""Whether a plan is still the best after scores have changed: proven if it can be, else solved."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Floats
from matching.asking.unknown.forcing import ForcedPlans
from matching.asking.what_if import full_score
from matching.deadline import ENDLESS, Deadline
from matching.exceptions import ProblemError
from matching.plan import Certificate, Plan, SolveStatus
from matching.policy import OBJECTIVES
from matching.problem import Problem
from matching.solvers import solve
from matching.solvers.sides.unproven import ManyPlans

Gain = tuple[float, float]
NOTHING: Final[Gain] = (0, 0)
UNKNOWN_GAIN: Final[Gain] = (float("inf"), float("inf"))
"""People and points."""

SUMS: Final = {"placed", "tiers", "score", "moves"}
"""Levels of which each person has a share of their own, so that shares can be held side by side."""


@dataclass
class Staying:
    """
    A plan that is the best for its problem, held against other scores.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    base : ndarray of float, shape (n_candidates, n_slots)
        The scores of the problem; ``nan`` refuses.
    seed : int
    deadline : Deadline, optional
        Once it is over nothing is proven by solving, and `solved_again` raises `OutOfTime`.
    """

    problem: Problem
    plan: Plan
    base: Floats
    seed: int = 0
    deadline: Deadline = ENDLESS
    n_solves: int = 0
    forced: ForcedPlans = field(init=False)
    _many: ManyPlans = field(init=False)
    _gains_known: dict[bytes, Gain] = field(default_factory=dict)
    _where: tuple[NDArray[np.int64], NDArray[np.int64]] = field(init=False)

    def __post_init__(self) -> None:
        self._many = ManyPlans(
            self.plan.objective, self.seed, self.plan, ties=False, deadline=self.deadline
        )
        self.forced = ForcedPlans(self.problem, self.plan, self.base, self.seed, self.deadline)
        who = np.flatnonzero(self.plan.slots >= 0)
        self._where = who, self.plan.slots[who]

    def refuses_a_place(self, scores: Floats) -> bool:
        """Whether some place of the plan is no longer possible."""
        return bool(np.isnan(scores[self._where]).any())

    def stays_best(self, scores: Floats) -> tuple[bool, Gain]:
        """
        Return whether the plan is proven to stay the best, and what another could gain at most.

        Parameters
        ----------
        scores : ndarray of float, shape (n_candidates, n_slots)

        Returns
        -------
        bool
            ``False`` when it is not proven.
        tuple of float
            People and points; infinite where no bound is known.
        """
        if not self.refuses_a_place(scores) and set(self.plan.objective) <= SUMS:
            if self._reduced_costs_hold(scores):
                return True, NOTHING
            own, most = self._gains(scores)
            if own is not None and bool((own >= most).all()):
                return True, NOTHING
        gain = self._gain_without_side_rules(scores)
        stays = gain <= NOTHING and not self.refuses_a_place(scores)
        return stays, gain

    def _gains(self, scores: Floats) -> tuple[Floats | None, Floats]:
        """
        Return what each person gains by the change in the plan, and at most in any other.

        Where no pair has become possible, other plans are the same as before or fewer. None of them
        gains more by the change than everybody's largest gain, a place lost counting as none.
        """
        opened = ~np.isnan(scores) & np.isnan(self.base)
        gain = np.where(np.isnan(scores), -np.inf, scores - self.base)
        most = np.maximum(gain.max(axis=1, initial=-np.inf), 0.0)
        if opened.any() or self.plan.status is not SolveStatus.OPTIMAL:
            return None, most
        own = np.zeros(len(gain))
        own[self._where[0]] = gain[self._where]
        if self.problem.pins is not None:
            fixed = self.problem.pins >= 0
            most[fixed] = own[fixed]
        return own, most

    def _gain_without_side_rules(self, scores: Floats) -> Gain:
        """Return what the best plan under seats alone gains over this one: no other gains more."""
        problem, order = self.problem, self.plan.objective
        if not problem.has_side_rules or problem.stay_bonus or order not in OBJECTIVES:
            return UNKNOWN_GAIN
        if self.deadline.is_over:
            return UNKNOWN_GAIN
        # Many answers come to the same scores.
        key = hashlib.sha256(scores.tobytes()).digest()
        if key not in self._gains_known:
            self._gains_known[key] = self._gain_by_seats(scores)
        return self._gains_known[key]

    def _gain_by_seats(self, scores: Floats) -> Gain:
        problem, order = self.problem, self.plan.objective
        try:
            best = solve(Problem(scores, problem.seats, pins=problem.pins), objective=order)
        except ProblemError:  # a pin that the answer refuses
            return UNKNOWN_GAIN
        placed, points = self._kept(scores)
        if order == ("score",):
            return 0, best.score - points
        return best.placed - placed, best.score - points

    def _reduced_costs_hold(self, scores: Floats) -> bool:
        """
        Whether the plan's own certificate proves it for the new scores too.

        That needs seats alone. The cover still bounds how many can be placed when every pair lies
        in it; and prices still bound the score by what the plan reaches, when the best that each
        person could get beyond them has changed by as much as what the plan gives.
        """
        certificate, plan = self.plan.certificate, self.plan
        if (
            self.problem.has_side_rules
            or self.problem.stay_bonus
            or plan.status is not SolveStatus.OPTIMAL
            or not isinstance(certificate, Certificate)
            or certificate.exponent != 0
            or plan.objective not in OBJECTIVES
            or not np.array_equal(np.rint(scores), scores, equal_nan=True)
        ):
            return False
        changed = np.flatnonzero(~_same_rows(scores, self.base))
        fixed = np.zeros(len(scores), dtype=np.bool_)
        if self.problem.pins is not None:
            fixed = self.problem.pins >= 0
        free = changed[~fixed[changed]]
        usable = self._seats_left() > 0
        if "placed" in plan.objective:
            inside = certificate.cover_candidates[free][:, None] | certificate.cover_slots[None, :]
            if (~np.isnan(scores[free]) & usable & ~inside).any():
                return False
        old, new = (
            self._beyond_prices(one[free], certificate, usable) for one in (self.base, scores)
        )
        gained = np.zeros(len(scores))
        gained[self._where[0]] = (scores - self.base)[self._where]
        return bool((new - old).sum() == gained[free].sum())

    def _beyond_prices(
        self, scores: Floats, certificate: Certificate, usable: NDArray[np.bool_]
    ) -> Floats:
        beyond = np.where(np.isnan(scores) | ~usable, -np.inf, scores - certificate.prices)
        best = beyond.max(axis=1, initial=-np.inf) - certificate.place_price
        above: Floats = np.maximum(best, 0.0)
        return above

    def _seats_left(self) -> NDArray[np.int64]:
        left = self.problem.seats.copy()
        if self.problem.pins is not None:
            np.subtract.at(left, self.problem.pins[self.problem.pins >= 0], 1)
        return left

    def solved_again(self, scores: Floats, row: int | None = None) -> tuple[int, float, int]:
        """
        Return what keeping the plan would lose.

        Parameters
        ----------
        scores : ndarray of float, shape (n_candidates, n_slots)
        row : int, optional
            The one candidate whose scores differ, if it is one.

        Returns
        -------
        int
            People fewer, where whoever's place is refused has none; 0 when places are not counted.
        float
            Points, where as many people have a place.
        int
            How many can have a place; without a plan at all, nobody.
        """
        placed, points = self._kept(scores)
        best, best_points = self._best(scores, row)
        if best < 0:
            return placed, points, 0
        fewer = best - placed if "placed" in self.plan.objective else 0
        lost = best_points - points
        return fewer, lost if fewer == 0 else max(lost, 0.0), best

    def _best(self, scores: Floats, row: int | None) -> tuple[int, float]:
        """Return how many the best plan places, and its points; -1 when there is no plan."""
        problem = self.problem
        if row is not None and problem.has_side_rules and self._is_plain():
            return self.forced.best(row, scores[row])
        self.n_solves += 1
        try:
            problem = replace(problem, scores=scores)
        except ProblemError:  # a pin that the answer refuses
            return -1, 0.0
        best = self._many.solve(problem)
        if best.status is SolveStatus.INFEASIBLE:
            return -1, 0.0
        return best.placed, full_score(problem, best)

    def _is_plain(self) -> bool:
        is_best = self.plan.status is SolveStatus.OPTIMAL and not self.problem.stay_bonus
        return is_best and self.plan.objective == ("placed", "score")

    @property
    def solves(self) -> int:
        """How many problems were solved, bounds under seats alone not counted."""
        return self.n_solves + self.forced.n_solves

    def _kept(self, scores: Floats) -> tuple[int, float]:
        """Return people and points of the plan, without those whose place is refused."""
        worth = scores[self._where]
        points = float(np.nansum(worth))
        if self.problem.current is not None and self.problem.stay_bonus:
            stays = self.plan.slots[self._where[0]] == self.problem.current[self._where[0]]
            points += self.problem.stay_bonus * int((stays & ~np.isnan(worth)).sum())
        return int((~np.isnan(worth)).sum()), points


def _same_rows(some: Floats, others: Floats) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = ((some == others) | (np.isnan(some) & np.isnan(others))).all(axis=1)
    return same
