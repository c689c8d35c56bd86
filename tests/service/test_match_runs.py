"""Match runs: asked for, solved beside the requests, read page by page, and proven afresh."""

import json
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching import Check, Policy, check, score, to_problem
from matching.filing.plan import plan_from_json
from matching.policy import DEFAULT_FILE, hash_text
from models.confidential import frozen_input
from service.crossing import to_profiles
from service.database import reading
from service.match_runs.worker import new_owner, work_once
from service.schemas import RunInput
from service.side_rules import to_side_rules
from service.taxonomy import skill_taxonomy
from tests.conftest import Clock
from tests.stored import events, everything, unchanged

Json = dict[str, Any]


class Office:
    """A coordinator who asks for runs, and a worker that solves them."""

    def __init__(self, client: TestClient, engine: Engine, clock: Clock) -> None:
        self.client, self.engine, self.clock = client, engine, clock

    def ask(self, **told: Any) -> str:
        answer = self.client.post("/v1/match-runs", json=told)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"])

    def solve(self) -> None:
        assert work_once(self.engine, owner=new_owner(), clock=self.clock)

    def run(self, **told: Any) -> str:
        address = self.ask(**told)
        self.solve()
        return address

    def get(self, address: str) -> Json:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def proposals(self, address: str, limit: int = 50, **asked: Any) -> list[Json]:
        found: list[Json] = []
        cursor = None
        while True:
            params = {"limit": limit, **asked} | ({"cursor": cursor} if cursor else {})
            page = self.client.get(f"{address}/proposals", params=params).json()
            found += page["items"]
            assert len(page["items"]) <= limit
            cursor = page["nextCursor"]
            if cursor is None:
                return found

    def change(self, noun: str, code: str, **fields: Any) -> None:
        [row] = self.client.get(f"/v1/{noun}", params={"code": code}).json()["items"]
        answer = self.client.patch(
            f"/v1/{noun}/{row['id']}", json=fields, headers={"If-Match": "*"}
        )
        assert answer.status_code == 200, answer.text

    def given(self, address: str) -> str:
        """Return the frozen input of a run, to the letter."""
        with reading(self.engine) as session:
            return frozen_input(session, UUID(address.rpartition("/")[2]))


@pytest.fixture
def office(sample_client: TestClient, sample_engine: Engine, clock: Clock) -> Office:
    """The twelve pilots."""
    return Office(sample_client, sample_engine, clock)


def chosen(proposals: list[Json]) -> dict[str, str | None]:
    return {one["candidate"]: one["slot"] for one in proposals}


def without_ids(proposals: list[Json]) -> list[Json]:
    return [{k: v for k, v in one.items() if k != "id"} for one in proposals]


def test_a_run_goes_from_queued_to_optimal_with_its_two_events(office: Office) -> None:
    asked = office.client.post("/v1/match-runs", json={"seed": 2**53 - 1, "asOf": "2017-12-02"})
    address = asked.headers["Location"]
    queued = asked.json()
    assert (queued["status"], queued["progress"], queued["nPlaced"]) == ("queued", "queued", None)
    assert (queued["seed"], queued["asOf"]) == (2**53 - 1, "2017-12-02")
    assert (queued["startedAt"], queued["endedAt"]) == (None, None)
    assert asked.headers["ETag"] == '"1"'
    assert office.get(address) == queued
    office.clock.go_on(minutes=3)
    office.solve()
    ended = office.get(address)
    assert (ended["status"], ended["progress"], ended["failure"]) == ("optimal", "done", None)
    assert ended["startedAt"] == ended["endedAt"] == "2017-12-01T09:03:00Z"
    assert ended["version"] > 1
    assert 0 < ended["nPlaced"] <= min(ended["nCandidates"], ended["nSeats"])
    assert ended["score"] == ended["bound"]
    told = [event for event in events(office.engine) if event["subject_id"] == ended["id"]]
    assert [event["event"] for event in told] == ["match_run:started", "match_run:ended"]
    assert [event["actor"] for event in told] == ["coordinator:local", "system:worker"]


def test_proposals_and_proof_are_not_ready_before_the_run_has_ended(office: Office) -> None:
    address = office.ask()
    for part in ("proposals", "proof"):
        early = office.client.get(f"{address}/{part}")
        assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    office.solve()
    for part in ("proposals", "proof"):
        assert office.client.get(f"{address}/{part}").status_code == 200


