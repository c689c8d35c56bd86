"""Diploma level held against the level asked, on EQF."""

import numpy as np

from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.pairing import Pairing
from matching.profiles import ASKED_TRAINED, UNKNOWN, Floats


def score_education(held: Floats, asked: float, learnable: float) -> tuple[Floats, Floats]:
    """
    Score how far a diploma reaches the level asked: ``min(held, asked) / asked``.

    Parameters
    ----------
    held : ndarray of float, shape (n_candidates,)
        EQF 0 to 8; ``nan`` unknown.
    asked : float
        EQF 0 to 8.
    learnable : float
        What it is worth anyhow, because the slot trains to that level; 0 when it does not.

    Returns
    -------
    least, most : ndarray of float, shape (n_candidates,)
        What it is worth at least and at most, in [0, 1]; equal where the diploma is known.
    """
    reached = np.ones_like(held) if asked == 0 else np.minimum(held, asked) / asked
    unknown = np.isnan(reached)
    least = np.maximum(np.where(unknown, 0.0, reached), learnable)
    return least, np.where(unknown, 1.0, least)


def _learnable(pairing: Pairing, j: int) -> float:
    trained = pairing.slots.education_strength[j] == ASKED_TRAINED
    return pairing.policy.learnable if trained else 0.0


def _layer(pairing: Pairing) -> Layer:
    blend = Blend(pairing)
    for j, asked in enumerate(pairing.slots.education):
        if not np.isnan(asked):
            held = pairing.candidates.eqf
            blend.add(j, *score_education(held, float(asked), _learnable(pairing, j)))
    return blend.layer(unknown=(pairing.slots.education_strength == UNKNOWN)[None, :])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked = number(pairing.slots.education[j])
    if not asked:
        return []
    held = number(pairing.candidates.eqf[i])
    return [{"held": held, "asked": asked, "trained": _learnable(pairing, j) > 0}]


EDUCATION = Criterion("education", _layer, _facts)
