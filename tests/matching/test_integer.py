"""Plans under side rules and on every level: held against trying everything, and two solvers."""

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Group,
    Plan,
    Problem,
    ProblemError,
    Quota,
    Resource,
    SideCertificate,
    SolveStatus,
    check,
    solve,
)
from matching.solvers.sides import branching, integer, model
from tests.drill import examples
from tests.oracles import all_plans, best_by_brute_force, dense, value_of_plan
from tests.other_solvers import (
    answer_by_scip,
    answer_of_plan,
    answers_by_cp_sat,
    to_question,
)
from tests.strategies import side_problem, side_problems

NAN = np.nan
LEXICOGRAPHIC = ("placed", "score")


def solved(problem: Problem, objective=LEXICOGRAPHIC, **how) -> Plan:
    """Return the plan of the solver under test, whatever the front door would choose."""
    from matching.solvers.watch import Watch

    given_as = {"gap": 0.0, "seed": 0, "start": None, "watch": Watch()} | how
    return integer.solve_integer(problem, objective=objective, **given_as)


def hard_problem(n: int = 120, m: int = 24, seed: int = 3) -> Problem:
    """People who compete for coach hours in every slot and for places at one course."""
    chance = np.random.default_rng(seed)
    scores = chance.integers(0, 10_000, (n, m)).astype(float)
    scores[chance.random((n, m)) < 0.5] = NAN
    return Problem(
        scores,
        chance.integers(2, 6, m),
        resources=[
            Resource("coach hours", chance.integers(1, 9, n), chance.integers(8, 20, m)),
            Resource("buddies", chance.integers(1, 9, n), chance.integers(8, 20, m)),
            Resource("course", chance.integers(1, 9, n), 2.5 * n),
        ],
    )


# Held against trying everything


def assert_as_good_as_trying_everything(problem: Problem, objective: tuple[str, ...]) -> None:
    best = best_by_brute_force(problem, objective)
    plan = solved(problem, objective)
    if best is None:
        assert plan.status is SolveStatus.INFEASIBLE
        return
    slots = tuple(plan.slots.tolist())
    assert value_of_plan(problem, slots, objective) == best
    assert slots in set(all_plans(problem))
    assert plan.status is SolveStatus.OPTIMAL
    found = check(problem, plan)
    assert (found.ok, found.proof, found.faults) == (True, "proven", ())


@settings(max_examples=examples(250))
@given(side_problems())
def test_a_plan_under_any_mix_of_rules_is_as_good_as_trying_everything(asked):
    assert_as_good_as_trying_everything(*asked)


@settings(max_examples=examples(250))
@given(side_problems(rules=False))
def test_with_seats_alone_every_level_is_as_good_as_trying_everything(asked):
    assert_as_good_as_trying_everything(*asked)


@settings(max_examples=examples(150))
@given(side_problems(rules=False))
def test_with_seats_alone_the_certificate_proves_every_level_but_the_last_of_leximin(asked):
    problem, objective = asked
    plan = solved(problem, objective)
    if "leximin" not in objective:
        assert check(problem, plan).settled_by == "certificate"


# Held against two other solvers, on problems that are too large to try everything


def test_plans_are_as_good_as_those_of_scip_and_cp_sat():
    asked, ours = [], []
    for seed in range(examples(120)):
        kind = ["points", "eighths", "ties", "millions"][seed % 4]
        problem, objective = side_problem(seed, 4 + seed % 9, 1 + seed % 5, scores=kind)
        if kind != "ties":  # lowest first is asked score by score, and ties have few
            objective = tuple(o for o in objective if o not in ("worst", "leximin"))
        plan = solved(problem, objective)
        asked.append(to_question(problem, objective))
        possible = plan.status is not SolveStatus.INFEASIBLE
        ours.append(answer_of_plan(problem, plan.slots.tolist(), objective) if possible else None)
    assert ours == [answer_by_scip(question) for question in asked]
    assert ours == answers_by_cp_sat(asked)


# Rules one by one


def test_hours_in_thousandths_are_neither_lost_nor_made_up():
    hours = [0.1, 0.2, 0.301]
    problem = Problem(np.ones((3, 1)), [3], resources=[Resource("coach", hours, [0.6])])
    assert solved(problem).placed == 2
    enough = Problem(np.ones((3, 1)), [3], resources=[Resource("coach", hours, [0.601])])
    assert solved(enough).placed == 3


def test_a_shared_supply_is_shared_by_its_slots_only():
    coach = Resource("coach", [1, 1, 1, 1], 1, slots=[True, True, False])
    plan = solved(Problem(np.ones((4, 3)), [4, 4, 2], resources=[coach]))
    assert plan.placed == 3
    assert sorted(plan.slots.tolist())[1:] in ([0, 2, 2], [1, 2, 2])


