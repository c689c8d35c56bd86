"""Diploma level held against the level asked, on EQF."""

import numpy as np

from matching.arrays import Floats, Ints
from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import ASKED_TRAINED, UNKNOWN


def score_education(held: Floats, asked: Floats, learnable: Floats) -> tuple[Floats, Floats]:
    """
    Score how far a diploma reaches the level asked: ``min(held, asked) / asked``.

    Parameters
    ----------
    held : ndarray of float
        EQF 0 to 8; ``nan`` unknown.
    asked : ndarray of float
        EQF 0 to 8.
    learnable : ndarray of float
        What it is worth anyhow, because the slot trains to that level; 0 when it does not.

    Returns
    -------
    least, most : ndarray of float, in the shape that all three broadcast to
        What it is worth at least and at most, in [0, 1]; equal where the diploma is known.
    """
    reached = np.where(asked == 0, 1.0, np.minimum(held, asked) / np.where(asked == 0, 1.0, asked))
    unknown = np.isnan(reached)
    least = np.maximum(np.where(unknown, 0.0, reached), learnable)
    return least, np.where(unknown, 1.0, least)


def _learnable(pairing: Pairing, slots: Ints) -> Floats:
    trained = pairing.slots.education_strength[slots] == ASKED_TRAINED
    return np.where(trained, pairing.policy.learnable, 0.0)


def _layer(pairing: Pairing) -> Layer:
    blend, asked = Blend(pairing), pairing.slots.education
    asking = np.flatnonzero(~np.isnan(asked))
    held = pairing.candidates.eqf[:, None]
    blend.add(asking, *score_education(held, asked[asking], _learnable(pairing, asking)))
    return blend.layer(unknown=(pairing.slots.education_strength == UNKNOWN)[None, :])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked = number(pairing.slots.education[j])
    if not asked:
        return []
    held = number(pairing.candidates.eqf[i])
    return [
        {"held": held, "asked": asked, "trained": bool(_learnable(pairing, np.array([j]))[0] > 0)}
    ]


EDUCATION = Criterion(
    "education", _layer, _facts, Reads(("eqf",), ("education", "education_strength"))
)
