"""What changes of organisations, each with its event in the same transaction."""

from typing import Any

from sqlmodel import Session

from models.organisation import Organisation, OrganisationCreate
from service.access import Actor
from service.audit import record
from service.changes import assign, merged, require_version
from service.codebook import Codebook, taken_code
from service.errors import InvalidInput
from service.organisations.queries import to_shape


def add_organisation(
    session: Session, new: OrganisationCreate, *, by: Actor, codes: Codebook | None = None
) -> Organisation:
    """Store a new organisation."""
    codes = codes or Codebook(session)
    if new.code in codes.organisations:
        raise InvalidInput([taken_code("organisation")])
    row = Organisation.model_validate(new.model_dump())
    session.add(row)
    session.flush()
    codes.organisations[row.code] = row.id
    record(
        session, "organisation:added", kind="organisation", subject_id=row.id, code=row.code, by=by
    )
    return row


def change_organisation(
    session: Session, row: Organisation, patch: dict[str, Any], *, if_match: str | None, by: Actor
) -> Organisation:
    """Change an organisation on the version that was read."""
    require_version(row, if_match)
    facts = merged(to_shape(row), patch)
    changed = assign(session, row, facts, {"name", "kinds", "kvk_number"})
    session.flush()
    record(
        session,
        "organisation:changed",
        kind="organisation",
        subject_id=row.id,
        code=row.code,
        by=by,
        fields=changed,
    )
    return row
