"""What changes of quotas, each with its event in the same transaction."""

from typing import Any

from sqlmodel import Session, select

from models.quota import Quota, QuotaBase, QuotaCreate, QuotaPilot, QuotaSlot
from service.access import Actor
from service.audit import record
from service.changes import assign, merged, require_version
from service.codebook import Codebook, taken_code, unknown_codes
from service.errors import FieldFault, InvalidInput
from service.quotas.queries import quota_shapes


def add_quota(
    session: Session, new: QuotaCreate, *, by: Actor, codes: Codebook | None = None
) -> Quota:
    """
    Store a new quota over pilots and slots.

    A group is only named here. Whether a policy grounds it is asked when a run is asked for.
    """
    codes = codes or Codebook(session)
    faults = _faults(new, codes)
    if new.code in codes.quotas:
        faults.append(taken_code("quota"))
    if faults:
        raise InvalidInput(faults)
    row = Quota.model_validate(new.model_dump(include=set(QuotaBase.model_fields)))
    session.add(row)
    session.flush()
    codes.quotas[row.code] = row.id
    _link(session, row, new, codes)
    record(session, "quota:added", kind="quota", subject_id=row.id, code=row.code, by=by)
    return row


def change_quota(
    session: Session, row: Quota, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Quota:
    """Change a quota, what it is over included, on the version that was read."""
    require_version(row, if_match)
    codes = Codebook(session)
    [before] = quota_shapes(session, [row])
    facts = merged(before, patch)
    faults = _faults(facts, codes)
    if faults:
        raise InvalidInput(faults)
    changed = assign(session, row, facts, set(QuotaBase.model_fields) - {"code"})
    over = [name for name in ("pilots", "slots") if getattr(before, name) != getattr(facts, name)]
    if over:
        for link in [
            *session.exec(select(QuotaPilot).where(QuotaPilot.quota_id == row.id)).all(),
            *session.exec(select(QuotaSlot).where(QuotaSlot.quota_id == row.id)).all(),
        ]:
            session.delete(link)
        session.flush()
        _link(session, row, facts, codes)
    session.flush()
    record(
        session,
        "quota:changed",
        kind="quota",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed + over,
    )
    return row


def _faults(new: QuotaCreate, codes: Codebook) -> list[FieldFault]:
    return [
        *unknown_codes("pilots", "pilot", new.pilots, codes.pilots),
        *unknown_codes("slots", "slot", new.slots, codes.slots),
    ]


def _link(session: Session, row: Quota, new: QuotaCreate, codes: Codebook) -> None:
    for code in new.pilots:
        session.add(QuotaPilot(quota_id=row.id, pilot_id=codes.pilots[code]))
    for code in new.slots:
        session.add(QuotaSlot(quota_id=row.id, slot_id=codes.slots[code]))
    session.flush()
