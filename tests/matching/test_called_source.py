"""A caller's own class of scores: the plan that an array gives, and how it is stopped."""

import signal
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching import (
    REFUSED,
    Group,
    Problem,
    ProblemError,
    Resource,
    ScoreSource,
    SolveStatus,
    check,
    solve,
)
from matching.solvers import watch
from matching.solvers.seats.called_source import CalledSource
from matching.solvers.sides import model

ORDERS = (("placed", "score"), ("score",))
each_order = pytest.mark.parametrize("objective", ORDERS, ids=" then ".join)


class OnDemand:
    """Scores of a table, in plain Python; `upset` is called before each answer."""

    def __init__(self, table, upset=lambda: None):
        self.table, self.upset = table, upset
        self.shape = table.shape
        known = table[table != REFUSED] if (table != REFUSED).any() else np.zeros(1)
        self.lowest, self.highest = int(known.min()), int(known.max())

    def block(self, rows, columns):
        self.upset()
        return self.table[rows, columns]

    def rows(self, candidates):
        self.upset()
        return self.table[candidates]

    def columns(self, slots):
        self.upset()
        return self.table[:, slots]


class Rangeless:
    """The same, by a class that knows no more than its scores."""

    def __init__(self, table):
        self.table, self.shape = table, table.shape

    def block(self, rows, columns):
        return self.table[rows, columns]

    def rows(self, candidates):
        return self.table[candidates]

    def columns(self, slots):
        return self.table[:, slots]