def test_everybody_is_in_the_proposals_once_whatever_the_size_of_pages(office: Office) -> None:
    address = office.run()
    run = office.get(address)
    everyone = office.proposals(address, limit=200)
    assert office.proposals(address, limit=7) == everyone
    assert len(everyone) == run["nCandidates"] == len(chosen(everyone))
    placed = office.proposals(address, limit=9, placed=True)
    without = office.proposals(address, placed=False)
    assert len(placed) == run["nPlaced"]
    assert all(one["slot"] for one in placed)
    assert all(one["slot"] is None for one in without)
    assert sorted(one["id"] for one in placed + without) == sorted(one["id"] for one in everyone)
    seats = {one["code"]: one["seats"] for one in office.get("/v1/slots?limit=200")["items"]}
    taken = Counter(one["slot"] for one in placed)
    assert all(taken[code] <= seats[code] for code in taken)


def test_each_proposal_has_its_reasons_in_data_and_words(office: Office) -> None:
    for one in office.proposals(office.run()):
        reasons = one["reasons"]
        assert reasons["candidate"] == one["candidate"]
        assert reasons["text"]
        if one["slot"] is None:
            assert reasons["place"] is None
            assert reasons["noPlace"]["text"]
            assert (one["points"], one["openQuestions"]) == (None, 0)
            continue
        place = reasons["place"]
        assert (place["slot"], place["points"]) == (one["slot"], one["points"])
        assert sum(part["points"] for part in place["contributions"]) == one["points"]
        assert place["refusals"] == []
        assert len(place["questions"]) == one["openQuestions"]
        assert one["completeness"] == place["completeness"]


def test_reasons_can_be_read_in_both_languages_and_nobody_else_is_named_in_them(
    office: Office,
) -> None:
    address = office.run()
    everyone = office.proposals(address, limit=200)
    codes = {one["candidate"] for one in everyone}
    for one in everyone:
        assert not [other for other in codes - {one["candidate"]} if other in str(one)]
    dutch = office.client.get(
        f"{address}/proposals?limit=200", headers={"Accept-Language": "nl"}
    ).json()["items"]
    assert chosen(dutch) == chosen(everyone)
    assert all(
        nl["reasons"]["text"] != en["reasons"]["text"]
        for nl, en in zip(dutch, everyone, strict=True)
    )


# The proof, done again without the solver: from the certificate and the frozen input alone.


def look_afresh(office: Office, address: str, **changed: Any) -> Check:
    """Check the proposals of a run against its frozen input, by its certificate."""
    proof = office.get(f"{address}/proof") | changed
    given = RunInput.model_validate_json(office.given(address))
    assert hash_text(office.given(address)) == proof["inputHash"]
    assert hash_text(DEFAULT_FILE.read_text(encoding="utf-8")) == proof["policyHash"]
    layers = score(*to_profiles(given, skill_taxonomy()), Policy.default())
    sides = to_side_rules(given, layers)
    problem = to_problem(
        layers,
        as_of=given.as_of,
        resources=sides.resources,
        quotas=sides.quotas,
        groups=sides.groups,
    )
    assert problem.has_side_rules
    slots = chosen(office.proposals(address, limit=200))
    certificate = proof["certificate"]
    assert problem.shape == (len(proof["candidates"]), len(proof["slots"]))
    places = [
        -1 if slots[code] is None else proof["slots"].index(slots[code])
        for code in proof["candidates"]
    ]
    assert places == certificate["plan"]
    beside = ("seats", "pairs", "plan", "reached", "coachHours")
    plan = plan_from_json(
        {
            "slots": places,
            "placed": proof["nPlaced"],
            "score": proof["score"],
            "bound": proof["bound"],
            "status": proof["status"],
            "objective": ["placed", "score"],
            "levels": certificate["reached"],
            "certificate": {k: v for k, v in certificate.items() if k not in beside},
        },
        problem,
    )
    return check(problem, plan)


def test_the_proof_holds_when_it_is_done_again_without_the_solver(office: Office) -> None:
    address = office.run()
    proof = office.get(f"{address}/proof")
    assert (proof["proof"], proof["faults"]) == ("proven", [])
    seen = look_afresh(office, address)
    assert (seen.ok, seen.feasible, seen.proof, seen.faults) == (True, True, "proven", ())


def test_a_proof_that_was_tampered_with_does_not_hold(office: Office) -> None:
    address = office.run()
    proof = office.get(f"{address}/proof")
    certificate = proof["certificate"]
    placed, score = certificate["reached"]
    for changed in (
        {"score": proof["score"] + 1, "bound": proof["bound"] + 1},
        {"nPlaced": proof["nPlaced"] + 1},
        {"certificate": certificate | {"reached": [placed, score | {"bound": score["bound"] - 1}]}},
        {"certificate": certificate | {"reached": [placed | {"value": 46, "bound": 46}, score]}},
    ):
        assert not look_afresh(office, address, **changed).ok


