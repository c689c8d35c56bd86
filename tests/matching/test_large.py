"""Side rules at scale, forced on small problems: every rule kept, and never a false bound."""

import numpy as np
import pytest

from matching import Problem, Quota, Resource, check
from matching.solvers.integer import solve_integer
from matching.solvers.large import solve_large
from matching.solvers.watch import Watch


def drawn(seed):
    random = np.random.default_rng(seed)
    n, m = int(random.integers(4, 16)), int(random.integers(2, 5))
    scores = random.integers(0, 100, (n, m)).astype(np.float64)
    scores[random.random((n, m)) < 0.3] = np.nan
    hours = Resource("hours", random.integers(1, 5, n), random.integers(2, 12, m))
    half = Quota("half", np.arange(n // 2), np.arange(m), most=n // 3 + 1)
    return Problem(scores, random.integers(1, 5, m), resources=[hours], quotas=[half])


@pytest.mark.parametrize("objective", [("placed", "score"), ("score",)])
@pytest.mark.parametrize("seed", range(12))
def test_it_keeps_every_rule_and_its_bound_lies_above_the_best_plan(seed, objective):
    problem = drawn(seed)
    plan = solve_large(
        problem, objective=objective, gap=0.0, seed=0, start=None, watch=Watch(time_limit=20)
    )
    best = solve_integer(problem, objective=objective, gap=0.0, seed=0, start=None, watch=Watch())
    second = check(problem, plan)
    assert second.ok, second.faults
    assert plan.placed == best.placed
    assert plan.score <= best.score <= plan.bound
