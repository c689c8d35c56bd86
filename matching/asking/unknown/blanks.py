"""
Blanks: facts that nobody knows yet, and the answers to each that could make a difference.

An answer is a set of edits to one row of a profile. Many of them are scored at once, as rows of one
table; what comes out is the same as when each was scored by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.facts.profiles import Candidates, Pairs, Slots

Profile = TypeVar("Profile", Candidates, Slots)

MOST_ANSWERS: Final = 12
"""
So many answers to a question after a number are looked at, the lowest and the highest among them.
"""


@dataclass(frozen=True, eq=False)
class Edit:
    """
    One entry of a profile's row, made otherwise.

    Parameters
    ----------
    column : str
    value : object
        What stands there then; for a long table all rows of this owner, as dicts.
    at : tuple of int
        Where in the row, for columns with more than one axis.
    """

    column: str
    value: Any
    at: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What somebody could say.

    Parameters
    ----------
    says : str or float
        In plain words or numbers.
    edits : tuple of Edit
    """

    says: str | float
    edits: tuple[Edit, ...]


@dataclass(frozen=True, eq=False)
class Blank:
    """
    One fact that nobody knows yet.

    Parameters
    ----------
    side : {"candidate", "slot"}
        Whom to ask.
    row : int
        Whose fact, by position.
    fact : str
        The column.
    item, part : str or None
        Which condition, language and skill of it, kind of support, place, ...
    answers : tuple of Answer
    """

    side: str
    row: int
    fact: str
    item: str | None = None
    part: str | None = None
    answers: tuple[Answer, ...] = field(default=(), repr=False)


def thinned(values: Iterable[float]) -> list[float]:
    """Return numbers in order, each once, at most ``MOST_ANSWERS`` with both ends among them."""
    numbers = np.unique(np.array([v for v in values if not np.isnan(v)], dtype=np.float64))
    if len(numbers) > MOST_ANSWERS:
        kept = np.rint(np.linspace(0, len(numbers) - 1, MOST_ANSWERS)).astype(np.int64)
        numbers = numbers[kept]
    return [float(number) for number in numbers]


def answers_in(
    column: str, values: Iterable[float], at: tuple[int, ...] = ()
) -> tuple[Answer, ...]:
    """Return one answer for each of some numbers."""
    return tuple(Answer(value, (Edit(column, value, at),)) for value in thinned(values))


def with_edits(
    profile: Profile,
    rows: Sequence[int] | Ints,
    edits: Sequence[Sequence[Edit]],
    codes: tuple[str, ...] | None = None,
) -> Profile:
    """
    Return rows of a profile with edits made.

    Parameters
    ----------
    profile : Candidates or Slots
    rows : sequence of int
        Rows to take, in the order of the result; the same one may be taken more than once.
    edits : sequence of sequence of Edit
        What changes in each row of the result.
    codes : tuple of str, optional
        New codes, which are needed where a row is taken more than once.

    Returns
    -------
    Candidates or Slots
    """
    taken = np.asarray(rows, dtype=np.int64)
    columns: dict[str, Any] = {}
    for part in fields(profile):
        column = getattr(profile, part.name)
        if isinstance(column, np.ndarray):
            columns[part.name] = column[taken]
        elif isinstance(column, Pairs):
            columns[part.name] = column.take(taken)
        elif isinstance(column, tuple):
            columns[part.name] = [column[row] for row in taken.tolist()]
    _make(columns, edits)
    columns = {k: tuple(v) if isinstance(v, list) else v for k, v in columns.items()}
    if codes is not None:
        columns["codes"] = codes
    return replace(profile, **columns)


def slots_with_edits(slots: Slots, rows: Sequence[int], edits: Sequence[Sequence[Edit]]) -> Slots:
    """
    Return rows of slots with edits made, each with its own code however often it is taken.

    Wishes and vetoes name codes, so the result can be scored; it is no set of slots to plan with.
    """
    table = with_edits(slots, rows, edits, tuple(map(str, range(len(rows)))))
    object.__setattr__(table, "codes", tuple(slots.codes[row] for row in rows))
    return table


def _make(columns: dict[str, Any], edits: Sequence[Sequence[Edit]]) -> None:
    """Make edits in columns that have been copied, row by row."""
    longer: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for row, made in enumerate(edits):
        for edit in made:
            entry: Any = (row, *edit.at) if edit.at else row
            if isinstance(columns[edit.column], Pairs):
                longer.setdefault(edit.column, {})[row] = edit.value
            else:
                columns[edit.column][entry] = edit.value
    for name, new_rows in longer.items():
        columns[name] = _replaced(columns[name], new_rows)


def _replaced(table: Pairs, rows: dict[int, list[dict[str, Any]]]) -> Pairs:
    """Return a long table in which some owners have other rows than before."""
    kept = ~np.isin(table.owner, list(rows))
    more_owner = [owner for owner, facts in rows.items() for _ in facts]
    more = [fact for facts in rows.values() for fact in facts]
    owner = np.concatenate([table.owner[kept], np.array(more_owner, dtype=np.int64)])
    columns: dict[str, NDArray[Any]] = {}
    for name, column in table.columns.items():
        if not more:
            columns[name] = column[kept]
            continue
        added = np.array([fact[name] for fact in more])
        columns[name] = np.concatenate([column[kept], added]) if kept.any() else added
    return Pairs(owner, columns)
