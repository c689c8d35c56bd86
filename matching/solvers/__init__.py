"""Solvers: for seats alone, and under side rules. `solve` picks by what the problem asks."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.exceptions import ProblemError
from matching.plan import Plan
from matching.problem import Problem
from matching.solvers.seats.transport import can_solve, solve_transport
from matching.solvers.sides.answers import unfinished_plan
from matching.solvers.stable import solve_stable
from matching.solvers.watch import Listener, Watch

__all__ = ["LEVELS", "solve", "solve_stable"]

LEVELS = ("placed", "tiers", "score", "moves", "worst", "leximin")
"""What an objective may be made of."""

AFTER_PLACED = ("worst", "leximin")
"""Whoever has no place has no score that could be the lowest: how many have one comes first."""


def solve(
    problem: Problem,
    *,
    objective: Sequence[str] = ("placed", "score"),
    gap: float = 0.0,
    time_limit: float | None = None,
    seed: int = 0,
    start: Plan | None = None,
    progress: Listener | None = None,
    changed: ArrayLike | None = None,
) -> Plan:
    """
    Find a best plan, and prove how good it is.

    Seats alone are solved exactly at any size. Under side rules, branching goes on until the plan
    is proven best (or within `gap`). Where 2,000 pairs or more can be used, that may never end, so
    for the score, and for places before it, search by prices comes first. Its bound is one that
    ``check`` can repeat; branching then goes on over the pairs that can still matter: to the end
    with up to 5,000 pairs to choose from, for a while with more. Any other order of levels is left
    to branching at any size: give it a time limit there.

    Parameters
    ----------
    problem : Problem
    objective : sequence of str, default=("placed", "score")
        Levels in order; each is settled among the plans that are best on those before. ``placed``:
        most people; ``tiers``: most of tier 0, then of tier 1, and so on; ``score``: highest sum of
        scores, with the stay bonus; ``moves``: fewest people leave their current slot; and, after
        ``placed``, ``worst``: the highest lowest score of anybody placed, and ``leximin``: then the
        highest second lowest, and so on.
    gap : float, default=0.0
        Relative gap at which a level under side rules counts as done. Seats alone are always exact.
    time_limit : float, optional
        Wall seconds; then the best plan so far is returned, with its true bound.
    seed : int, default=0
        Settles ties, together with the problem's codes; never the order of rows.
    start : Plan, optional
        A plan of this or a similar problem, to start from. It changes the time, and which
        of equally good plans is found; never how good.
    changed : array_like of bool, shape (n_candidates,), optional
        With ``start``: candidates whose scores may differ from those that it was solved with. All
        others have the same scores with the same slots, which is the caller's promise; seats may
        differ. Left out: everything may differ.
    progress : callable, optional
        Is given a ``Progress`` at least every second; returns ``False`` to cancel.

    Returns
    -------
    Plan
        *optimal* with a certificate that ``check`` accepts; *feasible* within the gap, or where a
        search ended before it was proven best; *infeasible* when the rules leave no plan at all;
        *interrupted* with the best so far after Ctrl-C, a cancel or the time limit.

    Raises
    ------
    ProblemError
        If an argument is not accepted.
    """
    order = _order(problem, objective)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ProblemError(f"is {seed!r}; accepted are whole numbers from 0", field="seed")
    if not _is_number(gap) or not 0.0 <= gap < 1.0:
        raise ProblemError(f"is {gap!r}; accepted are numbers from 0 to below 1", field="gap")
    if time_limit is not None and not (_is_number(time_limit) and time_limit >= 0.0):
        raise ProblemError(f"is {time_limit!r}; accepted are seconds from 0", field="time_limit")
    if start is not None and not isinstance(start, Plan):
        raise ProblemError(f"is of type {type(start).__name__}; accepted is a Plan", field="start")
    if progress is not None and not callable(progress):
        raise ProblemError("cannot be called; accepted is a function", field="progress")
    if changed is not None and start is None:
        raise ProblemError("is given without start", field="changed")
    watch = Watch(time_limit, progress)
    try:
        with watch.hearing():
            return _solve(problem, order, gap, int(seed), start, watch, changed)
    except KeyboardInterrupt:
        # While reading; later on solvers hear it themselves, and hand over what they have.
        return unfinished_plan(problem, order, watch.timings)


def _solve(
    problem: Problem,
    order: tuple[str, ...],
    gap: float,
    seed: int,
    start: Plan | None,
    watch: Watch,
    changed: ArrayLike | None,
) -> Plan:
    """Choose who solves a problem, and have it solved."""
    if can_solve(problem, order):
        return solve_transport(
            problem,
            objective=order,
            seed=seed,
            start=start,
            watch=watch,
            changed=_mask_of(changed, problem.shape[0]),
        )
    from matching.solvers.sides.integer import solve_integer  # loads HiGHS, which most never need
    from matching.solvers.sides.large import can_search, solve_large

    if can_search(problem, order):
        plan = solve_large(problem, objective=order, gap=gap, seed=seed, start=start, watch=watch)
        if plan is not None:
            return plan
    return solve_integer(problem, objective=order, gap=gap, seed=seed, start=start, watch=watch)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _mask_of(changed: ArrayLike | None, n: int) -> NDArray[np.bool_] | None:
    if changed is None:
        return None
    mask = np.asarray(changed)
    if mask.dtype != np.bool_ or mask.shape != (n,):
        raise ProblemError(
            f"holds {mask.dtype} of shape {mask.shape}; accepted is a mask of shape ({n},)",
            field="changed",
        )
    return mask


def _order(problem: Problem, objective: Sequence[str]) -> tuple[str, ...]:
    given_problem: object = problem
    if not isinstance(given_problem, Problem):
        kind = type(given_problem).__name__
        raise ProblemError(f"is of type {kind}; accepted is a Problem", field="problem")
    if not isinstance(objective, Iterable):
        raise ProblemError(f"is {objective!r}; accepted is a sequence of levels", field="objective")
    order = (objective,) if isinstance(objective, str) else tuple(objective)
    accepted = f"accepted are, each once: {', '.join(LEVELS)}"
    if not order or len(set(order)) < len(order) or not set(order) <= set(LEVELS):
        raise ProblemError(f"is {', '.join(map(str, order))}; {accepted}", field="objective")
    for late in AFTER_PLACED:
        if late in order and "placed" not in order[: order.index(late)]:
            raise ProblemError(f"has {late} before placed; accepted is after it", field="objective")
    if ("tiers" in order) != (problem.tiers is not None):
        given = "names tiers, and the problem has none" if "tiers" in order else "names no tiers"
        raise ProblemError(
            f"{given}; accepted are both or neither, so that none is given in vain",
            field="objective",
        )
    if "moves" in order and problem.current is None:
        raise ProblemError("names moves, and the problem has no current", field="objective")
    return order
