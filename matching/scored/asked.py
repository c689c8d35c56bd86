"""
The skills and licences that slots ask, laid out for ``kernels/layers.c``.

Nearly everybody holds something else, so there is no table of kinds of people. What one asked thing
is worth to each kind of people comes from the criterion and the rule; only the mean over the things
that a slot asks is taken anew, in the same order.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Floats, Int32s, Ints
from matching.criteria.layer import worth_of
from matching.criteria.skills import LICENCE_WEIGHT, score_licence, score_skills
from matching.facts.alike import kept_with, sort_out
from matching.facts.mastery import mastery, taught_here
from matching.facts.pairing import Pairing
from matching.facts.profiles import LICENCES, UNKNOWN, Candidates, Slots
from matching.rules import NO as REFUSES
from matching.rules.asked import skill_verdicts
from matching.scored.tables import weighted_steps


@dataclass(frozen=True, eq=False)
class Asked:
    """
    The skills and licences that slots ask.

    Slots that ask the same of the same skill, weighed alike, ask one thing.

    Parameters
    ----------
    start : ndarray of int, shape (n_slots + 1,)
        Where the items of each slot begin.
    thing : ndarray of int, shape (n_items,)
        What each item is.
    column : ndarray of int, shape (n_things,)
        Which row of ``kinds`` tells who holds it.
    kinds : ndarray of uint16, shape (n_columns, n_candidates)
    first : ndarray of int, shape (n_things,)
        Where its worth to each kind begins.
    worth : ndarray of float
        Weight times worth; minus infinity where the rule about skills refuses.
    weight : ndarray of float, shape (n_slots,)
        Of all items of a slot.
    blank : ndarray of int32, shape (n_slots,)
        Weighted steps where a slot has no items.
    weighs : int
        The weight of the criterion.
    """

    start: Ints
    thing: Ints
    column: Ints
    kinds: NDArray[np.uint16]
    first: Ints
    worth: Floats
    weight: Floats
    blank: Int32s
    weighs: int

    def take(self, rows: Ints) -> Self:
        """Return the same for some candidates."""
        return replace(self, kinds=self.kinds.take(rows, axis=1))


@dataclass(frozen=True, eq=False)
class _Items:
    """What slots ask, whoever comes: a row of each thing in both tables, and items slot by slot."""

    licences: Ints
    skills: Ints
    thing: Ints
    start: Ints
    weight: Floats


@kept_with
def _items(slots: Slots) -> _Items:
    licences, skills = (
        np.flatnonzero(slots.skills_known[table.owner]) for table in (slots.licences, slots.skills)
    )
    read = [slots.licences[name][licences] for name in ("licence", "strength")]
    of_licences = sort_out(read, len(licences))
    read = [slots.skills[name][skills] for name in ("skill", "level", "weight", "strength")]
    read += [told[skills] for told in taught_here(slots)]
    of_skills = sort_out(read, len(skills))
    thing = np.concatenate([of_licences.of, len(of_licences) + of_skills.of])
    owner = np.concatenate([slots.licences.owner[licences], slots.skills.owner[skills]])
    weighs = [np.full(len(licences), LICENCE_WEIGHT), slots.skills["weight"][skills]]
    order = np.argsort(owner, kind="stable")
    return _Items(
        licences[of_licences.first],
        skills[of_skills.first],
        thing[order],
        start=np.searchsorted(owner[order], np.arange(len(slots) + 1)),
        weight=np.bincount(owner, np.concatenate(weighs), len(slots)).astype(np.float64),
    )


def asked(pairing: Pairing) -> Asked:
    """Lay out what slots ask: of each slot first licences, then skills, as the criterion does."""
    slots, policy, items = pairing.slots, pairing.policy, _items(pairing.slots)
    parts = [_licence_worth(pairing, items.licences), _skill_worth(pairing, items.skills)]
    column, counts, worth = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    nothing, unknown = weighted_steps(np.array([1.0, np.nan]), "skills", policy)
    return Asked(
        start=items.start,
        thing=items.thing,
        column=column,
        kinds=np.concatenate([_licences_held(pairing.candidates), mastery(pairing).kind]),
        first=np.cumsum(counts) - counts,
        worth=worth,
        weight=items.weight,
        blank=np.where(slots.skills_known, nothing, unknown),
        weighs=policy.weights["skills"],
    )


def _licences_held(people: Candidates) -> NDArray[np.uint16]:
    """Return whether each licence is held, (n_licences, n_candidates): no, yes or unknown."""
    held = people.licences >> np.arange(len(LICENCES))[:, None] & 1
    return np.where(people.licences == UNKNOWN, 2, held).astype(np.uint16)


def _licence_worth(pairing: Pairing, rows: Ints) -> tuple[Ints, Ints, Floats]:
    licence = pairing.slots.licences["licence"][rows].astype(np.int64)
    held = np.stack([np.zeros_like(licence), 1 << licence, np.full_like(licence, UNKNOWN)])
    worth = worth_of(*score_licence(pairing, rows, held), pairing.policy.neutral)
    return licence, np.full(len(rows), len(held)), LICENCE_WEIGHT * worth.T.ravel()


def _skill_worth(pairing: Pairing, rows: Ints) -> tuple[Ints, Ints, Floats]:
    known, policy = mastery(pairing), pairing.policy
    column = known.asked.column[rows]
    start = known.start[column]
    counts = known.start[column + 1] - start
    each = np.repeat(rows, counts)
    kinds = np.arange(counts.sum()) + np.repeat(start - (np.cumsum(counts) - counts), counts)
    worth = worth_of(*score_skills(pairing, each, kinds), policy.neutral)
    worth = pairing.slots.skills["weight"][each] * worth
    if policy.rules["skills"].applies:
        worth[skill_verdicts(pairing, known.held[kinds], each) == REFUSES] = -np.inf
    return len(LICENCES) + column, counts, worth
