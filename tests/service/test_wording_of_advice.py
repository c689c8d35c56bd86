"""Words for advice: each change, limit, question and reason is said in both languages."""

import inspect
import re
from typing import Any

import pytest
from pydantic import BaseModel

from matching.asking.attention import Kind
from matching.asking.unknown.people import blanks_of_people
from matching.asking.unknown.slots import blanks_of_slots
from matching.efforts import EFFORTS
from matching.replanning.moves import Reason
from models.candidate import CandidateFacts
from service.reasoning.shapes import OtherWay
from service.schemas import SlotFacts
from service.wording import Names, Words
from service.wording.asking import MOVES, QUESTIONS_TO_PEOPLE, QUESTIONS_TO_PLACES, WAYS
from tests.factories import make_candidate, make_slot, score_facts

LANGUAGES = ("nl", "en")
NAMES = Names({"S-1": "Een plek"})
UNKIND = re.compile(
    r"\b(scor|rank|match|force|risk|los(e|t|es)\b)|left out|runner|%", re.IGNORECASE
)

PERIOD = {"starts_on": "2018-01-15", "ends_on": "2018-01-28"}
STEPS = (
    {"kind": "seats", "slot": "S-1", "amount": 1},
    {"kind": "slot_hours", "slot": "S-1", "support": "job_coach", "amount": 2},
    {"kind": "coach_hours", "coaches": ["JC-1", "JC-2"], **PERIOD, "amount": 1},
    {"kind": "coach_hours", "coaches": ["JC-1"], **PERIOD, "ends_on": None, "amount": 4.0},
    {"kind": "agreement", "amount": 1},
)
BLANK = {"side": "slot", "code": "S-1", "item": None, "part": None, "was": None, "by": None}
CHANGES: tuple[dict[str, Any], ...] = (
    {**BLANK, "kind": "seat", "amount": 1, "becomes": 2},
    {**BLANK, "kind": "admission", "was": ["UWV"], "becomes": ["COA", "UWV"]},
    {**BLANK, "kind": "start_week", "becomes": "2018-03-05"},
    {**BLANK, "kind": "weekly_hour", "item": "hours_from", "becomes": 16.0},
    {**BLANK, "kind": "weekly_hour", "item": "hours_to", "becomes": 32.0},
    {**BLANK, "kind": "days", "becomes": ["mon", "tue"]},
    {**BLANK, "kind": "start_time", "becomes": "09:30"},
    {**BLANK, "kind": "build_up", "becomes": 8.0},
    {**BLANK, "kind": "condition", "item": "quiet_place", "becomes": "yes"},
    {**BLANK, "kind": "condition", "item": "lifting", "becomes": "no"},
    {**BLANK, "kind": "support_hour", "item": "job_coach", "becomes": 2.0},
    {
        **BLANK,
        "kind": "language_level",
        "item": "nld",
        "part": "speaking",
        "becomes": "B1",
        "by": "2018-03-01",
    },
    {**BLANK, "kind": "language_level", "item": "nld", "part": "speaking", "becomes": "B1"},
    {**BLANK, "kind": "skill_level", "item": "accuracy", "becomes": 2},
    {**BLANK, "kind": "licence", "item": "B", "becomes": "yes"},
)
OF_LIMITS = {"resource_unit", "quota_step", "group", "pin"}


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return Words(request.param)


def unknown(shape: type[BaseModel]) -> dict[str, None]:
    """Return every fact of a shape that may be unknown, as unknown."""
    return {
        name: None
        for name, field in shape.model_fields.items()
        if field.default is None and not field.is_required()
    }


def is_plain(text: str) -> bool:
    return bool(text) and "_" not in text and "{" not in text and not UNKIND.search(text)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["kind"])
def test_each_limit_that_gives_way_is_named(words: Words, step: dict[str, Any]) -> None:
    assert is_plain(words.step(step, NAMES))


def test_each_change_that_a_policy_knows_is_named(words: Words) -> None:
    assert {change["kind"] for change in CHANGES} | OF_LIMITS == set(EFFORTS)
    said = [words.change(change, NAMES) for change in CHANGES]
    assert all(is_plain(text) for text in said)
    assert len(set(said)) == len(said)


