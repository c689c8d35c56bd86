"""The tables: their history, what the database itself refuses, and what stands in none of them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import (
    Engine,
    Enum,
    ForeignKey,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy import select as sa_select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, SQLModel, select

import service.app  # noqa: F401  (brings all shapes along)
from models.base import OFFICE_ID, Office, Shape, new_id
from models.candidate import Candidate
from models.decision import Decision
from models.job import Job
from models.pilot import PilotOrganisation
from models.slot import Slot
from models.tables import __all__ as names_of_tables
from service.access import SHELL
from service.database import (
    alembic_config,
    migrate,
    open_database,
    schema_differences,
    schema_is_current,
    transaction,
)
from service.forbidden import why_forbidden
from service.match_runs.actions import start_run
from service.policies.actions import default_policy
from tests.factories import TODAY
from tests.servers import PostgresServer

TABLES = dict(sorted(SQLModel.metadata.tables.items()))


# History.


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(
    request: pytest.FixtureRequest, postgres_server: PostgresServer, tmp_path: Path
) -> Iterator[Engine]:
    """A database without a single table."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path / 'bare.db'}")
        yield engine
        engine.dispose()
        return
    with postgres_server.new_database() as address:
        engine = open_database(address.render_as_string(hide_password=False))
        yield engine
        engine.dispose()


