"""Instances, and their graphs as files for the peers."""

from pathlib import Path
from typing import Any

import numpy as np

from matching.study.synthetic import StudyInstance, study_instance, study_side_rules


def make(
    n: int, m: int, ratio: float = 0.95, seed: int = 0, density: Any = "study"
) -> StudyInstance:
    """Return an instance by the names that the benchmarks use."""
    return study_instance(n, m, seats_ratio=ratio, seed=seed, density=density)


def write_graph(
    folder: str, budget: tuple[float, float] | None = None, **instance: Any
) -> dict[str, Any]:
    """Write the eligible pairs row by row, the seats, and side rules when a budget is given."""
    made = make(**instance)
    columns = dict(zip(("starts", "slot", "score"), made.graph(), strict=True))
    columns["seats"] = made.seats
    if budget is not None:
        columns.update(_side_rules(made, budget))
    for name, values in columns.items():
        np.save(Path(folder) / f"{name}.npy", values)
    return {"pairs": len(columns["slot"])}


def _side_rules(made: StudyInstance, budget: tuple[float, float]) -> dict[str, Any]:
    (hours,), (in_all, *of_slots) = study_side_rules(made, budget=budget)
    return {
        "hours": hours.demand,
        "supply": hours.supply,
        "group": in_all.candidates,
        "least": in_all.least,
        "most": np.array([quota.most for quota in of_slots]),
    }
