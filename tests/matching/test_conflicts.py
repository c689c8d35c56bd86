"""What cannot hold together, and what would have to give way, held against trying everything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Group, Problem, ProblemError, Quota, Resource
from matching.efforts import Efforts
from matching.limits.conflicts import find_conflict, irreducible, without_idle
from matching.limits.named import Limit, Wanted, amount_of, is_possible, limits_of, loosened
from matching.limits.relaxing import EFFORT_OF, find_relaxations
from tests.oracles import Rules, all_plans, dense
from tests.strategies import side_problems

# Any problem


@st.composite
def questions(draw: st.DrawFn) -> tuple[Problem, Wanted]:
    """A small problem with any limits, and something that is wanted of it."""
    problem, _ = draw(side_problems(scores="points", rules=draw(st.booleans())))
    problem = replace(problem, tiers=None, current=None, stay_bonus=0)
    n, m = problem.shape
    people = draw(st.sets(st.integers(0, n - 1), max_size=2)) if n else set()
    pair = None
    if n and m and draw(st.booleans()):
        pair = draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1))
    return problem, Wanted(draw(st.integers(0, n + 1)), tuple(sorted(people)), pair)


def brings_about(slots: Sequence[int], wanted: Wanted) -> bool:
    return (
        sum(j >= 0 for j in slots) >= wanted.placed
        and all(slots[i] >= 0 for i in wanted.people)
        and (wanted.pair is None or slots[wanted.pair[0]] == wanted.pair[1])
    )


def can_be(problem: Problem, wanted: Wanted) -> bool:
    return any(brings_about(slots, wanted) for slots in all_plans(problem))


def with_only(problem: Problem, kept: Sequence[Limit]) -> Problem:
    return loosened(problem, {one: None for one in limits_of(problem) if one not in kept})


@settings(max_examples=80)
@given(questions())
def test_a_plan_is_found_wherever_there_is_one(question):
    problem, wanted = question
    assert is_possible(problem, wanted) == can_be(problem, wanted)


@settings(max_examples=80)
@given(questions())
def test_a_conflict_cannot_hold_and_without_any_of_its_limits_it_could(question):
    problem, wanted = question
    conflict = find_conflict(problem, wanted)
    if can_be(problem, wanted):
        assert conflict is None
        return
    assert conflict is not None
    assert not can_be(with_only(problem, conflict.limits), wanted)
    for limit in conflict.limits:
        others = [one for one in conflict.limits if one != limit]
        assert can_be(with_only(problem, others), wanted)
    json.dumps(conflict.to_json(), allow_nan=False)


@settings(max_examples=60)
@given(st.integers(1, 9), st.data())
def test_what_is_left_of_any_set_is_irreducible(size, data):
    limits = [Limit("group", str(k)) for k in range(size)]
    clashes = data.draw(st.lists(st.sets(st.sampled_from(limits), min_size=1), min_size=1))

    def holds(kept):
        return not any(clash <= kept for clash in clashes)

    if holds(frozenset(limits)):
        return
    for found in (irreducible(limits, holds), without_idle(limits, holds)):
        assert not holds(frozenset(found))
        assert all(holds(frozenset(found) - {one}) for one in found)


# What has to give way


def all_choices(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Give every way to send people to slots that accept them, whatever the limits."""
    choices: list[tuple[int, ...]] = [()]
    for row in dense(problem):
        open_to = [-1, *(j for j, score in enumerate(row) if score is not None)]
        choices = [(*choice, j) for choice in choices for j in open_to]
    yield from choices


