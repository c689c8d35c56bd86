"""Pricing over a source of scores: the same answer as over all pairs, and proven among them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Problem, SolveStatus, check, solve
from matching.solvers.seats import looking
from matching.solvers.seats.pricing import Pricing
from matching.solvers.watch import Watch
from matching.source import REFUSED
from matching.study.synthetic import churn, study_instance

RATIOS = (0.6, 0.95, 1.0, 1.02, 1.3, 3.0)


def dense(instance):
    scores = instance.block(slice(None), slice(None)).astype(np.float64)
    scores[scores == REFUSED] = np.nan
    return scores


def dual_among_all_pairs(instance, found):
    """Weak duality over every pair: what no plan that places as many can exceed."""
    scores = instance.block(slice(None), slice(None)).astype(np.int64)
    value = np.where(scores == REFUSED, -(10**12), scores + found.worth - found.prices)
    placed = int((found.slots >= 0).sum())
    profit = np.maximum(0, value.max(axis=1, initial=0))
    return int(profit.sum() + found.prices @ instance.seats) - found.worth * placed


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_source_gives_the_same_numbers_as_its_scores_in_full(ratio, seed):
    instance = study_instance(1500, 60, seats_ratio=ratio, seed=seed)
    from_source = solve(Problem(instance, instance.seats))
    in_full = solve(Problem(dense(instance), instance.seats))
    assert (from_source.placed, from_source.score) == (in_full.placed, in_full.score)
    assert from_source.status is SolveStatus.OPTIMAL


@pytest.mark.parametrize("ratio", RATIOS)
def test_its_prices_prove_the_plan_among_all_pairs(ratio):
    instance = study_instance(3000, 120, seats_ratio=ratio)
    found = Pricing(instance, instance.seats, True, Watch()).solve()
    has = np.flatnonzero(found.slots >= 0)
    score = sum(
        int(instance.block(slice(i, i + 1), slice(j, j + 1))[0, 0])
        for i, j in zip(has.tolist(), found.slots[has].tolist(), strict=True)
    )
    assert dual_among_all_pairs(instance, found) == score


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 400), st.integers(1, 30), st.sampled_from(RATIOS))
def test_small_and_odd_shapes_too(seed, n, m, ratio):
    instance = study_instance(n, m, seats_ratio=ratio, seed=seed)
    for objective in (("placed", "score"), ("score",)):
        from_source = solve(Problem(instance, instance.seats), objective=objective)
        in_full = solve(Problem(dense(instance), instance.seats), objective=objective)
        assert (from_source.placed, from_source.score) == (in_full.placed, in_full.score)


def test_the_same_source_and_seed_give_the_same_plan():
    instance = study_instance(2000, 80)
    plans = [solve(Problem(instance, instance.seats)).slots for _ in range(2)]
    assert np.array_equal(*plans)


def test_pins_of_a_source_are_kept_and_count():
    instance = study_instance(600, 30)
    scores = dense(instance)
    pins = np.full(600, -1)
    somebody = int(np.argmax((~np.isnan(scores)).sum(axis=1)))
    pins[somebody] = int(np.flatnonzero(~np.isnan(scores[somebody]))[-1])
    from_source = solve(Problem(instance, instance.seats, pins=pins))
    in_full = solve(Problem(scores, instance.seats, pins=pins))
    assert from_source.slots[somebody] == pins[somebody]
    assert (from_source.placed, from_source.score) == (in_full.placed, in_full.score)


def test_a_bonus_for_staying_counts_in_the_level_and_not_in_the_score():
    instance = study_instance(600, 30)
    before = solve(Problem(instance, instance.seats)).slots
    seats = np.maximum(0, instance.seats - (np.arange(30) % 3 == 0))
    given = {"current": before, "stay_bonus": 700}
    from_source = solve(Problem(instance, seats, **given))
    in_full = solve(Problem(dense(instance), seats, **given))
    assert from_source.levels[1].value == in_full.levels[1].value
    stays = int(((from_source.slots == before) & (before >= 0)).sum())
    assert from_source.score + 700 * stays == from_source.levels[1].value


@pytest.mark.parametrize("ratio", [0.8, 0.95, 1.0, 1.01, 1.3])
def test_solving_again_after_changes_gives_what_solving_afresh_gives(ratio):
    instance = study_instance(2000, 80, seats_ratio=ratio)
    before = solve(Problem(instance, instance.seats))
    after = churn(instance, seed=3)
    problem = Problem(after.instance, after.instance.seats)
    afresh = solve(problem)
    for again in (
        solve(problem, start=before),
        solve(problem, start=before, changed=after.replaced),
    ):
        assert (again.placed, again.score) == (afresh.placed, afresh.score)
        assert again.status is SolveStatus.OPTIMAL


@pytest.mark.parametrize(("before", "after"), [(1.1, 0.9), (0.9, 1.1)])
def test_solving_again_holds_where_seats_turn_short_or_ample(before, after):
    instance = study_instance(2000, 80, seats_ratio=before)
    plan = solve(Problem(instance, instance.seats))
    seats = study_instance(2000, 80, seats_ratio=after).seats
    now = Problem(replace(instance, seats=seats), seats)
    nobody = np.zeros(2000, dtype=np.bool_)
    again = solve(now, start=plan, changed=nobody)
    afresh = solve(now)
    assert (again.placed, again.score) == (afresh.placed, afresh.score)
    assert again.status is SolveStatus.OPTIMAL
    assert check(now, again).ok


def test_the_lists_are_the_same_however_many_cores_share_the_work(monkeypatch):
    instance = study_instance(12_000, 120)
    monkeypatch.setattr(looking, "PIECE", 10_000)
    found = []
    for cores in (1, 2, 3):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: range(cores))
        pricing = Pricing(instance, instance.seats, True, Watch())
        priced = pricing.solve()
        found.append((pricing.lists.slot.tobytes(), priced.prices.tobytes()))
    assert found[0] == found[1] == found[2]


def test_a_slot_that_had_no_seats_before_is_found_when_it_opens():
    instance = study_instance(800, 40)
    closed = instance.seats.copy()
    closed[:5] = 0
    before = solve(Problem(replace(instance, seats=closed), closed))
    nobody = np.zeros(800, dtype=np.bool_)
    again = solve(Problem(instance, instance.seats), start=before, changed=nobody)
    afresh = solve(Problem(instance, instance.seats))
    assert (again.placed, again.score) == (afresh.placed, afresh.score)


@pytest.mark.parametrize("signs", [0, 1, 3, 8])
def test_a_cancel_gives_a_plan_that_keeps_to_seats_and_a_bound_that_is_true(signs):
    instance = study_instance(3000, 120)
    best = solve(Problem(instance, instance.seats))
    told = []

    def cancel_after(progress):
        told.append(progress)
        return len(told) <= signs

    watch = Watch(progress=cancel_after)
    watch.may_go_on = lambda *a, **k: (  # asks the listener every time, not twice a second
        setattr(watch, "stopped", watch.stopped or cancel_after(None) is False) or not watch.stopped
    )
    found = Pricing(instance, instance.seats, True, watch).solve()
    taken = np.bincount(found.slots[found.slots >= 0], minlength=120)
    assert (taken <= instance.seats).all()
    placed = int((found.slots >= 0).sum())
    bound = int(found.profit.sum() + found.prices @ instance.seats) - found.worth * placed
    if placed == best.placed:
        assert bound >= best.score
