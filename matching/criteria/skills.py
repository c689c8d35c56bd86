"""Skills and licences asked: by level, near skills in part, taught ones as learnable."""

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Floats, Ints
from matching.criteria.layer import Blend, Criterion, Facts, Layer
from matching.facts.mastery import mastery, score_near, taught_here
from matching.facts.pairing import Pairing
from matching.facts.profiles import ASKED_TRAINED, LICENCES, UNKNOWN


def learnable(pairing: Pairing, rows: Ints) -> tuple[Floats, Floats]:
    """Return what skills are worth, at least and at most, because they are or may be taught."""
    asked, worth = pairing.slots.skills, pairing.policy.learnable
    taught, perhaps = taught_here(pairing.slots)
    surely = (asked["strength"][rows] == ASKED_TRAINED) | taught[rows]
    return np.where(surely, worth, 0.0), np.where(surely | perhaps[rows], worth, 0.0)


def score_skills(pairing: Pairing, rows: Ints, kinds: Ints) -> tuple[Floats, Floats]:
    """
    Score how far kinds of people master what is asked; the best of it and what lies near counts.

    Parameters
    ----------
    pairing : Pairing
    rows, kinds : ndarray of int
        Rows of the slots' table of skills, and kinds as ``mastery`` numbers them.

    Returns
    -------
    least, most : ndarray of float, in the shape that both broadcast to
        What it is worth at least and at most, in [0, 1]; equal where all is known.
    """
    known = mastery(pairing)
    level = known.asked.level[rows]
    taught_least, taught_most = learnable(pairing, rows)
    least = np.maximum(known.least[level, kinds], taught_least)
    return least, np.maximum(known.most[level, kinds], taught_most)


LICENCE_WEIGHT = 1.0
"""A licence weighs as much as a skill that matters somewhat."""


def score_licence(pairing: Pairing, rows: Ints, held: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """
    Score whether asked licences are held.

    Parameters
    ----------
    pairing : Pairing
    rows : ndarray of int
        Rows of the slots' table of licences.
    held : ndarray of int
        Licences as bits, or ``UNKNOWN``.

    Returns
    -------
    least, most : ndarray of float, in the shape that both broadcast to
    """
    asked = pairing.slots.licences
    trained = np.where(asked["strength"][rows] == ASKED_TRAINED, pairing.policy.learnable, 0.0)
    licence = asked["licence"][rows].astype(np.int64)  # a table without rows knows no kind
    has = (held != UNKNOWN) & (held >> licence & 1 == 1)
    least = np.where(has, 1.0, trained)
    return least, np.where(held == UNKNOWN, 1.0, least)


def _layer(pairing: Pairing) -> Layer:
    asked, licences, blend = pairing.slots.skills, pairing.slots.licences, Blend(pairing)
    for rows in licences.turns:
        held = pairing.candidates.licences[:, None]
        blend.add(licences.owner[rows], *score_licence(pairing, rows, held), LICENCE_WEIGHT)
    for rows in asked.turns:
        items = score_skills(pairing, rows, mastery(pairing).kinds_of(rows))
        blend.add(asked.owner[rows], *items, asked["weight"][rows])
    return blend.layer(unknown=~pairing.slots.skills_known[None, :])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked, codes = pairing.slots.skills, pairing.slots.vocabulary.taxonomy.codes
    rows, own = asked.rows_of(j), pairing.candidates.skills[i]
    columns = (asked[name][rows].tolist() for name in ("skill", "level", "weight"))
    taught = (worth.tolist() for worth in learnable(pairing, rows))
    each = zip(*columns, *taught, _nearest(pairing, i, rows), strict=True)
    facts = []
    for skill, level, weight, taught_least, taught_most, (best, worth, possible) in each:
        held, least = int(own[skill]), max(worth, taught_least)
        facts.append(
            {
                "skill": codes[skill],
                "asked": level,
                "weight": weight,
                "held": None if held == UNKNOWN else held,
                "near": codes[best] if best != skill and worth > 0 else None,
                "taught": taught_least > 0,
                "known": least == max(possible, taught_most),
                "least": least,
            }
        )
    return facts + _licence_facts(pairing, i, j)


def _nearest(pairing: Pairing, i: int, rows: Ints) -> list[tuple[int, float, float]]:
    """Return what of somebody's skills is worth most for each row: at least, and at most."""
    if not len(rows):
        return []
    asked, held = pairing.slots.skills, pairing.candidates.skills[i]
    each = [pairing.near(skill) for skill in asked["skill"][rows].tolist()]
    near, closeness = (np.concatenate(parts) for parts in zip(*each, strict=True))
    counts = np.array([len(others) for others, _ in each])
    levels = np.repeat(asked["level"][rows], counts)
    worth, possible = score_near(held[near], closeness, levels)
    first = np.cumsum(counts) - counts
    most = np.maximum.reduceat(possible, first).tolist()
    found = []
    for start, count, best_possible in zip(first.tolist(), counts.tolist(), most, strict=True):
        at = start + int(np.argmax(worth[start : start + count]))
        found.append((int(near[at]), float(worth[at]), best_possible))
    return found


def _licence_facts(pairing: Pairing, i: int, j: int) -> Facts:
    asked, facts = pairing.slots.licences, []
    for row in asked.rows_of(j):
        held = pairing.candidates.licences[i : i + 1]
        least, most = score_licence(pairing, row, held)
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
