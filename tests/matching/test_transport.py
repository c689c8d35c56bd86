"""The exact solver, held against trying everything, against other solvers and against theory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from matching import Problem, ProblemError, SolveStatus, check, solve
from matching.policy import OBJECTIVES
from tests.oracles import all_plans, best_by_brute_force, dense, value_of_plan
from tests.strategies import MOST_EXACT, problems

objectives = st.sampled_from(OBJECTIVES)
each_objective = pytest.mark.parametrize("objective", OBJECTIVES, ids=" then ".join)


def with_seats(problem: Problem, seats: np.ndarray) -> Problem:
    return Problem(problem.scores, seats, pins=problem.pins, precedence=problem.precedence)


def seats_left_by_pins(problem: Problem) -> np.ndarray:
    pins = np.full(problem.shape[0], -1) if problem.pins is None else problem.pins
    return problem.seats - np.bincount(pins[pins >= 0], minlength=problem.shape[1])


def in_order(problem: Problem, rows: list[int], columns: list[int]) -> Problem:
    """Return the same problem with its rows and columns in another order, codes carried along."""
    n, m = problem.shape
    codes = problem.codes or (range(n), range(m))
    new_column = {old: new for new, old in enumerate(columns)}
    pins = None
    if problem.pins is not None:
        pins = [new_column.get(int(problem.pins[i]), -1) for i in rows]
    return Problem(
        problem.scores[rows][:, columns],
        problem.seats[columns],
        pins=pins,
        codes=([codes[0][i] for i in rows], [codes[1][j] for j in columns]),
        precedence=None if problem.precedence is None else problem.precedence[rows],
    )


def places_by_code(problem: Problem, **how) -> dict[object, object]:
    people, slots = problem.codes
    plan = solve(problem, **how)
    return {people[i]: slots[j] if j >= 0 else None for i, j in enumerate(plan.slots.tolist())}


# Held against trying everything


@settings(max_examples=500)
@given(problems(), objectives)
def test_a_plan_is_as_good_as_trying_everything(problem, objective):
    plan = solve(problem, objective=objective)
    best = best_by_brute_force(problem, objective)
    assert value_of_plan(problem, plan.slots, objective) == best
    assert tuple(plan.slots.tolist()) in set(all_plans(problem))
    assert (plan.placed, plan.score) == value_of_plan(problem, plan.slots, ("placed", "score"))[:2]


@given(problems("floats"), objectives)
def test_any_double_is_planned_as_well_as_its_resolution_can_tell(problem, objective):
    plan = solve(problem, objective=objective)
    best = best_by_brute_force(problem, objective)
    if "placed" in objective:
        assert plan.placed == best[0]
    best_score = best[objective.index("score")]
    (score, _) = value_of_plan(problem, plan.slots, ("score",))
    assert plan.score == float(score)
    assert score <= best_score <= plan.bound
    assert best_score - score <= 2 * problem.shape[0] * problem.resolution


def test_one_more_point_counts_where_a_double_no_longer_sees_it():
    problem = Problem([[2**54, 2**54 + 1], [2**54, 2**54 + 2]], seats=[1, 1])
    assert float(2**55 + 1) == float(2**55 + 2)
    plan = solve(problem)
    assert plan.slots.tolist() == [0, 1]
    assert plan.score == plan.bound == 2**55 + 2


def test_more_places_come_before_a_higher_score():
    problem = Problem([[100, 1], [90, np.nan]], seats=[1, 1])
    assert solve(problem).slots.tolist() == [1, 0]
    assert solve(problem).score == 91
    assert solve(problem, objective="score").slots.tolist() == [0, -1]


def test_somebody_stays_without_a_place_only_where_the_objective_says_so():
    problem = Problem([[-5]], seats=[1])
    assert solve(problem).slots.tolist() == [0]
    assert solve(problem, objective=("score",)).slots.tolist() == [-1]


def test_among_equal_plans_the_higher_precedence_gets_the_seat():
    scores = [[7.0, 3.0], [7.0, 3.0], [7.0, np.nan]]
    plan = solve(Problem(scores, [1, 0], precedence=[10, 30, 20]))
    assert plan.slots.tolist() == [-1, 0, -1]


def test_precedence_never_costs_a_point_or_a_place():
    problem = Problem([[5], [6]], seats=[1], precedence=[10**9, 0])
    assert solve(problem).slots.tolist() == [-1, 0]


# What settles ties


@settings(max_examples=250)
@given(problems(), objectives, st.data())
def test_the_order_of_rows_changes_nothing(problem, objective, data):
    n, m = problem.shape
    before = in_order(problem, list(range(n)), list(range(m)))
    rows, columns = data.draw(st.permutations(range(n))), data.draw(st.permutations(range(m)))
    after = in_order(problem, list(rows), list(columns))
    assert places_by_code(before, objective=objective) == places_by_code(after, objective=objective)


@given(problems(), objectives, st.integers(0, 2**40))
def test_another_seed_may_change_the_plan_but_not_its_value(problem, objective, seed):
    plan, other = (solve(problem, objective=objective, seed=s) for s in (0, seed))
    value, other_value = (value_of_plan(problem, p.slots, objective) for p in (plan, other))
    assert value == other_value


@given(problems(), objectives, st.integers(0, 9))
def test_the_same_seed_gives_the_same_plan(problem, objective, seed):
    plan, again = (solve(problem, objective=objective, seed=seed) for _ in range(2))
    assert plan.to_json() == again.to_json()
    assert plan.prices.tobytes() == again.prices.tobytes()


def test_a_seed_does_settle_a_tie():
    problem = Problem(np.ones((6, 1), dtype=int), seats=[1])
    chosen = {int(np.argmax(solve(problem, seed=seed).slots)) for seed in range(40)}
    assert chosen == set(range(6))


def test_codes_and_not_positions_settle_a_tie():
    codes = [f"K-{i}" for i in range(6)]
    chosen = set()
    for k in range(6):
        turned = codes[k:] + codes[:k]
        plan = solve(Problem(np.ones((6, 1), dtype=int), [1], codes=(turned, ["S"])))
        chosen.add(turned[int(np.argmax(plan.slots))])
    assert len(chosen) == 1


# How certain


@given(problems(), objectives)
def test_every_plan_is_optimal_and_proven_by_its_own_certificate(problem, objective):
    plan = solve(problem, objective=objective)
    assert plan.status is SolveStatus.OPTIMAL
    assert plan.bound >= plan.score
    if problem.is_whole:
        assert (plan.bound, plan.gap) == (plan.score, 0.0)
    second = check(problem, plan)
    assert (second.ok, second.proof, second.faults) == (True, "proven", ())


@given(problems("floats"), objectives)
def test_plans_of_any_double_are_proven_too(problem, objective):
    second = check(problem, solve(problem, objective=objective))
    assert (second.ok, second.proof, second.faults) == (True, "proven", ())


# Prices


@given(problems(), objectives)
def test_a_price_is_never_negative_and_nothing_where_seats_are_left(problem, objective):
    plan = solve(problem, objective=objective)
    taken = np.bincount(plan.slots[plan.slots >= 0], minlength=problem.shape[1])
    assert (plan.prices >= 0).all()
    assert not plan.prices[taken < problem.seats].any()


@given(problems("whole"), objectives)
def test_at_these_prices_nobody_would_rather_have_another_seat(problem, objective):
    plan = solve(problem, objective=objective)
    scores, left = dense(problem), seats_left_by_pins(problem)
    prices, place_price = plan.certificate.prices.tolist(), plan.certificate.place_price
    for i, j in enumerate(plan.slots.tolist()):
        if problem.pins is not None and problem.pins[i] >= 0:
            continue
        beyond = [
            scores[i][k] - prices[k]
            for k in range(problem.shape[1])
            if scores[i][k] is not None and left[k] > 0
        ]
        if j >= 0:
            assert scores[i][j] - prices[j] == max(beyond) >= place_price
        else:
            assert max(beyond, default=place_price) <= place_price


@given(problems("whole", most=4), st.data())
def test_one_more_seat_never_adds_more_than_its_price(problem, data):
    plan = solve(problem, objective="score")
    for j in np.flatnonzero(seats_left_by_pins(problem) > 0):
        seats = problem.seats.copy()
        seats[j] += 1
        better = best_by_brute_force(with_seats(problem, seats), ("score",))[0]
        assert better - plan.score <= int(plan.prices[j])


@given(problems("whole"), objectives)
def test_a_price_stays_within_what_scores_can_explain(problem, objective):
    plan = solve(problem, objective=objective)
    largest = max((abs(s) for row in dense(problem) for s in row if s is not None), default=0)
    assert max(plan.prices.tolist(), default=0) <= 2 * largest * (sum(problem.shape) + 1)


# Nothing to plan


@each_objective
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)], ids=str)
def test_without_people_or_slots_the_plan_is_empty_and_proven(shape, objective):
    problem = Problem(np.zeros(shape), seats=[1] * shape[1], precedence=[1] * shape[0])
    plan = solve(problem, objective=objective)
    assert plan.slots.tolist() == [-1] * shape[0]
    assert (plan.placed, plan.score, plan.bound, plan.gap) == (0, 0, 0, 0.0)
    assert plan.prices.shape == (shape[1],)
    assert check(problem, plan).proof == "proven"


@each_objective
@pytest.mark.parametrize(
    ("scores", "seats"),
    [
        (np.full((3, 2), np.nan), [1, 1]),
        (sparse.csr_array((3, 2)), [1, 1]),
        (np.ones((3, 2)), [0, 0]),
    ],
    ids=["all refused", "no pair at all", "no seats"],
)
def test_where_nobody_can_go_the_plan_places_nobody(scores, seats, objective):
    problem = Problem(scores, seats)
    plan = solve(problem, objective=objective)
    assert plan.slots.tolist() == [-1, -1, -1]
    assert (plan.status, check(problem, plan).proof) == ("optimal", "proven")


def test_a_plan_of_pins_alone_keeps_them():
    problem = Problem([[3, 4], [3, 4]], seats=[1, 1], pins=[1, 0])
    plan = solve(problem)
    assert plan.slots.tolist() == [1, 0]
    assert plan.score == 7
    assert check(problem, plan).proof == "proven"


# As far as whole numbers stay exact


@each_objective
@pytest.mark.parametrize("sign", [1, -1])
def test_whole_numbers_at_the_edge_are_exact(sign, objective):
    edge = sign * MOST_EXACT
    problem = Problem([[edge, edge - sign], [edge - sign, edge], [edge, edge]], seats=[1, 1])
    plan = solve(problem, objective=objective)
    assert value_of_plan(problem, plan.slots, objective) == best_by_brute_force(problem, objective)
    assert check(problem, plan).proof == "proven"


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("make", [np.array, sparse.csr_array], ids=["array", "sparse"])
def test_beyond_the_edge_a_whole_number_is_refused_with_row_and_range(make, sign):
    scores = np.zeros((3, 2), dtype=np.int64)
    scores[2, 1] = sign * (MOST_EXACT + 1)
    with pytest.raises(ProblemError) as caught:
        Problem(make(scores), seats=[1, 1])
    assert (caught.value.field, caught.value.row) == ("scores", 2)
    assert f"from {-MOST_EXACT} to {MOST_EXACT}" in str(caught.value)


@each_objective
def test_a_larger_problem_at_its_edge_is_proven_in_exact_numbers(objective):
    shape = (60, 12)
    with pytest.raises(ProblemError) as caught:
        Problem(np.full(shape, 2**60), seats=[5] * 12)
    most = int(str(caught.value).split()[-1])
    chance = np.random.default_rng(1)
    scores = chance.choice([most, most - 1, -most, 1 - most, 0, 1], shape)
    problem = Problem(scores, seats=chance.integers(1, 6, 12), precedence=chance.integers(0, 9, 60))
    assert check(problem, solve(problem, objective=objective)).proof == "proven"


# Held against other solvers


def thirty_by_eight(seed: int) -> Problem:
    chance = np.random.default_rng(seed)
    scores = chance.integers(-20 * (seed % 2), 10_000, (30, 8)).astype(float)
    scores[chance.random((30, 8)) < chance.random()] = np.nan
    return Problem(scores, seats=chance.integers(0, 6, 8))


def by_linear_sum_assignment(problem: Problem, objective: tuple[str, ...]) -> tuple[int, int]:
    """Give every seat a column and everybody a column of their own for no place."""
    n = problem.shape[0]
    a_place = 10**6 if "placed" in objective else 0
    refused = -(10**12)
    slots = np.repeat(np.arange(problem.shape[1]), problem.seats)
    seats = np.nan_to_num(problem.scores[:, slots] + a_place, nan=refused)
    rows, columns = optimize.linear_sum_assignment(np.hstack([seats, np.zeros((n, n))]), True)
    kept = columns < len(slots)
    return int(kept.sum()), int(problem.scores[rows[kept], slots[columns[kept]]].sum())


def by_milp(problem: Problem, objective: tuple[str, ...]) -> tuple[int, int]:
    n, m = problem.shape
    a_place = 10**6 if "placed" in objective else 0
    worth = np.nan_to_num(problem.scores + a_place).ravel()
    one_place = sparse.kron(sparse.eye_array(n), np.ones((1, m)))
    enough_seats = sparse.kron(np.ones((1, n)), sparse.eye_array(m))
    limits = np.concatenate([np.ones(n), problem.seats])
    answer = optimize.milp(
        -worth,
        integrality=np.ones(n * m),
        bounds=optimize.Bounds(0, ~np.isnan(problem.scores).ravel()),
        constraints=optimize.LinearConstraint(sparse.vstack([one_place, enough_seats]), ub=limits),
    )
    chosen = np.rint(answer.x) == 1
    return int(chosen.sum()), int(np.nansum(problem.scores.ravel()[chosen]))


def counted(value: tuple[int, int], objective: tuple[str, ...]) -> tuple[int, ...]:
    """Keep what the objective counts: for the score alone, a place worth 0 may go either way."""
    return value[-len(objective) :]


@each_objective
@pytest.mark.parametrize(
    ("other", "n_problems"), [(by_linear_sum_assignment, 300), (by_milp, 100)], ids=["lsa", "milp"]
)
def test_other_solvers_find_the_same_value(other, n_problems, objective):
    for seed in range(n_problems):
        problem = thirty_by_eight(seed)
        plan = solve(problem, objective=objective)
        found = counted((plan.placed, plan.score), objective)
        assert found == counted(other(problem, objective), objective), f"seed {seed}"
