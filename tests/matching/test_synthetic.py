"""The study's instances: scores are what their description says, on every processor alike."""

import ctypes

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Problem, ProblemError
from matching.kernels import best_variant, build, load
from matching.source import REFUSED, FusedSource
from matching.study.synthetic import StudyInstance, churn, study_instance, study_side_rules

SIZES = st.tuples(st.integers(1, 200), st.integers(1, 40))
DENSITIES = st.sampled_from(["study", 0.02, 0.005, 1.0])


def scores_in_plain_numpy(instance: StudyInstance) -> np.ndarray:
    """Score every pair from the description of a score, in 64-bit numbers; -1 where refused."""
    n = instance.n_candidates
    people = {
        name: np.moveaxis(instance.tiles[name], -1, 1).reshape(-1, *shape)[:n].astype(np.int64)
        for name, shape in ((name, instance.tiles[name].shape[1:-1]) for name in PEOPLE)
    }
    slots = {name: instance.slots[name].astype(np.int64) for name in instance.slots.dtype.names}
    skills = (people["level"][:, slots["skill"]] * slots["weight"]).sum(axis=2)
    across = np.abs(people["x"][:, None] - slots["x"])
    along = np.abs(people["y"][:, None] - slots["y"])
    way = np.maximum(across, along) + np.minimum(across, along) * 13 // 32
    limit = people["limit"][:, None]
    travel = (limit - way) * people["per_step"][:, None] // 1024
    half_days = sum(
        np.bitwise_count(people[part][:, None] & slots[part]).astype(np.int64)
        for part in ("mornings", "afternoons")
    )
    education = 200 * np.maximum(0, 5 - np.abs(people["education"][:, None] - slots["education"]))
    over = people["language"][:, None] - slots["language"]
    total = skills + travel + half_days * slots["points_per_half_day"]
    total += education + 100 * np.minimum(over, 5)
    refused = (way > limit) | (half_days < slots["least_half_days"]) | (over < 0)
    refused |= (people["needs"][:, None] & slots["lacks"]) != 0
    return np.where(refused, -1, total)


PEOPLE = ("level", "x", "y", "limit", "per_step", "needs", "mornings", "afternoons")
PEOPLE += ("education", "language")


def variants_that_run_here() -> list[str]:
    all_variants = build.variants()
    return list(all_variants[all_variants.index(best_variant()) :])


@pytest.mark.parametrize("variant", variants_that_run_here())
@given(size=SIZES, density=DENSITIES, seed=st.integers(0, 5))
def test_every_processor_gives_the_scores_of_plain_numpy(variant, size, density, seed):
    instance = study_instance(*size, density=density, seed=seed)
    n, m = instance.shape
    library, out = load("study", variant), np.empty((n, m), dtype=np.int32)
    slots = np.arange(m, dtype=np.int64)
    library.study_rows(
        ctypes.byref(instance.context),
        ctypes.c_int64(0),
        ctypes.c_int64(n),
        ctypes.c_void_p(slots.ctypes.data),
        ctypes.c_int64(m),
        ctypes.c_void_p(out.ctypes.data),
    )
    expected = scores_in_plain_numpy(instance)
    np.testing.assert_array_equal(np.where(out == REFUSED, -1, out), expected)
    assert expected.max() <= instance.highest


