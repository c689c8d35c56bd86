"""The auction over arcs: exact assignments with exact prices (kernels/auction.h)."""

import ctypes
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.kernels import kernel, pointer
from matching.solvers.watch import Watch

WAITING = -1
NO_PLACE = -2

SHRINK = 20
"""By how much epsilon shrinks from phase to phase; from 12 to 40 the work differs little."""

ARCS_PER_SLICE = 20_000_000
"""About a tenth of a second of bidding between two looks at the clock."""

MOST_SCALED = 2**60
"""Values, prices and sums of the two stay below this, so that 64 bits suffice."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """
    The pairs that can be chosen, row by row.

    Parameters
    ----------
    row_start : ndarray of int, shape (n + 1,)
    row_slot : ndarray of int32, shape (n_arcs,)
        Only slots that have seats.
    row_score : ndarray of int32 or int64, shape (n_arcs,)
        The narrow kind is quicker where arcs are many.
    n_slots : int
    """

    row_start: Ints
    row_slot: Int32s
    row_score: Int32s | Ints
    n_slots: int

    @property
    def n_candidates(self) -> int:
        """How many rows there are."""
        return len(self.row_start) - 1

    def kernel(self, name: str) -> Any:
        """Return one of the auction's functions, for scores of this kind."""
        narrow = self.row_score.dtype == np.int32
        return kernel(f"auction_{name}" if narrow else f"wideauction_{name}")

    @property
    def rows(self) -> Ints:
        """The row of each arc."""
        return np.repeat(np.arange(self.n_candidates, dtype=np.int64), np.diff(self.row_start))

    def find(self, slots: Ints, seats: Ints) -> Ints:
        """
        Return where each candidate's pair with the given slot stands, -1 for none.

        Of a slot that is given to more candidates than it has seats, the first keep it.
        """
        found, left = np.empty(self.n_candidates, dtype=np.int64), seats.copy()
        self.kernel("find")(
            *(ctypes.c_int64(self.n_candidates), pointer(self.row_start), pointer(self.row_slot)),
            *(pointer(slots), pointer(left), pointer(found)),
        )
        return found


class _Auction(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("n", "m")),
        *(
            (name, ctypes.c_void_p)
            for name in (
                "row_start",
                "row_slot",
                "row_score",
                "column_start",
                "column",
                "seat_start",
                "price",
                "bid",
                "arc",
                "has",
                "seated",
                "count",
                "waiting",
                "lowering",
                "is_lowering",
            )
        ),
        *(
            (name, ctypes.c_int64)
            for name in (
                "first_waiting",
                "n_waiting",
                "n_lowering",
                "worth",
                "shift",
                "epsilon",
                "work",
                "updates",
                "since_update",
                "patience",
            )
        ),
        *((name, ctypes.c_void_p) for name in ("distance", "queue", "queue_at")),
        ("has_columns", ctypes.c_int64),
    )


