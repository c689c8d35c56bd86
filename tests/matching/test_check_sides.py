"""The second opinion under side rules: it accepts what is true, and nothing forged is proven."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Group,
    Level,
    Multipliers,
    Plan,
    Problem,
    Quota,
    Resource,
    SideCertificate,
    SolveStatus,
    check,
    solve,
)
from matching.checking import opinion as checks
from matching.checking import search as check_search
from matching.checking.filling import fullest
from matching.checking.prices import Claim, most_by_prices, proves
from matching.checking.reading import scores_of_plan
from matching.checking.sides import names_of_levels
from tests.drill import examples
from tests.oracles import all_plans, dense, value_of_plan
from tests.strategies import side_problem, side_problems

NAN = np.nan
PROBLEM = Problem(
    [[9, 7, NAN], [8, NAN, 2], [7, 3, 1], [5, 6, 4], [NAN, 5, 8], [6, NAN, 7]],
    seats=[3, 3, 2],
    pins=[-1, -1, -1, 2, -1, -1],
    resources=[
        Resource("coach", [2, 3, 1, 2, 2, 1], [4, 3, 5]),
        Resource("course", [1, 1, 1, 1, 1, 0], 2, slots=[True, True, False]),
    ],
    quotas=[
        Quota("cohort", range(6), [1], least=2, if_open=True),
        Quota("women", [0, 1, 5], [0, 2], least=1, most=3),
    ],
    groups=[Group("sisters", [0, 2]), Group("apart", [4, 5], apart=True, within="pilot")],
    pilots=["A", "A", "B"],
)
"""A bit of every rule; the fourth person is fixed."""

PLAN = solve(PROBLEM)


def test_the_plan_that_is_tampered_with_below_is_accepted_itself():
    found = check(PROBLEM, PLAN)
    assert (found.ok, found.feasible, found.proof, found.faults) == (True, True, "proven", ())


def honest(slots: list[int], problem: Problem = PROBLEM, plan: Plan = PLAN) -> Plan:
    """Return a plan with other slots and honest sums, that claims to be optimal."""
    array = np.array(slots, dtype=np.int64)
    placed, score, _ = value_of_plan(problem, slots, ("placed", "score"))
    optimal = SolveStatus.OPTIMAL
    levels = tuple(Level(n, v, v, optimal) for n, v in (("placed", placed), ("score", score)))
    return replace(plan, slots=array, placed=placed, score=score, bound=score, levels=levels)


# Each rule, broken

BROKEN = {
    "seats": ([0, 0, 0, 2, 0, -1], "slot 0 holds 4 people"),
    "a refused pair": ([-1, 1, -1, 2, -1, 0], "refuses"),
    "a pin": ([0, -1, 0, -1, -1, 2], "fixed to slot 2"),
    "hours of a slot": ([0, 0, 0, 2, -1, -1], "'coach' of slot 0 is drawn for 6 and has 4"),
    "a supply that slots share": ([0, 0, 0, 2, -1, -1], "'course' is drawn for 3 and has 2"),
    "a cohort of too few": ([0, -1, 0, 2, 1, -1], "'cohort' counts 1 and accepts from 2"),
    "a floor": ([-1, -1, -1, 2, -1, -1], "'women' counts 0 and accepts from 1 to 3"),
    "together": ([0, -1, 1, 2, -1, -1], "'sisters' belongs together and is not in one slot"),
    "half of those together": ([0, -1, -1, 2, -1, -1], "'sisters' belongs together"),
}


@pytest.mark.parametrize(("slots", "word"), BROKEN.values(), ids=BROKEN)
def test_a_plan_that_breaks_a_rule_is_told_which_in_the_callers_words(slots, word):
    plan = replace(PLAN, slots=np.array(slots))
    found = check(PROBLEM, plan)
    assert (found.ok, found.feasible, found.proof) == (False, False, "claimed")
    assert word in " ".join(found.faults)


def test_people_kept_apart_who_share_a_pilot_are_seen():
    problem = replace(PROBLEM, resources=(), quotas=())
    plan = replace(PLAN, slots=np.array([-1, -1, -1, 2, 1, 0]))
    assert "'apart' is kept apart and shares a pilot" in " ".join(check(problem, plan).faults)


def test_hours_a_thousandth_too_many_are_seen():
    problem = Problem(np.ones((3, 1)), [3], resources=[Resource("coach", [0.1, 0.2, 0.301], 0.6)])
    plan = replace(solve(problem), slots=np.array([0, 0, 0]))
    assert "drawn for 0.601 and has 0.6" in check(problem, plan).faults[0]


# What a plan says of itself, changed


def with_level(at: int, **changed: Any) -> Plan:
    levels = list(PLAN.levels)
    levels[at] = replace(levels[at], **changed)
    return replace(PLAN, levels=tuple(levels))


FORGED = {
    "one more is placed": (with_level(0, value=6, bound=6), "says 6 on the level placed"),
    "the score is one more": (
        with_level(1, value=PLAN.score + 1, bound=PLAN.score + 1),
        "on the level score",
    ),
    "a value that is no number": (with_level(1, value=NAN), "on the level score"),
    "a bound that is no number": (with_level(1, bound=NAN), "a bound of nan"),
    "a bound below its own value": (with_level(1, bound=PLAN.score - 1), "is beyond it"),
    "optimal with room left": (with_level(1, bound=PLAN.score + 1), "leaves room"),
    "no levels": (replace(PLAN, levels=()), "do not answer the objective"),
    "levels in another order": (
        replace(PLAN, levels=PLAN.levels[::-1]),
        "do not answer the objective",
    ),
    "another objective": (replace(PLAN, objective=("score",)), "do not answer the objective"),
    "an optimal plan of a level that is not": (
        with_level(1, status=SolveStatus.FEASIBLE),
        "has a level that is not",
    ),
    "a bound on the score below its level's": (
        replace(with_level(1, bound=PLAN.score + 5, status=SolveStatus.FEASIBLE),
                status=SolveStatus.FEASIBLE),
        "proves no less than",
    ),
    "a certificate of fewer levels": (
        replace(PLAN, certificate=SideCertificate(PLAN.certificate.multipliers[:1])),
        "of another objective",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("plan", "word"), FORGED.values(), ids=FORGED)
def test_what_a_plan_says_falsely_of_itself_is_seen(plan, word):
    found = check(PROBLEM, plan)
    assert not found.ok
    assert found.proof == "claimed"
    assert word in " ".join(found.faults)


def test_a_plan_that_is_worse_and_says_that_it_is_best_is_seen_by_the_other_solver():
    worse = next(
        honest(list(slots))
        for slots in all_plans(PROBLEM)
        if sum(j >= 0 for j in slots) == PLAN.placed
        and value_of_plan(PROBLEM, slots, ("score",))[0] < PLAN.score
    )
    found = check(PROBLEM, worse)
    assert (found.ok, found.feasible) == (False, True)
    assert "another solver finds one" in found.faults[0]


def test_a_plan_that_places_fewer_and_says_that_it_is_best_is_seen_by_the_other_solver():
    fewer = honest([-1, 0, -1, 2, -1, -1])
    found = check(PROBLEM, fewer)
    assert (found.ok, found.feasible) == (False, True)
    assert "on the level placed" in found.faults[0]


def test_a_bound_that_is_too_low_is_seen_even_of_a_plan_that_claims_little():
    levels = (PLAN.levels[0], replace(PLAN.levels[1], status=SolveStatus.FEASIBLE))
    slots = next(
        slots
        for slots in all_plans(PROBLEM)
        if sum(j >= 0 for j in slots) == PLAN.placed
        and value_of_plan(PROBLEM, slots, ("score",))[0] < PLAN.score - 1
    )
    worse = honest(list(slots))
    low = replace(levels[1], value=worse.score, bound=PLAN.score - 1)
    plan = replace(
        worse, bound=PLAN.score - 1, levels=(levels[0], low), status=SolveStatus.FEASIBLE
    )
    assert not check(PROBLEM, plan).ok


def impossible(problem: Problem) -> Plan:
    """Return the answer that no plan keeps all rules."""
    nobody = np.full(problem.shape[0], -1)
    claimed = replace(PLAN, slots=nobody, placed=0, score=0, bound=0, levels=(), certificate=None)
    return replace(claimed, status=SolveStatus.INFEASIBLE)


def test_that_no_plan_is_possible_is_not_believed_where_one_is():
    found = check(PROBLEM, impossible(PROBLEM))
    assert not found.ok
    assert "another solver finds a plan" in found.faults[0]


def test_an_impossible_problem_that_places_people_contradicts_itself():
    plan = replace(PLAN, status=SolveStatus.INFEASIBLE)
    assert "places people" in check(PROBLEM, plan).faults[0]


def test_above_pilot_size_what_rests_on_branching_is_only_claimed(monkeypatch):
    monkeypatch.setattr(check_search, "PILOT_PAIRS", 3)
    problem = Problem([[1, 1]] * 3, [3, 3], resources=[Resource("coach", [2, 2, 2], [3, 3])])
    plan = solve(problem)
    empty = replace(plan, certificate=SideCertificate((None, None)))
    found = check(problem, empty)
    assert (found.ok, found.proof, found.settled_by) == (True, "claimed", "")


def test_without_branching_the_certificate_alone_is_proof(monkeypatch):
    def fail(claim: Claim) -> None:
        raise AssertionError("nobody else is asked")

    monkeypatch.setattr(checks, "look_for_better", fail)
    problem = Problem([[5, 1], [4, 2]], [2, 2], resources=[Resource("coach", [1, 1], [1, 1])])
    found = check(problem, solve(problem))
    assert (found.proof, found.settled_by) == ("proven", "certificate")


# Forged prices: whatever they are, what they prove is true


def is_true(claim: Claim) -> bool:
    """Whether no plan that is as good on the levels before is beyond the bound of a level."""
    problem, plan = claim.problem, claim.plan
    names = [(level.name, level.detail) for level in plan.levels]
    ours = values_of(problem, plan.slots.tolist(), names)
    bound = plan.levels[claim.at].bound
    for slots in all_plans(problem):
        values = values_of(problem, slots, names)
        before = zip(ours[: claim.at], values, names, strict=False)
        as_good = all(
            other == one if name[0] == "placed" else other >= one for one, other, name in before
        )
        value = said(claim.name, values[claim.at])
        if as_good and (value < bound if claim.name == "moves" else value > bound):
            return False
    return True


def values_of(problem: Problem, slots: Any, names: list[tuple[str, int | None]]) -> list[Any]:
    """Return what a plan is worth on each level, more being better."""
    values = []
    for name, tier in names:
        if name == "tiers":
            assert problem.tiers is not None
            values.append(
                sum(1 for i, j in enumerate(slots) if j >= 0 and problem.tiers[i] == tier)
            )
        else:
            values.append(value_of_plan(problem, slots, (name,))[0])
    return values


def said(name: str, value: Any) -> Any:
    """Return what a level says of a value: how many move, and the lowest of all scores."""
    if name == "moves":
        return -value
    return min(value, default=0) if name == "leximin" else value


def plan_of(problem: Problem, slots: Any, objective: tuple[str, ...]) -> Plan:
    """Return a plan with honest values that claims to be the best on every level."""
    names = names_of_levels(problem, objective)
    values = [
        said(name, value) if problem.is_whole else float(said(name, value))
        for (name, _), value in zip(names, values_of(problem, slots, names), strict=True)
    ]
    score = value_of_plan(problem, slots, ("score",))[0] - bonus_of(problem, slots)
    score = score if problem.is_whole else float(score)
    optimal = SolveStatus.OPTIMAL
    return Plan(
        slots=np.array(slots, dtype=np.int64),
        placed=sum(j >= 0 for j in slots),
        score=score,
        bound=score + 10**12,
        status=optimal,
        prices=np.zeros(problem.shape[1]),
        certificate=None,
        objective=objective,
        resolution=problem.resolution,
        levels=tuple(
            Level(name, value, value, optimal, tier)
            for (name, tier), value in zip(names, values, strict=True)
        ),
    )


def bonus_of(problem: Problem, slots: Any) -> int:
    if problem.current is None:
        return 0
    both = zip(problem.current.tolist(), slots, strict=True)
    return problem.stay_bonus * sum(1 for had, has in both if had == has >= 0)


def any_prices(chance: np.random.Generator, claim: Claim, true: Multipliers | None) -> Multipliers:
    """Return prices made up altogether, or true ones with a change."""
    problem = claim.problem
    n, m = problem.shape
    quotas = len(problem.read_quotas)
    scale = int(chance.choice([1, 1, 20, 5000]))

    def some(*shape: int) -> np.ndarray:
        return chance.integers(0, 4, shape) * chance.integers(0, 2, shape) * scale

    if true is not None and chance.random() < 0.5:
        candidates = true.candidate_prices.copy()
        if n:
            i = chance.integers(0, n)
            candidates[i] = max(0, int(candidates[i]) + int(chance.integers(-3, 4)))
        return replace(
            true,
            candidate_prices=candidates,
            place_price=true.place_price + int(chance.integers(-1, 2)),
            knapsack=int(chance.integers(-1, 1 + len(problem.read_resources))),
        )
    groups = []
    pilots = int(problem.pilot_of_slot.max()) + 1 if m else 0
    for group in problem.read_groups:
        places = pilots if group.within == "pilot" else m
        if group.apart:
            groups.append(some(places))
        else:
            paid = some(len(group.candidates), places)
            paid[-1] = -paid[:-1].sum(axis=0)
            groups.append(paid)
    exponent = int(chance.choice([0, 0, 1, 3]))
    return Multipliers(
        candidate_prices=some(n),
        place_price=int(chance.integers(-2, 3)) * scale,
        resource_prices=tuple(
            chance.integers(0, 2, one.supply.shape) * chance.integers(0, 2)
            for one in problem.read_resources
        ),
        least_prices=some(quotas),
        most_prices=some(quotas),
        knapsack=int(chance.integers(-1, 1 + len(problem.read_resources))),
        exponent=exponent + (problem.exponent if claim.name == "score" else 0),
        level_prices=tuple(int(p) for p in some(claim.at)),
        open_prices=some(quotas, m) if chance.random() < 0.7 else None,
        group_prices=tuple(groups) if chance.random() < 0.8 else (),
    )  # fmt: skip


@settings(max_examples=examples(1000))
@given(side_problems(scores="ties", most=4), st.integers(0, 2**32))
def test_no_plan_is_worth_more_than_any_prices_say(asked, seed):
    problem, objective = asked
    plans = list(all_plans(problem))
    if not plans:
        return
    chance = np.random.default_rng(seed)
    if problem.tiers is None and chance.random() < 0.5:
        objective = ("placed", "worst", "score")[: chance.integers(1, 4)]
    plan = plan_of(problem, plans[chance.integers(0, len(plans))], objective)
    at = int(chance.integers(0, len(plan.levels)))
    claim = Claim(problem, plan, at, scores_of_plan(problem, plan.slots))
    exact = [k for k, one in enumerate(problem.read_resources) if not one.shared]
    counts_places = any(level.name == "placed" for level in plan.levels[:at])
    prices = any_prices(chance, claim, None)
    prices = replace(
        prices,
        exponent=0,
        knapsack=int(chance.choice([-1, *exact])),
        place_price=prices.place_price if counts_places else 0,
    )
    names = [(level.name, level.detail) for level in plan.levels]
    ours, most = values_of(problem, plan.slots.tolist(), names), most_by_prices(claim, prices)
    for slots in plans:
        values = values_of(problem, slots, names)
        before = zip(ours[:at], values, names, strict=False)
        if all(o == v if name[0] == "placed" else v >= o for o, v, name in before):
            assert in_steps(claim, slots, values[at]) <= most


def in_steps(claim: Claim, slots: Any, value: Any) -> int:
    """Return what a plan is worth to the prices of a level: people, people who stay, or points."""
    level = claim.plan.levels[claim.at]
    if level.name == "moves":
        return int((claim.problem.current >= 0).sum()) + value
    if level.name in ("worst", "leximin"):
        scores = dense(claim.problem)
        pairs = [(i, j) for i, j in enumerate(slots) if j >= 0]
        pins = claim.problem.pins
        # They speak of plans in which everybody who is not fixed scores more than the bound.
        free = [(i, j) for i, j in pairs if pins is None or pins[i] < 0]
        return len(pairs) if all(scores[i][j] > level.bound for i, j in free) else -(10**9)
    return value


@settings(max_examples=examples(300))
@given(side_problems(most=4), st.integers(0, 2**32))
def test_whatever_prices_prove_is_true(asked, seed):
    problem, objective = asked
    chance = np.random.default_rng(seed)
    plan = solve(problem, objective=objective)
    if plan.status is SolveStatus.INFEASIBLE or not isinstance(plan.certificate, SideCertificate):
        return
    plans = list(all_plans(problem))
    if chance.random() < 0.5:  # any other plan, with bounds of its own
        slots = plans[chance.integers(0, len(plans))]
        names = [(level.name, level.detail) for level in plan.levels]
        values = values_of(problem, slots, names)
        levels = [
            replace(level, value=float(said(level.name, value)))
            for level, value in zip(plan.levels, values, strict=True)
        ]
        placed = sum(j >= 0 for j in slots)
        plan = replace(plan, slots=np.array(slots), placed=placed, levels=tuple(levels))
    at = int(chance.integers(0, len(plan.levels)))
    level = plan.levels[at]
    bound = level.value + int(chance.integers(-2, 3)) * int(chance.choice([0, 1, 100]))
    levels = (*plan.levels[:at], replace(level, bound=bound), *plan.levels[at + 1 :])
    plan = replace(plan, levels=levels)
    claim = Claim(problem, plan, at, scores_of_plan(problem, plan.slots))
    prices = any_prices(chance, claim, plan.certificate.multipliers[at])
    if proves(claim, prices):
        assert is_true(claim)


@settings(max_examples=examples(300))
@given(side_problems(most=4), st.integers(0, 2**32))
def test_no_plan_is_proven_unless_trying_everything_agrees(asked, seed):
    problem, objective = asked
    chance = np.random.default_rng(seed)
    true = solve(problem, objective=objective)
    plans = list(all_plans(problem))
    if not plans or not isinstance(true.certificate, SideCertificate):
        return
    slots = plans[chance.integers(0, len(plans))]
    plan = replace(plan_of(problem, slots, objective), certificate=true.certificate)
    found = check(problem, plan)
    if found.proof == "proven":
        best = max(value_of_plan(problem, other, objective)[:-1] for other in plans)
        assert value_of_plan(problem, slots, objective)[:-1] == best


# Prices that are none

TRUE = PLAN.certificate.multipliers[1]
ONES = np.ones(6, dtype=np.int64)
NO_PRICES = {
    "below 0 for a candidate": {"candidate_prices": -10**6 * ONES},
    "too few": {"candidate_prices": ONES[:5]},
    "fractions": {"candidate_prices": ONES / 3},
    "yes and no": {"candidate_prices": ONES > 0},
    "objects that are no numbers": {"candidate_prices": np.array([None] * 6, dtype=object)},
    "a list": {"candidate_prices": [0] * 6},
    "below 0 for hours": {"resource_prices": (-np.ones(3, dtype=int), np.zeros(1, dtype=int))},
    "of one resource only": {"resource_prices": TRUE.resource_prices[:1]},
    "of resources in another shape": {"resource_prices": TRUE.resource_prices[::-1]},
    "below 0 for a floor": {"least_prices": np.array([0, -5])},
    "below 0 for a ceiling": {"most_prices": np.array([-10**6, 0])},
    "below 0 for open slots": {"open_prices": np.array([[0, -10**6, 0], [0, 0, 0]])},
    "of other slots": {"open_prices": np.zeros((2, 2), dtype=int)},
    "below 0 for people apart": {
        "group_prices": (np.zeros((2, 3), dtype=int), np.array([-10**6, -10**6]))
    },
    "that pay one of a group and charge nobody": {
        "group_prices": (np.array([[10**6] * 3, [0] * 3]), np.zeros(2, dtype=int))
    },
    "of one group only": {"group_prices": (np.zeros((2, 3), dtype=int),)},
    "below 0 for a level": {"level_prices": (-(10**6),)},
    "of too many levels": {"level_prices": (0, 0)},
    "a fraction of a level": {"level_prices": (0.5,)},
    "a place of no whole price": {"place_price": 0.5},
    "hours kept exactly that are shared": {"knapsack": 1},
    "hours kept exactly that do not exist": {"knapsack": 2},
    "hours kept exactly that are no number": {"knapsack": True},
    "steps too fine to be told": {"exponent": 10**9},
    "steps coarser than points": {"exponent": -1},
    "steps of a fraction": {"exponent": 0.5},
}  # fmt: skip


@pytest.mark.parametrize("changed", NO_PRICES.values(), ids=NO_PRICES)
def test_prices_that_are_none_prove_nothing(changed):
    anything = replace(PLAN.levels[1], bound=10**9)
    plan = replace(PLAN, levels=(PLAN.levels[0], anything))
    claim = Claim(PROBLEM, plan, 1, scores_of_plan(PROBLEM, PLAN.slots))
    assert proves(claim, TRUE)
    assert not proves(claim, replace(TRUE, **changed))


def test_a_price_for_places_proves_nothing_where_places_do_not_count():
    plan = solve(PROBLEM, objective="score")
    claim = Claim(PROBLEM, plan, 0, scores_of_plan(PROBLEM, plan.slots))
    assert not proves(claim, replace(plan.certificate.multipliers[0], place_price=-1))


def test_a_level_priced_so_high_that_64_bits_wrap_around_proves_nothing_false():
    problem = Problem([[8, 4]], [1, 1], current=[1])
    plan = solve(problem, objective=("score", "moves"))
    low = replace(plan.levels[1], bound=2)  # nobody can have moved twice
    claim = Claim(
        problem,
        replace(plan, levels=(plan.levels[0], low)),
        1,
        scores_of_plan(problem, plan.slots),
    )
    assert not proves(claim, replace(plan.certificate.multipliers[1], level_prices=(2**61,)))


def test_whoever_has_the_lowest_score_still_counts_in_what_comes_after():
    problem = Problem([[5, NAN], [NAN, 9]], [1, 1])
    plan = solve(problem, objective=("placed", "worst", "score"))
    low = (*plan.levels[:2], replace(plan.levels[2], bound=9))
    prices = replace(plan.certificate.multipliers[2], candidate_prices=np.array([0, 0]))
    claim = Claim(problem, replace(plan, levels=low), 2, scores_of_plan(problem, plan.slots))
    assert not proves(claim, replace(prices, place_price=0, level_prices=()))


def test_a_plan_whose_second_lowest_could_be_higher_is_seen():
    problem = Problem([[1, NAN, NAN], [NAN, 5, 8], [NAN, 9, 6]], [1, 1, 1])
    best = solve(problem, objective=("placed", "leximin"))
    assert check(problem, best).proof == "proven"
    worse = plan_of(problem, (0, 1, 2), ("placed", "leximin"))  # 1, 5, 6 and not 1, 8, 9
    found = check(problem, replace(worse, certificate=best.certificate))
    assert "another solver finds one" in found.faults[0]


def test_what_the_other_solver_does_not_settle_stays_a_claim(monkeypatch):
    monkeypatch.setattr(check_search, "MOST_NODES", 1)
    chance = np.random.default_rng(1)
    coach = Resource("coach", chance.integers(2, 9, 14), chance.integers(8, 20, 4))
    buddy = Resource("buddy", chance.integers(2, 9, 14), chance.integers(8, 20, 4))
    problem = Problem(chance.integers(0, 999, (14, 4)), [4] * 4, resources=[coach, buddy])
    for last in ("score", "worst", "leximin"):
        found = check(problem, solve(problem, objective=("placed", last)))
        assert (found.ok, found.proof, found.settled_by) == (True, "claimed", "")


@pytest.mark.parametrize("huge", [2**40, 2**61, 2**90])
def test_prices_too_large_for_64_bits_do_not_wrap_around(huge):
    candidates = np.array([huge] * 6, dtype=object)
    claim = Claim(PROBLEM, PLAN, 1, scores_of_plan(PROBLEM, PLAN.slots))
    assert not proves(claim, replace(TRUE, candidate_prices=candidates))
    balanced = replace(TRUE, candidate_prices=candidates, place_price=-huge)
    proves(claim, balanced)  # whatever it says, in whole numbers
    groups = (np.array([[huge] * 3, [-huge] * 3], dtype=object), np.zeros(2, dtype=np.int64))
    assert not proves(claim, replace(TRUE, group_prices=groups))


# The table that keeps hours exactly


@settings(max_examples=examples(300))
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 6)), max_size=7),
    st.integers(0, 4),
    st.integers(-1, 15),
)
def test_the_fullest_slot_is_as_full_as_trying_everybody(people, seats, supply):
    best = 0
    for mask in range(2 ** len(people)):
        some = [one for k, one in enumerate(people) if mask >> k & 1]
        if len(some) <= seats and sum(hours for _, hours in some) <= supply:
            best = max(best, sum(value for value, _ in some))
    values, hours = [value for value, _ in people], [one for _, one in people]
    assert fullest(values, hours, seats, supply) == best
    from matching.solvers.sides.bounds import fullest as solvers_fullest

    arrays = (np.array(values, dtype=np.int64), np.array(hours, dtype=np.int64))
    assert solvers_fullest(*arrays, seats, supply) == best


def test_hours_too_fine_for_a_table_are_left_out_and_the_bound_still_holds(monkeypatch):
    monkeypatch.setattr("matching.checking.filling.MOST_CELLS", 10)
    assert fullest([5, 4], [999_983, 999_979], 2, 1_000_000) == 9


def test_prices_beyond_64_bits_are_added_up_exactly():
    assert fullest([1, 2**64, 2**64 + 1], [1, 2, 3], 2, 4) == 2**64 + 2


# What problems of the other kind are told


def test_seats_only_plans_with_other_levels_are_settled_by_their_certificates():
    for seed in range(30):
        problem, objective = side_problem(seed, 5, 3, rules=False)
        if "leximin" not in objective:
            assert check(problem, solve(problem, objective=objective)).settled_by == "certificate"
