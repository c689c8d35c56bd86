"""Alembic runs here; the engine comes in from outside."""

from alembic import context
from sqlmodel import SQLModel

import models.tables  # noqa: F401  (fills the metadata)


def run() -> None:
    """Bring the schema of the given engine to the wanted revision."""
    with context.config.attributes["engine"].connect() as connection:
        # SQLite cannot alter a column in place: batches copy the table instead.
        context.configure(
            connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
