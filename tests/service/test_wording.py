"""Words for reasons: all that the engine can say becomes a plain sentence, in both languages."""

import re
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matching import explain, explain_place, solve, to_problem
from matching.asking.explanation import SETTLED, explain_no_place
from matching.facts.profiles import LANGUAGE_SKILLS
from matching.policy import CRITERIA, RULES
from models.codes import PlacementForm, Weekday
from models.vocabulary import support_kinds, work_conditions
from service.taxonomy import skill_labels
from service.wording import Names, Words, strongest
from service.wording.criteria import CRITERIA as CRITERION_LABELS
from service.wording.rules import RULES as RULE_LABELS
from tests.factories import (
    GRONINGEN,
    POSTCODES,
    THE_HAGUE,
    TODAY,
    UTRECHT,
    make_candidate,
    make_slot,
    score_facts,
)
from tests.strategies import Chance, any_candidate, any_slot, people_and_places

LANGUAGES = ("nl", "en")
NAMES = Names(
    {"S-1": "Een plek", "S-2": "Nog een plek"}, {area.pc4: area.place for area in POSTCODES}
)

CODES = {
    *(code for code in work_conditions() if "_" in code),
    *(code for code in support_kinds() if "_" in code),
    *(code for code in skill_labels() if "_" in code),
    *(form.value for form in PlacementForm if "_" in form.value),
    *(day.value for day in Weekday),
    *("nld", "eng", "ara", "tir"),
}
"""Codes that have a label, and that no label is spelled like."""

ODD = re.compile(rf"[{{}}]|\b(none|nan|null|{'|'.join(sorted(CODES))})\b", re.IGNORECASE)
UNKIND = re.compile(r"\b(scor|rank|rang|match)|left out|%")


def assert_plain(text: str) -> None:
    assert text
    assert not ODD.search(text), text
    assert not UNKIND.search(text.lower()), text
    assert "  " not in text
    assert ".." not in text
    assert text[-1] in ".?"


def finding(rule: str, verdict: str = "no", ask: str | None = None, **facts: Any) -> dict[str, Any]:
    return {"rule": rule, "verdict": verdict, "facts": facts, "ask": ask, "waived_by": []}


def no(language: str, rule: str, person: dict[str, Any], place: dict[str, Any], **more: Any) -> str:
    """Say what a rule refuses, in one candidate and one slot that differ from the usual ones."""
    layers = score_facts([make_candidate(**person)], [make_slot(**place)], **more)
    found = [one for one in explain(layers, 0, 0).to_json()["refusals"] if one["rule"] == rule]
    return " ".join(Words(language).finding(one, NAMES) for one in found)


def ask(language: str, rule: str, person: dict[str, Any], place: dict[str, Any]) -> str:
    """Say what has to be asked because of a rule."""
    layers = score_facts([make_candidate(**person)], [make_slot(**place)])
    found = [one for one in explain(layers, 0, 0).to_json()["questions"] if one["rule"] == rule]
    return " ".join(Words(language).finding(one, NAMES) for one in found)


def why(language: str, criterion: str, person: dict[str, Any], place: dict[str, Any]) -> str:
    """Say what a criterion rests on."""
    layers = score_facts([make_candidate(**person)], [make_slot(**place)])
    given = explain(layers, 0, 0).to_json()["contributions"]
    return Words(language).contribution(
        next(one for one in given if one["criterion"] == criterion), NAMES
    )


# All that can be said


@cache
def all_pairs() -> list[dict[str, Any]]:
    """Reasons of many made-up pairs, from mostly blank to all known."""
    pairs = []
    for seed in range(160):
        chance = Chance(seed, known=(0.3, 0.6, 0.9, 1.0)[seed % 4])
        people = [any_candidate(chance, code) for code in ("K-1", "K-2")]
        places = [any_slot(chance, code) for code in ("S-1", "S-2")]
        layers = score_facts(people, places, declined=[("K-2", "S-2")])
        pairs += [explain(layers, i, j).to_json() for i in range(2) for j in range(2)]
    return pairs


