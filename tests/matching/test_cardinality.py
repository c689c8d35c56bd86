"""Most people with a place: as many as by trying everything, with a cover that proves it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.solvers.seats.auction import Arcs
from matching.solvers.seats.cardinality import most_placed
from tests.oracles import all_plans
from tests.strategies import problems


def arcs_of(problem):
    counts = np.bincount(problem.pair_candidate, minlength=problem.shape[0])
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Arcs(start, problem.pair_slot.astype(np.int32), problem.units, problem.shape[1])


def without_pins(problem):
    return problem.pins is None


def is_covered(cover, problem):
    covered = cover.candidates[problem.pair_candidate] | cover.slots[problem.pair_slot]
    return bool(covered.all())


@given(problems("whole").filter(without_pins))
def test_as_many_get_a_place_as_by_trying_everything(problem):
    none = np.full(problem.shape[0], -1, dtype=np.int64)
    cover = most_placed(arcs_of(problem), problem.seats, none)
    assert cover.n_placed == max(sum(j >= 0 for j in plan) for plan in all_plans(problem))


@given(problems("whole").filter(without_pins))
def test_the_cover_is_as_large_as_the_plan_and_covers_every_pair(problem):
    none = np.full(problem.shape[0], -1, dtype=np.int64)
    cover = most_placed(arcs_of(problem), problem.seats, none)
    assert is_covered(cover, problem)
    assert cover.candidates.sum() + problem.seats[cover.slots].sum() == cover.n_placed


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 12))
def test_larger_plans_keep_to_seats_and_pairs_and_are_proven_by_their_cover(seed, n, m):
    # Slots with several seats, of which the last comer leaves first: that once went round for ever.
    random = np.random.default_rng(seed)
    possible = random.random((n, m)) < random.choice([0.1, 0.3, 0.7])
    candidate, slot = np.nonzero(possible)
    counts = np.bincount(candidate, minlength=n)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    arcs = Arcs(start, slot.astype(np.int32), np.zeros(len(slot), dtype=np.int64), m)
    seats = random.integers(0, max(2, 2 * n // m), m)
    kept = seats[slot] > 0
    arcs = Arcs(
        np.concatenate([[0], np.cumsum(np.bincount(candidate[kept], minlength=n))]).astype(
            np.int64
        ),
        slot[kept].astype(np.int32),
        np.zeros(int(kept.sum()), dtype=np.int64),
        m,
    )
    cover = most_placed(arcs, seats, np.full(n, -1, dtype=np.int64))
    placed = np.flatnonzero(cover.arc >= 0)
    taken = np.bincount(arcs.row_slot[cover.arc[placed]], minlength=m)
    assert (taken <= seats).all()
    assert (arcs.rows[cover.arc[placed]] == placed).all()
    assert len(placed) == cover.n_placed
    assert (cover.candidates[arcs.rows] | cover.slots[arcs.row_slot]).all()
    assert cover.candidates.sum() + seats[cover.slots].sum() == cover.n_placed
