"""A question with a time limit ends and says what it leaves open: with enough time, nothing."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching import Group, Policy, Problem, ProblemError, Resource, SolveStatus, solve, to_problem
from matching import deadline as deadlines
from matching.asking.attention import Kind, find_attention
from matching.asking.marginal import find_marginals
from matching.asking.regret import find_regrets
from matching.asking.unknown.missing import find_missing
from matching.asking.variation import Perturbations
from matching.asking.ways import PlanningWay, compare_ways
from matching.asking.what_if import why_not
from matching.asking.what_works import what_would_work
from matching.deadline import Deadline, OutOfTime
from matching.limits.named import Wanted, plan_for
from matching.replanning.frontier import find_replans
from tests.factories import TODAY, make_candidate, make_slot, score_facts

LONG = 600.0
"""More seconds than any of these takes."""

TIGHT = Problem(
    np.array([[90, 50, 10], [80, 70, 20], [60, 40, 30]]),
    [1, 1, 1],
    resources=[Resource("coach", np.array([2, 2, 2]), 4)],
)
WAYS = (
    PlanningWay("plan", "own_best", ("placed", "score")),
    PlanningWay("other", "absolute", ("placed", "score")),
)


B2 = {"language": "nld", "skill": "speaking", "level": "B2", "strength": "must"}


def spoken(level: str | None) -> list[dict[str, Any]]:
    skills = ("listening", "reading", "speaking", "writing")
    return [{"language": "nld", **dict.fromkeys(skills, level)}]


class Clock:
    """A clock that goes on by a second each time somebody looks at it."""

    def __init__(self) -> None:
        self._ticks = itertools.count()

    def __call__(self) -> float:
        return float(next(self._ticks))


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that go by the number of times they are looked at, so that they fall in between."""
    monkeypatch.setattr(deadlines, "now", Clock())


def test_without_a_limit_there_is_no_end():
    assert (Deadline().seconds_left, Deadline().is_over) == (None, False)


@pytest.mark.parametrize("limit", [-1.0, float("nan")])
def test_a_limit_below_nothing_is_refused(limit):
    with pytest.raises(ProblemError, match="time_limit"):
        Deadline(limit)


def test_a_plan_that_was_cut_short_settles_nothing():
    plan = replace(solve(TIGHT), status=SolveStatus.INTERRUPTED)
    assert Deadline(LONG).settled(plan) is plan  # somebody else stopped it
    with pytest.raises(OutOfTime):
        Deadline(0.0).settled(plan)
    assert Deadline(0.0).settled(solve(TIGHT)).placed == 2


@pytest.mark.parametrize("problem", [TIGHT, Problem(np.array([[9, 4], [6, 5]]), [1, 1])])
def test_whether_there_is_a_plan_is_not_guessed(problem):
    with pytest.raises(OutOfTime):
        plan_for(problem, Wanted(placed=1), Deadline(0.0))


def questions() -> dict[str, Any]:
    """Every question that takes a time limit, as what gives its answer."""
    layers = score_facts([make_candidate("K-1"), make_candidate("K-2")], [make_slot(seats=1)])
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    left = int(np.flatnonzero(plan.slots < 0)[0])
    people = [make_candidate("K-1", languages=spoken(None)), make_candidate("K-2")]
    unsure = score_facts(people, [make_slot(languages=[B2])])
    asked = solve(to_problem(unsure, as_of=TODAY))
    tight = solve(TIGHT)
    without = int(np.flatnonzero(tight.slots < 0)[0])
    moved = replace(TIGHT, current=np.array([2, 0, 1]))
    return {
        "why_not": lambda **t: [why_not(TIGHT, tight, without, 2, **t)],
        "what_works": lambda **t: [what_would_work(layers, problem, plan, left, **t)],
        "missing": lambda **t: find_missing(unsure, to_problem(unsure, as_of=TODAY), asked, **t),
        "marginals": lambda **t: find_marginals(TIGHT, tight, **t),
        "attention": lambda **t: [
            find_attention(TIGHT, tight, perturbations=Perturbations(times=5), **t)
        ],
        "ways": lambda **t: [compare_ways(layers, as_of=TODAY, ways=WAYS, **t)],
        "replans": lambda **t: [find_replans(moved, **t)],
        "regrets": lambda **t: find_regrets(TIGHT, tight, without, **t),
    }


