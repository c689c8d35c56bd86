"""
Stable matching: candidates propose, slots keep the best, until nobody wants to propose any more.

Gale and Shapley's deferred acceptance, with several seats per slot [1]_. With strict wishes the
plan is *candidate-optimal*: each candidate gets the best slot that any stable plan could give [2]_.

.. [1] Gale and Shapley (1962). American Mathematical Monthly 69(1).
   https://doi.org/10.1080/00029890.1962.11989827
.. [2] Roth and Sotomayor (1990). Two-Sided Matching, chapter 5. Cambridge University Press.
"""

import heapq
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.arrays import Bools, Ints
from matching.exceptions import ProblemError
from matching.plan import Plan, SolveStatus

Scores = NDArray[np.int64] | NDArray[np.float64]

MOST_SEATS = 2**62
"""As in a problem."""


def solve_stable(candidate_scores: ArrayLike, slot_scores: ArrayLike, seats: ArrayLike) -> Plan:
    """
    Find the stable plan that is best for candidates.

    A plan is stable when no candidate and slot would both rather have each other: the candidate
    than what they have, the slot than somebody it holds, or than a seat that is left.

    Parameters
    ----------
    candidate_scores : array_like, shape (n_candidates, n_slots)
        How much each candidate wants each slot; higher is better, ``nan`` is unacceptable. Only the
        order matters.
    slot_scores : array_like, shape (n_candidates, n_slots)
        How much each slot wants each candidate, likewise. What is unacceptable to either side is
        never chosen.
    seats : array_like of int, shape (n_slots,)
        Places per slot, 0 or more.

    Returns
    -------
    Plan
        Its objective is ``("stable",)`` and its status *optimal*: a stable plan always exists. Its
        score, and bound, is the sum of ``candidate_scores``. There is no certificate;
        ``blocking_pairs`` looks for pairs that make it unstable.

    Raises
    ------
    ProblemError
        If shapes differ, a score is infinite or no number, or seats are not whole numbers from 0.

    Notes
    -----
    Equal scores are settled by position: the first slot, the first candidate. With ties the plan is
    *weakly* stable: no two would both strictly rather have each other. Another order of the rows
    may then place other people, and another number of them.

    Examples
    --------
    >>> plan = solve_stable([[2, 1], [2, 1]], [[1, 2], [2, 1]], [1, 1])
    >>> plan.slots.tolist()
    [1, 0]
    """
    wishes = _scores(candidate_scores, "candidate_scores")
    wanted = _scores(slot_scores, "slot_scores")
    if wishes.shape != wanted.shape:
        raise ProblemError(
            f"has shape {wanted.shape}; accepted is that of candidate_scores, {wishes.shape}",
            field="slot_scores",
        )
    m = wishes.shape[1]
    capacity = _seats(seats, m)
    acceptable = ~(np.isnan(wishes) | np.isnan(wanted))
    slots = _propose(_best_first(wishes), _best_first(wanted.T).T, acceptable, capacity)
    placed = np.flatnonzero(slots >= 0)
    gained = wishes[placed, slots[placed]].tolist()
    is_whole = all(value == int(value) for value in gained)
    score = sum(map(int, gained)) if is_whole else math.fsum(gained)
    return Plan(
        slots=slots,
        placed=len(placed),
        score=score,
        bound=score,
        status=SolveStatus.OPTIMAL,
        prices=np.zeros(m, dtype=np.int64),
        certificate=None,
        objective=("stable",),
    )


def _propose(order: Ints, liked: Ints, acceptable: Bools, seats: list[int]) -> Ints:
    """
    Let everybody propose down their list until each is held, or has no slot left to ask.

    ``order[i]`` are the slots of candidate ``i``, best first; ``liked[:, j]`` the candidates of
    slot ``j`` likewise.
    """
    n, m = order.shape
    place_in_liking = np.empty((n, m), dtype=np.int64)
    np.put_along_axis(place_in_liking, liked, np.arange(n, dtype=np.int64)[:, None], axis=0)
    lists = [row[acceptable[i, row]].tolist() for i, row in enumerate(order)]
    next_wish = [0] * n
    held: list[list[tuple[int, int]]] = [[] for _ in range(m)]  # heaps, the least liked on top
    to_propose = list(range(n - 1, -1, -1))
    while to_propose:
        i = to_propose.pop()
        while next_wish[i] < len(lists[i]):
            j = lists[i][next_wish[i]]
            next_wish[i] += 1
            one = (-int(place_in_liking[i, j]), i)
            if len(held[j]) < seats[j]:
                heapq.heappush(held[j], one)
                break
            if held[j] and one > held[j][0]:
                to_propose.append(heapq.heapreplace(held[j], one)[1])
                break
    slots = np.full(n, -1, dtype=np.int64)
    for j, heap in enumerate(held):
        slots[[i for _, i in heap]] = j
    return slots


def _best_first(scores: Scores) -> Ints:
    """Return each row's columns from high to low, equals by position; ``nan`` anywhere."""
    falling: Ints = np.argsort(scores[:, ::-1], axis=1, kind="stable")[:, ::-1]
    order: Ints = scores.shape[1] - 1 - falling
    return order


def _scores(values: ArrayLike, field: str) -> Scores:
    array = _array(values, field)
    if array.ndim != 2:
        raise ProblemError(
            f"has shape {array.shape}; accepted is (n_candidates, n_slots)", field=field
        )
    if array.size == 0:
        return array.astype(np.float64)
    if array.dtype.kind == "u" and int(array.max()) > np.iinfo(np.int64).max:
        raise ProblemError("is too large; accepted are 64-bit whole numbers", field=field)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    if array.dtype.kind != "f":
        raise ProblemError(f"holds {array.dtype}; accepted are numbers and nan", field=field)
    if np.isinf(array).any():
        raise ProblemError(
            "is infinite; accepted are numbers, and nan for what is unacceptable",
            field=field,
            row=int(np.argwhere(np.isinf(array))[0][0]),
        )
    return array.astype(np.float64)


def _seats(values: ArrayLike, m: int) -> list[int]:
    array = _array(values, "seats")
    if array.shape != (m,):
        raise ProblemError(f"has shape {array.shape}; accepted is ({m},)", field="seats")
    seats = []
    for row, value in enumerate(array.tolist()):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= MOST_SEATS or value != int(value):
            raise ProblemError(
                f"is {value}; accepted are whole numbers from 0", field="seats", row=row
            )
        seats.append(int(value))
    return seats


def _array(values: ArrayLike, field: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ProblemError("has rows of different lengths", field=field) from error
