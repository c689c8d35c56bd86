"""How the second opinion reads a problem: eligible pairs in blocks, and exact scores of a plan."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.arrays import Ints
from matching.problem import Problem
from matching.source import REFUSED, ScoreSource

Exact = int | Fraction

PAIRS_AT_A_TIME: Final = 1 << 22
"""About 100 MB of columns."""


def pair_blocks(problem: Problem) -> Iterator[tuple[Ints, Ints, NDArray[Any]]]:
    """Give candidate, slot and score of all pairs that are not refused, some rows at a time."""
    n, m = problem.shape
    height = max(1, PAIRS_AT_A_TIME // max(1, m))
    for first in range(0, n, height):
        last = min(n, first + height)
        if isinstance(problem.scores, ScoreSource):
            block = problem.scores.rows(np.arange(first, last))
            candidate, slot = np.nonzero(block != REFUSED)
            score: NDArray[Any] = block[candidate, slot].astype(np.int64)
        elif sparse.issparse(problem.scores):
            part = sparse.coo_array(problem.scores[first:last])
            known = ~np.isnan(part.data)
            candidate, slot, score = part.row[known], part.col[known], part.data[known]
        else:
            block = problem.scores[first:last]
            candidate, slot = np.nonzero(~np.isnan(block))
            score = block[candidate, slot]
        yield candidate.astype(np.int64) + first, slot.astype(np.int64), score


def steps_of(problem: Problem, score: NDArray[Any]) -> Ints:
    """Return scores in whole steps of the problem's resolution, the nearest."""
    if problem.is_whole:
        return score.astype(np.int64)
    out: Ints = np.rint(np.ldexp(score.astype(np.float64), problem.exponent)).astype(np.int64)
    return out


def scores_of_plan(problem: Problem, slots: Ints) -> dict[int, Exact | None]:
    """Return the exact score of everybody placed; ``None`` where the pair is refused."""
    placed = np.flatnonzero(slots >= 0)
    found: dict[int, Exact | None] = {}
    if isinstance(problem.scores, ScoreSource):
        height = max(1, PAIRS_AT_A_TIME // max(1, problem.shape[1]))
        for first in range(0, len(placed), height):
            some = placed[first : first + height]
            scores = problem.scores.rows(some)[np.arange(len(some)), slots[some]]
            for i, value in zip(some.tolist(), scores.tolist(), strict=True):
                found[i] = None if value == REFUSED else value
        return found
    for i in placed.tolist():
        found[i] = _score(problem.scores, i, int(slots[i]))
    return found


def _score(scores: Any, i: int, j: int) -> Exact | None:
    if sparse.issparse(scores):
        start, end = scores.indptr[i], scores.indptr[i + 1]
        at = np.flatnonzero(scores.indices[start:end] == j)
        if not len(at):
            return None
        value = scores.data[start + at[0]].item()
    else:
        value = scores[i, j].item()
    if value != value:
        return None
    return value if isinstance(value, int) else Fraction(value)


def pins_of(problem: Problem) -> Ints:
    """Return the slot that each candidate is fixed to, -1 for none."""
    n = problem.shape[0]
    return np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins


def seats_left(problem: Problem) -> Ints:
    """Return the seats of each slot that pins leave."""
    pins = pins_of(problem)
    out: Ints = problem.seats - np.bincount(pins[pins >= 0], minlength=problem.shape[1])
    return out


def is_current(problem: Problem, candidate: Ints, slot: Ints) -> NDArray[np.bool_]:
    """Return which pairs are the slot that their candidate has now."""
    if problem.current is None:
        return np.zeros(len(slot), dtype=np.bool_)
    return np.asarray(problem.current[candidate] == slot, dtype=np.bool_)


def n_stay(problem: Problem, slots: Ints) -> int:
    """Return how many keep their current slot."""
    placed = np.flatnonzero(slots >= 0)
    return int(is_current(problem, placed, slots[placed]).sum())
