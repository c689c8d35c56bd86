"""The lottery over plans: counted, walked over, and held against trying everything."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import Group, Plan, Problem, ProblemError, Quota, Resource, solve
from matching.solvers.lottery import lottery
from matching.solvers.walking import agreement
from tests.oracles import all_plans
from tests.strategies import side_problems

SEATS = [1, 2, 1, 2]


def scattered(seed: int, n: int = 8, m: int = 4, *, possible: float = 0.6) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.where(chance.random((n, m)) < possible, 1.0, np.nan)


def plans_of_size(problem: Problem, placed: int) -> list[tuple[int, ...]]:
    return [plan for plan in all_plans(problem) if sum(j >= 0 for j in plan) == placed]


def shares(plans: list[tuple[int, ...]]) -> list[float]:
    return (np.array(plans) >= 0).mean(axis=0).tolist()


def one_of(problem: Problem, placed: int) -> Plan | None:
    """A plan that places so many, for a lottery to take its size from."""
    plans = plans_of_size(problem, placed)
    if not plans:
        return None
    some = solve(Problem(problem.scores, problem.seats))
    return replace(some, slots=np.array(plans[0], dtype=np.int64), placed=placed)


# Counted


@settings(max_examples=150)
@given(side_problems(scores="ties"), st.integers(0, 5))
def test_a_counted_lottery_is_the_share_of_all_plans(given_problem, placed):
    problem, _ = given_problem
    plan = one_of(problem, placed)
    assume(plan is not None)
    found = lottery(problem, plan, draws=8, method="exact")
    plans = plans_of_size(problem, placed)
    assert found.n_plans == len(plans)
    assert found.chance.tolist() == pytest.approx(shares(plans))
    assert {tuple(draw) for draw in found.draws.tolist()} <= {
        tuple(j >= 0 for j in plan) for plan in plans
    }


def test_the_size_is_the_most_that_can_be_placed_when_no_plan_is_given():
    problem = Problem(scattered(1), SEATS)
    assert lottery(problem, draws=8).placed == solve(problem).placed


def test_plans_are_drawn_as_often_as_each_other():
    problem = Problem(scattered(2, n=5), [1, 1, 1, 1])
    plans = plans_of_size(problem, 4)
    wanted = Counter(tuple(j >= 0 for j in plan) for plan in plans)
    found = lottery(problem, draws=4000, seed=7)
    assert (found.placed, found.n_plans) == (4, len(plans))
    assert len(wanted) > 2
    drawn = Counter(map(tuple, found.draws.tolist()))
    for people, ways in wanted.items():
        share = ways / len(plans)
        off = drawn[people] / 4000 - share
        assert abs(off) < 4.5 * np.sqrt(share * (1 - share) / 4000)


def test_numbers_of_plans_beyond_any_double_are_counted():
    n = 220
    problem = Problem(np.ones((n, 2)), [n, n])
    found = lottery(problem, draws=8, method="exact")
    assert found.n_plans == 2**n
    assert found.chance.tolist() == [1.0] * n


def test_scores_play_no_part():
    scores = scattered(3)
    other = scores * np.arange(1, 33).reshape(8, 4)
    first, second = (lottery(Problem(one, SEATS), draws=50, seed=3) for one in (scores, other))
    assert first.to_json() == second.to_json()


def test_where_rules_leave_no_plan_nobody_has_a_chance():
    problem = Problem(np.ones((2, 1)), [1], quotas=[Quota("both", [0, 1], [0], least=2)])
    found = lottery(problem)
    assert (found.n_plans, found.placed, found.chance.tolist()) == (0, 0, [0.0, 0.0])
    assert len(found.draws) == 0


def test_with_nobody_there_is_one_plan():
    found = lottery(Problem(np.zeros((0, 3)), [1, 1, 1]), draws=8)
    assert (found.n_plans, found.chance.tolist()) == (1, [])


# Walked


HOURS = Resource("coach", [3, 1, 2, 1, 3, 2, 1, 1], [3, 4, 2, 3])
GROUPS = [Group("pair", [0, 1]), Group("apart", [2, 3], apart=True)]
COHORT = [
    Quota("floor", range(8), [1, 3], least=3, if_open=True),
    Quota("most", range(4), [0, 1], most=1),
]
FIRST_FITS_FIRST = np.where(np.arange(32).reshape(8, 4) == 0, 1.0, scattered(6))

HAND_MADE = {
    "seats": Problem(scattered(4), SEATS),
    "few plans": Problem(scattered(11, possible=0.3), SEATS),
    "more seats than people": Problem(scattered(5, n=6), [2, 3, 2, 3]),
    "pins": Problem(FIRST_FITS_FIRST, SEATS, pins=[0] + [-1] * 7),
    "hours": Problem(scattered(7), SEATS, resources=[HOURS]),
    "together": Problem(scattered(8, possible=0.8), SEATS, groups=GROUPS),
    "cohort": Problem(scattered(9, possible=0.9), SEATS, quotas=COHORT),
}


@pytest.mark.parametrize("name", HAND_MADE)
def test_chains_come_near_to_trying_everything(name):
    problem = HAND_MADE[name]
    found = lottery(problem, method="chain", draws=2000, seed=5)
    wanted = np.array(shares(plans_of_size(problem, found.placed)))
    assert found.method == "chain"
    assert found.is_settled
    assert np.all(np.abs(found.chance - wanted) <= 5 * found.error + 0.002)
    assert found.error.max() < 0.05


@pytest.mark.parametrize("name", HAND_MADE)
def test_chains_only_come_by_plans(name):
    problem = HAND_MADE[name]
    found = lottery(problem, method="chain", draws=200, seed=6)
    allowed = {tuple(j >= 0 for j in plan) for plan in plans_of_size(problem, found.placed)}
    assert {tuple(draw) for draw in found.draws.tolist()} <= allowed


def test_a_chain_also_walks_over_plans_that_place_fewer_than_could_be():
    problem = Problem(scattered(4), SEATS)
    found = lottery(problem, one_of(problem, 3), method="chain", draws=2000, seed=1)
    wanted = np.array(shares(plans_of_size(problem, 3)))
    assert np.all(np.abs(found.chance - wanted) <= 5 * found.error)


def test_where_there_are_too_many_states_it_walks_and_says_so():
    problem = Problem(scattered(10, n=60, m=15), [4] * 15)
    found = lottery(problem, draws=40)
    assert (found.method, found.n_plans) == ("chain", None)
    assert 0 < found.effective_draws <= 40
    assert found.burn_in > 0
    with pytest.raises(ProblemError, match="states"):
        lottery(problem, draws=40, method="exact")


def test_chains_that_disagree_are_not_settled():
    stuck = np.zeros((4, 100, 3), dtype=np.bool_)
    stuck[2:, :, 1] = True
    assert agreement(stuck).disagreement > 1.05
    mixed = np.random.default_rng(0).random((4, 400, 3)) < 0.4
    found = agreement(mixed)
    assert found.disagreement < 1.05
    assert found.effective_draws > 800
    assert found.error == pytest.approx(np.sqrt(0.24 / 1600), rel=0.3)


def test_chains_that_all_start_from_one_plan_are_not_settled():
    only_one = Problem(np.where(np.eye(60) > 0, 1.0, np.nan), [1] * 60)
    found = lottery(only_one, method="chain", draws=40)
    assert (found.starts, found.disagreement, found.is_settled) == (1, 1.0, False)


def test_draws_that_hang_together_are_worth_fewer():
    slow = np.repeat(np.random.default_rng(0).random((4, 40, 1)) < 0.5, 10, axis=1)
    assert agreement(slow).effective_draws < 4 * 40 * 2


@pytest.mark.parametrize("method", ["exact", "chain"])
def test_the_same_seed_gives_the_same_lottery(method):
    problem = Problem(scattered(4), SEATS)
    first, again, other = (
        lottery(problem, draws=60, method=method, seed=seed) for seed in (1, 1, 2)
    )
    assert first.to_json() == again.to_json()
    assert (first.draws == again.draws).all()
    assert (first.draws != other.draws).any()


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("draws", {"draws": 3}),
        ("seed", {"seed": -1}),
        ("steps", {"steps": 0}),
        ("method", {"method": "dice"}),
    ],
)
def test_what_is_out_of_range_is_named(field, told):
    with pytest.raises(ProblemError) as caught:
        lottery(Problem([[1]], [1]), **told)
    assert caught.value.field == field


def test_a_plan_that_breaks_a_rule_is_refused():
    problem = Problem([[1], [1]], [2])
    plan = solve(problem)
    with pytest.raises(ProblemError, match="breaks a rule"):
        lottery(Problem([[1], [1]], [1]), plan)
