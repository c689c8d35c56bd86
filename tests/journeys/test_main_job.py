"""The main job over HTTP, from a slot that is posted to a plan with its proof."""

from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.match_runs.worker import new_owner, work_once
from tests.conftest import Clock


def test_the_twelve_pilots_find_a_place_for_at_least_forty_people(
    sample_engine: Engine, sample_client: TestClient, clock: Clock
) -> None:
    asked = sample_client.post("/v1/match-runs", json={"seed": 2017})
    assert asked.status_code == 202
    run_at = asked.headers["Location"]
    assert sample_client.get(run_at).json()["status"] == "queued"

    assert work_once(sample_engine, owner=new_owner(), clock=clock)

    run = sample_client.get(run_at).json()
    proof = sample_client.get(f"{run_at}/proof").json()
    assert run["status"] == "optimal"
    assert run["nPlaced"] >= 40
    assert proof["proof"] == "proven"
    assert proof["statement"] == (
        "Under these rules and weights, chosen by people, no plan does better."
    )
