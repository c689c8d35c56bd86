"""Match runs, proposals and proofs as they go out."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlmodel import Field

from models.base import Shape
from models.codes import RunStatus
from models.texts import Code, Day
from service.match_runs.limits import CoachHours
from service.reasons import PlaceReasons
from service.schemas import GroupsGiven
from service.shapes import Seed, Stored


class MatchRunCreate(Shape):
    """
    What one may say when asking for a run. Left out: all pilots, the newest default policy, seed 0,
    today. `groups` tells who is in a group that a quota counts; the policy has to state its ground.
    """

    seed: Seed = 0
    pilots: list[Code] | None = None
    policy: Annotated[str, Field(max_length=100)] | None = None
    as_of: Day | None = None
    groups: GroupsGiven = []


class MatchRunRead(Stored):
    """A run as it goes out. `status` optimal, feasible and infeasible are all proper answers."""

    code: str
    status: RunStatus
    progress: str
    policy: str
    pilots: list[str] | None
    seed: int
    as_of: Day
    asked_by: str
    input_hash: str
    started_at: datetime | None
    ended_at: datetime | None
    n_candidates: int
    n_slots: int
    n_seats: int
    n_placed: int | None
    score: int | None
    bound: int | None
    failure: str | None


class ProposalRead(Shape):
    """
    A pair put forward for people to decide; without a slot: that there is no place yet, and why.
    """

    id: UUID
    candidate: str
    slot: str | None
    points: int | None
    of_own_best: int | None
    completeness: float | None
    open_questions: int
    reasons: PlaceReasons


class ProofRead(Shape):
    """
    Why no plan does better under these rules and weights; `certificate` lets anyone do the sum
    again.
    """

    statement: str
    status: RunStatus
    n_placed: int
    score: int
    bound: int
    proof: str
    faults: list[str]
    input_hash: str
    policy: str
    policy_hash: str
    seed: int
    candidates: list[str]
    slots: list[str]
    coach_hours: list[CoachHours]
    certificate: dict[str, Any]
