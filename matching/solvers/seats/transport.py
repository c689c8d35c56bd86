"""
Seats only, exactly: an auction over the pairs that can be chosen, with whole prices as proof.

Seats are capacities, never columns. Where places come first, having one is worth a number of points
that is raised until nobody more can be placed, which a cover proves (König). Ties go to those who
wait longest, by a second auction among the plans that are equally good. Scores that are worked out
when asked are solved by pricing instead of holding every pair.
"""

import ctypes
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matching.arrays import Bools, Int32s, Ints
from matching.kernels import pointer
from matching.plan import Certificate, Level, Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.seats.auction import (
    MOST_SCALED,
    Arcs,
    Auction,
    lowest_prices,
    narrowed,
    profit_of,
)
from matching.solvers.seats.called_source import CalledSource
from matching.solvers.seats.cardinality import Cover, most_placed
from matching.solvers.seats.lists import Lists
from matching.solvers.seats.looking import Readable
from matching.solvers.seats.pricing import WORTH, Pricing
from matching.solvers.seats.wide import solve_wide
from matching.solvers.watch import Watch
from matching.source import FusedSource, ScoreSource

OBJECTIVES = (("placed", "score"), ("score",))

MANY_PAIRS = 1_000_000
"""From here on reading takes a good part of a second."""

GROWS = 16
"""By how much the worth of a place grows when it turns out too little."""


@dataclass(frozen=True, eq=False)
class Core:
    """
    The problem without its pins, in an order that depends on codes and seed only.

    Parameters
    ----------
    candidates, slots : ndarray of int
        Where each row and column of the core stands in the problem.
    seats : ndarray of int
    arcs : Arcs
        Pairs with slots that have seats left; scores in steps, with the stay bonus.
    precedence : ndarray of int
    """

    candidates: Ints
    slots: Ints
    seats: Ints
    arcs: Arcs
    precedence: Ints


@dataclass(frozen=True, eq=False)
class Memory:
    """What a solve by pricing leaves behind for the next one on the same people and slots."""

    shape: tuple[int, int]
    lists: Lists
    slots: Ints
    worth: int


@dataclass(frozen=True, eq=False)
class Solved:
    """A core's answer: the slot of each candidate, prices, and what a place is worth."""

    slots: Ints
    prices: Ints
    worth: int
    profit: Ints
    cover: Cover | None
    arcs: Arcs
    is_optimal: bool
    memory: Memory | None = None


def can_solve(problem: Problem, objective: tuple[str, ...]) -> bool:
    """Whether this method answers the question."""
    return objective in OBJECTIVES and not problem.has_side_rules


def _fits(arcs: Arcs, span: int) -> bool:
    """Whether the auction's numbers fit in 64 bits, whatever a place turns out to be worth."""
    m = arcs.n_slots
    # The largest worth that can be needed: one path crosses each slot once.
    return 8 * (span + 1) * (m + 2) * GROWS < MOST_SCALED >> (m + 2).bit_length()


def solve_transport(
    problem: Problem,
    *,
    objective: tuple[str, ...],
    seed: int,
    start: Plan | None,
    watch: Watch,
    changed: Bools | None = None,
) -> Plan:
    """
    Solve a problem that has seats and pins only.

    Parameters
    ----------
    problem : Problem
    objective : tuple of str
        ``("placed", "score")`` or ``("score",)``.
    seed : int
        Settles ties, with the codes.
    start : Plan or None
        Its prices are where the auction starts.
    watch : Watch
    changed : ndarray of bool, shape (n,), optional
        Candidates whose scores may differ from those that the start was solved with.

    Returns
    -------
    Plan
        Optimal, with its certificate; interrupted, with its true bound, when the watch said stop.
    """
    counts_places = "placed" in objective
    with watch.step("read"):
        core = _core_of_source(problem) if problem.has_source else _read(problem, seed, watch)
        prices = _start_prices(problem, core, start)
    if problem.has_source:
        memory = start.memory if start is not None and prices is not None else None
        solved = _solve_source(problem, core, counts_places, prices, memory, changed, watch)
    else:
        solved = _solve_arcs(core, counts_places, prices, watch)
    with watch.step("ties"):
        slots = _settle_ties(core, solved, watch)
    with watch.step("plan"):
        return _plan(problem, core, solved, slots, objective, watch)


def _span(units: Int32s | Ints) -> int:
    return int(max(0, units.max())) - int(min(0, units.min()))


