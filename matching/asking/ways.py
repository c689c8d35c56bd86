"""
Plan the same problem in several ways, or under several policies, and compare the plans.

By what each could get at best or by plain points; by the highest sum, the worst off first, or
leximin. The choice between them is one of values; here is what it costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from matching.arrays import Ints
from matching.asking.compare import Comparison, compare_plans
from matching.deadline import Deadline
from matching.exceptions import ProblemError
from matching.plan import Plan
from matching.scoring import ScoreLayers, to_problem
from matching.sides import Group, Quota, Resource
from matching.solvers import solve


@dataclass(frozen=True)
class PlanningWay:
    """
    A way of planning.

    Parameters
    ----------
    name : str
    compare : {"own_best", "absolute"}
        What a pair counts for.
    objective : tuple of str
        As ``solve`` takes it.
    """

    name: str
    compare: str
    objective: tuple[str, ...]


WAYS: Final = (
    PlanningWay("own_best", "own_best", ("placed", "score")),
    PlanningWay("absolute", "absolute", ("placed", "score")),
    PlanningWay("own_best_worst_first", "own_best", ("placed", "worst", "score")),
    PlanningWay("own_best_leximin", "own_best", ("placed", "leximin")),
    PlanningWay("absolute_worst_first", "absolute", ("placed", "worst", "score")),
    PlanningWay("absolute_leximin", "absolute", ("placed", "leximin")),
)
"""Highest sum, the worst off first, and the worst off first all the way up; by both measures."""


def compare_ways(
    layers: ScoreLayers,
    *,
    as_of: date,
    ways: Sequence[PlanningWay] = WAYS,
    seed: int = 0,
    pins: Ints | None = None,
    resources: Sequence[Resource] = (),
    quotas: Sequence[Quota] = (),
    groups: Sequence[Group] = (),
    known: Mapping[str, Plan] | None = None,
    time_limit: float | None = None,
) -> Comparison:
    """
    Plan the same problem in several ways, and compare the plans on both measures.

    Parameters
    ----------
    layers : ScoreLayers
    as_of : date
        The day that waiting is counted up to.
    ways : sequence of PlanningWay, default=WAYS
        Two or more, with names that differ.
    seed : int, default=0
    pins, resources, quotas, groups
        What holds in each way, as ``to_problem`` takes them.
    known : mapping of str to Plan, optional
        Plans that were made before, by the name of their way.
    time_limit : float, optional
        Wall seconds for all plans together; one that it cuts short is *interrupted*.

    Returns
    -------
    Comparison
        On the measures ``own_best`` and ``absolute``.

    Raises
    ------
    ProblemError
        If ways are fewer than two, have the same name, or compare by what does not exist.
    """
    deadline, names = Deadline(time_limit), [way.name for way in ways]
    if len(set(names)) < len(names):
        raise ProblemError(
            f"are named {', '.join(names)}; accepted are names that differ", field="ways"
        )
    base = to_problem(
        layers, as_of=as_of, pins=pins, resources=resources, quotas=quotas, groups=groups
    )
    possible = layers.eligibility.possible
    measures = {
        "own_best": np.where(possible, layers.relative, 0),
        "absolute": np.where(possible, layers.points, 0),
    }
    plans: dict[str, Plan | ArrayLike] = {}
    for way in ways:
        if way.compare not in measures:
            accepted = "own_best and absolute"
            raise ProblemError(f"is {way.compare!r}; accepted are {accepted}", field="ways.compare")
        if known and way.name in known:
            plans[way.name] = known[way.name]
            continue
        problem = replace(base, scores=np.where(possible, measures[way.compare], np.nan))
        plans[way.name] = solve(
            problem, objective=way.objective, seed=seed, time_limit=deadline.seconds_left
        )
    return compare_plans(plans, measures)


def compare_policies(
    layers: Mapping[str, ScoreLayers], *, as_of: date, seed: int = 0
) -> Comparison:
    """
    Plan the same people and slots under several policies, and hold each plan to all of them.

    Parameters
    ----------
    layers : mapping of str to ScoreLayers
        Per policy, of the same candidates and slots; two or more.
    as_of : date
    seed : int, default=0

    Returns
    -------
    Comparison
        With one measure per policy: what that policy adds up. A pair that a policy refuses is worth
        0 to it.
    """
    problems = {name: to_problem(one, as_of=as_of) for name, one in layers.items()}
    plans: dict[str, Plan | ArrayLike] = {
        name: solve(problem, objective=layers[name].pairing.policy.objective, seed=seed)
        for name, problem in problems.items()
    }
    measures = {
        name: np.where(one.eligibility.possible, one.comparison, 0) for name, one in layers.items()
    }
    return compare_plans(plans, measures)
