"""
Problems and plans as JSON files, and back.

A problem file can be written by hand: candidates and slots go by code, and each fault is told with
its field, its row and what is accepted, all of them at once. A stored plan keeps its certificate,
so that ``check`` can judge it on another day. docs/reference/problem-file.md has every field.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matching.filing.plan import plan_from_json, plan_to_json
from matching.filing.problem import ProblemFile, problem_from_json
from matching.filing.problem_out import problem_to_json
from matching.filing.reading import parse_json, read_text
from matching.plan import Plan
from matching.problem import Problem

__all__ = [
    "ProblemFile",
    "parse_plan",
    "parse_problem",
    "plan_from_json",
    "plan_to_json",
    "problem_from_json",
    "problem_to_json",
    "read_plan",
    "read_problem",
    "to_text",
    "write_plan",
    "write_problem",
]


def read_problem(path: Path | str) -> ProblemFile:
    """
    Read a problem file.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    ProblemFile
        The problem, the objective that the file asks for, and its title.

    Raises
    ------
    FileError
        If it cannot be read: all faults, each with its field, its row and what is accepted.
    """
    return parse_problem(read_text(Path(path)))


def parse_problem(text: str) -> ProblemFile:
    """
    Read a problem from JSON text, as ``read_problem`` does from a file.

    Examples
    --------
    >>> from matching import solve
    >>> found = parse_problem('{"candidates": ["K-1"], "slots": ["S-1", "S-2"], "seats": 1, '
    ...                       '"scores": [[5, 7]]}')
    >>> solve(found.problem, objective=found.objective).slots.tolist()
    [1]
    """
    return problem_from_json(parse_json(text))


def write_problem(
    path: Path | str,
    problem: Problem,
    *,
    objective: Sequence[str] | None = None,
    title: str = "",
) -> None:
    """Write a problem file; the same problem always gives the same bytes."""
    _write(Path(path), problem_to_json(problem, objective=objective, title=title))


def read_plan(path: Path | str, problem: Problem) -> Plan:
    """
    Read a plan, with its certificate.

    Parameters
    ----------
    path : Path or str
    problem : Problem
        What it is an answer to.

    Returns
    -------
    Plan
        As the file has it; whether it holds is for ``check`` to say.

    Raises
    ------
    FileError
        If it cannot be read: all faults, each with its field, its row and what is accepted.
    """
    return parse_plan(read_text(Path(path)), problem)


def parse_plan(text: str, problem: Problem) -> Plan:
    """
    Read a plan from JSON text, as ``read_plan`` does from a file.

    Examples
    --------
    >>> from matching import Problem, check
    >>> problem = Problem([[5, 7]], [1, 1])
    >>> plan = parse_plan('{"slots": [0]}', problem)
    >>> plan.score, check(problem, plan).feasible
    (5, True)
    """
    return plan_from_json(parse_json(text), problem)


def write_plan(path: Path | str, plan: Plan, problem: Problem | None = None) -> None:
    """Write a plan with its certificate; with the problem's codes it also says who goes where."""
    _write(Path(path), plan_to_json(plan, problem))


def to_text(data: dict[str, Any]) -> str:
    """Return plain data as JSON that people can read: a line per field, and per row of a table."""
    lines = []
    for key, value in data.items():
        text = _compact(value)
        if isinstance(value, list) and value and isinstance(value[0], list | dict):
            text = "[\n    " + ",\n    ".join(map(_compact, value)) + "\n  ]"
        lines.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(to_text(data), encoding="utf-8")