def _read(problem: Problem, seed: int, watch: Watch) -> Core:
    """Return the core; where that takes long, meanwhile tell progress and listen."""
    if len(problem.pair_slot) < MANY_PAIRS:
        return _core(problem, seed)
    return watch.meanwhile(lambda: _core(problem, seed))


def _core(problem: Problem, seed: int) -> Core:
    n, m = problem.shape
    pins = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins
    codes = problem.codes or (range(n), range(m))
    candidates = shuffled(codes[0], seed)
    candidates = candidates[pins[candidates] < 0]
    slots = shuffled(codes[1], seed)
    seats = np.minimum(problem.seats - np.bincount(pins[pins >= 0], minlength=m), n + 1)[slots]
    new_candidate = np.full(n, -1, dtype=np.int64)
    new_candidate[candidates] = np.arange(len(candidates))
    new_slot = np.zeros(m, dtype=np.int64)
    new_slot[slots] = np.arange(m)
    candidate, slot = new_candidate[problem.pair_candidate], new_slot[problem.pair_slot]
    kept = np.flatnonzero((candidate >= 0) & (seats[slot] > 0))
    kept = kept[np.argsort(candidate[kept] * m + slot[kept])]
    units = problem.units[kept]
    if problem.stay_bonus and problem.current is not None:
        stays = problem.current[problem.pair_candidate[kept]] == problem.pair_slot[kept]
        units = units + stays * round(math.ldexp(problem.stay_bonus, problem.exponent))
    counts = np.bincount(candidate[kept], minlength=len(candidates))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    precedence = np.zeros(n, dtype=np.int64) if problem.precedence is None else problem.precedence
    return Core(
        candidates=candidates,
        slots=slots,
        seats=seats,
        arcs=Arcs(starts, slot[kept].astype(np.int32), narrowed(units), m),
        precedence=precedence[candidates],
    )


def _core_of_source(problem: Problem) -> Core:
    """Return the core of scores that are worked out when asked; its arcs come later."""
    n, m = problem.shape
    pins = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins
    candidates = np.flatnonzero(pins < 0)
    seats = np.minimum(problem.seats - np.bincount(pins[pins >= 0], minlength=m), n + 1)
    precedence = np.zeros(n, dtype=np.int64) if problem.precedence is None else problem.precedence
    none = Arcs(
        np.zeros(len(candidates) + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), m
    )
    return Core(candidates, np.arange(m), seats, none, precedence[candidates])


def shuffled(codes: Sequence[object], seed: int) -> Ints:
    """Return the positions in an order that depends on seed and code alone."""

    def key(position: int) -> bytes:
        return hashlib.blake2b(f"{seed}|{codes[position]}".encode(), digest_size=16).digest()

    return np.array(sorted(range(len(codes)), key=key), dtype=np.int64)


def _start_prices(problem: Problem, core: Core, start: Plan | None) -> Ints | None:
    """Return the prices of an earlier plan, in the core's order; None if it has none that fit."""
    certificate = start.certificate if start is not None else None
    if (
        not isinstance(certificate, Certificate)
        or certificate.prices.shape != (problem.shape[1],)
        or certificate.exponent != problem.exponent
        or len(certificate.prices) == 0
        or int(np.abs(certificate.prices).max())
        >= MOST_SCALED >> (len(core.slots) + 2).bit_length()
    ):
        return None
    return np.maximum(certificate.prices[core.slots], 0)


def _solve_source(
    problem: Problem,
    core: Core,
    counts_places: bool,
    prices: Ints | None,
    memory: object,
    changed: Bools | None,
    watch: Watch,
) -> Solved:
    given = problem.scores
    source: Readable = given if isinstance(given, FusedSource) else CalledSource(given)
    if len(core.candidates) < problem.shape[0]:
        source = source.take(core.candidates)
    current = None
    if problem.stay_bonus and problem.current is not None:
        current = problem.current[core.candidates]
    pricing = Pricing(source, core.seats, counts_places, watch, prices)
    if current is not None:
        pricing.current, pricing.stay_bonus = current, problem.stay_bonus
    if isinstance(memory, Memory) and changed is not None and memory.shape == source.shape:
        pricing.known, pricing.slots = memory.lists, memory.slots
        pricing.changed = changed[core.candidates]
        pricing.worth = max(pricing.worth, memory.worth)
    found = pricing.solve()
    kept = Memory(source.shape, pricing.lists, found.slots, found.worth)
    return Solved(
        found.slots,
        found.prices,
        found.worth,
        found.profit,
        found.cover,
        pricing.arcs(),
        found.is_optimal,
        kept if found.is_optimal else None,
    )


