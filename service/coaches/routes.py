"""Coaches over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from models.coach import CoachCreate
from models.texts import Code
from service.access import Actor, May
from service.coaches.actions import add_coach, change_coach
from service.coaches.queries import CoachRead, find_coach, list_coaches, read_coaches
from service.http import IfMatch, ReadSession, WriteSession, sent, show_version
from service.paging import Cursor, Limit, Page, as_page
from service.shapes import patch_of

router = APIRouter(prefix="/coaches", tags=["coaches"])
Reader = Annotated[Actor, Depends(May("coach:read"))]
Writer = Annotated[Actor, Depends(May("coach:write"))]
CoachPatch = patch_of(CoachCreate)


@router.post("", status_code=201, operation_id="addCoach")
def create_coach(
    new: CoachCreate, session: WriteSession, actor: Writer, response: Response
) -> CoachRead:
    """Add a coach: kinds of support, hours a week, from day to day, and the pilots served."""
    row = add_coach(session, new, by=actor)
    show_version(response, row, at=f"/v1/coaches/{row.id}")
    return read_coaches(session, [row])[0]


@router.get("", response_model=Page[CoachRead], operation_id="listCoaches")
def get_coaches(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    pilot: Annotated[Code | None, Query(description="Those who serve this pilot.")] = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List coaches, in the order of adding."""
    rows, after = list_coaches(session, limit=limit, cursor=cursor, pilot=pilot, code=code)
    return as_page(read_coaches(session, rows), after)


@router.get("/{coach_id}", operation_id="getCoach")
def get_coach(coach_id: UUID, session: ReadSession, actor: Reader, response: Response) -> CoachRead:
    """Read one coach."""
    row = find_coach(session, coach_id)
    show_version(response, row)
    return read_coaches(session, [row])[0]


@router.patch("/{coach_id}", operation_id="changeCoach")
def patch_coach(
    coach_id: UUID,
    patch: CoachPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> CoachRead:
    """Change a coach. What is left out stays; `null` takes a limit away."""
    row = find_coach(session, coach_id)
    change_coach(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_coaches(session, [row])[0]
