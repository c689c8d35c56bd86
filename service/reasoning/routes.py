"""
What more can be asked of a finished run. Every answer is advice, is found by solving the run's own
input again, and is kept nowhere.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from models.texts import Code
from service.access import Actor, May
from service.candidates.queries import find_candidate
from service.http import InWords, ReadSession
from service.match_runs.queries import find_run
from service.reasoning.between import fallbacks, parity, regret
from service.reasoning.queries import (
    reasoning_of,
    request_deadline,
    run_of_code,
    solved_again,
)
from service.reasoning.replanning import replan
from service.reasoning.shapes import (
    AttentionRead,
    ComparisonRead,
    FallbacksRead,
    OtherWay,
    ParityRead,
    QuestionsRead,
    RegretRead,
    ReplanAsk,
    ReplanRead,
    WhatWorksRead,
    WhyNotRead,
    WorthRead,
)
from service.slots.queries import find_slot

router = APIRouter(prefix="/match-runs", tags=["match runs"])
Reader = Annotated[Actor, Depends(May("match_run:read"))]
Asker = Annotated[Actor, Depends(May("match_run:ask"))]
"""Sends a list of people along, and has nothing stored."""

GroupReader = Annotated[Actor, Depends(May("confidential:read"))]
"""Who is in a group is told for one run, to who may see what is confidential."""


@router.get("/{run_id}/candidates/{candidate_id}/why-not/{slot_id}", operation_id="askWhyNot")
def get_why_not(
    run_id: UUID,
    candidate_id: UUID,
    slot_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
) -> WhyNotRead:
    """Ask why a plan does not give somebody a slot: the rule, the question, or what it costs."""
    candidate, slot = find_candidate(session, candidate_id), find_slot(session, slot_id)
    reasoning = reasoning_of(session, find_run(session, run_id), words)
    return reasoning.why_not(candidate.code, slot.code)


@router.get("/{run_id}/candidates/{candidate_id}/what-works", operation_id="askWhatWorks")
def get_what_works(
    run_id: UUID,
    candidate_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
    slot: Annotated[Code | None, Query(description="Code of a slot; any, when left out.")] = None,
    limit: Annotated[int, Query(ge=1, le=10, description="How many ways at most.")] = 3,
) -> WhatWorksRead:
    """Ask what people could change so that somebody gets a place, and nobody loses one."""
    candidate = find_candidate(session, candidate_id)
    reasoning = reasoning_of(session, find_run(session, run_id), words)
    return reasoning.what_works(candidate.code, slot, most=limit)


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
    return reasoning_of(session, find_run(session, run_id), words).compare(way)


@router.get("/{run_id}/candidates/{candidate_id}/regret", operation_id="askRegret")
def get_regret(
    run_id: UUID,
    candidate_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
    slot: Annotated[Code | None, Query(description="Code of a slot; all, when left out.")] = None,
) -> RegretRead:
    """Ask what each place would take from others, were it given to somebody now."""
    candidate = find_candidate(session, candidate_id)
    return regret(reasoning_of(session, find_run(session, run_id), words), candidate.code, slot)


@router.get("/{run_id}/fallbacks", operation_id="askFallbacks")
def get_fallbacks(
    run_id: UUID, session: ReadSession, actor: Reader, words: InWords
) -> FallbacksRead:
    """Ask where each person could go if their place fell through, moving nobody else."""
    return fallbacks(reasoning_of(session, find_run(session, run_id), words))


@router.get("/{run_id}/parity", operation_id="askParity")
def get_parity(
    run_id: UUID, session: ReadSession, actor: GroupReader, words: InWords
) -> ParityRead:
    """Ask which share of each group has a place, against plans drawn by lot."""
    return parity(reasoning_of(session, find_run(session, run_id), words))


@router.post("/{run_id}/replan", operation_id="askReplan")
def post_replan(
    run_id: UUID, asked: ReplanAsk, session: ReadSession, actor: Asker, words: InWords
) -> ReplanRead:
    """
    Ask for plans for this run's input that move few people from their places in another. Nothing is
    stored: it is a POST because who said yes to a place has no business in an address.
    """
    deadline = request_deadline()
    run, earlier = find_run(session, run_id), run_of_code(session, asked.since)
    before = solved_again(session, earlier)
    return replan(
        solved_again(session, run),
        before.places,
        before.layers.pairing.candidates.codes,
        since=earlier.code,
        words=words,
        seed=run.seed,
        agreed=asked.agreed,
        deadline=deadline,
    )
