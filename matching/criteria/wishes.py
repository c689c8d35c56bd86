"""Ranked wishes: the dearest counts fully, each next one a little less."""

import numpy as np

from matching.criteria.layer import Criterion, Facts, Layer
from matching.facts.pairing import Pairing
from matching.facts.profiles import TARGETS
from matching.facts.targets import targets

STEP = 0.2
"""What a wish loses for each rank below the first."""

LEAST = 0.2
"""What any wish is worth, however far down: it was made."""


def score_wish(rank: int) -> float:
    """
    Score a wish by its rank.

    Parameters
    ----------
    rank : int
        1 is the dearest.

    Returns
    -------
    float
        1.0, 0.8, 0.6, 0.4, and 0.2 from the fifth on.
    """
    return max(LEAST, 1.0 - STEP * (rank - 1))


def _layer(pairing: Pairing) -> Layer:
    people, wishes = pairing.candidates, pairing.candidates.wishes
    made = np.zeros(len(people), dtype=np.bool_)
    made[wishes.owner] = True
    value = np.where(made[:, None], 0.0, np.ones(pairing.shape))
    for row in range(len(wishes)):
        i = int(wishes.owner[row])
        hit = targets(pairing.slots).about(int(wishes["target"][row]), str(wishes["code"][row]))
        value[i, hit] = np.maximum(value[i, hit], score_wish(int(wishes["rank"][row])))
    value[~people.wishes_known] = np.nan
    return Layer(value, (~np.isnan(value)).astype(np.float64))


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    if not pairing.candidates.wishes_known[i]:
        return [{"known": False, "rank": None}]
    wishes = pairing.candidates.wishes
    hits = [
        (int(wishes["rank"][row]), TARGETS[int(wishes["target"][row])], str(wishes["code"][row]))
        for row in wishes.rows_of(i)
        if j in targets(pairing.slots).about(int(wishes["target"][row]), str(wishes["code"][row]))
    ]
    if not len(wishes.rows_of(i)):
        return []
    if not hits:
        return [{"known": True, "rank": None}]
    rank, about, code = min(hits)
    return [{"known": True, "rank": rank, "about": about, "code": code}]


WISHES = Criterion("wishes", _layer, _facts)
