"""
A first choice that keeps all rules, found in a moment: what a search starts from and improves on.

Groups come first, then what quotas ask for at least, then everybody else, best pairs first. It is
no baseline (that is greedy.py) and promises nothing: where rules are tight it may find none.
"""

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Ints
from matching.solvers.sides.model import Model
from matching.solvers.sides.rows import QUOTA, RESOURCE, SEATS, TOGETHER

MOST_PAIRS = 200_000
"""About two seconds; beyond it a search has its own first choices."""


def first_choices(model: Model) -> list[Bools]:
    """
    Return some choices that keep all rules, perhaps none.

    Parameters
    ----------
    model : Model

    Returns
    -------
    list of ndarray of bool, shape (n_pairs,)
    """
    found = [model.is_pinned.copy()]
    if 0 < model.n_pairs <= MOST_PAIRS:
        for worth in (-_share_of_supplies(model), model.pair_value.astype(np.float64)):
            order = np.argsort(-worth, kind="stable").astype(np.int64)
            for closed in (False, True):
                found.append(_Filling(model, closed=closed).run(order))
                if model.is_feasible(found[-1]) or not model.n_switches:
                    break
    return [chosen for chosen in found if model.is_feasible(chosen)]


def _share_of_supplies(model: Model) -> NDArray[np.float64]:
    """Return how much each pair takes of what is short, the shorter the more it counts."""
    matrix, _, high = model.matrix
    is_supply = [row.kind in (SEATS, RESOURCE) for row in model.rows]
    amounts = abs(matrix).astype(np.float64)
    supply = np.maximum(1.0, high.astype(np.float64))
    pressure = np.asarray(amounts.sum(axis=1)).ravel() / supply
    out = amounts.T @ np.where(is_supply, pressure / supply, 0.0)
    return np.asarray(out)[: model.n_pairs]


class _Filling:
    """Adds one pair after the other, as long as no upper limit is passed."""

    def __init__(self, model: Model, *, closed: bool) -> None:
        self.model = model
        matrix, self.low, self.high = model.matrix
        columns = matrix.tocsc()
        self.start = columns.indptr.tolist()
        self.row_of, self.amount = columns.indices, columns.data
        is_balance = np.array([row.kind == TOGETHER for row in model.rows], dtype=np.bool_)
        self.high = np.where(is_balance, np.iinfo(np.int64).max, self.high)
        switches = np.zeros(model.n_pairs + model.n_switches, dtype=np.int64)
        switches[model.n_pairs :] = not closed
        self.sums = (matrix @ switches).astype(np.int64)
        self.chosen = np.zeros(model.n_pairs, dtype=np.bool_)
        self.has_place = np.zeros(len(model.candidates), dtype=np.bool_)
        for pair in np.flatnonzero(model.is_pinned).tolist():
            self._add(pair)

    def run(self, order: Ints) -> Bools:
        """Fill in the order given and return the choice."""
        in_group = self._place_groups(order)
        asked = self._asked_for()
        for pairs in (order[asked[order]], order):
            for pair in pairs.tolist():
                if not in_group[self.model.pair_candidate[pair]]:
                    self._try(pair)
        return self.chosen

    def _asked_for(self) -> Bools:
        """Return the pairs that a quota wants at least some of."""
        asked = np.zeros(self.model.n_pairs + self.model.n_switches, dtype=np.bool_)
        for row in self.model.rows:
            if row.kind == QUOTA and row.low is not None:
                asked[row.columns] = True
        return asked[: self.model.n_pairs]

    def _place_groups(self, order: Ints) -> Bools:
        """Place whole groups where all fit; return who belongs to one, placed or not."""
        model = self.model
        in_group = np.zeros(len(model.candidates), dtype=np.bool_)
        number = np.argsort(model.candidates)
        for group in sorted(model.problem.read_groups, key=lambda one: one.name):
            members = [] if group.apart else number[group.candidates].tolist()
            in_group[members] = True
            if not members:
                continue
            place = model.slots[model.pair_slot]
            if group.within == "pilot":
                place = model.problem.pilot_of_slot[place]
            theirs = order[np.isin(model.pair_candidate[order], members)]
            for one in dict.fromkeys(place[theirs].tolist()):
                if self._try_all(members, theirs[place[theirs] == one]):
                    break
        return in_group

    def _try_all(self, members: list[int], pairs: Ints) -> bool:
        """Place all members by these pairs, or nobody."""
        before = self.chosen.copy(), self.sums.copy(), self.has_place.copy()
        for pair in pairs.tolist():
            self._try(pair)
        if self.has_place[members].all():
            return True
        self.chosen, self.sums, self.has_place = before
        return False

    def _try(self, pair: int) -> None:
        if self.has_place[self.model.pair_candidate[pair]]:
            return
        rows = slice(self.start[pair], self.start[pair + 1])
        at = self.row_of[rows]
        if (self.sums[at] + self.amount[rows] <= self.high[at]).all():
            self._add(pair)

    def _add(self, pair: int) -> None:
        rows = slice(self.start[pair], self.start[pair + 1])
        self.sums[self.row_of[rows]] += self.amount[rows]
        self.chosen[pair] = True
        self.has_place[self.model.pair_candidate[pair]] = True
