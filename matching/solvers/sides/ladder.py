"""The levels of an objective, climbed one after the other."""

from dataclasses import dataclass, field

import numpy as np

from matching.arrays import Bools, Ints
from matching.plan import Level, Multipliers, SolveStatus
from matching.solvers.sides.answers import bound_from_steps, value_of, weights_of
from matching.solvers.sides.bounds import LevelToBound, best_multipliers, no_prices
from matching.solvers.sides.branching import Branching, Found
from matching.solvers.sides.model import Model
from matching.solvers.sides.network import Network
from matching.solvers.watch import Watch


@dataclass
class SettledLevel:
    """
    A level that has been worked on.

    Parameters
    ----------
    name : str
    tier : int or None
    weights : ndarray of int, shape (n_pairs,)
        What is made as large as can be; for ``worst`` and ``leximin`` what proves their bound.
    value, bound : int
        Of the weights; for ``worst`` and ``leximin`` the lowest score of anybody placed, in steps.
    is_stopped : bool
        Whether it was cut short.
    proof : Multipliers or None
    """

    name: str
    tier: int | None
    weights: Ints
    value: int
    bound: int
    is_stopped: bool
    proof: Multipliers | None


@dataclass
class Ladder:
    """Where a solve stands: the best choice so far, and the levels settled."""

    model: Model
    engine: Branching | Network
    watch: Watch
    gap: float
    chosen: Bools | None
    is_impossible: bool = False
    rungs: list[SettledLevel] = field(default_factory=list)
    forbidden: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.forbidden = np.zeros(self.model.n_pairs, dtype=np.bool_)

    def climb(self, name: str, tier: int | None) -> None:
        """Settle the next level; after Ctrl-C as far as it is."""
        before = len(self.rungs)
        try:
            self._climb(name, tier)
        except KeyboardInterrupt:
            self.watch.stop()
            if len(self.rungs) == before:
                self._climb(name, tier)

    def _climb(self, name: str, tier: int | None) -> None:
        if name in ("worst", "leximin"):
            self._climb_worst(name)
            if name == "leximin" and self.chosen is not None:
                self._climb_leximin()
            return
        weights = weights_of(self.model, name, tier)
        proof, bound = None, 0
        if isinstance(self.engine, Branching):
            # Prices first: often they prove that the choice at hand cannot be beaten.
            proof, bound = self._proof(weights, name)
        found = self._best(weights, name, bound if proof else None)
        if found.chosen is None:
            self.chosen, self.is_impossible = None, found.is_impossible
            return
        self.chosen = found.chosen
        value = _sum(weights, found.chosen)
        if proof is None:
            proof, bound = self._proof(weights, name)
        if found.bound is not None:
            bound = min(bound, max(found.bound, value))
        self.rungs.append(SettledLevel(name, tier, weights, value, bound, not found.is_done, proof))
        self.engine.settle(
            weights, value, value if name == "placed" else None, level=len(self.rungs) - 1
        )

    def settle_ties(self) -> Bools:
        """Return the choice of the highest precedence among those that are equally good."""
        assert self.chosen is not None
        weights = self.model.precedence_of_pair
        if not weights.any():
            return self.chosen
        found = self._best(weights, "", None)
        return self.chosen if found.chosen is None else found.chosen

    def levels(self, chosen: Bools) -> tuple[list[Level], list[Multipliers | None]]:
        """Return value, bound and status of every level, and the prices that prove it."""
        problem = self.model.problem
        slots = self.model.to_slots(chosen)
        levels = []
        for rung in self.rungs:
            value = value_of(problem, slots, rung.name, rung.tier)
            if rung.name == "moves":
                assert problem.current is not None
                bound: int | float = int((problem.current >= 0).sum()) - rung.bound
            else:
                bound = max(value, bound_from_steps(problem, rung.name, rung.bound))
            levels.append(Level(rung.name, value, bound, self._status(rung), rung.tier))
        return levels, [rung.proof for rung in self.rungs]

    def _status(self, rung: SettledLevel) -> SolveStatus:
        # Scores that are not whole are exact to a step a person, here as in what is reported.
        problem = self.model.problem
        is_rough = rung.name == "score" and not problem.is_whole
        near = rung.bound - rung.value <= (problem.shape[0] if is_rough else 0)
        # Lowest first goes on after the lowest, so it can be cut short when that is settled.
        if near and not (rung.name == "leximin" and rung.is_stopped):
            return SolveStatus.OPTIMAL
        return SolveStatus.INTERRUPTED if rung.is_stopped else SolveStatus.FEASIBLE

    def _best(self, weights: Ints, name: str, bound: int | None) -> Found:
        if self.chosen is not None and bound is not None:
            value = _sum(weights, self.chosen)
            if bound - value <= self.gap * max(abs(bound), abs(value)):
                return Found(self.chosen, bound, is_done=True)
        if self.watch.stopped and self.chosen is not None:
            return Found(self.chosen, None, is_done=False)
        return self.engine.best(weights, level=name, start=self.chosen, gap=self.gap)

    def _proof(
        self, weights: Ints, name: str, forbidden: Bools | None = None
    ) -> tuple[Multipliers, int]:
        """Return the prices that prove most on a level, and the bound that they prove."""
        level = LevelToBound(
            weights,
            [
                (r.name, None if r.name in ("worst", "leximin") else r.weights, r.value)
                for r in self.rungs
            ],
            self.forbidden if forbidden is None else forbidden,
            is_score=name == "score",
            is_threshold=name in ("worst", "leximin"),
        )
        found = self.engine.multipliers(level)
        given = [no_prices(self.model, level), *([] if found is None else [found])]
        return best_multipliers(self.model, level, given)

    def _climb_worst(self, name: str) -> None:
        """Raise the lowest score of anybody placed, by halving the scores that it may be."""
        assert self.chosen is not None
        scores = self.model.pair_score
        ladder = np.unique(scores[~self.forbidden])
        value = self._lowest(self.chosen)
        if value is None:
            nothing = np.zeros(self.model.n_pairs, dtype=np.int64)
            self.rungs.append(SettledLevel(name, None, nothing, 0, 0, False, None))
            return
        low, high = int(np.searchsorted(ladder, value)), len(ladder) - 1
        is_stopped = False
        while low < high:
            middle = (low + high + 1) // 2
            if self.watch.stopped:
                is_stopped = True
                break
            found = self.engine.without(scores < ladder[middle], level=name, start=None)
            if found.chosen is not None:
                self.chosen = found.chosen
                low = int(np.searchsorted(ladder, scores[found.chosen].min()))
            elif found.is_impossible and found.is_done:
                high = middle - 1
            else:
                is_stopped = True
                break
        self._keep_above(name, int(ladder[low]), int(ladder[high]), is_stopped)

    def _keep_above(self, name: str, value: int, bound: int, is_stopped: bool) -> None:
        below = self.model.pair_score <= bound
        weights = (~below).astype(np.int64)
        proof, _ = self._proof(weights, name, self.forbidden | below)
        self.rungs.append(SettledLevel(name, None, weights, value, bound, is_stopped, proof))
        self.forbidden = self.forbidden | (self.model.pair_score < value)
        self.engine.forbid(self.model.pair_score < value)

    def _lowest(self, chosen: Bools) -> int | None:
        return int(self.model.pair_score[chosen].min()) if chosen.any() else None

    def _climb_leximin(self) -> None:
        """After the lowest, have as few as can be there; then the second lowest, and so on."""
        scores = self.model.pair_score
        open_to_choice = ~self.forbidden
        while self.chosen is not None and (self.chosen & open_to_choice).any():
            lowest = self._raise(open_to_choice)
            at_lowest = open_to_choice & (scores == lowest)
            weights = -at_lowest.astype(np.int64)
            found = self._best(weights, "leximin", None)
            if not found.is_done or found.chosen is None or self.watch.stopped:
                self.rungs[-1].is_stopped = True
                return
            self.chosen = found.chosen
            self.engine.settle(weights, _sum(weights, found.chosen))
            open_to_choice = open_to_choice & (scores > lowest)

    def _raise(self, open_to_choice: Bools) -> int:
        """Raise the lowest score among pairs whose number is not settled; return it."""
        assert self.chosen is not None
        scores = self.model.pair_score
        ladder = np.unique(scores[open_to_choice])
        low = int(np.searchsorted(ladder, scores[self.chosen & open_to_choice].min()))
        high = len(ladder) - 1
        stride = 1  # the next score is most often out of reach already, so that is asked first
        while low < high and not self.watch.stopped:
            middle = low + min(stride, (high - low + 1) // 2 if stride > 1 else 1)
            stride *= 2
            below = open_to_choice & (scores < ladder[middle])
            found = self.engine.without(below, level="leximin", start=None)
            if found.chosen is not None:
                self.chosen = found.chosen
                low = int(np.searchsorted(ladder, scores[self.chosen & open_to_choice].min()))
            elif found.is_impossible and found.is_done:
                high = middle - 1
            else:
                self.watch.stop()
        self.engine.forbid(open_to_choice & (scores < ladder[low]))
        return int(ladder[low])


def _sum(weights: Ints, chosen: Bools) -> int:
    return sum(weights[chosen].tolist())
