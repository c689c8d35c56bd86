"""
Coaches shared out over time: which sums have to hold so that everybody gets their hours.

A trajectory draws on the coaches of its pilot from its first day to its last, so two that start in
different months share them only while both go on. The time line is cut wherever that changes, and
in each part hours can be shared out exactly when every group of coaches has enough for what only
they can give (Hall's condition). docs/explanation/sharing.md has the argument.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.coach import CoachCreate
from service.errors import FieldFault, InvalidInput
from service.schemas import SlotFacts

ENDLESS: Final = date.max.toordinal()
"""The day after the last of what has no known end."""

MOST_TEAMS: Final = 200
"""Each team of coaches is a sum that a plan has to keep; more of them would slow every run."""

Floats = NDArray[np.float64]
Team = frozenset[str]


@dataclass(frozen=True, eq=False)
class Pool:
    """
    What one team of coaches has in one part of the time line, and what draws on it.

    `share[k, j]` is what an hour of kind `k` needed in slot `j` takes: 0 where others can give it,
    1 in an ordinary week, more in first weeks. `until` is the day after the last.
    """

    team: tuple[str, ...]
    start: int
    until: int
    share: Floats
    hours: float


@dataclass(frozen=True)
class Span:
    """When a slot draws on its coaches: in first weeks, then in ordinary ones."""

    start: int
    first_until: int
    until: int
    factor: float

    @classmethod
    def of(cls, slot: SlotFacts, as_of: date) -> "Span":
        """
        Return the span of a slot, for somebody who starts with it or, when that is past, today.

        What is not known is taken long: a slot without a first day may be in any week, and each
        week has to have room for it.
        """
        start = max(slot.starts_on or as_of, as_of).toordinal()
        until = first_until = ENDLESS
        weeks = [phase.weeks for phase in slot.phases]
        if slot.starts_on is not None:
            if weeks and None not in weeks:
                until = start + 7 * sum(one for one in weeks if one is not None)
            first_until = min(until, start + 7 * (slot.first_weeks or 0))
        return cls(start, first_until, until, slot.first_weeks_factor or 1.0)

    def at(self, day: int) -> float:
        """Return how many hours are taken on a day for each that is needed."""
        if not self.start <= day < self.until:
            return 0.0
        return self.factor if day < self.first_until else 1.0


def coach_pools(
    slots: Sequence[SlotFacts],
    coaches: Sequence[CoachCreate],
    kinds: Sequence[str],
    *,
    as_of: date,
    taken: Floats,
) -> list[Pool]:
    """
    Return the sums that share coaches out, without those that another one implies.

    `kinds` are those of which anybody needs hours, and `taken[k, j]` the hours of each that people
    who are in a slot already need there.

    Raises `InvalidInput` when coaches overlap in more ways than a plan can look at.
    """
    spans = [Span.of(slot, as_of) for slot in slots]
    found: dict[Team, list[Pool]] = {}
    for start, until in _parts(spans, coaches, as_of):
        share = np.tile([span.at(start) for span in spans], (len(kinds), 1))
        there = {one.code: one.weekly_hours for one in coaches if _is_there(one, start)}
        givers = _givers(slots, coaches, kinds)
        teams = {place: who & set(there) for place, who in givers.items() if share[place] > 0}
        for team in _teams(teams.values()):
            drawn = np.zeros_like(share)
            for place, who in teams.items():
                # Whom nobody serves now is a sum of its own: what is needed there cannot be given.
                if who <= team and bool(who) == bool(team):
                    drawn[place] = share[place]
            hours = sum(there[code] for code in team) - float((drawn * taken).sum())
            pool = Pool(tuple(sorted(team)), start, until, drawn, max(0.0, hours))
            found.setdefault(team, []).append(pool)
    kept = [pool for pools in found.values() for pool in _strictest(pools)]
    return sorted(kept, key=lambda pool: (pool.start, pool.team))


def _givers(
    slots: Sequence[SlotFacts], coaches: Sequence[CoachCreate], kinds: Sequence[str]
) -> dict[tuple[int, int], Team]:
    """Return who gives a kind in a slot, ever; without any, the slot sees to it by itself."""
    served: dict[tuple[str, str], set[str]] = {}
    for coach in coaches:
        for kind in coach.kinds:
            for pilot in coach.pilots:
                served.setdefault((kind, pilot), set()).add(coach.code)
    return {
        (k, j): frozenset(served[kind, slot.pilot])
        for k, kind in enumerate(kinds)
        for j, slot in enumerate(slots)
        if (kind, slot.pilot) in served
    }


def _is_there(coach: CoachCreate, day: int) -> bool:
    starts, ends = coach.starts_on, coach.ends_on
    return (starts is None or starts.toordinal() <= day) and (
        ends is None or day <= ends.toordinal()
    )


def _parts(
    spans: Sequence[Span], coaches: Sequence[CoachCreate], as_of: date
) -> Iterator[tuple[int, int]]:
    """Cut the time line wherever what is drawn or what is there can change."""
    cuts = {day for span in spans for day in (span.start, span.first_until, span.until)}
    cuts |= {coach.starts_on.toordinal() for coach in coaches if coach.starts_on}
    cuts |= {coach.ends_on.toordinal() + 1 for coach in coaches if coach.ends_on}
    days = sorted({max(day, as_of.toordinal()) for day in cuts})
    yield from pairwise(days)


def _teams(sets: Iterable[Team]) -> list[Team]:
    """Return all unions of sets that hang together; that others hold as well follows from these."""
    found = set(sets)
    fresh = list(found)
    while fresh:
        one = fresh.pop()
        for other in list(found):
            both = one | other
            if one & other and both not in found:
                found.add(both)
                fresh.append(both)
        if len(found) > MOST_TEAMS:
            message = f"overlap in more than {MOST_TEAMS} ways"
            accepted = "coaches who serve the same pilots with the same kinds of support"
            raise InvalidInput([FieldFault("coaches", message, accepted)])
    return sorted(found, key=sorted)


def _strictest(pools: Sequence[Pool]) -> list[Pool]:
    """
    Leave out each pool of a team that another of it implies: more is drawn, from fewer hours.
    """
    kept: list[Pool] = []
    for pool in pools:
        if any(_implies(other, pool) for other in kept):
            continue
        kept = [other for other in kept if not _implies(pool, other)] + [pool]
    return kept


def _implies(strict: Pool, other: Pool) -> bool:
    return strict.hours <= other.hours and bool((strict.share >= other.share).all())
