"""
A problem with side rules as the kernels read it: arcs slot by slot, room for hours, rows.

Each slot's seats, one resource of its own (the *knapsack*) and one quota of its own are kept
exactly when the slot is filled. Every other rule is a row: a load with limits, and mostly with a
price. People who must share a slot are one *unit*, with one arc for each slot that takes them all.
"""

import ctypes
import dataclasses
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.kernels import kernel, pointer
from matching.solvers.sides.model import Model
from matching.solvers.sides.search.loads import NO_LIMIT, PRICED, RowSpec, Uses
from matching.solvers.sides.search.units import Units
from matching.solvers.watch import Watch


class _Field(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int64) for name in ("n_units", "n_slots", "n_arcs", "n_rows")),
        *(
            (name, ctypes.c_void_p)
            for name in (
                *("start", "unit", "slot", "value", "draw", "size", "marks"),
                *("of_start", "of", "use_start", "use_row", "use_amount"),
                *("low", "high", "kind", "open", "halt"),
            )
        ),
    ]


class _Standing(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_void_p) for name in ("seats", "room", "most", "load", "chosen", "barred")
    ]


@dataclass(frozen=True, eq=False)
class Field:
    """
    Arcs with what they bring and take up.

    Parameters
    ----------
    model : Model
        Of all pairs, without rows.
    units : Units
    number : ndarray of int, shape (n_arcs,)
        Of each arc among all arcs; others number the arcs that were kept.
    unit, slot, draw, size, marks : ndarray of int32, shape (n_arcs,)
        Who, where, units of the slot's room, seats, and what counts for the slot's own quota.
    value : ndarray of int, shape (n_arcs,)
        In fine steps.
    uses : Uses
        Which rows an arc loads.
    kind : ndarray of int32, shape (n_rows,)
    low, high : ndarray of int, shape (n_rows,)
    rows : tuple of RowSpec
    seats, room, most : ndarray of int32, shape (n_slots,)
        What a slot has, without those pinned there.
    load : ndarray of int, shape (n_rows,)
        What those pinned load.
    knapsack : int
        The resource that ``room`` is about, -1 for none.
    watch : Watch
        What is told how long kernels take, and has them end early.
    """

    model: Model
    units: Units
    number: Ints
    unit: Int32s
    slot: Int32s
    value: Ints
    draw: Int32s
    size: Int32s
    marks: Int32s
    uses: Uses
    kind: Int32s
    low: Ints
    high: Ints
    rows: tuple[RowSpec, ...]
    seats: Int32s
    room: Int32s
    most: Int32s
    load: Ints
    knapsack: int
    watch: Watch
    _halt: Int32s = dataclasses.field(default_factory=lambda: np.zeros(1, np.int32), repr=False)
    _kept: dict[str, object] = dataclasses.field(default_factory=dict, repr=False)

    @property
    def n_units(self) -> int:
        """How many people, or groups that share a slot, can be placed."""
        return self.units.count

    @property
    def n_slots(self) -> int:
        """How many slots there are."""
        return len(self.seats)

    @property
    def n_arcs(self) -> int:
        """How many choices there are."""
        return len(self.unit)

    def only(self, arcs: Ints) -> "Field":
        """Return the field with some of its arcs only, in rising order."""
        names = ("number", "unit", "slot", "value", "draw", "size", "marks")
        columns: dict[str, Any] = {
            name: np.ascontiguousarray(getattr(self, name)[arcs]) for name in names
        }
        return replace(self, uses=self.uses.only(arcs), _kept={}, **columns)

    def worth(self, value: Ints) -> "Field":
        """Return the field with other values of its arcs."""
        return replace(self, value=np.ascontiguousarray(value), _kept={})

    def with_rows_changed(self, *, kind: Int32s, low: Ints, high: Ints) -> "Field":
        """Return the field with other limits and kinds of rows."""
        return replace(self, kind=kind, low=low, high=high, _kept={})

    def priced_throughout(self) -> "Field":
        """Return the field with a price on slots' own quotas in place of keeping them exactly."""
        kind = self.kind.copy()
        for r, row in enumerate(self.rows):
            if row.is_slots_own:
                kind[r] = PRICED
        nothing = np.zeros_like(self.marks)
        return replace(self, marks=nothing, most=self.seats.copy(), kind=kind, _kept={})

    @cached_property
    def row_unit(self) -> NDArray[np.float64]:
        """What one use of each row takes on average, shape (n_rows + 1,)."""
        used = np.bincount(self.uses.row, minlength=len(self.rows))
        total = np.bincount(self.uses.row, weights=self.uses.amount, minlength=len(self.rows))
        return np.append(np.where(total > 0, total / np.maximum(1, used), 1.0), 1.0)

    @cached_property
    def row_scale(self) -> NDArray[np.float64]:
        """How many people each row is about, roughly, shape (n_rows + 1,)."""
        limit = np.where(self.high < NO_LIMIT, self.high, np.maximum(0, self.low))
        return np.maximum(1.0, np.append(limit.astype(np.float64), 0.0) / self.row_unit)

    @cached_property
    def row_most(self) -> NDArray[np.float64]:
        """The largest price of each row, shape (n_rows + 1,)."""
        largest = np.zeros(len(self.rows) + 1)
        np.maximum.at(largest, self.uses.row, self.uses.amount.astype(np.float64))
        value = float(np.abs(self.value).max(initial=1))
        return 256.0 * value / np.maximum(1.0, largest)

    @property
    def c(self) -> ctypes.c_void_p:
        """The field for a kernel."""
        if "c" not in self._kept:
            order = np.argsort(self.unit, kind="stable").astype(np.int32)
            of_start = _starts(self.unit, self.n_units)
            start = _starts(self.slot, self.n_slots)
            opened = np.array([row.opened for row in self.rows], dtype=np.int32)
            arrays = (
                *(start, self.unit, self.slot, self.value, self.draw, self.size, self.marks),
                *(of_start, order, self.uses.start, self.uses.row, self.uses.amount),
                *(self.low, self.high, self.kind, opened, self._halt),
            )
            sizes = (self.n_units, self.n_slots, self.n_arcs, len(self.rows))
            self._kept["c"] = _Field(*sizes, *(pointer(array) for array in arrays))
            self._kept["arrays"] = arrays
        return ctypes.byref(self._kept["c"])  # type: ignore[arg-type, return-value]

    def call(self, name: str, *arguments: Any) -> int:
        """Call a kernel on this field; what takes long in it ends early once the watch stops."""
        function = kernel(name)
        function.restype = ctypes.c_int64

        def halt() -> None:
            self._halt[0] = 1

        answer = self.watch.meanwhile(lambda: int(function(self.c, *arguments)), halt=halt)
        if answer < 0:
            raise MemoryError
        return answer


