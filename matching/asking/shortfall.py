"""Who has no place, and why: the first reason that meets the eye, without solving again."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.plan import Plan
from matching.problem import Problem
from matching.source import REFUSED


def reasons_without_place(
    problem: Problem, plan: Plan, candidates: Iterable[int]
) -> Iterator[tuple[int, str]]:
    """
    Tell for people without a place what stands in the way.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    candidates : iterable of int
        Who to look at; they have no place in the plan.

    Yields
    ------
    tuple of int and str
        The candidate, and a reason: no slot takes them, the slots that do are full, or a rule would
        break if this one person were added. ``find_conflict`` looks deeper.
    """
    taken = np.bincount(plan.slots[plan.slots >= 0], minlength=problem.shape[1])
    free = problem.seats > taken
    for i in candidates:
        slots = _slots_that_take(problem, i)
        if not len(slots):
            yield i, "every slot refuses"
        elif not free[slots].any():
            yield (
                i,
                "the only slot that is possible is full"
                if len(slots) == 1
                else (f"the {len(slots)} slots that are possible are full"),
            )
        else:
            broken = sorted({_broken_by(problem, plan, i, j) for j in slots[free[slots]].tolist()})
            rules = [rule for rule in broken if rule]
            yield (
                i,
                (
                    f"seats are left, and these rules leave no room: {', '.join(rules)}"
                    if rules and len(rules) == len(broken)
                    else "a seat is left, and the plan is better without, or was stopped early"
                ),
            )


def _slots_that_take(problem: Problem, i: int) -> NDArray[np.int64]:
    if problem.has_source:
        row: Any = problem.scores.block(slice(i, i + 1), slice(0, problem.shape[1]))[0]
        return np.flatnonzero(row != REFUSED).astype(np.int64)
    start, end = np.searchsorted(problem.pair_candidate, [i, i + 1])
    slots: NDArray[np.int64] = problem.pair_slot[start:end]
    return slots


def _broken_by(problem: Problem, plan: Plan, i: int, j: int) -> str:
    """Return the first rule that breaks when one person more has a place; empty when none does."""
    slots = plan.slots.copy()
    slots[i] = j
    placed = np.flatnonzero(slots >= 0)
    for resource in problem.read_resources:
        drawn = resource.of_pairs(placed, slots[placed])
        of_pool = np.ones(len(placed), dtype=np.bool_) if resource.shared else slots[placed] == j
        supply = resource.supply[0 if resource.shared else j]
        if resource.slots[j] and int(drawn[of_pool].sum()) > int(supply):
            return resource.name
    for quota in problem.read_quotas:
        if quota.slots[j]:
            held = int((quota.candidates[placed] & quota.slots[slots[placed]]).sum())
            if held > quota.most or (quota.if_open and held < quota.least):
                return quota.name
    pilots = problem.pilot_of_slot
    for group in problem.read_groups:
        if i in group.candidates:
            places = slots[group.candidates]
            if group.within == "pilot":
                places = np.where(places >= 0, pilots[places], -1)
            others = places[group.candidates != i]
            here = places[group.candidates == i][0]
            if (others == here).any() if group.apart else (others != here).any():
                return group.name
    return ""
