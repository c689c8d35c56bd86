"""A plan as plain data, and back: with its certificate, so that ``check`` can judge it later."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.filing.certificate import read_certificate
from matching.filing.names import Names
from matching.filing.problem import DEFAULT_OBJECTIVE
from matching.filing.reading import LARGEST_INT, Faults, fault, is_number, told, whole
from matching.plan import Certificate, Level, Plan, SideCertificate, SolveStatus
from matching.problem import Problem

KEYS: Final = (
    "title",
    "note",
    "placements",
    "slots",
    "placed",
    "score",
    "bound",
    "gap",
    "status",
    "objective",
    "resolution",
    "levels",
    "prices",
    "certificate",
    "check",
    "cost",
    "blockingPairs",
)
LEVEL_KEYS: Final = ("name", "value", "bound", "gap", "status", "detail")
LOWEST: Final = -LARGEST_INT - 1


def plan_to_json(plan: Plan, problem: Problem | None = None) -> dict[str, Any]:
    """
    Return a plan as plain data, which ``plan_from_json`` reads back.

    Parameters
    ----------
    plan : Plan
    problem : Problem, optional
        With its codes the answer also says by code who goes where.

    Returns
    -------
    dict
        ``Plan.to_json()`` with prices, and ``null`` where a bound is infinite. Timings are left
        out: the same problem and seed give the same data.
    """
    data: dict[str, Any] = {}
    if problem is not None and problem.codes is not None:
        who, where = problem.codes
        pairs = enumerate(plan.slots.tolist())
        data["placements"] = {
            str(who[i]): str(where[j]) if 0 <= j < len(where) else None for i, j in pairs
        }
    data |= plan.to_json()
    data["prices"] = plan.prices.tolist()
    plain: dict[str, Any] = _plain(data)
    return plain


def plan_from_json(data: Any, problem: Problem) -> Plan:
    """
    Read a plan from plain data, as JSON gives it.

    Parameters
    ----------
    data : object
        As ``plan_to_json`` writes it, or only ``placements`` or ``slots``: what is left out is
        worked out from these. Such a plan claims nothing about being best.
    problem : Problem
        What the plan is an answer to.

    Returns
    -------
    Plan
        As the file has it; whether it holds is for ``check`` to say.

    Raises
    ------
    FileError
        With all faults that were found, each with its field, its row and what is accepted.
    """
    if not isinstance(data, dict):
        raise fault(f"is {told(data)}; accepted is an object with slots or placements", "plan")
    return _Reader(data, problem).read()


def _plain(value: Any) -> Any:
    """Return plain data without what JSON cannot say."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class _Reader:
    """Reads the parts of one plan; what is wrong goes to ``faults``, and reading goes on."""

    def __init__(self, data: dict[str, Any], problem: Problem) -> None:
        self.data, self.problem, self.faults = data, problem, Faults()
        n, m = problem.shape
        codes = (None, None) if problem.codes is None else tuple(map(tuple, problem.codes))
        self.candidates = Names("candidates", n, codes[0])
        self.slots = Names("slots", m, codes[1])

    def read(self) -> Plan:
        self.faults.twice(self.data, "plan")
        self.faults.unknown_keys(self.data, KEYS, "plan")
        slots = self._slots()
        self.faults.settle()  # all else is about these
        counted, added = self._placed_and_score(slots)
        certificate = read_certificate(
            self.data.get("certificate"), self.problem.shape, self.faults
        )
        plan = Plan(
            slots=slots,
            placed=self._whole(self.data, "placed", "", counted),
            score=self._number(self.data, "score", "", added),
            bound=self._number(self.data, "bound", "", math.inf),
            status=self._status(self.data.get("status", "feasible"), "status"),
            prices=self._prices(certificate),
            certificate=certificate,
            objective=self._objective(),
            resolution=self._number(self.data, "resolution", "", self.problem.resolution),
            levels=self._levels(),
        )
        self.faults.settle()
        return plan

    # Who goes where

    def _slots(self) -> NDArray[np.int64]:
        by_code, by_row = self.data.get("placements"), self.data.get("slots")
        if by_code is None and by_row is None:
            self.faults.add("needs one of the two", "placements and slots")
        read = [
            self._placements(given, key)
            for key, given in (("placements", by_code), ("slots", by_row))
            if given is not None
        ]
        if self.faults.found:
            return np.zeros(0, dtype=np.int64)
        for row in np.flatnonzero(read[0] != read[-1]).tolist():
            self.faults.add("says another slot than placements; accepted is the same", "slots", row)
        return read[-1]

    def _placements(self, given: Any, key: str) -> NDArray[np.int64]:
        def slot(value: Any, field: str, row: int) -> int | None:
            if value is None:
                return -1
            # A position may lie outside the problem: that is for `check` to say.
            position = whole(value, LOWEST)
            return self.slots.find(value, self.faults, field, row) if position is None else position

        column = self.candidates.column(given, slot, self.faults, key, missing=-1)
        return np.array(column, dtype=np.int64)

    def _placed_and_score(self, slots: NDArray[np.int64]) -> tuple[int, int | float]:
        chosen = [(i, j) for i, j in enumerate(slots.tolist()) if j >= 0]
        known = {"placed", "score"} <= set(self.data)
        if known or self.problem.has_source or any(j >= self.problem.shape[1] for _, j in chosen):
            return len(chosen), 0
        is_chosen = slots[self.problem.pair_candidate] == self.problem.pair_slot
        values = self.problem.pair_score[is_chosen].tolist()
        whole_sum = sum(map(int, values)) if self.problem.is_whole else math.fsum(values)
        return len(chosen), whole_sum

    # What it claims

    def _levels(self) -> tuple[Level, ...]:
        levels = []
        for row, given in enumerate(self._list(self.data, "levels", "")):
            field = f"levels[{row}]"
            if not self._is_object(given, field, LEVEL_KEYS):
                continue
            name = given.get("name")
            if not isinstance(name, str):
                self.faults.add(f"is {told(name)}; accepted is a name", f"{field}.name")
            no_bound = -math.inf if name == "moves" else math.inf  # fewest, not most
            detail = given.get("detail")
            levels.append(
                Level(
                    str(name),
                    self._number(given, "value", field, None),
                    self._number(given, "bound", field, no_bound),
                    self._status(given.get("status"), f"{field}.status"),
                    None if detail is None else self._whole(given, "detail", field, 0),
                )
            )
        return tuple(levels)

    def _prices(self, certificate: Certificate | SideCertificate | None) -> NDArray[Any]:
        if self.data.get("prices") is not None:
            prices = self._list(self.data, "prices", "")
            for row, price in enumerate(prices):
                if not is_number(price):
                    self.faults.add(f"is {told(price)}; accepted are numbers", "prices", row)
            return np.array([price for price in prices if is_number(price)])
        if isinstance(certificate, Certificate):
            steps = certificate.prices
            return steps if self.problem.is_whole else steps * self.problem.resolution
        return np.zeros(self.problem.shape[1], dtype=np.int64)

    # Values

    def _objective(self) -> tuple[str, ...]:
        given = self.data.get("objective", list(DEFAULT_OBJECTIVE))
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            self.faults.add(f"is {told(given)}; accepted is a list of names", "objective")
            return DEFAULT_OBJECTIVE
        return tuple(given)

    def _status(self, given: Any, field: str) -> SolveStatus:
        if given in [status.value for status in SolveStatus]:
            return SolveStatus(given)
        accepted = ", ".join(status.value for status in SolveStatus)
        self.faults.add(f"is {told(given)}; accepted are {accepted}", field)
        return SolveStatus.FEASIBLE

    def _is_object(self, given: Any, field: str, keys: tuple[str, ...]) -> bool:
        if not isinstance(given, dict):
            self.faults.add(f"is {told(given)}; accepted is an object", field)
            return False
        self.faults.twice(given, field)
        self.faults.unknown_keys(given, keys, field)
        return True

    def _list(self, given: dict[str, Any], key: str, field: str) -> list[Any]:
        value = given.get(key, [])
        if isinstance(value, list):
            return value
        self.faults.add(f"is {told(value)}; accepted is a list", _at(field, key))
        return []

    def _whole(self, given: dict[str, Any], key: str, field: str, default: int | None) -> int:
        if key not in given and default is not None:
            return default
        value = given.get(key)
        # Sums of prices may need more than 64 bits; Python's whole numbers have no end.
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        number = self.faults.whole(value, _at(field, key), low=LOWEST, high=LARGEST_INT)
        return number or 0

    def _number(
        self, given: dict[str, Any], key: str, field: str, default: int | float | None
    ) -> int | float:
        value = given.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.faults.add(f"is {told(value)}; accepted are numbers", _at(field, key))
            return 0
        return value


def _at(field: str, key: str) -> str:
    return f"{field}.{key}" if field else key
