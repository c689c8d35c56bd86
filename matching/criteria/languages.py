"""Language levels held against levels asked, skill by skill, on CEFR."""

import numpy as np

from matching.arrays import Floats, Ints
from matching.criteria.layer import Blend, Criterion, Facts, Layer
from matching.facts.alike import Reads, kept_with
from matching.facts.pairing import Pairing
from matching.facts.profiles import CEFR, LANGUAGE_SKILLS, UNKNOWN, Candidates, Levels, Slots


def score_language(held: Levels, asked: Ints, learnable: Floats) -> tuple[Floats, Floats]:
    """
    Score how far a level held reaches the level asked.

    It is ``min(held, asked) / asked``, on ranks from 0 to 6.

    Parameters
    ----------
    held : ndarray of int8
        Rank in ``CEFR``, or ``UNKNOWN``.
    asked : ndarray of int
        Rank in ``CEFR``.
    learnable : ndarray of float
        What it is worth anyhow, because the slot trains it; 0 when it does not.

    Returns
    -------
    least, most : ndarray of float, in the shape that all three broadcast to
        What it is worth at least and at most, in [0, 1]; equal where the level is known.
    """
    nothing, unknown = asked == 0, held == UNKNOWN
    reached = np.minimum(held, asked) / np.where(nothing, 1, asked)
    least = np.where(nothing, 1.0, np.maximum(np.where(unknown, 0.0, reached), learnable))
    return least, np.where(unknown, 1.0, least)


def _learnable(pairing: Pairing, rows: Ints) -> Floats:
    asked = pairing.slots.languages
    trained = asked["trained_to"][rows] >= asked["level"][rows]
    return np.where(trained, pairing.policy.learnable, 0.0)


def _layer(pairing: Pairing) -> Layer:
    asked, blend = pairing.slots.languages, Blend(pairing)
    for rows in asked.turns:
        held = pairing.candidates.languages[:, asked["language"][rows], asked["skill"][rows]]
        items = score_language(held, asked["level"][rows], _learnable(pairing, rows))
        blend.add(asked.owner[rows], *items)
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
                "trained": bool(_learnable(pairing, row) > 0),
            }
        )
    return facts


def levels_asked(candidates: Candidates, slots: Slots) -> list[Levels]:
    """Return the levels held in what any of the slots asks, a column each."""
    return [candidates.languages[:, language, skill] for language, skill in _cells(slots)]


@kept_with
def _cells(slots: Slots) -> list[tuple[int, int]]:
    asked = slots.languages
    return sorted(set(zip(asked["language"].tolist(), asked["skill"].tolist(), strict=True)))


LANGUAGES_READ = (
    "languages.language",
    "languages.skill",
    "languages.level",
    "languages.trained_to",
    "languages_known",
)
"""Columns of slots."""

LANGUAGES = Criterion(
    "languages",
    _layer,
    _facts,
    Reads(("languages",), LANGUAGES_READ, levels_asked),
)
