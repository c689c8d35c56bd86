"""
Why not that one: what refuses a pair, what it waits for, or what it would cost the others.

A pair that is possible is forced, and the plan is made again with as few moves as can be. What
other people lose is counted apart from who they are: their codes stand in fields of their own,
which a candidate never sees.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from matching.asking.explanation import explain
from matching.deadline import ENDLESS, Deadline, OutOfTime
from matching.efforts import Efforts
from matching.exceptions import ProblemError
from matching.limits.conflicts import Conflict, find_conflict
from matching.limits.named import Wanted, code_of_candidate, code_of_slot, with_pin
from matching.limits.relaxing import Relaxation, each_relaxation, reading_order
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.scoring import ScoreLayers
from matching.solvers import solve
from matching.solvers.ledger import eligible_pairs, scores_of


@dataclass(frozen=True)
class Moved:
    """
    What a change of plan does to one person.

    Parameters
    ----------
    candidate : str
        Code; not for other candidates.
    was, becomes : str or None
        Codes of slots; ``None`` for no place.
    points : int or float
        What it brings this person, in the scores of the problem; negative for a loss.
    """

    candidate: str
    was: str | None
    becomes: str | None
    points: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "candidate": self.candidate,
            "was": self.was,
            "becomes": self.becomes,
            "points": self.points,
        }


@dataclass(frozen=True)
class Trade:
    """
    What a pair would cost, against a plan.

    Of the plans with the least loss it is the one that moves fewest people; ``near_to`` tells from
    where moves are counted.

    Parameters
    ----------
    placed : int
        How many people fewer have a place in all.
    points : int or float
        How much lower the score of the plan is, with the bonus for staying; where the objective
        puts more places first it can be negative.
    own_points : int or float
        What the pair brings this person, in the scores of the problem.
    n_moved : int
        How many others get another place.
    n_loses_place : int
        How many others lose theirs.
    n_gains_place : int
        How many others get one who had none.
    others : tuple of Moved
        Who they are; only for those who may see it.
    status : {"optimal", "feasible", "interrupted"}
        How certain the loss is.
    """

    placed: int
    points: float
    own_points: float
    n_moved: int
    n_loses_place: int
    n_gains_place: int
    others: tuple[Moved, ...]
    status: str

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the trade as plain data; without people there is no code of anybody in it."""
        return {
            "placed": self.placed,
            "points": self.points,
            "ownPoints": self.own_points,
            "moved": self.n_moved,
            "losesPlace": self.n_loses_place,
            "gainsPlace": self.n_gains_place,
            "others": [one.to_json() for one in self.others] if with_people else [],
            "status": self.status,
        }


@dataclass(frozen=True)
class WhyNot:
    """
    Why somebody does not have a slot.

    Parameters
    ----------
    candidate, slot : str
        Codes.
    answer : {"has_it", "refused", "possible", "impossible", "not_settled"}
        The plan gives it; a rule refuses the pair; it would be possible, at a cost; limits of the
        problem rule it out; time was over before it was known which of the last two.
    refusals : tuple of dict
        What refuses the pair, with its facts, when the layers are known.
    questions : tuple of dict
        What it waits for: the pair counts as possible until the answer is known.
    trade : Trade or None
        What it would cost, when it is possible.
    conflict : Conflict or None
        Which limits rule it out, when they do.
    relaxations : tuple of Relaxation
        What would have to give way then, least effort first.
    is_settled : bool
        Whether there was time for all of it. Where not, what a possible pair costs may be less, and
        of an impossible one the conflict or some relaxations may be missing.
    """

    candidate: str
    slot: str
    answer: str
    refusals: tuple[dict[str, Any], ...] = ()
    questions: tuple[dict[str, Any], ...] = ()
    trade: Trade | None = None
    conflict: Conflict | None = None
    relaxations: tuple[Relaxation, ...] = ()
    is_settled: bool = True

    def to_json(self, *, with_people: bool = True) -> dict[str, Any]:
        """Return the answer as plain data; without people a candidate may see it."""
        shown = {"with_people": with_people}
        return {
            "candidate": self.candidate,
            "slot": self.slot,
            "answer": self.answer,
            "refusals": list(self.refusals),
            "questions": list(self.questions),
            "trade": self.trade.to_json(**shown) if self.trade else None,
            "conflict": self.conflict.to_json(**shown) if self.conflict else None,
            "relaxations": [way.to_json(**shown) for way in self.relaxations],
            "isSettled": self.is_settled,
        }


