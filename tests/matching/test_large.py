"""Side rules at scale, forced on small problems too: every rule kept, and never a false bound."""

import os
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Group, Plan, Problem, Quota, Resource, SolveStatus, check, solve
from matching.solvers.sides.integer import solve_integer
from matching.solvers.sides.large import MANY_PAIRS, can_search, solve_large
from matching.solvers.watch import Watch
from matching.study.synthetic import study_instance, study_side_rules
from tests.drill import examples
from tests.oracles import all_plans, best_by_brute_force, value_of_plan
from tests.strategies import side_problem

OBJECTIVES = [("placed", "score"), ("score",)]


def drawn(seed):
    random = np.random.default_rng(seed)
    n, m = int(random.integers(4, 16)), int(random.integers(2, 5))
    scores = random.integers(0, 100, (n, m)).astype(np.float64)
    scores[random.random((n, m)) < 0.3] = np.nan
    hours = Resource("hours", random.integers(1, 5, n), random.integers(2, 12, m))
    half = Quota("half", np.arange(n // 2), np.arange(m), most=n // 3 + 1)
    return Problem(scores, random.integers(1, 5, m), resources=[hours], quotas=[half])


def searched(problem: Problem, objective=OBJECTIVES[0], **how) -> Plan:
    """Return the plan of the solver under test, whatever the front door would choose."""
    given_as = {"gap": 0.0, "seed": 0, "start": None, "watch": Watch()} | how
    found = solve_large(problem, objective=objective, **given_as)
    return solve_integer(problem, objective=objective, **given_as) if found is None else found


@pytest.fixture(scope="module")
def many() -> Problem:
    """Thousands of pairs, hours that are tight, and a floor for a target group."""
    return crowd()


def crowd(*more: Quota, budget: tuple[float, float] = (0.5, 1.1)) -> Problem:
    made = study_instance(300, 70)
    scores = made.scores().astype(np.float64)
    resources, quotas = study_side_rules(made, budget=budget)
    return Problem(
        np.where(scores < 0, np.nan, scores),
        made.seats,
        resources=resources,
        quotas=[*quotas, *more],
    )


# Held against trying everything, and against branching


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(12))
def test_it_keeps_every_rule_and_its_bound_lies_above_the_best_plan(seed, objective):
    problem = drawn(seed)
    plan = searched(problem, objective)
    best = solve_integer(problem, objective=objective, gap=0.0, seed=0, start=None, watch=Watch())
    second = check(problem, plan)
    assert second.ok, second.faults
    assert plan.placed == best.placed
    assert plan.score <= best.score <= plan.bound


@settings(max_examples=examples(150))
@given(
    st.integers(0, 2**32),
    st.integers(1, 5),
    st.integers(1, 3),
    st.sampled_from(["points", "ties", "eighths", "millions"]),
    st.sampled_from(OBJECTIVES),
)
def test_under_any_mix_of_rules_no_plan_lies_above_its_bounds(seed, n, m, scores, objective):
    problem = replace(side_problem(seed, n, m, scores=scores)[0], tiers=None)
    plan, best = searched(problem, objective), best_by_brute_force(problem, objective)
    if best is None:
        assert plan.status is SolveStatus.INFEASIBLE
        return
    slots = tuple(plan.slots.tolist())
    assert slots in set(all_plans(problem))
    second = check(problem, plan)
    assert second.ok, second.faults
    value = value_of_plan(problem, slots, objective)
    for level, ours, most in zip(plan.levels, value, best, strict=False):
        assert ours <= most <= level.bound
        if ours < most:
            assert level.status is not SolveStatus.OPTIMAL
            return


@pytest.mark.parametrize("seed", range(4))
def test_search_and_branching_never_exceed_each_others_bounds(seed):
    chance = np.random.default_rng(seed)
    n, m = 60, 20
    scores = chance.integers(0, 10_000, (n, m)).astype(float)
    scores[chance.random((n, m)) < 0.6] = np.nan
    problem = Problem(
        scores,
        chance.integers(1, 5, m),
        resources=[
            Resource("coach", chance.integers(1, 9, n), chance.integers(4, 20, m)),
            Resource("course", chance.integers(0, 5, n), 1.2 * n),
        ],
        quotas=[Quota("floor", np.arange(n // 3), np.arange(m // 2), least=4, if_open=True)],
        groups=[Group("two", [0, 1]), Group("foes", [2, 3, 4], apart=True)],
    )
    ours = searched(problem, watch=Watch(5.0))
    other = solve_integer(
        problem, objective=OBJECTIVES[0], gap=0.0, seed=0, start=None, watch=Watch(5.0)
    )
    assert check(problem, ours).ok
    assert ours.levels[0].value <= other.levels[0].bound
    assert other.levels[0].value <= ours.levels[0].bound
    if ours.placed == other.placed:
        assert ours.score <= other.bound
        assert other.score <= ours.bound


# Through the front door


def test_many_pairs_are_searched_and_few_or_other_objectives_branched(many):
    assert len(many.pair_slot) >= MANY_PAIRS
    assert can_search(many, ("placed", "score"))
    assert not can_search(many, ("score", "placed"))
    assert not can_search(drawn(0), ("placed", "score"))
    assert not can_search(Problem(many.scores, many.seats), ("placed", "score"))


def test_tight_hours_end_near_the_bound_and_check_proves_it(many):
    plan = solve(many, objective=("score",), gap=0.02)
    second = check(many, plan)
    assert (second.ok, second.proof, second.faults) == (True, "proven", ())
    assert plan.gap <= 0.02


def test_the_same_question_gets_the_same_answer(many):
    first, second = (solve(many, objective=("score",), gap=0.01) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_with_hours_to_spare_most_places_and_then_the_best_score_are_found():
    problem = crowd(budget=(2.0, 3.0))
    plan = solve(problem, gap=0.001)
    assert plan.levels[0].status is SolveStatus.OPTIMAL
    assert check(problem, plan).ok
    assert plan.levels[1].gap <= 0.001


def test_when_all_seats_can_be_filled_prices_prove_it(many):
    hours = Resource("hours", np.ones(300), np.full(70, 300.0))
    problem = replace(many, seats=np.minimum(many.seats, 2), resources=[hours], quotas=())
    plan = solve(problem, gap=0.001)
    assert plan.placed == int(problem.seats.sum())
    assert check(problem, plan).proof == "proven"


def test_a_floor_that_nobody_can_meet_leaves_no_plan():
    in_group = np.arange(300) < 20
    short = Quota("floor", in_group, np.ones(70, dtype=bool), least=21)
    assert solve(crowd(short)).status is SolveStatus.INFEASIBLE


def test_other_levels_start_from_the_plan_that_search_finds(many):
    current = np.where(np.arange(300) % 2, np.arange(300) % 70, -1)
    problem = replace(many, current=current)
    plan = solve(problem, objective=("placed", "score", "moves"), time_limit=6.0)
    placed = solve(many, gap=0.02).placed
    assert check(problem, plan).ok
    assert plan.placed >= 0.98 * placed
    assert [level.name for level in plan.levels] == ["placed", "score", "moves"]


# Stopped before the end


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("signs", [0, 1, 2, 4])
def test_whoever_cancels_gets_a_plan_with_a_true_bound(many, objective, signs):
    heard = []

    def listen(progress):
        heard.append(progress)
        return len(heard) <= signs

    plan = solve(many, objective=objective, progress=listen)
    assert plan.status is SolveStatus.INTERRUPTED
    assert len(plan.levels) == len(objective)
    second = check(many, plan)
    assert (second.ok, second.feasible, second.faults) == (True, True, ())
    assert plan.score <= plan.bound
    assert len(heard) <= signs + 2


def test_without_any_time_there_is_a_plan_that_keeps_the_floor(many):
    plan = solve(many, time_limit=0.0)
    assert plan.status is SolveStatus.INTERRUPTED
    assert check(many, plan).ok
    assert plan.placed > 0


@pytest.mark.parametrize("seconds", [0.05, 0.6, 2.0])
def test_ctrl_c_hands_over_the_best_plan_so_far(many, seconds):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        plan = solve(many)
    finally:
        timer.cancel()
    assert plan.status is SolveStatus.INTERRUPTED
    assert check(many, plan).ok


def test_ctrl_c_is_heard_where_its_exception_gets_lost(many):
    def listen(progress):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            pass  # as it is in a finaliser

    plan = solve(many, progress=listen)
    assert plan.status is SolveStatus.INTERRUPTED
    assert check(many, plan).ok
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# What takes long in a thread of its own


def test_long_work_is_done_once_whenever_ctrl_c_comes():
    done = []

    def work():
        done.append(True)
        time.sleep(0.0002)

    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for number in range(400):
            done.clear()
            watch = Watch()
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-5 + number * 1e-6)
                watch.meanwhile(work)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:  # before the watch began, or just after it ended
                continue
            assert done == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_long_work_is_told_about_and_asked_to_end():
    heard, asked = [], threading.Event()

    def listen(progress):
        heard.append(progress.step)
        return False

    def work():
        return asked.wait(20)

    watch = Watch(progress=listen)
    watch.may_go_on("counting")
    assert watch.meanwhile(work, halt=asked.set) is True
    assert watch.stopped
    assert heard


def test_ctrl_c_during_long_work_waits_for_it():
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    watch = Watch()
    done = []
    watch.meanwhile(lambda: (time.sleep(0.4), done.append("ended")))
    assert (done, watch.stopped) == (["ended"], True)


def test_a_listener_that_fails_is_heard_after_the_work_has_ended():
    asked, ended = threading.Event(), []

    def listen(progress):
        raise ValueError("no line")

    def work():
        asked.wait(20)
        ended.append(True)

    with pytest.raises(ValueError, match="no line"):
        Watch(progress=listen).meanwhile(work, halt=asked.set)
    assert ended == [True]


def test_what_goes_wrong_in_long_work_is_raised():
    with pytest.raises(ZeroDivisionError):
        Watch().meanwhile(lambda: 1 // 0)
