"""What is read of policies."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from matching import Policy
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


def newest_policy(session: Session) -> StoredPolicy | None:
    """Return the newest stored edition of the default policy, if any run asked for it yet."""
    return session.exec(
        select(StoredPolicy)
        .where(StoredPolicy.name == "default")
        .order_by(col(StoredPolicy.edition).desc())
    ).first()


def current_policy(session: Session) -> Policy:
    """Return the newest edition of the default policy, or the one that comes with the package."""
    row = newest_policy(session)
    return Policy.parse(row.content) if row else Policy.default()


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
