"""
The source of the study's instances: facts of candidates and slots, scores worked out in C.

What is drawn from a seed is in ``synthetic.py``; the struct of each table here, and how a score is
made of it, in ``kernels/study.c``.
"""

import ctypes
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.kernels import kernel, pointer
from matching.source import REFUSED

SKILLS: Final = 128
ASKED: Final = 6
TILE: Final = 64
REGION: Final = 1024
"""Side of the map in quarters of a kilometre: 256 km."""

# The structs of kernels/study.c.
TILES: Final = np.dtype(
    [
        ("level", "u1", (SKILLS, TILE)),
        *((name, "i2", (TILE,)) for name in ("x", "y")),
        *((name, "u2", (TILE,)) for name in ("limit", "per_step", "needs")),
        *((name, "u1", (TILE,)) for name in ("mornings", "afternoons", "education", "language")),
    ]
)
SLOTS: Final = np.dtype(
    [
        ("weight", "u2", (ASKED,)),
        ("x", "i2"),
        ("y", "i2"),
        ("lacks", "u2"),
        ("points_per_half_day", "u2"),
        ("skill", "u1", (ASKED,)),
        *((name, "u1") for name in ("mornings", "afternoons", "least_half_days")),
        *((name, "u1") for name in ("education", "language")),
    ],
    align=True,
)
BOXES: Final = np.dtype(
    [*((name, "i2") for name in ("low_x", "high_x", "low_y", "high_y")), ("limit", "u2")]
)


class _Context(ctypes.Structure):
    _fields_ = (
        ("n_candidates", ctypes.c_int64),
        ("tiles", ctypes.c_void_p),
        ("boxes", ctypes.c_void_p),
        ("slots", ctypes.c_void_p),
    )


