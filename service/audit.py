"""The audit trail: one event for each thing that changes, in the same transaction as the change."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.audit_event import AuditEvent
from service.access import Actor
from service.database import clock_of


def record(
    session: Session,
    event: str,
    *,
    kind: str,
    subject_id: UUID,
    code: str,
    by: Actor,
    **detail: Any,
) -> None:
    """
    Add an event. Details are names of fields and counts, never what a confidential field holds.
    """
    session.add(
        AuditEvent(
            at=clock_of(session),
            actor=by.label,
            event=event,
            subject_kind=kind,
            subject_id=str(subject_id),
            subject_code=code,
            detail=detail,
        )
    )
