"""
Plans under side rules: dived for with prices, then mended a few slots at a time.

A dive places those whom the averages of a descent agree on, some at a time, and lowers the bound of
the rest in between. Mending takes neighbouring slots apart whose own bound leaves room for a better
filling. What neither gets right, such as a cohort that is open with too few, goes to branching over
the slots concerned.

Source: Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa (2019), INFORMS Journal on Computing 31(2),
https://doi.org/10.1287/ijoc.2018.0822, for diving; Shaw (1998), CP98, for taking apart what belongs
together.
"""

import ctypes
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.kernels import pointer
from matching.solvers.sides.branching import Branching
from matching.solvers.sides.model import with_rows
from matching.solvers.sides.search.decomposition import Descent, Prices, typical
from matching.solvers.sides.search.field import Standing
from matching.solvers.sides.search.loads import ALL_OR_NONE, IF_OPEN, NO_LIMIT
from matching.solvers.watch import Watch

DIVE_SHARE, DIVE_ROUNDS = 0.02, 20
"""Share of the seats that a dive fixes at a time, and rounds of descent in between."""

DIVE_SPEEDS = (0.03, 0.01, 0.1)
"""Speeds of these rounds, dive by dive: each ends elsewhere."""

WARM_ROUNDS = 60
"""Rounds before: prices that stand still leave no averages to agree on."""

MEND_REACH = 0.02
"""First step of a descent over a few slots: per slot, as a share of what a place is worth."""

WIDTHS = (4, 4, 16, 4, 16, 40, 4, 16, 60)
"""How many slots are taken apart at a time, pass by pass: few is quick, many finds more."""

TRIES = 256
"""Tries of a pass for each slot there is, divided by the square of the width."""

MOST_CYCLES = 12
"""Times that all widths are gone through at most."""

WORTH_WHILE = 5e-5
"""A cycle that gains less than this, as a share of the value, is the last."""

SLOTS_PER_CALL = 3000
"""Tries between two looks at the clock, times the square of the width: a quarter of a second."""

REPAIR_GAP, REPAIR_NODES = 0.01, 200
"""Branching that looks for any good plan stops this close to the best, or after so many nodes."""


class _Mending(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int64) for name in ("tries", "slots", "rounds", "dive_rounds")),
        *((name, ctypes.c_double) for name in ("share", "reach")),
        ("seed", ctypes.c_uint64),
        *((name, ctypes.c_int64) for name in ("promising", "better")),
    ]


def dive(
    descent: Descent, barred: NDArray[np.uint8], watch: Watch, level: str, speed: float
) -> Standing:
    """
    Return a plan on the field of a descent, whose averages are used up.

    Parameters
    ----------
    descent : Descent
    barred : ndarray of uint8, shape (n_units,)
    watch : Watch
        When it stops, everybody who still fits somewhere is placed at once.
    level : str
    speed : float
        One of ``DIVE_SPEEDS``, say.

    Returns
    -------
    Standing
        It keeps all upper limits; lower ones may be missed.
    """
    standing = Standing(descent.field, barred)
    target = 1 + int(DIVE_SHARE * int(descent.field.seats.sum()))
    rounds = WARM_ROUNDS
    while watch.may_go_on("diving", level=level):
        descent.restart(speed)
        descent.go_on(standing, rounds, with_barred=False)
        rounds = DIVE_ROUNDS
        if not descent.fix(standing, target):
            break
    complete(standing)
    return standing


def complete(standing: Standing) -> None:
    """Place whoever still fits somewhere, slot by slot."""
    standing.field.call("side_complete", standing.c)


