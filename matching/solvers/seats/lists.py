"""Lists of the pairs worth a bid, and how good any other pair can be at most."""

import ctypes
from dataclasses import dataclass, field

import numpy as np

from matching.arrays import Bools, Int32s, Ints
from matching.kernels import kernel, pointer
from matching.solvers.seats.auction import Arcs

AMPLE = 1.5
"""A slot wants to be listed by so many candidates for each seat that will be taken."""

MOST_PRICE = 2**30

NOTHING_LEFT_OUT = int(np.iinfo(np.int32).min)

LEAST = int(np.iinfo(np.int64).min) // 2
"""What is best where nothing is listed."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """
    Pairs with their scores, in order of candidate and slot.

    Parameters
    ----------
    candidate : ndarray of int
    slot, score : ndarray of int32
    """

    candidate: Ints
    slot: Int32s
    score: Int32s

    @classmethod
    def sorted(cls, candidate: Ints, slot: Int32s, score: Int32s) -> "Pairs":
        """Return pairs that came in any order."""
        order = np.lexsort((slot, candidate))
        return cls(candidate[order], slot[order], score[order])


@dataclass(eq=False)
class Lists:
    """
    Per candidate the slots worth a bid, and how good any other can be at most.

    Parameters
    ----------
    start : ndarray of int, shape (n + 1,)
        Where the list of each candidate begins.
    slot, score : ndarray of int32
        The listed pairs, list by list, in order of slot.
    threshold : ndarray of int32, shape (n,)
        Score less price, at most, of pairs that are not listed, at the prices at which the list was
        made; ``NOTHING_LEFT_OUT`` where the list is whole.
    references : list of ndarray of int, shape (m,)
        The prices at which lists were made.
    made : ndarray of int, shape (n,)
        At which of them the list of each candidate was made.
    """

    start: Ints
    slot: Int32s
    score: Int32s
    threshold: Int32s
    references: list[Ints]
    pairs_scored: int
    made: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.made = np.zeros(len(self.threshold), dtype=np.int64)

    @property
    def is_whole(self) -> Bools:
        """Of whom nothing was left out."""
        whole: Bools = self.threshold == NOTHING_LEFT_OUT
        return whole

    @property
    def candidate(self) -> Ints:
        """The candidate of each listed pair."""
        return np.repeat(np.arange(len(self.threshold), dtype=np.int64), np.diff(self.start))

    def pairs(self, rows: Ints) -> Pairs:
        """Return the listed pairs, with candidates numbered as in `rows`, which rise."""
        return Pairs(np.repeat(rows, np.diff(self.start)), self.slot, self.score)

    def arcs(self, n_slots: int, open_slots: Bools) -> Arcs:
        """Return the listed pairs with open slots as arcs."""
        if open_slots.all():
            return Arcs(self.start, self.slot, self.score, n_slots)
        kept = open_slots[self.slot]
        before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
        scores = self.score[kept]
        return Arcs(before[self.start], self.slot[kept], scores, n_slots)

    def falls(self, prices: Ints) -> Ints:
        """Return how far each price came down since each making of lists, (n_makings, m)."""
        return np.stack([np.minimum(made, MOST_PRICE) - prices for made in self.references])

    def margin_for(self, prices: Ints, wanted: int, widest: int) -> int:
        """Return the margin at which lists hold `wanted` slots on average, at most `widest`."""
        at = wanted * len(self.threshold)
        if at >= len(self.slot):
            return widest
        best = np.repeat(self.best(prices), np.diff(self.start))
        return int(np.partition(best - (self.score - prices[self.slot]), at)[at])

    def seldom_listed(self, seats: Ints) -> Ints:
        """Return the slots that too few candidates list for the seats that will be taken."""
        taken = min(1.0, len(self.threshold) / max(1, int(seats.sum()))) * seats
        return np.flatnonzero(np.bincount(self.slot, minlength=len(seats)) < AMPLE * taken)

    def best(self, prices: Ints) -> Ints:
        """Return the most that each candidate gets on its list, score less price."""
        best = np.empty(len(self.threshold), dtype=np.int64)
        kernel("lists_best")(
            *(ctypes.c_int64(len(best)), pointer(self.start), pointer(self.slot)),
            *(pointer(self.score), pointer(prices), ctypes.c_int64(LEAST), pointer(best)),
        )
        return best

    def add(self, found: Pairs) -> None:
        """Add pairs; those that are listed already stay as they are."""
        if not len(found.slot):
            return
        most = len(self.slot) + len(found.slot)
        start, slot = np.empty_like(self.start), np.empty(most, dtype=np.int32)
        score = np.empty(most, dtype=np.int32)
        kernel("lists_merge").restype = ctypes.c_int64
        length = kernel("lists_merge")(
            *(ctypes.c_int64(len(self.threshold)), pointer(self.start), pointer(self.slot)),
            *(pointer(self.score), ctypes.c_int64(len(found.slot)), pointer(found.candidate)),
            *(pointer(found.slot), pointer(found.score), pointer(start)),
            *(pointer(slot), pointer(score)),
        )
        self.start, self.slot, self.score = start, slot[:length], score[:length]

    def replace(self, rows: Ints, found: "Lists") -> None:
        """Put new lists beside the old ones of some candidates, whose numbers rise."""
        self.made[rows] = len(self.references)
        self.references.append(found.references[0])
        self.threshold[rows] = found.threshold
        self.add(found.pairs(rows))

    def without(self, gone: Bools) -> "Lists":
        """Return the lists of the others; of those who are gone nothing is known."""
        length = np.diff(self.start)
        kept = np.repeat(~gone, length)
        start = np.concatenate([[0], np.cumsum(np.where(gone, 0, length))]).astype(np.int64)
        lists = Lists(
            start,
            self.slot[kept],
            self.score[kept],
            self.threshold.copy(),
            list(self.references),
            0,
        )
        lists.made = self.made.copy()
        return lists


def best_excess(found: Pairs, prices: Ints, bar: Ints) -> int:
    """Return by how much the best of some pairs beats its candidate's bar (0: none does)."""
    if not len(found.slot):
        return 0
    return max(0, int((found.score - prices[found.slot] - bar[found.candidate]).max()))
