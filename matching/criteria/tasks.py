"""
Tasks wanted against tasks offered, in people's own words.

The layer is the mean, over the tasks offered, of the likeness of the wanted task that is most like
it: how much of the work is work that somebody wants. Wanting more never lowers it.
"""

import numpy as np

from matching.arrays import Ints
from matching.criteria.layer import Criterion, Facts, Layer
from matching.facts.alike import Reads, kept_with
from matching.facts.pairing import Pairing
from matching.facts.profiles import Slots

ALIKE = 0.25
"""From this cosine on two phrases are shown to people as being about the same work."""


MOST_AT_ONCE = 2**18
"""Numbers that are held at a time, besides the layer itself."""


class _Offered:
    """The tasks of slots, one after the other, whoever comes to ask."""

    def __init__(self, slots: Slots) -> None:
        told = [(j, tasks) for j, tasks in enumerate(slots.tasks) if tasks is not None]
        self.known = np.array([j for j, _ in told], dtype=np.int64)
        self.with_tasks = np.array([j for j, tasks in told if tasks], dtype=np.int64)
        self.counts = np.array([len(tasks) for _, tasks in told if tasks], dtype=np.int64)
        self._phrases = [phrase for _, tasks in told for phrase in tasks]
        self._columns: dict[str, int] | None = None
        self._flat = np.zeros(0, dtype=np.int64)

    def in_columns(self, columns: dict[str, int]) -> Ints:
        """Return the column of each task, looked up again only when columns are others."""
        if self._columns is not columns:
            self._flat = np.array([columns[phrase] for phrase in self._phrases], dtype=np.int64)
            self._columns = columns
        return self._flat


@kept_with
def _offered(slots: Slots) -> _Offered:
    """Return the tasks of slots; found once for each set of slots."""
    return _Offered(slots)


def _layer(pairing: Pairing) -> Layer:
    value = np.full(pairing.shape, np.nan)
    alike, rows, columns = pairing.task_likeness
    offered = _offered(pairing.slots)
    known, with_tasks, counts = offered.known, offered.with_tasks, offered.counts
    flat, starts = offered.in_columns(columns), np.cumsum(counts) - counts
    wanted = pairing.candidates.tasks
    has_wishes = np.array([bool(tasks) for tasks in wanted], dtype=np.bool_)
    with_wishes = np.flatnonzero(has_wishes)
    without = np.array([i for i, tasks in enumerate(wanted) if tasks == ()], dtype=np.int64)
    value[np.ix_(with_wishes, known)] = 0.0
    value[np.ix_(without, known)] = 1.0  # no particular task is wanted: any will do
    at_once = max(1, MOST_AT_ONCE // max(len(flat), alike.shape[1], 1))
    for first in range(0, len(with_wishes) if len(with_tasks) else 0, at_once):
        some = with_wishes[first : first + at_once]
        each = [[rows[phrase] for phrase in wanted[i] or ()] for i in some.tolist()]
        begin = np.cumsum([0, *map(len, each)])[:-1]
        best = np.maximum.reduceat(alike[np.concatenate(each)], begin, axis=0)
        mean = np.add.reduceat(best[:, flat], starts, axis=1) / counts
        value[np.ix_(some, with_tasks)] = mean
    return Layer(value, (~np.isnan(value)).astype(np.float64))


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    wanted, offered = pairing.candidates.tasks[i], pairing.slots.tasks[j]
    if wanted == ():
        return []
    if wanted is None or offered is None:
        known = {"wanted_known": wanted is not None, "offered_known": offered is not None}
        return [{**known, "shared": []}]
    alike, rows, columns = pairing.task_likeness
    shared = []
    for phrase in offered:
        column = alike[[rows[own] for own in wanted], columns[phrase]]
        if column.max() >= ALIKE:
            shared.append({"wanted": wanted[int(column.argmax())], "offered": phrase})
    return [{"wanted_known": True, "offered_known": True, "shared": shared}]


TASKS = Criterion("tasks", _layer, _facts, Reads(("tasks",), ("tasks",)))
