"""A problem as plain data for a file, by codes where it has them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.filing.problem import VERSION
from matching.filing.scores import EXACT
from matching.problem import Problem
from matching.sides import STEPS, UNLIMITED, ReadResource
from matching.source import REFUSED


def problem_to_json(
    problem: Problem, *, objective: Sequence[str] | None = None, title: str = ""
) -> dict[str, Any]:
    """
    Return a problem as plain data, which ``problem_from_json`` reads back.

    Parameters
    ----------
    problem : Problem
        With a score source, its pairs are worked out and written one by one.
    objective : sequence of str, optional
        The order of objectives to ask for.
    title : str, optional

    Returns
    -------
    dict
        As docs/reference/problem-file.md has it.
    """
    n, m = problem.shape
    who: list[Any] = list(range(n)) if problem.codes is None else list(map(str, problem.codes[0]))
    where: list[Any] = list(range(m)) if problem.codes is None else list(map(str, problem.codes[1]))
    has_codes = problem.codes is not None
    data: dict[str, Any] = {"version": VERSION}
    if title:
        data["title"] = title
    if objective is not None:
        data["objective"] = list(objective)
    data["candidates"] = who if has_codes else n
    data["slots"] = where if has_codes else m
    data["seats"] = _by_code(problem.seats.tolist(), where, has_codes)
    if problem.pilots is not None:
        data["pilots"] = _by_code(_labels(problem), where, has_codes)
    data |= _scores(problem, who, where)
    for key, column in (("pins", problem.pins), ("current", problem.current)):
        if column is not None:
            fixed = {i: where[j] for i, j in enumerate(column.tolist()) if j >= 0}
            data[key] = {str(who[i]): slot for i, slot in fixed.items()}
    for key, column in (("precedence", problem.precedence), ("tiers", problem.tiers)):
        if column is not None:
            data[key] = _by_code(column.tolist(), who, has_codes)
    if problem.stay_bonus:
        data["stayBonus"] = int(problem.stay_bonus)
    return data | _rules(problem, who, where, has_codes)


def number(value: float) -> int | float:
    """Return a number as people write it: without ``.0`` where that loses nothing."""
    if isinstance(value, float) and abs(value) <= EXACT and value == int(value):
        return int(value)
    return value


def _by_code(values: list[Any], names: list[Any], has_codes: bool) -> Any:
    return dict(zip(names, values, strict=True)) if has_codes else values


def _labels(problem: Problem) -> list[Any]:
    assert problem.pilots is not None
    if all(type(label) in (str, int) for label in problem.pilots):
        return list(problem.pilots)
    return list(problem.pilot_of_slot.tolist())  # only which slots share a label matters


def _scores(problem: Problem, who: list[Any], where: list[Any]) -> dict[str, Any]:
    if not problem.has_source and not sparse.issparse(problem.scores):
        rows = [
            [None if value != value else number(value) for value in row]
            for row in problem.scores.tolist()
        ]
        return {"scores": rows}
    rows_and_columns = _pairs_of_source(problem) if problem.has_source else _pairs(problem)
    return {"pairs": [[who[i], where[j], number(v)] for i, j, v in rows_and_columns]}


def _pairs(problem: Problem) -> list[tuple[int, int, Any]]:
    return list(
        zip(
            problem.pair_candidate.tolist(),
            problem.pair_slot.tolist(),
            problem.pair_score.tolist(),
            strict=True,
        )
    )


def _pairs_of_source(problem: Problem) -> list[tuple[int, int, Any]]:
    n, m = problem.shape
    found = []
    for i in range(n):
        row = problem.scores.block(slice(i, i + 1), slice(0, m))[0].tolist()
        found += [(i, j, score) for j, score in enumerate(row) if score != REFUSED]
    return found


def _rules(problem: Problem, who: list[Any], where: list[Any], has_codes: bool) -> dict[str, Any]:
    rules: dict[str, Any] = {
        "resources": [_resource(one, who, where, has_codes) for one in problem.read_resources],
        "quotas": [
            {
                "name": quota.name,
                "candidates": _chosen(quota.candidates, who),
                "slots": _chosen(quota.slots, where),
                "least": quota.least,
                **({} if given.most is None else {"most": quota.most}),
                **({"ifOpen": True} if quota.if_open else {}),
            }
            for given, quota in zip(problem.quotas, problem.read_quotas, strict=True)
        ],
        "groups": [
            {
                "name": group.name,
                "candidates": [who[i] for i in group.candidates.tolist()],
                "apart": group.apart,
                "within": group.within,
            }
            for group in problem.read_groups
        ],
    }
    return {key: given for key, given in rules.items() if given}


def _resource(
    resource: ReadResource, who: list[Any], where: list[Any], has_codes: bool
) -> dict[str, Any]:
    data: dict[str, Any] = {"name": resource.name}
    if sparse.issparse(resource.demand):
        entries = sparse.coo_array(resource.demand)
        drawn = zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True)
        data["pairs"] = [[who[i], where[j], _unit(value)] for i, j, value in drawn]
    elif resource.demand.ndim == 1:
        data["demand"] = _by_code([_unit(v) for v in resource.demand.tolist()], who, has_codes)
    else:
        data["demand"] = [[_unit(value) for value in row] for row in resource.demand.tolist()]
    supply = [_unit(value) for value in resource.supply.tolist()]
    data["supply"] = supply[0] if resource.shared else _by_code(supply, where, has_codes)
    if not resource.slots.all():
        data["slots"] = _chosen(resource.slots, where)
    return data


def _unit(thousandths: int) -> int | float | None:
    return None if thousandths >= UNLIMITED else number(thousandths / STEPS)


def _chosen(mask: NDArray[np.bool_], names: list[Any]) -> list[Any]:
    return [names[row] for row in np.flatnonzero(mask).tolist()]
