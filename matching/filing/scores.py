"""Scores and demands in a file: a table with a row per candidate, or a list of pairs."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.filing.names import Names
from matching.filing.reading import Faults, is_number, told

EXACT: Final = 2**53
"""Up to here a double holds every whole number, and so can stand in a column with fractions."""

Number = int | float


def read_table(
    given: Any, shape: tuple[int, int], faults: Faults, field: str, *, refusals: bool
) -> Any:
    """
    Read a list of rows.

    Parameters
    ----------
    given : object
    shape : tuple of int
    faults : Faults
    field : str
    refusals : bool
        Whether a value may be ``null``.

    Returns
    -------
    ndarray or sparse array, or None
        Sparse when whole numbers stand beside refusals that are too large for a double.
    """
    n, m = shape
    if not isinstance(given, list) or len(given) != n:
        has = f"has {len(given)} rows" if isinstance(given, list) else f"is {told(given)}"
        faults.add(f"{has}; accepted are {n} rows, one for each candidate", field)
        return None
    values: list[Number | None] = []
    for row, line in enumerate(given):
        if not isinstance(line, list) or len(line) != m:
            has = f"has {len(line)} values" if isinstance(line, list) else f"is {told(line)}"
            faults.add(f"{has}; accepted are {m}, one for each slot", field, row)
            continue
        for column, value in enumerate(line):
            if not (is_number(value) or (refusals and value is None)):
                accepted = "numbers, and null for a refused pair" if refusals else "numbers"
                faults.add(f"{told(value)} at slot {column}; accepted are {accepted}", field, row)
                value = None
            values.append(value)
    if len(values) != n * m or (not refusals and None in values):
        return None
    if None not in values:
        array = to_array(values, faults, field, lambda at: at // m)
        return None if array is None else array.reshape(shape)
    at = [k for k, value in enumerate(values) if value is not None]
    array = to_array([values[k] for k in at], faults, field, lambda k: at[k] // m)
    if array is None:
        return None
    if array.dtype.kind == "i" and len(array) and int(np.abs(array).max()) > EXACT:
        where = (np.array(at, dtype=np.int64) // m, np.array(at, dtype=np.int64) % m)
        return sparse.coo_array((array, where), shape=shape)
    table = np.full(n * m, np.nan)
    table[at] = array
    return table.reshape(shape)


def read_pairs(
    given: Any,
    candidates: Names,
    slots: Names,
    faults: Faults,
    field: str,
    *,
    value_key: str,
) -> Any:
    """
    Read a list of ``{"candidate", "slot", value_key}`` or ``[candidate, slot, value]``.

    Returns
    -------
    sparse array or None
        What is ``null`` counts as left out.
    """
    if not isinstance(given, list):
        faults.add(f"is {told(given)}; accepted is a list of pairs", field)
        return None
    found: dict[tuple[int, int], int] = {}
    values: list[Number | None] = []
    before = len(faults.found)
    for row, one in enumerate(given):
        parts = _parts(one, value_key, faults, field, row)
        if parts is None:
            continue
        i, j = (
            candidates.find(parts[0], faults, field, row),
            slots.find(parts[1], faults, field, row),
        )
        if not is_number(parts[2]):
            if parts[2] is not None:
                faults.add(f"has {told(parts[2])} as {value_key}; accepted are numbers", field, row)
            continue
        if i is None or j is None:
            continue
        if (i, j) in found:
            faults.add("holds the same pair twice; accepted is each pair once", field, row)
        found[i, j] = row
        values.append(parts[2])
    if len(faults.found) > before:
        return None
    rows = list(found.values())
    array = to_array(values, faults, field, lambda k: rows[k])
    if array is None:
        return None
    where = np.array(list(found), dtype=np.int64).reshape(-1, 2).T
    return sparse.coo_array((array, (where[0], where[1])), shape=(candidates.count, slots.count))


def _parts(
    one: Any, value_key: str, faults: Faults, field: str, row: int
) -> tuple[Any, Any, Any] | None:
    """Return candidate, slot and value of a pair."""
    keys = ("candidate", "slot", value_key)
    if isinstance(one, list) and len(one) == 3:
        return one[0], one[1], one[2]
    if isinstance(one, dict):
        faults.twice(one, f"{field}[{row}]")
        faults.unknown_keys(one, keys, f"{field}[{row}]")
        left_out = [key for key in keys if key not in one]
        if not left_out:
            return one["candidate"], one["slot"], one[value_key]
        faults.add(f"needs also {', '.join(left_out)}", field, row)
    else:
        faults.add(
            f"is {told(one)}; accepted are objects with {', '.join(keys)}, and lists of these",
            field,
            row,
        )
    return None


def to_array(
    values: list[Any], faults: Faults, field: str, row_of: Callable[[int], int]
) -> NDArray[Any] | None:
    """Return numbers as a column: whole where all are, else doubles that hold each exactly."""
    if all(isinstance(value, int) for value in values):
        return np.array(values, dtype=np.int64)
    for k, value in enumerate(values):
        if isinstance(value, int) and abs(value) > EXACT:
            faults.add(
                f"is {value}, too large to stand beside fractions; "
                f"accepted are whole numbers from -{EXACT} to {EXACT}, or none but whole numbers",
                field,
                row_of(k),
            )
            return None
    return np.array(values, dtype=np.float64)


def is_list_of_objects(given: Any) -> bool:
    """Whether a value is a list of ``{...}``, one at least."""
    return isinstance(given, list) and bool(given) and all(isinstance(one, dict) for one in given)
