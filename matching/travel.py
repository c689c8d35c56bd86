"""
Minutes door to door, estimated from PC4 centroids, by each means of travel.

The estimate is deliberately plain, so that anybody can do it again on paper: the straight line
between the two centroids, lengthened by a detour factor, at a slow speed for the first ten
kilometres and a faster one beyond, plus a fixed time at both ends. docs/explanation/travel.md lists
the numbers. What a coordinator knows beats it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.profiles import TRAVEL_MODES, UNKNOWN, Bools, Candidates, Floats, Ints, Vocabulary

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
    near, far = np.minimum(km, NEAR_KM), np.maximum(km - NEAR_KM, 0.0)
    hours = speed.detour * (near / speed.near_km_h + far / speed.far_km_h)
    return np.rint(speed.fixed_minutes + 60.0 * hours)


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
    km = distance_km(candidates.vocabulary, candidates.home, place)
    best = np.full(km.shape, np.nan)
    for position, mode in enumerate(TRAVEL_MODES):
        has = (candidates.travel_modes != UNKNOWN) & (
            (candidates.travel_modes >> position & 1) == 1
        )
        if has.any():
            best[has] = np.fmin(best[has], minutes_by(mode, km[has]))
    known = candidates.known_travel
    for row in range(len(known)):
        best[known.owner[row], place == known["place"][row]] = known["minutes"][row]
    return best


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