@dataclass(eq=False)
class Standing:
    """
    A plan on a field: what each slot has left, what rows carry, and the arc of each unit.

    Parameters
    ----------
    field : Field
    barred : ndarray of uint8, shape (n_units,)
        Who stays as they are: people who share a pilot but not a slot.
    """

    field: Field
    barred: NDArray[np.uint8]
    seats: Int32s = dataclasses.field(init=False)
    room: Int32s = dataclasses.field(init=False)
    most: Int32s = dataclasses.field(init=False)
    load: Ints = dataclasses.field(init=False)
    chosen: Int32s = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.seats, self.room = self.field.seats.copy(), self.field.room.copy()
        self.most, self.load = self.field.most.copy(), self.field.load.copy()
        self.chosen = np.full(self.field.n_units, -1, dtype=np.int32)

    @property
    def c(self) -> ctypes.c_void_p:
        """The standing for a kernel."""
        arrays = (self.seats, self.room, self.most, self.load, self.chosen, self.barred)
        self._c = _Standing(*(pointer(array) for array in arrays))
        return ctypes.byref(self._c)  # type: ignore[return-value]

    @property
    def numbers(self) -> Ints:
        """The chosen arcs, as numbers among all arcs."""
        chosen = np.sort(self.chosen[self.chosen >= 0])
        return self.field.number[chosen]

    @property
    def value(self) -> int:
        """What the chosen arcs are worth, in fine steps."""
        return sum(self.field.value[self.chosen[self.chosen >= 0]].tolist())

    @property
    def placed(self) -> int:
        """How many people have a place, without those pinned."""
        return int(self.field.size[self.chosen[self.chosen >= 0]].sum())

    def missing(self) -> float:
        """Return by how much the plan misses the lower limits of rows."""
        function = kernel("side_missing")
        function.restype = ctypes.c_double
        return float(function(self.field.c, self.c))

    def is_broken(self) -> bool:
        """Whether any rule is broken, upper limits included."""
        over = (self.load > self.field.high).any()
        short = (self.seats < 0).any() or (self.room < 0).any() or (self.most < 0).any()
        return bool(over or short) or self.missing() > 0

    def put(self, numbers: Ints) -> None:
        """Choose arcs, given as numbers among all arcs; the field must have them."""
        at = np.searchsorted(self.field.number, numbers)
        slot = self.field.slot[at]
        np.subtract.at(self.seats, slot, self.field.size[at])
        np.subtract.at(self.room, slot, self.field.draw[at])
        np.subtract.at(self.most, slot, self.field.marks[at])
        self.load += self.field.uses.loads(at, len(self.load))
        self.chosen[self.field.unit[at]] = at


def _starts(numbers: Int32s, length: int) -> Ints:
    counts = np.bincount(numbers, minlength=length)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
