"""Workers: a run is taken by one, taken over when its worker is gone, and never stored twice."""

import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from models.job import Job
from models.match_run import MatchRun
from service import cli
from service.access import SHELL
from service.database import reading, transaction
from service.logs import JsonLines
from service.match_runs import worker
from service.match_runs.actions import start_run
from service.match_runs.solving import solve_input
from service.policies.actions import default_policy
from service.settings import settings
from tests.conftest import Clock
from tests.factories import TODAY
from tests.stored import events, everything, unchanged

LONGER_THAN_A_LEASE = 31
"""Seconds."""


def ask(engine: Engine, clock: Clock, seed: int = 0) -> UUID:
    """Put a run in the queue."""
    with transaction(engine, clock) as session:
        policy = default_policy(session, by=SHELL)
        return start_run(session, seed=seed, today=TODAY, policy=policy, by=SHELL).id


def run_of(engine: Engine, run_id: UUID) -> MatchRun:
    with reading(engine) as session:
        run = session.get_one(MatchRun, run_id)
        session.expunge(run)
    return run


def job_of(engine: Engine, run_id: UUID) -> Job:
    with reading(engine) as session:
        job = session.exec(select(Job).where(Job.subject_id == run_id)).one()
        session.expunge(job)
    return job


def ends(engine: Engine) -> list[str]:
    """Return how runs ended, in order."""
    return [one["event"] for one in events(engine) if one["actor"] == "system:worker"]


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something has happened, and fail when it does not."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def while_solving(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen while the next run, and no later one, is being solved."""

    def arrange(happen: Callable[[], object]) -> None:
        left = [happen]

        def solve(*given: Any, **told: Any) -> Any:
            if left:
                left.pop()()
            return solve_input(*given, **told)

        monkeypatch.setattr(worker, "solve_input", solve)

    return arrange


def test_without_a_job_there_is_nothing_to_do(engine: Engine, clock: Clock) -> None:
    with unchanged(engine):
        assert not worker.work_once(engine, owner="A", clock=clock)


def test_jobs_are_taken_in_the_order_of_asking_and_once(engine: Engine, clock: Clock) -> None:
    asked = [ask(engine, clock, seed) for seed in range(3)]
    taken = [worker.claim(engine, owner="A", clock=clock) for _ in range(4)]
    assert taken == [*(job_of(engine, run_id).id for run_id in asked), None]


def test_of_workers_who_reach_for_one_job_at_once_one_gets_it(engine: Engine, clock: Clock) -> None:
    ask(engine, clock)
    ready = threading.Barrier(4)

    def reach(owner: str) -> UUID | None:
        ready.wait()
        return worker.claim(engine, owner=owner, clock=clock)

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(reach, "ABCD"))
    assert sum(job_id is not None for job_id in got) == 1


def test_two_workers_with_one_job_have_one_effect(sample_engine: Engine, clock: Clock) -> None:
    run_id = ask(sample_engine, clock)
    ready = threading.Barrier(2)

    def work(owner: str) -> bool:
        ready.wait()
        return worker.work_once(sample_engine, owner=owner, clock=clock)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, "AB")) == [False, True]
    run = run_of(sample_engine, run_id)
    assert run.status == "optimal"
    assert len(everything(sample_engine)["proposal"]) == run.n_candidates
    assert ends(sample_engine) == ["match_run:ended"]
    job = job_of(sample_engine, run_id)
    assert (job.status, job.attempts, job.lease_until) == ("done", 1, None)


def test_a_job_is_taken_over_when_its_lease_has_run_out_and_not_before(
    sample_engine: Engine, clock: Clock
) -> None:
    run_id = ask(sample_engine, clock)
    worker.claim(sample_engine, owner="A", clock=clock)
    clock.go_on(seconds=29)
    assert not worker.work_once(sample_engine, owner="B", clock=clock)
    clock.go_on(seconds=2)
    assert worker.work_once(sample_engine, owner="B", clock=clock)
    job = job_of(sample_engine, run_id)
    assert (job.owner, job.attempts) == ("B", 2)
    assert run_of(sample_engine, run_id).status == "optimal"


