"""A question about a run has an end, a run that is stored need not be solved anew, and no code of a
person stands in an address."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import Session

import matching.asking.ways
import service.reasoning.queries
import service.reasoning.routes
from matching import Plan, SolveStatus, solve
from matching.deadline import Deadline
from models.codes import RunStatus
from service.app import create_api
from service.errors import Conflict, TakesTooLong
from service.match_runs import solving
from service.match_runs.queries import find_run
from service.reasoning import queries
from service.reasoning.queries import MOST_PAIRS, MOST_PAIRS_TOGETHER, solved_again
from service.settings import settings
from tests.service.test_reasoning import Asked, asked, changed, texts

__all__ = ["asked"]  # the run of that file, made once more for this one

OVER: dict[str, dict[str, Any]] = {
    "why-not": {"candidate": "K-013", "slot": "S-EIFFEL-2"},
    "what-works": {"candidate": "K-013"},
    "questions": {},
    "worth": {},
    "attention": {"times": 5},
    "compare": {"with": "absolute"},
    "regret": {"candidate": "K-013"},
    "replan": {},
}
"""Every question that is found by solving."""


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests whose time is over when they begin."""
    for module in (service.reasoning.queries, service.reasoning.routes):
        monkeypatch.setattr(module, "request_deadline", lambda: Deadline(0.0))


