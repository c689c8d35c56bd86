"""Scores under a policy, worked out when asked: for solving at a size where no matrix fits."""

import ctypes
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.kernels import kernel, pointer
from matching.policy import Policy
from matching.prepared import Prepared, PreparedSlots
from matching.profiles import Candidates, Ints, Slots
from matching.scored.parts import Parts
from matching.scored.tables import Refusals, Table
from matching.scoring import FULL
from matching.source import Int32s
from matching.structs import Struct

ROWS_AT_ONCE: Final = 4096
"""People worked out between two moments at which somebody can interrupt."""


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
        )

    @cached_property
    def _compared(self) -> Struct:
        """What scores are made from; own bests are only looked for when somebody asks."""
        if self._policy.compare != "own_best":
            return self._points
        best = self.own_best
        half = np.where(best > 0, 0.5 / np.maximum(best, 1), 0.0)
        return self._points.but(half_per_best=half)

    @cached_property
    def own_best(self) -> Ints:
        """Points of each candidate's best possible slot, (n_candidates,); 0 without one."""
        best = np.zeros(self.shape[0], dtype=np.int32)
        for first in range(0, self.shape[0], ROWS_AT_ONCE):
            some = best[first : first + ROWS_AT_ONCE]
            start, count = ctypes.c_int64(first), ctypes.c_int64(len(some))
            kernel("layers_best")(self._points.address, start, count, pointer(some))
        return np.maximum(best, 0).astype(np.int64)

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
        count = ctypes.c_int64(len(wanted))
        kernel("layers_rows")(context.address, pointer(wanted), count, pointer(out))
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
