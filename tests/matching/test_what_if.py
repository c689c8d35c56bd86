"""Why not that one: the trade is what trying every plan says, and names nobody to a candidate."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import Group, Problem, ProblemError, Resource, SolveStatus, solve, to_problem
from matching.asking.what_if import WhyNot, force_pair, why_not
from tests.factories import TODAY, make_candidate, make_slot, score_facts
from tests.oracles import all_plans, value_of_plan
from tests.strategies import side_problems


@st.composite
def planned(draw: st.DrawFn):
    """A small problem that has a plan, and a pair that somebody asks about."""
    problem, _ = draw(side_problems(scores=draw(st.sampled_from(["points", "ties"]))))
    n, m = problem.shape
    assume(n and m)
    problem = replace(problem, tiers=None, current=None, stay_bonus=0, precedence=None)
    plan = solve(problem)
    assume(plan.status is SolveStatus.OPTIMAL)
    return problem, plan, draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1))


@settings(max_examples=60)
@given(planned())
def test_a_pair_costs_what_trying_every_plan_with_it_says(case):
    problem, plan, i, j = case
    answer = why_not(problem, plan, i, j)
    near = replace(problem, current=plan.slots)
    levels = ("placed", "score", "moves")
    plans_with_it = [slots for slots in all_plans(problem) if slots[i] == j]
    if plan.slots[i] == j:
        assert answer.answer == "has_it"
    elif not problem.is_eligible(i, j):
        assert answer.answer == "refused"
    elif not plans_with_it:
        assert answer.answer == "impossible"
        assert answer.conflict.limits
    else:
        best = max(value_of_plan(near, slots, levels) for slots in plans_with_it)
        assert answer.answer == "possible"
        assert (answer.trade.placed, answer.trade.points) == (
            plan.placed - best[0],
            plan.score - best[1],
        )
        own_moves = int(plan.slots[i] >= 0)
        assert answer.trade.n_moved + answer.trade.n_loses_place + own_moves == -best[2]
    json.dumps(answer.to_json(), allow_nan=False)


@st.composite
def planned_with_bonus(draw: st.DrawFn):
    """A small problem in which whoever stays earns points; full of ties, for moves to settle."""
    n, m = draw(st.integers(3, 4)), 3
    chance = np.random.default_rng(draw(st.integers(0, 10**6)))
    scores = chance.integers(0, 3, (n, m)) + draw(st.sampled_from([0, 0.125]))
    problem = Problem(
        np.where(chance.random((n, m)) < 0.15, np.nan, scores),
        chance.integers(1, 4, m),
        current=chance.integers(-1, m, n),
        stay_bonus=int(chance.integers(1, 4)),
    )
    return problem, solve(problem), draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1))


@settings(max_examples=200)
@given(planned_with_bonus())
def test_where_staying_earns_points_the_trade_still_moves_fewest_people(case):
    problem, plan, i, j = case
    trade = why_not(problem, plan, i, j).trade
    if trade is None:
        return
    here, before = value_of_plan(problem, plan.slots, ("placed", "score"))[:2], plan.slots.tolist()
    best = max(
        (*value_of_plan(problem, slots, ("placed", "score"))[:2], -n_moved(before, slots))
        for slots in all_plans(problem)
        if slots[i] == j
    )
    assert (trade.placed, trade.points) == (here[0] - best[0], here[1] - best[1])
    own_moves = int(plan.slots[i] >= 0)
    assert trade.n_moved + trade.n_loses_place + own_moves == -best[2]


def n_moved(before, after) -> int:
    return sum(had not in (-1, has) for had, has in zip(before, after, strict=True))


@settings(max_examples=40)
@given(planned())
def test_what_each_of_the_others_loses_adds_up_to_the_loss(case):
    problem, plan, i, j = case
    trade = why_not(problem, plan, i, j).trade
    if trade is not None:
        assert trade.points == -trade.own_points - sum(one.points for one in trade.others)
        assert len(trade.others) == trade.n_moved + trade.n_loses_place + trade.n_gains_place


# By name


def two_for_one() -> Problem:
    """K-1 and K-2 both fit S-1 best, which has one seat; S-2 is open to K-2 alone."""
    return Problem([[90, np.nan], [100, 60]], seats=[1, 1], codes=(["K-1", "K-2"], ["S-1", "S-2"]))


def test_what_a_place_would_cost_is_told_in_people_and_in_points():
    problem = Problem([[90], [100]], seats=[1], codes=(["K-1", "K-2"], ["S-1"]))
    answer = why_not(problem, solve(problem), 0, 0)
    assert answer == WhyNot("K-1", "S-1", "possible", trade=answer.trade)
    assert answer.to_json()["trade"] == {
        "placed": 0,
        "points": 10,
        "ownPoints": 90,
        "moved": 0,
        "losesPlace": 1,
        "gainsPlace": 0,
        "others": [{"candidate": "K-2", "was": "S-1", "becomes": None, "points": -100}],
        "status": "optimal",
    }


def test_more_people_with_a_place_can_be_lost_for_more_points():
    problem = two_for_one()
    answer = why_not(problem, solve(problem), 1, 0)
    assert (answer.trade.placed, answer.trade.points, answer.trade.n_loses_place) == (1, 50, 1)


def test_a_candidate_reads_nothing_that_names_another():
    problem = Problem(
        [[90, np.nan], [100, 60]],
        seats=[1, 1],
        pins=[-1, 0],
        codes=(["K-1", "K-2"], ["S-1", "S-2"]),
    )
    answer = why_not(problem, solve(problem), 0, 0)
    assert answer.answer == "impossible"
    assert [way.steps[0].limit.kind for way in answer.relaxations] == ["seats", "pin"]
    for told in (answer, why_not(two_for_one(), solve(two_for_one()), 1, 0)):
        other = "K-1" if told.candidate == "K-2" else "K-2"
        assert other in json.dumps(told.to_json())
        assert other not in json.dumps(told.to_json(with_people=False))


def test_a_place_that_the_limits_rule_out_names_them_and_what_would_have_to_give_way():
    problem = Problem(
        [[5, 5], [9, 9]],
        [2, 1],
        resources=[Resource("coach", [3, 0], [2, 9])],
        groups=[Group("sisters", [0, 1])],
    )
    plan = solve(problem)
    answer = why_not(problem, plan, 0, 0)
    assert answer.answer == "impossible"
    assert [(one.kind, one.name, one.slot) for one in answer.conflict.limits] == [
        ("resource", "coach", "0")
    ]
    (way,) = answer.relaxations
    assert (way.steps[0].amount, way.effort) == (1, 2)


def test_moves_count_from_the_plan_also_where_staying_earns_points():
    """A tester found it: [1, 2, 1] loses the same 5 points, and moves one person more."""
    nan = np.nan
    scores, current = [[2, 0, nan], [nan, 1, 1], [1, 1, 0]], [2, -1, 1]
    problem = Problem(scores, [1, 3, 3], current=current, stay_bonus=3)
    plan = solve(problem)
    trade = why_not(problem, plan, 2, 0).trade
    assert (trade.points, trade.n_moved) == (5, 1)
    forced = force_pair(problem, plan, 2, 0)
    assert forced.slots.tolist() == [1, 2, 0]
    assert (forced.score, forced.bound) == (2, 2)


def test_moves_count_from_the_plan_unless_the_problem_says_what_people_have():
    scores = [[50, 50, 0], [50, 50, 0], [0, 0, 50]]
    problem = Problem(scores, [1, 1, 1])
    plan = solve(problem)
    here, there = int(plan.slots[0]), int(plan.slots[1])
    forced = force_pair(problem, plan, 0, there)
    assert forced.slots.tolist() == [there, here, 2]
    now = replace(problem, current=np.array([there, here, 2]), stay_bonus=5)
    plan = solve(now)
    assert plan.slots.tolist() == [there, here, 2]
    trade = why_not(now, plan, 0, here).trade
    assert (trade.points, trade.n_moved) == (10, 1)


@pytest.mark.parametrize("seed", range(5))
def test_nobody_moves_who_need_not(seed):
    problem = Problem(np.ones((6, 6)), np.ones(6, dtype=int))
    plan = solve(problem)
    trade = why_not(problem, plan, 0, int(plan.slots[1]), seed=seed).trade
    assert (trade.points, trade.n_moved, trade.n_loses_place) == (0, 1, 0)


def test_a_rule_that_refuses_and_a_question_that_waits_are_told_with_their_facts():
    asked = {"level": "mbo_4", "strength": "must", "ground": "law"}
    people = [make_candidate("K-1", diploma="mbo_2"), make_candidate("K-2", days=None)]
    layers = score_facts(people, [make_slot("S-1", education=asked), make_slot("S-2")])
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    refused = why_not(problem, plan, 0, 0, layers=layers)
    assert (refused.answer, [one["rule"] for one in refused.refusals]) == ("refused", ["education"])
    assert plan.slots.tolist() == [1, 0]
    waits = why_not(problem, plan, 1, 1, layers=layers)
    assert (waits.answer, [one["rule"] for one in waits.questions]) == ("possible", ["hours"])
    json.dumps(waits.to_json(), allow_nan=False)


def test_the_policy_of_the_layers_says_what_giving_way_takes():
    layers = score_facts([make_candidate("K-1"), make_candidate("K-2")], [make_slot("S-1")])
    problem = to_problem(layers, as_of=TODAY, pins=np.array([0, -1]))
    answer = why_not(problem, solve(problem), 1, 0, layers=layers)
    assert [way.effort for way in answer.relaxations] == [12, 15]


@pytest.mark.parametrize(
    ("i", "j", "field"), [(-1, 0, "candidate"), (2, 0, "candidate"), (0, 2, "slot")]
)
def test_a_pair_that_is_not_there_is_refused_by_field(i, j, field):
    with pytest.raises(ProblemError) as caught:
        why_not(two_for_one(), solve(two_for_one()), i, j)
    assert caught.value.field == field


def test_a_plan_of_another_problem_is_refused():
    with pytest.raises(ProblemError, match="has 2 people; accepted are 1"):
        why_not(Problem([[1]], [1]), solve(two_for_one()), 0, 0)
