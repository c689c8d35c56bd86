"""
The other half of the bridge: hours that are shared, quotas and bonds, as rules over several people.

Groups come in here and nowhere else. They become masks of quotas; profiles, rules, criteria and
reasons are made without them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching import Group, Policy, Quota, Resource, ScoreLayers
from models.codes import BondKind, BondWithin, RuleStatus
from models.quota import QuotaCreate
from service.errors import FieldFault
from service.schemas import BondGiven, RunInput
from service.sharing import ENDLESS, Pool, coach_pools

STEP: Final = 3
"""Decimals of hours that the engine reads."""

ONE_HOUR: Final = 1.0
"""What unknown hours count as where nobody's are known."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Facts = dict[str, Any]


@dataclass(frozen=True, eq=False)
class SideRules:
    """Rules over several people as the engine takes them; `hours` tells each resource by name."""

    resources: tuple[Resource, ...] = ()
    quotas: tuple[Quota, ...] = ()
    groups: tuple[Group, ...] = ()
    hours: dict[str, Facts] = field(default_factory=dict)


def to_side_rules(given: RunInput, layers: ScoreLayers) -> SideRules:
    """
    Return the rules over several people, for candidates and slots in the order of their codes.

    Without hours that run short, quotas or bonds there are none, and seats alone limit a plan.
    """
    ordered = given.canonical()
    resources, hours = _hours(ordered, layers)
    return SideRules(
        tuple(resources),
        (*_quotas(ordered), *_bonds_with_placed(ordered)),
        tuple(_groups(ordered)),
        hours,
    )


# Hours


def _hours(given: RunInput, layers: ScoreLayers) -> tuple[list[Resource], dict[str, Facts]]:
    if not layers.pairing.policy.rules["support"].applies:
        return [], {}
    words = layers.pairing.slots.vocabulary.support
    need = _Need(given, layers)
    resources, told = [], {}
    for k in need.kinds:
        supply = np.maximum(0.0, need.totals[:, k] - need.taken[k])
        supply[np.isnan(supply)] = np.inf
        drawn = need.of_kind(k)
        if (drawn.sum(axis=0) > supply).any():
            resources.append(Resource(words[k], drawn, np.round(supply, STEP)))
            told[words[k]] = {"item": "slot_hours", "support": words[k]}
    coaches = [one for one in given.coaches if one.status is RuleStatus.ACTIVE]
    pools = coach_pools(
        given.slots,
        coaches,
        [words[k] for k in need.kinds],
        as_of=given.as_of,
        taken=need.taken[need.kinds],
    )
    for pool in pools:
        drawn = need.of_pool(pool)
        if drawn.max(axis=1, initial=0.0).sum() > pool.hours:
            name = _name(pool)
            resources.append(_shared(name, drawn, pool))
            told[name] = _told(pool)
    return resources, told


class _Need:
    """
    The hours that candidates cannot go without, by kind.

    Hours that somebody needs and has not told count as the middle of what others need of that kind,
    and never as more than the slot has: it is a question there, not a refusal.
    """

    def __init__(self, given: RunInput, layers: ScoreLayers) -> None:
        people, slots = layers.pairing.candidates, layers.pairing.slots
        self.hours: Floats = np.where(people.support_essential, people.support_hours, 0.0)
        self.totals: Floats = slots.support_hours
        self.usual = _usual(self.hours, people.support_essential)
        self.taken = _taken(given, slots.vocabulary.support, self.usual)
        needed = (np.isnan(self.hours) | (self.hours > 0)).any(axis=0)
        self.kinds = np.flatnonzero(needed).tolist()

    def of_kind(self, k: int) -> Floats:
        """Return the hours of one kind that each candidate draws in each slot, (n, m)."""
        known = self.hours[:, k][:, None]
        most = np.where(np.isnan(self.totals[:, k]), np.inf, self.totals[:, k])
        unknown = np.minimum(self.usual[k], most)[None, :]
        drawn: Floats = np.where(np.isnan(known), unknown, known)
        return np.round(drawn, STEP)

    def of_pool(self, pool: Pool) -> Floats:
        """Return the hours that each candidate draws from a pool in each slot, (n, m)."""
        drawn: Floats = np.zeros((len(self.hours), len(self.totals)))
        for row, k in enumerate(self.kinds):
            if pool.share[row].any():
                drawn += self.of_kind(k) * pool.share[row][None, :]
        return np.round(drawn, STEP)


