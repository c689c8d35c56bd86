"""
Why somebody moves: who took whose seat, told as chains, with one reason for each person.

A new plan and the old one differ by chains: somebody comes, takes a seat, whoever sat there takes
another's, until a seat is free or somebody is left without. What begins a chain is the reason for
all who move in it. Each chain could be carried out without the others as far as seats go, so what
it is worth in points is its own.

Somebody who is new begins most chains, and could mostly have had a place with fewer people moving.
So, where the plan with least effort is known, it is asked first: whoever moves there too had to.
All others move for a better total, and the chains between that plan and this one tell how much.

The chains name other people: they are for those who plan. What a person is told names nobody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from matching.arrays import Ints
from matching.exceptions import ProblemError
from matching.problem import Problem
from matching.solvers.ledger import possible_scores


class Reason(StrEnum):
    """
    What begins the chain in which somebody moves.

    ``decided``: people fixed this person to the new slot. ``no_longer_possible``: a rule now
    refuses this person's old one. ``seat_lost``: the slot has fewer seats than people who sat
    there. ``made_room``: the chain begins with somebody who moves for one of these three reasons,
    or who had no place. ``better_total``: nobody had to move, and the chain adds points.
    ``other_rule``: nobody had to move because of seats, and the chain adds no points, so hours,
    quotas or groups are behind it.
    """

    DECIDED = "decided"
    NO_LONGER_POSSIBLE = "no_longer_possible"
    SEAT_LOST = "seat_lost"
    MADE_ROOM = "made_room"
    BETTER_TOTAL = "better_total"
    OTHER_RULE = "other_rule"


@dataclass(frozen=True)
class Step:
    """
    One person in a chain.

    Parameters
    ----------
    candidate : int
    before, after : int
        Slots; -1 for no place.
    difference : int or float
        Points more at the new place. No place, and one that is no longer possible, count 0.
    """

    candidate: int
    before: int
    after: int
    difference: int | float

    def to_json(self) -> dict[str, Any]:
        """Return the step as plain data."""
        return {
            "candidate": self.candidate,
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
        }


@dataclass(frozen=True)
class Chain:
    """
    People who take each other's seats, in order: each takes the seat of the next.

    Parameters
    ----------
    steps : tuple of Step
    is_circle : bool
        The last takes the seat of the first.
    gain : int or float
        The differences of all steps, added up.
    lose_place : tuple of int
        Candidates who had a place at its begin and have none at its end; at most one.
    """

    steps: tuple[Step, ...]
    is_circle: bool
    gain: int | float
    lose_place: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the chain as plain data."""
        return {
            "steps": [step.to_json() for step in self.steps],
            "isCircle": self.is_circle,
            "gain": self.gain,
            "losePlace": list(self.lose_place),
        }


@dataclass(frozen=True)
class Move:
    """
    Somebody who had a place and now has another, or none, and why.

    Parameters
    ----------
    candidate : int
    before, after : int
        Slots; ``after`` is -1 where the place is lost.
    difference : int or float
        Points more at the new place.
    reason : Reason
    room_for : int or None
        Who takes this person's seat, where somebody does.
    because_of : int or None
        Who begins the chain, where that is somebody else.
    chain : Chain
        For ``better_total`` from the plan with least effort, where it was given; else from the
        current places.
    """

    candidate: int
    before: int
    after: int
    difference: int | float
    reason: Reason
    room_for: int | None
    because_of: int | None
    chain: Chain

    def to_json(self) -> dict[str, Any]:
        """Return the move as plain data."""
        return {
            "candidate": self.candidate,
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "reason": self.reason.value,
            "roomFor": self.room_for,
            "becauseOf": self.because_of,
            "chain": self.chain.to_json(),
        }


def explain_moves(problem: Problem, slots: Ints, *, least: Ints | None = None) -> tuple[Move, ...]:
    """
    Give one reason for each person who had a place and moves.

    Parameters
    ----------
    problem : Problem
        As it is now, with ``current``.
    slots : ndarray of int, shape (n_candidates,)
        A plan of that problem, -1 for no place.
    least : ndarray of int, shape (n_candidates,), optional
        The plan with least effort: who keeps their place there moves for a better total.

    Returns
    -------
    tuple of Move
        In the order of candidates.

    Raises
    ------
    ProblemError
        If the problem has no ``current``, or the plan is not of that problem.
    """
    if problem.current is None:
        raise ProblemError("is not given; accepted is each person's slot, or -1", field="current")
    _check_slots(problem, slots, "slots")
    moves = _Tale(problem, problem.current, slots).moves()
    if least is None:
        return tuple(moves[i] for i in sorted(moves))
    _check_slots(problem, least, "least")
    needed = _Tale(problem, problem.current, least).moves()
    extra = _Tale(problem, least, slots).chain_of()
    return tuple(_in_two_steps(moves[i], needed.get(i), extra.get(i)) for i in sorted(moves))


def _in_two_steps(move: Move, needed: Move | None, extra: Chain | None) -> Move:
    """Return a move with its reason from the least effort, or else from what is beyond that."""
    if needed is not None:
        by_itself = move.reason in (Reason.BETTER_TOTAL, Reason.OTHER_RULE)
        return replace(needed, after=move.after, difference=move.difference) if by_itself else move
    if extra is None or move.reason in (Reason.DECIDED, Reason.NO_LONGER_POSSIBLE):
        return move
    reason = Reason.BETTER_TOTAL if extra.gain > 0 else Reason.OTHER_RULE
    return replace(move, reason=reason, because_of=None, chain=extra)


