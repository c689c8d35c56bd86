"""
The second opinion on bounds: what the prices of a certificate prove, worked out anew.

Any prices prove a bound, so a certificate cannot lie, only say little; docs/explanation/bounds.md
has the argument.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.arrays import Ints
from matching.checking.certificates import are_prices
from matching.checking.filling import fullest
from matching.checking.reading import Exact, is_current, pair_blocks, pins_of, seats_left, steps_of
from matching.checking.sides import LOWEST_FIRST, exact_value, names_of_levels
from matching.plan import Multipliers, Plan
from matching.problem import Problem
from matching.sides import ReadResource

EVERY: Final = slice(None)

_Term = tuple[slice | Ints, NDArray[Any], Any]
"""Which pairs, each at most once; how much of something they have; what one of it costs."""


@dataclass(frozen=True, eq=False)
class Claim:
    """
    What one level says, and what holds for all plans that it speaks of.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    at : int
        Position of the level.
    scores : dict of int to exact number
        Of everybody whom the plan places.
    """

    problem: Problem
    plan: Plan
    at: int
    scores: dict[int, Exact | None]

    @property
    def name(self) -> str:
        """Which level."""
        return self.plan.levels[self.at].name


def proves(claim: Claim, prices: Multipliers) -> bool:
    """
    Whether prices prove a level's bound.

    Parameters
    ----------
    claim : Claim
    prices : Multipliers

    Returns
    -------
    bool
    """
    problem, said = claim.problem, claim.plan.levels[claim.at].bound
    counts_places = any(level.name == "placed" for level in claim.plan.levels[: claim.at])
    if not are_prices(problem, prices, claim.name, claim.at, counts_places=counts_places):
        return False
    if claim.name in LOWEST_FIRST and _is_held_down(claim):
        return True
    proven = Fraction(most_by_prices(claim, prices)) / Fraction(2) ** prices.exponent
    if claim.name in LOWEST_FIRST:
        return proven < claim.plan.placed
    if claim.name == "moves":
        assert problem.current is not None
        return int((problem.current >= 0).sum()) - _floor(proven) >= said
    if claim.name == "score" and not problem.is_whole:
        # Each score is read half a step off at most.
        proven = Fraction(_floor(proven * Fraction(2) ** problem.exponent)) * _step(problem)
        return proven + problem.shape[0] * _step(problem) / 2 <= Fraction(said)
    return _floor(proven) <= said


def _is_held_down(claim: Claim) -> bool:
    """Whether somebody who is fixed scores no more than the bound, so that nobody's lowest does."""
    bound = claim.plan.levels[claim.at].bound
    pins = pins_of(claim.problem)
    return any(pins[i] >= 0 and (score or 0) <= bound for i, score in claim.scores.items())


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def _step(problem: Problem) -> Fraction:
    return Fraction(2) ** -problem.exponent


def most_by_prices(claim: Claim, prices: Multipliers) -> int:
    """Return what no plan exceeds on the level, in steps of ``2 ** -exponent``."""
    problem = claim.problem
    total = sum(int(price) for price in prices.candidate_prices.tolist())
    total += prices.place_price * claim.plan.placed
    for price, level in zip(prices.level_prices, _levels_before(claim), strict=False):
        if price and level[0] not in (*LOWEST_FIRST, "placed"):
            total -= price * _in_steps(claim, level)
    for paid, resource in zip(prices.resource_prices, problem.read_resources, strict=True):
        both = zip(paid.tolist(), resource.supply.tolist(), strict=True)
        total += sum(price * supply for price, supply in both)
    seats = problem.seats.tolist()
    for k, quota in enumerate(problem.read_quotas):
        rule = quota.most * int(prices.most_prices[k]) - quota.least * int(prices.least_prices[k])
        if quota.if_open:
            if prices.open_prices is not None:
                opened = prices.open_prices[k].tolist()
                where = zip(opened, seats, quota.slots.tolist(), strict=True)
                rule += sum(price * count for price, count, is_there in where if is_there)
            rule = max(0, rule)
        total += rule
    for paid, group in zip(prices.group_prices, problem.read_groups, strict=False):
        total += sum(paid.tolist()) if group.apart else 0
    return total + _filled(claim, prices)


def _levels_before(claim: Claim) -> list[tuple[str, int | None]]:
    return names_of_levels(claim.problem, claim.plan.objective)[: claim.at]


