"""
A bound on every plan under side rules: prices for people and rows, slots filled one by one.

With any prices, what the slots take for themselves plus what the prices bring in is a bound. The
volume algorithm (kernels/side.c) moves prices to where it is lowest, first over all arcs, then over
those that lose least, which are few. docs/explanation/bounds.md has the mathematics.

Source: Barahona and Anbil (2000), Mathematical Programming 87(3),
https://doi.org/10.1007/s101070050002.
"""

import ctypes
import dataclasses
from dataclasses import dataclass

import numpy as np

from matching.arrays import Floats, Ints
from matching.kernels import pointer
from matching.plan import Multipliers
from matching.solvers.sides.search.field import Field, Standing
from matching.solvers.sides.search.loads import NO_LIMIT, PRICED
from matching.solvers.watch import Watch

FINEST_BITS = 30
"""
Binary places of a price beyond a step of the scores, where numbers leave room for them: a price for
a thousandth of an hour, told in places, is small.
"""

VALUE_BITS = 52
"""Sums over everybody stay below 2**52: doubles hold them exactly."""

REACH = 0.007
"""First step of a descent: what the bound may fall by, as a share of what a plan may be worth."""

STAGES = ((None, 0.15, 200), (2.6, 0.02, 200), (1.3, 0.002, 250))
"""
Arcs kept per unit, in roots of how many each has (all at first); the speed at which a stage ends;
its rounds at most.
"""

ROUGH_STAGES = ((None, 0.3, 100), (2.6, 0.05, 100), (1.3, 0.01, 100))
"""The same where a first bound will do."""

AGREES = 2e-5
"""A stage over some arcs is the last where all arcs prove as much, but for this share of it."""

MOST_STAGES = 7

NEAR_SPEED = 0.1
"""Where a descent starts from prices of a problem nearby."""

ARCS_PER_CALL = 3_000_000
"""Arcs priced between two looks at the clock: about a tenth of a second."""


class _Descent(ctypes.Structure):
    _fields_ = [
        *(
            (name, ctypes.c_void_p)
            for name in (
                *("price", "row_price", "best_price", "best_row_price", "slope", "row_slope"),
                *("average", "row_unit", "row_scale", "row_most"),
            )
        ),
        *((name, ctypes.c_double) for name in ("lowest", "speed", "reach")),
        *((name, ctypes.c_int64) for name in ("rounds", "since")),
    ]


@dataclass(frozen=True, eq=False)
class Prices:
    """
    Whole prices and what they prove.

    Parameters
    ----------
    price : ndarray of int, shape (n_units,)
        In fine steps, 0 or more.
    row_price : ndarray of int, shape (n_rows + 1,)
        Above 0 for an upper limit, below for a lower one.
    best : ndarray of int, shape (n_slots,)
        What each slot is worth for itself.
    bound : int
        No choice of arcs is worth more, in fine steps.
    """

    price: Ints
    row_price: Ints
    best: Ints
    bound: int


@dataclass(eq=False)
class Descent:
    """
    Prices on their way to where the bound is lowest.

    Parameters
    ----------
    field : Field
    price, row_price : ndarray of float
        Where to start; changed.
    average : ndarray of float, shape (n_arcs,)
        How often each arc was chosen of late; changed.
    speed : float
        Of the steps; it shrinks where steps lead nowhere.
    """

    field: Field
    price: Floats
    row_price: Floats
    average: Floats
    speed: float = 1.0
    _arrays: tuple[Floats, ...] = dataclasses.field(init=False, repr=False)
    _c: _Descent = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        n, rows = self.field.n_units, len(self.field.rows) + 1
        best, slope = self.price.copy(), np.zeros(n + 1)
        best_row, row_slope = self.row_price.copy(), np.zeros(rows)
        self._arrays = (
            *(self.price, self.row_price, best, best_row, slope, row_slope, self.average),
            *(self.field.row_unit, self.field.row_scale, self.field.row_most),
        )
        reach = REACH * typical(self.field) * _people(self.field)
        addresses = (pointer(array) for array in self._arrays)
        self._c = _Descent(*addresses, 1e300, self.speed, reach, 0, 0)

    @property
    def lowest(self) -> float:
        """The lowest bound so far, roughly."""
        return float(self._c.lowest)

    def go_on(self, standing: Standing, rounds: int, *, with_barred: bool = True) -> int:
        """Go on for some rounds over whoever has no place yet; return how many were needed."""
        done = self.field.call(
            *("side_descend", standing.c, ctypes.byref(self._c)),
            *(ctypes.c_int64(rounds), ctypes.c_int32(with_barred)),
        )
        self.speed = float(self._c.speed)
        return done

    def restart(self, speed: float) -> None:
        """Forget the lowest bound: the problem has changed; start from the prices it was at."""
        np.copyto(self.price, self._arrays[2][: len(self.price)])
        np.copyto(self.row_price, self._arrays[3])
        self._c.lowest, self._c.speed, self._c.rounds, self._c.since = 1e300, speed, 0, 0

    def fix(self, standing: Standing, target: int) -> int:
        """Place those whose averages agree, `target` at least where that many fit."""
        how = (standing.c, ctypes.byref(self._c), ctypes.c_int64(target))
        return self.field.call("side_fix", *how)

    def whole(self, offset: int = 0) -> Prices:
        """Return the best prices in whole numbers, and what they prove on this field."""
        price = np.maximum(0, np.rint(self._arrays[2])).astype(np.int64)
        row_price = np.rint(self._arrays[3]).astype(np.int64)
        return prove(self.field, price, row_price, offset)