def test_a_way_names_its_place_and_says_when_people_have_to_choose(words: Words) -> None:
    way = {"slot": "S-1", "changes": CHANGES[:1], "steps": STEPS[:1], "isProposed": True}
    assert len(words.way(way, NAMES)) == 1
    assert "Een plek (S-1)" in words.way(way, NAMES)[0]
    assert len(words.way({**way, "isProposed": False}, NAMES)) == 2
    already = {"slot": "S-1", "changes": [], "steps": [], "isProposed": True}
    assert len(words.way(already, NAMES)) == 1


def test_each_fact_that_can_be_unknown_has_a_question(words: Words) -> None:
    people = [make_candidate(), make_candidate("K-2", **unknown(CandidateFacts))]
    slots = [make_slot(), make_slot("S-2", **unknown(SlotFacts))]
    pairing = score_facts(people, slots).pairing
    asked = {(one.side, one.fact): one for one in blanks_of_people(pairing)}
    asked |= {(one.side, one.fact): one for one in blanks_of_slots(pairing)}
    assert len(asked) > 20
    for (side, fact), one in asked.items():
        facts = {"refusesPlace": True, "placed": 1, "points": 0, "isSettled": False}
        told = {"side": side, "fact": fact, "item": one.item, "part": one.part, **facts}
        lines = words.missing(told)
        assert lines[0].endswith("?")
        assert len(lines) == 4
        assert all(is_plain(line) for line in lines)


def test_each_fact_that_the_engine_asks_for_has_a_question() -> None:
    for module, known, beside in (
        (blanks_of_people, QUESTIONS_TO_PEOPLE, {"languages", "support_hours"}),
        (blanks_of_slots, QUESTIONS_TO_PLACES, {"conditions", "support_hours"}),
    ):
        source = inspect.getsource(inspect.getmodule(module))
        named = set(re.findall(r'_blank\(\s*\w, "(\w+)"', source))
        assert len(named) > 10
        assert named <= set(known) | beside


def test_each_reason_to_move_and_each_way_of_planning_has_words(words: Words) -> None:
    assert set(MOVES) == {reason.value for reason in Reason}
    assert set(WAYS) == {way.value for way in OtherWay}
    for reason in MOVES:
        stays, goes = (words.move(reason, has_place=has_place) for has_place in (True, False))
        assert is_plain(stays)
        assert goes.startswith(stays)
        assert goes != stays
    for way in WAYS:
        for placed in (-1, 0, 1):
            told = {"way": way, "changed": 3, "placed": placed, "better": 2, "worse": 1}
            assert all(is_plain(line) for line in words.comparison(told))


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_attention_has_words(words: Words, kind: Kind) -> None:
    told = {"kind": kind.value, "options": [{"slot": "S-1"}, {"slot": "S-2"}]}
    assert is_plain(words.person(told, NAMES))


@pytest.mark.parametrize("placed", [-1, 0, 1])
@pytest.mark.parametrize("points", [-5, 0, 5])
def test_a_trade_is_told_without_a_word_of_who(words: Words, placed: int, points: int) -> None:
    trade = {"placed": placed, "points": points, "moved": 2, "losesPlace": 1}
    nothing: dict[str, Any] = {"refusals": [], "questions": [], "relaxations": []}
    told = {"answer": "possible", "trade": trade, "isSettled": True, **nothing}
    lines = words.why_not(told, NAMES)
    assert len(lines) == 4
    assert all(is_plain(line) for line in lines)
    assert words.why_not({**told, "isSettled": False}, NAMES) == [*lines, words.no_time("cost")]


def test_rules_that_leave_no_room_are_told_with_what_could_give_way(words: Words) -> None:
    told: dict[str, Any] = {"answer": "impossible", "trade": None, "refusals": []}
    told |= {"questions": [], "isSettled": True}
    ways = [{"steps": [step]} for step in STEPS]
    assert len(words.why_not({**told, "relaxations": ways}, NAMES)) == 4
    nothing = {**told, "relaxations": []}
    assert len(words.why_not(nothing, NAMES)) == 1
    assert words.why_not({**nothing, "isSettled": False}, NAMES)[1:] == [words.no_time("way_out")]