def _usual(hours: Floats, essential: Mask) -> Floats:
    known = essential & ~np.isnan(hours)
    every = float(np.median(hours[known])) if known.any() else ONE_HOUR
    return np.array(
        [
            np.median(hours[known[:, k], k]) if known[:, k].any() else every
            for k in range(hours.shape[1])
        ]
    )


def _taken(given: RunInput, kinds: Sequence[str], usual: Floats) -> Floats:
    """Return the hours that people who have a seat already cannot go without, (n_kinds, m)."""
    column = {slot.code: j for j, slot in enumerate(given.slots)}
    taken = np.zeros((len(kinds), len(column)))
    for one in given.placed:
        for need in one.support:
            if need.essential and one.slot in column:
                k = kinds.index(need.kind)
                hours = usual[k] if need.weekly_hours is None else need.weekly_hours
                taken[k, column[one.slot]] += hours
    return taken


def _shared(name: str, drawn: Floats, pool: Pool) -> Resource:
    """Return a pool as a resource; one column stands for all where they are alike."""
    slots = pool.share.any(axis=0)
    columns = drawn[:, slots]
    alike = bool((columns == columns[:, :1]).all())
    return Resource(name, columns[:, 0] if alike else drawn, round(pool.hours, STEP), slots)


def _name(pool: Pool) -> str:
    who = "+".join(pool.team) or "no coach"
    until = "" if pool.until == ENDLESS else date.fromordinal(pool.until - 1).isoformat()
    return f"{who} {date.fromordinal(pool.start).isoformat()}/{until}"


def _told(pool: Pool) -> Facts:
    last = None if pool.until == ENDLESS else date.fromordinal(pool.until - 1).isoformat()
    return {
        "item": "coach_hours",
        "coaches": list(pool.team),
        "starts_on": date.fromordinal(pool.start).isoformat(),
        "ends_on": last,
    }


# Quotas


def _quotas(given: RunInput) -> Iterator[Quota]:
    people = [one.code for one in given.candidates]
    members = {group.name: set(group.candidates) for group in given.groups}
    for quota in given.quotas:
        if quota.status is not RuleStatus.ACTIVE:
            continue
        counted = members[quota.group] if quota.group else None
        there = [
            one
            for one in given.placed
            if one.slot in _slots_of(quota, given) and (counted is None or one.candidate in counted)
        ]
        # Who has a seat there already counts, and a group that has begun cannot stay closed.
        least = max(0, quota.least - len(there))
        most = len(people) if quota.most is None else max(0, quota.most - len(there))
        yield Quota(
            quota.code,
            np.array([counted is None or code in counted for code in people], dtype=np.bool_),
            _mask(given, _slots_of(quota, given)),
            least=least,
            most=max(least, most),
            if_open=quota.if_open and not there,
        )


def _slots_of(quota: QuotaCreate, given: RunInput) -> set[str]:
    return {
        slot.code for slot in given.slots if slot.pilot in quota.pilots or slot.code in quota.slots
    }


def _mask(given: RunInput, codes: Iterable[str]) -> Mask:
    wanted = set(codes)
    return np.array([slot.code in wanted for slot in given.slots], dtype=np.bool_)


# Bonds


def _present(bond: BondGiven, given: RunInput) -> list[int]:
    return [i for i, one in enumerate(given.candidates) if one.code in bond.candidates]


