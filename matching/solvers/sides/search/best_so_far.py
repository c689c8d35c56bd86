"""The best plan that a search has found so far, and what it is worth."""

from dataclasses import dataclass, field

from matching.arrays import Ints
from matching.plan import Plan
from matching.solvers.sides.model import Model
from matching.solvers.sides.search.field import Field, Standing


@dataclass(eq=False)
class BestSoFar:
    """
    A plan that keeps all rules, once there is one.

    Parameters
    ----------
    blank : Field
        Arcs without values.
    counts_places : bool
        Whether most places come before the score.
    best : ndarray of int or None
        The arcs of the plan, as numbers among all arcs.
    weights : ndarray of int, shape (n_arcs,)
        What each arc scores, in steps of the problem's resolution, with the stay bonus.
    """

    blank: Field
    counts_places: bool
    best: Ints | None = field(init=False, default=None)
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
    def slots(self) -> Ints:
        """The slot of each candidate in the best plan, -1 for none."""
        assert self.best is not None
        chosen = self.model.is_pinned.copy()
        chosen[self.blank.units.pairs_of(self.best)] = True
        return self.model.to_slots(chosen)

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
