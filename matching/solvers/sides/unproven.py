"""
Best plans under side rules without the prices that prove them: for those who need very many plans.

Proving takes longer than finding. Here people, points and turns are one sum, in which one person
more outweighs all points and one point more all turns, so that one search settles them. What it
does not close by itself is left to ``solve``.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.arrays import Bools, Ints
from matching.deadline import ENDLESS, Deadline, OutOfTime
from matching.plan import Level, Plan, SolveStatus
from matching.problem import Problem
from matching.solvers import solve
from matching.solvers.sides.answers import impossible_plan, to_plan, value_of
from matching.solvers.sides.branching import TRUSTED, Branching
from matching.solvers.sides.model import Model, read_model
from matching.solvers.sides.starting import first_choices
from matching.solvers.watch import Watch

ORDERS: Final = (("placed", "score"), ("score",))
"""Objectives that make one sum."""

MOST_NODES: Final = 5
"""Where rules are tight one sum is far slower than level by level; it shows here."""

CLOSED_PER_FAILED: Final = 4
"""So many searches have to close for each that does not, or no more are tried."""


@dataclass
class ManyPlans:
    """
    Plans as good as those of ``solve``, mostly without certificate, for many similar problems.

    Parameters
    ----------
    objective : tuple of str
    seed : int
    start : Plan
        A plan of a similar problem.
    ties : bool, default=True
        Whether those who have precedence go first where plans are equal, as far as doubles tell;
        who only asks how good the best plan is can do without.
    deadline : Deadline, optional
        For all of them together.
    """

    objective: tuple[str, ...]
    seed: int
    start: Plan
    ties: bool = True
    deadline: Deadline = ENDLESS
    _closed: int = 0
    _failed: int = 0

    def solve(self, problem: Problem) -> Plan:
        """
        Return a best plan.

        Parameters
        ----------
        problem : Problem

        Returns
        -------
        Plan
            *optimal* or *infeasible*, by HiGHS's own bound in whole numbers; or what ``solve``
            says.

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C: half a plan says nothing of how good the best one is.
        OutOfTime
            If the deadline comes first.
        """
        self.deadline.check()
        is_one_sum = self.objective in ORDERS and problem.is_whole and not problem.has_source
        if is_one_sum and problem.has_side_rules and self._is_worth_it:
            found = search(problem, self)
            if found is not None:
                self._closed += 1
                return found
            self._failed += 1
        # A start settles which of equally good plans is found: not here, where turns have to.
        start = None if self.ties else self.start
        return self.deadline.settled(
            solve(
                problem,
                objective=self.objective,
                seed=self.seed,
                start=start,
                time_limit=self.deadline.seconds_left,
            )
        )

    @property
    def _is_worth_it(self) -> bool:
        return self._failed * CLOSED_PER_FAILED <= self._closed


def search(problem: Problem, asked: ManyPlans) -> Plan | None:
    """Return a best plan, or that there is none; ``None`` where that is not soon certain."""
    model, watch = read_model(problem, asked.seed), Watch(asked.deadline.seconds_left)
    summed = _one_sum(model, asked.objective, ties=asked.ties)
    if summed is None:
        return None
    weights, one_point = summed
    engine = Branching(model, watch, most_nodes=MOST_NODES)
    found = engine.best(weights, level="", start=_first_choice(model, weights, asked.start))
    if watch.stopped:
        raise OutOfTime if asked.deadline.is_over else KeyboardInterrupt
    if found.is_impossible and found.is_done:
        return impossible_plan(problem, asked.objective, watch.timings)
    if found.chosen is None or not found.is_done or found.bound is None:
        return None
    # People and points are proven; who goes first in a tie is as HiGHS says, whose bounds on sums
    # as large as these can be off by some of the smallest steps.
    if found.bound // one_point > int(weights[found.chosen].sum()) // one_point:
        return None
    slots = model.to_slots(found.chosen)
    values = [(name, value_of(problem, slots, name, None)) for name in asked.objective]
    status = SolveStatus.OPTIMAL
    levels = [Level(name, value, value, status) for name, value in values]
    return to_plan(problem, slots, levels, None, asked.objective, status, watch.timings)


def _one_sum(model: Model, objective: tuple[str, ...], *, ties: bool) -> tuple[Ints, int] | None:
    """
    Return what each pair adds to one sum, and what a point counts in it.

    ``None`` when doubles are too coarse for it.
    """
    points, turns = model.pair_value, model.precedence_of_pair
    people = min(len(model.candidates), int(np.minimum(model.problem.seats, 10**9).sum()))
    # In Python's own numbers, as sums of these may not fit in 64 bits.
    one_point = people * _reach(turns) + 1 if ties else 1
    one_person = people * _reach(points) + 1 if objective[0] == "placed" else 0
    largest = one_point * (one_person + _reach(points)) + _reach(turns)
    if people * largest > TRUSTED:
        return None
    return one_point * (points + one_person) + (turns if ties else 0), one_point


def _reach(numbers: Ints) -> int:
    """Return how far apart what one choice and another gets for somebody can be."""
    return int(numbers.max(initial=0)) - int(numbers.min(initial=0))


def _first_choice(model: Model, weights: Ints, start: Plan) -> Bools | None:
    """Return what is left of the start where that keeps all rules, or else a quick choice."""
    wanted = start.slots[model.candidates[model.pair_candidate]]
    chosen: Bools = model.slots[model.pair_slot] == wanted
    if model.is_feasible(chosen):
        return chosen
    found = first_choices(model)
    return max(found, key=lambda one: int(weights[one].sum())) if found else None
