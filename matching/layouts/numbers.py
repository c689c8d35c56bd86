"""Layouts that are a row of numbers: OR-Library's assignment and generalised assignment."""

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.exceptions import FileError
from matching.filing.names import MOST_ROWS
from matching.filing.reading import Faults, fault
from matching.layouts.instance import Instance, scores_of
from matching.problem import Problem
from matching.sides import STEPS, Resource

NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
WHOLE: Final = re.compile(r"[+-]?\d+", re.ASCII)

NO_TEXT: Final = {ord("\ufeff"): " ", ord("\x1a"): " ", ord("\x00"): " "}
"""A byte order mark, and the ends of file of old systems."""

MOST_DIGITS: Final = 18
"""Whole numbers written with so many signs fit in 64 bits."""

MOST_WORDS: Final = 10
"""So many words that are no numbers are named: with more it is some other file."""


class Row:
    """
    The numbers of a file, one after the other; where lines end means nothing.

    Parameters
    ----------
    text : str

    Raises
    ------
    FileError
        If something in it is no number; it names the line.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = text.translate(NO_TEXT).split()
        wrong = {word for word in set(self.words) if not _is_number(word)}
        if wrong:
            self._refuse([at for at, word in enumerate(self.words) if word in wrong])

    def _refuse(self, places: list[int]) -> None:
        """Name the first words that are no numbers, and count the others."""
        faults = Faults(left_out=max(0, len(places) - MOST_WORDS))
        for at in places[:MOST_WORDS]:
            faults.add(
                f"holds {self.words[at][:20]!r}; accepted are numbers of up to {MOST_DIGITS} signs",
                self.line(at),
            )
        faults.settle()

    def __len__(self) -> int:
        return len(self.words)

    def line(self, at: int) -> str:
        """Return the line on which a number stands; the last line for the end of the file."""
        seen = 0
        lines = self.text.splitlines() or [""]
        for number, line in enumerate(lines, start=1):
            seen += len(line.split())
            if seen > at:
                return f"line {number}"
        return f"line {len(lines)}"

    def whole(self, at: int, what: str, low: int = 1) -> int:
        """Return a whole number, such as a size."""
        if at >= len(self):
            raise fault(f"ends where {what} should stand", self.line(at))
        word = self.words[at]
        if not WHOLE.fullmatch(word) or int(word) < low:
            raise fault(
                f"holds {word}; accepted as {what} are whole numbers from {low}", self.line(at)
            )
        return int(word)

    def column(self, start: int, count: int, what: str) -> NDArray[Any]:
        """Return numbers as a column, whole ones as such."""
        words = self.words[start : start + count]
        if len(words) < count:
            raise fault(
                f"ends after {len(words)} of {count} numbers for {what}", self.line(len(self))
            )
        if all(WHOLE.fullmatch(word) for word in set(words)):
            return np.array([int(word) for word in words], dtype=np.int64)
        return np.array([float(word) for word in words])

    def ends_at(self, at: int, after: str) -> None:
        """Refuse anything that stands after the end."""
        if len(self) > at:
            raise fault(
                f"goes on after {after}: {len(self) - at} numbers more than accepted",
                self.line(at),
            )


def _is_number(word: str) -> bool:
    return NUMBER.fullmatch(word) is not None and len(word) <= MOST_DIGITS


def _is_quantity(word: str) -> bool:
    """Whether a resource can be read exactly, which takes thousandths."""
    thousandths = Decimal(word) * STEPS
    return thousandths >= 0 and thousandths == int(thousandths)


# Assignment


def read_assignment(text: str, *, name: str = "", maximise: bool = False) -> Instance:
    """
    Read OR-Library's assignment layout: n, then the n x n costs, row by row [1]_.

    The sparse form (``assignp800`` and such) is read too: n, then ``i j cost`` for each pair.

    Parameters
    ----------
    text : str
        Lines may end anywhere.
    name : str, optional
    maximise : bool, default=False
        Whether the costs are to be as high as can be.

    Returns
    -------
    Instance
        One seat in each slot.

    Raises
    ------
    FileError
        If the text is something else; it names the line.

    References
    ----------
    .. [1] Beasley (1990). Journal of the Operational Research Society 41(11).
       https://doi.org/10.1057/jors.1990.166

    Examples
    --------
    >>> from matching import solve
    >>> instance = read_assignment("2  1 3  2 9")
    >>> instance.cost(solve(instance.problem))
    5
    """
    row = Row(text)
    n = row.whole(0, "n, the number of items")
    if n > MOST_ROWS:
        raise fault(f"holds {n}; accepted as n are 1 to {MOST_ROWS}", row.line(0))
    costs = _sparse_costs(row, n) if _is_sparse(row, n) else _dense_costs(row, n)
    scores, constant = scores_of(costs, maximise)
    numbers = tuple(str(k + 1) for k in range(n))
    problem = Problem(scores, np.ones(n, dtype=np.int64), codes=(numbers, numbers))
    return Instance(name, "orlib-assignment", problem, maximise, constant)


def is_assignment(row: Row) -> bool:
    """Whether there are as many numbers as the layout asks for."""
    if not len(row) or not WHOLE.fullmatch(row.words[0]) or int(row.words[0]) < 1:
        return False
    n = int(row.words[0])
    return len(row) == 1 + n * n or _is_sparse(row, n)


def misfit_of_assignment(words: Sequence[str]) -> float:
    """Return how far a count of words is from that of an n x n table, as a share of it."""
    is_size = bool(words) and _is_number(words[0]) and WHOLE.fullmatch(words[0]) is not None
    if not is_size or int(words[0]) < 1:
        side = math.isqrt(max(0, len(words) - 1))
        return 0.0 if side and side * side == len(words) - 1 else math.inf
    asked = 1 + int(words[0]) ** 2
    return abs(len(words) - asked) / asked


def _is_sparse(row: Row, n: int) -> bool:
    """
    Whether the numbers are triples: by how the lines end, or else by what they can be.

    A table that was cut off must not pass for pairs: it names many pairs again, or too few.
    """
    left = len(row) - 1
    lines = [len(line.split()) for line in row.text.splitlines() if line.strip()]
    if lines[:1] == [1] and set(lines[1:]) == {3}:
        return not (n == 3 and left == 9)
    if left % 3 or left == n * n or left < 3 * n:
        return False
    ends = row.words[1::3], row.words[2::3]
    if not all(WHOLE.fullmatch(word) and 0 <= int(word) <= 2 * n for word in ends[0] + ends[1]):
        return False
    return len(set(zip(*ends, strict=True))) == left // 3


def _dense_costs(row: Row, n: int) -> NDArray[Any]:
    costs = row.column(1, n * n, f"the {n} x {n} costs")
    row.ends_at(1 + n * n, f"the {n} x {n} costs")
    return costs.reshape(n, n)


def _sparse_costs(row: Row, n: int) -> Any:
    count = (len(row) - 1) // 3
    ends = [[int(word) for word in row.words[first::3]] for first in (1, 2)]
    for part in ends:
        # They count from 1; some writers count from 0, or count columns on after rows.
        shift = 0 if min(part) == 0 else n + 1 if min(part) > n else 1
        for at, value in enumerate(part):
            if not 0 <= value - shift < n:
                raise fault(
                    f"holds {value}; accepted are {shift} to {n - 1 + shift}",
                    row.line(1 + 3 * at),
                )
            part[at] = value - shift
    seen: set[tuple[int, int]] = set()
    for at, pair in enumerate(zip(*ends, strict=True)):
        if pair in seen:
            raise fault("holds a pair again; accepted is each pair once", row.line(1 + 3 * at))
        seen.add(pair)
    every_third = Row(" ".join(row.words[3::3]))
    costs = every_third.column(0, count, "the costs")
    return sparse.coo_array((costs, (np.array(ends[0]), np.array(ends[1]))), shape=(n, n))


# Generalised assignment

WAYS: Final = ((False, 0), (True, 0), (True, 1))
"""Without P, with it, and with it and each set's best value."""


