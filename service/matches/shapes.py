"""A match asked in one request: facts in, plan and reasons out, nothing stored."""

from typing import Annotated, Any

from sqlmodel import Field

from models.base import Shape
from models.candidate import CandidateFacts
from models.codes import RunStatus
from models.postcode import PostcodeCreate
from models.texts import Day
from service.reasons import PairFinding, PlaceReasons
from service.schemas import SlotFacts
from service.shapes import Seed

MOST_CANDIDATES = 1000
MOST_SLOTS = 200


class MatchRequest(Shape):
    """
    Candidates and slots to bring together. `policy` is the text of a policy file; left out: the
    default.
    """

    as_of: Day
    seed: Seed = 0
    policy: str | None = None
    candidates: Annotated[list[CandidateFacts], Field(max_length=MOST_CANDIDATES)]
    slots: Annotated[list[SlotFacts], Field(max_length=MOST_SLOTS)]
    postcodes: Annotated[list[PostcodeCreate], Field(max_length=5000)] = []


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
