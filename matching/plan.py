"""Plan: who goes where, how good it is, how certain, and what is needed to prove it again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class SolveStatus(StrEnum):
    """How certain a plan is. Each of them is a proper answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, eq=False)
class Certificate:
    """
    All that is needed to prove a plan again without its solver, in whole numbers.

    Two short arguments (see docs/explanation/proof.md). *Nobody more can be placed*: each pair that
    can still be chosen has its candidate among ``cover_candidates`` or its slot among
    ``cover_slots``, so no plan places more than those candidates plus the seats of those slots. *No
    plan that places as many scores more*: with any prices for seats and any price for a place, the
    best that each candidate could get beyond those prices is an upper bound.

    Parameters
    ----------
    prices : ndarray of int, shape (n_slots,)
        Price of a seat in each slot, 0 or more, in steps of the problem's resolution.
    place_price : int
        Price of a place as such, in the same steps; 0 when the objective does not count places.
    cover_candidates : ndarray of bool, shape (n_candidates,)
    cover_slots : ndarray of bool, shape (n_slots,)
    exponent : int
        Steps are ``2 ** -exponent``.
    """

    prices: NDArray[np.int64]
    place_price: int
    cover_candidates: NDArray[np.bool_]
    cover_slots: NDArray[np.bool_]
    exponent: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as plain data."""
        return {
            "prices": self.prices.tolist(),
            "placePrice": self.place_price,
            "coverCandidates": np.flatnonzero(self.cover_candidates).tolist(),
            "coverSlots": np.flatnonzero(self.cover_slots).tolist(),
            "exponent": self.exponent,
        }


@dataclass(frozen=True, eq=False)
class Plan:
    """
    An answer to a problem.

    Parameters
    ----------
    slots : ndarray of int, shape (n_candidates,)
        The slot of each candidate, -1 for no place.
    placed : int
        How many have a place.
    score : int or float
        Plain sum of the chosen pairs' scores as they were given.
    bound : int or float
        No plan under the same objective scores more: where places come first, none that places as
        many.
    status : SolveStatus
    prices : ndarray, shape (n_slots,)
        What a seat of each slot is worth to the others, in points; 0 where seats are left.
    certificate : Certificate or None
        What ``check`` needs to prove the plan; ``None`` when nothing is claimed.
    objective : tuple of str
        The order of objectives it answers.
    resolution : float
        Step in which scores were read; 1.0 for whole numbers.
    """

    slots: NDArray[np.int64]
    placed: int
    score: int | float
    bound: int | float
    status: SolveStatus
    prices: NDArray[Any]
    certificate: Certificate | None
    objective: tuple[str, ...]
    resolution: float = 1.0

    @property
    def gap(self) -> float:
        """How far the bound lies above the score, relative to the larger; 0 is best."""
        distance = float(self.bound - self.score)
        largest = max(abs(self.bound), abs(self.score))
        return distance / float(largest) if distance > 0 and largest else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return {
            "slots": self.slots.tolist(),
            "placed": self.placed,
            "score": self.score,
            "bound": self.bound,
            "gap": self.gap,
            "status": self.status.value,
            "objective": list(self.objective),
            "resolution": self.resolution,
            "certificate": self.certificate.to_json() if self.certificate else None,
        }