@given(size=SIZES, data=st.data())
def test_any_part_of_an_instance_has_the_scores_of_the_whole(size, data):
    instance = study_instance(*size, density=0.3)
    n, m = instance.shape
    whole = np.where(instance.scores() < 0, REFUSED, instance.scores().astype(np.int32))
    some = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=80)), dtype=np.int64)
    few = np.array(data.draw(st.lists(st.integers(0, m - 1), max_size=20)), dtype=np.int64)
    first, end = sorted(data.draw(st.tuples(st.integers(0, n), st.integers(0, n))))
    np.testing.assert_array_equal(instance.rows(some), whole[some])
    np.testing.assert_array_equal(instance.columns(few), whole[:, few])
    np.testing.assert_array_equal(instance.take(some).columns(few), whole[some][:, few])
    part = instance.block(slice(first, end), slice(m // 2, m))
    np.testing.assert_array_equal(part, whole[first:end, m // 2 :])


@given(size=SIZES, density=DENSITIES, data=st.data())
def test_the_function_for_blocks_agrees_and_skips_only_what_is_refused(size, density, data):
    instance = study_instance(*size, density=density, seed=3)
    assert isinstance(instance, FusedSource)
    n, m = instance.shape
    first = data.draw(st.integers(0, n - 1))
    count, slot = data.draw(st.integers(1, n - first)), data.draw(st.integers(0, m - 1))
    numbers = [ctypes.c_int64(number) for number in (first, count, slot)]
    block, context = instance.block_kernel()
    scores = np.full(count + 1, 7, dtype=np.int32)
    BLOCK(block)(context, *numbers, scores.ctypes.data)
    whole = instance.block(slice(first, first + count), slice(slot, slot + 1))[:, 0]
    np.testing.assert_array_equal(scores[:-1], whole)
    assert scores[-1] == 7
    if SKIPS(instance.skip_kernel())(context, *numbers):
        assert (whole == REFUSED).all()


BLOCK = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, *[ctypes.c_int64] * 3, ctypes.c_void_p, use_errno=False
)
SKIPS = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *[ctypes.c_int64] * 3)


def test_far_away_slots_are_skipped():
    instance = study_instance(2000, 100, density=0.02)
    skips, context = SKIPS(instance.skip_kernel()), instance.block_kernel()[1]
    skipped = [skips(context, first, 250, j) for first in range(0, 2000, 250) for j in range(100)]
    assert np.mean(skipped) > 0.5


def test_the_graph_holds_the_eligible_pairs_row_by_row():
    instance = study_instance(1500, 30)
    starts, slot, score = instance.graph()
    dense = instance.scores()
    rebuilt = np.full(dense.shape, -1)
    rebuilt[np.repeat(np.arange(1500), np.diff(starts)), slot] = score
    np.testing.assert_array_equal(rebuilt, dense)


@pytest.mark.parametrize("size", [(1000, 200), (3000, 300)])
@pytest.mark.parametrize("seed", range(3))
def test_the_studys_density_lies_between_an_eighth_and_a_fifth(size, seed):
    scores = study_instance(*size, seed=seed).scores()
    assert 0.125 <= np.mean(scores >= 0) <= 0.20


@pytest.mark.parametrize("density", [0.02, 0.005])
def test_a_sparser_instance_is_about_as_sparse_as_asked(density):
    scores = study_instance(4000, 500, density=density).scores()
    assert 0.5 * density <= np.mean(scores >= 0) <= 2 * density


@pytest.mark.parametrize("ratio", [0.8, 0.95, 1.0, 1.02, 1.3, 3.0])
def test_seats_add_up_to_the_ratio_and_every_slot_has_one(ratio):
    seats = study_instance(1000, 100, seats_ratio=ratio).seats
    assert (seats.sum(), seats.min() >= 1) == (round(ratio * 1000), True)


def test_a_seed_gives_the_same_instance_and_another_seed_another():
    one, same, other = (study_instance(300, 20, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.scores(), same.scores())
    np.testing.assert_array_equal(one.seats, same.seats)
    assert (one.scores() != other.scores()).any()


def test_after_churn_the_others_stand_where_they_stood():
    before = study_instance(2000, 100)
    after = churn(before)
    old, new = before.scores(), after.instance.scores()
    np.testing.assert_array_equal(old[~after.replaced], new[~after.replaced])
    assert (after.replaced.sum(), after.shrunk.sum()) == (100, 2)
    assert np.all((old != new).any(axis=1) == after.replaced)
    np.testing.assert_array_equal(before.seats - after.shrunk, after.instance.seats)


def test_side_rules_are_accepted_and_tight_as_asked():
    instance = study_instance(200, 20)
    resources, quotas = study_side_rules(instance)
    problem = Problem(instance, instance.seats, resources=resources, quotas=quotas)
    demand = problem.read_resources[0].demand.mean() * instance.seats
    share = problem.read_resources[0].supply / demand
    assert (share.min() >= 0.4, share.max() <= 1.1, len(problem.read_quotas)) == (True, True, 21)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"n": 0}, "n"),
        ({"m": 0}, "m"),
        ({"seats_ratio": -1.0}, "seats_ratio"),
        ({"density": 2.0}, "density"),
    ],
)
def test_an_impossible_size_is_refused_by_name(arguments, field):
    with pytest.raises(ProblemError, match="accepted") as caught:
        study_instance(**{"n": 5, "m": 5, **arguments})
    assert caught.value.field == field
