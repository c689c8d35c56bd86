"""
The second opinion where prices do not suffice: at pilot size SCIP looks for anything better.

The model is written anew, in sums of pairs, and shares nothing with that of the solvers. What SCIP
finds is looked at in whole numbers before it counts.

Source: Bolusani and others (2024), The SCIP Optimization Suite 9.0, https://scipopt.org.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.checking.prices import Claim, value_of_pairs
from matching.checking.reading import pair_blocks, pins_of, seats_left, steps_of
from matching.checking.sides import LOWEST_FIRST, broken_rules, names_of_levels
from matching.problem import Problem
from matching.sides import ReadGroup, ReadQuota

Verdict = Literal["none better", "better", "unknown"]

PILOT_PAIRS = 2000
"""Up to here a search is settled in seconds, most often in one."""

MOST_NODES = 2_000
"""
Nodes, not seconds: the same plan gets the same verdict everywhere. Tight problems of 40 people and
12 slots take some hundreds; a thousand take about ten seconds.
"""

LARGEST_SUM = 2**40
"""Above it SCIP's doubles do not tell whole numbers apart."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Candidate, slot and score in steps of the pairs that can be chosen."""

    candidate: Ints
    slot: Ints
    score: NDArray[Any]
    steps: Ints


def pairs_to_choose(problem: Problem) -> Pairs | None:
    """Return the pairs that pins leave; ``None`` when they are too many to search."""
    pins, seats = pins_of(problem), seats_left(problem)
    kept, total = [], 0
    for candidate, slot, score in pair_blocks(problem):
        possible = np.where(pins[candidate] >= 0, pins[candidate] == slot, seats[slot] > 0)
        total += int(possible.sum())
        if total > PILOT_PAIRS:
            return None
        kept.append((candidate[possible], slot[possible], score[possible]))
    if not kept:
        nothing = np.zeros(0, dtype=np.int64)
        return Pairs(nothing, nothing, nothing, nothing)
    columns = [np.concatenate(part) for part in zip(*kept, strict=True)]
    return Pairs(columns[0], columns[1], columns[2], steps_of(problem, columns[2]))


def look_for_any(problem: Problem) -> Verdict:
    """Look for any plan that keeps all rules."""
    pairs = pairs_to_choose(problem)
    if pairs is None:
        return "unknown"
    search = _Search(problem, pairs)
    return search.verdict(lambda slots: True)


def look_for_better(claim: Claim) -> Verdict:
    """Look for a plan that is as good on the levels before and beyond what a level says can be."""
    problem = claim.problem
    pairs = pairs_to_choose(problem)
    if pairs is None or not _fits_in_doubles(claim, pairs):
        return "unknown"
    if claim.name == "leximin":
        return _look_lowest_first(claim, pairs)
    search = _Search(problem, pairs)
    _keep_levels_before(search, claim)
    bound = claim.plan.levels[claim.at].bound
    if claim.name == "worst":
        search.exclude(np.array([not one > bound for one in pairs.score.tolist()], dtype=np.bool_))
        if not claim.plan.placed:
            return "none better"
    else:
        here = names_of_levels(problem, claim.plan.objective)[claim.at]
        search.exceed(_values(claim, pairs, here), most_in_steps(claim))
    return search.verdict(lambda slots: _is_as_good(claim, pairs, slots))


def most_in_steps(claim: Claim) -> int:
    """Return the bound of a level in what pairs add up to: people, steps, or people who stay."""
    problem, bound = claim.problem, claim.plan.levels[claim.at].bound
    if claim.name == "moves":
        assert problem.current is not None
        return int((problem.current >= 0).sum()) - int(bound)
    if claim.name == "score" and not problem.is_whole:
        return int(np.floor(np.ldexp(float(bound), problem.exponent)))
    return int(np.floor(bound))


def _fits_in_doubles(claim: Claim, pairs: Pairs) -> bool:
    levels = names_of_levels(claim.problem, claim.plan.objective)[: claim.at + 1]
    if not len(pairs.steps) or ("score", None) not in levels:
        return True
    values = _values(claim, pairs, ("score", None))
    largest = int(np.abs(values).max()) // max(1, int(np.gcd.reduce(values)))
    return largest * max(1, claim.plan.placed) <= LARGEST_SUM


def _values(claim: Claim, pairs: Pairs, level: tuple[str, int | None]) -> Ints:
    return value_of_pairs(claim.problem, level, pairs.candidate, pairs.slot, pairs.score)


