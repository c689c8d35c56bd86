"""
Bounds that need no trust in a solver: prices for every rule, and what the best plan pays at least.

Weak duality: take any prices, let each pair pay for what it uses, fill each slot for itself with
the pairs that are worth most; no plan is worth more than that plus what the prices bring in. In
whole numbers, so that rounding can only make a bound weaker, never wrong.
docs/explanation/bounds.md has it in full.

Source: Fisher (1981), Management Science 27(1), https://doi.org/10.1287/mnsc.27.1.1; for the hours
of a slot kept exactly, Savelsbergh (1997), Operations Research 45(6),
https://doi.org/10.1287/opre.45.6.831.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Ints
from matching.plan import Multipliers
from matching.solvers.sides.model import Model
from matching.solvers.sides.rows import (
    APART,
    CANDIDATE,
    OPEN,
    QUOTA,
    RESOURCE,
    SETTLED,
    TOGETHER,
    Row,
)

FINEST_BITS, VALUE_BITS = 30, 44
"""Prices have up to 30 binary places, fewer where values are large: they stay below 2**44 then."""

MOST_CELLS = 30_000_000
"""Cells of the tables that keep hours exactly: about half a second."""


@dataclass(frozen=True, eq=False)
class LevelToBound:
    """
    What is bounded: a weight per pair, what is settled before, and which pairs are out.

    Parameters
    ----------
    weights : ndarray of int, shape (n_pairs,)
    before : sequence of (name, weights, value)
        Levels settled before, in order; weights ``None`` where prices cannot use them.
    forbidden : ndarray of bool, shape (n_pairs,)
    is_score : bool
        Whether weights are in steps of the problem's resolution.
    is_threshold : bool
        Whether it is asked how many can be placed without the forbidden pairs.
    """

    weights: Ints
    before: Sequence[tuple[str, Ints | None, int]]
    forbidden: Bools
    is_score: bool = False
    is_threshold: bool = False


def no_prices(model: Model, level: LevelToBound) -> Multipliers:
    """Return prices of nothing but places, and what each candidate can bring beyond that."""
    problem = model.problem
    lowest = np.iinfo(np.int64).min
    best = np.full(len(model.candidates), lowest, dtype=np.int64)
    open_to_choice = ~level.forbidden & ~model.is_pinned
    np.maximum.at(best, model.pair_candidate[open_to_choice], level.weights[open_to_choice])
    placed = next((value for name, _, value in level.before if name == "placed"), None)
    place_price = 0
    if placed is not None:
        free = placed - int(model.is_pinned.sum())
        known = np.sort(best[best > lowest])[::-1]
        place_price = int(known[free - 1]) if 0 < free <= len(known) else 0
    prices = np.zeros(problem.shape[0], dtype=np.int64)
    prices[model.candidates] = np.maximum(best, place_price) - place_price
    return Multipliers(
        candidate_prices=prices,
        place_price=place_price,
        resource_prices=tuple(np.zeros_like(r.supply) for r in problem.read_resources),
        least_prices=np.zeros(len(problem.read_quotas), dtype=np.int64),
        most_prices=np.zeros(len(problem.read_quotas), dtype=np.int64),
        exponent=problem.exponent if level.is_score else 0,
    )


def best_multipliers(
    model: Model, level: LevelToBound, candidates: Sequence[Multipliers]
) -> tuple[Multipliers, int]:
    """Return what proves most, each also with one resource kept exactly, and the bound."""
    found: list[tuple[int, int, Multipliers]] = []
    for given in candidates:
        found.append((bound_of(model, level, given), len(found), given))
        for k in range(len(model.problem.read_resources)):
            if _cells(model, level, k) > MOST_CELLS:
                continue
            prices = list(given.resource_prices)
            prices[k] = np.zeros_like(prices[k])
            exact = replace(given, knapsack=k, resource_prices=tuple(prices))
            found.append((bound_of(model, level, exact), len(found), exact))
    bound, _, best = min(found, key=lambda one: one[:2])
    return best, bound


def bound_of(model: Model, level: LevelToBound, prices: Multipliers) -> int:
    """
    Return what no plan exceeds on a level, in the units of its weights.

    Parameters
    ----------
    model : Model
    level : LevelToBound
    prices : Multipliers

    Returns
    -------
    int
    """
    problem = model.problem
    shift = prices.exponent - (problem.exponent if level.is_score else 0)
    net = _net_values(model, level, prices, shift)
    total = sum(prices.candidate_prices.tolist())
    for row, (name, weights, value) in enumerate(level.before):
        if name == "placed":
            total += prices.place_price * value
        elif prices.level_prices and weights is not None:
            total -= prices.level_prices[row] * value
    for resource, per_unit in zip(problem.read_resources, prices.resource_prices, strict=True):
        paid = zip(per_unit.tolist(), resource.supply.tolist(), strict=True)
        total += sum(price * supply for price, supply in paid if price)
    total += _rules(model, prices)
    return int((total + _filled(model, level, prices, net)) >> shift)


def _rules(model: Model, prices: Multipliers) -> int:
    total = 0
    for k, quota in enumerate(model.problem.read_quotas):
        most = min(quota.most, model.problem.shape[0])
        rule = most * int(prices.most_prices[k]) - quota.least * int(prices.least_prices[k])
        if quota.if_open:
            if prices.open_prices is not None:
                opened = zip(
                    prices.open_prices[k].tolist(), model.problem.seats.tolist(), strict=True
                )
                rule += sum(price * seats for price, seats in opened if price)
            rule = max(0, rule)
        total += rule
    for group, paid in zip(model.problem.read_groups, prices.group_prices, strict=False):
        total += sum(paid.tolist()) if group.apart else 0
    return total


def _net_values(model: Model, level: LevelToBound, prices: Multipliers, shift: int) -> NDArray[Any]:
    """Return what each pair is worth once it has paid: in 64 bits where that is safe."""
    problem = model.problem
    candidate, slot = model.candidates[model.pair_candidate], model.slots[model.pair_slot]
    parts: list[tuple[NDArray[Any], NDArray[Any] | int]] = [
        (level.weights, 1 << shift),
        (prices.candidate_prices[candidate], -1),
    ]
    for row, (name, weights, _) in enumerate(level.before):
        if name == "placed":
            parts.append((np.ones(model.n_pairs, dtype=np.int64), -prices.place_price))
        elif prices.level_prices and prices.level_prices[row] and weights is not None:
            parts.append((weights, prices.level_prices[row]))
    for resource, per_unit in zip(problem.read_resources, prices.resource_prices, strict=True):
        if per_unit.any():
            place = np.zeros_like(slot) if resource.shared else slot
            parts.append((resource.of_pairs(candidate, slot), -per_unit[place]))
    for k, quota in enumerate(problem.read_quotas):
        counts = (quota.candidates[candidate] & quota.slots[slot]).astype(np.int64)
        parts.append((counts, int(prices.least_prices[k]) - int(prices.most_prices[k])))
        if quota.if_open and prices.open_prices is not None:
            parts.append((quota.slots[slot].astype(np.int64), -prices.open_prices[k][slot]))
    for group, paid in zip(problem.read_groups, prices.group_prices, strict=False):
        member = np.full(problem.shape[0], -1, dtype=np.int64)
        member[group.candidates] = np.arange(len(group.candidates))
        rank = member[candidate]
        place = problem.pilot_of_slot[slot] if group.within == "pilot" else slot
        price = paid[place] if group.apart else paid[rank, place]
        parts.append(((rank >= 0).astype(np.int64), -price))
    return _added(parts, model.n_pairs)


def _added(parts: list[tuple[NDArray[Any], NDArray[Any] | int]], length: int) -> NDArray[Any]:
    most = sum(_most(amounts) * _most(price) for amounts, price in parts)
    kind = np.int64 if most < 2**62 else object
    total = np.zeros(length, dtype=kind)
    for amounts, price in parts:
        factor = price if isinstance(price, int) else price.astype(kind)
        total += amounts.astype(kind) * factor
    return total


def _most(values: NDArray[Any] | int) -> int:
    if isinstance(values, int):
        return abs(values)
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _filled(model: Model, level: LevelToBound, prices: Multipliers, net: NDArray[Any]) -> int:
    """Return the most that each slot can hold for itself, added up."""
    problem = model.problem
    total: int = sum(net[model.is_pinned].tolist())
    seats = problem.seats[model.slots] - np.bincount(
        model.pair_slot[model.is_pinned], minlength=len(model.slots)
    )
    useful = np.flatnonzero(~model.is_pinned & ~level.forbidden & (net > 0))
    if prices.knapsack < 0:
        return total + _top(model.pair_slot[useful], net[useful], seats)
    resource = problem.read_resources[prices.knapsack]
    drawn = resource.of_pairs(model.candidates[model.pair_candidate], model.slots[model.pair_slot])
    supply = resource.supply[model.slots].copy()
    np.subtract.at(supply, model.pair_slot[model.is_pinned], drawn[model.is_pinned])
    order = np.argsort(model.pair_slot[useful], kind="stable")
    ends = np.cumsum(np.bincount(model.pair_slot[useful], minlength=len(model.slots)))
    for j, pairs in enumerate(np.split(useful[order], ends[:-1]) if len(ends) else []):
        total += fullest(net[pairs], drawn[pairs], int(seats[j]), int(supply[j]))
    return total


def _top(slot: Ints, net: NDArray[Any], seats: Ints) -> int:
    if not len(net):
        return 0
    order = np.argsort(-net, kind="stable")
    order = order[np.argsort(slot[order], kind="stable")]
    slot = slot[order]
    first = np.searchsorted(slot, np.arange(len(seats)))
    kept = np.arange(len(slot)) - first[slot] < seats[slot]
    return int(sum(net[order][kept].tolist()))


def fullest(values: NDArray[Any], drawn: Ints, seats: int, supply: int) -> int:
    """
    Return the most that people can add up to who fit in seats and hours together.

    Parameters
    ----------
    values : ndarray of int, shape (n,)
        All above 0.
    drawn : ndarray of int, shape (n,)
        From 0.
    seats, supply : int

    Returns
    -------
    int
    """
    fits = drawn <= supply
    values, drawn = values[fits], drawn[fits]
    seats = min(seats, len(values))
    if seats <= 0:
        return 0
    if int(np.sort(drawn)[-seats:].sum()) <= supply:
        return int(sum(np.sort(values)[-seats:].tolist()))
    unit = int(np.gcd.reduce(drawn))
    drawn, room = drawn // unit, supply // unit
    # Python's own numbers do where the sum would not fit in 64 bits.
    kind = np.int64 if int(values.max()) * seats < 2**62 else object
    best = np.zeros((seats + 1, room + 1), dtype=kind)
    for value, hours in zip(values.tolist(), drawn.tolist(), strict=True):
        with_one = best[:-1, : room + 1 - hours] + value
        np.maximum(best[1:, hours:], with_one, out=best[1:, hours:])
    return int(best[-1, -1])


def _cells(model: Model, level: LevelToBound, k: int) -> float:
    """Return how large tables that keep a resource exactly would be; infinite if it is shared."""
    resource = model.problem.read_resources[k]
    if resource.shared:
        return float("inf")
    drawn = resource.of_pairs(model.candidates[model.pair_candidate], model.slots[model.pair_slot])
    unit = int(np.gcd.reduce(drawn)) if len(drawn) else 0
    if not unit:
        return float("inf")
    people = np.bincount(model.pair_slot, minlength=len(model.slots)).astype(np.float64)
    total = np.bincount(model.pair_slot, weights=drawn, minlength=len(model.slots))
    supply = resource.supply[model.slots].astype(np.float64)
    seats = np.minimum(model.problem.seats[model.slots], people)
    rooms = np.where(total > supply, supply / unit + 1, 0)
    return float((people * seats * rooms).sum())


def from_duals(
    model: Model, level: LevelToBound, rows: Sequence[Row], duals: Sequence[float]
) -> Multipliers:
    """
    Round the prices of a linear programme to whole steps.

    Parameters
    ----------
    model : Model
    level : LevelToBound
    rows : sequence of Row
        Those of the model, and one for each level settled before, in the same order, ``of`` its
        position.
    duals : sequence of float
        Per unit of each row's amounts; what one unit more would bring.

    Returns
    -------
    Multipliers
    """
    problem = model.problem
    largest = _most(level.weights)
    bits = max(0, min(FINEST_BITS, VALUE_BITS - largest.bit_length()))
    whole = [round(dual * (1 << bits)) if np.isfinite(dual) else 0 for dual in duals]
    n_quotas = len(problem.read_quotas)
    n_places = int(problem.pilot_of_slot.max()) + 1 if problem.shape[1] else 0
    people = np.zeros(problem.shape[0], dtype=np.int64)
    resources = tuple(np.zeros_like(r.supply) for r in problem.read_resources)
    least, most = np.zeros(n_quotas, dtype=np.int64), np.zeros(n_quotas, dtype=np.int64)
    opened = np.zeros((n_quotas, problem.shape[1]), dtype=np.int64)
    groups = tuple(
        np.zeros(
            (() if g.apart else (len(g.candidates),))
            + ((n_places,) if g.within == "pilot" else (problem.shape[1],)),
            dtype=np.int64,
        )
        for g in problem.read_groups
    )
    place_price, levels = 0, [0] * len(level.before)
    for row, price in zip(rows, whole, strict=True):
        if row.kind == CANDIDATE:
            people[model.candidates[row.of[0]]] = max(0, price)
        elif row.kind == RESOURCE:
            k, j = row.of
            resources[k][0 if j < 0 else model.slots[j]] = max(0, price)
        elif row.kind == QUOTA:
            least[row.of[0]] += max(0, -price)
            most[row.of[0]] += max(0, price)
        elif row.kind == OPEN:
            opened[row.of[0], model.slots[row.of[1]]] = max(0, price)
        elif row.kind == TOGETHER:
            k, place, one, other = row.of
            groups[k][one, place] += price
            groups[k][other, place] -= price
        elif row.kind == APART:
            groups[row.of[0]][row.of[1]] = max(0, price)
        elif row.kind == SETTLED and row.of:
            if level.before[row.of[0]][0] == "placed":
                place_price = price
            else:
                levels[row.of[0]] = max(0, -price)
    return Multipliers(
        candidate_prices=people,
        place_price=place_price,
        resource_prices=resources,
        least_prices=least,
        most_prices=most,
        exponent=bits + (problem.exponent if level.is_score else 0),
        level_prices=tuple(levels),
        open_prices=opened if opened.any() else None,
        group_prices=groups,
    )
