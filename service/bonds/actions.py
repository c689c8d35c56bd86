"""
What changes of bonds, each with its event in the same transaction. Events hold neither who nor why.
"""

from typing import Any

from sqlmodel import Session, select

from models.bond import Bond, BondBase, BondCandidate, BondCreate
from service.access import Actor
from service.audit import record
from service.bonds.queries import bond_shapes
from service.changes import assign, merged, require_version
from service.codebook import Codebook, taken_code
from service.errors import FieldFault, InvalidInput


def add_bond(
    session: Session, new: BondCreate, *, by: Actor, codes: Codebook | None = None
) -> Bond:
    """Store a new bond between people."""
    codes = codes or Codebook(session)
    faults = _strangers(new, codes)
    if new.code in codes.bonds:
        faults.append(taken_code("bond"))
    if faults:
        raise InvalidInput(faults)
    row = Bond.model_validate(new.model_dump(include=set(BondBase.model_fields)))
    session.add(row)
    session.flush()
    codes.bonds[row.code] = row.id
    _link(session, row, new, codes)
    record(session, "bond:added", kind="bond", subject_id=row.id, code=row.code, by=by)
    return row


def change_bond(
    session: Session, row: Bond, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Bond:
    """Change a bond, the people included, on the version that was read."""
    require_version(row, if_match)
    codes = Codebook(session)
    [before] = bond_shapes(session, [row])
    facts = merged(before, patch)
    faults = _strangers(facts, codes)
    if faults:
        raise InvalidInput(faults)
    changed = assign(session, row, facts, set(BondBase.model_fields) - {"code"})
    if before.candidates != facts.candidates:
        changed.append("candidates")
        for link in session.exec(
            select(BondCandidate).where(BondCandidate.bond_id == row.id)
        ).all():
            session.delete(link)
        session.flush()
        _link(session, row, facts, codes)
    session.flush()
    record(
        session,
        "bond:changed",
        kind="bond",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed,
    )
    return row


def _strangers(new: BondCreate, codes: Codebook) -> list[FieldFault]:
    # Which people there are is no help that an error should give.
    return [
        FieldFault(
            f"candidates.{position}", "refers to no candidate that is known here", "their codes"
        )
        for position, code in enumerate(new.candidates)
        if code not in codes.candidates
    ]


def _link(session: Session, row: Bond, new: BondCreate, codes: Codebook) -> None:
    for code in new.candidates:
        session.add(BondCandidate(bond_id=row.id, candidate_id=codes.candidates[code]))
    session.flush()