def _keep_levels_before(search: "_Search", claim: Claim) -> None:
    problem, plan, pairs = claim.problem, claim.plan, search.pairs
    chosen = plan.slots[pairs.candidate] == pairs.slot
    for at, level in enumerate(names_of_levels(problem, plan.objective)[: claim.at]):
        if level[0] in LOWEST_FIRST:
            if plan.placed:
                search.exclude(pairs.steps < pairs.steps[chosen].min())
            if level[0] == "leximin":
                # Nobody does better there, so whoever is as good has the same scores.
                for steps in np.unique(pairs.steps).tolist():
                    here = pairs.steps == steps
                    search.at_most(here, int((chosen & here).sum()))
            continue
        values = _values(claim, pairs, level)
        least = sum(values[chosen].tolist())
        search.at_least(values, least, exactly=plan.levels[at].name == "placed")


def _look_lowest_first(claim: Claim, pairs: Pairs) -> Verdict:
    """Look, score by score from below, for a plan that has fewer people there and none lower."""
    chosen = claim.plan.slots[pairs.candidate] == pairs.slot
    verdict: Verdict = "none better"
    for steps in np.unique(pairs.steps[chosen]).tolist():
        search = _Search(claim.problem, pairs)
        _keep_levels_before(search, claim)
        for lower in np.unique(pairs.steps[pairs.steps < steps]).tolist():
            there = pairs.steps == lower
            search.at_most(there, int((chosen & there).sum()))
        here = pairs.steps == steps
        search.at_most(here, int((chosen & here).sum()) - 1)
        found = search.verdict(lambda slots: _is_as_good(claim, pairs, slots, leximin=True))
        if found == "better":
            return found
        verdict = found if found == "unknown" else verdict
    return verdict


def _is_as_good(claim: Claim, pairs: Pairs, slots: Ints, *, leximin: bool = False) -> bool:
    """Whether a plan really is as good before and better here, in whole numbers."""
    problem, plan = claim.problem, claim.plan
    old, new = (s[pairs.candidate] == pairs.slot for s in (plan.slots, slots))
    for level in names_of_levels(problem, plan.objective)[: claim.at]:
        if level[0] in LOWEST_FIRST:
            lowest_first = [sorted(pairs.steps[chosen].tolist()) for chosen in (old, new)]
            take = 1 if level[0] == "worst" else None
            if lowest_first[1][:take] < lowest_first[0][:take]:
                return False
            continue
        values = _values(claim, pairs, level)
        before, after = sum(values[old].tolist()), sum(values[new].tolist())
        if after < before or (level[0] == "placed" and after != before):
            return False
    if leximin:
        return sorted(pairs.steps[new].tolist()) > sorted(pairs.steps[old].tolist())
    if claim.name == "worst":
        bound = plan.levels[claim.at].bound
        return all(one > bound for one in pairs.score[new].tolist())
    here = names_of_levels(problem, plan.objective)[claim.at]
    return int(_values(claim, pairs, here)[new].sum()) > most_in_steps(claim)


