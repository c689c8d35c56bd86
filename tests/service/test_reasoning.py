"""What more can be asked of a run, and that no answer says more than it may."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from matching import solve
from service.database import reading
from service.errors import Conflict, TakesTooLong
from service.match_runs.queries import find_run
from service.match_runs.solving import Solved
from service.match_runs.worker import new_owner, work_once
from service.reasoning.queries import MOST_PAIRS, solved_again
from tests.conftest import Clock, OpenDatabase, client_of
from tests.stored import unchanged

Json = dict[str, Any]
PERSON = re.compile(r"K-\d+")


@dataclass(frozen=True)
class Asked:
    """A finished run over the twelve pilots, and who asks."""

    engine: Engine
    client: TestClient
    address: str
    solved: Solved

    @property
    def code(self) -> str:
        return str(self.client.get(self.address).json()["code"])

    def ask(self, what: str, *, headers: Json | None = None, **params: Any) -> Any:
        """Ask by codes; people, and what is asked of one pair, stand in the address by id."""
        if what == "replan":
            return self.client.post(f"{self.address}/replan", json=params, headers=headers)
        if "candidate" in params:
            who = f"candidates/{self.id_of('candidates', params.pop('candidate'))}"
            what = f"{who}/{what}"
            if what.endswith("why-not"):
                what = f"{what}/{self.id_of('slots', params.pop('slot'))}"
        return self.client.get(f"{self.address}/{what}", params=params, headers=headers)

    def id_of(self, noun: str, code: str) -> str:
        items = self.client.get(f"/v1/{noun}", params={"code": code}).json()["items"]
        return str(items[0]["id"]) if items else str(UUID(int=0))

    def get(self, what: str, **params: Any) -> Json:
        answer = self.ask(what, **params)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        assert told["note"]
        return told

    def problem(self, what: str, **params: Any) -> tuple[int, str]:
        answer = self.ask(what, **params)
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]


def solved_of(engine: Engine, address: str) -> Solved:
    with reading(engine) as session:
        return solved_again(session, find_run(session, UUID(address.rpartition("/")[2])))


@pytest.fixture(scope="module")
def asked(
    made_databases: OpenDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    """One run that all tests ask; questions change nothing."""
    folder, clock = tmp_path_factory.mktemp("asked"), Clock()
    with (
        made_databases("sqlite", folder, sample=True) as engine,
        client_of(engine, clock) as client,
    ):
        address = client.post("/v1/match-runs", json={"seed": 2017}).headers["Location"]
        assert work_once(engine, owner=new_owner(), clock=clock)
        with unchanged(engine):
            yield Asked(engine, client, address, solved_of(engine, address))


def texts(told: Any) -> Iterator[str]:
    """Give all sentences of an answer."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name == "text":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from texts(value)
    elif isinstance(told, list):
        for one in told:
            yield from texts(one)


def test_who_has_the_place_is_told_so(asked: Asked) -> None:
    candidate, slot = next(iter(asked.solved.places.items()))
    told = asked.get("why-not", candidate=candidate, slot=slot)
    assert (told["answer"], told["trade"], told["others"]) == ("has_it", None, [])
    assert told["text"][0] == "This plan gives this place."


def test_a_rule_that_refuses_is_told_with_its_facts(asked: Asked) -> None:
    told = asked.get("why-not", candidate="K-007", slot="S-EY-2")
    assert told["answer"] == "refused"
    assert {one["rule"] for one in told["refusals"]} == {"travel"}
    assert told["text"] == sorted({one["text"] for one in told["refusals"]})
    assert "Den Haag" in told["text"][0]


def test_a_possible_place_is_told_by_what_it_would_cost(asked: Asked) -> None:
    told = asked.get("why-not", candidate="K-013", slot="S-EIFFEL-2")
    assert (told["answer"], told["refusals"]) == ("possible", [])
    trade = told["trade"]
    moved = [one for one in told["others"] if one["was"] and one["becomes"]]
    lost = [one for one in told["others"] if one["becomes"] is None]
    assert (trade["moved"], trade["losesPlace"]) == (len(moved), len(lost))
    assert trade["placed"] == trade["losesPlace"] - trade["gainsPlace"] - 1
    assert "K-013" not in [one["candidate"] for one in told["others"]]