def read_generalised_assignment(
    text: str, *, name: str = "", maximise: bool = False
) -> list[Instance]:
    """
    Read OR-Library's generalised assignment layout [1]_.

    P, the number of problem sets; then for each m agents, n jobs, the m x n costs, the m x n
    resources that a job takes at an agent, and the m capacities. A file with one set may leave
    P out. The best value, which some copies give after each set, is passed over.

    Parameters
    ----------
    text : str
        Lines may end anywhere.
    name : str, optional
    maximise : bool, default=False
        Whether the costs are to be as high as can be, as is usual for ``gap1`` to ``gap12``; those
        of ``gapa`` to ``gapd``, and of type e, are to be low.

    Returns
    -------
    list of Instance
        One for each set. Jobs are candidates and agents are slots, with seats for all; the resource
        is called "capacity".

    Raises
    ------
    FileError
        If the text is something else; it names the line.

    References
    ----------
    .. [1] Osman (1995). OR Spektrum 17. https://doi.org/10.1007/BF01720977
    """
    row = Row(text)
    starts = _starts_of_sets(row)
    if starts is None:
        starts = _walk(row)
    many = len(starts) > 1 or starts == [1]
    return [
        _gap_set(row, start, f"{name}-{k}" if many else name, maximise)
        for k, start in enumerate(starts, start=1)
    ]