def steps_needed(problem: Problem, slots: Sequence[int]) -> dict[tuple[str, str, str | None], int]:
    """Return how many steps each limit has to give way for a choice, by kind and name."""
    names = problem.codes[0] if problem.codes else [str(i) for i in range(problem.shape[0])]
    places = problem.codes[1] if problem.codes else [str(j) for j in range(problem.shape[1])]
    pairs = [(i, j) for i, j in enumerate(slots) if j >= 0]
    rules, needed = Rules(problem), {}
    for j, seats in enumerate(problem.seats.tolist()):
        needed["seats", places[j], None] = slots.count(j) - seats
    for given_one, (demand, supply, where) in zip(problem.resources, rules.resources, strict=True):
        if isinstance(supply, list):
            for j in where:
                drawn = sum((demand[i][j] for i, at in pairs if at == j), Fraction(0))
                if supply[j] != float("inf"):
                    needed["resource", given_one.name, places[j]] = ceil(drawn - supply[j])
        elif supply != float("inf"):
            drawn = sum((demand[i][j] for i, j in pairs if j in where), Fraction(0))
            needed["resource", given_one.name, None] = ceil(drawn - supply)
    for quota, (people, where, least, most, if_open) in zip(
        problem.quotas, rules.quotas, strict=True
    ):
        inside = [i for i, j in pairs if j in where]
        count = sum(i in people for i in inside)
        closed = if_open and not inside
        needed["least", quota.name, None] = 0 if closed else least - count
        needed["most", quota.name, None] = count - most
    for group, read in zip(problem.groups, rules.groups, strict=True):
        needed["group", group.name, None] = int(not rules._belong(read, slots))
    for i, j in enumerate([] if problem.pins is None else problem.pins.tolist()):
        if j >= 0:
            needed["pin", names[i], places[j]] = int(slots[i] != j)
    return {key: count for key, count in needed.items() if count > 0}


def least_ways(problem: Problem, wanted: Wanted, efforts: Efforts) -> list[int]:
    """Return the efforts of all irreducible sets of steps, least first, by trying everything."""
    sets = {
        tuple(sorted(steps_needed(problem, slots).items(), key=str))
        for slots in all_choices(problem)
        if brings_about(slots, wanted)
    }
    steps = [dict(one) for one in sets]

    def contains(one, other):
        return all(one.get(key, 0) >= count for key, count in other.items())

    lean = [
        one for one in steps if not any(other != one and contains(one, other) for other in steps)
    ]
    return sorted(
        sum(getattr(efforts, EFFORT_OF[kind]) * count for (kind, *_), count in one.items())
        for one in lean
    )


EFFORTS = Efforts(seat=3, resource_unit=2, quota_step=4, group=5, pin=7)


@settings(max_examples=60)
@given(questions())
def test_the_ways_out_are_those_of_least_effort_and_each_works(question):
    problem, wanted = question
    ways = find_relaxations(problem, wanted, efforts=EFFORTS, most=4)
    assert [way.effort for way in ways] == least_ways(problem, wanted, EFFORTS)[:4]
    for way in ways:
        assert can_be(loosened(problem, way.amounts), wanted)
        assert way.effort == sum(step.effort for step in way.steps)
        for step in way.steps:
            less = dict(way.amounts)
            less[step.limit] = step.amount - 1
            if less[step.limit] == 0 or step.limit.kind in ("group", "pin"):
                del less[step.limit]
            assert not can_be(loosened(problem, less), wanted)
        json.dumps([way.to_json() for way in ways], allow_nan=False)


def test_a_limit_that_is_never_to_give_way_does_not():
    problem = Problem(np.ones((2, 1)), [1], resources=[Resource("coach", [2, 3], 4)])
    ways = find_relaxations(problem, 2, efforts=Efforts(seat=12, resource_unit=2))
    assert [(way.effort, len(way.steps)) for way in ways] == [(14, 2)]
    assert find_relaxations(problem, 2, efforts=Efforts(seat=None)) == ()


def test_only_ways_below_a_stated_effort_are_looked_for():
    problem = Problem(np.ones((2, 1)), [1])
    assert find_relaxations(problem, 2, efforts=Efforts(seat=12), below=12) == ()
    assert len(find_relaxations(problem, 2, efforts=Efforts(seat=12), below=13)) == 1


# In the caller's names


def pilot(order: Sequence[int] = range(5)) -> Problem:
    """Five people, two slots, a coach for both and a cohort that needs four."""
    people = ["K-1", "K-2", "K-3", "K-4", "K-5"]
    hours = np.array([4.0, 4.0, 4.0, 4.0, 4.0])
    order = list(order)
    return Problem(
        np.full((5, 2), 10)[order],
        [3, 1],
        codes=([people[i] for i in order], ["S-1", "S-2"]),
        resources=[Resource("coach in spring", hours[order], 10)],
        quotas=[Quota("cohort", np.ones(5, bool), [0], least=4, if_open=True)],
    )


