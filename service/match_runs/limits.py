"""
What a plan has left beside seats: hours of coaches, and which rules stand between a person and a
seat.

Rules are told by what they are about, never by whom: neither who else draws on the hours, nor who
is in a bond or a group.
"""

from typing import Any

import numpy as np

from matching import Plan, Problem
from models.base import Shape
from models.texts import Day
from service.side_rules import SideRules

Facts = dict[str, Any]


class CoachHours(Shape):
    """
    What a team of coaches can give and what a plan uses of it, in the weeks that ask most of them.
    """

    coaches: list[str]
    starts_on: Day
    ends_on: Day | None
    used: float
    hours: float


def coach_hours(problem: Problem, plan: Plan, sides: SideRules) -> list[CoachHours]:
    """Return, for each team of coaches, the weeks in which a plan uses most of their hours."""
    placed = np.flatnonzero(plan.slots >= 0)
    fullest: dict[tuple[str, ...], CoachHours] = {}
    for resource in problem.read_resources:
        told = sides.hours[resource.name]
        if told["item"] != "coach_hours" or not told["coaches"]:
            continue
        used = int(resource.of_pairs(placed, plan.slots[placed]).sum()) / 1000
        facts = {name: told[name] for name in ("coaches", "starts_on", "ends_on")}
        one = CoachHours(**facts, used=used, hours=int(resource.supply[0]) / 1000)
        team = tuple(one.coaches)
        if team not in fullest or _left(one) < _left(fullest[team]):
            fullest[team] = one
    return [fullest[team] for team in sorted(fullest, key=lambda team: (len(team), team))]


def _left(one: CoachHours) -> float:
    return one.hours - one.used


def stands_between(problem: Problem, plan: Plan, sides: SideRules, i: int, j: int) -> list[Facts]:
    """Return the rules over several people that would not hold with somebody in a slot as well."""
    return [*_short_hours(problem, plan, sides, i, j), *_agreements(problem, plan, i, j)]


def _short_hours(problem: Problem, plan: Plan, sides: SideRules, i: int, j: int) -> list[Facts]:
    others = np.flatnonzero((plan.slots >= 0) & (np.arange(len(plan.slots)) != i))
    found = []
    for resource in problem.read_resources:
        drawn = int(resource.of_pairs(np.array([i]), np.array([j]))[0])
        if not drawn:
            continue
        there = others if resource.shared else others[plan.slots[others] == j]
        used = int(resource.of_pairs(there, plan.slots[there]).sum())
        if used + drawn > int(resource.supply[0 if resource.shared else j]):
            found.append(sides.hours[resource.name])
    return found


def _agreements(problem: Problem, plan: Plan, i: int, j: int) -> list[Facts]:
    slots = plan.slots.copy()
    slots[i] = j
    broken = []
    for quota in problem.read_quotas:
        if quota.slots[j]:
            held = quota.slots[slots] & (slots >= 0)
            count = int((held & quota.candidates).sum())
            # That a floor is not reached yet is no reason against one more.
            if count > quota.most or (quota.if_open and not quota.least <= count):
                broken.append({"item": "agreement"})
    pilots = problem.pilot_of_slot
    for group in problem.read_groups:
        if i not in group.candidates:
            continue
        where = [slots[k] if group.within == "slot" else pilots[slots[k]] for k in group.candidates]
        has_place = slots[group.candidates] >= 0
        inside = [place for place, there in zip(where, has_place, strict=True) if there]
        apart = len(set(inside)) == len(inside)
        together = bool(has_place.all()) and len(set(inside)) == 1
        if not (apart if group.apart else together):
            broken.append({"item": "agreement"})
    return broken[:1]