def test_a_cohort_opens_with_enough_people_or_not_at_all():
    cohort = Quota("cohort", [0, 1, 2], [0], least=3, if_open=True)
    scores = [[9, NAN], [9, NAN], [9, NAN], [9, 1]]
    assert solved(Problem(scores, [4, 1], quotas=[cohort])).slots.tolist() == [0, 0, 0, 0]
    short = Problem(scores, [2, 1], quotas=[cohort])
    assert solved(short).slots.tolist() == [-1, -1, -1, 1]


def test_people_who_belong_together_are_placed_together_or_not_at_all():
    pair = Group("sisters", [0, 1])
    problem = Problem([[5, 1], [NAN, 1], [1, 1]], [1, 2], groups=[pair])
    assert solved(problem, ("score",)).slots.tolist() == [1, 1, 0]
    alone = Problem([[5, 1], [NAN, NAN], [1, 1]], [1, 2], groups=[pair])
    assert solved(alone, ("score",)).slots[:2].tolist() == [-1, -1]


def test_people_kept_apart_within_a_pilot_may_be_in_two_pilots():
    apart = Group("apart", [0, 1], apart=True, within="pilot")
    problem = Problem([[9, 9, 1], [9, 9, 1]], [1, 1, 1], groups=[apart], pilots=["A", "A", "B"])
    assert solved(problem).score == 10


def test_pins_that_break_a_rule_leave_no_plan():
    coach = Resource("coach", [2, 2], [3])
    plan = solved(Problem([[1], [1]], [2], pins=[0, 0], resources=[coach]))
    assert plan.status is SolveStatus.INFEASIBLE
    assert (plan.slots.tolist(), plan.placed, plan.bound, plan.levels) == ([-1, -1], 0, 0, ())
    assert plan.certificate is None


def test_a_floor_that_cannot_be_met_leaves_no_plan_and_check_agrees():
    problem = Problem([[1], [1]], [1], quotas=[Quota("floor", [0, 1], [0], least=2)])
    found = check(problem, solved(problem))
    assert (found.ok, found.feasible, found.proof) == (True, False, "proven")
    assert found.settled_by == "another solver"


def test_the_stay_bonus_counts_on_its_level_and_never_in_the_score():
    problem = Problem([[10, 9]], [1, 1], current=[1], stay_bonus=5)
    plan = solved(problem)
    assert (plan.slots.tolist(), plan.score, plan.bound) == ([1], 9, 9)
    assert [level.value for level in plan.levels] == [1, 14]


def test_lowest_first_goes_on_after_the_lowest():
    scores = [[1, NAN, NAN], [NAN, 5, 8], [NAN, 9, 6]]
    problem = Problem(scores, [1, 1, 1])
    assert solved(problem, ("placed", "worst")).levels[1].value == 1
    assert solved(problem, ("placed", "leximin")).slots.tolist() == [0, 2, 1]


def test_nobody_placed_has_no_lowest_score():
    plan = solved(Problem([[NAN]], [1]), ("placed", "leximin"))
    assert (plan.levels[1].value, plan.levels[1].bound) == (0, 0)
    assert check(Problem([[NAN]], [1]), plan).proof == "proven"


def test_among_equal_plans_whoever_waited_longer_goes_first():
    coach = Resource("coach", [1, 1, 1], [1])
    problem = Problem([[7]] * 3, [3], resources=[coach], precedence=[10, 30, 20])
    assert solved(problem).slots.tolist() == [-1, 0, -1]


def test_scores_that_are_not_whole_are_exact_within_the_resolution():
    chance = np.random.default_rng(5)
    problem = Problem(
        chance.random((5, 2)), [3, 2], resources=[Resource("coach", [1, 2, 3, 1, 2], [4, 3])]
    )
    plan = solved(problem)
    best = best_by_brute_force(problem, LEXICOGRAPHIC)
    assert plan.score == pytest.approx(float(best[1]), abs=5 * problem.resolution)
    assert plan.score <= float(best[1]) <= plan.bound
    assert plan.gap < 1e-7


