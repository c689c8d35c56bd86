"""Stable plans: nobody blocks them, and no stable plan is better for any candidate."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Plan, ProblemError, SolveStatus, blocking_pairs, solve_stable

NAN = np.nan


@st.composite
def two_sides(draw, *, ties=True, most=5):
    """Scores of both sides, some unacceptable, and seats; strict on both sides without ties."""
    n, m = draw(st.integers(0, most)), draw(st.integers(1, 3))
    unacceptable = draw(st.lists(st.integers(0, 5), min_size=2 * n * m, max_size=2 * n * m))
    if ties:
        values = draw(st.lists(st.integers(0, 2), min_size=2 * n * m, max_size=2 * n * m))
    else:
        values = draw(st.permutations(range(2 * n * m)))
    kept = [v if one else NAN for v, one in zip(values, unacceptable, strict=True)]
    wishes, wanted = np.array(kept, dtype=float).reshape(2, n, m)
    seats = draw(st.lists(st.integers(0, 2), min_size=m, max_size=m))
    return wishes, wanted, seats


def plan_of(slots) -> Plan:
    return Plan(
        slots=np.array(slots, dtype=np.int64),
        placed=0,
        score=0,
        bound=0,
        status=SolveStatus.FEASIBLE,
        prices=np.zeros(0),
        certificate=None,
        objective=("stable",),
    )


def all_matchings(wishes, wanted, seats):
    n, m = wishes.shape
    possible = ~np.isnan(wishes) & ~np.isnan(wanted)
    choices = [[-1, *np.flatnonzero(possible[i]).tolist()] for i in range(n)]
    for slots in product(*choices):
        if all(slots.count(j) <= seats[j] for j in range(m)):
            yield slots


def blocks(wishes, wanted, seats, slots) -> bool:
    """Look for one blocking pair, told in other words than in the package."""
    for i in range(len(slots)):
        for j in range(len(seats)):
            now = -np.inf if slots[i] == -1 else wishes[i, slots[i]]
            if not wishes[i, j] > now or np.isnan(wanted[i, j]):
                continue
            rivals = [wanted[k, j] for k in range(len(slots)) if slots[k] == j]
            if sum(rival >= wanted[i, j] for rival in rivals) < seats[j]:
                return True
    return False


def stable_matchings(wishes, wanted, seats):
    return [s for s in all_matchings(wishes, wanted, seats) if not blocks(wishes, wanted, seats, s)]


@given(two_sides())
def test_no_pair_blocks_the_plan_also_when_there_are_ties(sides):
    plan = solve_stable(*sides)
    assert blocking_pairs(*sides, plan) == []
    assert not blocks(*sides, plan.slots.tolist())


@given(two_sides(ties=False))
def test_each_candidate_gets_the_best_slot_of_all_stable_plans(sides):
    wishes, plan = sides[0], solve_stable(*sides)
    stable = stable_matchings(*sides)
    for i, slot in enumerate(plan.slots.tolist()):
        worth = [-np.inf if one[i] == -1 else wishes[i, one[i]] for one in stable]
        assert (-np.inf if slot == -1 else wishes[i, slot]) == max(worth)


@given(two_sides(ties=False))
def test_all_stable_plans_place_the_same_people_and_fill_each_slot_alike(sides):
    """Hold the plan against the rural hospitals theorem (Roth 1986)."""
    plan, seats = solve_stable(*sides), sides[2]
    placed = np.flatnonzero(plan.slots >= 0).tolist()
    filled = [(plan.slots == j).sum() for j in range(len(seats))]
    for one in stable_matchings(*sides):
        assert [i for i, slot in enumerate(one) if slot >= 0] == placed
        assert [one.count(j) for j in range(len(seats))] == filled


@given(two_sides(), st.data())
def test_the_checker_finds_a_blocking_pair_exactly_where_there_is_one(sides, data):
    slots = data.draw(st.sampled_from(list(all_matchings(*sides))))
    assert bool(blocking_pairs(*sides, plan_of(slots))) == blocks(*sides, slots)


@given(two_sides())
def test_only_the_order_of_scores_matters(sides):
    wishes, wanted, seats = sides
    stretched = solve_stable(3 * wishes - 7, 2 * wanted + 1, seats)
    assert stretched.slots.tolist() == solve_stable(*sides).slots.tolist()


def test_equal_wishes_go_to_the_first_slot_and_equal_candidates_by_position():
    assert solve_stable([[1, 1]], [[1, 1]], [1, 1]).slots.tolist() == [0]
    assert solve_stable([[1], [1]], [[1], [1]], [1]).slots.tolist() == [0, -1]


def test_the_college_example_of_gale_and_shapley_style_cycles_goes_the_way_of_candidates():
    """Each gets a first choice, although each slot holds its last choice."""
    wishes = [[3, 2, 1], [1, 3, 2], [2, 1, 3]]
    wanted = [[1, 3, 2], [2, 1, 3], [3, 2, 1]]
    plan = solve_stable(wishes, wanted, [1, 1, 1])
    assert (plan.slots.tolist(), plan.score, plan.placed) == ([0, 1, 2], 9, 3)


def test_a_plan_tells_what_it_is():
    plan = solve_stable([[2, 1], [3, NAN]], [[1, 1], [2, 1]], [1, 1])
    assert plan.slots.tolist() == [1, 0]
    assert (plan.objective, plan.status) == (("stable",), SolveStatus.OPTIMAL)
    assert (plan.score, plan.bound, plan.certificate) == (4, 4, None)
    assert type(plan.score) is int


def test_whole_scores_too_large_for_a_double_keep_their_order():
    plan = solve_stable([[2**62, 2**62 + 1]], [[1, 1]], [1, 1])
    assert (plan.slots.tolist(), plan.score) == ([1], 2**62 + 1)


def test_nobody_and_no_slots_give_an_empty_plan():
    assert solve_stable(np.zeros((0, 2)), np.zeros((0, 2)), [1, 1]).slots.tolist() == []
    assert solve_stable(np.zeros((2, 0)), np.zeros((2, 0)), []).slots.tolist() == [-1, -1]


def test_two_thousand_people_with_the_same_wishes_need_no_recursion():
    wishes = np.tile(np.arange(50), (2000, 1))
    wanted = np.tile(np.arange(2000)[:, None], (1, 50))
    plan = solve_stable(wishes, wanted, [10] * 50)
    assert plan.slots.tolist() == [-1] * 1500 + np.repeat(np.arange(50), 10).tolist()


GOOD = [[1, 2], [3, 4]]
BAD = {
    "one axis": (([1, 2], GOOD, [1, 1]), "candidate_scores", None, "(n_candidates, n_slots)"),
    "other shapes": ((GOOD, [[1, 2]], [1, 1]), "slot_scores", None, "(2, 2)"),
    "ragged": (([[1], [1, 2]], GOOD, [1, 1]), "candidate_scores", None, "different lengths"),
    "infinite": ((GOOD, [[1, 2], [np.inf, 1]], [1, 1]), "slot_scores", 1, "infinite"),
    "texts": (([["a", "b"]], [[1, 2]], [1, 1]), "candidate_scores", None, "numbers"),
    "yes and no": ((GOOD, [[True, False]] * 2, [1, 1]), "slot_scores", None, "numbers"),
    "negative seats": ((GOOD, GOOD, [1, -1]), "seats", 1, "whole numbers from 0"),
    "half a seat": ((GOOD, GOOD, [0.5, 1]), "seats", 0, "whole numbers from 0"),
    "unknown seats": ((GOOD, GOOD, [NAN, 1]), "seats", 0, "whole numbers from 0"),
    "endless seats": ((GOOD, GOOD, [1, np.inf]), "seats", 1, "whole numbers from 0"),
    "yes as seats": ((GOOD, GOOD, [True, False]), "seats", 0, "whole numbers from 0"),
    "seats too few": ((GOOD, GOOD, [1]), "seats", None, "(2,)"),
}


@pytest.mark.parametrize(("given", "field", "row", "word"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_field_row_and_what_is_accepted(given, field, row, word):
    with pytest.raises(ProblemError) as caught:
        solve_stable(*given)
    assert (caught.value.field, caught.value.row) == (field, row)
    assert word in str(caught.value)


NO_PLANS = {
    "too few people": ([0], None, "(2,)"),
    "no such slot": ([0, 5], 1, "from 0 to 1"),
    "not accepted": ([1, 0], 0, "accept"),
    "too many": ([0, 0], 1, "only 1 seats"),
}


@pytest.mark.parametrize(("slots", "row", "word"), NO_PLANS.values(), ids=NO_PLANS)
def test_the_checker_refuses_what_is_no_plan(slots, row, word):
    with pytest.raises(ProblemError) as caught:
        blocking_pairs([[1, NAN], [1, 1]], GOOD, [1, 1], plan_of(slots))
    assert (caught.value.field, caught.value.row) == ("plan.slots", row)
    assert word in str(caught.value)


def test_the_checker_refuses_scores_of_two_shapes():
    with pytest.raises(ProblemError, match="have shapes"):
        blocking_pairs(GOOD, [[1, 2]], [1, 1], plan_of([0, 1]))
