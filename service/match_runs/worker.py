"""
Takes queued runs and solves them, outside the process that answers requests.

A job is claimed by a conditional UPDATE under a lease that is renewed while the work goes on. Every
step that stores something first checks that the lease is still this worker's, so that a run whose
worker died is taken over and never stored twice.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, and_, delete, or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from matching import Policy
from models.base import Clock
from models.candidate import Candidate
from models.codes import JobStatus, RunStatus
from models.confidential import ProposalReasons, frozen_input, keep_reasons
from models.job import Job
from models.match_run import MatchRun
from models.policy import StoredPolicy
from models.proposal import Proposal
from models.slot import Slot
from service.access import Actor
from service.audit import record
from service.database import clock_of, now, reading, transaction
from service.logs import logger
from service.match_runs.solving import Solved, solve_input
from service.schemas import RunInput
from service.taxonomy import taxonomy_hash

LEASE = timedelta(seconds=30)
RENEW_SECONDS = 10.0
POLL_SECONDS = 0.5
RETRY_SECONDS = 5.0
MOST_ATTEMPTS = 3
WORKER = Actor("system", "worker")

log = logger(__name__)


class LeaseLost(Exception):
    """Another worker has taken this job over; whatever was going to be stored is not."""


class VocabularyChanged(Exception):
    """The skills taxonomy is another than when the run was asked for."""


def new_owner() -> str:
    """Return a name for this worker that no other has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"


def work(engine: Engine, *, stop: threading.Event, clock: Clock = now) -> None:
    """Take jobs until told to stop."""
    owner = new_owner()
    while not stop.is_set():
        try:
            busy = work_once(engine, owner=owner, clock=clock)
        except SQLAlchemyError as error:
            # The database is away for a moment, or longer: a job that was taken is taken over.
            log.error("database unavailable", extra={"error": type(error).__name__})
            stop.wait(RETRY_SECONDS)
            continue
        if not busy:
            stop.wait(POLL_SECONDS)


def work_once(engine: Engine, *, owner: str, clock: Clock = now) -> bool:
    """Take one job and do it; return whether there was one."""
    job_id = claim(engine, owner=owner, clock=clock)
    if job_id is None:
        return False
    try:
        with _renewing(engine, job_id, owner, clock):
            _solve_run(engine, job_id, owner=owner, clock=clock)
    except LeaseLost:
        log.warning("lease lost", extra={"job": str(job_id)})
    except Exception as error:
        # The kind of error only: its text could hold what a candidate needs.
        log.error("run failed", extra={"job": str(job_id), "error": type(error).__name__})
        _fail(engine, job_id, owner=owner, error=type(error).__name__, clock=clock)
    return True


def claim(engine: Engine, *, owner: str, clock: Clock = now) -> UUID | None:
    """
    Take the oldest job that waits or whose worker let its lease run out; at most one worker gets
    it.
    """
    with transaction(engine, clock) as session:
        at = clock_of(session)
        free = or_(
            col(Job.status) == JobStatus.WAITING,
            and_(col(Job.status) == JobStatus.TAKEN, col(Job.lease_until) < at),
        )
        candidates = session.exec(select(Job.id).where(free).order_by(col(Job.id)).limit(5)).all()
        for job_id in candidates:
            taken = session.exec(
                update(Job)
                .where(col(Job.id) == job_id, free)
                .values(
                    status=JobStatus.TAKEN,
                    owner=owner,
                    lease_until=at + LEASE,
                    attempts=Job.attempts + 1,
                    version=Job.version + 1,
                    updated_at=at,
                )
            )
            if _rows(taken) == 1:
                return job_id
    return None


def _rows(result: CursorResult[tuple[()]]) -> int:
    return int(result.rowcount)


def _hold(session: Session, job_id: UUID, owner: str) -> None:
    """
    Renew the lease, or give up when it is another's; the row stays locked until the transaction
    ends.
    """
    at = clock_of(session)
    held = session.exec(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.owner) == owner, col(Job.status) == JobStatus.TAKEN)
        .values(lease_until=at + LEASE, version=Job.version + 1, updated_at=at)
    )
    if _rows(held) != 1:
        raise LeaseLost


