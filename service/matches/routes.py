"""A match in one request, for who has the facts elsewhere."""

from typing import Annotated

from fastapi import APIRouter, Depends

from service.access import Actor, May
from service.http import InWords
from service.matches.queries import match
from service.matches.shapes import MatchAnswer, MatchRequest

router = APIRouter(prefix="/matches", tags=["matches"])
Asker = Annotated[Actor, Depends(May("advice:ask"))]


@router.post("", operation_id="matchOnce")
def create_match(request: MatchRequest, actor: Asker, words: InWords) -> MatchAnswer:
    """
    Bring up to 1,000 candidates and 200 slots together. Advice, no decision; nothing is stored.
    """
    return match(request, words)
