"""
Search by prices: bounds by decomposition, plans by diving and mending, both in C.

Branching over all pairs does not end where they are many. Here the bound comes from prices, slot
by slot (`decomposition`), and the plan from search with the same prices (`mending`). Where the
two come close, few pairs can still matter, and branching over those alone settles the rest.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from matching.arrays import Ints
from matching.plan import Level, Multipliers, Plan, SideCertificate, SolveStatus
from matching.solvers.sides.answers import bound_from_steps, to_plan, value_of
from matching.solvers.sides.branching import Branching, Found
from matching.solvers.sides.model import with_rows
from matching.solvers.sides.search.best_so_far import BestSoFar
from matching.solvers.sides.search.decomposition import (
    Prices,
    core,
    descend,
    fine_bits,
    from_prices,
    losses,
    prove,
    to_multipliers,
)
from matching.solvers.sides.search.field import Field, Standing
from matching.solvers.sides.search.loads import NO_LIMIT, PRICED
from matching.solvers.sides.search.mending import DIVE_SPEEDS, complete, dive, mend, reopen, repair
from matching.solvers.watch import Watch

PLACE_WORTH = (1, 4, 64)
"""
What a place is worth in ranges of scores while plans are looked for that place most: little, which
leaves prices of use for the score, then as much as it takes.
"""

CUTS = (-1.0, 0.25, 0.5, 0.75, float("inf"))
"""Prices of a place above each of these are tried as whole places, and those below as none."""

MOST_ARCS_FOR_PLACES = 300_000
"""With more, a first bound on places has to do: a better one takes minutes."""

KEPT_PER_UNIT = 8
"""Arcs per unit that plans are made of: those that lose least."""

MOST_SETTLED = 12_000
"""Pairs that branching settles at the end, where no more than these can still matter."""

MOST_NODES = 2000
"""Nodes of that branching: some ten seconds. With `FEW_PAIRS` or fewer to use, no end is set."""

FEW_PAIRS = 5_000
"""Up to so many pairs, of which search leaves fewer still, branching is mostly done in minutes."""

MENDING_PASSES = 3
"""Passes over a plan that misses a lower limit, before branching is asked to repair it."""

FAR = 0.01
"""Prices whose bound lies further than this from the best plan are no place to start from."""

BARRED_GAP = 0.001
"""How near to best those who must share a pilot are given places."""


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
class Search(BestSoFar):
    """
    Where a solve stands.

    Parameters
    ----------
    watch : Watch
    gap : float
    seed : int
    rungs : list of Rung
    tried : list of tuple of Bounded and int
        Bounds on the score with places, and what a place was worth in them.
    """

    watch: Watch
    gap: float
    seed: int
    rungs: list[Rung] = field(default_factory=list)
    tried: list[tuple[Bounded, int]] = field(default_factory=list)

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
            self._fill_quickly()
        if self.best is not None:
            self._close()
        return self.best is not None

    def _fill_quickly(self) -> None:
        """Fill slot after slot; if lower limits are missed, with those first who count for them."""
        low = self.blank.low > self.blank.load
        uses = self.blank.uses
        arcs = np.repeat(np.arange(self.blank.n_arcs), np.diff(uses.start))
        first = np.bincount(arcs, low[uses.row] & (uses.amount > 0), self.blank.n_arcs) > 0
        spread = int(self.weights.max()) - int(self.weights.min()) + 1
        for weights in (self.weights, self.weights + spread * first):
            standing = Standing(self.blank.worth(weights), self.blank.units.barred)
            complete(standing)
            self._keep(standing.numbers)
            if self.best is not None:
                return

    # Levels

    def _place_most(self) -> None:
        """Place as many as can be; then raise the score among plans that place as many."""
        spread = int(self.weights.max()) - int(self.weights.min()) + 1
        places: Bounded | None = None
        for worth in PLACE_WORTH:
            level = self._bound_with_places(worth * spread)
            self._search(level, None, None, is_rough=True)
            if self.best is None or self.watch.stopped:
                return
            if places is None:
                places = self._bound_places(level, worth * spread)
            if self._is_near(self.rungs[0].bound, self.placed):
                break
        if not self._is_near(self.rungs[0].bound, self.placed):
            self._search(level, None, None)
        assert places is not None
        self._settle(places, np.ones(self.model.n_pairs, dtype=np.int64), None)
        near = self._near()
        is_far = near is not None and near.bound - self.score > FAR * abs(self.score)
        self._raise_score(self.placed, None if is_far else near)

    def _near(self) -> Prices | None:
        """Return prices for the score among plans that place as many, bound in whole steps."""
        if not self.tried:
            return None

        def implied(one: tuple[Bounded, int]) -> int:
            return one[0].bound - one[1] * self.placed

        level, worth = min(self.tried, key=implied)
        more = fine_bits(self.blank, self.weights) - level.bits
        paid = level.prices.row_price << more
        paid[len(self.blank.rows) - 1] = -worth << (level.bits + more)
        price, bound = level.prices.price << more, implied((level, worth))
        return replace(level.prices, price=price, row_price=paid, bound=bound)

    def _bound_with_places(self, worth: int) -> Bounded:
        """Bound the score with what places are worth."""
        both = self.weights + worth * self.blank.size.astype(np.int64)
        level = self._bound("placed and score", self.blank.worth(both), None)
        self.tried.append((level, worth))
        return level

    def _bound_places(self, both: Bounded, worth: int) -> Bounded:
        """
        Bound how many can be placed, starting from prices of places with the score.

        Where all are worth the same, slots all choose the same people, and a descent gets nowhere.
        """
        size = self.blank.size.astype(np.int64)
        bits = fine_bits(self.blank, size)
        scale, most = 2.0 ** (bits - both.bits) / worth, 256.0 * 2.0**bits
        price, row_price = (
            np.rint(np.clip(paid * scale, -most, most)).astype(np.int64)
            for paid in (both.prices.price, both.prices.row_price)
        )
        near = replace(both.prices, price=price, row_price=row_price)
        is_rough = self.blank.n_arcs > MOST_ARCS_FOR_PLACES
        level = self._bound(
            *("placed", self.blank.worth(size), near), enough=self.placed + 1, is_rough=is_rough
        )
        one, found = self.blank.units.size << level.bits, level.prices
        for cut in CUTS:
            is_dear = found.price > cut * one
            whole = prove(level.values, is_dear * one, 0 * found.row_price, level.offset)
            if whole.bound < level.prices.bound:
                level = replace(level, prices=whole)
        rung = self._prove(level, is_rough=is_rough)
        rung.bound = min(rung.bound, level.bound)
        return level

    def _raise_score(self, placed: int | None, near: Prices | None) -> None:
        """Bound and raise the score; where `placed` is given, among plans that place as many."""
        values = self.blank.worth(self.weights)
        is_rough, is_proven = near is None, False
        while not is_proven:
            counted = _with_places(values, placed, placed)
            lift = 0 if placed is None else self._lift()
            level = self._bound("score", counted, near, is_rough=is_rough, lift=lift)
            rung = self._prove(level, is_rough=is_rough)
            self._search(level, placed, rung.bound, is_rough=is_rough)
            if self.best is None:
                return
            near = level.prices
            is_done = self.watch.stopped or self._is_near(rung.bound, self.score)
            is_proven = is_done or not is_rough
            if placed is not None and self.placed != placed:
                placed, is_proven = self.placed, False
            is_rough = False
            if not is_proven:
                self.rungs.pop()
        self._settle(level, self.model.pair_value, placed)

    def _bound(
        self,
        name: str,
        values: Field,
        near: Prices | None,
        *,
        enough: int | None = None,
        is_rough: bool = False,
        lift: int = 0,
    ) -> Bounded:
        """
        Bound a level; the values of its field are in whole steps.

        `lift` is what each place is made worth more while prices are looked for; the price of
        places, whose number is given then, takes it off again.
        """
        size = values.size.astype(np.int64)
        bits = fine_bits(values, np.concatenate([values.value, values.value + lift * size]))
        fine = values.worth((values.value + lift * size) << bits)
        pinned = int(self.model.is_pinned.sum()) if name == "placed" else self._pinned_score
        with self.watch.step("bounding"):
            prices = descend(
                fine,
                self.watch,
                offset=pinned << bits,
                level=name,
                start=near if near is None else self._with_lift(near, lift << bits),
                enough=None if enough is None else enough << bits,
                is_rough=is_rough,
            )
            if lift:
                fine = values.worth(values.value << bits)
                row_price = self._with_lift(prices, -lift << bits).row_price
                prices = prove(fine, prices.price, row_price, pinned << bits)
        return Bounded(name, fine, prices, pinned << bits, bits)

    def _lift(self) -> int:
        """Return what a place must be worth more for nobody to be worth less than nothing."""
        return max(0, -int((self.weights // self.blank.size).min(initial=0)))

    def _with_lift(self, prices: Prices, lift: int) -> Prices:
        row_price = prices.row_price.copy()
        row_price[len(self.blank.rows) - 1] += lift
        return replace(prices, row_price=row_price)

    # Search

    def _search(
        self, level: Bounded, placed: int | None, bound: int | None, *, is_rough: bool = False
    ) -> None:
        """Dive, repair and mend; keep the best plan found."""
        if self.watch.stopped:
            return
        values = _with_places(level.values, placed, None)
        arcs = core(values, level.prices, KEPT_PER_UNIT * values.n_units, self.best)
        near = values.only(arcs)
        for speed in DIVE_SPEEDS[:1] if is_rough else DIVE_SPEEDS:
            with self.watch.step("diving"):
                descent = from_prices(near, level.prices, speed)
                standing = dive(descent, self.blank.units.barred, self.watch, level.name, speed)
            with self.watch.step("mending"):
                self._make_whole(standing, level)
            if bound is not None and self.best is not None and self._is_near(bound, self.score):
                return
        if self.best is None:
            return
        with self.watch.step("mending"):
            standing = self._seat_the_barred(self._from_best(near), level.name)

            def may_go_on() -> bool:
                return self._may_go_on(standing, level, bound)

            passes = 1 if is_rough else None
            mend(standing, level.prices, self.seed, may_go_on, passes=passes)
            self._keep(standing.numbers)

    def _make_whole(self, standing: Standing, level: Bounded) -> None:
        """Keep a plan; where it misses a lower limit, mend it first, or let branching repair it."""
        if standing.missing():
            self._mend_until_whole(standing, level)
        found: Standing | None = standing
        if standing.missing() and self.best is None:
            found = repair(standing, self.watch, level.name)
        if found is not None:
            self._keep(found.numbers)

    def _mend_until_whole(self, standing: Standing, level: Bounded) -> None:
        def may_go_on() -> bool:
            return standing.missing() > 0 and self.watch.may_go_on("mending", level=level.name)

        # Where there is a plan already this one is not worth much trouble.
        passes = MENDING_PASSES if self.best is None else 1
        mend(standing, level.prices, self.seed, may_go_on, passes=passes)

    def _may_go_on(self, standing: Standing, level: Bounded, bound: int | None) -> bool:
        """Whether mending may go on; what it has found is kept."""
        self._keep(standing.numbers)
        name, value = ("score", self.score) if bound is not None else ("placed", self.placed)
        if bound is None and self.rungs:
            bound = self.rungs[0].bound
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

    # Proof

    def _prove(self, level: Bounded, *, is_rough: bool = False) -> Rung:
        """Keep a bound of a level that ``check`` can repeat."""
        values, prices = level.values, level.prices
        with self.watch.step("proof"):
            if any(row.is_slots_own for row in values.rows):
                values = values.priced_throughout()
                if self.watch.stopped:
                    prices = prove(values, prices.price, prices.row_price, level.offset)
                else:
                    prices = descend(
                        values,
                        self.watch,
                        offset=level.offset,
                        level=level.name,
                        start=prices,
                        is_rough=is_rough,
                    )
            exponent = level.bits + (self.model.problem.exponent if level.name == "score" else 0)
            proof = to_multipliers(values, prices, exponent)
        self.rungs.append(Rung(level.name, prices.bound >> level.bits, proof))
        return self.rungs[-1]

    def _settle(self, level: Bounded, per_pair: Ints, placed: int | None) -> None:
        """Branch over the pairs that a better plan could still use, where they are few."""
        rung, model = self.rungs[-1], self.model
        value = self._value(rung.name)
        has_ties = level.name == "score" and bool(model.precedence_of_pair.any())
        is_done = rung.bound <= value
        if self.watch.stopped or self.best is None:
            return
        if self._is_near(rung.bound, value) and not (is_done and has_ties):
            return
        with self.watch.step("settling"):
            most = level.prices.bound - (value << level.bits)
            arcs = np.flatnonzero(losses(level.values, level.prices) <= most)
            if len(arcs) > MOST_SETTLED:
                return
            pairs = self.blank.units.pairs_of(np.union1d(arcs, self.best))
            kept = np.union1d(pairs, np.flatnonzero(model.is_pinned))
            start = np.isin(kept, self.blank.units.pairs_of(self.best)) | model.is_pinned[kept]
            most_nodes = MOST_NODES if model.n_pairs > FEW_PAIRS else None
            engine = Branching(with_rows(model, kept), self.watch, most_nodes=most_nodes)
            if placed is not None:
                engine.settle(np.ones(len(kept), dtype=np.int64), placed, placed)
            found = Found(start, None, is_done=True)
            if not is_done:
                found = engine.best(per_pair[kept], level=level.name, start=start, gap=self.gap)
            if found.chosen is None:
                return
            best = sum(per_pair[kept][found.chosen].tolist())
            if found.bound is not None:
                rung.bound = min(rung.bound, max(found.bound, best))
            if has_ties and found.is_done:
                engine.settle(per_pair[kept], best)
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
            is_score = name == "score"
            weights = self.weights if is_score else self.blank.size.astype(np.int64)
            pinned = self._pinned_score if is_score else int(self.model.is_pinned.sum())
            values = self.blank.priced_throughout()
            if self.counts_places and is_score:
                values = _with_places(values, self.placed, self.placed)
            bits = fine_bits(self.blank, weights) if is_score and self.tried else 0
            values = values.worth(weights << bits)
            nothing = np.zeros(len(values.rows) + 1, dtype=np.int64)
            best = np.zeros(self.blank.n_units, dtype=np.int64)
            np.maximum.at(best, self.blank.unit, values.value)
            given = [(best, nothing), (0 * best, nothing)]
            near = self._near() if is_score else None
            if near is not None:
                given.append((near.price, near.row_price))
            proven = [prove(values, *prices, pinned << bits) for prices in given]
            prices = min(proven, key=lambda one: one.bound)
            exponent = bits + (self.model.problem.exponent if is_score else 0)
            self.rungs.append(
                Rung(name, prices.bound >> bits, to_multipliers(values, prices, exponent))
            )

    def plan(self, objective: tuple[str, ...]) -> Plan:
        """Return the best plan with its levels."""
        problem, slots = self.model.problem, self.slots
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
