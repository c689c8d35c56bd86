"""Hypothesis: any small legal problem, and any candidate and slot with blanks in them."""

import random
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from matching import Group, Problem, Quota, Resource
from models.candidate import CandidateFacts
from models.codes import (
    Cefr,
    Diploma,
    NeedStrength,
    PhaseKind,
    PlacementForm,
    SkillWeight,
    Strength,
    TravelMode,
    Weekday,
    YesNoUnknown,
)
from service.schemas import SlotFacts
from tests.factories import GRONINGEN, THE_HAGUE, UTRECHT

T = TypeVar("T")

# Problems

MOST_EXACT = 2**55 - 1
"""The largest whole number that a problem of ten people and slots together takes."""

WHOLE = {
    "points": st.integers(0, 10_000),
    "ties": st.integers(-2, 2),
    "huge": st.integers(-(2**40), 2**40),
    # One of a rank outweighs all of the rank below; their sums do not fit in a double.
    "ranks": st.sampled_from([0, 1, 2, 2**27, 2**27 + 1, 2**54, 2**54 + 1, 2**54 + 2**27]),
    "edge": st.sampled_from([-MOST_EXACT, -MOST_EXACT + 1, -1, 0, MOST_EXACT - 1, MOST_EXACT]),
}
EIGHTHS = st.integers(-400, 400).map(lambda eighths: eighths / 8)
"""Fractions that every step a problem can be read in holds exactly."""

ANY_FLOATS = st.floats(-1e6, 1e6) | st.sampled_from([1e-10, 0.1, 0.3, 1 / 3, 1e15 + 0.5])


@st.composite
def problems(draw: st.DrawFn, scores: str = "exact", *, most: int = 6) -> Problem:
    """
    Any small legal problem.

    `scores` is "whole" numbers, "exact" for these or eighths, "floats" for all that a double holds.
    """
    n, m = draw(st.integers(0, most) | st.just(most)), draw(st.integers(0, 4) | st.just(3))
    if scores == "floats":
        numbers = ANY_FLOATS
    else:
        kind = draw(st.sampled_from([*WHOLE, *(["eighths"] if scores == "exact" else [])]))
        numbers = WHOLE.get(kind, EIGHTHS)
    values = draw(st.lists(numbers, min_size=n * m, max_size=n * m))
    mostly = st.sampled_from([True, True, True, False])
    possible = draw(st.just([True] * (n * m)) | st.lists(mostly, min_size=n * m, max_size=n * m))
    seats = draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    return Problem(
        _given_as(draw, (n, m), values, possible),
        seats,
        pins=_legal_pins(draw, (n, m), possible, seats),
        codes=draw(
            st.none() | st.just(([f"K-{i}" for i in range(n)], [f"S-{j}" for j in range(m)]))
        ),
        precedence=draw(st.none() | st.lists(st.integers(0, 5), min_size=n, max_size=n)),
    )


def _given_as(
    draw: st.DrawFn, shape: tuple[int, int], values: list[Any], possible: list[bool]
) -> Any:
    """Hand the scores over as a list, an array or a sparse array, refusals as each says them."""
    forms = ["coo", "csr", "csc"]
    fits_a_double = all(float(value) == value for value in values)
    if all(possible) or fits_a_double:
        forms += ["array", "array", "array"]
    form = draw(st.sampled_from(forms))
    if form == "array":
        kept = [v if ok else np.nan for v, ok in zip(values, possible, strict=True)]
        kind = None if kept else float
        array = np.array(kept, dtype=kind).reshape(shape)
        return array.tolist() if all(shape) and draw(st.booleans()) else array
    # A refusal is an absent entry or, where numbers can say it, a stored nan.
    said = draw(st.booleans()) and fits_a_double
    at = [k for k, ok in enumerate(possible) if ok or said]
    data = [values[k] if possible[k] else np.nan for k in at]
    kind = float if said or any(isinstance(value, float) for value in data) else np.int64
    rows, columns = [k // shape[1] for k in at], [k % shape[1] for k in at]
    where = (np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64))
    return sparse.coo_array((np.array(data, dtype=kind), where), shape=shape).asformat(form)


