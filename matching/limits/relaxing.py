"""
The least that has to give way, so that a plan brings about what is wanted.

Each limit may be loosened by whole steps, each step at its effort; a mixed-integer program over
pairs and steps finds the least effort exactly. What was found is then forbidden, together with
everything that contains it, and the next is sought: so no answer holds a step that could be left
out. Every answer is solved again as an ordinary problem before it is given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from matching.deadline import ENDLESS, Deadline
from matching.efforts import Efforts
from matching.limits.named import (
    Limit,
    Wanted,
    amount_of,
    limits_of,
    loosened,
    plan_for,
    read_wanted,
)
from matching.limits.step_program import StepProgram
from matching.problem import Problem

EFFORT_OF: Final = {
    "seats": "seat",
    "resource": "resource_unit",
    "least": "quota_step",
    "most": "quota_step",
    "group": "group",
    "pin": "pin",
}
"""Which effort of a policy a step of each kind of limit takes."""


@dataclass(frozen=True)
class Step:
    """
    One limit, loosened.

    Parameters
    ----------
    limit : Limit
    amount : int
        Seats or units more, people less in a floor or more in a ceiling; 1 for a bond or a pin that
        is let go.
    was, becomes : float or None
        What the limit allows before and after, in its own unit; ``None`` for bonds and pins.
    effort : int
        What the policy says it takes.
    """

    limit: Limit
    amount: int
    was: float | None
    becomes: float | None
    effort: int

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the step as plain data."""
        return {
            "limit": self.limit.to_json(with_people=with_people),
            "amount": self.amount,
            "was": self.was,
            "becomes": self.becomes,
            "effort": self.effort,
        }


@dataclass(frozen=True)
class Relaxation:
    """
    Steps that together make possible what is wanted; without any one of them it is not.

    Parameters
    ----------
    steps : tuple of Step
        In reading order.
    effort : int
        Their sum.
    """

    steps: tuple[Step, ...]
    effort: int

    @property
    def amounts(self) -> dict[Limit, float | None]:
        """The steps as ``loosened`` reads them."""
        return {step.limit: step.amount for step in self.steps}

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the relaxation as plain data."""
        return {
            "steps": [step.to_json(with_people=with_people) for step in self.steps],
            "effort": self.effort,
        }


def find_relaxations(
    problem: Problem,
    wanted: Wanted | int | None = None,
    *,
    efforts: Efforts | None = None,
    most: int = 5,
    below: int | None = None,
) -> tuple[Relaxation, ...]:
    """
    Return the ways to loosen limits that take the least effort, each solved again.

    Parameters
    ----------
    problem : Problem
    wanted : Wanted or int, optional
        As in ``find_conflict``.
    efforts : Efforts, optional
        What a policy says each step takes; the standard values, when left out.
    most : int, default=5
        How many ways at most.
    below : int, optional
        Only ways that take less effort than this.

    Returns
    -------
    tuple of Relaxation
        Least effort first; equals by fewest steps, then by name. One without steps when nothing has
        to give way; none when no loosening helps.

    Raises
    ------
    ProblemError
        If what is wanted names somebody who is not there.
    """
    found = each_relaxation(problem, wanted, efforts=efforts, most=most, below=below)
    return tuple(sorted(found, key=reading_order))


def each_relaxation(
    problem: Problem,
    wanted: Wanted | int | None = None,
    *,
    efforts: Efforts | None = None,
    most: int = 5,
    below: int | None = None,
    deadline: Deadline = ENDLESS,
) -> Iterator[Relaxation]:
    """
    Yield what ``find_relaxations`` returns, as it is found, so that a deadline loses none of it.

    It takes the same, and a deadline; equals come in any order.

    Raises
    ------
    OutOfTime
        If the deadline comes before all were found.
    """
    asked = read_wanted(problem, wanted)
    if plan_for(problem, asked, deadline) is not None:
        yield Relaxation((), 0)
        return
    effort_of = _effort_of_each(problem, efforts or Efforts())
    program = StepProgram(problem, asked, effort_of, deadline)
    n_found = 0
    while n_found < most:
        amounts = program.least()
        if amounts is None:
            break
        way = _relaxation(program, amounts)
        if below is not None and way.effort >= below:
            break
        program.forbid(amounts)
        if plan_for(loosened(problem, way.amounts), asked, deadline) is not None:
            n_found += 1
            yield way


def _effort_of_each(problem: Problem, efforts: Efforts) -> dict[Limit, int]:
    """Return what a step of each limit takes that may be loosened."""
    stated = {limit: getattr(efforts, EFFORT_OF[limit.kind]) for limit in limits_of(problem)}
    return {limit: effort for limit, effort in stated.items() if effort is not None}


def reading_order(way: Relaxation) -> tuple[Any, ...]:
    """Return the place of a way in any list."""
    return way.effort, len(way.steps), [(step.limit.key, step.amount) for step in way.steps]


def _relaxation(program: StepProgram, amounts: dict[int, int]) -> Relaxation:
    steps = []
    for k in sorted(amounts):
        limit, amount = program.limits[k], amounts[k]
        was = amount_of(program.problem, limit)
        sign = -1 if limit.kind == "least" else 1
        becomes = None if was is None else was + sign * amount
        steps.append(Step(limit, amount, was, becomes, amount * program.effort[k]))
    return Relaxation(tuple(steps), sum(step.effort for step in steps))
