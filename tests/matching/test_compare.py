"""Plans side by side: who changes, what it costs, and that each way is best at its own aim."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Policy, Problem, ProblemError, Resource, ScoreLayers, check, solve
from matching.asking.compare import compare_plans
from matching.asking.ways import WAYS, PlanningWay, compare_policies, compare_ways
from tests.factories import TODAY, make_candidate, make_slot, score_facts
from tests.strategies import people_and_places

SCORES = np.array([[9, 4], [6, 5], [3, np.nan]])


# Two plans


def test_who_changes_and_what_it_costs():
    found = compare_plans(
        {"one": [0, 1, -1], "other": [1, -1, 0]}, {"points": Problem(SCORES, [1, 1])}
    )
    [difference] = found.differences
    assert (difference.one, difference.other) == ("one", "other")
    assert [(c.candidate, c.before, c.after, c.difference) for c in difference.changes] == [
        (0, 0, 1, {"points": -5}),
        (1, 1, -1, {"points": -5}),
        (2, -1, 0, {"points": 3}),
    ]
    assert (difference.gain_place, difference.lose_place, difference.placed) == ((2,), (1,), 0)
    assert (difference.total, difference.lowest) == ({"points": -7}, {"points": -2})
    assert (difference.better, difference.worse) == ({"points": 1}, {"points": 2})


def test_a_summary_tells_total_lowest_and_middle_of_those_placed():
    found = compare_plans({"one": [0, 1, -1], "none": [-1, -1, -1]}, {"points": SCORES})
    summary = found.summaries["one"]["points"]
    assert (summary.total, summary.lowest, summary.middle) == (14, 5, 7)
    empty = found.summaries["none"]["points"]
    assert (empty.total, empty.lowest, empty.middle) == (0, None, None)
    assert found.between("one", "none").lowest == {}


def test_each_two_plans_are_compared_once_in_their_order():
    found = compare_plans({name: [0, 1, -1] for name in "abc"}, {"points": SCORES})
    assert [(one.one, one.other) for one in found.differences] == list(combinations("abc", 2))
    assert all(one.changes == () for one in found.differences)
    with pytest.raises(ProblemError):
        found.between("c", "a")


def test_a_pair_that_a_measure_refuses_is_worth_nothing_to_it():
    found = compare_plans({"a": [1, -1, -1], "b": [-1, -1, 1]}, {"points": Problem(SCORES, [1, 1])})
    assert found.summaries["b"]["points"].total == 0


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_differences_add_up_to_what_the_totals_say(seed):
    chance = np.random.default_rng(seed)
    scores = {name: chance.integers(-9, 9, (6, 3)) for name in "xy"}
    plans = {name: chance.integers(-1, 3, 6) for name in "abc"}
    found = compare_plans(plans, scores)
    for difference in found.differences:
        before, after = plans[difference.one], plans[difference.other]
        assert [one.candidate for one in difference.changes] == np.flatnonzero(
            before != after
        ).tolist()
        for name, values in scores.items():
            worth = [
                sum(int(values[i, j]) for i, j in enumerate(slots) if j >= 0)
                for slots in (before, after)
            ]
            assert difference.total[name] == worth[1] - worth[0]
            assert sum(one.difference[name] for one in difference.changes) == worth[1] - worth[0]


@pytest.mark.parametrize(
    ("field", "plans", "measures"),
    [
        ("plans", {"one": [0]}, {"points": [[1]]}),
        ("measures", {"one": [0], "other": [0]}, {}),
        ("measures.y", {"one": [0], "other": [0]}, {"x": [[1]], "y": [[1, 2]]}),
        ("plans.other", {"one": [0], "other": [0, 0]}, {"x": [[1]]}),
        ("plans.other", {"one": [0], "other": [1]}, {"x": [[1]]}),
        ("plans.other", {"one": [0], "other": [0.5]}, {"x": [[1]]}),
    ],
)
def test_what_cannot_be_compared_is_named(field, plans, measures):
    with pytest.raises(ProblemError) as caught:
        compare_plans(plans, measures)
    assert caught.value.field == field


# Ways of planning


@settings(max_examples=40, deadline=None)
@given(people_and_places(most=4))
def test_each_way_is_best_at_its_own_aim(facts):
    layers = score_facts(*facts)
    found = compare_ways(layers, as_of=TODAY)
    assert len(set(found.placed.values())) == 1
    for way in WAYS:
        same = [other.name for other in WAYS if other.compare == way.compare]
        mine = found.summaries[way.name][way.compare]
        for name in same:
            others = found.summaries[name][way.compare]
            if way.objective == ("placed", "score"):
                assert mine.total >= others.total
            elif others.lowest is not None:
                assert mine.lowest >= others.lowest


def rivals() -> ScoreLayers:
    """Both would best have S-1: the example of docs/explanation/comparing-people.md."""
    layers = score_facts(
        [make_candidate("K-1"), make_candidate("K-2")], [make_slot("S-1"), make_slot("S-2")]
    )
    return replace(layers, points=np.array([[9500, 6900], [3250, 2250]]))


def test_the_seat_goes_to_whoever_gives_up_the_larger_part_or_the_more_points():
    found = compare_ways(rivals(), as_of=TODAY)
    assert found.slots["own_best"].tolist() == [1, 0]
    assert found.slots["absolute"].tolist() == [0, 1]
    difference = found.between("own_best", "absolute")
    assert difference.total == {"own_best": -340, "absolute": 1600}
    assert [one.difference["absolute"] for one in difference.changes] == [2600, -1000]
    assert [one.difference["own_best"] for one in difference.changes] == [2737, -3077]
    assert (difference.better["absolute"], difference.worse["absolute"]) == (1, 1)


def test_the_worst_off_first_is_another_plan_than_the_highest_sum():
    layers = replace(rivals(), points=np.array([[9000, 2000], [5000, 1000]]))
    found = compare_ways(layers, as_of=TODAY)
    assert found.slots["absolute"].tolist() == [0, 1]
    assert found.slots["absolute_worst_first"].tolist() == [1, 0]
    difference = found.between("absolute", "absolute_worst_first")
    assert (difference.lowest["absolute"], difference.total["absolute"]) == (1000, -3000)


def test_ways_come_with_their_plans_and_proof():
    layers = rivals()
    found = compare_ways(layers, as_of=TODAY)
    assert list(found.plans) == [way.name for way in WAYS]
    told = found.to_json()
    assert {one["name"] for one in told["plans"]} == set(found.plans)
    assert {one["status"] for one in told["plans"]} == {"optimal"}
    assert len(told["differences"]) == len(WAYS) * (len(WAYS) - 1) // 2
    assert set(told["plans"][0]["measures"]) == {"own_best", "absolute"}


def test_rules_hold_in_each_way():
    layers = rivals()
    coach = Resource("coach", [3, 3], [3, 0])
    found = compare_ways(layers, as_of=TODAY, resources=[coach])
    assert set(found.placed.values()) == {1}
    for way in WAYS:
        scores = layers.relative if way.compare == "own_best" else layers.points
        problem = Problem(
            np.where(layers.eligibility.possible, scores, np.nan),
            layers.pairing.slots.seats,
            resources=[coach],
        )
        assert check(problem, found.plans[way.name]).feasible


def test_ways_need_names_that_differ_and_a_measure_that_exists():
    layers = rivals()
    way = PlanningWay("same", "own_best", ("placed", "score"))
    with pytest.raises(ProblemError, match="differ"):
        compare_ways(layers, as_of=TODAY, ways=[way, way])
    other = PlanningWay("other", "taste", ("placed", "score"))
    with pytest.raises(ProblemError, match="own_best and absolute"):
        compare_ways(layers, as_of=TODAY, ways=[way, other])


# Policies


@settings(max_examples=30, deadline=None)
@given(people_and_places(most=4))
def test_each_policy_likes_its_own_plan_best(facts):
    default = Policy.default()
    weights = {name: int(name in ("travel", "wishes")) for name in default.weights}
    policies = {"default": default, "near": Policy(name="near", weights=weights)}
    layers = {name: score_facts(*facts, policy) for name, policy in policies.items()}
    found = compare_policies(layers, as_of=TODAY)
    [difference] = found.differences
    if difference.placed == 0:
        assert difference.total["default"] <= 0 <= difference.total["near"]
    for name, one in layers.items():
        total = solve(Problem(one.problem_scores, one.pairing.slots.seats)).score
        assert found.summaries[name][name].total == total
