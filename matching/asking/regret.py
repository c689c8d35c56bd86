"""
Regret and fallback: what a suggestion would take from others, and where else somebody could go.

Between two batches people ask what fits one person now. A seat that is given away then may be worth
more to somebody else; the regret says how much the best plan for all would lose by it, and to whom.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.asking.what_if import Moved, Trade, check_asked, force_pair, trade_between
from matching.deadline import Deadline, OutOfTime
from matching.limits.named import code_of_candidate, code_of_slot
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.ledger import Ledger, eligible_pairs


@dataclass(frozen=True)
class Regret:
    """
    What would be lost if a person took a slot now.

    Parameters
    ----------
    candidate, slot : str
        Codes.
    is_possible : bool or None
        Whether any plan gives this person this slot; ``None`` where time was over before that.
    placed : int or None
        How many people fewer would have a place in all; ``None`` when it is not possible.
    points : int or float or None
        How much lower the score of the best plan would be.
    seat_is_claimed : bool
        Whether the seat is worth more to somebody else, who would have it in the best plan.
    claimant_points : int or float or None
        What that person would lose.
    claimant : Moved or None
        Who that is; not for the candidate.
    is_settled : bool
        Whether there was time to find the best plan with it. Where not, the loss may be smaller.
    """

    candidate: str
    slot: str
    is_possible: bool | None
    placed: int | None = None
    points: float | None = None
    seat_is_claimed: bool = False
    claimant_points: float | None = None
    claimant: Moved | None = None
    is_settled: bool = True

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the regret as plain data; without people it does not say who the claimant is."""
        shown = self.claimant if with_people else None
        return {
            "candidate": self.candidate,
            "slot": self.slot,
            "isPossible": self.is_possible,
            "placed": self.placed,
            "points": self.points,
            "seatIsClaimed": self.seat_is_claimed,
            "claimantPoints": self.claimant_points,
            "claimant": shown.to_json() if shown else None,
            "isSettled": self.is_settled,
        }


@dataclass(frozen=True)
class Fallback:
    """
    Where somebody could go if their place fell through, with everybody else where they are.

    Parameters
    ----------
    candidate, slot : str
        Codes: who, and the place of the plan.
    fallback : str or None
        Code of the best other slot that has a free seat and keeps all rules; ``None`` without one.
    points : int or float or None
        The score of that pair, less that of the place in the plan.
    """

    candidate: str
    slot: str
    fallback: str | None
    points: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "candidate": self.candidate,
            "slot": self.slot,
            "fallback": self.fallback,
            "points": self.points,
        }


def find_regrets(
    problem: Problem,
    plan: Plan,
    candidate: int,
    *,
    slots: Iterable[int] | None = None,
    seed: int = 0,
    time_limit: float | None = None,
) -> tuple[Regret, ...]:
    """
    Say, slot by slot, what would be lost if a person took it now.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        The best plan for all; its objective is followed.
    candidate : int
        Position.
    slots : iterable of int, optional
        Positions of the slots to look at; all that accept the person, when left out.
    seed : int, default=0
    time_limit : float, optional
        Wall seconds for the whole question; slots that it leaves open say so.

    Returns
    -------
    tuple of Regret
        Least loss first: people, then points, then code of the slot; what is not possible, or not
        settled, comes last.

    Raises
    ------
    ProblemError
        If there is no such candidate or slot, or the plan is of another problem.
    """
    if slots is None:
        people, all_slots, _ = eligible_pairs(problem)
        slots = all_slots[people == candidate].tolist()
    looked_at = sorted(set(slots))
    check_asked(problem, plan, candidate)
    for slot in looked_at:
        check_asked(problem, plan, candidate, slot)
    deadline = Deadline(time_limit)
    found = [_regret(problem, plan, candidate, slot, seed, deadline) for slot in looked_at]
    return tuple(sorted(found, key=_least_first))


def _least_first(one: Regret) -> tuple[Any, ...]:
    return not one.is_possible, one.placed or 0, one.points or 0, one.slot


def _regret(
    problem: Problem, plan: Plan, candidate: int, slot: int, seed: int, deadline: Deadline
) -> Regret:
    names = code_of_candidate(problem, candidate), code_of_slot(problem, slot)
    if plan.slots[candidate] == slot:
        return Regret(*names, is_possible=True, placed=0, points=0)
    try:
        forced = force_pair(problem, plan, candidate, slot, seed=seed, deadline=deadline)
    except OutOfTime:
        return Regret(*names, is_possible=None, is_settled=False)
    if forced is None:
        return Regret(*names, is_possible=False)
    trade = trade_between(problem, plan, forced, candidate)
    claimant = _claimant(trade, names[1])
    return Regret(
        *names,
        is_possible=True,
        placed=trade.placed,
        points=trade.points,
        seat_is_claimed=claimant is not None,
        claimant_points=-claimant.points if claimant else None,
        claimant=claimant,
        is_settled=forced.status is not SolveStatus.INTERRUPTED,
    )


def _claimant(trade: Trade, slot: str) -> Moved | None:
    """Return who has to leave the slot and loses most by it."""
    leaving = [one for one in trade.others if one.was == slot and one.points < 0]
    return min(leaving, key=lambda one: (one.points, one.candidate), default=None)


def find_fallbacks(problem: Problem, plan: Plan) -> tuple[Fallback, ...]:
    """
    Give each place of a plan the next best slot for that person that breaks nothing for others.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        A plan that keeps the rules.

    Returns
    -------
    tuple of Fallback
        One for each person with a place and without a pin, by code. Two people may have the same
        fallback: each of them is looked at with all others where they are.

    Raises
    ------
    ProblemError
        If the plan is of another problem.
    """
    check_asked(problem, plan)
    ledger = Ledger(problem)
    left = ledger.left_after(plan.slots)
    people, slots, scores = eligible_pairs(problem)
    codes = np.array([code_of_slot(problem, j) for j in range(problem.shape[1])])
    ends = np.searchsorted(people, np.arange(problem.shape[0] + 1))
    found = []
    for i in np.flatnonzero(plan.slots >= 0).tolist():
        if problem.pins is not None and problem.pins[i] >= 0:
            continue
        mine, worth = slots[ends[i] : ends[i + 1]], scores[ends[i] : ends[i + 1]]
        order = np.lexsort((codes[mine], -worth)).tolist()
        own = int(plan.slots[i])
        here = worth[int(np.flatnonzero(mine == own)[0])].item()
        found.append(
            _fallback(problem, ledger, left, i, own, here, [(mine[k], worth[k]) for k in order])
        )
    return tuple(sorted(found, key=lambda one: one.candidate))


def _fallback(
    problem: Problem,
    ledger: Ledger,
    left: list[int],
    i: int,
    own: int,
    here: float,
    best_first: list[tuple[Any, Any]],
) -> Fallback:
    names = code_of_candidate(problem, i), code_of_slot(problem, own)
    ledger.take(left, i, own)
    try:
        for slot, worth in best_first:
            if slot != own and ledger.fits(left, i, int(slot)):
                ledger.put(left, i, int(slot))
                holds = ledger.holds_in_the_end(left)
                ledger.take(left, i, int(slot))
                if holds:
                    other = code_of_slot(problem, int(slot))
                    return Fallback(*names, other, worth.item() - here)
    finally:
        ledger.put(left, i, own)
    return Fallback(*names, None, None)
