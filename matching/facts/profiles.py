"""
Candidates and Slots: what the engine is given, as frozen columns.

Index ``i`` is a candidate, ``j`` a slot; matrices are ``(n_candidates, n_slots)``. Unknown is a
value in every column: ``nan`` in floats, ``UNKNOWN`` (-1) in codes and levels, ``None`` in texts.
Columns are checked once, when they are built, and cannot be written to afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats, Ints
from matching.exceptions import ProfileError
from matching.facts.taxonomy import Taxonomy

Levels = NDArray[np.int8]

UNKNOWN: Final = -1
NO: Final = 0
YES: Final = 1

MUST: Final = 2
WANTED: Final = 1
AVOID: Final = -1
MUST_NOT: Final = -2
"""Strengths of a need for a work condition; 0 is no need."""

ASKED_MUST: Final = 1
ASKED_WANTED: Final = 2
ASKED_TRAINED: Final = 3
"""Strengths of what a slot asks; 0 is nothing asked."""

LANGUAGE_SKILLS: Final = ("listening", "reading", "speaking", "writing")
CEFR: Final = ("none", "A1", "A2", "B1", "B2", "C1", "C2")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TRAVEL_MODES: Final = ("walk", "bicycle", "moped", "public_transport", "car", "motorcycle", "other")
FORMS: Final = ("work_experience", "trial", "learn_work", "job")
LICENCES: Final = (
    "A", "A1", "A2", "AM", "B", "BE", "B+", "C", "C1", "CE", "C1E", "D", "D1", "DE", "D1E", "T"
)  # fmt: skip
TARGETS: Final = ("slot", "pilot", "organisation")
PHASES: Final = ("theory", "on_the_job", "outflow")


def mask(codes: Sequence[str] | None, known: Sequence[str]) -> int:
    """
    Pack a list of codes into the bits of one number.

    Parameters
    ----------
    codes : sequence of str or None
        The codes; ``None`` when unknown.
    known : sequence of str
        All codes, in the order of the bits.

    Returns
    -------
    int
        The bits, or ``UNKNOWN``.
    """
    if codes is None:
        return UNKNOWN
    return sum(1 << known.index(code) for code in codes)


def unmask(bits: int, known: Sequence[str]) -> list[str] | None:
    """Return the codes packed in ``bits``, or ``None`` when unknown."""
    if bits == UNKNOWN:
        return None
    return [code for position, code in enumerate(known) if bits >> position & 1]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """
    The codes that candidates and slots share; columns and second axes count in their order.

    Parameters
    ----------
    taxonomy : Taxonomy
        The skills, with what lies near what.
    languages, conditions, support : tuple of str
        ISO 639-3 codes, work conditions, kinds of support.
    places : tuple of str
        PC4 areas.
    latitude, longitude : ndarray of float, shape (n_places,)
        Centroids in degrees (WGS84); ``nan`` where unknown.
    """

    taxonomy: Taxonomy
    languages: tuple[str, ...]
    conditions: tuple[str, ...]
    support: tuple[str, ...]
    places: tuple[str, ...]
    latitude: Floats
    longitude: Floats

    def __post_init__(self) -> None:
        for name in ("latitude", "longitude"):
            if getattr(self, name).shape != (len(self.places),):
                raise ProfileError(f"needs one value per place, {len(self.places)}", field=name)
        _freeze(self)


@dataclass(frozen=True, eq=False)
class Pairs:
    """
    A long table: facts that only some candidates or slots have, one row each.

    Parameters
    ----------
    owner : ndarray of int, shape (n_rows,)
        Row of the candidate or slot that the fact is about.
    columns : dict of str to ndarray, shape (n_rows,)
        The fact itself.
    """

    owner: Ints
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column) != len(self.owner):
                raise ProfileError("needs as many rows as owner", field=name)
            column.setflags(write=False)
        self.owner.setflags(write=False)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.owner)

    def rows_of(self, owner: int) -> Ints:
        """Return the rows that belong to one candidate or slot."""
        return np.flatnonzero(self.owner == owner)

    @cached_property
    def by_owner(self) -> tuple[Ints, Ints]:
        """The rows in the order of their owners, and these owners."""
        order = np.argsort(self.owner, kind="stable")
        return order, self.owner[order]

    @cached_property
    def turns(self) -> tuple[Ints, ...]:
        """The first row of every owner, then the second of every owner that has one, and so on."""
        order, owners = self.by_owner
        turn = np.arange(len(owners)) - np.searchsorted(owners, owners)
        return tuple(order[turn == k] for k in range(turn.max(initial=-1) + 1))

    def take(self, owners: Ints) -> Self:
        """Return the rows of the given owners, renumbered in their order."""
        order, of_rows = self.by_owner
        end = np.searchsorted(of_rows, owners, side="right")
        counts = end - np.searchsorted(of_rows, owners)
        rows = order[np.arange(counts.sum()) + np.repeat(end - np.cumsum(counts), counts)]
        new_owner = np.repeat(np.arange(len(owners)), counts)
        return replace(
            self, owner=new_owner, columns={name: col[rows] for name, col in self.columns.items()}
        )

    @classmethod
    def of(cls, rows: Sequence[tuple[int, dict[str, Any]]], names: Sequence[str]) -> Self:
        """Build the table from rows of ``(owner, facts)``."""
        return cls(
            np.array([owner for owner, _ in rows], dtype=np.int64),
            # Without rows nothing tells the kind of a column; whole numbers do for any of them.
            {
                name: np.array([facts[name] for _, facts in rows], dtype=None if rows else np.int64)
                for name in names
            },
        )


@dataclass(frozen=True, eq=False)
class Candidates:
    """
    The people to be placed, as columns of length ``n_candidates``.

    Parameters
    ----------
    vocabulary : Vocabulary
        Shared with the slots that they are scored against.
    codes : tuple of str
        Unique human codes.
    referrer : tuple of str or None
        Who put each of them forward; ``None`` unknown.
    home : ndarray of int
        Index into ``vocabulary.places``, or ``UNKNOWN``.
    travel_modes : ndarray of int
        Bits in the order of ``TRAVEL_MODES``, or ``UNKNOWN``.
    max_travel_minutes : ndarray of float
        Longest journey one way, in minutes; ``nan`` unknown.
    known_travel : Pairs
        ``place`` (index) and ``minutes``: what a coordinator knows; it beats the estimate.
    eqf : ndarray of float
        Level of the highest diploma on EQF, 0 to 8; ``nan`` unknown.
    languages : ndarray of int8, shape (n, n_languages, 4)
        Rank in ``CEFR``, 0 to 6, per skill in the order of ``LANGUAGE_SKILLS``; ``UNKNOWN``.
    skills : ndarray of int8, shape (n, n_skills)
        Level 1 to 4, 0 not held, ``UNKNOWN``.
    licences, forms, days : ndarray of int
        Bits in the order of ``LICENCES``, ``FORMS`` and ``WEEKDAYS``, or ``UNKNOWN``.
    tasks, occupations : tuple of (tuple of str or None)
        Tasks wanted, in free words; ISCO codes sought. ``None`` unknown.
    hours_from : ndarray of float
        Weekly hours wanted at least; ``nan``: no limit was stated.
    hours_to : ndarray of float
        Weekly hours possible at most; ``nan`` unknown.
    longest_day : ndarray of float
        Hours; ``nan``: no limit was stated.
    build_up_hours : ndarray of float
        Weekly hours in the first week of a build-up; ``nan`` when no build-up is asked.
    earliest_start : ndarray of float
        Minutes after midnight; ``nan``: no limit was stated.
    remote_days : ndarray of float
        Days a week wanted at home; ``nan`` unknown.
    available_on, waiting_since : ndarray of float
        Proleptic ordinals of dates; ``nan`` unknown.
    conditions : ndarray of int8, shape (n, n_conditions)
        ``MUST``, ``WANTED``, 0, ``AVOID``, ``MUST_NOT``.
    conditions_known, support_known : ndarray of bool
        Whether needs were talked about at all.
    support_hours : ndarray of float, shape (n, n_kinds)
        Weekly hours needed; 0 none, ``nan`` needed but hours unknown.
    support_essential : ndarray of bool, shape (n, n_kinds)
        Whether it cannot be gone without.
    wishes : Pairs
        ``target`` (index into ``TARGETS``), ``code``, ``rank`` (1 is the dearest).
    wishes_known : ndarray of bool
        Whether wishes were asked for.
    vetoes : Pairs
        ``target`` and ``code``.
    declined : Pairs
        ``code`` of slots that were declined before, by either side.

    Raises
    ------
    ProfileError
        If a column has another length, a code stands there twice, or a value lies out of range.
    """

    vocabulary: Vocabulary
    codes: tuple[str, ...]
    referrer: tuple[str | None, ...]
    home: Ints
    travel_modes: Ints
    max_travel_minutes: Floats
    known_travel: Pairs
    eqf: Floats
    languages: Levels
    skills: Levels
    licences: Ints
    forms: Ints
    days: Ints
    tasks: tuple[tuple[str, ...] | None, ...]
    occupations: tuple[tuple[str, ...] | None, ...]
    hours_from: Floats
    hours_to: Floats
    longest_day: Floats
    build_up_hours: Floats
    earliest_start: Floats
    remote_days: Floats
    available_on: Floats
    waiting_since: Floats
    conditions: Levels
    conditions_known: Bools
    support_hours: Floats
    support_essential: Bools
    support_known: Bools
    wishes: Pairs
    wishes_known: Bools
    vetoes: Pairs
    declined: Pairs

    def __post_init__(self) -> None:
        words = self.vocabulary
        _check_columns(self)
        _check_shape(self, "languages", (len(self), len(words.languages), 4))
        _check_shape(self, "skills", (len(self), len(words.taxonomy)))
        _check_shape(self, "conditions", (len(self), len(words.conditions)))
        _check_shape(self, "support_hours", (len(self), len(words.support)))
        _check_shape(self, "support_essential", (len(self), len(words.support)))
        _check_range(self, "eqf", 0, 8)
        _check_range(self, "languages", UNKNOWN, 6)
        _check_range(self, "skills", UNKNOWN, 4)
        _check_range(self, "max_travel_minutes", 0, 999)
        _check_range(self, "conditions", MUST_NOT, MUST)
        _check_range(self, "support_hours", 0, 168)
        _freeze(self)

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Sequence[int] | Ints) -> "Candidates":
        """Return the candidates of the given rows, in that order."""
        return _take(self, np.asarray(rows, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Slots:
    """
    The trajectory openings, as columns of length ``n_slots``.

    Parameters
    ----------
    vocabulary : Vocabulary
        Shared with the candidates.
    codes, pilots, suppliers : tuple of str
        Unique code of each slot; codes of its pilot and its answering supplier.
    organisations : tuple of frozenset of str
        Every organisation that somebody would meet there: supplier and hosts of phases.
    perhaps : tuple of frozenset of str
        Organisations that somebody might meet there, where a phase does not say which.
    admits : tuple of (frozenset of str or None)
        Referrers that may put people forward; ``None``: all.
    seats : ndarray of int
        Places left, 0 or more.
    is_open : ndarray of bool
        Whether it can be proposed today.
    form : ndarray of int
        Index into ``FORMS``.
    starts_on, last_entry_on : ndarray of float
        Proleptic ordinals; ``nan`` unknown.
    hours_from, hours_to : ndarray of float
        Weekly hours; ``nan`` unknown.
    days : ndarray of int
        Bits in the order of ``WEEKDAYS``, or ``UNKNOWN``.
    days_fixed, build_up : ndarray of int
        ``YES``, ``NO``, ``UNKNOWN``: whether all those days are needed; whether hours may be built
        up.
    build_up_hours : ndarray of float
        Fewest weekly hours at the start of a build-up; ``nan`` unknown.
    starts_at : ndarray of float
        Minutes after midnight; ``nan`` unknown.
    education : ndarray of float
        EQF level asked; ``nan`` when none is asked.
    education_strength : ndarray of int
        ``ASKED_MUST``, ``ASKED_WANTED``, ``ASKED_TRAINED``; 0 when none is asked.
    languages : Pairs
        ``language``, ``skill`` (indices), ``level`` (rank in ``CEFR``), ``strength``,
        ``trained_to`` (rank or ``UNKNOWN`` when it is not trained here).
    languages_known, skills_known, licences_known : ndarray of bool
        Whether it is known what is asked.
    skills : Pairs
        ``skill`` (index), ``level`` 1 to 4, ``weight`` (3 essential, 2 important, 1 somewhat),
        ``strength``.
    taught : ndarray of int8, shape (m, n_skills)
        Level that a skill is taught up to; 0 not taught.
    taught_known : ndarray of bool
        Whether it is known what is taught.
    licences : Pairs
        ``licence`` (index into ``LICENCES``) and ``strength``.
    conditions : ndarray of int8, shape (m, n_conditions)
        ``YES``, ``NO``, ``UNKNOWN``.
    support_hours : ndarray of float, shape (m, n_kinds)
        Weekly hours offered, to all people in the slot together; ``nan`` unknown.
    phases : Pairs
        ``kind`` (index into ``PHASES``), ``place`` (index or ``UNKNOWN``), ``weeks``,
        ``on_site_days``, ``remote_days`` (floats, ``nan`` unknown).
    tasks : tuple of (tuple of str or None)
        Tasks offered, in free words.
    occupation : tuple of (str or None)
        ISCO code.

    Raises
    ------
    ProfileError
        If a column has another length, a code stands there twice, or a value lies out of range.
    """

    vocabulary: Vocabulary
    codes: tuple[str, ...]
    pilots: tuple[str, ...]
    suppliers: tuple[str, ...]
    organisations: tuple[frozenset[str], ...]
    perhaps: tuple[frozenset[str], ...]
    admits: tuple[frozenset[str] | None, ...]
    seats: Ints
    is_open: Bools
    form: Ints
    starts_on: Floats
    last_entry_on: Floats
    hours_from: Floats
    hours_to: Floats
    days: Ints
    days_fixed: Ints
    build_up: Ints
    build_up_hours: Floats
    starts_at: Floats
    education: Floats
    education_strength: Ints
    languages: Pairs
    languages_known: Bools
    skills: Pairs
    skills_known: Bools
    taught: Levels
    taught_known: Bools
    licences: Pairs
    licences_known: Bools
    conditions: Levels
    support_hours: Floats
    phases: Pairs
    tasks: tuple[tuple[str, ...] | None, ...]
    occupation: tuple[str | None, ...]

    def __post_init__(self) -> None:
        words = self.vocabulary
        _check_columns(self)
        _check_shape(self, "taught", (len(self), len(words.taxonomy)))
        _check_shape(self, "conditions", (len(self), len(words.conditions)))
        _check_shape(self, "support_hours", (len(self), len(words.support)))
        _check_range(self, "seats", 0, 10**6)
        _check_range(self, "education", 0, 8)
        _check_range(self, "taught", 0, 4)
        _check_range(self, "support_hours", 0, 10**5)
        _freeze(self)

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Sequence[int] | Ints) -> "Slots":
        """Return the slots of the given rows, in that order."""
        return _take(self, np.asarray(rows, dtype=np.int64))


Profile = TypeVar("Profile", Candidates, Slots)


def _check_columns(profile: Candidates | Slots) -> None:
    if len(set(profile.codes)) != len(profile.codes):
        twice = next(code for code in profile.codes if profile.codes.count(code) > 1)
        raise ProfileError(
            f"{twice} stands there twice; accepted are unique codes",
            field="codes",
            row=profile.codes.index(twice),
        )
    for part in fields(profile):
        column = getattr(profile, part.name)
        if isinstance(column, np.ndarray | tuple) and len(column) != len(profile.codes):
            raise ProfileError(
                f"needs {len(profile.codes)} rows, has {len(column)}", field=part.name
            )
        if isinstance(column, Pairs) and len(column) and column.owner.max() >= len(profile.codes):
            raise ProfileError("names a row that does not exist", field=part.name)


def _check_shape(profile: Candidates | Slots, name: str, shape: tuple[int, ...]) -> None:
    if getattr(profile, name).shape != shape:
        raise ProfileError(f"needs shape {shape}, has {getattr(profile, name).shape}", field=name)


def _check_range(profile: Candidates | Slots, name: str, low: float, high: float) -> None:
    column = getattr(profile, name)
    wrong = (column < low) | (column > high)  # nan, the unknown, is neither
    if wrong.any():
        row = int(np.argwhere(wrong)[0][0])
        raise ProfileError(f"accepted is {low:g} to {high:g}", field=name, row=row)


def _freeze(profile: Any) -> None:
    for part in fields(profile):
        column = getattr(profile, part.name)
        if isinstance(column, np.ndarray):
            column.setflags(write=False)


def _take(profile: Profile, rows: Ints) -> Profile:
    changed: dict[str, Any] = {}
    for part in fields(profile):
        column = getattr(profile, part.name)
        if isinstance(column, np.ndarray | Pairs):
            changed[part.name] = column.take(rows) if isinstance(column, Pairs) else column[rows]
        elif isinstance(column, tuple):
            changed[part.name] = tuple(column[row] for row in rows)
    return replace(profile, **changed)