def _in_steps(claim: Claim, level: tuple[str, int | None]) -> int:
    """Return the plan's value on a level before; people who stay, and scores in steps."""
    problem = claim.problem
    if level[0] == "score":
        total = 0
        for i, score in claim.scores.items():
            bonus = problem.stay_bonus if _stays(problem, i, int(claim.plan.slots[i])) else 0
            total += _score_steps(problem, score or 0) + _bonus_steps(problem, bonus)
        return total
    value = exact_value(problem, claim.plan.slots, claim.scores, level)
    if level[0] == "moves":
        assert problem.current is not None
        return int((problem.current >= 0).sum()) - int(value)
    return int(value)


def _stays(problem: Problem, i: int, j: int) -> bool:
    return problem.current is not None and int(problem.current[i]) == j


def _score_steps(problem: Problem, score: Exact) -> int:
    return score if isinstance(score, int) else round(score * Fraction(2) ** problem.exponent)


def _bonus_steps(problem: Problem, bonus: int) -> int:
    return round(Fraction(bonus) * Fraction(2) ** problem.exponent)


def _filled(claim: Claim, prices: Multipliers) -> int:
    """Return the most that each slot can hold for itself once pairs have paid, added up."""
    problem = claim.problem
    pins, seats = pins_of(problem), seats_left(problem)
    knapsack = problem.read_resources[prices.knapsack] if prices.knapsack >= 0 else None
    supply = None if knapsack is None else [int(one) for one in knapsack.supply]
    total = 0
    kept: list[tuple[Ints, NDArray[Any], Ints]] = []
    for candidate, slot, score in pair_blocks(problem):
        possible = np.where(pins[candidate] >= 0, pins[candidate] == slot, seats[slot] > 0)
        possible &= ~_is_excluded(claim, score) | (pins[candidate] >= 0)
        candidate, slot, score = candidate[possible], slot[possible], score[possible]
        net = _net(claim, prices, candidate, slot, score)
        drawn = (
            np.zeros(len(slot), dtype=np.int64)
            if knapsack is None
            else _drawn(knapsack, candidate, slot)
        )
        fixed = pins[candidate] >= 0
        total += sum(net[fixed].tolist())
        if supply is not None:
            for j, hours in zip(slot[fixed].tolist(), drawn[fixed].tolist(), strict=True):
                supply[j] -= hours
        useful = ~fixed & (net > 0)
        kept.append((slot[useful], net[useful], drawn[useful]))
    if not kept:
        return total
    slots, nets, hours = (np.concatenate(part) for part in zip(*kept, strict=True))
    order = np.argsort(slots, kind="stable")
    ends = np.searchsorted(slots[order], np.arange(problem.shape[1] + 1))
    for j in np.unique(slots).tolist():
        at = order[ends[j] : ends[j + 1]]
        room = None if supply is None else supply[j]
        total += fullest(nets[at].tolist(), hours[at].tolist(), int(seats[j]), room)
    return total


