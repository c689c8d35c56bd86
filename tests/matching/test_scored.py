"""Scores that are worked out when asked: the same as the layers say, to the last bit."""

import ctypes
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Candidates,
    Policy,
    Problem,
    ProfileError,
    ScoreLayers,
    Slots,
    check,
    score,
    scoring,
    solve,
    to_problem,
)
from matching.criteria import SOFT_CRITERIA
from matching.criteria.layer import Criterion
from matching.facts.profiles import MUST, MUST_NOT, UNKNOWN
from matching.kernels import best_variant, build, load
from matching.policy import CRITERIA, NEVER_WAIVED, RULES, Rule
from matching.rules import HARD_RULES
from matching.scored import PolicyScores, source
from matching.source import REFUSED, FusedSource
from models.candidate import CandidateFacts
from service.crossing import to_profiles
from service.schemas import SlotFacts
from service.taxonomy import skill_taxonomy
from tests.factories import TODAY, make_candidate, make_input, make_slot
from tests.strategies import Chance, any_candidate, any_slot, people_and_places

EVERYTHING = slice(None)


def policy_with(**told: Any) -> Policy:
    default = Policy.default()
    return Policy(**{part.name: getattr(default, part.name) for part in fields(default)} | told)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    weights = st.lists(st.integers(0, 1000), min_size=len(CRITERIA), max_size=len(CRITERIA))
    off = draw(st.sets(st.sampled_from([rule for rule in RULES if rule not in NEVER_WAIVED])))
    return policy_with(
        weights=dict(zip(CRITERIA, draw(weights.filter(any)), strict=True)),
        rules={rule: Rule(applies=rule not in off) for rule in RULES},
        neutral=draw(st.sampled_from([0, 0.3, 0.5, 0.00005, 1])),
        learnable=draw(st.sampled_from([0, 0.45, 0.6, 1])),
        near=draw(st.sampled_from([0, 0.6, 0.7])),
        compare=draw(st.sampled_from(["own_best", "absolute"])),
    )


def profiles(
    people: list[CandidateFacts],
    slots: list[SlotFacts],
    declined: list[tuple[str, str]] | None = None,
) -> tuple[Candidates, Slots]:
    return to_profiles(make_input(people, slots, declined=declined), skill_taxonomy())


def crowd(n: int, m: int, *, seed: int = 0, known: float = 0.8) -> tuple[Candidates, Slots]:
    """Return many candidates and slots, with blanks, wishes, vetoes and declined slots."""
    chance = Chance(seed, known)
    people = [any_candidate(chance, f"K-{i}") for i in range(n)]
    slots = [any_slot(chance, f"S-{j}") for j in range(m)]
    declined = [(f"K-{i}", f"S-{i % m}") for i in range(0, n, 7)]
    return profiles(people, slots, declined)


def expected(layers: ScoreLayers) -> np.ndarray:
    return np.where(layers.eligibility.possible, layers.comparison, REFUSED)


def assert_the_same(people: Candidates, slots: Slots, policy: Policy) -> None:
    layers, scores = score(people, slots, policy), PolicyScores(people, slots, policy)
    np.testing.assert_array_equal(scores.block(EVERYTHING, EVERYTHING), expected(layers))
    np.testing.assert_array_equal(scores.rows(np.arange(len(people))), expected(layers))
    np.testing.assert_array_equal(scores.own_best, layers.own_best)
    points = np.where(layers.eligibility.possible, layers.points, REFUSED)
    np.testing.assert_array_equal(scores.points(np.arange(len(people))), points)


# The same scores


@settings(max_examples=150)
@given(people_and_places(most=4), policies(), st.data())
def test_scores_are_what_the_layers_say(facts, policy, data):
    people, slots = facts
    codes = st.tuples(
        st.sampled_from([one.code for one in people]), st.sampled_from([one.code for one in slots])
    )
    declined = data.draw(st.lists(codes, max_size=3, unique=True))
    assert_the_same(*profiles(people, slots, declined), policy)


@pytest.mark.parametrize("known", [0.5, 0.9])
@pytest.mark.parametrize("compare", ["own_best", "absolute"])
def test_so_they_are_for_more_people_than_a_block_holds(known, compare):
    assert_the_same(*crowd(600, 9, known=known), policy_with(compare=compare))


@pytest.mark.parametrize(("most", "tried"), [(0, 4), (100, 10**6), (2**20, 4)])
def test_so_they_are_whether_possible_pairs_are_kept_too_many_or_worked_out_again(
    most, tried, monkeypatch
):
    monkeypatch.setattr(source, "MOST_KEPT", most)
    monkeypatch.setattr(source, "TRIED_PER_KEPT", tried)
    people, slots = crowd(1100, 7, seed=6)
    assert_the_same(people, slots, Policy.default())
    scores = PolicyScores(people, slots, Policy.default())
    whole = expected(score(people, slots, Policy.default()))
    np.testing.assert_array_equal(
        scores.block(slice(1000, 1060), slice(2, 5)), whole[1000:1060, 2:5]
    )


