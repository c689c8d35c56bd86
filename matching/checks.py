"""
A second opinion on a plan, from the problem and the certificate alone.

It shares no code with the solvers.

What is proven is weak duality, done again in whole numbers; docs/explanation/proof.md has it in
full.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.plan import Certificate, Plan, SolveStatus
from matching.policy import OBJECTIVES
from matching.problem import Problem


@dataclass(frozen=True)
class Check:
    """
    What the second opinion found.

    Parameters
    ----------
    ok : bool
        No fault was found.
    feasible : bool
        Everybody has at most one place, in an eligible slot with a seat, and pins are kept.
    proof : {"proven", "claimed"}
        Whether the certificate alone proves that no plan does better.
    faults : tuple of str
        What does not hold, one sentence each.
    """

    ok: bool
    feasible: bool
    proof: Literal["proven", "claimed"]
    faults: tuple[str, ...]


def check(problem: Problem, plan: Plan) -> Check:
    """
    Look at a plan afresh: whether it is possible, adds up, and is proven.

    Parameters
    ----------
    problem : Problem
    plan : Plan

    Returns
    -------
    Check
        *claimed* when the plan has no certificate, or one that proves less than the plan says.
    """
    faults = list(_infeasibilities(problem, plan))
    feasible = not faults
    proof: Literal["proven", "claimed"] = "claimed"
    if feasible:
        faults += _wrong_sums(problem, plan)
        if plan.certificate is not None:
            gaps = list(_unproven(problem, plan, plan.certificate))
            proof = "claimed" if gaps else "proven"
            faults += gaps if plan.status is SolveStatus.OPTIMAL else []
    return Check(ok=not faults, feasible=feasible, proof=proof, faults=tuple(faults))


def _infeasibilities(problem: Problem, plan: Plan) -> Iterator[str]:
    n, m = problem.shape
    if plan.slots.shape != (n,) or plan.slots.dtype.kind not in "iu":
        yield f"slots needs {n} whole numbers, has shape {plan.slots.shape} of {plan.slots.dtype}"
        return
    taken = [0] * m
    for i, j in enumerate(plan.slots.tolist()):
        if j == -1:
            continue
        if not 0 <= j < m:
            yield f"candidate {i} has slot {j}, which does not exist"
            continue
        taken[j] += 1
        if _score_of(problem, i, j) is None:
            yield f"candidate {i} has slot {j}, which refuses that candidate"
    for j, count in enumerate(taken):
        if count > int(problem.seats[j]):
            yield f"slot {j} holds {count} people and has {problem.seats[j]} seats"
    if problem.pins is not None:
        for i in np.flatnonzero(problem.pins >= 0).tolist():
            if plan.slots[i] != problem.pins[i]:
                yield f"candidate {i} is fixed to slot {problem.pins[i]} and has {plan.slots[i]}"


def _score_of(problem: Problem, i: int, j: int) -> Fraction | None:
    """Return the score of a pair as an exact number; ``None`` when the pair is refused."""
    if sparse.issparse(problem.scores):
        start, end = problem.scores.indptr[i], problem.scores.indptr[i + 1]
        at = np.flatnonzero(problem.scores.indices[start:end] == j)
        if not len(at):
            return None
        value = problem.scores.data[start + at[0]]
    else:
        value = problem.scores[i, j]
    return None if np.isnan(value) else Fraction(value.item())


def _total(problem: Problem, plan: Plan) -> Fraction:
    pairs = enumerate(plan.slots.tolist())
    return sum((_score_of(problem, i, j) or Fraction(0) for i, j in pairs if j >= 0), Fraction(0))


def _wrong_sums(problem: Problem, plan: Plan) -> Iterator[str]:
    placed = sum(1 for j in plan.slots.tolist() if j >= 0)
    if placed != plan.placed:
        yield f"says that {plan.placed} are placed; {placed} are"
    total = _total(problem, plan)
    if not math.isclose(float(total), plan.score, rel_tol=1e-12, abs_tol=1e-12) or (
        problem.is_whole and total != plan.score
    ):
        yield f"says that the score is {plan.score}; the chosen pairs add up to {float(total)}"
    if not plan.bound >= plan.score:  # nan is no bound either
        yield f"says that no plan scores more than {plan.bound} and scores {plan.score} itself"


def _unproven(problem: Problem, plan: Plan, certificate: Certificate) -> Iterator[str]:
    if not _is_of(problem, certificate):
        yield "the certificate is of another problem"
        return
    if certificate.prices.size and int(certificate.prices.min()) < 0:
        yield "the certificate has a price below 0"
        return
    if plan.objective not in OBJECTIVES:
        yield f"the certificate proves nothing about the objective {plan.objective}"
    counts_places = "placed" in plan.objective
    if counts_places:
        most = _most_that_can_be_placed(problem, certificate)
        if most is None or most != plan.placed:
            yield f"the certificate does not prove that at most {plan.placed} can be placed"
    elif certificate.place_price != 0:
        yield "the certificate prices places, which the objective does not count"
    proven = _proven_bound(problem, plan.placed, certificate)
    step = Fraction(2) ** -certificate.exponent
    if not proven <= plan.bound:
        yield f"the certificate proves a bound of {float(proven)}, the plan claims {plan.bound}"
    # Scores that are not whole are read upwards here and half a step off by the solver.
    slack = Fraction(0) if problem.is_whole else 2 * step * problem.shape[0]
    if proven - _total(problem, plan) > slack:
        yield f"the certificate leaves room for a better plan, up to {float(proven)}"


def _is_of(problem: Problem, certificate: Certificate) -> bool:
    """Whether a certificate has this problem's shape and steps, in usable numbers."""
    n, m = problem.shape
    columns = (
        (certificate.prices, (m,), np.signedinteger),
        (certificate.cover_candidates, (n,), np.bool_),
        (certificate.cover_slots, (m,), np.bool_),
    )
    return (
        all(c.shape == shape and np.issubdtype(c.dtype, kind) for c, shape, kind in columns)
        and type(certificate.place_price) is int
        and certificate.exponent == problem.exponent
    )


