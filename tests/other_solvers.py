"""
Two solvers that share nothing with ours, asked the same questions: SCIP here, CP-SAT elsewhere.

A problem becomes plain rows and steps, from what the caller gave; CP-SAT reads them in a process of
its own, since it cannot be loaded beside HiGHS.
"""

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from matching import Problem
from tests.oracles import Rules, dense

Question = dict[str, Any]
Answer = list[Any] | None


def to_question(problem: Problem, objective: tuple[str, ...]) -> Question:
    """
    Return a problem as rows `[columns, amounts, low, high]` and steps, one for each level.

    A step is `{"most": weights}`, or `{"fewest": columns by score from below, "all": bool}`. The
    answer has a number for each of the former, and for the latter counts: of everybody's scores, or
    up to the lowest that anybody has.
    """
    scores = dense(problem)
    pairs = _pairs(problem, scores)
    rows = list(_rows(problem, pairs))
    switches = sum(1 for quota in problem.quotas if quota.if_open)
    steps = [step for name in objective for step in _steps(problem, scores, pairs, name)]
    return {"columns": len(pairs) + switches, "rows": rows, "steps": steps}


def answer_of_plan(problem: Problem, slots: Sequence[int], objective: tuple[str, ...]) -> Answer:
    """Return what a plan answers to each step."""
    scores = dense(problem)
    pairs = _pairs(problem, scores)
    answers: list[Any] = []
    chosen = {k for k, (i, j) in enumerate(pairs) if slots[i] == j}
    for name in objective:
        for step in _steps(problem, scores, pairs, name):
            if "most" in step:
                answers.append(sum(step["most"][k] for k in chosen))
            else:
                answers.append(counts_from_below(step, chosen))
    return answers


def _pairs(problem: Problem, scores: Any) -> list[tuple[int, int]]:
    pins = [-1] * problem.shape[0] if problem.pins is None else problem.pins.tolist()
    known = [(i, j) for i, row in enumerate(scores) for j, s in enumerate(row) if s is not None]
    return [(i, j) for i, j in known if pins[i] in (-1, j)]


def counts_from_below(step: Question, chosen: set[int]) -> list[int]:
    """Return how many are at each score from below; up to the first that anybody has, or all."""
    counts: list[int] = []
    for columns in step["fewest"]:
        counts.append(sum(1 for k in columns if k in chosen))
        if counts[-1] and not step["all"]:
            return [*(0 for _ in counts[:-1]), 1]
    return counts


def _rows(problem: Problem, pairs: list[tuple[int, int]]) -> Any:
    n, m = problem.shape
    rules = Rules(problem)
    for i in range(n):
        columns = [k for k, pair in enumerate(pairs) if pair[0] == i]
        fixed = problem.pins is not None and problem.pins[i] >= 0
        yield [columns, [1] * len(columns), 1 if fixed else None, 1]
    for j in range(m):
        columns = [k for k, pair in enumerate(pairs) if pair[1] == j]
        yield [columns, [1] * len(columns), None, int(problem.seats[j])]
    for demand, supply, slots in rules.resources:
        shared = not isinstance(supply, list)
        for where, most in [(slots, supply)] if shared else [({j}, supply[j]) for j in slots]:
            columns = [k for k, pair in enumerate(pairs) if pair[1] in where]
            amounts = [int(demand[pairs[k][0]][pairs[k][1]] * 1000) for k in columns]
            if most != float("inf"):
                yield [columns, amounts, None, int(most * 1000)]
    switch = len(pairs)
    for people, slots, least, most, if_open in rules.quotas:
        inside = [k for k, pair in enumerate(pairs) if pair[1] in slots]
        counted = [k for k in inside if pairs[k][0] in people]
        if not if_open:
            yield [counted, [1] * len(counted), least, most]
            continue
        yield from ([[k, switch], [1, -1], None, 0] for k in inside)
        yield [[*counted, switch], [*([1] * len(counted)), -least], 0, None]
        yield [[*counted, switch], [*([1] * len(counted)), -most], None, 0]
        switch += 1
    for members, apart, within in rules.groups:
        label = rules.pilots if within == "pilot" else list(range(m))
        for place in sorted(set(label)):
            there = [
                [k for k, (i, j) in enumerate(pairs) if i == one and label[j] == place]
                for one in members
            ]
            if apart:
                columns = [k for inside in there for k in inside]
                yield [columns, [1] * len(columns), None, 1]
                continue
            for others in there[1:]:
                yield [[*there[0], *others], [1] * len(there[0]) + [-1] * len(others), 0, 0]


