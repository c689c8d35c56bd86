"""
Match runs over HTTP: ask for one, see where it stands, read what it puts forward and the proof.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from service.access import Actor, May
from service.calendar import today
from service.http import InWords, ReadSession, WriteSession, show_version
from service.match_runs.actions import start_run
from service.match_runs.queries import (
    find_run,
    list_proposals,
    list_runs,
    read_proof,
    read_run,
)
from service.match_runs.shapes import MatchRunCreate, MatchRunRead, ProofRead, ProposalRead
from service.paging import Cursor, Limit, Page, as_page
from service.policies.actions import default_policy, find_edition

router = APIRouter(prefix="/match-runs", tags=["match runs"])
Reader = Annotated[Actor, Depends(May("match_run:read"))]
Starter = Annotated[Actor, Depends(May("match_run:start"))]


@router.post("", status_code=202, operation_id="startMatchRun")
def create_run(
    new: MatchRunCreate, session: WriteSession, actor: Starter, response: Response
) -> MatchRunRead:
    """
    Ask for a match run. It answers at once; a worker solves it, and people decide about what it
    proposes.
    """
    run = start_run(
        session,
        seed=new.seed,
        today=new.as_of or today(session),
        policy=(
            default_policy(session, by=actor)
            if new.policy is None
            else find_edition(session, new.policy)
        ),
        pilots=new.pilots,
        groups=new.groups,
        by=actor,
    )
    show_version(response, run, at=f"/v1/match-runs/{run.id}")
    return read_run(session, run)


@router.get("", response_model=Page[MatchRunRead], operation_id="listMatchRuns")
def get_runs(
    session: ReadSession, actor: Reader, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """List match runs, in the order of asking."""
    rows, after = list_runs(session, limit=limit, cursor=cursor)
    return as_page([read_run(session, row) for row in rows], after)


@router.get("/{run_id}", operation_id="getMatchRun")
def get_run(run_id: UUID, session: ReadSession, actor: Reader, response: Response) -> MatchRunRead:
    """See where a run stands."""
    run = find_run(session, run_id)
    show_version(response, run)
    return read_run(session, run)


@router.get("/{run_id}/proposals", response_model=Page[ProposalRead], operation_id="listProposals")
def get_proposals(
    run_id: UUID,
    session: ReadSession,
    actor: Reader,
    words: InWords,
    limit: Limit = 50,
    cursor: Cursor = None,
    placed: Annotated[
        bool | None, Query(description="Only those with a place, or only those without.")
    ] = None,
) -> dict[str, Any]:
    """Read what a run puts forward, with the reasons for each place and for each *no place yet*."""
    run = find_run(session, run_id)
    items, after = list_proposals(session, run, words, limit=limit, cursor=cursor, placed=placed)
    return as_page(items, after)


@router.get("/{run_id}/proof", operation_id="getProof")
def get_proof(run_id: UUID, session: ReadSession, actor: Reader, words: InWords) -> ProofRead:
    """Read why no plan does better, and the numbers to do that sum again."""
    return read_proof(session, find_run(session, run_id), words)