def typical(field: Field) -> float:
    """Return what a place is worth, roughly, in fine steps: the mean of each unit's best arc."""
    best = np.zeros(field.n_units)
    np.maximum.at(best, field.unit, field.value.astype(np.float64))
    return float(best.mean()) if len(best) else 0.0


def _people(field: Field) -> int:
    return max(1, min(field.n_units, int(field.seats.sum())))


def fine_bits(field: Field, weights: Ints) -> int:
    """Return how many binary places prices can have beyond the weights of arcs."""
    largest = int(np.abs(weights).max(initial=1)) * (field.n_units + 1)
    return max(0, min(FINEST_BITS, VALUE_BITS - largest.bit_length()))


def prove(field: Field, price: Ints, row_price: Ints, offset: int = 0) -> Prices:
    """
    Return what prices prove, in exact numbers.

    Parameters
    ----------
    field : Field
    price : ndarray of int, shape (n_units or more,)
    row_price : ndarray of int, shape (n_rows + 1,)
        Those of rows that have no price count as 0.
    offset : int
        What those pinned are worth.

    Returns
    -------
    Prices
    """
    price = np.ascontiguousarray(price[: field.n_units])
    row_price = row_price.copy()
    row_price[:-1][field.kind != PRICED] = 0
    row_price[:-1][(row_price[:-1] > 0) & (field.high == NO_LIMIT)] = 0
    row_price[:-1][(row_price[:-1] < 0) & (field.low == -NO_LIMIT)] = 0
    best = np.zeros(field.n_slots, dtype=np.int64)
    empty = Standing(field, np.zeros(field.n_units, dtype=np.uint8))
    field.call("side_fill", empty.c, pointer(price), pointer(row_price), pointer(best))
    bound = offset + sum(price.tolist()) + sum(best.tolist())
    limit = np.where(row_price[:-1] > 0, field.high, field.low).tolist()
    for paid, most, held in zip(row_price.tolist(), limit, field.load.tolist(), strict=False):
        bound += paid * (most - held) if paid else 0
    return Prices(price, row_price, best, bound)


def losses(field: Field, prices: Prices) -> Ints:
    """Return what the bound loses at least when an arc is chosen, shape (n_arcs,)."""
    loss = np.zeros(field.n_arcs, dtype=np.int64)
    empty = Standing(field, np.zeros(field.n_units, dtype=np.uint8))
    field.call(
        *("side_reduce", empty.c, pointer(prices.price), pointer(prices.row_price)),
        *(pointer(prices.best), pointer(loss)),
    )
    return loss


