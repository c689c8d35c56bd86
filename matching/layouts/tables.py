"""CSV layouts: a folder with candidates, placements and pairs, or one file of pairs with a cost."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.filing.reading import LARGEST_INT, Faults, fault, read_text
from matching.layouts.instance import Instance, Number, scores_of
from matching.layouts.numbers import NUMBER, WHOLE
from matching.problem import Problem
from matching.sides import Resource

CANDIDATE: Final = ("candidate_id", "candidate", "row", "job", "person", "resident")
SLOT: Final = (
    *("placement_id", "placement", "slot_id", "slot"),
    *("col", "column", "agent", "task", "hospital"),
)
SEATS: Final = ("capacity", "seats")
YES: Final = ("1", "true", "yes", "y")
NO: Final = ("0", "false", "no", "n")

PAIR_FILES: Final = ("pairs.csv",)
CANDIDATE_FILES: Final = ("candidates.csv",)
SLOT_FILES: Final = ("placements.csv", "slots.csv")


@dataclass
class Table:
    """A CSV file: its heading, and for each row the line it stands on."""

    name: str
    heading: list[str]
    rows: list[tuple[int, dict[str, str]]]
    decimal_comma: bool
    used: set[str]

    def column(self, names: Sequence[str]) -> str:
        """Return the first of some names that is a column; empty when none is."""
        found = next((name for name in names if name in self.heading), "")
        self.used.add(found)
        return found

    def at(self, line: int, column: str) -> str:
        """Return how to name a cell in a message."""
        return f"{self.name}, line {line}, {column}"

    def number(self, line: int, cell: str, column: str, faults: Faults) -> Number | None:
        """Return a cell as a number, or note a fault."""
        word = cell.replace(",", ".") if self.decimal_comma else cell
        if WHOLE.fullmatch(word) and abs(int(word)) <= LARGEST_INT:
            return int(word)
        if NUMBER.fullmatch(word) and np.isfinite(float(word)):
            return float(word)
        faults.add(
            "is no number" if cell else "is blank; accepted are numbers", self.at(line, column)
        )
        return None


def read_csv(path: Path, *, maximise: bool | None = None) -> Instance:
    """
    Read a folder with CSV files, or one CSV file with pairs.

    Parameters
    ----------
    path : Path
        A folder with ``pairs.csv``, and ``candidates.csv`` and ``placements.csv``; or a file of
        pairs alone, with one seat per slot. Columns of pairs: ``candidate_id`` (or ``row``),
        ``placement_id`` (or ``col``), ``eligible``, ``cost`` or ``score``. Columns of placements:
        ``capacity``, the seats (no limit, when left out). A column of placements such as
        ``support_capacity_hours`` is the supply of what pairs, or candidates, draw by a column
        ``support_hours``.
    maximise : bool, optional
        Whether costs are to be as high as can be; as low, when left out.

    Returns
    -------
    Instance
        A score column is taken as it is, unless ``maximise`` is given.

    Raises
    ------
    FileError
        With all faults, each with file, line and column.
    """
    faults = Faults()
    if path.is_dir():
        pairs = _required(path, PAIR_FILES)
        candidates, slots = _required(path, CANDIDATE_FILES), _required(path, SLOT_FILES)
        who, where = _codes(candidates, CANDIDATE, faults), _codes(slots, SLOT, faults)
    else:
        pairs, candidates, slots = _table(path), None, None
        who, where = _in_order(pairs, CANDIDATE), _in_order(pairs, SLOT)
    faults.settle()
    found = _Pairs(pairs, who, where, faults)
    faults.settle()
    scores, constant = found.scores(maximise)
    parts: dict[str, Any] = {"seats": np.ones(len(where), dtype=np.int64)}
    if slots is not None and candidates is not None:
        parts["seats"] = _seats(slots, len(who), faults)
        parts["resources"] = _resources(found, candidates, slots, faults)
    faults.settle()
    problem = Problem(scores, codes=(tuple(who), tuple(where)), **parts)
    tables = [table for table in (candidates, slots, pairs) if table is not None]
    left = [f"{t.name}: {name}" for t in tables for name in t.heading if name not in t.used]
    notes = (f"columns that are not read: {', '.join(left)}",) if left else ()
    return Instance(path.stem, "csv", problem, bool(maximise), constant, notes)


def is_pairs(text: str) -> bool:
    """Whether a text begins as a CSV file of pairs does."""
    heading = text.lstrip("\ufeff\r\n ").partition("\n")[0].strip().lower()
    cells = {cell.strip().strip('"') for cell in re.split(r"[,;\t]", heading)}
    return bool(cells & set(CANDIDATE)) and bool(cells & set(SLOT))


# Files


def _required(folder: Path, names: Sequence[str]) -> Table:
    for name in names:
        if (folder / name).is_file():
            return _table(folder / name)
    raise fault(f"needs a file {' or '.join(names)}", str(folder))


def _table(path: Path) -> Table:
    text = read_text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    heading: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    faults = Faults()
    for cells in reader:
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if not heading:
            heading = [value.lower() for value in values]
            if len(set(heading)) < len(heading):
                raise fault("names a column twice", f"{path.name}, line {reader.line_num}")
            continue
        if len(values) != len(heading):
            faults.add(
                f"has {len(values)} cells; accepted are {len(heading)}, as in the heading",
                f"{path.name}, line {reader.line_num}",
            )
        rows.append((reader.line_num, dict(zip(heading, values, strict=False))))
    faults.settle()
    return Table(path.name, heading, rows, delimiter == ";", set())


def _codes(table: Table, names: Sequence[str], faults: Faults) -> list[str]:
    column = _needed(table, names)
    codes: dict[str, int] = {}
    for line, row in table.rows:
        code = row[column]
        if not code or code in codes:
            wrong = f"is that of line {codes[code]} too; accepted is once" if code else "is blank"
            faults.add(wrong, table.at(line, column))
        codes.setdefault(code, line)
    return list(codes)


def _in_order(table: Table, names: Sequence[str]) -> list[str]:
    """Return the codes that pairs name: numbers in rising order, others as they come."""
    column = _needed(table, names)
    codes = list(dict.fromkeys(row[column] for _, row in table.rows))
    return sorted(codes, key=int) if all(WHOLE.fullmatch(code) for code in codes) else codes


def _needed(table: Table, names: Sequence[str]) -> str:
    column = table.column(names)
    if not column:
        raise fault(f"needs a column {' or '.join(names)}", f"{table.name}, heading")
    return column


# Columns


class _Pairs:
    """The pairs that can be chosen, with what stands beside them."""

    def __init__(self, table: Table, who: list[str], where: list[str], faults: Faults) -> None:
        self.table, self.shape = table, (len(who), len(where))
        names = (_needed(table, CANDIDATE), _needed(table, SLOT))
        rows_of = [{code: k for k, code in enumerate(codes)} for codes in (who, where)]
        eligible = table.column(("eligible",))
        self.ends: list[tuple[int, int]] = []
        self.rows: list[tuple[int, dict[str, str]]] = []
        seen: set[tuple[int, int]] = set()
        for line, row in table.rows:
            ends = [rows.get(row[name]) for rows, name in zip(rows_of, names, strict=True)]
            for end, name in zip(ends, names, strict=True):
                if end is None:
                    faults.add(f"names {row[name][:20]!r}, which no row has", table.at(line, name))
            if None in ends or not self._is_eligible(line, row, eligible, faults):
                continue
            pair = (ends[0] or 0, ends[1] or 0)
            if pair in seen:
                faults.add("holds a pair again; accepted is once", f"{table.name}, line {line}")
            seen.add(pair)
            self.ends.append(pair)
            self.rows.append((line, row))
        self.cost = self.values("cost", faults) if table.column(("cost",)) else None
        self.score = self.values("score", faults) if table.column(("score",)) else None
        if self.cost is None and self.score is None:
            faults.add("needs a column cost or score", f"{table.name}, heading")

    def _is_eligible(self, line: int, row: dict[str, str], column: str, faults: Faults) -> bool:
        said = row[column].lower() if column else ""
        if said and said not in YES + NO:
            faults.add("accepted are 1 and 0", self.table.at(line, column))
        return said not in NO

    def values(self, column: str, faults: Faults) -> NDArray[Any]:
        """Return a column of the pairs that can be chosen."""
        read = [self.table.number(line, row[column], column, faults) for line, row in self.rows]
        return np.array([0 if value is None else value for value in read])

    def matrix(self, values: NDArray[Any]) -> Any:
        """Return values at their pairs."""
        ends = np.array(self.ends, dtype=np.int64).reshape(-1, 2).T
        return sparse.coo_array((values, (ends[0], ends[1])), shape=self.shape)

    def scores(self, maximise: bool | None) -> tuple[Any, Number | None]:
        """Return the scores, and the constant that score and cost add up to."""
        if self.cost is not None and (self.score is None or maximise is not None):
            return scores_of(self.matrix(self.cost), bool(maximise))
        constant = None
        if self.cost is not None and len(self.cost):
            sums = self.cost + self.score
            constant = sums[0].item() if np.all(sums == sums[0]) else None
        assert self.score is not None
        return self.matrix(self.score), constant


def _seats(slots: Table, no_limit: int, faults: Faults) -> NDArray[np.int64]:
    column = slots.column(SEATS)
    if not column:
        return np.full(len(slots.rows), no_limit, dtype=np.int64)
    seats = []
    for line, row in slots.rows:
        number = slots.number(line, row[column], column, faults)
        if number is not None and (number < 0 or number != int(number)):
            faults.add("accepted are whole numbers from 0", slots.at(line, column))
        seats.append(int(number or 0))
    return np.array(seats, dtype=np.int64)


def _resources(pairs: _Pairs, candidates: Table, slots: Table, faults: Faults) -> list[Resource]:
    resources = []
    for column in slots.heading:
        what, middle, unit = column.partition("_capacity_")
        drawn = f"{what}_{unit}"
        if not middle:
            continue
        supply = [slots.number(line, row[column], column, faults) or 0 for line, row in slots.rows]
        demand: Any
        if pairs.table.column((drawn,)):
            demand = pairs.matrix(pairs.values(drawn, faults))
        elif candidates.column((drawn,)):
            demand = np.array(
                [
                    candidates.number(line, row[drawn], drawn, faults) or 0
                    for line, row in candidates.rows
                ]
            )
        else:
            faults.add(
                f"is a supply, and neither pairs nor candidates have a column {drawn}",
                f"{slots.name}, {column}",
            )
            continue
        slots.used.add(column)
        resources.append(Resource(drawn, demand, np.array(supply)))
    return resources
