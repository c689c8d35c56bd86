"""
Ledger: what every rule still allows while a plan is put together, as lines with a room each.

Seats, hours, quotas and groups all come down to the same thing: a pair takes up room on a few
lines, a line has so much room, and a few things have to hold in the end (floors, and people who
stay together). Baselines need no more than this; the exact solvers have their own ways.
"""

from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.problem import Problem
from matching.sides import UNLIMITED, ReadGroup
from matching.source import REFUSED

Use = tuple[tuple[int, int], ...]

BLOCK_PAIRS = 4_000_000
"""Pairs of a source that are worked out at a time: 16 MB of scores."""


@dataclass(frozen=True)
class Floor:
    """At least so much on a line in the end; not asked while ``open_line`` holds nobody."""

    line: int
    least: int
    open_line: int = -1


@dataclass(frozen=True)
class Together:
    """In the end all ``size`` members on one of these lines, or nobody on any."""

    lines: tuple[int, ...]
    size: int


@dataclass
class Ledger:
    """
    The rules of a problem as lines.

    Parameters
    ----------
    problem : Problem

    Attributes
    ----------
    room : list of int
        How much each line has room for, with nobody placed; the first ``n_slots`` lines are seats.
    floors : list of Floor
    together : list of Together
    watched : set of int
        Lines that something has to hold of in the end.
    """

    problem: Problem
    room: list[int] = field(init=False)
    floors: list[Floor] = field(init=False, default_factory=list)
    together: list[Together] = field(init=False, default_factory=list)
    _marks: list[tuple[NDArray[np.bool_], Ints]] = field(init=False, default_factory=list)
    _cache: dict[int, Use] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.room = self.problem.seats.tolist()
        self._seat_uses: list[Use] = [((j, 1),) for j in range(self.problem.shape[1])]
        self._resource_lines: list[Ints] = []
        self._read_resources()
        self._read_quotas()
        for group in self.problem.read_groups:
            self._read_group(group)
        self.watched = {floor.line for floor in self.floors}
        self.watched |= {floor.open_line for floor in self.floors if floor.open_line >= 0}
        self.watched |= {line for one in self.together for line in one.lines}

    def uses(self, candidate: int, slot: int) -> Use:
        """Return what a pair takes up: line and amount, seats first."""
        if not self.problem.has_side_rules:
            return self._seat_uses[slot]
        key = candidate * self.problem.shape[1] + slot
        if key not in self._cache:
            self._cache[key] = tuple(self._work_out(candidate, slot))
        return self._cache[key]

    def fits(self, left: Sequence[int], candidate: int, slot: int) -> bool:
        """Whether a pair still has room on each of its lines."""
        return all(left[line] >= amount for line, amount in self.uses(candidate, slot))

    def put(self, left: MutableSequence[int], candidate: int, slot: int) -> None:
        """Take up the room of a pair."""
        for line, amount in self.uses(candidate, slot):
            left[line] -= amount

    def take(self, left: MutableSequence[int], candidate: int, slot: int) -> None:
        """Give the room of a pair back."""
        for line, amount in self.uses(candidate, slot):
            left[line] += amount

    def holds_in_the_end(self, left: Sequence[int]) -> bool:
        """Whether floors are reached and whoever belongs together is together."""
        for floor in self.floors:
            is_open = floor.open_line < 0 or left[floor.open_line] < self.room[floor.open_line]
            if is_open and self.room[floor.line] - left[floor.line] < floor.least:
                return False
        for one in self.together:
            held = [self.room[line] - left[line] for line in one.lines]
            if sum(held) and max(held) < one.size:
                return False
        return True

    def is_kept(self, left: Sequence[int]) -> bool:
        """Whether a plan that leaves this room keeps all rules."""
        return min(left, default=0) >= 0 and self.holds_in_the_end(left)

    def left_after(self, slots: Ints) -> list[int]:
        """Return the room left on each line under a plan."""
        left = list(self.room)
        for i in np.flatnonzero(slots >= 0).tolist():
            self.put(left, i, int(slots[i]))
        return left

    def _line(self, room: int) -> int:
        self.room.append(room)
        return len(self.room) - 1

    def _read_resources(self) -> None:
        m = self.problem.shape[1]
        for resource in self.problem.read_resources:
            if resource.shared:
                supply = int(resource.supply[0])
                lines = np.full(m, self._line(supply) if supply < UNLIMITED else -1)
            else:
                rooms = resource.supply.tolist()
                lines = np.array([self._line(r) if r < UNLIMITED else -1 for r in rooms], dtype=int)
            self._resource_lines.append(lines.astype(np.int64))

    def _read_quotas(self) -> None:
        n = self.problem.shape[0]
        for quota in self.problem.read_quotas:
            line = self._line(min(quota.most, n))
            self._mark(quota.candidates, np.where(quota.slots, line, -1))
            if quota.least > 0:
                open_line = -1
                if quota.if_open:
                    open_line = self._line(n)
                    everybody = np.ones(n, dtype=np.bool_)
                    self._mark(everybody, np.where(quota.slots, open_line, -1))
                self.floors.append(Floor(line, quota.least, open_line))

    def _read_group(self, group: ReadGroup) -> None:
        n, m = self.problem.shape
        place = self.problem.pilot_of_slot if group.within == "pilot" else np.arange(m)
        room = 1 if group.apart else len(group.candidates)
        n_places = int(place.max(initial=-1)) + 1
        lines = np.array([self._line(room) for _ in range(n_places)], dtype=np.int64)
        members = np.zeros(n, dtype=np.bool_)
        members[group.candidates] = True
        self._mark(members, lines[place])
        if not group.apart:
            self.together.append(Together(tuple(lines.tolist()), len(group.candidates)))

    def _mark(self, candidates: NDArray[np.bool_], line_of_slot: Ints) -> None:
        """Have some candidates take up one on the line of each slot, -1 for no line."""
        self._marks.append((candidates, line_of_slot))

    def _work_out(self, candidate: int, slot: int) -> Iterator[tuple[int, int]]:
        yield slot, 1
        who, where = np.array([candidate]), np.array([slot])
        pairs = zip(self.problem.read_resources, self._resource_lines, strict=True)
        for resource, lines in pairs:
            amount = int(resource.of_pairs(who, where)[0])
            if amount and lines[slot] >= 0:
                yield int(lines[slot]), amount
        for candidates, line_of_slot in self._marks:
            if candidates[candidate] and line_of_slot[slot] >= 0:
                yield int(line_of_slot[slot]), 1


