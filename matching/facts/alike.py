"""
Who is alike in what a rule or a criterion reads, so that it is worked out once for all of them.

Most of them read few columns with few different values: of twenty thousand people, ten have another
diploma level. Worked out for one of each kind on both sides, the very same code gives the very same
bits, in a small part of the time.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.facts.profiles import Candidates, Pairs, Slots

Narrow = Callable[[Candidates, Slots], Sequence[NDArray[Any]]]
Columns = tuple[str, ...]
Profile = TypeVar("Profile", Candidates, Slots)
Owner = TypeVar("Owner")
Found = TypeVar("Found")
Anything = TypeVar("Anything", bound=np.generic)


@dataclass(frozen=True)
class Reads:
    """
    The columns that a measure reads; it cannot see any other.

    Parameters
    ----------
    candidates, slots : tuple of str
        Names of columns. Of a long table a name such as ``"phases.place"``, column by column.
    narrow : callable, optional
        Returns, of the candidates' columns, what matters to these slots: arrays of one row per
        candidate. Who is alike in that is alike.
    """

    candidates: Columns
    slots: Columns
    narrow: Narrow | None = None


@dataclass(frozen=True, eq=False)
class Kinds:
    """
    Rows sorted out by kind.

    Parameters
    ----------
    of : ndarray of int, shape (n_rows,)
        The kind of each row, from 0.
    first : ndarray of int, shape (n_kinds,)
        A row of each kind, where they were sorted out.
    """

    of: Ints
    first: Ints

    @cached_property
    def in_32_bits(self) -> NDArray[np.int32]:
        """The kind of each row, for C."""
        return self.of.astype(np.int32)

    def __len__(self) -> int:
        return len(self.first)


class Side(Generic[Profile]):
    """
    Candidates or slots, and who of them are alike in some columns: found once, then kept.

    Parameters
    ----------
    profile : Candidates or Slots
    """

    def __init__(self, profile: Profile) -> None:
        self.profile: Profile = profile
        self._kept: dict[Hashable, tuple[Kinds, Profile]] = {}

    def each(self) -> tuple[Kinds, Profile]:
        """Return every row as a kind of its own, with all columns."""
        if () not in self._kept:
            rows = np.arange(len(self.profile))
            self._kept[()] = Kinds(rows, rows), self.profile
        return self._kept[()]

    def alike(
        self, columns: Columns, narrow: Narrow | None = None, slots: Slots | None = None
    ) -> tuple[Kinds, Profile]:
        """
        Sort rows out by some columns.

        Parameters
        ----------
        columns : tuple of str
        narrow : callable, optional
            Returns arrays to sort candidates out by, instead of by all of the columns.
        slots : Slots, optional
            What it is given; always the same ones.

        Returns
        -------
        kinds : Kinds
        some : Candidates or Slots
            One row of each kind, holding these columns and no others.
        """
        n = len(self.profile)
        if n == 1:
            return self.each()  # nobody to be alike with
        if (columns, narrow) not in self._kept:
            kinds = sort_out(self._matters(columns, narrow, slots), n)
            self._kept[columns, narrow] = kinds, pick(self.profile, kinds.first, columns)
        return self._kept[columns, narrow]

    def _matters(
        self, columns: Columns, narrow: Narrow | None, slots: Slots | None
    ) -> Sequence[NDArray[Any]]:
        if narrow is not None and slots is not None and isinstance(self.profile, Candidates):
            return narrow(self.profile, slots)
        return [part for name in columns for part in _parts(self.profile, name)]


def sort_out(columns: Sequence[NDArray[Any]], n: int) -> Kinds:
    """
    Sort rows out by what they hold, ascending by the first column, then the second, and so on.

    Parameters
    ----------
    columns : sequence of ndarray, shape (n,) or (n, k)
        Unknown (nan) is a value like any other.
    n : int

    Returns
    -------
    Kinds
    """
    numbers, count = np.zeros(n, dtype=np.int64), min(1, n)
    for column in columns if n > 1 else ():
        for one in column.reshape(n, -1).T:
            codes, different = _number(one)
            if different > 1:
                numbers, count = _renumber(numbers * different + codes, count * different)
    first = np.zeros(count, dtype=np.int64)
    first[numbers[::-1]] = np.arange(n - 1, -1, -1)
    return Kinds(numbers, first)


def _number(column: NDArray[Any]) -> tuple[Ints, int]:
    if column.dtype.kind in "bi":
        whole = column.astype(np.int64)
        low, high = int(whole.min()), int(whole.max())
        if high - low <= 4 * len(whole):
            return whole - low, high - low + 1
    different, codes = np.unique(column, return_inverse=True)
    return codes, len(different)


def _renumber(numbers: Ints, count: int) -> tuple[Ints, int]:
    """Leave out the numbers that do not occur."""
    if count > 16 * len(numbers) + 1024:
        different, codes = np.unique(numbers, return_inverse=True)
        return codes, len(different)
    occurs = np.zeros(count, dtype=np.bool_)
    occurs[numbers] = True
    new = np.cumsum(occurs) - 1
    return new[numbers], int(new[-1]) + 1


def _parts(profile: Candidates | Slots, name: str) -> Iterator[NDArray[Any]]:
    """Return a column as arrays to sort rows out by."""
    table, _, part = name.partition(".")
    column = getattr(profile, table)
    if isinstance(column, np.ndarray):
        yield column
    elif isinstance(column, Pairs):
        values = column[part] if part else column.owner
        codes = sort_out([values], len(values)).of
        for rows in column.turns:
            filled = np.zeros(len(profile), dtype=np.int64)
            filled[column.owner[rows]] = codes[rows] + 1
            yield filled
    else:
        numbers: dict[Hashable, int] = {}
        yield np.array([numbers.setdefault(one, len(numbers)) for one in column], dtype=np.int64)


def pick(profile: Profile, rows: Ints, columns: Columns) -> Profile:
    """
    Return some rows with some columns only; whoever reads another one gets an ``AttributeError``.

    Parameters
    ----------
    profile : Candidates or Slots
    rows : ndarray of int, shape (n,)
    columns : tuple of str

    Returns
    -------
    Candidates or Slots
    """
    some = object.__new__(type(profile))
    told: dict[str, Any] = {
        "vocabulary": profile.vocabulary,
        "codes": tuple(profile.codes[row] for row in rows.tolist()),
    }
    tables: dict[str, list[str]] = {}
    for name in columns:
        table, _, part = name.partition(".")
        column = getattr(profile, table)
        if isinstance(column, Pairs) and part:
            tables.setdefault(table, []).append(part)
        elif isinstance(column, Pairs):
            told[table] = column.take(rows)
        elif isinstance(column, np.ndarray):
            told[table] = column[rows]
        else:
            told[table] = tuple(column[row] for row in rows.tolist())
    for table, parts in tables.items():
        whole = getattr(profile, table)
        told[table] = Pairs(whole.owner, {part: whole[part] for part in parts}).take(rows)
    for name, column in told.items():
        object.__setattr__(some, name, column)
    return some


def kept_with(find: Callable[[Owner], Found]) -> Callable[[Owner], Found]:
    """Have what a function finds kept for as long as what it was found of."""
    kept: WeakKeyDictionary[Owner, Found] = WeakKeyDictionary()

    @wraps(find)
    def look_up(owner: Owner) -> Found:
        if owner not in kept:
            kept[owner] = find(owner)
        return kept[owner]

    return look_up


def spread(values: NDArray[Anything], candidates: Kinds, slots: Kinds) -> NDArray[Anything]:
    """Return for all pairs what was worked out for pairs of kinds."""
    return values.take(candidates.of, axis=0).take(slots.of, axis=1)
