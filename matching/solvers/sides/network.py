"""
Seats only, any levels, exactly: minimum-cost flow by LEMON's network simplex, level after level.

After each level every arc whose reduced cost says that no equally good plan uses it otherwise is
fixed, and the next level is solved on what is left. So no level needs a weight large enough to
outweigh the next, and whole numbers stay whole.

Source: Ahuja, Magnanti and Orlin, Network Flows (1993), chapters 9 and 11; LEMON,
https://lemon.cs.elte.hu.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Ints
from matching.plan import Multipliers
from matching.solvers.sides.bounds import LevelToBound, no_prices
from matching.solvers.sides.branching import Found
from matching.solvers.sides.model import Model
from matching.solvers.watch import Watch


@dataclass(frozen=True, eq=False)
class Face:
    """
    A level that is solved.

    Parameters
    ----------
    potential : ndarray of int, shape (n_nodes,)
    reduced : ndarray of int, shape (n_arcs,)
        What one more on an arc would cost.
    was_free : ndarray of bool, shape (n_arcs,)
        Arcs that the levels before had left open.
    level : int
        Position in the objective; -1 for a step within a level.
    """

    potential: Ints
    reduced: Ints
    was_free: Bools
    level: int = -1


@dataclass
class Network:
    """Searches among the choices that keep a model's seats, and what has been settled since."""

    model: Model
    watch: Watch
    faces: list[Face] = field(default_factory=list)
    last: Face | None = None

    def __post_init__(self) -> None:
        model = self.model
        n, m = len(model.candidates), len(model.slots)
        pinned = model.pair_slot[model.is_pinned]
        seats = model.problem.seats[model.slots] - np.bincount(pinned, minlength=m)
        self.pairs = np.flatnonzero(~model.is_pinned).astype(np.int64)
        self.source, self.sink = n + m, n + m + 1
        # Source to candidates, pairs, slots to sink, and a way round for whoever has no place.
        self.tail = np.concatenate(
            [model.pair_candidate[self.pairs], np.full(n, n + m), n + np.arange(m), [n + m]]
        ).astype(np.int64)
        self.head = np.concatenate(
            [n + model.pair_slot[self.pairs], np.arange(n), np.full(m, n + m + 1), [n + m + 1]]
        ).astype(np.int64)
        ones = np.ones(len(self.pairs) + n, dtype=np.int64)
        self.capacity = np.concatenate([ones, np.minimum(np.maximum(seats, 0), n), [n]])
        self.capacity = self.capacity.astype(np.int64)
        self.is_free = np.ones(len(self.tail), dtype=np.bool_)
        self.is_out = np.zeros(len(self.tail), dtype=np.bool_)
        self.is_full = np.zeros(len(self.tail), dtype=np.bool_)
        self.sends = np.zeros(n + m + 2, dtype=np.bool_)
        self.sends[:n] = self.sends[n + m] = True
        self.order = np.lexsort((self.head, self.tail)).astype(np.int64)

    def best(
        self, weights: Ints, *, level: str, start: Bools | None = None, gap: float = 0.0
    ) -> Found:
        """Find the choice of the largest weight; always done, and never impossible."""
        if not self.watch.may_go_on("flow", level=level) and start is not None:
            return Found(start, None, is_done=False)
        costs = np.zeros(len(self.tail), dtype=np.int64)
        costs[: len(self.pairs)] = -weights[self.pairs]
        amount, potential = self._cheapest(costs)
        reduced = costs + potential[self.tail] - potential[self.head]
        self.last = Face(potential, reduced, self.is_free.copy())
        chosen = self.model.is_pinned.copy()
        chosen[self.pairs[amount[: len(self.pairs)] == 1]] = True
        return Found(chosen, sum(weights[chosen].tolist()), is_done=True)

    def settle(
        self, weights: Ints, least: int | None, most: int | None = None, *, level: int = -1
    ) -> None:
        """From now on keep to the choices that are as good as the last one found."""
        if self.watch.stopped:
            return
        assert self.last is not None
        self.faces.append(replace(self.last, level=level))
        reduced = self.last.reduced
        self.is_full |= self.is_free & (reduced < 0)
        self.is_free &= reduced == 0

    def forbid(self, pairs: Bools) -> None:
        """From now on choose none of these."""
        self.is_free[: len(self.pairs)] &= ~pairs[self.pairs]
        self.is_out[: len(self.pairs)] |= pairs[self.pairs]

    def without(self, pairs: Bools, *, level: str, start: Bools | None = None) -> Found:
        """Find any choice that avoids these pairs too."""
        found = self.best(-pairs.astype(np.int64), level=level, start=start)
        if not found.is_done or found.chosen is None:
            return found
        if (found.chosen & pairs).any():
            return Found(start, 0, is_done=True, is_impossible=True)
        return found

    def multipliers(self, level: LevelToBound) -> Multipliers | None:
        """
        Return the prices that prove the search before, all levels before it priced as well.

        The price of a level before is so high that what it fixed stays as it is.
        """
        if self.watch.stopped:
            return None
        shift = 0
        if level.is_threshold:
            # Who takes a pair that is out counts against it; a place for each who does not is level
            # for all plans that place as many.
            self.best(-level.forbidden.astype(np.int64), level="")
            shift = 1
        assert self.last is not None
        reduced, potential = self.last.reduced.astype(object), self.last.potential.astype(object)
        inside = ~self.is_out
        if level.is_threshold:
            inside[: len(self.pairs)] &= ~level.forbidden[self.pairs]
        place_price, prices = shift, [0] * len(level.before)
        for face in reversed(self.faces):
            fixed = np.flatnonzero(face.was_free & inside & (face.reduced != 0))
            price = _high_enough(face.reduced[fixed], reduced[fixed])
            if price and face.level < 0:
                return None  # a step within a level has no price of its own
            if price:
                reduced = reduced + price * face.reduced.astype(object)
                potential = potential + price * face.potential.astype(object)
            if price and level.before[face.level][0] == "placed":
                place_price -= price
            elif price:
                prices[face.level] = price
        n = len(self.model.candidates)
        gains = potential[:n] - potential[self.sink]
        given = no_prices(self.model, level)
        return replace(
            given,
            candidate_prices=_in_order(self.model, [max(0, one) for one in gains.tolist()]),
            place_price=place_price,
            level_prices=tuple(prices),
        )

    def _cheapest(self, costs: Ints) -> tuple[Ints, Ints]:
        from pylmcf import Graph

        n = len(self.model.candidates)
        supply = np.zeros(len(self.sends), dtype=np.int64)
        supply[self.source], supply[self.sink] = n, -n
        full = np.where(self.is_full, self.capacity, 0)
        np.subtract.at(supply, self.tail, full)
        np.add.at(supply, self.head, full)
        free = self.order[self.is_free[self.order]]
        amount = full.copy()
        if not len(free):
            return amount, np.zeros(len(supply), dtype=np.int64)
        # The library takes no cost below 0. Everybody crosses from the sending side (source,
        # candidates) to the other (slots, sink) exactly once, so one amount on all crossings
        # changes no choice; it is taken off again.
        crosses = self.sends[self.tail] & ~self.sends[self.head]
        lift = max(0, -int(costs[free].min()))
        graph = Graph(len(supply), self.tail[free], self.head[free])
        graph.set_node_supply(supply)
        graph.set_edge_capacities(self.capacity[free])
        graph.set_edge_costs((costs + lift * crosses)[free])
        graph.solve()
        amount[free] = graph.result()
        return amount, graph.potentials().astype(np.int64) + lift * self.sends


def _high_enough(fixed: Ints, later: NDArray[Any]) -> int:
    """Return the lowest price at which levels after it unfix nothing."""
    price = 0
    for one, other in zip(fixed.tolist(), later.tolist(), strict=True):
        if other and (one > 0) != (other > 0):
            price = max(price, -(-abs(other) // abs(one)))
    return price


def _in_order(model: Model, values: list[int]) -> NDArray[Any]:
    """Return values of the model's candidates in the order of the problem."""
    kind: Any = np.int64 if max(values, default=0) < 2**62 else object
    out = np.zeros(model.problem.shape[0], dtype=kind)
    out[model.candidates] = values
    return out
