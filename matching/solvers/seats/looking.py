"""Looks at scores that are worked out when asked: lists of the best slots, at given prices."""

import ctypes
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import numpy as np

from matching.arrays import Bools, Int32s, Ints
from matching.kernels import kernel, pointer
from matching.solvers.seats.called_source import CalledSource, Held, Kernels
from matching.solvers.seats.lists import MOST_PRICE, Lists, Pairs
from matching.solvers.watch import Watch
from matching.source import FusedSource

Given = TypeVar("Given")
Result = TypeVar("Result")

ROWS_AT_ONCE = 256
MOST_LISTED = 32
TOGETHER = 16
"""Blocks after which it is no longer known which slots candidates just before liked (top.c)."""

PIECE = 20_000_000
"""Pairs below which another thread costs more than it brings."""

Blocks = tuple[Ints, Ints]
"""Runs of candidates that are read together: where each begins, and how many there are."""

Readable = FusedSource | CalledSource
"""What can be looked at: by a C function of its own, or rectangle by rectangle."""


def all_blocks(n: int) -> Blocks:
    """Return the runs of all candidates."""
    first = np.arange(0, n, ROWS_AT_ONCE, dtype=np.int64)
    return first, np.minimum(ROWS_AT_ONCE, n - first)


def look(
    source: Readable,
    prices: Ints,
    closed: Bools,
    *,
    margin: int,
    watch: Watch,
    blocks: Blocks | None = None,
) -> Lists:
    """
    List for each candidate the slots within a margin of the best at given prices.

    Parameters
    ----------
    source : FusedSource or CalledSource
    prices : ndarray of int, shape (m,)
    closed : ndarray of bool, shape (m,)
        Slots to leave out.
    margin : int
    watch : Watch
        When it says stop, whoever was not looked at has an empty list, and the highest threshold.
    blocks : tuple of ndarray, optional
        Candidates to look at, all by default; the lists are theirs only, in this order.
    """
    m = source.shape[1]
    first, count = all_blocks(source.shape[0]) if blocks is None else blocks
    n = int(count.sum())
    price = np.minimum(prices, MOST_PRICE).astype(np.int32)
    shut = closed.astype(np.uint8)
    top_pass = kernel("top_pass")
    top_pass.restype = ctypes.c_int64

    def piece(
        kernels: Kernels, first: Ints, count: Ints
    ) -> tuple[Int32s, Int32s, Int32s, Int32s, int]:
        function, context, skip = kernels
        pairs = ctypes.c_int64(0)
        total = int(count.sum())
        # Most of this room is never touched, so it takes no memory.
        slots = np.empty(total * MOST_LISTED, dtype=np.int32)
        scores = np.empty_like(slots)
        kept = np.empty(total, dtype=np.int32)
        threshold = np.empty(total, dtype=np.int32)
        length = top_pass(
            *(function, skip, context, pointer(first), pointer(count)),
            *(ctypes.c_int64(len(first)), ctypes.c_int64(m), pointer(price), pointer(shut)),
            *(ctypes.c_int32(margin), ctypes.c_int64(MOST_LISTED), ctypes.c_int64(TOGETHER)),
            *(pointer(slots), pointer(scores), pointer(kept), pointer(threshold)),
            ctypes.byref(pairs),
        )
        if length < 0:
            raise MemoryError
        return slots[:length].copy(), scores[:length].copy(), kept, threshold, pairs.value

    if isinstance(source, CalledSource):
        pieces = until_stopped(
            lambda held: piece(held.kernels, *_one_block(held.first, len(held.scores))),
            source.read_rows(first, count, watch),
            watch,
        )
    else:
        kernels = kernels_of(source)
        pieces = in_pieces(
            lambda low, high: piece(kernels, first[low:high], count[low:high]),
            *(len(first), int(count.max(initial=1)) * m, watch),
            together=TOGETHER,
        )
    slots, scores = _joined([one[0] for one in pieces]), _joined([one[1] for one in pieces])
    kept, threshold = _joined([one[2] for one in pieces]), _joined([one[3] for one in pieces])
    not_looked_at = n - len(kept)
    if not_looked_at:
        most_possible = min(source.highest - int(price.min(initial=0)), 2**31 - 1)
        kept = np.append(kept, np.zeros(not_looked_at, dtype=np.int32))
        threshold = np.append(threshold, np.full(not_looked_at, most_possible, dtype=np.int32))
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(kept, out=start[1:])
    pairs = sum(one[4] for one in pieces)
    # A slot that was left out has no price yet; should it open, it came down from the highest.
    made_at = np.where(closed, MOST_PRICE, prices)
    return Lists(start, slots, scores, threshold, [made_at], pairs)