def all_findings() -> list[dict[str, Any]]:
    return [one for pair in all_pairs() for one in (*pair["refusals"], *pair["questions"])]


CAN_BE_FOUND = {
    ("admission", "ask", None, "candidate"),
    ("skills", "ask", "level", "slot"),
    ("seat", "no", None, None),
    ("admission", "no", None, None),
    ("veto", "no", None, None),
    ("declined", "no", None, None),
    ("form", "no", None, None),
    ("form", "ask", None, "candidate"),
    ("dates", "no", None, None),
    ("dates", "ask", None, "candidate"),
    ("dates", "ask", None, "slot"),
    *(("hours", "no", item, None) for item in ("weekly_hours", "build_up", "days", "start")),
    ("hours", "ask", "weekly_hours", "candidate"),
    ("hours", "ask", "weekly_hours", "slot"),
    ("hours", "ask", "build_up", "slot"),
    ("hours", "ask", "days", "candidate"),
    ("hours", "ask", "days", "slot"),
    ("hours", "ask", "start", "slot"),
    ("travel", "no", "phase", None),
    ("travel", "ask", "phase", "candidate"),
    ("travel", "ask", "phase", "slot"),
    ("travel", "ask", "phases", "slot"),
    ("education", "no", None, None),
    ("education", "ask", None, "candidate"),
    ("education", "ask", None, "slot"),
    *((rule, "no", "level", None) for rule in ("languages", "skills")),
    *((rule, "ask", "level", "candidate") for rule in ("languages", "skills")),
    *((rule, "ask", "asked", "slot") for rule in ("languages", "skills", "licence")),
    ("licence", "no", "licence", None),
    ("licence", "ask", "licence", "candidate"),
    ("conditions", "no", "condition", None),
    ("conditions", "ask", "condition", "slot"),
    ("support", "no", "hours", None),
    ("support", "ask", "hours", "candidate"),
    ("support", "ask", "hours", "slot"),
    *((rule, "ask", "needs", "candidate") for rule in ("conditions", "support")),
}


