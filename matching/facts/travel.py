"""
Minutes door to door, estimated from PC4 centroids, by each means of travel.

The estimate is deliberately plain, so that anybody can do it again on paper: the straight line
between the two centroids, lengthened by a detour factor, at a slow speed for the first ten
kilometres and a faster one beyond, plus a fixed time at both ends. docs/explanation/travel.md lists
the numbers. What a coordinator knows beats it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats, Ints
from matching.facts.profiles import TRAVEL_MODES, UNKNOWN, Candidates, Slots, Vocabulary

EARTH_RADIUS_KM: Final = 6371.0
NEAR_KM: Final = 10.0
"""Up to here one travels through town; beyond, by road or rail."""

WITHIN_AREA_KM: Final = 1.0
"""
A PC4 area is some two kilometres across, so nobody lives nearer than this to a place in it, on
average.
"""


@dataclass(frozen=True)
class Speed:
    """How fast one travels by one means: our own round figures, not a measured source."""

    detour: float
    near_km_h: float
    far_km_h: float
    fixed_minutes: float


SPEEDS: Final[dict[str, Speed]] = {
    "walk": Speed(1.2, 4.8, 4.8, 0.0),
    "bicycle": Speed(1.25, 15.0, 15.0, 2.0),
    "moped": Speed(1.25, 25.0, 30.0, 3.0),
    "public_transport": Speed(1.2, 25.0, 65.0, 15.0),
    "car": Speed(1.3, 32.0, 75.0, 5.0),
    "motorcycle": Speed(1.3, 34.0, 75.0, 5.0),
}


def distance_km(vocabulary: Vocabulary, home: Ints, place: Ints) -> Floats:
    """
    Return the great-circle distance between places.

    Parameters
    ----------
    vocabulary : Vocabulary
    home : ndarray of int, shape (n,)
    place : ndarray of int, shape (k,)
        Indices into ``vocabulary.places``, or ``UNKNOWN``.

    Returns
    -------
    ndarray of float, shape (n, k)
        Kilometres, at least ``WITHIN_AREA_KM``; ``nan`` where either end is unknown.
    """
    lat_a, lon_a = _radians(vocabulary, home)
    lat_b, lon_b = _radians(vocabulary, place)
    half_lat = np.sin((lat_b[None, :] - lat_a[:, None]) / 2.0)
    half_lon = np.sin((lon_b[None, :] - lon_a[:, None]) / 2.0)
    h = half_lat**2 + np.cos(lat_a)[:, None] * np.cos(lat_b)[None, :] * half_lon**2
    km: Floats = np.maximum(WITHIN_AREA_KM, 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(h)))
    return km


def minutes_by(mode: str, km: Floats) -> Floats:
    """
    Return the estimated minutes for straight-line distances.

    Parameters
    ----------
    mode : str
        One of ``TRAVEL_MODES``.
    km : ndarray of float
        Straight-line kilometres; ``nan`` unknown.

    Returns
    -------
    ndarray of float
        Whole minutes; ``nan`` where the distance is unknown or the means of travel is *other*.
    """
    speed = SPEEDS.get(mode)
    if speed is None:
        return np.full_like(km, np.nan)
    return np.rint(_exact_minutes(speed, km))


def travel_minutes(candidates: Candidates, place: Ints) -> Floats:
    """
    Return the minutes from each home to places, by the fastest of the candidate's means.

    Parameters
    ----------
    candidates : Candidates
    place : ndarray of int, shape (k,)
        Indices into ``vocabulary.places``, or ``UNKNOWN``.

    Returns
    -------
    ndarray of float, shape (n_candidates, k)
        Whole minutes one way; ``nan`` where home, place or means of travel are unknown and nobody
        noted the time.
    """
    homes, lives_at = np.unique(candidates.home, return_inverse=True)
    km = distance_km(candidates.vocabulary, homes, place)
    best = np.full((len(candidates), len(place)), np.nan)
    for position, mode in enumerate(TRAVEL_MODES):
        has = (candidates.travel_modes != UNKNOWN) & (
            (candidates.travel_modes >> position & 1) == 1
        )
        if has.any():
            best[has] = np.fmin(best[has], minutes_by(mode, km)[lives_at[has]])
    known = candidates.known_travel
    for row in range(len(known)):
        best[known.owner[row], place == known["place"][row]] = known["minutes"][row]
    return best


HOW_FAR: Final = ("home", "travel_modes", "known_travel.place", "known_travel.minutes")
"""The columns of candidates that minutes rest on."""


def how_far(candidates: Candidates, _: Slots) -> list[NDArray[Any]]:
    """Return who is equally far from everywhere: arrays of one row per candidate."""
    known = candidates.known_travel
    arrays = [candidates.home, fastest(candidates.travel_modes)]
    for rows in known.turns:
        for column in ("place", "minutes"):
            told = np.full(len(candidates), np.nan)
            told[known.owner[rows]] = known[column][rows]
            arrays.append(told)
    return arrays


def fastest(travel_modes: Ints) -> Ints:
    """
    Leave out means of travel that are never the fastest.

    Parameters
    ----------
    travel_modes : ndarray of int, shape (n,)
        Bits in the order of ``TRAVEL_MODES``, or ``UNKNOWN``.

    Returns
    -------
    ndarray of int, shape (n,)
        The same without a means that is slower, at every distance, than another that somebody has.
    """
    return _fastest_of_all_sets()[travel_modes]


@cache
def _fastest_of_all_sets() -> Ints:
    """Return what to keep of each set of means; the last one is of the unknown set."""
    sets = np.arange(2 ** len(TRAVEL_MODES))
    left = np.append(sets, UNKNOWN)
    for bit, mode in enumerate(TRAVEL_MODES):
        for other_bit, other in enumerate(TRAVEL_MODES):
            if _is_slower(mode, other):
                left[:-1][sets >> other_bit & 1 == 1] &= ~(1 << bit)
    return left


def _is_slower(mode: str, other: str) -> bool:
    """Whether a means takes longer over any distance: at both ends of the near part, and beyond."""
    if mode not in SPEEDS or other not in SPEEDS:
        return False
    ends = np.array([WITHIN_AREA_KM, NEAR_KM])
    later = _exact_minutes(SPEEDS[mode], ends) - _exact_minutes(SPEEDS[other], ends)
    far = [speed.detour / speed.far_km_h for speed in (SPEEDS[mode], SPEEDS[other])]
    return bool((later > SURELY).all() and far[0] >= far[1])


SURELY: Final = 1e-6
"""Minutes: far more than sums of such numbers can be off."""


def _exact_minutes(speed: Speed, km: Floats) -> Floats:
    near, far = np.minimum(km, NEAR_KM), np.maximum(km - NEAR_KM, 0.0)
    hours = speed.detour * (near / speed.near_km_h + far / speed.far_km_h)
    return speed.fixed_minutes + 60.0 * hours


def is_certain(candidates: Candidates, place: Ints) -> Bools:
    """
    Return where minutes cannot be fewer than estimated.

    Parameters
    ----------
    candidates : Candidates
    place : ndarray of int, shape (k,)
        Indices into ``vocabulary.places``, or ``UNKNOWN``.

    Returns
    -------
    ndarray of bool, shape (n_candidates, k)
        False for who also has a means of travel that no speed is known of, unless somebody noted
        the minutes.
    """
    other = TRAVEL_MODES.index("other")
    has_other = (candidates.travel_modes != UNKNOWN) & (candidates.travel_modes >> other & 1 == 1)
    certain = np.repeat(~has_other[:, None], len(place), axis=1)
    known = candidates.known_travel
    for row in range(len(known)):
        certain[known.owner[row], place == known["place"][row]] = True
    return certain


def _radians(vocabulary: Vocabulary, place: Ints) -> tuple[Floats, Floats]:
    inside = np.where(place == UNKNOWN, 0, place)
    if not len(vocabulary.places):
        nothing = np.full(len(place), np.nan)
        return nothing, nothing
    latitude = np.where(place == UNKNOWN, np.nan, vocabulary.latitude[inside])
    longitude = np.where(place == UNKNOWN, np.nan, vocabulary.longitude[inside])
    return np.radians(latitude), np.radians(longitude)
