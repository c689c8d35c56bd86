"""What a published file becomes: a problem with its cost, or the wishes of two sides."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.plan import Plan
from matching.problem import Problem

Number = int | float


@dataclass(frozen=True, eq=False)
class Instance:
    """
    A published problem.

    Costs are to be as low as can be, scores as high as can be. So a pair's score is ``constant -
    cost``, where the constant is more than any cost. With everybody placed, as such problems ask,
    the plan with the highest score is the one with the lowest cost.

    Parameters
    ----------
    name : str
    layout : str
        One of ``published.LAYOUTS``.
    problem : Problem
    maximise : bool
        Whether the published values are to be as high as can be; then they are the scores.
    constant : int, float or None
        Score plus cost of each pair; 0 when maximised, ``None`` when the file has no costs.
    notes : tuple of str
        What its reader should know, such as columns that were not read.
    """

    name: str
    layout: str
    problem: Problem
    maximise: bool = False
    constant: Number | None = 0
    notes: tuple[str, ...] = ()

    objective = ("placed", "score")
    """Everybody has to have a place; then the score counts."""

    def cost(self, plan: Plan) -> Number | None:
        """
        Return the value of a plan as it is published: the sum over the chosen pairs.

        ``None`` when not everybody is placed, for then there is no such value, or when the file has
        no costs.
        """
        if self.constant is None or plan.placed < self.problem.shape[0]:
            return None
        return plan.score if self.maximise else self.constant * plan.placed - plan.score


@dataclass(frozen=True, eq=False)
class Preferences:
    """
    A published problem in which both sides have wishes, for ``solve_stable``.

    Parameters
    ----------
    name : str
    layout : str
        One of ``published.LAYOUTS``.
    candidate_scores, slot_scores : ndarray of float, shape (n_candidates, n_slots)
        Higher is better: the first on a list has as many points as there are on the other side, the
        next one less; those in a tie have the same. ``nan`` is not on the list.
    seats : ndarray of int, shape (n_slots,)
    codes : tuple of two tuples of str
        What the file calls candidates (residents) and slots (hospitals).
    has_ties : bool
    notes : tuple of str
    """

    name: str
    layout: str
    candidate_scores: NDArray[np.float64]
    slot_scores: NDArray[np.float64]
    seats: NDArray[np.int64]
    codes: tuple[tuple[str, ...], tuple[str, ...]]
    has_ties: bool = False
    notes: tuple[str, ...] = ()


def scores_of(costs: Any, maximise: bool) -> tuple[Any, Number]:
    """
    Return scores, higher is better, and the constant that score and cost add up to.

    Parameters
    ----------
    costs : ndarray or sparse coo_array
        ``nan`` is no pair.
    maximise : bool
        Whether higher costs are better; then they are the scores, and the constant is 0.
    """
    values = costs.data if sparse.issparse(costs) else costs
    if maximise or not values.size:
        return costs, 0
    constant = int(np.floor(np.nanmax(values))) + 1
    if sparse.issparse(costs):
        return sparse.coo_array((constant - values, costs.coords), shape=costs.shape), constant
    return constant - values, constant