def test_some_of_the_crowd_is_refused_and_some_is_not():
    share = np.mean(
        PolicyScores(*crowd(600, 9), Policy.default()).block(EVERYTHING, EVERYTHING) < 0
    )
    assert 0.5 < share < 0.99


def test_a_rectangle_rows_and_columns_are_parts_of_the_whole():
    people, slots = crowd(300, 40)
    scores = PolicyScores(people, slots, Policy.default())
    whole = expected(score(people, slots, Policy.default()))
    np.testing.assert_array_equal(scores.block(slice(250, 290), slice(3, 8)), whole[250:290, 3:8])
    np.testing.assert_array_equal(
        scores.block(slice(9, 99, 4), slice(1, 30, 3)), whole[9:99:4, 1:30:3]
    )
    np.testing.assert_array_equal(scores.block(slice(5, 5), EVERYTHING), whole[5:5])
    np.testing.assert_array_equal(scores.rows(np.array([299, 0, 7])), whole[[299, 0, 7]])
    np.testing.assert_array_equal(scores.columns(np.array([39, 2])), whole[:, [39, 2]])


@given(st.lists(st.integers(0, 59), max_size=70))
@settings(max_examples=30)
def test_some_of_the_people_keep_their_scores_in_any_order(rows):
    people, slots = crowd(60, 12)
    scores = PolicyScores(people, slots, Policy.default())
    some = scores.take(np.array(rows, dtype=np.int64))
    whole = scores.block(EVERYTHING, EVERYTHING)
    assert some.shape == (len(rows), 12)
    np.testing.assert_array_equal(some.block(EVERYTHING, EVERYTHING), whole[rows])
    np.testing.assert_array_equal(
        some.take(np.arange(len(rows))[::-1]).own_best, scores.own_best[rows][::-1]
    )


@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0), (1, 3), (3, 1)])
def test_nobody_no_slot_or_one_of_either_is_no_exception(n, m):
    people, slots = crowd(5, 5)
    assert_the_same(people.take(range(n)), slots.take(range(m)), Policy.default())


def test_lowest_and_highest_hold():
    scores = PolicyScores(*crowd(200, 20), Policy.default())
    found = scores.block(EVERYTHING, EVERYTHING)
    found = found[found != REFUSED]
    assert (scores.lowest, scores.highest) == (0, 10_000)
    assert scores.lowest <= found.min()
    assert found.max() == scores.highest


def test_two_vocabularies_are_refused():
    (people, _), (_, slots) = crowd(2, 2), crowd(2, 2)
    with pytest.raises(ProfileError, match="share one vocabulary"):
        PolicyScores(people, slots, Policy.default())


def test_more_conditions_than_a_word_has_bits():
    people, slots = crowd(40, 12)
    random, k = np.random.default_rng(5), 70
    words = replace(people.vocabulary, conditions=tuple(f"condition-{c}" for c in range(k)))
    needs = random.choice([0, 0, 0, 0, 0, 1, -1], (len(people), k))
    needs[:, 66] = random.choice([0, MUST, MUST_NOT], len(people))
    offers = random.choice([0, 1, UNKNOWN], (len(slots), k))
    people = replace(people, vocabulary=words, conditions=needs.astype(np.int8))
    slots = replace(slots, vocabulary=words, conditions=offers.astype(np.int8))
    refused = score(people, slots, Policy.default()).eligibility.verdicts["conditions"] == 0
    assert refused.any()
    assert_the_same(people, slots, policy_with(weights=dict.fromkeys(CRITERIA, 1)))


def test_a_rule_or_criterion_that_does_not_say_what_it_reads_counts_too(monkeypatch):
    people, slots = crowd(60, 8)
    before = expected(score(people, slots, Policy.default()))
    for name in ("dates", "form", "education"):
        monkeypatch.setitem(HARD_RULES, name, replace(HARD_RULES[name], parts=()))
    for name in ("education", "travel"):
        monkeypatch.setitem(SOFT_CRITERIA, name, replace(SOFT_CRITERIA[name], reads=None))
    scores = PolicyScores(people, slots, Policy.default())
    np.testing.assert_array_equal(scores.block(EVERYTHING, EVERYTHING), before)


def test_a_measure_cannot_see_a_column_that_it_does_not_say_it_reads(monkeypatch):
    def by_travel(pairing: Any) -> Any:
        return SOFT_CRITERIA["travel"].layer(pairing)

    told = SOFT_CRITERIA["education"].reads
    monkeypatch.setitem(SOFT_CRITERIA, "education", Criterion("education", by_travel, list, told))
    with pytest.raises(AttributeError):
        PolicyScores(*crowd(5, 5), Policy.default())


