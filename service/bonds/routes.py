"""Bonds over HTTP. They are about people, so they fall under the policies for that."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from models.bond import BondCreate
from models.texts import Code
from service.access import Actor, May
from service.bonds.actions import add_bond, change_bond
from service.bonds.queries import BondRead, find_bond, list_bonds, read_bonds
from service.http import IfMatch, ReadSession, WriteSession, sent, show_version
from service.paging import Cursor, Limit, Page, as_page
from service.shapes import patch_of

router = APIRouter(prefix="/bonds", tags=["bonds"])
Confidant = Annotated[Actor, Depends(May("confidential:read"))]
Recorder = Annotated[Actor, Depends(May("confidential:write"))]
BondPatch = patch_of(BondCreate)


@router.post("", status_code=201, operation_id="addBond")
def create_bond(
    new: BondCreate, session: WriteSession, actor: Recorder, response: Response
) -> BondRead:
    """Say that people start together or apart, with whose word it is and why."""
    row = add_bond(session, new, by=actor)
    show_version(response, row, at=f"/v1/bonds/{row.id}")
    return read_bonds(session, [row])[0]


@router.get("", response_model=Page[BondRead], operation_id="listBonds")
def get_bonds(
    session: ReadSession,
    actor: Confidant,
    limit: Limit = 50,
    cursor: Cursor = None,
    code: Annotated[Code | None, Query(description="The one with this code.")] = None,
) -> dict[str, Any]:
    """List bonds, in the order of adding."""
    rows, after = list_bonds(session, limit=limit, cursor=cursor, code=code)
    return as_page(read_bonds(session, rows), after)


@router.get("/{bond_id}", operation_id="getBond")
def get_bond(bond_id: UUID, session: ReadSession, actor: Confidant, response: Response) -> BondRead:
    """Read one bond."""
    row = find_bond(session, bond_id)
    show_version(response, row)
    return read_bonds(session, [row])[0]


@router.patch("/{bond_id}", operation_id="changeBond")
def patch_bond(
    bond_id: UUID,
    patch: BondPatch,  # type: ignore[valid-type]
    session: WriteSession,
    actor: Recorder,
    response: Response,
    if_match: IfMatch = None,
) -> BondRead:
    """Change a bond. What is left out stays; `null` takes its last day away."""
    row = find_bond(session, bond_id)
    change_bond(session, row, sent(patch), if_match=if_match, by=actor)
    show_version(response, row)
    return read_bonds(session, [row])[0]
