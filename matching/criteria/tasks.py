"""Tasks wanted against tasks offered, in people's own words."""

import numpy as np

from matching.criteria.layer import Criterion, Facts, Layer
from matching.pairing import Pairing
from matching.profiles import Floats
from matching.text import likeness

ALIKE = 0.25
"""From this cosine on two phrases are shown to people as being about the same work."""


def score_tasks(alike: Floats) -> float:
    """
    Score how much of the offered work is work that somebody wants.

    Parameters
    ----------
    alike : ndarray of float, shape (n_wanted, n_offered)
        Likeness of the phrases, in [0, 1].

    Returns
    -------
    float
        The mean, over the tasks offered, of the likeness of the wanted task that is most like it. Wanting more
        never lowers it.
    """
    return float(alike.max(axis=0).mean())


def _layer(pairing: Pairing) -> Layer:
    value = np.full(pairing.shape, np.nan)
    wanted, offered = pairing.candidates.tasks, pairing.slots.tasks
    flat_offered = [phrase for phrases in offered for phrase in phrases or ()]
    ends = np.cumsum([0, *(len(phrases or ()) for phrases in offered)])
    flat_wanted = sorted({phrase for phrases in wanted for phrase in phrases or ()})
    row_of = {phrase: row for row, phrase in enumerate(flat_wanted)}
    alike = likeness(flat_wanted, flat_offered)
    has_tasks = [j for j, phrases in enumerate(offered) if phrases]
    for i, phrases in enumerate(wanted):
        if phrases is None:
            continue
        if not phrases:
            value[i, [j for j, there in enumerate(offered) if there is not None]] = 1.0
            continue
        best = alike[[row_of[phrase] for phrase in phrases]].max(axis=0, initial=0.0)
        for j in has_tasks:
            value[i, j] = best[ends[j] : ends[j + 1]].mean()
        value[i, [j for j, there in enumerate(offered) if there == ()]] = 0.0
    return Layer(value, (~np.isnan(value)).astype(np.float64))


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    wanted, offered = pairing.candidates.tasks[i], pairing.slots.tasks[j]
    if wanted == ():
        return []
    if wanted is None or offered is None:
        return [
            {"wanted_known": wanted is not None, "offered_known": offered is not None, "shared": []}
        ]
    # How rare a word is, is counted over all slots, so all of them are read here too.
    everything = [phrase for phrases in pairing.slots.tasks for phrase in phrases or ()]
    alike = likeness(wanted, everything)[:, [everything.index(phrase) for phrase in offered]]
    shared = [
        {"wanted": wanted[int(alike[:, column].argmax())], "offered": phrase}
        for column, phrase in enumerate(offered)
        if len(wanted) and alike[:, column].max() >= ALIKE
    ]
    return [{"wanted_known": True, "offered_known": True, "shared": shared}]


TASKS = Criterion("tasks", _layer, _facts)