def eligible_pairs(problem: Problem) -> tuple[Ints, Ints, NDArray[np.float64] | Ints]:
    """
    Return candidate, slot and score of each pair that can be chosen, in rows.

    A source is worked out block by block; only its eligible pairs are kept.
    """
    if not problem.has_source:
        return problem.pair_candidate, problem.pair_slot, problem.pair_score
    n, m = problem.shape
    step = max(1, BLOCK_PAIRS // max(1, m))
    parts: list[tuple[Ints, Ints, Ints]] = []
    for first in range(0, n, step):
        block = problem.scores.block(slice(first, min(n, first + step)), slice(0, m))
        rows, columns = np.nonzero(block != REFUSED)
        parts.append((rows + first, columns, block[rows, columns].astype(np.int64)))
    nothing = np.zeros(0, dtype=np.int64)
    columns_of = list(zip(*parts, strict=True)) or [(nothing,)] * 3
    candidate, slot, score = (np.concatenate(column) for column in columns_of)
    return candidate.astype(np.int64), slot.astype(np.int64), score


def scores_of(problem: Problem, slots: Ints) -> NDArray[np.float64] | Ints:
    """
    Return the score that each candidate has in a plan, shape (n_candidates,); 0 without a place.

    Parameters
    ----------
    problem : Problem
    slots : ndarray of int, shape (n_candidates,)
        -1 for no place. A refused pair counts 0 too; ``possible_scores`` tells which those are.
    """
    return possible_scores(problem, slots)[0]


def possible_scores(
    problem: Problem, slots: Ints
) -> tuple[NDArray[np.float64] | Ints, NDArray[np.bool_]]:
    """
    Return each candidate's score at a slot, and whether that pair can be chosen.

    Parameters
    ----------
    problem : Problem
    slots : ndarray of int, shape (n_candidates,)
        -1 for none.

    Returns
    -------
    scores : ndarray, shape (n_candidates,)
        0 where there is no slot or the pair is refused.
    possible : ndarray of bool, shape (n_candidates,)
    """
    n, m = problem.shape
    asked = np.flatnonzero(slots >= 0)
    possible = np.zeros(n, dtype=np.bool_)
    if problem.has_source:
        scores = np.zeros(n, dtype=np.int64)
        step = max(1, BLOCK_PAIRS // max(1, m))
        for first in range(0, len(asked), step):
            who = asked[first : first + step]
            scores[who] = problem.scores.rows(who)[np.arange(len(who)), slots[who]]
        possible[asked] = scores[asked] != REFUSED
        return np.where(possible, scores, 0), possible
    # Whole numbers add up exactly only as such, also where an array of doubles held them.
    kind = np.int64 if problem.is_whole else np.float64
    found: NDArray[Any] = np.zeros(n, dtype=kind)
    keys = problem.pair_candidate * m + problem.pair_slot
    if len(keys):
        wanted = asked * m + slots[asked]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        possible[asked] = keys[at] == wanted
        found[asked] = np.where(possible[asked], problem.pair_score[at], 0)
    return found, possible