@settings(max_examples=examples(60))
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 3), st.integers(34, 54))
def test_numbers_that_doubles_cannot_tell_apart_are_never_wrongly_called_optimal(seed, n, m, bits):
    problem, objective = side_problem(seed, n, m)
    objective = tuple(o for o in objective if o in ("placed", "score")) or ("score",)
    large = np.random.default_rng(seed).integers(-(2**bits), 2**bits, (n, m)).astype(float)
    refused = [[score is None for score in row] for row in dense(problem)]
    large[np.array(refused)] = NAN
    problem = replace(problem, scores=large, tiers=None)
    plan = solved(problem, objective)
    best = best_by_brute_force(problem, objective)
    if best is None:
        assert plan.status is SolveStatus.INFEASIBLE
        return
    assert plan.bound + problem.stay_bonus * n >= value_of_plan(problem, plan.slots, ("score",))[0]
    assert check(problem, plan).ok
    if plan.status is SolveStatus.OPTIMAL:
        assert value_of_plan(problem, plan.slots, objective)[:-1] == best[:-1]


# The same answer, however it is asked


def in_another_order(problem: Problem, seed: int) -> Problem:
    """Return the same problem with people, slots and rules in another order, and their codes."""
    chance = np.random.default_rng(seed)
    n, m = problem.shape
    people, slots = chance.permutation(n), chance.permutation(m)
    new = np.empty(m + 1, dtype=int)
    new[slots], new[m] = np.arange(m), -1

    def resource(one: Resource) -> Resource:
        demand = one.demand.toarray() if hasattr(one.demand, "toarray") else np.asarray(one.demand)
        moved = demand[people] if demand.ndim == 1 else demand[people][:, slots]
        supply = np.asarray(one.supply)
        where = None if one.slots is None else np.asarray(one.slots)[slots]
        return replace(
            one, demand=moved, supply=supply[slots] if supply.ndim else one.supply, slots=where
        )

    def mask(given, length: int, order: np.ndarray) -> np.ndarray:
        array = np.asarray(given)
        full = np.zeros(length, dtype=bool)
        full[array if array.dtype != bool else np.flatnonzero(array)] = True
        return full[order]

    codes = problem.codes or ([f"K-{i}" for i in range(n)], [f"S-{j}" for j in range(m)])
    quotas = [
        replace(q, candidates=mask(q.candidates, n, people), slots=mask(q.slots, m, slots))
        for q in problem.quotas
    ]
    groups = [replace(g, candidates=mask(g.candidates, n, people)) for g in problem.groups]
    return replace(
        problem,
        scores=problem.scores[people][:, slots],
        seats=problem.seats[slots],
        pins=None if problem.pins is None else new[problem.pins[people]],
        codes=([codes[0][i] for i in people], [codes[1][j] for j in slots]),
        precedence=None if problem.precedence is None else problem.precedence[people],
        resources=[resource(one) for one in problem.resources][::-1],
        quotas=quotas[::-1],
        groups=groups[::-1],
        tiers=None if problem.tiers is None else problem.tiers[people],
        current=None if problem.current is None else new[problem.current[people]],
        pilots=None if problem.pilots is None else [problem.pilots[j] for j in slots],
    )


def by_code(problem: Problem, plan: Plan) -> dict[str, str | None]:
    assert problem.codes is not None
    people, slots = problem.codes
    return {people[i]: slots[j] if j >= 0 else None for i, j in enumerate(plan.slots.tolist())}


@settings(max_examples=examples(100))
@given(side_problems(most=7), st.integers(0, 9))
def test_the_order_of_rows_and_rules_changes_nothing(asked, seed):
    problem, objective = asked
    n, m = problem.shape
    problem = replace(problem, codes=([f"K-{i}" for i in range(n)], [f"S-{j}" for j in range(m)]))
    other = in_another_order(problem, seed)
    one, two = (solved(p, objective, seed=seed) for p in (problem, other))
    assert by_code(problem, one) == by_code(other, two)
    assert [level.to_json() for level in one.levels] == [level.to_json() for level in two.levels]


@settings(max_examples=examples(50))
@given(side_problems(most=7))
def test_asked_twice_the_answer_is_the_same_to_the_last_price(asked):
    problem, objective = asked
    one, two = (solved(problem, objective).to_json() for _ in range(2))
    assert one == two


def test_seeds_settle_ties_and_nothing_else():
    problem = Problem(np.ones((6, 1)), [6], resources=[Resource("coach", [1] * 6, [2])])
    plans = [solved(problem, seed=seed) for seed in range(12)]
    assert len({tuple(plan.slots.tolist()) for plan in plans}) > 1
    assert {plan.score for plan in plans} == {2}


@settings(max_examples=examples(60))
@given(side_problems(), st.data())
def test_any_plan_to_start_from_leads_to_one_as_good(asked, data):
    problem, objective = asked
    plan = solved(problem, objective)
    slots = data.draw(
        st.lists(
            st.integers(-1, problem.shape[1]), min_size=problem.shape[0], max_size=problem.shape[0]
        )
    )
    other = solved(problem, objective, start=replace(plan, slots=np.array(slots, dtype=np.int64)))
    values = [(level.name, level.detail, level.value) for level in plan.levels]
    assert values == [(level.name, level.detail, level.value) for level in other.levels]


