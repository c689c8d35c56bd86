"""Language levels held against levels asked, skill by skill, on CEFR."""

import numpy as np

from matching.criteria.layer import Blend, Criterion, Facts, Layer
from matching.pairing import Pairing
from matching.profiles import CEFR, LANGUAGE_SKILLS, UNKNOWN, Floats, Levels


def score_language(held: Levels, asked: int, learnable: float) -> tuple[Floats, Floats]:
    """
    Score how far a level held reaches the level asked.

    It is ``min(held, asked) / asked``, on ranks from 0 to 6.

    Parameters
    ----------
    held : ndarray of int8, shape (n_candidates,)
        Rank in ``CEFR``, or ``UNKNOWN``.
    asked : int
        Rank in ``CEFR``.
    learnable : float
        What it is worth anyhow, because the slot trains it; 0 when it does not.

    Returns
    -------
    least, most : ndarray of float, shape (n_candidates,)
        What it is worth at least and at most, in [0, 1]; equal where the level is known.
    """
    if asked == 0:
        full = np.ones(len(held))
        return full, full
    unknown = held == UNKNOWN
    least = np.maximum(np.where(unknown, 0.0, np.minimum(held, asked) / asked), learnable)
    return least, np.where(unknown, 1.0, least)


def _learnable(pairing: Pairing, row: int) -> float:
    asked = pairing.slots.languages
    return pairing.policy.learnable if asked["trained_to"][row] >= asked["level"][row] else 0.0


def _layer(pairing: Pairing) -> Layer:
    asked, blend = pairing.slots.languages, Blend(pairing)
    for row, slot in enumerate(asked.owner):
        held = pairing.candidates.languages[:, asked["language"][row], asked["skill"][row]]
        least, most = score_language(held, int(asked["level"][row]), _learnable(pairing, row))
        blend.add(int(slot), least, most)
    return blend.layer(unknown=~pairing.slots.languages_known[None, :])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked = pairing.slots.languages
    facts = []
    for row in asked.rows_of(j):
        language, skill = int(asked["language"][row]), int(asked["skill"][row])
        held = int(pairing.candidates.languages[i, language, skill])
        facts.append(
            {
                "language": pairing.slots.vocabulary.languages[language],
                "skill": LANGUAGE_SKILLS[skill],
                "held": None if held == UNKNOWN else CEFR[held],
                "asked": CEFR[int(asked["level"][row])],
                "reached": held >= int(asked["level"][row]),
                "trained": _learnable(pairing, int(row)) > 0,
            }
        )
    return facts


LANGUAGES = Criterion("languages", _layer, _facts)