@pytest.mark.parametrize("name", CRITERIA)
def test_each_criterion_alone_gives_the_same(name):
    weights = {other: int(other == name) for other in CRITERIA}
    assert_the_same(*crowd(90, 30, seed=1), policy_with(weights=weights, compare="absolute"))


@pytest.mark.parametrize("name", RULES)
def test_each_rule_alone_gives_the_same(name):
    rules = {rule: Rule(applies=rule in (name, *NEVER_WAIVED)) for rule in RULES}
    assert_the_same(*crowd(90, 30, seed=2, known=0.95), policy_with(rules=rules))


# In C


def variants_that_run_here() -> list[str]:
    all_variants = build.variants()
    return list(all_variants[all_variants.index(best_variant()) :])


@pytest.mark.parametrize("variant", variants_that_run_here())
def test_every_processor_gives_the_same_bits(variant):
    people, slots = crowd(300, 30, seed=3)
    scores = PolicyScores(people, slots, Policy.default())
    assert isinstance(scores, FusedSource)
    _, context = scores.block_kernel()
    out = np.empty((len(slots), len(people)), dtype=np.int32)
    for j, row in enumerate(out):
        load("layers", variant).layers_block(
            ctypes.c_void_p(context),
            ctypes.c_int64(0),
            ctypes.c_int64(len(people)),
            ctypes.c_int64(j),
            ctypes.c_void_p(row.ctypes.data),
        )
    np.testing.assert_array_equal(out.T, expected(score(people, slots, Policy.default())))


def test_a_slot_is_passed_over_when_nobody_can_go_there_and_only_then():
    slots = [make_slot("S-1", seats_left=0), make_slot("S-2"), make_slot("S-3", status="closed")]
    people, places = profiles([make_candidate(f"K-{i}") for i in range(3)], slots)
    scores = PolicyScores(people, places, Policy.default())
    _, context = scores.block_kernel()
    skips = ctypes.CFUNCTYPE(
        ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64
    )(scores.skip_kernel())
    assert [skips(context, 0, 3, j) for j in range(3)] == [1, 0, 1]
    assert (scores.columns(np.array([0, 2])) == REFUSED).all()


# Plans


@pytest.mark.parametrize("compare", ["own_best", "absolute"])
def test_a_plan_from_the_source_is_as_good_as_one_from_the_matrix(compare):
    people, slots = crowd(120, 15, seed=4, known=0.95)
    policy = policy_with(compare=compare)
    from_matrix = solve(to_problem(score(people, slots, policy), as_of=TODAY))
    problem = Problem(PolicyScores(people, slots, policy), slots.seats)
    from_source = solve(problem)
    assert from_source.score == from_matrix.score > 0
    assert np.sum(from_source.slots >= 0) == np.sum(from_matrix.slots >= 0)
    assert check(problem, from_source).proof == "proven"


# Layers by kinds of people


def everything_in(layers: ScoreLayers) -> list[bytes]:
    arrays = [layers.points, layers.relative, layers.completeness, layers.eligibility.overall]
    arrays += [part for layer in layers.layers.values() for part in (layer.value, layer.known)]
    arrays += [*layers.contributions.values(), *layers.eligibility.verdicts.values()]
    return [array.tobytes() for array in arrays]


@pytest.mark.parametrize("known", [0.5, 0.9])
def test_asking_about_one_of_each_kind_gives_the_layers_of_asking_about_everybody(
    known, monkeypatch
):
    people, slots = crowd(80, 25, known=known)
    monkeypatch.setattr(scoring, "FEW_PAIRS", 10**9)
    one_by_one = score(people, slots, Policy.default())
    monkeypatch.setattr(scoring, "FEW_PAIRS", 0)
    by_kind = score(people, slots, Policy.default())
    assert everything_in(by_kind) == everything_in(one_by_one)


def shared_by_sorting(weighted: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray]:
    """Share points out by largest remainder, as plainly as numpy can say it."""
    points = (2 * weighted.sum(axis=0) + total) // (2 * total)
    floors, remainders = np.divmod(weighted, total)
    rank = np.argsort(np.argsort(-remainders, axis=0, kind="stable"), axis=0, kind="stable")
    return points, floors + (rank < points - floors.sum(axis=0))


@settings(max_examples=60)
@given(people_and_places(), policies())
def test_points_are_shared_out_as_by_sorting_the_remainders(facts, policy):
    layers = score(*profiles(*facts), policy)
    steps = [
        np.rint(10_000 * np.where(np.isnan(layer.value), policy.neutral, layer.value))
        for layer in layers.layers.values()
    ]
    weights = np.array([policy.weights[name] for name in layers.layers])[:, None, None]
    weighted = weights * np.array(steps, dtype=np.int64)
    points, parts = shared_by_sorting(weighted, sum(policy.weights.values()))
    np.testing.assert_array_equal(layers.points, points)
    np.testing.assert_array_equal(np.array(list(layers.contributions.values())), parts)
