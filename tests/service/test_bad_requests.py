"""Bad requests: each gets a problem with field and what is accepted, and nothing is stored."""

import logging
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

import service.slots.routes
from service.app import API_VERSION, create_app
from service.http import PROBLEM
from service.logs import JsonLines
from service.middleware import LARGEST_BODY
from tests.factories import make_candidate, make_slot
from tests.service.conftest import Sample
from tests.stored import unchanged

CITIZEN_NUMBER = "123456782"
"""Passes the check of a citizen number and belongs to nobody."""

WORD = "kwikstaart"
"""Stands for whatever somebody wrote: no answer and no log line may repeat it."""

NOBODY = "01900000-0000-7000-8000-00000000000f"

SLOT = {
    "code": "N-1",
    "title": "Medewerker inkoop",
    "pilot": "P-EY",
    "cohort": "2018-01",
    "supplier": "EY",
    "seats": 1,
    "form": "trial",
}
CANDIDATE = {"code": "N-1", "referrer": "COA"}
MATCH = {
    "asOf": "2017-12-01",
    "candidates": [make_candidate().model_dump(mode="json", by_alias=True)],
    "slots": [make_slot().model_dump(mode="json", by_alias=True)],
}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Bad:
    """A request that is wrong in one way, and what is answered."""

    method: str
    path: str
    body: Any = None
    where: str | None = None
    says: str = ""
    accepted: str = ""
    status: int = 400
    code: str = "invalid_input"
    headers: dict[str, str] | None = None


def post(noun: str, body: Any, *told: str, **more: Any) -> Bad:
    return Bad("POST", f"/v1/{noun}", body, *told, **more)


def new_slot(*told: str, **fields: Any) -> Bad:
    return post("slots", {**SLOT, **fields}, *told)


def new_candidate(*told: str, **fields: Any) -> Bad:
    return post("candidates", {**CANDIDATE, **fields}, *told)


def get(path: str, *told: str, **more: Any) -> Bad:
    return Bad("GET", f"/v1/{path}", None, *told, **more)


def change(noun: str, body: Any, *told: str, **more: Any) -> Bad:
    """A change of the first of its kind, on the version that is there."""
    return Bad(
        "PATCH", f"/v1/{noun}/{{{noun}}}", body, *told, **{"headers": {"If-Match": '"1"'}, **more}
    )


def match(*told: str, **fields: Any) -> Bad:
    return post("matches", {**MATCH, **fields}, *told)


def of_match(side: str, **fields: Any) -> list[Any]:
    return [{**MATCH[side][0], **fields}]


NOT_FOUND = {"status": 404, "code": "not_found"}

