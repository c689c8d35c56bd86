"""Looking into a database from outside, to see that something was stored, or that nothing was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from service.database import reading

Rows = dict[str, list[str]]


def everything(engine: Engine) -> Rows:
    """Return all rows of all tables as text, the audit trail included."""
    with reading(engine) as session:
        return {
            name: sorted(
                str(row) for row in session.connection().execute(text(f"SELECT * FROM {name}"))
            )
            for name in sorted(SQLModel.metadata.tables)
        }


def events(engine: Engine) -> list[dict[str, Any]]:
    """Return the audit trail, oldest first."""
    with reading(engine) as session:
        found = session.connection().execute(text("SELECT * FROM audit_event ORDER BY sequence"))
        return [dict(row) for row in found.mappings()]


@contextmanager
def unchanged(engine: Engine) -> Iterator[None]:
    """Fail when anything at all was stored, changed or removed meanwhile."""
    before = everything(engine)
    yield
    assert everything(engine) == before
