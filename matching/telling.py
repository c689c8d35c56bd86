"""A plan in plain words, for who solves a file at the command line."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from matching.asking.shortfall import reasons_without_place
from matching.checking.opinion import Check
from matching.plan import Level, Plan, SolveStatus
from matching.problem import Problem

MOST_PEOPLE: Final = 500
"""More people than anybody reads on a screen; the file with the plan has all of them."""

MOST_PAIRS: Final = 20_000
"""A problem of pilot size, 40 people and 12 slots say, many times over."""

LIMIT_WORDS: Final = {
    "seats": "the seats of {0}",
    "resource": "the supply of {0}{1}",
    "least": "the floor of {0}",
    "most": "the ceiling of {0}",
    "group": "the bond {0}",
    "pin": "{0} is fixed{1}",
}

LEVEL_WORDS: Final = {
    "placed": "people with a place",
    "tiers": "people of tier {} with a place",
    "score": "sum of scores",
    "moves": "people who leave their slot",
    "worst": "lowest score of anybody placed",
    "leximin": "lowest scores, one after the other",
}

STATUS_WORDS: Final = {
    SolveStatus.OPTIMAL: "best there is",
    SolveStatus.FEASIBLE: "not proven best",
    SolveStatus.INFEASIBLE: "impossible",
    SolveStatus.INTERRUPTED: "stopped early",
}

BEST: Final = "Under these rules and weights, chosen by people, no plan does better."


def tell_problem(problem: Problem, title: str) -> str:
    """Return a line on the size of a problem."""
    n, m = problem.shape
    parts = [
        counted(n, "candidate"),
        counted(m, "slot"),
        counted(sum(problem.seats.tolist()), "seat"),
    ]
    for rules, word in (
        (problem.read_resources, "resource"),
        (problem.read_quotas, "quota"),
        (problem.read_groups, "group"),
    ):
        if rules:
            parts.append(counted(len(rules), word))
    return f"{title}: {', '.join(parts)}"


def tell_places(problem: Problem, plan: Plan) -> Iterator[str]:
    """Yield who goes where, slot by slot."""
    who, where = names(problem)
    score_of = _score_of(problem, plan)
    left = MOST_PEOPLE
    for j in range(problem.shape[1]):
        people = np.flatnonzero(plan.slots == j).tolist()
        yield f"{where[j]}  {len(people)} of {counted(int(problem.seats[j]), 'seat')}"
        for i in people[:left]:
            yield f"  {who[i]}  {amount(score_of[i])}" if i in score_of else f"  {who[i]}"
        left = max(0, left - len(people))
    more = int((plan.slots >= 0).sum()) - MOST_PEOPLE
    if more > 0:
        yield f"… {more} people more: --out writes all of them"


def tell_shortfall(problem: Problem, plan: Plan) -> Iterator[str]:
    """Yield who has no place, with the reason, and how many seats are left."""
    who, _ = names(problem)
    without = np.flatnonzero(plan.slots < 0).tolist()
    if without:
        yield f"No place: {counted(len(without), 'candidate')}"
        for i, reason in reasons_without_place(problem, plan, without[:MOST_PEOPLE]):
            yield f"  {who[i]}  {reason}"
    taken = np.bincount(plan.slots[plan.slots >= 0], minlength=problem.shape[1])
    free = int(np.maximum(problem.seats - taken, 0).sum())
    if without and free:
        yield f"Seats left: {free}"


def tell_conflict(problem: Problem) -> Iterator[str]:
    """Yield a set of rules that cannot hold together, where the problem is small enough."""
    if problem.shape[0] * problem.shape[1] > MOST_PAIRS:
        return
    from matching.limits.conflicts import find_conflict  # solves again: not for everybody

    conflict = find_conflict(problem)
    if conflict and conflict.limits:
        yield "These cannot hold together; without any one of them they could:"
        for limit in conflict.limits:
            yield "  " + LIMIT_WORDS[limit.kind].format(
                limit.name, f" in {limit.slot}" if limit.slot else ""
            )


def tell_levels(plan: Plan) -> Iterator[str]:
    """Yield each level of the objective: value, bound, gap and status."""
    rows = [("", "value", "bound", "gap", "")]
    for level in plan.levels or _levels_of_old_plan(plan):
        words = LEVEL_WORDS.get(level.name, level.name).format(level.detail)
        bound = amount(level.bound) if np.isfinite(level.bound) else "none"
        gap = f"{100 * level.gap:.3g} %" if np.isfinite(level.bound) else ""
        has_claim = np.isfinite(level.bound) or level.status is not SolveStatus.FEASIBLE
        status = STATUS_WORDS[level.status] if has_claim else "nothing is claimed"
        rows.append((words, amount(level.value), bound, gap, status))
    width = [max(len(row[k]) for row in rows) for k in range(5)]
    for words, value, bound, gap, status in rows:
        cells = (value.rjust(width[1]), bound.rjust(width[2]), gap.rjust(width[3]), status)
        yield "  ".join((words.ljust(width[0]), *cells)).rstrip()


def tell_proof(plan: Plan, found: Check | None) -> Iterator[str]:
    """Yield what is certain about a plan, and what a second look found; ``None`` is no look."""
    if found is None:
        yield "Not checked again: stopped before that."
        return
    if found.faults:
        yield "Checked again, without the solver. This does not hold:"
        yield from (f"  {fault}" for fault in found.faults)
        return
    if plan.status is SolveStatus.FEASIBLE and not _has_bounds(plan):
        yield "The plan keeps the rules and adds up. It comes without bounds: whether another plan"
        yield "is better is not known. Solving the problem tells."
        return
    if plan.status is SolveStatus.INFEASIBLE:
        yield "No plan keeps all rules."
    elif plan.status is SolveStatus.OPTIMAL:
        yield BEST if found.proof == "proven" else f"The solver says: {BEST[0].lower()}{BEST[1:]}"
    elif plan.status is SolveStatus.INTERRUPTED:
        bounds = "No plan can pass the bounds." if _has_bounds(plan) else "No bound was found yet."
        yield f"Stopped early: this is the best plan so far. {bounds}"
    else:
        yield "No plan can pass the bounds. Whether one comes closer to them was not settled."
    if found.proof == "claimed":
        yield "Claimed: the plan keeps the rules and adds up; the bounds were not proven again."
        if plan.status is SolveStatus.INTERRUPTED:
            yield "Keep the plan with --out: --check takes the time to prove its bounds."
    elif found.settled_by == "another solver":
        yield "Proven: checked again, with another solver where the prices leave room."
    else:
        yield "Proven: checked again without any solver, from the prices that come with the plan."


def names(problem: Problem) -> tuple[list[str], list[str]]:
    """Return what to call candidates and slots: their codes, or else their positions."""
    n, m = problem.shape
    if problem.codes is None:
        return [f"candidate {i}" for i in range(n)], [f"slot {j}" for j in range(m)]
    return list(map(str, problem.codes[0])), list(map(str, problem.codes[1]))


def counted(number: int, word: str) -> str:
    """Return a number with its word: ``1 seat``, ``2 seats``."""
    if number >= 10**15:
        return f"any number of {word}s"
    return f"{number} {word}{'' if number == 1 else 's'}"


def amount(value: float) -> str:
    """Return a number as people read it."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _score_of(problem: Problem, plan: Plan) -> dict[int, float]:
    """Return the score of everybody placed, where it is at hand."""
    if problem.has_source:
        return {}
    chosen = plan.slots[problem.pair_candidate] == problem.pair_slot
    people = problem.pair_candidate[chosen].tolist()
    return dict(zip(people, problem.pair_score[chosen].tolist(), strict=True))


def _has_bounds(plan: Plan) -> bool:
    """Whether a plan says of any level how good it could be at most."""
    return any(np.isfinite(level.bound) for level in plan.levels or _levels_of_old_plan(plan))


def _levels_of_old_plan(plan: Plan) -> list[Level]:
    """Return what a plan without levels, written by hand say, still tells."""
    bound = plan.placed if plan.status is SolveStatus.OPTIMAL else np.inf
    return [
        Level("placed", plan.placed, bound, plan.status),
        Level("score", plan.score, plan.bound, plan.status),
    ]
