"""Plans made many times over: as good as those of solve, without what proves them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matching import Problem, Resource, SolveStatus, check, solve
from matching.solvers.sides import unproven
from matching.solvers.sides.unproven import ManyPlans
from tests.strategies import side_problems

ORDERS = (("placed", "score"), ("score",))


def scarce(seed: int, *, n: int = 14, m: int = 4) -> Problem:
    """Return a problem in which a coach's hours and turns matter."""
    random = np.random.default_rng(seed)
    scores = random.integers(0, 6, (n, m)).astype(float)
    scores[random.random((n, m)) > 0.6] = np.nan
    coach = Resource("coach", random.integers(1, 4, n), 16.0)
    turns = random.integers(0, 400, n)
    return Problem(scores, np.full(m, 3), precedence=turns, resources=[coach])


@settings(max_examples=60)
@given(side_problems())
def test_people_and_points_are_those_of_a_proven_plan(drawn):
    problem = replace(drawn[0], tiers=None)
    for order in ORDERS:
        proven = solve(problem, objective=order)
        found = ManyPlans(order, 0, proven, ties=False).solve(problem)
        assert found.status is proven.status
        if proven.status is SolveStatus.OPTIMAL:
            assert found.score == proven.score
            assert "placed" not in order or found.placed == proven.placed
            assert check(problem, found).feasible


@pytest.mark.parametrize("seed", range(12))
def test_who_has_waited_longest_goes_first_where_plans_are_equal(seed):
    problem = scarce(seed)
    proven = solve(problem)
    found = ManyPlans(("placed", "score"), 0, proven).solve(problem)
    waited = [int(problem.precedence[plan.slots >= 0].sum()) for plan in (found, proven)]
    assert (found.placed, found.score) == (proven.placed, proven.score)
    assert waited[0] == waited[1]


def test_what_is_not_soon_closed_is_left_to_solve_and_then_no_longer_tried(monkeypatch):
    tried = []
    monkeypatch.setattr(unproven, "_one_sum", lambda *given, **how: tried.append(1))
    problem = scarce(3)
    proven = solve(problem)
    many = ManyPlans(("placed", "score"), 0, proven)
    plans = [many.solve(problem) for _ in range(3)]
    assert [plan.slots.tolist() for plan in plans] == [proven.slots.tolist()] * 3
    assert len(tried) == 1


def test_scores_too_large_for_doubles_are_left_to_solve():
    problem = scarce(1)
    large = Problem(problem.scores * 2.0**40, problem.seats, resources=problem.resources)
    proven = solve(large)
    found = ManyPlans(("placed", "score"), 0, proven).solve(large)
    assert found.certificate is not None
    assert (found.placed, found.score) == (proven.placed, proven.score)


def _stop(engine: unproven.Branching, *given: object, **how: object) -> None:
    engine.watch.stop()


def test_after_ctrl_c_there_is_no_half_answer(monkeypatch):
    problem = scarce(5)
    plan = solve(problem)

    monkeypatch.setattr(unproven.Branching, "best", _stop)
    with pytest.raises(KeyboardInterrupt):
        ManyPlans(("placed", "score"), 0, plan).solve(problem)
