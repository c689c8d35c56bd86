"""
Changing a row: on the version that was read, by a merge patch (RFC 7386), checked as a whole like a
new one.
"""

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from models.base import Shape, Versioned
from service.database import clock_of
from service.errors import (
    FieldFault,
    InvalidInput,
    VersionMissing,
    VersionStale,
    accepted_in,
    faults_of,
)

ShapeT = TypeVar("ShapeT", bound=Shape)


def require_version(row: Versioned, if_match: str | None) -> None:
    """Refuse a change that does not say which version it changes, or says an older one."""
    if if_match is None:
        raise VersionMissing
    if if_match.strip() != "*" and etag(row) not in [tag.strip() for tag in if_match.split(",")]:
        raise VersionStale


def etag(row: Versioned) -> str:
    """Return the entity tag of a row: its version."""
    return f'"{row.version}"'


def merged(current: ShapeT, patch: dict[str, Any], *, fixed: tuple[str, ...] = ("code",)) -> ShapeT:
    """
    Return what a row becomes, checked as if it came in new.

    A field that is left out stays; `null` makes it unknown. Fields that others refer to by value
    are fixed.
    """
    shape = type(current)
    before = current.model_dump(mode="json", by_alias=True)
    faults = [
        FieldFault(name, "cannot be changed, since others refer to it", str(before[name]))
        for name in map(to_camel, fixed)
        if name in patch and patch[name] != before[name]
    ]
    if faults:
        raise InvalidInput(faults)
    faults = [
        FieldFault(name, "cannot be unknown", accepted_in(shape, name))
        for name, value in patch.items()
        if value is None and name not in _may_be_null(shape)
    ]
    if faults:
        raise InvalidInput(faults)
    after = {**before, **patch}
    try:
        return shape.model_validate(after)
    except ValidationError as error:
        raise InvalidInput(faults_of(error, shape)) from None


def _may_be_null(shape: type[BaseModel]) -> set[str]:
    """Return the fields in which null means unknown."""
    return {
        field.alias or name
        for name, field in shape.model_fields.items()
        if type(None) in get_args(field.annotation)
    }


def assign(session: Session, row: Versioned, facts: BaseModel, names: set[str]) -> list[str]:
    """
    Put facts into a row; return the names of the fields that changed. The version goes up by one.
    """
    changed = []
    for name in sorted(names):
        value = getattr(facts, name)
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    touch(session, row)
    return changed


def touch(session: Session, row: Versioned) -> None:
    """
    Count a change of a row, also when only rows that hang from it changed: its version stands for
    all of it.
    """
    row.updated_at = clock_of(session)
    flag_modified(row, "updated_at")  # also within one tick of the clock