def test_what_people_need_and_who_belongs_together_stands_in_no_proof(office: Office) -> None:
    given = RunInput.model_validate_json(office.given(address := office.run()))
    proof = str(office.get(f"{address}/proof"))
    assert given.bonds
    assert not [bond.code for bond in given.bonds if bond.code in proof]
    assert "essential" not in proof


def test_on_whose_word_people_start_together_is_not_frozen_with_a_run(office: Office) -> None:
    frozen = json.loads(office.given(office.run()))["bonds"]
    assert frozen
    assert {name for bond in frozen for name in bond} == {"code", "kind", "within", "candidates"}


def test_an_input_from_when_bonds_were_frozen_whole_can_still_be_read(office: Office) -> None:
    today = json.loads(office.given(office.run()))
    whole = {"owner": "coordinator", "reason": "Reizen samen.", "status": "active", "endsOn": None}
    over = [{"status": "withdrawn"}, {"endsOn": "2017-11-30"}]
    older = [bond | whole for bond in today["bonds"]]
    older += [older[0] | {"code": f"B-{k}"} | one for k, one in enumerate(over)]
    read = RunInput.model_validate_json(json.dumps(today | {"bonds": older}))
    assert read.to_text() == RunInput.model_validate(today).to_text()


# What a run is given.


def test_a_run_of_some_pilots_has_places_in_those_alone(office: Office) -> None:
    address = office.run(pilots=["P-EY", "P-BMC"])
    theirs = {
        slot["code"]
        for pilot in ("P-EY", "P-BMC")
        for slot in office.get(f"/v1/slots?pilot={pilot}")["items"]
    }
    assert office.get(address)["pilots"] == ["P-EY", "P-BMC"]
    assert set(office.get(f"{address}/proof")["slots"]) == theirs
    places = set(chosen(office.proposals(address, placed=True)).values())
    assert places
    assert places <= theirs


def test_the_same_input_and_seed_give_the_same_proposals(office: Office) -> None:
    first, again = office.run(seed=11), office.run(seed=11)
    assert office.get(first)["inputHash"] == office.get(again)["inputHash"]
    assert office.given(first) == office.given(again)
    same = [without_ids(office.proposals(address)) for address in (first, again)]
    assert same[0] == same[1]
    proofs = [office.get(f"{address}/proof") for address in (first, again)]
    assert proofs[0] == proofs[1]


def test_a_run_solves_what_was_there_when_it_was_asked_for(office: Office) -> None:
    before = office.run(seed=5)
    asked = office.ask(seed=5)
    placed = chosen(office.proposals(before, placed=True))
    somebody, somewhere = sorted((who, where) for who, where in placed.items() if where)[0]
    office.change("slots", somewhere, status="withdrawn")
    office.change("candidates", somebody, status="paused", pc4="9999")
    office.solve()
    assert without_ids(office.proposals(asked)) == without_ids(office.proposals(before))
    after = office.run(seed=5)
    assert office.get(after)["inputHash"] != office.get(asked)["inputHash"]
    now = chosen(office.proposals(after))
    assert somebody not in now
    assert somewhere not in now.values()


def test_runs_are_listed_in_the_order_of_asking(office: Office) -> None:
    asked = [office.ask(seed=seed).rpartition("/")[2] for seed in (3, 1, 2)]
    pages = office.get("/v1/match-runs?limit=2")
    rest = office.get(f"/v1/match-runs?limit=2&cursor={pages['nextCursor']}")
    assert [run["id"] for run in pages["items"] + rest["items"]] == asked
    assert rest["nextCursor"] is None


def test_a_run_leaves_all_but_itself_and_its_proposals_as_it_was(office: Office) -> None:
    before = everything(office.engine)
    office.run()
    after = everything(office.engine)
    assert {name for name in after if after[name] != before[name]} == {
        "audit_event",
        "frozen_input",
        "job",
        "match_run",
        "policy",
        "proposal",
        "proposal_reasons",
    }
    assert "background" not in after["frozen_input"][0]


def test_reading_changes_nothing(office: Office) -> None:
    address = office.run()
    with unchanged(office.engine):
        office.get(address)
        office.get(f"{address}/proof")
        office.proposals(address)


def test_a_run_of_nobody_and_nothing_is_a_proper_answer(
    client: TestClient, engine: Engine, clock: Clock
) -> None:
    office = Office(client, engine, clock)
    address = office.run()
    run = office.get(address)
    assert (run["status"], run["nPlaced"], run["nCandidates"]) == ("optimal", 0, 0)
    assert office.proposals(address) == []
    assert office.get(f"{address}/proof")["proof"] == "proven"