def _legal_pins(
    draw: st.DrawFn, shape: tuple[int, int], possible: list[bool], seats: list[int]
) -> list[int] | None:
    if not draw(st.booleans()):
        return None
    left, pins = list(seats), []
    for i in range(shape[0]):
        slots = [j for j in range(shape[1]) if possible[i * shape[1] + j] and left[j]]
        pin = draw(st.sampled_from([-1, -1, *slots]))
        if pin >= 0:
            left[pin] -= 1
        pins.append(pin)
    return pins


# Problems under side rules

SCORES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Any]] = {
    "points": lambda chance, shape: chance.integers(0, 10_001, shape).astype(float),
    "ties": lambda chance, shape: chance.integers(-2, 3, shape).astype(float),
    "eighths": lambda chance, shape: chance.integers(-400, 401, shape) / 8,
    "millions": lambda chance, shape: chance.integers(-(2**30), 2**30, shape).astype(float),
}
LEVELS_AFTER_PLACED = ("worst", "leximin")


def side_problem(
    seed: int, n: int, m: int, *, scores: str = "points", rules: bool = True
) -> tuple[Problem, tuple[str, ...]]:
    """
    Make up a small problem with any mix of side rules, and an objective that fits it.

    Numbers come from a seed, because drawing each would be slow; Hypothesis shrinks sizes.
    """
    chance = np.random.default_rng([seed, n, m])
    values = SCORES[scores](chance, (n, m))
    values[chance.random((n, m)) < chance.choice([0.0, 0.2, 0.5])] = np.nan
    seats = chance.integers(0, 4, m)
    objective = any_objective(chance)
    pilots = chance.integers(0, 2, m).tolist() if chance.random() < 0.5 else None
    current = None
    if "moves" in objective or chance.random() < 0.3:
        current = chance.integers(-1, m, n)
    bonus = [0, 1, 700][chance.integers(0, 3)] if current is not None else 0
    problem = Problem(
        sparse.csr_array(_stored(values)) if chance.random() < 0.3 and n and m else values,
        seats,
        pins=_some_pins(chance, values, seats) if chance.random() < 0.3 else None,
        codes=([f"K-{i}" for i in range(n)], [f"S-{j}" for j in range(m)])
        if chance.random() < 0.5
        else None,
        precedence=chance.integers(0, 4, n) if chance.random() < 0.3 else None,
        resources=[any_resource(chance, n, m, k) for k in range(chance.integers(0, 3) * rules)],
        quotas=[any_quota(chance, n, m, k) for k in range(chance.integers(0, 3) * rules)],
        groups=[
            any_group(chance, n, k, pilots is not None)
            for k in range(chance.integers(0, 3) * rules if n > 1 else 0)
        ],
        tiers=chance.integers(0, 3, n) if "tiers" in objective else None,
        current=current,
        stay_bonus=bonus,
        pilots=pilots,
    )
    return problem, objective


def any_objective(chance: np.random.Generator) -> tuple[str, ...]:
    """Some levels in an order that is accepted; most often the one that most ask for."""
    if chance.random() < 0.3:
        return ("placed", "score")
    names = ["placed", "tiers", "score", "moves", *LEVELS_AFTER_PLACED]
    order = [names[k] for k in chance.permutation(len(names))[: chance.integers(1, 4)]]
    if any(late in order for late in LEVELS_AFTER_PLACED):
        order = ["placed", *(name for name in order if name != "placed")]
    return tuple(order)


def _stored(values: np.ndarray) -> sparse.coo_array:
    at = np.nonzero(~np.isnan(values))
    return sparse.coo_array((values[at], at), shape=values.shape)


def _some_pins(chance: np.random.Generator, values: np.ndarray, seats: np.ndarray) -> list[int]:
    left, pins = seats.tolist(), []
    for row in values:
        slots = [j for j, score in enumerate(row) if score == score and left[j]]
        pin = int(chance.choice(slots)) if slots and chance.random() < 0.3 else -1
        if pin >= 0:
            left[pin] -= 1
        pins.append(pin)
    return pins