@contextmanager
def _renewing(engine: Engine, job_id: UUID, owner: str, clock: Clock) -> Iterator[None]:
    """Renew the lease in the background while the work goes on."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            try:
                with transaction(engine, clock) as session:
                    _hold(session, job_id, owner)
            except LeaseLost:
                return
            except SQLAlchemyError as error:
                log.error("lease not renewed", extra={"error": type(error).__name__})

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _solve_run(engine: Engine, job_id: UUID, *, owner: str, clock: Clock) -> None:
    with reading(engine, clock) as session:
        job = session.get_one(Job, job_id)
        run = session.get_one(MatchRun, job.subject_id)
        given = RunInput.model_validate_json(frozen_input(session, run.id))
        policy = Policy.parse(session.get_one(StoredPolicy, run.policy_id).content)
        run_id, seed, attempts = run.id, run.seed, job.attempts
    if given.vocabulary_hash != taxonomy_hash():
        raise VocabularyChanged
    if attempts > MOST_ATTEMPTS:
        raise RuntimeError("too many attempts")

    def step(change: Callable[[Session, MatchRun], None]) -> None:
        with transaction(engine, clock) as session:
            _hold(session, job_id, owner)
            change(session, session.get_one(MatchRun, run_id))

    step(_begin)
    solved = solve_input(given, policy, seed=seed)
    step(lambda session, run: _progress(run, "explaining"))
    reasons = solved.reasons
    log.info(
        "run solved", extra={"run": str(run_id), "placed": solved.plan.placed, "n": len(reasons)}
    )
    with transaction(engine, clock) as session:
        _hold(session, job_id, owner)
        _store(session, session.get_one(MatchRun, run_id), solved)
        _finish_job(session, job_id, JobStatus.DONE)


def _begin(session: Session, run: MatchRun) -> None:
    run.status = RunStatus.RUNNING
    run.started_at = run.started_at or clock_of(session)
    _progress(run, "solving")


def _progress(run: MatchRun, step: str) -> None:
    run.progress = step


def _store(session: Session, run: MatchRun, solved: Solved) -> None:
    """
    Store what the run puts forward, in the place of what an interrupted attempt may have left.
    """
    earlier = select(Proposal.id).where(Proposal.match_run_id == run.id)
    session.exec(delete(ProposalReasons).where(col(ProposalReasons.proposal_id).in_(earlier)))
    session.exec(delete(Proposal).where(col(Proposal.match_run_id) == run.id))
    people = dict(session.exec(select(Candidate.code, Candidate.id)).all())
    slots = dict(session.exec(select(Slot.code, Slot.id)).all())
    for reasons in solved.reasons:
        place = reasons.get("place")
        proposal = Proposal(
            match_run_id=run.id,
            candidate_id=people[reasons["candidate"]],
            slot_id=slots[place["slot"]] if place else None,
            points=place["points"] if place else None,
            of_own_best=place["of_own_best"] if place else None,
            completeness=place["completeness"] if place else None,
            open_questions=len(place["questions"]) if place else 0,
        )
        session.add(proposal)
        session.flush()
        keep_reasons(session, proposal.id, reasons)
    run.status = RunStatus(solved.plan.status.value)
    run.progress = "done"
    run.ended_at = clock_of(session)
    run.n_placed = solved.plan.placed
    run.score, run.bound = int(solved.plan.score), int(solved.plan.bound)
    run.certificate = solved.certificate
    run.check = {
        "ok": solved.check.ok,
        "feasible": solved.check.feasible,
        "proof": solved.check.proof,
        "faults": list(solved.check.faults),
    }
    record(
        session,
        "match_run:ended",
        kind="match_run",
        subject_id=run.id,
        code=run.code,
        by=WORKER,
        status=run.status.value,
        placed=run.n_placed,
        proof=solved.check.proof,
    )


def _finish_job(session: Session, job_id: UUID, status: JobStatus) -> None:
    session.exec(
        update(Job)
        .where(col(Job.id) == job_id)
        .values(
            status=status, lease_until=None, version=Job.version + 1, updated_at=clock_of(session)
        )
    )


def _fail(engine: Engine, job_id: UUID, *, owner: str, error: str, clock: Clock) -> None:
    try:
        with transaction(engine, clock) as session:
            _hold(session, job_id, owner)
            job = session.get_one(Job, job_id)
            run = session.get_one(MatchRun, job.subject_id)
            run.status, run.progress = RunStatus.FAILED, "failed"
            run.ended_at = clock_of(session)
            run.failure = f"The run stopped on an internal error ({error})."
            _finish_job(session, job_id, JobStatus.FAILED)
            record(
                session,
                "match_run:failed",
                kind="match_run",
                subject_id=run.id,
                code=run.code,
                by=WORKER,
                error=error,
            )
    except LeaseLost:
        log.warning("lease lost", extra={"job": str(job_id)})
