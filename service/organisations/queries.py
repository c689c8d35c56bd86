"""What is read of organisations."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, select

from models.organisation import Organisation, OrganisationCreate
from service.errors import NotFound
from service.paging import take_page
from service.shapes import Stored


class OrganisationRead(OrganisationCreate, Stored):
    """An organisation as it goes out."""


def find_organisation(session: Session, organisation_id: UUID) -> Organisation:
    """Return an organisation, or say that there is none."""
    row = session.get(Organisation, organisation_id)
    if row is None:
        raise NotFound("organisation")
    return row


def list_organisations(
    session: Session, *, limit: int, cursor: str | None, code: str | None = None
) -> tuple[Sequence[Organisation], str | None]:
    """Return a page of organisations, all of them or the one with a code."""
    statement = select(Organisation)
    if code is not None:
        statement = statement.where(Organisation.code == code)
    return take_page(session, statement, Organisation, limit=limit, cursor=cursor)


def to_shape(row: Organisation) -> OrganisationCreate:
    """Return what came in."""
    return OrganisationCreate.model_validate(
        row.model_dump(include=set(OrganisationCreate.model_fields))
    )


def to_read(row: Organisation) -> OrganisationRead:
    """Return what goes out."""
    return OrganisationRead.model_validate(
        row.model_dump(include=set(OrganisationRead.model_fields))
    )
