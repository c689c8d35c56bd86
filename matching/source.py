"""Scores that are worked out when asked, so that no matrix of everybody by every slot is held."""

from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s
from matching.exceptions import ProblemError

REFUSED: Final = int(np.iinfo(np.int32).min)
"""What stands in a block where a pair is refused."""

FARTHEST: Final = 2**30
"""Scores of a source lie within plus and minus this."""

PAIRS_AT_ONCE: Final = 1 << 20

NEEDED: Final = ("shape", "block", "rows", "columns")
"""What a source cannot do without."""


@runtime_checkable
class ScoreSource(Protocol):
    """
    Whole scores of any pairs, on demand; the same pair always gets the same score.

    Attributes
    ----------
    shape : tuple of int
        ``(n_candidates, n_slots)``.
    lowest, highest : int
        No score lies outside; both within plus and minus 2**30. A ``Problem`` works them out for a
        source that has neither, which costs one pass over all pairs more.
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


@dataclass(eq=False)
class Measured:
    """A source with the range that was found in its scores."""

    source: Any
    shape: tuple[int, int]
    lowest: int
    highest: int

    def block(self, rows: slice, columns: slice) -> Int32s:
        """Return the scores of a rectangle; ``REFUSED`` where a pair is refused."""
        found: Int32s = self.source.block(rows, columns)
        return found

    def rows(self, candidates: NDArray[np.int64]) -> Int32s:
        """Return all scores of some candidates, shape (len(candidates), n_slots)."""
        found: Int32s = self.source.rows(candidates)
        return found

    def columns(self, slots: NDArray[np.int64]) -> Int32s:
        """Return all scores of some slots, shape (n_candidates, len(slots))."""
        found: Int32s = self.source.columns(slots)
        return found


def as_source(scores: object) -> ScoreSource | None:
    """
    Return scores as a source that is whole, or None where they are no source at all.

    Parameters
    ----------
    scores : object
        Whatever has a function called ``block``, ``rows`` or ``columns`` is taken for a source.

    Raises
    ------
    ProblemError
        If an attribute is missing, or out of range. ``lowest`` and ``highest`` may be missing.
    """
    if not any(callable(getattr(scores, name, None)) for name in ("block", "rows", "columns")):
        return None
    missing = [name for name in NEEDED if not hasattr(scores, name)]
    if missing:
        raise ProblemError(
            f"is a {type(scores).__name__} without {', '.join(missing)}; accepted are arrays, and "
            "sources with shape, block, rows and columns",
            field="scores",
        )
    given: Any = scores
    if not _is_shape(given.shape):
        raise ProblemError(
            f"has shape {given.shape!r}; accepted is (n_candidates, n_slots)", field="scores"
        )
    has_range = hasattr(scores, "lowest") and hasattr(scores, "highest")
    lowest, highest = (given.lowest, given.highest) if has_range else _range_of(given)
    for name, value in (("lowest", lowest), ("highest", highest)):
        if not isinstance(value, int | np.integer) or abs(int(value)) > FARTHEST:
            raise ProblemError(
                f"has {value!r} as {name}; accepted are whole numbers from {-FARTHEST} to "
                f"{FARTHEST}",
                field="scores",
            )
    if lowest > highest:
        raise ProblemError("has a lowest above its highest", field="scores")
    if has_range and type(lowest) is type(highest) is int:
        source: ScoreSource = given
        return source
    return Measured(given, given.shape, int(lowest), int(highest))


def _is_shape(shape: object) -> bool:
    return (
        isinstance(shape, tuple)
        and len(shape) == 2
        and all(isinstance(size, int | np.integer) and int(size) >= 0 for size in shape)
    )


def _range_of(source: Any) -> tuple[int, int]:
    """Return the lowest and the highest score of all pairs that are not refused."""
    n, m = source.shape
    height = max(1, PAIRS_AT_ONCE // max(1, m))
    lowest, highest = FARTHEST, -FARTHEST
    for first in range(0, n, height):
        block = np.asarray(source.block(slice(first, min(n, first + height)), slice(0, m)))
        scores = block[block != REFUSED]
        if scores.size:
            lowest, highest = min(lowest, int(scores.min())), max(highest, int(scores.max()))
    return (lowest, highest) if lowest <= highest else (0, 0)