def _solve_arcs(core: Core, counts_places: bool, prices: Ints | None, watch: Watch) -> Solved:
    arcs = core.arcs
    span = _span(arcs.row_score) if len(arcs.row_score) else 0
    lowest = int(min(0, arcs.row_score.min(initial=0)))
    if not _fits(arcs, span):
        with watch.step("solve"):
            wide = solve_wide(arcs, core.seats, counts_places=counts_places)
        profit = profit_of(arcs, wide.prices, -wide.place_price)
        return Solved(
            wide.slots, wide.prices, -wide.place_price, profit, wide.cover, arcs, is_optimal=True
        )
    worth = WORTH * (span + 1) - lowest if counts_places else 0
    auction = Auction(arcs, core.seats, worth, prices)
    first = span + 1 if prices is None else max(1, span // 50)
    while True:
        with watch.step("solve"):
            done = auction.run(watch, first=first)
            exact = lowest_prices(auction) if done else auction.exact_prices()
        cover = None
        if done and counts_places:
            with watch.step("cover"):
                cover = most_placed(arcs, core.seats, auction.chosen)
            if cover.n_placed > int((auction.chosen >= 0).sum()):
                # Somebody more can be placed, at a loss larger than what a place was worth.
                worth, first = worth * GROWS, worth
                auction = Auction(arcs, core.seats, worth, exact, auction.chosen)
                continue
        profit = auction.profit(exact)
        if done and counts_places:
            exact, worth = _without_common_part(exact, worth, core.seats)
        return Solved(auction.slots, exact, worth, profit, cover, arcs, done)


def _without_common_part(prices: Ints, worth: int, seats: Ints) -> tuple[Ints, int]:
    """
    Take off what all seats cost alike, and what a place is worth with it.

    Where every seat is taken, each price holds what a place is worth as such; the same taken off
    both leaves every comparison as it was.
    """
    common = int(prices[seats > 0].min(initial=worth)) if (seats > 0).any() else 0
    return np.where(seats > 0, prices - common, prices), worth - common


def _settle_ties(core: Core, solved: Solved, watch: Watch) -> Ints:
    """
    Return the slots with the highest precedence among all plans that are equally good.

    Those are the plans that use only pairs which give their candidate the most at these prices,
    place everybody who gets more than nothing, fill every slot that has a price and, where places
    count, place as many. Each is made worth more here than all precedence together.
    """
    if not core.precedence.any() or not solved.is_optimal:
        return solved.slots
    arcs, profit = solved.arcs, solved.profit
    value = arcs.row_score.astype(np.int64) + solved.worth - solved.prices[arcs.row_slot]
    equal = value == profit[arcs.rows]
    rows = arcs.rows[equal]
    slot = arcs.row_slot[equal]
    must = int(core.precedence.sum()) + 1
    reasons = (profit[rows] > 0).astype(np.int64) + (solved.prices[slot] > 0)
    if solved.cover is not None:
        reasons += 1
    worth = core.precedence[rows] + must * reasons
    counts = np.bincount(rows, minlength=len(core.candidates))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    face = Arcs(starts, slot, worth, arcs.n_slots)
    auction = Auction(face, core.seats, 0, None, face.find(solved.slots, core.seats))
    if not auction.run(watch, first=3 * must + 1):
        return solved.slots
    return auction.slots


def _fill_up(core: Core, solved: Solved) -> Ints:
    """Give free seats to people without a place, each the best left; for an interrupted plan."""
    slots, arcs = solved.slots.copy(), solved.arcs
    left = core.seats - np.bincount(slots[slots >= 0], minlength=len(core.seats))
    arcs.kernel("fill")(
        *(ctypes.c_int64(len(slots)), pointer(arcs.row_start), pointer(arcs.row_slot)),
        *(pointer(arcs.row_score), pointer(left), pointer(slots)),
    )
    return slots


def _plan(
    problem: Problem,
    core: Core,
    solved: Solved,
    core_slots: Ints,
    objective: tuple[str, ...],
    watch: Watch,
) -> Plan:
    n, m = problem.shape
    if not solved.is_optimal:
        core_slots = _fill_up(core, solved)
    slots = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins.copy()
    has = np.flatnonzero(core_slots >= 0)
    slots[core.candidates[has]] = core.slots[core_slots[has]]
    prices = np.zeros(m, dtype=np.int64)
    prices[core.slots] = solved.prices
    covered = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    if solved.cover is not None:
        covered[0][core.candidates] = solved.cover.candidates
        covered[1][core.slots] = solved.cover.slots
    placed = int((slots >= 0).sum())
    score = _score_of_plan(problem, core, solved, slots, core_slots)
    bonus = _bonus(problem, slots)
    bound = _bound(problem, core, solved, score + bonus, len(has), slots)
    status = SolveStatus.OPTIMAL if solved.is_optimal else SolveStatus.INTERRUPTED
    certificate = Certificate(prices, -solved.worth, *covered, problem.exponent)
    levels = [Level("score", score + bonus, bound, status)]
    if "placed" in objective:
        most = placed
        if not solved.is_optimal:
            most = min(len(core.candidates), int(core.seats.sum())) + n - len(core.candidates)
        levels.insert(0, Level("placed", placed, most, status))
    return Plan(
        slots=slots,
        placed=placed,
        score=score,
        bound=bound - bonus,
        status=status,
        prices=prices if problem.is_whole else prices * problem.resolution,
        certificate=certificate if solved.is_optimal else None,
        objective=objective,
        resolution=problem.resolution,
        levels=tuple(levels),
        timings=watch.timings,
        memory=solved.memory,
    )


def _bonus(problem: Problem, slots: Ints) -> int:
    if not problem.stay_bonus or problem.current is None:
        return 0
    return problem.stay_bonus * int(((slots == problem.current) & (slots >= 0)).sum())


def _score_of_plan(
    problem: Problem, core: Core, solved: Solved, slots: Ints, core_slots: Ints
) -> int | float:
    """Return a plan's score; of a source, from the pairs that are listed already."""
    if not problem.has_source:
        return _score(problem, slots)
    pinned = np.where(problem.pins >= 0, slots, -1) if problem.pins is not None else slots * 0 - 1
    chosen = solved.arcs.find(core_slots, core.seats)
    total = int(solved.arcs.row_score[chosen[chosen >= 0]].sum())
    return total - _bonus(problem, np.where(pinned >= 0, -1, slots)) + _score(problem, pinned)


def _score(problem: Problem, slots: Ints) -> int | float:
    """Return the plain sum of the chosen pairs' scores as they were given."""
    if isinstance(problem.scores, ScoreSource):
        has = np.flatnonzero(slots >= 0)
        total: int = sum(scores_of_pairs(problem.scores, has, slots[has]).tolist())
        return total
    chosen = problem.pair_score[slots[problem.pair_candidate] == problem.pair_slot]
    if problem.is_whole:
        whole: int = sum(chosen.astype(np.int64).tolist())
        return whole
    return math.fsum(chosen.tolist())


def scores_of_pairs(source: ScoreSource, candidates: Ints, slots: Ints) -> Ints:
    """Return the scores of single pairs, one slot after the other."""
    out = np.zeros(len(candidates), dtype=np.int64)
    order = np.argsort(slots, kind="stable")
    edges = np.flatnonzero(np.diff(slots[order], prepend=-2, append=-2))
    for low, high in pairwise(edges.tolist()):
        who = order[low:high]
        slot = int(slots[who[0]])
        for i in who.tolist():
            row = int(candidates[i])
            out[i] = source.block(slice(row, row + 1), slice(slot, slot + 1))[0, 0]
    return out


def _bound(
    problem: Problem,
    core: Core,
    solved: Solved,
    value: int | float,
    placed: int,
    slots: Ints,
) -> int | float:
    """
    Return what no plan that places as many can exceed, with the stay bonus.

    A proven plan's own value in whole numbers; else with the reading error on top. A score is read
    half a step off at most, and ``check`` reads upwards, a whole step at most, for everybody: those
    without a place have a best slot too. Two steps for each person cover both.
    """
    slack = 2 * problem.shape[0] * problem.resolution
    if solved.is_optimal:
        if problem.is_whole:
            return value
        return math.nextafter(value + slack, math.inf)
    dual = (
        int(solved.profit.sum()) + int((solved.prices * core.seats).sum()) - solved.worth * placed
    )
    pinned = (
        np.flatnonzero(problem.pins >= 0) if problem.pins is not None else np.zeros(0, np.int64)
    )
    fixed = np.full(len(slots), -1, dtype=np.int64)
    fixed[pinned] = slots[pinned]
    extra = _score(problem, fixed) + _bonus(problem, fixed)
    if isinstance(problem.scores, ScoreSource):
        # Of people who were not looked at yet, only this is known.
        most = placed if solved.worth else min(len(core.candidates), int(core.seats.sum()))
        dual = min(dual, most * (problem.scores.highest + problem.stay_bonus))
    if problem.is_whole:
        return max(value, dual + extra)
    return max(value, math.nextafter(dual * problem.resolution + extra + slack, math.inf))
