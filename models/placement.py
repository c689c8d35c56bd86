"""Placement: a candidate in a seat, confirmed by people."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from models.base import Rooted


class Placement(Rooted, table=True):
    """A placement as stored; it exists only through the decision that confirmed it."""

    candidate_id: UUID = Field(foreign_key="candidate.id", index=True)
    slot_id: UUID = Field(foreign_key="slot.id", index=True)
    decision_id: UUID = Field(foreign_key="decision.id", unique=True)
    starts_on: date | None = None
    ended_on: date | None = None
