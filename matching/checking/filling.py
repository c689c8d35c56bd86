"""The second opinion's own way to fill a slot: who adds up to the most within seats and hours."""

import heapq
import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_CELLS: Final = 400_000_000
"""Cells of a table that keeps hours exactly; above it hours are left out, and less is proven."""


def fullest(values: list[int], hours: list[int], seats: int, supply: int | None) -> int:
    """
    Return the most that people can add up to who fit in seats and, if given, in hours together.

    Parameters
    ----------
    values : list of int
        All above 0.
    hours : list of int
        From 0.
    seats : int
    supply : int or None

    Returns
    -------
    int
    """
    useful = _useful(values, hours, seats, supply)
    top = heapq.nlargest(seats, useful)
    most = sum(value for value, _ in top)
    if not top or supply is None or sum(one for _, one in top) <= supply:
        return most
    unit = math.gcd(*(one for _, one in useful))
    room = supply // unit
    if len(useful) * len(top) * (room + 1) > MOST_CELLS:
        return most
    kind: Any = np.int64 if most < 2**62 else object
    return _table(useful, np.zeros((len(top) + 1, room + 1), dtype=kind), unit)


def _useful(
    values: list[int], hours: list[int], seats: int, supply: int | None
) -> list[tuple[int, int]]:
    """
    Leave out whoever needs too many hours, or can be left to others.

    That is whoever is not above as many people as there are seats, who need no more hours: one of
    those is not chosen, and can come instead.
    """
    useful: list[tuple[int, int]] = []
    highest: list[int] = []
    for value, one in sorted(zip(values, hours, strict=True), key=lambda who: (who[1], -who[0])):
        if supply is not None and one > supply:
            break
        if len(highest) < seats:
            heapq.heappush(highest, value)
        elif highest and value > highest[0]:
            heapq.heapreplace(highest, value)
        else:
            continue
        useful.append((value, one))
    return useful


def _table(people: list[tuple[int, int]], best: NDArray[Any], unit: int) -> int:
    """Return the most that a table finds; its rows are seats taken, its columns units of hours."""
    seats, room = best.shape[0] - 1, best.shape[1] - 1
    for value, hours in people:
        need = hours // unit
        joined = best[:seats, : room + 1 - need] + value
        best[1:, need:] = np.maximum(best[1:, need:], joined)
    return int(best[seats, room])
