"""Best pairs first: within the rules, never better than the best, and settled by codes."""

import numpy as np
import pytest
from hypothesis import given, settings

from matching import Problem, Quota, SolveStatus, check
from matching.solvers.greedy import solve_greedy
from tests.oracles import all_plans, best_by_brute_force, value_of_plan
from tests.strategies import problems, side_problems


@settings(max_examples=300)
@given(side_problems())
def test_it_keeps_all_rules_or_says_that_it_found_no_plan(given_problem):
    problem, _ = given_problem
    plan = solve_greedy(problem)
    if plan.status is SolveStatus.INFEASIBLE:
        assert plan.placed == 0
    else:
        assert plan.status is SolveStatus.FEASIBLE
        assert tuple(plan.slots.tolist()) in set(all_plans(problem))


@settings(max_examples=300)
@given(problems())
def test_its_bounds_hold_for_the_best_plan(problem):
    plan = solve_greedy(problem)
    placed, score, _ = best_by_brute_force(problem, ("placed", "score"))
    assert plan.levels[0].value == plan.placed <= placed <= plan.levels[0].bound
    as_many = [p for p in all_plans(problem) if sum(j >= 0 for j in p) == plan.placed]
    best = max(value_of_plan(problem, p, ("score",))[0] for p in as_many)
    assert plan.score <= best <= plan.bound
    assert score is not None
    assert check(problem, plan).ok


def test_the_best_pair_goes_first_even_when_somebody_is_left_without():
    problem = Problem([[9, 8], [8, np.nan]], [1, 1])
    plan = solve_greedy(problem)
    assert plan.slots.tolist() == [0, -1]
    assert (plan.placed, plan.score) == (1, 9)


def test_the_floor_of_a_quota_is_filled_first():
    scores = [[9, 1], [8, 1], [7, 1]]
    problem = Problem(scores, [3, 3], quotas=[Quota("two", [0, 1, 2], [1], least=2)])
    assert solve_greedy(problem).slots.tolist().count(1) == 2


def test_a_cohort_below_its_floor_stays_closed():
    scores = [[9, 1], [np.nan, 5]]
    floor = Quota("cohort", [0, 1], [0], least=2, if_open=True)
    assert solve_greedy(Problem(scores, [2, 2], quotas=[floor])).slots.tolist() == [1, 1]


def test_equal_pairs_go_by_code_and_seed_and_never_by_row():
    def places(rows, seed):
        problem = Problem([[1]] * 4, [1], codes=([f"K-{i}" for i in rows], ["S"]))
        slots = solve_greedy(problem, seed=seed).slots.tolist()
        return {rows[i] for i, j in enumerate(slots) if j == 0}

    assert places([0, 1, 2, 3], 1) == places([3, 1, 0, 2], 1)
    assert len({tuple(places([0, 1, 2, 3], seed)) for seed in range(20)}) > 1


def test_a_floor_that_it_cannot_reach_is_no_exception():
    problem = Problem(
        [[1]], [1], quotas=[Quota("two", [0], [0], least=1), Quota("none", [0], [0], most=0)]
    )
    plan = solve_greedy(problem)
    assert plan.status is SolveStatus.INFEASIBLE
    assert plan.slots.tolist() == [-1]


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (2, 0)])
def test_nobody_or_nowhere_is_a_plan(shape):
    plan = solve_greedy(Problem(np.zeros(shape), [1] * shape[1]))
    assert (plan.placed, plan.score) == (0, 0)
