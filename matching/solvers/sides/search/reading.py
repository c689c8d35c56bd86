"""From a model to the field that the kernels read."""

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.sides import UNLIMITED, ReadQuota
from matching.solvers.sides.model import Model
from matching.solvers.sides.search.field import Field
from matching.solvers.sides.search.loads import HARD, PRICED, RowReader, RowSpec, gather_uses
from matching.solvers.sides.search.units import Units, read_units
from matching.solvers.watch import Watch

MOST_ROOM = 1000
"""Units that a slot's room is told in at most. Hours in halves or quarters need fewer."""

MOST_CELLS = 2**18
"""Seats times room times the slot's own quota: the table of one slot fits in the cache."""


def read_field(model: Model, watch: Watch, *, counts_places: bool) -> Field | None:
    """
    Return the field of a model; its values are 0.

    Parameters
    ----------
    model : Model
        Of all pairs; rows are not needed.
    watch : Watch
    counts_places : bool
        Whether the last row counts who has a place.

    Returns
    -------
    Field or None
        ``None`` where those pinned break a rule by themselves, or share a slot with others.
    """
    units = read_units(model)
    if units is None:
        return None
    slot = model.pair_slot[units.pairs[units.first]]
    start = np.concatenate([[0], np.cumsum(np.bincount(slot, minlength=len(model.slots)))])
    reader = RowReader(model, units, slot, start)
    pinned = np.bincount(model.pair_slot[model.is_pinned], minlength=len(model.slots))
    seats = np.minimum(model.problem.seats[model.slots] - pinned, len(model.candidates))
    knapsack = _tightest(model, reader, seats)
    rows: list[RowSpec] = []
    draw, room = np.zeros(len(slot), dtype=np.int64), np.zeros(len(seats), dtype=np.int64)
    for k in range(len(model.problem.read_resources)):
        drawn = reader.drawn(model.problem.read_resources[k])
        if k == knapsack:
            draw, room, rough = _room(reader, k, drawn, seats)
            rows += reader.resource(k, drawn, HARD, rough)
        else:
            rows += reader.resource(k, drawn, PRICED, None)
    marks, most = np.zeros(len(slot), dtype=np.int64), seats.copy()
    has_own = np.zeros(len(seats), dtype=np.bool_)
    for k, quota in enumerate(model.problem.read_quotas):
        own = _own_slot(model, quota, seats, room, has_own)
        if own is not None:
            inside, counts, held = reader.marks(k)
            marks[inside], most[own], has_own[own] = counts, quota.most - held, True
        rows += reader.quota(k, len(rows), own is not None)
    for k in range(len(model.problem.read_groups)):
        rows += reader.group(k)
    if counts_places:
        rows.append(reader.everybody())
    if (room < 0).any() or (most < 0).any() or any(row.load > row.high for row in rows):
        return None
    columns = (draw, marks, seats, room, most)
    return _assembled(model, units, reader, rows, columns, knapsack, watch)


def _assembled(
    model: Model,
    units: Units,
    reader: RowReader,
    rows: list[RowSpec],
    columns: tuple[Ints, Ints, Ints, Ints, Ints],
    knapsack: int,
    watch: Watch,
) -> Field:
    draw, marks, seats, room, most = (_narrow(column) for column in columns)
    lead = units.pairs[units.first]
    return Field(
        model=model,
        units=units,
        number=np.arange(len(lead), dtype=np.int64),
        unit=_narrow(units.of_candidate[model.pair_candidate[lead]]),
        slot=_narrow(reader.slot),
        value=np.zeros(len(lead), dtype=np.int64),
        draw=draw,
        size=_narrow(units.length),
        marks=marks,
        uses=gather_uses(rows, len(lead)),
        kind=np.array([row.kind for row in rows], dtype=np.int32),
        low=np.array([row.low for row in rows], dtype=np.int64),
        high=np.array([row.high for row in rows], dtype=np.int64),
        rows=tuple(rows),
        seats=seats,
        room=room,
        most=most,
        load=np.array([row.load for row in rows], dtype=np.int64),
        knapsack=knapsack,
        watch=watch,
    )


def _narrow(column: Ints) -> Int32s:
    return np.ascontiguousarray(column, dtype=np.int32)


def _tightest(model: Model, reader: RowReader, seats: Ints) -> int:
    """Return the resource with a supply per slot of which most is wanted, -1 for none."""
    wanted: list[tuple[float, int]] = []
    for k, resource in enumerate(model.problem.read_resources):
        supply = resource.supply[model.slots] if not resource.shared else np.zeros(0)
        limited = np.flatnonzero(supply < UNLIMITED)
        drawn = reader.drawn(resource)
        if resource.shared or not len(limited) or not drawn.any():
            continue
        mean = float(drawn.astype(np.float64).mean())
        asked = mean * float(np.minimum(seats[limited], len(model.candidates)).sum())
        wanted.append((asked / max(1.0, float(supply[limited].astype(np.float64).sum())), -k))
    return -max(wanted)[1] if wanted else -1


def _room(reader: RowReader, k: int, drawn: Ints, seats: Ints) -> tuple[Ints, Ints, Ints]:
    """
    Return draws and room in units of each slot, and the slots whose unit is too rough to be exact.

    There draws are rounded down: what fits in hours then fits in units too, so that a bound stays
    a bound; plans keep a row as well.
    """
    model = reader.model
    resource = model.problem.read_resources[k]
    pinned = np.zeros(len(seats), dtype=np.int64)
    by_pair = reader.drawn_by_pair(resource)[model.is_pinned]
    np.add.at(pinned, model.pair_slot[model.is_pinned], by_pair)
    draw, room = np.zeros(len(drawn), dtype=np.int64), np.zeros(len(seats), dtype=np.int64)
    rough: list[int] = []
    for j in range(len(seats)):
        arcs = slice(int(reader.start[j]), int(reader.start[j + 1]))
        here = drawn[arcs]
        left = int(resource.supply[model.slots[j]]) - int(pinned[j])
        if left < 0:
            room[j] = -1
            continue
        most = int(np.sort(here)[::-1][: int(seats[j])].sum())
        if most <= left or not seats[j]:
            continue  # hours are no limit
        unit = int(np.gcd.reduce(here))
        finest = min(MOST_ROOM, max(1, MOST_CELLS // (int(seats[j]) + 1)))
        if left // unit > finest:
            unit = -(-left // finest)
            rough.append(j)
        room[j] = left // unit
        draw[arcs] = np.minimum(here // unit, room[j] + 1)
    return draw, room, np.array(rough, dtype=np.int64)


def _own_slot(
    model: Model, quota: ReadQuota, seats: Ints, room: Ints, has_own: NDArray[np.bool_]
) -> int | None:
    """Return the slot that keeps a quota when filled: one quota each, if its limit can matter."""
    slots = np.flatnonzero(quota.slots[model.slots])
    if len(slots) != 1 or quota.if_open:
        return None
    j = int(slots[0])
    cells = (int(seats[j]) + 1) * (int(room[j]) + 1) * (quota.most + 1)
    if has_own[j] or quota.most >= int(seats[j]) or cells > MOST_CELLS * 4:
        return None
    return j
