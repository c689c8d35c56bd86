"""Regret is the difference of two optima, and a fallback breaks no other place."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from matching import Problem, ProblemError, Resource, SolveStatus, solve
from matching.asking.regret import find_fallbacks, find_regrets
from tests.oracles import all_plans, dense, value_of_plan
from tests.strategies import side_problems

ORDER = ("placed", "score")


@settings(max_examples=40)
@given(side_problems(scores="points", most=4))
def test_regret_is_what_the_best_plan_loses_when_somebody_takes_a_slot(case):
    problem = replace(case[0], tiers=None, current=None, stay_bonus=0, precedence=None)
    assume(problem.shape[0])
    plan = solve(problem)
    assume(plan.status is SolveStatus.OPTIMAL)
    names = problem.codes[1] if problem.codes else [str(j) for j in range(problem.shape[1])]
    for regret in find_regrets(problem, plan, 0):
        j = names.index(regret.slot)
        values = [value_of_plan(problem, s, ORDER) for s in all_plans(problem) if s[0] == j]
        assert regret.is_possible == bool(values)
        if values:
            best = max(values)
            assert (regret.placed, regret.points) == (
                plan.placed - best[0],
                plan.score - best[1],
            )
    json.dumps([one.to_json() for one in find_regrets(problem, plan, 0)], allow_nan=False)


@settings(max_examples=60)
@given(side_problems(scores="points"))
def test_a_fallback_is_the_best_other_slot_with_everybody_else_where_they_are(case):
    problem = replace(case[0], tiers=None, current=None, stay_bonus=0, precedence=None)
    plan = solve(problem)
    assume(plan.status is SolveStatus.OPTIMAL)
    plans, scores = set(all_plans(problem)), dense(problem)
    people, places = problem.codes or tuple([str(k) for k in range(size)] for size in problem.shape)
    slots = plan.slots.tolist()
    pins = problem.pins if problem.pins is not None else np.full(len(slots), -1)
    told = {one.candidate: one for one in find_fallbacks(problem, plan)}
    assert set(told) == {people[i] for i, j in enumerate(slots) if j >= 0 and pins[i] < 0}
    for i, j in enumerate(slots):
        if people[i] in told:
            worth = {
                k: scores[i][k]
                for k in range(problem.shape[1])
                if k != j and (*slots[:i], k, *slots[i + 1 :]) in plans
            }
            one = told[people[i]]
            assert one.slot == places[j]
            if not worth:
                assert (one.fallback, one.points) == (None, None)
            else:
                best = max(worth.values())
                assert one.points == best - scores[i][j]
                ties = [places[k] for k, value in worth.items() if value == best]
                assert one.fallback == min(ties)


def seats_for_two() -> Problem:
    return Problem(
        [[70, 10], [90, 60], [80, np.nan]],
        seats=[1, 3],
        codes=(["K-1", "K-2", "K-3"], ["S-1", "S-2"]),
    )


def test_a_seat_that_is_worth_more_to_somebody_says_so_and_names_them_apart():
    problem = seats_for_two()
    plan = solve(problem)
    assert plan.slots.tolist() == [1, 1, 0]
    other, first = find_regrets(problem, plan, 0)
    assert (other.slot, other.placed, other.points, other.seat_is_claimed) == ("S-2", 0, 0, False)
    assert (first.slot, first.placed, first.points) == ("S-1", 1, 20)
    assert (first.seat_is_claimed, first.claimant_points) == (True, 80)
    assert first.claimant.candidate == "K-3"
    told = first.to_json(with_people=False)
    assert told["seatIsClaimed"]
    assert "K-3" not in json.dumps(told)
    assert "K-3" in json.dumps(first.to_json())


def test_what_is_not_possible_comes_last():
    problem = Problem(
        [[9, 5]], [1, 1], resources=[Resource("coach", [[3, 0]], [2, 2])], codes=(["K"], ["A", "B"])
    )
    regrets = find_regrets(problem, solve(problem), 0)
    assert [(one.slot, one.is_possible, one.points) for one in regrets] == [
        ("B", True, 0),
        ("A", False, None),
    ]


def test_only_the_slots_that_are_asked_about_are_looked_at():
    problem = seats_for_two()
    assert [one.slot for one in find_regrets(problem, solve(problem), 1, slots=[1])] == ["S-2"]
    with pytest.raises(ProblemError, match="slot"):
        find_regrets(problem, solve(problem), 1, slots=[2])
    with pytest.raises(ProblemError, match="candidate"):
        find_regrets(problem, solve(problem), 3)


def test_the_order_of_rows_plays_no_part_in_fallbacks():
    problem = Problem(
        [[70, 50, 50], [90, 60, 60]], [1, 2, 2], codes=(["K-1", "K-2"], ["S-1", "S-3", "S-2"])
    )
    turned = Problem(
        [[60, 90, 60], [50, 70, 50]], [2, 1, 2], codes=(["K-2", "K-1"], ["S-3", "S-1", "S-2"])
    )
    told = find_fallbacks(problem, solve(problem))
    assert told == find_fallbacks(turned, solve(turned))
    assert [(one.candidate, one.slot, one.points) for one in told] == [
        ("K-1", told[0].slot, 0),
        ("K-2", "S-1", -30),
    ]
    assert told[1].fallback == "S-2"
