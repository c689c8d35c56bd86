"""Scores that are worked out when asked, so that no matrix of everybody by every slot is held."""

from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

REFUSED: Final = int(np.iinfo(np.int32).min)
"""What stands in a block where a pair is refused."""

Int32s = NDArray[np.int32]


@runtime_checkable
class ScoreSource(Protocol):
    """
    Whole scores of any pairs, on demand; the same pair always gets the same score.

    Attributes
    ----------
    shape : tuple of int
        ``(n_candidates, n_slots)``.
    lowest, highest : int
        No score lies outside; both within plus and minus 2**30.
    """

    shape: tuple[int, int]
    lowest: int
    highest: int

    def block(self, rows: slice, columns: slice) -> Int32s:
        """Return the scores of a rectangle; ``REFUSED`` where a pair is refused."""

    def rows(self, candidates: NDArray[np.int64]) -> Int32s:
        """Return all scores of some candidates, shape (len(candidates), n_slots)."""

    def columns(self, slots: NDArray[np.int64]) -> Int32s:
        """Return all scores of some slots, shape (n_candidates, len(slots))."""


@runtime_checkable
class FusedSource(ScoreSource, Protocol):
    """
    A source that also gives a C function for its scores, so that they need never be stored.

    ``block_kernel()`` returns ``(function, context)``: the address of
    ``void f(const void *context, int64_t first, int64_t count, int64_t slot, int32_t *out)``, which
    writes the scores of ``count`` candidates from ``first`` on for one slot, and of what it reads.
    The source keeps both alive. ``skip_kernel()`` returns the address of
    ``int32_t f(const void *context, int64_t first, int64_t count, int64_t slot)``, 1 when all these
    pairs are refused and 0 when in doubt, or ``None``. Candidates are read in runs of 64 from
    multiples of 64, so neighbours had better resemble each other.
    """

    def block_kernel(self) -> tuple[Any, Any]:
        """Return the address of the function, and of its context."""

    def skip_kernel(self) -> Any:
        """Return the address of a function that knows whole runs of refused pairs, or None."""

    def take(self, candidates: NDArray[np.int64]) -> "FusedSource":
        """Return a source of these candidates only, in this order, with the same slots."""
