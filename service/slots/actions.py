"""What changes of slots, each with its event in the same transaction."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from models.slot import PhaseBase, Slot, SlotBase, SlotCreate, SlotPhase
from service.access import Actor
from service.audit import record
from service.changes import assign, merged, require_version
from service.codebook import Codebook, taken_code, unknown_code
from service.errors import FieldFault, InvalidInput
from service.slots.queries import slot_shape
from service.taxonomy import skill_taxonomy, unknown_skills


def open_slot(
    session: Session, new: SlotCreate, *, by: Actor, codes: Codebook | None = None
) -> Slot:
    """Store a new slot with its phases."""
    codes = codes or Codebook(session)
    faults = _faults(new, codes)
    if new.code in codes.slots:
        faults.append(taken_code("slot"))
    if faults:
        raise InvalidInput(faults)
    row = Slot.model_validate(
        {**new.model_dump(include=set(SlotBase.model_fields)), **_references(new, codes)}
    )
    session.add(row)
    session.flush()
    codes.slots[row.code] = row.id
    _add_phases(session, row, new, codes)
    record(session, "slot:opened", kind="slot", subject_id=row.id, code=row.code, by=by)
    return row


def change_slot(
    session: Session, row: Slot, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Slot:
    """Change a slot, its phases included, on the version that was read."""
    require_version(row, if_match)
    codes = Codebook(session)
    before = slot_shape(session, row)
    facts = merged(before, patch)
    faults = _faults(facts, codes)
    if faults:
        raise InvalidInput(faults)
    changed = assign(session, row, facts, set(SlotBase.model_fields) - {"code"})
    for name, value in _references(facts, codes).items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name.removesuffix("_id"))
    if before.phases != facts.phases:
        changed.append("phases")
        for phase in session.exec(select(SlotPhase).where(SlotPhase.slot_id == row.id)).all():
            session.delete(phase)
        session.flush()
        _add_phases(session, row, facts, codes)
    session.flush()
    record(
        session,
        "slot:changed",
        kind="slot",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed,
    )
    return row


def _faults(new: SlotCreate, codes: Codebook) -> list[FieldFault]:
    faults = []
    pilot_id = codes.pilots.get(new.pilot)
    if pilot_id is None:
        faults.append(unknown_code("pilot", "pilot", codes.pilots))
    elif (pilot_id, new.cohort) not in codes.cohorts:
        here = {code: value for (pilot, code), value in codes.cohorts.items() if pilot == pilot_id}
        faults.append(unknown_code("cohort", "cohort of this pilot", here))
    suppliers = codes.suppliers.get(pilot_id, set()) if pilot_id else set()
    if new.supplier not in codes.organisations:
        faults.append(unknown_code("supplier", "organisation", codes.organisations))
    elif suppliers and new.supplier not in suppliers:
        accepted = ", ".join(sorted(suppliers))
        faults.append(FieldFault("supplier", "is no supplier of this pilot", accepted))
    for position, phase in enumerate(new.phases):
        if phase.organisation is not None and phase.organisation not in codes.organisations:
            field = f"phases.{position}.organisation"
            faults.append(unknown_code(field, "organisation", codes.organisations))
    return faults + unknown_skills(new, skill_taxonomy())


def _references(new: SlotCreate, codes: Codebook) -> dict[str, UUID]:
    pilot_id = codes.pilots[new.pilot]
    return {
        "pilot_id": pilot_id,
        "cohort_id": codes.cohorts[pilot_id, new.cohort],
        "supplier_id": codes.organisations[new.supplier],
    }


def _add_phases(session: Session, row: Slot, new: SlotCreate, codes: Codebook) -> None:
    for position, phase in enumerate(new.phases):
        session.add(
            SlotPhase(
                slot_id=row.id,
                position=position,
                organisation_id=codes.organisations[phase.organisation]
                if phase.organisation
                else None,
                **phase.model_dump(include=set(PhaseBase.model_fields)),
            )
        )
    session.flush()