def test_a_forced_pair_costs_what_solving_with_it_says(asked: Asked) -> None:
    problem, plan = asked.solved.problem, asked.solved.plan
    people, slots = problem.codes
    i, j = list(people).index("K-013"), list(slots).index("S-EIFFEL-2")
    pins = plan.slots * 0 - 1
    pins[i] = j
    best = solve(replace(problem, pins=pins), objective=plan.objective)
    trade = asked.get("why-not", candidate="K-013", slot="S-EIFFEL-2")["trade"]
    assert trade["placed"] == plan.placed - best.placed
    assert trade["points"] == plan.score - best.score


def test_no_sentence_names_another_person(asked: Asked) -> None:
    questions = [
        ("why-not", {"candidate": "K-013", "slot": "S-EIFFEL-2"}),
        ("why-not", {"candidate": "K-005", "slot": "S-ATOS-1"}),
        ("what-works", {"candidate": "K-013"}),
        ("worth", {}),
        ("questions", {"solves": 2}),
        ("attention", {"times": 3}),
        ("compare", {"with": "absolute"}),
    ]
    for what, params in questions:
        told = asked.get(what, **params)
        said = list(texts(told))
        assert said
        assert not [text for text in said if PERSON.search(text)]


def test_without_others_an_answer_names_nobody_but_the_one_it_is_about(asked: Asked) -> None:
    told = asked.get("why-not", candidate="K-005", slot="S-ATOS-1")
    assert told.pop("others")
    assert set(PERSON.findall(json.dumps(told))) == {"K-005"}


def test_what_would_work_takes_nobody_s_place(asked: Asked) -> None:
    told = asked.get("what-works", candidate="K-013", limit=2)
    assert 1 <= len(told["ways"]) <= 2
    placed = asked.solved.plan.placed
    for way in told["ways"]:
        assert way["nPlaced"] > placed
        assert way["changes"] or way["steps"]
        assert way["effort"] == sum(one["effort"] for one in [*way["changes"], *way["steps"]])
    assert [way["effort"] for way in told["ways"]] == sorted(way["effort"] for way in told["ways"])
    assert any("JC-WERKPLAATS" in text for text in told["text"])


def test_where_no_change_helps_it_says_that_a_talk_is_needed(asked: Asked) -> None:
    told = asked.get("what-works", candidate="K-007")
    assert told["ways"] == []
    assert "talk needed" in told["text"][0]
    assert len(told["stands"]) == len(asked.solved.given.slots)


def test_questions_come_with_the_one_that_matters_most_first(asked: Asked) -> None:
    items = asked.get("questions", solves=6)["items"]
    assert items
    weights = [(one["placed"], one["points"], one["refusesPlace"]) for one in items]
    assert weights == sorted(weights, reverse=True)
    dates = [one for one in items if one["fact"] == "available_on"]
    assert dates
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for one in dates for day in one["answers"])
    assert not any(one["isSettled"] for one in asked.get("questions", solves=0)["items"])


def test_one_more_seat_brings_what_solving_with_it_says(asked: Asked) -> None:
    items = asked.get("worth")["items"]
    seats = [one for one in items if one["limit"]["kind"] == "seats"]
    assert len(seats) == len(asked.solved.given.slots)
    assert any(one["limit"]["kind"] == "coach_hours" for one in items)
    problem, plan = asked.solved.problem, asked.solved.plan
    for one in (seats[0], seats[-1]):
        more = problem.seats.copy()
        more[list(problem.codes[1]).index(one["limit"]["slot"])] += 1
        best = solve(replace(problem, seats=more), objective=plan.objective)
        assert one["placed"] == best.placed - plan.placed
        assert one["points"] == best.score - plan.score


def test_everybody_is_of_one_kind_of_attention(asked: Asked) -> None:
    told = asked.get("attention", times=5)
    assert (told["times"], told["planned"]) == (5, 5)
    assert sum(told["counts"].values()) == len(told["people"]) == len(asked.solved.given.candidates)
    places = {one["candidate"]: one["slot"] for one in told["people"] if one["slot"]}
    assert places == asked.solved.places
    assert told == asked.get("attention", times=5)


