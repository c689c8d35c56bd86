"""Solvers: one file per method. `solve` picks by what the problem asks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.exceptions import ProblemError
from matching.plan import Plan
from matching.problem import Problem
from matching.solvers.stable import solve_stable
from matching.solvers.transport import can_solve, solve_transport
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
        *optimal* with a certificate that ``check`` accepts, *feasible* within the gap, *infeasible*
        when the rules leave no plan at all, *interrupted* with the best so far after Ctrl-C, a
        cancel or the time limit.

    Raises
    ------
    ProblemError
        If an argument is not accepted.
    """
    order = _order(problem, objective)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ProblemError(f"is {seed}; accepted are whole numbers from 0", field="seed")
    if not 0.0 <= gap < 1.0:
        raise ProblemError(f"is {gap}; accepted are numbers from 0 to below 1", field="gap")
    if time_limit is not None and not time_limit >= 0.0:
        raise ProblemError(f"is {time_limit}; accepted are seconds from 0", field="time_limit")
    watch = Watch(time_limit, progress)
    if can_solve(problem, order):
        return solve_transport(
            problem,
            objective=order,
            seed=seed,
            start=start,
            watch=watch,
            changed=_mask_of(changed, problem.shape[0]),
        )
    from matching.solvers.integer import solve_integer  # loads HiGHS, which most never need

    return solve_integer(problem, objective=order, gap=gap, seed=seed, start=start, watch=watch)


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
