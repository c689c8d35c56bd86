"""Problem: scores, seats and pins; checked when built, so that solvers need not."""

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matching.exceptions import ProblemError
from matching.sides import (
    Group,
    Quota,
    ReadGroup,
    ReadQuota,
    ReadResource,
    Resource,
    check_names,
    read_group,
    read_quota,
    read_resource,
    rules_of,
)
from matching.source import REFUSED, ScoreSource, as_source

FINEST_EXPONENT = 30
"""
Scores that are not whole numbers are read in steps of 2**-30 (about 1e-9) where the largest is
about 1: finer where all are small, coarser where one is large.
"""

MOST_EXPONENT = 1074
"""There is no smaller float than 2**-1074."""

HEADROOM_BITS = 61
"""
Path lengths have to fit in 64 bits: a price is at most the largest score times the number of nodes.
"""

MOST_EXACT = 2**53
"""Up to here every whole number is a float."""

LARGEST = 2.0**960
"""Sums of scores up to here are still numbers."""

ScoreArray = Any
"""An array-like or a scipy sparse array, as the caller gives it."""


@dataclass(frozen=True, eq=False)
class Problem:
    """
    Who can go where, how well it would fit, and how many seats there are.

    Parameters
    ----------
    scores : array_like, scipy sparse array or ScoreSource, shape (n_candidates, n_slots)
        Higher is better. ``nan``, ``None`` and masked entries are refused pairs; in a sparse array
        stored entries, zeros included, can be chosen and absent ones are refused. Whole numbers are
        exact; others are read in steps of ``resolution``. Kept as 64-bit numbers, in a copy.
    seats : array_like of int, shape (n_slots,)
        Places per slot, 0 or more.
    pins : array_like of int, shape (n_candidates,), optional
        Slot that a candidate is fixed to, -1 for none.
    codes : tuple of two sequences of str, optional
        Unique codes of candidates and of slots. They settle ties, together with the seed; without
        them the position does.
    precedence : array_like of int, shape (n_candidates,), optional
        Whole numbers from 0. Among plans that are equal on the objective, the sum over those placed
        is as large as can be: days of waiting, say.
    resources : sequence of Resource, optional
    quotas : sequence of Quota, optional
    groups : sequence of Group, optional
        What a plan must keep beside seats.
    tiers : array_like of int, shape (n_candidates,), optional
        Whose turn it is, 0 first. Read only when the objective names ``"tiers"``.
    current : array_like of int, shape (n_candidates,), optional
        The slot that each candidate has now, -1 for none.
    stay_bonus : int, default=0
        Points for each person who keeps their current slot. They count in the value and the bound
        of the level ``"score"``, never in a plan's ``score``.
    pilots : sequence, length n_slots, optional
        The pilot that each slot belongs to, in any labels.

    Attributes
    ----------
    shape : tuple of int
        ``(n_candidates, n_slots)``.
    resolution : float
        1.0 when all scores are whole; else the power of two that scores are rounded to for solving.

    Raises
    ------
    ProblemError
        If a shape, a value or a pin is out of range; it names field and row.
    """

    scores: ScoreArray
    seats: NDArray[np.int64]
    _: KW_ONLY
    pins: NDArray[np.int64] | None = None
    codes: tuple[Sequence[str], Sequence[str]] | None = None
    precedence: NDArray[np.int64] | None = None
    resources: Sequence[Resource] = ()
    quotas: Sequence[Quota] = ()
    groups: Sequence[Group] = ()
    tiers: NDArray[np.int64] | None = None
    current: NDArray[np.int64] | None = None
    stay_bonus: int = 0
    pilots: Sequence[object] | None = None
    shape: tuple[int, int] = field(init=False)
    is_whole: bool = field(init=False)
    exponent: int = field(init=False)
    pair_candidate: NDArray[np.int64] = field(init=False, repr=False)
    pair_slot: NDArray[np.int64] = field(init=False, repr=False)
    pair_score: NDArray[np.float64] | NDArray[np.int64] = field(init=False, repr=False)
    read_resources: tuple[ReadResource, ...] = field(init=False, repr=False)
    read_quotas: tuple[ReadQuota, ...] = field(init=False, repr=False)
    read_groups: tuple[ReadGroup, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        source = as_source(self.scores)
        if source is not None:
            n, m = source.shape
            self._set(scores=source)
            candidate = slot = np.zeros(0, dtype=np.int64)
            score: NDArray[np.int64] | NDArray[np.float64] = candidate
            self._set(shape=(n, m), is_whole=True, exponent=0)
        else:
            matrix, candidate, slot, score = _pairs(self.scores)
            n, m = matrix.shape
            self._set(scores=matrix, shape=(n, m))
            whole = score.dtype.kind in "iu" or bool(np.all(score == np.floor(score)))
            bonus = _whole_number(self.stay_bonus, "stay_bonus", 10**9)
            self._set(is_whole=whole, exponent=_exponent(score, whole, n + m, candidate, bonus))
        self._set(seats=_whole_numbers(self.seats, "seats", m, low=0))
        self._set(pair_candidate=candidate, pair_slot=slot, pair_score=score)
        self._read_side_rules()
        if self.codes is not None:
            _check_codes(self.codes, n, m)
        if self.precedence is not None:
            self._set(
                precedence=_whole_numbers(self.precedence, "precedence", n, low=0, high=10**9)
            )
        if self.pins is not None:
            self._set(pins=_whole_numbers(self.pins, "pins", n, low=-1, high=m - 1))
            self._check_pins()

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            for array in _arrays_of(value):
                array.setflags(write=False)
            object.__setattr__(self, name, value)

    @property
    def resolution(self) -> float:
        """The step that scores are read in."""
        return float(2.0**-self.exponent)

    @property
    def units(self) -> NDArray[np.int64]:
        """Scores of the eligible pairs in whole steps of ``resolution``."""
        if self.is_whole:
            return self.pair_score.astype(np.int64)
        return np.rint(np.ldexp(self.pair_score, self.exponent)).astype(np.int64)

    def is_eligible(self, candidate: int, slot: int) -> bool:
        """Whether a pair can be chosen at all."""
        if isinstance(self.scores, ScoreSource):
            one = self.scores.block(slice(candidate, candidate + 1), slice(slot, slot + 1))
            return int(one[0, 0]) != REFUSED
        start, end = np.searchsorted(self.pair_candidate, [candidate, candidate + 1])
        return bool(np.any(self.pair_slot[start:end] == slot))

    @property
    def has_source(self) -> bool:
        """Whether scores are worked out when asked; then the pair columns are empty."""
        return isinstance(self.scores, ScoreSource)

    @property
    def has_side_rules(self) -> bool:
        """Whether a plan must keep more than seats and pins."""
        return bool(self.read_resources or self.read_quotas or self.read_groups)

    @property
    def pilot_of_slot(self) -> NDArray[np.int64]:
        """Pilot of each slot as a number, (n_slots,); all different when no pilots were given."""
        if self.pilots is None:
            return np.arange(self.shape[1], dtype=np.int64)
        numbers: dict[object, int] = {}
        return np.array([numbers.setdefault(p, len(numbers)) for p in self.pilots], dtype=np.int64)

    def _read_side_rules(self) -> None:
        n, m = self.shape
        if self.pilots is not None and len(self.pilots) != m:
            raise ProblemError(f"has {len(self.pilots)} labels; accepted are {m}", field="pilots")
        self._set(
            resources=rules_of(self.resources, Resource, "resources"),
            quotas=rules_of(self.quotas, Quota, "quotas"),
            groups=rules_of(self.groups, Group, "groups"),
            pilots=None if self.pilots is None else tuple(self.pilots),
        )
        resources = [read_resource(given, k, n, m) for k, given in enumerate(self.resources)]
        quotas = [read_quota(given, k, n, m) for k, given in enumerate(self.quotas)]
        has_pilots = self.pilots is not None
        groups = [read_group(given, k, n, has_pilots) for k, given in enumerate(self.groups)]
        for field_name, rules in (("resources", resources), ("quotas", quotas), ("groups", groups)):
            check_names([rule.name for rule in rules], field_name)
        self._set(
            read_resources=tuple(resources), read_quotas=tuple(quotas), read_groups=tuple(groups)
        )
        if self.tiers is not None:
            self._set(tiers=_whole_numbers(self.tiers, "tiers", n, low=0, high=1000))
        if self.current is not None:
            self._set(current=_whole_numbers(self.current, "current", n, low=-1, high=m - 1))
        self._set(stay_bonus=_whole_number(self.stay_bonus, "stay_bonus", 10**9))
        if self.stay_bonus and self.current is None:
            raise ProblemError("is given without current", field="stay_bonus")

    def _check_pins(self) -> None:
        assert self.pins is not None
        taken = np.zeros(self.shape[1], dtype=np.int64)
        for row in np.flatnonzero(self.pins >= 0):
            slot = int(self.pins[row])
            if not self.is_eligible(int(row), slot):
                raise ProblemError(
                    f"is fixed to slot {slot}, which refuses that candidate; "
                    "accepted is an eligible slot or -1",
                    field="pins",
                    row=int(row),
                )
            taken[slot] += 1
            if taken[slot] > self.seats[slot]:
                raise ProblemError(
                    f"is fixed to slot {slot}, which has only {self.seats[slot]} seats",
                    field="pins",
                    row=int(row),
                )


def _pairs(
    scores: ScoreArray,
) -> tuple[Any, NDArray[np.int64], NDArray[np.int64], NDArray[np.float64] | NDArray[np.int64]]:
    """Return the scores as a matrix and, row by row, the pairs that can be chosen."""
    if sparse.issparse(scores):
        if scores.ndim != 2:
            raise ProblemError(f"has {scores.ndim} axes; accepted are 2", field="scores")
        matrix = _narrow(_each_pair_once(sparse.coo_array(scores)))
        candidate = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
        slot, score = matrix.indices.astype(np.int64), matrix.data
        eligible = np.ones(len(score), dtype=np.bool_)
    else:
        matrix = _scores_with_nan(scores)
        if matrix.ndim != 2:
            raise ProblemError(
                f"has shape {matrix.shape}; accepted is (n_candidates, n_slots)", field="scores"
            )
        matrix = _narrow(matrix)
        eligible = np.ones(matrix.shape, dtype=np.bool_)
    if matrix.dtype.kind == "f":
        values = matrix.data if sparse.issparse(matrix) else matrix
        if np.isinf(values).any():
            at = int(np.argwhere(np.isinf(values))[0][0])
            row = int(candidate[at]) if sparse.issparse(matrix) else at
            raise ProblemError(
                "is infinite; accepted are numbers, and nan for a refused pair",
                field="scores",
                row=row,
            )
        eligible = ~np.isnan(values)
    if sparse.issparse(matrix):
        return matrix, candidate[eligible], slot[eligible], score[eligible]
    rows, columns = np.nonzero(eligible)
    return matrix, rows.astype(np.int64), columns.astype(np.int64), matrix[rows, columns]


def _each_pair_once(entries: Any) -> Any:
    matrix = sparse.csr_array(entries)  # adds up what stands there twice
    more = np.bincount(entries.row, minlength=matrix.shape[0]) - np.diff(matrix.indptr)
    if more.any():
        raise ProblemError(
            "holds the same pair twice; accepted is each pair once",
            field="scores",
            row=int(np.argmax(more)),
        )
    matrix.sort_indices()
    return matrix


def _narrow(matrix: Any) -> Any:
    """Return a copy in 64-bit numbers."""
    if matrix.dtype.kind not in "iuf":
        raise ProblemError(f"holds {matrix.dtype}; accepted are numbers", field="scores")
    if matrix.dtype.kind == "f":
        return matrix.astype(np.float64)
    if matrix.dtype.kind == "u" and matrix.size and int(matrix.max()) > np.iinfo(np.int64).max:
        raise ProblemError("is too large; accepted are 64-bit whole numbers", field="scores")
    return matrix.astype(np.int64)


def _arrays_of(value: Any) -> list[NDArray[Any]]:
    if sparse.issparse(value):
        return [value.data, value.indices, value.indptr]
    return [value] if isinstance(value, np.ndarray) else []


def _exponent(
    score: NDArray[Any], whole: bool, n_nodes: int, candidate: NDArray[np.int64], bonus: int
) -> int:
    """Return k so that scores times 2**k, and every sum along a path, fit in 64 bits."""
    largest = int(max(abs(int(score.max())), abs(int(score.min())))) if len(score) else 0
    room = HEADROOM_BITS - (4 * (n_nodes + 4)).bit_length() - largest.bit_length()
    if not whole and largest <= LARGEST:
        # Binary places before the point of whatever is largest; below 0 where all is small.
        places = math.frexp(max(float(np.abs(score).max()), bonus))[1]
        small = min(0, places)
        return min(FINEST_EXPONENT - small, room - small, MOST_EXPONENT)
    if not whole or room < 0:
        row = int(candidate[int(np.argmax(np.abs(score.astype(np.float64))))])
        if not whole:
            raise ProblemError(
                f"is too large; accepted are numbers from {-LARGEST:g} to {LARGEST:g}",
                field="scores",
                row=row,
            )
        most = 2 ** (HEADROOM_BITS - (4 * (n_nodes + 4)).bit_length()) - 1
        raise ProblemError(
            f"is too large to be exact; accepted at this size are whole numbers "
            f"from {-most} to {most}",
            field="scores",
            row=row,
        )
    return 0


def _whole_number(value: object, name: str, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value <= high:
        raise ProblemError(f"is {value!r}; accepted are whole numbers from 0 to {high}", field=name)
    return int(value)


def _scores_with_nan(given: ArrayLike) -> NDArray[Any]:
    """Return scores in which what is masked, or ``None``, is ``nan``: a refused pair."""
    if np.ma.is_masked(given):
        return np.asarray(np.ma.filled(np.ma.asarray(given).astype(np.float64), np.nan))
    values = _array(given, "scores")
    if values.dtype.kind != "O":
        return values
    one: object
    for at, one in np.ndenumerate(values):
        fault = ""
        if isinstance(one, int):
            if abs(one) > MOST_EXACT:
                fault = f"is too large; accepted beside None are whole numbers to {MOST_EXACT}"
        elif one is not None and not isinstance(one, Number):
            kind = type(one).__name__
            fault = f"holds {kind}; accepted are numbers, and nan for a refused pair"
        if fault:
            raise ProblemError(fault, field="scores", row=int(at[0]) if at else None)
    return values.astype(np.float64)


def _array(values: ArrayLike, name: str) -> NDArray[Any]:
    if np.ma.is_masked(values):
        raise ProblemError("has masked entries; accepted are numbers", field=name)
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ProblemError("has rows of different lengths", field=name) from error


def _whole_numbers(
    values: ArrayLike, name: str, length: int, *, low: int, high: int | None = None
) -> NDArray[np.int64]:
    array = _array(values, name)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.shape != (length,):
        raise ProblemError(f"has shape {array.shape}; accepted is ({length},)", field=name)
    accepted = f"accepted are whole numbers from {low}" + (
        f" to {high}" if high is not None else ""
    )
    if array.dtype.kind not in "iuf":
        raise ProblemError(f"holds {array.dtype}; {accepted}", field=name)
    ceiling = 2**62 if high is None else high
    with np.errstate(invalid="ignore"):
        wrong = ~((array >= low) & (array <= ceiling) & (array == np.floor(array)))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ProblemError(f"is {array[row]}; {accepted}", field=name, row=row)
    return array.astype(np.int64)


def _check_codes(codes: tuple[Sequence[str], Sequence[str]], n: int, m: int) -> None:
    for name, given, length in (("candidates", codes[0], n), ("slots", codes[1], m)):
        if len(given) != length or len(set(given)) != length:
            raise ProblemError(f"needs {length} unique codes of {name}", field="codes")
