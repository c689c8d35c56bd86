"""
Proposal: what a match run puts forward for people to decide; without a slot, that there is no place
yet.
"""

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Rooted


class Proposal(Rooted, table=True):
    """A proposal as stored. Its reasons stand in a confidential row of their own."""

    __table_args__ = (UniqueConstraint("match_run_id", "candidate_id"),)

    match_run_id: UUID = Field(foreign_key="match_run.id", index=True)
    candidate_id: UUID = Field(foreign_key="candidate.id", index=True)
    slot_id: UUID | None = Field(default=None, foreign_key="slot.id", index=True)
    points: int | None = None
    of_own_best: int | None = None
    completeness: float | None = None
    open_questions: int = 0
