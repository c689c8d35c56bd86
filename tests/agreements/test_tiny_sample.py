"""The tiny sample's README works all out by hand; here its tables are held against the engine."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from matching import Policy, check, explain, questions_of_plan, score, solve, to_problem
from matching.policy import CRITERIA
from service.crossing import to_profiles
from service.importing.files import read_file
from service.importing.postcodes import read_postcodes
from service.importing.reading import CANDIDATES, SLOTS_ALONE, read_rows
from service.schemas import RunInput
from service.taxonomy import skill_taxonomy

SAMPLE = Path(__file__).parents[2] / "data/samples/tiny"
TODAY = date(2017, 12, 1)
WEIGHED = ("skills", "languages", "wishes", "travel")


def read_table(first: str) -> dict[str, dict[str, str]]:
    """Return the README's table whose heading begins so: rows by name, cells by column."""
    lines = (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines()
    [start] = [at for at, line in enumerate(lines) if line.startswith(f"| {first} |")]
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    heading, _, *body = rows
    return {row[0]: dict(zip(heading[1:], row[1:], strict=True)) for row in body}


@pytest.fixture(scope="module")
def given() -> RunInput:
    return RunInput(
        as_of=TODAY,
        candidates=read_rows(read_file(SAMPLE / "candidates.csv"), CANDIDATES),
        slots=read_rows(read_file(SAMPLE / "slots.csv"), SLOTS_ALONE),
        postcodes=read_postcodes(SAMPLE / "postcodes.csv"),
    )


@pytest.fixture(scope="module")
def layers(given):
    return score(*to_profiles(given, skill_taxonomy()), Policy.load(SAMPLE / "policy.toml"))


@pytest.fixture(scope="module")
def plans(layers):
    """The problem and the plan under each way of comparing."""
    pairing = layers.pairing
    found = {}
    for name, compare in (("own best", "own_best"), ("absolute", "absolute")):
        policy = replace(pairing.policy, compare=compare)
        problem = to_problem(score(pairing.candidates, pairing.slots, policy), as_of=TODAY)
        found[name] = (problem, solve(problem, objective=policy.objective))
    return found


def pairs(layers):
    """Every pair, by its name in the README."""
    pairing = layers.pairing
    for i, candidate in enumerate(pairing.candidates.codes):
        for j, slot in enumerate(pairing.slots.codes):
            yield f"{candidate} {slot}", candidate, slot, i, j


def all_plans_of_four(layers):
    """Every way to give all four a possible place."""
    slots = layers.pairing.slots
    for chosen in product(range(len(slots)), repeat=len(layers.pairing.candidates)):
        possible = all(layers.eligibility.possible[i, j] for i, j in enumerate(chosen))
        if possible and all(chosen.count(j) <= seats for j, seats in enumerate(slots.seats)):
            yield chosen


def by_slot(layers, row: dict[str, str]) -> list[str]:
    return [row[code] for code in layers.pairing.slots.codes]


def test_the_verdicts_and_the_rules_that_matter(layers):
    told = read_table("verdict")
    for _, candidate, slot, i, j in pairs(layers):
        reasons = explain(layers, i, j)
        rules = sorted({one["rule"] for one in [*reasons.refusals, *reasons.questions]})
        said = told[candidate][slot]
        assert said == (f"{reasons.verdict}: {', '.join(rules)}" if rules else reasons.verdict)
    assert {row[slot] for row in told.values() for slot in row} >= {"yes", "no: languages"}


def test_the_layers(layers):
    told = read_table("layer")
    for pair, _, _, i, j in pairs(layers):
        for name in WEIGHED:
            value = layers.layers[name].value[i, j]
            cell = told[pair][name]
            assert np.isnan(value) if cell == "?" else value == pytest.approx(float(cell))


def test_the_points_and_what_each_criterion_adds(layers):
    told = read_table("points")
    policy = layers.pairing.policy
    columns = {name: f"{name} {policy.weights[name]}" for name in WEIGHED}
    assert sum(policy.weights[name] for name in WEIGHED) == sum(policy.weights.values()) == 10
    for pair, _, _, i, j in pairs(layers):
        row = told[pair]
        for name in CRITERIA:
            expected = int(row[columns[name]]) if name in columns else 0
            assert layers.contributions[name][i, j] == expected
        assert layers.points[i, j] == int(row["total"])
        assert layers.completeness[i, j] == pytest.approx(float(row["known"]))


def test_the_points_against_own_best(layers):
    told = read_table("of own best")
    for _, candidate, slot, i, j in pairs(layers):
        cell = told[candidate][slot]
        if cell == "–":
            assert not layers.eligibility.possible[i, j]
        else:
            assert layers.relative[i, j] == int(cell)


def test_the_table_holds_every_plan_and_what_it_adds_up_to(layers):
    told = read_table("plan")
    codes = layers.pairing.slots.codes
    people = layers.pairing.candidates.codes
    listed = {tuple(row[person] for person in people): row for row in told.values()}
    assert len(listed) == len(told)
    everything = list(all_plans_of_four(layers))
    assert set(listed) == {tuple(codes[j] for j in chosen) for chosen in everything}
    for chosen in everything:
        row = listed[tuple(codes[j] for j in chosen)]
        assert sum(layers.relative[i, j] for i, j in enumerate(chosen)) == int(row["own best"])
        assert sum(layers.points[i, j] for i, j in enumerate(chosen)) == int(row["absolute"])


def test_the_two_ways_of_comparing_lead_to_different_plans(layers, plans):
    told = read_table("plan")
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    best = {
        "own best": re.search(r"Against own bests plan (\d)", text),
        "absolute": re.search(r"In plain points plan (\d)", text),
    }
    assert len({found[1] for found in best.values()}) == 2
    for name, found in best.items():
        problem, plan = plans[name]
        row = told[found[1]]
        codes = layers.pairing.slots.codes
        assert [codes[j] for j in plan.slots] == [
            row[person] for person in layers.pairing.candidates.codes
        ]
        assert plan.score == plan.bound == int(row[name])
        assert plan.score == max(int(other[name]) for other in told.values())
        assert check(problem, plan).proof == "proven"


def test_the_prices_and_the_proof(layers, plans):
    told, less = read_table("price"), read_table("less the price")
    for name, (_, plan) in plans.items():
        assert plan.prices.tolist() == [int(cell) for cell in by_slot(layers, told[name])]
    prices = [int(cell) for cell in by_slot(layers, told["own best"])]
    for i, candidate in enumerate(layers.pairing.candidates.codes):
        for j, cell in enumerate(by_slot(layers, less[candidate])):
            assert cell == (
                str(layers.relative[i, j] - prices[j]) if layers.eligibility.possible[i, j] else "–"
            )
        here = [int(cell) for cell in by_slot(layers, less[candidate]) if cell != "–"]
        assert max(here) == int(less[candidate]["best"])
    seats = layers.pairing.slots.seats.tolist()
    bound = sum(int(row["best"]) for row in less.values()) + sum(np.multiply(seats, prices))
    assert bound == plans["own best"][1].score


def test_what_has_to_be_asked(layers, plans):
    told = read_table("to be asked")
    asked = [
        (one["candidate"], one["slot"], one["rule"], one["ask"], one["facts"]["condition"])
        for one in questions_of_plan(layers, plans["own best"][1])
    ]
    assert asked == [
        (who, row["slot"], row["rule"], row["whom"], row["about"]) for who, row in told.items()
    ]


def test_the_sample_is_as_small_as_it_says(given):
    assert len(given.candidates) == 4
    assert [slot.seats for slot in given.slots] == [1, 2, 1]
