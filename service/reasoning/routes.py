"""
What more can be asked of a finished run. Every answer is advice, is found by solving the run's own
input again, and is kept nowhere.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from models.texts import Code
from service.access import Actor, May
from service.http import InWords, ReadSession
from service.match_runs.queries import find_run
from service.reasoning.queries import reasoning_of, run_of_code, solved_again
from service.reasoning.replanning import replan
from service.reasoning.shapes import (
    AttentionRead,
    ComparisonRead,
    QuestionsRead,
    ReplanRead,
    WhatWorksRead,
    WhyNotRead,
    WorthRead,
)

router = APIRouter(prefix="/match-runs", tags=["match runs"])
Reader = Annotated[Actor, Depends(May("match_run:read"))]


class OtherWay(StrEnum):
    """Another way of planning."""

    OWN_BEST = "own_best"
    ABSOLUTE = "absolute"
    WORST = "worst"
    LEXIMIN = "leximin"


@router.get("/{run_id}/why-not", operation_id="askWhyNot")
def get_why_not(
    run_id: UUID,
    candidate: Annotated[Code, Query(description="Code of a candidate.")],
    slot: Annotated[Code, Query(description="Code of a slot.")],
    session: ReadSession,
    actor: Reader,
    words: InWords,
) -> WhyNotRead:
    """Ask why a plan does not give somebody a slot: the rule, the question, or what it costs."""
    return reasoning_of(session, find_run(session, run_id), words).why_not(candidate, slot)


@router.get("/{run_id}/what-works", operation_id="askWhatWorks")
def get_what_works(
    run_id: UUID,
    candidate: Annotated[Code, Query(description="Code of a candidate.")],
    session: ReadSession,
    actor: Reader,
    words: InWords,
    slot: Annotated[Code | None, Query(description="Code of a slot; any, when left out.")] = None,
    limit: Annotated[int, Query(ge=1, le=10, description="How many ways at most.")] = 3,
) -> WhatWorksRead:
    """Ask what people could change so that somebody gets a place, and nobody loses one."""
    reasoning = reasoning_of(session, find_run(session, run_id), words)
    return reasoning.what_works(candidate, slot, most=limit)


@router.get("/{run_id}/questions", operation_id="askQuestions")
def get_questions(
    run_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
    solves: Annotated[
        int, Query(ge=0, le=1000, description="Plans made at most; what is left open says so.")
    ] = 100,
) -> QuestionsRead:
    """Ask which unknown facts could change the plan; those that matter most first."""
    return reasoning_of(session, find_run(session, run_id), words).questions(most_solves=solves)


@router.get("/{run_id}/worth", operation_id="askWorth")
def get_worth(run_id: UUID, session: ReadSession, actor: Reader, words: InWords) -> WorthRead:
    """Ask what one more seat in each slot, and four hours a week more, would bring."""
    return reasoning_of(session, find_run(session, run_id), words).worth()


@router.get("/{run_id}/attention", operation_id="askAttention")
def get_attention(
    run_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
    times: Annotated[int, Query(ge=1, le=500, description="How many plans are made.")] = 100,
) -> AttentionRead:
    """Ask whose place would be another if weights, points and who is there differed slightly."""
    return reasoning_of(session, find_run(session, run_id), words).attention(times=times)


@router.get("/{run_id}/compare", operation_id="askComparison")
def get_comparison(
    run_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
    way: Annotated[
        OtherWay, Query(alias="with", description="Another way of planning.")
    ] = OtherWay.ABSOLUTE,
) -> ComparisonRead:
    """Ask what another way of planning would change, and for whom."""
    return reasoning_of(session, find_run(session, run_id), words).compare(way.value)


@router.get("/{run_id}/replan", operation_id="askReplan")
def get_replan(
    run_id: UUID,
    since: Annotated[Code, Query(description="Code of the earlier run: the places people have.")],
    session: ReadSession,
    actor: Reader,
    words: InWords,
    agreed: Annotated[
        list[Code], Query(max_length=200, description="Who said yes to their place; moved last.")
    ] = [],  # noqa: B006 – FastAPI copies it
) -> ReplanRead:
    """Ask for plans for this run's input that move few people from their places in another."""
    run, earlier = find_run(session, run_id), run_of_code(session, since)
    before = solved_again(session, earlier)
    return replan(
        solved_again(session, run),
        before.places,
        before.layers.pairing.candidates.codes,
        since=earlier.code,
        words=words,
        seed=run.seed,
        agreed=agreed,
    )
