"""Lists: a page at a time, in the order of adding, with a cursor to go on from."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from models.base import Versioned
from service.errors import FieldFault, InvalidInput

LARGEST = 200

Item = TypeVar("Item")
RowT = TypeVar("RowT", bound=Versioned)

Limit = Annotated[int, Query(ge=1, le=LARGEST, description="How many items at most.")]
Cursor = Annotated[str | None, Query(description="`nextCursor` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    items: list[Item]
    next_cursor: str | None = None


def take_page(
    session: Session,
    statement: SelectOfScalar[RowT],
    table: type[RowT],
    *,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[RowT], str | None]:
    """Return the rows of one page, in the order of adding, and the cursor of the next."""
    if cursor is not None:
        statement = statement.where(col(table.id) > _read(cursor))
    rows = session.exec(statement.order_by(col(table.id)).limit(limit + 1)).all()
    more = len(rows) > limit
    return rows[:limit], _write(rows[limit - 1].id) if more else None


def _write(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def _read(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        fault = FieldFault("cursor", "is no cursor of this list", "nextCursor of the page before")
        raise InvalidInput([fault]) from None


def as_page(items: list[Any], next_cursor: str | None) -> dict[str, Any]:
    """Return a page as the routes answer it."""
    return {"items": items, "nextCursor": next_cursor}
