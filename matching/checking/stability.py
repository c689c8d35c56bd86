"""
A second opinion on a stable plan: no two may both rather have each other.

It shares no code with the solver.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.exceptions import ProblemError
from matching.plan import Plan


def blocking_pairs(
    candidate_scores: ArrayLike, slot_scores: ArrayLike, seats: ArrayLike, plan: Plan
) -> list[tuple[int, int]]:
    """
    Return every pair that makes a plan unstable.

    A candidate and a slot block a plan when they accept each other, the candidate would strictly
    rather have that slot than what they have, and the slot has a seat left, or would strictly
    rather have that candidate than somebody it holds.

    Parameters
    ----------
    candidate_scores, slot_scores : array_like, shape (n_candidates, n_slots)
        As ``solve_stable`` was given them; ``nan`` is unacceptable.
    seats : array_like of int, shape (n_slots,)
        Places per slot.
    plan : Plan

    Returns
    -------
    list of tuple of int
        ``(candidate, slot)``, in rising order; empty when the plan is stable.

    Raises
    ------
    ProblemError
        If shapes differ, or if the plan is no plan at all: a slot that does not exist, a pair that
        one side does not accept, or more people than seats.

    Examples
    --------
    >>> from matching import solve_stable
    >>> wishes, wanted, seats = [[2, 1], [2, 1]], [[1, 2], [2, 1]], [1, 1]
    >>> blocking_pairs(wishes, wanted, seats, solve_stable(wishes, wanted, seats))
    []
    """
    wishes, wanted, capacity = (
        np.asarray(candidate_scores),
        np.asarray(slot_scores),
        _list_of(seats),
    )
    if wishes.ndim != 2 or wishes.shape != wanted.shape or len(capacity) != wishes.shape[1]:
        raise ProblemError(
            f"have shapes {wishes.shape}, {wanted.shape} and ({len(capacity)},); accepted are "
            "(n_candidates, n_slots) twice and (n_slots,)",
            field="candidate_scores, slot_scores and seats",
        )
    held = _held(wishes, wanted, capacity, plan)
    blocking: list[tuple[int, int]] = []
    for i, mine in enumerate(plan.slots.tolist()):
        for j in range(wishes.shape[1]):
            if j == mine or not _accept_each_other(wishes, wanted, i, j):
                continue
            if mine >= 0 and not wishes[i, j] > wishes[i, mine]:
                continue
            if len(held[j]) < capacity[j] or any(wanted[i, j] > wanted[k, j] for k in held[j]):
                blocking.append((i, j))
    return blocking


def _list_of(seats: ArrayLike) -> list[int]:
    """Return the seats as a plain list."""
    return [int(count) for count in np.asarray(seats).ravel().tolist()]


def _held(
    wishes: NDArray[Any], wanted: NDArray[Any], seats: list[int], plan: Plan
) -> list[list[int]]:
    """Return who is in each slot; refuse what is no plan."""
    n, m = wishes.shape
    if plan.slots.shape != (n,):
        raise ProblemError(f"has shape {plan.slots.shape}; accepted is ({n},)", field="plan.slots")
    held: list[list[int]] = [[] for _ in range(m)]
    for i, j in enumerate(plan.slots.tolist()):
        if j == -1:
            continue
        if not 0 <= j < m:
            wrong = f"is {j}; accepted are slots from 0 to {m - 1}, and -1 for no place"
        elif not _accept_each_other(wishes, wanted, i, j):
            wrong = f"is {j}, and one of the two does not accept the other"
        elif len(held[j]) == seats[j]:
            wrong = f"is {j}, which has only {seats[j]} seats"
        else:
            held[j].append(i)
            continue
        raise ProblemError(wrong, field="plan.slots", row=i)
    return held


def _accept_each_other(wishes: NDArray[Any], wanted: NDArray[Any], i: int, j: int) -> bool:
    return bool(wishes[i, j] == wishes[i, j] and wanted[i, j] == wanted[i, j])  # nan is not nan
