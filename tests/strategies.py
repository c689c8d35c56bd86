"""Hypothesis: any small legal problem, and any candidate and slot with blanks in them."""

from datetime import date, time
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from matching import Problem
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

HOURS = st.sampled_from([0.0, 8.0, 16.0, 24.0, 32.0, 36.0, 40.0])
DATES = st.sampled_from([date(2017, 6, 1), date(2018, 1, 8), date(2018, 2, 1), date(2018, 6, 1)])
TIMES = st.sampled_from([time(7, 0), time(9, 0), time(10, 30)])
DAYS_A_WEEK = st.sampled_from([0.0, 1.0, 2.5, 4.0])


def maybe(known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Either known or blank."""
    return st.none() | known


def some(items: list[Any], *, least: int = 0) -> st.SearchStrategy[list[Any]]:
    """Some of the items, each once."""
    return st.lists(st.sampled_from(items), min_size=least, max_size=3, unique=True)


def rows(
    items: list[Any], name: str, **columns: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows about some of the items, each with the given columns."""
    row = st.fixed_dictionaries({name: st.sampled_from(items), **columns})
    return st.lists(row, max_size=3, unique_by=lambda one: one[name])


def _hours(draw: st.DrawFn) -> dict[str, float | None]:
    low, high = sorted([draw(HOURS), draw(HOURS)])
    return {
        "weekly_hours_from": draw(maybe(st.just(low))),
        "weekly_hours_to": draw(maybe(st.just(high))),
    }


LEVEL = maybe(st.sampled_from(list(Cefr)))
KNOWN_LANGUAGES = rows(
    LANGUAGES, "language", listening=LEVEL, reading=LEVEL, speaking=LEVEL, writing=LEVEL
)
KNOWN_SKILLS = rows(SKILLS, "skill", level=maybe(st.integers(1, 4)))


@st.composite
def candidate_facts(draw: st.DrawFn, code: str = "K-1") -> CandidateFacts:
    """Any candidate, many of whose facts are blank."""
    hours = _hours(draw)
    build_up = draw(maybe(HOURS))
    high = hours["weekly_hours_to"]
    if build_up is not None and high is not None:
        build_up = min(build_up, high)
    wishes = draw(maybe(rows(TARGETS, "at", rank=st.integers(1, 7))))
    facts = {
        "code": code,
        "referrer": draw(maybe(st.sampled_from(REFERRERS))),
        "pc4": draw(maybe(st.sampled_from(PLACES))),
        "travel_modes": draw(maybe(some(list(TravelMode), least=1))),
        "max_travel_minutes": draw(maybe(st.integers(0, 180))),
        "known_travel": draw(rows(PLACES, "pc4", minutes=st.integers(0, 180))),
        "diploma": draw(maybe(st.sampled_from(list(Diploma)))),
        "languages": draw(maybe(KNOWN_LANGUAGES)),
        "skills": draw(maybe(KNOWN_SKILLS)),
        "licences": draw(maybe(some(LICENCES))),
        "tasks_wanted": draw(maybe(some(PHRASES))),
        "occupations_sought": draw(maybe(some(["3", "33", "3323", "2511"]))),
        **hours,
        "build_up_from_hours": build_up,
        "days": draw(maybe(some(list(Weekday)[:5], least=1))),
        "earliest_start": draw(maybe(TIMES)),
        "longest_day_hours": draw(maybe(st.sampled_from([4.0, 8.0]))),
        "remote_days_wanted": draw(maybe(DAYS_A_WEEK)),
        "available_on": draw(maybe(DATES)),
        "placement_forms": draw(maybe(some(list(PlacementForm), least=1))),
        "wishes": wishes and [_about(wish["at"]) | {"rank": wish["rank"]} for wish in wishes],
        "vetoes": [_about(at) for at in draw(some(TARGETS))],
        "waiting_since": draw(maybe(DATES)),
        "conditions": draw(
            maybe(rows(CONDITIONS, "condition", strength=st.sampled_from(list(NeedStrength))))
        ),
        "support": draw(
            maybe(rows(SUPPORT, "kind", weekly_hours=maybe(HOURS), essential=st.booleans()))
        ),
    }
    return CandidateFacts.model_validate(facts)


def _about(at: tuple[str, str]) -> dict[str, Any]:
    return {"about": at[0], "code": at[1]}


STRENGTHS = st.sampled_from(list(Strength))
ANSWERS = st.sampled_from(list(YesNoUnknown))
EDUCATION = st.fixed_dictionaries(
    {"level": st.sampled_from(list(Diploma)), "strength": STRENGTHS, "ground": st.just("work")}
)
PHASE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(PhaseKind)),
        "weeks": maybe(st.integers(1, 30)),
        "pc4": maybe(st.sampled_from(PLACES)),
        "on_site_days": maybe(DAYS_A_WEEK),
        "remote_days": maybe(DAYS_A_WEEK),
        "organisation": maybe(st.just("HOST")),
    }
)
ASKED_LANGUAGES = st.lists(
    st.fixed_dictionaries(
        {
            "language": st.sampled_from(LANGUAGES),
            "skill": st.sampled_from(["listening", "speaking"]),
            "level": st.sampled_from(list(Cefr)),
            "strength": STRENGTHS,
        }
    ),
    max_size=3,
    unique_by=lambda one: (one["language"], one["skill"]),
)
ASKED_SKILLS = rows(
    SKILLS,
    "skill",
    level=st.integers(1, 4),
    weight=st.sampled_from(list(SkillWeight)),
    strength=STRENGTHS,
)


