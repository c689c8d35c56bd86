"""Plan: who goes where, how good it is, how certain, and what is needed to prove it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Multipliers:
    """
    Prices that bound one level of a problem with side rules, in whole steps of ``2 ** -exponent``.

    A pair is worth its value on the level, less every price that it pays. For any such prices no
    plan does better on the level, among plans as good as this one on the levels before, than

        sum_i candidate_prices[i] + place_price * placed - sum_l level_prices[l] * value_l
        + sum over resources of prices * supply + sum_q rule_q + sum over apart groups of prices
        + sum_j best_j,

    where ``best_j`` is the most that any set of people who fit in the seats of slot ``j`` (and in
    its hours, for the resource ``knapsack``) can add up to, those pinned there among them, and
    ``rule_q`` is ``most * most_prices - least * least_prices`` of a quota; of one that only holds
    if its slots are open, that plus ``sum_j seats_j * open_prices[q, j]``, or 0 if that is more. A
    pair pays the prices of its candidate, of a place (where ``placed`` comes before), of what it
    draws, and ``most_prices - least_prices`` of quotas that count it, ``open_prices`` of quotas
    whose slots it is in, and its groups' prices; it gains ``level_prices`` times its values on
    levels before. See
    docs/explanation/bounds.md.

    Parameters
    ----------
    candidate_prices : ndarray of int, shape (n_candidates,)
        0 or more.
    place_price : int
        Any sign; 0 where the number of people placed is not settled before.
    resource_prices : tuple of ndarray of int
        One array per resource, in the shape of its supply, 0 or more, per thousandth of its unit.
    least_prices, most_prices : ndarray of int, shape (n_quotas,)
        0 or more.
    knapsack : int
        Which resource, one with a supply per slot, is kept exactly within ``best_j`` (its prices
        are 0); -1 for none.
    exponent : int
    level_prices : tuple of int
        One per level before this one, 0 or more, per whole unit of its value (per step of the
        problem's resolution for scores); 0 for ``placed``, which has its own price. For levels of
        ``worst`` and ``leximin`` 0 as well: pairs below them cannot be chosen any more. Empty is
        all zeros.
    open_prices : ndarray of int, shape (n_quotas, n_slots), or None
        0 or more, and 0 for quotas that always hold. ``None`` is all zeros.
    group_prices : tuple of ndarray of int
        One per group, with a column per slot (or pilot, numbered by first appearance). Apart: shape
        (n_places,), 0 or more. Together: (n_members, n_places), any sign, columns adding up to 0.
        Empty is all zeros.

    Notes
    -----
    On the levels ``worst`` and ``leximin`` the prices bound how many can be placed by pairs that
    score more than the level's bound; they prove it when that is less than are placed.
    """

    candidate_prices: NDArray[Any]
    place_price: int
    resource_prices: tuple[NDArray[Any], ...]
    least_prices: NDArray[Any]
    most_prices: NDArray[Any]
    knapsack: int = -1
    exponent: int = 0
    level_prices: tuple[int, ...] = ()
    open_prices: NDArray[Any] | None = None
    group_prices: tuple[NDArray[Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the prices as plain data."""
        return {
            "candidatePrices": self.candidate_prices.tolist(),
            "placePrice": self.place_price,
            "resourcePrices": [prices.tolist() for prices in self.resource_prices],
            "leastPrices": self.least_prices.tolist(),
            "mostPrices": self.most_prices.tolist(),
            "knapsack": self.knapsack,
            "exponent": self.exponent,
            "levelPrices": list(self.level_prices),
            "openPrices": None if self.open_prices is None else self.open_prices.tolist(),
            "groupPrices": [prices.tolist() for prices in self.group_prices],
        }


@dataclass(frozen=True, eq=False)
class SideCertificate:
    """
    What can be proven again of a plan under side rules, level by level.

    Parameters
    ----------
    multipliers : tuple of Multipliers or None
        One per level of the plan. ``None`` where the level's bound rests on branching alone; where
        the prices prove less than the level's bound, the difference does.
    """

    multipliers: tuple[Multipliers | None, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as plain data."""
        return {"levels": [one.to_json() if one else None for one in self.multipliers]}


@dataclass(frozen=True)
class Level:
    """
    One level of an objective: how good the plan is on it, among plans as good on those before.

    Parameters
    ----------
    name : str
        ``"placed"``, ``"tiers"``, ``"score"``, ``"moves"``, ``"worst"`` or ``"leximin"``.
    value : int or float
        People placed; people of one tier placed; score with stay bonus; people who move; the lowest
        score of anybody placed (for both last).
    bound : int or float
        No plan that is as good on the levels before does better than this: for ``"moves"`` it is
        the fewest, elsewhere the most.
    status : SolveStatus
    detail : int or None
        Which tier, for ``"tiers"``.
    """

    name: str
    value: int | float
    bound: int | float
    status: SolveStatus
    detail: int | None = None

    @property
    def gap(self) -> float:
        """How far the bound lies from the value, relative to the larger; 0 is best."""
        distance = abs(float(self.bound - self.value))
        largest = max(abs(self.bound), abs(self.value))
        return distance / float(largest) if distance > 0 and largest else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the level as plain data."""
        return {
            "name": self.name,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "status": self.status.value,
            "detail": self.detail,
        }


@dataclass(frozen=True)
class Progress:
    """
    Where a solve is: given to the caller's ``progress`` now and then, at least once a second.

    Parameters
    ----------
    seconds : float
        Since the start.
    step : str
        What it is doing, in a word or two.
    level : str
        The level of the objective that it works on.
    value : int, float or None
        Best plan so far on that level, if there is one.
    bound : int, float or None
        What no plan can exceed, if known yet.
    """

    seconds: float
    step: str
    level: str = ""
    value: int | float | None = None
    bound: int | float | None = None


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
    certificate : Certificate, SideCertificate or None
        What ``check`` needs to prove the plan; ``None`` when nothing is claimed.
    objective : tuple of str
        The order of objectives it answers.
    resolution : float
        Step in which scores were read; 1.0 for whole numbers.
    levels : tuple of Level
        Value, bound and status on each level of the objective, in order.
    timings : mapping of str to float
        CPU seconds per step. Not part of the answer: two equal plans may differ in it.
    memory : object
        What a solver keeps for a later ``solve(..., start=plan, changed=...)``. Not part of the
        answer, and not written down.
    """

    slots: NDArray[np.int64]
    placed: int
    score: int | float
    bound: int | float
    status: SolveStatus
    prices: NDArray[Any]
    certificate: Certificate | SideCertificate | None
    objective: tuple[str, ...]
    resolution: float = 1.0
    levels: tuple[Level, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    memory: object = field(default=None, repr=False)

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
            "levels": [level.to_json() for level in self.levels],
            "certificate": self.certificate.to_json() if self.certificate else None,
        }
