"""
Exact plans under side rules and any order of levels, each settled before the next.

Seats alone make a network, whose plans are whole by themselves; side rules need branching. Both
answer the same questions: the best choice, the same from now on, and a choice without some pairs.
"""

from matching.arrays import Bools, Ints
from matching.plan import Plan, SideCertificate, SolveStatus
from matching.problem import Problem
from matching.solvers.seats.transport import solve_transport
from matching.solvers.sides.answers import (
    impossible_plan,
    levels_of,
    to_plan,
    unfinished_plan,
    weights_of,
)
from matching.solvers.sides.branching import Branching
from matching.solvers.sides.ladder import Ladder
from matching.solvers.sides.large import MANY_PAIRS, OBJECTIVES, has_many_pairs, search_quickly
from matching.solvers.sides.model import Model, read_model
from matching.solvers.sides.network import Network
from matching.solvers.sides.starting import first_choices
from matching.solvers.watch import Watch


def solve_integer(
    problem: Problem,
    *,
    objective: tuple[str, ...],
    gap: float,
    seed: int,
    start: Plan | None,
    watch: Watch,
) -> Plan:
    """
    Solve a problem under side rules, or with levels that a single flow does not settle.

    Parameters
    ----------
    problem : Problem
    objective : tuple of str
        Levels in order, as ``solve`` accepts them.
    gap : float
        Relative gap at which a level counts as done.
    seed : int
        Settles ties, with the codes.
    start : Plan or None
        A plan to start from; it is looked at only when it keeps all rules.
    watch : Watch

    Returns
    -------
    Plan

    Raises
    ------
    ProblemError
        If a score source has more pairs than can be gathered.
    """
    with watch.step("reading"):
        model = watch.meanwhile(lambda: read_model(problem, seed, objective))
    engine = Branching(model, watch) if problem.has_side_rules else Network(model, watch)
    with watch.step("start"):
        first = watch.meanwhile(lambda: _first_choice(model, objective, start))
        if not problem.has_side_rules and len(problem.pair_slot) >= MANY_PAIRS:
            # Seats alone are soon filled well, and a flow cannot be stopped half way.
            plan = solve_transport(
                problem, objective=OBJECTIVES[1], seed=seed, start=start, watch=watch
            )
            first = _better(model, objective, first, plan.slots)
        if has_many_pairs(problem) and objective not in OBJECTIVES:
            first = _better(
                model, objective, first, search_quickly(problem, seed=seed, watch=watch)
            )
    ladder = Ladder(model, engine, watch, gap, first)
    for name, tier in levels_of(problem, objective):
        with watch.step(name):
            ladder.climb(name, tier)
        if ladder.is_impossible:
            return impossible_plan(problem, objective, watch.timings)
        if ladder.chosen is None:
            return unfinished_plan(problem, objective, watch.timings)
    with watch.step("ties"):
        chosen = ladder.settle_ties()
    with watch.step("proof"):
        levels, multipliers = ladder.levels(chosen)
    certificate = SideCertificate(tuple(multipliers))
    worst = [SolveStatus.INTERRUPTED, SolveStatus.FEASIBLE, SolveStatus.OPTIMAL]
    status = min((level.status for level in levels), key=worst.index)
    slots = model.to_slots(chosen)
    return to_plan(problem, slots, levels, certificate, objective, status, watch.timings)


def _first_choice(model: Model, objective: tuple[str, ...], start: Plan | None) -> Bools | None:
    """Return the best choice at hand: the given plan's where it keeps all rules, or a quick one."""
    found = first_choices(model) if model.problem.has_side_rules else [model.is_pinned.copy()]
    if start is not None:
        chosen = model.to_chosen(start.slots)
        if chosen is not None and model.is_feasible(chosen):
            found.insert(0, chosen)
    levels = levels_of(model.problem, objective)
    return max(found, key=lambda chosen: _worth(model, levels, chosen), default=None)


def _better(
    model: Model, objective: tuple[str, ...], first: Bools | None, slots: Ints | None
) -> Bools | None:
    """Return the better of a choice and a plan, each of which may be missing."""
    chosen = None if slots is None else model.to_chosen(slots)
    if chosen is None or not model.is_feasible(chosen):
        return first
    levels = levels_of(model.problem, objective)
    given = [chosen] if first is None else [first, chosen]
    return max(given, key=lambda one: _worth(model, levels, one))


def _worth(model: Model, levels: list[tuple[str, int | None]], chosen: Bools) -> list[int]:
    """Return how good a choice is on each level, more being better."""
    worth = []
    for name, tier in levels:
        if name in ("worst", "leximin"):
            worth.append(int(model.pair_score[chosen].min()) if chosen.any() else 0)
        else:
            worth.append(sum(weights_of(model, name, tier)[chosen].tolist()))
    return worth