def why_not(
    problem: Problem,
    plan: Plan,
    candidate: int,
    slot: int,
    *,
    layers: ScoreLayers | None = None,
    efforts: Efforts | None = None,
    seed: int = 0,
    time_limit: float | None = None,
) -> WhyNot:
    """
    Say why a plan does not give a person a slot, and what it would cost if it did.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        The answer to it.
    candidate, slot : int
        Positions.
    layers : ScoreLayers, optional
        What the scores come from; without them refusals and questions are not told.
    efforts : Efforts, optional
        What it takes to loosen limits; those of the layers' policy, when left out.
    seed : int, default=0
        As for ``solve``.
    time_limit : float, optional
        Wall seconds for the whole question; what is not settled by then is said to be so.

    Returns
    -------
    WhyNot

    Raises
    ------
    ProblemError
        If there is no such candidate or slot, or the plan is of another problem.
    """
    check_asked(problem, plan, candidate, slot)
    deadline = Deadline(time_limit)
    names = code_of_candidate(problem, candidate), code_of_slot(problem, slot)
    refusals, questions = _findings(layers, candidate, slot)
    if plan.slots[candidate] == slot:
        return WhyNot(*names, "has_it", questions=questions)
    if not problem.is_eligible(candidate, slot):
        return WhyNot(*names, "refused", refusals, questions)
    try:
        forced = force_pair(problem, plan, candidate, slot, seed=seed, deadline=deadline)
    except OutOfTime:
        return WhyNot(*names, "not_settled", questions=questions, is_settled=False)
    if forced is not None:
        trade = trade_between(problem, plan, forced, candidate)
        settled = forced.status is not SolveStatus.INTERRUPTED
        return WhyNot(*names, "possible", questions=questions, trade=trade, is_settled=settled)
    if efforts is None and layers is not None:
        efforts = layers.pairing.policy.efforts
    conflict, relaxations, settled = _impossible(
        problem, Wanted(pair=(candidate, slot)), efforts, deadline
    )
    return WhyNot(
        *names,
        "impossible",
        questions=questions,
        conflict=conflict,
        relaxations=relaxations,
        is_settled=settled,
    )


def _impossible(
    problem: Problem, wanted: Wanted, efforts: Efforts | None, deadline: Deadline
) -> tuple[Conflict | None, tuple[Relaxation, ...], bool]:
    """Return which limits clash, what could give way, and whether there was time for both."""
    conflict, ways, settled = None, [], True
    try:
        conflict = find_conflict(problem, wanted, deadline=deadline)
        for way in each_relaxation(problem, wanted, efforts=efforts, deadline=deadline):
            ways.append(way)
    except OutOfTime:
        settled = False
    return conflict, tuple(sorted(ways, key=reading_order)), settled


def force_pair(
    problem: Problem,
    plan: Plan,
    candidate: int,
    slot: int,
    *,
    seed: int = 0,
    deadline: Deadline = ENDLESS,
) -> Plan | None:
    """
    Return the best plan in which a person has a slot, and among equals the one that moves least.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        The plan whose places should stay; its objective is followed.
    candidate, slot : int
        Positions.
    seed : int, default=0
    deadline : Deadline, optional

    Returns
    -------
    Plan or None
        ``None`` when no plan gives that person that slot; *interrupted* where the deadline came
        before the best one was known.

    Raises
    ------
    OutOfTime
        If the deadline comes before any such plan is known, or that there is none.
    """
    deadline.check()
    forced = with_pin(problem, candidate, slot)
    if forced is None:
        return None
    near = near_to(forced, plan)
    objective = plan.objective if "moves" in plan.objective else (*plan.objective, "moves")
    answer = solve(near, objective=objective, seed=seed, time_limit=deadline.seconds_left)
    if int(answer.slots[candidate]) != slot:  # half a plan says nothing of whether there is one
        deadline.settled(answer)
    if answer.status is SolveStatus.INFEASIBLE:
        return None
    has_bonus_in_scores = problem.stay_bonus > near.stay_bonus and "score" in objective
    return _without_bonus(problem, answer) if has_bonus_in_scores else answer


