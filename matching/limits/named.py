"""
Limits: what a plan has to keep beside who may go where, one by one and in the caller's names.

A reason names limits, and a way out loosens some. So each of them can be let go of, or loosened by
whole steps, which gives another problem to solve.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.deadline import ENDLESS, Deadline
from matching.exceptions import ProblemError
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.sides import STEPS, UNLIMITED, Quota, Resource
from matching.solvers import solve
from matching.solvers.ledger import eligible_pairs

KINDS: Final = ("seats", "resource", "least", "most", "group", "pin")
"""The kinds of limits, in the order in which people read them."""

NAMES_PEOPLE: Final = ("pin",)
"""Kinds whose name is somebody's code."""


@dataclass(frozen=True)
class Limit:
    """
    One thing that a plan has to keep.

    Parameters
    ----------
    kind : {"seats", "resource", "least", "most", "group", "pin"}
        Seats of a slot; a supply; floor or ceiling of a quota; a bond; somebody fixed to a slot.
    name : str
        Code of the slot for seats, of the candidate for a pin, else the name that the caller gave.
        Without codes it is the position.
    slot : str or None
        Whose supply, where each slot has its own; the slot that a pin is about.
    row, slot_row : int
        Positions in the problem; no part of the name.
    """

    kind: str
    name: str
    slot: str | None = None
    row: int = field(default=-1, compare=False, repr=False)
    slot_row: int = field(default=-1, compare=False, repr=False)

    @property
    def key(self) -> tuple[int, str, str]:
        """The place of this limit in any list."""
        return KINDS.index(self.kind), self.name, self.slot or ""

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the limit as plain data; without people, a pin does not say whose it is."""
        hidden = self.kind in NAMES_PEOPLE and not with_people
        return {"kind": self.kind, "name": None if hidden else self.name, "slot": self.slot}


@dataclass(frozen=True)
class Wanted:
    """
    What a plan is asked to bring about, whatever its score.

    Parameters
    ----------
    placed : int, default=0
        At least so many people have a place.
    people : tuple of int
        Each of these candidates has a place, any place.
    pair : tuple of int, optional
        This candidate has this slot.
    """

    placed: int = 0
    people: tuple[int, ...] = ()
    pair: tuple[int, int] | None = None


def code_of_candidate(problem: Problem, i: int) -> str:
    """Return the code of a candidate, or the position where the problem has no codes."""
    return str(i) if problem.codes is None else str(problem.codes[0][i])


def code_of_slot(problem: Problem, j: int) -> str:
    """Return the code of a slot, or the position where the problem has no codes."""
    return str(j) if problem.codes is None else str(problem.codes[1][j])


def limits_of(problem: Problem) -> tuple[Limit, ...]:
    """
    Return all limits that could bind, in reading order.

    Seats for everybody who may go there, and a supply for the hungriest that the seats hold, bind
    nobody; they are left out.
    """
    found = [*_seats(problem), *_supplies(problem), *_quotas(problem)]
    for row, group in enumerate(problem.read_groups):
        found.append(Limit("group", group.name, row=row))
    if problem.pins is not None:
        for i in np.flatnonzero(problem.pins >= 0).tolist():
            j = int(problem.pins[i])
            code = code_of_candidate(problem, i)
            found.append(Limit("pin", code, code_of_slot(problem, j), i, j))
    return tuple(sorted(found, key=lambda limit: limit.key))


def _seats(problem: Problem) -> Iterable[Limit]:
    _, slot, _ = eligible_pairs(problem)
    fits = np.bincount(slot, minlength=problem.shape[1])
    for j in np.flatnonzero(problem.seats < fits).tolist():
        yield Limit("seats", code_of_slot(problem, j), row=j, slot_row=j)


def _supplies(problem: Problem) -> Iterable[Limit]:
    candidate, slot, _ = eligible_pairs(problem)
    for row, resource in enumerate(problem.read_resources):
        drawn = resource.of_pairs(candidate, slot)
        if resource.shared:
            if int(resource.supply[0]) < int(drawn.sum()):
                yield Limit("resource", resource.name, row=row)
            continue
        total = np.bincount(slot, weights=drawn, minlength=problem.shape[1])
        for j in np.flatnonzero((resource.supply < total) & resource.slots).tolist():
            yield Limit("resource", resource.name, code_of_slot(problem, j), row, j)


def _quotas(problem: Problem) -> Iterable[Limit]:
    for row, quota in enumerate(problem.read_quotas):
        if quota.least > 0:
            yield Limit("least", quota.name, row=row)
        if quota.most < int(quota.candidates.sum()):
            yield Limit("most", quota.name, row=row)


def loosened(problem: Problem, steps: Mapping[Limit, float | None]) -> Problem:
    """
    Return the problem with some limits loosened.

    Parameters
    ----------
    problem : Problem
    steps : mapping of Limit to number or None
        Seats more, units of a resource more, people less in a floor or more in a ceiling. ``None``
        lets go of the limit; so does any number of steps of a bond or a pin.

    Returns
    -------
    Problem
    """
    if not steps:
        return problem
    n = problem.shape[0]
    seats, resources = problem.seats.copy(), list(problem.resources)
    quotas, dropped = list(problem.quotas), set()
    pins = None if problem.pins is None else problem.pins.copy()
    for limit, step in steps.items():
        if limit.kind == "seats":
            seats[limit.row] = n if step is None else seats[limit.row] + int(step)
        elif limit.kind == "resource":
            resources[limit.row] = _more(problem, limit, resources[limit.row], step)
        elif limit.kind in ("least", "most"):
            quotas[limit.row] = _wider(problem, limit, quotas[limit.row], step)
        elif limit.kind == "group":
            dropped.add(limit.row)
        elif pins is not None:
            pins[limit.row] = -1
    groups = [group for row, group in enumerate(problem.groups) if row not in dropped]
    return replace(
        problem, seats=seats, resources=resources, quotas=quotas, groups=groups, pins=pins
    )


def _more(problem: Problem, limit: Limit, given: Resource, step: float | None) -> Resource:
    read = problem.read_resources[limit.row]
    old = given.supply if not read.shared else np.array([given.supply])
    supply = np.array(old, dtype=np.float64)
    at = 0 if read.shared else limit.slot_row
    supply[at] = np.inf if step is None else supply[at] + step
    return Resource(given.name, given.demand, supply[0] if read.shared else supply, given.slots)


def _wider(problem: Problem, limit: Limit, given: Quota, step: float | None) -> Quota:
    read = problem.read_quotas[limit.row]
    least, most = given.least, given.most
    if limit.kind == "least":
        least = 0 if step is None else max(0, read.least - int(step))
    else:
        most = None if step is None else read.most + int(step)
    return Quota(given.name, given.candidates, given.slots, least, most, given.if_open)


def amount_of(problem: Problem, limit: Limit) -> float | None:
    """Return what a limit allows now, in its own unit; ``None`` for bonds and pins."""
    if limit.kind == "seats":
        return int(problem.seats[limit.row])
    if limit.kind == "resource":
        supply = problem.read_resources[limit.row].supply
        at = 0 if len(supply) == 1 and limit.slot is None else limit.slot_row
        return float("inf") if supply[at] >= UNLIMITED else float(supply[at]) / STEPS
    if limit.kind == "least":
        return problem.read_quotas[limit.row].least
    if limit.kind == "most":
        return problem.read_quotas[limit.row].most
    return None


def only_feasible(problem: Problem) -> Problem:
    """Return the same question without scores, turns and moves: whether there is a plan at all."""
    candidate, slot, _ = eligible_pairs(problem)
    order = np.lexsort((slot, candidate))
    nothing = np.zeros(len(order), dtype=np.int64)
    where = (candidate[order], slot[order])
    return Problem(
        sparse.csr_array(sparse.coo_array((nothing, where), shape=problem.shape)),
        problem.seats,
        pins=problem.pins,
        codes=problem.codes,
        resources=problem.resources,
        quotas=problem.quotas,
        groups=problem.groups,
        pilots=problem.pilots,
    )


def with_pin(problem: Problem, i: int, j: int) -> Problem | None:
    """Return the problem with one more pin; ``None`` where pins alone already rule it out."""
    pins = (
        np.full(problem.shape[0], -1, dtype=np.int64)
        if problem.pins is None
        else problem.pins.copy()
    )
    if pins[i] not in (-1, j):
        return None
    pins[i] = j
    if int((pins == j).sum()) > int(problem.seats[j]) or not problem.is_eligible(i, j):
        return None
    return replace(problem, pins=pins)


def plan_for(problem: Problem, wanted: Wanted, deadline: Deadline = ENDLESS) -> Plan | None:
    """
    Return some plan that brings about what is wanted, or ``None`` when there is none.

    Parameters
    ----------
    problem : Problem
        Its scores play no part.
    wanted : Wanted
    deadline : Deadline, optional

    Returns
    -------
    Plan or None

    Raises
    ------
    OutOfTime
        If the deadline comes first.
    """
    asked: Problem | None = only_feasible(problem)
    if wanted.pair is not None and asked is not None:
        asked = with_pin(asked, *wanted.pair)
    if asked is None:
        return None
    if asked.has_side_rules:
        return _plan_with_quotas(asked, wanted, deadline)
    return _plan_of_seats(asked, wanted, deadline)


def is_possible(problem: Problem, wanted: Wanted, deadline: Deadline = ENDLESS) -> bool:
    """Whether some plan brings about what is wanted; see `plan_for`."""
    return plan_for(problem, wanted, deadline) is not None


WANTED_NAME: Final = "\x00wanted"
"""A name that no caller has given to a quota of theirs."""


def _plan_with_quotas(asked: Problem, wanted: Wanted, deadline: Deadline) -> Plan | None:
    everybody, everywhere = np.ones(asked.shape[0], np.bool_), np.ones(asked.shape[1], np.bool_)
    more = []
    if wanted.placed:
        if wanted.placed > asked.shape[0]:
            return None
        more.append(Quota(f"{WANTED_NAME} placed", everybody, everywhere, wanted.placed))
    if wanted.people:
        people = np.array(sorted(set(wanted.people)), dtype=np.int64)
        more.append(Quota(f"{WANTED_NAME} people", people, everywhere, len(people)))
    deadline.check()
    stricter = replace(asked, quotas=(*asked.quotas, *more))
    plan = deadline.settled(solve(stricter, objective=("score",), time_limit=deadline.seconds_left))
    if plan.status is SolveStatus.INTERRUPTED:  # half an answer to yes or no is none
        raise KeyboardInterrupt
    return None if plan.status is SolveStatus.INFEASIBLE else plan


def _plan_of_seats(asked: Problem, wanted: Wanted, deadline: Deadline) -> Plan | None:
    """
    Return a plan under seats alone.

    People who can all be placed together can all be placed in some plan that places as many as can
    be: the sets of people that fit are the independent sets of a transversal matroid. So a weight
    on them finds it.
    """
    weight = np.zeros(asked.shape[0], dtype=np.int64)
    weight[list(wanted.people)] = 1
    scores = asked.scores.copy()
    scores.data = weight[asked.pair_candidate]
    deadline.check()
    weighed = replace(asked, scores=scores)
    plan = deadline.settled(
        solve(weighed, objective=("placed", "score"), time_limit=deadline.seconds_left)
    )
    enough = plan.placed >= wanted.placed and bool(np.all(plan.slots[list(wanted.people)] >= 0))
    return plan if enough else None


def positions(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return candidates and slots in the order of their codes, so that rows never matter."""
    n, m = problem.shape
    if problem.codes is None:
        return np.arange(n), np.arange(m)
    by_code = (sorted(range(len(codes)), key=list(codes).__getitem__) for codes in problem.codes)
    candidates, slots = (np.array(order, dtype=np.int64) for order in by_code)
    return candidates, slots


def read_wanted(problem: Problem, wanted: Wanted | int | None) -> Wanted:
    """Check what is wanted; a number is how many have a place, and nothing is any plan at all."""
    if wanted is None:
        return Wanted()
    n, m = problem.shape
    read = wanted if isinstance(wanted, Wanted) else Wanted(placed=wanted)
    if isinstance(read.placed, bool) or read.placed < 0:
        raise ProblemError(
            f"is {read.placed!r}; accepted are whole numbers from 0", field="wanted.placed"
        )
    if not all(0 <= i < n for i in read.people):
        raise ProblemError(f"accepted are positions from 0 to {n - 1}", field="wanted.people")
    if read.pair is not None and not (0 <= read.pair[0] < n and 0 <= read.pair[1] < m):
        raise ProblemError(
            f"is {read.pair}; accepted are a candidate and a slot by position", field="wanted.pair"
        )
    return read
