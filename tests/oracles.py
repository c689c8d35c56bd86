"""Brute force: tries every plan of a small problem, and so knows the best without being clever."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse

from matching.problem import Problem
from matching.source import ScoreSource

Exact = int | Fraction


def all_plans(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Give every feasible plan as a tuple of slots, -1 for no place. For up to six candidates."""
    scores, seats = dense(problem), problem.seats.tolist()
    plans: list[tuple[int, ...]] = [()]
    for i, row in enumerate(scores):
        choices = [-1, *(j for j, score in enumerate(row) if score is not None)]
        if problem.pins is not None and problem.pins[i] >= 0:
            choices = [int(problem.pins[i])]
        plans = [(*plan, j) for plan in plans for j in choices if j < 0 or plan.count(j) < seats[j]]
    rules = Rules(problem)
    yield from (plan for plan in plans if rules.hold(plan))


def dense(problem: Problem) -> list[list[Exact | None]]:
    """Return the scores as exact numbers, `None` where a pair is refused."""
    n, m = problem.shape
    rows: list[list[Exact | None]] = [[None] * m for _ in range(n)]
    if isinstance(problem.scores, ScoreSource):
        refused = np.iinfo(np.int32).min
        block = problem.scores.block(slice(0, n), slice(0, m)).tolist()
        return [[None if value == refused else value for value in row] for row in block]
    entries = sparse.coo_array(problem.scores) if sparse.issparse(problem.scores) else None
    if entries is None:
        given = ((i, j, problem.scores[i, j].item()) for i in range(n) for j in range(m))
    else:
        given = zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True)
    for i, j, value in given:
        if value == value:  # nan is a refusal
            rows[i][j] = int(value) if value == int(value) else Fraction(value)
    return rows


def value_of_plan(
    problem: Problem, slots: Sequence[int], objective: tuple[str, ...]
) -> tuple[Any, ...]:
    """
    Return how good a plan is on each level in order, and after them the precedence of the placed.

    More is better everywhere: ``moves`` counts below 0, ``tiers`` is a tuple, and ``leximin`` the
    scores of all who are placed, lowest first.
    """
    return _value(problem, dense(problem), slots, objective)


def best_by_brute_force(problem: Problem, objective: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the best value of each level and the highest precedence, `None` if no plan is."""
    scores = dense(problem)
    values = (_value(problem, scores, slots, objective) for slots in all_plans(problem))
    return max(values, default=None)


def _value(
    problem: Problem,
    scores: list[list[Exact | None]],
    slots: Sequence[int],
    objective: tuple[str, ...],
) -> tuple[Any, ...]:
    pairs = [(i, int(j)) for i, j in enumerate(slots) if j >= 0]
    by_name: dict[str, Any] = {"placed": len(pairs)}
    chosen = [scores[i][j] or 0 for i, j in pairs]
    current = [-1] * len(slots) if problem.current is None else problem.current.tolist()
    by_name["score"] = sum(chosen) + problem.stay_bonus * sum(current[i] == j for i, j in pairs)
    by_name["moves"] = -sum(had not in (-1, slots[i]) for i, had in enumerate(current))
    by_name["worst"] = min(chosen, default=0)
    by_name["leximin"] = tuple(sorted(chosen))
    if problem.tiers is not None:
        tiers = problem.tiers.tolist()
        placed = [tiers[i] for i, _ in pairs]
        by_name["tiers"] = tuple(placed.count(tier) for tier in sorted(set(tiers)))
    waited = 0
    if problem.precedence is not None:
        pins = [-1] * len(slots) if problem.pins is None else problem.pins.tolist()
        waited = sum(int(problem.precedence[i]) for i, _ in pairs if pins[i] < 0)
    return (*(by_name[name] for name in objective), waited)


class Rules:
    """The side rules of a problem, read from what the caller gave and not from how it was kept."""

    def __init__(self, problem: Problem) -> None:
        n, m = problem.shape
        self.pilots = list(range(m)) if problem.pilots is None else list(problem.pilots)
        self.resources = [_resource(given, n, m) for given in problem.resources]
        self.quotas = [
            (_members(q.candidates), _members(q.slots), q.least, n if q.most is None else q.most,
             q.if_open)
            for q in problem.quotas
        ]  # fmt: skip
        self.groups = [(sorted(_members(g.candidates)), g.apart, g.within) for g in problem.groups]

    def hold(self, slots: Sequence[int]) -> bool:
        """Whether a plan keeps them all."""
        pairs = [(i, j) for i, j in enumerate(slots) if j >= 0]
        return (
            all(self._supplies(one, pairs) for one in self.resources)
            and all(self._counts(one, pairs) for one in self.quotas)
            and all(self._belong(one, slots) for one in self.groups)
        )

    def _supplies(self, resource: tuple[Any, Any, set[int]], pairs: list[tuple[int, int]]) -> bool:
        demand, supply, slots = resource
        if isinstance(supply, list):
            return all(sum(demand[i][j] for i, at in pairs if at == j) <= supply[j] for j in slots)
        return sum(demand[i][j] for i, j in pairs if j in slots) <= supply

    def _counts(self, quota: tuple[Any, ...], pairs: list[tuple[int, int]]) -> bool:
        candidates, slots, least, most, if_open = quota
        inside = [i for i, j in pairs if j in slots]
        count = sum(i in candidates for i in inside)
        return least <= count <= most or (if_open and not inside)

    def _belong(self, group: tuple[Any, ...], slots: Sequence[int]) -> bool:
        members, apart, within = group
        where = [slots[i] for i in members]
        if within == "pilot":
            where = [self.pilots[j] if j >= 0 else -1 for j in where]
            somewhere = [place for i, place in zip(members, where, strict=True) if slots[i] >= 0]
        else:
            somewhere = [place for place in where if place >= 0]
        if apart:
            return len(set(somewhere)) == len(somewhere)
        return not somewhere or (len(somewhere) == len(members) and len(set(somewhere)) == 1)


def _members(given: Any) -> set[int]:
    array = np.asarray(given)
    if array.dtype == np.bool_:
        return set(np.flatnonzero(array).tolist())
    return {int(value) for value in array.tolist()}


def _amount(value: float) -> Fraction | float:
    return value if value == float("inf") else Fraction(round(value * 1000), 1000)


def _resource(given: Any, n: int, m: int) -> tuple[Any, Any, set[int]]:
    demand = given.demand.toarray() if sparse.issparse(given.demand) else np.asarray(given.demand)
    rows = [
        [_amount((demand[i] if demand.ndim == 1 else demand[i, j]).item()) for j in range(m)]
        for i in range(n)
    ]
    supply = np.asarray(given.supply)
    slots = set(range(m)) if given.slots is None else _members(given.slots)
    if supply.ndim == 0:
        return rows, _amount(supply.item()), slots
    return rows, [_amount(value) for value in supply.tolist()], slots
