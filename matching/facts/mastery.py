"""
What everybody masters of the skills that slots ask, or of skills near them.

Who holds the same of a skill and of all that lies near it, counts alike for it. So each asked skill
sorts people out into a few kinds, and what it is worth at each level asked is worked out per kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats, Ints
from matching.facts.alike import Kinds, kept_with, sort_out
from matching.facts.pairing import Pairing
from matching.facts.profiles import UNKNOWN, Levels, Slots


def score_near(held: Levels, closeness: Floats, asked: int | Ints) -> tuple[Floats, Floats]:
    """
    Score what a skill is worth to somebody who is asked for it, or for one near it.

    It is ``closeness * min(held, asked) / asked``: more than asked is no minus.

    Parameters
    ----------
    held : ndarray of int8
        Levels held, 0 not held, ``UNKNOWN``.
    closeness : ndarray of float
        How near each of them is to the skill asked, in (0, 1]; 1 is the asked skill itself.
    asked : int or ndarray of int
        Level asked, 1 to 4.

    Returns
    -------
    least, most : ndarray of float, in the shape that both broadcast to
        What it is worth at least and at most, in [0, 1]; equal where the level is known.
    """
    worth = closeness * np.minimum(held, asked) / asked
    unknown = held == UNKNOWN
    return np.where(unknown, 0.0, worth), np.where(unknown, closeness, worth)


@dataclass(frozen=True, eq=False)
class AskedSkills:
    """
    The different skills that slots ask, and what lies near them.

    Parameters
    ----------
    skills, column : ndarray of int, shape (n_skills,), (n_rows,)
        The skills, and which of them each row of the slots' table asks.
    levels, level : ndarray of int, shape (n_levels,), (n_rows,)
        The levels, and which of them each row asks.
    each : list of (ndarray of int, ndarray of float)
        Of each skill those near it, and how close.
    """

    skills: Ints
    column: Ints
    levels: Ints
    level: Ints
    each: list[tuple[Ints, Floats]]

    @cached_property
    def together(self) -> tuple[Ints, Floats, Ints]:
        """What is near each skill, one after the other; how close; where each one's begin."""
        if not self.each:
            return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.int64)
        others, closeness = zip(*self.each, strict=True)
        counts = np.array([len(near) for near in others])
        return np.concatenate(others), np.concatenate(closeness), np.cumsum(counts) - counts


class _Asked:
    """What slots ask, for any closeness."""

    def __init__(self, slots: Slots) -> None:
        self._taxonomy = slots.vocabulary.taxonomy
        self._skills = _different(slots.skills["skill"])
        self._levels = _different(slots.skills["level"])
        self._near: dict[float, AskedSkills] = {}

    def near(self, near: float) -> AskedSkills:
        """Return it with what lies near."""
        if near not in self._near:
            each = [self._taxonomy.near(skill, near) for skill in self._skills[0].tolist()]
            self._near[near] = AskedSkills(*self._skills, *self._levels, each)
        return self._near[near]


@kept_with
def asked_skills(slots: Slots) -> _Asked:
    """Return what slots ask; found once for each set of slots."""
    return _Asked(slots)


def _different(values: NDArray[np.int64]) -> tuple[Ints, Ints]:
    different, which = np.unique(values.astype(np.int64), return_inverse=True)
    return different, which


@dataclass(frozen=True, eq=False)
class Mastery:
    """
    What people's skills are worth, by kinds of people per skill asked.

    Parameters
    ----------
    asked : AskedSkills
    kind : ndarray of uint16, shape (n_skills, n_candidates)
        The kind of each person, per skill, from 0.
    start : ndarray of int, shape (n_skills + 1,)
        Where the kinds of each skill begin in the arrays below.
    held : ndarray of int8, shape (n_kinds,)
        Level held of the asked skill itself.
    least, most : ndarray of float, shape (n_levels, n_kinds)
        What is held of it, or near it, is worth at each level asked.
    """

    asked: AskedSkills
    kind: NDArray[np.uint16]
    start: Ints
    held: Levels
    least: Floats
    most: Floats

    def kinds_of(self, rows: Ints) -> Ints:
        """Return everybody's kind for what some rows ask, (n_candidates, len(rows))."""
        column = self.asked.column[rows]
        return (self.kind[column] + self.start[column, None]).T


