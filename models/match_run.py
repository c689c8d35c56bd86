"""MatchRun: one solve of one problem, with all that is needed to do it again and to check it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from models.base import JsonOf, Rooted, UtcInstant, code_column
from models.codes import RunStatus


class MatchRun(Rooted, table=True):
    """
    A run as stored. `input_hash` is over the frozen input, `certificate` lets anyone check the
    plan.
    """

    __tablename__ = "match_run"

    __table_args__ = (UniqueConstraint("office_id", "code"),)

    code: str = Field(max_length=40)
    status: RunStatus = Field(default=RunStatus.QUEUED, sa_type=code_column(RunStatus), index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    pilot_codes: list[str] | None = Field(default=None, sa_type=JsonOf(list[str]))
    seed: int = Field(sa_type=BigInteger)
    asked_by: str = Field(max_length=120)
    as_of: str = Field(max_length=10)
    input_hash: str = Field(max_length=64)
    progress: str = Field(default="queued", max_length=40)
    started_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    n_candidates: int
    n_slots: int
    n_seats: int
    n_placed: int | None = None
    score: int | None = Field(default=None, sa_type=BigInteger)
    bound: int | None = Field(default=None, sa_type=BigInteger)
    certificate: dict[str, Any] | None = Field(default=None, sa_type=JsonOf(dict[str, Any]))
    check: dict[str, Any] | None = Field(default=None, sa_type=JsonOf(dict[str, Any]))
    failure: str | None = Field(default=None, max_length=200)
