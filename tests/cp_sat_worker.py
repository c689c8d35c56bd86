"""Answers questions by CP-SAT: reads a list of them from standard input, writes the answers."""

import json
import sys
from typing import Any

from ortools.sat.python import cp_model


def answer(question: dict[str, Any]) -> list[Any] | None:
    """Return the best of each step, one after the other; `None` when no plan keeps all rules."""
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in range(question["columns"])]
    for columns, amounts, low, high in question["rows"]:
        total = sum(amount * x[k] for k, amount in zip(columns, amounts, strict=True))
        keep(model, total, low, high)
    answers: list[Any] = []
    for step in question["steps"]:
        if "most" in step:
            total = sum(weight * one for weight, one in zip(step["most"], x, strict=False))
            found = most(model, total)
            if found is None:
                return None
            answers.append(found)
            keep(model, total, found, found)
            continue
        counts: list[int] = []
        for columns in step["fewest"]:
            total = sum(x[k] for k in columns)
            found = most(model, -total)
            if found is None:
                return None
            counts.append(-found)
            if counts[-1] and not step["all"]:
                counts[-1] = 1
                break
            keep(model, total, counts[-1], counts[-1])
        answers.append(counts)
    return answers


def keep(model: cp_model.CpModel, total: Any, low: int | None, high: int | None) -> None:
    """Keep a sum within limits; of nothing it is 0."""
    if isinstance(total, int):
        if (low or 0) > total or (high is not None and high < total):
            model.add_bool_or([])
        return
    if low is not None:
        model.add(total >= low)
    if high is not None:
        model.add(total <= high)


def most(model: cp_model.CpModel, total: Any) -> int | None:
    """Return the most that a sum can be."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if not isinstance(total, int):
        model.maximize(total)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    assert status == cp_model.OPTIMAL
    return total if isinstance(total, int) else round(solver.objective_value)


if __name__ == "__main__":
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
