"""
Coaches, quotas, bonds and groups on their way through the service: what a run is given, what is
refused, and what is kept where.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from matching.policy import DEFAULT_FILE
from models.candidate import Candidate
from models.confidential import frozen_input
from models.decision import Decision
from models.placement import Placement
from models.slot import Slot
from service.access import SHELL
from service.cli import app
from service.database import transaction
from service.demo import SAMPLE, SAMPLE_DAY
from service.importing.files import read_file
from service.importing.reading import BONDS, COACHES, QUOTAS, read_rows
from service.match_runs.queries import gather_input
from service.match_runs.worker import new_owner, work_once
from service.policies.actions import add_policy
from service.schemas import RunInput
from tests.conftest import Clock
from tests.factories import make_candidate, make_slot
from tests.service.test_matches import match, request
from tests.stored import events, everything, unchanged

Json = dict[str, Any]

GROUNDED = (
    DEFAULT_FILE.read_text(encoding="utf-8").replace('name = "default"', 'name = "grounded"')
    + '\n[quota_grounds]\nregister = "Wet banenafspraak; UWV tells who is in the register"\n'
)
MEMBERS = ["K-001", "K-002", "K-004"]
GROUP = {"name": "register", "candidates": MEMBERS}
QUOTA = {
    "code": "Q-REGISTER",
    "title": "Twee plekken bij Yacht",
    "pilots": ["P-YACHT"],
    "least": 2,
    "group": "register",
}


def given_to(engine: Engine, address: str) -> str:
    with Session(engine) as session:
        return frozen_input(session, UUID(address.rpartition("/")[2]))


@pytest.fixture
def grounded(sample_engine: Engine, sample_client: TestClient) -> TestClient:
    """The sample with a quota for a group, and a policy that grounds it."""
    with transaction(sample_engine) as session:
        add_policy(session, GROUNDED, by=SHELL)
    assert sample_client.post("/v1/quotas", json=QUOTA).status_code == 201
    return sample_client


def label(client: TestClient) -> str:
    [policy] = client.get("/v1/policies").json()["items"]
    return f"{policy['name']}/{policy['edition']}"


# What a run is given


def test_a_run_is_given_the_coaches_quotas_and_bonds_that_have_to_do_with_it(
    sample_engine: Engine,
) -> None:
    with Session(sample_engine) as session:
        everything_there = gather_input(session, as_of=SAMPLE_DAY)
        some = gather_input(session, as_of=SAMPLE_DAY, pilots=["P-EY", "P-BMC"])
        of_aeves = gather_input(session, as_of=SAMPLE_DAY, pilots=["P-AEVES"])
    files: list[tuple[str, Any, str]] = [
        ("coaches", COACHES, "code"),
        ("quotas", QUOTAS, "code"),
        ("bonds", BONDS, "code"),
    ]
    for name, layout, key in files:
        told = read_rows(read_file(SAMPLE / f"{name}.json"), layout)
        found = getattr(everything_there, name)
        assert [getattr(one, key) for one in found] == sorted(getattr(one, key) for one in told)
    assert [one.code for one in some.coaches] == ["JC-RANDSTAD", "JC-START"]
    # A quota over slots outside the run cannot be judged there.
    assert (some.quotas, len(of_aeves.quotas)) == ([], 1)


def test_what_was_withdrawn_is_given_to_no_run(
    sample_engine: Engine, sample_client: TestClient
) -> None:
    for noun in ("coaches", "quotas", "bonds"):
        for one in sample_client.get(f"/v1/{noun}").json()["items"]:
            answer = sample_client.patch(
                f"/v1/{noun}/{one['id']}", json={"status": "withdrawn"}, headers={"If-Match": '"1"'}
            )
            assert answer.status_code == 200
    with Session(sample_engine) as session:
        given = gather_input(session, as_of=SAMPLE_DAY)
    assert (given.coaches, given.quotas, given.bonds) == ([], [], [])


def test_who_has_a_seat_comes_along_with_what_they_cannot_go_without(
    sample_engine: Engine,
) -> None:
    with transaction(sample_engine) as session:
        person = session.exec(select(Candidate).where(Candidate.code == "K-011")).one()
        slot = session.exec(select(Slot).where(Slot.code == "S-STAGES-1")).one()
        person.status = "placed"
        pair = {"candidate_id": person.id, "slot_id": slot.id}
        decision = Decision(
            **pair,
            kind="accepted",
            decided_by="coordinator:local",
            decided_at=datetime(2017, 12, 1, tzinfo=UTC),
        )
        session.add(decision)
        session.flush()
        session.add(Placement(**pair, decision_id=decision.id))
    with Session(sample_engine) as session:
        given = gather_input(session, as_of=SAMPLE_DAY)
        elsewhere = gather_input(session, as_of=SAMPLE_DAY, pilots=["P-EY"])
    [placed] = given.placed
    assert (placed.candidate, placed.slot) == ("K-011", "S-STAGES-1")
    assert [(need.kind, need.weekly_hours) for need in placed.support] == [("job_coach", 2)]
    assert elsewhere.placed == []


# Groups


def test_a_run_is_refused_where_no_policy_grounds_the_group_or_nobody_tells_who_is_in_it(
    grounded: TestClient, sample_engine: Engine
) -> None:
    with unchanged(sample_engine):
        for body, field, says in (
            ({"groups": [GROUP]}, "policy", "states no ground in law for group register"),
            ({"policy": label(grounded)}, "groups", "has no list of who is in group register"),
            (
                {
                    "policy": label(grounded),
                    "groups": [GROUP, {"name": "other", "candidates": ["K-003"]}],
                },
                "groups",
                "has other, which no quota here counts",
            ),
            (
                {
                    "policy": label(grounded),
                    "groups": [{"name": "register", "candidates": ["K-001", "K-999"]}],
                },
                "groups.0.candidates.1",
                "no candidate",
            ),
            ({"groups": [GROUP, GROUP]}, "groups", "same name twice"),
        ):
            answer = grounded.post("/v1/match-runs", json=body)
            assert answer.status_code == 400
            [fault] = answer.json()["errors"]
            assert fault["field"] == field
            assert says in fault["message"]
            assert not [code for code in ("K-001", "K-999") if code in answer.text]


def test_who_is_in_a_group_stands_in_the_input_of_the_run_and_nowhere_else(
    grounded: TestClient, sample_engine: Engine, clock: Clock
) -> None:
    body = {"policy": label(grounded), "groups": [GROUP]}
    address = grounded.post("/v1/match-runs", json=body).headers["Location"]
    assert work_once(sample_engine, owner=new_owner(), clock=clock)
    given = RunInput.model_validate_json(given_to(sample_engine, address))
    assert [(group.name, group.candidates) for group in given.groups] == [("register", MEMBERS)]
    proposals = grounded.get(f"{address}/proposals?limit=200").json()["items"]
    at_yacht = {one["candidate"] for one in proposals if str(one["slot"]).startswith("S-YACHT")}
    assert len(at_yacht & set(MEMBERS)) >= 2
    # The name of the group is what the coordinator answers for; its members are nobody's business.
    rows = everything(sample_engine)
    assert {name for name, told in rows.items() if "register" in str(told)} == {
        "audit_event",
        "frozen_input",
        "policy",
        "quota",
    }
    [event] = [one for one in events(sample_engine) if one["event"] == "match_run:started"]
    assert "register" in str(event["detail"])
    assert not [code for code in MEMBERS if code in str(event["detail"])]
    for said in (address, f"{address}/proposals?limit=200", f"{address}/proof"):
        assert "register" not in grounded.get(said).text


def test_of_a_group_only_those_are_kept_whom_the_run_can_count(
    grounded: TestClient, sample_engine: Engine
) -> None:
    [person] = grounded.get("/v1/candidates?code=K-004").json()["items"]
    grounded.patch(
        f"/v1/candidates/{person['id']}", json={"status": "paused"}, headers={"If-Match": '"1"'}
    )
    body = {"policy": label(grounded), "groups": [GROUP]}
    address = grounded.post("/v1/match-runs", json=body).headers["Location"]
    given = json.loads(given_to(sample_engine, address))
    assert given["groups"] == [{"name": "register", "candidates": ["K-001", "K-002"]}]


# In one request


def two_people(**told: Any) -> Json:
    people = [make_candidate("K-1"), make_candidate("K-2")]
    return request(people, [make_slot("S-1"), make_slot("S-2")], **told)


BOND = {
    "code": "B-1",
    "kind": "together",
    "owner": "coordinator",
    "reason": "Op eigen verzoek.",
    "candidates": ["K-1", "K-2"],
}
COACH = {"code": "C-1", "kinds": ["job_coach"], "weeklyHours": 2, "pilots": ["P-1"]}
AT_MOST = {"code": "Q-1", "title": "Hooguit een", "slots": ["S-1", "S-2"], "most": 1}


def test_one_request_can_bring_all_of_it_along(sample_client: TestClient) -> None:
    assert len(match(sample_client, two_people())["places"]) == 2
    assert match(sample_client, two_people(bonds=[BOND]))["places"] == {}
    assert len(match(sample_client, two_people(quotas=[AT_MOST]))["places"]) == 1
    need = [{"kind": "job_coach", "weeklyHours": 2, "essential": True}]
    people = [make_candidate(f"K-{k}", support=need) for k in (1, 2)]
    slots = [make_slot(f"S-{k}", support=[{"kind": "job_coach"}]) for k in (1, 2)]
    answer = match(sample_client, request(people, slots, coaches=[COACH]))
    assert len(answer["places"]) == 1
    [hours] = answer["proof"]["coachHours"]
    assert (hours["coaches"], hours["used"], hours["hours"]) == (["C-1"], 2, 2)
    [none] = [one for one in answer["reasons"] if one["noPlace"]]
    assert any("too few hours of support" in line for line in none["text"])


def test_one_request_with_a_group_needs_a_policy_that_grounds_it(
    sample_client: TestClient,
) -> None:
    quota = AT_MOST | {"group": "register", "most": None, "least": 1, "slots": ["S-2"]}
    told = {"quotas": [quota], "groups": [{"name": "register", "candidates": ["K-1"]}]}
    refused = sample_client.post("/v1/matches", json=two_people(**told))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "policy")
    answer = match(sample_client, two_people(**told, policy=GROUNDED))
    assert answer["places"]["K-1"] == "S-2"
    assert "register" not in str(answer)


def test_a_least_that_nobody_can_reach_is_told_as_such(sample_client: TestClient) -> None:
    quota = AT_MOST | {"least": 9, "most": None}
    answer = match(sample_client, two_people(quotas=[quota]))
    assert answer["proof"]["status"] == "infeasible"
    assert answer["places"] == {}
    assert answer["proof"]["statement"] == (
        "No plan can keep all these rules, chosen by people, at once."
    )


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"coaches": [COACH, COACH]}, "coaches.1.code"),
        ({"coaches": [COACH | {"pilots": ["P-1", "P-9"]}]}, "coaches.0.pilots.1"),
        ({"quotas": [AT_MOST | {"slots": ["S-9"]}]}, "quotas.0.slots.0"),
        ({"bonds": [BOND | {"candidates": ["K-1", "K-9"]}]}, "bonds.0.candidates.1"),
        ({"bonds": [BOND | {"reason": ""}]}, "bonds.0.reason"),
        ({"groups": [{"name": "register", "candidates": ["K-1"]}]}, "groups"),
    ],
)
def test_one_request_with_what_cannot_be_used_is_refused_by_field(
    told: Json, field: str, sample_client: TestClient
) -> None:
    answer = sample_client.post("/v1/matches", json=two_people(**told))
    assert answer.status_code == 400
    assert field in [fault["field"] for fault in answer.json()["errors"]]


# From files


def test_two_files_can_be_matched_with_what_holds_for_several_people(tmp_path: Path) -> None:
    def run(*more: str) -> Json:
        files = [str(SAMPLE / name) for name in ("candidates.csv", "slots.json")]
        words = ["match", *files, "--as-of", "2017-12-01", "--json", *more]
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == 0
        return dict(json.loads(result.stdout))

    sides = [
        word
        for name in ("coaches", "quotas", "bonds")
        for word in (f"--{name}", str(SAMPLE / f"{name}.json"))
    ]
    bare, full = run(), run(*sides)
    assert bare["proof"]["coachHours"] == []
    assert bare["inputHash"] != full["inputHash"]
    assert ("K-013" in bare["places"], "K-013" in full["places"]) == (True, False)
