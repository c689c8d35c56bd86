"""
Who needs attention: whose place would be another if things were slightly different.

Weights are chosen by people, scores are estimates, and people drop out. So the same problem is
planned some hundreds of times with all three a little different, each time as stated beforehand,
and everybody's places are counted. Whoever keeps the same place nearly always needs no second look;
whose place hangs on small things is worth one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from matching.arrays import Ints
from matching.asking.variation import Perturbations, Variation
from matching.deadline import Deadline, OutOfTime
from matching.exceptions import ProblemError
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.scoring import ScoreLayers
from matching.solvers.sides.unproven import ManyPlans

STEADY: Final = 0.95
"""Share of the perturbed plans in which a steady person has the same place."""


class Kind(StrEnum):
    """What somebody's places come to; the first that applies, in this order."""

    NO_PLACE_YET = "no_place_yet"
    ONE_FITTING_PLACE = "one_fitting_place"
    STEADY = "steady"
    PLACE_UNSURE = "place_unsure"
    TWO_GOOD_OPTIONS = "two_good_options"
    SEVERAL_OPTIONS = "several_options"
    NOT_LOOKED_AT = "not_looked_at"


@dataclass(frozen=True)
class Option:
    """
    A slot that somebody gets in some of the perturbed plans.

    Parameters
    ----------
    slot : int
    times : int
    share : float
        Of the plans in which that person is there.
    """

    slot: int
    times: int
    share: float

    def to_json(self) -> dict[str, Any]:
        """Return the option as plain data."""
        return {"slot": self.slot, "times": self.times, "share": self.share}


@dataclass(frozen=True)
class Person:
    """
    What one person's places come to.

    Parameters
    ----------
    candidate : int
    kind : Kind
        ``no_place_yet``: none in the plan. ``one_fitting_place``: a place, and no other is possible
        at all. ``steady``: the same place in 95 % of the plans or more. ``place_unsure``: no place
        at all in more than 5 % of them. ``two_good_options``: two slots together make up 95 % of
        the places. ``several_options``: none of these. ``not_looked_at``: there was no time for
        any plan with this person in it.
    slot : int
        In the plan itself; -1 for none.
    present : int
        In how many of the perturbed plans this person is there.
    same : int
        In how many of those with the slot of the plan itself; without a place as well, if so there.
    without : int
        In how many of those without a place.
    options : tuple of Option
        All slots that came up, most often first.
    n_possible : int
        Slots with seats that no rule refuses.
    """

    candidate: int
    kind: Kind
    slot: int
    present: int
    same: int
    without: int
    options: tuple[Option, ...]
    n_possible: int

    def to_json(self) -> dict[str, Any]:
        """Return the person's places as plain data."""
        return {
            "candidate": self.candidate,
            "kind": self.kind.value,
            "slot": self.slot,
            "present": self.present,
            "same": self.same,
            "without": self.without,
            "options": [option.to_json() for option in self.options],
            "nPossible": self.n_possible,
        }


@dataclass(frozen=True)
class Attention:
    """
    Everybody's places when things are slightly different.

    Parameters
    ----------
    people : tuple of Person
        In the order of candidates.
    perturbations : Perturbations
    planned : int
        How many times it was planned; fewer than asked when it was stopped.
    infeasible : int
        How many of those had no plan within the rules; they count for nobody.
    score_reach : float
        The most that was added to or taken off a score.
    seed : int
    """

    people: tuple[Person, ...]
    perturbations: Perturbations
    planned: int
    infeasible: int
    score_reach: float
    seed: int

    @property
    def is_settled(self) -> bool:
        """Whether it was planned as often as asked."""
        return self.planned >= self.perturbations.times

    def of_kind(self, kind: Kind) -> tuple[Person, ...]:
        """Return the people of one kind."""
        return tuple(person for person in self.people if person.kind is kind)

    def to_json(self) -> dict[str, Any]:
        """Return the places as plain data."""
        return {
            "people": [person.to_json() for person in self.people],
            "perturbations": self.perturbations.to_json(),
            "planned": self.planned,
            "infeasible": self.infeasible,
            "isSettled": self.is_settled,
            "scoreReach": self.score_reach,
            "seed": self.seed,
        }


