"""
What a little more of something would bring: a seat, an afternoon of a coach, a language buddy.

Each answer comes from solving again. A price is what an endlessly small amount would bring, and
says little about a whole seat, less about hours that are shared out in whole people [1]_. Prices
are used in one case only, where they prove that nothing is gained.

References
----------
.. [1] Williams (2013). Model building in mathematical programming, 5th ed., sections 6.2 and 10.3:
   what shadow prices mean in linear programmes, and what they do not in integer ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from matching.asking.what_if import full_score
from matching.deadline import Deadline, OutOfTime
from matching.exceptions import ProblemError
from matching.limits.named import Limit, code_of_slot, limits_of, loosened
from matching.plan import Certificate, Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.sides.unproven import ManyPlans

AFTERNOON: Final = 4.0
"""Hours of a coach, which is what a resource is counted in most often."""


@dataclass(frozen=True)
class Marginal:
    """
    What a little more would bring, held against the plan as it is.

    Parameters
    ----------
    limit : Limit
        Seats of a slot, or a supply.
    amount : float
        How much more: seats, or units of the resource.
    placed : int
        How many people more have a place.
    points : int or float
        How much higher the score of the plan is; negative where placing more people costs points.
    status : {"optimal", "feasible", "interrupted"}
        How certain that is.
    is_settled : bool
        Whether there was time to work it out. Where not, people and points are 0 and say nothing.
    """

    limit: Limit
    amount: float
    placed: int
    points: float
    status: str
    is_settled: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "limit": self.limit.to_json(),
            "amount": self.amount,
            "placed": self.placed,
            "points": self.points,
            "status": self.status,
            "isSettled": self.is_settled,
        }


def find_marginals(
    problem: Problem,
    plan: Plan,
    *,
    amounts: Mapping[str, float] | None = None,
    slots: Iterable[int] | None = None,
    resources: Iterable[str] | None = None,
    seed: int = 0,
    time_limit: float | None = None,
) -> tuple[Marginal, ...]:
    """
    Say what one seat more in each slot, and more of each resource, would bring.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        The answer to it; its objective is followed.
    amounts : mapping of str to float, optional
        How much more of a resource is looked at, by name; ``AFTERNOON`` where it is not told.
    slots : iterable of int, optional
        Positions of slots whose seats are looked at; all, when left out.
    resources : iterable of str, optional
        Names of resources that are looked at; all, when left out.
    seed : int, default=0
    time_limit : float, optional
        Wall seconds for the whole question; what it leaves open says so.

    Returns
    -------
    tuple of Marginal
        Most people first, then most points, then in reading order; what is not settled comes last.

    Raises
    ------
    ProblemError
        If a resource is named that is not there, or an amount is not positive.
    """
    more = _amounts(problem, amounts or {})
    names = set(more) if resources is None else set(resources)
    _check_names(names, more)
    seats = range(problem.shape[1]) if slots is None else sorted(set(slots))
    looked_at = [*_seats(problem, seats), *_supplies(problem, names)]
    can_bind = set(limits_of(problem))
    many = ManyPlans(plan.objective, seed, plan, ties=False, deadline=Deadline(time_limit))
    found = []
    for limit in looked_at:
        amount = 1.0 if limit.kind == "seats" else more[limit.name]
        if limit not in can_bind or proves_no_gain(problem, plan, limit):
            found.append(Marginal(limit, amount, 0, 0, plan.status.value))
        else:
            found.append(_solved_again(problem, plan, limit, amount, many))
    return tuple(sorted(found, key=_most_first))


def _most_first(one: Marginal) -> tuple[Any, ...]:
    return not one.is_settled, -one.placed, -one.points, one.limit.key


def proves_no_gain(problem: Problem, plan: Plan, limit: Limit) -> bool:
    """
    Whether the plan's certificate alone proves that one seat more brings nothing.

    Under seats alone a certificate bounds how many can be placed by a cover, and the score by
    prices. A seat more in a slot outside the cover and with price 0 leaves both bounds as they are,
    and the plan reaches them. A slot without a seat left plays no part in the certificate, and is
    no such slot. Under side rules there is no such shortcut.
    """
    certificate, taken = plan.certificate, 0
    if problem.pins is not None:
        taken = int((problem.pins == limit.row).sum())
    return (
        limit.kind == "seats"
        and not problem.has_side_rules
        and plan.status is SolveStatus.OPTIMAL
        and isinstance(certificate, Certificate)
        and certificate.exponent == problem.exponent
        and problem.is_whole  # else the plan is best only up to the step that scores are read in
        and int(problem.seats[limit.row]) > taken
        and int(certificate.prices[limit.row]) == 0
        and not ("placed" in plan.objective and bool(certificate.cover_slots[limit.row]))
    )


def _solved_again(
    problem: Problem, plan: Plan, limit: Limit, amount: float, many: ManyPlans
) -> Marginal:
    more = loosened(problem, {limit: amount})
    try:
        other = many.solve(more)
    except OutOfTime:
        return Marginal(limit, amount, 0, 0, SolveStatus.INTERRUPTED.value, is_settled=False)
    return Marginal(
        limit,
        amount,
        other.placed - plan.placed,
        full_score(more, other) - full_score(problem, plan),
        other.status.value,
    )


def _amounts(problem: Problem, given: Mapping[str, float]) -> dict[str, float]:
    names = [resource.name for resource in problem.resources]
    _check_names(set(given), names)
    for name, amount in given.items():
        if not amount > 0:
            raise ProblemError(f"is {amount}; accepted is more than 0", field=f"amounts.{name}")
    return {name: float(given.get(name, AFTERNOON)) for name in names}


def _check_names(given: set[str], known: Iterable[str]) -> None:
    others = sorted(given - set(known))
    if others:
        accepted = ", ".join(sorted(known)) or "none"
        raise ProblemError(
            f"has no resource named {', '.join(others)}; accepted are: {accepted}",
            field="resources",
        )


def _seats(problem: Problem, slots: Iterable[int]) -> Iterable[Limit]:
    m = problem.shape[1]
    for j in slots:
        if not 0 <= j < m:
            raise ProblemError(f"is {j}; accepted are positions from 0 to {m - 1}", field="slots")
        yield Limit("seats", code_of_slot(problem, j), row=j, slot_row=j)


def _supplies(problem: Problem, names: set[str]) -> Iterable[Limit]:
    for row, resource in enumerate(problem.read_resources):
        if resource.name not in names:
            continue
        if resource.shared:
            yield Limit("resource", resource.name, row=row)
            continue
        for j in range(problem.shape[1]):
            if resource.slots[j]:
                yield Limit("resource", resource.name, code_of_slot(problem, j), row, j)
