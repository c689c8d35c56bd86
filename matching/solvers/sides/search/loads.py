"""Rules as rows: how much each arc loads them, within which limits, and what kind of rule it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.arrays import Int32s, Ints
from matching.sides import UNLIMITED, ReadGroup, ReadQuota, ReadResource
from matching.solvers.sides.model import Model
from matching.solvers.sides.search.units import Units

PRICED, HARD, IF_OPEN, ALL_OR_NONE = range(4)
"""As in kernels/side.c: with a price; kept by plans only; only if used at all; nobody or all."""

NO_LIMIT = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class RowSpec:
    """
    One rule, or the part of it that is about one place.

    Parameters
    ----------
    kind : int
    arcs, amounts : ndarray of int
        What each arc loads.
    low, high : int
        ``-NO_LIMIT`` and ``NO_LIMIT`` for none.
    load : int
        What those pinned load.
    of : tuple
        Name of the kind of rule, its position in the problem, and the place.
    opened : int
        For ``IF_OPEN`` the row that tells whether anybody is there.
    is_slots_own : bool
        Whether filling a slot keeps it anyway.
    """

    kind: int
    arcs: Ints
    amounts: Ints
    low: int
    high: int
    load: int
    of: tuple[str, int, int]
    opened: int = -1
    is_slots_own: bool = False


@dataclass(frozen=True, eq=False)
class Uses:
    """
    Which rows each arc loads.

    Parameters
    ----------
    start : ndarray of int, shape (n_arcs + 1,)
    row : ndarray of int32
    amount : ndarray of int
    """

    start: Ints
    row: Int32s
    amount: Ints

    def only(self, arcs: Ints) -> "Uses":
        """Return those of some arcs."""
        count = np.diff(self.start)[arcs]
        start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        at = np.arange(start[-1]) - np.repeat(start[:-1] - self.start[arcs], count)
        return Uses(start, self.row[at], self.amount[at])

    def loads(self, arcs: Ints, n_rows: int) -> Ints:
        """Return what some arcs load together, shape (n_rows,)."""
        some = self.only(arcs)
        total = np.zeros(n_rows, dtype=np.int64)
        np.add.at(total, some.row, some.amount)
        return total


def gather_uses(rows: list[RowSpec], n_arcs: int) -> Uses:
    """Return the uses of all rows, arc by arc."""
    nothing = np.zeros(0, dtype=np.int64)
    arcs = np.concatenate([nothing, *(row.arcs for row in rows)])
    amounts = np.concatenate([nothing, *(row.amounts for row in rows)])
    numbers = np.repeat(np.arange(len(rows)), [len(row.arcs) for row in rows])
    order = np.argsort(arcs, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(arcs, minlength=n_arcs))])
    row = np.ascontiguousarray(numbers[order], dtype=np.int32)
    return Uses(start.astype(np.int64), row, np.ascontiguousarray(amounts[order]))


@dataclass(frozen=True, eq=False)
class RowReader:
    """
    Reads the rules of a problem as rows over the arcs of its units.

    Parameters
    ----------
    model : Model
    units : Units
    slot : ndarray of int, shape (n_arcs,)
    start : ndarray of int, shape (n_slots + 1,)
    """

    model: Model
    units: Units
    slot: Ints
    start: Ints

    @cached_property
    def pinned(self) -> Ints:
        """The pairs that are fixed."""
        return np.flatnonzero(self.model.is_pinned).astype(np.int64)

    def drawn(self, resource: ReadResource) -> Ints:
        """Return what each arc draws of a resource, in thousandths."""
        return self.units.summed(self.drawn_by_pair(resource))

    def drawn_by_pair(self, resource: ReadResource) -> Ints:
        """Return what each pair draws of a resource, in thousandths."""
        model = self.model
        who, where = model.candidates[model.pair_candidate], model.slots[model.pair_slot]
        return resource.of_pairs(who, where)

    def resource(self, k: int, drawn: Ints, kind: int, slots: Ints | None) -> Iterator[RowSpec]:
        """Give a resource as rows: one if it is shared, else one for each of some slots."""
        resource = self.model.problem.read_resources[k]
        is_pinned = self.model.is_pinned
        pinned = self.drawn_by_pair(resource)[is_pinned]
        if resource.shared:
            supply = int(resource.supply[0])
            arcs = np.flatnonzero(drawn > 0)
            load = sum(pinned.tolist())
            if supply < UNLIMITED and _may_exceed(drawn[arcs], load, supply):
                yield RowSpec(kind, arcs, drawn[arcs], -NO_LIMIT, supply, load, ("resource", k, 0))
            return
        loads = np.zeros(len(self.start) - 1, dtype=np.int64)
        np.add.at(loads, self.model.pair_slot[is_pinned], pinned)
        for j in range(len(loads)) if slots is None else slots.tolist():
            place = int(self.model.slots[j])
            supply = int(resource.supply[place])
            arcs = self._arcs_in(j)
            arcs = arcs[drawn[arcs] > 0]
            if _may_exceed(drawn[arcs], int(loads[j]), supply):
                of = ("resource", k, place)
                yield RowSpec(kind, arcs, drawn[arcs], -NO_LIMIT, supply, int(loads[j]), of)

    def quota(self, k: int, first: int, is_slots_own: bool) -> Iterator[RowSpec]:
        """Give a quota as rows, of which the first has the number `first`."""
        quota = self.model.problem.read_quotas[k]
        inside, counts, pinned, pinned_there = self._counted(quota)
        counted = inside[counts > 0]
        amounts = counts[counts > 0]
        of = ("quota", k, 0)
        if quota.most < len(self.model.candidates):
            yield RowSpec(
                HARD if is_slots_own else PRICED,
                counted,
                amounts,
                -NO_LIMIT,
                quota.most,
                pinned,
                of,
                is_slots_own=is_slots_own,
            )
            first += 1
        if quota.least > 0 and not quota.if_open:
            yield RowSpec(PRICED, counted, amounts, quota.least, NO_LIMIT, pinned, of)
        elif quota.least > 0:
            size = self.units.length[inside]
            yield RowSpec(HARD, inside, size, -NO_LIMIT, NO_LIMIT, pinned_there, of)
            # All arcs there load this row too, some by 0: whoever opens a slot is looked at.
            yield RowSpec(IF_OPEN, inside, counts, quota.least, NO_LIMIT, pinned, of, first)

    def marks(self, k: int) -> tuple[Ints, Ints, int]:
        """Return the arcs in the slots of a quota, what each counts, and what is pinned there."""
        inside, counts, pinned, _ = self._counted(self.model.problem.read_quotas[k])
        return inside, counts, pinned

    def group(self, k: int) -> Iterator[RowSpec]:
        """Give a group as rows, one for each slot or pilot; nothing for those who share a slot."""
        group = self.model.problem.read_groups[k]
        if not group.apart and group.within == "slot":
            return
        model = self.model
        is_member = np.zeros(model.problem.shape[0], dtype=np.int64)
        is_member[group.candidates] = 1
        by_pair = is_member[model.candidates[model.pair_candidate]]
        counts = self.units.summed(by_pair)
        place = self._places(group)
        pinned = np.zeros(int(place.max(initial=0)) + 1, dtype=np.int64)
        np.add.at(pinned, place[model.pair_slot[model.is_pinned]], by_pair[model.is_pinned])
        arcs = np.flatnonzero(counts)
        where = place[self.slot[arcs]]
        kind, high = (HARD, 1) if group.apart else (ALL_OR_NONE, len(group.candidates))
        for one in np.union1d(where, np.flatnonzero(pinned)).tolist():
            some, load = arcs[where == one], int(pinned[one])
            yield RowSpec(kind, some, counts[some], -NO_LIMIT, high, load, ("group", k, one))

    def everybody(self) -> RowSpec:
        """Return the row that counts who has a place."""
        size = self.units.length
        load = int(self.model.is_pinned.sum())
        arcs = np.arange(len(self.slot))
        return RowSpec(HARD, arcs, size, -NO_LIMIT, NO_LIMIT, load, ("placed", 0, 0))

    def _arcs_in(self, j: int) -> Ints:
        return np.arange(self.start[j], self.start[j + 1])

    def _counted(self, quota: ReadQuota) -> tuple[Ints, Ints, int, int]:
        """Return arcs in a quota's slots, what each counts, and who is pinned: counted, in all."""
        model, units = self.model, self.units
        slots = quota.slots[model.slots]
        parts = [self._arcs_in(j) for j in np.flatnonzero(slots).tolist()]
        inside = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
        counts = self._members(quota)[units.of_candidate[model.pair_candidate[self._lead(inside)]]]
        there = self.pinned[slots[model.pair_slot[self.pinned]]]
        who = model.candidates[model.pair_candidate[there]]
        return inside, counts, int(quota.candidates[who].sum()), len(there)

    def _lead(self, arcs: Ints) -> Ints:
        """Return the first pair of each arc."""
        return self.units.pairs[self.units.first[arcs]]

    def _members(self, quota: ReadQuota) -> Ints:
        """Return how many people of each unit a quota counts."""
        of = self.units.of_candidate
        counted = quota.candidates[self.model.candidates] & (of >= 0)
        return np.bincount(of[counted], minlength=self.units.count).astype(np.int64)

    def _places(self, group: ReadGroup) -> Ints:
        """Return the place of each slot of the model: the slot itself, or its pilot."""
        if group.within == "pilot":
            return self.model.problem.pilot_of_slot[self.model.slots]
        return np.arange(len(self.model.slots), dtype=np.int64)


def _may_exceed(drawn: Ints, load: int, supply: int) -> bool:
    """Whether all together may draw more than there is; their sum may not fit in 64 bits."""
    return load > supply or float(drawn.sum(dtype=np.float64)) + load > supply * (1 - 1e-9)
