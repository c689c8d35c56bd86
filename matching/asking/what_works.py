"""
What would make it work: the least that people could change so that somebody gets a place.

An answer may change facts that people can change (``matching.asking.changes``) and loosen limits of
the problem (``matching.limits.named``). It counts only after the changed profiles were scored and
solved again: the person has the place, and everybody who has one in the plan still has one. No
answer holds anything that could be left out.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching.asking.changes import Change, apply_changes
from matching.asking.remedies import changes_for_pair
from matching.asking.what_if import check_asked
from matching.deadline import Deadline, OutOfTime
from matching.efforts import Efforts
from matching.exceptions import ProblemError
from matching.limits.named import (
    Wanted,
    code_of_candidate,
    code_of_slot,
    is_possible,
    loosened,
    plan_for,
)
from matching.limits.relaxing import Relaxation, Step, each_relaxation
from matching.plan import Plan
from matching.problem import Problem
from matching.scoring import ScoreLayers, score
from matching.solvers import solve

Restate = Callable[[ScoreLayers], Problem]
"""States the problem anew for changed profiles."""


@dataclass(frozen=True)
class Remedy:
    """
    One way to make it work.

    Parameters
    ----------
    slot : str
        Code of the slot that the person gets.
    changes : tuple of Change
        Facts to be made otherwise.
    steps : tuple of Step
        Limits to be loosened.
    effort : int
        What all of it takes, by the policy.
    is_proposed : bool
        Whether the best plan after the changes gives the place by itself. Otherwise it takes a pin:
        somebody else makes more of what was changed.
    placed : int
        How many people have a place in the best plan after the changes.
    """

    slot: str
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    effort: int
    is_proposed: bool
    placed: int

    @property
    def size(self) -> int:
        """How many different things change."""
        return len(self.changes) + len(self.steps)

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the way as plain data."""
        return {
            "slot": self.slot,
            "changes": [change.to_json() for change in self.changes],
            "steps": [step.to_json(with_people=with_people) for step in self.steps],
            "effort": self.effort,
            "isProposed": self.is_proposed,
            "placed": self.placed,
        }