def _steps(problem: Problem, scores: Any, pairs: list[tuple[int, int]], name: str) -> Any:
    current = [-1] * problem.shape[0] if problem.current is None else problem.current.tolist()
    if name == "placed":
        yield {"most": [1] * len(pairs)}
    elif name == "moves":
        yield {"most": [int(current[i] == j) for i, j in pairs]}
    elif name == "tiers":
        tiers = problem.tiers.tolist()
        for tier in sorted(set(tiers)):
            yield {"most": [int(tiers[i] == tier) for i, _ in pairs]}
    elif name == "score":
        bonus = problem.stay_bonus
        points = [Fraction(scores[i][j] + bonus * (current[i] == j)) for i, j in pairs]
        unit = math.lcm(*(one.denominator for one in points))
        yield {"most": [int(one * unit) for one in points]}
    else:
        distinct = sorted({scores[i][j] for i, j in pairs})
        columns = [[k for k, (i, j) in enumerate(pairs) if scores[i][j] == one] for one in distinct]
        yield {"fewest": columns, "all": name == "leximin"}


# CP-SAT, in a process of its own


def answers_by_cp_sat(questions: list[Question]) -> list[Answer]:
    """Return CP-SAT's answer to each question; `None` when no plan keeps all rules."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.cp_sat_worker"],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[Answer] = json.loads(ran.stdout)
    return answers


# SCIP, in this process


def answer_by_scip(question: Question) -> Answer:
    """Return SCIP's answer; `None` when no plan keeps all rules."""
    rows = [list(row) for row in question["rows"]]
    answers: list[Any] = []
    for step in question["steps"]:
        if "most" in step:
            found = _most_by_scip(question["columns"], rows, step["most"])
            if found is None:
                return None
            answers.append(found)
            rows.append([list(range(len(step["most"]))), step["most"], found, found])
            continue
        counts: list[int] = []
        for columns in step["fewest"]:
            weights = np.zeros(question["columns"], dtype=int)
            weights[columns] = -1
            found = _most_by_scip(question["columns"], rows, weights.tolist())
            if found is None:
                return None
            counts.append(-found)
            if counts[-1] and not step["all"]:
                counts[-1] = 1
                break
            rows.append([columns, [1] * len(columns), counts[-1], counts[-1]])
        answers.append(counts)
    return answers


def _most_by_scip(n_columns: int, rows: list[Any], weights: list[int]) -> int | None:
    from pyscipopt import Model, quicksum

    model = Model()
    model.hideOutput()
    model.setParam("numerics/feastol", 1e-9)
    x = [model.addVar(vtype="B") for _ in range(n_columns)]
    for columns, amounts, low, high in rows:
        # Over what the amounts share: SCIP's tolerance is a millionth of the limit.
        unit = math.gcd(*amounts) or 1
        if not any(amounts):
            if (low or 0) > 0 or (high is not None and high < 0):
                return None
            continue
        total = quicksum(a // unit * x[k] for k, a in zip(columns, amounts, strict=True))
        if low is not None:
            model.addCons(total >= -(-low // unit))
        if high is not None:
            model.addCons(total <= high // unit)
    if any(weights):
        total = quicksum(w * one for w, one in zip(weights, x, strict=False) if w)
        model.setObjective(total, sense="maximize")
    model.optimize()
    if model.getStatus() == "infeasible":
        return None
    assert model.getStatus() == "optimal"
    return sum(w for w, one in zip(weights, x, strict=False) if model.getVal(one) > 0.5)
