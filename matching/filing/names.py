"""Candidates and slots as a file names them: by code, or by position."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from matching.filing.reading import Faults, told, whole

T = TypeVar("T")

MOST_ROWS = 4_000_000
"""More candidates or slots than any file of ours; a slip of the finger would fill the memory."""

LONGEST_TOLD = 40
"""A code in a message is cut here: a wrong file may have put anything in its place."""


@dataclass(frozen=True)
class Names:
    """
    The rows that a file may point at.

    Parameters
    ----------
    kind : {"candidates", "slots"}
    count : int
    codes : tuple of str or None
        ``None`` when rows are known by position only.
    """

    kind: str
    count: int
    codes: tuple[str, ...] | None = None

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each key that an object may have: a code, or else a position as text."""
        keys = self.codes if self.codes is not None else map(str, range(self.count))
        return {key: row for row, key in enumerate(keys)}

    @property
    def accepted(self) -> str:
        """What a file may write to point at a row."""
        positions = f"positions from 0 to {self.count - 1}"
        return positions if self.codes is None else f"codes of {self.kind}, and {positions}"

    def find(self, given: Any, faults: Faults, field: str, row: int | None = None) -> int | None:
        """Return the row that is meant; ``None``, and a fault, when there is none."""
        if isinstance(given, str):
            found = self.row_of.get(given)
            if found is None:
                said = given if len(given) <= LONGEST_TOLD else given[:LONGEST_TOLD] + "…"
                faults.add(f"names {said!r}; accepted are {self.accepted}", field, row)
            return found
        found = whole(given, 0, self.count - 1)
        if found is None:
            faults.add(f"is {told(given)}; accepted are {self.accepted}", field, row)
        return found

    def find_all(self, given: Any, faults: Faults, field: str) -> list[int]:
        """Return the rows that a list names; those it wrongly names are noted and left out."""
        if not isinstance(given, list):
            faults.add(f"is {told(given)}; accepted is a list of {self.accepted}", field)
            return []
        rows = [self.find(one, faults, field, at) for at, one in enumerate(given)]
        seen: set[int] = set()
        for at, row in enumerate(rows):
            if row in seen:
                faults.add(f"names row {row} of {self.kind} again; accepted is once", field, at)
            if row is not None:
                seen.add(row)
        return sorted(seen)

    def column(
        self,
        given: Any,
        read: Callable[[Any, str, int], T | None],
        faults: Faults,
        field: str,
        *,
        missing: T | None = None,
    ) -> list[T]:
        """
        Return one value for each row, from a list or from an object by code.

        Parameters
        ----------
        given : list or dict
        read : callable
            Given a value, its field and its row, returns it checked, or notes a fault and returns
            ``None``.
        faults : Faults
        field : str
        missing : optional
            For rows that an object leaves out; without it all have to be there.

        Returns
        -------
        list
            As long as there are rows, or empty when something was wrong.
        """
        values: list[T | None] = [missing] * self.count
        if isinstance(given, list):
            if len(given) != self.count:
                faults.add(f"has {len(given)} values; accepted are {self.count}", field)
                return []
            values = [read(one, field, row) for row, one in enumerate(given)]
        elif isinstance(given, dict):
            faults.twice(given, field)
            for key, one in given.items():
                at = self.find(key, faults, field)
                if at is not None:
                    values[at] = read(one, field, at)
            left_out = [] if missing is not None else self._left_out(given)
            if left_out:
                faults.add(f"needs also {', '.join(left_out)}", field)
        else:
            faults.add(
                f"is {told(given)}; accepted are a list of {self.count} values, "
                f"and an object with a value by code of {self.kind}",
                field,
            )
        return (
            [] if any(value is None for value in values) else [v for v in values if v is not None]
        )

    def _left_out(self, given: dict[str, Any]) -> list[str]:
        left_out = [key for key in self.row_of if key not in given]
        return left_out if len(left_out) <= 5 else [*left_out[:5], f"{len(left_out) - 5} more"]