def test_what_a_worker_brings_after_it_was_taken_over_changes_nothing(
    sample_engine: Engine,
    clock: Clock,
    while_solving: Callable[[Callable[[], object]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run_id = ask(sample_engine, clock)
    kept: list[dict[str, list[str]]] = []

    def be_taken_over() -> None:
        clock.go_on(seconds=LONGER_THAN_A_LEASE)
        assert worker.work_once(sample_engine, owner="B", clock=clock)
        kept.append(everything(sample_engine))
        clock.go_on(seconds=LONGER_THAN_A_LEASE)

    while_solving(be_taken_over)
    assert worker.work_once(sample_engine, owner="A", clock=clock)
    assert everything(sample_engine) == kept[0]
    assert ends(sample_engine) == ["match_run:ended"]
    assert job_of(sample_engine, run_id).owner == "B"
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == [
        "lease lost"
    ]


def test_a_worker_that_was_taken_over_cannot_fail_the_run_either(
    sample_engine: Engine,
    clock: Clock,
    while_solving: Callable[[Callable[[], object]], None],
) -> None:
    run_id = ask(sample_engine, clock)

    def be_taken_over_and_fall() -> None:
        clock.go_on(seconds=LONGER_THAN_A_LEASE)
        assert worker.work_once(sample_engine, owner="B", clock=clock)
        raise RuntimeError

    while_solving(be_taken_over_and_fall)
    assert worker.work_once(sample_engine, owner="A", clock=clock)
    assert run_of(sample_engine, run_id).status == "optimal"
    assert ends(sample_engine) == ["match_run:ended"]


def test_a_lease_is_renewed_while_the_work_goes_on(
    sample_engine: Engine,
    clock: Clock,
    while_solving: Callable[[Callable[[], object]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.02)
    run_id = ask(sample_engine, clock)

    def take_long() -> None:
        for _ in range(3):
            clock.go_on(seconds=20)
            wait_for(lambda: job_of(sample_engine, run_id).lease_until == clock() + worker.LEASE)
            assert worker.claim(sample_engine, owner="B", clock=clock) is None

    while_solving(take_long)
    assert worker.work_once(sample_engine, owner="A", clock=clock)
    assert run_of(sample_engine, run_id).status == "optimal"
    assert job_of(sample_engine, run_id).attempts == 1


def test_a_run_that_breaks_down_says_so_without_a_word_of_what_was_inside(
    sample_client: TestClient,
    sample_engine: Engine,
    clock: Clock,
    while_solving: Callable[[Callable[[], object]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run_id, next_id = ask(sample_engine, clock), ask(sample_engine, clock)

    def fall() -> None:
        raise ValueError("K-001 needs a kwikstaart")

    while_solving(fall)
    assert worker.work_once(sample_engine, owner="A", clock=clock)
    run = sample_client.get(f"/v1/match-runs/{run_id}").json()
    assert (run["status"], run["progress"], run["nPlaced"]) == ("failed", "failed", None)
    assert run["endedAt"] == "2017-12-01T09:00:00Z"
    assert run["failure"] == "The run stopped on an internal error (ValueError)."
    assert sample_client.get(f"/v1/match-runs/{run_id}/proof").status_code == 409
    assert ends(sample_engine) == ["match_run:failed"]
    logged = "".join(JsonLines().format(one) + str(vars(one)) for one in caplog.records)
    assert "ValueError" in logged
    assert "kwikstaart" not in logged + str(everything(sample_engine))
    # It stays failed, and the next run does not suffer from it.
    assert worker.work_once(sample_engine, owner="A", clock=clock)
    assert not worker.work_once(sample_engine, owner="A", clock=clock)
    assert run_of(sample_engine, run_id).status == "failed"
    assert run_of(sample_engine, next_id).status == "optimal"


def test_a_run_that_every_worker_dies_of_fails_for_good(
    sample_engine: Engine, clock: Clock
) -> None:
    run_id = ask(sample_engine, clock)
    for attempt in range(worker.MOST_ATTEMPTS):
        assert worker.claim(sample_engine, owner=f"dying-{attempt}", clock=clock)
        clock.go_on(seconds=LONGER_THAN_A_LEASE)
    assert worker.work_once(sample_engine, owner="last", clock=clock)
    run = run_of(sample_engine, run_id)
    assert (run.status, run.progress) == ("failed", "failed")
    assert job_of(sample_engine, run_id).status == "failed"
    clock.go_on(days=1)
    assert not worker.work_once(sample_engine, owner="later", clock=clock)


def test_a_run_that_was_interrupted_in_the_middle_of_storing_is_stored_once_and_whole(
    sample_engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PulledPlug(BaseException):
        """The machine is gone: nothing is caught and nothing is tidied up."""

    def pull_the_plug(*_: object, **__: object) -> None:
        raise PulledPlug

    run_id = ask(sample_engine, clock)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "record", pull_the_plug)
        with pytest.raises(PulledPlug):
            worker.work_once(sample_engine, owner="A", clock=clock)
    assert everything(sample_engine)["proposal"] == []
    assert run_of(sample_engine, run_id).status == "running"
    clock.go_on(seconds=LONGER_THAN_A_LEASE)
    assert worker.work_once(sample_engine, owner="B", clock=clock)
    run = run_of(sample_engine, run_id)
    assert (run.status, len(everything(sample_engine)["proposal"])) == ("optimal", run.n_candidates)


def test_a_worker_stops_when_it_is_told_to(engine: Engine, clock: Clock) -> None:
    run_id = ask(engine, clock)
    stop = threading.Event()
    thread = threading.Thread(target=worker.work, args=(engine,), kwargs={"stop": stop})
    thread.start()
    try:
        wait_for(lambda: run_of(engine, run_id).status == "optimal")
    finally:
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.fixture
def process(
    sample_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[multiprocessing.process.BaseProcess]:
    """A worker in a process of its own, as `proeftuin serve` starts it."""
    address = sample_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PROEFTUIN_DATABASE_URL", address)
    settings.cache_clear()
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    started = spawn.Process(target=cli._work, args=(stop,), daemon=True)
    started.start()
    yield started
    stop.set()
    started.join(timeout=20)
    settings.cache_clear()
    assert started.exitcode == 0


def test_a_worker_in_a_process_of_its_own_solves_what_is_asked_for_here(
    process: multiprocessing.process.BaseProcess, sample_engine: Engine, clock: Clock
) -> None:
    run_id = ask(sample_engine, clock)
    wait_for(lambda: run_of(sample_engine, run_id).status == "optimal" or not process.is_alive())
    assert run_of(sample_engine, run_id).status == "optimal"
    assert f":{process.pid}:" in str(job_of(sample_engine, run_id).owner)