def _check_slots(problem: Problem, slots: Ints, name: str) -> None:
    n, m = problem.shape
    if slots.shape != (n,) or not (slots.min(initial=0) >= -1 and slots.max(initial=-1) < m):
        raise ProblemError(
            f"is no plan; accepted are {n} slots from 0 to {m - 1}, and -1", field=name
        )


class _Tale:
    """Who takes whose seat."""

    def __init__(self, problem: Problem, before: Ints, after: Ints) -> None:
        self._before, self._after = before, after
        old, self._still_possible = possible_scores(problem, before)
        nobody = np.zeros(len(before), dtype=np.bool_)
        self._decided = nobody if problem.pins is None else problem.pins >= 0
        new, _ = possible_scores(problem, after)
        self._difference: list[int | float] = (new - old).tolist()
        self._next: dict[int, int] = {}
        self._own: dict[int, Reason] = {}
        goes, comes, stays = _by_slot(before, after, problem.shape[1])
        for j in sorted(goes.keys() | comes.keys()):
            free = int(problem.seats[j]) - stays[j]
            self._pair_up(goes.get(j, []), comes.get(j, []), free)

    def _pair_up(self, goes: list[int], comes: list[int], seats: int) -> None:
        """
        Say whose seat each who comes to a slot takes.

        Seats that are free anyway go first: those that nobody had, and those of people who have to
        leave whatever is planned. Of the others who leave, some lost a seat that is no more, some
        make room, and who is then left goes for the sake of a chain.
        """
        could_stay = []
        for i in goes:
            if self._decided[i]:
                self._own[i] = Reason.DECIDED
            elif not self._still_possible[i]:
                self._own[i] = Reason.NO_LONGER_POSSIBLE
            else:
                could_stay.append(i)
        free = max(0, seats - len(could_stay))
        # Newcomers first: whoever had a place and comes for a better one is the one who pushes.
        comes = sorted(comes, key=lambda i: (self._before[i] >= 0, i))
        pushing = comes[free:]
        lost = max(0, len(could_stay) - seats)
        # Whoever has most to gain by leaving is the likeliest to have left of their own accord.
        could_stay.sort(key=lambda i: (self._difference[i], i))
        for i in could_stay[:lost]:
            self._own[i] = Reason.SEAT_LOST
        for coming, going in zip(pushing, could_stay[lost:], strict=False):
            self._next[coming] = going

    def moves(self) -> dict[int, Move]:
        """Return the move of each person who had a place and moves."""
        found = (move for chain, start in self._chains() for move in self._moves_of(chain, start))
        return {move.candidate: move for move in found}

    def chain_of(self) -> dict[int, Chain]:
        """Return the chain of each person who has another place, or comes or goes."""
        return {step.candidate: chain for chain, _ in self._chains() for step in chain.steps}

    def _chains(self) -> Iterator[tuple[Chain, int]]:
        """Yield each chain in which somebody moves, and who begins it."""
        pushed = set(self._next.values())
        moved = np.flatnonzero(self._before != self._after).tolist()
        seen: set[int] = set()
        for start in [i for i in moved if i not in pushed] + moved:
            if start in seen:
                continue
            people = [start]
            while self._next.get(people[-1], start) != start:
                people.append(self._next[people[-1]])
            seen.update(people)
            steps = tuple(
                Step(i, int(self._before[i]), int(self._after[i]), self._difference[i])
                for i in people
            )
            is_circle = people[-1] in self._next
            lose_place = tuple(s.candidate for s in steps if s.before >= 0 and s.after < 0)
            gain = sum(step.difference for step in steps)
            yield Chain(steps, is_circle, gain, lose_place), start

    def _moves_of(self, chain: Chain, start: int) -> Iterator[Move]:
        """Yield the moves of those in a chain who had a place."""
        reason = self._reason(chain, start)
        taken_by = {going: coming for coming, going in self._next.items()}
        for step in chain.steps:
            if step.before < 0:
                continue
            own = self._own.get(step.candidate)
            yield Move(
                candidate=step.candidate,
                before=step.before,
                after=step.after,
                difference=step.difference,
                reason=own or reason,
                room_for=taken_by.get(step.candidate),
                because_of=start if reason is Reason.MADE_ROOM and own is None else None,
                chain=chain,
            )

    def _reason(self, chain: Chain, start: int) -> Reason:
        if self._before[start] < 0 or start in self._own:
            return Reason.MADE_ROOM
        return Reason.BETTER_TOTAL if chain.gain > 0 else Reason.OTHER_RULE


def _by_slot(
    before: Ints, after: Ints, n_slots: int
) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]], list[int]]:
    """Return who leaves each slot, who comes to it, and how many stay."""
    goes: dict[int, list[int]] = {}
    comes: dict[int, list[int]] = {}
    for i in np.flatnonzero(before != after).tolist():
        if before[i] >= 0:
            goes.setdefault(int(before[i]), []).append(i)
        if after[i] >= 0:
            comes.setdefault(int(after[i]), []).append(i)
    stays = np.bincount(before[(before == after) & (before >= 0)], minlength=n_slots)
    return goes, comes, stays.tolist()
