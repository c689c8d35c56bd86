"""
Side rules on many pairs: bounds by decomposition, plans by diving and mending, both in C.

Branching over all pairs does not end at this size. Here the bound comes from prices, slot by slot
(`decomposition`), and the plan from search with the same prices (`local_search`). Where the two
come close, few pairs can still matter, and branching over those alone settles the rest.

Without a time limit and with a gap of 0 the search ends when the plan is proven best, or when a
round of passes over all slots gains less than ``local_search.WORTH_WHILE``; nothing depends on the
clock unless it runs out.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matching.plan import Level, Multipliers, Plan, SideCertificate, SolveStatus
from matching.problem import Problem
from matching.solvers.answers import bound_from_steps, to_plan, unfinished_plan, value_of
from matching.solvers.branching import Branching
from matching.solvers.decomposition import (
    Prices,
    core,
    descend,
    fine_bits,
    from_prices,
    losses,
    prove,
    to_multipliers,
)
from matching.solvers.local_search import complete, dive, mend, reopen, repair
from matching.solvers.model import Model, read_pairs, with_rows
from matching.solvers.side_field import Field, Standing
from matching.solvers.side_reading import read_field
from matching.solvers.side_rows import NO_LIMIT, PRICED
from matching.solvers.watch import Watch

Ints = NDArray[np.int64]

OBJECTIVES = (("score",), ("placed", "score"))
"""Other orders of levels go to branching at any size."""

PLACE_WORTH = (4, 64)
"""What a place is worth in ranges of scores while plans are looked for that place most."""

KEPT_PER_UNIT = 8
"""Arcs per unit that plans are made of: those that lose least."""

MOST_SETTLED = 6000
"""Pairs that branching settles at the end, where no more than these can still matter."""

MOST_NODES = 2000
"""Nodes of that branching: some ten seconds."""

BARRED_GAP = 0.001
"""How near to best those who must share a pilot are given places."""


def solve_large(
    problem: Problem,
    *,
    objective: tuple[str, ...],
    gap: float,
    seed: int,
    start: Plan | None,
    watch: Watch,
) -> Plan:
    """
    Solve a problem under side rules that has many pairs.

    Parameters
    ----------
    problem : Problem
    objective : tuple of str
        ``("score",)`` or ``("placed", "score")``; anything else goes to ``solve_integer``.
    gap : float
        Relative gap at which a level counts as done.
    seed : int
        Settles ties, with the codes, and drives the search.
    start : Plan or None
        A plan to start from; it is looked at only when it keeps all rules.
    watch : Watch

    Returns
    -------
    Plan
        Its bound on ``score`` holds among all plans, or among those that place as many as it does
        where ``placed`` comes before.

    Raises
    ------
    ProblemError
        If a score source has more pairs than can be gathered.
    """
    counts_places = objective == ("placed", "score")
    search = None
    if objective in OBJECTIVES:
        with watch.step("reading"):
            model = read_pairs(problem, seed)
            found = read_field(model, counts_places=counts_places)
        if found is not None and found.n_arcs:
            search = Search(found, counts_places, watch, gap, seed)
            search.take(start)
    if search is None or not search.run():
        # Rare: a rule that search does not get right, or that nobody can. Branching tells.
        if watch.stopped:
            return unfinished_plan(problem, objective, watch.timings)
        from matching.solvers.integer import solve_integer

        return solve_integer(
            problem, objective=objective, gap=gap, seed=seed, start=start, watch=watch
        )
    return search.plan(objective)


@dataclass(frozen=True, eq=False)
class Bounded:
    """
    Prices that bound a level, and what they are about.

    Parameters
    ----------
    name : str
    values : Field
        With the values of the level.
    prices : Prices
    offset : int
        What those pinned are worth, in fine steps.
    bits : int
        Binary places of a fine step.
    """

    name: str
    values: Field
    prices: Prices
    offset: int
    bits: int

    @property
    def bound(self) -> int:
        """What no plan exceeds, in whole steps of the level."""
        return self.prices.bound >> self.bits


@dataclass
class Rung:
    """A level that is done with: its name, its bound in whole steps, and what proves that bound."""

    name: str
    bound: int
    proof: Multipliers | None


@dataclass(eq=False)
class Search:
    """
    Where a solve stands.

    Parameters
    ----------
    blank : Field
        Arcs without values.
    counts_places : bool
        Whether most places come before the score.
    watch : Watch
    gap : float
    seed : int
    best : ndarray of int or None
        The arcs of the best plan so far that keeps all rules, as numbers among all arcs.
    rungs : list of Rung
    """

    blank: Field
    counts_places: bool
    watch: Watch
    gap: float
    seed: int
    best: Ints | None = None
    rungs: list[Rung] = field(default_factory=list)
    weights: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.weights = self.blank.units.summed(self.model.pair_value)

    @property
    def model(self) -> Model:
        """All pairs."""
        return self.blank.model

    @property
    def placed(self) -> int:
        """How many people the best plan places."""
        assert self.best is not None
        return int(self.blank.size[self.best].sum()) + int(self.model.is_pinned.sum())

    @property
    def score(self) -> int:
        """What the best plan scores, in steps of the problem's resolution, with the stay bonus."""
        assert self.best is not None
        return int(sum(self.weights[self.best].tolist())) + self._pinned_score

    def _value(self, name: str) -> int:
        return self.placed if name == "placed" else self.score

    @property
    def _pinned_score(self) -> int:
        return int(sum(self.model.pair_value[self.model.is_pinned].tolist()))

    def take(self, start: Plan | None) -> None:
        """Start from a given plan, where it keeps all rules."""
        chosen = None if start is None else self.model.to_chosen(start.slots)
        if chosen is None or not chosen[self.model.is_pinned].all():
            return
        arcs = self.blank.units.arcs_of(chosen & ~self.model.is_pinned)
        pairs = self.blank.units.pairs_of(arcs)
        if len(pairs) + int(self.model.is_pinned.sum()) == int(chosen.sum()):
            self._keep(arcs)

    def run(self) -> bool:
        """Search until done or stopped; whether there is a plan that keeps all rules."""
        try:
            if self.counts_places:
                self._place_most()
            else:
                self._raise_score(None, None)
        except KeyboardInterrupt:
            self.watch.stop()
        if self.best is None and self.watch.stopped:
            standing = Standing(self.blank.worth(self.weights), self.blank.units.barred)
            complete(standing)
            self._keep(standing.numbers)
        if self.best is not None:
            self._close()
        return self.best is not None

    # Levels

    def _place_most(self) -> None:
        """Place as many as can be; then raise the score among plans that place as many."""
        spread = int(self.weights.max()) - int(self.weights.min()) + 1
        for worth in PLACE_WORTH:
            both = self.weights + worth * spread * self.blank.size.astype(np.int64)
            level = self._bound("placed and score", self.blank.worth(both), None)
            self._search(level, None, None)
            if self.best is None:
                return
            if not self.rungs:
                self._bound_places()
            if self.rungs[0].bound <= self.placed or self.watch.stopped:
                break
        near, more = level, fine_bits(self.blank, self.weights) - level.bits
        paid = near.prices.row_price << more
        paid[len(self.blank.rows) - 1] = -(worth * spread) << (near.bits + more)
        prices = replace(near.prices, price=near.prices.price << more, row_price=paid)
        self._raise_score(self.placed, prices)

    def _bound_places(self) -> None:
        """Bound how many can be placed."""
        ones = self.blank.worth(self.blank.size.astype(np.int64))
        level = self._bound("placed", ones, None, enough=self.placed + 1)
        rung = self._prove(level)
        rung.bound = min(rung.bound, level.bound)
        self._settle(level, np.ones(self.model.n_pairs, dtype=np.int64), None)

    def _raise_score(self, placed: int | None, near: Prices | None) -> None:
        """Bound and raise the score; where `placed` is given, among plans that place as many."""
        values = self.blank.worth(self.weights)
        while True:
            level = self._bound("score", _with_places(values, placed, placed), near)
            rung = self._prove(level)
            self._search(level, placed, rung.bound)
            if placed is None or self.best is None or self.placed == placed:
                break
            placed, near = self.placed, level.prices
            self.rungs.pop()
        if self.best is not None:
            self._settle(level, self.model.pair_value, placed)

    def _bound(
        self, name: str, values: Field, near: Prices | None, *, enough: int | None = None
    ) -> Bounded:
        """Bound a level; the values of its field are in whole steps."""
        bits = fine_bits(values, values.value)
        fine = values.worth(values.value << bits)
        pinned = int(self.model.is_pinned.sum()) if name == "placed" else self._pinned_score
        with self.watch.step("bounding"):
            prices = descend(
                fine,
                self.watch,
                offset=pinned << bits,
                level=name,
                start=near,
                enough=None if enough is None else enough << bits,
            )
        return Bounded(name, fine, prices, pinned << bits, bits)

    # Search

    def _search(self, level: Bounded, placed: int | None, bound: int | None) -> None:
        """Dive, repair and mend; keep the best plan found."""
        values = _with_places(level.values, placed, None)
        arcs = core(values, level.prices, KEPT_PER_UNIT * values.n_units, self.best)
        near = values.only(arcs)
        with self.watch.step("diving"):
            descent = from_prices(near, level.prices, 1.0)
            standing = dive(descent, self.blank.units.barred, self.watch, level.name)
        with self.watch.step("mending"):
            if standing.missing():
                self._mend_until_whole(standing, level)
            if standing.missing():
                standing = repair(standing, self.watch, level.name) or standing
            self._keep(standing.numbers)
            if self.best is None:
                return
            standing = self._seat_the_barred(self._from_best(near), level.name)
            mend(standing, level.prices, self.seed, lambda: self._may_go_on(standing, level, bound))
            self._keep(standing.numbers)

    def _mend_until_whole(self, standing: Standing, level: Bounded) -> None:
        def may_go_on() -> bool:
            return standing.missing() > 0 and self.watch.may_go_on("mending", level=level.name)

        mend(standing, level.prices, self.seed, may_go_on)

    def _may_go_on(self, standing: Standing, level: Bounded, bound: int | None) -> bool:
        """Whether mending may go on; what it has found is kept."""
        self._keep(standing.numbers)
        name, value = ("score", self.score) if bound is not None else ("placed", self.placed)
        if bound is not None and self._is_near(bound, value):
            return False
        return self.watch.may_go_on("mending", level=name, value=value, bound=bound)

    def _seat_the_barred(self, standing: Standing, level: str) -> Standing:
        """Give those who must share a pilot a place, group by group, by branching."""
        model = self.model
        pilots = model.problem.pilot_of_slot[model.slots]
        for group in model.problem.read_groups:
            if group.apart or group.within == "slot" or not self.watch.may_go_on(level):
                continue
            members = np.isin(model.candidates, group.candidates)
            units = np.unique(self.blank.units.of_candidate[members])
            arcs = np.flatnonzero(np.isin(standing.field.unit, units[units >= 0]))
            if not len(arcs) or (standing.chosen[units[units >= 0]] >= 0).any():
                continue
            worth = np.bincount(pilots[standing.field.slot[arcs]], standing.field.value[arcs])
            slots = np.flatnonzero(pilots == int(np.argmax(worth)))
            found = reopen(standing, slots, self.watch, level, is_start=True, gap=BARRED_GAP)
            if found is not None and not found.missing() and found.value > standing.value:
                standing = found
        self._keep(standing.numbers)
        return self._from_best(standing.field)

    def _from_best(self, near: Field) -> Standing:
        assert self.best is not None
        standing = Standing(near, self.blank.units.barred)
        standing.put(self.best)
        return standing

    def _keep(self, numbers: Ints, *, is_equal: bool = False) -> None:
        """Keep a plan where it keeps all rules and is better than the best so far, or as good."""
        before, before_worth = self.best, self._worth()
        self.best = numbers
        worth = self._worth()
        assert worth is not None
        if before_worth is not None and (
            worth < before_worth if is_equal else worth <= before_worth
        ):
            self.best = before
            return
        standing = Standing(self.blank, self.blank.units.barred)
        standing.put(numbers)
        if standing.is_broken():
            self.best = before

    def _worth(self) -> tuple[int, int] | None:
        if self.best is None:
            return None
        return self.placed if self.counts_places else 0, self.score

    # Proof

    def _prove(self, level: Bounded) -> Rung:
        """Keep a bound of a level that ``check`` can repeat."""
        values, prices = level.values, level.prices
        with self.watch.step("proof"):
            if any(row.is_slots_own for row in values.rows):
                values = values.priced_throughout()
                if self.watch.stopped:
                    prices = prove(values, prices.price, prices.row_price, level.offset)
                else:
                    prices = descend(
                        values, self.watch, offset=level.offset, level=level.name, start=prices
                    )
            exponent = level.bits + (self.model.problem.exponent if level.name == "score" else 0)
            proof = to_multipliers(values, prices, exponent)
        self.rungs.append(Rung(level.name, prices.bound >> level.bits, proof))
        return self.rungs[-1]

    def _settle(self, level: Bounded, per_pair: Ints, placed: int | None) -> None:
        """Branch over the pairs that a better plan could still use, where they are few."""
        rung, model = self.rungs[-1], self.model
        value = self._value(rung.name)
        if self.watch.stopped or self.best is None or self._is_near(rung.bound, value):
            return
        with self.watch.step("settling"):
            most = level.prices.bound - (value << level.bits)
            arcs = np.flatnonzero(losses(level.values, level.prices) <= most)
            if len(arcs) > MOST_SETTLED:
                return
            pairs = self.blank.units.pairs_of(np.union1d(arcs, self.best))
            kept = np.union1d(pairs, np.flatnonzero(model.is_pinned))
            start = np.isin(kept, self.blank.units.pairs_of(self.best)) | model.is_pinned[kept]
            engine = Branching(with_rows(model, kept), self.watch, most_nodes=MOST_NODES)
            if placed is not None:
                engine.settle(np.ones(len(kept), dtype=np.int64), placed, placed)
            found = engine.best(per_pair[kept], level=level.name, start=start, gap=self.gap)
            if found.chosen is None:
                return
            if found.bound is not None:
                best = sum(per_pair[kept][found.chosen].tolist())
                rung.bound = min(rung.bound, max(found.bound, best))
            if level.name == "score" and found.is_done and model.precedence_of_pair.any():
                engine.settle(per_pair[kept], sum(per_pair[kept][found.chosen].tolist()))
                weights = model.precedence_of_pair[kept]
                found = engine.best(weights, level="score", start=found.chosen)
            chosen = np.zeros(model.n_pairs, dtype=np.bool_)
            if found.chosen is not None:
                chosen[kept[found.chosen]] = True
                self._keep(self.blank.units.arcs_of(chosen & ~model.is_pinned), is_equal=True)

    def _is_near(self, bound: int, value: int) -> bool:
        """Whether a level is done: at its bound, or within the gap asked for."""
        return bound - value <= self.gap * max(abs(bound), abs(value))

    def _close(self) -> None:
        """See that every level has a bound, however early the end came."""
        names = ["placed", "score"] if self.counts_places else ["score"]
        for name in names[len(self.rungs) :]:
            weights = self.weights if name == "score" else self.blank.size.astype(np.int64)
            best = np.zeros(self.blank.n_units, dtype=np.int64)
            np.maximum.at(best, self.blank.unit, weights)
            pinned = int(self.model.is_pinned.sum()) if name == "placed" else self._pinned_score
            values = self.blank.priced_throughout().worth(weights)
            prices = prove(values, best, np.zeros(len(values.rows) + 1, dtype=np.int64), pinned)
            exponent = self.model.problem.exponent if name == "score" else 0
            self.rungs.append(Rung(name, prices.bound, to_multipliers(values, prices, exponent)))

    def plan(self, objective: tuple[str, ...]) -> Plan:
        """Return the best plan with its levels."""
        assert self.best is not None
        model, problem = self.model, self.model.problem
        chosen = model.is_pinned.copy()
        chosen[self.blank.units.pairs_of(self.best)] = True
        slots = model.to_slots(chosen)
        levels = []
        for rung in self.rungs:
            steps = self._value(rung.name)
            value = value_of(problem, slots, rung.name, None)
            bound = max(value, bound_from_steps(problem, rung.name, max(rung.bound, steps)))
            status = SolveStatus.INTERRUPTED if self.watch.stopped else SolveStatus.FEASIBLE
            if rung.bound <= steps:
                status = SolveStatus.OPTIMAL
            levels.append(Level(rung.name, value, bound, status))
        order = [SolveStatus.INTERRUPTED, SolveStatus.FEASIBLE, SolveStatus.OPTIMAL]
        status = min((level.status for level in levels), key=order.index)
        certificate = SideCertificate(tuple(rung.proof for rung in self.rungs))
        return to_plan(problem, slots, levels, certificate, objective, status, self.watch.timings)


def _with_places(values: Field, least: int | None, most: int | None) -> Field:
    """Return a field whose last row keeps how many have a place, where that is given."""
    if least is None:
        return values
    kind, low, high = values.kind.copy(), values.low.copy(), values.high.copy()
    kind[-1], low[-1], high[-1] = PRICED, least, NO_LIMIT if most is None else most
    return values.with_rows_changed(kind=kind, low=low, high=high)