@dataclass(frozen=True, eq=False)
class StudyInstance:
    """
    One drawn instance; a ``FusedSource`` whose scores are worked out in C.

    Candidates stand in the order of where they live, so neighbours resemble each other.

    Parameters
    ----------
    n_candidates : int
    tiles : ndarray of TILES, shape (ceil(n_candidates / 64),)
        What is known of candidates, 64 at a time, a column per fact.
    slots : ndarray of SLOTS, shape (n_slots,)
        What each slot asks and gives.
    seats : ndarray of int, shape (n_slots,)
    """

    n_candidates: int
    tiles: NDArray[Any]
    slots: NDArray[Any]
    seats: Ints
    boxes: NDArray[Any] = field(init=False, repr=False)
    context: Any = field(init=False, repr=False)
    shape: tuple[int, int] = field(init=False)
    lowest: int = field(init=False, default=0)
    highest: int = field(init=False, default=10_000)
    order: None = field(init=False, default=None)

    def __post_init__(self) -> None:
        boxes = _boxes(self.tiles, self.n_candidates)
        addresses = [array.ctypes.data for array in (self.tiles, boxes, self.slots)]
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "context", _Context(self.n_candidates, *addresses))
        object.__setattr__(self, "shape", (self.n_candidates, len(self.slots)))

    def block(self, rows: slice, columns: slice) -> Int32s:
        """Return the scores of a rectangle; ``REFUSED`` where a pair is refused."""
        first, end, step = rows.indices(self.n_candidates)
        slots = np.arange(len(self.slots), dtype=np.int64)[columns]
        scores = self._scores(first, max(0, end - first), slots)
        return scores if step == 1 else scores[::step]

    def rows(self, candidates: Ints) -> Int32s:
        """Return all scores of some candidates, shape (len(candidates), n_slots)."""
        return self.take(candidates).block(slice(None), slice(None))

    def columns(self, slots: Ints) -> Int32s:
        """Return all scores of some slots, shape (n_candidates, len(slots))."""
        return self._scores(0, self.n_candidates, np.asarray(slots, dtype=np.int64))

    def take(self, candidates: Ints) -> "StudyInstance":
        """Return an instance of these candidates only, in this order, with the same slots."""
        tile, lane = np.divmod(np.asarray(candidates, dtype=np.int64), TILE)
        columns = {name: self.tiles[name][tile, ..., lane] for name in TILES.names or ()}
        return replace(self, n_candidates=len(tile), tiles=to_tiles(columns, len(tile)))

    def block_kernel(self) -> tuple[int, int]:
        """Return the address of the function in ``top.h``, and of what it reads."""
        return _address(kernel("study_block")), ctypes.addressof(self.context)

    def skip_kernel(self) -> int:
        """
        Return the address of a function that knows when a slot refuses a run of candidates.

        It is ``int32_t f(const void *context, int64_t first, int64_t count, int64_t slot)`` and
        returns 1 when all of them live beyond their travel limit; else 0.
        """
        return _address(kernel("study_skips"))

    def scores(self) -> NDArray[np.int16]:
        """Return all scores, shape (n_candidates, n_slots); -1 where a pair is refused."""
        out = np.empty(self.shape, dtype=np.int16)
        for first in range(0, self.n_candidates, 1024):
            some = self.block(slice(first, first + 1024), slice(None))
            out[first : first + 1024] = np.where(some == REFUSED, -1, some)
        return out

    def graph(self) -> tuple[Ints, NDArray[np.int32], NDArray[np.int16]]:
        """
        Return the eligible pairs, row by row.

        Returns
        -------
        starts : ndarray of int, shape (n_candidates + 1,)
            Where the pairs of each candidate begin.
        slot, score : ndarray, shape (n_pairs,)
        """
        counts, slots, scores = [np.zeros(1, dtype=np.int64)], [], []
        for first in range(0, self.n_candidates, 1024):
            some = self.block(slice(first, first + 1024), slice(None))
            eligible = some != REFUSED
            counts.append(eligible.sum(axis=1))
            slots.append(np.nonzero(eligible)[1].astype(np.int32))
            scores.append(some[eligible].astype(np.int16))
        return np.cumsum(np.concatenate(counts)), np.concatenate(slots), np.concatenate(scores)

    def _scores(self, first: int, count: int, slots: Ints) -> Int32s:
        out = np.empty((count, len(slots)), dtype=np.int32)
        slots = np.ascontiguousarray(slots)
        start, length, n = (ctypes.c_int64(number) for number in (first, count, len(slots)))
        context = ctypes.byref(self.context)
        kernel("study_rows")(context, start, length, pointer(slots), n, pointer(out))
        return out


def _address(function: Any) -> int:
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    return address


def to_tiles(columns: dict[str, NDArray[Any]], count: int) -> NDArray[Any]:
    """Lay columns out in tiles; what is not given is 0."""
    n_tiles = -(-count // TILE)
    # Tiles begin where cache lines begin.
    memory = np.zeros(n_tiles * TILES.itemsize + TILE, dtype=np.uint8)
    start = -memory.ctypes.data % TILE
    tiles = memory[start : start + n_tiles * TILES.itemsize].view(TILES)
    for name, values in columns.items():
        padded = np.zeros((n_tiles * TILE, *values.shape[1:]), dtype=TILES[name].base)
        padded[:count] = values
        tiles[name] = np.moveaxis(padded.reshape(n_tiles, TILE, *values.shape[1:]), 1, -1)
    return tiles


def _boxes(tiles: NDArray[Any], count: int) -> NDArray[Any]:
    """Return the box around the homes in each tile, with the longest travel limit in it."""
    boxes = np.zeros(len(tiles), dtype=BOXES)
    absent = np.arange(len(tiles) * TILE).reshape(-1, TILE) >= count
    for axis in ("x", "y"):
        boxes[f"low_{axis}"] = np.where(absent, REGION, tiles[axis]).min(axis=1)
        boxes[f"high_{axis}"] = np.where(absent, -1, tiles[axis]).max(axis=1)
    boxes["limit"] = tiles["limit"].max(axis=1)
    return boxes
