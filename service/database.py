"""
The database: engine, sessions, clock, schema. SQLite is embedded, PostgreSQL is for production.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, SQLModel, create_engine

import models.tables  # noqa: F401  (fills the metadata)
from models.base import Clock, Versioned

MIGRATIONS = Path(__file__).parent.parent / "models" / "migrations"
BUSY_SECONDS = 20


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def open_database(address: str) -> Engine:
    """Return an engine; for SQLite one that waits its turn, keeps foreign keys, and logs ahead."""
    if not address.startswith("sqlite"):
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    # Parameters stay out of errors, and so out of logs: they hold what somebody needs.
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        # The driver would begin a transaction by itself, and only when something is written.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once on SQLite, however long it may wait: write
        # from the start.
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def transaction(engine: Engine, clock: Clock = now) -> Iterator[Session]:
    """Give a session that commits when all went well, and else leaves nothing behind."""
    with Session(engine, expire_on_commit=False) as session:
        session.info["clock"] = clock
        with session.begin():
            yield session


@contextmanager
def reading(engine: Engine, clock: Clock = now) -> Iterator[Session]:
    """Give a session for reading; on SQLite it does not wait for writers."""
    # All that one request reads is of one moment; PostgreSQL has to be told.
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    reader = engine.execution_options(reads_only=True, **level)
    with Session(reader, expire_on_commit=False) as session:
        session.info["clock"] = clock
        yield session
        session.rollback()


def clock_of(session: Session) -> datetime:
    """Return the present instant as this session's clock has it."""
    clock: Clock = session.info.get("clock", now)
    return clock()


@event.listens_for(Session, "before_flush")
def _stamp(session: Session, _context: UOWTransaction, _instances: object) -> None:
    at = session.info.get("clock", now)()
    for row in session.new:
        if isinstance(row, Versioned):
            row.created_at = row.created_at or at
            row.updated_at = at
    for row in session.dirty:
        if isinstance(row, Versioned) and session.is_modified(row):
            row.updated_at = at


def alembic_config(engine: Engine) -> Config:
    """Return Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine) -> None:
    """Bring the schema up to date."""
    command.upgrade(alembic_config(engine), "head")


def schema_is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema that this program was written for."""
    head = ScriptDirectory.from_config(alembic_config(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def schema_differences(engine: Engine) -> list[Any]:
    """Return what the tables in the database and in the code have different."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))
