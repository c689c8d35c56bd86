"""
How far people go, how far it is and what that is worth, laid out for ``kernels/layers.c``.

In a country people live in thousands of places and travel by many sets of means, and slots have
phases in thousands of places: too much for a table of everybody by every slot. The minutes to each
place are held for each kind of people, as codes; what a code is worth, and whether it is surely too
far, comes from the criterion and the rule.
"""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats, Int32s, Ints
from matching.criteria.layer import worth_of
from matching.criteria.travel import phase_weights, score_journey
from matching.exceptions import ProfileError
from matching.facts.alike import Reads, kept_with, sort_out
from matching.facts.pairing import Pairing, places_of
from matching.facts.prepared import Prepared
from matching.facts.profiles import Slots
from matching.facts.travel import HOW_FAR, how_far, is_certain, travel_minutes
from matching.rules.travel import sure_minutes
from matching.scored.tables import weighted_steps

Codes = NDArray[np.uint16]

PLACES_AT_ONCE: Final = 256
EVERY_MINUTE: Final = 16_000
"""Whole minutes up to here have a code of their own; what else occurs gets one when it does."""

NO_LIMIT: Final = 2**16 - 1
READS: Final = Reads(HOW_FAR, ("phases.place",), how_far)


@dataclass(frozen=True, eq=False)
class Journeys:
    """
    The journeys to the phases of slots.

    Parameters
    ----------
    start : ndarray of int, shape (n_slots + 1,)
        Where the phases of each slot begin.
    place : ndarray of int, shape (n_phases,)
    weight : ndarray of float, shape (n_phases,)
        Journeys that a phase takes.
    is_on_site : ndarray of bool, shape (n_phases,)
        Whether people surely have to be there.
    kind : ndarray of int32, shape (n_candidates,)
        Who is equally far from everywhere.
    codes : ndarray of uint16, shape (n_places, n_kinds)
        How far it is.
    n_kinds : int
    worth : ndarray of float, shape (n_codes,)
    sure : ndarray of uint16, shape (n_codes,)
        Rank of the minutes that it surely takes; 0 where it may be none.
    most : ndarray of uint16, shape (n_candidates,)
        Rank of the minutes that somebody travels at most.
    total : ndarray of float, shape (n_slots,)
        The weight of all phases of a slot.
    blank : ndarray of int32, shape (n_slots,)
        Weighted steps where that is 0.
    weighs : int
        The weight of the criterion.
    alike : ndarray of int32, shape (n_slots,)
        For a slot whose phases are all in one place, which weights they have; else -1.
    steps : ndarray of int32, shape (n_alike, n_codes)
        Weighted steps of such slots.
    n_codes : int
    """

    start: Ints
    place: Ints
    weight: Floats
    is_on_site: Bools
    kind: Int32s
    codes: Codes
    n_kinds: int
    worth: Floats
    sure: Codes
    most: Codes
    total: Floats
    blank: Int32s
    weighs: int
    alike: Int32s
    steps: Int32s
    n_codes: int

    def take(self, rows: Ints) -> Self:
        """Return the same for some candidates."""
        return replace(self, kind=self.kind[rows], most=self.most[rows])


@dataclass(frozen=True, eq=False)
class _Phases:
    """The phases of slots, slot by slot, as in ``Journeys``."""

    start: Ints
    place: Ints
    weight: Floats
    is_on_site: Bools
    total: Floats
    alike: Int32s
    weights: Floats
    """Of the phases of slots that are alike, 0 where there are no more, (n_alike, n_phases)."""


@kept_with
def _phases(slots: Slots) -> _Phases:
    order, owner = slots.phases.by_owner
    weight, place = phase_weights(slots), places_of(slots)[1]
    total = np.bincount(owner, weight[order], len(slots)).astype(np.float64)
    alone, first_place = total > 0, np.full(len(slots), -1)
    weights = np.zeros((len(slots), len(slots.phases.turns)))
    for turn, rows in enumerate(slots.phases.turns):
        here = slots.phases.owner[rows]
        first_place[here] = place[rows] if turn == 0 else first_place[here]
        alone[here] &= place[rows] == first_place[here]
        weights[here, turn] = weight[rows]
    kinds = sort_out([weights[alone]], int(alone.sum()))
    alike = np.full(len(slots), -1, dtype=np.int32)
    alike[alone] = kinds.of
    return _Phases(
        start=np.searchsorted(owner, np.arange(len(slots) + 1)),
        place=place[order],
        weight=weight[order],
        is_on_site=slots.phases["on_site_days"][order] > 0,
        total=total,
        alike=alike,
        weights=weights[alone][kinds.first],
    )