@dataclass(eq=False)
class Auction:
    """
    One problem under auction: who has which arc, at which scaled prices.

    Parameters
    ----------
    arcs : Arcs
    seats : ndarray of int, shape (m,)
        0 or more.
    worth : int
        Added to every score: what having a place is worth as such. Whoever gets no more than 0 from
        any slot stays without.
    prices : ndarray of int, shape (m,), optional
        Prices to start from, unscaled, 0 or more.
    arc : ndarray of int, shape (n,), optional
        Assignment to start from, as positions in the arcs, -1 for none; no slot holds more
        than it has seats.
    """

    arcs: Arcs
    seats: Ints
    worth: int
    prices: Ints | None = None
    arc: Ints | None = None
    scale: int = field(init=False)
    price: Ints = field(init=False)

    def __post_init__(self) -> None:
        n, m = self.arcs.n_candidates, self.arcs.n_slots
        # More residues than prices there can be: see `exact_prices`.
        self.scale = 1 << (m + 2).bit_length()
        # One more than could ever be taken, so that a slot which everybody may join is never full.
        self.seats = np.minimum(self.seats, n + 1)
        # One more, of having no place: it stays 0.
        price = np.zeros(m + 1, dtype=np.int64)
        if self.prices is not None:
            price[:m] = np.maximum(self.prices, 0) * self.scale
        self.price = price[:m]
        given = self.arc
        self.chosen = np.full(n, WAITING, dtype=np.int64) if given is None else given.copy()
        seat_start = np.concatenate([[0], np.cumsum(self.seats)]).astype(np.int64)
        self._kept: dict[str, NDArray[np.generic]] = {
            "row_start": self.arcs.row_start,
            "row_slot": self.arcs.row_slot,
            "row_score": self.arcs.row_score,
            "column_start": np.zeros(m + 1, dtype=np.int64),
            # A candidate and a score, the smaller filled up to the size of the larger.
            "column": np.empty(2 * len(self.arcs.row_slot), dtype=self.arcs.row_score.dtype),
            "seat_start": seat_start,
            "price": self.price,
            "bid": np.zeros(n, dtype=np.int64),
            "arc": self.chosen,
            "has": np.tile(np.array([0, m], dtype=np.int64), n),
            "seated": np.zeros(int(seat_start[-1]), dtype=np.int32),
            "count": np.zeros(m, dtype=np.int32),
            "waiting": np.zeros(n, dtype=np.int32),
            "lowering": np.zeros(m, dtype=np.int32),
            "is_lowering": np.zeros(m, dtype=np.uint8),
            "distance": np.zeros(m, dtype=np.int64),
            "queue": np.zeros(m, dtype=np.int32),
            "queue_at": np.full(m, -1, dtype=np.int32),
        }
        self._state = _Auction(
            n=n,
            m=m,
            worth=self.worth * self.scale,
            shift=self.scale.bit_length() - 1,
            patience=8 * len(self.arcs.row_slot) + 1000,
            **{name: pointer(array) for name, array in self._kept.items()},
        )

    @property
    def work(self) -> int:
        """Arcs looked at so far."""
        return int(self._state.work)

    def run(self, watch: Watch, *, first: int, last: float = 0.0) -> bool:
        """
        Shrink epsilon from `first` to `last` (unscaled; 0 is exact), or until the watch says stop.

        Returns
        -------
        bool
            Whether the assignment is optimal. If not, it is feasible as far as it goes, and prices
            bound it all the same.
        """
        try:
            return self._run(watch, first, last)
        except KeyboardInterrupt:
            watch.stop()
            return False

    def _run(self, watch: Watch, first: int, last: float) -> bool:
        if watch.stopped:
            return False
        begin, run = self.arcs.kernel("begin"), self.arcs.kernel("run")
        run.restype = ctypes.c_int32
        state = ctypes.byref(self._state)
        least = max(1, round(last * self.scale))
        epsilon = max(least, first * self.scale)
        while True:
            epsilon = max(least, epsilon // SHRINK)
            begin(state, ctypes.c_int64(epsilon))
            while True:
                done = run(state, ctypes.c_int64(ARCS_PER_SLICE))
                if done < 0:
                    raise MemoryError
                if done:
                    break
                if not watch.may_go_on("seats"):
                    return False
            if epsilon == least:
                return True
            if not watch.may_go_on("seats"):
                return False

    @property
    def slots(self) -> Ints:
        """The slot of each candidate, -1 for none."""
        slots = np.full(len(self.chosen), -1, dtype=np.int64)
        has = self.chosen >= 0
        slots[has] = self.arcs.row_slot[self.chosen[has]]
        return slots

    def profit(self, prices: Ints) -> Ints:
        """Return the most that each candidate gets at unscaled prices; 0 without a place."""
        return profit_of(self.arcs, prices, self.worth)

    def exact_prices(self) -> Ints:
        """
        Return unscaled whole prices under which the final assignment is exactly best.

        In the end each pair is best for its candidate within 1, in a scale in which scores are
        multiples of `scale`. Rounding prices down from a residue that no price has keeps every such
        comparison: a difference could only be lost across that residue. There are more residues
        than prices, so there is a free one.
        """
        taken = np.zeros(self.scale, dtype=np.bool_)
        taken[self.price % self.scale] = True
        taken[0] = True
        free = int(np.argmin(taken))
        return (self.price - free) // self.scale + 1


def narrowed(scores: Ints) -> Int32s | Ints:
    """Return scores as numbers of 32 bits, where they all fit."""
    limits = np.iinfo(np.int32)
    fits = scores.min(initial=0) >= limits.min and scores.max(initial=0) <= limits.max
    return scores.astype(np.int32) if fits else scores


def lowest_prices(auction: Auction) -> Ints:
    """
    Return the lowest whole prices under which an optimal assignment is exactly best.

    They are the same however the assignment was found. Only for an auction over all pairs: a pair
    that is not listed could mind a lower price.
    """
    auction.price[:] = auction.exact_prices() * auction.scale
    auction.arcs.kernel("settle")(ctypes.byref(auction._state))
    return auction.price // auction.scale


def profit_of(arcs: Arcs, prices: Ints, worth: int) -> Ints:
    """Return the most that each candidate gets at given prices; 0 without a place."""
    profit = np.empty(arcs.n_candidates, dtype=np.int64)
    arcs.kernel("profit")(
        *(ctypes.c_int64(arcs.n_candidates), pointer(arcs.row_start), pointer(arcs.row_slot)),
        *(pointer(arcs.row_score), ctypes.c_int64(worth), pointer(prices), pointer(profit)),
    )
    return profit
