"""
The second opinion on the proof of a plan that seats alone limit.

What is proven is weak duality, done again in whole numbers; docs/explanation/proof.md has it in
full.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.checking.reading import Exact, is_current, n_stay, pair_blocks, pins_of, seats_left
from matching.plan import Certificate, Plan
from matching.problem import Problem

OBJECTIVES = (("placed", "score"), ("score",))
"""What such a certificate speaks of."""


def unproven_by_seats(
    problem: Problem, plan: Plan, certificate: Certificate, scores: dict[int, Exact | None]
) -> Iterator[str]:
    """Give each thing that a certificate does not prove of what a plan says."""
    if not _is_of(problem, certificate):
        yield "the certificate is of another problem"
        return
    if certificate.prices.size and int(certificate.prices.min()) < 0:
        yield "the certificate has a price below 0"
        return
    if plan.objective not in OBJECTIVES or problem.has_side_rules:
        yield f"the certificate proves nothing about the objective {plan.objective}"
    counts_places = "placed" in plan.objective
    looked = _Look(problem, certificate, counts_places)
    if counts_places:
        if not looked.is_covered or looked.most != plan.placed:
            yield f"the certificate does not prove that at most {plan.placed} can be placed"
    elif certificate.place_price != 0:
        yield "the certificate prices places, which the objective does not count"
    # With a stay bonus the plan's bound is on plans that keep as many people where they are.
    proven = looked.bound(plan.placed) - problem.stay_bonus * n_stay(problem, plan.slots)
    step = Fraction(2) ** -certificate.exponent
    if not proven <= plan.bound:
        yield f"the certificate proves a bound of {float(proven)}, the plan claims {plan.bound}"
    # Scores that are not whole are read upwards here and half a step off by the solver.
    slack = Fraction(0) if problem.is_whole else 2 * step * problem.shape[0]
    if proven - sum((one or 0 for one in scores.values()), Fraction(0)) > slack:
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


class _Look:
    """
    One look at all pairs: whether the cover holds, and what each candidate could get at most.

    For prices p >= 0, place price q and any plan: the sum of its scores is at most
    ``sum_i max(0, max_j(s_ij - p_j) - q) + sum_j seats_j p_j + q * placed``.
    """

    def __init__(self, problem: Problem, certificate: Certificate, counts_places: bool) -> None:
        self.problem, self.certificate = problem, certificate
        pins, seats = pins_of(problem), seats_left(problem)
        self.fixed, self.seats = pins >= 0, seats
        self.is_covered = True
        self.fixed_score = Fraction(0)
        self.gains = 0
        for candidate, slot, score in pair_blocks(problem):
            pinned = pins[candidate] == slot
            self.fixed_score += sum(map(Fraction, score[pinned].tolist()), Fraction(0))
            stays = is_current(problem, candidate, slot)
            self.fixed_score += problem.stay_bonus * int((stays & pinned).sum())
            free = ~self.fixed[candidate] & (seats[slot] > 0)
            candidate, slot, score, stays = candidate[free], slot[free], score[free], stays[free]
            covered = certificate.cover_candidates[candidate] | certificate.cover_slots[slot]
            self.is_covered = self.is_covered and bool(covered.all())
            self.gains += self._gains(candidate, slot, score, stays)

    @property
    def most(self) -> int:
        """The size of the cover plus the pins."""
        covered = self.certificate.cover_candidates & ~self.fixed
        seats: int = sum(self.seats[self.certificate.cover_slots].tolist())
        return int(covered.sum()) + seats + int(self.fixed.sum())

    def bound(self, placed: int) -> Fraction:
        """Return what no plan that places as many can exceed, by weak duality."""
        prices = [int(price) for price in self.certificate.prices]
        bound = self.certificate.place_price * (placed - int(self.fixed.sum())) + self.gains
        bound += sum(
            seats * price for seats, price in zip(self.seats.tolist(), prices, strict=True)
        )
        return Fraction(bound) / Fraction(2) ** self.certificate.exponent + self.fixed_score

    def _gains(
        self,
        candidate: NDArray[np.int64],
        slot: NDArray[np.int64],
        score: NDArray[Any],
        stays: NDArray[np.bool_],
    ) -> int:
        """Return what the candidates of a block can get beyond the prices, added up."""
        if not len(score):
            return 0
        exponent = self.certificate.exponent
        bonus = math.ceil(self.problem.stay_bonus * Fraction(2) ** exponent)
        steps = _upwards(score, exponent) + bonus * stays
        prices = self.certificate.prices
        if int(prices.max()) >= 2**62 or int(np.abs(steps).max()) >= 2**62:
            steps, prices = steps.astype(object), prices.astype(object)
        order = np.argsort(candidate, kind="stable")
        starts = np.flatnonzero(np.diff(candidate[order], prepend=-1))
        best = np.maximum.reduceat((steps - prices[slot])[order], starts)
        price = self.certificate.place_price
        return sum(max(0, one - price) for one in best.tolist())


def _upwards(scores: NDArray[Any], exponent: int) -> NDArray[Any]:
    """Return scores in whole steps, rounded upwards so that a bound stays a bound."""
    if scores.dtype.kind == "i" and exponent == 0:
        return scores.astype(np.int64)
    return np.ceil(np.ldexp(scores.astype(np.float64), exponent)).astype(np.int64)
