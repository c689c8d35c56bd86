"""Suggestions: an advice with reasons in data and words, kept nowhere, and silent about others."""

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.service.conftest import Sample
from tests.stored import unchanged

Json = dict[str, Any]


def everybody(client: TestClient, noun: str) -> list[Json]:
    return list(client.get(f"/v1/{noun}?limit=200").json()["items"])


def suggestions(client: TestClient, noun: str, id_: str, **asked: Any) -> Json:
    answer = client.get(f"/v1/{noun}/{id_}/suggestions", params={"limit": 50, **asked})
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.fixture(scope="module")
def for_people(untouched: Sample) -> dict[str, Json]:
    """What is suggested to each candidate."""
    return {
        one["code"]: suggestions(untouched.client, "candidates", one["id"])
        for one in everybody(untouched.client, "candidates")
    }


@pytest.fixture(scope="module")
def for_slots(untouched: Sample) -> dict[str, Json]:
    """Who is suggested for each slot."""
    return {
        one["code"]: suggestions(untouched.client, "slots", one["id"])
        for one in everybody(untouched.client, "slots")
    }


def test_nothing_is_stored_by_asking(sample_client: TestClient, sample_engine: Engine) -> None:
    person = everybody(sample_client, "candidates")[0]["id"]
    slot = everybody(sample_client, "slots")[0]["id"]
    with unchanged(sample_engine):
        assert suggestions(sample_client, "candidates", person)["items"]
        assert suggestions(sample_client, "slots", slot)["items"]


def test_each_says_that_it_is_advice_and_for_which_day(for_people: dict[str, Json]) -> None:
    assert {one["note"] for one in for_people.values()} == {
        "This is advice, no decision. People decide, and may decide otherwise."
    }
    assert {one["asOf"] for one in for_people.values()} == {"2017-12-01"}


def test_slots_come_best_first(for_people: dict[str, Json]) -> None:
    lists = [[item["points"] for item in one["items"]] for one in for_people.values()]
    assert max(map(len, lists)) > 5
    assert all(high >= low for points in lists for high, low in pairwise(points))


def test_people_come_in_the_order_of_what_the_slot_is_worth_to_them_and_then_of_waiting(
    for_slots: dict[str, Json], untouched: Sample
) -> None:
    since = {one["code"]: one["waitingSince"] for one in everybody(untouched.client, "candidates")}
    waited = 0
    for one in for_slots.values():
        for first, then in pairwise(one["items"]):
            assert first["ofOwnBest"] >= then["ofOwnBest"]
            dates = since[first["candidate"]], since[then["candidate"]]
            if first["ofOwnBest"] == then["ofOwnBest"] and None not in dates:
                waited += 1
                assert dates[0] <= dates[1]
    assert waited > 10
    # So it is no ranking by points.
    points = [[item["points"] for item in one["items"]] for one in for_slots.values()]
    assert any(sorted(here, reverse=True) != here for here in points)


def test_both_sides_are_told_the_same_of_a_pair(
    for_people: dict[str, Json], for_slots: dict[str, Json]
) -> None:
    told = {
        (one["candidate"], one["slot"]): one["points"]
        for answer in for_people.values()
        for one in answer["items"]
    }
    told_to_slots = {
        (one["candidate"], one["slot"]): one["points"]
        for answer in for_slots.values()
        for one in answer["items"]
    }
    assert told_to_slots == told


def test_nothing_refused_is_suggested_and_every_part_has_its_sentence(
    for_people: dict[str, Json],
) -> None:
    for answer in for_people.values():
        for pair in answer["items"]:
            assert pair["verdict"] in ("yes", "ask")
            assert pair["refusals"] == []
            assert (pair["verdict"] == "ask") == bool(pair["questions"])
            assert sum(one["points"] for one in pair["contributions"]) == pair["points"]
            assert pair["title"]
            assert all(one["text"] and one["label"] for one in pair["contributions"])
            assert all(one["text"].endswith("?") and one["ask"] for one in pair["questions"])


