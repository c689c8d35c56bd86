"""
What the sample's README tells of coaches, a quota and bonds is what plans do.

data/samples/proeftuinen-2017/README.md, under *Coaches over the year*.
"""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching import Policy, solve, to_problem
from models.confidential import frozen_input
from service.access import SHELL
from service.database import transaction
from service.demo import SAMPLE, SAMPLE_DAY
from service.match_runs.actions import start_run
from service.match_runs.solving import Solved, score_input, solve_input
from service.match_runs.worker import new_owner, work_once
from service.policies.actions import default_policy
from service.schemas import RunInput
from tests.conftest import Clock, OpenDatabase

README = " ".join((SAMPLE / "README.md").read_text(encoding="utf-8").split())
SEED = 2017


@pytest.fixture(scope="module")
def given(made_databases: OpenDatabase, tmp_path_factory: pytest.TempPathFactory) -> RunInput:
    """What a run over the sample is given."""
    folder: Path = tmp_path_factory.mktemp("over-the-year")
    with (
        made_databases("sqlite", folder, sample=True) as engine,
        transaction(engine) as session,
    ):
        policy = default_policy(session, by=SHELL)
        run = start_run(session, seed=SEED, today=SAMPLE_DAY, policy=policy, by=SHELL)
        return RunInput.model_validate_json(frozen_input(session, run.id))


@pytest.fixture(scope="module")
def solved(given: RunInput) -> Solved:
    return solve_input(given, Policy.default(), seed=SEED)


def with_coach(given: RunInput, code: str, hours: float) -> RunInput:
    """The same input, with other hours for one coach; none: without that coach."""
    coaches = [
        one.model_copy(update={"weekly_hours": hours}) if one.code == code else one
        for one in given.coaches
        if hours or one.code != code
    ]
    return given.model_copy(update={"coaches": coaches})


def test_the_counts_of_the_readme(given: RunInput) -> None:
    assert len(given.coaches) == 6
    assert len({pilot for one in given.coaches for pilot in one.pilots}) == 10
    assert "six coaches who serve ten of the pilots" in README
    assert (len(given.quotas), len(given.bonds)) == (1, 2)


def test_one_hour_of_a_coach_decides_who_starts_at_eiffel(given: RunInput, solved: Solved) -> None:
    helped = {"K-008": "S-STAGES-2", "K-011": "S-STAGES-1", "K-030": "S-STAGES-1"}
    assert helped.items() <= solved.places.items()
    assert "K-013" not in solved.places
    assert solved.places["K-065"] == "S-EIFFEL-2"
    more = solve_input(with_coach(given, "JC-WERKPLAATS", 6), Policy.default(), seed=SEED)
    assert more.places["K-013"] == "S-EIFFEL-2"
    assert "K-065" not in more.places


def test_in_the_fullest_week_three_coaches_give_all_their_hours(solved: Solved) -> None:
    full = {tuple(one.coaches): one for one in solved.coach_hours}
    week = full["JC-RANDSTAD", "JC-START", "JC-WERKPLAATS"]
    assert (week.used, week.hours) == (12, 12)
    assert (week.starts_on.isoformat(), str(week.ends_on)) == ("2018-02-05", "2018-02-11")
    assert "from 5 to 11 February the three coaches give all of their twelve hours" in README
    assert full["JC-WERKPLAATS",].used == 5


def test_without_the_coach_of_the_first_months_somebody_has_no_place(given: RunInput) -> None:
    without = solve_input(with_coach(given, "JC-START", 0), Policy.default(), seed=SEED)
    assert f"Without `JC-START` the plan has a place for {without.plan.placed} people" in README


def test_two_who_would_rather_not_meet_are_in_two_slots_and_two_travel_together(
    given: RunInput, solved: Solved
) -> None:
    assert solved.places["K-021"] == "S-STAGES-2"
    pilots = {slot.code: slot.pilot for slot in given.slots}
    assert pilots[solved.places["K-016"]] == pilots[solved.places["K-029"]] == "P-AEVES"
    free = solve_input(given.model_copy(update={"bonds": []}), Policy.default(), seed=SEED)
    assert free.places["K-021"] == free.places["K-030"] == "S-STAGES-1"


def test_what_the_rules_over_several_people_cost_in_points(given: RunInput, solved: Solved) -> None:
    layers = score_input(given, Policy.default())
    seats_only = solve(to_problem(layers, as_of=given.as_of), seed=SEED)
    bare = given.model_copy(update={"coaches": [], "quotas": [], "bonds": []})
    hours_of_slots = solve_input(bare, Policy.default(), seed=SEED).plan
    told = [int(number.replace(",", "")) for number in re.findall(r"44\d,\d{3}", README)]
    assert told == [seats_only.score, hours_of_slots.score, solved.plan.score]
    assert {plan.placed for plan in (seats_only, hours_of_slots, solved.plan)} == {45}


def test_every_rule_over_several_people_holds_in_the_plan(solved: Solved) -> None:
    assert solved.check.ok
    assert (solved.check.proof, solved.check.faults) == ("proven", ())
    assert all(one.used <= one.hours for one in solved.coach_hours)


def test_over_http_people_read_where_hours_are_short_and_not_whose_they_are(
    sample_engine: Engine, sample_client: TestClient, clock: Clock
) -> None:
    run_at = sample_client.post("/v1/match-runs", json={"seed": SEED}).headers["Location"]
    assert work_once(sample_engine, owner=new_owner(), clock=clock)
    everybody = sample_client.get(f"{run_at}/proposals?limit=200").json()["items"]
    [mine] = [one for one in everybody if one["candidate"] == "K-013"]
    text = mine["reasons"]["text"]
    assert "In this plan too few hours of support are left at Dossiervormer (S-EIFFEL-2)." in text
    [possible] = mine["reasons"]["noPlace"]["possible"]
    assert ["JC-WERKPLAATS"] in [fact["coaches"] for fact in possible["shortOf"]]
    assert not re.search(r"K-0(08|11|30|65)", str(mine))
    proof = sample_client.get(f"{run_at}/proof").json()
    assert {"coaches": ["JC-WERKPLAATS"], "used": 5, "hours": 5}.items() <= next(
        one for one in proof["coachHours"] if one["coaches"] == ["JC-WERKPLAATS"]
    ).items()
