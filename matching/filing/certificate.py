"""Certificates out of a file: whole numbers in lists, as ``to_json`` writes them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.filing.reading import LARGEST_INT, Faults, told
from matching.plan import Certificate, Multipliers, SideCertificate

KEYS: Final = ("prices", "placePrice", "coverCandidates", "coverSlots", "exponent")
MULTIPLIER_KEYS: Final = (
    "candidatePrices",
    "placePrice",
    "resourcePrices",
    "leastPrices",
    "mostPrices",
    "knapsack",
    "exponent",
    "levelPrices",
    "openPrices",
    "groupPrices",
)


def read_certificate(
    given: Any, shape: tuple[int, int], faults: Faults
) -> Certificate | SideCertificate | None:
    """
    Read a certificate of either kind.

    Parameters
    ----------
    given : object
        As ``to_json`` of a certificate writes it; ``None`` for none.
    shape : tuple of int
        Of the problem.
    faults : Faults
        What is wrong is noted here. Whether the shapes fit and the numbers prove anything is for
        ``check`` to say.
    """
    if given is None:
        return None
    if isinstance(given, dict) and "levels" in given:
        part = _Part(given, "certificate", ("levels",), faults)
        return SideCertificate(
            tuple(
                None
                if one is None
                else _multipliers(one, f"certificate.levels[{row}]", shape[1], faults)
                for row, one in enumerate(part.items("levels"))
            )
        )
    part = _Part(given, "certificate", KEYS, faults)
    return Certificate(
        prices=part.array("prices"),
        place_price=part.whole("placePrice"),
        cover_candidates=part.mask("coverCandidates", shape[0]),
        cover_slots=part.mask("coverSlots", shape[1]),
        exponent=part.whole("exponent", 0),
    )


def _multipliers(given: Any, field: str, n_slots: int, faults: Faults) -> Multipliers:
    part = _Part(given, field, MULTIPLIER_KEYS, faults)
    open_prices = None if part.get("openPrices") is None else part.array("openPrices")
    if open_prices is not None and not open_prices.size:
        open_prices = np.zeros((0, n_slots), dtype=np.int64)  # JSON says no columns of no rows
    return Multipliers(
        candidate_prices=part.array("candidatePrices"),
        place_price=part.whole("placePrice"),
        resource_prices=part.arrays("resourcePrices"),
        least_prices=part.array("leastPrices"),
        most_prices=part.array("mostPrices"),
        knapsack=part.whole("knapsack", -1),
        exponent=part.whole("exponent", 0),
        level_prices=tuple(part.array("levelPrices").tolist()),
        open_prices=open_prices,
        group_prices=part.arrays("groupPrices"),
    )


@dataclass
class _Part:
    """One object of a certificate; of what is none, everything is empty, and noted."""

    given: Any
    field: str
    keys: tuple[str, ...]
    faults: Faults

    def __post_init__(self) -> None:
        if isinstance(self.given, dict):
            self.faults.twice(self.given, self.field)
            self.faults.unknown_keys(self.given, self.keys, self.field)
        else:
            self.faults.add(f"is {told(self.given)}; accepted is an object", self.field)
            self.given = {}

    def get(self, key: str) -> Any:
        return self.given.get(key)

    def items(self, key: str) -> list[Any]:
        value = self.given.get(key, [])
        if isinstance(value, list):
            return value
        self.faults.add(f"is {told(value)}; accepted is a list", f"{self.field}.{key}")
        return []

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number of any size: sums of prices may need more than 64 bits."""
        value = self.given.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.faults.add(f"is {told(value)}; accepted are whole numbers", f"{self.field}.{key}")
        return 0

    def array(self, key: str) -> NDArray[Any]:
        return self._array(self.items(key), f"{self.field}.{key}")

    def arrays(self, key: str) -> tuple[NDArray[Any], ...]:
        return tuple(
            self._array(one, f"{self.field}.{key}[{row}]")
            for row, one in enumerate(self.items(key))
        )

    def mask(self, key: str, length: int) -> NDArray[np.bool_]:
        mask = np.zeros(length, dtype=np.bool_)
        for row, value in enumerate(self.items(key)):
            at = self.faults.whole(value, f"{self.field}.{key}", row, high=length - 1)
            if at is not None:
                mask[at] = True
        return mask

    def _array(self, value: Any, field: str) -> NDArray[Any]:
        """Return a list, or a list of rows, of whole numbers; 64 bits where they fit."""
        rows = value if isinstance(value, list) else [value]
        if rows and all(isinstance(row, list) for row in rows):
            flat = [number for row in rows for number in row]
            shape: tuple[int, ...] = (len(rows), len(rows[0]))
        else:
            flat, shape = rows, (len(rows),)
        for at, number in enumerate(flat):
            if not isinstance(number, int) or isinstance(number, bool):
                accepted = "a list of whole numbers"
                self.faults.add(f"holds {told(number)}; accepted is {accepted}", field, at)
                return np.zeros(0, dtype=np.int64)
        if len(flat) != np.prod(shape, dtype=int):
            self.faults.add("has rows of different lengths", field)
            return np.zeros(0, dtype=np.int64)
        fits = all(abs(number) <= LARGEST_INT for number in flat)
        return np.array(flat, dtype=np.int64 if fits else object).reshape(shape)
