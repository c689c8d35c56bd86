"""Scores under a policy, worked out when asked: for solving at a size where no matrix fits."""

import ctypes
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.facts.prepared import Prepared, PreparedSlots
from matching.facts.profiles import Candidates, Slots
from matching.kernels import kernel, pointer
from matching.policy import Policy
from matching.scored.parts import Parts
from matching.scored.tables import Refusals, Table
from matching.scoring import FULL
from matching.structs import Struct

ROWS_AT_ONCE: Final = 4096
SLOTS_AT_ONCE: Final = 16
"""People or slots worked out between two moments at which somebody can interrupt."""

MOST_KEPT: Final = 2**24
"""
Possible pairs whose scores are kept once they were worked out to find everybody's own best: 128 MB
at most. Where there are more, they are worked out again each time.
"""

TRIED_PER_KEPT: Final = 4
"""Keeping is tried when a quarter of all pairs would fit: seldom more of them are possible."""


class PolicyScores:
    """
    What a plan under a policy adds up, pair by pair; a ``FusedSource``.

    A score is what ``ScoreLayers.comparison`` says of the pair, to the last bit: whole points, or
    under ``compare = "own_best"`` points relative to that person's own best possible slot.

    Parameters
    ----------
    candidates : Candidates
    slots : Slots
        On the same vocabulary.
    policy : Policy

    Attributes
    ----------
    shape : tuple of int
        ``(n_candidates, n_slots)``.
    lowest, highest : int
        0 and 10,000.

    Raises
    ------
    ProfileError
        If the two sides do not share a vocabulary.
    """

    lowest: int = 0
    highest: int = FULL

    def __init__(self, candidates: Candidates, slots: Slots, policy: Policy) -> None:
        prepared = Prepared(candidates, PreparedSlots(slots, policy))
        self._lay_out(Parts.of(prepared), policy, prepared.pairing.shape)

    @classmethod
    def of(cls, prepared: Prepared) -> "PolicyScores":
        """Return the scores of what was prepared before."""
        scores = cls.__new__(cls)
        scores._lay_out(Parts.of(prepared), prepared.slots.policy, prepared.pairing.shape)
        return scores

    def take(self, candidates: Ints) -> "PolicyScores":
        """Return the scores of these candidates only, in this order, with the same slots."""
        rows = np.asarray(candidates, dtype=np.int64)
        scores = type(self).__new__(type(self))
        scores._lay_out(self._parts.take(rows), self._policy, (len(rows), self.shape[1]))
        if self._policy.compare == "own_best":
            scores.own_best = self.own_best[rows]
        return scores

    def _lay_out(self, parts: Parts, policy: Policy, shape: tuple[int, int]) -> None:
        self.shape, self._parts, self._policy = shape, parts, policy
        self._kept: tuple[Ints, Int32s, Int32s] | None = None
        narrow, wide = (
            [table for table in parts.tables if table.steps.dtype == kind]
            for kind in (np.int32, np.int16)
        )
        self._points = Struct(
            n=shape[0],
            m=shape[1],
            start=parts.start,
            closed=parts.closed,
            n_rules=len(parts.refusals),
            rules=_rows([(rule, rule.refused, 0) for rule in parts.refusals]),
            n_narrow=len(narrow),
            narrow=_rows([(table, table.steps, table.weight) for table in narrow]),
            n_wide=len(wide),
            wide=_rows([(table, table.steps, table.weight) for table in wide]),
            asked=vars(parts.asked),
            journeys=vars(parts.journeys),
            needs=vars(parts.needs),
            named=vars(parts.named),
            neutral=float(policy.neutral),
            total_weight=sum(policy.weights.values()),
            half_per_best=None,
            kept_start=None,
            kept_candidate=None,
            kept_score=None,
        )

    @cached_property
    def _compared(self) -> Struct:
        """What scores are made from; own bests are only looked for when somebody asks."""
        if self._policy.compare != "own_best":
            return self._points
        best = self.own_best
        half = np.where(best > 0, 0.5 / np.maximum(best, 1), 0.0)
        compared = self._points.but(half_per_best=half)
        if self._kept is None:
            return compared
        start, candidate, points = self._kept
        count = ctypes.c_int64(int(start[-1]))
        kernel("layers_compare")(compared.address, count, pointer(candidate), pointer(points))
        return compared.but(kept_start=start, kept_candidate=candidate, kept_score=points)

    @cached_property
    def own_best(self) -> Ints:
        """Points of each candidate's best possible slot, (n_candidates,); 0 without one."""
        n, m = self.shape
        best = np.zeros(n, dtype=np.int32)
        if n * m <= TRIED_PER_KEPT * MOST_KEPT and self._keep(best):
            return best.astype(np.int64)
        for first in range(0, n, ROWS_AT_ONCE):
            some = best[first : first + ROWS_AT_ONCE]
            start, count = ctypes.c_int64(first), ctypes.c_int64(len(some))
            kernel("layers_best")(self._points.address, start, count, pointer(some))
        return np.maximum(best, 0).astype(np.int64)

    def _keep(self, best: Int32s) -> bool:
        """Look for own bests, keeping possible pairs for later; False when they are too many."""
        m = self.shape[1]
        start = np.zeros(m + 1, dtype=np.int64)
        candidate, points = np.empty((2, MOST_KEPT), dtype=np.int32)
        for slot in range(0, m, SLOTS_AT_ONCE):
            end = min(m, slot + SLOTS_AT_ONCE)
            numbers = (ctypes.c_int64(number) for number in (slot, end, MOST_KEPT))
            arrays = (pointer(array) for array in (start, candidate, points, best))
            if kernel("layers_keep")(self._points.address, *numbers, *arrays) < end:
                return False
        self._kept = start, candidate[: start[-1]].copy(), points[: start[-1]].copy()
        return True

    def block(self, rows: slice, columns: slice) -> Int32s:
        """Return the scores of a rectangle; ``REFUSED`` where a pair is refused."""
        first, end, step = rows.indices(self.shape[0])
        slots = np.arange(self.shape[1], dtype=np.int64)[columns].copy()
        if step != 1:
            return self._scores(self._compared, 0, self.shape[0], slots)[rows]
        return self._scores(self._compared, first, max(0, end - first), slots)

    def rows(self, candidates: Ints) -> Int32s:
        """Return all scores of some candidates, shape (len(candidates), n_slots)."""
        return self._rows(self._compared, candidates)

    def columns(self, slots: Ints) -> Int32s:
        """Return all scores of some slots, shape (n_candidates, len(slots))."""
        wanted = np.ascontiguousarray(slots, dtype=np.int64)
        return self._scores(self._compared, 0, self.shape[0], wanted)

    def points(self, candidates: Ints) -> Int32s:
        """Return whole points of some candidates at every slot; ``REFUSED`` where refused."""
        return self._rows(self._points, candidates)

    def block_kernel(self) -> tuple[int, int]:
        """Return the address of the function in ``kernels/top.h``, and of what it reads."""
        return _address("layers_block"), self._compared.address.value or 0

    def skip_kernel(self) -> int:
        """Return the address of a function that knows when a slot refuses everybody."""
        return _address("layers_skips")

    def _rows(self, context: Struct, candidates: Ints) -> Int32s:
        wanted = np.ascontiguousarray(candidates, dtype=np.int64)
        out = np.empty((len(wanted), self.shape[1]), dtype=np.int32)
        slots, sums = np.empty((2, self.shape[1]), dtype=np.int32)
        arrays = (pointer(array) for array in (slots, sums, out))
        count = ctypes.c_int64(len(wanted))
        kernel("layers_rows")(context.address, pointer(wanted), count, *arrays)
        return out

    def _scores(self, context: Struct, first: int, count: int, slots: Ints) -> Int32s:
        out = np.empty((count, len(slots)), dtype=np.int32)
        start, length, n = (ctypes.c_int64(number) for number in (first, count, len(slots)))
        kernel("layers_rectangle")(context.address, start, length, pointer(slots), n, pointer(out))
        return out


def _rows(found: list[tuple[Table | Refusals, NDArray[Any], int]]) -> NDArray[np.int64]:
    """Lay tables out as rows of addresses and numbers."""
    return np.array(
        [
            (
                table.candidates.in_32_bits.ctypes.data,
                table.slots.in_32_bits.ctypes.data,
                values.ctypes.data,
                values.shape[1],
                weight,
            )
            for table, values, weight in found
        ],
        dtype=np.int64,
    )


def _address(name: str) -> int:
    address = ctypes.cast(kernel(name), ctypes.c_void_p).value
    assert address is not None
    return address
