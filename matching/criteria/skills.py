"""Skills and licences asked: by level, near skills in part, taught ones as learnable."""

import numpy as np
from numpy.typing import NDArray

from matching.criteria.layer import Blend, Criterion, Facts, Layer
from matching.pairing import Pairing
from matching.profiles import ASKED_TRAINED, LICENCES, UNKNOWN, Floats, Levels


def score_skill(
    held: Levels, closeness: Floats, asked: int, learnable: float
) -> tuple[Floats, Floats]:
    """
    Score how far candidates master one asked skill, by what they hold of it and of skills near it.

    A skill counts ``closeness * min(held, asked) / asked``; the best one counts. More than asked is
    no minus.

    Parameters
    ----------
    held : ndarray of int8, shape (n_candidates, n_near)
        Levels of the near skills, 0 not held, ``UNKNOWN``.
    closeness : ndarray of float, shape (n_near,)
        In (0, 1]; 1 is the asked skill itself.
    asked : int
        Level asked, 1 to 4.
    learnable : float
        What it is worth anyhow, because the slot teaches it; 0 when it does not.

    Returns
    -------
    least, most : ndarray of float, shape (n_candidates,)
        What it is worth at least and at most, in [0, 1]; equal where all is known.
    """
    worth = closeness[None, :] * np.minimum(held, asked) / asked
    least = np.where(held == UNKNOWN, 0.0, worth).max(axis=1, initial=learnable)
    most = np.where(held == UNKNOWN, closeness[None, :], worth).max(axis=1, initial=learnable)
    return least, most


def _learnable(pairing: Pairing, row: int) -> tuple[float, float]:
    """Return what a skill is worth, at least and at most, because it is or may be taught here."""
    asked, worth = pairing.slots.skills, pairing.policy.learnable
    slot = asked.owner[row]
    taught = pairing.slots.taught[slot, asked["skill"][row]] >= asked["level"][row]
    if asked["strength"][row] == ASKED_TRAINED or taught:
        return worth, worth
    return 0.0, 0.0 if pairing.slots.taught_known[slot] else worth


def _item(pairing: Pairing, row: int, people: slice) -> tuple[Floats, Floats]:
    asked = pairing.slots.skills
    closeness = pairing.closeness[asked["skill"][row]]
    near = np.flatnonzero(closeness)
    held = pairing.candidates.skills[people][:, near]
    least, most = score_skill(held, closeness[near], int(asked["level"][row]), 0.0)
    taught_least, taught_most = _learnable(pairing, row)
    return np.maximum(least, taught_least), np.maximum(most, taught_most)


LICENCE_WEIGHT = 1.0
"""A licence weighs as much as a skill that matters somewhat."""


def _licence(pairing: Pairing, row: int, held: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return what one asked licence is worth, at least and at most."""
    asked = pairing.slots.licences
    trained = asked["strength"][row] == ASKED_TRAINED
    has = (held != UNKNOWN) & (held >> int(asked["licence"][row]) & 1 == 1)
    least = np.where(has, 1.0, pairing.policy.learnable if trained else 0.0)
    return least, np.where(held == UNKNOWN, 1.0, least)


def _layer(pairing: Pairing) -> Layer:
    asked, blend = pairing.slots.skills, Blend(pairing)
    for row, slot in enumerate(pairing.slots.licences.owner):
        least, most = _licence(pairing, row, pairing.candidates.licences)
        blend.add(int(slot), least, most, LICENCE_WEIGHT)
    for row, slot in enumerate(asked.owner):
        least, most = _item(pairing, row, slice(None))
        blend.add(int(slot), least, most, float(asked["weight"][row]))
    return blend.layer(unknown=~pairing.slots.skills_known[None, :])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked, codes = pairing.slots.skills, pairing.slots.vocabulary.taxonomy.codes
    facts = []
    for row in asked.rows_of(j):
        skill, level = int(asked["skill"][row]), int(asked["level"][row])
        least, most = _item(pairing, int(row), slice(i, i + 1))
        held = pairing.candidates.skills[i]
        worth = np.where(held > 0, pairing.closeness[skill] * np.minimum(held, level) / level, 0.0)
        best = int(np.argmax(worth))
        facts.append(
            {
                "skill": codes[skill],
                "asked": level,
                "weight": int(asked["weight"][row]),
                "held": None if held[skill] == UNKNOWN else int(held[skill]),
                "near": codes[best] if best != skill and worth[best] > 0 else None,
                "taught": _learnable(pairing, int(row))[0] > 0,
                "known": bool(least[0] == most[0]),
                "least": float(least[0]),
            }
        )
    return facts + _licence_facts(pairing, i, j)


def _licence_facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked, facts = pairing.slots.licences, []
    for row in asked.rows_of(j):
        least, most = _licence(pairing, int(row), pairing.candidates.licences[i : i + 1])
        has = bool(least[0] == 1.0)
        facts.append(
            {
                "licence": LICENCES[int(asked["licence"][row])],
                "asked": 1,
                "held": int(has) if least[0] == most[0] else None,
                "near": None,
                "taught": bool(asked["strength"][row] == ASKED_TRAINED),
                "known": bool(least[0] == most[0]),
            }
        )
    return facts


SKILLS = Criterion("skills", _layer, _facts)
