"""Solvers: one file per method. `solve` picks by what the problem asks."""

from collections.abc import Sequence

from matching.exceptions import ProblemError
from matching.plan import Plan
from matching.policy import OBJECTIVES
from matching.problem import Problem
from matching.solvers.transport import solve_transport

__all__ = ["solve"]


def solve(
    problem: Problem, *, objective: Sequence[str] = ("placed", "score"), seed: int = 0
) -> Plan:
    """
    Find a best plan, exactly.

    Parameters
    ----------
    problem : Problem
    objective : sequence of str, default=("placed", "score")
        The order of objectives: as many people placed as possible and then the highest score, or
        ``("score",)`` alone, which leaves somebody without a place where that scores more.
    seed : int, default=0
        Settles ties, together with the problem's codes; never the order of rows.

    Returns
    -------
    Plan
        With status *optimal* and a certificate that ``check`` accepts.

    Raises
    ------
    ProblemError
        If the objective or the seed is not accepted.
    """
    order = (objective,) if isinstance(objective, str) else tuple(objective)
    if order not in OBJECTIVES:
        accepted = "; ".join(", ".join(known) for known in OBJECTIVES)
        raise ProblemError(
            f"is {', '.join(map(str, order))}; accepted are: {accepted}", field="objective"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ProblemError(f"is {seed}; accepted are whole numbers from 0", field="seed")
    return solve_transport(problem, objective=order, seed=seed)