@pytest.mark.parametrize("way", ["absolute", "worst", "leximin"])
def test_another_way_of_planning_is_told_by_who_changes(asked: Asked, way: str) -> None:
    told = asked.get("compare", **{"with": way})
    assert told["way"] == way
    assert told["placed"] == len(told["gainPlace"]) - len(told["losePlace"])
    for change in told["changes"]:
        assert asked.solved.places.get(change["candidate"]) == change["before"]
        assert change["before"] != change["after"]
    assert told["better"] + told["worse"] <= len(told["changes"])


def test_the_way_of_the_policy_itself_changes_nothing(asked: Asked) -> None:
    assert asked.get("compare", **{"with": "own_best"})["changes"] == []


def test_a_run_held_against_itself_moves_nobody(asked: Asked) -> None:
    told = asked.get("replan", since=asked.code)
    assert (told["moves"], told["gone"], told["new"]) == ([], [], [])
    assert [point["isChosen"] for point in told["points"]] == [True]


def test_answers_speak_dutch(asked: Asked) -> None:
    answer = asked.ask("what-works", candidate="K-007", headers={"Accept-Language": "nl"})
    assert "een gesprek is nodig" in answer.json()["text"][0]


def test_who_is_not_in_the_plan_is_not_found(asked: Asked) -> None:
    assert asked.problem("why-not", candidate="K-999", slot="S-EY-2") == (404, "not_found")
    assert asked.problem("why-not", candidate="K-007", slot="S-NONE") == (404, "not_found")
    assert asked.problem("compare", **{"with": "luck"}) == (400, "invalid_input")
    assert asked.problem("attention", times=501) == (400, "invalid_input")
    assert asked.problem("replan", since="R-NONE") == (404, "not_found")
    strangers = {"since": asked.code, "agreed": ["K-001", "K-999"]}
    assert asked.problem("replan", **strangers) == (400, "invalid_input")


def changed(engine: Engine, address: str, **fields: Any) -> Session:
    session = Session(engine)
    run = find_run(session, UUID(address.rpartition("/")[2]))
    for name, value in fields.items():
        setattr(run, name, value)
    return session


def test_a_run_that_comes_out_otherwise_or_is_too_large_is_refused(asked: Asked) -> None:
    run_id = UUID(asked.address.rpartition("/")[2])
    for fields in (
        {"certificate": {"plan": [-1] * len(asked.solved.given.candidates)}},
        {"n_slots": MOST_PAIRS},
    ):
        with changed(asked.engine, asked.address, **fields) as session, session.no_autoflush:
            with pytest.raises((Conflict, TakesTooLong)):
                solved_again(session, find_run(session, run_id))
            session.rollback()


def test_a_run_is_asked_only_once_it_has_a_plan_and_moves_few_afterwards(
    sample_client: TestClient, sample_engine: Engine, clock: Clock
) -> None:
    first = sample_client.post("/v1/match-runs", json={"seed": 1}).headers["Location"]
    early = sample_client.get(f"{first}/worth")
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    assert work_once(sample_engine, owner=new_owner(), clock=clock)
    before = solved_of(sample_engine, first)
    gone = next(iter(before.places))
    [row] = sample_client.get("/v1/candidates", params={"code": gone}).json()["items"]
    left = sample_client.patch(
        f"/v1/candidates/{row['id']}", json={"status": "withdrawn"}, headers={"If-Match": "*"}
    )
    assert left.status_code == 200, left.text
    second = sample_client.post("/v1/match-runs", json={"seed": 1}).headers["Location"]
    assert work_once(sample_engine, owner=new_owner(), clock=clock)
    told = sample_client.post(
        f"{second}/replan", json={"since": sample_client.get(first).json()["code"]}
    ).json()
    assert told["gone"] == [gone]
    after = solved_of(sample_engine, second)
    assert {point["nPlaced"] for point in told["points"]} == {after.plan.placed}
    stayed = [one for one in before.places if one != gone]
    afresh = sum(after.places.get(one) != before.places[one] for one in stayed)
    [chosen] = [point for point in told["points"] if point["isChosen"]]
    assert chosen["moves"] == len(told["moves"]) <= afresh
    assert all(before.places[move["candidate"]] == move["before"] for move in told["moves"])
    assert all(move["text"] for move in told["moves"])
