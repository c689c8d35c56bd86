"""
A second opinion on a plan, from the problem and the certificate alone.

It shares no code with the solvers. What rests on their branching is *claimed*; at pilot size
another solver looks whether anybody does better.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.checking.prices import Claim, proves
from matching.checking.reading import Exact, n_stay, pair_blocks, scores_of_plan
from matching.checking.search import Verdict, look_for_any, look_for_better
from matching.checking.seats import unproven_by_seats
from matching.checking.sides import LOWEST_FIRST, broken_rules, wrong_levels
from matching.plan import Certificate, Level, Plan, SideCertificate, SolveStatus
from matching.problem import Problem

Proof = Literal["proven", "claimed"]
Settler = Literal["certificate", "another solver", ""]


@dataclass(frozen=True)
class Check:
    """
    What the second opinion found.

    Parameters
    ----------
    ok : bool
        No fault was found.
    feasible : bool
        Everybody has at most one place, in an eligible slot with a seat; pins and side rules are
        kept.
    proof : {"proven", "claimed"}
        Whether it is certain that no plan does better than the plan says can be; of an answer that
        no plan keeps all rules, whether that is certain.
    faults : tuple of str
        What does not hold, one sentence each.
    settled_by : {"certificate", "another solver", ""}
        What made it certain: the certificate alone, or at pilot size a search by another solver.
    """

    ok: bool
    feasible: bool
    proof: Proof
    faults: tuple[str, ...]
    settled_by: Settler = ""


def check(problem: Problem, plan: Plan) -> Check:
    """
    Look at a plan afresh: whether it is possible, adds up, and is proven.

    Parameters
    ----------
    problem : Problem
    plan : Plan

    Returns
    -------
    Check
        *claimed* when the plan has no certificate, or one that proves less than the plan says, and
        the problem is too large to search anew.
    """
    if plan.status is SolveStatus.INFEASIBLE:
        return _check_impossible(problem, plan)
    scores: dict[int, Exact | None] = {}
    faults = list(_infeasibilities(problem, plan, scores))
    if faults:
        return Check(ok=False, feasible=False, proof="claimed", faults=tuple(faults))
    faults += _wrong_sums(problem, plan, scores)
    settled_by: Settler = ""
    if isinstance(plan.certificate, Certificate):
        if plan.levels:
            faults += wrong_levels(problem, plan, scores)
        gaps = list(unproven_by_seats(problem, plan, plan.certificate, scores))
        settled_by = "" if gaps else "certificate"
        faults += gaps if plan.status is SolveStatus.OPTIMAL else []
    elif plan.certificate is not None or (
        plan.levels and plan.status is not SolveStatus.INTERRUPTED
    ):
        wrong = list(wrong_levels(problem, plan, scores))
        wrong += [] if wrong else _wrong_bound(problem, plan)
        faults += wrong
        if not wrong:
            # Without a certificate nothing is proven, and all is left to search.
            certificate = plan.certificate or SideCertificate((None,) * len(plan.levels))
            settled_by, better = _settle(problem, plan, certificate, scores)
            faults += better
    return Check(
        ok=not faults,
        feasible=True,
        proof="proven" if settled_by else "claimed",
        faults=tuple(faults),
        settled_by=settled_by,
    )


def _check_impossible(problem: Problem, plan: Plan) -> Check:
    """Look for a plan where it is said that there is none."""
    faults = []
    if len(plan.slots) != problem.shape[0] or (plan.slots != -1).any() or plan.placed:
        faults.append("is infeasible, and places people")
    verdict: Verdict = "unknown" if faults else look_for_any(problem)
    if verdict == "better":
        faults.append("is infeasible, and another solver finds a plan that keeps all rules")
    sure = verdict == "none better"
    return Check(
        ok=not faults,
        feasible=False,
        proof="proven" if sure else "claimed",
        faults=tuple(faults),
        settled_by="another solver" if sure else "",
    )


def _settle(
    problem: Problem, plan: Plan, certificate: SideCertificate, scores: dict[int, Exact | None]
) -> tuple[Settler, list[str]]:
    """Return what proves all levels, if anything, and what another solver finds to be better."""
    if len(certificate.multipliers) != len(plan.levels):
        return "", ["has a certificate of another objective"]
    searched = False
    for at, (level, prices) in enumerate(zip(plan.levels, certificate.multipliers, strict=True)):
        if level.name in LOWEST_FIRST and not plan.placed:
            continue  # of nobody there is no lowest score, whatever the plan
        claim = Claim(problem, plan, at, scores)
        # The level leximin says more than its value: who is second lowest, and so on.
        if prices is not None and level.name != "leximin" and proves(claim, prices):
            continue
        verdict = look_for_better(claim)
        if verdict == "better":
            return "", [_found_better(level)]
        if verdict == "unknown":
            return "", []
        searched = True
    return ("another solver" if searched else "certificate"), []


def _found_better(level: Level) -> str:
    return (
        f"says that no plan is beyond {level.bound} on the level {level.name}, "
        "and another solver finds one"
    )


def _infeasibilities(
    problem: Problem, plan: Plan, scores: dict[int, Exact | None]
) -> Iterator[str]:
    """Give what makes a plan impossible; fill in the scores of everybody placed."""
    n, m = problem.shape
    if plan.slots.shape != (n,) or plan.slots.dtype.kind not in "iu":
        yield f"slots needs {n} whole numbers, has shape {plan.slots.shape} of {plan.slots.dtype}"
        return
    strange = (plan.slots < -1) | (plan.slots >= m)
    for i in np.flatnonzero(strange).tolist():
        yield f"candidate {i} has slot {plan.slots[i]}, which does not exist"
    if strange.any():
        return
    slots = plan.slots.astype(np.int64)
    scores.update(scores_of_plan(problem, slots))
    for i, score in scores.items():
        if score is None:
            yield f"candidate {i} has slot {slots[i]}, which refuses that candidate"
    taken = np.bincount(slots[slots >= 0], minlength=m)
    for j in np.flatnonzero(taken > problem.seats).tolist():
        yield f"slot {j} holds {taken[j]} people and has {problem.seats[j]} seats"
    if problem.pins is not None:
        for i in np.flatnonzero((problem.pins >= 0) & (problem.pins != slots)).tolist():
            yield f"candidate {i} is fixed to slot {problem.pins[i]} and has {slots[i]}"
    yield from broken_rules(problem, slots)


def _wrong_sums(problem: Problem, plan: Plan, scores: dict[int, Exact | None]) -> Iterator[str]:
    if len(scores) != plan.placed:
        yield f"says that {plan.placed} are placed; {len(scores)} are"
    total = sum(one or 0 for one in scores.values())
    if not math.isclose(float(total), plan.score, rel_tol=1e-12, abs_tol=1e-12) or (
        problem.is_whole and total != plan.score
    ):
        yield f"says that the score is {plan.score}; the chosen pairs add up to {float(total)}"
    if not plan.bound >= plan.score:  # nan is no bound either
        yield f"says that no plan scores more than {plan.bound} and scores {plan.score} itself"


def _wrong_bound(problem: Problem, plan: Plan) -> Iterator[str]:
    """Give a bound of the plan that says more than its levels, or than the best pairs add up to."""
    bounds = [level.bound for level in plan.levels if level.name == "score"]
    if bounds:
        # On plans that keep as many people where they are.
        least: Exact | float = bounds[0] - problem.stay_bonus * n_stay(problem, plan.slots)
    else:
        best: dict[int, Exact] = {}
        for candidate, _, score in pair_blocks(problem):
            for i, one in zip(candidate.tolist(), score.tolist(), strict=True):
                best[i] = max(best.get(i, one), one)
        least = math.fsum(sorted(best.values(), reverse=True)[: plan.placed])
        if problem.is_whole:
            # Whole numbers may come as floats, whose sums need not be exact.
            least = sum(sorted(map(int, best.values()), reverse=True)[: plan.placed])
    if not plan.bound >= least:
        yield f"says that no plan scores more than {plan.bound}, and proves no less than {least}"
