"""
Scores of a caller's own class, read for pricing a rectangle at a time.

Always in the thread that asked for the plan: nothing is asked of the class beyond its four
functions, an error in it comes out as itself, and Ctrl-C stops it halfway.
"""

import ctypes
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.exceptions import ProblemError
from matching.kernels import kernel
from matching.solvers.watch import Watch
from matching.source import REFUSED, ScoreSource
from matching.structs import Struct

Kernels = tuple[ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]

MOST_PAIRS = 4_000_000
"""Of one rectangle: 16 MB in 32 bits, and some times that while it is worked out."""

SHORT_SECONDS, LONG_SECONDS = 0.1, 0.3
"""A rectangle that took less may grow, and one that took more must shrink: it cannot be left."""


@dataclass
class Pace:
    """
    How many rows or columns to ask for at once, so that a slow class can be stopped soon.

    It follows the clock. That changes when scores are asked for, never what is done with them.
    """

    size: int = 4

    def took(self, seconds: float) -> None:
        """Ask for more or less the next time."""
        if seconds < SHORT_SECONDS:
            self.size = min(2 * self.size, 1 << 20)
        elif seconds > LONG_SECONDS:
            self.size = max(1, self.size // 2)


@dataclass(frozen=True, eq=False)
class Held:
    """
    A rectangle of scores, for kernels to read.

    Parameters
    ----------
    scores : ndarray of int32, shape (n_rows, n_columns)
        Laid out in any way.
    first : int
        The candidate of the first row.
    """

    scores: Int32s
    first: int
    context: Struct = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Read where it stands, by its strides: turning it over would cost more than reading it.
        row_step, slot_step = (stride // self.scores.itemsize for stride in self.scores.strides)
        context = Struct(
            scores=self.scores.ctypes.data,
            first=self.first,
            row_step=row_step,
            slot_step=slot_step,
        )
        object.__setattr__(self, "context", context)

    @property
    def kernels(self) -> Kernels:
        """The function that reads it, where it stands, and no quick refusal."""
        function = ctypes.cast(kernel("held_block"), ctypes.c_void_p)
        return function, self.context.address, ctypes.c_void_p(None)


@dataclass(frozen=True, eq=False)
class CalledSource:
    """
    A source of the caller's own, or some of its candidates.

    Parameters
    ----------
    source : ScoreSource
    candidates : ndarray of int, optional
        Which of its candidates, in this order; all by default. Their scores are asked for when they
        are read, never before.
    """

    source: ScoreSource
    candidates: Ints | None = None
    row_pace: Pace = field(default_factory=Pace, repr=False)
    column_pace: Pace = field(default_factory=partial(Pace, 1), repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_candidates, n_slots)``."""
        n, m = self.source.shape
        return n if self.candidates is None else len(self.candidates), m

    @property
    def lowest(self) -> int:
        """No score is lower."""
        return self.source.lowest

    @property
    def highest(self) -> int:
        """No score is higher."""
        return self.source.highest

    def take(self, candidates: Ints) -> "CalledSource":
        """Return a source of these candidates only, in this order, with the same slots."""
        chosen = candidates if self.candidates is None else self.candidates[candidates]
        return CalledSource(self.source, chosen, self.row_pace, self.column_pace)

    def columns(self, slots: Ints) -> Int32s:
        """Return all scores of some slots, shape (n_candidates, len(slots))."""
        found = self.source.columns(slots)
        scores = self._read(found, 0, (self.source.shape[0], len(slots)))
        return scores if self.candidates is None else scores[self.candidates]

    def read_rows(self, first: Ints, count: Ints, watch: Watch) -> Iterator[Held]:
        """
        Give all scores of runs of candidates, some rows at a time, in order.

        Ends early when the watch says stop, never before the first rectangle.
        """
        most = max(1, MOST_PAIRS // max(1, self.shape[1]))
        for begin, rows in zip(first.tolist(), count.tolist(), strict=True):
            low, end = begin, begin + rows
            while low < end:
                high = min(end, low + min(most, self.row_pace.size))
                started = time.monotonic()
                yield Held(self._rows(low, high), low)
                self.row_pace.took(time.monotonic() - started)
                if not watch.may_go_on("listing"):
                    return
                low = high

    def read_columns(self, slots: Ints, watch: Watch) -> Iterator[tuple[int, int, Held]]:
        """
        Give all scores of slots, some columns at a time, and which of them: from where to where.

        Ends early when the watch says stop.
        """
        most = max(1, MOST_PAIRS // max(1, self.source.shape[0]))
        low = 0
        while low < len(slots) and watch.may_go_on("listing"):
            high = min(len(slots), low + min(most, self.column_pace.size))
            started = time.monotonic()
            yield low, high, Held(self.columns(slots[low:high]), 0)
            self.column_pace.took(time.monotonic() - started)
            low = high

    def _rows(self, low: int, high: int) -> Int32s:
        m = self.shape[1]
        if self.candidates is None:
            found = self.source.block(slice(low, high), slice(0, m))
        else:
            found = self.source.rows(self.candidates[low:high])
        return self._read(found, low, (high - low, m))

    def _read(self, found: object, first: int, shape: tuple[int, int]) -> Int32s:
        """Return what the class gave in 32 bits; it has to be what the class says it is."""
        scores = np.asarray(found)
        if scores.shape != shape or scores.dtype.kind not in "iu":
            raise ProblemError(
                f"gives {scores.dtype} of shape {scores.shape}; accepted are whole numbers of "
                f"shape {shape}",
                field="scores",
            )
        if not scores.size:
            return scores.astype(np.int32)
        narrow = scores.astype(np.int32, copy=False)
        # A refusal is the least number there is: one less is the largest, and so out of the way.
        least = int((narrow - np.int32(1)).min()) + 1
        fits = narrow is scores or bool((narrow == scores).all())
        if not fits or int(narrow.max()) > self.highest or least < self.lowest:
            self._fail(scores, first)
        return narrow

    def _fail(self, scores: NDArray[np.integer], first: int) -> None:
        wrong = (scores != REFUSED) & ((scores < self.lowest) | (scores > self.highest))
        row = first + int(np.argmax(wrong.any(axis=1)))
        if self.candidates is not None:
            row = int(self.candidates[row])
        raise ProblemError(
            f"gives a score outside what the source says; accepted are {self.lowest} to "
            f"{self.highest}, and REFUSED",
            field="scores",
            row=row,
        )
