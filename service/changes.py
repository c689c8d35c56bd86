"""
Changing a row: on the version that was read, by a merge patch (RFC 7386), checked as a whole like a
new one.
"""

from typing import Any, TypeVar

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
    optional = _fields_with_defaults(shape)
    after = {**before, **patch}
    # A field that cannot be unknown goes back to its default when it is set to null.
    after = {k: v for k, v in after.items() if not (v is None and k in optional)}
    try:
        return shape.model_validate(after)
    except ValidationError as error:
        raise InvalidInput(faults_of(error, shape)) from None


def _fields_with_defaults(shape: type[BaseModel]) -> set[str]:
    return {
        field.alias or name for name, field in shape.model_fields.items() if not field.is_required()
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