def told(asked: Asked, what: str, language: str = "en") -> dict[str, Any]:
    params = OVER[what] | ({"since": asked.code} if what == "replan" else {})
    answer = asked.ask(what, headers={"Accept-Language": language}, **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.usefixtures("no_time")
@pytest.mark.parametrize(
    ("language", "says"), [("en", ("no time", "there was time")), ("nl", ("geen tijd", "was tijd"))]
)
@pytest.mark.parametrize("what", [what for what in OVER if what not in ("questions", "compare")])
def test_what_there_was_no_time_for_is_said(
    asked: Asked, what: str, language: str, says: tuple[str, ...]
) -> None:
    found = told(asked, what, language)
    assert found["isSettled"] is False
    assert any(word in text for text in texts(found) for word in says)


@pytest.mark.usefixtures("no_time")
def test_questions_that_were_not_looked_at_say_so(asked: Asked) -> None:
    found = told(asked, "questions")
    assert found["isSettled"] is False
    assert any("Not every answer was looked at." in one["text"] for one in found["items"])


@pytest.mark.usefixtures("no_time")
def test_half_an_answer_holds_nothing_that_is_not_known(asked: Asked) -> None:
    assert told(asked, "why-not")["answer"] == "not_settled"
    assert told(asked, "attention")["planned"] == 0
    assert told(asked, "attention")["counts"]["steady"] == 0
    assert told(asked, "replan")["points"] == []
    worth = [one for one in told(asked, "worth")["items"] if not one["isSettled"]]
    assert {(one["placed"], one["points"], one["status"]) for one in worth} == {
        (None, None, "interrupted")
    }
    regrets = told(asked, "regret")["items"]
    assert {(one["isPossible"], one["placed"]) for one in regrets if not one["isSettled"]} == {
        (None, None)
    }


@pytest.mark.parametrize(
    ("language", "says"), [("en", "There was no time to"), ("nl", "Er was geen tijd")]
)
@pytest.mark.parametrize("has_plan", [True, False])
def test_another_way_that_was_cut_short_is_not_passed_off_as_the_best(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, language: str, says: str, has_plan: bool
) -> None:
    def cut_short(*given: Any, **told: Any) -> Plan:
        found = replace(solve(*given, **told), status=SolveStatus.INTERRUPTED)
        return found if has_plan else replace(found, slots=np.full_like(found.slots, -1), levels=())

    monkeypatch.setattr(matching.asking.ways, "solve", cut_short)
    found = told(asked, "compare", language)
    assert found["isSettled"] is False
    assert says in found["text"][-1]
    assert bool(found["changes"]) == has_plan


@pytest.mark.parametrize("what", ["why-not", "compare", "regret", "replan", "attention"])
def test_with_the_time_of_a_request_all_of_it_is_settled(asked: Asked, what: str) -> None:
    assert told(asked, what)["isSettled"] is True


def test_how_long_a_question_may_take_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROEFTUIN_ANSWER_SECONDS", "7.5")
    settings.cache_clear()
    try:
        assert queries.request_deadline().time_limit == 7.5
    finally:
        monkeypatch.undo()
        settings.cache_clear()


# A run read back.


def solved_with(asked: Asked, **fields: Any) -> solving.Solved:
    with changed(asked.engine, asked.address, **fields) as session, session.no_autoflush:
        try:
            return solved_again(session, find_run(session, UUID(asked.address.rpartition("/")[2])))
        finally:
            session.rollback()


def test_a_run_is_read_back_without_solving(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it was solved again")

    monkeypatch.setattr(solving, "solve", never)
    queries._stated.cache_clear()
    again = solved_with(asked)
    afresh = solving.check(again.problem, again.plan)
    assert (afresh.ok, afresh.proof) == (True, again.check.proof)


def test_a_run_that_its_time_limit_stopped_can_be_asked_and_says_what_it_is(asked: Asked) -> None:
    solved = solved_with(asked, status=RunStatus.INTERRUPTED)
    assert solved.plan.status.value == "interrupted"
    assert solved.places == asked.solved.places
    for language, says in (("en", "a better one may exist"), ("nl", "een beter plan")):
        words = queries.Words(language)
        reasoning = queries.Reasoning(solved, words, seed=1)
        assert says in reasoning.note
        assert says not in queries.Reasoning(asked.solved, words, seed=1).note


def without_places(certificate: dict[str, Any]) -> dict[str, Any]:
    return certificate | {"plan": [-1] * len(certificate["plan"])}


def other_points(certificate: dict[str, Any]) -> dict[str, Any]:
    [first, *rest] = certificate["pairs"]
    return certificate | {"pairs": [[*first[:2], first[2] + 1], *rest]}


def other_seats(certificate: dict[str, Any]) -> dict[str, Any]:
    return certificate | {"seats": [seats + 1 for seats in certificate["seats"]]}


def crowded(certificate: dict[str, Any]) -> dict[str, Any]:
    slots = np.array(certificate["plan"])
    return certificate | {"plan": np.where(slots >= 0, slots.max(), -1).tolist()}


@pytest.mark.parametrize("change", [without_places, other_points, other_seats, crowded])
def test_a_run_whose_facts_come_out_otherwise_is_refused(
    asked: Asked, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    with Session(asked.engine) as session:
        run = find_run(session, UUID(asked.address.rpartition("/")[2]))
        assert run.certificate is not None
        certificate = change(run.certificate)
    with pytest.raises(Conflict):
        solved_with(asked, certificate=certificate)


@pytest.mark.parametrize("most", [MOST_PAIRS, MOST_PAIRS_TOGETHER])
def test_a_run_that_is_too_large_is_refused_in_words_of_its_own(asked: Asked, most: int) -> None:
    with pytest.raises(TakesTooLong, match="fewer pilots") as refused:
        solved_with(asked, n_candidates=1, n_slots=most + 1)
    assert (refused.value.status, refused.value.code) == (409, "takes_too_long")


# What stands in an address.


def test_no_question_takes_a_code_of_a_person_in_its_address() -> None:
    paths = create_api().openapi()["paths"]
    asked_in_address = {
        parameter["name"]
        for path, operations in paths.items()
        if path.startswith("/match-runs/")
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
    }
    assert asked_in_address
    assert not asked_in_address & {"candidate", "candidates", "agreed", "gone", "started"}
    assert set(paths["/match-runs/{run_id}/replan"]) == {"post"}
