"""
Counting all plans of one size, person by person, exactly.

After some people have chosen, all that matters for the rest is how much room is left and how many
are without a place: many choices lead to the same state, and each state is counted once. Room that
nobody who is still to come could use up counts as none at all, so that states differ only where it
matters. Whole numbers of any size, so nothing is rounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.problem import Problem
from matching.solvers.ledger import Ledger, eligible_pairs

MOST_PEOPLE: Final = 250
"""With more, states are far too many, save in problems where nobody would ask."""

STEPS_OF_CHANCE: Final = 53
"""Binary digits of one draw of chance: a chance is off by less than one in 10**15."""

State = tuple[int, ...]
"""How many have no place, then the room left on each line."""


class TooManyStates(Exception):
    """There are more states than may be counted."""


@dataclass(frozen=True)
class Counter:
    """
    Who chooses when, from what, and how states follow each other.

    Parameters
    ----------
    order : list of int
        Candidates without a pin, in the order in which they choose.
    slots_of : list of list of int
        Slots that each candidate can have.
    still_to_come : list of list of int
        For each turn, the most that those who have not chosen yet can take up on each line.
    missing : int
        How many without a pin get no place.
    """

    ledger: Ledger
    order: list[int]
    slots_of: list[list[int]]
    still_to_come: list[list[int]]
    missing: int

    def first(self, left: list[int]) -> State:
        """Return the state before anybody without a pin has chosen."""
        return self._state(0, 0, left)

    def choices(self, turn: int, state: State) -> Iterator[tuple[int, State]]:
        """Yield what the candidate of a turn can choose, -1 for no place, and what follows."""
        without, left = state[0], state[1:]
        candidate = self.order[turn]
        if without < self.missing:
            yield -1, self._state(turn + 1, without + 1, left)
        if without + len(self.order) - turn - 1 < self.missing:
            return
        for slot in self.slots_of[candidate]:
            uses = self.ledger.uses(candidate, slot)
            if all(left[line] >= amount for line, amount in uses):
                after = list(left)
                for line, amount in uses:
                    after[line] -= amount
                yield slot, self._state(turn + 1, without, after)

    def ends_well(self, state: State) -> bool:
        """Whether a state after the last turn is one of a plan."""
        return state[0] == self.missing and self.ledger.holds_in_the_end(state[1:])

    def _state(self, turn: int, without: int, left: list[int] | State) -> State:
        return (without, *map(min, left, self.still_to_come[turn]))


@dataclass(frozen=True, eq=False)
class Count:
    """
    How many plans there are, and in which share of them each candidate has a place.

    Parameters
    ----------
    n_plans : int
    chance : ndarray of float, shape (n_candidates,)
    """

    n_plans: int
    chance: NDArray[np.float64]
    counter: Counter
    start: State
    ways_on: list[dict[State, int]]
    fixed: NDArray[np.int64]


def count_plans(problem: Problem, ledger: Ledger, placed: int, most_states: int) -> Count:
    """
    Count the plans that place exactly so many people.

    Parameters
    ----------
    problem : Problem
    ledger : Ledger
        Of that problem.
    placed : int
    most_states : int

    Returns
    -------
    Count

    Raises
    ------
    TooManyStates
        As soon as there are more.
    """
    if problem.shape[0] > MOST_PEOPLE:
        raise TooManyStates
    fixed, left = _pinned(problem, ledger)
    counter = _counter(problem, ledger, fixed, placed)
    start = counter.first(left)
    ways_here: list[dict[State, int]] = [{start: 1}]
    n_states = 1
    for turn in range(len(counter.order)):
        following: dict[State, int] = {}
        for state, ways in ways_here[turn].items():
            for _, after in counter.choices(turn, state):
                following[after] = following.get(after, 0) + ways
            if n_states + len(following) > most_states:
                raise TooManyStates
        n_states += len(following)
        ways_here.append(following)
    ways_on: list[dict[State, int]] = [{} for _ in ways_here]
    ways_on[-1] = {state: int(counter.ends_well(state)) for state in ways_here[-1]}
    with_place = [0] * problem.shape[0]
    for turn in reversed(range(len(counter.order))):
        candidate = counter.order[turn]
        for state, ways in ways_here[turn].items():
            onwards = 0
            for slot, after in counter.choices(turn, state):
                here = ways_on[turn + 1][after]
                onwards += here
                with_place[candidate] += ways * here if slot >= 0 else 0
            ways_on[turn][state] = onwards
    n_plans = ways_on[0][start]
    chance = np.array([ways / n_plans if n_plans else 0.0 for ways in with_place])
    chance[fixed >= 0] = 1.0 if n_plans else 0.0
    return Count(n_plans, chance, counter, start, ways_on, fixed)


def draw_plans(count: Count, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """
    Draw plans, each equally likely and independent of the others.

    Parameters
    ----------
    count : Count
    draws : int
    rng : numpy Generator

    Returns
    -------
    ndarray of int, shape (draws, n_candidates)
        Slots, -1 for no place; no rows where there is no plan.
    """
    if not count.n_plans:
        return np.zeros((0, len(count.fixed)), dtype=np.int64)
    plans = np.tile(count.fixed, (draws, 1))
    marks = rng.integers(0, 2**STEPS_OF_CHANCE, (draws, len(count.counter.order)))
    for row in range(draws):
        state = count.start
        for turn, mark in enumerate(marks[row].tolist()):
            place = mark * count.ways_on[turn][state] >> STEPS_OF_CHANCE
            slot, state = _option_at(count, turn, state, place)
            plans[row, count.counter.order[turn]] = slot
    return plans


def _option_at(count: Count, turn: int, state: State, place: int) -> tuple[int, State]:
    """Return the choice in which the way with this number lies, and what follows."""
    for slot, after in count.counter.choices(turn, state):
        ways = count.ways_on[turn + 1][after]
        if place < ways:
            return slot, after
        place -= ways
    raise AssertionError("the ways of a state are those of its choices")


def _pinned(problem: Problem, ledger: Ledger) -> tuple[NDArray[np.int64], list[int]]:
    n = problem.shape[0]
    fixed = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins.copy()
    return fixed, ledger.left_after(fixed)


def _counter(problem: Problem, ledger: Ledger, fixed: NDArray[np.int64], placed: int) -> Counter:
    candidate, slot, _ = eligible_pairs(problem)
    slots_of: list[list[int]] = [[] for _ in range(problem.shape[0])]
    for i, j in zip(candidate.tolist(), slot.tolist(), strict=True):
        if problem.seats[j] > 0:
            slots_of[i].append(j)
    order = _in_order(np.flatnonzero(fixed < 0).tolist(), slots_of)
    # What a watched line holds in the end is asked for, so its room is never counted as none.
    still = [ledger.room[line] if line in ledger.watched else 0 for line in range(len(ledger.room))]
    still_to_come = [still]
    for i in reversed(order):
        most: dict[int, int] = {}
        for j in slots_of[i]:
            for line, amount in ledger.uses(i, j):
                most[line] = max(most.get(line, 0), amount)
        still = list(still)
        for line, amount in most.items():
            still[line] += amount
        still_to_come.insert(0, still)
    n_free = len(order)
    missing = n_free - (placed - int((fixed >= 0).sum()))
    return Counter(ledger, order, slots_of, still_to_come, missing)


def _in_order(candidates: list[int], slots_of: list[list[int]]) -> list[int]:
    """Return who chooses when, so that as few slots as can be are in use at the same time."""
    waiting: dict[int, int] = {}
    for i in candidates:
        for j in slots_of[i]:
            waiting[j] = waiting.get(j, 0) + 1
    order: list[int] = []
    opened: set[int] = set()
    left = list(candidates)
    while left:
        # Whoever opens fewest new slots, and among those whoever brings slots nearest to their end.
        chosen = min(
            left,
            key=lambda i: (
                sum(j not in opened for j in slots_of[i]),
                sum(waiting[j] for j in slots_of[i]),
                i,
            ),
        )
        left.remove(chosen)
        order.append(chosen)
        for j in slots_of[chosen]:
            opened.add(j)
            waiting[j] -= 1
    return order