@st.composite
def slot_facts(draw: st.DrawFn, code: str = "S-1") -> SlotFacts:
    """Any slot, of which much is not known yet."""
    build_up = draw(ANSWERS)
    facts = {
        "code": code,
        "title": "Een plek",
        "pilot": draw(st.sampled_from(["P-1", "P-2"])),
        "cohort": "2018-01",
        "supplier": "SUP",
        "status": draw(st.sampled_from(["open", "open", "open", "closed"])),
        "seats": draw(st.integers(1, 2)),
        "seats_left": draw(maybe(st.integers(0, 2))),
        "referrers": draw(some(REFERRERS)),
        "form": draw(st.sampled_from(list(PlacementForm))),
        "isco": draw(maybe(st.sampled_from(["3323", "2511", "33", "9"]))),
        "tasks": draw(maybe(some(PHRASES))),
        **_hours(draw),
        "days": draw(maybe(some(list(Weekday)[:5], least=1))),
        "days_fixed": draw(ANSWERS),
        "starts_at": draw(maybe(TIMES)),
        "build_up": build_up,
        "build_up_from_hours": draw(maybe(HOURS)) if build_up == YesNoUnknown.YES else None,
        "education": draw(maybe(EDUCATION)),
        "languages": draw(maybe(ASKED_LANGUAGES)),
        "skills": draw(maybe(ASKED_SKILLS)),
        "licences": draw(maybe(rows(LICENCES, "licence", strength=STRENGTHS))),
        "skills_taught": draw(maybe(rows(SKILLS, "skill", level=st.integers(1, 4)))),
        "conditions": draw(rows(CONDITIONS, "condition", offer=ANSWERS)),
        "support": draw(rows(SUPPORT, "kind", weekly_hours=maybe(HOURS))),
        "phases": draw(st.lists(PHASE, max_size=2)),
        "starts_on": draw(maybe(DATES)),
        "last_entry_on": draw(maybe(DATES)),
    }
    return SlotFacts.model_validate(facts)


@st.composite
def people_and_places(
    draw: st.DrawFn, *, most: int = 3
) -> tuple[list[CandidateFacts], list[SlotFacts]]:
    """A few candidates and a few slots."""
    people = [draw(candidate_facts(f"K-{i + 1}")) for i in range(draw(st.integers(1, most)))]
    places = [draw(slot_facts(f"S-{j + 1}")) for j in range(draw(st.integers(1, most)))]
    return people, places
