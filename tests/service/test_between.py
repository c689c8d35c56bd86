"""Between two plans: what a place takes from others, where else somebody could go, and rates."""

import json
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching.asking.parity import LEAST_SHOWN
from matching.asking.regret import find_fallbacks
from service.database import reading
from service.match_runs.queries import find_run
from service.match_runs.solving import Solved
from service.match_runs.worker import new_owner, work_once
from service.reasoning import between
from service.reasoning.answers import Reasoning
from service.reasoning.queries import solved_again
from service.schemas import GroupGiven
from service.wording import Words
from tests.conftest import Clock
from tests.service.test_reasoning import PERSON, Asked, texts

Json = dict[str, Any]


@pytest.fixture
def asked(
    sample_client: TestClient, sample_engine: Engine, clock: Clock
) -> tuple[TestClient, str, Solved]:
    """A finished run over the twelve pilots, on either kind of database."""
    address = sample_client.post("/v1/match-runs", json={"seed": 2017}).headers["Location"]
    assert work_once(sample_engine, owner=new_owner(), clock=clock)
    with reading(sample_engine) as session:
        solved = solved_again(session, find_run(session, UUID(address.rpartition("/")[2])))
    return sample_client, address, solved


def test_what_a_place_takes_from_others_and_where_else_to_go_has_a_door(
    asked: tuple[TestClient, str, Solved],
) -> None:
    client, address, solved = asked
    door = Asked(client.app.state.engine, client, address, solved)
    told = door.get("regret", candidate="K-013")
    why = door.get("why-not", candidate="K-013", slot="S-EIFFEL-2")
    [item] = [one for one in told["items"] if one["slot"] == "S-EIFFEL-2"]
    assert (item["placed"], item["points"]) == (why["trade"]["placed"], why["trade"]["points"])
    assert item["seatIsClaimed"]
    assert {one["slot"] for one in told["others"]} <= {one["slot"] for one in told["items"]}
    assert not [text for text in texts(told) if PERSON.search(text)]
    others = told.pop("others")
    assert others
    assert set(PERSON.findall(json.dumps(told))) == {"K-013"}
    one_slot = door.get("regret", candidate="K-013", slot="S-EIFFEL-2")
    assert one_slot["items"] == [item]
    free = client.get(f"{address}/fallbacks").json()
    wanted = [one.to_json() for one in find_fallbacks(solved.problem, solved.plan)]
    found = [{key: one[key] for key in wanted[0]} for one in free["items"]]
    assert found == wanted
    assert not [text for text in texts(free) if PERSON.search(text)]
    assert door.problem("regret", candidate="K-999") == (404, "not_found")


def test_without_groups_a_report_of_rates_says_so_and_counts_nobody(
    asked: tuple[TestClient, str, Solved],
) -> None:
    client, address, _ = asked
    told = client.get(f"{address}/parity").json()
    assert (told["groups"], told["hidden"], told["difference"]) == ([], 0, None)
    assert told["text"] == ["No groups were told with this plan."]
    spoken = client.get(f"{address}/parity", headers={"Accept-Language": "nl"}).json()
    assert spoken["text"] == ["Bij dit plan zijn geen groepen opgegeven."]


def with_groups(solved: Solved, **members: range) -> Solved:
    """Return the same run as if it had been told who is in some groups."""
    people = solved.layers.pairing.candidates.codes
    groups = [
        GroupGiven(name=name, candidates=[people[i] for i in rows])
        for name, rows in members.items()
    ]
    given = solved.given.model_copy(update={"groups": groups})
    return Solved(given, solved.layers, solved.problem, solved.plan, solved.check, solved.sides)


def test_groups_are_counted_and_small_ones_are_not_shown(
    asked: tuple[TestClient, str, Solved], monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = with_groups(asked[2], first=range(21), small=range(21, 24), other=range(30, 50))
    monkeypatch.setattr(between, "DRAWS", 100)
    told = between.parity(Reasoning(solved, Words("en"), seed=1))
    has_place = solved.plan.slots >= 0
    rates = {one.group: (one.people, one.placed) for one in told.groups}
    assert rates["first"] == (21, int(np.sum(has_place[:21])))
    assert "small" not in json.dumps(told.model_dump(mode="json"))
    assert all(one.people >= LEAST_SHOWN for one in told.groups)
    assert told.hidden
    assert told.draws == 100
    assert f"Groups of fewer than {LEAST_SHOWN} people are not shown." in told.text
    assert all(one.lottery is not None and len(one.text) == 2 for one in told.groups)
    shown = [one.rate for one in told.groups if one.group is not None]
    assert told.difference == max(shown) - min(shown)


@pytest.mark.parametrize(
    ("shape", "draws"), [((0, 0), 1000), ((50, 100), 1000), ((200, 100), 250), ((1000, 200), 100)]
)
def test_a_large_run_is_drawn_less_often_so_that_its_answer_comes_in_time(
    shape: tuple[int, int], draws: int
) -> None:
    assert between.draws_of(*shape) == draws


def test_who_is_in_two_groups_is_counted_once(
    asked: tuple[TestClient, str, Solved], monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = with_groups(asked[2], first=range(30), second=range(15, 45))
    monkeypatch.setattr(between, "DRAWS", 100)
    told = between.parity(Reasoning(solved, Words("en"), seed=1))
    names = {one.group: one.people for one in told.groups}
    assert names == {
        "first": 15,
        "second": 15,
        "first + second": 15,
        "in none of these groups": len(solved.given.candidates) - 45,
    }