def descend(
    field: Field,
    watch: Watch,
    *,
    offset: int,
    level: str,
    start: Prices | None = None,
    enough: int | None = None,
    is_rough: bool = False,
) -> Prices:
    """
    Lower the bound in stages: over all arcs, then over those that lose least.

    Parameters
    ----------
    field : Field
    watch : Watch
    offset : int
        What those pinned are worth.
    level : str
        For progress.
    start : Prices, optional
        Prices nearby; the first stages are left out then.
    enough : int, optional
        A bound, in fine steps, below which there is no use in going on.
    is_rough : bool, default=False
        Whether a bound will do that is soon found.

    Returns
    -------
    Prices
        Their bound holds for all arcs.
    """
    n = field.n_units
    roots = max(1.0, field.n_arcs / max(1, n)) ** 0.5
    stages = ROUGH_STAGES if is_rough else STAGES
    if start is None:
        price = np.full(n, int(0.5 * typical(field)), dtype=np.int64)
        latest = prove(field, price, np.zeros(len(field.rows) + 1, dtype=np.int64), offset)
        speed, stage = 1.0, 0
    else:
        latest = prove(field, start.price, start.row_price, offset)
        speed, stage = NEAR_SPEED, len(stages) - 1
    if watch.stopped:
        return latest
    best, kept = latest, None
    for _ in range(MOST_STAGES):
        per_root, last_speed, rounds = stages[min(stage, len(stages) - 1)]
        smaller = field
        if per_root is not None:
            kept = core(field, latest, int(per_root * roots * n), kept)
            smaller = field.only(kept)
        descent = from_prices(smaller, latest, speed)
        _run(descent, watch, rounds, last_speed, level, enough)
        found = descent.whole(offset)
        latest = prove(field, found.price, found.row_price, offset)
        best = latest if latest.bound < best.bound else best
        stage += 1
        if watch.stopped or (enough is not None and best.bound < enough):
            break
        if stage < len(stages):
            speed, kept = descent.speed, None
            continue
        speed = NEAR_SPEED
        if is_rough or latest.bound - found.bound <= AGREES * abs(latest.bound):
            break
    return best


def from_prices(field: Field, prices: Prices, speed: float) -> Descent:
    """Return a descent that begins at given prices."""
    price = np.append(prices.price, 0).astype(np.float64)
    return Descent(field, price, prices.row_price.astype(np.float64), np.zeros(field.n_arcs), speed)


def _run(
    descent: Descent,
    watch: Watch,
    rounds: int,
    last_speed: float,
    level: str,
    enough: int | None,
) -> None:
    field = descent.field
    standing = Standing(field, np.zeros(field.n_units, dtype=np.uint8))
    per_call = max(1, ARCS_PER_CALL // (field.n_arcs + 1))
    while rounds > 0:
        some = min(rounds, per_call)
        if descent.go_on(standing, some) < some or descent.speed <= last_speed:
            return
        rounds -= some
        if enough is not None and descent.lowest < enough:
            return
        if not watch.may_go_on("bounding", level=level):
            return


def core(field: Field, prices: Prices, count: int, needed: Ints | None) -> Ints:
    """Return the `count` arcs that lose least, and those that are needed, in rising order."""
    loss = losses(field, prices)
    is_kept = loss < NO_LIMIT
    if count < int(is_kept.sum()):
        is_kept &= loss <= np.partition(loss, count)[count]
    if needed is not None:
        is_kept[needed] = True
    return np.flatnonzero(is_kept).astype(np.int64)


def to_multipliers(field: Field, prices: Prices, exponent: int) -> Multipliers:
    """
    Return prices in the form that ``check`` reads.

    Parameters
    ----------
    field : Field
        With all rows that have a price in `prices`, and no quota kept by slots.
    prices : Prices
    exponent : int
        Of a fine step.

    Returns
    -------
    Multipliers
    """
    model, problem = field.model, field.model.problem
    people = np.zeros(problem.shape[0], dtype=np.int64)
    of = field.units.of_candidate
    placed = np.flatnonzero(of >= 0)
    size = field.units.size[of[placed]]
    # Those who share a slot share a price; rounding up keeps the bound a bound.
    people[model.candidates[placed]] = -(-prices.price[of[placed]] // size)
    resources = tuple(np.zeros_like(r.supply) for r in problem.read_resources)
    least = np.zeros(len(problem.read_quotas), dtype=np.int64)
    most = np.zeros(len(problem.read_quotas), dtype=np.int64)
    place_price = 0
    for row, price in zip(field.rows, prices.row_price.tolist(), strict=False):
        name, k, place = row.of
        if name == "placed":
            place_price = price
        elif name == "resource":
            resources[k][place] += price
        elif name == "quota":
            (most if price > 0 else least)[k] += abs(price)
    return Multipliers(
        candidate_prices=people,
        place_price=place_price,
        resource_prices=resources,
        least_prices=least,
        most_prices=most,
        knapsack=field.knapsack,
        exponent=exponent,
    )
