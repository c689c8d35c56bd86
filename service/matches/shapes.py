"""A match asked in one request: facts in, plan and reasons out, nothing stored."""

from typing import Annotated, Any

from sqlmodel import Field

from models.base import Shape
from models.bond import BondCreate
from models.candidate import CandidateFacts
from models.coach import CoachCreate
from models.codes import RunStatus
from models.postcode import PostcodeCreate
from models.quota import QuotaCreate
from models.texts import Day
from service.match_runs.limits import CoachHours
from service.reasons import PairFinding, PlaceReasons
from service.schemas import GroupsGiven, SlotFacts
from service.shapes import Seed

MOST_CANDIDATES = 1000
MOST_SLOTS = 200
MOST_RULES = 200


class MatchRequest(Shape):
    """
    Candidates and slots to bring together. `policy` is the text of a policy file; left out: the
    default. `groups` tells who is in a group that a quota counts.
    """

    as_of: Day
    seed: Seed = 0
    policy: str | None = None
    candidates: Annotated[list[CandidateFacts], Field(max_length=MOST_CANDIDATES)]
    slots: Annotated[list[SlotFacts], Field(max_length=MOST_SLOTS)]
    postcodes: Annotated[list[PostcodeCreate], Field(max_length=5000)] = []
    coaches: Annotated[list[CoachCreate], Field(max_length=MOST_RULES)] = []
    quotas: Annotated[list[QuotaCreate], Field(max_length=MOST_RULES)] = []
    bonds: Annotated[list[BondCreate], Field(max_length=MOST_RULES)] = []
    groups: GroupsGiven = []


class MatchProof(Shape):
    """How certain the plan is."""

    statement: str
    status: RunStatus
    n_placed: int
    score: float
    bound: float
    proof: str
    faults: list[str]
    candidates: list[str]
    slots: list[str]
    coach_hours: list[CoachHours]
    certificate: dict[str, Any]


class MatchAnswer(Shape):
    """A plan with its reasons. Advice, no decision; nothing of it is stored."""

    note: str
    policy: str
    seed: int
    as_of: Day
    input_hash: str
    proof: MatchProof
    places: dict[str, str]
    reasons: list[PlaceReasons]
    questions: list[PairFinding]
    seats_left: dict[str, int]
