"""Files to rows: CSV and JSON, with clear words for whatever cannot be read. Nothing is guessed."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from service.errors import FieldFault, InvalidInput
from service.forbidden import why_forbidden

LARGEST_BYTES: Final = 64 * 1024 * 1024
LARGEST_ROWS: Final = 100_000
LARGEST_CELL: Final = 20_000
LARGEST_NUMBER: Final = 30
SEPARATORS: Final = (",", ";", "\t")
FIRST_BYTES_OF: Final = {
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
}


@dataclass(frozen=True)
class Row:
    """A row of a file: its number from 1, without the heading, and what stands in it."""

    number: int
    fields: dict[str, Any]
    is_csv: bool


def read_file(path: Path) -> list[Row]:
    """
    Read a CSV or JSON file into rows.

    Raises `InvalidInput` when the file cannot be read, names columns that are never stored, or
    holds no rows.
    """
    if not path.is_file():
        refuse(str(path.name), "is no file that can be read", "a CSV or JSON file")
    if path.stat().st_size > LARGEST_BYTES:
        refuse(path.name, "is too large", f"up to {LARGEST_BYTES // 2**20} MB")
    return read_bytes(path.read_bytes(), path.name)


def read_bytes(content: bytes, name: str) -> list[Row]:
    """Read the content of a file into rows; `name` tells by its ending which kind it is."""
    text = _decode(content, name)
    if name.lower().endswith(".json"):
        rows = list(_json_rows(text, name))
    elif name.lower().endswith((".csv", ".tsv", ".txt")):
        rows = list(_csv_rows(text, name))
    else:
        refuse(name, "has an ending that is not known", ".csv or .json")
    if not rows:
        refuse(name, "holds no rows", "at least one row below the heading")
    if len(rows) > LARGEST_ROWS:
        refuse(name, f"holds {len(rows)} rows", f"up to {LARGEST_ROWS}")
    return rows


def refuse(
    field: str, message: str, accepted: str | None = None, row: int | None = None
) -> NoReturn:
    """Refuse a file as a whole."""
    raise InvalidInput([FieldFault(field, message, accepted, row)])


def _decode(content: bytes, name: str) -> str:
    if not content.strip():
        refuse(name, "is empty", "a file with rows")
    for start, what in FIRST_BYTES_OF.items():
        if content.startswith(start):
            refuse(name, f"is {what}", "a CSV or JSON file in UTF-8")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse(name, "is written in UTF-16", "UTF-8; in a spreadsheet: save as CSV UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        refuse(
            name,
            f"is not written in UTF-8: line {line} holds a byte that UTF-8 does not have",
            "UTF-8; in a spreadsheet: save as CSV UTF-8",
        )
    if "\x00" in text:
        refuse(
            name,
            f"holds a NUL byte in line {text[: text.index(chr(0))].count(chr(10)) + 1}",
            "text",
        )
    return text


def _json_rows(text: str, name: str) -> Iterator[Row]:
    try:
        content = json.loads(
            text,
            parse_constant=_no_constant,
            parse_int=_int_of_a_sane_length,
            object_pairs_hook=_no_doubles,
        )
    except json.JSONDecodeError as error:
        refuse(
            name,
            f"is not valid JSON: line {error.lineno}, position {error.colno}",
            "a list of objects",
        )
    except (ValueError, RecursionError) as error:
        why = "is nested too deeply" if isinstance(error, RecursionError) else str(error)
        refuse(name, why, "a list of objects")
    if not isinstance(content, list):
        refuse(name, "does not hold a list", "a list of objects")
    for number, fields in enumerate(content, start=1):
        if not isinstance(fields, dict):
            refuse(name, "is not an object", "an object with fields", number)
        faults = [FieldFault(path, why, row=number) for path, why in _forbidden(fields)]
        if faults:
            raise InvalidInput(faults)
        yield Row(number, fields, is_csv=False)


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(f"holds {constant}, which is no number in JSON")


def _int_of_a_sane_length(digits: str) -> int:
    if len(digits) > LARGEST_NUMBER:
        raise ValueError(f"holds a number of {len(digits)} digits")
    return int(digits)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"names the field {twice[0]} twice in one object")
    return dict(pairs)


def _forbidden(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            where = f"{path}.{key}" if path else key
            why = why_forbidden(key)
            if why:
                yield where, why
            yield from _forbidden(inner, where)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _forbidden(inner, f"{path}.{position}")


def _csv_rows(text: str, name: str) -> Iterator[Row]:
    text = text.lstrip("\r\n")
    heading = text.splitlines()[0]
    separator = max(SEPARATORS, key=heading.count)
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [column.strip() for column in next(reader)]
        _check_columns(columns)
        number = 0
        for cells in reader:
            number += 1  # blank rows count, so that a spreadsheet shows the same number
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                refuse(
                    name,
                    f"has {len(cells)} cells",
                    f"{len(columns)} cells, as in the heading",
                    number,
                )
            fields = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
            yield Row(number, fields, is_csv=True)
    except csv.Error as error:
        refuse(
            name, f"is not valid CSV in line {reader.line_num}: {error}", "CSV with quotes closed"
        )


def _check_columns(columns: Sequence[str]) -> None:
    faults = [
        FieldFault(column, why) for column in columns if (why := why_forbidden(column)) is not None
    ]
    for column, count in Counter(columns).items():
        if not column:
            faults.append(
                FieldFault("heading", "has a column without a name", "a name for each column")
            )
        elif count > 1:
            faults.append(FieldFault(column, "stands in the heading twice", "each column once"))
    if faults:
        raise InvalidInput(faults)
