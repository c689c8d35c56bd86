"""Who is placed as one: each person, or people who must share a slot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.solvers.sides.model import Model

FIXED = -1
"""Stands for the unit of somebody who is pinned."""


@dataclass(frozen=True, eq=False)
class Units:
    """
    The units of a model, and the arcs that they have.

    Parameters
    ----------
    count : int
    of_candidate : ndarray of int, shape (n_candidates,)
        In numbers of the model; ``FIXED`` for whoever is pinned.
    size : ndarray of int, shape (n_units,)
        How many people.
    barred : ndarray of uint8, shape (n_units,)
        Whether somebody belongs to a group that shares a pilot.
    pairs : ndarray of int
        The pairs of all arcs, one arc after the other.
    first, length : ndarray of int, shape (n_arcs,)
        Where an arc's pairs begin, and how many they are.
    """

    count: int
    of_candidate: Ints
    size: Ints
    barred: NDArray[np.uint8]
    pairs: Ints
    first: Ints
    length: Ints

    def summed(self, per_pair: Ints) -> Ints:
        """Return what the pairs of each arc add up to."""
        if not len(self.first):
            return np.zeros(0, dtype=np.int64)
        ends = np.concatenate([[0], np.cumsum(per_pair[self.pairs])])
        total: Ints = ends[self.first + self.length] - ends[self.first]
        return total

    def pairs_of(self, arcs: Ints) -> Ints:
        """Return the pairs of some arcs."""
        parts = [self.pairs[self.first[a] : self.first[a] + self.length[a]] for a in arcs.tolist()]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def arcs_of(self, chosen: NDArray[np.bool_]) -> Ints:
        """Return the arcs all of whose pairs are chosen."""
        return np.flatnonzero(self.summed(chosen.astype(np.int64)) == self.length).astype(np.int64)


def read_units(model: Model) -> Units | None:
    """
    Return the units of a model and their arcs, slot by slot.

    Parameters
    ----------
    model : Model

    Returns
    -------
    Units or None
        ``None`` where somebody pinned must share a slot with others: then each of them is as good
        as pinned, which this form does not know.
    """
    n = len(model.candidates)
    is_pinned = np.zeros(n, dtype=np.bool_)
    is_pinned[model.pair_candidate[model.is_pinned]] = True
    leader = _leaders(model, n)
    if (is_pinned & (leader != np.arange(n))).any() or is_pinned[leader[~is_pinned]].any():
        return None
    _, numbers = np.unique(leader[~is_pinned], return_inverse=True)
    of_candidate = np.full(n, FIXED, dtype=np.int64)
    of_candidate[~is_pinned] = numbers
    size = np.bincount(numbers).astype(np.int64)
    barred = np.zeros(len(size), dtype=np.uint8)
    for group in model.problem.read_groups:
        if not group.apart and group.within == "pilot":
            unit = of_candidate[_positions(model, group.candidates)]
            barred[unit[unit >= 0]] = 1
    free = np.flatnonzero(~model.is_pinned)
    unit, slot = of_candidate[model.pair_candidate[free]], model.pair_slot[free]
    order = np.lexsort((unit, slot))
    unit, slot, pairs = unit[order], slot[order], free[order]
    starts = np.ones(len(pairs), dtype=np.bool_)
    starts[1:] = (unit[1:] != unit[:-1]) | (slot[1:] != slot[:-1])
    first = np.flatnonzero(starts).astype(np.int64)
    length = np.diff(np.append(first, len(pairs)))
    kept = length == size[unit[first]]
    return Units(len(size), of_candidate, size, barred, pairs, first[kept], length[kept])


def _leaders(model: Model, n: int) -> Ints:
    """Return for each candidate the first of those who must share a slot with them."""
    leader = np.arange(n)
    for group in model.problem.read_groups:
        if not group.apart and group.within == "slot":
            joined = np.isin(leader, leader[_positions(model, group.candidates)])
            leader[joined] = leader[joined].min()
    return leader


def _positions(model: Model, rows: Ints) -> Ints:
    """Return the numbers in the model of candidates of the problem."""
    number = np.empty(len(model.candidates), dtype=np.int64)
    number[model.candidates] = np.arange(len(model.candidates))
    return number[rows]
