"""Each hard rule: pairs it allows, refuses and asks about, and the facts it names."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from matching import Policy
from matching.policy import RULES
from matching.rules import ASK, HARD_RULES, NO, YES
from matching.scoring import ScoreLayers
from models.candidate import CandidateFacts
from service.schemas import SlotFacts
from tests.factories import GRONINGEN, THE_HAGUE, make_candidate, make_slot, score_facts
from tests.strategies import candidate_facts, people_and_places, slot_facts

WORDS = {NO: "no", ASK: "ask", YES: "yes"}


def judged(rule: str, person: CandidateFacts, slot: SlotFacts, **more: Any) -> dict[str, Any]:
    """Return the verdict of one rule on one pair, with the facts of the findings that made it."""
    eligibility = score_facts([person], [slot], **more).eligibility
    verdict = int(eligibility.verdicts[rule][0, 0])
    found = [item for item in eligibility.findings(0, 0, verdict) if item.rule == rule]
    assert found, f"{rule} says {WORDS[verdict]} and gives no reason"
    return {
        "verdict": WORDS[verdict],
        "facts": [item.facts for item in found],
        "ask": [item.ask for item in found if item.ask],
    }


def verdict(rule: str, person: CandidateFacts, slot: SlotFacts, **more: Any) -> str:
    return judged(rule, person, slot, **more)["verdict"]


def refused(rule: str, person: CandidateFacts, slot: SlotFacts, **more: Any) -> list[Any]:
    """Return the facts of a refusal, and see to it that the rule alone refuses the pair."""
    found = judged(rule, person, slot, **more)
    assert found["verdict"] == "no"
    eligibility = score_facts([person], [slot], **more).eligibility
    assert eligibility.refused_by(0, 0) == [rule]
    assert not eligibility.possible[0, 0]
    return found["facts"]


def asked(rule: str, person: CandidateFacts, slot: SlotFacts) -> list[str]:
    """Return whom a rule wants to ask, and see to it that the pair stays possible meanwhile."""
    found = judged(rule, person, slot)
    assert found["verdict"] == "ask"
    assert score_facts([person], [slot]).eligibility.possible[0, 0]
    return found["ask"]


def test_a_pair_of_which_everything_is_known_and_fits_needs_no_question():
    eligibility = score_facts([make_candidate()], [make_slot()]).eligibility
    assert [WORDS[int(eligibility.verdicts[rule][0, 0])] for rule in RULES] == ["yes"] * len(RULES)
    assert eligibility.questions(0, 0) == eligibility.refusals(0, 0) == []


# Whether a pair may meet at all


def test_seat_refuses_a_slot_that_is_full_or_closed():
    assert verdict("seat", make_candidate(), make_slot(seats=2, seatsLeft=1)) == "yes"
    assert refused("seat", make_candidate(), make_slot(seats=2, seatsLeft=0)) == [
        {"seats": 0, "open": True}
    ]
    assert refused("seat", make_candidate(), make_slot(status="draft"))[0]["open"] is False


def test_seat_refuses_a_slot_from_the_day_after_it_closes():
    assert verdict("seat", make_candidate(), make_slot(closesOn="2017-12-01")) == "yes"
    assert verdict("seat", make_candidate(), make_slot(closesOn="2017-11-30")) == "no"


def test_admission_refuses_people_whom_the_pilot_does_not_admit():
    slot = make_slot(referrers=["UWV", "WSP"])
    assert verdict("admission", make_candidate(referrer="UWV"), slot) == "yes"
    assert verdict("admission", make_candidate(), make_slot()) == "yes"
    assert refused("admission", make_candidate(referrer="GEM"), slot) == [
        {"referrer": "GEM", "admits": ["UWV", "WSP"], "pilot": "P-1"}
    ]
    assert asked("admission", make_candidate(), slot) == ["candidate"]  # nobody noted who


@pytest.mark.parametrize(
    ("about", "code"),
    [("slot", "S-1"), ("pilot", "P-1"), ("organisation", "SUP"), ("organisation", "HOST")],
)
def test_veto_refuses_the_slot_the_pilot_or_whoever_somebody_would_meet_there(about, code):
    person = make_candidate(vetoes=[{"about": about, "code": code}])
    assert refused("veto", person, make_slot()) == [{"about": about, "code": code}]
    elsewhere = make_candidate(vetoes=[{"about": about, "code": "OTHER"}])
    assert verdict("veto", elsewhere, make_slot()) == "yes"


def test_a_veto_on_one_slot_leaves_the_others():
    person = make_candidate(vetoes=[{"about": "slot", "code": "S-1"}])
    verdicts = score_facts([person], [make_slot("S-1"), make_slot("S-2")]).eligibility.verdicts
    assert verdicts["veto"].tolist() == [[NO, YES]]


def test_declined_refuses_a_pair_that_either_side_declined_before():
    people, slots = [make_candidate("K-1"), make_candidate("K-2")], [make_slot()]
    verdicts = score_facts(people, slots, declined=[("K-2", "S-1")]).eligibility.verdicts
    assert verdicts["declined"].tolist() == [[YES], [NO]]
    assert refused("declined", people[0], slots[0], declined=[("K-1", "S-1")]) == [{}]


def test_form_refuses_a_form_that_somebody_does_not_accept_and_asks_when_that_is_blank():
    slot = make_slot(form="trial")
    assert verdict("form", make_candidate(placement_forms=["trial", "job"]), slot) == "yes"
    assert refused("form", make_candidate(placement_forms=["job"]), slot) == [
        {"form": "trial", "accepted": ["job"]}
    ]
    assert asked("form", make_candidate(placement_forms=None), slot) == ["candidate"]


# Time


def test_dates_refuses_who_comes_after_the_last_day_of_entry():
    assert verdict("dates", make_candidate(available_on="2018-02-01"), make_slot()) == "yes"
    assert refused("dates", make_candidate(available_on="2018-02-02"), make_slot()) == [
        {
            "available_on": "2018-02-02",
            "starts_on": "2018-01-08",
            "last_entry_on": "2018-02-01",
        }
    ]


def test_dates_asks_whose_date_is_blank():
    assert asked("dates", make_candidate(available_on=None), make_slot()) == ["candidate"]
    no_end = make_slot(last_entry_on=None)
    assert asked("dates", make_candidate(available_on="2018-01-09"), no_end) == ["slot"]
    assert verdict("dates", make_candidate(available_on="2018-01-08"), no_end) == "yes"


def test_hours_refuses_who_has_fewer_or_wants_more_than_the_slot_gives():
    slot = make_slot(weekly_hours_from=24, weekly_hours_to=32)
    few, many = {"weekly_hours_from": 8}, {"weekly_hours_to": 40}
    assert verdict("hours", make_candidate(**few, weekly_hours_to=24), slot) == "yes"
    assert verdict("hours", make_candidate(weekly_hours_from=32, **many), slot) == "yes"
    facts = refused("hours", make_candidate(**few, weekly_hours_to=23), slot)
    assert facts == [
        {
            "item": "weekly_hours",
            "possible": 23.0,
            "wanted": 8.0,
            "asked_from": 24.0,
            "asked_to": 32.0,
        }
    ]
    assert verdict("hours", make_candidate(weekly_hours_from=33, **many), slot) == "no"


def test_hours_asks_whose_hours_are_blank():
    person = make_candidate(weekly_hours_from=30)
    assert asked("hours", make_candidate(weekly_hours_to=None), make_slot()) == ["candidate"]
    assert asked("hours", person, make_slot(weekly_hours_from=None)) == ["slot"]
    # A slot from 24 hours, up to who knows how many, may or may not give the 30 that are wanted.
    assert asked("hours", person, make_slot(weekly_hours_to=None)) == ["slot"]
    assert verdict("hours", make_candidate(), make_slot(weekly_hours_to=None)) == "yes"


def test_hours_lets_somebody_build_up_only_where_the_slot_does():
    person = make_candidate(build_up_from_hours=12)

    def building_up(answer: str, start: float | None) -> SlotFacts:
        return make_slot(build_up=answer, build_up_from_hours=start)

    assert verdict("hours", person, building_up("yes", 12)) == "yes"
    assert refused("hours", person, building_up("yes", 16)) == [
        {"item": "build_up", "starts_with": 12.0, "asked_from": 24.0, "possible_from": 16.0}
    ]
    assert verdict("hours", person, building_up("no", None)) == "no"
    assert asked("hours", person, building_up("unknown", None)) == ["slot"]
    assert asked("hours", person, building_up("yes", None)) == ["slot"]
    assert verdict("hours", make_candidate(build_up_from_hours=24), make_slot()) == "yes"


def test_hours_counts_the_days_that_both_have():
    both = make_slot(days=["mon", "tue", "wed", "thu"], days_fixed="no")
    assert verdict("hours", make_candidate(days=["mon", "tue", "fri"]), both) == "yes"
    # 24 hours do not go into one day, also when nobody stated the longest day.
    assert verdict("hours", make_candidate(days=["mon", "fri"]), both) == "no"
    facts = refused("hours", make_candidate(days=["fri", "sat"]), both)
    assert [item["item"] for item in facts] == ["days"]
    assert facts[0]["available"] == ["fri", "sat"]
    fixed = make_slot(days=["mon", "tue"], days_fixed="yes")
    assert verdict("hours", make_candidate(days=["mon", "tue", "fri"]), fixed) == "yes"
    assert verdict("hours", make_candidate(days=["mon", "fri"]), fixed) == "no"
    perhaps = make_slot(days=["mon", "tue"], days_fixed="unknown", weekly_hours_from=8)
    assert asked("hours", make_candidate(days=["mon", "fri"]), perhaps) == ["slot"]
    assert asked("hours", make_candidate(days=None), fixed) == ["candidate"]
    assert asked("hours", make_candidate(), make_slot(days=None)) == ["slot"]


def test_hours_refuses_days_too_short_to_hold_the_hours():
    slot = make_slot(weekly_hours_from=24, days=["mon", "tue", "wed", "thu"])
    assert verdict("hours", make_candidate(longest_day_hours=6), slot) == "yes"  # 4 days of 6
    assert verdict("hours", make_candidate(longest_day_hours=5.5), slot) == "no"
    one_day = make_candidate(days=["mon"], longest_day_hours=None)  # 12 hours at the very most
    assert verdict("hours", one_day, make_slot(weekly_hours_from=12)) == "yes"
    assert verdict("hours", one_day, make_slot(weekly_hours_from=13)) == "no"


def test_hours_refuses_work_that_starts_too_early():
    person = make_candidate(earliest_start="09:00")
    assert verdict("hours", person, make_slot(starts_at="09:00")) == "yes"
    assert refused("hours", person, make_slot(starts_at="08:45")) == [
        {"item": "start", "earliest": "09:00", "starts_at": "08:45"}
    ]
    assert asked("hours", person, make_slot(starts_at=None)) == ["slot"]
    assert verdict("hours", make_candidate(), make_slot(starts_at=None)) == "yes"


# Place


def phases(*places: str | None, days: float | None = 4) -> list[dict[str, Any]]:
    return [{"kind": "on_the_job", "pc4": place, "on_site_days": days} for place in places]


def test_travel_refuses_when_any_phase_lies_too_far():
    person = make_candidate(known_travel=[{"pc4": GRONINGEN, "minutes": 61}])
    near, far = make_slot(phases=phases(THE_HAGUE)), make_slot(phases=phases(THE_HAGUE, GRONINGEN))
    assert verdict("travel", person, near) == "yes"
    assert refused("travel", person, far) == [
        {
            "item": "phase",
            "phase": "on_the_job",
            "place": GRONINGEN,
            "minutes": 61,
            "at_most": 60,
            "on_site_days": 4.0,
        }
    ]
    known = make_candidate(known_travel=[{"pc4": GRONINGEN, "minutes": 60}])
    assert verdict("travel", known, far) == "yes"


def test_travel_does_not_count_a_phase_without_days_on_site():
    assert verdict("travel", make_candidate(), make_slot(phases=phases(GRONINGEN, days=0))) == "yes"
    assert verdict("travel", make_candidate(), make_slot(phases=phases(GRONINGEN, days=1))) == "no"


def test_travel_asks_whose_fact_is_blank():
    somewhere = make_slot(phases=phases(None))
    far_some_days = make_slot(phases=phases(GRONINGEN, days=None))
    assert asked("travel", make_candidate(pc4=None), make_slot()) == ["candidate"]
    assert asked("travel", make_candidate(travel_modes=None), make_slot()) == ["candidate"]
    assert asked("travel", make_candidate(max_travel_minutes=None), make_slot()) == ["candidate"]
    assert asked("travel", make_candidate(), somewhere) == ["slot"]
    assert asked("travel", make_candidate(), far_some_days) == ["slot"]
    assert asked("travel", make_candidate(), make_slot(phases=[])) == ["slot"]


# What a slot asks


def test_education_refuses_only_below_a_must():
    must = make_slot(education={"level": "mbo_4", "strength": "must", "ground": "law"})
    wanted = make_slot(education={"level": "mbo_4", "strength": "wanted"})
    assert verdict("education", make_candidate(diploma="havo"), must) == "yes"  # both EQF 4
    assert verdict("education", make_candidate(diploma="mbo_3"), wanted) == "yes"
    assert refused("education", make_candidate(diploma="mbo_3"), must) == [
        {"held": 3, "asked": 4, "trained": False, "reach": 1}
    ]
    assert asked("education", make_candidate(diploma=None), must) == ["candidate"]
    assert asked("education", make_candidate(), make_slot(education=None)) == ["slot"]


def test_education_that_is_trained_reaches_one_level_further():
    trained = make_slot(education={"level": "mbo_4", "strength": "trained"})
    assert verdict("education", make_candidate(diploma="mbo_3"), trained) == "yes"
    assert verdict("education", make_candidate(diploma="mbo_2"), trained) == "no"


def test_education_does_not_ask_where_any_diploma_is_enough():
    for enough in ("none", "primary"):  # EQF 0
        must = make_slot(education={"level": enough, "strength": "must", "ground": "work"})
        assert verdict("education", make_candidate(diploma=None), must) == "yes"
    within_reach = make_slot(education={"level": "mbo_1", "strength": "trained"})
    assert verdict("education", make_candidate(diploma=None), within_reach) == "yes"


def reading(level: str | None) -> CandidateFacts:
    return make_candidate(languages=[{"language": "nld", "reading": level}])


def asks_reading(level: str, strength: str = "must", to: str | None = None) -> SlotFacts:
    asked_level = {"language": "nld", "skill": "reading", "level": level, "strength": strength}
    return make_slot(languages=[asked_level | ({"trained_to": to} if to else {})])


def test_languages_refuses_only_below_a_must():
    assert verdict("languages", reading("B1"), asks_reading("B1")) == "yes"
    assert verdict("languages", reading("A1"), asks_reading("B1", "wanted")) == "yes"
    assert refused("languages", reading("A2"), asks_reading("B1")) == [
        {
            "item": "level",
            "language": "nld",
            "skill": "reading",
            "held": "A2",
            "asked": "B1",
            "trained_to": None,
            "reach": 1,
        }
    ]
    assert asked("languages", reading(None), asks_reading("B1")) == ["candidate"]
    assert asked("languages", make_candidate(languages=None), asks_reading("B1")) == ["candidate"]
    assert asked("languages", make_candidate(), make_slot(languages=None)) == ["slot"]


def test_languages_counts_a_language_that_is_not_named_as_not_mastered():
    assert verdict("languages", make_candidate(languages=[]), asks_reading("A1")) == "no"
    assert verdict("languages", make_candidate(languages=[]), asks_reading("none")) == "yes"


def test_languages_that_are_trained_reach_one_level_further():
    assert verdict("languages", reading("A2"), asks_reading("B1", "trained")) == "yes"
    assert verdict("languages", reading("A1"), asks_reading("B1", "trained")) == "no"
    assert verdict("languages", reading("A2"), asks_reading("B1", "must", to="B2")) == "yes"


def test_languages_does_not_ask_where_any_level_is_enough():
    assert verdict("languages", reading(None), asks_reading("none")) == "yes"
    assert verdict("languages", reading(None), asks_reading("A1", "trained")) == "yes"


def can(skill: str, level: int | None) -> CandidateFacts:
    return make_candidate(skills=[{"skill": skill, "level": level}])


def asks_skill(strength: str = "must", **more: Any) -> SlotFacts:
    return make_slot(skills=[{"skill": "tendering", "level": 3, "strength": strength}], **more)


def test_skills_refuses_only_below_a_must_that_is_not_taught():
    assert verdict("skills", can("tendering", 3), asks_skill()) == "yes"
    assert verdict("skills", can("tendering", 2), asks_skill("wanted")) == "yes"
    assert verdict("skills", can("tendering", 2), asks_skill("trained")) == "yes"
    assert refused("skills", can("tendering", 2), asks_skill()) == [
        {"item": "level", "skill": "tendering", "held": 2, "asked": 3, "taught_to": 0}
    ]
    taught = asks_skill(skills_taught=[{"skill": "tendering", "level": 3}])
    assert verdict("skills", can("tendering", 1), taught) == "yes"
    too_little = asks_skill(skills_taught=[{"skill": "tendering", "level": 2}])
    assert verdict("skills", can("tendering", 1), too_little) == "no"


def test_skills_that_are_near_do_not_replace_a_must():
    assert verdict("skills", can("bid_assessment", 4), asks_skill()) == "no"


def test_skills_asks_whose_fact_is_blank():
    assert asked("skills", can("tendering", None), asks_skill()) == ["candidate"]
    assert asked("skills", make_candidate(skills=None), asks_skill()) == ["candidate"]
    assert asked("skills", make_candidate(), make_slot(skills=None)) == ["slot"]


def test_licence_refuses_only_without_a_must():
    must = make_slot(licences=[{"licence": "B", "strength": "must"}])
    wanted = make_slot(licences=[{"licence": "B", "strength": "wanted"}])
    assert verdict("licence", make_candidate(licences=["AM", "B"]), must) == "yes"
    assert verdict("licence", make_candidate(licences=[]), wanted) == "yes"
    assert refused("licence", make_candidate(licences=["AM"]), must) == [
        {"item": "licence", "licence": "B"}
    ]
    assert asked("licence", make_candidate(licences=None), must) == ["candidate"]
    assert asked("licence", make_candidate(), make_slot(licences=None)) == ["slot"]


# What somebody needs


@pytest.mark.parametrize(
    ("strength", "offer", "expected"),
    [
        ("must", "yes", "yes"),
        ("must", "no", "no"),
        ("must", "unknown", "ask"),
        ("must_not", "no", "yes"),
        ("must_not", "yes", "no"),
        ("must_not", "unknown", "ask"),
        ("wanted", "no", "yes"),
        ("avoid", "yes", "yes"),
    ],
)
def test_conditions_refuses_what_somebody_cannot_do_without(strength, offer, expected):
    person = make_candidate(conditions=[{"condition": "telephone", "strength": strength}])
    slot = make_slot(conditions=[{"condition": "telephone", "offer": offer}])
    found = judged("conditions", person, slot)
    assert found["verdict"] == expected
    if expected != "yes":
        assert found["facts"] == [
            {"item": "condition", "condition": "telephone", "need": strength, "offer": offer}
        ]
    assert found["ask"] == (["slot"] if expected == "ask" else [])


def test_conditions_asks_for_needs_that_were_not_talked_about_and_places_not_described():
    assert asked("conditions", make_candidate(conditions=None), make_slot()) == ["candidate"]
    person = make_candidate(conditions=[{"condition": "telephone", "strength": "must_not"}])
    assert asked("conditions", person, make_slot()) == ["slot"]


def needs(hours: float | None, essential: bool = True) -> CandidateFacts:
    need = {"kind": "job_coach", "weekly_hours": hours, "essential": essential}
    return make_candidate(support=[need])


def offers(hours: float | None) -> SlotFacts:
    return make_slot(support=[{"kind": "job_coach", "weekly_hours": hours}])


def test_support_refuses_too_few_hours_of_what_is_essential():
    assert verdict("support", needs(2), offers(2)) == "yes"
    assert verdict("support", needs(2, essential=False), offers(1)) == "yes"
    assert refused("support", needs(2), offers(1.5)) == [
        {"item": "hours", "support": "job_coach", "needed": 2.0, "offered": 1.5}
    ]
    assert verdict("support", needs(None), offers(0)) == "no"


def test_support_asks_whose_hours_are_blank():
    assert asked("support", needs(2), offers(None)) == ["slot"]
    assert asked("support", needs(2), make_slot()) == ["slot"]
    assert asked("support", needs(None), offers(2)) == ["candidate"]
    assert asked("support", make_candidate(support=None), make_slot()) == ["candidate"]


# All of them


@settings(max_examples=120)
@given(people_and_places())
def test_the_worst_finding_is_the_verdict_of_the_matrix(facts):
    layers = score_facts(*facts)
    assert set(layers.eligibility.verdicts) == set(RULES)
    for rule, verdicts in layers.eligibility.verdicts.items():
        for i, j in pairs_of(layers):
            found = HARD_RULES[rule].findings(layers.pairing, i, j)
            assert min(item.verdict for item in found) == verdicts[i, j], (rule, i, j)
            assert all(item.rule == rule for item in found)


@settings(max_examples=60)
@given(people_and_places())
def test_who_is_to_be_asked_is_named_exactly_where_there_is_a_question(facts):
    layers = score_facts(*facts)
    for i, j in pairs_of(layers):
        for item in layers.eligibility.findings(i, j):
            assert (item.ask in ("candidate", "slot")) == (item.verdict == ASK)
            json.dumps(item.facts, allow_nan=False)


@settings(max_examples=60)
@given(people_and_places())
def test_a_pair_is_possible_when_no_rule_refuses_it(facts):
    eligibility = score_facts(*facts).eligibility
    for i, j in pairs_of(score_facts(*facts)):
        assert bool(eligibility.possible[i, j]) == (not eligibility.refused_by(i, j))
        assert bool(eligibility.refusals(i, j)) == (not eligibility.possible[i, j])
        if eligibility.overall[i, j] == YES:
            assert eligibility.questions(i, j) == []


def pairs_of(layers: ScoreLayers) -> list[tuple[int, int]]:
    n, m = layers.pairing.shape
    return [(i, j) for i in range(n) for j in range(m)]


BLANKS_OF_SLOTS = (
    "weekly_hours_from",
    "weekly_hours_to",
    "days",
    "starts_at",
    "build_up_from_hours",
    "education",
    "languages",
    "skills",
    "licences",
    "starts_on",
    "last_entry_on",
)
"""Blanks of a slot that rules read. (No day of closing, and no referrers, are known to be none.)"""

BLANKS_OF_PEOPLE = (
    "pc4",
    "travel_modes",
    "max_travel_minutes",
    "diploma",
    "languages",
    "skills",
    "licences",
    "weekly_hours_to",
    "days",
    "available_on",
    "placement_forms",
    "conditions",
    "support",
)
"""Blanks of a candidate. (Least hours, longest day, earliest start are limits: blank is none.)"""


def blank_and_filled_in(facts: Any, others: Any, name: str) -> tuple[Any, Any]:
    """Return the facts with one of them blank, and filled in with what is known of others."""
    try:
        return tuple(
            type(facts).model_validate(facts.model_dump() | {name: value})
            for value in (None, getattr(others, name))
        )
    except ValidationError:
        return assume(False)  # fewest hours above most hours, say


def assert_only_questions_were_settled(before: ScoreLayers, after: ScoreLayers) -> None:
    for rule in RULES:
        was, now = (int(layers.eligibility.verdicts[rule][0, 0]) for layers in (before, after))
        assert was in (ASK, now), f"{rule} said {WORDS[was]} before it could know, now {WORDS[now]}"


ALL_KNOWN = (1.0,)


@settings(max_examples=300)
@given(
    candidate_facts(),
    slot_facts(),
    slot_facts(shares=ALL_KNOWN),
    st.sampled_from(BLANKS_OF_SLOTS),
)
def test_filling_in_a_blank_of_a_slot_overturns_no_verdict(person, slot, other, name):
    before, after = blank_and_filled_in(slot, other, name)
    if after.starts_on and after.last_entry_on:
        assume(after.starts_on <= after.last_entry_on)  # as every cohort has it
    assert_only_questions_were_settled(
        score_facts([person], [before]), score_facts([person], [after])
    )


@settings(max_examples=300)
@given(
    candidate_facts(),
    candidate_facts(shares=ALL_KNOWN),
    slot_facts(),
    st.sampled_from(BLANKS_OF_PEOPLE),
)
def test_filling_in_a_blank_of_a_candidate_overturns_no_verdict(person, other, slot, name):
    before, after = blank_and_filled_in(person, other, name)
    assert_only_questions_were_settled(score_facts([before], [slot]), score_facts([after], [slot]))


def test_a_rule_that_is_switched_off_refuses_and_asks_nothing():
    off = {"form": Policy.default().rules["form"].__class__(applies=False)}
    policy = Policy(rules=dict(Policy.default().rules) | off)
    layers = score_facts([make_candidate(placement_forms=["job"])], [make_slot()], policy)
    assert "form" not in layers.eligibility.verdicts
    assert layers.eligibility.possible.all()


def test_nobody_waives_a_veto_or_a_seat():
    rules = Policy.default().rules
    assert rules["veto"].waived_by == rules["seat"].waived_by == ()
    person = make_candidate(vetoes=[{"about": "pilot", "code": "P-1"}])
    assert not score_facts([person], [make_slot()]).eligibility.possible.any()
