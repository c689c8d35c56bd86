"""Quotas over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from models.quota import QuotaCreate
from models.texts import Code
from service.access import Actor, May
from service.http import IfMatch, ReadSession, WriteSession, sent, show_version
from service.paging import Cursor, Limit, Page, as_page
from service.quotas.actions import add_quota, change_quota
from service.quotas.queries import QuotaRead, find_quota, list_quotas, read_quotas
from service.shapes import patch_of

router = APIRouter(prefix="/quotas", tags=["quotas"])
Reader = Annotated[Actor, Depends(May("quota:read"))]
Writer = Annotated[Actor, Depends(May("quota:write"))]
QuotaPatch = patch_of(QuotaCreate)


@router.post("", status_code=201, operation_id="addQuota")
def create_quota(
    new: QuotaCreate, session: WriteSession, actor: Writer, response: Response
) -> QuotaRead:
    """Say how many people some slots may hold together, at least and at most."""
    row = add_quota(session, new, by=actor)
    show_version(response, row, at=f"/v1/quotas/{row.id}")
    return read_quotas(session, [row])[0]


@router.get("", response_model=Page[QuotaRead], operation_id="listQuotas")
def get_quotas(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List quotas, in the order of adding."""
    rows, after = list_quotas(session, limit=limit, cursor=cursor, code=code)
    return as_page(read_quotas(session, rows), after)


@router.get("/{quota_id}", operation_id="getQuota")
def get_quota(quota_id: UUID, session: ReadSession, actor: Reader, response: Response) -> QuotaRead:
    """Read one quota."""
    row = find_quota(session, quota_id)
    show_version(response, row)
    return read_quotas(session, [row])[0]


@router.patch("/{quota_id}", operation_id="changeQuota")
def patch_quota(
    quota_id: UUID,
    patch: QuotaPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> QuotaRead:
    """Change a quota. What is left out stays; `null` takes a limit away."""
    row = find_quota(session, quota_id)
    change_quota(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_quotas(session, [row])[0]
