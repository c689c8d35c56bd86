"""Job: work that a worker process takes up, under a lease, and never twice."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from models.base import Rooted, UtcInstant, code_column
from models.codes import JobStatus


class Job(Rooted, table=True):
    """A job as stored. Who holds an unexpired lease owns it; every step names its owner."""

    kind: str = Field(max_length=40)
    subject_id: UUID = Field(index=True)
    status: JobStatus = Field(default=JobStatus.WAITING, sa_type=code_column(JobStatus), index=True)
    owner: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    attempts: int = 0
