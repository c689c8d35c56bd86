"""A finished run read back with what it was given, so that it can be asked more."""

from functools import lru_cache
from typing import Final

from sqlmodel import Session, col, select

from matching import Policy
from matching.deadline import Deadline
from models.confidential import frozen_input
from models.match_run import MatchRun
from models.policy import StoredPolicy
from service.errors import Conflict, NotFound, NotReady, TakesTooLong
from service.match_runs.queries import ANSWERED
from service.match_runs.solving import Solved, Stated, state_input, stored_plan
from service.reasoning.answers import Reasoning
from service.schemas import RunInput
from service.settings import settings
from service.taxonomy import taxonomy_hash
from service.wording import Words

MOST_PAIRS: Final = 200_000
"""Candidates times slots, up to which a run can be asked more: most answers take many solves."""

MOST_PAIRS_TOGETHER: Final = 20_000
"""The same where rules hold for several people together: each solve takes longer."""


def solved_again(session: Session, run: MatchRun) -> Solved:
    """
    Return a run's plan with all it rests on: its frozen input under its policy, and the plan as it
    was stored. Nothing is solved.

    Raises `NotReady` before the run has a plan, `TakesTooLong` where the run is too large to be
    asked in a request, and `Conflict` where its facts no longer come to the same.
    """
    if run.status not in ANSWERED or run.certificate is None or run.check is None:
        raise NotReady("The run has no plan yet; read the run to see where it stands.")
    n_pairs = run.n_candidates * run.n_slots
    _refuse_above(MOST_PAIRS, n_pairs)
    policy = session.get_one(StoredPolicy, run.policy_id)
    stated = _stated(frozen_input(session, run.id), policy.content)
    if stated.problem.has_side_rules:
        _refuse_above(MOST_PAIRS_TOGETHER, n_pairs)
    solved = stored_plan(
        stated,
        run.certificate,
        run.check,
        status=run.status.value,
        placed=run.n_placed or 0,
        score=run.score or 0,
        bound=run.bound or 0,
    )
    if solved is None:
        raise Conflict("This run cannot be made again as it was. Ask for a new one.")
    return solved


def _refuse_above(most: int, n_pairs: int) -> None:
    if n_pairs > most:
        raise TakesTooLong(
            f"This run has {n_pairs} pairs of candidate and slot; up to {most} can be asked more. "
            "Ask for a run over fewer pilots."
        )


@lru_cache(maxsize=2)
def _stated(content: str, policy: str) -> Stated:
    """State what a run was given; the last ones are kept, for one question follows another."""
    given = RunInput.model_validate_json(content)
    if given.vocabulary_hash != taxonomy_hash():
        raise Conflict("The list of skills has changed since this run. Ask for a new one.")
    return state_input(given, Policy.parse(policy))


def reasoning_of(
    session: Session, run: MatchRun, words: Words, *, deadline: Deadline | None = None
) -> Reasoning:
    """Return what answers a question about a run; without a deadline, by that of a request."""
    until = deadline or request_deadline()
    return Reasoning(solved_again(session, run), words, seed=run.seed, deadline=until)


def request_deadline() -> Deadline:
    """Return when a request that begins now has to have its answer."""
    return Deadline(settings().answer_seconds)


def run_of_code(session: Session, code: str) -> MatchRun:
    """Return the run that has a code, or say that there is none."""
    run = session.exec(select(MatchRun).where(MatchRun.code == code)).one_or_none()
    if run is None:
        raise NotFound("match run")
    return run


def last_run(session: Session) -> MatchRun | None:
    """Return the newest run that has a plan."""
    return session.exec(
        select(MatchRun)
        .where(col(MatchRun.status).in_(ANSWERED))
        .order_by(col(MatchRun.id).desc())
        .limit(1)
    ).first()