BAD_REQUESTS = {
    # The body as a whole
    "no body": post("slots", None, "body", "missing", "JSON object"),
    "no JSON": post("slots", b'{"title": "kwikstaart', "body", "not valid JSON", "JSON object"),
    "JSON that is no UTF-8": post("slots", b"\xff\xfe{}", "body", "not valid JSON", "JSON object"),
    "a list for an object": post("slots", [SLOT], "body", "no object", "JSON object"),
    "null for an object": post("slots", b"null", "body", "no object", "JSON object"),
    "a text for an object": post("candidates", WORD, "body", "no object", "JSON object"),
    "nested too deeply": post("slots", b"[" * 100_000, "body", "cannot be read", "JSON object"),
    "an endless number": post(
        "match-runs", b'{"seed": ' + b"9" * 5000 + b"}", "body", "cannot be read"
    ),
    "not a number": post("match-runs", b'{"seed": NaN}', "seed", "finite", "whole numbers from 0"),
    # Fields
    "a field is missing": post(
        "slots", {k: v for k, v in SLOT.items() if k != "title"}, "title", "missing", "text"
    ),
    "a field is unknown": new_slot("shoe", "not a field", "weeklyHoursFrom", shoe=WORD),
    "a field of a phase is unknown": new_slot(
        "phases.0.shoe", "not a field", "onSiteDays", phases=[{"kind": "theory", "shoe": WORD}]
    ),
    "a field whose name is a citizen number": new_slot(
        "…", "not a field", "seats", **{CITIZEN_NUMBER: WORD}
    ),
    "a citizen number, by name": new_candidate("bsn", "citizen number", bsn=CITIZEN_NUMBER),
    "a diagnosis, by name": new_candidate("diagnose", "diagnosis", diagnose=WORD),
    "an age, by name, deep inside": new_candidate(
        "languages.0.leeftijd", "birth date or age", languages=[{"language": "nld", "leeftijd": 44}]
    ),
    "a religion, by name, in a change": change(
        "candidates", {"geloof": WORD}, "geloof", "religion"
    ),
    "a citizen number in a text": new_slot(
        "title", "citizen number", title=f"Bel {CITIZEN_NUMBER}"
    ),
    "a citizen number as a code": new_candidate("code", "citizen number", code=CITIZEN_NUMBER),
    "a citizen number in a note": Bad(
        "PUT",
        "/v1/candidates/{candidates}/background",
        {"note": f"{WORD} 1234 56 782"},
        "note",
        "citizen number",
        headers={"If-None-Match": "*"},
    ),
    "a citizen number in an address for mail": Bad(
        "PUT",
        "/v1/candidates/{candidates}/contact",
        {"email": f"{CITIZEN_NUMBER}@example.nl"},
        "email",
        "citizen number",
        headers={"If-None-Match": "*"},
    ),
    # Values
    "a code with a blank": new_slot("code", "form", "letters, digits", code=f"{WORD} 1"),
    "a wrong code of a list": new_slot("form", "accepted values", "trial", form=WORD),
    "a wrong level": new_candidate(
        "languages.0.reading",
        "accepted values",
        "B2",
        languages=[{"language": "nld", "reading": "B3"}],
    ),
    "a text for a list": new_candidate("licences", "not a list", "B+", licences=WORD),
    "a number for a text": new_slot("title", "not a text", "1 to 200", title=7),
    "a text for a number": new_slot("seats", "not a whole number", "from 1 to 999", seats=WORD),
    "true for a number": new_slot("seats", "not a number", "from 1 to 999", seats=True),
    "a condition that is no condition": Bad(
        "PUT",
        "/v1/candidates/{candidates}/needs",
        {"conditions": [{"condition": WORD, "strength": "must"}]},
        "conditions.0.condition",
        "unknown work condition",
        "quiet_place",
        headers={"If-None-Match": "*"},
    ),
    "negative seats": new_slot("seats", "too small", "from 1 to 999", seats=-1),
    "half a seat": new_slot("seats", "whole number", "from 1 to 999", seats=1.5),
    "a text that is too long": new_slot("title", "too long", "1 to 200", title=WORD * 30),
    "a text without letters": new_slot("title", "too short", "1 to 200", title="   "),
    "half a character": post(
        "organisations",
        b'{"code": "N", "kinds": ["host"], "name": "\\ud800"}',
        "name",
        "not a text",
        "1 to 200",
    ),
    "a date the Dutch way": new_slot("closesOn", "not a date", "2018-01-31", closesOn="31-01-2018"),
    "a date that does not exist": new_slot(
        "closesOn", "not a date", "2018-01-31", closesOn="2018-02-30"
    ),
    "a number for a date": new_slot("closesOn", "not a date", "2018-01-31", closesOn=0),
    "dates the wrong way round": post(
        "cohorts",
        {"pilot": "P-EY", "code": "N", "startsOn": "2018-02-01", "lastEntryOn": "2018-01-01"},
        "lastEntryOn",
        "before startsOn",
        "same day or later",
    ),
    "a time with a zone": new_slot("startsAt", "time zone", "09:00", startsAt="09:00Z"),
    "a time that does not exist": new_slot("startsAt", "not a time", "09:00", startsAt="25:00"),
    # Addresses and questions
    "an id that is no id": get(
        f"candidates/{CITIZEN_NUMBER}", "candidate_id", "not an id", "01900000-"
    ),
    "a limit of nothing": get("slots?limit=0", "limit", "too small", "from 1 to 200"),
    "a limit of too much": get("candidates?limit=201", "limit", "too large", "from 1 to 200"),
    "a limit in words": get(f"slots?limit={WORD}", "limit", "whole number", "from 1 to 200"),
    "a cursor of nothing": get(f"slots?cursor={WORD}", "cursor", "no cursor", "nextCursor"),
    "a status that does not exist": get(
        f"candidates?status={WORD}", "status", "accepted values", "paused"
    ),
    "a code that cannot be one": get("slots?code=%00", "code", "form", "letters"),
    "a day that is none": get(
        "slots/{slots}/suggestions?asOf=0", "asOf", "not a date", "2018-01-31"
    ),
    "too many suggestions": get(
        "candidates/{candidates}/suggestions?limit=51", "limit", "too large", "1 to 50"
    ),
    # References
    "a pilot that nobody knows": new_slot("pilot", "no pilot", "P-EY", pilot=WORD),
    "a cohort of another pilot": new_slot(
        "cohort", "no cohort of this pilot", "2018-01", cohort=WORD
    ),
    "a supplier that nobody knows": new_slot("supplier", "no organisation", "EY", supplier=WORD),
    "a supplier of another pilot": new_slot(
        "supplier", "no supplier of this pilot", "EY", supplier="BMC"
    ),
    "a referrer that nobody knows": new_candidate(
        "referrer", "no organisation", "COA", referrer=WORD
    ),
    "a wish for a slot that nobody knows": new_candidate(
        "wishes.0.code", "no slot", "S-EY", wishes=[{"about": "slot", "code": WORD, "rank": 1}]
    ),
    "a skill that nobody knows": new_candidate(
        "skills.0.skill", "skills taxonomy", "sql", skills=[{"skill": "sqll", "level": 2}]
    ),
    "an organisation that no pilot knows": post(
        "pilots",
        {"code": "N", "name": "n", "hosts": ["EY", WORD]},
        "hosts.1",
        "no organisation",
        "EY",
    ),
    "a code that is in use": new_candidate("code", "another candidate", "not in use", code="K-001"),
    "a cohort that its pilot has already": post(
        "cohorts", {"pilot": "P-EY", "code": "2018-01"}, "code", "another cohort", "not in use"
    ),
    # Changes
    "a change that does not say of which version": change(
        "slots", {"title": WORD}, status=428, code="version_missing", headers={}
    ),
    "a change of an older version": change(
        "pilots", {"name": WORD}, status=412, code="version_stale", headers={"If-Match": '"0"'}
    ),
    "a change of a weak version": change(
        "cohorts", {"floor": 3}, status=412, code="version_stale", headers={"If-Match": "1"}
    ),
    "a change of the code": change("organisations", {"code": WORD}, "code", "not a field", "name"),
    "a change of a cohort's pilot": change(
        "cohorts", {"pilot": "P-BMC"}, "pilot", "cannot be changed"
    ),
    "a name that becomes unknown": change(
        "organisations", {"name": None}, "name", "cannot be unknown", "1 to 200"
    ),
    "seats that become unknown": change(
        "slots", {"seats": None}, "seats", "cannot be unknown", "1 to 999"
    ),
    "a list for a change": change("slots", [], "body", "no object", "JSON object"),
    "hours that would stand the wrong way round": change(
        "slots",
        {"weeklyHoursFrom": 60, "weeklyHoursTo": 1},
        "weeklyHoursFrom",
        "is more than weeklyHoursTo",
    ),
    "needs that may be there already": Bad(
        "PUT", "/v1/candidates/{candidates}/needs", {}, status=428, code="version_missing"
    ),
    "needs that are there already": Bad(
        "PUT",
        "/v1/candidates/{candidates}/needs",
        {},
        status=412,
        code="version_stale",
        headers={"If-None-Match": "*"},
    ),
    "a note that is not there, by version": Bad(
        "PUT",
        "/v1/candidates/{candidates}/background",
        {"note": WORD},
        status=412,
        code="version_stale",
        headers={"If-Match": '"1"'},
    ),
    # Nothing there, or not like this
    "an address that does not exist": get("shoes", **NOT_FOUND),
    "an address outside the API": Bad("GET", f"/{WORD}", **NOT_FOUND),
    "an address with a slash at the end": get("slots/", **NOT_FOUND),
    "a candidate that does not exist": get(f"candidates/{NOBODY}", **NOT_FOUND),
    "a change of a slot that does not exist": Bad("PATCH", f"/v1/slots/{NOBODY}", {}, **NOT_FOUND),
    "a background that nobody noted": get("candidates/{candidates}/background", **NOT_FOUND),
    "a run that does not exist": get(f"match-runs/{NOBODY}/proof", **NOT_FOUND),
    "removing": Bad("DELETE", "/v1/slots/{slots}", status=405, code="method_not_allowed"),
    "a body that is no JSON": post(
        "slots",
        b"<slot/>",
        status=415,
        code="unsupported_media_type",
        headers={"Content-Type": "text/xml"},
    ),
    "a body of no kind": Bad("POST", "/v1/slots", b"{}", status=415, code="unsupported_media_type"),
    "an answer that is no JSON": get(
        "slots", status=406, code="not_acceptable", headers={"Accept": "text/html"}
    ),
    "another host": get("slots", code="unknown_host", headers={"Host": f"{WORD}.example"}),
    "a body that says it is too large": post(
        "slots",
        b"{}",
        status=413,
        code="too_large",
        headers={"Content-Length": str(LARGEST_BODY + 1)},
    ),
    "a body that turns out to be too large": post(
        "slots", [b" " * 2**20] * 33, status=413, code="too_large"
    ),
    # Runs and matches
    "a run with a seed below zero": post(
        "match-runs", {"seed": -1}, "seed", "too small", "from 0 to"
    ),
    "a run with a seed that JSON cannot hold": post(
        "match-runs", {"seed": 2**53}, "seed", "too large", "from 0 to"
    ),
    "a run of a pilot that nobody knows": post(
        "match-runs", {"pilots": ["P-EY", WORD]}, "pilots.1", "no pilot", "P-EY"
    ),
    "a run under a policy that nobody knows": post(
        "match-runs", {"policy": f"{WORD}/1"}, "policy", "no edition that is known", "default"
    ),
    "a match of 1,001 people": match(
        "candidates", "too many", candidates=MATCH["candidates"] * 1001
    ),
    "a match of 201 slots": match("slots", "too many", slots=MATCH["slots"] * 201),
    "a match of one person twice": match(
        "candidates.1.code", "candidates.0 already", "once", candidates=MATCH["candidates"] * 2
    ),
    "a match of one area twice": match(
        "postcodes.1.pc4",
        "postcodes.0 already",
        "once",
        postcodes=[{"pc4": "2511", "latitude": 52, "longitude": 4}] * 2,
    ),
    "a match with a skill that nobody knows": match(
        "candidates.0.skills.0.skill",
        "skills taxonomy",
        "sql",
        candidates=of_match("candidates", skills=[{"skill": "sqll", "level": 1}]),
    ),
    "a match with a taught skill that nobody knows": match(
        "slots.0.skillsTaught.0.skill",
        "skills taxonomy",
        "sql",
        slots=of_match("slots", skillsTaught=[{"skill": "sqll"}]),
    ),
    "a match with nobody's need": match(
        "candidates.0.support.0.kind",
        "unknown kind of support",
        "job_coach",
        candidates=of_match("candidates", support=[{"kind": WORD}]),
    ),
    "a match under a policy that is no TOML": match("policy", "not TOML", policy=f"{WORD} ="),
    "a match under a policy without its parts": match(
        "policy.plan", "missing; accepted is a section", policy=f"name = '{WORD}'"
    ),
    "a match without its day": post(
        "matches", {"candidates": [], "slots": []}, "asOf", "missing", "2018-01-31"
    ),
}


