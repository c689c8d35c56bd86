"""Columns are checked when they are built, cannot be written to, and can be taken row by row."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Candidates, Pairs, Policy, ProfileError, Slots, Vocabulary, score
from matching.facts.profiles import FORMS, UNKNOWN, WEEKDAYS, mask, unmask
from service.crossing import to_profiles
from service.taxonomy import skill_taxonomy
from tests.factories import UTRECHT, make_candidate, make_input, make_slot


def profiles() -> tuple[Candidates, Slots]:
    people = [
        make_candidate("K-1", vetoes=[{"about": "slot", "code": "S-2"}]),
        make_candidate("K-2", diploma=None, known_travel=[{"pc4": UTRECHT, "minutes": 9}]),
        make_candidate("K-3", wishes=[{"about": "pilot", "code": "P-1", "rank": 1}]),
    ]
    slots = [make_slot("S-1"), make_slot("S-2", seats=2)]
    return to_profiles(make_input(people, slots), skill_taxonomy())


PEOPLE, SLOTS = profiles()


def arrays_of(profile: Any) -> list[np.ndarray]:
    columns = [getattr(profile, part.name) for part in fields(profile)]
    pairs = [column for column in columns if isinstance(column, Pairs)]
    inside = [array for table in pairs for array in (table.owner, *table.columns.values())]
    return [column for column in columns if isinstance(column, np.ndarray)] + inside


BAD_COLUMNS = {
    "a code twice": (PEOPLE, {"codes": ("K-1", "K-2", "K-1")}, "codes", 0),
    "a row less": (PEOPLE, {"eqf": np.zeros(2)}, "eqf", None),
    "a text less": (PEOPLE, {"tasks": (None, None)}, "tasks", None),
    "EQF 9": (PEOPLE, {"eqf": np.array([0.0, 9.0, 1.0])}, "eqf", 1),
    "a journey below 0": (
        PEOPLE,
        {"max_travel_minutes": np.array([0.0, 1.0, -1.0])},
        "max_travel_minutes",
        2,
    ),
    "a skill level 5": (PEOPLE, {"skills": np.full_like(PEOPLE.skills, 5)}, "skills", 0),
    "skills of another taxonomy": (PEOPLE, {"skills": PEOPLE.skills[:, 1:]}, "skills", None),
    "a need that is stronger than a must": (
        PEOPLE,
        {"conditions": np.full_like(PEOPLE.conditions, 3)},
        "conditions",
        0,
    ),
    "a veto of nobody": (
        PEOPLE,
        {"vetoes": Pairs(np.array([3]), {"target": np.array([0]), "code": np.array(["S-1"])})},
        "vetoes",
        None,
    ),
    "a slot twice": (SLOTS, {"codes": ("S-1", "S-1")}, "codes", 0),
    "seats below 0": (SLOTS, {"seats": np.array([1, -1])}, "seats", 1),
    "support beyond all slots": (
        SLOTS,
        {"support_hours": np.full_like(SLOTS.support_hours, 10**5 + 1)},
        "support_hours",
        0,
    ),
    "taught to level 5": (SLOTS, {"taught": np.full_like(SLOTS.taught, 5)}, "taught", 0),
}


@pytest.mark.parametrize(("profile", "told", "field", "row"), BAD_COLUMNS.values(), ids=BAD_COLUMNS)
def test_columns_that_do_not_fit_are_refused_with_field_and_row(profile, told, field, row):
    with pytest.raises(ProfileError) as caught:
        replace(profile, **told)
    assert (caught.value.field, caught.value.row) == (field, row)


def test_a_vocabulary_knows_where_each_of_its_places_is():
    words = PEOPLE.vocabulary
    with pytest.raises(ProfileError, match="one value per place") as caught:
        replace(words, latitude=words.latitude[1:])
    assert caught.value.field == "latitude"


def test_a_long_table_has_as_many_rows_in_every_column():
    with pytest.raises(ProfileError, match="as many rows as owner") as caught:
        Pairs(np.array([0, 1]), {"rank": np.array([1])})
    assert caught.value.field == "rank"


@pytest.mark.parametrize(
    "profile", [PEOPLE, SLOTS, PEOPLE.vocabulary], ids=lambda p: type(p).__name__
)
def test_columns_cannot_be_written_to(profile):
    assert arrays_of(profile)
    assert not any(array.flags.writeable for array in arrays_of(profile))


def test_taking_rows_takes_all_that_belongs_to_them():
    taken = PEOPLE.take([2, 0])
    assert taken.codes == ("K-3", "K-1")
    assert taken.wishes.owner.tolist() == [0]
    assert (taken.vetoes.owner.tolist(), taken.vetoes["code"].tolist()) == ([1], ["S-2"])
    assert len(taken.known_travel) == 0
    assert np.array_equal(taken.languages, PEOPLE.languages[[2, 0]])
    assert SLOTS.take([1]).seats.tolist() == [2]
    assert SLOTS.take([1]).phases.owner.tolist() == [0]
    assert (len(PEOPLE.take([])), len(SLOTS.take([]))) == (0, 0)


def test_two_sides_of_different_vocabularies_cannot_be_scored():
    other = Vocabulary(**{p.name: getattr(SLOTS.vocabulary, p.name) for p in fields(Vocabulary)})
    with pytest.raises(ProfileError, match="share one vocabulary"):
        score(PEOPLE, replace(SLOTS, vocabulary=other), Policy.default())


@pytest.mark.parametrize("codes", [None, [], ["mon"], ["mon", "sun"], list(WEEKDAYS)], ids=str)
def test_codes_packed_in_bits_come_out_again(codes):
    assert unmask(mask(codes, WEEKDAYS), WEEKDAYS) == codes


def test_a_blank_is_not_an_empty_list():
    assert mask(None, FORMS) == UNKNOWN
    assert mask([], FORMS) == 0


OWNERS = st.lists(st.integers(0, 4), max_size=12)


@given(OWNERS, st.lists(st.integers(0, 5), max_size=8))
def test_a_long_table_keeps_the_rows_of_those_who_stay_in_their_order(owners, kept):
    table = Pairs(np.array(owners, dtype=np.int64), {"row": np.arange(len(owners))})
    rows = [
        (new, row) for new, old in enumerate(kept) for row, own in enumerate(owners) if own == old
    ]
    some = table.take(np.array(kept, dtype=np.int64))
    assert list(zip(some.owner.tolist(), some["row"].tolist(), strict=True)) == rows


@given(OWNERS)
def test_in_each_turn_every_owner_has_one_row_at_most_and_the_first_comes_first(owners):
    table = Pairs(np.array(owners, dtype=np.int64), {})
    turns = [turn.tolist() for turn in table.turns]
    assert sorted(row for turn in turns for row in turn) == list(range(len(owners)))
    for k, turn in enumerate(turns):
        for row in turn:
            assert owners[:row].count(owners[row]) == k
