"""Candidates over HTTP: what is known of them, what is confidential, and what might fit."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from matching import Policy
from models.candidate import CandidateCreate
from models.codes import CandidateStatus
from models.confidential import (
    BackgroundFacts,
    CandidateBackground,
    CandidateContact,
    CandidateNeeds,
    ContactFacts,
    NeedsFacts,
    find_row,
)
from models.texts import Code, Day
from service.access import Actor, May
from service.calendar import today
from service.candidates.actions import add_candidate, change_candidate, write_part
from service.candidates.queries import (
    CandidateRead,
    find_candidate,
    list_candidates,
    read_candidates,
)
from service.errors import NotFound
from service.http import (
    IfMatch,
    IfNoneMatch,
    InWords,
    ReadSession,
    WriteSession,
    sent,
    show_version,
)
from service.paging import Cursor, Limit, Page, as_page
from service.reasons import PairReasons
from service.shapes import patch_of
from service.slots.queries import find_slot
from service.suggestions import SlotSuggestions, explain_pair, suggest_slots

router = APIRouter(prefix="/candidates", tags=["candidates"])
Reader = Annotated[Actor, Depends(May("candidate:read"))]
Writer = Annotated[Actor, Depends(May("candidate:write"))]
Confidant = Annotated[Actor, Depends(May("confidential:read"))]
Recorder = Annotated[Actor, Depends(May("confidential:write"))]
Adviser = Annotated[Actor, Depends(May("suggestion:read"))]
CandidatePatch = patch_of(CandidateCreate)


@router.post("", status_code=201, operation_id="addCandidate")
def create_candidate(
    new: CandidateCreate, session: WriteSession, actor: Writer, response: Response
) -> CandidateRead:
    """
    Add a candidate, by a code. Needs, background and contact data have addresses of their own.
    """
    row = add_candidate(session, new, by=actor)
    show_version(response, row, at=f"/v1/candidates/{row.id}")
    return read_candidates(session, [row])[0]


@router.get("", response_model=Page[CandidateRead], operation_id="listCandidates")
def get_candidates(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    status: Annotated[CandidateStatus | None, Query()] = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List candidates, in the order of adding."""
    rows, after = list_candidates(session, limit=limit, cursor=cursor, status=status, code=code)
    return as_page(read_candidates(session, rows), after)


@router.get("/{candidate_id}", operation_id="getCandidate")
def get_candidate(
    candidate_id: UUID, session: ReadSession, actor: Reader, response: Response
) -> CandidateRead:
    """Read one candidate."""
    row = find_candidate(session, candidate_id)
    show_version(response, row)
    return read_candidates(session, [row])[0]


@router.patch("/{candidate_id}", operation_id="changeCandidate")
def patch_candidate(
    candidate_id: UUID,
    patch: CandidatePatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> CandidateRead:
    """Change a candidate. What is left out stays; `null` makes it unknown."""
    row = find_candidate(session, candidate_id)
    change_candidate(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_candidates(session, [row])[0]


@router.get("/{candidate_id}/suggestions", operation_id="suggestSlots")
def get_suggestions(
    candidate_id: UUID,
    session: ReadSession,
    actor: Adviser,
    words: InWords,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    as_of: Annotated[Day | None, Query(alias="asOf")] = None,
) -> SlotSuggestions:
    """What might fit, with reasons and questions: an advice, no decision, and kept nowhere."""
    row = find_candidate(session, candidate_id)
    day = as_of or today(session)
    return suggest_slots(session, row, policy=Policy.default(), today=day, limit=limit, words=words)


@router.get("/{candidate_id}/explanations/{slot_id}", operation_id="explainPair")
def get_explanation(
    candidate_id: UUID,
    slot_id: UUID,
    session: ReadSession,
    actor: Adviser,
    words: InWords,
    as_of: Annotated[Day | None, Query(alias="asOf")] = None,
) -> PairReasons:
    """Why this slot, or why not: every refusal, question, point and fact of one pair."""
    return explain_pair(
        session,
        find_candidate(session, candidate_id),
        find_slot(session, slot_id),
        policy=Policy.default(),
        today=as_of or today(session),
        words=words,
    )


@router.get("/{candidate_id}/needs", operation_id="getNeeds")
def get_needs(
    candidate_id: UUID, session: ReadSession, actor: Confidant, response: Response
) -> NeedsFacts:
    """Read the confirmed work conditions and support of a candidate."""
    candidate = find_candidate(session, candidate_id)
    row = find_row(session, CandidateNeeds, candidate.id)
    if row is None:
        raise NotFound("note of needs")
    show_version(response, row)
    return row.content


@router.put("/{candidate_id}/needs", operation_id="writeNeeds")
def put_needs(
    candidate_id: UUID,
    content: NeedsFacts,
    session: WriteSession,
    actor: Recorder,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> NeedsFacts:
    """
    Write the confirmed work conditions and support as a whole. The first time: `If-None-Match: *`;
    after that `If-Match`.
    """
    candidate = find_candidate(session, candidate_id)
    row = write_part(
        session,
        candidate,
        CandidateNeeds,
        content,
        if_match=if_match,
        if_none_match=if_none_match,
        by=actor,
    )
    show_version(response, row)
    return row.content


@router.get("/{candidate_id}/background", operation_id="getBackground")
def get_background(
    candidate_id: UUID, session: ReadSession, actor: Confidant, response: Response
) -> BackgroundFacts:
    """Read what was noted of a candidate's background; it is never matched."""
    candidate = find_candidate(session, candidate_id)
    row = find_row(session, CandidateBackground, candidate.id)
    if row is None:
        raise NotFound("note of background")
    show_version(response, row)
    return row.content


@router.put("/{candidate_id}/background", operation_id="writeBackground")
def put_background(
    candidate_id: UUID,
    content: BackgroundFacts,
    session: WriteSession,
    actor: Recorder,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> BackgroundFacts:
    """
    Write the note of background as a whole. The first time: `If-None-Match: *`; after that `If-
    Match`.
    """
    candidate = find_candidate(session, candidate_id)
    row = write_part(
        session,
        candidate,
        CandidateBackground,
        content,
        if_match=if_match,
        if_none_match=if_none_match,
        by=actor,
    )
    show_version(response, row)
    return row.content


@router.get("/{candidate_id}/contact", operation_id="getContact")
def get_contact(
    candidate_id: UUID, session: ReadSession, actor: Confidant, response: Response
) -> ContactFacts:
    """Read how to reach a candidate."""
    candidate = find_candidate(session, candidate_id)
    row = find_row(session, CandidateContact, candidate.id)
    if row is None:
        raise NotFound("note of contact data")
    show_version(response, row)
    return row.content


@router.put("/{candidate_id}/contact", operation_id="writeContact")
def put_contact(
    candidate_id: UUID,
    content: ContactFacts,
    session: WriteSession,
    actor: Recorder,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> ContactFacts:
    """Write contact data as a whole. The first time: `If-None-Match: *`; after that `If-Match`."""
    candidate = find_candidate(session, candidate_id)
    row = write_part(
        session,
        candidate,
        CandidateContact,
        content,
        if_match=if_match,
        if_none_match=if_none_match,
        by=actor,
    )
    show_version(response, row)
    return row.content