def _joined(parts: list[Int32s]) -> Int32s:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([np.zeros(0, dtype=np.int32), *parts])


def look_down(
    source: Readable,
    columns: Ints,
    prices: Ints,
    bar: Ints,
    most: Ints,
    *,
    watch: Watch,
    blocks: Blocks | None = None,
) -> tuple[Pairs, int]:
    """
    Find the pairs of some slots in which score less price is more than the candidate's bar.

    Of each slot only the ``most[slot]`` that beat the bar by most: where a price was far off,
    nearly everybody does, and only so many can come. Returns with it how many pairs were scored.
    """
    first, count = all_blocks(source.shape[0]) if blocks is None else blocks
    n = int(count.sum())
    price = np.minimum(prices, MOST_PRICE).astype(np.int32)

    def piece(
        kernels: Kernels, mine: Ints, where: Ints, price: Int32s
    ) -> tuple[Int32s, Int32s, Int32s, int]:
        """Look down some slots, each read and priced where the kernels know it."""
        function, context, skip = kernels
        pairs = ctypes.c_int64(0)
        edges = np.concatenate([[0], np.cumsum(np.minimum(most[mine], n))])
        candidates = np.empty(int(edges[-1]), dtype=np.int32)
        scores = np.empty_like(candidates)
        counts = np.zeros(len(mine), dtype=np.int64)
        failed = kernel("top_columns")(
            *(function, skip, context, pointer(first), pointer(count), ctypes.c_int64(len(first))),
            *(pointer(where), ctypes.c_int64(len(mine)), pointer(price), pointer(bar)),
            *(pointer(edges), pointer(counts), pointer(candidates), pointer(scores)),
            ctypes.byref(pairs),
        )
        if failed:
            raise MemoryError
        found = np.arange(len(candidates)) < np.repeat(edges[:-1] + counts, np.diff(edges))
        slots = np.repeat(mine.astype(np.int32), np.diff(edges))
        return candidates[found], slots[found], scores[found], pairs.value

    if isinstance(source, CalledSource):

        def held_piece(given: tuple[int, int, Held]) -> tuple[Int32s, Int32s, Int32s, int]:
            low, high, held = given
            mine = columns[low:high]
            return piece(held.kernels, mine, np.arange(high - low), price[mine])

        pieces = until_stopped(held_piece, source.read_columns(columns, watch), watch)
    else:
        kernels = kernels_of(source)
        pieces = in_pieces(
            lambda low, high: piece(kernels, columns[low:high], columns[low:high], price),
            *(len(columns), n, watch),
        )
    candidate = _joined([one[0] for one in pieces]).astype(np.int64)
    slot, score = _joined([one[1] for one in pieces]), _joined([one[2] for one in pieces])
    return Pairs.sorted(candidate, slot, score), sum(one[3] for one in pieces)


def _one_block(first: int, count: int) -> Blocks:
    return np.array([first], dtype=np.int64), np.array([count], dtype=np.int64)


def kernels_of(source: FusedSource) -> Kernels:
    """Return the addresses of a source's function, of what it reads, and of its quick refusal."""
    function, context = source.block_kernel()
    skip = source.skip_kernel()
    return ctypes.c_void_p(function), ctypes.c_void_p(context), ctypes.c_void_p(skip)


def until_stopped(
    work: Callable[[Given], Result], given: Iterable[Given], watch: Watch
) -> list[Result]:
    """Do `work` with one after the other, in this thread; Ctrl-C ends the list early."""
    done: list[Result] = []
    try:
        for one in given:
            done.append(work(one))
    except KeyboardInterrupt:
        watch.stop()
    return done


def in_pieces(
    work: Callable[[int, int], Result],
    count: int,
    pairs_each: int,
    watch: Watch,
    *,
    together: int = 1,
) -> list[Result]:
    """
    Do `work(low, high)` over a range on all cores; results come back in order.

    When the watch says stop, or somebody presses Ctrl-C, the list ends early: what is missing was
    not looked at. The range is cut at multiples of `together` only.
    """
    workers = min(len(os.sched_getaffinity(0)), 16)
    # Enough pieces for all cores, none too long to stop after, none not worth a thread.
    at_once = max(1, min(64, -(-count // (4 * workers))), PIECE // max(1, pairs_each))
    at_once = -(-at_once // together) * together
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
