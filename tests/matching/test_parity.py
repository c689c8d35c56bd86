"""Rates by group: intervals that the books know, small groups unseen, the lottery beside them."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Plan, Problem, ProblemError, solve
from matching.asking.parity import measure_parity, wilson
from matching.solvers.lottery import Lottery, lottery


def plan_of(placed: list[bool]) -> Plan:
    """A plan that gives a place to some."""
    scores = np.where(np.array(placed)[:, None], 1.0, np.nan)
    return solve(Problem(scores, [len(placed)]))


def lottery_of(draws: np.ndarray, **told) -> Lottery:
    placed = int(draws[0].sum())
    facts = {
        "placed": placed,
        "method": "exact",
        "chance": draws.mean(axis=0),
        "error": np.zeros(draws.shape[1]),
        "draws": draws,
        "n_plans": None,
        "effective_draws": float(len(draws)),
        "disagreement": 1.0,
        "starts": 4,
        "steps": 0,
        "burn_in": 0,
        "seed": 0,
    }
    return Lottery(**(facts | told))


# Intervals


@pytest.mark.parametrize(
    ("placed", "people", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilsons_interval_is_that_of_the_books(placed, people, low, high):
    # 81 of 263 is worked out in Newcombe (1998a), table I.
    assert wilson(placed, people, 0.95) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_difference_is_newcombes_tenth():
    # 56 of 70 against 48 of 80, from Newcombe (1998b): 0.0524 to 0.3339.
    groups = ["one"] * 70 + ["other"] * 80
    report = measure_parity(
        plan_of([k < 56 for k in range(70)] + [k < 48 for k in range(80)]), groups
    )
    assert report.difference == pytest.approx(0.2)
    assert (report.low, report.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


# Rows


def test_each_group_has_its_rate_and_so_has_everybody():
    groups = ["b"] * 10 + ["a"] * 20
    report = measure_parity(plan_of([True] * 5 + [False] * 5 + [True] * 18 + [False] * 2), groups)
    rows = [(row.group, row.people, row.placed, row.rate) for row in report.groups]
    assert rows == [("a", 20, 18, 0.9), ("b", 10, 5, 0.5)]
    assert (report.overall.people, report.overall.placed) == (30, 23)
    assert report.difference == pytest.approx(0.4)
    assert report.hidden == 0


def test_whoever_has_no_known_group_makes_one():
    report = measure_parity(plan_of([True] * 24), [None] * 12 + ["a"] * 12)
    assert [row.group for row in report.groups] == ["a", "unknown"]


def test_a_small_group_is_shown_only_among_others():
    groups = ["a"] * 30 + ["b"] * 12 + ["c"] * 4 + ["d"] * 7
    report = measure_parity(plan_of([True] * 53), groups)
    assert [(row.group, row.people) for row in report.groups] == [("a", 30), ("b", 12), (None, 11)]
    assert report.hidden == 2


def test_one_small_group_takes_the_next_smallest_with_it():
    # Else the total less what is shown would be the small group.
    groups = ["a"] * 30 + ["b"] * 12 + ["c"] * 4
    report = measure_parity(plan_of([True] * 46), groups)
    assert [(row.group, row.people) for row in report.groups] == [("a", 30), (None, 16)]
    assert report.difference is None


def test_too_few_people_altogether_are_not_shown_at_all():
    report = measure_parity(plan_of([True] * 6), ["a"] * 3 + ["b"] * 3)
    assert (report.groups, report.overall, report.difference) == ((), None, None)
    assert report.hidden == 2


@given(st.lists(st.sampled_from("abcdef"), max_size=60), st.integers(2, 12))
def test_nothing_shown_is_about_fewer_people_than_allowed(groups, least):
    report = measure_parity(
        plan_of([k % 2 == 0 for k in range(len(groups))]), groups, least_shown=least
    )
    counts = Counter(groups)
    assert all(row.people >= least for row in report.groups)
    shown = {row.group for row in report.groups} - {None}
    assert all(counts[label] >= least for label in shown)
    hidden = sum(count for label, count in counts.items() if label not in shown)
    # What can be had by subtracting from the total is as large as what may be shown.
    assert hidden == 0 or hidden >= least or (report.overall is None and not shown)
    total = sum(row.people for row in report.groups)
    assert total == len(groups) or (not report.groups and hidden == len(groups))


@given(st.permutations(range(24)))
def test_the_order_of_people_says_nothing(order):
    placed = [k % 3 == 0 for k in range(24)]
    groups = ["a"] * 12 + ["b"] * 12
    told = measure_parity(plan_of(placed), groups).to_json()
    again = measure_parity(
        plan_of([placed[k] for k in order]), [groups[k] for k in order]
    ).to_json()
    assert again == told


# Against the lottery


def test_a_group_that_the_plan_passes_over_is_below_the_lottery():
    problem = Problem(np.ones((40, 1)), [20])
    placed = [True] * 20 + [False] * 20
    plan = plan_of(placed)
    drawn = lottery(problem, solve(problem), draws=400, seed=2)
    report = measure_parity(plan, ["a"] * 20 + ["b"] * 20, lottery=drawn)
    first, second = (row.lottery for row in report.groups)
    assert (first.verdict, second.verdict) == ("above", "below")
    assert first.rate == pytest.approx(0.5)
    assert (first.as_few, second.as_few) == (1.0, 0.0)
    assert first.low < 0.5 < first.high


def test_what_chance_alone_would_bring_is_within():
    problem = Problem(np.ones((40, 1)), [20])
    plan = plan_of([k % 2 == 0 for k in range(40)])
    report = measure_parity(plan, ["a"] * 20 + ["b"] * 20, lottery=lottery(problem, draws=400))
    assert {row.lottery.verdict for row in report.groups} == {"within"}


def test_the_range_of_the_lottery_leaves_no_more_than_the_tails_outside():
    draws = np.zeros((100, 20), dtype=np.bool_)
    for k in range(100):  # the group gets 0 to 9 places, ten times each
        draws[k, : k // 10] = True
        draws[k, 10 : 20 - k // 10] = True
    plan = plan_of([True] * 5 + [False] * 5 + [True] * 5 + [False] * 5)
    report = measure_parity(
        plan, ["a"] * 10 + ["b"] * 10, lottery=lottery_of(draws), confidence=0.8
    )
    assert (report.groups[0].lottery.low, report.groups[0].lottery.high) == (0.1, 0.8)
    assert report.groups[0].lottery.as_few == pytest.approx(0.6)


def test_chains_that_disagree_give_no_verdict():
    draws = np.zeros((80, 20), dtype=np.bool_)
    draws[:40, :10] = draws[40:, 10:] = True  # two chains never leave a, two never leave b
    drawn = lottery_of(draws, method="chain")
    plan = plan_of([False] * 10 + [True] * 10)
    report = measure_parity(plan, ["a"] * 10 + ["b"] * 10, lottery=drawn)
    assert {row.lottery.verdict for row in report.groups} == {"unsettled"}


@pytest.mark.parametrize(
    ("field", "groups", "told"),
    [
        ("groups", ["a"], {}),
        ("confidence", ["a", "b"], {"confidence": 1.0}),
        ("least_shown", ["a", "b"], {"least_shown": 1}),
        ("lottery", ["a", "b"], {"lottery": lottery_of(np.ones((8, 3), dtype=np.bool_))}),
    ],
)
def test_what_does_not_belong_together_is_named(field, groups, told):
    with pytest.raises(ProblemError) as caught:
        measure_parity(plan_of([True, False]), groups, **told)
    assert caught.value.field == field


def test_the_report_is_plain_data():
    told = measure_parity(plan_of([True] * 20), ["a"] * 10 + ["b"] * 10).to_json()
    assert told["groups"][0]["group"] == "a"
    assert told["leastShown"] == 10
    assert told["overall"]["people"] == 20