def drawn(n, m, *, seed=0, refused=0.3, low=0, high=1000, ratio=0.9):
    """Return a table of scores and the seats of its slots."""
    chance = np.random.default_rng(seed)
    table = chance.integers(low, high + 1, (n, m))
    # Slots differ in how wanted they are, so that prices matter.
    table = np.minimum(table + chance.integers(0, max(1, (high - low) // 2), m), high)
    table = table.astype(np.int32)
    table[chance.random((n, m)) < refused] = REFUSED
    seats = chance.multinomial(round(ratio * n), np.full(m, 1 / m)) if m else np.zeros(0, int)
    return table, seats


def as_array(table):
    return np.where(table == REFUSED, np.nan, table.astype(np.float64))


def best_with(table, seats, placed):
    """Return the highest score of a plan that places exactly so many; an assignment says so."""
    n = len(table)
    columns = np.repeat(np.arange(len(seats)), np.minimum(seats, n))
    worth = np.where(table == REFUSED, -(10**9), table.astype(np.int64))[:, columns]
    outside = np.full((n, n - placed), 10**8)
    rows, chosen = linear_sum_assignment(np.hstack([worth, outside]), maximize=True)
    inside = chosen < len(columns)
    assert inside.sum() == placed
    return int(worth[rows[inside], chosen[inside]].sum())


def counting(limit, what):
    """Return a function that does `what` on its `limit`-th call."""
    calls = iter(range(10**9))

    def upset():
        if next(calls) == limit:
            what()

    return upset


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


# The same as an array


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(0, 700),
    m=st.integers(0, 25),
    refused=st.sampled_from([0.0, 0.3, 0.9]),
    scores=st.sampled_from([(0, 1000), (-500, 500), (0, 2), (-(2**20), 2**20)]),
    ratio=st.sampled_from([0.0, 0.6, 1.0, 1.3]),
    objective=st.sampled_from(ORDERS),
    extra=st.sets(st.sampled_from(["pins", "bonus"])),
)
def test_a_plain_source_gives_the_numbers_of_its_scores_as_an_array(
    seed, n, m, refused, scores, ratio, objective, extra
):
    low, high = scores
    table, seats = drawn(n, m, seed=seed, refused=refused, low=low, high=high, ratio=ratio)
    given = {}
    chance = np.random.default_rng(seed)
    if "pins" in extra:
        given["pins"] = some_pins(table, seats, chance)
    if "bonus" in extra and m:
        given |= {"current": chance.integers(-1, m, n), "stay_bonus": int(high)}
    problem = Problem(OnDemand(table), seats, **given)
    plan = solve(problem, objective=objective)
    in_full = solve(Problem(as_array(table), seats, **given), objective=objective)
    assert [(level.name, level.value) for level in plan.levels] == [
        (level.name, level.value) for level in in_full.levels
    ]
    assert plan.status is SolveStatus.OPTIMAL
    if "placed" in objective:
        assert plan.placed == in_full.placed
    if "bonus" not in given:
        second = check(problem, plan)
        assert (second.ok, second.proof) == (True, "proven")


def some_pins(table, seats, chance):
    pins, left = np.full(len(table), -1), np.array(seats)
    for row in chance.permutation(len(table))[: len(table) // 5].tolist():
        open_slots = np.flatnonzero((table[row] != REFUSED) & (left > 0))
        if len(open_slots):
            pins[row] = chance.choice(open_slots)
            left[pins[row]] -= 1
    return pins


def test_a_problem_without_an_open_slot_places_nobody():
    table, _ = drawn(300, 4)
    plan = solve(Problem(OnDemand(table), [0, 0, 0, 0]))
    assert (plan.placed, plan.status) == (0, SolveStatus.OPTIMAL)


def test_scores_laid_out_by_column_or_in_64_bits_are_read_as_they_are():
    table, seats = drawn(300, 12)
    expected = solve(Problem(OnDemand(table), seats)).score
    for same in (np.asfortranarray(table), table.astype(np.int64), table[::-1].copy()[::-1]):
        assert solve(Problem(OnDemand(same), seats)).score == expected


def test_candidates_are_taken_without_reading_them():
    table, _ = drawn(300, 12)

    def forbidden():
        raise AssertionError("read too early")

    source = CalledSource(OnDemand(table, forbidden)).take(np.arange(100, 300))
    assert source.take(np.array([5, 2])).shape == (2, 12)


def test_solving_again_from_an_earlier_plan_gives_what_solving_afresh_gives():
    table, seats = drawn(600, 20)
    before = solve(Problem(OnDemand(table), seats))
    changed = np.arange(600) % 50 == 0
    table[changed] = np.random.default_rng(1).integers(0, 1000, (12, 20))
    problem = Problem(OnDemand(table), seats)
    again = solve(problem, start=before, changed=changed)
    assert (again.placed, again.score) == ((afresh := solve(problem)).placed, afresh.score)


# What a source has to have


def test_a_source_need_not_know_its_range():
    table, seats = drawn(300, 12, low=-50, high=70)
    problem = Problem(Rangeless(table), seats)
    assert isinstance(problem.scores, ScoreSource)
    known = table[table != REFUSED]
    assert (problem.scores.lowest, problem.scores.highest) == (known.min(), known.max())
    assert solve(problem).score == solve(Problem(as_array(table), seats)).score


def test_a_source_of_refusals_only_has_a_range_too():
    problem = Problem(Rangeless(np.full((3, 2), REFUSED, dtype=np.int32)), [1, 1])
    assert solve(problem).placed == 0


@pytest.mark.parametrize("name", ["shape", "rows", "columns"])
def test_what_a_source_lacks_is_named(name):
    has = {"shape": (1, 1), "block": print, "rows": print, "columns": print}
    del has[name]
    with pytest.raises(ProblemError, match=f"without {name};") as caught:
        Problem(type("Mine", (), has)(), [1])
    assert caught.value.field == "scores"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("shape", (2,), "has shape"),
        ("highest", 2**31, "as highest"),
        ("lowest", 0.5, "as lowest"),
        ("lowest", 2000, "lowest above its highest"),
    ],
)
def test_an_attribute_out_of_range_is_named(name, value, message):
    source = OnDemand(drawn(3, 2, refused=0)[0])
    setattr(source, name, value)
    with pytest.raises(ProblemError, match=message):
        Problem(source, [1, 1])


@pytest.mark.parametrize(("name", "by"), [("highest", -1), ("lowest", 1)])
def test_a_score_outside_the_range_that_the_source_tells_is_refused_with_its_row(name, by):
    table, seats = drawn(300, 12)
    known = np.where(table == REFUSED, 500, table)
    row = int(np.argmax(known.max(axis=1)) if name == "highest" else np.argmin(known.min(axis=1)))
    source = OnDemand(table)
    setattr(source, name, getattr(source, name) + by)
    with pytest.raises(ProblemError, match="outside what the source says") as caught:
        solve(Problem(source, seats))
    assert (caught.value.field, caught.value.row) == ("scores", row)


def test_scores_of_another_kind_or_shape_are_refused():
    table, seats = drawn(300, 12)
    for wrong in (table.astype(float), table[:, :5]):
        source = OnDemand(table)
        source.table = wrong
        with pytest.raises(ProblemError, match="accepted are whole numbers of shape"):
            solve(Problem(source, seats))


# Many pairs


def test_seats_alone_take_more_pairs_than_branching_can_gather(monkeypatch):
    monkeypatch.setattr(model, "MOST_PAIRS", 5)
    table, seats = drawn(40, 5)
    for objective in ORDERS:
        assert solve(Problem(OnDemand(table), seats), objective=objective).placed


def test_too_many_pairs_are_refused_with_what_they_would_be_gathered_for(monkeypatch):
    monkeypatch.setattr(model, "MOST_PAIRS", 5)
    source = OnDemand(drawn(4, 3, refused=0)[0])
    with pytest.raises(ProblemError, match=r"with the objective placed then worst$"):
        solve(Problem(source, [1, 1, 1]), objective=("placed", "worst"))
    rules = {
        "resources": [Resource("coach", [1] * 4, [9] * 3)],
        "groups": [Group("pair", [0, 1], "together")],
    }
    with pytest.raises(ProblemError, match=r"with resources, groups$"):
        solve(Problem(source, [1, 1, 1], **rules))


# Errors and stops


@each_order
@pytest.mark.parametrize("at", [0, 3, 8])
def test_an_error_in_the_source_comes_out_as_itself(objective, at):
    class LostConnection(Exception):
        pass

    def fail():
        raise LostConnection

    table, seats = drawn(900, 20)
    with pytest.raises(LostConnection):
        solve(Problem(OnDemand(table, counting(at, fail)), seats), objective=objective)


def assert_kept_and_bounded(table, seats, plan):
    assert plan.status is SolveStatus.INTERRUPTED
    has = np.flatnonzero(plan.slots >= 0)
    assert (np.bincount(plan.slots[has], minlength=len(seats)) <= seats).all()
    scores = table[has, plan.slots[has]]
    assert (scores != REFUSED).all()
    assert scores.sum() == plan.score
    if "placed" in plan.objective:
        assert plan.bound >= best_with(table, seats, plan.placed)
        assert plan.levels[0].bound >= solve(Problem(as_array(table), seats)).placed
    else:
        assert plan.bound >= solve(Problem(as_array(table), seats), objective="score").score


@each_order
@pytest.mark.parametrize("at", [0, 1, 2, 4, 6, 8])
def test_ctrl_c_inside_the_source_gives_a_plan_with_a_true_bound(objective, at):
    table, seats = drawn(700, 15, seed=3, ratio=0.7)
    source = OnDemand(table, counting(at, press_ctrl_c))
    plan = solve(Problem(source, seats), objective=objective)
    assert_kept_and_bounded(table, seats, plan)
    assert plan.placed > 0 or at == 0  # then nothing was looked at


@each_order
def test_without_any_time_the_plan_is_what_the_first_look_gives(objective):
    table, seats = drawn(700, 15, seed=4)
    plan = solve(Problem(OnDemand(table), seats), objective=objective, time_limit=0.0)
    assert_kept_and_bounded(table, seats, plan)
    assert plan.placed > 0


@pytest.mark.parametrize("looks", [1, 3, 6, 10])
def test_a_cancel_between_looks_gives_a_plan_with_a_true_bound(monkeypatch, looks):
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_SIGNS", 0.0)
    told = []

    def listen(progress):
        told.append(progress)
        return len(told) < looks

    table, seats = drawn(700, 15, seed=5, ratio=1.2)
    plan = solve(Problem(OnDemand(table), seats), progress=listen)
    assert_kept_and_bounded(table, seats, plan)
    assert plan.placed > 0


@pytest.mark.parametrize("at", [2, 12, 25, 35])
def test_the_bonus_for_staying_counts_in_the_bound_of_a_stopped_plan(at):
    table, seats = drawn(700, 15, seed=6, ratio=0.7)
    current = np.random.default_rng(6).integers(0, 15, 700)
    given = {"current": current, "stay_bonus": 900}
    source = OnDemand(table, counting(at, press_ctrl_c))
    plan = solve(Problem(source, seats, **given), objective="score")
    best = solve(Problem(as_array(table), seats, **given), objective="score")
    assert plan.levels[0].bound >= best.levels[0].value


def test_a_slow_source_is_told_of_and_left_within_two_seconds():
    table, seats = drawn(1500, 300)
    told = []
    source = OnDemand(table, lambda: time.sleep(0.05))
    started = time.monotonic()
    plan = solve(
        Problem(source, seats),
        time_limit=1.2,
        progress=lambda progress: told.append(progress.seconds),
    )
    assert time.monotonic() - started < 1.2 + 2
    assert np.diff([0.0, *told]).max() < 1
    assert_kept_and_bounded(table, seats, plan)


@pytest.mark.parametrize(("refused", "ratio"), [(0.9, 1.2), (0.8, 0.9), (0.3, 0.6)])
def test_a_plan_whose_last_look_was_broken_off_is_never_called_optimal(refused, ratio):
    table, seats = drawn(900, 12, seed=7, refused=refused, ratio=ratio)
    calls = []
    solve(Problem(OnDemand(table, lambda: calls.append(None)), seats))
    for at in range(len(calls)):
        plan = solve(Problem(OnDemand(table, counting(at, press_ctrl_c)), seats))
        assert_kept_and_bounded(table, seats, plan)
