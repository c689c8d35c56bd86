"""Levels of an objective, and how a choice becomes a plan, for all solvers under side rules."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from matching.arrays import Ints
from matching.plan import Certificate, Level, Plan, SideCertificate, SolveStatus
from matching.problem import Problem
from matching.solvers.sides.model import Model
from matching.source import ScoreSource

BLOCK = 1 << 22
"""Scores that a source is asked for at a time."""


def levels_of(problem: Problem, objective: Sequence[str]) -> list[tuple[str, int | None]]:
    """Return name and tier of each level; ``tiers`` becomes one level for each tier there is."""
    levels: list[tuple[str, int | None]] = []
    for name in objective:
        if name == "tiers":
            assert problem.tiers is not None
            tiers = sorted(set(problem.tiers.tolist())) if problem.shape[0] else [0]
            levels += [(name, tier) for tier in tiers]
        else:
            levels.append((name, None))
    return levels


def weights_of(model: Model, name: str, tier: int | None) -> Ints:
    """Return what each pair adds to a level: for ``moves`` 1 for whoever stays."""
    if name == "placed":
        return np.ones(model.n_pairs, dtype=np.int64)
    if name == "tiers":
        of_tier: Ints = (model.tier_of_pair == tier).astype(np.int64)
        return of_tier
    return model.pair_value if name == "score" else model.stays.astype(np.int64)


def scores_of(problem: Problem, slots: Ints) -> list[int] | list[float]:
    """Return the score of everybody placed, in order of candidates."""
    placed = np.flatnonzero(slots >= 0)
    if isinstance(problem.scores, ScoreSource):
        height = max(1, BLOCK // max(1, problem.shape[1]))
        found: list[int] = []
        for first in range(0, len(placed), height):
            some = placed[first : first + height]
            block = problem.scores.rows(some)
            found += block[np.arange(len(some)), slots[some]].astype(np.int64).tolist()
        return found
    is_chosen = slots[problem.pair_candidate] == problem.pair_slot
    scores = problem.pair_score[is_chosen]
    points: list[int] | list[float] = (
        scores.astype(np.int64) if problem.is_whole else scores
    ).tolist()
    return points


def n_stay(problem: Problem, slots: Ints) -> int:
    """Return how many keep their current slot."""
    if problem.current is None:
        return 0
    return int(((problem.current >= 0) & (slots == problem.current)).sum())


def value_of(problem: Problem, slots: Ints, name: str, tier: int | None) -> int | float:
    """Return how good a plan is on a level."""
    placed = slots >= 0
    if name == "placed":
        return int(placed.sum())
    if name == "tiers":
        assert problem.tiers is not None
        return int((placed & (problem.tiers == tier)).sum())
    if name == "moves":
        assert problem.current is not None
        return int((problem.current >= 0).sum()) - n_stay(problem, slots)
    scores = scores_of(problem, slots)
    if name == "score":
        bonus = problem.stay_bonus * n_stay(problem, slots)
        return math.fsum([*scores, bonus]) if not problem.is_whole else sum(scores) + bonus
    return min(scores, default=0)


def bound_from_steps(problem: Problem, name: str, steps: int) -> int | float:
    """
    Return a bound in steps of the resolution as one in points.

    A score that is not whole is read half a step off at most, so a sum of them half a step for each
    person; a bound has room for twice that, to stay above what is rounded.
    """
    if problem.is_whole or name not in ("score", "worst", "leximin"):
        return steps
    people = problem.shape[0] if name == "score" else 1
    bound = math.ldexp(steps + people, -problem.exponent)
    return math.nextafter(bound, math.inf)


def to_plan(
    problem: Problem,
    slots: Ints,
    levels: Sequence[Level],
    certificate: Certificate | SideCertificate | None,
    objective: tuple[str, ...],
    status: SolveStatus,
    timings: Mapping[str, float],
) -> Plan:
    """
    Return the plan of a choice of slots.

    Parameters
    ----------
    problem : Problem
    slots : ndarray of int, shape (n_candidates,)
    levels : sequence of Level
        With values and bounds; empty when there is no plan.
    certificate : Certificate, SideCertificate or None
    objective : tuple of str
    status : SolveStatus
    timings : mapping of str to float

    Returns
    -------
    Plan
        Its bound is that of the level ``score`` where there is one, less the bonus of the plan's
        own people who stay; else what the best pairs of as many people add up to.
    """
    score = value_of(problem, slots, "score", None)
    bonus = problem.stay_bonus * n_stay(problem, slots)
    bounds = [level.bound - bonus for level in levels if level.name == "score"]
    plain = score - bonus if problem.is_whole else math.fsum(scores_of(problem, slots))
    bound = bounds[0] if bounds else max(plain, most_that_pairs_add_up_to(problem, slots))
    return Plan(
        slots=slots,
        placed=int((slots >= 0).sum()),
        score=plain,
        bound=bound if levels else 0,
        status=status,
        prices=np.zeros(problem.shape[1], dtype=np.int64),
        certificate=certificate,
        objective=objective,
        resolution=problem.resolution,
        levels=tuple(levels),
        timings=dict(timings),
    )


def most_that_pairs_add_up_to(problem: Problem, slots: Ints) -> int | float:
    """Return the best scores of as many people as have a place, added up."""
    placed = int((slots >= 0).sum())
    if isinstance(problem.scores, ScoreSource):
        return placed * problem.scores.highest
    best = np.full(problem.shape[0], -np.inf)
    np.maximum.at(best, problem.pair_candidate, problem.pair_score.astype(np.float64))
    top = np.sort(best)[::-1][:placed]
    if problem.is_whole:
        exact: dict[int, int] = {}
        for i, value in zip(problem.pair_candidate.tolist(), problem.units.tolist(), strict=True):
            exact[i] = max(exact.get(i, value), value)
        return sum(sorted(exact.values(), reverse=True)[:placed])
    return math.nextafter(math.fsum(top.tolist()), math.inf)


def impossible_plan(
    problem: Problem, objective: tuple[str, ...], timings: Mapping[str, float]
) -> Plan:
    """Return the answer that no plan keeps all rules."""
    nobody = np.full(problem.shape[0], -1, dtype=np.int64)
    return to_plan(problem, nobody, (), None, objective, SolveStatus.INFEASIBLE, timings)


def unfinished_plan(
    problem: Problem, objective: tuple[str, ...], timings: Mapping[str, float]
) -> Plan:
    """Return the answer of a solve that was stopped before it found any plan."""
    nobody = np.full(problem.shape[0], -1, dtype=np.int64)
    slots = nobody if problem.pins is None else problem.pins.copy()
    return to_plan(problem, slots, (), None, objective, SolveStatus.INTERRUPTED, timings)
