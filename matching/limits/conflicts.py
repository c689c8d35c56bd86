"""
What cannot hold together: an irreducible set of limits that keeps a plan from what is wanted.

Found by solving again with fewer limits, and never read from a solver's own core, which can name
the wrong thing. The search is QuickXplain [1]_: it splits the limits in halves, so that a small set
among many takes few solves. docs/explanation/what-if.md has it in words.

References
----------
.. [1] Junker (2004). QuickXplain: preferred explanations and relaxations for over-constrained
   problems. AAAI 2004. https://cdn.aaai.org/AAAI/2004/AAAI04-027.pdf
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matching.deadline import ENDLESS, Deadline
from matching.limits.named import (
    Limit,
    Wanted,
    code_of_candidate,
    is_possible,
    limits_of,
    loosened,
    read_wanted,
)
from matching.limits.step_program import StepProgram
from matching.problem import Problem
from matching.solvers.ledger import eligible_pairs

GUESSES: Final = 3
"""
The relaxation may place a person or two more than whole people can be; so it is asked for a few
more.
"""


@dataclass(frozen=True)
class Conflict:
    """
    Why there is no plan that brings about what is wanted.

    Parameters
    ----------
    limits : tuple of Limit
        They cannot hold together with what is wanted, and without any one of them they could, all
        other limits left aside. Empty when it is impossible without any limit: then too few people
        have a slot that accepts them.
    n_without_slot : int
        How many people no slot accepts.
    without_slot : tuple of str
        Their codes, where that is what stands in the way; for those who may see them.
    n_solves : int
        How many problems were solved to find it.
    """

    limits: tuple[Limit, ...]
    n_without_slot: int
    without_slot: tuple[str, ...]
    n_solves: int

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the conflict as plain data; without people there is no code of anybody in it."""
        return {
            "limits": [limit.to_json(with_people=with_people) for limit in self.limits],
            "peopleWithoutSlot": self.n_without_slot,
            "withoutSlot": list(self.without_slot) if with_people else [],
            "solves": self.n_solves,
        }


def find_conflict(
    problem: Problem, wanted: Wanted | int | None = None, *, deadline: Deadline = ENDLESS
) -> Conflict | None:
    """
    Say which limits together keep a plan from what is wanted.

    Parameters
    ----------
    problem : Problem
    wanted : Wanted or int, optional
        A number: so many people have a place. Left out: any plan at all.
    deadline : Deadline, optional

    Returns
    -------
    Conflict or None
        ``None`` when there is such a plan. There may be several conflicts, and one is given; the
        order of rows plays no part in which.

    Raises
    ------
    ProblemError
        If what is wanted names somebody who is not there.
    OutOfTime
        If the deadline comes first.
    """
    asked = read_wanted(problem, wanted)
    limits = limits_of(problem)
    search = _Search(problem, asked, limits, deadline)
    if search.holds(frozenset(limits)):
        return None
    if not search.holds(frozenset()):
        accepted = np.zeros(problem.shape[0], dtype=np.bool_)
        accepted[eligible_pairs(problem)[0]] = True
        alone = sorted(code_of_candidate(problem, i) for i in np.flatnonzero(~accepted).tolist())
        return Conflict((), len(alone), tuple(alone), search.n_solves)
    found = _from_a_guess(problem, asked, limits, search) or irreducible(limits, search.holds)
    return Conflict(tuple(sorted(found, key=lambda limit: limit.key)), 0, (), search.n_solves)


def _from_a_guess(
    problem: Problem, wanted: Wanted, limits: tuple[Limit, ...], search: "_Search"
) -> tuple[Limit, ...]:
    """Search among the limits that press on the linear relaxation, where that points rightly."""
    for placed in range(wanted.placed, wanted.placed + GUESSES):
        more = replace(wanted, placed=placed)
        guess = StepProgram(problem, more, dict.fromkeys(limits, 1), search.deadline).pressed()
        if guess and not search.holds(frozenset(guess)):
            # Most of a guess is needed, so that leaving out one by one is quicker than halving.
            return without_idle(guess, search.holds)
        if wanted.placed == 0:
            break
    return ()


def without_idle(
    limits: Sequence[Limit], holds: Callable[[frozenset[Limit]], bool]
) -> tuple[Limit, ...]:
    """Leave out, from the last to the first, each limit without which the others still clash."""
    kept = list(limits)
    for limit in limits[::-1]:
        others = frozenset(kept) - {limit}
        if not holds(others):
            kept.remove(limit)
    return tuple(kept)


class _Search:
    """Solves with some limits kept and the others let go of, each set once."""

    def __init__(
        self, problem: Problem, wanted: Wanted, limits: Sequence[Limit], deadline: Deadline
    ) -> None:
        self._problem, self._wanted, self._limits = problem, wanted, limits
        self.deadline = deadline
        self._known: dict[frozenset[Limit], bool] = {}

    @property
    def n_solves(self) -> int:
        return len(self._known)

    def holds(self, kept: frozenset[Limit]) -> bool:
        if kept not in self._known:
            dropped = dict.fromkeys((one for one in self._limits if one not in kept), None)
            problem = loosened(self._problem, dropped)
            self._known[kept] = is_possible(problem, self._wanted, self.deadline)
        return self._known[kept]


def irreducible(
    limits: Sequence[Limit], holds: Callable[[frozenset[Limit]], bool]
) -> tuple[Limit, ...]:
    """
    Return a set of limits that cannot hold together, of which each is needed for that.

    Parameters
    ----------
    limits : sequence of Limit
        They cannot hold together. What comes last is only named where what comes first is not
        enough.
    holds : callable
        Whether some plan keeps these limits. Fewer limits are never harder to keep.

    Returns
    -------
    tuple of Limit
    """

    def split(kept: frozenset[Limit], has_news: bool, rest: Sequence[Limit]) -> tuple[Limit, ...]:
        if has_news and not holds(kept):
            return ()
        if len(rest) == 1:
            return (rest[0],)
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        needed = split(kept | set(first), True, second)
        return split(kept | set(needed), bool(needed), first) + needed

    return split(frozenset(), False, tuple(limits)) if limits else ()
