"""
What changes of candidates, each with its event in the same transaction. Events never hold what was
changed.
"""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.candidate import Candidate, CandidateBase, CandidateCreate, CandidateFacts
from models.codes import WishTarget
from models.confidential import (
    CandidateBackground,
    CandidateContact,
    CandidateNeeds,
    NeedsFacts,
    PersonRow,
    find_row,
)
from service.access import Actor
from service.audit import record
from service.candidates.queries import candidate_shape
from service.changes import assign, merged, require_version, touch
from service.codebook import Codebook, taken_code, unknown_code
from service.errors import FieldFault, InvalidInput, VersionMissing, VersionStale
from service.taxonomy import skill_taxonomy, unknown_skills


def add_candidate(
    session: Session, new: CandidateCreate, *, by: Actor, codes: Codebook | None = None
) -> Candidate:
    """Store a new candidate; from a file, with the confirmed needs in their own row."""
    codes = codes or Codebook(session)
    faults = _faults(new, codes)
    if new.code in codes.candidates:
        faults.append(taken_code("candidate"))
    if faults:
        raise InvalidInput(faults)
    row = Candidate.model_validate(
        {
            **new.model_dump(include=set(CandidateBase.model_fields)),
            "referrer_id": _referrer(new, codes),
        }
    )
    session.add(row)
    session.flush()
    codes.candidates[row.code] = row.id
    record(session, "candidate:added", kind="candidate", subject_id=row.id, code=row.code, by=by)
    if isinstance(new, CandidateFacts) and (new.conditions is not None or new.support is not None):
        content = NeedsFacts(conditions=new.conditions, support=new.support)
        session.add(CandidateNeeds(candidate_id=row.id, content=content))
        session.flush()
        _record_part(session, row, CandidateNeeds, by)
    return row


def change_candidate(
    session: Session, row: Candidate, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Candidate:
    """Change a candidate on the version that was read."""
    require_version(row, if_match)
    codes = Codebook(session)
    facts = merged(candidate_shape(row, codes), patch)
    faults = _faults(facts, codes)
    if faults:
        raise InvalidInput(faults)
    changed = assign(session, row, facts, set(CandidateBase.model_fields) - {"code"})
    referrer_id = _referrer(facts, codes)
    if row.referrer_id != referrer_id:
        row.referrer_id = referrer_id
        changed.append("referrer")
    session.flush()
    record(
        session,
        "candidate:changed",
        kind="candidate",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed,
    )
    return row


def write_part(
    session: Session,
    candidate: Candidate,
    table: type[PersonRow],
    content: Any,
    *,
    if_match: str | None,
    if_none_match: str | None,
    by: Actor,
) -> PersonRow:
    """
    Write a candidate's needs, background or contact data as a whole.

    The first time the sender says `If-None-Match: *`, so that nobody writes over what somebody else
    just noted.
    """
    row = find_row(session, table, candidate.id)
    if row is None:
        if if_match is not None:
            raise VersionStale  # a version of what nobody wrote yet, or is gone
        if if_none_match != "*":
            raise VersionMissing(first_time=True)
        row = table(candidate_id=candidate.id, content=content)
        session.add(row)
    else:
        if if_none_match == "*":
            raise VersionStale  # somebody else wrote it first
        require_version(row, if_match)
        row.content = content
        touch(session, row)
    session.flush()
    _record_part(session, candidate, table, by)
    return row


PART_NAMES: dict[type, str] = {
    CandidateNeeds: "needs",
    CandidateBackground: "background",
    CandidateContact: "contact",
}


def _record_part(session: Session, candidate: Candidate, table: type, by: Actor) -> None:
    record(
        session,
        f"candidate:{PART_NAMES[table]}-written",
        kind="candidate",
        subject_id=candidate.id,
        code=candidate.code,
        by=by,
    )


def _faults(new: CandidateCreate, codes: Codebook) -> list[FieldFault]:
    faults = []
    if new.referrer is not None and new.referrer not in codes.organisations:
        faults.append(unknown_code("referrer", "organisation", codes.organisations))
    known = {
        WishTarget.SLOT: ("slot", codes.slots),
        WishTarget.PILOT: ("pilot", codes.pilots),
        WishTarget.ORGANISATION: ("organisation", codes.organisations),
    }
    for field in ("wishes", "vetoes"):
        for position, item in enumerate(getattr(new, field) or ()):
            noun, there = known[item.about]
            if item.code not in there:
                faults.append(unknown_code(f"{field}.{position}.code", noun, there))
    return faults + unknown_skills(new, skill_taxonomy())


def _referrer(new: CandidateCreate, codes: Codebook) -> UUID | None:
    return None if new.referrer is None else codes.organisations[new.referrer]
