"""Whether prices of a certificate are prices at all: of this problem, whole, with true signs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.plan import Multipliers
from matching.problem import Problem

FINEST, LARGEST = 200, 2000
"""Steps up to 2**-200 finer than the problem's, and no exponent beyond 2000 either way."""


def are_prices(
    problem: Problem, prices: Multipliers, level: str, at: int, *, counts_places: bool
) -> bool:
    """
    Whether a certificate's prices have this problem's shapes, and signs that make them prices.

    Parameters
    ----------
    problem : Problem
    prices : Multipliers
    level : str
        Name of the level that they are said to bound.
    at : int
        How many levels come before it.
    counts_places : bool
        Whether the number of people placed is settled by one of those.

    Returns
    -------
    bool
    """
    return (
        _have_shapes(problem, prices)
        and _have_levels(prices, at)
        and type(prices.place_price) is int
        and (counts_places or prices.place_price == 0)
        and type(prices.exponent) is int
        and 0 <= prices.exponent - (problem.exponent if level == "score" else 0) <= FINEST
        and abs(prices.exponent) <= LARGEST
        and _is_knapsack(problem, prices.knapsack)
        and _groups_fit(problem, prices)
    )


def _have_shapes(problem: Problem, prices: Multipliers) -> bool:
    n, m = problem.shape
    n_quotas = len(problem.read_quotas)
    if len(prices.resource_prices) != len(problem.read_resources):
        return False
    shapes: list[tuple[Any, tuple[int, ...]]] = [
        (prices.candidate_prices, (n,)),
        (prices.least_prices, (n_quotas,)),
        (prices.most_prices, (n_quotas,)),
    ]
    for paid, resource in zip(prices.resource_prices, problem.read_resources, strict=True):
        shapes.append((paid, resource.supply.shape))
    if prices.open_prices is not None:
        shapes.append((prices.open_prices, (n_quotas, m)))
    return all(_is_whole(column, shape) and _least(column) >= 0 for column, shape in shapes)


def _have_levels(prices: Multipliers, at: int) -> bool:
    return len(prices.level_prices) in (0, at) and all(
        type(price) is int and price >= 0 for price in prices.level_prices
    )


def _is_whole(column: Any, shape: tuple[int, ...]) -> bool:
    return (
        isinstance(column, np.ndarray)
        and column.shape == shape
        and (
            column.dtype.kind == "i"
            or (column.dtype == object and all(type(one) is int for one in column.ravel().tolist()))
        )
    )


def _least(column: NDArray[Any]) -> int:
    return int(column.min()) if column.size else 0


def _is_knapsack(problem: Problem, k: Any) -> bool:
    if type(k) is not int or not -1 <= k < len(problem.read_resources):
        return False
    return k < 0 or not problem.read_resources[k].shared


def _groups_fit(problem: Problem, prices: Multipliers) -> bool:
    if not prices.group_prices:
        return True
    if len(prices.group_prices) != len(problem.read_groups):
        return False
    pilots = problem.pilot_of_slot
    for paid, group in zip(prices.group_prices, problem.read_groups, strict=True):
        n_places = problem.shape[1]
        if group.within == "pilot":
            n_places = int(pilots.max()) + 1 if len(pilots) else 0
        if group.apart:
            if not _is_whole(paid, (n_places,)) or _least(paid) < 0:
                return False
            continue
        if not _is_whole(paid, (len(group.candidates), n_places)):
            return False
        if any(sum(column) for column in zip(*paid.tolist(), strict=True)):
            return False
    return True