def any_resource(chance: np.random.Generator, n: int, m: int, k: int) -> Resource:
    """A supply per slot, or one that some slots share; hours in halves or in thousandths."""
    step = float(chance.choice([1.0, 0.5, 0.001]))
    per_pair = chance.random() < 0.5
    demand: Any = np.round(chance.integers(0, 9, (n, m) if per_pair else n) * step, 3)
    if per_pair and chance.random() < 0.5:
        demand = sparse.csr_array(demand)
    supply: Any = np.round(chance.integers(0, 20, m) * step, 3)
    if chance.random() < 0.3:
        supply = float(np.round(chance.integers(0, 25) * step, 3))
    elif m and chance.random() < 0.3:
        supply[chance.integers(0, m)] = np.inf
    slots = chance.random(m) < 0.6 if chance.random() < 0.5 else None
    return Resource(f"resource {k}", demand, supply, slots=slots)


def any_quota(chance: np.random.Generator, n: int, m: int, k: int) -> Quota:
    """A count of some people in some slots, with limits that can often be kept."""
    least = int(chance.choice([0, 0, 1, 2]))
    most = None if chance.random() < 0.5 else least + int(chance.integers(0, 3))
    people, slots = chance.random(n) < 0.6, chance.random(m) < 0.6
    given = (people, slots) if chance.random() < 0.5 else map(np.flatnonzero, (people, slots))
    candidates, where = given
    return Quota(
        f"quota {k}", candidates, where, least=least, most=most, if_open=bool(chance.random() < 0.5)
    )


def any_group(chance: np.random.Generator, n: int, k: int, has_pilots: bool) -> Group:
    """Two or three people, together or apart."""
    members = chance.permutation(n)[: chance.integers(2, 4)]
    within = "pilot" if has_pilots and chance.random() < 0.5 else "slot"
    return Group(f"group {k}", members, apart=bool(chance.random() < 0.5), within=within)


def side_problems(
    *, scores: str = "any", most: int = 5, rules: bool = True
) -> st.SearchStrategy[tuple[Problem, tuple[str, ...]]]:
    """Any small problem with any mix of side rules, and an objective that fits it."""
    kinds = st.sampled_from(sorted(SCORES)) if scores == "any" else st.just(scores)
    return st.builds(
        lambda seed, n, m, kind: side_problem(seed, n, m, scores=kind, rules=rules),
        st.integers(0, 2**32),
        st.integers(0, most) | st.just(most),
        st.integers(0, 3) | st.just(3),
        kinds,
    )


# Candidates and slots

WITHOUT_CENTROID = "1011"
PLACES = [THE_HAGUE, UTRECHT, GRONINGEN, WITHOUT_CENTROID]
SKILLS = ["purchasing", "tendering", "bid_assessment", "contract_management", "programming"]
LANGUAGES = ["eng", "nld"]
LICENCES = ["B", "C", "AM"]
CONDITIONS = ["quiet_place", "telephone", "breaks_at_will", "shifts"]
SUPPORT = ["job_coach", "buddy"]
PHRASES = [
    "inkoop",
    "offertes vergelijken",
    "inkoopdossiers vormen",
    "telefoon aannemen",
    "bezoekers ontvangen",
]
TARGETS = [("slot", "S-1"), ("slot", "S-2"), ("pilot", "P-1"), ("organisation", "HOST")]
REFERRERS = ["UWV", "WSP"]
HOURS = [0, 8, 16, 24, 32, 36, 40]
DAYS_A_WEEK = [0, 1, 2.5, 4]
DATES = ["2017-06-01", "2018-01-08", "2018-02-01", "2018-06-01"]
TIMES = ["07:00", "09:00", "10:30"]
WEEKDAYS = [day.value for day in Weekday][:5]


