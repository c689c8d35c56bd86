"""Matches in one request: nothing is stored, order means nothing, and no plan does better."""

import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching import Policy, to_problem
from models.candidate import CandidateFacts
from service.importing.files import read_file
from service.importing.postcodes import read_postcodes
from service.importing.reading import CANDIDATES, SLOTS_ALONE, read_rows
from service.match_runs.solving import score_input
from service.schemas import SlotFacts
from tests.factories import POSTCODES, TODAY, make_candidate, make_input, make_slot
from tests.oracles import best_by_brute_force, value_of_plan
from tests.service.conftest import Sample
from tests.stored import unchanged

Json = dict[str, Any]

TINY = Path(__file__).parents[2] / "data/samples/tiny"
LEVELS = ("A1", "A2", "B1", "B2", "C1")


def as_json(facts: Any) -> Any:
    return facts.model_dump(mode="json", by_alias=True)


def request(candidates: list[CandidateFacts], slots: list[SlotFacts], **told: Any) -> Json:
    return {
        "asOf": TODAY.isoformat(),
        "candidates": [as_json(one) for one in candidates],
        "slots": [as_json(one) for one in slots],
        "postcodes": [as_json(one) for one in POSTCODES],
        **told,
    }


def match(client: TestClient, body: Json, **headers: str) -> Json:
    answer = client.post("/v1/matches", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def drawn(seed: int, people: int = 5, places: int = 3) -> tuple[list[Any], list[Any]]:
    """Return people and places of many sorts, some of whom cannot go somewhere."""
    chance = random.Random(seed)
    candidates = [
        make_candidate(
            f"K-{number}",
            pc4=chance.choice([None, *(area.pc4 for area in POSTCODES)]),
            max_travel_minutes=chance.choice([30, 90, 400]),
            diploma=chance.choice([None, "none", "mbo_2", "bachelor"]),
            weekly_hours_to=chance.choice([20, 24, 36]),
            waiting_since=chance.choice([None, "2015-01-01", "2017-11-01"]),
            languages=[{"language": "nld", "speaking": chance.choice(LEVELS)}],
            wishes=[{"about": "slot", "code": f"S-{chance.randrange(places)}", "rank": 1}],
        )
        for number in range(people)
    ]
    slots = [
        make_slot(
            f"S-{number}",
            seats=chance.choice([1, 2]),
            education={"level": chance.choice(["none", "mbo_4"]), "strength": "wanted"},
            languages=[
                {
                    "language": "nld",
                    "skill": "speaking",
                    "level": chance.choice(LEVELS),
                    "strength": chance.choice(["must", "wanted", "trained"]),
                }
            ],
        )
        for number in range(places)
    ]
    return candidates, slots


def test_nothing_is_stored(sample_client: TestClient, sample_engine: Engine) -> None:
    with unchanged(sample_engine):
        assert match(sample_client, request(*drawn(1)))["places"]


@pytest.mark.parametrize("seed", range(12))
def test_the_places_are_as_good_as_trying_every_plan(seed: int, untouched: Sample) -> None:
    candidates, slots = drawn(seed)
    answer = match(untouched.client, request(candidates, slots, seed=seed))
    layers = score_input(make_input(candidates, slots), Policy.default())
    problem = to_problem(layers, as_of=TODAY)
    people, places = layers.pairing.candidates.codes, layers.pairing.slots.codes
    chosen = [
        places.index(answer["places"][code]) if code in answer["places"] else -1 for code in people
    ]
    best = best_by_brute_force(problem, ("placed", "score"))
    assert value_of_plan(problem, chosen, ("placed", "score")) == best
    proof = answer["proof"]
    assert (proof["nPlaced"], proof["score"]) == best[:2]
    assert (proof["status"], proof["proof"], proof["faults"]) == ("optimal", "proven", [])


def test_the_drawn_problems_are_of_many_sorts() -> None:
    problems = [
        to_problem(score_input(make_input(*drawn(seed)), Policy.default()), as_of=TODAY)
        for seed in range(12)
    ]
    refused = [15 - len(problem.pair_score) for problem in problems]
    assert len(set(refused)) > 3
    assert len({best_by_brute_force(problem, ("placed", "score"))[0] for problem in problems}) > 1


def test_the_same_rows_in_another_order_give_the_same_bytes(untouched: Sample) -> None:
    body = request(*drawn(3), seed=7)
    answers = set()
    for seed in range(5):
        chance = random.Random(seed)
        for rows in ("candidates", "slots", "postcodes"):
            chance.shuffle(body[rows])
        answers.add(untouched.client.post("/v1/matches", json=body).content)
    assert len(answers) == 1


def test_another_fact_gives_another_input_hash_and_the_same_facts_the_same(
    untouched: Sample,
) -> None:
    candidates, slots = drawn(3)
    first, again = (match(untouched.client, request(candidates, slots)) for _ in range(2))
    assert first == again
    slots[0] = slots[0].model_copy(update={"seats": 9})
    assert match(untouched.client, request(candidates, slots))["inputHash"] != first["inputHash"]


def test_everybody_has_a_place_with_reasons_or_is_told_what_stands_in_the_way(
    untouched: Sample,
) -> None:
    candidates, slots = drawn(2)
    answer = match(untouched.client, request(candidates, slots))
    assert [one["candidate"] for one in answer["reasons"]] == [one.code for one in candidates]
    for one in answer["reasons"]:
        assert one["text"]
        assert all(line.endswith((".", "?", ":")) for line in one["text"])
        assert (one["place"] is None) == (one["candidate"] not in answer["places"])
        assert (one["noPlace"] is None) == (one["place"] is not None)
        if one["place"]:
            assert one["place"]["slot"] == answer["places"][one["candidate"]]
            parts = one["place"]["contributions"]
            assert sum(part["points"] for part in parts) == one["place"]["points"]
            assert all(part["text"] for part in parts)
    taken = list(answer["places"].values())
    left = {slot.code: slot.seats - taken.count(slot.code) for slot in slots}
    assert answer["seatsLeft"] == {code: seats for code, seats in left.items() if seats}
    assert min(left.values()) >= 0


def test_the_tiny_sample_gives_the_plan_that_its_page_works_out_by_hand(untouched: Sample) -> None:
    body = request(
        read_rows(read_file(TINY / "candidates.csv"), CANDIDATES),
        read_rows(read_file(TINY / "slots.csv"), SLOTS_ALONE),
        postcodes=[as_json(one) for one in read_postcodes(TINY / "postcodes.csv")],
        policy=(TINY / "policy.toml").read_text(encoding="utf-8"),
    )
    answer = match(untouched.client, body)
    assert answer["places"] == {"K-1": "S-2", "K-2": "S-1", "K-3": "S-3", "K-4": "S-2"}
    assert answer["policy"] == "tiny/1"
    assert answer["proof"]["score"] == 35725
    assert [(one["candidate"], one["slot"], one["ask"]) for one in answer["questions"]] == [
        ("K-4", "S-2", "slot")
    ]


def test_nobody_and_nothing_make_a_proper_answer(untouched: Sample) -> None:
    candidates, slots = drawn(1)
    for people, places in product(([], candidates), ([], slots)):
        answer = match(untouched.client, request(people, places))
        assert answer["proof"]["status"] == "optimal"
        assert len(answer["reasons"]) == len(people)
        assert bool(answer["places"]) == bool(people and places)


def test_it_answers_in_the_language_that_was_asked_for(untouched: Sample) -> None:
    body = request(*drawn(1))
    languages = {"nl": "Dit is een advies", "en": "This is advice", "": "Dit is een advies"}
    for asked, begin in languages.items():
        answer = match(untouched.client, body, **{"Accept-Language": asked})
        assert answer["note"].startswith(begin)
    english, dutch = (match(untouched.client, body, **{"Accept-Language": x}) for x in ("en", "nl"))
    assert english["places"] == dutch["places"]
    assert english["reasons"][0]["text"] != dutch["reasons"][0]["text"]
