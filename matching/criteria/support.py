"""Weekly hours of support that somebody wants; what is essential is a hard rule."""

import numpy as np

from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.pairing import Pairing
from matching.profiles import Floats


def score_support(needed: Floats, offered: float) -> tuple[Floats, Floats]:
    """
    Score how much of the wanted hours is offered: ``min(offered, needed) / needed``.

    Parameters
    ----------
    needed : ndarray of float, shape (n_candidates,)
        Weekly hours wanted, more than 0; ``nan`` unknown.
    offered : float
        Weekly hours for one person; ``nan`` unknown.

    Returns
    -------
    least, most : ndarray of float, shape (n_candidates,)
        What it is worth at least and at most, in [0, 1]; equal where it is known.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(offered == 0, 0.0, np.minimum(offered, needed) / needed)
    unknown = np.isnan(share)
    return np.where(unknown, 0.0, share), np.where(unknown, 1.0, share)


def _wanted(pairing: Pairing, kind: int) -> Floats:
    people = pairing.candidates
    wanted = (people.support_hours[:, kind] != 0) & ~people.support_essential[:, kind]
    weight: Floats = wanted.astype(np.float64)
    return weight


def _layer(pairing: Pairing) -> Layer:
    people, blend = pairing.candidates, Blend(pairing)
    for kind in range(people.support_hours.shape[1]):
        wanted = _wanted(pairing, kind)
        if wanted.any():
            needed = np.where(wanted > 0, people.support_hours[:, kind], 1.0)
            for j, offered in enumerate(pairing.slots.support_hours[:, kind]):
                blend.add(j, *score_support(needed, float(offered)), wanted)
    return blend.layer(unknown=~people.support_known[:, None])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    people, slots = pairing.candidates, pairing.slots
    return [
        {
            "support": code,
            "needed": number(people.support_hours[i, kind]),
            "offered": number(slots.support_hours[j, kind]),
        }
        for kind, code in enumerate(slots.vocabulary.support)
        if _wanted(pairing, kind)[i]
    ]


SUPPORT = Criterion("support", _layer, _facts)