def _is_excluded(claim: Claim, score: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which pairs no plan can have that is as good on the levels before."""
    excluded = np.zeros(len(score), dtype=np.bool_)
    problem, levels = claim.problem, claim.plan.levels
    for level in levels[: claim.at]:
        if level.name in LOWEST_FIRST and claim.plan.placed:
            # As good in steps is as good: that is how scores are read.
            lowest = min(_score_steps(problem, one or 0) for one in claim.scores.values())
            excluded |= steps_of(problem, score) < lowest
    if claim.name in LOWEST_FIRST:
        excluded |= ~_is_above(score, levels[claim.at].bound)
    return excluded


def _is_above(score: NDArray[Any], bound: float) -> NDArray[np.bool_]:
    if score.dtype.kind == "i":
        if isinstance(bound, int):
            return np.asarray(score > min(max(bound, -(2**63)), 2**63 - 1), dtype=np.bool_)
        return np.array([one > bound for one in score.tolist()], dtype=np.bool_)
    return np.array([Fraction(one) > Fraction(bound) for one in score.tolist()], dtype=np.bool_)


def _drawn(resource: ReadResource, candidate: Ints, slot: Ints) -> Ints:
    if sparse.issparse(resource.demand):
        drawn = np.asarray(resource.demand[candidate, slot]).ravel()
    elif resource.demand.ndim == 1:
        drawn = resource.demand[candidate]
    else:
        drawn = resource.demand[candidate, slot]
    return np.asarray(drawn * resource.slots[slot], dtype=np.int64)


def _net(
    claim: Claim, prices: Multipliers, candidate: Ints, slot: Ints, score: NDArray[Any]
) -> NDArray[Any]:
    """Return what pairs are worth once they have paid: in 64 bits where that is safe."""
    problem = claim.problem
    here = names_of_levels(problem, claim.plan.objective)[claim.at]
    coarse = problem.exponent if here[0] == "score" else 0
    one = 1 << (prices.exponent - coarse)
    terms: list[_Term] = [
        (EVERY, value_of_pairs(problem, here, candidate, slot, score), one),
        (EVERY, prices.candidate_prices[candidate], -1),
        (EVERY, np.ones(len(slot), dtype=np.int64), -prices.place_price),
    ]
    for price, level in zip(prices.level_prices, _levels_before(claim), strict=False):
        if price and level[0] not in (*LOWEST_FIRST, "placed"):
            terms.append((EVERY, value_of_pairs(problem, level, candidate, slot, score), price))
    for paid, resource in zip(prices.resource_prices, problem.read_resources, strict=True):
        if (paid != 0).any():
            at = np.zeros_like(slot) if resource.shared else slot
            terms.append((EVERY, _drawn(resource, candidate, slot), -paid[at]))
    terms += _paid_for_quotas(problem, prices, candidate, slot)
    terms += _paid_for_groups(problem, prices, candidate, slot)
    return _sum_of_products(terms, len(slot))


def _paid_for_quotas(
    problem: Problem, prices: Multipliers, candidate: Ints, slot: Ints
) -> Iterator[_Term]:
    """Give what pairs pay, quota by quota, of those pairs only that lie in its slots."""
    order = np.argsort(slot, kind="stable")
    ends = np.searchsorted(slot[order], np.arange(problem.shape[1] + 1))
    for k, quota in enumerate(problem.read_quotas):
        price = int(prices.least_prices[k]) - int(prices.most_prices[k])
        opened = prices.open_prices[k] if quota.if_open and prices.open_prices is not None else None
        if not price and opened is None:
            continue
        inside = [order[ends[j] : ends[j + 1]] for j in np.flatnonzero(quota.slots).tolist()]
        if not inside:
            continue
        at = np.concatenate(inside)
        yield at, quota.candidates[candidate[at]].astype(np.int64), price
        if opened is not None:
            yield at, np.ones(len(at), dtype=np.int64), -opened[slot[at]]


def _paid_for_groups(
    problem: Problem, prices: Multipliers, candidate: Ints, slot: Ints
) -> Iterator[_Term]:
    """Give what pairs pay, member by member of each group."""
    order = np.argsort(candidate, kind="stable")
    in_order = candidate[order]
    for paid, group in zip(prices.group_prices, problem.read_groups, strict=False):
        place = problem.pilot_of_slot if group.within == "pilot" else np.arange(problem.shape[1])
        for rank, member in enumerate(group.candidates.tolist()):
            first, last = np.searchsorted(in_order, [member, member + 1]).tolist()
            at = order[first:last]
            of_member = -(paid if group.apart else paid[rank])[place[slot[at]]]
            yield at, np.ones(len(at), dtype=np.int64), of_member


def _sum_of_products(terms: list[_Term], length: int) -> NDArray[Any]:
    size = 0
    for _, amounts, price in terms:
        size += _size(amounts) * (abs(price) if isinstance(price, int) else _size(price))
    kind: Any = np.int64 if size < 2**61 else object
    total = np.zeros(length, dtype=kind)
    for at, amounts, price in terms:
        total[at] += amounts.astype(kind) * (
            price if isinstance(price, int) else price.astype(kind)
        )
    return total


def _size(column: NDArray[Any]) -> int:
    return max(abs(int(column.max())), abs(int(column.min()))) if column.size else 0


def value_of_pairs(
    problem: Problem,
    level: tuple[str, int | None],
    candidate: Ints,
    slot: Ints,
    score: NDArray[Any],
) -> Ints:
    """Return what each pair adds to a level: for ``moves`` 1 for whoever stays, scores in steps."""
    name, tier = level
    if name == "tiers":
        assert problem.tiers is not None
        of_tier: Ints = (problem.tiers[candidate] == tier).astype(np.int64)
        return of_tier
    if name in ("moves", "score"):
        stays = is_current(problem, candidate, slot).astype(np.int64)
        if name == "moves":
            return stays
        return steps_of(problem, score) + stays * _bonus_steps(problem, problem.stay_bonus)
    return np.ones(len(slot), dtype=np.int64)
