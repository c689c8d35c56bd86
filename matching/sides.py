"""Side rules: what a plan must keep beside seats. Resources, quotas and groups."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matching.exceptions import ProblemError

STEPS: Final = 1000
"""
Quantities are counted in thousandths: exact for hours, halves of them, and euros with cents.

What is finer is read so that no supply is ever exceeded: demand is rounded up, supply down.
"""

MOST: Final = 2**30
"""Largest quantity, so that sums of a million of them in thousandths still fit in 64 bits."""

UNLIMITED: Final = 2**62
"""Supply in thousandths where the caller says infinite."""

Within = Literal["slot", "pilot"]
Rule = TypeVar("Rule")


@dataclass(frozen=True, eq=False)
class Resource:
    """
    A quantity that placements draw from a supply: hours of a coach, places at a language course.

    Parameters
    ----------
    name : str
        In the caller's words; every answer about it uses them.
    demand : array_like, shape (n_candidates,) or (n_candidates, n_slots), or scipy sparse array
        What a candidate draws, in any slot or in each. Numbers from 0, counted in thousandths; what
        is finer is rounded up. In a sparse array what is absent draws nothing.
    supply : array_like of shape (n_slots,), or a number
        What each slot has, or one supply that ``slots`` share. ``inf`` is no limit. What is finer
        than a thousandth is rounded down, so that no plan draws more than there is.
    slots : array_like, optional
        Which slots draw on it, as a mask or as positions; all, when left out.
    """

    name: str
    demand: Any
    supply: Any
    slots: Any = None


@dataclass(frozen=True, eq=False)
class Quota:
    """
    How many of a set of candidates a set of slots may hold.

    Parameters
    ----------
    name : str
    candidates : array_like
        Mask of shape (n_candidates,) or positions of candidates.
    slots : array_like
        Mask of shape (n_slots,) or positions of slots.
    least : int, default=0
    most : int, optional
        No limit, when left out.
    if_open : bool, default=False
        The slots may also stay closed: then the count is 0 and they hold nobody at all; else it
        lies in [least, most]. The floor of a cohort.
    """

    name: str
    candidates: Any
    slots: Any
    least: int = 0
    most: int | None = None
    if_open: bool = False


@dataclass(frozen=True, eq=False)
class Group:
    """
    People who belong together, or are better kept apart.

    Parameters
    ----------
    name : str
    candidates : array_like
        Mask of shape (n_candidates,) or positions of candidates; at least two people.
    apart : bool, default=False
        ``False``: all of them in one slot (or pilot), or none of them has a place. ``True``: no two
        in the same slot (or pilot).
    within : {"slot", "pilot"}, default="slot"
        Pilots are the labels that the problem was given.
    """

    name: str
    candidates: Any
    apart: bool = False
    within: Within = "slot"


@dataclass(frozen=True, eq=False)
class ReadResource:
    """
    A resource as solvers read it: whole thousandths, and one row per supply.

    Parameters
    ----------
    name : str
    demand : ndarray of int, shape (n_candidates,) or (n_candidates, n_slots), or sparse CSR
        In thousandths.
    supply : ndarray of int, shape (n_slots,) or (1,)
        In thousandths; ``UNLIMITED`` where there is no limit. One number when it is shared.
    slots : ndarray of bool, shape (n_slots,)
    shared : bool
    """

    name: str
    demand: Any
    supply: NDArray[np.int64]
    slots: NDArray[np.bool_]
    shared: bool

    def of_pairs(
        self, candidates: NDArray[np.int64], slots: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return what each pair draws, in thousandths; 0 in slots that do not draw on it."""
        if sparse.issparse(self.demand):
            drawn = np.asarray(self.demand[candidates, slots]).ravel()
        elif self.demand.ndim == 1:
            drawn = self.demand[candidates]
        else:
            drawn = self.demand[candidates, slots]
        out: NDArray[np.int64] = np.where(self.slots[slots], drawn, 0).astype(np.int64)
        return out


@dataclass(frozen=True, eq=False)
class ReadQuota:
    """A quota as solvers read it: two masks and two whole numbers."""

    name: str
    candidates: NDArray[np.bool_]
    slots: NDArray[np.bool_]
    least: int
    most: int
    if_open: bool


@dataclass(frozen=True, eq=False)
class ReadGroup:
    """A group as solvers read it: positions of candidates, in rising order."""

    name: str
    candidates: NDArray[np.int64]
    apart: bool
    within: Within


def read_resource(given: Resource, row: int, n: int, m: int) -> ReadResource:
    """Check a resource and return it in whole thousandths."""
    field = f"resources[{row}]"
    name = _name(given.name, field)
    slots = (
        np.ones(m, dtype=np.bool_)
        if given.slots is None
        else _mask(given.slots, f"{field}.slots", m)
    )
    demand: Any
    if sparse.issparse(given.demand):
        demand = sparse.csr_array(given.demand)
        if demand.shape != (n, m):
            raise ProblemError(
                f"has shape {demand.shape}; accepted are ({n},) and ({n}, {m})",
                field=f"{field}.demand",
            )
        data = _thousandths(demand.data, f"{field}.demand", is_demand=True)
        demand = sparse.csr_array((data, demand.indices, demand.indptr), shape=demand.shape)
        demand.sum_duplicates()
    else:
        demand = _thousandths(given.demand, f"{field}.demand", is_demand=True)
        if demand.shape not in ((n,), (n, m)):
            raise ProblemError(
                f"has shape {demand.shape}; accepted are ({n},) and ({n}, {m})",
                field=f"{field}.demand",
            )
    supply = _thousandths(given.supply, f"{field}.supply", is_demand=False)
    if supply.shape not in ((), (m,)):
        raise ProblemError(
            f"has shape {supply.shape}; accepted are ({m},) and one number",
            field=f"{field}.supply",
        )
    shared = supply.ndim == 0
    return ReadResource(name, demand, np.atleast_1d(supply), slots, shared)


