"""Slots over HTTP, and who might fit in one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from matching import Policy
from models.slot import SlotCreate
from models.texts import Code, Day
from service.access import Actor, May
from service.calendar import today
from service.http import IfMatch, InWords, ReadSession, WriteSession, sent, show_version
from service.paging import Cursor, Limit, Page, as_page
from service.shapes import patch_of
from service.slots.actions import change_slot, open_slot
from service.slots.queries import SlotRead, find_slot, list_slots, read_slots
from service.suggestions import PeopleSuggestions, suggest_people

router = APIRouter(prefix="/slots", tags=["slots"])
Reader = Annotated[Actor, Depends(May("slot:read"))]
Writer = Annotated[Actor, Depends(May("slot:write"))]
Adviser = Annotated[Actor, Depends(May("suggestion:read"))]
SlotPatch = patch_of(SlotCreate)


@router.post("", status_code=201, operation_id="openSlot")
def create_slot(
    new: SlotCreate, session: WriteSession, actor: Writer, response: Response
) -> SlotRead:
    """Post an open trajectory slot in a pilot."""
    row = open_slot(session, new, by=actor)
    show_version(response, row, at=f"/v1/slots/{row.id}")
    return read_slots(session, [row])[0]


@router.get("", response_model=Page[SlotRead], operation_id="listSlots")
def get_slots(
    session: ReadSession,
    actor: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    pilot: Annotated[Code | None, Query(description="Those of the pilot with this code.")] = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List slots, in the order of adding."""
    rows, after = list_slots(session, limit=limit, cursor=cursor, pilot=pilot, code=code)
    return as_page(read_slots(session, rows), after)


@router.get("/{slot_id}", operation_id="getSlot")
def get_slot(slot_id: UUID, session: ReadSession, actor: Reader, response: Response) -> SlotRead:
    """Read one slot, with what its pilot and cohort say."""
    row = find_slot(session, slot_id)
    show_version(response, row)
    return read_slots(session, [row])[0]


@router.patch("/{slot_id}", operation_id="changeSlot")
def patch_slot(
    slot_id: UUID,
    patch: SlotPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> SlotRead:
    """Change a slot. What is left out stays; `null` makes it unknown."""
    row = find_slot(session, slot_id)
    change_slot(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_slots(session, [row])[0]


@router.get("/{slot_id}/suggestions", operation_id="suggestPeople")
def get_suggestions(
    slot_id: UUID,
    session: ReadSession,
    actor: Adviser,
    words: InWords,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    as_of: Annotated[Day | None, Query(alias="asOf")] = None,
) -> PeopleSuggestions:
    """
    Who might fit: an advice, no decision, and kept nowhere.

    People are not ranked by points. First come those for whom this slot is the best they can get,
    then who waits longest.
    """
    row = find_slot(session, slot_id)
    day = as_of or today(session)
    return suggest_people(
        session, row, policy=Policy.default(), today=day, limit=limit, words=words
    )
