"""
What every table and every shape shares: ids, instants, versions, names of constraints, JSON
columns.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, get_args
from uuid import UUID

import uuid_utils.compat as uuid_utils
from pydantic import ConfigDict, TypeAdapter, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from sqlalchemy import JSON, DateTime, Dialect, TypeDecorator
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

# Alembic can only rename or drop a constraint that has a name, on SQLite above all.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

OFFICE_ID = UUID("01900000-0000-7000-8000-000000000001")
"""
The one coordinating body that an installation serves today; the first migration stores its row.
"""


def new_id() -> UUID:
    """Return a UUIDv7: unique, and in the order of creation."""
    return uuid_utils.uuid7()


class UtcInstant(TypeDecorator[datetime]):
    """
    An instant that is stored in UTC and comes back aware, also from SQLite, which forgets zones.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone; a naive one could mean any hour.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonOf(TypeDecorator[Any]):
    """A JSON column that is checked on its way in and out; SQL NULL means unknown."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = repr(kind)
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self._adapter.dump_python(self._adapter.validate_python(value), mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.validate_python(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)


def code_column(codes: type[StrEnum], name: str = "") -> EnumColumn:
    """
    Return a column type that stores a code's value, as text, and refuses all others.

    A table with two columns of the same codes names their constraints, since a name is used once.
    """
    return EnumColumn(
        codes,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        values_callable=_values,
        length=40,
        name=name or _snake(codes.__name__),
    )


def _values(codes: type[StrEnum]) -> list[str]:
    return [code.value for code in codes]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Shape(SQLModel):
    """What comes in or goes out: camelCase outside, snake_case inside, unknown fields refused."""

    model_config = ConfigDict(  # type: ignore[assignment]  # as SQLModel's own examples do
        alias_generator=to_camel, populate_by_name=True, extra="forbid", str_strip_whitespace=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        # Pydantic reads true as 1, which would make a seat of it.
        if isinstance(value, bool) and _takes_numbers(cls.model_fields[info.field_name or ""]):
            raise PydanticCustomError("float_type", "is not a number")
        return value


def _takes_numbers(field: FieldInfo) -> bool:
    kinds = get_args(field.annotation) or (field.annotation,)
    return any(kind in (int, float) for one in kinds for kind in (one, *get_args(one)[:1]))


class Versioned(SQLModel):
    """What each row of every table carries."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    created_at: datetime | None = Field(default=None, sa_type=UtcInstant, nullable=False)
    updated_at: datetime | None = Field(default=None, sa_type=UtcInstant, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        # Two people who change the same row: the second is told, instead of undoing the first.
        table = getattr(cls, "__table__", None)
        return {} if table is None else {"version_id_col": table.c.version}

    @property
    def created(self) -> datetime:
        """The instant of storing; only a row that was never flushed has none."""
        return _stored(self.created_at)

    @property
    def updated(self) -> datetime:
        """The instant of the last change."""
        return _stored(self.updated_at)


class Rooted(Versioned):
    """A row that others hang from: it names the office it belongs to."""

    office_id: UUID = Field(default=OFFICE_ID, foreign_key="office.id", index=True)


class Office(Versioned, table=True):
    """The coordinating body that this installation serves."""

    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=200)
    plays_on: date | None = None
    """The day that a sample plays on; blank for an office that works in the present."""


def _stored(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError("This row has not been stored yet.")
    return at


Clock = Callable[[], datetime]
"""Gives the present instant, in UTC. Comes in from outside, so that tests and replays choose it."""
