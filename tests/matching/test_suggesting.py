"""Suggestions to one person after another: what the full layers say, without making them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Candidates, Policy, ProfileError, Slots, best_slots, explain, score
from matching.asking.suggesting import SuggestionDesk
from matching.facts import prepared
from service.crossing import to_profiles
from service.taxonomy import skill_taxonomy
from tests.factories import make_candidate, make_input, make_slot
from tests.matching.test_scored import crowd, policies


def assert_the_same(desk: SuggestionDesk, person: Candidates, slots: Slots, limit: int) -> None:
    layers = score(person, slots, desk.policy)
    best = best_slots(layers, 0, limit)
    assert desk.best_slots(person, limit) == best
    told = [reasons.to_json() for reasons in desk.suggest(person, limit)]
    assert told == [explain(layers, 0, j).to_json() for j in best]


@settings(max_examples=25)
@given(st.integers(0, 50), st.sampled_from([0.5, 0.8, 0.95]), st.integers(1, 30), policies())
def test_a_desk_says_what_the_layers_say_to_everybody_who_comes(seed, known, limit, policy):
    people, slots = crowd(6, 25, seed=seed, known=known)
    desk = SuggestionDesk(slots, policy)
    for i in (0, 1, 2, 3, 4, 5, 0):  # the first one comes back
        assert_the_same(desk, people.take([i]), slots, limit)


def test_what_is_kept_of_those_before_is_forgotten_when_it_becomes_much(monkeypatch):
    monkeypatch.setattr(prepared, "MOST_ANSWERS", 5)
    people, slots = crowd(8, 10)
    desk = SuggestionDesk(slots, Policy.default())
    for i in range(8):
        assert_the_same(desk, people.take([i]), slots, 3)


def test_equals_come_in_the_order_of_their_codes():
    facts = make_input([make_candidate()], [make_slot(code) for code in ("S-3", "S-1", "S-2")])
    person, slots = to_profiles(facts, skill_taxonomy())
    slots = slots.take([2, 0, 1])
    desk = SuggestionDesk(slots, Policy.default())
    assert [slots.codes[j] for j in desk.best_slots(person, 2)] == ["S-1", "S-2"]
    assert [slots.codes[j] for j in desk.best_slots(person, 9)] == ["S-1", "S-2", "S-3"]
    assert desk.best_slots(person, 0) == []


def test_who_fits_nowhere_gets_no_suggestion():
    facts = make_input([make_candidate()], [make_slot(status="closed")])
    person, slots = to_profiles(facts, skill_taxonomy())
    desk = SuggestionDesk(slots, Policy.default())
    assert desk.best_slots(person, 5) == []
    assert desk.suggest(person, 5) == []


def test_two_people_at_once_are_refused():
    people, slots = crowd(2, 3)
    with pytest.raises(ProfileError, match="has 2 people; accepted is one"):
        SuggestionDesk(slots, Policy.default()).suggest(people, 1)


def test_somebody_with_another_vocabulary_is_refused():
    (people, _), (_, slots) = crowd(1, 3), crowd(1, 3)
    with pytest.raises(ProfileError, match="share one vocabulary"):
        SuggestionDesk(slots, Policy.default()).best_slots(people, 1)
