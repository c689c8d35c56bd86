"""
The best plan with one person in each slot, kept so that many changes to that person cost no solve.

When only one person's scores change, the best plan is the best over that person's slots of *the
best plan with the person there, for everybody else* plus the person's own new score. What comes
before the plus never changes. So it is solved once for a slot, and only where it could matter: no
plan with somebody in a slot is better than the best plan of all.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from matching.arrays import Floats
from matching.deadline import ENDLESS, Deadline
from matching.limits.named import with_pin
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.sides.unproven import ManyPlans

Value = tuple[int, float]
"""People placed, and the sum of their scores."""

NO_PLACE = -1
NEVER: Value = (-1, -np.inf)
UNBOUNDED: Value = (np.iinfo(np.int64).max, np.inf)


@dataclass
class ForcedPlans:
    """
    Best values with somebody in a slot, under the order of places first and then scores.

    Parameters
    ----------
    problem : Problem
        Without stay bonus and turns.
    plan : Plan
        The best plan of it.
    base : ndarray of float, shape (n_candidates, n_slots)
        The scores of the problem; ``nan`` refuses.
    seed : int
    deadline : Deadline, optional
        Once it is over, `OutOfTime` is raised; what was solved is kept.

    Attributes
    ----------
    n_solves : int
        How many problems were solved so far.
    """

    problem: Problem
    plan: Plan
    base: Floats
    seed: int = 0
    deadline: Deadline = ENDLESS
    n_solves: int = 0
    _others: dict[tuple[int, int], Value] = field(default_factory=dict)
    _many: ManyPlans = field(init=False)

    def __post_init__(self) -> None:
        order = ("placed", "score")
        self._many = ManyPlans(order, self.seed, self.plan, ties=False, deadline=self.deadline)

    def best(self, i: int, row: Floats) -> Value:
        """
        Return the best value when one person's scores become others.

        Parameters
        ----------
        i : int
            Position of the person.
        row : ndarray of float, shape (n_slots,)
            The person's scores; ``nan`` refuses.

        Returns
        -------
        tuple of int and float
            ``NEVER`` when there is no plan at all.
        """
        slots = [NO_PLACE, *np.flatnonzero(~np.isnan(row)).tolist()]
        if self.problem.pins is not None and self.problem.pins[i] >= 0:
            slots = [j for j in slots if j == self.problem.pins[i]]
        own = {j: 0.0 if j == NO_PLACE else float(row[j]) for j in slots}
        best = NEVER
        for j in sorted(slots, key=lambda j: _plus(self._at_most(i, j), own[j]), reverse=True):
            if _plus(self._at_most(i, j), own[j]) <= best:
                break
            best = max(best, _plus(self._solved(i, j), own[j]))
        return best

    def _at_most(self, i: int, j: int) -> Value:
        """Return what everybody else can have at most with this person in a slot, unsolved."""
        if (i, j) in self._others:
            return self._others[i, j]
        if j == self.plan.slots[i]:
            self._others[i, j] = _plus(self._value(self.plan), -self._score(i, j))
            return self._others[i, j]
        if j != NO_PLACE and np.isnan(self.base[i, j]):
            return UNBOUNDED
        return _plus(self._value(self.plan), -self._score(i, j))

    def _score(self, i: int, j: int) -> float:
        return 0.0 if j == NO_PLACE else float(self.base[i, j])

    def _value(self, plan: Plan) -> Value:
        return plan.placed, float(plan.score)

    def _solved(self, i: int, j: int) -> Value:
        if (i, j) not in self._others:
            self.n_solves += 1
            self._others[i, j] = self._solve(i, j)
        return self._others[i, j]

    def _solve(self, i: int, j: int) -> Value:
        scores, own = self.base, 0.0
        if j == NO_PLACE:
            scores = self.base.copy()
            scores[i] = np.nan
        elif np.isnan(self.base[i, j]):
            scores = self.base.copy()
            scores[i, j] = 0.0
        else:
            own = float(self.base[i, j])
        forced: Problem | None = replace(self.problem, scores=scores)
        if j != NO_PLACE and forced is not None:
            forced = with_pin(forced, i, j)
        if forced is None:
            return NEVER
        plan = self._many.solve(forced)
        return NEVER if plan.status is SolveStatus.INFEASIBLE else _plus(self._value(plan), -own)


def _plus(value: Value, points: float) -> Value:
    return value[0], value[1] + points
