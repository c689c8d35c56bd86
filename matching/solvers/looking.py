"""Looks at scores that are worked out when asked: lists of the best slots, at given prices."""

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.kernels import kernel, pointer
from matching.solvers.auction import Arcs, Int32s, Ints
from matching.solvers.watch import Watch
from matching.source import FusedSource

Bools = NDArray[np.bool_]
Result = TypeVar("Result")

ROWS_AT_ONCE = 256
MOST_LISTED = 32
AMPLE = 1.5
"""A slot wants to be listed by so many candidates for each seat that will be taken."""

MOST_PRICE = 2**30
PIECE = 20_000_000
"""Pairs below which another thread costs more than it brings."""

KEY = 2**32
"""Candidate times this plus slot is one number for the pair."""

NOTHING_LEFT_OUT = int(np.iinfo(np.int32).min)


@dataclass(eq=False)
class Lists:
    """
    Per candidate the slots worth a bid, and how good any other can be at most.

    Parameters
    ----------
    candidate, slot, score : ndarray
        The listed pairs, by candidate.
    threshold : ndarray of int32, shape (n,)
        Score less price, at most, of pairs that are not listed, at the prices at which the list was
        made; ``NOTHING_LEFT_OUT`` where the list is whole.
    references : list of ndarray of int, shape (m,)
        The prices at which lists were made.
    made : ndarray of int, shape (n,)
        At which of them the list of each candidate was made.
    """

    candidate: Ints
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

    def arcs(self, n_slots: int, open_slots: Bools) -> Arcs:
        """Return the listed pairs with open slots as arcs."""
        kept = open_slots[self.slot]
        candidate = self.candidate[kept] if not kept.all() else self.candidate
        slot, score = (
            (self.slot[kept], self.score[kept]) if not kept.all() else (self.slot, self.score)
        )
        counts = np.bincount(candidate, minlength=len(self.threshold))
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Arcs(start, np.ascontiguousarray(slot), score.astype(np.int64), n_slots)

    def falls(self, prices: Ints) -> Ints:
        """Return how far each price came down since each making of lists, (n_makings, m)."""
        return np.stack([np.minimum(made, MOST_PRICE) - prices for made in self.references])

    def margin_for(self, prices: Ints, wanted: int, widest: int) -> int:
        """Return the margin at which lists hold `wanted` slots on average, at most `widest`."""
        value = self.score - prices[self.slot]
        gap = np.sort(self.best(prices)[self.candidate] - value)
        at = wanted * len(self.threshold)
        return int(gap[at]) if at < len(gap) else widest

    @classmethod
    def of_slot(cls, who: Ints, slot: int, score: Int32s, n: int) -> "Lists":
        """Return the pairs of one slot with some candidates."""
        slots = np.full(len(who), slot, dtype=np.int32)
        return cls(who, slots, score, np.zeros(n, dtype=np.int32), [], 0)

    def seldom_listed(self, seats: Ints) -> Ints:
        """Return the slots that too few candidates list for the seats that will be taken."""
        taken = min(1.0, len(self.threshold) / max(1, int(seats.sum()))) * seats
        return np.flatnonzero(np.bincount(self.slot, minlength=len(seats)) < AMPLE * taken)

    def best(self, prices: Ints) -> Ints:
        """Return the most that each candidate gets on its list, score less price."""
        best = np.full(len(self.threshold), np.iinfo(np.int64).min // 2)
        np.maximum.at(best, self.candidate, self.score - prices[self.slot])
        return best

    def add(self, found: "Lists", prices: Ints | None, bar: Ints | None) -> int:
        """Add pairs; return by how much the best of them beats the bar (0: none does)."""
        self._merge(found.candidate, found.slot, found.score)
        if prices is None or bar is None or not len(found.slot):
            return 0
        beats = found.score - prices[found.slot] - bar[found.candidate]
        return max(0, int(beats.max()))

    def replace(self, rows: Ints, found: "Lists", prices: Ints, bar: Ints) -> int:
        """Put new lists beside the old ones of some candidates; return as `add` does."""
        self.made[rows] = len(self.references)
        self.references.append(found.references[0])
        self.threshold[rows] = found.threshold
        return self.add(found.of(rows), prices, bar)

    def without(self, gone: Bools) -> "Lists":
        """Return the lists of the others; of those who are gone nothing is known."""
        kept = ~gone[self.candidate]
        lists = Lists(
            self.candidate[kept],
            self.slot[kept],
            self.score[kept],
            self.threshold.copy(),
            list(self.references),
            0,
        )
        lists.made = self.made.copy()
        return lists

    def of(self, rows: Ints) -> "Lists":
        """Return the same lists with candidates numbered as in `rows`."""
        return Lists(
            rows[self.candidate], self.slot, self.score, self.threshold, [], self.pairs_scored
        )

    def _merge(self, candidate: Ints, slot: Int32s, score: Int32s) -> None:
        """Put pairs where they belong; the lists stay in order of candidate and slot."""
        if not len(candidate):
            return
        key = np.asarray(candidate * KEY + slot, dtype=np.int64)
        new, first = np.unique(key, return_index=True)
        old = np.asarray(self.candidate * KEY + self.slot, dtype=np.int64)
        at = np.searchsorted(old, new)
        known = np.zeros(len(new), dtype=np.bool_)
        inside = at < len(old)
        known[inside] = old[at[inside]] == new[inside]
        first, at = first[~known], at[~known]
        self.candidate = np.insert(self.candidate, at, candidate[first])
        self.slot = np.insert(self.slot, at, slot[first])
        self.score = np.insert(self.score, at, score[first])


def look(
    source: FusedSource,
    prices: Ints,
    closed: Bools,
    *,
    margin: int,
    watch: Watch,
    most: int = MOST_LISTED,
) -> Lists:
    """
    List for each candidate the slots within a margin of the best at given prices.

    Parameters
    ----------
    source : FusedSource
    prices : ndarray of int, shape (m,)
    closed : ndarray of bool, shape (m,)
        Slots to leave out.
    margin : int
    watch : Watch
        When it says stop, whoever was not looked at has an empty list, and the highest threshold.
    most : int
        Longest list.
    """
    n, m = source.shape
    first = np.arange(0, n, ROWS_AT_ONCE, dtype=np.int64)
    count = np.minimum(ROWS_AT_ONCE, n - first)
    price = np.minimum(prices, MOST_PRICE).astype(np.int32)
    shut = closed.astype(np.uint8)
    function, context, skip = kernels_of(source)

    def piece(low: int, high: int) -> tuple[Int32s, Int32s, Int32s, Int32s, int]:
        pairs = ctypes.c_int64(0)
        total = int(count[low:high].sum())
        slots = np.empty((total, most), dtype=np.int32)
        scores = np.empty((total, most), dtype=np.int32)
        kept = np.empty(total, dtype=np.int32)
        threshold = np.empty(total, dtype=np.int32)
        failed = kernel("top_pass")(
            *(function, skip, context, pointer(first[low:high]), pointer(count[low:high])),
            *(ctypes.c_int64(high - low), ctypes.c_int64(m), pointer(price), pointer(shut)),
            *(ctypes.c_int32(margin), ctypes.c_int64(most), pointer(slots), pointer(scores)),
            *(pointer(kept), pointer(threshold), ctypes.byref(pairs)),
        )
        if failed:
            raise MemoryError
        listed = np.arange(most, dtype=np.int32)[None, :] < kept[:, None]
        return slots[listed], scores[listed], kept, threshold, pairs.value

    pieces = in_pieces(piece, len(first), ROWS_AT_ONCE * m, watch)
    empty = np.zeros(0, dtype=np.int32)
    slots, scores, kept, threshold = (
        np.concatenate([empty, *(one[k] for one in pieces)]) for k in range(4)
    )
    not_looked_at = n - len(kept)
    if not_looked_at:
        most_possible = min(source.highest - int(price.min(initial=0)), 2**31 - 1)
        kept = np.append(kept, np.zeros(not_looked_at, dtype=np.int32))
        threshold = np.append(threshold, np.full(not_looked_at, most_possible, dtype=np.int32))
    candidate = np.repeat(np.arange(n, dtype=np.int64), kept)
    pairs = sum(one[4] for one in pieces)
    # A slot that was left out has no price yet; should it open, it came down from the highest.
    made_at = np.where(closed, MOST_PRICE, prices)
    return Lists(candidate, slots, scores, threshold, [made_at], pairs)


def look_down(
    source: FusedSource, columns: Ints, prices: Ints, bar: Ints, most: Ints, *, watch: Watch
) -> Lists:
    """
    Find the pairs of some slots in which score less price is more than the candidate's bar.

    Of each slot only the ``most[slot]`` that beat the bar by most: where a price was far off,
    nearly everybody does, and only so many can come.
    """
    n = source.shape[0]
    price = np.minimum(prices, MOST_PRICE).astype(np.int32)
    function, context, skip = kernels_of(source)

    def piece(low: int, high: int) -> tuple[Int32s, Int32s, Int32s, int]:
        pairs = ctypes.c_int64(0)
        mine = columns[low:high]
        edges = np.concatenate([[0], np.cumsum(np.minimum(most[mine], n))])
        candidates = np.empty(int(edges[-1]), dtype=np.int32)
        scores = np.empty_like(candidates)
        counts = np.zeros(len(mine), dtype=np.int64)
        failed = kernel("top_columns")(
            *(function, skip, context, ctypes.c_int64(n), pointer(mine), ctypes.c_int64(len(mine))),
            *(pointer(price), pointer(bar), pointer(edges), pointer(counts)),
            *(pointer(candidates), pointer(scores), ctypes.byref(pairs)),
        )
        if failed:
            raise MemoryError
        found = np.arange(len(candidates)) < np.repeat(edges[:-1] + counts, np.diff(edges))
        slots = np.repeat(mine.astype(np.int32), np.diff(edges))
        return candidates[found], slots[found], scores[found], pairs.value

    pieces = in_pieces(piece, len(columns), n, watch)
    empty = np.zeros(0, dtype=np.int32)
    candidate, slot, score = (
        np.concatenate([empty, *(one[k] for one in pieces)]) for k in range(3)
    )
    pairs = sum(one[3] for one in pieces)
    return Lists(candidate.astype(np.int64), slot, score, np.zeros(n, np.int32), [prices], pairs)


def kernels_of(source: FusedSource) -> tuple[ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]:
    """Return the addresses of a source's function, of what it reads, and of its quick refusal."""
    function, context = source.block_kernel()
    skip = source.skip_kernel()
    return ctypes.c_void_p(function), ctypes.c_void_p(context), ctypes.c_void_p(skip)


def in_pieces(
    work: Callable[[int, int], Result], count: int, pairs_each: int, watch: Watch
) -> list[Result]:
    """
    Do `work(low, high)` over a range on all cores; results come back in order.

    When the watch says stop, or somebody presses Ctrl-C, the list ends early: what is missing was
    not looked at.
    """
    workers = min(len(os.sched_getaffinity(0)), 16)
    # Enough pieces for all cores, none too long to stop after, none not worth a thread.
    at_once = max(1, min(64, -(-count // (4 * workers))), PIECE // max(1, pairs_each))
    edges = [*range(0, count, at_once), count]
    pieces = list(pairwise(edges))
    done: list[Result] = []
    try:
        if workers == 1 or len(pieces) < 2:
            for piece in pieces:
                done.append(work(*piece))
                if not watch.may_go_on("listing"):
                    break
            return done
        with ThreadPoolExecutor(workers) as pool:
            ahead = [pool.submit(work, *piece) for piece in pieces]
            try:
                for one in ahead:
                    done.append(one.result())
                    if not watch.may_go_on("listing"):
                        break
            finally:
                for one in ahead[len(done) :]:
                    one.cancel()
    except KeyboardInterrupt:
        watch.stop()
    return done
