"""How many people can have a place at most, and who proves it (kernels/cardinality.c)."""

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.kernels import kernel, pointer
from matching.solvers.seats.auction import Arcs


class _Cardinality(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("n", "m")),
        *(
            (name, ctypes.c_void_p)
            for name in (
                "row_start",
                "row_slot",
                "seat_start",
                "arc",
                "seated",
                "seat_at",
                "count",
                "seen",
                "reached_by",
                "queue",
                "candidate_seen",
            )
        ),
        ("work", ctypes.c_int64),
    )


@dataclass(frozen=True, eq=False)
class Cover:
    """
    A proof that nobody more can be placed (König): each pair has its candidate or its slot here.

    Parameters
    ----------
    n_placed : int
    candidates : ndarray of bool, shape (n,)
    slots : ndarray of bool, shape (m,)
    arc : ndarray of int, shape (n,)
        A plan that places so many, as positions in the arcs, -1 for none.
    """

    n_placed: int
    candidates: NDArray[np.bool_]
    slots: NDArray[np.bool_]
    arc: Ints

    @classmethod
    def nothing(cls, n: int, m: int) -> "Cover":
        """Return a cover that proves nothing, for objectives that do not count places."""
        return cls(
            0, np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_), np.full(n, -1, np.int64)
        )


def most_placed(arcs: Arcs, seats: Ints, chosen: Ints) -> Cover:
    """
    Place as many people as can be, starting from a plan.

    Parameters
    ----------
    arcs : Arcs
    seats : ndarray of int, shape (m,)
    chosen : ndarray of int, shape (n,)
        Positions in the arcs, below 0 for none.
    """
    n, m = arcs.n_candidates, arcs.n_slots
    arc = np.where(chosen >= 0, chosen, -1)
    n_placed = int((arc >= 0).sum())
    if n_placed == min(n, int(seats.sum())):
        # No more people, or no more seats: either covers every pair.
        everybody = np.full(n, n_placed == n, dtype=np.bool_)
        return Cover(n_placed, everybody, np.full(m, n_placed < n, dtype=np.bool_), arc)
    seats = np.minimum(seats, n + 1)
    seat_start = np.concatenate([[0], np.cumsum(seats)]).astype(np.int64)
    kept: dict[str, NDArray[Any]] = {
        "row_start": arcs.row_start,
        "row_slot": arcs.row_slot,
        "seat_start": seat_start,
        "arc": arc,
        "seated": np.full(max(1, int(seat_start[-1])), -1, dtype=np.int32),
        "seat_at": np.full(n, -1, dtype=np.int32),
        "count": np.zeros(m, dtype=np.int32),
        "seen": np.zeros(m, dtype=np.int32),
        "reached_by": np.zeros(m, dtype=np.int64),
        "queue": np.zeros(m, dtype=np.int32),
        "candidate_seen": np.zeros(n, dtype=np.uint8),
    }
    state = _Cardinality(n=n, m=m, **{name: pointer(array) for name, array in kept.items()})
    run = kernel("cardinality_run")
    run.restype = ctypes.c_int64
    n_placed = int(run(ctypes.byref(state)))
    return Cover(n_placed, kept["candidate_seen"] == 0, kept["seen"] > 0, arc)