@kept_with
def taught_here(slots: Slots) -> tuple[Bools, Bools]:
    """Return whether each skill asked is taught to the level asked, and whether it may be."""
    asked = slots.skills
    skill = asked["skill"].astype(np.int64)  # a table without rows knows no kind
    taught: Bools = slots.taught[asked.owner, skill] >= asked["level"]
    return taught, ~slots.taught_known[asked.owner]


@kept_with
def mastery(pairing: Pairing) -> Mastery:
    """Return what everybody masters of what is asked; found once for each pairing."""
    asked = asked_skills(pairing.slots).near(pairing.policy.near)
    skills = pairing.candidates.skills
    if len(skills) != 1:
        return _merge(asked, len(skills), [_alike(skills, near) for near, _ in asked.each])
    others, closeness, first = asked.together
    least, most = _worth(asked, skills[0, others], closeness, first)
    kind = np.zeros((len(asked.skills), 1), dtype=np.uint16)
    start = np.arange(len(asked.skills) + 1)
    return Mastery(asked, kind, start, skills[0, asked.skills], least, most)


def _alike(skills: Levels, near: Ints) -> tuple[Ints, Kinds, Levels]:
    """Sort out who holds any of some skills: these people, their kinds, what each kind holds."""
    held = skills[:, near]
    some = np.flatnonzero(held.any(axis=1))
    kinds = sort_out([held[some]], len(some))
    nothing = np.zeros((1, len(near)), dtype=np.int8)
    return some, kinds, np.concatenate([nothing, held[some[kinds.first]]])


def _merge(asked: AskedSkills, n: int, found: list[tuple[Ints, Kinds, Levels]]) -> Mastery:
    """Put together the kinds that are worth the same."""
    profiles = [profile for _, _, profile in found]
    counts = np.array([len(profile) for profile in profiles], dtype=np.int64)
    widths = np.repeat([profile.shape[1] for profile in profiles], counts)
    closeness = [np.tile(c, k) for (_, c), k in zip(asked.each, counts, strict=True)]
    first = np.cumsum(widths) - widths
    least, most = _worth(asked, _joined(profiles), _joined(closeness), first)
    each = zip(profiles, asked.each, asked.skills, strict=True)
    own = [profile[:, near == skill] for profile, (near, _), skill in each]
    skill, held = np.repeat(np.arange(len(counts)), counts), _joined(own)
    kinds = sort_out([skill, held, *least, *most], len(skill))
    start = np.searchsorted(skill[kinds.first], np.arange(len(counts) + 1))
    kind = np.zeros((len(counts), n), dtype=np.uint16)
    begin = np.cumsum(counts) - counts
    for row, (some, theirs, _) in enumerate(found):
        kind[row] = kinds.of[begin[row]] - start[row]
        kind[row, some] = kinds.of[begin[row] + 1 + theirs.of] - start[row]
    at = kinds.first
    return Mastery(asked, kind, start, held[at], least[:, at], most[:, at])


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=np.int8), *(part.ravel() for part in parts)])


def _worth(asked: AskedSkills, held: Levels, closeness: Floats, first: Ints) -> tuple[Floats, ...]:
    """Return what the best of the skills near is worth, at least and at most, level by level."""
    worth = [score_near(held, closeness, level) for level in asked.levels.tolist()]
    none = np.zeros((0, len(first)))
    return tuple(
        np.stack([np.maximum.reduceat(part[k], first) for part in worth]) if worth else none
        for k in (0, 1)
    )