@dataclass(frozen=True)
class WhatWorks:
    """
    All that was found for one person, or for one pair.

    Parameters
    ----------
    candidate : str
        Code.
    slot : str or None
        Code, when it was asked for one slot.
    ways : tuple of Remedy
        Least effort first; equals by fewest changes, then by slot. One without any change when it
        works already.
    stands : tuple of tuple of str
        Slots that no change of people reaches, each with the rules that refuse the pair; by code.
    is_settled : bool
        Whether there was time to look at everything. Where not, each way that is given works, and
        others may take less.
    """

    candidate: str
    slot: str | None
    ways: tuple[Remedy, ...]
    stands: tuple[tuple[str, tuple[str, ...]], ...]
    is_settled: bool = True

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return it as plain data; without people, no pin says whose it is."""
        return {
            "candidate": self.candidate,
            "slot": self.slot,
            "ways": [way.to_json(with_people=with_people) for way in self.ways],
            "stands": [{"slot": slot, "rules": list(rules)} for slot, rules in self.stands],
            "isSettled": self.is_settled,
        }


def what_would_work(
    layers: ScoreLayers,
    problem: Problem,
    plan: Plan,
    candidate: int,
    *,
    slot: int | None = None,
    most: int = 5,
    restate: Restate | None = None,
    seed: int = 0,
    time_limit: float | None = None,
) -> WhatWorks:
    """
    Say what people could change so that somebody gets a slot, or any place at all.

    Parameters
    ----------
    layers : ScoreLayers
        What the scores of the problem come from. Its policy says what each change takes.
    problem : Problem
    plan : Plan
        The answer to it.
    candidate : int
        Position.
    slot : int, optional
        Position; any slot, when left out.
    most : int, default=5
        How many ways at most.
    restate : callable, optional
        States the problem for changed layers, where side rules rest on facts of profiles. Left out,
        only scores and seats are taken anew.
    seed : int, default=0
    time_limit : float, optional
        Wall seconds for the whole question; what was found by then is given.

    Returns
    -------
    WhatWorks

    Raises
    ------
    ProblemError
        If layers, problem and plan do not belong together, or there is no such candidate or slot.
    """
    check_asked(problem, plan, candidate, slot)
    if layers.pairing.shape != problem.shape:
        raise ProblemError(
            f"has shape {layers.pairing.shape}; accepted is {problem.shape}", field="layers"
        )
    deadline = Deadline(time_limit)
    search = _Search(layers, problem, plan, candidate, slot, most, restate, seed, deadline)
    return search.run()


@dataclass
class _Search:
    """Looks at slots in the order of what their pair takes, until the rest can only take more."""

    layers: ScoreLayers
    problem: Problem
    plan: Plan
    candidate: int
    slot: int | None
    most: int
    restate: Restate | None
    seed: int
    deadline: Deadline

    def __post_init__(self) -> None:
        placed = np.flatnonzero(self.plan.slots >= 0).tolist()
        self.keep = tuple(sorted({*placed, self.candidate}))
        self.efforts: Efforts = self.layers.pairing.policy.efforts
        self.ways: list[Remedy] = []

    def run(self) -> WhatWorks:
        possible, refused, stands = self._sorted_slots()
        settled = True
        try:
            self._look_at_all(possible, refused)
        except OutOfTime:
            settled = False
        ways = sorted(self.ways, key=_reading_order)
        return WhatWorks(
            candidate=code_of_candidate(self.problem, self.candidate),
            slot=None if self.slot is None else code_of_slot(self.problem, self.slot),
            ways=tuple(ways[: self.most]),
            stands=tuple(sorted(stands)),
            is_settled=settled,
        )

    def _look_at_all(self, possible: list[int], refused: list[Any]) -> None:
        if self.slot is None and possible:
            self._look(self.problem, Wanted(people=self.keep), ())
        elif self.slot is not None and possible:
            self._look(self.problem, self._wanted(self.slot), ())
        while refused:
            effort, _, j, changes = heapq.heappop(refused)
            if effort >= self._limit():
                break
            changed = self._changed(changes)
            if changed is not None:
                self._look(changed, self._wanted(j), changes)

    def _wanted(self, j: int) -> Wanted:
        return Wanted(people=self.keep, pair=(self.candidate, j))

    def _sorted_slots(self) -> tuple[list[int], list[Any], list[Any]]:
        """Return slots that are possible now, those that changes open, and those that stay shut."""
        possible: list[int] = []
        refused: list[Any] = []
        stands: list[Any] = []
        for j in range(self.problem.shape[1]) if self.slot is None else [self.slot]:
            code = code_of_slot(self.problem, j)
            if self.problem.is_eligible(self.candidate, j):
                possible.append(j)
                continue
            changes = changes_for_pair(self.layers.pairing, self.candidate, j)
            if changes:
                effort = sum(change.effort for change in changes)
                heapq.heappush(refused, (effort, code, j, changes))
            else:
                rules = self.layers.eligibility.refused_by(self.candidate, j)
                stands.append((code, tuple(rules)))
        return possible, refused, stands

    def _limit(self) -> float:
        """Return the effort from which on a way is no longer among the best."""
        best = sorted(way.effort for way in self.ways)
        return best[self.most - 1] if len(best) >= self.most else float("inf")

    def _changed(self, changes: Sequence[Change]) -> Problem | None:
        """Return the problem for changed profiles; ``None`` where a pin would no longer hold."""
        if not changes:
            return self.problem
        pairing = self.layers.pairing
        candidates, slots = apply_changes(changes, pairing.candidates, pairing.slots)
        layers = score(candidates, slots, pairing.policy)
        try:
            if self.restate is not None:
                return self.restate(layers)
            seats = self.problem.seats + slots.seats - pairing.slots.seats
            return replace(self.problem, scores=layers.problem_scores, seats=seats)
        except ProblemError:
            return None

    def _look(self, problem: Problem, wanted: Wanted, changes: tuple[Change, ...]) -> None:
        spent = sum(change.effort for change in changes)
        limit = self._limit()
        found = each_relaxation(
            problem,
            wanted,
            efforts=self.efforts,
            most=self.most,
            below=None if limit == float("inf") else int(limit) - spent,
            deadline=self.deadline,
        )
        for relaxation in found:
            if self._is_lean(problem, relaxation, changes):
                self.ways.append(self._way(problem, wanted, relaxation, changes))

    def _is_lean(
        self, problem: Problem, relaxation: Relaxation, changes: tuple[Change, ...]
    ) -> bool:
        """Whether nothing of a way can be left out; for any place another slot may do with less."""
        goal = Wanted(people=self.keep)
        if self.slot is not None:
            goal = self._wanted(self.slot)
        elif not changes:
            return True  # steps alone were found for this very goal, none of them idle
        for k in range(len(changes)):
            fewer = self._changed(changes[:k] + changes[k + 1 :])
            if fewer is not None and self._is_possible(loosened(fewer, relaxation.amounts), goal):
                return False
        for step in relaxation.steps:
            less = {**relaxation.amounts, step.limit: step.amount - 1}
            if step.limit.kind in ("group", "pin") or step.amount == 1:
                del less[step.limit]
            if self._is_possible(loosened(problem, less), goal):
                return False
        return True

    def _is_possible(self, problem: Problem, goal: Wanted) -> bool:
        return is_possible(problem, goal, self.deadline)

    def _way(
        self,
        problem: Problem,
        wanted: Wanted,
        relaxation: Relaxation,
        changes: tuple[Change, ...],
    ) -> Remedy:
        after = loosened(problem, relaxation.amounts)
        if wanted.pair is None:
            some = plan_for(after, wanted, self.deadline)
            assert some is not None  # each_relaxation has solved it
            slot = int(some.slots[self.candidate])
        else:
            slot = wanted.pair[1]
        left = self.deadline.seconds_left
        best = self.deadline.settled(
            solve(after, objective=self.plan.objective, seed=self.seed, time_limit=left)
        )
        place = int(best.slots[self.candidate])
        is_proposed = place >= 0 if self.slot is None else place == slot
        if is_proposed and wanted.pair is None:
            slot = place
        return Remedy(
            slot=code_of_slot(self.problem, slot),
            changes=changes,
            steps=relaxation.steps,
            effort=sum(change.effort for change in changes) + relaxation.effort,
            is_proposed=is_proposed,
            placed=best.placed,
        )


def _reading_order(way: Remedy) -> tuple[Any, ...]:
    steps = [(step.limit.key, step.amount) for step in way.steps]
    return way.effort, way.size, way.slot, [change.about for change in way.changes], steps
