"""AuditEvent: what happened, in plain strings, without foreign keys, only ever added to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.base import OFFICE_ID, JsonOf, UtcInstant


class AuditEvent(SQLModel, table=True):
    """
    One event. It outlives the rows it names, so it names them by code and never holds a need or a
    name.
    """

    __tablename__ = "audit_event"

    sequence: int | None = Field(default=None, primary_key=True)
    office_id: UUID = Field(default=OFFICE_ID, index=True)
    at: datetime = Field(sa_type=UtcInstant)
    actor: str = Field(max_length=120)
    event: str = Field(max_length=80, index=True)
    subject_kind: str = Field(max_length=40)
    subject_id: str = Field(max_length=40, index=True)
    subject_code: str = Field(max_length=120)
    detail: dict[str, Any] = Field(default={}, sa_type=JsonOf(dict[str, Any]))
