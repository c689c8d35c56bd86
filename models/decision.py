"""Decision: a person's answer, with its reason; an override when it goes against the proposal."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from models.base import Rooted, UtcInstant, code_column
from models.codes import DecisionKind


class Decision(Rooted, table=True):
    """A decision as stored. A candidate's *no* needs no reason, so `reason` may be blank there."""

    candidate_id: UUID = Field(foreign_key="candidate.id", index=True)
    slot_id: UUID = Field(foreign_key="slot.id", index=True)
    proposal_id: UUID | None = Field(default=None, foreign_key="proposal.id", index=True)
    kind: DecisionKind = Field(sa_type=code_column(DecisionKind))
    decided_by: str = Field(max_length=120)
    decided_at: datetime = Field(sa_type=UtcInstant)
    reason: str | None = Field(default=None, max_length=500)