@pytest.mark.parametrize("name", questions())
def test_with_enough_time_the_answer_is_the_same_and_settled(name):
    ask = questions()[name]
    given, freely = ask(time_limit=LONG), ask()
    assert [one.to_json() for one in given] == [one.to_json() for one in freely]
    assert all(one.is_settled for one in given)
    assert all(one.to_json()["isSettled"] for one in given)


@pytest.mark.parametrize("name", questions())
def test_without_time_nothing_is_settled_and_it_ends_at_once(name):
    started = time.monotonic()
    found = questions()[name](time_limit=0.0)
    assert time.monotonic() - started < LONG / 10
    assert found
    assert not any(one.is_settled for one in found)
    assert not any(one.to_json()["isSettled"] for one in found)


def test_why_not_says_that_it_does_not_know():
    plan = solve(TIGHT)
    without = int(np.flatnonzero(plan.slots < 0)[0])
    found = why_not(TIGHT, plan, without, 2, time_limit=0.0)
    assert (found.answer, found.trade, found.conflict) == ("not_settled", None, None)
    has_it = int(np.flatnonzero(plan.slots >= 0)[0])
    slot = int(plan.slots[has_it])
    assert why_not(TIGHT, plan, has_it, slot, time_limit=0.0).is_settled


def test_an_impossible_pair_is_told_with_what_was_found_by_then(monkeypatch):
    """The clash is proven before time is over, and the ways out are not looked for any more."""
    bound = replace(TIGHT, groups=[Group("pair", [0, 1])], pins=np.array([-1, -1, 0]))
    plan = solve(bound)
    full = why_not(bound, plan, 0, 0)
    assert full.answer == "impossible"

    def nothing(*_: Any, **__: Any) -> Any:
        raise OutOfTime
        yield

    monkeypatch.setattr("matching.asking.what_if.force_pair", lambda *_, **__: None)
    monkeypatch.setattr("matching.asking.what_if.each_relaxation", nothing)
    found = why_not(bound, plan, 0, 1)
    assert (found.answer, found.is_settled, found.relaxations) == ("impossible", False, ())


def test_a_marginal_that_needs_no_solve_is_settled_without_time():
    problem = Problem(np.array([[9, 4], [6, 5]]), [2, 1])
    found = find_marginals(problem, solve(problem), time_limit=0.0)
    assert found
    assert all(one.is_settled and one.placed == 0 for one in found)


@pytest.mark.usefixtures("ticking")
def test_time_that_runs_out_on_the_way_keeps_what_was_found():
    plan = solve(TIGHT)
    enough = len(find_marginals(TIGHT, plan))
    settled = {
        sum(one.is_settled for one in find_marginals(TIGHT, plan, time_limit=float(limit)))
        for limit in range(1, 60)
    }
    assert {0, enough} <= settled
    assert len(settled) > 2
    planned = {
        find_attention(
            TIGHT, plan, perturbations=Perturbations(times=5), time_limit=float(limit)
        ).planned
        for limit in range(1, 60)
    }
    assert {0, 5} <= planned
    assert len(planned) > 2


def test_who_is_in_no_plan_is_not_called_steady():
    plan = solve(TIGHT)
    found = find_attention(TIGHT, plan, perturbations=Perturbations(times=5), time_limit=0.0)
    assert found.planned == 0
    kinds = {Kind.NOT_LOOKED_AT, Kind.NO_PLACE_YET}
    assert {person.kind for person in found.people} == kinds


def test_without_time_a_new_plan_is_not_called_impossible():
    found = find_replans(replace(TIGHT, current=np.array([2, 0, 1])), time_limit=0.0)
    assert (found.points, found.chosen, found.is_complete) == ((), None, False)


def test_a_way_that_was_planned_before_is_not_planned_again():
    layers = score_facts([make_candidate()], [make_slot("S-1"), make_slot("S-2")])
    known = solve(to_problem(layers, as_of=TODAY), objective=Policy.default().objective)
    found = compare_ways(layers, as_of=TODAY, ways=WAYS, known={"plan": known}, time_limit=0.0)
    assert found.plans["plan"] is known
    assert found.plans["other"].status is SolveStatus.INTERRUPTED