# Stopped, or content with less


def assert_true_to_its_word(problem: Problem, plan: Plan, best: Plan) -> None:
    assert check(problem, plan).ok
    first, truth = plan.levels[0], best.levels[0]
    assert first.value <= truth.value <= first.bound
    if first.value == truth.value:
        assert plan.levels[1].value <= best.levels[1].value <= plan.levels[1].bound


@pytest.fixture(scope="module")
def hard() -> tuple[Problem, Plan]:
    """A problem that takes seconds, and its best plan."""
    problem = hard_problem(40, 12)
    return problem, solve(problem)


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.2, 0.5])
def test_a_time_limit_leaves_the_best_so_far_with_a_bound_that_holds(hard, seconds):
    problem, best = hard
    plan = solve(problem, time_limit=seconds)
    assert_true_to_its_word(problem, plan, best)
    if seconds == 0.0:
        assert plan.status is SolveStatus.INTERRUPTED
        assert plan.placed > 0


def test_a_listener_hears_of_progress_and_may_cancel():
    heard = []

    def listen(progress) -> bool:
        heard.append(progress)
        return len(heard) < 2

    problem = hard_problem()
    plan = solve(problem, progress=listen)
    assert plan.status is SolveStatus.INTERRUPTED
    assert check(problem, plan).ok
    assert len(heard) == 2
    assert heard[-1].level == "placed"
    assert heard[-1].value >= 0


def test_ctrl_c_gives_the_best_so_far():
    problem = hard_problem()
    timer = threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    plan = solve(problem)
    assert plan.status is SolveStatus.INTERRUPTED
    assert check(problem, plan).ok


def test_a_gap_is_kept_and_said(hard):
    problem, best = hard
    plan = solve(problem, gap=0.2)
    assert all(level.gap <= 0.2 for level in plan.levels)
    assert plan.status in (SolveStatus.FEASIBLE, SolveStatus.OPTIMAL)
    assert_true_to_its_word(problem, plan, best)


def test_stopped_before_any_plan_was_found_is_said_and_no_plan(monkeypatch):
    problem = hard_problem(12, 4)
    monkeypatch.setattr(integer, "first_choices", lambda model: [])
    monkeypatch.setattr(
        branching.Branching, "best", lambda *_, **how: branching.Found(None, None, is_done=False)
    )
    plan = solve(problem)
    assert plan.status is SolveStatus.INTERRUPTED
    assert (plan.levels, plan.certificate) == ((), None)
    assert (plan.slots == -1).all()


# Scores that are worked out when asked


class Source:
    """Whole scores of a table, on demand."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table.astype(np.int32)
        self.shape, self.lowest, self.highest = table.shape, -(2**20), 2**20

    def block(self, rows: slice, columns: slice) -> np.ndarray:
        return self.table[rows, columns]

    def rows(self, candidates: np.ndarray) -> np.ndarray:
        return self.table[candidates]

    def columns(self, slots: np.ndarray) -> np.ndarray:
        return self.table[:, slots]


@settings(max_examples=examples(60))
@given(side_problems(scores="points"))
def test_scores_on_demand_give_the_plan_that_a_table_gives(asked):
    problem, objective = asked
    n, m = problem.shape
    refused = np.iinfo(np.int32).min
    rows = [[refused if s is None else int(s) for s in row] for row in dense(problem)]
    source = Source(np.array(rows, dtype=np.int64).reshape(n, m))
    on_demand = replace(problem, scores=source)
    one, two = solved(problem, objective), solved(on_demand, objective)
    assert one.slots.tolist() == two.slots.tolist()
    assert [level.to_json() for level in one.levels] == [level.to_json() for level in two.levels]
    assert check(on_demand, two).ok


def test_more_pairs_on_demand_than_can_be_gathered_are_refused(monkeypatch):
    monkeypatch.setattr(model, "MOST_PAIRS", 5)
    source = Source(np.ones((3, 2), dtype=np.int64))
    problem = Problem(source, [1, 1], resources=[Resource("coach", [1, 1, 1], [1, 1])])
    with pytest.raises(ProblemError, match="more than 5 pairs") as caught:
        solved(problem)
    assert caught.value.field == "scores"


def test_a_plan_under_side_rules_carries_prices_for_each_level():
    plan = solved(hard_problem(12, 4))
    assert isinstance(plan.certificate, SideCertificate)
    assert [level.name for level in plan.levels] == list(LEXICOGRAPHIC)
    assert all(plan.certificate.multipliers)
    assert set(plan.timings) >= {"reading", "placed", "score"}