def _rows(problem: Problem) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float64]]]:
    """Give each candidate that is not fixed, with its eligible slots and scores."""
    fixed = problem.pins if problem.pins is not None else np.full(problem.shape[0], -1)
    has_seats = _seats_left(problem) > 0
    for i in range(problem.shape[0]):
        if fixed[i] >= 0:
            continue
        if sparse.issparse(problem.scores):
            start, end = problem.scores.indptr[i], problem.scores.indptr[i + 1]
            slots, scores = problem.scores.indices[start:end], problem.scores.data[start:end]
        else:
            slots, scores = np.arange(problem.shape[1]), problem.scores[i]
        eligible = ~np.isnan(scores) & has_seats[slots]
        yield i, slots[eligible], scores[eligible]


def _seats_left(problem: Problem) -> NDArray[np.int64]:
    left = problem.seats.copy()
    if problem.pins is not None:
        np.subtract.at(left, problem.pins[problem.pins >= 0], 1)
    return left


def _most_that_can_be_placed(problem: Problem, certificate: Certificate) -> int | None:
    """Return the size of the cover plus the pins; ``None`` when a pair lies outside."""
    covered = certificate.cover_candidates
    for i, slots, _ in _rows(problem):
        if not covered[i] and not certificate.cover_slots[slots].all():
            return None
    fixed = np.zeros(problem.shape[0], dtype=np.bool_)
    if problem.pins is not None:
        fixed = problem.pins >= 0
    seats: int = sum(_seats_left(problem)[certificate.cover_slots].tolist())
    return int((covered & ~fixed).sum()) + seats + int(fixed.sum())


def _proven_bound(problem: Problem, placed: int, certificate: Certificate) -> Fraction:
    """
    Return what no plan that places as many can exceed, by weak duality.

    For prices p >= 0, place price q and any plan: the sum of its scores is at most
    ``sum_i max(0, max_j(s_ij - p_j) - q) + sum_j seats_j p_j + q * placed``.
    """
    scale = Fraction(2) ** certificate.exponent
    prices = [int(price) for price in certificate.prices]
    pinned = 0 if problem.pins is None else int((problem.pins >= 0).sum())
    bound = certificate.place_price * (placed - pinned)
    bound += sum(
        seats * price for seats, price in zip(_seats_left(problem).tolist(), prices, strict=True)
    )
    price_column = np.array(prices, dtype=object)
    small = max([abs(p) for p in prices], default=0) < 2**62
    for _, slots, scores in _rows(problem):
        if not len(slots):
            continue
        steps = _upwards(scores, certificate.exponent)
        if small and steps.dtype != object:
            best = int((steps - certificate.prices[slots]).max())
        else:
            best = max(int(s) - p for s, p in zip(steps, price_column[slots], strict=True))
        bound += max(0, best - certificate.place_price)
    fixed = Fraction(0)
    if problem.pins is not None:
        for i in np.flatnonzero(problem.pins >= 0).tolist():
            fixed += _score_of(problem, i, int(problem.pins[i])) or 0
    return Fraction(bound) / scale + fixed


def _upwards(scores: NDArray[np.float64], exponent: int) -> NDArray[np.int64]:
    """Return scores in whole steps, rounded upwards so that a bound stays a bound."""
    if scores.dtype.kind in "iu" and exponent == 0:
        return scores.astype(np.int64)
    return np.ceil(np.ldexp(scores, exponent)).astype(np.int64)
