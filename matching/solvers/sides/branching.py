"""
Branch and bound by HiGHS over the rows of a model, one level of an objective after the other.

HiGHS works in doubles. What it finds is looked at again in whole numbers: a plan that breaks a rule
by less than its tolerance is cut off and sought anew, and its bound counts only where doubles are
fine enough for it.

Source: Huangfu and Hall (2018), Mathematical Programming Computation 10, https://highs.dev.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matching.arrays import Bools, Ints
from matching.plan import Multipliers
from matching.solvers.sides.bounds import LevelToBound, from_duals
from matching.solvers.sides.highs import Search, to_whole, total
from matching.solvers.sides.model import Model
from matching.solvers.sides.rows import COVER, SETTLED, Row
from matching.solvers.watch import Watch

TRUSTED = 2**44
"""Sums up to here are told apart by doubles with room for the rounding of a solve."""


@dataclass(frozen=True, eq=False)
class Found:
    """
    What came of one search.

    Parameters
    ----------
    chosen : ndarray of bool or None
        The best choice of pairs, if any was found.
    bound : int or None
        No choice is worth more; ``None`` when that is not known.
    is_done : bool
        Whether the search ended by itself, within its gap.
    is_impossible : bool
        No choice keeps all rules.
    """

    chosen: Bools | None
    bound: int | None
    is_done: bool
    is_impossible: bool = False


@dataclass
class Branching:
    """Searches among the choices that keep a model's rows, and what has been settled since."""

    model: Model
    watch: Watch
    settled: list[Row] = field(default_factory=list)
    forbidden: Bools = field(init=False)
    last_looks: int = 2
    most_nodes: int | None = None

    def __post_init__(self) -> None:
        self.forbidden = np.zeros(self.model.n_pairs, dtype=np.bool_)

    def best(
        self, weights: Ints, *, level: str, start: Bools | None = None, gap: float = 0.0
    ) -> Found:
        """
        Find the choice of the largest weight, among those that keep all that is settled.

        Parameters
        ----------
        weights : ndarray of int, shape (n_pairs,)
        level : str
            For progress.
        start : ndarray of bool, shape (n_pairs,), optional
            A choice that keeps everything; it is returned when nothing better is found.
        gap : float, default=0.0
            Relative gap at which the search may end.

        Returns
        -------
        Found
        """
        shared = max(1, int(np.gcd.reduce(weights))) if len(weights) else 1
        found = self._best(weights // shared, shared, level, start, gap)
        if found.bound is None or shared == 1:
            return found
        return replace(found, bound=found.bound * shared)

    def _best(self, weights: Ints, unit: int, level: str, start: Bools | None, gap: float) -> Found:
        trusted = _largest_sum(self.model, weights) <= TRUSTED
        best, value = start, None if start is None else total(weights, start)
        while True:
            search = self._search(weights, unit=unit, start=best, gap=gap, level=level, value=value)
            search.run()
            if search.is_impossible:
                return Found(
                    best, value if trusted else None, best is None or trusted, best is None
                )
            bound = to_whole(search.bound, search.scale) if trusted else None
            for chosen in search.found:
                if self._keeps_everything(chosen) and (
                    value is None or total(weights, chosen) > value
                ):
                    best, value = chosen, total(weights, chosen)
            broken = [chosen for chosen in search.found if not self._keeps_everything(chosen)]
            if not search.is_done:
                return Found(best, bound, is_done=False)
            last = search.found[-1] if search.found else None
            if last is None or self._keeps_everything(last):
                if bound is not None and value is not None:
                    bound = max(bound, value)
                return Found(best, bound, is_done=best is not None)
            if not self._cut_off(broken):
                return Found(best, None, is_done=False)

    def settle(
        self, weights: Ints, least: int | None, most: int | None = None, *, level: int = -1
    ) -> None:
        """From now on keep the weight of a choice from `least` to `most`, for a level's sake."""
        columns = np.flatnonzero(weights).astype(np.int64)
        of = (level,) if level >= 0 else ()
        self.settled.append(Row(SETTLED, of, columns, weights[columns], least, most))

    def multipliers(self, level: LevelToBound) -> Multipliers | None:
        """Return the prices of the linear relaxation; ``None`` when it was not solved in time."""
        before, self.forbidden = self.forbidden, level.forbidden
        try:
            search = self._search(level.weights)
        finally:
            self.forbidden = before
        if self.watch.stopped:
            # A last look at what could have been: short, and not at every level.
            self.last_looks -= 1
            if self.last_looks < 0:
                return None
        duals = search.duals()
        return from_duals(self.model, level, search.rows, duals) if duals else None

    def _search(self, weights: Ints, **how: Any) -> Search:
        rows = [*self.model.rows, *self.settled]
        how["most_nodes"] = self.most_nodes
        return Search(self.model, self.watch, rows, self.forbidden, weights, **how)

    def forbid(self, pairs: Bools) -> None:
        """From now on choose none of these."""
        self.forbidden = self.forbidden | pairs

    def without(self, pairs: Bools, *, level: str, start: Bools | None = None) -> Found:
        """Find any choice that avoids these pairs too."""
        before = self.forbidden
        self.forbidden = before | pairs
        try:
            nothing = np.zeros(self.model.n_pairs, dtype=np.int64)
            return self.best(nothing, level=level, start=start)
        finally:
            self.forbidden = before

    def _keeps_everything(self, chosen: Bools) -> bool:
        if (chosen & self.forbidden).any() or not self.model.is_feasible(chosen):
            return False
        return not self._broken_settlements(chosen)

    def _broken_settlements(self, chosen: Bools) -> list[Row]:
        broken = []
        for row in self.settled:
            value = total(row.amounts, chosen[row.columns])
            too_low = row.low is not None and value < row.low
            if too_low or (row.high is not None and value > row.high):
                broken.append(row)
        return broken

    def _cut_off(self, choices: list[Bools]) -> bool:
        """Exclude choices that break a rule unseen by doubles; whether that was possible."""
        cuts: list[Row] = []
        for chosen in choices:
            for r in self.model.broken_rows(chosen).tolist():
                row = self.model.rows[r]
                pairs = row.columns[row.columns < self.model.n_pairs]
                taken = pairs[chosen[pairs]]
                if row.low is None and bool((row.amounts > 0).all()):
                    cuts.append(Row(COVER, (), taken, np.ones_like(taken), None, len(taken) - 1))
            for row in self._broken_settlements(chosen):
                if row.high is None and bool((row.amounts > 0).all()):
                    others = row.columns[~chosen[row.columns]]
                    cuts.append(Row(COVER, (), others, np.ones_like(others), 1, None))
        known = len([row for row in self.settled if row.kind == COVER])
        self.settled += cuts
        return bool(cuts) and known < 200


def _largest_sum(model: Model, weights: Ints) -> int:
    if not len(weights):
        return 0
    people = min(len(model.candidates), int(np.minimum(model.problem.seats, 10**9).sum()))
    return int(np.abs(weights).max()) * max(1, people)