def ask(untouched: Sample, bad: Bad) -> Any:
    body: dict[str, Any] = {}
    headers = dict(bad.headers or {})
    if isinstance(bad.body, bytes):
        body = {"content": bad.body}
    elif isinstance(bad.body, list) and bad.body and isinstance(bad.body[0], bytes):
        body = {"content": iter(bad.body)}
    elif bad.body is not None:
        body = {"json": bad.body}
    if "content" in body and bad.code not in ("unsupported_media_type",):
        headers = {**JSON, **headers}
    return untouched.client.request(
        bad.method, bad.path.format(**untouched.first), headers=headers, **body
    )


def all_of(log: pytest.LogCaptureFixture) -> str:
    """Everything that was logged: as our programs write it, and all that hangs from the records."""
    return "".join(JsonLines().format(record) + str(vars(record)) for record in log.records)


@pytest.mark.parametrize("bad", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_it_is_answered_with_a_problem_that_helps_and_nothing_is_stored_repeated_or_logged(
    bad: Bad,
    untouched: Sample,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "service")
    with unchanged(untouched.engine):
        answer = ask(untouched, bad)
    assert (answer.status_code, answer.headers["Content-Type"]) == (bad.status, PROBLEM)
    assert answer.headers["API-Version"] == API_VERSION
    told = answer.json()
    assert (told["status"], told["code"]) == (bad.status, bad.code)
    assert told["title"]
    assert told["detail"]
    if bad.where is None:
        assert "errors" not in told
    else:
        [fault] = told["errors"]
        assert fault["field"] == bad.where
        assert bad.says in fault["message"]
        assert bad.accepted in (fault["accepted"] or "")
    assert len(caplog.records) == 1
    for said in (answer.text, str(answer.headers), all_of(caplog)):
        assert CITIZEN_NUMBER not in said
        assert WORD not in said


def test_all_faults_of_a_request_come_together(
    untouched: Sample,
) -> None:
    wrong = {
        "seats": 0,
        "form": "x",
        "bsn": 1,
        "phases": [{"kind": "x"}, {"kind": "theory", "weeks": 0}],
    }
    told = untouched.client.post("/v1/slots", json={**SLOT, **wrong}).json()
    fields = [fault["field"] for fault in told["errors"]]
    assert sorted(fields) == ["bsn", "form", "phases.0.kind", "phases.1.weeks", "seats"]
    assert told["detail"].startswith("5 things")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/slots", "GET, POST"),
        ("PUT", "/v1/candidates/{candidates}", "GET, PATCH"),
        ("POST", "/v1/candidates/{candidates}/needs", "GET, PUT"),
        ("PATCH", "/v1/match-runs/{candidates}", "GET"),
        ("GET", "/v1/matches", "POST"),
        ("POST", "/", "GET"),
    ],
)
def test_what_is_not_possible_names_all_that_is_possible_there(
    method: str,
    path: str,
    allowed: str,
    untouched: Sample,
) -> None:
    answer = untouched.client.request(method, path.format(**untouched.first))
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000", "[::1]"]
)
def test_this_machine_is_answered_under_each_of_its_names(host: str, untouched: Sample) -> None:
    assert untouched.client.get("/v1/slots", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost.evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""]
)
def test_no_other_host_is_answered(host: str, untouched: Sample) -> None:
    assert untouched.client.get("/v1/slots", headers={"Host": host}).status_code == 400


def test_what_nobody_foresaw_says_no_word_of_what_was_inside(
    untouched: Sample,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError(f"while storing {WORD}")

    monkeypatch.setattr(service.slots.routes, "open_slot", break_down)
    # An exception that left the application would be printed by the server, with its text.
    with (
        unchanged(untouched.engine),
        TestClient(create_app(untouched.engine), base_url="http://localhost") as client,
    ):
        answer = client.post("/v1/slots", json=SLOT)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["X-Request-Id"] in answer.json()["detail"]
    assert answer.headers["API-Version"] == API_VERSION
    assert WORD not in answer.text + all_of(caplog)
    assert "RuntimeError" in all_of(caplog)