def test_the_rules_that_keep_people_out_are_named_as_the_caller_named_them():
    # With the coach alone two people fit, and a cohort of four never opens S-1.
    conflict = find_conflict(pilot(), 2)
    assert [(one.kind, one.name, one.slot) for one in conflict.limits] in (
        [("seats", "S-1", None), ("seats", "S-2", None), ("least", "cohort", None)],
        [("seats", "S-2", None), ("resource", "coach in spring", None), ("least", "cohort", None)],
    )
    assert find_conflict(pilot(), 1) is None


def test_the_least_that_has_to_give_way_is_told_in_units_that_people_use():
    ways = find_relaxations(pilot(), 2, efforts=Efforts())
    told = [
        [
            (step.limit.kind, step.limit.name, step.amount, step.was, step.becomes)
            for step in w.steps
        ]
        for w in ways
    ]
    assert told[0] == [("least", "cohort", 2, 4, 2)]
    assert told[1] == [
        ("resource", "coach in spring", 2, 10.0, 12.0),
        ("least", "cohort", 1, 4, 3),
    ]
    assert [way.effort for way in ways[:2]] == [8, 8]


def test_the_order_of_rows_plays_no_part():
    first = find_conflict(pilot(), 4), find_relaxations(pilot(), 4)
    turned = pilot([3, 0, 4, 2, 1])
    assert (find_conflict(turned, 4), find_relaxations(turned, 4)) == first


def test_people_whom_no_slot_accepts_are_no_matter_of_limits():
    scores = [[1.0], [np.nan], [np.nan]]
    problem = Problem(scores, [1], codes=(["K-1", "K-3", "K-2"], ["S-1"]))
    conflict = find_conflict(problem, 2)
    assert (conflict.limits, conflict.n_without_slot) == ((), 2)
    assert conflict.without_slot == ("K-2", "K-3")
    assert find_relaxations(problem, 2) == ()
    assert "K-2" not in json.dumps(conflict.to_json(with_people=False))


def test_a_pin_says_whose_it_is_only_to_those_who_may_know():
    problem = Problem([[1], [1]], [1], pins=[-1, 0], codes=(["K-1", "K-2"], ["S-1"]))
    wanted = Wanted(pair=(0, 0))
    conflict = find_conflict(problem, wanted)
    assert [(one.kind, one.name) for one in conflict.limits] == [("seats", "S-1"), ("pin", "K-2")]
    (seat, pin) = find_relaxations(problem, wanted)
    assert (seat.steps[0].limit.kind, pin.steps[0].limit.kind) == ("seats", "pin")
    for answer in (conflict, pin):
        assert "K-2" in json.dumps(answer.to_json())
        assert "K-2" not in json.dumps(answer.to_json(with_people=False))


def test_people_who_belong_together_are_a_limit_by_name():
    group = Group("brothers", [0, 1])
    problem = Problem([[1], [1]], [1], groups=[group])
    assert find_conflict(problem, 1).limits == (Limit("seats", "0"), Limit("group", "brothers"))


def test_what_a_limit_allows_is_told_in_its_own_unit():
    coach = Resource("coach", [1.5, 2], [2.5, np.inf])
    quota = Quota("floor", [0, 1], [0, 1], least=1, most=1)
    problem = Problem(np.ones((2, 2)), [1, 1], resources=[coach], quotas=[quota])
    told = {(one.kind, one.slot): amount_of(problem, one) for one in limits_of(problem)}
    assert told == {
        ("seats", None): 1,
        ("resource", "0"): 2.5,
        ("least", None): 1,
        ("most", None): 1,
    }
    assert amount_of(problem, Limit("resource", "coach", "1", 0, 1)) == np.inf


@pytest.mark.parametrize("wanted", [Wanted(placed=-1), Wanted(people=(9,)), Wanted(pair=(0, 9))])
def test_who_is_not_there_cannot_be_wanted(wanted):
    with pytest.raises(ProblemError, match="wanted"):
        find_conflict(pilot(), wanted)
