"""Each noun over HTTP: added, read, listed, changed, with its event in the same transaction."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic.alias_generators import to_snake
from sqlalchemy import Engine
from starlette.testclient import TestClient

import service.bonds.actions
import service.candidates.actions
import service.coaches.actions
import service.organisations.actions
import service.pilots.actions
import service.quotas.actions
import service.slots.actions
from service.changes import require_version
from service.logs import JsonLines
from tests.conftest import Clock, client_of
from tests.stored import events, everything, unchanged

Json = dict[str, Any]

PHASES = [
    {"kind": "theory", "weeks": 4, "pc4": "2511", "onSiteDays": 1.5, "organisation": "ORG-0"},
    {"kind": "on_the_job", "weeks": 26, "remoteDays": 2},
]


@dataclass(frozen=True)
class Noun:
    """A noun: how one is added, and a change that makes sense."""

    added: str
    actions: Any
    body: Callable[[str], Json]
    change: Json

    @property
    def changed(self) -> str:
        return f"{self.added.partition(':')[0]}:changed"


NOUNS = {
    "organisations": Noun(
        "organisation:added",
        service.organisations.actions,
        lambda code: {"code": code, "name": "Buurtzaak", "kinds": ["supplier", "host"]},
        {"name": "Stadszaak", "kvkNumber": "12345678"},
    ),
    "pilots": Noun(
        "pilot:added",
        service.pilots.actions,
        lambda code: {"code": code, "name": "Leerplekken", "suppliers": ["ORG-0"]},
        {"goal": "Veertig mensen aan het werk.", "hosts": ["ORG-0"], "suppliers": []},
    ),
    "cohorts": Noun(
        "cohort:added",
        service.pilots.actions,
        lambda code: {"pilot": "PIL-0", "code": code, "startsOn": "2018-01-08"},
        {"lastEntryOn": "2018-02-01", "floor": 4},
    ),
    "slots": Noun(
        "slot:opened",
        service.slots.actions,
        lambda code: {
            "code": code,
            "title": "Medewerker inkoop",
            "pilot": "PIL-0",
            "cohort": "COH-0",
            "supplier": "ORG-0",
            "seats": 2,
            "form": "trial",
            "startsAt": "08:30:00",
            "phases": PHASES,
        },
        {"seats": 3, "weeklyHoursTo": 32, "startsAt": None, "phases": PHASES[1:]},
    ),
    "candidates": Noun(
        "candidate:added",
        service.candidates.actions,
        lambda code: {"code": code, "referrer": "ORG-0", "pc4": "2511"},
        {"pc4": None, "referrer": None, "diploma": "mbo_2", "days": ["mon"]},
    ),
    "coaches": Noun(
        "coach:added",
        service.coaches.actions,
        lambda code: {
            "code": code,
            "kinds": ["job_coach"],
            "weeklyHours": 12,
            "startsOn": "2018-01-08",
            "pilots": ["PIL-0"],
        },
        {"weeklyHours": 8, "startsOn": None, "kinds": ["job_coach", "buddy"], "label": "Team A"},
    ),
    "quotas": Noun(
        "quota:added",
        service.quotas.actions,
        lambda code: {"code": code, "title": "Een groep", "least": 3, "pilots": ["PIL-0"]},
        {"least": 4, "most": 6, "ifOpen": True, "group": "register"},
    ),
    "bonds": Noun(
        "bond:added",
        service.bonds.actions,
        lambda code: {
            "code": code,
            "kind": "together",
            "owner": "coordinator",
            "reason": "Reizen samen.",
            "candidates": ["CAN-0", "CAN-1"],
        },
        {"kind": "apart", "within": "pilot", "endsOn": "2018-06-30", "status": "withdrawn"},
    ),
}
WORLD = (
    ("organisations", "ORG-0"),
    ("pilots", "PIL-0"),
    ("cohorts", "COH-0"),
    ("candidates", "CAN-0"),
    ("candidates", "CAN-1"),
)


@pytest.fixture
def world(client: TestClient) -> TestClient:
    """A service that holds one organisation, one pilot with a cohort, and two people."""
    for noun, code in WORLD:
        assert client.post(f"/v1/{noun}", json=NOUNS[noun].body(code)).status_code == 201
    return client


def add(client: TestClient, noun: str, code: str = "N-1", **told: Any) -> Any:
    answer = client.post(f"/v1/{noun}", json={**NOUNS[noun].body(code), **told})
    assert answer.status_code == 201, answer.text
    return answer


def without_stamps(body: Json) -> Json:
    return {k: v for k, v in body.items() if k not in ("version", "updatedAt")}


def all_pages(client: TestClient, address: str, limit: int) -> list[list[Json]]:
    pages: list[list[Json]] = []
    cursor = ""
    while True:
        page = client.get(f"{address}?limit={limit}{cursor}").json()
        pages.append(page["items"])
        if page["nextCursor"] is None:
            return pages
        cursor = f"&cursor={page['nextCursor']}"


@pytest.mark.parametrize("noun", NOUNS)
def test_what_is_added_can_be_read_where_the_answer_says(noun: str, world: TestClient) -> None:
    answer = add(world, noun)
    added = answer.json()
    assert answer.headers["Location"] == f"/v1/{noun}/{added['id']}"
    assert (answer.headers["ETag"], added["version"]) == ('"1"', 1)
    assert {k: v for k, v in added.items() if k in NOUNS[noun].body("")} == {
        **NOUNS[noun].body("N-1"),
        **({"phases": added["phases"]} if noun == "slots" else {}),
    }
    read = world.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (added, '"1"')
    assert added["createdAt"] == added["updatedAt"] == "2017-12-01T09:00:00Z"


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_shows_all_in_the_order_of_adding_whatever_the_size_of_its_pages(
    noun: str, world: TestClient
) -> None:
    there = [item["code"] for item in world.get(f"/v1/{noun}").json()["items"]]
    codes = [*there, "N-5", "N-1", "N-4", "N-2"]
    items = [add(world, noun, code).json() for code in codes[len(there) :]]
    for limit, sizes in ((1, [1] * len(codes)), (200, [len(codes)])):
        pages = all_pages(world, f"/v1/{noun}", limit)
        assert [item["code"] for page in pages for item in page] == codes
        assert [len(page) for page in pages] == sizes
    pages = all_pages(world, f"/v1/{noun}", 2)
    assert [item for page in pages for item in page][len(there) :] == items


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun != "cohorts"])
def test_a_list_finds_the_one_with_a_code(noun: str, world: TestClient) -> None:
    added = [add(world, noun, code).json() for code in ("N-1", "N-2")]
    assert world.get(f"/v1/{noun}?code=N-2").json()["items"] == [added[1]]
    assert world.get(f"/v1/{noun}?code=n-2").json()["items"] == []


def test_lists_find_what_belongs_to_a_pilot_and_who_has_a_status(world: TestClient) -> None:
    add(world, "pilots", "PIL-1")
    mine = add(world, "cohorts", "COH-1", pilot="PIL-1").json()
    slot = add(world, "slots", pilot="PIL-1", cohort="COH-1").json()
    add(world, "slots", "N-2")
    paused = add(world, "candidates", status="paused").json()
    add(world, "candidates", "N-2")
    coach = add(world, "coaches", pilots=["PIL-0", "PIL-1"]).json()
    add(world, "coaches", "N-2")
    assert world.get("/v1/cohorts?pilot=PIL-1").json()["items"] == [mine]
    assert world.get("/v1/slots?pilot=PIL-1").json()["items"] == [slot]
    assert world.get("/v1/candidates?status=paused").json()["items"] == [paused]
    assert world.get("/v1/coaches?pilot=PIL-1").json()["items"] == [coach]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_change_is_made_on_the_version_that_was_read_and_changes_nothing_else(
    noun: str, world: TestClient, clock: Clock
) -> None:
    added = add(world, noun).json()
    address = f"/v1/{noun}/{added['id']}"
    clock.go_on(hours=1)
    answer = world.patch(address, json=NOUNS[noun].change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    changed = answer.json()
    assert changed["version"] == 2
    assert (changed["createdAt"], changed["updatedAt"]) == (
        "2017-12-01T09:00:00Z",
        "2017-12-01T10:00:00Z",
    )
    expected = without_stamps({**added, **NOUNS[noun].change})
    if noun == "slots":
        expected["seatsLeft"] = 3
        expected["phases"] = added["phases"][1:]
    assert without_stamps(changed) == expected
    assert world.get(address).json() == changed


@pytest.mark.parametrize("noun", NOUNS)
def test_each_change_counts_one_version_also_within_one_tick_of_the_clock_and_without_effect(
    noun: str, world: TestClient
) -> None:
    added = add(world, noun).json()
    changes: list[Json] = [NOUNS[noun].change, {}, NOUNS[noun].change]
    for version, change in enumerate(changes, start=1):
        answer = world.patch(
            f"/v1/{noun}/{added['id']}", json=change, headers={"If-Match": f'"{version}"'}
        )
        assert answer.json()["version"] == version + 1


def test_a_change_of_phases_alone_counts_a_version_of_the_slot(
    world: TestClient, engine: Engine
) -> None:
    added = add(world, "slots").json()
    address = f"/v1/slots/{added['id']}"
    for version, phases in ((1, PHASES[:1]), (2, [])):
        answer = world.patch(
            address, json={"phases": phases}, headers={"If-Match": f'"{version}"'}
        ).json()
        assert (answer["version"], len(answer["phases"])) == (version + 1, len(phases))
    assert everything(engine)["slot_phase"] == []


def test_a_change_of_organisations_alone_counts_a_version_of_the_pilot(world: TestClient) -> None:
    added = add(world, "pilots").json()
    answer = world.patch(
        f"/v1/pilots/{added['id']}", json={"referrers": ["ORG-0"]}, headers={"If-Match": '"1"'}
    ).json()
    assert (answer["version"], answer["referrers"], answer["suppliers"]) == (
        2,
        ["ORG-0"],
        ["ORG-0"],
    )


@pytest.mark.parametrize(
    ("noun", "change", "table", "left"),
    [
        ("coaches", {"pilots": ["PIL-0", "PIL-1"]}, "coach_pilot", 2),
        ("quotas", {"pilots": [], "slots": ["SLO-1"]}, "quota_pilot", 0),
        ("quotas", {"slots": ["SLO-1"]}, "quota_slot", 1),
        ("bonds", {"candidates": ["CAN-1", "CAN-0", "CAN-2"]}, "bond_candidate", 3),
    ],
)
def test_a_change_of_what_it_is_about_alone_counts_a_version_too(
    noun: str, change: Json, table: str, left: int, world: TestClient, engine: Engine
) -> None:
    add(world, "pilots", "PIL-1")
    add(world, "slots", "SLO-1")
    add(world, "candidates", "CAN-2")
    added = add(world, noun).json()
    answer = world.patch(f"/v1/{noun}/{added['id']}", json=change, headers={"If-Match": '"1"'})
    changed = answer.json()
    assert (changed["version"], {name: changed[name] for name in change}) == (2, change)
    assert len(everything(engine)[table]) == left
    detail = str(events(engine)[-1]["detail"])
    assert all(f'"{name}"' in detail or f"'{name}'" in detail for name in change)


UNKNOWN_OR_NONE = {
    "slots": ("tasks", "languages", "skills", "licences", "skillsTaught"),
    "candidates": ("languages", "skills", "licences", "tasksWanted", "occupationsSought", "wishes"),
}


@pytest.mark.parametrize("noun", UNKNOWN_OR_NONE)
def test_unknown_stays_unknown_and_none_stays_none(noun: str, world: TestClient) -> None:
    fields = UNKNOWN_OR_NONE[noun]
    for code, value in (("N-1", None), ("N-2", [])):
        added = add(world, noun, code, **dict.fromkeys(fields, value)).json()
        read = world.get(f"/v1/{noun}/{added['id']}").json()
        assert {name: read[name] for name in fields} == dict.fromkeys(fields, value)
    for version, value in ((1, []), (2, None)):
        changed = world.patch(
            f"/v1/{noun}/{added['id']}",
            json=dict.fromkeys(fields, value),
            headers={"If-Match": f'"{version}"'},
        ).json()
        assert {name: changed[name] for name in fields} == dict.fromkeys(fields, value)


def test_what_a_candidate_does_not_say_is_null_and_no_default(world: TestClient) -> None:
    added = world.post("/v1/candidates", json={"code": "N-1"}).json()
    told = {name for name, value in added.items() if value is not None}
    stamps = {"id", "version", "createdAt", "updatedAt"}
    assert told == {"code", "status", "knownTravel", "vetoes"} | stamps


# What is confidential.

CANARY = "kwikstaart"
"""A word that stands for what nobody but a coordinator may read."""

PARTS: dict[str, tuple[Json, Json]] = {
    "needs": (
        {"conditions": [{"condition": "sign_language", "strength": "must"}], "support": None},
        {
            "conditions": [],
            "support": [{"kind": "technical_aid", "weeklyHours": 2.5, "essential": True}],
        },
    ),
    "background": ({"note": f"{CANARY} een"}, {"note": f"{CANARY} twee"}),
    "contact": (
        {"name": CANARY, "email": f"{CANARY}@example.nl", "phone": None},
        {"name": None, "email": None, "phone": "06 1234 5678"},
    ),
}
SECRETS = (CANARY, "sign_language", "technical_aid", "06 1234 5678")


@pytest.fixture
def person(world: TestClient) -> str:
    """The address of a candidate of whom nothing confidential was noted yet."""
    return str(add(world, "candidates").headers["Location"])


@pytest.mark.parametrize("part", PARTS)
def test_a_confidential_part_is_written_as_a_whole_on_the_version_that_was_read(
    part: str, person: str, world: TestClient
) -> None:
    first, second = PARTS[part]
    address = f"{person}/{part}"
    assert world.get(address).status_code == 404
    written = world.put(address, json=first, headers={"If-None-Match": "*"})
    assert (written.status_code, written.headers["ETag"], written.json()) == (200, '"1"', first)
    assert world.put(address, json=second).status_code == 428
    assert world.put(address, json=second, headers={"If-None-Match": "*"}).status_code == 412
    assert world.put(address, json=second, headers={"If-Match": '"2"'}).status_code == 412
    assert world.get(address).json() == first
    # The same again counts too, also within one tick of the clock.
    for version, content in ((1, second), (2, second)):
        written = world.put(address, json=content, headers={"If-Match": f'"{version}"'})
        assert (written.status_code, written.headers["ETag"]) == (200, f'"{version + 1}"')
    read = world.get(address)
    assert (read.json(), read.headers["ETag"]) == (second, '"3"')
    assert world.get(person).json()["version"] == 1


def test_unknown_needs_stay_unknown_and_none_needed_stays_none(
    person: str, world: TestClient
) -> None:
    address = f"{person}/needs"
    unknown, none = {"conditions": None, "support": None}, {"conditions": [], "support": []}
    assert world.put(address, json={}, headers={"If-None-Match": "*"}).json() == unknown
    assert world.put(address, json=none, headers={"If-Match": '"1"'}).json() == none
    assert world.get(address).json() == none


def test_what_is_confidential_stands_in_no_event_no_list_no_log_and_no_candidate(
    person: str, world: TestClient, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "service")
    for part, contents in PARTS.items():
        headers = {"If-None-Match": "*"}
        for content in contents:
            written = world.put(f"{person}/{part}", json=content, headers=headers)
            headers = {"If-Match": written.headers["ETag"]}
        # A refusal has to be as silent.
        world.put(f"{person}/{part}", json={**contents[0], "iq": CANARY}, headers=headers)
    lists = (*NOUNS, "match-runs", "policies")
    seen = {noun: world.get(f"/v1/{noun}").text for noun in lists} | {
        "candidate": world.get(person).text,
        "events": str(everything(engine)["audit_event"]),
        "rows": str(everything(engine)["candidate"]),
        "log": "".join(JsonLines().format(one) + str(vars(one)) for one in caplog.records),
    }
    assert [(word, where) for word in SECRETS for where in seen if word in seen[where]] == []
    # They do stand where they belong, or this test would see nothing.
    kept = everything(engine)
    assert CANARY in str(kept["candidate_background"])
    assert "technical_aid" in str(kept["candidate_needs"])
    assert [event["event"] for event in events(engine)][-6:] == [
        f"candidate:{part}-written" for part in PARTS for _ in range(2)
    ]


# Events.


@pytest.mark.parametrize("noun", NOUNS)
def test_each_addition_and_change_has_one_event_that_names_fields_and_no_values(
    noun: str, world: TestClient, engine: Engine, clock: Clock
) -> None:
    before = len(events(engine))
    added = add(world, noun).json()
    clock.go_on(minutes=5)
    world.patch(f"/v1/{noun}/{added['id']}", json=NOUNS[noun].change, headers={"If-Match": '"1"'})
    told = events(engine)[before:]
    assert [event["event"] for event in told] == [NOUNS[noun].added, NOUNS[noun].changed]
    code = "PIL-0/N-1" if noun == "cohorts" else "N-1"
    assert {(event["subject_id"], event["subject_code"], event["actor"]) for event in told} == {
        (added["id"], code, "coordinator:local")
    }
    assert [event["sequence"] for event in told] == sorted(event["sequence"] for event in told)
    fields = str(told[1]["detail"])
    for name, value in NOUNS[noun].change.items():
        assert name in fields or to_snake(name) in fields
        assert str(value) not in fields or value is None


class NoTrail(RuntimeError):
    """The audit trail cannot be written."""


@pytest.fixture
def no_trail(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, events cannot be recorded."""

    def fail(*_: object, **__: object) -> None:
        raise NoTrail

    def break_down() -> None:
        for actions in {noun.actions for noun in NOUNS.values()}:
            monkeypatch.setattr(actions, "record", fail)

    return break_down