class Chance:
    """Makes facts up, a share of them known and the others blank. (Drawing each one is slow.)"""

    def __init__(self, seed: int, known: float) -> None:
        self._random = random.Random(seed)
        self._known = known

    def is_known(self) -> bool:
        """Whether the next fact is known."""
        return self._random.random() < self._known

    def one(self, items: Iterable[T]) -> T:
        """One of the items."""
        return self._random.choice(list(items))

    def maybe(self, items: Iterable[T]) -> T | None:
        """One of the items, or a blank."""
        return self.one(items) if self.is_known() else None

    def some(self, items: Iterable[T], *, least: int = 0) -> list[T]:
        """Up to three of the items, each once."""
        return self._random.sample(list(items), self._random.randint(least, 3 if least else 2))

    def rows(self, items: Iterable[Any], about: str, **columns: Callable[[], Any]) -> list[dict]:
        """Rows about some of the items, with a value in each of the columns."""
        made = ((name, {key: make() for key, make in columns.items()}) for name in self.some(items))
        return [{about: name, **row} for name, row in made]

    def in_order(self, items: list[T]) -> tuple[T | None, T | None]:
        """Two of the items, the first no later than the second, each perhaps blank."""
        low, high = sorted(items.index(self.one(items)) for _ in range(2))
        return self.maybe([items[low]]), self.maybe([items[high]])


def known(chance: Chance, make: Callable[[], T]) -> T | None:
    """Make a list, or leave it blank."""
    return make() if chance.is_known() else None


def any_candidate(chance: Chance, code: str = "K-1") -> CandidateFacts:
    """Make up a candidate."""
    low, high = chance.in_order(HOURS)
    start = chance.maybe(HOURS)

    def level() -> Cefr | None:
        return chance.maybe(Cefr)

    def targets() -> list[dict[str, Any]]:
        return [{"about": about, "code": code} for about, code in chance.some(TARGETS)]

    facts = {
        "code": code,
        "referrer": chance.maybe(REFERRERS),
        "pc4": chance.maybe(PLACES),
        "travel_modes": known(chance, lambda: chance.some(TravelMode, least=1)),
        "max_travel_minutes": chance.maybe([0, 20, 45, 60, 90, 180]),
        "known_travel": chance.rows(PLACES, "pc4", minutes=lambda: chance.one([0, 30, 75, 180])),
        "diploma": chance.maybe(Diploma),
        "languages": known(
            chance,
            lambda: chance.rows(
                LANGUAGES,
                "language",
                listening=level,
                reading=level,
                speaking=level,
                writing=level,
            ),
        ),
        "skills": known(
            chance, lambda: chance.rows(SKILLS, "skill", level=lambda: chance.maybe([1, 2, 3, 4]))
        ),
        "licences": known(chance, lambda: chance.some(LICENCES)),
        "tasks_wanted": known(chance, lambda: chance.some(PHRASES)),
        "occupations_sought": known(chance, lambda: chance.some(["3", "33", "3323", "2511"])),
        "weekly_hours_from": low,
        "weekly_hours_to": high,
        "build_up_from_hours": start if start is None or high is None else min(start, high),
        "days": known(chance, lambda: chance.some(WEEKDAYS, least=1)),
        "earliest_start": chance.maybe(TIMES),
        "longest_day_hours": chance.maybe([4, 8]),
        "remote_days_wanted": chance.maybe(DAYS_A_WEEK),
        "available_on": chance.maybe(DATES),
        "placement_forms": known(chance, lambda: chance.some(PlacementForm, least=1)),
        "wishes": known(
            chance, lambda: [wish | {"rank": chance.one(range(1, 8))} for wish in targets()]
        ),
        "vetoes": targets() if chance.one([True, False]) else [],
        "waiting_since": chance.maybe(DATES),
        "conditions": known(
            chance,
            lambda: chance.rows(CONDITIONS, "condition", strength=lambda: chance.one(NeedStrength)),
        ),
        "support": known(
            chance,
            lambda: chance.rows(
                SUPPORT,
                "kind",
                weekly_hours=lambda: chance.maybe(HOURS),
                essential=lambda: chance.one([True, False]),
            ),
        ),
    }
    return CandidateFacts.model_validate(facts)


