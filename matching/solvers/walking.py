"""
A walk over all plans of one size by small steps, each as likely as the step back.

A step picks one possible pair (i, j) by chance:

- j has a free seat: i, who has a place elsewhere, goes there;
- j is full: i takes the seat of somebody there, who gets the place that i had, if there was one and
  it is possible for them;
- i is at j: now and then i loses the place, and an excursion begins. It walks on in the same way
  among plans of one person fewer, until it picks somebody without a place and a slot with a free
  seat: that is a plan of full size again. After so many steps without, it is all taken back.

Steps and excursions can be walked backwards, just as likely, and how often an excursion begins and
how long it may last do not depend on where the walk is. So in the long run all plans of full size
are equally likely. This is Jerrum and Sinclair's chain, looked at only when it is at full size,
with the longest excursions cut off: it stays usable where plans of one person fewer are very many
more. With seats alone each plan can be reached from each. Under side rules plans on an excursion
only keep upper limits, which joins most plans together; that it joins all is not certain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.problem import Problem
from matching.solvers.ledger import Ledger, eligible_pairs

CHUNK: Final = 65_536
"""Random numbers that are made at a time."""

BURN_IN: Final = 0.25
"""Length of the burn-in, as a share of what comes after it."""

FIRST_EXCURSIONS: Final = 5
"""Excursions in which it is found how long they last."""

LONGEST_EXCURSION: Final = 10
"""Steps of an excursion for each possible pair, after which it is taken back; at most 20,000."""


@dataclass(frozen=True, eq=False)
class Walk:
    """
    What one walk came by.

    Parameters
    ----------
    draws : ndarray of bool, shape (n_draws, n_candidates)
        Who has a place.
    steps, burn_in : int
        Steps between plans of full size in all, and those at the start that were left out.
    """

    draws: Bools
    steps: int
    burn_in: int


@dataclass(frozen=True, eq=False)
class Agreement:
    """How well several chains agree; see ``Lottery``."""

    error: Floats
    effective_draws: float
    disagreement: float


def walk(
    problem: Problem,
    ledger: Ledger,
    start: Ints,
    draws: int,
    apart: int,
    rng: np.random.Generator,
) -> Walk:
    """
    Walk, and note who has a place every so many steps.

    Parameters
    ----------
    problem : Problem
    ledger : Ledger
    start : ndarray of int, shape (n_candidates,)
        A plan; all noted plans place as many.
    draws : int
        How many plans to note.
    apart : int
        Steps between two of them.
    rng : numpy Generator

    Returns
    -------
    Walk
    """
    state = _State(problem, ledger, start, rng)
    state.settle_pace()
    burn_in = max(1, int(draws * BURN_IN)) * apart
    state.go(burn_in)
    noted = np.zeros((draws, problem.shape[0]), dtype=np.bool_)
    for look in range(draws):
        state.go(apart)
        noted[look] = np.array(state.slots) >= 0
    return Walk(noted, burn_in + draws * apart, burn_in)


class _State:
    """Where a walk is."""

    def __init__(
        self, problem: Problem, ledger: Ledger, start: Ints, rng: np.random.Generator
    ) -> None:
        free = np.ones(problem.shape[0], dtype=np.bool_)
        if problem.pins is not None:
            free = problem.pins < 0
        candidate, slot, _ = eligible_pairs(problem)
        usable = free[candidate] & (problem.seats[slot] > 0)
        self._candidate: list[int] = candidate[usable].tolist()
        self._slot: list[int] = slot[usable].tolist()
        self._m = problem.shape[1]
        self._eligible = set((candidate[usable] * self._m + slot[usable]).tolist())
        self._ledger, self._rng = ledger, rng
        self._has_ends = bool(ledger.floors or ledger.together)
        self._seats: list[int] = problem.seats.tolist()
        self.slots: list[int] = start.tolist()
        self._left = ledger.left_after(start)
        self._people: list[list[int]] = [[] for _ in range(self._m)]
        self._place_of: list[int] = [0] * len(self.slots)
        for i in np.flatnonzero((start >= 0) & free).tolist():
            self._enter(i, self.slots[i])
        self._picks = self._chances()
        self._longest = min(20_000, LONGEST_EXCURSION * len(self._candidate))
        self._leave_chance = 1.0
        self._away: list[tuple[int, int]] | None = None
        self._away_steps = 0
        self._n_steps, self._n_away = 0, 0

    def _chances(self) -> Iterator[tuple[int, float]]:
        n_pairs = len(self._candidate)
        while True:
            picks = self._rng.integers(0, n_pairs, CHUNK).tolist()
            yield from zip(picks, self._rng.random(CHUNK).tolist(), strict=True)

    def settle_pace(self) -> None:
        """Have excursions take up about half of the time from now on."""
        placed = [i for people in self._people for i in people]
        if not placed:
            return
        for _ in range(FIRST_EXCURSIONS):
            placed = [i for people in self._people for i in people]
            self._leave(placed[int(self._rng.integers(0, len(placed)))])
            while self._away is not None:
                self._go_on()
        length = max(1.0, self._n_away / FIRST_EXCURSIONS)
        self._leave_chance = min(1.0, len(self._candidate) / (len(placed) * length))

    def go(self, steps: int) -> None:
        """Take so many steps between plans of full size; a whole excursion is one."""
        if not self._candidate:
            return
        goal = self._n_steps + steps
        while self._n_steps < goal:
            self._go_on()

    def _go_on(self) -> None:
        pick, chance = next(self._picks)
        self._step(self._candidate[pick], self._slot[pick], chance)
        if self._away is not None:
            self._n_away += 1
            self._away_steps += 1
            if self._away_steps < self._longest:
                return
            self._take_back(self._away)
            self._away = None
        self._n_steps += 1

    def _leave(self, i: int) -> None:
        self._away, self._away_steps = [], 0
        self._move(i, -1)

    def _take_back(self, moved: list[tuple[int, int]]) -> None:
        for i, before in reversed(list(moved)):
            self._move(i, before)

    def _step(self, i: int, j: int, chance: float) -> None:
        now = self.slots[i]
        if now == j:
            if self._away is None and chance < self._leave_chance:
                self._leave(i)
        elif len(self._people[j]) < self._free_seats(j):
            if now >= 0:
                self._try([(i, j)])
            elif self._away is not None and self._try([(i, j)], returns=True):
                self._away = None
        elif self._people[j]:
            people = self._people[j]
            other = people[int(chance * len(people))]
            if now < 0 or other * self._m + now in self._eligible:
                self._try([(other, now), (i, j)])

    def _free_seats(self, j: int) -> int:
        """Seats of a slot that nobody is pinned to."""
        return self._left[j] + len(self._people[j])

    def _try(self, moves: list[tuple[int, int]], *, returns: bool = False) -> bool:
        """Move people when the rules allow it."""
        before = [(i, self.slots[i]) for i, _ in moves]
        for i, _ in moves:
            self._move(i, -1)
        for i, j in moves:
            if j >= 0:
                if not self._ledger.fits(self._left, i, j):
                    break
                self._move(i, j)
        else:
            if (
                not self._has_ends
                or not (returns or self._away is None)
                or self._ledger.holds_in_the_end(self._left)
            ):
                return True
        for i, _ in moves:
            self._move(i, -1)
        for i, j in before:
            self._move(i, j)
        return False

    def _move(self, i: int, j: int) -> None:
        now = self.slots[i]
        if self._away is not None:
            self._away.append((i, now))
        if now >= 0:
            self._ledger.take(self._left, i, now)
            people, at = self._people[now], self._place_of[i]
            people[at] = people[-1]
            self._place_of[people[-1]] = at
            people.pop()
        self.slots[i] = j
        if j >= 0:
            self._ledger.put(self._left, i, j)
            self._enter(i, j)

    def _enter(self, i: int, j: int) -> None:
        self._place_of[i] = len(self._people[j])
        self._people[j].append(i)


def agreement(chains: Bools) -> Agreement:
    """
    Say how well chains agree, person by person.

    Parameters
    ----------
    chains : ndarray of bool, shape (n_chains, n_draws, n_candidates)

    Returns
    -------
    Agreement
        Standard errors from means of batches; how many independent draws they come to, for the
        person of whom least is known among those who are not always or never placed; the largest R.
    """
    n_chains, n_draws, n = chains.shape
    if n_draws < 4:
        return Agreement(np.full(n, np.inf), 0.0, float("inf"))
    values = chains.astype(np.float64)
    spread = values.var(axis=(0, 1))
    varies = spread > 0
    size = max(1, int(np.sqrt(n_draws)))
    n_batches = n_draws // size
    batches = values[:, : n_batches * size].reshape(n_chains, n_batches, size, n).mean(axis=2)
    # Around the mean of all chains, so that chains that disagree make the error larger.
    off = (batches - values.mean(axis=(0, 1))) ** 2
    variance = size * off.sum(axis=(0, 1)) / max(1, n_chains * n_batches - 1)
    error = np.sqrt(variance / (n_chains * n_draws))
    worth = n_chains * n_draws * spread[varies] / np.maximum(variance[varies], 1e-300)
    effective = float(n_chains * n_draws)
    if varies.any():
        effective = min(effective, float(worth.min()))
    return Agreement(error, effective, split_r(values))


def split_r(values: Floats) -> float:
    """
    Return Gelman and Rubin's R over half chains, the largest over what was measured.

    Parameters
    ----------
    values : ndarray of float, shape (n_chains, n_draws, n_measures)

    Returns
    -------
    float
        1.0 when all agree, also where nothing ever varies; infinite where values are stuck at
        different ones.
    """
    varies = values.var(axis=(0, 1)) > 0
    if not varies.any():
        return 1.0
    half = values.shape[1] // 2
    halves = np.concatenate([values[:, :half], values[:, half : 2 * half]])[:, :, varies]
    between = halves.mean(axis=1).var(axis=0, ddof=1)
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    if (within == 0).any():
        return float("inf") if (between[within == 0] > 0).any() else 1.0
    return float(np.sqrt((half - 1) / half + between / within).max())
