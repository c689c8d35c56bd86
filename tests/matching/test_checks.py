"""The second opinion: it accepts what is true, and no tampering passes as proven."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Certificate, Plan, Problem, Quota, SolveStatus, check, solve
from matching.policy import OBJECTIVES
from tests.oracles import all_plans, best_by_brute_force, value_of_plan
from tests.strategies import problems

NAN = np.nan
PROBLEM = Problem(
    [[9, 7, NAN], [8, NAN, 2], [7, NAN, 1], [5, 6, 4], [NAN, 5, NAN], [6, NAN, NAN]],
    seats=[2, 3, 1],
    pins=[-1, -1, -1, 2, -1, -1],
)
"""Three people can go to the first slot only, which has two seats; the fourth is fixed."""

PLAN = solve(PROBLEM)


def is_proven(problem: Problem, plan: Plan) -> bool:
    found = check(problem, plan)
    return found.ok and found.proof == "proven"


def with_place(i: int, j: int, plan: Plan = PLAN) -> Plan:
    """Return a plan in which one person has another place, with honest sums."""
    slots = plan.slots.copy()
    slots[i] = j
    return with_honest_sums(PROBLEM, slots, plan)


def with_honest_sums(problem: Problem, slots, plan: Plan) -> Plan:
    slots = np.array(slots, dtype=np.int64)
    pairs = [(i, j) for i, j in enumerate(slots.tolist()) if 0 <= j < problem.shape[1]]
    score = sum(int(np.nan_to_num(problem.scores[pair])) for pair in pairs)
    return replace(plan, slots=slots, placed=len(pairs), score=score, bound=score)


def with_certificate(plan: Plan = PLAN, **changed) -> Plan:
    return replace(plan, certificate=replace(plan.certificate, **changed))


def test_the_plan_that_is_tampered_with_below_is_proven_itself():
    assert PLAN.slots.tolist() == [1, 0, 0, 2, 1, -1]
    assert check(PROBLEM, PLAN).faults == ()
    assert is_proven(PROBLEM, PLAN)


# Tampering: what was changed, and a word of the fault that should tell of it

TAMPERED = {
    "the score is one more": (replace(PLAN, score=PLAN.score + 1, bound=PLAN.bound + 1), "score"),
    "the score is one less": (replace(PLAN, score=PLAN.score - 1), "score"),
    "the score is no number": (replace(PLAN, score=NAN), "score"),
    "the bound is lower than the score": (replace(PLAN, bound=PLAN.bound - 1), "no plan scores"),
    "the bound is no number": (replace(PLAN, bound=NAN), "no plan scores"),
    "one more is said to be placed": (replace(PLAN, placed=PLAN.placed + 1), "are placed"),
    "somebody is in a slot that refuses them": (with_place(1, 1), "refuses"),
    "a slot is over-full": (with_place(5, 0), "seats"),
    "a pin is broken": (with_place(3, -1), "fixed"),
    "a slot does not exist": (with_place(2, 3), "does not exist"),
    "a slot is below none": (with_place(2, -2), "does not exist"),
    "somebody is missing": (replace(PLAN, slots=PLAN.slots[:5]), "needs 6"),
    "slots are no whole numbers": (replace(PLAN, slots=PLAN.slots.astype(float)), "needs 6"),
    "a price is negative": (
        with_certificate(prices=PLAN.certificate.prices - np.array([0, 0, 99])),
        "below 0",
    ),
    "a price is a fraction": (
        with_certificate(prices=PLAN.certificate.prices + 0.5),
        "another problem",
    ),
    "a price is higher": (
        with_certificate(prices=PLAN.certificate.prices + np.array([9, 0, 0])),
        "bound",
    ),
    "a place has another price": (
        with_certificate(place_price=PLAN.certificate.place_price + 50),
        "bound",
    ),
    "nobody is covered": (
        with_certificate(cover_candidates=np.zeros(6, dtype=bool)),
        "at most",
    ),
    "no slot is covered": (with_certificate(cover_slots=np.zeros(3, dtype=bool)), "at most"),
    "everything is covered": (
        with_certificate(cover_candidates=np.ones(6, bool), cover_slots=np.ones(3, bool)),
        "at most",
    ),
    "the cover counts instead of naming": (
        with_certificate(cover_candidates=np.full(6, 2), cover_slots=np.zeros(3, dtype=int)),
        "another problem",
    ),
    "the certificate has one slot more": (
        with_certificate(cover_slots=np.zeros(4, dtype=bool)),
        "another problem",
    ),
    "the certificate has one person less": (
        with_certificate(cover_candidates=np.ones(5, dtype=bool)),
        "another problem",
    ),
    "the certificate reads in other steps": (with_certificate(exponent=1000), "another problem"),
    "the objective is one that nobody can prove": (
        replace(PLAN, objective=("score", "placed")),
        "objective",
    ),
}


@pytest.mark.parametrize(("plan", "word"), TAMPERED.values(), ids=TAMPERED)
def test_no_tampering_passes_as_proven(plan, word):
    found = check(PROBLEM, plan)
    assert not found.ok
    assert any(word in fault for fault in found.faults), found.faults


def test_the_certificate_of_another_problem_proves_nothing_here():
    turned = Problem(PROBLEM.scores[::-1].copy(), PROBLEM.seats)
    assert is_proven(turned, solve(turned))
    for other in (turned, Problem([[1]], seats=[1])):
        assert not is_proven(PROBLEM, replace(PLAN, certificate=solve(other).certificate))


@pytest.mark.parametrize("shift", [0, -20], ids=["as it is", "all scores below 0"])
@pytest.mark.parametrize("admits", [False, True], ids=["lowers the bound", "admits the bound"])
def test_every_worse_plan_that_claims_to_be_optimal_is_found_out(shift, admits):
    problem = Problem(PROBLEM.scores + shift, PROBLEM.seats, pins=PROBLEM.pins)
    best_plan = solve(problem)
    best = best_by_brute_force(problem, best_plan.objective)
    n_worse = 0
    for slots in all_plans(problem):
        plan = with_honest_sums(problem, slots, best_plan)
        plan = replace(plan, bound=max(plan.bound, best_plan.bound) if admits else plan.bound)
        is_best = value_of_plan(problem, slots, best_plan.objective) == best
        assert check(problem, plan).feasible
        assert is_proven(problem, plan) == is_best
        n_worse += not is_best
    assert n_worse > 30


def test_a_worse_plan_that_says_so_is_in_order_but_only_claimed():
    worse = with_place(4, -1)
    plan = replace(worse, status=SolveStatus.FEASIBLE, bound=PLAN.bound, levels=())
    found = check(PROBLEM, plan)
    assert (found.ok, found.feasible, found.proof) == (True, True, "claimed")


def test_an_impossible_plan_is_not_called_feasible():
    found = check(PROBLEM, TAMPERED["a slot is over-full"][0])
    assert (found.ok, found.feasible, found.proof) == (False, False, "claimed")


# Each of these once passed as proven


def test_prices_between_two_whole_numbers_do_not_hide_a_better_place():
    problem = Problem([[5, 4]], seats=[1, 1])
    worse = replace(
        solve(problem, objective="score"),
        slots=np.array([1]),
        score=4,
        bound=4,
        certificate=Certificate(np.array([0.9, 0]), 0, np.array([False]), np.array([False] * 2)),
    )
    assert not is_proven(problem, worse)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_steps_too_fine_for_a_number_do_not_hide_a_better_place():
    problem = Problem([[5.0, 4.0]], seats=[1, 1])
    plan = solve(problem, objective="score")
    worse = replace(plan, slots=np.array([1]), score=4, bound=4)
    for exponent in (1, 60, 1000):
        assert not is_proven(problem, with_certificate(worse, exponent=exponent))


def test_a_score_off_by_one_is_seen_where_a_double_no_longer_sees_it():
    problem = Problem([[2**54 + 1]], seats=[1])
    plan = solve(problem)
    assert is_proven(problem, plan)
    assert not is_proven(problem, replace(plan, score=float(2**54)))


# Subtler ones


def test_a_price_for_places_proves_nothing_where_places_do_not_count():
    problem = Problem([[5]], seats=[1])
    plan = solve(problem, objective="score")
    nobody = replace(plan, slots=np.array([-1]), placed=0, score=0, bound=0)
    assert not is_proven(problem, with_certificate(nobody, place_price=5))


def test_a_bound_too_low_by_less_than_a_step_is_not_proven():
    problem = Problem([[0.3, 0.3 + 1e-12]], seats=[1, 1])
    first = replace(solve(problem), slots=np.array([0]), score=0.3)
    assert is_proven(problem, first)  # as good as the resolution can tell
    assert not is_proven(problem, replace(first, bound=0.3))


# Its own solver's plans, which it once refused


@pytest.mark.parametrize("score", [0.1, 0.3, 1 / 3, 0.6])
def test_many_equals_for_one_seat_with_a_fraction_are_proven(score):
    problem = Problem(np.full((10, 1), score), seats=[1])
    assert is_proven(problem, solve(problem))


def test_scores_finer_than_the_resolution_are_proven_within_it():
    problem = Problem(np.full((3, 3), 1e-10), seats=[1, 1, 1])
    plan = solve(problem, objective="score")
    assert is_proven(problem, plan)
    assert plan.bound >= 3e-10


def test_sums_in_which_large_scores_cancel_out_are_exact():
    problem = Problem([[1e30, NAN, NAN], [NAN, 0.5, NAN], [NAN, NAN, -1e30]], seats=[1, 1, 1])
    plan = solve(problem)
    assert plan.score == 0.5
    assert is_proven(problem, plan)


# Whatever is made up


def any_certificate(problem: Problem, draw) -> Certificate:
    """Either the true certificate with a few changes, or one that is made up altogether."""
    n, m = problem.shape
    true = solve(problem, objective=draw(st.sampled_from(OBJECTIVES))).certificate
    if not draw(st.booleans()):
        true = Certificate(
            np.array(draw(st.lists(st.integers(0, 5), min_size=m, max_size=m)), dtype=np.int64),
            draw(st.integers(-5, 5)),
            np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool),
            np.array(draw(st.lists(st.booleans(), min_size=m, max_size=m)), dtype=bool),
            problem.exponent,
        )
    prices, people, slots = (
        column.copy() for column in (true.prices, true.cover_candidates, true.cover_slots)
    )
    for _ in range(draw(st.integers(0, 2))):
        if m:
            prices[draw(st.integers(0, m - 1))] += draw(st.integers(-3, 3))
            slots[draw(st.integers(0, m - 1))] ^= draw(st.booleans())
        if n:
            people[draw(st.integers(0, n - 1))] ^= draw(st.booleans())
    place_price = true.place_price + draw(st.integers(-1, 1))
    return Certificate(prices, place_price, people, slots, true.exponent)


@settings(max_examples=500)
@given(problems(most=4), st.sampled_from(OBJECTIVES), st.data())
def test_no_made_up_plan_is_proven_unless_trying_everything_agrees(problem, objective, data):
    plans = list(all_plans(problem))
    slots = data.draw(st.sampled_from([list(plan) for plan in plans]))
    value = value_of_plan(problem, slots, objective)
    best = best_by_brute_force(problem, objective)
    score = value_of_plan(problem, slots, ("score",))[0]
    score = score if problem.is_whole else float(score)  # eighths, so nothing is lost
    plan = Plan(
        slots=np.array(slots, dtype=np.int64),
        placed=sum(j >= 0 for j in slots),
        score=score,
        bound=score + data.draw(st.integers(0, 1)),
        status=SolveStatus.OPTIMAL,
        prices=np.zeros(problem.shape[1]),
        certificate=any_certificate(problem, data.draw),
        objective=objective,
    )
    if is_proven(problem, plan):
        assert value[: len(objective)] == best[: len(objective)]


@settings(max_examples=200)
@given(problems("whole", most=4), st.sampled_from(OBJECTIVES), st.data())
def test_any_best_plan_is_proven_by_the_certificate_of_another(problem, objective, data):
    plan = solve(problem, objective=objective)
    best = best_by_brute_force(problem, objective)[: len(objective)]
    equals = [p for p in all_plans(problem) if value_of_plan(problem, p, objective)[:-1] == best]
    other = data.draw(st.sampled_from([list(slots) for slots in equals]))
    placed = sum(j >= 0 for j in other)
    assert is_proven(problem, replace(plan, slots=np.array(other, dtype=np.int64), placed=placed))


def test_best_said_without_any_proof_is_looked_into_by_another_solver():
    problem = Problem([[9, 7], [8, 3], [6, 5]], [2, 2])
    plan = solve(problem)
    first, second = plan.levels
    worse = replace(
        plan,
        slots=np.array([1, -1, -1]),
        placed=1,
        score=7,
        bound=7,
        certificate=None,
        levels=(replace(first, value=1, bound=1), replace(second, value=7, bound=7)),
    )
    assert not check(problem, worse).ok
    same = check(problem, replace(plan, certificate=None))
    assert (same.ok, same.settled_by) == (True, "another solver")


def test_whole_numbers_too_large_for_the_sums_of_floats_are_added_exactly():
    scores = [[2.0**53 - 1], [2.0**53 - 3], [2.0**53 - 5]]
    problem = Problem(scores, [3], quotas=[Quota("all", [0, 1, 2], [0], most=3)])
    plan = solve(problem, objective=("placed",))
    assert plan.score == 3 * 2**53 - 9
    assert check(problem, plan).ok