def mend(
    standing: Standing,
    prices: Prices,
    seed: int,
    may_go_on: Callable[[], bool],
    *,
    passes: int | None = None,
) -> None:
    """
    Improve a plan until it is good enough or passes bring little.

    Parameters
    ----------
    standing : Standing
        Changed; it never gets worse.
    prices : Prices
        Of all arcs of the problem, and all its rows.
    seed : int
    may_go_on : callable
        Asked several times a second.
    passes : int, optional
        How many will do.
    """
    n_slots = standing.field.n_slots
    for cycle in range(MOST_CYCLES):
        before, missed = standing.value, standing.missing()
        for number, width in enumerate(WIDTHS):
            tries = 1 + TRIES * n_slots // width**2
            per_call = max(1, SLOTS_PER_CALL // width**2)
            for first in range(0, tries, per_call):
                some = min(per_call, tries - first)
                _mend_some(standing, prices, some, width, _mixed(seed, cycle, number, first))
                if not may_go_on():
                    return
            if passes is not None and number + 1 >= passes:
                return
            if width >= n_slots:
                break
        gained = standing.value - before
        if gained < WORTH_WHILE * abs(before) and not 0 < standing.missing() < missed:
            return


def _mixed(*numbers: int) -> int:
    """Return a seed made of several numbers."""
    mixed = 0
    for number in numbers:
        mixed = (mixed * 1_000_003 + number + 1) % 2**64
    return mixed


def _mend_some(standing: Standing, prices: Prices, tries: int, width: int, seed: int) -> None:
    field = standing.field
    width = min(width, field.n_slots)
    reach = MEND_REACH * typical(field) * width
    rounds, dive_rounds = (30, 10) if width < 10 else (60, 20)
    share = max(DIVE_SHARE, min(0.1, 0.8 / width))
    how = _Mending(tries, width, rounds, dive_rounds, share, reach, seed, 0, 0)
    price = np.append(prices.price, 0).astype(np.float64)
    row_price = prices.row_price.astype(np.float64)
    field.call(
        *("side_mend", standing.c, pointer(price), pointer(row_price)),
        *(pointer(field.row_unit), pointer(field.row_scale), pointer(field.row_most)),
        *(pointer(prices.best), ctypes.byref(how)),
    )


def repair(standing: Standing, watch: Watch, level: str) -> Standing | None:
    """
    Return a plan that keeps all rules, near one that misses lower limits.

    Parameters
    ----------
    standing : Standing
    watch : Watch
    level : str

    Returns
    -------
    Standing or None
        ``None`` when branching finds none, even over all slots and arcs of the field.
    """
    field = standing.field
    count = 12
    while watch.may_go_on("repairing", level=level):
        slots = _slots_concerned(standing, count)
        found = reopen(standing, slots, watch, level, is_start=False, gap=REPAIR_GAP)
        if found is not None:
            return found
        if len(slots) == field.n_slots:
            return None
        count *= 3
    return None


def reopen(
    standing: Standing, slots: Ints, watch: Watch, level: str, *, is_start: bool, gap: float
) -> Standing | None:
    """
    Return the best plan that branching finds when some slots may be filled anew.

    Parameters
    ----------
    standing : Standing
    slots : ndarray of int
    watch : Watch
    level : str
    is_start : bool
        Whether the plan keeps all rules, so that it can only get better.
    gap : float

    Returns
    -------
    Standing or None
    """
    field, model = standing.field, standing.field.model
    is_open = np.zeros(field.n_slots, dtype=np.bool_)
    is_open[slots] = True
    chosen = standing.chosen
    stays = np.flatnonzero(chosen >= 0)
    stays = stays[~is_open[field.slot[chosen[stays]]]]
    is_free = np.ones(field.n_units, dtype=np.bool_)
    is_free[stays] = False
    arcs = np.flatnonzero(is_open[field.slot] & is_free[field.unit])
    arcs = np.union1d(arcs, chosen[stays])
    pairs = field.units.pairs_of(field.number[arcs])
    kept = np.union1d(pairs, np.flatnonzero(model.is_pinned))
    part = with_rows(model, kept)
    weights = np.zeros(model.n_pairs, dtype=np.int64)
    weights[field.units.pairs[field.units.first[field.number[arcs]]]] = field.value[arcs]
    start = None
    if is_start:
        start = np.isin(kept, field.units.pairs_of(standing.numbers)) | model.is_pinned[kept]
    shift = max(0, int(np.abs(field.value).max(initial=1)).bit_length() - 30)
    engine = Branching(part, watch, most_nodes=REPAIR_NODES)
    if field.rows and field.rows[-1].of[0] == "placed" and int(field.low[-1]) > -NO_LIMIT:
        engine.settle(np.ones(len(kept), dtype=np.int64), int(field.low[-1]), None)
    found = engine.best(weights[kept] >> shift, level=level, start=start, gap=gap)
    if found.chosen is None:
        return None
    is_chosen = np.zeros(model.n_pairs, dtype=np.bool_)
    is_chosen[kept[found.chosen]] = True
    after = Standing(field, standing.barred)
    numbers = field.units.arcs_of(is_chosen)
    after.put(numbers[np.isin(numbers, field.number)])
    return after


def _slots_concerned(standing: Standing, count: int) -> Ints:
    """Return the slots of rows that miss something, and then others, at most `count` of them."""
    field = standing.field
    row_of_use = field.uses.row
    slot_of_use = np.repeat(field.slot, np.diff(field.uses.start))
    concerned = np.zeros(field.n_slots)
    for r, row in enumerate(field.rows):
        load, high = int(standing.load[r]), int(field.high[r])
        misses = load < int(field.low[r])
        if row.kind == IF_OPEN:
            misses = misses and standing.load[row.opened] > 0
        if row.kind == ALL_OR_NONE:
            misses = 0 < load < high
        if misses:
            concerned += np.bincount(slot_of_use[row_of_use == r], minlength=field.n_slots)
    order = np.argsort(-concerned, kind="stable")
    return np.sort(order[: max(1, min(count, field.n_slots))]).astype(np.int64)