def find_attention(
    problem: Problem,
    plan: Plan,
    *,
    layers: ScoreLayers | None = None,
    perturbations: Perturbations | None = None,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
    time_limit: float | None = None,
) -> Attention:
    """
    Plan the same problem many times with small differences, and count everybody's places.

    Each time all three differences are drawn anew and apply at once.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Its plan; its objective is that of all others.
    layers : ScoreLayers, optional
        What the scores of the problem were added up from: then weights vary too.
    perturbations : Perturbations, optional
        By default 500 times, weights by 20 %, scores by 2 %, and one in twenty drops out.
    seed : int, default=0
    progress : callable, optional
        Given how many are done and how many there will be; returns ``False`` to stop.
    time_limit : float, optional
        Wall seconds for the whole question; ``planned`` says how far it came.

    Returns
    -------
    Attention

    Raises
    ------
    ProblemError
        If plan or layers are not of that problem.
    """
    n, m = problem.shape
    if plan.slots.shape != (n,):
        raise ProblemError(f"has shape {plan.slots.shape}; accepted is ({n},)", field="plan.slots")
    if layers is not None and layers.points.shape != (n, m):
        raise ProblemError(
            f"has shape {layers.points.shape}; accepted is {(n, m)}", field="layers.points"
        )
    what = perturbations or Perturbations()
    variation = Variation(problem, layers, what)
    many = ManyPlans(plan.objective, seed, start=plan, deadline=Deadline(time_limit))
    places: list[Ints] = []
    infeasible = 0
    for done, rng in enumerate(np.random.default_rng(seed).spawn(what.times)):
        if progress is not None and progress(done, what.times) is False:
            break
        varied, gone = variation.draw(rng)
        try:
            answer = many.solve(varied)
        except OutOfTime:
            break
        if answer.status is SolveStatus.INFEASIBLE:
            infeasible += 1
            continue
        places.append(np.where(gone, GONE, answer.slots))
    table = np.array(places, dtype=np.int64).reshape(len(places), n)
    possible = variation.n_possible()
    return Attention(
        people=tuple(_person(i, int(plan.slots[i]), table[:, i], possible[i]) for i in range(n)),
        perturbations=what,
        planned=len(places) + infeasible,
        infeasible=infeasible,
        score_reach=float(variation.reach),
        seed=seed,
    )


GONE: Final = -2
"""Stands in the table of places where somebody had dropped out."""


def _person(candidate: int, slot: int, places: Ints, n_possible: int) -> Person:
    there = places[places != GONE]
    slots, counts = np.unique(there[there >= 0], return_counts=True)
    present, without = len(there), int((there < 0).sum())
    options = tuple(
        Option(int(slots[k]), int(counts[k]), float(counts[k]) / present)
        for k in np.lexsort((slots, -counts))
    )
    same = int((there == slot).sum())
    kind = _kind(slot, present, same, without, options, n_possible)
    return Person(candidate, kind, slot, present, same, without, options, n_possible)


def _kind(
    slot: int,
    present: int,
    same: int,
    without: int,
    options: tuple[Option, ...],
    n_possible: int,
) -> Kind:
    if slot < 0:
        return Kind.NO_PLACE_YET
    if n_possible == 1:
        return Kind.ONE_FITTING_PLACE
    if not present:
        return Kind.NOT_LOOKED_AT
    if same >= STEADY * present:
        return Kind.STEADY
    if without > (1.0 - STEADY) * present:
        return Kind.PLACE_UNSURE
    if sum(option.times for option in options[:2]) >= STEADY * (present - without):
        return Kind.TWO_GOOD_OPTIONS
    return Kind.SEVERAL_OPTIONS
