"""What a little more would bring is the difference of two optima, found by trying everything."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import Problem, ProblemError, Resource, SolveStatus, solve
from matching.asking.marginal import AFTERNOON, find_marginals, proves_no_gain
from matching.limits.named import Limit, loosened
from tests.oracles import best_by_brute_force
from tests.strategies import problems, side_problems

ORDER = ("placed", "score")


def held_against_brute_force(problem: Problem, found) -> None:
    now = best_by_brute_force(problem, ORDER)
    for one in found:
        then = best_by_brute_force(loosened(problem, {one.limit: one.amount}), ORDER)
        assert (one.placed, one.points) == (then[0] - now[0], then[1] - now[1]), one


@settings(max_examples=40)
@given(side_problems(scores="points", most=4), st.sampled_from([1.0, AFTERNOON]))
def test_more_brings_what_trying_every_plan_says(case, amount):
    problem = replace(case[0], tiers=None, current=None, stay_bonus=0, precedence=None)
    plan = solve(problem)
    assume(plan.status is SolveStatus.OPTIMAL)
    amounts = {resource.name: amount for resource in problem.resources}
    found = find_marginals(problem, plan, amounts=amounts)
    held_against_brute_force(problem, found)
    assert [-one.placed for one in found] == sorted(-one.placed for one in found)
    json.dumps([one.to_json() for one in found], allow_nan=False)


@settings(max_examples=80)
@given(problems("whole", most=5))
def test_a_seat_brings_what_trying_every_plan_says_and_prices_only_skip_what_brings_nothing(
    problem,
):
    problem = replace(problem, precedence=None)
    plan = solve(problem)
    found = find_marginals(problem, plan)
    held_against_brute_force(problem, found)
    for one in found:
        if proves_no_gain(problem, plan, one.limit):
            assert (one.placed, one.points) == (0, 0)


def test_prices_spare_a_solve_where_they_prove_that_nothing_is_gained(monkeypatch):
    problem = Problem([[9, 1], [8, 1], [np.nan, 1]], [1, 5])
    plan = solve(problem)
    solved = []
    monkeypatch.setattr(
        "matching.solvers.sides.unproven.solve",
        lambda *given, **how: solved.append(given) or solve(*given, **how),
    )
    found = find_marginals(problem, plan)
    assert [(one.limit.name, one.placed, one.points) for one in found] == [("0", 0, 7), ("1", 0, 0)]
    assert len(solved) == 1


def test_an_hour_that_helps_nobody_brings_nothing_and_an_afternoon_may():
    # Each person needs three hours; one hour more places nobody, whatever its price is.
    coach = Resource("coach", [3, 3], 3.0)
    problem = Problem([[10], [8]], [2], resources=[coach], codes=(["K-1", "K-2"], ["S-1"]))
    plan = solve(problem)
    (hour,) = find_marginals(problem, plan, slots=[], amounts={"coach": 1})
    assert (hour.placed, hour.points, hour.amount) == (0, 0, 1.0)
    (afternoon,) = find_marginals(problem, plan, slots=[])
    assert (afternoon.placed, afternoon.points, afternoon.amount) == (1, 8, 4.0)
    assert afternoon.limit == Limit("resource", "coach")
    (seat,) = find_marginals(problem, plan, resources=[])
    assert (seat.limit.kind, seat.limit.name, seat.placed) == ("seats", "S-1", 0)


@pytest.mark.parametrize(
    "how",
    [
        {"resources": ["nobody"]},
        {"amounts": {"nobody": 1}},
        {"amounts": {"coach": 0}},
        {"slots": [3]},
    ],
    ids=str,
)
def test_what_is_not_there_cannot_be_given_more_of(how):
    problem = Problem([[1]], [1], resources=[Resource("coach", [1], 1.0)])
    with pytest.raises(ProblemError):
        find_marginals(problem, solve(problem), **how)
