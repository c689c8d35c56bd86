"""
What only coordinators may see: needs, background, contact; and what is derived from them.

Each stands in a row of its own, as one blob that SQL never filters, and this module is the one way
in. The label of an intake preset is kept nowhere: docs/decisions/0004 says why.
"""

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, StringConstraints
from sqlmodel import Field, Session, col, select

from models.base import JsonOf, Shape, Versioned
from models.facts import ConditionNeeded, SupportNeeded, once
from models.texts import Prose, Title, refuse_citizen_number

ConditionsNeeded = Annotated[
    list[ConditionNeeded], AfterValidator(lambda items: once(items, "condition"))
]
SupportsNeeded = Annotated[list[SupportNeeded], AfterValidator(lambda items: once(items, "kind"))]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254),
    AfterValidator(refuse_citizen_number),
]
Phone = Annotated[
    str, StringConstraints(pattern=r"^\+?[0-9 ()-]{6,20}$"), AfterValidator(refuse_citizen_number)
]


AT_ONCE = 500
"""Databases limit how many values one question may name."""


class NeedsFacts(Shape):
    """
    Confirmed work conditions and support. `null`: not talked about yet; an empty list: none needed.
    """

    conditions: ConditionsNeeded | None = None
    support: SupportsNeeded | None = None


class BackgroundFacts(Shape):
    """
    What a coordinator noted about where somebody comes from, for the talk; never matched, never
    shared.
    """

    note: Prose | None = None


class ContactFacts(Shape):
    """How to reach a candidate."""

    name: Title | None = None
    email: Email | None = None
    phone: Phone | None = None


class CandidateNeeds(Versioned, table=True):
    """The needs of one candidate."""

    __tablename__ = "candidate_needs"

    candidate_id: UUID = Field(foreign_key="candidate.id", unique=True)
    content: NeedsFacts = Field(sa_type=JsonOf(NeedsFacts))


class CandidateBackground(Versioned, table=True):
    """The background of one candidate."""

    __tablename__ = "candidate_background"

    candidate_id: UUID = Field(foreign_key="candidate.id", unique=True)
    content: BackgroundFacts = Field(sa_type=JsonOf(BackgroundFacts))


class CandidateContact(Versioned, table=True):
    """The contact data of one candidate."""

    __tablename__ = "candidate_contact"

    candidate_id: UUID = Field(foreign_key="candidate.id", unique=True)
    content: ContactFacts = Field(sa_type=JsonOf(ContactFacts))


class FrozenInput(Versioned, table=True):
    """All that a match run was given, exactly as it was; the run's input hash is taken over it."""

    __tablename__ = "frozen_input"

    match_run_id: UUID = Field(foreign_key="match_run.id", unique=True)
    content: str


class ProposalReasons(Versioned, table=True):
    """The reasons of one proposal as they were: they name needs, so they are kept like needs."""

    __tablename__ = "proposal_reasons"

    proposal_id: UUID = Field(foreign_key="proposal.id", unique=True)
    content: dict[str, Any] = Field(sa_type=JsonOf(dict[str, Any]))


PersonRow = TypeVar("PersonRow", CandidateNeeds, CandidateBackground, CandidateContact)


def find_row(session: Session, table: type[PersonRow], candidate_id: UUID) -> PersonRow | None:
    """
    Return a candidate's row in one of the confidential tables, or none when nothing was noted yet.
    """
    return session.exec(select(table).where(table.candidate_id == candidate_id)).one_or_none()


def needs_of(session: Session, candidate_ids: Iterable[UUID]) -> dict[UUID, NeedsFacts]:
    """Return the needs by candidate; who has no row has not been asked yet."""
    wanted = list(candidate_ids)
    found: dict[UUID, NeedsFacts] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = session.exec(
            select(CandidateNeeds).where(col(CandidateNeeds.candidate_id).in_(some))
        ).all()
        found |= {row.candidate_id: row.content for row in rows}
    return found


def freeze_input(session: Session, match_run_id: UUID, content: str) -> None:
    """Keep what a run was given."""
    session.add(FrozenInput(match_run_id=match_run_id, content=content))


def frozen_input(session: Session, match_run_id: UUID) -> str:
    """Return what a run was given."""
    return session.exec(
        select(FrozenInput.content).where(FrozenInput.match_run_id == match_run_id)
    ).one()


def keep_reasons(session: Session, proposal_id: UUID, content: dict[str, Any]) -> None:
    """Keep the reasons of a proposal."""
    session.add(ProposalReasons(proposal_id=proposal_id, content=content))


def reasons_of(session: Session, proposal_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the stored reasons by proposal."""
    wanted = list(proposal_ids)
    found: dict[UUID, dict[str, Any]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = session.exec(
            select(ProposalReasons).where(col(ProposalReasons.proposal_id).in_(some))
        ).all()
        found |= {row.proposal_id: row.content for row in rows}
    return found
