"""The auction itself: one answer, whether scores take 32 bits or 64."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Problem, check, solve
from matching.solvers.seats.auction import Arcs, Auction, narrowed
from matching.solvers.watch import Watch
from tests.oracles import best_by_brute_force


def drawn(seed, low, high, n=6, m=3):
    chance = np.random.default_rng(seed)
    scores = chance.integers(low, high, (n, m)).astype(object)
    scores[chance.random((n, m)) < 0.2] = None
    return Problem(scores.tolist(), seats=chance.integers(0, 3, m).tolist())


def arcs_of(problem):
    counts = np.bincount(problem.pair_candidate, minlength=problem.shape[0])
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Arcs(start, problem.pair_slot.astype(np.int32), problem.units, problem.shape[1])


@pytest.mark.parametrize("widest", [2**31 - 1, 2**31, 2**36])
@given(seed=st.integers(0, 2**32))
def test_wide_scores_give_the_best_plan_too(widest, seed):
    problem = drawn(seed, -widest - 1, widest + 1)
    plan = solve(problem)
    best = best_by_brute_force(problem, ("placed", "score"))
    assert [level.value for level in plan.levels] == list(best[:2])
    assert check(problem, plan).ok


@given(seed=st.integers(0, 2**32))
def test_prices_and_places_are_the_same_in_32_bits_and_in_64(seed):
    wide = arcs_of(drawn(seed, 0, 1000))
    narrow = replace(wide, row_score=narrowed(wide.row_score))
    assert (wide.row_score.dtype, narrow.row_score.dtype) == (np.int64, np.int32)
    seats, found = np.array([1, 2, 1]), []
    for arcs in (wide, narrow):
        auction = Auction(arcs, seats, 5000)
        assert auction.run(Watch(), first=1000)
        found.append((auction.exact_prices().tolist(), auction.slots.tolist()))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("scores", "fits"),
    [([], True), ([-(2**31), 2**31 - 1], True), ([2**31], False), ([-(2**31) - 1], False)],
)
def test_scores_are_narrowed_only_where_all_fit(scores, fits):
    given = np.array(scores, dtype=np.int64)
    assert (narrowed(given).dtype == np.int32) is fits
    assert narrowed(given).tolist() == scores