def read_quota(given: Quota, row: int, n: int, m: int) -> ReadQuota:
    """Check a quota and return it as masks and whole numbers."""
    field = f"quotas[{row}]"
    least = _count(given.least, f"{field}.least")
    most = max(n, least) if given.most is None else _count(given.most, f"{field}.most")
    if least > most:
        raise ProblemError(
            f"is {most}, less than least, which is {least}; accepted are whole numbers from least",
            field=f"{field}.most",
        )
    return ReadQuota(
        name=_name(given.name, field),
        candidates=_mask(given.candidates, f"{field}.candidates", n),
        slots=_mask(given.slots, f"{field}.slots", m),
        least=least,
        most=most,
        if_open=bool(given.if_open),
    )


def read_group(given: Group, row: int, n: int, has_pilots: bool) -> ReadGroup:
    """Check a group and return its positions."""
    field = f"groups[{row}]"
    members = np.flatnonzero(_mask(given.candidates, f"{field}.candidates", n)).astype(np.int64)
    if len(members) < 2:
        raise ProblemError(
            f"names {len(members)} people; accepted are two or more", field=f"{field}.candidates"
        )
    if given.within not in ("slot", "pilot"):
        raise ProblemError(
            f"is {given.within!r}; accepted are 'slot' and 'pilot'", field=f"{field}.within"
        )
    if given.within == "pilot" and not has_pilots:
        raise ProblemError(
            "is 'pilot', and the problem has no pilots; give pilots, or say 'slot'",
            field=f"{field}.within",
        )
    return ReadGroup(_name(given.name, field), members, bool(given.apart), given.within)


def rules_of(given: Sequence[Rule], kind: type[Rule], field: str) -> tuple[Rule, ...]:
    """Return rules as a tuple; refuse what is no rule of that kind."""
    accepted = f"accepted is a sequence of {kind.__name__}"
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ProblemError(f"is of type {type(given).__name__}; {accepted}", field=field)
    rules = tuple(given)
    for row, rule in enumerate(rules):
        if not isinstance(rule, kind):
            raise ProblemError(
                f"is of type {type(rule).__name__}; accepted is a {kind.__name__}",
                field=field,
                row=row,
            )
    return rules


def check_names(names: Sequence[str], field: str) -> None:
    """Refuse two rules of one kind that answers could not tell apart."""
    seen: set[str] = set()
    for row, name in enumerate(names):
        if name in seen:
            raise ProblemError(
                f"is named {name!r}, as one before it; accepted are names that differ",
                field=field,
                row=row,
            )
        seen.add(name)


def _name(name: object, field: str) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ProblemError("is empty; accepted is a name", field=f"{field}.name")
    return name


def _count(value: object, field: str) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 0:
        raise ProblemError(f"is {value!r}; accepted are whole numbers from 0", field=field)
    return int(value)


def _mask(values: ArrayLike, field: str, length: int) -> NDArray[np.bool_]:
    array = np.asarray(values)
    if array.dtype == np.bool_:
        if array.shape != (length,):
            raise ProblemError(f"has shape {array.shape}; accepted is ({length},)", field=field)
        return array.copy()
    mask = np.zeros(length, dtype=np.bool_)
    if array.size == 0:
        return mask
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ProblemError(
            f"holds {array.dtype} of shape {array.shape}; "
            "accepted is a mask, or a list of positions",
            field=field,
        )
    wrong = (array < 0) | (array >= length)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ProblemError(
            f"is {array[row]}; accepted are positions from 0 to {length - 1}", field=field, row=row
        )
    twice = np.bincount(array, minlength=length) > 1
    if twice.any():
        raise ProblemError(
            f"names position {int(np.argmax(twice))} more than once; accepted are positions, each "
            "once, or a mask of True and False",
            field=field,
        )
    mask[array] = True
    return mask


def _thousandths(values: ArrayLike, field: str, *, is_demand: bool) -> NDArray[np.int64]:
    accepted = f"accepted are numbers from 0 to {MOST}"
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ProblemError("has rows of different lengths", field=field) from error
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iuf":
        raise ProblemError(f"holds {array.dtype}; {accepted}", field=field)
    is_float = array.dtype.kind == "f"
    unlimited = np.isinf(array) & (array > 0) if is_float and not is_demand else None
    number = array if unlimited is None else np.where(unlimited, 0, array)
    with np.errstate(invalid="ignore"):
        wrong = ~((number >= 0) & (number <= MOST))
    if wrong.any():
        at = np.argwhere(np.atleast_1d(wrong))[0]
        value = np.atleast_1d(array)[tuple(at)]
        raise ProblemError(
            f"is {value}; {accepted}", field=field, row=int(at[0]) if array.ndim else None
        )
    whole = _steps(number, up=is_demand) if is_float else number.astype(np.int64) * STEPS
    return whole if unlimited is None else np.where(unlimited, UNLIMITED, whole)


def _steps(number: NDArray[np.floating[Any]], *, up: bool) -> NDArray[np.int64]:
    # A decimal such as 0.1 is no double, still less a float of half the width: what is nearest to
    # it is what was meant.
    near = max(1e-12, 4 * float(np.finfo(number.dtype).eps))
    exact = number.astype(np.float64) * STEPS
    nearest = np.rint(exact)
    is_meant = np.abs(exact - nearest) <= np.abs(exact) * near
    steps: NDArray[np.int64] = np.where(
        is_meant, nearest, np.ceil(exact) if up else np.floor(exact)
    ).astype(np.int64)
    return steps
