"""Work conditions that somebody wants or would rather avoid; a *must* is a hard rule."""

import numpy as np

from matching.arrays import Floats
from matching.criteria.layer import Criterion, Facts, Layer
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import AVOID, NO, UNKNOWN, WANTED, YES

MEETS = {WANTED: YES, AVOID: NO}
"""What a slot has to say of a condition to meet what somebody would like."""


def score_conditions(met: Floats, unknown: Floats, total: Floats, neutral: float) -> Floats:
    """
    Score how many of somebody's conditions are met; an unknown one counts as neutral.

    Parameters
    ----------
    met, unknown, total : ndarray of float
        How many conditions that somebody wants or would rather avoid are met, how many are unknown,
        and how many there are.
    neutral : float
        In [0, 1].

    Returns
    -------
    ndarray of float
        In [0, 1]; 1 when there are none, ``nan`` when all are unknown.
    """
    value = (met + neutral * unknown) / np.maximum(total, 1)
    return np.where(total == 0, 1.0, np.where(unknown == total, np.nan, value))


def _layer(pairing: Pairing) -> Layer:
    people, offers = pairing.candidates, pairing.slots.conditions.T
    met, unknown, total = (np.zeros(pairing.shape) for _ in range(3))
    for need, answer in MEETS.items():
        has = (people.conditions == need).astype(np.float64)
        met += has @ (offers == answer)
        unknown += has @ (offers == UNKNOWN)
        total += has.sum(axis=1, keepdims=True)
    value = score_conditions(met, unknown, total, pairing.policy.neutral)
    known = np.where(total == 0, 1.0, (total - unknown) / np.maximum(total, 1))
    value[~people.conditions_known], known[~people.conditions_known] = np.nan, 0.0
    return Layer(value, known)


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    words = {YES: "yes", NO: "no", UNKNOWN: "unknown"}
    facts = []
    for condition, code in enumerate(pairing.slots.vocabulary.conditions):
        need = int(pairing.candidates.conditions[i, condition])
        if need in (WANTED, AVOID):
            offer = int(pairing.slots.conditions[j, condition])
            facts.append(
                {
                    "condition": code,
                    "need": "wanted" if need == WANTED else "avoid",
                    "offer": words[offer],
                    "met": None if offer == UNKNOWN else offer == MEETS[need],
                }
            )
    return facts


CONDITIONS = Criterion(
    "conditions",
    _layer,
    _facts,
    Reads(("conditions", "conditions_known"), ("conditions",)),
)
