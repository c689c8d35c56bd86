"""What the kernels for side rules find, held against trying everything; and what they refuse."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Group, Problem, Quota, Resource
from matching.solvers.sides.model import read_pairs
from matching.solvers.sides.search.decomposition import Descent, losses, prove
from matching.solvers.sides.search.field import Field, Standing
from matching.solvers.sides.search.mending import complete, mend
from matching.solvers.sides.search.reading import read_field
from matching.solvers.watch import Watch
from tests.drill import examples


def field_of(seed: int, n: int, m: int) -> Field:
    """Return a small field: hours and one limit of each slot's own, two who share a slot."""
    chance = np.random.default_rng(seed)
    hours = Resource("hours", chance.integers(0, 6, n), chance.integers(0, 12, m))
    limits = [Quota(f"q{j}", chance.random(n) < 0.5, np.arange(m) == j, 0, 1) for j in range(m)]
    problem = Problem(
        chance.integers(1, 50, (n, m)),
        chance.integers(1, 6, m),
        resources=[hours],
        quotas=limits,
        groups=[Group("pair", [0, 1])] if n > 1 else [],
    )
    field = read_field(read_pairs(problem, 0), Watch(), counts_places=False)
    assert field is not None
    return field.worth(chance.integers(-5, 50, field.n_arcs))


def fullest(field: Field, j: int) -> int:
    """Return what a slot can hold at most, by trying every choice."""
    arcs, best = np.flatnonzero(field.slot == j), 0
    for count in range(len(arcs) + 1):
        for some in itertools.combinations(arcs.tolist(), count):
            at = list(some)
            fits = field.size[at].sum() <= field.seats[j] and field.draw[at].sum() <= field.room[j]
            if fits and field.marks[at].sum() <= field.most[j]:
                best = max(best, int(field.value[at].sum()))
    return best


@settings(max_examples=examples(60))
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 3))
def test_a_slot_is_filled_as_well_as_by_trying_every_choice(seed, n, m):
    field = field_of(seed, n, m)
    nothing = np.zeros(field.n_units, np.int64), np.zeros(len(field.rows) + 1, np.int64)
    assert prove(field, *nothing, 0).best.tolist() == [fullest(field, j) for j in range(m)]


def test_slots_too_large_for_any_memory_are_told_as_such():
    field = field_of(1, 6, 2)
    price, row_price = np.zeros(field.n_units, np.int64), np.zeros(len(field.rows) + 1, np.int64)
    prices = prove(field, price, row_price, 0)
    huge = np.full(field.n_slots, 2**31 - 2, dtype=np.int32)
    field = replace(field, seats=huge, room=huge, _kept={})
    standing = Standing(field, np.zeros(field.n_units, dtype=np.uint8))
    starts = np.zeros(field.n_units + 1), np.zeros(len(field.rows) + 1), np.zeros(field.n_arcs + 1)
    descent = Descent(field, *starts)
    for work in (
        lambda: prove(field, price, row_price, 0),
        lambda: losses(field, prices),
        lambda: complete(standing),
        lambda: descent.go_on(standing, 1),
        lambda: descent.fix(standing, 1),
        lambda: mend(standing, prices, 0, lambda: True),
    ):
        with pytest.raises(MemoryError):
            work()