def _groups(given: RunInput) -> Iterator[Group]:
    for bond in given.bonds:
        people = _present(bond, given)
        if len(people) > 1:
            yield Group(
                bond.code,
                people,
                apart=bond.kind is BondKind.APART,
                within=bond.within.value,
            )


def _bonds_with_placed(given: RunInput) -> Iterator[Quota]:
    """
    Return what follows for the others where somebody of a bond has a seat already.

    Together: nobody of them elsewhere. Apart: nobody of them there.
    """
    pilot_of = {slot.code: slot.pilot for slot in given.slots}
    for bond in given.bonds:
        places = {one.slot for one in given.placed if one.candidate in bond.candidates}
        people = _present(bond, given)
        if not places or not people:
            continue
        near = places
        if bond.within is BondWithin.PILOT:
            pilots = {pilot_of[slot] for slot in places if slot in pilot_of}
            near = {slot for slot, pilot in pilot_of.items() if pilot in pilots}
        here = _mask(given, near)
        closed = here if bond.kind is BondKind.APART else ~here
        yield Quota(f"bond {bond.code}", people, np.flatnonzero(closed), most=0)


# What cannot be used


def ungrounded(given: RunInput, policy: Policy) -> list[FieldFault]:
    """
    Return a fault for each quota that counts a group without a ground or without a list, and for
    each list that no quota counts.
    """
    counted = {
        quota.group for quota in given.quotas if quota.group and quota.status is RuleStatus.ACTIVE
    }
    told = {group.name for group in given.groups}
    label = f"{policy.name}/{policy.edition}"
    grounds = ", ".join(sorted(policy.quota_grounds)) or "a policy with that group in quota_grounds"
    faults = []
    for quota in given.quotas:
        if quota.group is None or quota.status is not RuleStatus.ACTIVE:
            continue
        what = f"group {quota.group}, which quota {quota.code} counts"
        if quota.group not in policy.quota_grounds:
            message = f"{label} states no ground in law for {what}"
            faults.append(FieldFault("policy", message, grounds))
        elif quota.group not in told:
            message = f"has no list of who is in {what}"
            faults.append(FieldFault("groups", message, "its name and codes of candidates"))
    for group in given.groups:
        if group.name not in counted:
            message = f"has {group.name}, which no quota here counts: nobody needs to know it"
            faults.append(FieldFault("groups", message, "groups that a quota counts"))
    return faults


def check_sharing(given: RunInput) -> None:
    """Refuse coaches who overlap in more ways than a plan can look at."""
    kinds = sorted({kind for coach in given.coaches for kind in coach.kinds})
    coaches = [one for one in given.coaches if one.status is RuleStatus.ACTIVE]
    taken = np.zeros((len(kinds), len(given.slots)))
    coach_pools(given.slots, coaches, kinds, as_of=given.as_of, taken=taken)


def unknown_references(given: RunInput) -> list[FieldFault]:
    """Return a fault for each code in coaches, quotas, bonds and groups that nothing here has."""
    pilots = {slot.pilot for slot in given.slots}
    slots = {slot.code for slot in given.slots}
    people = {one.code for one in given.candidates}
    kinds: list[tuple[str, Sequence[Any], str, set[str], str]] = [
        ("coaches", given.coaches, "pilots", pilots, "pilot of a slot"),
        ("quotas", given.quotas, "pilots", pilots, "pilot of a slot"),
        ("quotas", given.quotas, "slots", slots, "slot"),
        ("bonds", given.bonds, "candidates", people, "candidate"),
        ("groups", given.groups, "candidates", people, "candidate"),
    ]
    return [
        FieldFault(
            f"{name}.{row}.{field}.{position}",
            f"refers to no {noun} that is given here",
            f"the code of a {noun}",
        )
        for name, items, field, known, noun in kinds
        for row, item in enumerate(items)
        for position, code in enumerate(getattr(item, field))
        if code not in known
    ]
