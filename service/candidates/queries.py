"""What is read of candidates."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.candidate import Candidate, CandidateBase, CandidateCreate, CandidateFacts
from models.codes import CandidateStatus
from models.confidential import needs_of
from service.codebook import Codebook
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class CandidateRead(CandidateCreate, Stored):
    """A candidate as it goes out to coordinators, without needs, background and contact data."""


def find_candidate(session: Session, candidate_id: UUID) -> Candidate:
    """Return a candidate, or say that there is none."""
    row = session.get(Candidate, candidate_id)
    if row is None:
        raise NotFound("candidate")
    return row


def list_candidates(
    session: Session,
    *,
    limit: int,
    cursor: str | None,
    status: CandidateStatus | None = None,
    code: str | None = None,
) -> tuple[Sequence[Candidate], str | None]:
    """Return a page of candidates, all of them, those with a status, or the one with a code."""
    statement = select(Candidate)
    if status is not None:
        statement = statement.where(Candidate.status == status)
    if code is not None:
        statement = statement.where(Candidate.code == code)
    return take_page(session, statement, Candidate, limit=limit, cursor=cursor)


def open_candidates(session: Session) -> Sequence[Candidate]:
    """Return everybody who is looking for a place now, by code."""
    statement = select(Candidate).where(Candidate.status == CandidateStatus.OPEN)
    return session.exec(statement.order_by(col(Candidate.code))).all()


def candidate_shape(row: Candidate, codes: Codebook) -> CandidateCreate:
    """Return what came in."""
    referrer = codes.organisation_codes[row.referrer_id] if row.referrer_id else None
    return CandidateCreate.model_validate(
        {**row.model_dump(include=set(CandidateBase.model_fields)), "referrer": referrer}
    )


def candidate_facts(session: Session, rows: Sequence[Candidate]) -> list[CandidateFacts]:
    """Return candidates with their confirmed needs: what the engine is given."""
    codes = Codebook(session)
    needs = needs_of(session, [row.id for row in rows])
    return [
        CandidateFacts.model_validate(
            {
                **candidate_shape(row, codes).model_dump(),
                "conditions": needs[row.id].conditions if row.id in needs else None,
                "support": needs[row.id].support if row.id in needs else None,
            }
        )
        for row in rows
    ]


def read_candidates(session: Session, rows: Sequence[Candidate]) -> list[CandidateRead]:
    """Return what goes out."""
    codes = Codebook(session)
    return [
        CandidateRead(
            **candidate_shape(row, codes).model_dump(),
            id=row.id,
            version=row.version,
            created_at=row.created,
            updated_at=row.updated,
        )
        for row in rows
    ]