def is_generalised_assignment(row: Row) -> bool:
    """Whether there are as many numbers as the layout asks for."""
    return _starts_of_sets(row) is not None


def misfit_of_gap(words: Sequence[str]) -> float:
    """Return how far a count of words is from where the sets would end, as a share of it."""
    # Words that are no numbers are no sizes either; where costs stand any number will do.
    row = Row(" ".join(word if _is_number(word) else "0" for word in words))
    misfits = [math.inf]
    for with_count, with_value in WAYS:
        try:
            _, end = _sets(row, with_count, with_value)
        except FileError:
            continue
        misfits.append(abs(len(words) - end) / end)
    return min(misfits)


def _starts_of_sets(row: Row) -> list[int] | None:
    """Return where each set starts, when the count of numbers is right with P or without it."""
    for with_count, with_value in WAYS:
        try:
            starts, end = _sets(row, with_count, with_value)
        except FileError:  # a size is no size
            continue
        if end == len(row):
            return starts
    return None


def _sets(row: Row, with_count: bool, with_value: int = 0) -> tuple[list[int], int]:
    """Return where sets start, and where the last ends; some copies tell each one's best value."""
    at, starts = int(with_count), []
    for k in range(row.whole(0, "P, the number of problem sets") if with_count else 1):
        if at >= len(row):
            raise fault(f"ends before problem set {k + 1}", row.line(at))
        agents = row.whole(at, f"m, the number of agents of set {k + 1}")
        jobs = row.whole(at + 1, f"n, the number of jobs of set {k + 1}")
        starts.append(at)
        at += 2 + 2 * agents * jobs + agents + with_value
    return starts, at


def _walk(row: Row) -> list[int]:
    """Read on until it is clear what is wrong, and say so."""
    first_line = next((line.split() for line in row.text.splitlines() if line.strip()), [])
    starts, end = _sets(row, with_count=len(first_line) != 2)
    if end < len(row):
        row.ends_at(end, f"{len(starts)} problem sets")
    agents, jobs = row.whole(starts[-1], "m"), row.whole(starts[-1] + 1, "n")
    raise fault(
        f"ends in problem set {len(starts)}; it needs {2 * agents * jobs + agents} numbers after "
        f"m = {agents} and n = {jobs}, and has {len(row) - starts[-1] - 2}",
        row.line(len(row)),
    )


def _gap_set(row: Row, start: int, name: str, maximise: bool) -> Instance:
    agents, jobs = row.whole(start, "m"), row.whole(start + 1, "n")
    size = agents * jobs
    costs = row.column(start + 2, size, "the costs").reshape(agents, jobs).T
    demand = row.column(start + 2 + size, size, "the resources").reshape(agents, jobs).T
    supply = row.column(start + 2 + 2 * size, agents, "the capacities")
    for at in range(start + 2 + size, start + 2 + 2 * size + agents):
        if not _is_quantity(row.words[at]):
            raise fault(
                f"holds {row.words[at]}; accepted are numbers from 0 with up to three decimals",
                row.line(at),
            )
    scores, constant = scores_of(costs, maximise)
    problem = Problem(
        scores,
        np.full(agents, jobs, dtype=np.int64),
        codes=(tuple(str(j + 1) for j in range(jobs)), tuple(str(i + 1) for i in range(agents))),
        resources=[Resource("capacity", demand, supply)],
    )
    return Instance(name, "orlib-gap", problem, maximise, constant)