def test_the_pairs_hold_all_that_rules_can_find():
    found = {
        (one["rule"], one["verdict"], one["facts"].get("item"), one["ask"])
        for one in all_findings()
    }
    assert found == CAN_BE_FOUND
    assert {rule for rule, *_ in CAN_BE_FOUND} == set(RULES) == set(RULE_LABELS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_each_finding_is_a_plain_sentence(rule, language):
    words = Words(language)
    for one in all_findings():
        if one["rule"] == rule:
            text = words.finding(one, NAMES)
            assert_plain(text)
            assert text[0].isupper()
            assert (text[-1] == "?") == (one["verdict"] == "ask")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_criterion_is_told_plainly_whether_known_or_not(criterion, language):
    words = Words(language)
    known = set()
    for pair in all_pairs():
        for one in pair["contributions"]:
            if one["criterion"] == criterion:
                known.add(one["value"] is not None)
                assert_plain(words.contribution(one, NAMES))
    assert known == {True, False}
    assert set(CRITERIA) == set(CRITERION_LABELS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", work_conditions())
def test_each_work_condition_is_asked_about_and_told(code, language):
    words = Words(language)
    asked = finding("conditions", "ask", "slot", item="condition", condition=code, need="must")
    assert_plain(words.finding(asked, NAMES))
    for need in ("must", "must_not"):
        refused = finding("conditions", item="condition", condition=code, need=need)
        assert words.condition(code) in words.finding(refused, NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", support_kinds())
def test_each_kind_of_support_is_asked_about_and_told(code, language):
    words = Words(language)
    asked = finding("support", "ask", "slot", item="hours", support=code, needed=2.0, offered=None)
    assert_plain(words.finding(asked, NAMES))
    refused = finding("support", item="hours", support=code, needed=2.0, offered=1.5)
    assert words.support(code) in words.finding(refused, NAMES)


@settings(max_examples=60)
@given(people_and_places())
def test_whole_answers_are_plain_whatever_the_facts(facts):
    people, places = facts
    layers = score_facts(people, places)
    plan = solve(to_problem(layers, as_of=TODAY))
    for language in LANGUAGES:
        words = Words(language)
        for i in range(len(people)):
            told = words.worded(explain_place(layers, plan, i), NAMES)
            told_anyhow = words.no_place(explain_no_place(layers, i), NAMES)
            for line in (*told["text"], *told_anyhow["text"]):
                assert_plain(line)


# What each rule says


def test_hours_are_told_with_both_numbers():
    less = {"weekly_hours_from": 8, "weekly_hours_to": 16}
    assert no("en", "hours", less, {}) == (
        "At least 24 hours a week are needed here; the candidate can work up to 16."
    )
    assert no("nl", "hours", less, {}) == (
        "Hier is minstens 24 uur per week nodig; de kandidaat kan tot 16 uur werken."
    )
    more = {"weekly_hours_from": 32.5, "weekly_hours_to": 40}
    short = {"weekly_hours_from": 16, "weekly_hours_to": 20}
    assert no("en", "hours", more, short) == (
        "Up to 20 hours a week are possible here; the candidate wants at least 32.5."
    )
    assert no("nl", "hours", more, short) == (
        "Hier kan het tot 20 uur per week; de kandidaat wil minstens 32,5 uur."
    )


def test_one_hour_is_said_as_one():
    one = {"weekly_hours_from": 0, "weekly_hours_to": 0, "days": None}
    place = {"weekly_hours_from": 1, "weekly_hours_to": 1}
    assert "At least 1 hour a week is needed" in no("en", "hours", one, place)


def test_days_that_differ_are_told_by_name():
    person = {"days": ["tue", "wed"]}
    place = {"days_fixed": "yes", "weekly_hours_from": 8}
    assert no("nl", "hours", person, place) == (
        "Het werk is op maandag, dinsdag, woensdag en donderdag; "
        "de kandidaat kan werken op dinsdag en woensdag."
    )
    asked = ask("en", "hours", person, place | {"days_fixed": "unknown"})
    assert asked == "Ask the place: is working on Tuesday and Wednesday enough?"


def test_short_days_are_not_told_as_days_that_differ():
    """Both name the same days; it is the hours in them that are too few."""
    person = {"longest_day_hours": 4, "days": ["mon", "tue", "wed", "thu"]}
    assert no("en", "hours", person, {}) == (
        "The candidate can work 4 hours a day, on Monday, Tuesday, Wednesday and Thursday. "
        "That is less than the 24 hours a week that are needed here."
    )


def test_building_up_hours_is_told_with_where_it_begins():
    person = {"build_up_from_hours": 8}
    assert no("en", "hours", person, {"build_up": "no"}).startswith(
        "The candidate wants to begin with 8 hours a week and build up"
    )
    begins_higher = {"build_up": "yes", "build_up_from_hours": 12}
    assert no("en", "hours", person, begins_higher).endswith("begin here with at least 12.")


def test_dates_are_written_in_full():
    person = {"available_on": "2018-03-01"}
    assert no("nl", "dates", person, {}) == (
        "De kandidaat kan beginnen vanaf 1 maart 2018; "
        "de laatste dag om in te stappen is 1 februari 2018."
    )
    assert "1 March 2018" in no("en", "dates", person, {})


def test_a_journey_is_told_with_the_name_of_the_place():
    person = {"pc4": GRONINGEN, "known_travel": [{"pc4": THE_HAGUE, "minutes": 150}]}
    assert no("en", "travel", person, {}) == (
        "The journey to Den Haag takes about 150 minutes; the candidate can travel up to 60."
    )


def test_diplomas_are_told_by_names_that_people_know():
    asked = {"education": {"level": "vwo", "strength": "must", "ground": "work"}}
    assert no("nl", "education", {"diploma": "mbo_2"}, asked) == (
        "Hier is een diploma nodig op het niveau van mbo 4, havo of vwo. "
        "De kandidaat heeft het niveau van mbo 2."
    )
    assert no("en", "education", {"diploma": "none"}, asked) == (
        "A diploma at the level of mbo 4, havo or vwo is needed here."
    )
    trained = {"education": {"level": "mbo_4", "strength": "trained"}}
    assert "begins at the level of mbo 3" in no("en", "education", {"diploma": "mbo_2"}, trained)


def speaks(language: str, level: str) -> dict[str, Any]:
    return {"languages": [{"language": language, "speaking": level}]}


def asks(language: str, level: str, **more: Any) -> dict[str, Any]:
    asked = {"language": language, "skill": "speaking", "level": level, "strength": "must"}
    return {"languages": [asked | more]}


def test_a_language_level_that_is_trained_is_not_told_as_one_that_is_needed():
    refused = no("en", "languages", speaks("nld", "A1"), asks("nld", "B1"))
    assert refused == "For speaking Dutch, B1 is needed; the candidate has A1."
    trained = no("en", "languages", speaks("nld", "A1"), asks("nld", "B1", trainedTo="B1"))
    assert trained == "For speaking Dutch, A2 is needed to begin with; the candidate has A1."
    nothing = no("nl", "languages", speaks("nld", "none"), asks("nld", "B1"))
    assert nothing == "Voor Nederlands spreken is B1 nodig; de kandidaat heeft nog geen A1."


def test_a_skill_is_told_with_how_well_it_is_needed():
    asked = {"skills": [{"skill": "spreadsheets", "level": 3, "strength": "must"}]}
    person = {"skills": [{"skill": "spreadsheets", "level": 2}]}
    assert no("nl", "skills", person, asked) == (
        "Hier meteen nodig: rekenbladen, zonder hulp. De kandidaat kan het met wat hulp."
    )
    assert (
        no("en", "skills", {}, asked) == "Needed here from the start: spreadsheets, without help."
    )


def test_support_that_is_absent_and_support_that_is_too_little_differ():
    person = {"support": [{"kind": "job_coach", "weekly_hours": 2, "essential": True}]}
    absent = no("en", "support", person, {"support": [{"kind": "job_coach", "weekly_hours": 0}]})
    assert absent == "Needed, but not here: job coach."
    little = no("nl", "support", person, {"support": [{"kind": "job_coach", "weekly_hours": 0.5}]})
    assert little == "Nodig: jobcoach, 2 uur per week. Hier is het 0,5 uur."


def test_a_veto_says_what_it_is_about():
    for about, code in (("slot", "S-1"), ("pilot", "P-1"), ("organisation", "HOST")):
        told = no("en", "veto", {"vetoes": [{"about": about, "code": code}]}, {})
        assert told.startswith("The candidate does not want")
        assert (code in told) == (about != "slot")


def test_who_may_join_is_told_with_or():
    told = no("nl", "admission", {"referrer": "UWV"}, {"referrers": ["WSP", "COA"]})
    assert told == "Meedoen aan deze proeftuin kan alleen via COA of WSP."


def test_questions_say_who_is_asked():
    assert ask("nl", "hours", {"weekly_hours_to": None, "weekly_hours_from": None}, {}) == (
        "Vraag aan de kandidaat: hoeveel uur per week is mogelijk?"
    )
    needs = {"conditions": [{"condition": "quiet_place", "strength": "must"}]}
    assert ask("nl", "conditions", needs, {}) == (
        "Vraag aan de aanbieder: kan iemand hier op een rustige plek werken?"
    )
    assert ask("en", "conditions", needs, {}) == (
        "Ask the place: can someone work in a quiet place here?"
    )


# What each criterion says


def test_skills_are_told_by_what_somebody_brings_and_learns():
    held = [("spreadsheets", 3), ("purchasing", 1)]
    person = {"skills": [{"skill": skill, "level": level} for skill, level in held]}
    asked = ["spreadsheets", "purchasing", "tendering", "programming"]
    place = {
        "skills": [{"skill": skill, "level": 2} for skill in asked],
        "skills_taught": [{"skill": "tendering", "level": 3}],
    }
    assert why("en", "skills", person, place) == (
        "has experience with spreadsheets; has some experience with purchasing; "
        "can learn running a tender here; has not mentioned programming."
    )
    assert why("nl", "skills", person, place).startswith("heeft ervaring met rekenbladen; ")


def test_blank_skills_of_a_place_are_unknown_rather_than_nothing():
    assert why("en", "skills", {}, {"skills": None}).startswith("not known yet")
    assert why("en", "skills", {}, {"skills": []}) == "nothing particular is asked."


def test_what_is_to_be_avoided_is_told_after_what_is_wanted():
    """Else "no shifts and a buddy" would sound like neither."""
    person = {
        "conditions": [
            {"condition": "buddy", "strength": "wanted"},
            {"condition": "telephone", "strength": "avoid"},
        ]
    }
    offered = [{"condition": "buddy", "offer": "yes"}, {"condition": "telephone", "offer": "no"}]
    assert why("en", "conditions", person, {"conditions": offered}) == (
        "a buddy and no telephone, as wanted."
    )


def test_a_wider_occupation_includes_the_narrower():
    for sought in ("33", "3323"):
        told = why("en", "occupation", {"occupations_sought": [sought]}, {})
        assert told == "this is work that the candidate is looking for."
    near = why("en", "occupation", {"occupations_sought": ["3412"]}, {})
    assert near == "this is close to work that the candidate is looking for."


def test_of_two_journeys_to_one_place_the_longest_is_told():
    phase = {"kind": "theory", "weeks": 4, "onSiteDays": 4, "remoteDays": 0}
    place = {"phases": [phase | {"pc4": UTRECHT}, phase | {"pc4": THE_HAGUE}]}
    person = {"known_travel": [{"pc4": UTRECHT, "minutes": 40}, {"pc4": THE_HAGUE, "minutes": 55}]}
    names = Names({}, {UTRECHT: "Randstad", THE_HAGUE: "Randstad"})
    layers = score_facts([make_candidate(**person)], [make_slot(**place)])
    travel = next(
        one
        for one in explain(layers, 0, 0).to_json()["contributions"]
        if one["criterion"] == "travel"
    )
    assert Words("en").contribution(travel, names) == "about 55 minutes to Randstad."


def test_hours_and_days_at_home_are_told():
    home = {"kind": "on_the_job", "weeks": 4, "pc4": THE_HAGUE, "onSiteDays": 3, "remoteDays": 1}
    told = why("nl", "hours", {"remote_days_wanted": 2}, {"phases": [home]})
    assert told == (
        "hier kan het tot 36 uur per week, en de kandidaat kan tot 36 uur werken; "
        "thuiswerken, 1 van de 2 gewenste dagen per week."
    )


# Labels


@pytest.mark.parametrize(
    ("code", "nl", "en"),
    [
        ("nld", "Nederlands", "Dutch"),
        ("eng", "Engels", "English"),
        ("ara", "Arabisch", "Arabic"),
        ("tir", "Tigrinya", "Tigrinya"),
        ("tur", "Turks", "Turkish"),
        ("pol", "Pools", "Polish"),
        ("ukr", "Oekraïens", "Ukrainian"),
        ("fas", "Perzisch", "Persian"),
        ("prs", "Dari", "Dari"),
        ("pus", "Pasjtoe", "Pashto"),
        ("kmr", "Koerdisch", "Kurdish"),
        ("som", "Somalisch", "Somali"),
        ("amh", "Amhaars", "Amharic"),
        ("rif", "Riffijns", "Riffian"),
        ("pap", "Papiaments", "Papiamento"),
        ("srn", "Sranantongo", "Sranan Tongo"),
        ("zho", "Chinees", "Chinese"),
        ("spa", "Spaans", "Spanish"),
        ("dse", "Nederlandse Gebarentaal", "Dutch Sign Language"),
        ("qqq", "qqq", "qqq"),
    ],
)
def test_languages_are_told_by_name(code, nl, en):
    assert (Words("nl").tongue(code), Words("en").tongue(code)) == (nl, en)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_level_and_skill_has_a_label(language):
    words = Words(language)
    for form in PlacementForm:
        assert_plain(words.form(form.value) + ".")
    for skill in LANGUAGE_SKILLS:
        assert_plain(words.ability("nld", skill) + ".")
    for eqf in range(9):
        assert_plain(words.diploma(eqf) + ".")


def test_numbers_and_lists_are_written_as_each_language_does():
    assert (Words("nl").number(1234.5), Words("en").number(1234.5)) == ("1.234,5", "1,234.5")
    assert Words("nl").listed(["a", "b", "c"]) == "a, b en c"
    assert Words("en").listed(["a", "b", "c"], style="or") == "a, b or c"
    assert Words("en").listed([]) == ""


# Whole answers


def planned(layers, pins=None):
    return solve(to_problem(layers, as_of=TODAY, pins=None if pins is None else np.array(pins)))


def test_a_place_is_told_by_what_speaks_for_it_most():
    layers = score_facts([make_candidate()], [make_slot("S-1"), make_slot("S-2")])
    reasons = explain_place(layers, planned(layers, [0]), 0)
    told = Words("en").worded(reasons, NAMES)
    most = strongest(reasons["place"]["contributions"])
    assert len(told["text"]) == len(most) + 1
    assert told["text"][0].startswith(Words("en").criterion(most[0]["criterion"]) + ": ")
    assert (
        told["text"][-1] == "The next possible place is Nog een plek (S-2). It fits equally well."
    )


def test_a_fitter_place_that_is_full_is_told_as_taken():
    dear = {"wishes": [{"about": "slot", "code": "S-1", "rank": 1}]}
    people = [make_candidate("K-1", **dear), make_candidate("K-2", **dear)]
    layers = score_facts(people, [make_slot("S-1"), make_slot("S-2")])
    told = Words("en").place_text(explain_place(layers, planned(layers, [0, 1]), 1), NAMES)
    assert told[-1] == (
        "Een plek (S-1) is better on wishes, but all its seats are taken in this plan."
    )


def test_a_person_of_whom_little_is_known_still_gets_a_sentence():
    reasons = {"place": {"contributions": []}, "next_best": None, "fuller": []}
    for language in LANGUAGES:
        (line,) = Words(language).place_text(reasons, NAMES)
        assert_plain(line)


def test_one_thing_in_the_way_is_told_as_one_and_several_as_several():
    short = {"weekly_hours_from": 8, "weekly_hours_to": 16}
    layers = score_facts([make_candidate(**short)], [make_slot()])
    (first, miss) = Words("en").no_place_text(explain_no_place(layers, 0), NAMES)
    assert first.endswith("something does not go together, most often hours.")
    assert miss.startswith("Only one thing stands in the way of Een plek (S-1). At least 24")
    layers = score_facts(
        [make_candidate(**short, days=["fri"])], [make_slot(days_fixed="yes", starts_at="08:00")]
    )
    miss = Words("nl").no_place_text(explain_no_place(layers, 0), NAMES)[1]
    assert miss.startswith("Wat bij Een plek (S-1) niet past: Hier is minstens 24 uur")


def test_two_journeys_to_one_place_are_one_thing_in_the_way():
    """Two phases in one town, some minutes apart, read as two things that stand in the way."""
    phase = {"weeks": 4, "onSiteDays": 4, "remoteDays": 0}
    place = {
        "phases": [
            phase | {"kind": "theory", "pc4": UTRECHT},
            phase | {"kind": "on_the_job", "pc4": GRONINGEN},
        ]
    }
    far = [{"pc4": UTRECHT, "minutes": 183}, {"pc4": GRONINGEN, "minutes": 186}]
    layers = score_facts([make_candidate(known_travel=far)], [make_slot(**place)])
    names = Names({}, {UTRECHT: "Utrecht", GRONINGEN: "Utrecht"})
    miss = Words("en").no_place_text(explain_no_place(layers, 0), names)[1]
    assert miss.startswith("Only one thing stands in the way of S-1. The journey to Utrecht")
    assert "186" in miss
    assert "183" not in miss


@pytest.mark.parametrize("rule", SETTLED)
def test_a_persons_no_is_not_told_as_the_one_thing_in_the_way(rule):
    miss = {"slot": "S-1", "points": 1, "refusals": [finding(rule)]}
    none = {"possible": [], "near_misses": [miss], "refused": {rule: 1}, "n_slots": 1}
    assert len(Words("en").no_place_text(none, NAMES)) == 1


def test_what_possible_places_are_short_of_is_told_and_never_whose_it_is():
    hours = {"item": "coach_hours", "coaches": ["C-1"], "starts_on": "2018-01-08"}
    possible = [
        {"slot": "S-1", "is_full": True, "short_of": [hours, hours]},
        {"slot": "S-2", "is_full": False, "short_of": [{"item": "agreement"}]},
        {"slot": "S-3", "is_full": False, "short_of": []},
    ]
    none = {"possible": possible, "near_misses": [], "refused": {}, "n_slots": 3}
    assert Words("en").no_place_text(none, Names())[1:] == [
        "In this plan too few hours of support are left at S-1.",
        "An agreement about who starts there, or how many, stands in the way at S-2.",
    ]
    for line in Words("nl").no_place_text(none, Names()):
        assert_plain(line)


def test_possible_places_are_told_as_taken_only_when_they_are():
    def told(*full: bool) -> str:
        possible = [{"slot": f"S-{k}", "is_full": is_full} for k, is_full in enumerate(full)]
        none = {"possible": possible, "near_misses": [], "refused": {}, "n_slots": len(full)}
        return Words("en").no_place_text(none, Names())[0]

    assert told(True) == (
        "No place yet. 1 place is possible, but all its seats are taken in this plan: S-0."
    )
    assert told(True, True).endswith("but all their seats are taken in this plan: S-0 and S-1.")
    assert told(True, True, True, True).endswith("These fit best: S-0, S-1 and S-2.")
    assert told(True, False) == "No place yet, though there is still a seat at S-1."
    assert told() == "No place yet. There are no places to look at."


def test_near_misses_begin_with_what_is_easiest_to_change():
    must = {"education": {"level": "mbo_4", "strength": "must", "ground": "work"}}

    def at(pc4: str) -> dict[str, Any]:
        return {
            "phases": [
                {"kind": "on_the_job", "weeks": 9, "pc4": pc4, "onSiteDays": 4, "remoteDays": 0}
            ]
        }

    person = make_candidate(
        referrer="GEM",
        diploma="mbo_3",
        known_travel=[{"pc4": UTRECHT, "minutes": 70}, {"pc4": GRONINGEN, "minutes": 123}],
        vetoes=[{"about": "slot", "code": "S-no"}],
    )
    slots = [
        make_slot("S-no"),
        make_slot("S-pilot", referrers=["WSP"]),
        make_slot("S-far", **at(GRONINGEN)),
        make_slot("S-learn", **must),
        make_slot("S-agree", weekly_hours_from=38, weekly_hours_to=40),
        make_slot("S-near", **at(UTRECHT)),
    ]
    told = explain_no_place(score_facts([person], slots), 0)
    assert [miss["slot"] for miss in told["near_misses"]] == [
        "S-near",
        "S-agree",
        "S-learn",
        "S-far",
        "S-pilot",
        "S-no",
    ]


# Plans


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_plan_is_plain(language):
    words = Words(language)
    lines = [
        words.advice(),
        words.decides_nothing(),
        words.heading_coaches(),
        words.coach_hours(["C-1"], 3, 4.5, date(2018, 1, 8), None),
        words.coach_hours(["C-1", "C-2"], 0, 1, date(2018, 1, 8), date(2018, 7, 8)),
        words.summary(45, 66, 48),
        words.goal(40),
        words.made_under("default/1", date(2017, 12, 1), 0),
        words.proof_in_numbers(45, 445086, 445086),
        words.introduction(1),
        words.introduction(66),
        *(words.proof(proof, "optimal") for proof in ("proven", "unproven")),
        *(words.proof(proof, "infeasible") for proof in ("proven", "claimed")),
    ]
    for line in lines:
        assert_plain(line)
    assert words.proof("proven", "optimal") != words.proof("proven", "feasible")
    assert words.proof("proven", "infeasible") != words.proof("claimed", "infeasible")
    assert words.heading_no_place(1) != words.heading_no_place(2)
    assert words.seats(1, 1) != words.seats(1, 2)
    assert all(what and how for what, how in words.how_to_go_on())