def near_to(problem: Problem, plan: Plan) -> Problem:
    """
    Return the problem with a plan as what people have now, so that moves are counted from it.

    What staying earns is made part of the scores, for it goes by what people really have now. That
    stays what the problem says where moves are an aim of the problem itself, and where points for
    staying would mix with scores that the objective reads one by one (``worst``, ``leximin``).
    """
    if problem.current is not None and "moves" in plan.objective:
        return problem
    near: dict[str, Any] = {"current": plan.slots, "stay_bonus": 0}
    if not problem.stay_bonus or "score" not in plan.objective:
        return replace(problem, **near)
    if {"worst", "leximin"} & set(plan.objective):
        return problem
    try:
        return replace(problem, scores=_scores_with_bonus(problem), **near)
    except ProblemError:  # with the bonus, scores at the edge of 64 bits go beyond it
        return problem


def _scores_with_bonus(problem: Problem) -> Any:
    """Return the scores with the bonus at the pairs of a person and the slot they have now."""
    who, where, points = eligible_pairs(problem)
    assert problem.current is not None
    points = points.astype(np.int64) if problem.is_whole else points
    with_bonus = points + problem.stay_bonus * (problem.current[who] == where)
    return sparse.coo_array((with_bonus, (who, where)), shape=problem.shape)


def _without_bonus(problem: Problem, answer: Plan) -> Plan:
    """Return a plan whose scores held the bonus of those who stay, as the problem counts them."""
    points = scores_of(problem, answer.slots).tolist()
    score = sum(points) if problem.is_whole else math.fsum(points)
    bonus = _bonus_of(problem, answer)
    return replace(answer, score=score, bound=max(score, answer.bound - bonus))


def trade_between(problem: Problem, plan: Plan, other: Plan, candidate: int) -> Trade:
    """
    Hold two plans of a problem against each other, seen from one candidate.

    Parameters
    ----------
    problem : Problem
    plan, other : Plan
        What is, and what would be.
    candidate : int
        Position; everybody else counts among the others.

    Returns
    -------
    Trade
    """
    before, after = scores_of(problem, plan.slots), scores_of(problem, other.slots)
    others = []
    for i in np.flatnonzero(plan.slots != other.slots).tolist():
        if i != candidate:
            was, becomes = (_name(problem, int(one.slots[i])) for one in (plan, other))
            gain = (after[i] - before[i]).item()
            others.append(Moved(code_of_candidate(problem, i), was, becomes, gain))
    others.sort(key=lambda one: one.candidate)
    return Trade(
        placed=plan.placed - other.placed,
        points=full_score(problem, plan) - full_score(problem, other),
        own_points=(after[candidate] - before[candidate]).item(),
        n_moved=sum(one.was is not None and one.becomes is not None for one in others),
        n_loses_place=sum(one.becomes is None for one in others),
        n_gains_place=sum(one.was is None for one in others),
        others=tuple(others),
        status=other.status.value,
    )


def full_score(problem: Problem, plan: Plan) -> float:
    """Return the score of a plan with the bonus of those who keep their current slot."""
    return plan.score + _bonus_of(problem, plan)


def _bonus_of(problem: Problem, plan: Plan) -> int:
    """Return the points that a plan earns by those who keep their current slot."""
    if problem.current is None or not problem.stay_bonus:
        return 0
    stays = (problem.current >= 0) & (plan.slots == problem.current)
    return problem.stay_bonus * int(stays.sum())


def check_asked(
    problem: Problem, plan: Plan, candidate: int | None = None, slot: int | None = None
) -> None:
    """Refuse a plan of another problem, and a candidate or a slot that is not there."""
    n, m = problem.shape
    if plan.slots.shape != (n,):
        raise ProblemError(f"has {len(plan.slots)} people; accepted are {n}", field="plan")
    for field, given, length in (("candidate", candidate, n), ("slot", slot, m)):
        if given is not None and not 0 <= given < length:
            raise ProblemError(
                f"is {given}; accepted are positions from 0 to {length - 1}", field=field
            )


def _name(problem: Problem, j: int) -> str | None:
    return None if j < 0 else code_of_slot(problem, j)


Findings = tuple[dict[str, Any], ...]
NOTHING: Final[tuple[Findings, Findings]] = ((), ())


def _findings(layers: ScoreLayers | None, i: int, j: int) -> tuple[Findings, Findings]:
    if layers is None:
        return NOTHING
    reasons = explain(layers, i, j)
    return tuple(reasons.refusals), tuple(reasons.questions)
