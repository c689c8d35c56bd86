"""Brute force: tries every plan of a small problem, and so knows the best without being clever."""

from fractions import Fraction
from itertools import product

import numpy as np
from scipy import sparse

from matching.problem import Problem


def all_plans(problem: Problem):
    """Give every feasible plan as a tuple of slots, -1 for no place. For up to six candidates."""
    n, m = problem.shape
    scores = dense(problem)
    choices = []
    for i in range(n):
        if problem.pins is not None and problem.pins[i] >= 0:
            choices.append([int(problem.pins[i])])
        else:
            choices.append([-1, *(j for j in range(m) if scores[i][j] is not None)])
    for slots in product(*choices):
        if all(slots.count(j) <= problem.seats[j] for j in range(m)):
            yield slots


def dense(problem: Problem) -> list[list[Fraction | None]]:
    """Return the scores as exact numbers, ``None`` where a pair is refused."""
    n, m = problem.shape
    rows: list[list[Fraction | None]] = [[None] * m for _ in range(n)]
    if sparse.issparse(problem.scores):
        for i in range(n):
            for at in range(problem.scores.indptr[i], problem.scores.indptr[i + 1]):
                value = problem.scores.data[at].item()
                if value == value:
                    rows[i][problem.scores.indices[at]] = Fraction(value)
    else:
        for i, j in zip(*np.nonzero(~np.isnan(problem.scores)), strict=True):
            rows[i][j] = Fraction(problem.scores[i, j].item())
    return rows


def best_by_brute_force(problem: Problem, objective: tuple[str, ...]) -> tuple:
    """Return the best value of each objective, and after them the highest precedence, in order."""
    return max(_values(problem, slots, objective) for slots in all_plans(problem))


def _values(problem: Problem, slots: tuple[int, ...], objective: tuple[str, ...]) -> tuple:
    scores = dense(problem)
    placed = sum(1 for j in slots if j >= 0)
    score = sum((scores[i][j] for i, j in enumerate(slots) if j >= 0), Fraction(0))
    waited = 0
    if problem.precedence is not None:
        free = problem.pins is None
        waited = sum(
            int(problem.precedence[i])
            for i, j in enumerate(slots)
            if j >= 0 and (free or problem.pins[i] < 0)
        )
    by_name = {"placed": placed, "score": score}
    return (*(by_name[name] for name in objective), waited)
