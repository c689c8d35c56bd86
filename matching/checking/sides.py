"""The second opinion on side rules and levels: whether a plan keeps them, and what it is worth."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse

from matching.arrays import Ints
from matching.checking.reading import Exact, n_stay
from matching.plan import Level, Plan, SolveStatus
from matching.problem import Problem
from matching.sides import ReadGroup, ReadQuota, ReadResource

Name = tuple[str, int | None]

LOWEST_FIRST = ("worst", "leximin")


def broken_rules(problem: Problem, slots: Ints) -> Iterator[str]:
    """Give each side rule that a plan breaks, in whole thousandths."""
    pairs = [(i, j) for i, j in enumerate(slots.tolist()) if j >= 0]
    for resource in problem.read_resources:
        yield from _overdrawn(resource, pairs)
    placed = np.flatnonzero(slots >= 0)
    for quota in problem.read_quotas:
        yield from _miscounted(quota, placed, slots[placed])
    pilots = problem.pilot_of_slot.tolist()
    for group in problem.read_groups:
        yield from _apart_or_not(group, slots, pilots)


def _overdrawn(resource: ReadResource, pairs: list[tuple[int, int]]) -> Iterator[str]:
    drawn: dict[int, int] = defaultdict(int)
    for i, j in pairs:
        if resource.slots[j]:
            drawn[0 if resource.shared else j] += _demand(resource.demand, i, j)
    for place, total in sorted(drawn.items()):
        supply = int(resource.supply[place])
        if total > supply:
            where = "" if resource.shared else f" of slot {place}"
            yield (
                f"resource {resource.name!r}{where} is drawn for {total / 1000:g} "
                f"and has {supply / 1000:g}"
            )


def _demand(demand: Any, i: int, j: int) -> int:
    if sparse.issparse(demand):
        start, end = demand.indptr[i], demand.indptr[i + 1]
        return int(demand.data[start:end][demand.indices[start:end] == j].sum())
    return int(demand[i] if demand.ndim == 1 else demand[i, j])


def _miscounted(quota: ReadQuota, placed: Ints, where: Ints) -> Iterator[str]:
    inside = placed[quota.slots[where]]
    count = int(quota.candidates[inside].sum())
    if quota.if_open and not len(inside):
        return
    if not quota.least <= count <= quota.most:
        yield (
            f"quota {quota.name!r} counts {count} and accepts from {quota.least} to {quota.most}"
        )


def _apart_or_not(group: ReadGroup, slots: Ints, pilots: list[int]) -> Iterator[str]:
    placed = [int(slots[i]) for i in group.candidates.tolist() if slots[i] >= 0]
    places = Counter(pilots[j] if group.within == "pilot" else j for j in placed)
    if group.apart:
        if any(count > 1 for count in places.values()):
            yield f"group {group.name!r} is kept apart and shares a {group.within}"
    elif len(places) > 1 or (placed and len(placed) < len(group.candidates)):
        yield f"group {group.name!r} belongs together and is not in one {group.within}"


def names_of_levels(problem: Problem, objective: tuple[str, ...]) -> list[Name]:
    """Return the levels that an objective stands for; ``tiers`` is one for each tier there is."""
    names: list[Name] = []
    for name in objective:
        if name == "tiers" and problem.tiers is not None:
            tiers = sorted(set(problem.tiers.tolist())) or [0]
            names += [(name, tier) for tier in tiers]
        else:
            names.append((name, None))
    return names


def exact_value(
    problem: Problem, slots: Ints, scores: dict[int, Exact | None], level: Name
) -> Exact:
    """Return what a plan is worth on a level, exactly."""
    name, tier = level
    if name == "placed":
        return len(scores)
    if name == "tiers":
        assert problem.tiers is not None
        return sum(1 for i in scores if problem.tiers[i] == tier)
    if name == "moves":
        assert problem.current is not None
        return sum(
            1 for i, had in enumerate(problem.current.tolist()) if had >= 0 and slots[i] != had
        )
    points = [value or 0 for value in scores.values()]
    if name == "score":
        return sum(points, Fraction(0)) + problem.stay_bonus * n_stay(problem, slots)
    return min(points, default=0)


def wrong_levels(problem: Problem, plan: Plan, scores: dict[int, Exact | None]) -> Iterator[str]:
    """Give each level that says something else of the plan than what it is worth."""
    expected = names_of_levels(problem, plan.objective)
    if [(level.name, level.detail) for level in plan.levels] != expected:
        yield f"has levels that do not answer the objective {', '.join(plan.objective)}"
        return
    for level in plan.levels:
        value = exact_value(problem, plan.slots, scores, (level.name, level.detail))
        if not _is_said(value, level.value, problem.is_whole or level.name not in IN_POINTS):
            yield f"says {level.value} on the level {level.name}; the plan is worth {float(value)}"
            continue
        beyond = level.value - level.bound if level.name == "moves" else level.bound - level.value
        if not beyond >= 0:  # nan is no bound either
            yield f"says a bound of {level.bound} on the level {level.name}, and is beyond it"
        elif level.status is SolveStatus.OPTIMAL and beyond > (
            slack(problem, level.name) + spacing(problem, level)
        ):
            yield f"is optimal on the level {level.name}, and leaves room up to {level.bound}"
    if plan.status is SolveStatus.OPTIMAL and any(
        level.status is not SolveStatus.OPTIMAL for level in plan.levels
    ):
        yield "is optimal, and has a level that is not"


IN_POINTS = ("score", *LOWEST_FIRST)
"""Levels whose values are scores."""


def _is_said(value: Exact, said: float, is_whole: bool) -> bool:
    if is_whole:
        return value == said
    return math.isclose(float(value), said, rel_tol=1e-12, abs_tol=1e-12)


def spacing(problem: Problem, level: Level) -> float:
    """Return how far apart the numbers are that a bound so large can be told in."""
    return 0.0 if problem.is_whole else 2 * math.ulp(float(level.bound))


def slack(problem: Problem, name: str) -> float:
    """Return how far a bound may lie off what is optimal, as scores are read in steps."""
    if problem.is_whole or name not in IN_POINTS:
        return 0.0
    people = problem.shape[0] if name == "score" else 1
    return (2 * people + 1) * problem.resolution * 1.001
