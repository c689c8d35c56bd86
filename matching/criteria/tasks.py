"""
Tasks wanted against tasks offered, in people's own words.

The layer is the mean, over the tasks offered, of the likeness of the wanted task that is most like
it: how much of the work is work that somebody wants. Wanting more never lowers it.
"""

import numpy as np

from matching.criteria.layer import Criterion, Facts, Layer
from matching.pairing import Pairing
from matching.profiles import Floats

ALIKE = 0.25
"""From this cosine on two phrases are shown to people as being about the same work."""


def _layer(pairing: Pairing) -> Layer:
    value = np.full(pairing.shape, np.nan)
    alike, rows, columns = pairing.task_likeness
    offered = [
        None if tasks is None else [columns[phrase] for phrase in tasks]
        for tasks in pairing.slots.tasks
    ]
    for i, tasks in enumerate(pairing.candidates.tasks):
        if tasks is None:
            continue
        best = alike[[rows[phrase] for phrase in tasks]].max(axis=0, initial=0.0)
        for j, there in enumerate(offered):
            if there is not None:
                value[i, j] = _worth(best, there, wants_any=bool(tasks))
    return Layer(value, (~np.isnan(value)).astype(np.float64))


def _worth(best: Floats, there: list[int], *, wants_any: bool) -> float:
    if not wants_any:
        return 1.0  # no particular task is wanted, so any will do
    return float(best[there].mean()) if there else 0.0


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


TASKS = Criterion("tasks", _layer, _facts)
