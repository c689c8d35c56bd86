"""Side rules in a file: resources, quotas and groups."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.filing.names import Names
from matching.filing.reading import Faults, is_number, told
from matching.filing.scores import is_list_of_objects, read_pairs, read_table
from matching.sides import Group, Quota, Resource

RESOURCE_KEYS: Final = ("name", "demand", "pairs", "supply", "slots")
QUOTA_KEYS: Final = ("name", "candidates", "slots", "least", "most", "ifOpen")
GROUP_KEYS: Final = ("name", "candidates", "apart", "within")


def read_rules(
    data: dict[str, Any], candidates: Names, slots: Names, faults: Faults
) -> dict[str, Any]:
    """Return resources, quotas and groups of a file; what is wrong goes to ``faults``."""
    reader = _Rules(candidates, slots, faults)
    return {
        "resources": reader.read_list(data, "resources", RESOURCE_KEYS, reader.resource),
        "quotas": reader.read_list(data, "quotas", QUOTA_KEYS, reader.quota),
        "groups": reader.read_list(data, "groups", GROUP_KEYS, reader.group),
    }


@dataclass
class _Rules:
    candidates: Names
    slots: Names
    faults: Faults

    def read_list(
        self,
        data: dict[str, Any],
        key: str,
        keys: tuple[str, ...],
        read: Callable[[dict[str, Any], str], Any],
    ) -> list[Any]:
        given = data.get(key, [])
        if not isinstance(given, list):
            self.faults.add(f"is {told(given)}; accepted is a list", key)
            return []
        rules = []
        for row, one in enumerate(given):
            field = f"{key}[{row}]"
            if not isinstance(one, dict):
                self.faults.add(f"is {told(one)}; accepted is an object", field)
                continue
            self.faults.twice(one, field)
            self.faults.unknown_keys(one, keys, field)
            name = one.get("name")
            if not isinstance(name, str) or not name.strip():
                self.faults.add(f"is {told(name)}; accepted is a name", f"{field}.name")
            rules.append(read(one, field))
        return rules

    def resource(self, given: dict[str, Any], field: str) -> Resource:
        slots = None
        if given.get("slots") is not None:
            slots = self.slots.find_all(given["slots"], self.faults, f"{field}.slots")
        return Resource(
            given.get("name", ""),
            self._demand(given, field),
            self._supply(given, f"{field}.supply", slots),
            None if slots is None else np.array(slots, dtype=np.int64),
        )

    def quota(self, given: dict[str, Any], field: str) -> Quota:
        most = given.get("most")
        return Quota(
            given.get("name", ""),
            self._members(given, field, self.candidates),
            self._members(given, field, self.slots),
            least=self.faults.whole(given.get("least", 0), f"{field}.least") or 0,
            most=None if most is None else self.faults.whole(most, f"{field}.most"),
            if_open=self._yes_or_no(given, field, "ifOpen"),
        )

    def group(self, given: dict[str, Any], field: str) -> Group:
        within = given.get("within", "slot")
        if within not in ("slot", "pilot"):
            self.faults.add(
                f"is {told(within)}; accepted are 'slot' and 'pilot'", f"{field}.within"
            )
        if "candidates" not in given:
            self.faults.add("is missing; accepted is a list of people", f"{field}.candidates")
        return Group(
            given.get("name", ""),
            self._members(given, field, self.candidates),
            apart=self._yes_or_no(given, field, "apart"),
            within=within,
        )

    def _demand(self, given: dict[str, Any], field: str) -> Any:
        demand, pairs = given.get("demand"), given.get("pairs")
        if (demand is None) == (pairs is None):
            self.faults.add("accepted is one of the two", f"{field}.demand and {field}.pairs")
            return None
        if pairs is not None or is_list_of_objects(demand):
            where, rows = ("pairs", pairs) if pairs is not None else ("demand", demand)
            return read_pairs(
                rows,
                self.candidates,
                self.slots,
                self.faults,
                f"{field}.{where}",
                value_key="demand",
            )
        if isinstance(demand, list) and any(isinstance(row, list) for row in demand):
            shape = (self.candidates.count, self.slots.count)
            return read_table(demand, shape, self.faults, f"{field}.demand", refusals=False)
        if not isinstance(demand, list | dict):
            demand = [demand] * self.candidates.count
        column = self.candidates.column(
            demand, self._quantity, self.faults, f"{field}.demand", missing=0.0
        )
        return np.array(column, dtype=np.float64)

    def _supply(self, given: dict[str, Any], field: str, slots: list[int] | None) -> Any:
        if "supply" not in given:
            self.faults.add(
                "is missing; accepted are a number, numbers by slot, and null for no limit", field
            )
            return 0
        supply = given["supply"]
        if not isinstance(supply, list | dict):
            return self._quantity_or_no_limit(supply, field, None)
        if isinstance(supply, dict) and slots is not None:
            self.faults.twice(supply, field)
            idle = {key: 0 for key, row in self.slots.row_of.items() if row not in slots}
            supply = idle | supply  # a slot that does not draw on the resource needs no supply
        column = self.slots.column(supply, self._quantity_or_no_limit, self.faults, field)
        return np.array(column, dtype=np.float64)

    def _quantity_or_no_limit(self, value: Any, field: str, row: int | None) -> float | None:
        return np.inf if value is None else self._quantity(value, field, row)

    def _quantity(self, value: Any, field: str, row: int | None) -> float | None:
        if not is_number(value) or value < 0:
            self.faults.add(f"is {told(value)}; accepted are numbers from 0", field, row)
            return None
        return float(value)

    def _members(self, given: dict[str, Any], field: str, names: Names) -> NDArray[np.bool_]:
        """Return a mask of the rows that a rule is about; all, when it names none."""
        mask = np.full(names.count, names.kind not in given, dtype=np.bool_)
        if names.kind in given:
            mask[names.find_all(given[names.kind], self.faults, f"{field}.{names.kind}")] = True
        return mask

    def _yes_or_no(self, given: dict[str, Any], field: str, key: str) -> bool:
        value = given.get(key, False)
        if not isinstance(value, bool):
            self.faults.add(f"is {told(value)}; accepted are true and false", f"{field}.{key}")
        return value is True
