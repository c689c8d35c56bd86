"""What is read of slots."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.organisation import Organisation
from models.pilot import Cohort, Pilot, PilotRole
from models.placement import Placement
from models.slot import PhaseBase, PhaseFacts, Slot, SlotBase, SlotCreate, SlotPhase
from service.errors import NotFound
from service.paging import take_page
from service.pilots.queries import organisations_of
from service.schemas import SlotFacts
from service.shapes import Stored


class SlotRead(SlotFacts, Stored):
    """A slot as it goes out, with what its pilot and cohort say."""


def find_slot(session: Session, slot_id: UUID) -> Slot:
    """Return a slot, or say that there is none."""
    row = session.get(Slot, slot_id)
    if row is None:
        raise NotFound("slot")
    return row


def list_slots(
    session: Session,
    *,
    limit: int,
    cursor: str | None,
    pilot: str | None = None,
    code: str | None = None,
) -> tuple[Sequence[Slot], str | None]:
    """Return a page of slots, all of them, those of one pilot, or the one with a code."""
    statement = select(Slot)
    if pilot is not None:
        statement = statement.join(Pilot).where(Pilot.code == pilot)
    if code is not None:
        statement = statement.where(Slot.code == code)
    return take_page(session, statement, Slot, limit=limit, cursor=cursor)


def slots_of_pilots(session: Session, pilots: Sequence[str] | None) -> Sequence[Slot]:
    """Return the slots of some pilots, or of all."""
    statement = select(Slot).order_by(col(Slot.code))
    if pilots is not None:
        statement = statement.join(Pilot).where(col(Pilot.code).in_(pilots))
    return session.exec(statement).all()


def slot_facts(session: Session, rows: Sequence[Slot]) -> list[SlotFacts]:
    """Return slots with what their pilots and cohorts say, and the seats that are left."""
    pilots = {row.id: row for row in session.exec(select(Pilot)).all()}
    cohorts = {row.id: row for row in session.exec(select(Cohort)).all()}
    codes = dict(session.exec(select(Organisation.id, Organisation.code)).all())
    roles = organisations_of(session)
    taken = Counter(
        session.exec(select(Placement.slot_id).where(col(Placement.ended_on).is_(None))).all()
    )
    phases: dict[UUID, list[PhaseFacts]] = {}
    for phase in session.exec(select(SlotPhase).order_by(col(SlotPhase.position))).all():
        facts = phase.model_dump(include=set(PhaseBase.model_fields))
        there = codes[phase.organisation_id] if phase.organisation_id else None
        phases.setdefault(phase.slot_id, []).append(PhaseFacts(**facts, organisation=there))
    return [
        SlotFacts.model_validate(
            {
                **row.model_dump(include=set(SlotBase.model_fields)),
                "pilot": pilots[row.pilot_id].code,
                "cohort": cohorts[row.cohort_id].code,
                "supplier": codes[row.supplier_id],
                "phases": phases.get(row.id, []),
                "starts_on": cohorts[row.cohort_id].starts_on,
                "last_entry_on": cohorts[row.cohort_id].last_entry_on,
                "hosts": roles.get(row.pilot_id, {}).get(PilotRole.HOST, []),
                "referrers": roles.get(row.pilot_id, {}).get(PilotRole.REFERRER, []),
                "seats_left": max(0, row.seats - taken[row.id]),
            }
        )
        for row in rows
    ]


def slot_shape(session: Session, row: Slot) -> SlotCreate:
    """Return what came in."""
    facts = slot_facts(session, [row])[0]
    return SlotCreate.model_validate(facts.model_dump(include=set(SlotCreate.model_fields)))


def read_slots(session: Session, rows: Sequence[Slot]) -> list[SlotRead]:
    """Return what goes out."""
    return [
        SlotRead(
            **facts.model_dump(),
            id=row.id,
            version=row.version,
            created_at=row.created,
            updated_at=row.updated,
        )
        for row, facts in zip(rows, slot_facts(session, rows), strict=True)
    ]
