"""
Tasks wanted against tasks offered, in people's own words.

The layer is the mean, over the tasks offered, of the likeness of the wanted task that is most like
it: how much of the work is work that somebody wants. Wanting more never lowers it.
"""

import numpy as np

from matching.alike import Reads
from matching.criteria.layer import Criterion, Facts, Layer
from matching.pairing import Pairing

ALIKE = 0.25
"""From this cosine on two phrases are shown to people as being about the same work."""


MOST_AT_ONCE = 2**18
"""Numbers that are held at a time, besides the layer itself."""


def _layer(pairing: Pairing) -> Layer:
    value = np.full(pairing.shape, np.nan)
    alike, rows, columns = pairing.task_likeness
    offered = pairing.slots.tasks
    known = [j for j, tasks in enumerate(offered) if tasks is not None]
    with_tasks = [j for j in known if offered[j]]
    flat = [columns[phrase] for j in with_tasks for phrase in offered[j] or ()]
    counts = np.array([len(offered[j] or ()) for j in with_tasks], dtype=np.int64)
    starts = np.cumsum(counts) - counts
    wanted = pairing.candidates.tasks
    with_wishes = [i for i, tasks in enumerate(wanted) if tasks]
    without = [i for i, tasks in enumerate(wanted) if tasks == ()]
    value[np.ix_(with_wishes, known)] = 0.0
    value[np.ix_(without, known)] = 1.0  # no particular task is wanted: any will do
    at_once = max(1, MOST_AT_ONCE // max(len(flat), alike.shape[1], 1))
    for first in range(0, len(with_wishes) if with_tasks else 0, at_once):
        some = with_wishes[first : first + at_once]
        each = [[rows[phrase] for phrase in wanted[i] or ()] for i in some]
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
