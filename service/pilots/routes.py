"""Pilots and cohorts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from models.pilot import CohortCreate, PilotCreate
from models.texts import Code
from service.access import Actor, May
from service.http import IfMatch, ReadSession, WriteSession, sent, show_version
from service.paging import Cursor, Limit, Page, as_page
from service.pilots.actions import add_cohort, add_pilot, change_cohort, change_pilot
from service.pilots.queries import (
    CohortRead,
    PilotRead,
    find_cohort,
    find_pilot,
    list_cohorts,
    list_pilots,
    read_cohort,
    read_pilot,
)
from service.shapes import patch_of

router = APIRouter(tags=["pilots"])
Reader = Annotated[Actor, Depends(May("pilot:read"))]
Writer = Annotated[Actor, Depends(May("pilot:write"))]
PilotPatch = patch_of(PilotCreate)
CohortPatch = patch_of(CohortCreate)


@router.post("/pilots", status_code=201, operation_id="addPilot")
def create_pilot(
    new: PilotCreate, session: WriteSession, actor: Writer, response: Response
) -> PilotRead:
    """Add a pilot, with its organisations by code."""
    row = add_pilot(session, new, by=actor)
    show_version(response, row, at=f"/v1/pilots/{row.id}")
    return read_pilot(session, row)


@router.get("/pilots", response_model=Page[PilotRead], operation_id="listPilots")
def get_pilots(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List pilots, in the order of adding."""
    rows, after = list_pilots(session, limit=limit, cursor=cursor, code=code)
    return as_page([read_pilot(session, row) for row in rows], after)


@router.get("/pilots/{pilot_id}", operation_id="getPilot")
def get_pilot(pilot_id: UUID, session: ReadSession, actor: Reader, response: Response) -> PilotRead:
    """Read one pilot."""
    row = find_pilot(session, pilot_id)
    show_version(response, row)
    return read_pilot(session, row)


@router.patch("/pilots/{pilot_id}", operation_id="changePilot")
def patch_pilot(
    pilot_id: UUID,
    patch: PilotPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> PilotRead:
    """Change a pilot. What is left out stays; `null` makes it unknown."""
    row = find_pilot(session, pilot_id)
    change_pilot(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_pilot(session, row)


@router.post("/cohorts", status_code=201, operation_id="addCohort")
def create_cohort(
    new: CohortCreate, session: WriteSession, actor: Writer, response: Response
) -> CohortRead:
    """Add a cohort to a pilot."""
    row = add_cohort(session, new, by=actor)
    show_version(response, row, at=f"/v1/cohorts/{row.id}")
    return read_cohort(session, row)


@router.get("/cohorts", response_model=Page[CohortRead], operation_id="listCohorts")
def get_cohorts(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    pilot: Annotated[Code | None, Query(description="Those of the pilot with this code.")] = None,
) -> dict[str, Any]:
    """List cohorts, in the order of adding."""
    rows, after = list_cohorts(session, limit=limit, cursor=cursor, pilot=pilot)
    return as_page([read_cohort(session, row) for row in rows], after)


@router.get("/cohorts/{cohort_id}", operation_id="getCohort")
def get_cohort(
    cohort_id: UUID, session: ReadSession, actor: Reader, response: Response
) -> CohortRead:
    """Read one cohort."""
    row = find_cohort(session, cohort_id)
    show_version(response, row)
    return read_cohort(session, row)


@router.patch("/cohorts/{cohort_id}", operation_id="changeCohort")
def patch_cohort(
    cohort_id: UUID,
    patch: CohortPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> CohortRead:
    """Change a cohort. What is left out stays; `null` makes it unknown."""
    row = find_cohort(session, cohort_id)
    change_cohort(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_cohort(session, row)
