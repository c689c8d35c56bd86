"""
Lift scores, so that a plan with the highest sum is one that moves few people.

Whoever stays gets a bonus, in points, times the weight of moving that person. How large a bonus has
to be to outweigh all scores is known with seats alone: two plans that place as many differ by
chains and circles of people who take over each other's seats, and each of those passes a slot once.
So no chain changes the score by more than the range of scores times the number of slots and one,
and a larger bonus makes each chain by which fewer people move worth it. Under side rules chains
hang together, and the number of people stands in for that of slots.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.arrays import Ints
from matching.exceptions import ProblemError
from matching.problem import HEADROOM_BITS, Problem
from matching.sides import Resource
from matching.solvers import solve
from matching.solvers.ledger import eligible_pairs

KEEP_STEP: Final = 8
"""How many times the bonus of staying a place is worth that somebody already has; see Lift."""

MOST_STEPS: Final = 4
"""How often that is tried before scores are left to decide."""

MOST_BONUS: Final = 10**9
"""The largest stay bonus that a problem takes."""

FINE_STEPS: Final = 2**10
"""Scores that are not whole keep at least steps of one of these, once they are lifted."""


@dataclass(eq=False)
class Lift:
    """
    A problem of which the scores are lifted.

    Parameters
    ----------
    given : Problem
    effort : ndarray of int, shape (n_candidates,)
        What moving each person counts for; 0 for who has no slot.
    tiers : ndarray of int or None, shape (n_candidates,)
        Who goes first.
    by_level : bool
        Tiers are a level of the objective. Else whoever has a slot goes first by a lift of the
        whole row, which is quicker by far in large problems.
    is_light : bool
        Of a source nothing is gathered: all have the same bonus, which ``Problem`` knows itself,
        and nobody goes first.
    strongest : int
        A bonus that outweighs all scores.
    """

    given: Problem
    effort: Ints
    tiers: Ints | None
    by_level: bool
    is_light: bool
    strongest: int
    _largest: int
    _reach: int
    _longest: int
    _room: int
    _keep: int = 0
    _most_kept: int = 0

    @classmethod
    def of(cls, problem: Problem, effort: Ints, tiers: Ints | None, *, exactly: bool) -> "Lift":
        """
        Work out the bonuses of a problem.

        Parameters
        ----------
        problem : Problem
        effort : ndarray of int, shape (n_candidates,)
        tiers : ndarray of int or None, shape (n_candidates,)
        exactly : bool
            Have tiers as a level of the objective, also where a lift would do.

        Returns
        -------
        Lift

        Raises
        ------
        ProblemError
            If scores lie so far apart that no bonus outweighs them exactly.
        """
        n, m = problem.shape
        by_level = exactly or problem.has_side_rules or problem.tiers is not None
        longest = (n if problem.has_side_rules else m) + 2
        heaviest = max(1, int(effort.max(initial=0)))
        largest, reach = _range(problem)
        strongest = reach * longest
        most = largest + strongest * heaviest * (1 if by_level else 2 * KEEP_STEP + 2)
        room = _room(problem)
        if most > room:
            raise ProblemError(
                f"lie {reach} apart; accepted here, where a bonus has to outweigh them, "
                f"is {max(0, reach * room // most)}",
                field="scores",
            )
        same = len(np.unique(effort[effort > 0])) <= 1
        light = problem.has_source and same and not by_level and strongest * heaviest <= MOST_BONUS
        lift = cls(
            problem, effort, tiers, by_level, light, strongest, largest, reach, longest, room
        )
        if tiers is not None and not by_level:
            lift._most_kept = _most_kept(problem)
        return lift

    @property
    def heaviest(self) -> int:
        """The most that moving one person counts for."""
        return max(1, int(self.effort.max(initial=0)))

    @property
    def weakest(self) -> tuple[int, int]:
        """
        A bonus and a scale of scores, so that any difference in score outweighs all bonuses.

        The bonus is 0 where that does not fit.
        """
        scale = self._longest * self.heaviest
        return (0, 1) if self.is_light or self._largest * scale > self._room else (1, scale)

    @property
    def objective(self) -> tuple[str, ...]:
        """The levels that go with the lifted problem."""
        has_tiers = self.tiers is not None and self.by_level
        return ("placed", "tiers", "score") if has_tiers else ("placed", "score")

    def problem(
        self, bonus: int, scale: int, *, pins: Ints, more: Sequence[Resource] = ()
    ) -> Problem:
        """
        Return the problem with scores times a scale, a bonus for staying, and more resources.

        Parameters
        ----------
        bonus, scale : int
        pins : ndarray of int, shape (n_candidates,)
        more : sequence of Resource, optional

        Returns
        -------
        Problem
        """
        given = self.given
        return replace(
            given,
            scores=given.scores if self.is_light else self._scores(bonus, scale),
            pins=pins,
            resources=[*given.resources, *more],
            tiers=self.tiers if self.by_level else None,
            stay_bonus=bonus * self.heaviest if self.is_light else 0,
        )

    def keeps_all_it_can(self, slots: Ints) -> bool:
        """Whether as many of those with a slot as can have a place have one."""
        if self.by_level or self.tiers is None:
            return True
        current = self.given.current
        assert current is not None
        return bool(((slots >= 0) & (current >= 0)).sum() >= self._most_kept)

    def keep_more(self) -> bool:
        """Make the place that somebody already has worth more; whether that was possible."""
        if self.is_light:
            self.is_light = False
            return True
        self._keep += 1
        return self._keep < MOST_STEPS

    def _scores(self, bonus: int, scale: int) -> Any:
        candidate, slot, score = self._pairs
        current = self.given.current
        assert current is not None
        lifted = scale * score
        if self.tiers is not None and not self.by_level:
            keep = (bonus * self.heaviest + self._reach * scale) * KEEP_STEP ** (1 + self._keep)
            lifted += np.where(current >= 0, keep, 0)[candidate]
        stays = current[candidate] == slot
        lifted[stays] += bonus * self.effort[candidate[stays]]
        starts = np.searchsorted(candidate, np.arange(self.given.shape[0] + 1))
        return sparse.csr_array((lifted, slot, starts), shape=self.given.shape)

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints, NDArray[Any]]:
        candidate, slot, score = eligible_pairs(self.given)
        return candidate, slot, score.astype(np.int64) if self.given.is_whole else score


def _room(problem: Problem) -> int:
    """Return how large a lifted score may be, half of what a problem of this size takes."""
    bits = HEADROOM_BITS - (4 * (sum(problem.shape) + 4)).bit_length() - 1
    return int(2**bits) if problem.is_whole else int(2**bits) // FINE_STEPS


def _range(problem: Problem) -> tuple[int, int]:
    """Return the largest score without its sign, and how far scores lie apart, both rounded up."""
    if problem.has_source:
        low, high = problem.scores.lowest, problem.scores.highest
    elif len(problem.pair_score):
        low, high = problem.pair_score.min().item(), problem.pair_score.max().item()
    else:
        low, high = 0, 0
    return math.ceil(max(abs(low), abs(high))), max(1, math.ceil(high - low))


def _most_kept(problem: Problem) -> int:
    """
    Return how many of those with a slot can have a place at once.

    With seats alone, whoever can have a place together still can in a plan that places as many as
    possible: such sets of people are the independent sets of a matroid.
    """
    assert problem.current is not None
    n = problem.shape[0]
    has_slot = problem.current >= 0
    pins = np.full(n, -1) if problem.pins is None else problem.pins
    kept = has_slot | (pins >= 0)
    candidate, slot, score = eligible_pairs(problem)
    inside = kept[candidate]
    starts = np.searchsorted(candidate[inside], np.arange(n + 1))
    rows = sparse.csr_array((score[inside], slot[inside], starts), shape=problem.shape)
    plan = solve(Problem(rows, problem.seats, pins=pins))
    return plan.placed - int((~has_slot & (pins >= 0)).sum())
