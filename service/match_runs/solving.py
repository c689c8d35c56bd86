"""
One solve from given facts to reasons: pure, so that a run, a file and a single request are done
alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching import (
    Check,
    Plan,
    Policy,
    Problem,
    ScoreLayers,
    check,
    explain_place,
    questions_of_plan,
    score,
    solve,
    to_problem,
)
from matching.exceptions import MatchingError
from matching.files import plan_from_json
from matching.plan import SolveStatus
from service.crossing import to_profiles
from service.match_runs.limits import CoachHours, coach_hours, stands_between
from service.schemas import RunInput
from service.side_rules import SideRules, to_side_rules
from service.taxonomy import skill_taxonomy

RUN_SECONDS: Final = 600.0
"""Rules over several people can take long to prove; a run that has no end helps nobody."""


@dataclass(frozen=True, eq=False)
class Stated:
    """What a plan is made for: given facts, scored, with the rules that hold."""

    given: RunInput
    layers: ScoreLayers
    problem: Problem
    sides: SideRules

    @cached_property
    def pairs(self) -> NDArray[np.int64]:
        """The pairs that can be chosen, as candidate, slot and points; shape (n_pairs, 3)."""
        matrix = self.layers.problem_scores
        rows, columns = np.nonzero(~np.isnan(matrix))
        return np.stack([rows, columns, matrix[rows, columns].astype(np.int64)], axis=1)


@dataclass(frozen=True, eq=False)
class Solved:
    """A plan with all that can be said of it."""

    given: RunInput
    layers: ScoreLayers
    problem: Problem
    plan: Plan
    check: Check
    sides: SideRules

    @cached_property
    def reasons(self) -> list[dict[str, Any]]:
        """Why each candidate has this place, or none yet; in the order of codes."""
        n = len(self.layers.pairing.candidates)
        return [self._with_limits(i, explain_place(self.layers, self.plan, i)) for i in range(n)]

    def _with_limits(self, i: int, reasons: dict[str, Any]) -> dict[str, Any]:
        """Say of each possible slot what else than its seats stands between."""
        if not self.problem.has_side_rules or "no_place" not in reasons:
            return reasons
        codes = self.layers.pairing.slots.codes
        for one in reasons["no_place"]["possible"]:
            one["short_of"] = stands_between(
                self.problem, self.plan, self.sides, i, codes.index(one["slot"])
            )
        return reasons

    @cached_property
    def coach_hours(self) -> list[CoachHours]:
        """What the plan uses of the hours of coaches, team by team."""
        return coach_hours(self.problem, self.plan, self.sides)

    @cached_property
    def questions(self) -> list[dict[str, Any]]:
        """What has to be asked before the places can be settled."""
        return questions_of_plan(self.layers, self.plan)

    @property
    def certificate(self) -> dict[str, Any]:
        """
        All that anybody needs to do the proof again, in positions of candidates and slots.

        Beside prices and cover: the seats, the pairs that can be chosen with what each adds to the
        plan (candidate, slot, points), the plan itself (a slot or -1 for each candidate), and what
        it reaches on each level of the objective. What people need, and who is in a bond or a
        group, is not in it: that part can be done again by who may read the run's input.
        """
        proof = self.plan.certificate
        stated = Stated(self.given, self.layers, self.problem, self.sides)
        return {
            **(proof.to_json() if proof else {}),
            "seats": self.problem.seats.tolist(),
            "pairs": stated.pairs.tolist(),
            "plan": self.plan.slots.tolist(),
            "reached": [level.to_json() for level in self.plan.levels],
            "coachHours": [one.model_dump(mode="json", by_alias=True) for one in self.coach_hours],
        }

    @property
    def places(self) -> dict[str, str]:
        """The slot of each candidate who has one, by code."""
        people, slots = self.layers.pairing.candidates, self.layers.pairing.slots
        return {
            people.codes[i]: slots.codes[int(self.plan.slots[i])]
            for i in np.flatnonzero(self.plan.slots >= 0).tolist()
        }

    @property
    def seats_left(self) -> dict[str, int]:
        """Seats that the plan leaves empty, by slot."""
        slots = self.layers.pairing.slots
        taken = np.bincount(self.plan.slots[self.plan.slots >= 0], minlength=len(slots))
        left = np.where(slots.is_open, slots.seats - taken, 0)
        return {slots.codes[j]: int(left[j]) for j in np.flatnonzero(left > 0).tolist()}


def score_input(given: RunInput, policy: Policy) -> ScoreLayers:
    """Score facts under a policy."""
    return score(*to_profiles(given, skill_taxonomy()), policy)


def state_input(given: RunInput, policy: Policy) -> Stated:
    """Score given facts, and state what a plan for them has to keep."""
    layers = score_input(given, policy)
    sides = to_side_rules(given, layers)
    problem = to_problem(
        layers,
        as_of=given.as_of,
        resources=sides.resources,
        quotas=sides.quotas,
        groups=sides.groups,
    )
    return Stated(given, layers, problem, sides)


def solve_input(
    given: RunInput, policy: Policy, *, seed: int, time_limit: float = RUN_SECONDS
) -> Solved:
    """
    Find the best plan for given facts, look at it afresh, and gather its reasons.

    The same facts, policy and seed give the same answer, whatever order the rows came in; unless
    time runs out: then it is the best plan so far, with what no plan can exceed, and says so.
    """
    stated = state_input(given, policy)
    problem = stated.problem
    plan = solve(problem, objective=policy.objective, seed=seed, time_limit=time_limit)
    return Solved(given, stated.layers, problem, plan, check(problem, plan), stated.sides)


ADDED: Final = ("seats", "pairs", "plan", "reached", "coachHours")
"""What `Solved.certificate` adds to the proof of the engine."""


def stored_plan(
    stated: Stated, certificate: Mapping[str, Any], check_then: Mapping[str, Any], **told: Any
) -> Solved | None:
    """
    Return a plan as it was stored, with all that can be said of it; `None` where facts or rules
    come out otherwise now, or the plan breaks them.

    Parameters are what was stored: the `Solved.certificate`, what the check found then, and
    ``status``, ``placed``, ``score`` and ``bound`` of the plan.
    """
    problem = stated.problem
    pairs = np.array(certificate.get("pairs", ()), dtype=np.int64).reshape(-1, 3)
    if certificate.get("seats") != problem.seats.tolist() or not np.array_equal(
        pairs, stated.pairs
    ):
        return None
    proof = {name: value for name, value in certificate.items() if name not in ADDED}
    policy = stated.layers.pairing.policy
    try:
        plan = plan_from_json(
            told
            | {
                "slots": certificate.get("plan"),
                "levels": certificate.get("reached", []),
                "objective": list(policy.objective),
                "certificate": proof or None,
            },
            problem,
        )
    except MatchingError:
        return None
    # The proof was looked at when the plan was made; here only whether the plan keeps the rules.
    if (
        plan.status is not SolveStatus.INFEASIBLE
        and not check(problem, replace(plan, certificate=None)).ok
    ):
        return None
    second = Check(
        ok=bool(check_then["ok"]),
        feasible=bool(check_then["feasible"]),
        proof=check_then["proof"],
        faults=tuple(check_then["faults"]),
    )
    return Solved(stated.given, stated.layers, problem, plan, second, stated.sides)
