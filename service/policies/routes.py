"""Policies over HTTP, to read: who signs and adds them comes with roles."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from service.access import Actor, May
from service.http import ReadSession
from service.paging import Cursor, Limit, Page, as_page
from service.policies.queries import PolicyRead, find_policy, list_policies, to_read

router = APIRouter(prefix="/policies", tags=["policies"])
Reader = Annotated[Actor, Depends(May("policy:read"))]


@router.get("", response_model=Page[PolicyRead], operation_id="listPolicies")
def get_policies(
    session: ReadSession, actor: Reader, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """List the editions of policies that runs were made under."""
    rows, after = list_policies(session, limit=limit, cursor=cursor)
    return as_page([to_read(row) for row in rows], after)


@router.get("/{policy_id}", operation_id="getPolicy")
def get_policy(policy_id: UUID, session: ReadSession, actor: Reader) -> PolicyRead:
    """Read one edition of a policy."""
    return to_read(find_policy(session, policy_id))
