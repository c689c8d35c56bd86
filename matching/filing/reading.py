"""What readers of files share: JSON with care, and faults that are told all at once."""

import difflib
import json
import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from matching.exceptions import FileError, MatchingError

MOST_FAULTS: Final = 50
"""More than anybody mends in one go."""

LARGEST_INT: Final = 2**63 - 1
"""Whole numbers become 64-bit columns."""

MOST_COUNT: Final = 2**62
"""Largest count that a problem takes."""


@dataclass
class Faults:
    """Collects what is wrong, so that the giver of a file can mend all of it at once."""

    found: list[MatchingError] = field(default_factory=list)
    left_out: int = 0

    def add(self, message: str, field: str, row: int | None = None) -> None:
        """Note a fault."""
        if len(self.found) < MOST_FAULTS:
            self.found.append(MatchingError(message, field=field, row=row))
        else:
            self.left_out += 1

    def settle(self) -> None:
        """Raise what was noted, if anything."""
        if self.left_out:
            self.found.append(MatchingError(f"and {self.left_out} faults more"))
        if self.found:
            raise FileError(self.found)

    def unknown_keys(self, given: Iterable[str], known: Collection[str], field: str) -> None:
        """Note keys that a part of the file does not have."""
        for key in given:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"; {near[0]}, perhaps?" if near else ""
                self.add(
                    f"does not know {key!r}; accepted are {', '.join(known)}{hint}", field or "file"
                )

    def whole(
        self,
        value: Any,
        field: str,
        row: int | None = None,
        *,
        low: int = 0,
        high: int = MOST_COUNT,
    ) -> int | None:
        """Return a value as a whole number within limits, or note a fault."""
        number = whole(value, low, high)
        if number is None:
            limit = f" to {high}" if high < MOST_COUNT else ""
            self.add(f"is {told(value)}; accepted are whole numbers from {low}{limit}", field, row)
        return number

    def twice(self, given: Any, field: str) -> None:
        """Note keys that stood more than once in an object."""
        if isinstance(given, Twice) and given.keys_twice:
            names = ", ".join(given.keys_twice)
            self.add(f"has {names} more than once; accepted is once", field)


class Twice(dict[str, Any]):
    """An object in which a key stood more than once; JSON itself would keep the last only."""

    keys_twice: tuple[str, ...] = ()


def fault(message: str, field: str = "", row: int | None = None) -> FileError:
    """Return an error about one fault."""
    return FileError([MatchingError(message, field=field, row=row)])


def read_text(path: Path) -> str:
    """
    Return the text of a file, with any line ends and with or without a byte order mark.

    Raises
    ------
    FileError
        If it cannot be opened, or is no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise fault(f"cannot be read: {error.strerror}", str(path)) from error
    except UnicodeDecodeError as error:
        raise fault("is not UTF-8 text", str(path)) from error


def parse_json(text: str) -> Any:
    """
    Read JSON.

    Raises
    ------
    FileError
        If the text is no JSON; it names line and column.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_constant=Constant
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise fault(f"is not JSON: {error.msg}", where) from error
    except RecursionError as error:
        raise fault("is not read: lists or objects are nested too deeply", "file") from error
    except ValueError as error:  # whole numbers of thousands of digits
        raise fault("is not read: a number has too many digits", "file") from error


@dataclass(frozen=True)
class Constant:
    """NaN and Infinity, which Python writes and JSON does not have: every reader refuses them."""

    name: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = Twice(pairs)
    if len(made) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        made.keys_twice = tuple(key for key, count in counts.items() if count > 1)
    return made


def told(value: Any) -> str:
    """Return what to call a value in a message; never somebody's text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Constant):
        return value.name
    if isinstance(value, int):
        return str(value) if abs(value) <= LARGEST_INT else "a number beyond 64 bits"
    if isinstance(value, float):
        return "infinite" if math.isinf(value) else f"{value:g}"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def is_number(value: Any) -> bool:
    """Whether a value is a number that columns can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= LARGEST_INT


def whole(value: Any, low: int, high: int = LARGEST_INT) -> int | None:
    """Return a value as a whole number within limits; ``None`` if it is none."""
    if not is_number(value) or value != int(value) or not low <= value <= high:
        return None
    return int(value)