def tables_in(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_history_leads_from_nothing_to_exactly_the_tables_of_the_code_and_back(
    bare: Engine,
) -> None:
    assert not schema_is_current(bare)
    migrate(bare)
    assert schema_differences(bare) == []
    assert schema_is_current(bare)
    assert tables_in(bare) == set(TABLES)
    command.downgrade(alembic_config(bare), "base")
    assert tables_in(bare) == set()
    migrate(bare)
    assert schema_differences(bare) == []


def test_hours_that_were_told_for_one_person_become_hours_for_all_seats_and_back(
    bare: Engine,
) -> None:
    command.upgrade(alembic_config(bare), "0001")
    told = [{"kind": "buddy", "weekly_hours": 1.5}, {"kind": "job_coach", "weekly_hours": None}]
    slot_id = new_id()
    with bare.begin() as connection:
        for name, row in slot_of_0001(slot_id, seats=4, support=told).items():
            connection.execute(TABLES[name].insert().values(row))
    migrate(bare)
    slot = TABLES["slot"].c
    with bare.connect() as connection:
        row = connection.execute(
            sa_select(slot.support, slot.version, slot.first_weeks, slot.first_weeks_factor)
        ).one()
    assert [item.weekly_hours for item in row.support] == [6, None]
    assert (row.version, row.first_weeks, row.first_weeks_factor) == (2, None, None)
    command.downgrade(alembic_config(bare), "0001")
    with bare.connect() as connection:
        [back] = connection.execute(sa_select(slot.support)).scalars()
    assert [item.model_dump() for item in back] == told


def slot_of_0001(slot_id: UUID, *, seats: int, support: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a slot, and the rows it hangs from, as they were before the second migration."""
    at = datetime(2017, 12, 1, tzinfo=UTC)
    ids = {name: new_id() for name in ("organisation", "pilot", "cohort")} | {"slot": slot_id}
    facts: dict[str, dict[str, Any]] = {
        "organisation": {"name": "Buurtzaak", "kinds": ["supplier"]},
        "pilot": {"name": "Leerplekken"},
        "cohort": {"pilot_id": ids["pilot"]},
        "slot": {
            "title": "Medewerker inkoop",
            "status": "open",
            "seats": seats,
            "form": "trial",
            "contract_prospect": "unknown",
            "days_fixed": "unknown",
            "build_up": "unknown",
            "conditions": [],
            "support": support,
            "pilot_id": ids["pilot"],
            "cohort_id": ids["cohort"],
            "supplier_id": ids["organisation"],
        },
    }
    stamps = {"version": 1, "created_at": at, "updated_at": at, "office_id": OFFICE_ID}
    return {name: {**stamps, **row, "id": ids[name], "code": "N-1"} for name, row in facts.items()}


def test_a_difference_between_tables_and_code_would_be_seen(bare: Engine) -> None:
    migrate(bare)
    with bare.begin() as connection:
        connection.execute(text("ALTER TABLE candidate ADD COLUMN shoe_size INTEGER"))
    assert [difference[0] for difference in schema_differences(bare)] == ["remove_column"]


def test_the_one_office_stands_there_from_the_beginning(engine: Engine) -> None:
    with Session(engine) as session:
        assert [office.id for office in session.exec(select(Office)).all()] == [OFFICE_ID]


def test_the_list_of_tables_is_complete() -> None:
    assert len(names_of_tables) == len(TABLES)


# One office today, more of them one day: nothing may be unique across offices by accident.

CHILDREN = {
    "candidate_background": "candidate",
    "candidate_contact": "candidate",
    "candidate_needs": "candidate",
    "frozen_input": "match_run",
    "proposal_reasons": "proposal",
    "slot_phase": "slot",
}
"""Tables that belong to an office through the row they hang from."""

OF_ALL_OFFICES = {
    "office": "is the office",
    "postcode": "where places lie is the same for everybody",
}
UNIQUE_FOR_ALL = {
    ("office", "code"): "is the office",
}


def parents(table: Table) -> set[str]:
    return {key.column.table.name for key in table.foreign_keys}


def test_every_table_belongs_to_an_office_itself_or_through_what_it_hangs_from() -> None:
    without = {name for name, table in TABLES.items() if "office_id" not in table.columns}
    assert without == set(CHILDREN) | set(OF_ALL_OFFICES)
    for name, parent in CHILDREN.items():
        assert parent in parents(TABLES[name])
        assert "office_id" in TABLES[parent].columns


def unique_columns(table: Table) -> Iterator[list[Any]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield list(index.columns)


def _belongs(keys: set[ForeignKey]) -> bool:
    return any("office_id" in key.column.table.columns for key in keys)


def test_what_is_unique_is_unique_within_an_office() -> None:
    everywhere = {
        (name, *(column.name for column in columns))
        for name, table in TABLES.items()
        for columns in unique_columns(table)
        if not any(c.name == "office_id" or _belongs(c.foreign_keys) for c in columns)
    }
    assert everywhere == set(UNIQUE_FOR_ALL)


def test_every_code_is_unique_somewhere() -> None:
    with_code = {name for name, table in TABLES.items() if "code" in table.columns}
    unique = {
        name
        for name in with_code
        if any("code" in [c.name for c in columns] for columns in unique_columns(TABLES[name]))
    }
    assert (
        with_code
        == unique
        == {"office", "organisation", "pilot", "cohort", "slot"}
        | {
            "candidate",
            "match_run",
            "coach",
            "quota",
            "bond",
        }
    )


def test_the_same_code_is_refused_by_the_database_itself(sample_engine: Engine) -> None:
    with pytest.raises(IntegrityError), sample_engine.begin() as connection:
        connection.execute(text("UPDATE candidate SET code = 'K-001'"))


def test_what_others_refer_to_cannot_be_removed(sample_engine: Engine) -> None:
    for table in ("organisation", "pilot", "cohort"):
        with pytest.raises(IntegrityError), sample_engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))


# Versions and ids.


def test_every_table_counts_versions_but_the_trail_and_the_map() -> None:
    without = {name for name, table in TABLES.items() if "version" not in table.columns}
    assert without == {"audit_event", "postcode"}
    for name in set(TABLES) - without:
        assert {"id", "created_at", "updated_at"} <= set(TABLES[name].columns.keys())


def test_ids_are_of_version_7_and_in_the_order_of_making() -> None:
    ids = []
    for _ in range(20):
        ids += [new_id() for _ in range(200)]
        time.sleep(0.0005)
    assert {(one.version, type(one)) for one in ids} == {(7, UUID)}
    assert ids == sorted(ids)


def test_rows_in_the_order_of_ids_stand_in_the_order_of_adding(sample_engine: Engine) -> None:
    with Session(sample_engine) as session:
        codes = session.exec(select(Candidate.code).order_by(Candidate.id)).all()
        assert codes == sorted(codes)
        stamps = session.exec(select(Slot.created_at).order_by(Slot.id)).all()
        assert stamps == sorted(stamps)


# Codes that the database itself knows.


@pytest.fixture
def one_of_each(sample_engine: Engine) -> Engine:
    """A database with a row in each table that has a code list."""
    with transaction(sample_engine) as session:
        # So that one that is left can take any role.
        roles = session.exec(select(PilotOrganisation)).all()
        for role in roles[1:]:
            session.delete(role)
        policy = default_policy(session, by=SHELL)
        start_run(session, seed=0, today=TODAY, policy=policy, by=SHELL)
        session.add(
            Decision(
                candidate_id=session.exec(select(Candidate.id)).first(),
                slot_id=session.exec(select(Slot.id)).first(),
                kind="accepted",
                decided_by="coordinator:local",
                decided_at=datetime.now(UTC),
            )
        )
    return sample_engine


def code_columns() -> Iterator[tuple[str, str, list[str]]]:
    for name, table in TABLES.items():
        for column in table.columns:
            if isinstance(column.type, Enum):
                yield name, column.name, list(column.type.enums)


def test_the_database_itself_takes_every_code_of_a_list_and_no_other(one_of_each: Engine) -> None:
    columns = list(code_columns())
    assert len(columns) >= 12
    for table, column, codes in columns:
        one = f"(SELECT min(CAST(id AS TEXT)) FROM {table})"
        change = text(f"UPDATE {table} SET {column} = :code WHERE CAST(id AS TEXT) = {one}")
        with one_of_each.begin() as connection:
            for code in codes:
                assert connection.execute(change, {"code": code}).rowcount == 1, table
        for wrong in ("kwikstaart", codes[0].upper() + " ", ""):
            with pytest.raises(IntegrityError), one_of_each.begin() as connection:
                connection.execute(change, {"code": wrong})


# Instants.


def job_at(instant: datetime | None) -> Job:
    return Job(kind="test", subject_id=new_id(), lease_until=instant)


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(job_at(datetime(2017, 12, 1, 9, 0)))
        with pytest.raises(StatementError, match="An instant needs a time zone"):
            session.flush()


def test_an_instant_comes_back_in_utc_wherever_it_was_written_or_is_read(engine: Engine) -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    written = datetime(2017, 12, 1, 9, 0, 0, 123456, tzinfo=kolkata)
    with transaction(engine) as session:
        session.add_all([job_at(written), job_at(None)])
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.connection().execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        read, unknown = session.exec(select(Job.lease_until).order_by(Job.id)).all()
    assert (read, read.tzinfo) == (written, UTC)
    assert unknown is None


# What is never stored.


def shapes(of: type[Shape] = Shape) -> Iterator[type[Shape]]:
    for shape in of.__subclasses__():
        yield shape
        yield from shapes(shape)


def test_what_is_never_stored_has_no_column_and_no_field() -> None:
    names = {f"{table}.{column.name}" for table in TABLES for column in TABLES[table].columns}
    names |= set(TABLES)
    for shape in shapes():
        for name, field in shape.model_fields.items():
            names |= {f"{shape.__name__}.{name}", f"{shape.__name__}.{field.alias}"}
    assert len(names) > 500
    assert [name for name in names if why_forbidden(name.rpartition(".")[2])] == []
    assert why_forbidden("birth_date") is not None
