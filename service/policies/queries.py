"""What is read of policies."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, select

from models.policy import StoredPolicy
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class PolicyRead(Stored):
    """A policy as it goes out: the readable file, to the letter."""

    name: str
    edition: int
    content: str
    content_hash: str


def find_policy(session: Session, policy_id: UUID) -> StoredPolicy:
    """Return a policy, or say that there is none."""
    row = session.get(StoredPolicy, policy_id)
    if row is None:
        raise NotFound("policy")
    return row


def list_policies(
    session: Session, *, limit: int, cursor: str | None
) -> tuple[Sequence[StoredPolicy], str | None]:
    """Return a page of policies."""
    return take_page(session, select(StoredPolicy), StoredPolicy, limit=limit, cursor=cursor)


def to_read(row: StoredPolicy) -> PolicyRead:
    """Return what goes out."""
    return PolicyRead.model_validate(row.model_dump(include=set(PolicyRead.model_fields)))
