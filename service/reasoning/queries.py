"""A finished run made again from what it was given, so that it can be asked more."""

from functools import lru_cache
from typing import Final

from sqlmodel import Session, col, select

from matching import Policy
from models.confidential import frozen_input
from models.match_run import MatchRun
from models.policy import StoredPolicy
from service.errors import Conflict, NotFound, NotReady
from service.match_runs.queries import ANSWERED
from service.match_runs.solving import Solved, solve_input
from service.reasoning.answers import Reasoning
from service.schemas import RunInput
from service.taxonomy import taxonomy_hash
from service.wording import Words

MOST_PAIRS: Final = 200_000
"""Candidates times slots, up to which a run can be asked more: each answer solves it again."""

MOST_PAIRS_TOGETHER: Final = 20_000
"""The same where rules hold for several people together: each solve takes longer."""

AGAIN_SECONDS: Final = 30.0
"""Who asks is waiting; a plan that takes longer does not come out the same, and is refused."""


def solved_again(session: Session, run: MatchRun) -> Solved:
    """
    Return a run's plan with all it rests on, from its frozen input, its policy and its seed.

    Raises `NotReady` before the run has a plan, and `Conflict` where the same plan does not come
    out again, or where the run is too large to be asked in a request.
    """
    if run.status not in ANSWERED or run.certificate is None:
        raise NotReady("The run has no plan yet; read the run to see where it stands.")
    if run.n_candidates * run.n_slots > MOST_PAIRS:
        raise Conflict("This run is too large to be asked more. Ask for one of fewer pilots.")
    policy = session.get_one(StoredPolicy, run.policy_id)
    solved = _solved(frozen_input(session, run.id), policy.content, run.seed)
    if solved.problem.has_side_rules and run.n_candidates * run.n_slots > MOST_PAIRS_TOGETHER:
        raise Conflict("This run is too large to be asked more. Ask for one of fewer pilots.")
    if solved.plan.slots.tolist() != run.certificate["plan"]:
        raise Conflict("This run cannot be made again as it was. Ask for a new one.")
    return solved


@lru_cache(maxsize=2)
def _solved(content: str, policy: str, seed: int) -> Solved:
    """Make a plan again; the last ones are kept, for one question follows another."""
    given = RunInput.model_validate_json(content)
    if given.vocabulary_hash != taxonomy_hash():
        raise Conflict("The list of skills has changed since this run. Ask for a new one.")
    return solve_input(given, Policy.parse(policy), seed=seed, time_limit=AGAIN_SECONDS)


def reasoning_of(session: Session, run: MatchRun, words: Words) -> Reasoning:
    """Return what answers questions about a run."""
    return Reasoning(solved_again(session, run), words, seed=run.seed)


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
