"""
Best pairs first: what somebody does by hand with a sorted list. A baseline, used to compare with.

It looks at each pair once and never takes a choice back, so it may leave people without a place who
could have had one.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.plan import Level, Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.ledger import Ledger, eligible_pairs, scores_of


def solve_greedy(problem: Problem, *, seed: int = 0) -> Plan:
    """
    Give places to the pairs with the highest scores first, within all rules.

    Floors of quotas are filled first. People who belong together go together, in one slot. Where
    the floor of a cohort is not reached, its slots stay closed and everybody is placed anew.

    Parameters
    ----------
    problem : Problem
    seed : int, default=0
        Settles which of two equal pairs goes first, together with the codes.

    Returns
    -------
    Plan
        *feasible*, without proof; *infeasible* with nobody placed where this way finds no plan
        within the rules (another solver may).
    """
    ledger = Ledger(problem)
    pairs = _best_first(problem, seed)
    closed: set[int] = set()
    while True:
        builder = _Builder(problem, ledger, closed)
        builder.place_pins()
        for quota in problem.read_quotas:
            if quota.least and not quota.if_open:
                inside = ((i, j) for i, j in pairs if quota.candidates[i] and quota.slots[j])
                builder.fill(inside, quota.candidates, quota.slots, quota.least)
        builder.place(pairs)
        if ledger.is_kept(builder.left):
            return _plan(problem, builder.slots, SolveStatus.FEASIBLE)
        newly_closed = builder.slots_below_their_floor()
        if not newly_closed - closed:
            nobody = np.full(problem.shape[0], -1, dtype=np.int64)
            return _plan(problem, nobody, SolveStatus.INFEASIBLE)
        closed |= newly_closed


class _Builder:
    """A plan in the making."""

    def __init__(self, problem: Problem, ledger: Ledger, closed: set[int]) -> None:
        self._problem, self._ledger, self._closed = problem, ledger, closed
        self.slots: Ints = np.full(problem.shape[0], -1, dtype=np.int64)
        self.left = list(ledger.room)
        self._party_of = _parties(problem)

    def place_pins(self) -> None:
        pins = self._problem.pins
        for i in [] if pins is None else np.flatnonzero(pins >= 0).tolist():
            self._put(i, int(pins[i]))  # type: ignore[index]
        for i in np.flatnonzero(self.slots >= 0).tolist():
            self._try(i, int(self.slots[i]))

    def place(self, pairs: Iterable[tuple[int, int]]) -> None:
        for i, j in pairs:
            if self.slots[i] < 0 and j not in self._closed:
                self._try(i, j)

    def fill(
        self,
        pairs: Iterable[tuple[int, int]],
        candidates: NDArray[np.bool_],
        slots: NDArray[np.bool_],
        least: int,
    ) -> None:
        for i, j in pairs:
            if int((candidates & self._are_in(slots)).sum()) >= least:
                return
            self.place([(i, j)])

    def slots_below_their_floor(self) -> set[int]:
        below: set[int] = set()
        for quota in self._problem.read_quotas:
            held = self._are_in(quota.slots)
            if quota.if_open and int((held & quota.candidates).sum()) < quota.least:
                below |= set(np.flatnonzero(quota.slots).tolist())
        return below

    def _are_in(self, slots: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.isin(self.slots, np.flatnonzero(slots))

    def _try(self, candidate: int, slot: int) -> None:
        """Place somebody with all who belong to them, or nobody."""
        party = [i for i in self._party_of.get(candidate, (candidate,)) if self.slots[i] < 0]
        done: list[int] = []
        for i in party:
            if not self._can_go(i, slot):
                for back in done:
                    self._ledger.take(self.left, back, slot)
                    self.slots[back] = -1
                return
            self._put(i, slot)
            done.append(i)

    def _can_go(self, candidate: int, slot: int) -> bool:
        # Who is asked for by a sorted list is eligible; who merely comes along may not be.
        comes_along = candidate in self._party_of
        if comes_along and not self._problem.is_eligible(candidate, slot):
            return False
        return self._ledger.fits(self.left, candidate, slot)

    def _put(self, candidate: int, slot: int) -> None:
        self._ledger.put(self.left, candidate, slot)
        self.slots[candidate] = slot


def _parties(problem: Problem) -> dict[int, tuple[int, ...]]:
    """Return for each member of a group the people who have to come along, also by other groups."""
    party_of: dict[int, frozenset[int]] = {}
    for group in problem.read_groups:
        if group.apart:
            continue
        members = frozenset(group.candidates.tolist())
        together = members.union(*(party_of.get(i, frozenset()) for i in members))
        party_of.update(dict.fromkeys(together, together))
    return {i: tuple(sorted(party)) for i, party in party_of.items()}


def _best_first(problem: Problem, seed: int) -> list[tuple[int, int]]:
    candidate, slot, score = eligible_pairs(problem)
    n, m = problem.shape
    codes = problem.codes or (range(n), range(m))
    of_candidate, of_slot = _chance_order(codes[0], seed), _chance_order(codes[1], seed)
    order = np.lexsort((of_slot[slot], of_candidate[candidate], -score))
    return list(zip(candidate[order].tolist(), slot[order].tolist(), strict=True))


def _chance_order(codes: Sequence[object], seed: int) -> Ints:
    """Return a rank for each code that depends on seed and code alone."""

    def key(position: int) -> bytes:
        return hashlib.blake2b(f"{seed}|{codes[position]}".encode(), digest_size=16).digest()

    ranks = np.zeros(len(codes), dtype=np.int64)
    ranks[sorted(range(len(codes)), key=key)] = np.arange(len(codes))
    return ranks


def _plan(problem: Problem, slots: Ints, status: SolveStatus) -> Plan:
    placed = int((slots >= 0).sum())
    scores = scores_of(problem, slots)[slots >= 0].tolist()
    total = sum(scores) if problem.is_whole else math.fsum(scores)
    most, bound = _bounds(problem, placed)
    levels = (
        Level("placed", placed, max(placed, most), status),
        Level("score", total, max(total, bound), status),
    )
    return Plan(
        slots=slots,
        placed=placed,
        score=total,
        bound=max(total, bound),
        status=status,
        prices=np.zeros(problem.shape[1], dtype=np.int64),
        certificate=None,
        objective=("placed", "score"),
        resolution=problem.resolution,
        levels=levels,
    )


def _bounds(problem: Problem, placed: int) -> tuple[int, int | float]:
    """Nobody gets more than their best pair; as many people add up no more than the best bests."""
    candidate, _, score = eligible_pairs(problem)
    first = np.flatnonzero(np.diff(candidate, prepend=-1))
    best = np.maximum.reduceat(score, first) if len(first) else score
    best = best.astype(np.int64) if problem.is_whole else best
    highest = np.sort(best)[len(best) - placed :].tolist()
    most = min(len(best), int(problem.seats.sum()))
    return most, sum(highest) if problem.is_whole else math.nextafter(math.fsum(highest), math.inf)