@dataclass(frozen=True, eq=False)
class _Minutes:
    """Codes of minutes to places, and what each code stands for."""

    codes: Codes
    minutes: Floats
    certain: Bools


def journeys(prepared: Prepared) -> Journeys:
    """Lay out how far it is."""
    phases, policy = _phases(prepared.pairing.slots), prepared.pairing.policy
    candidates, _, found = prepared.ask(_minutes, READS)
    least, most = score_journey(found.minutes, found.certain, half_life=policy.travel_half_life)
    sure = sure_minutes(found.minutes, found.certain, np.ones(1))
    at_most = prepared.pairing.candidates.max_travel_minutes
    ranks = np.unique(np.concatenate([[-np.inf], sure, at_most[~np.isnan(at_most)]]))
    has_limit = ~np.isnan(at_most) & policy.rules["travel"].applies
    worth = worth_of(least, most, policy.neutral)
    # For one candidate it takes longer to look ahead than to look.
    few = len(at_most) == 1
    weights = phases.weights[:0] if few else phases.weights
    nothing, unknown = weighted_steps(np.array([1.0, np.nan]), "travel", policy)
    return Journeys(
        start=phases.start,
        place=phases.place,
        weight=phases.weight,
        is_on_site=phases.is_on_site,
        kind=candidates.in_32_bits,
        codes=found.codes,
        n_kinds=len(candidates),
        worth=worth,
        sure=np.searchsorted(ranks, sure).astype(np.uint16),
        most=np.where(has_limit, np.searchsorted(ranks, at_most), NO_LIMIT).astype(np.uint16),
        total=phases.total,
        blank=np.where(np.diff(phases.start) > 0, nothing, unknown),
        weighs=policy.weights["travel"],
        alike=np.full_like(phases.alike, -1) if few else phases.alike,
        steps=weighted_steps(_mean(weights, worth), "travel", policy),
        n_codes=len(worth),
    )


def _mean(weights: Floats, worth: Floats) -> Floats:
    """Return what phases in one place are worth, for each distance, added up as a blend does."""
    total, weight = np.zeros((len(weights), len(worth))), np.zeros((len(weights), 1))
    for turn in weights.T[:, :, None]:
        total += turn * worth
        weight += turn
    return total / weight


def _minutes(pairing: Pairing) -> _Minutes:
    """Return how far it is from each candidate's home to each place where a slot has a phase."""
    people, (places, _) = pairing.candidates, places_of(pairing.slots)
    odd: dict[float, int] = {}
    codes = np.zeros((len(places), len(people)), dtype=np.uint16)
    for first in range(0, len(places), PLACES_AT_ONCE):
        some = places[first : first + PLACES_AT_ONCE]
        code = _code(travel_minutes(people, some), odd)
        codes[first : first + len(some)] = (2 * code + is_certain(people, some)).T
    minutes = np.repeat(np.concatenate([np.arange(EVERY_MINUTE), [np.nan], list(odd)]), 2)
    occurs = np.zeros(len(minutes), dtype=np.bool_)
    occurs[codes] = True
    number = np.cumsum(occurs) - 1
    which = np.flatnonzero(occurs)
    return _Minutes(number.astype(np.uint16)[codes], minutes[which], which % 2 == 1)


def _code(minutes: Floats, odd: dict[float, int]) -> Ints:
    """Return numbers of minutes; what is no whole minute, or far, gets one when it occurs."""
    is_plain = (minutes < EVERY_MINUTE) & (minutes == np.floor(minutes))
    code = np.where(is_plain, minutes, EVERY_MINUTE).astype(np.int64)
    is_odd = ~is_plain & ~np.isnan(minutes)
    if is_odd.any():
        different, which = np.unique(minutes[is_odd], return_inverse=True)
        numbers = [odd.setdefault(value, len(odd)) for value in different.tolist()]
        if 2 * (EVERY_MINUTE + len(odd)) > NO_LIMIT - 2:
            raise ProfileError("accepted are fewer different minutes", field="known_travel.minutes")
        code[is_odd] = EVERY_MINUTE + 1 + np.array(numbers)[which]
    return code
