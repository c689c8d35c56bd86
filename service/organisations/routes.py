"""Organisations over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from models.organisation import OrganisationCreate
from models.texts import Code
from service.access import Actor, May
from service.http import IfMatch, ReadSession, WriteSession, sent, show_version
from service.organisations.actions import add_organisation, change_organisation
from service.organisations.queries import (
    OrganisationRead,
    find_organisation,
    list_organisations,
    to_read,
)
from service.paging import Cursor, Limit, Page, as_page
from service.shapes import patch_of

router = APIRouter(prefix="/organisations", tags=["organisations"])
Reader = Annotated[Actor, Depends(May("organisation:read"))]
Writer = Annotated[Actor, Depends(May("organisation:write"))]
OrganisationPatch = patch_of(OrganisationCreate)


@router.post("", status_code=201, operation_id="addOrganisation")
def create_organisation(
    new: OrganisationCreate, session: WriteSession, actor: Writer, response: Response
) -> OrganisationRead:
    """Add an organisation: a supplier, a host, a referrer or the coordinating body."""
    row = add_organisation(session, new, by=actor)
    show_version(response, row, at=f"/v1/organisations/{row.id}")
    return to_read(row)


@router.get("", response_model=Page[OrganisationRead], operation_id="listOrganisations")
def get_organisations(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List organisations, in the order of adding."""
    rows, after = list_organisations(session, limit=limit, cursor=cursor, code=code)
    return as_page([to_read(row) for row in rows], after)


@router.get("/{organisation_id}", operation_id="getOrganisation")
def get_organisation(
    organisation_id: UUID, session: ReadSession, actor: Reader, response: Response
) -> OrganisationRead:
    """Read one organisation."""
    row = find_organisation(session, organisation_id)
    show_version(response, row)
    return to_read(row)


@router.patch("/{organisation_id}", operation_id="changeOrganisation")
def patch_organisation(
    organisation_id: UUID,
    patch: OrganisationPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> OrganisationRead:
    """Change an organisation. What is left out stays; `null` makes it unknown."""
    row = find_organisation(session, organisation_id)
    change_organisation(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return to_read(row)
