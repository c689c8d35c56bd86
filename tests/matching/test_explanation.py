"""Reasons: they add up, they are about one person and one slot, and they name no one else."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Plan,
    Policy,
    ScoreLayers,
    best_slots,
    explain,
    explain_place,
    questions_of_plan,
    score,
    solve,
    to_problem,
    who_might_fit,
)
from matching.asking.explanation import explain_no_place
from matching.policy import CRITERIA
from matching.scoring import FULL
from models.candidate import CandidateFacts
from service.crossing import to_profiles
from service.taxonomy import skill_taxonomy
from tests.factories import (
    GRONINGEN,
    THE_HAGUE,
    TODAY,
    UTRECHT,
    make_candidate,
    make_input,
    make_slot,
    score_facts,
)
from tests.strategies import candidate_facts, people_and_places, slot_facts


def planned(layers: ScoreLayers, **how: Any) -> Plan:
    return solve(to_problem(layers, as_of=TODAY, **how))


def phase(pc4: str) -> dict[str, Any]:
    return {"kind": "on_the_job", "pc4": pc4, "weeks": 26, "on_site_days": 4}


# One pair


@settings(max_examples=60)
@given(people_and_places())
def test_the_contributions_of_a_pair_add_up_to_its_points(facts):
    layers = score_facts(*facts)
    for i in range(len(facts[0])):
        for j in range(len(facts[1])):
            reasons = explain(layers, i, j)
            assert [part.criterion for part in reasons.contributions] == list(CRITERIA)
            assert sum(part.points for part in reasons.contributions) == reasons.points
            assert reasons.points == layers.points[i, j]
            assert all(0 <= part.points <= part.most + 1 for part in reasons.contributions)
            assert (reasons.verdict == "no") == bool(reasons.refusals)
            json.dumps(reasons.to_json(), allow_nan=False)


def test_a_pair_that_fits_names_itself_and_has_nothing_against_it():
    reasons = explain(score_facts([make_candidate()], [make_slot()]), 0, 0)
    assert (reasons.candidate, reasons.slot, reasons.verdict) == ("K-1", "S-1", "yes")
    assert reasons.refusals == reasons.questions == []
    assert reasons.of_own_best == FULL
    assert reasons.completeness == 1.0
    travel = reasons.contributions[-1]
    assert (travel.criterion, travel.most, travel.known) == ("travel", 1000, 1.0)
    assert travel.facts[0]["place"] == THE_HAGUE


def test_refusals_and_questions_are_listed_with_their_facts_and_who_may_waive_them():
    person = make_candidate(diploma="mbo_2", max_travel_minutes=None)
    asked = {"level": "mbo_4", "strength": "must", "ground": "law"}
    reasons = explain(score_facts([person], [make_slot(education=asked)]), 0, 0)
    assert reasons.verdict == "no"
    (refusal,) = reasons.refusals
    assert (refusal["rule"], refusal["verdict"], refusal["ask"]) == ("education", "no", None)
    assert (refusal["facts"]["held"], refusal["facts"]["asked"]) == (2, 4)
    assert refusal["waived_by"] == ["supplier"]
    (question,) = reasons.questions
    assert (question["rule"], question["verdict"], question["ask"]) == (
        "travel",
        "ask",
        "candidate",
    )


def test_a_pair_that_waits_for_an_answer_reads_ask():
    reasons = explain(score_facts([make_candidate(days=None)], [make_slot()]), 0, 0)
    assert (reasons.verdict, reasons.refusals) == ("ask", [])
    assert [question["rule"] for question in reasons.questions] == ["hours"]


def test_nobody_may_waive_a_veto():
    person = make_candidate(vetoes=[{"about": "slot", "code": "S-1"}])
    (refusal,) = explain(score_facts([person], [make_slot()]), 0, 0).refusals
    assert (refusal["rule"], refusal["waived_by"]) == ("veto", [])


def test_an_unknown_criterion_says_so_and_counts_as_neutral():
    reasons = explain(score_facts([make_candidate(diploma=None)], [asks_mbo_4()]), 0, 0)
    education = reasons.contributions[1]
    assert (education.criterion, education.value, education.known) == ("education", None, 0.0)
    assert education.points == education.most // 2
    assert reasons.completeness == 0.95


def asks_mbo_4():
    return make_slot(education={"level": "mbo_4", "strength": "wanted"})


# A place in a plan


def three_places() -> ScoreLayers:
    slots = [
        make_slot("S-1", phases=[phase(THE_HAGUE)]),
        make_slot("S-2", phases=[phase(UTRECHT)]),
        make_slot("S-3", phases=[phase(GRONINGEN)]),
    ]
    known = [
        {"pc4": THE_HAGUE, "minutes": 0},
        {"pc4": UTRECHT, "minutes": 30},
        {"pc4": GRONINGEN, "minutes": 60},
    ]
    return score_facts([make_candidate(f"K-{i}", known_travel=known) for i in (1, 2, 3)], slots)


def test_the_next_best_slot_and_what_separates_the_two_are_named():
    layers = three_places()
    plan = planned(layers, pins=np.array([0, 1, 2]))
    best = explain_place(layers, plan, 0)
    # Travel weighs 1,000 points: 1,000 at home, 500 in half an hour.
    assert best["place"]["slot"] == "S-1"
    assert best["next_best"] == {
        "slot": "S-2",
        "points": 9500,
        "separates": [{"criterion": "travel", "points": 500}],
    }
    assert best["fuller"] == []


def test_better_slots_that_are_full_are_named():
    layers = three_places()
    plan = planned(layers, pins=np.array([0, 1, 2]))
    last = explain_place(layers, plan, 2)
    assert last["place"]["slot"] == "S-3"
    assert last["next_best"]["slot"] == "S-1"
    assert last["next_best"]["separates"] == [{"criterion": "travel", "points": -750}]
    assert last["fuller"] == [
        {"slot": "S-1", "points": 10_000, "is_full": True},
        {"slot": "S-2", "points": 9500, "is_full": True},
    ]


@settings(max_examples=60)
@given(people_and_places())
def test_what_separates_two_slots_adds_up_to_the_difference_in_points(facts):
    layers = score_facts(*facts)
    plan = planned(layers)
    for i in np.flatnonzero(plan.slots >= 0).tolist():
        said = explain_place(layers, plan, i)
        other = said["next_best"]
        if other is None:
            assert layers.eligibility.possible[i].sum() == 1
            continue
        parts = [item["points"] for item in other["separates"]]
        assert sum(parts) == said["place"]["points"] - other["points"]
        assert [abs(part) for part in parts] == sorted(map(abs, parts), reverse=True)


def test_the_only_possible_slot_has_no_next_best():
    layers = score_facts([make_candidate()], [make_slot("S-1"), make_slot("S-2", status="closed")])
    assert explain_place(layers, planned(layers), 0)["next_best"] is None


# No place


def test_without_a_place_the_near_misses_are_told_with_their_one_refusal():
    person = make_candidate(diploma="mbo_2", vetoes=[{"about": "slot", "code": "S-3"}])
    must = {"level": "mbo_4", "strength": "must", "ground": "work"}
    slots = [
        make_slot("S-1", education=must),
        make_slot("S-2", education=must, status="closed"),
        make_slot("S-3"),
    ]
    layers = score_facts([person], slots)
    said = explain_place(layers, planned(layers), 0)
    assert set(said) == {"candidate", "no_place"}
    told = said["no_place"]
    assert (told["possible"], told["n_slots"]) == ([], 3)
    assert told["refused"] == {"education": 2, "seat": 1, "veto": 1}
    assert [miss["slot"] for miss in told["near_misses"]] == ["S-1", "S-3"]  # a no stands
    assert [miss["refusals"][0]["rule"] for miss in told["near_misses"]] == ["education", "veto"]


def test_near_misses_come_in_the_order_of_what_it_takes_to_change_them():
    person = make_candidate(
        referrer="GEM",
        diploma="mbo_2",
        placement_forms=["work_experience"],
        vetoes=[{"about": "slot", "code": "S-1"}],
        known_travel=[{"pc4": UTRECHT, "minutes": 75}, {"pc4": GRONINGEN, "minutes": 76}],
        max_travel_minutes=60,
    )
    slots = [
        make_slot("S-1"),
        make_slot("S-2", referrers=["UWV"]),
        make_slot("S-3", phases=[phase(GRONINGEN)]),  # sixteen minutes too long
        make_slot("S-4", education={"level": "mbo_4", "strength": "must", "ground": "law"}),
        make_slot("S-5", form="job"),
        make_slot("S-6", phases=[phase(UTRECHT)]),  # a quarter of an hour too long
    ]
    told = explain_no_place(score_facts([person], slots), 0)["near_misses"]
    assert [(miss["slot"], miss["refusals"][0]["rule"]) for miss in told] == [
        ("S-6", "travel"),
        ("S-5", "form"),
        ("S-4", "education"),
        ("S-3", "travel"),
        ("S-2", "admission"),
        ("S-1", "veto"),
    ]


def test_of_many_near_misses_the_ten_best_are_told_and_all_are_counted():
    person = make_candidate(placement_forms=["job"], max_travel_minutes=999)
    near, far = [phase(THE_HAGUE)], [phase(UTRECHT)]
    slots = [make_slot(f"S-{k:02}", phases=far if k < 2 else near) for k in range(12)]
    told = explain_no_place(score_facts([person], slots), 0)
    assert [miss["slot"] for miss in told["near_misses"]] == [f"S-{k:02}" for k in range(2, 12)]
    assert (told["refused"], told["n_slots"]) == ({"form": 12}, 12)


def test_without_a_place_the_possible_slots_are_told_to_be_full():
    layers = score_facts([make_candidate("K-1"), make_candidate("K-2")], [make_slot()])
    plan = planned(layers, pins=np.array([0, -1]))
    told = explain_place(layers, plan, 1)["no_place"]
    assert told["possible"] == [{"slot": "S-1", "is_full": True}]
    assert explain_no_place(layers, 1)["possible"] == [{"slot": "S-1", "is_full": False}]


# Nobody else in it


def with_code(person: CandidateFacts, code: str) -> CandidateFacts:
    return person.model_copy(update={"code": code})


@settings(max_examples=100)
@given(
    st.lists(candidate_facts(), min_size=2, max_size=5),
    st.lists(slot_facts(), min_size=1, max_size=3),
)
def test_reasons_never_name_another_candidate(people, slots):
    people = [with_code(person, f"KQX{i}") for i, person in enumerate(people)]
    slots = [slot.model_copy(update={"code": f"S-{j}"}) for j, slot in enumerate(slots)]
    layers = score_facts(people, slots)
    plan = planned(layers)
    for i, person in enumerate(people):
        told = [explain_place(layers, plan, i), explain_no_place(layers, i, plan)]
        told += [explain(layers, i, j).to_json() for j in range(len(slots))]
        text = json.dumps(told)
        assert person.code in text
        assert not [other.code for other in people if other is not person and other.code in text]


# Lists for people


def test_best_slots_come_best_first_and_equals_by_code():
    near, far = [phase(THE_HAGUE)], [phase(UTRECHT)]
    slots = [
        make_slot("S-4", phases=near),
        make_slot("S-1", phases=far),
        make_slot("S-3", phases=near),
        make_slot("S-2", status="closed"),
    ]
    people, places = to_profiles(
        make_input([make_candidate(max_travel_minutes=120)], slots), skill_taxonomy()
    )
    layers = score(people, places.take([3, 2, 1, 0]), Policy.default())  # codes from S-4 down
    codes = layers.pairing.slots.codes
    assert [codes[j] for j in best_slots(layers, 0, 9)] == ["S-3", "S-4", "S-1"]
    assert [codes[j] for j in best_slots(layers, 0, 1)] == ["S-3"]


def test_who_might_fit_does_not_begin_with_those_who_are_easy_to_place():
    easy = make_candidate(
        "easy",
        known_travel=[{"pc4": THE_HAGUE, "minutes": 30}, {"pc4": UTRECHT, "minutes": 0}],
    )
    hard = make_candidate(
        "hard",
        diploma="mbo_1",
        known_travel=[{"pc4": THE_HAGUE, "minutes": 45}, {"pc4": UTRECHT, "minutes": 60}],
    )
    wanted = {"level": "bachelor", "strength": "wanted"}
    slots = [
        make_slot("S-1", phases=[phase(THE_HAGUE)], education=wanted),
        make_slot("S-2", phases=[phase(UTRECHT)], education=wanted),
    ]
    layers = score_facts([easy, hard], slots)
    assert layers.points[0, 0] > layers.points[1, 0]
    listed = [layers.pairing.candidates.codes[i] for i in who_might_fit(layers, 0, 9)]
    assert listed == ["hard", "easy"]  # for one it is the best there is, for the other it is not


def test_who_might_fit_goes_by_waiting_among_equals_with_unknown_in_the_middle():
    since = {"K-1": "2017-11-01", "K-2": None, "K-3": "2017-01-01", "K-4": "2017-06-01"}
    people = [make_candidate(code, waiting_since=date) for code, date in since.items()]
    layers = score_facts(people, [make_slot()])
    listed = [layers.pairing.candidates.codes[i] for i in who_might_fit(layers, 0, 9)]
    assert listed == ["K-3", "K-2", "K-4", "K-1"]
    assert len(who_might_fit(layers, 0, 2)) == 2


def test_who_might_fit_leaves_out_who_cannot():
    people = [make_candidate("K-1", placement_forms=["job"]), make_candidate("K-2")]
    assert who_might_fit(score_facts(people, [make_slot()]), 0, 9) == [1]


def test_questions_of_a_plan_are_about_its_places_only():
    people = [make_candidate("K-1", days=None), make_candidate("K-2", days=None)]
    layers = score_facts(people, [make_slot()])
    asked = questions_of_plan(layers, planned(layers, pins=np.array([-1, 0])))
    assert [(item["candidate"], item["slot"], item["rule"]) for item in asked] == [
        ("K-2", "S-1", "hours")
    ]
    assert asked[0]["ask"] == "candidate"


@pytest.mark.parametrize("compare", ["own_best", "absolute"])
def test_reasons_hold_under_either_comparison(compare):
    policy = Policy(compare=compare)
    layers = score_facts([make_candidate()], [make_slot("S-1"), make_slot("S-2")], policy)
    assert explain(layers, 0, 0).of_own_best == FULL