def test_for_whom_nothing_fits_is_told_what_stands_in_the_way(for_people: dict[str, Json]) -> None:
    without = [answer for answer in for_people.values() if not answer["items"]]
    assert without
    for answer in for_people.values():
        assert (answer["noPlace"] is None) == bool(answer["items"])
    for answer in without:
        assert answer["noPlace"]["text"]
        assert sum(answer["noPlace"]["refused"].values()) >= answer["noPlace"]["nSlots"]
        for miss in answer["noPlace"]["nearMisses"]:
            assert all(one["text"] for one in miss["refusals"])


def test_a_suggestion_names_no_other_person(
    for_people: dict[str, Json], for_slots: dict[str, Json]
) -> None:
    for code, answer in for_people.items():
        assert not [other for other in for_people if other != code and other in str(answer)]
    for answer in for_slots.values():
        for pair in answer["items"]:
            others = set(for_people) - {pair["candidate"]}
            assert not [other for other in others if other in str(pair)]


def test_no_more_come_than_were_asked_for(untouched: Sample, for_people: dict[str, Json]) -> None:
    code, full = max(for_people.items(), key=lambda entry: len(entry[1]["items"]))
    id_ = untouched.id_of("candidates", code)
    few = suggestions(untouched.client, "candidates", id_, limit=2)
    assert few["items"] == full["items"][:2]


def test_the_reader_is_answered_in_the_language_that_was_asked_for(untouched: Sample) -> None:
    address = f"/v1/slots/{untouched.first['slots']}/suggestions?limit=1"
    dutch, english = (
        untouched.client.get(address, headers={"Accept-Language": language}).json()
        for language in ("nl-NL,nl;q=0.9,en;q=0.5", "fr,en;q=0.8,nl;q=0.1")
    )
    assert (
        dutch["note"]
        == "Dit is een advies, geen besluit. Mensen beslissen, en mogen anders beslissen."
    )
    assert english["note"].startswith("This is advice")
    texts = [
        [one["text"] for one in answer["items"][0]["contributions"]] for answer in (dutch, english)
    ]
    assert not set(texts[0]) & set(texts[1])
    points = [
        [one["points"] for one in answer["items"][0]["contributions"]]
        for answer in (dutch, english)
    ]
    assert points[0] == points[1]


def test_a_day_on_which_everything_is_over_leaves_nothing_to_suggest(untouched: Sample) -> None:
    person = untouched.first["candidates"]
    late = suggestions(untouched.client, "candidates", person, asOf="2030-01-01")
    assert (late["asOf"], late["items"]) == ("2030-01-01", [])
    assert late["noPlace"]["refused"]["seat"] > 0


def test_a_slot_is_suggested_up_to_its_last_entry_and_no_day_longer(
    sample_client: TestClient,
) -> None:
    slot = sample_client.get("/v1/slots?code=S-YACHT-1").json()["items"][0]
    assert (slot["closesOn"], slot["lastEntryOn"]) == (None, "2018-05-01")
    on_the_day, after = (
        suggestions(sample_client, "slots", slot["id"], asOf=day)["items"]
        for day in ("2018-05-01", "2018-05-02")
    )
    assert on_the_day
    assert after == []


def test_who_pauses_is_suggested_for_no_slot_and_a_draft_to_nobody(
    sample_client: TestClient,
) -> None:
    slot = everybody(sample_client, "slots")[0]
    person = everybody(sample_client, "candidates")
    first = suggestions(sample_client, "slots", slot["id"])["items"][0]["candidate"]
    [paused] = [one for one in person if one["code"] == first]

    def change(noun: str, row: Json, **fields: str) -> None:
        answer = sample_client.patch(
            f"/v1/{noun}/{row['id']}", json=fields, headers={"If-Match": "*"}
        )
        assert answer.status_code == 200

    change("candidates", paused, status="paused")
    items = suggestions(sample_client, "slots", slot["id"])["items"]
    assert first not in [item["candidate"] for item in items]
    change("slots", slot, status="draft")
    assert suggestions(sample_client, "slots", slot["id"])["items"] == []
