"""
What can go wrong with a request, told so that its reader can mend it (RFC 9457).

ServiceError
├── InvalidInput         400  all faults at once, each with field, row and what is accepted
├── NotFound             404
├── Conflict             409  the code is taken, or the world has moved on
├── VersionMissing       428  a change without If-Match
├── VersionStale         412  somebody else changed it first
├── NotReady             409  asked too early: the run has not ended
└── TakesTooLong         409  the run is too large to be asked more here
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.texts import FactError, hide_citizen_numbers
from service.forbidden import why_forbidden


@dataclass(frozen=True)
class FieldFault:
    """
    One thing wrong with what came in.

    `field` is the path as the sender spells it, `row` counts the rows of a file from 1, without its
    heading. The value itself is never repeated: faults end up in logs and on screens.
    """

    field: str
    message: str
    accepted: str | None = None
    row: int | None = None

    def __post_init__(self) -> None:
        # In a file without a heading, or a careless request, anything may stand for a name.
        object.__setattr__(self, "field", hide_citizen_numbers(self.field))
        object.__setattr__(self, "message", hide_citizen_numbers(self.message))

    def to_json(self) -> dict[str, Any]:
        """Return the fault as plain data."""
        told = {"field": self.field, "message": self.message, "accepted": self.accepted}
        return {**({} if self.row is None else {"row": self.row}), **told}

    def sentence(self) -> str:
        """Say it in one line."""
        where = f"row {self.row}, {self.field}" if self.row is not None else self.field
        accepted = f" Accepted: {self.accepted}." if self.accepted else ""
        return f"{where}: {self.message}.{accepted}" if where else f"{self.message}.{accepted}"


class ServiceError(Exception):
    """A refusal that its reader can do something about."""

    status = 400
    code = "bad_request"
    title = "This request cannot be carried out"

    def __init__(self, detail: str, faults: Sequence[FieldFault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)


class InvalidInput(ServiceError):
    """What came in cannot be used; nothing was stored."""

    code = "invalid_input"
    title = "The input cannot be used"

    def __init__(self, faults: Sequence[FieldFault], detail: str | None = None) -> None:
        count = "One thing has" if len(faults) == 1 else f"{len(faults)} things have"
        super().__init__(detail or f"{count} to be changed. Nothing was stored.", faults)


class NotFound(ServiceError):
    """There is no such thing, or it is not for this reader: both answer alike."""

    status = 404
    code = "not_found"
    title = "Not found"

    def __init__(self, noun: str) -> None:
        super().__init__(f"There is no such {noun}.")


class Conflict(ServiceError):
    """It does not go together with what is already there."""

    status = 409
    code = "conflict"
    title = "This does not go together with what is already there"


class VersionMissing(ServiceError):
    """A change has to say which version it changes."""

    status = 428
    code = "version_missing"
    title = "A change needs the version that it changes"

    def __init__(self, *, first_time: bool = False) -> None:
        super().__init__(
            "Nothing was written here yet. Send If-None-Match: * to be the first."
            if first_time
            else 'Send the ETag of the last read in If-Match, for example If-Match: "3".'
        )


class VersionStale(ServiceError):
    """Somebody else changed it first."""

    status = 412
    code = "version_stale"
    title = "Somebody else changed this first"

    def __init__(self) -> None:
        super().__init__(
            "Read it again, look at what changed, and make your change on that version."
        )


class NotReady(ServiceError):
    """What is asked for does not exist yet."""

    status = 409
    code = "not_ready"
    title = "Not ready yet"


class TakesTooLong(ServiceError):
    """It could be worked out, but not while somebody waits for it."""

    status = 409
    code = "takes_too_long"
    title = "This takes too long to work out here"


def faults_of(
    error: ValidationError, shape: type[BaseModel], *, row: int | None = None, prefix: str = ""
) -> list[FieldFault]:
    """Turn pydantic's errors into faults that name the field and what is accepted."""
    schema = _schema_of(shape)
    return [fault_of(item, schema, row=row, prefix=prefix) for item in error.errors()]


@cache
def _schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema(by_alias=True)


def fault_of(
    item: ErrorDetails, schema: dict[str, Any], *, row: int | None = None, prefix: str = ""
) -> FieldFault:
    """Turn one of pydantic's errors into a fault."""
    path = ".".join([*([prefix] if prefix else []), *map(str, item["loc"])])
    if item["type"] == "extra_forbidden":
        name = str(item["loc"][-1])
        why = why_forbidden(name)
        if why:
            return FieldFault(path, why, row=row)
        known = _properties(_descend(schema, schema, item["loc"][:-1]))
        return FieldFault(path, "is not a field here", ", ".join(known) or None, row)
    accepted = describe(_descend(schema, schema, item["loc"]), schema)
    if item["type"] == "value_error":
        message = item["msg"].removeprefix("Value error, ")
        message, _, own = message.partition("; accepted: ")
        error = item.get("ctx", {}).get("error")
        if isinstance(error, FactError):
            path = f"{path}.{error.field}" if path else error.field
        return FieldFault(path, message, own or None, row)
    message = "is missing" if item["type"] == "missing" else _plain(item)
    return FieldFault(path, message, accepted, row)


