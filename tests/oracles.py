"""Brute force: tries every plan of a small problem, and so knows the best without being clever."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from scipy import sparse

from matching.problem import Problem

Exact = int | Fraction


def all_plans(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Give every feasible plan as a tuple of slots, -1 for no place. For up to six candidates."""
    scores, seats = dense(problem), problem.seats.tolist()
    plans: list[tuple[int, ...]] = [()]
    for i, row in enumerate(scores):
        choices = [-1, *(j for j, score in enumerate(row) if score is not None)]
        if problem.pins is not None and problem.pins[i] >= 0:
            choices = [int(problem.pins[i])]
        plans = [(*plan, j) for plan in plans for j in choices if j < 0 or plan.count(j) < seats[j]]
    yield from plans


def dense(problem: Problem) -> list[list[Exact | None]]:
    """Return the scores as exact numbers, `None` where a pair is refused."""
    n, m = problem.shape
    rows: list[list[Exact | None]] = [[None] * m for _ in range(n)]
    entries = sparse.coo_array(problem.scores) if sparse.issparse(problem.scores) else None
    if entries is None:
        given = ((i, j, problem.scores[i, j].item()) for i in range(n) for j in range(m))
    else:
        given = zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True)
    for i, j, value in given:
        if value == value:  # nan is a refusal
            rows[i][j] = int(value) if value == int(value) else Fraction(value)
    return rows


def value_of_plan(
    problem: Problem, slots: Sequence[int], objective: tuple[str, ...]
) -> tuple[Exact, ...]:
    """Return the value of each objective in order, and after them the precedence of the placed."""
    return _value(problem, dense(problem), slots, objective)


def best_by_brute_force(problem: Problem, objective: tuple[str, ...]) -> tuple[Exact, ...]:
    """Return the best value of each objective, and after them the highest precedence, in order."""
    scores = dense(problem)
    return max(_value(problem, scores, slots, objective) for slots in all_plans(problem))


def _value(
    problem: Problem,
    scores: list[list[Exact | None]],
    slots: Sequence[int],
    objective: tuple[str, ...],
) -> tuple[Exact, ...]:
    pairs = [(i, int(j)) for i, j in enumerate(slots) if j >= 0]
    by_name = {"placed": len(pairs), "score": sum(scores[i][j] or 0 for i, j in pairs)}
    waited = 0
    if problem.precedence is not None:
        pins = [-1] * len(slots) if problem.pins is None else problem.pins.tolist()
        waited = sum(int(problem.precedence[i]) for i, _ in pairs if pins[i] < 0)
    return (*(by_name[name] for name in objective), waited)