class _Search:
    """All plans that keep the rules, as SCIP sees them."""

    def __init__(self, problem: Problem, pairs: Pairs) -> None:
        from pyscipopt import Model

        self.problem, self.pairs = problem, pairs
        self.enough: float | None = None
        self.model = Model()
        self.model.hideOutput()
        self.model.setParam("limits/totalnodes", MOST_NODES)
        self.model.setParam("numerics/feastol", 1e-9)
        pins = pins_of(problem)
        self.taken = [
            self.model.addVar(vtype="B", lb=1.0 if pins[i] >= 0 else 0.0)
            for i in pairs.candidate.tolist()
        ]
        self._add_rules()

    def exclude(self, pairs: NDArray[np.bool_]) -> None:
        """Keep to plans without these pairs."""
        for k in np.flatnonzero(pairs).tolist():
            self._limit([self.taken[k]], [1], None, 0)

    def at_most(self, pairs: NDArray[np.bool_], most: int) -> None:
        """Keep to plans with at most so many of these pairs."""
        self._limit(self._of(pairs), [1] * int(pairs.sum()), None, most)

    def at_least(self, values: Ints, least: int, *, exactly: bool = False) -> None:
        """Keep to plans whose pairs add up to so much."""
        amounts = values[values != 0].tolist()
        self._limit(self._of(values != 0), amounts, least, least if exactly else None)

    def exceed(self, values: Ints, bound: int) -> None:
        """Look for plans whose pairs add up to more than a bound."""
        from pyscipopt import quicksum

        amounts = values[values != 0].tolist()
        # No row says so: SCIP's tolerance for a row of large numbers is more than one.
        unit = math.gcd(*amounts) or 1
        self.enough = bound // unit + 0.5
        self.model.setParam("limits/dual", self.enough)  # less than that is not asked
        both = zip(amounts, self._of(values != 0), strict=True)
        total = quicksum(float(amount // unit) * one for amount, one in both)
        if amounts:
            self.model.setObjective(total, sense="maximize")

    def verdict(self, is_better: Callable[[Ints], bool]) -> Verdict:
        """Search, and look at what is found in whole numbers."""
        self.model.optimize()
        for solution in self.model.getSols():
            chosen = np.array([self.model.getSolVal(solution, x) > 0.5 for x in self.taken])
            slots = np.full(self.problem.shape[0], -1, dtype=np.int64)
            if chosen.size:
                slots[self.pairs.candidate[chosen]] = self.pairs.slot[chosen]
            if self._is_possible(slots, chosen) and is_better(slots):
                return "better"
        if self.enough is not None:
            # Not "infeasible": at least the plan that is looked at is possible.
            has_bound = self.model.getStatus() in ("optimal", "duallimit")
            is_enough = has_bound and float(self.model.getDualbound()) <= self.enough
            return "none better" if is_enough else "unknown"
        return "none better" if self.model.getStatus() == "infeasible" else "unknown"

    def _is_possible(self, slots: Ints, chosen: NDArray[np.bool_]) -> bool:
        taken = np.bincount(slots[slots >= 0], minlength=self.problem.shape[1])
        return (
            int(chosen.sum()) == int((slots >= 0).sum())
            and bool((taken <= self.problem.seats).all())
            and not list(broken_rules(self.problem, slots))
        )

    def _of(self, pairs: NDArray[np.bool_]) -> list[Any]:
        return [self.taken[k] for k in np.flatnonzero(pairs).tolist()]

    def _limit(
        self, variables: list[Any], amounts: list[int], least: int | None, most: int | None
    ) -> None:
        """Keep a sum within limits, over what its amounts share: tolerances stay small then."""
        from pyscipopt import quicksum

        if not variables:
            if (least or 0) > 0 or (most is not None and most < 0):
                nothing = self.model.addVar(vtype="B", ub=0.0)
                self.model.addCons(nothing >= 1.0)
            return
        unit = math.gcd(*amounts) or 1
        total = quicksum(
            float(amount // unit) * one for amount, one in zip(amounts, variables, strict=True)
        )
        if least is not None:
            self.model.addCons(total >= float(-(-least // unit)))
        if most is not None:
            self.model.addCons(total <= float(most // unit))

    def _add_rules(self) -> None:
        problem, pairs = self.problem, self.pairs
        for i in np.unique(pairs.candidate).tolist():
            self.at_most(pairs.candidate == i, 1)
        for j in np.unique(pairs.slot).tolist():
            self.at_most(pairs.slot == j, int(problem.seats[j]))
        for resource in problem.read_resources:
            drawn = resource.of_pairs(pairs.candidate, pairs.slot)
            for j, supply in enumerate(resource.supply.tolist()):
                draws = drawn > 0 if resource.shared else (drawn > 0) & (pairs.slot == j)
                if sum(drawn[draws].tolist()) > supply:
                    self._limit(self._of(draws), drawn[draws].tolist(), None, supply)
        for quota in problem.read_quotas:
            self._add_quota(quota)
        for group in problem.read_groups:
            self._add_group(group)

    def _add_quota(self, quota: ReadQuota) -> None:
        inside = quota.slots[self.pairs.slot]
        counted = self._of(inside & quota.candidates[self.pairs.candidate])
        ones = [1] * len(counted)
        if not quota.if_open:
            self._limit(counted, ones, quota.least, quota.most)
            return
        is_open = self.model.addVar(vtype="B")
        for one in self._of(inside):
            self._limit([one, is_open], [1, -1], None, 0)
        self._limit([*counted, is_open], [*ones, -quota.least], 0, None)
        self._limit([*counted, is_open], [*ones, -quota.most], None, 0)

    def _add_group(self, group: ReadGroup) -> None:
        pairs = self.pairs
        place = pairs.slot
        if group.within == "pilot":
            place = self.problem.pilot_of_slot[pairs.slot]
        is_member = np.isin(pairs.candidate, group.candidates)
        for one in np.unique(place[is_member]).tolist():
            if group.apart:
                self.at_most(is_member & (place == one), 1)
                continue
            inside = [
                self._of((pairs.candidate == i) & (place == one)) for i in group.candidates.tolist()
            ]
            for others in inside[1:]:
                amounts = [1] * len(others) + [-1] * len(inside[0])
                self._limit([*others, *inside[0]], amounts, 0, 0)