@pytest.mark.parametrize("noun", NOUNS)
def test_without_its_event_nothing_is_added_and_nothing_changes(
    noun: str, world: TestClient, engine: Engine, no_trail: Callable[[], None]
) -> None:
    added = add(world, noun).json()
    no_trail()
    with unchanged(engine):
        assert world.post(f"/v1/{noun}", json=NOUNS[noun].body("N-2")).status_code == 500
        answer = world.patch(
            f"/v1/{noun}/{added['id']}", json=NOUNS[noun].change, headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 500


@pytest.mark.parametrize("part", PARTS)
def test_without_its_event_nothing_confidential_is_written(
    part: str, person: str, world: TestClient, engine: Engine, no_trail: Callable[[], None]
) -> None:
    no_trail()
    with unchanged(engine):
        answer = world.put(f"{person}/{part}", json=PARTS[part][0], headers={"If-None-Match": "*"})
        assert answer.status_code == 500


# Two at once.


@pytest.mark.parametrize(
    ("noun", "changes"),
    [
        ("candidates", ({"pc4": "3511"}, {"pc4": "9711"})),
        ("slots", ({"phases": PHASES[:1]}, {"phases": []})),
        ("pilots", ({"hosts": ["ORG-0"]}, {"referrers": ["ORG-0"]})),
    ],
)
def test_of_two_who_change_the_same_version_at_once_one_is_told_and_one_event_remains(
    noun: str,
    changes: tuple[Json, Json],
    world: TestClient,
    engine: Engine,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added = add(world, noun).json()
    address = f"/v1/{noun}/{added['id']}"
    both_have_read = threading.Barrier(2)

    def wait_for_the_other(row: Any, if_match: str | None) -> None:
        require_version(row, if_match)
        # SQLite lets one in at a time, so there the other never comes.
        with contextlib.suppress(threading.BrokenBarrierError):
            both_have_read.wait(timeout=1)

    before = len(events(engine))
    with (
        client_of(engine, clock) as one,
        client_of(engine, clock) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        for client in (one, other):  # FastAPI makes its routes ready at the first request
            assert client.patch(address, json={}).status_code == 428
        monkeypatch.setattr(NOUNS[noun].actions, "require_version", wait_for_the_other)
        said = [
            pool.submit(client.patch, address, json=body, headers={"If-Match": '"1"'})
            for client, body in zip((one, other), changes, strict=True)
        ]
        won, lost = sorted((answer.result() for answer in said), key=lambda a: a.status_code)
    assert (won.status_code, lost.status_code) == (200, 412)
    assert lost.json()["code"] == "version_stale"
    assert world.get(address).json() == won.json()
    assert len(events(engine)) == before + 1