def any_slot(chance: Chance, code: str = "S-1") -> SlotFacts:
    """Make up a slot."""
    low, high = chance.in_order(HOURS)
    first_day, last_entry = chance.in_order(DATES)
    build_up = chance.maybe(YesNoUnknown) or YesNoUnknown.UNKNOWN

    def strength() -> Strength:
        return chance.one(Strength)

    def phases() -> list[dict[str, Any]]:
        return [
            {
                "kind": kind,
                "weeks": chance.maybe([1, 4, 26]),
                "pc4": chance.maybe(PLACES),
                "on_site_days": chance.maybe(DAYS_A_WEEK),
                "remote_days": chance.maybe(DAYS_A_WEEK),
                "organisation": chance.maybe(["HOST"]),
            }
            for kind in chance.some(PhaseKind)
        ]

    facts = {
        "code": code,
        "title": "Een plek",
        "pilot": chance.one(["P-1", "P-2"]),
        "cohort": "2018-01",
        "supplier": "SUP",
        "status": chance.one(["open", "open", "open", "closed"]),
        "seats": 2,
        "seats_left": chance.maybe([0, 1, 2]),
        "referrers": chance.some(REFERRERS) if chance.one([True, False]) else [],
        "form": chance.one(PlacementForm),
        "isco": chance.maybe(["3323", "2511", "33", "9"]),
        "tasks": known(chance, lambda: chance.some(PHRASES)),
        "weekly_hours_from": low,
        "weekly_hours_to": high,
        "days": known(chance, lambda: chance.some(WEEKDAYS, least=1)),
        "days_fixed": chance.maybe(YesNoUnknown) or YesNoUnknown.UNKNOWN,
        "starts_at": chance.maybe(TIMES),
        "build_up": build_up,
        "build_up_from_hours": chance.maybe(HOURS) if build_up is YesNoUnknown.YES else None,
        "education": known(
            chance,
            lambda: {"level": chance.one(Diploma), "strength": strength(), "ground": "work"},
        ),
        "languages": known(
            chance,
            lambda: chance.rows(
                LANGUAGES,
                "language",
                skill=lambda: chance.one(["listening", "speaking"]),
                level=lambda: chance.one(Cefr),
                strength=strength,
            ),
        ),
        "skills": known(
            chance,
            lambda: chance.rows(
                SKILLS,
                "skill",
                level=lambda: chance.one([1, 2, 3, 4]),
                weight=lambda: chance.one(SkillWeight),
                strength=strength,
            ),
        ),
        "licences": known(chance, lambda: chance.rows(LICENCES, "licence", strength=strength)),
        "skills_taught": known(
            chance, lambda: chance.rows(SKILLS, "skill", level=lambda: chance.one([1, 2, 3, 4]))
        ),
        "conditions": chance.rows(CONDITIONS, "condition", offer=lambda: chance.one(YesNoUnknown)),
        "support": chance.rows(SUPPORT, "kind", weekly_hours=lambda: chance.maybe(HOURS)),
        "phases": phases(),
        "starts_on": first_day,
        "last_entry_on": last_entry,
    }
    return SlotFacts.model_validate(facts)


MOSTLY_BLANK_TO_ALL_KNOWN = (0.2, 0.5, 0.8, 1.0)


def _chances(shares: Iterable[float]) -> st.SearchStrategy[Chance]:
    return st.builds(Chance, st.integers(0, 2**32 - 1), st.sampled_from(list(shares)))


def candidate_facts(
    code: str = "K-1", *, shares: Iterable[float] = MOSTLY_BLANK_TO_ALL_KNOWN
) -> st.SearchStrategy[CandidateFacts]:
    """Any candidate; a share of the facts is known."""
    return _chances(shares).map(lambda chance: any_candidate(chance, code))


def slot_facts(
    code: str = "S-1", *, shares: Iterable[float] = MOSTLY_BLANK_TO_ALL_KNOWN
) -> st.SearchStrategy[SlotFacts]:
    """Any slot; a share of the facts is known."""
    return _chances(shares).map(lambda chance: any_slot(chance, code))


@st.composite
def people_and_places(
    draw: st.DrawFn, *, most: int = 3
) -> tuple[list[CandidateFacts], list[SlotFacts]]:
    """Any few candidates and slots."""
    people = [draw(candidate_facts(f"K-{i + 1}")) for i in range(draw(st.integers(1, most)))]
    places = [draw(slot_facts(f"S-{j + 1}")) for j in range(draw(st.integers(1, most)))]
    return people, places