_WORDS = {
    "enum": "is not one of the accepted values",
    "literal_error": "is not one of the accepted values",
    "string_pattern_mismatch": "does not have the right form",
    "string_too_long": "is too long",
    "string_too_short": "is too short",
    "too_short": "has too few items",
    "too_long": "has too many items",
    "greater_than_equal": "is too small",
    "greater_than": "is too small",
    "less_than_equal": "is too large",
    "less_than": "is too large",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "list_type": "is not a list",
    "dict_type": "is not an object",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
    "string_type": "is not a text",
    "string_unicode": "is not a text",
    "bool_type": "is not true or false",
    "bool_parsing": "is not true or false",
    "json_invalid": "is not valid JSON",
}


def _plain(item: ErrorDetails) -> str:
    kind = item["type"]
    if kind.startswith("date"):
        return "is not a date"
    if kind.startswith("time"):
        return "is not a time"
    if kind.startswith("uuid"):
        return "is not an id"
    return _WORDS.get(kind, item["msg"][:1].lower() + item["msg"][1:])


def _descend(
    node: dict[str, Any], root: dict[str, Any], path: Iterable[str | int]
) -> dict[str, Any]:
    """Follow a path of fields and positions through a JSON schema, as far as it goes."""
    for step in path:
        node = _resolve(node, root)
        node = (
            node.get("items", {})
            if isinstance(step, int)
            else node.get("properties", {}).get(step, {})
        )
    return _resolve(node, root)


def _resolve(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while True:
        if "$ref" in node:
            node = root.get("$defs", {}).get(node["$ref"].rpartition("/")[2], {})
        elif "anyOf" in node:
            options = [option for option in node["anyOf"] if option.get("type") != "null"]
            node = options[0] if options else {}
        else:
            return node


def _properties(node: dict[str, Any]) -> list[str]:
    return list(node.get("properties", {}))


def accepted_in(shape: type[BaseModel], field: str) -> str | None:
    """Say in words what a field of a shape accepts."""
    schema = shape.model_json_schema(by_alias=True)
    return describe(_descend(schema, schema, (field,)), schema)


def describe(node: dict[str, Any], root: dict[str, Any]) -> str | None:
    """Say in words what a JSON schema accepts."""
    if "enum" in node:
        return ", ".join(str(value) for value in node["enum"])
    if node.get("format") in FORMATS:
        return FORMATS[node["format"]]
    kind = node.get("type")
    if kind in ("integer", "number"):
        return _range("whole numbers" if kind == "integer" else "numbers", node)
    if kind == "string":
        return _text(node)
    if kind == "array":
        inner = describe(_resolve(node.get("items", {}), root), root)
        return f"a list of {inner}" if inner else "a list"
    if kind == "object":
        return (
            f"an object with {', '.join(_properties(node))}" if _properties(node) else "an object"
        )
    return None


FORMATS = {
    "date": "a date such as 2018-01-31",
    "time": "a time such as 09:00",
    "date-time": "an instant such as 2018-01-31T09:00:00Z",
    "uuid": "an id such as 01900000-0000-7000-8000-000000000001",
}

PATTERNS = {
    "^[1-9][0-9]{3}$": "four digits such as 2511",
    "^[a-z]{3}$": "three small letters (ISO 639-3) such as nld",
    "^[0-9]{1,4}$": "one to four digits (ISCO-08) such as 3323",
    "^[0-9]{8}$": "eight digits",
    "^[A-Za-z0-9][A-Za-z0-9._-]*$": "letters, digits, dot, dash and underscore, up to 40",
}


def _range(noun: str, node: dict[str, Any]) -> str:
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    more = "more than " if "exclusiveMinimum" in node else ""
    start = f" from {more}{low}" if low is not None else ""
    return f"{noun}{start}{f' to {high}' if high is not None else ''}"


def _text(node: dict[str, Any]) -> str:
    if node.get("pattern") in PATTERNS:
        return PATTERNS[node["pattern"]]
    if node.get("pattern"):
        return f"text of the form {node['pattern']}"
    if "maxLength" in node:
        return f"text of {node.get('minLength', 0)} to {node['maxLength']} characters"
    return "text"
