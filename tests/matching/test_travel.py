"""Minutes door to door: the formula, done again by hand."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Vocabulary
from matching.facts.profiles import TRAVEL_MODES, UNKNOWN
from matching.facts.taxonomy import Taxonomy
from matching.facts.travel import (
    SPEEDS,
    WITHIN_AREA_KM,
    distance_km,
    fastest,
    minutes_by,
    travel_minutes,
)
from service.crossing import to_profiles
from service.taxonomy import skill_taxonomy
from tests.factories import (
    GRONINGEN,
    POSTCODES,
    THE_HAGUE,
    UTRECHT,
    make_candidate,
    make_input,
    make_slot,
)

WHERE = {item.pc4: (item.latitude, item.longitude) for item in POSTCODES}


def vocabulary(*places: tuple[float, float]) -> Vocabulary:
    latitude, longitude = np.array(places, dtype=float).reshape(-1, 2).T
    names = tuple(str(1000 + k) for k in range(len(places)))
    return Vocabulary(Taxonomy({}), (), (), (), names, latitude.copy(), longitude.copy())


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    words = vocabulary(one, other)
    return float(distance_km(words, np.array([0]), np.array([1]))[0, 0])


def km_by_the_law_of_cosines(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = ([math.radians(x) for x in place] for place in (one, other))
    cosine = math.sin(lat_a) * math.sin(lat_b)
    cosine += math.cos(lat_a) * math.cos(lat_b) * math.cos(lon_b - lon_a)
    return 6371 * math.acos(cosine)


def minutes(to: str, **told: Any) -> float | None:
    """Return the minutes of one candidate to a slot with one phase there, or `None`."""
    slot = make_slot(phases=[{"kind": "on_the_job", "pc4": to, "on_site_days": 4}])
    people, slots = to_profiles(make_input([make_candidate(**told)], [slot]), skill_taxonomy())
    (value,) = travel_minutes(people, slots.phases["place"])[0]
    return None if np.isnan(value) else float(value)


# Kilometres


def test_from_the_hague_to_utrecht_is_some_55_kilometres():
    # East: 0.81 degrees * 111.19 km * cos 52.085 = 55.35 km. North: 0.01 * 111.19 = 1.11 km.
    assert km_between(WHERE[THE_HAGUE], WHERE[UTRECHT]) == pytest.approx(55.36, abs=0.02)


@pytest.mark.parametrize("to", [UTRECHT, GRONINGEN])
def test_distance_agrees_with_another_formula_for_the_sphere(to):
    expected = km_by_the_law_of_cosines(WHERE[THE_HAGUE], WHERE[to])
    assert km_between(WHERE[THE_HAGUE], WHERE[to]) == pytest.approx(expected, rel=1e-6)


def test_distance_is_the_same_both_ways_and_never_less_than_within_an_area():
    there, back = (WHERE[THE_HAGUE], WHERE[GRONINGEN]), (WHERE[GRONINGEN], WHERE[THE_HAGUE])
    assert km_between(*there) == pytest.approx(km_between(*back))
    assert km_between(WHERE[UTRECHT], WHERE[UTRECHT]) == WITHIN_AREA_KM


def test_distance_is_unknown_where_either_end_is():
    words = vocabulary(WHERE[UTRECHT], (np.nan, np.nan))
    ends = np.array([0, 1, UNKNOWN])
    known = ~np.isnan(distance_km(words, ends, ends))
    assert known.tolist() == [[True, False, False], [False, False, False], [False, False, False]]
    nowhere = vocabulary()
    assert np.isnan(distance_km(nowhere, np.array([UNKNOWN]), np.array([UNKNOWN]))).all()


# Minutes


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # fixed + 60 * detour * (km up to 10 / near speed + km beyond / far speed), for 55.36 km
        ("walk", 830),  # 0 + 72 * 55.36 / 4.8 = 830.4
        ("bicycle", 279),  # 2 + 75 * 55.36 / 15 = 278.8
        ("moped", 146),  # 3 + 75 * (10 / 25 + 45.36 / 30) = 146.4
        ("public_transport", 94),  # 15 + 72 * (10 / 25 + 45.36 / 65) = 94.0
        ("car", 77),  # 5 + 78 * (10 / 32 + 45.36 / 75) = 76.6
        ("motorcycle", 75),  # 5 + 78 * (10 / 34 + 45.36 / 75) = 75.1
    ],
)
def test_minutes_from_the_hague_to_utrecht_follow_from_the_formula(mode, expected):
    assert minutes(UTRECHT, travel_modes=[mode]) == expected


def test_every_means_of_travel_has_a_speed_but_other():
    assert set(SPEEDS) == set(TRAVEL_MODES) - {"other"}
    assert minutes(UTRECHT, travel_modes=["other"]) is None


def test_a_short_way_knows_the_near_speed_only():
    assert minutes_by("car", np.array([4.0])).tolist() == [15]  # 5 + 78 * 4 / 32 = 14.75
    assert minutes_by("walk", np.array([np.nan, 1.0])).tolist()[1] == 15  # 72 / 4.8


def test_the_fastest_of_somebodys_means_counts():
    assert minutes(UTRECHT, travel_modes=["bicycle", "public_transport", "other"]) == 94
    # Within the area, 1 km: 2 + 75 / 15 = 7 by bicycle, 15 + 72 / 25 = 17.9 by public transport.
    assert minutes(THE_HAGUE, travel_modes=["bicycle", "public_transport"]) == 7


def test_what_a_coordinator_knows_beats_the_estimate():
    known = [{"pc4": UTRECHT, "minutes": 140}]
    assert minutes(UTRECHT, known_travel=known) == 140
    assert minutes(GRONINGEN, known_travel=known) == minutes(GRONINGEN)
    assert minutes(UTRECHT, known_travel=known, pc4=None, travel_modes=None) == 140
    assert minutes(UTRECHT, known_travel=known, travel_modes=["other"]) == 140


def test_minutes_are_unknown_without_home_place_or_means():
    assert minutes(UTRECHT, pc4=None) is None
    assert minutes(UTRECHT, travel_modes=None) is None
    assert minutes("1011") is None  # no centroid is known for it


KILOMETRES = st.floats(WITHIN_AREA_KM, 400)


@given(st.sampled_from(sorted(SPEEDS)), KILOMETRES, KILOMETRES)
def test_further_is_never_faster_by_the_same_means(mode, one, other):
    near, far = sorted([one, other])
    assert minutes_by(mode, np.array([near]))[0] <= minutes_by(mode, np.array([far]))[0]


@given(st.sampled_from(sorted(SPEEDS)), KILOMETRES, KILOMETRES)
def test_stopping_on_the_way_is_never_faster_by_the_same_means(mode, one, other):
    parts = minutes_by(mode, np.array([one])) + minutes_by(mode, np.array([other]))
    assert minutes_by(mode, np.array([one + other]))[0] <= parts[0] + 1  # whole minutes


def test_other_people_change_nobodys_minutes():
    people = [make_candidate("K-1"), make_candidate("K-2", pc4=GRONINGEN, travel_modes=["car"])]
    given_two = to_profiles(make_input(people, [make_slot()]), skill_taxonomy())
    place = given_two[1].phases["place"]
    together = travel_minutes(given_two[0], place)
    alone = travel_minutes(given_two[0].take([0]), place)
    assert np.array_equal(together[:1], alone)
    assert together[1, 0] > together[0, 0]


@given(st.integers(-1, 2 ** len(TRAVEL_MODES) - 1))
def test_leaving_out_what_is_never_fastest_changes_no_minutes(modes):
    km = np.concatenate([np.linspace(WITHIN_AREA_KM, 30, 800), np.linspace(30, 400, 400)])

    def minutes(bits: int) -> np.ndarray:
        has = [mode for bit, mode in enumerate(TRAVEL_MODES) if bits != UNKNOWN and bits >> bit & 1]
        fastest_yet = np.full(len(km), np.nan)
        for mode in has:
            fastest_yet = np.fmin(fastest_yet, minutes_by(mode, km))
        return fastest_yet

    (left,) = fastest(np.array([modes])).tolist()
    np.testing.assert_array_equal(minutes(left), minutes(modes))
    assert (left == UNKNOWN) == (modes == UNKNOWN)
    assert left == UNKNOWN or left & modes == left


def test_who_cycles_need_not_walk_and_who_drives_need_not_take_the_train():
    bits = {mode: 1 << position for position, mode in enumerate(TRAVEL_MODES)}
    walks_and_cycles = bits["walk"] | bits["bicycle"]
    drives = bits["public_transport"] | bits["car"] | bits["other"]
    left = fastest(np.array([walks_and_cycles, drives]))
    assert left.tolist() == [bits["bicycle"], bits["car"] | bits["other"]]
