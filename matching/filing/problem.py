"""A problem out of a file: every fault that can be seen without solving, all at once."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from matching.exceptions import MatchingError
from matching.filing.names import MOST_ROWS, Names
from matching.filing.reading import Faults, fault, told, whole
from matching.filing.rules import read_rules
from matching.filing.scores import is_list_of_objects, read_pairs, read_table
from matching.problem import Problem
from matching.solvers import LEVELS

VERSION: Final = 1

KEYS: Final = (
    "version",
    "title",
    "note",
    "candidates",
    "slots",
    "scores",
    "pairs",
    "seats",
    "pins",
    "precedence",
    "resources",
    "quotas",
    "groups",
    "tiers",
    "current",
    "stayBonus",
    "pilots",
    "objective",
)

DEFAULT_OBJECTIVE: Final = ("placed", "score")

FIELD_OF: Final = {"stay_bonus": "stayBonus", "codes": "candidates and slots"}
"""How the file spells what ``Problem`` calls otherwise."""


@dataclass(frozen=True, eq=False)
class ProblemFile:
    """
    What a problem file holds.

    Parameters
    ----------
    problem : Problem
    objective : tuple of str
        The order of objectives it asks for.
    title : str
        What its writer calls it; empty when it has no title.
    """

    problem: Problem
    objective: tuple[str, ...] = DEFAULT_OBJECTIVE
    title: str = ""


def problem_from_json(data: Any) -> ProblemFile:
    """
    Read a problem from plain data, as JSON gives it.

    Parameters
    ----------
    data : object
        As docs/reference/problem-file.md has it.

    Returns
    -------
    ProblemFile

    Raises
    ------
    FileError
        With all faults that were found, each with its field, its row and what is accepted.
    """
    if not isinstance(data, dict):
        raise fault(f"is {told(data)}; accepted is an object with candidates, slots, …", "file")
    return _Reader(data).read()


class _Reader:
    """Reads the parts of one file; what is wrong goes to ``faults``, and reading goes on."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.faults = Faults()
        self.candidates = self._names("candidates")
        self.slots = self._names("slots")
        if (self.candidates.codes is None) != (self.slots.codes is None):
            self.faults.add(
                "have codes for one of the two; accepted are codes for both, or numbers for both",
                "candidates and slots",
            )
        has_rows = not self.faults.found
        self.faults.twice(data, "file")
        self.faults.unknown_keys(data, KEYS, "file")
        if not has_rows:
            self.faults.settle()  # without rows to point at, nothing else can be read

    def read(self) -> ProblemFile:
        if self.data.get("version", VERSION) != VERSION:
            self.faults.add(f"is {told(self.data['version'])}; accepted is {VERSION}", "version")
        for key in ("title", "note"):
            if not isinstance(self.data.get(key, ""), str):
                self.faults.add(f"is {told(self.data[key])}; accepted is a text", key)
        parts = {
            "scores": self._scores(),
            "seats": self._seats(),
            "pins": self._slots_by_candidate("pins"),
            "precedence": self._numbers("precedence", 10**9, missing=0),
            **read_rules(self.data, self.candidates, self.slots, self.faults),
            "tiers": self._numbers("tiers", 1000),
            "current": self._slots_by_candidate("current"),
            "stay_bonus": self.faults.whole(self.data.get("stayBonus", 0), "stayBonus", high=10**9),
            "pilots": self._pilots(),
        }
        objective = self._objective()
        self.faults.settle()
        if self.candidates.codes is not None and self.slots.codes is not None:
            parts["codes"] = (self.candidates.codes, self.slots.codes)
        try:
            problem = Problem(**parts)
        except MatchingError as error:
            field = FIELD_OF.get(error.field, error.field)
            raise fault(error.message, field, error.row) from error
        return ProblemFile(problem, objective, self.data.get("title", ""))

    # Who and where

    def _names(self, key: str) -> Names:
        given = self.data.get(key)
        count = whole(given, 0, MOST_ROWS)
        if count is not None:
            return Names(key, count)
        if given is None and key not in self.data:
            count = self._count_from_scores(key)
            if count is not None:
                return Names(key, count)
            self.faults.add(f"is missing; accepted are a list of codes, and a number of {key}", key)
        elif not isinstance(given, list):
            self.faults.add(
                f"is {told(given)}; accepted are a list of codes, and a number of {key}, "
                f"0 to {MOST_ROWS}",
                key,
            )
        else:
            return Names(key, len(given), self._codes(given, key))
        return Names(key, 0)

    def _codes(self, given: list[Any], key: str) -> tuple[str, ...]:
        seen: dict[str, int] = {}
        for row, code in enumerate(given):
            if not isinstance(code, str) or not code.strip():
                self.faults.add(f"is {told(code)}; accepted is a code, a text", key, row)
            elif code in seen:
                self.faults.add(f"is the code of row {seen[code]} too; accepted is once", key, row)
            else:
                seen[code] = row
        return tuple(code for code in given if isinstance(code, str))

    def _count_from_scores(self, key: str) -> int | None:
        """Return how many there are by the table of scores, where there is one."""
        table = self.data.get("scores")
        if not isinstance(table, list) or not table or not isinstance(table[0], list):
            return None
        return len(table) if key == "candidates" else len(table[0])

    # Scores and seats

    def _scores(self) -> Any:
        table, pairs = self.data.get("scores"), self.data.get("pairs")
        if (table is None) == (pairs is None):
            self.faults.add("accepted is one of the two", "scores and pairs")
            return None
        if pairs is None and not is_list_of_objects(table):
            shape = (self.candidates.count, self.slots.count)
            read = read_table(table, shape, self.faults, "scores", refusals=True)
            return np.zeros(shape, dtype=np.int64) if read is not None and read.size == 0 else read
        field, given = ("scores", table) if pairs is None else ("pairs", pairs)
        return read_pairs(given, self.candidates, self.slots, self.faults, field, value_key="score")

    def _seats(self) -> Any:
        if "seats" not in self.data:
            self.faults.add("is missing; accepted are numbers by slot, and one for all", "seats")
        given = self.data.get("seats", 0)
        if not isinstance(given, list | dict):
            given = [given] * self.slots.count

        def seats(value: Any, field: str, row: int) -> int | None:
            return self.faults.whole(value, field, row)

        return np.array(self.slots.column(given, seats, self.faults, "seats"), dtype=np.int64)

    # A value for each candidate or slot

    def _slots_by_candidate(self, key: str) -> Any:
        if self.data.get(key) is None:
            return None

        def slot(value: Any, field: str, row: int) -> int | None:
            if value is None or (value == -1 and not isinstance(value, bool)):
                return -1
            return self.slots.find(value, self.faults, field, row)

        column = self.candidates.column(self.data[key], slot, self.faults, key, missing=-1)
        return np.array(column, dtype=np.int64)

    def _numbers(self, key: str, most: int, missing: int | None = None) -> Any:
        if self.data.get(key) is None:
            return None

        def number(value: Any, field: str, row: int) -> int | None:
            return self.faults.whole(value, field, row, high=most)

        column = self.candidates.column(self.data[key], number, self.faults, key, missing=missing)
        return np.array(column, dtype=np.int64)

    def _pilots(self) -> Any:
        if self.data.get("pilots") is None:
            return None

        def label(value: Any, field: str, row: int) -> str | int | None:
            if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
                return value
            self.faults.add(f"is {told(value)}; accepted is a label", field, row)
            return None

        return self.slots.column(self.data["pilots"], label, self.faults, "pilots")

    def _objective(self) -> tuple[str, ...]:
        given = self.data.get("objective", list(DEFAULT_OBJECTIVE))
        order = [given] if isinstance(given, str) else given
        if not isinstance(order, list) or not all(name in LEVELS for name in order):
            self.faults.add(f"accepted is a list of {', '.join(LEVELS)}", "objective")
            return DEFAULT_OBJECTIVE
        return tuple(order)
