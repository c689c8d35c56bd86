"""Weekly hours of support that somebody wants; what is essential is a hard rule."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats
from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import Candidates, Slots


def score_support(needed: Floats, offered: Floats) -> tuple[Floats, Floats]:
    """
    Score how much of the wanted hours is offered: ``min(offered, needed) / needed``.

    Parameters
    ----------
    needed : ndarray of float
        Weekly hours wanted, more than 0; ``nan`` unknown.
    offered : ndarray of float
        Weekly hours of the slot in all; ``nan`` unknown.

    Returns
    -------
    least, most : ndarray of float, in the shape that both broadcast to
        What it is worth at least and at most, in [0, 1]; equal where it is known.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(offered == 0, 0.0, np.minimum(offered, needed) / needed)
    unknown = np.isnan(share)
    return np.where(unknown, 0.0, share), np.where(unknown, 1.0, share)


def _wanted(people: Candidates) -> Bools:
    wanted: Bools = (people.support_hours != 0) & ~people.support_essential
    return wanted


def _layer(pairing: Pairing) -> Layer:
    people, blend = pairing.candidates, Blend(pairing)
    offered, wanted = pairing.slots.support_hours, _wanted(people)
    for kind in np.flatnonzero(wanted.any(axis=0)):
        who = wanted[:, kind, None]
        needed = np.where(who, people.support_hours[:, kind, None], 1.0)
        blend.add(slice(None), *score_support(needed, offered[:, kind]), who.astype(np.float64))
    return blend.layer(unknown=~people.support_known[:, None])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    people, slots = pairing.candidates, pairing.slots
    wanted = _wanted(people)[i]
    return [
        {
            "support": code,
            "needed": number(people.support_hours[i, kind]),
            "offered": number(slots.support_hours[j, kind]),
        }
        for kind, code in enumerate(slots.vocabulary.support)
        if wanted[kind]
    ]


def _hours_wanted(people: Candidates, _: Slots) -> list[NDArray[Any]]:
    return [np.where(_wanted(people), people.support_hours, 0.0), people.support_known]


SUPPORT = Criterion(
    "support",
    _layer,
    _facts,
    Reads(
        ("support_hours", "support_essential", "support_known"), ("support_hours",), _hours_wanted
    ),
)
