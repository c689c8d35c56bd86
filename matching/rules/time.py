"""Whether dates, weekly hours, days and start times go together."""

from datetime import date
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import UNKNOWN, WEEKDAYS, unmask
from matching.facts.profiles import YES as SAYS_YES
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, first_of, worst

LONGEST_DAY: Final = 12.0
"""Hours; nobody works a longer day, also when no limit was stated."""


def _dates(pairing: Pairing) -> Verdicts:
    available = pairing.candidates.available_on[:, None]
    starts, last = pairing.slots.starts_on[None, :], pairing.slots.last_entry_on[None, :]
    in_time = (available <= starts) | (available <= last)
    too_late = available > last
    return first_of((in_time, YES), (too_late, NO), otherwise=ASK)


def _dates_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    available = float(pairing.candidates.available_on[i])
    starts, last = float(pairing.slots.starts_on[j]), float(pairing.slots.last_entry_on[j])
    facts = {
        "available_on": _iso(available),
        "starts_on": _iso(starts),
        "last_entry_on": _iso(last),
    }
    if available <= starts or available <= last:
        return [Finding("dates", YES, facts)]
    if available > last:
        return [Finding("dates", NO, facts)]
    return [Finding("dates", ASK, facts, ask="candidate" if np.isnan(available) else "slot")]


def _iso(ordinal: float) -> str | None:
    return None if np.isnan(ordinal) else date.fromordinal(int(ordinal)).isoformat()


def _weekly(pairing: Pairing) -> Verdicts:
    """Enough hours to give, and no fewer than wanted; a blank minimum is no limit."""
    most, least = pairing.candidates.hours_to[:, None], pairing.candidates.hours_from[:, None]
    low, high = pairing.slots.hours_from[None, :], pairing.slots.hours_to[None, :]
    refused = (most < low) | (least > high)
    unknown = np.isnan(most) | np.isnan(low) | (np.isnan(high) & (least > low))
    return first_of((refused, NO), (unknown, ASK), otherwise=YES)


def _build_up(pairing: Pairing) -> Verdicts:
    """Who starts with fewer hours than asked needs a slot that lets hours build up."""
    slots = pairing.slots
    start = pairing.candidates.build_up_hours[:, None]
    needed = start < slots.hours_from[None, :]
    allowed = (slots.build_up == SAYS_YES)[None, :] & ~(start < slots.build_up_hours[None, :])
    unknown = (slots.build_up == UNKNOWN)[None, :] | (
        (slots.build_up == SAYS_YES) & np.isnan(slots.build_up_hours)
    )[None, :]
    return first_of((~needed, YES), (unknown, ASK), (allowed, YES), otherwise=NO)


def _bits(mask: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the days in each mask."""
    return sum((mask >> position & 1 for position in range(len(WEEKDAYS))), np.zeros_like(mask))


def _days(pairing: Pairing) -> Verdicts:
    own, there = pairing.candidates.days[:, None], pairing.slots.days[None, :]
    unknown = (own == UNKNOWN) | (there == UNKNOWN)
    all_of_them = (own & there) == there
    enough = _enough(pairing, np.where(unknown, 0, own & there))
    fixed = pairing.slots.days_fixed[None, :]
    return first_of(
        (unknown, ASK),
        (~enough, NO),
        (all_of_them, YES),
        (fixed == SAYS_YES, NO),
        (fixed == UNKNOWN, ASK),
        otherwise=YES,
    )


def _enough(pairing: Pairing, both: NDArray[np.int64]) -> Bools:
    """Whether the days of both can hold the hours; a blank longest day is no limit."""
    n_days = _bits(both)
    stated = pairing.candidates.longest_day[:, None]
    longest = np.where(np.isnan(stated), LONGEST_DAY, stated)
    hours = pairing.slots.hours_from[None, :]
    enough: Bools = (n_days > 0) & ~(hours > n_days * longest)
    return enough


def _start(pairing: Pairing) -> Verdicts:
    """Work does not start before the candidate can; a blank earliest start is no limit."""
    earliest, starts = pairing.candidates.earliest_start[:, None], pairing.slots.starts_at[None, :]
    unknown = ~np.isnan(earliest) & np.isnan(starts)
    return first_of((starts < earliest, NO), (unknown, ASK), otherwise=YES)


_PARTS: WeakKeyDictionary[Pairing, tuple[Verdicts, Verdicts, Verdicts, Verdicts]] = (
    WeakKeyDictionary()
)
"""What the rule is made of, worked out once for each pairing and forgotten with it."""


def _parts(pairing: Pairing) -> tuple[Verdicts, Verdicts, Verdicts, Verdicts]:
    if pairing not in _PARTS:
        _PARTS[pairing] = (_weekly(pairing), _build_up(pairing), _days(pairing), _start(pairing))
    return _PARTS[pairing]


def _hours(pairing: Pairing) -> Verdicts:
    return worst(*_parts(pairing))


def _hours_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    people, slots = pairing.candidates, pairing.slots
    weekly = {
        "item": "weekly_hours",
        "possible": _number(people.hours_to[i]),
        "wanted": _number(people.hours_from[i]),
        "asked_from": _number(slots.hours_from[j]),
        "asked_to": _number(slots.hours_to[j]),
    }
    build_up = {
        "item": "build_up",
        "starts_with": _number(people.build_up_hours[i]),
        "asked_from": _number(slots.hours_from[j]),
        "possible_from": _number(slots.build_up_hours[j]),
    }
    days = {
        "item": "days",
        "available": unmask(int(people.days[i]), WEEKDAYS),
        "asked": unmask(int(slots.days[j]), WEEKDAYS),
        "longest_day": _number(people.longest_day[i]),
        "asked_from": _number(slots.hours_from[j]),
    }
    start = {
        "item": "start",
        "earliest": _clock(people.earliest_start[i]),
        "starts_at": _clock(slots.starts_at[j]),
    }
    whom_weekly = "candidate" if np.isnan(people.hours_to[i]) else "slot"
    whom_days = "candidate" if people.days[i] == UNKNOWN else "slot"
    verdicts = [int(part[i, j]) for part in _parts(pairing)]
    return [
        _finding(verdicts[0], weekly, whom_weekly),
        _finding(verdicts[1], build_up, "slot"),
        _finding(verdicts[2], days, whom_days),
        _finding(verdicts[3], start, "slot"),
    ]


def _finding(verdict: int, facts: dict[str, Any], whom: str) -> Finding:
    return Finding("hours", verdict, facts, ask=whom if verdict == ASK else None)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _clock(minutes: float) -> str | None:
    return None if np.isnan(minutes) else f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


DATES = HardRule(
    "dates",
    _dates,
    _dates_findings,
    ((_dates, Reads(("available_on",), ("starts_on", "last_entry_on"))),),
)
HOURS = HardRule(
    "hours",
    _hours,
    _hours_findings,
    (
        (_weekly, Reads(("hours_from", "hours_to"), ("hours_from", "hours_to"))),
        (_build_up, Reads(("build_up_hours",), ("hours_from", "build_up", "build_up_hours"))),
        (_days, Reads(("days", "longest_day"), ("days", "days_fixed", "hours_from"))),
        (_start, Reads(("earliest_start",), ("starts_at",))),
    ),
)
