"""What would make it work: changes that people can make, none idle, never a trait of the person."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Policy, ProblemError, Resource, ScoreLayers, score, solve, to_problem
from matching.asking.changes import apply_changes, merged
from matching.asking.remedies import _options, changes_for_pair, is_possible_with
from matching.asking.what_works import what_would_work
from matching.efforts import Efforts
from matching.limits.named import loosened
from tests.factories import (
    GRONINGEN,
    TODAY,
    make_candidate,
    make_slot,
    score_facts,
)
from tests.oracles import all_plans
from tests.strategies import candidate_facts, people_and_places, slot_facts

LEARNED = {"languages", "skills", "licences"}
"""All that may change about a person."""


def phase(pc4: str) -> dict[str, Any]:
    return {"kind": "on_the_job", "pc4": pc4, "weeks": 26, "on_site_days": 4}


def spoken(level: str) -> list[dict[str, Any]]:
    skills = ("listening", "reading", "speaking", "writing")
    return [{"language": "nld", **dict.fromkeys(skills, level)}]


def asks(level: str, **more: Any) -> list[dict[str, Any]]:
    return [{"language": "nld", "skill": "speaking", "level": level, "strength": "must", **more}]


# Each refusal that people can answer


CHANGES = {
    "a language": (
        {"languages": spoken("A2")},
        {"languages": asks("B2")},
        [("language_level", "candidate", "nld", "speaking", "A2", "B2", 2, 16, "2018-02-01")],
    ),
    "a language that the slot trains": (
        {"languages": spoken("A2")},
        {"languages": [{**asks("B2")[0], "strength": "trained", "trained_to": "B2"}]},
        [("language_level", "candidate", "nld", "speaking", "A2", "B1", 1, 8, "2018-02-01")],
    ),
    "a skill": (
        {},
        {
            "skills": [
                {"skill": "purchasing", "level": 2, "weight": "essential", "strength": "must"}
            ]
        },
        [("skill_level", "candidate", "purchasing", None, 0, 2, 2, 16, "2018-02-01")],
    ),
    "a licence": (
        {},
        {"licences": [{"licence": "B", "strength": "must"}], "last_entry_on": None},
        [("licence", "candidate", "B", None, "no", "yes", 1, 20, "2018-01-08")],
    ),
    "a condition that is needed": (
        {"conditions": [{"condition": "quiet_place", "strength": "must"}]},
        {"conditions": [{"condition": "quiet_place", "offer": "no"}]},
        [("condition", "slot", "quiet_place", None, "no", "yes", 1, 5, None)],
    ),
    "a condition that cannot be": (
        {"conditions": [{"condition": "shifts", "strength": "must_not"}]},
        {"conditions": [{"condition": "shifts", "offer": "yes"}]},
        [("condition", "slot", "shifts", None, "yes", "no", 1, 5, None)],
    ),
    "hours of support": (
        {"support": [{"kind": "job_coach", "weekly_hours": 3, "essential": True}]},
        {"support": [{"kind": "job_coach", "weekly_hours": 1}]},
        [("support_hour", "slot", "job_coach", None, 1.0, 3.0, 2, 6, None)],
    ),
    "a day of entry": (
        {"available_on": "2018-02-27"},
        {},
        [("start_week", "slot", None, None, "2018-02-01", "2018-03-01", 4, 8, None)],
    ),
    "fewer hours": (
        {"weekly_hours_from": None, "weekly_hours_to": 20},
        {},
        [("weekly_hour", "slot", "hours_from", None, 24.0, 20.0, 4, 4, None)],
    ),
    "more hours": (
        {"weekly_hours_from": 40, "weekly_hours_to": 40},
        {},
        [("weekly_hour", "slot", "hours_to", None, 36.0, 40.0, 4, 4, None)],
    ),
    "other days": (
        {"days": ["mon", "tue", "wed", "fri"]},
        {"days_fixed": "yes"},
        [
            (
                "days",
                "slot",
                None,
                None,
                ("mon", "tue", "wed", "thu"),
                ("mon", "tue", "wed", "thu", "fri"),
                1,
                3,
                None,
            )
        ],
    ),
    "other days and fewer hours": (
        {"days": ["sat", "sun"], "longest_day_hours": 8},
        {},
        [
            (
                "days",
                "slot",
                None,
                None,
                ("mon", "tue", "wed", "thu"),
                ("mon", "tue", "wed", "thu", "sat", "sun"),
                1,
                3,
                None,
            ),
            ("weekly_hour", "slot", "hours_from", None, 24.0, 16.0, 8, 8, None),
        ],
    ),
    "a later hour": (
        {"earliest_start": "10:30"},
        {},
        [("start_time", "slot", None, None, "09:00", "10:30", 1, 2, None)],
    ),
    "building up": (
        {"build_up_from_hours": 8},
        {},
        [("build_up", "slot", None, None, None, 8.0, 1, 3, None)],
    ),
    "who may put people forward": (
        {"referrer": "GEM"},
        {"referrers": ["UWV"]},
        [("admission", "slot", None, None, ("UWV",), ("GEM", "UWV"), 1, 10, None)],
    ),
    "a seat": (
        {},
        {"seats_left": 0},
        [("seat", "slot", None, None, 0, 1, 1, 12, None)],
    ),
}


@pytest.mark.parametrize(("person", "slot", "expected"), CHANGES.values(), ids=CHANGES)
def test_each_refusal_that_people_can_answer_names_the_least_change(person, slot, expected):
    layers = score_facts([make_candidate(**person)], [make_slot(**slot)])
    assert not layers.eligibility.possible[0, 0]
    changes = changes_for_pair(layers.pairing, 0, 0)
    told = [
        (
            one.kind,
            one.side,
            one.item,
            one.part,
            one.was,
            one.becomes,
            one.amount,
            one.effort,
            one.by,
        )
        for one in changes
    ]
    assert told == expected
    json.dumps([one.to_json() for one in changes], allow_nan=False)
    after = score(
        *apply_changes(changes, layers.pairing.candidates, layers.pairing.slots), Policy.default()
    )
    assert after.eligibility.possible[0, 0]


STANDS = {
    "veto": ({"vetoes": [{"about": "slot", "code": "S-1"}]}, {}),
    "form": ({"placement_forms": ["job"]}, {}),
    "travel": ({"max_travel_minutes": 60}, {"phases": [phase(GRONINGEN)]}),
    "education": (
        {"diploma": "mbo_1"},
        {"education": {"level": "mbo_4", "strength": "must", "ground": "law"}},
    ),
    "seat": ({}, {"status": "closed"}),
    "hours": ({"weekly_hours_from": 0, "weekly_hours_to": 0}, {}),
}


@pytest.mark.parametrize("rule", STANDS)
def test_what_people_are_need_or_chose_is_never_changed(rule):
    person, slot = STANDS[rule]
    layers = score_facts([make_candidate(**person)], [make_slot(**slot)])
    problem = to_problem(layers, as_of=TODAY)
    found = what_would_work(layers, problem, solve(problem), 0)
    assert (found.ways, found.stands) == ((), (("S-1", (rule,)),))


def test_who_declined_a_slot_is_not_talked_into_it():
    layers = score_facts([make_candidate()], [make_slot()], declined=[("K-1", "S-1")])
    assert changes_for_pair(layers.pairing, 0, 0) is None


@settings(max_examples=60)
@given(candidate_facts(), slot_facts())
def test_changes_make_a_pair_possible_and_none_of_them_is_idle(person, slot):
    pairing = score_facts([person], [slot]).pairing
    changes = changes_for_pair(pairing, 0, 0)
    if changes is None:
        return
    assert is_possible_with(pairing, changes)
    for change in changes:
        assert not is_possible_with(pairing, [one for one in changes if one is not change])
    people, _ = apply_changes(changes, pairing.candidates, pairing.slots)
    for part in fields(people):
        if part.name not in LEARNED:
            assert getattr(people, part.name) is getattr(pairing.candidates, part.name)


@settings(max_examples=60)
@given(candidate_facts(), slot_facts())
def test_no_fewer_efforts_would_do(person, slot):
    layers = score_facts([person], [slot])
    pairing = layers.pairing
    findings = layers.eligibility.refusals(0, 0)
    parts = [change for one in findings for option in _options(pairing, one) for change in option]
    least = None
    for size in range(min(len(parts), 4) + 1):
        for some in combinations(parts, size):
            changes = merged(some)
            effort = sum(one.effort for one in changes)
            if (least is None or effort < least) and is_possible_with(pairing, changes):
                least = effort
    changes = changes_for_pair(pairing, 0, 0)
    if changes is None:
        assert least is None
    elif least is not None:  # of up to four changes
        effort = sum(one.effort for one in changes)
        assert effort == least or (effort < least and len(changes) > 4)


# In a plan


def works(layers: ScoreLayers, problem, plan, i: int, j: int | None, way, left_out=None) -> bool:
    """Whether a way works, with one of its changes or steps left out, by trying every plan."""
    pairing = layers.pairing
    changes = [one for one in way.changes if one is not left_out]
    amounts = {step.limit: step.amount for step in way.steps if step is not left_out}
    people, slots = apply_changes(changes, pairing.candidates, pairing.slots)
    after = score(people, slots, pairing.policy)
    changed = replace(
        problem,
        scores=after.problem_scores,
        seats=problem.seats + slots.seats - pairing.slots.seats,
    )
    placed = np.flatnonzero(plan.slots >= 0)
    return any(
        all(slots[k] >= 0 for k in placed) and slots[i] >= 0 and (j is None or slots[i] == j)
        for slots in all_plans(loosened(changed, amounts))
    )


@settings(max_examples=25)
@given(people_and_places(most=4), st.booleans(), st.booleans(), st.integers(1, 3))
def test_each_way_works_keeps_everybody_placed_and_holds_nothing_idle(
    facts, any_slot, coach, supply
):
    layers = score_facts(*facts)
    n, m = layers.pairing.shape
    more = [Resource("coach", np.ones(n), float(supply))] if coach else []
    problem = to_problem(layers, as_of=TODAY, resources=more)
    plan = solve(problem)
    for i in np.flatnonzero(plan.slots < 0)[:1].tolist():
        j = None if any_slot else m - 1
        found = what_would_work(layers, problem, plan, i, slot=j)
        efforts = [way.effort for way in found.ways]
        assert efforts == sorted(efforts)
        for way in found.ways:
            assert works(layers, problem, plan, i, j, way)
            for part in (*way.changes, *way.steps):
                assert not works(layers, problem, plan, i, j, way, left_out=part)
        json.dumps(found.to_json(), allow_nan=False)


def full_house() -> ScoreLayers:
    """K-1 fits S-1, which K-2 has; S-2 asks for B1 and has a seat."""
    people = [
        make_candidate("K-1", languages=spoken("A2"), waiting_since="2017-11-01"),
        make_candidate("K-2", languages=spoken("A2")),
    ]
    return score_facts(people, [make_slot("S-1"), make_slot("S-2", languages=asks("B1"))])


def test_who_has_no_place_is_told_what_would_give_one_by_effort():
    layers = full_house()
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    assert plan.slots.tolist() == [-1, 0]
    found = what_would_work(layers, problem, plan, 0)
    language, seat = found.ways
    assert (language.slot, language.effort, language.steps) == ("S-2", 8, ())
    assert [(one.kind, one.was, one.becomes) for one in language.changes] == [
        ("language_level", "A2", "B1")
    ]
    assert (seat.slot, seat.effort, seat.changes) == ("S-1", 12, ())
    assert [(one.limit.kind, one.limit.name, one.amount) for one in seat.steps] == [
        ("seats", "S-1", 1)
    ]
    assert (language.is_proposed, language.placed) == (True, 2)


def test_a_slot_that_takes_more_than_another_does_is_left_out_unless_it_is_asked_for():
    person = make_candidate(
        "K-1", languages=spoken("A2"), conditions=[{"condition": "quiet_place", "strength": "must"}]
    )
    offers = {"yes": "S-1", "no": "S-2"}
    slots = [
        make_slot(
            code,
            languages=asks("B1"),
            conditions=[{"condition": "quiet_place", "offer": offer}],
        )
        for offer, code in offers.items()
    ]
    layers = score_facts([person], slots)
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    found = what_would_work(layers, problem, plan, 0)
    assert [(way.slot, way.effort) for way in found.ways] == [("S-1", 8)]
    found = what_would_work(layers, problem, plan, 0, slot=1)
    assert [(way.slot, way.effort) for way in found.ways] == [("S-2", 13)]


def test_for_one_slot_only_what_opens_that_slot_is_told():
    layers = full_house()
    problem = to_problem(layers, as_of=TODAY)
    found = what_would_work(layers, problem, solve(problem), 0, slot=0)
    assert [(way.slot, way.effort) for way in found.ways] == [("S-1", 12)]
    assert found.slot == "S-1"


def test_a_pair_that_works_already_needs_no_change():
    layers = score_facts([make_candidate()], [make_slot("S-1"), make_slot("S-2")])
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    other = 1 - int(plan.slots[0])
    (way,) = what_would_work(layers, problem, plan, 0, slot=other).ways
    assert (way.changes, way.steps, way.effort, way.is_proposed) == ((), (), 0, False)


def test_a_change_that_is_never_to_be_proposed_is_not():
    layers = full_house()
    policy = replace(layers.pairing.policy, efforts=Efforts(language_level=None, seat=30))
    layers = score(layers.pairing.candidates, layers.pairing.slots, policy)
    problem = to_problem(layers, as_of=TODAY)
    found = what_would_work(layers, problem, solve(problem), 0)
    assert [(way.slot, way.effort) for way in found.ways] == [("S-1", 30)]
    assert found.stands == (("S-2", ("languages",)),)


def test_a_slot_does_not_open_for_one_by_closing_for_another_who_is_there():
    people = [
        make_candidate("K-1", conditions=[{"condition": "shifts", "strength": "must_not"}]),
        make_candidate("K-2", conditions=[{"condition": "shifts", "strength": "must"}]),
    ]
    slot = make_slot(seats=2, conditions=[{"condition": "shifts", "offer": "yes"}])
    layers = score_facts(people, [slot])
    problem = to_problem(layers, as_of=TODAY)
    assert what_would_work(layers, problem, solve(problem), 0).ways == ()


def test_hours_of_a_coach_are_counted_anew_where_the_caller_says_how():
    need = [{"kind": "job_coach", "weekly_hours": 2, "essential": True}]
    people = [make_candidate("K-1", support=need), make_candidate("K-2", support=need)]
    slot = make_slot(seats=2, support=[{"kind": "job_coach", "weekly_hours": 1}])
    layers = score_facts(people, [slot])
    kind = layers.pairing.slots.vocabulary.support.index("job_coach")

    def restate(after: ScoreLayers) -> Any:
        hours = after.pairing.slots.support_hours[:, kind]
        coach = Resource("job_coach", np.full(2, 2.0), hours)
        return to_problem(after, as_of=TODAY, resources=[coach])

    problem = restate(layers)
    found = what_would_work(layers, problem, solve(problem), 0, restate=restate)
    assert [(way.effort, len(way.changes), len(way.steps)) for way in found.ways] == [(3, 1, 0)]
    # Told nothing, it takes the supply as it stands, and asks for that hour too.
    found = what_would_work(layers, problem, solve(problem), 0)
    assert [(way.effort, len(way.changes), len(way.steps)) for way in found.ways] == [(5, 1, 1)]


def test_layers_of_another_problem_are_refused():
    layers = full_house()
    problem = to_problem(score_facts([make_candidate()], [make_slot()]), as_of=TODAY)
    with pytest.raises(ProblemError, match="layers"):
        what_would_work(layers, problem, solve(problem), 0)
