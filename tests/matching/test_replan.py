"""Planning anew: all plans worth having between few moves and a high score, and why people move."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Plan, Problem, ProblemError, Quota, Resource, check, solve
from matching.replanning.frontier import Replan, find_replans
from matching.replanning.moves import Reason, explain_moves
from matching.replanning.row import WEIGHTS, Commitment
from matching.study.synthetic import churn, study_instance
from tests.oracles import all_plans, dense
from tests.strategies import side_problems

PLANNED, PROPOSED, AGREED, STARTED = Commitment


def row_by_trying(problem: Problem, commitments, *, keep_places: bool) -> list[tuple[int, float]]:
    """Effort and score of every plan that no other beats on both, by trying all."""
    scores, n = dense(problem), problem.shape[0]
    current = problem.current.tolist()
    weight = [WEIGHTS[Commitment(commitments[i])] for i in range(n)]
    tiers = [0] * n if problem.tiers is None else problem.tiers.tolist()
    first = [2 * tiers[i] + (current[i] < 0 if keep_places else 0) for i in range(n)]
    found = []
    for slots in all_plans(problem):
        placed = [i for i in range(n) if slots[i] >= 0]
        moved = [i for i in range(n) if current[i] not in (-1, slots[i])]
        served = tuple(sum(first[i] == tier for i in placed) for tier in sorted(set(first)))
        effort, score = sum(weight[i] for i in moved), sum(scores[i][slots[i]] for i in placed)
        found.append((len(placed), served, effort, score))
    best = max(one[:2] for one in found)
    row = {one[2:] for one in found if one[:2] == best}
    return sorted(
        one
        for one in row
        if not any(other[0] <= one[0] and other[1] >= one[1] and other != one for other in row)
    )


def hull_of(row: list[tuple[int, float]]) -> set[tuple[int, float]]:
    """The points that some bonus for staying finds, among those strictly at corners."""
    kept: list[tuple[int, float]] = []
    for point in row:
        while len(kept) > 1 and (kept[-1][1] - kept[-2][1]) * (point[0] - kept[-2][0]) <= (
            point[1] - kept[-2][1]
        ) * (kept[-1][0] - kept[-2][0]):
            kept.pop()
        kept.append(point)
    return set(kept)


def row_of(found: Replan) -> list[tuple[int, float]]:
    return [(point.effort, point.score) for point in found.points]


@st.composite
def changed_problems(draw: st.DrawFn) -> tuple[Problem, list[int]]:
    """Any small problem with seats only in which most people had a place somewhere."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    scores = chance.integers(0, draw(st.sampled_from([3, 30, 10_000])), (n, m)).astype(float)
    scores[chance.random((n, m)) < 0.25] = np.nan
    problem = Problem(scores, chance.integers(0, 4, m), current=chance.integers(-1, m, n))
    return problem, chance.integers(0, 3, n).tolist()


# The row of plans


@settings(max_examples=150)
@given(changed_problems(), st.booleans())
def test_all_plans_worth_having_are_found(given_problem, keep_places):
    problem, commitments = given_problem
    found = find_replans(problem, commitments=commitments, keep_places=keep_places)
    assert row_of(found) == row_by_trying(problem, commitments, keep_places=keep_places)
    assert found.is_complete
    assert all(point.is_proven for point in found.points)


@settings(max_examples=100)
@given(changed_problems(), st.booleans())
def test_a_bonus_for_staying_finds_both_ends_and_nothing_beaten(given_problem, keep_places):
    problem, commitments = given_problem
    found = find_replans(problem, commitments=commitments, keep_places=keep_places, complete=False)
    row = row_by_trying(problem, commitments, keep_places=keep_places)
    assert set(row_of(found)) <= set(row)
    assert (row_of(found)[0], row_of(found)[-1]) == (row[0], row[-1])


@settings(max_examples=60)
@given(side_problems(scores="points", most=4), st.booleans())
def test_all_plans_worth_having_are_found_under_side_rules(given_problem, keep_places):
    problem, _ = given_problem
    n = problem.shape[0]
    current = np.arange(n) % (problem.shape[1] + 1) - 1
    problem = replace(problem, current=current, stay_bonus=0)
    found = find_replans(problem, keep_places=keep_places)
    if any(True for _ in all_plans(problem)):
        assert row_of(found) == row_by_trying(problem, [0] * n, keep_places=keep_places)
    else:
        assert (found.points, found.chosen, found.moves) == ((), None, ())


@settings(max_examples=50)
@given(changed_problems())
def test_each_plan_of_the_row_is_a_plan(given_problem):
    problem, commitments = given_problem
    allowed = set(all_plans(problem))
    for point in find_replans(problem, commitments=commitments).points:
        assert tuple(point.slots.tolist()) in allowed
        moved = [
            i for i in range(problem.shape[0]) if problem.current[i] not in (-1, point.slots[i])
        ]
        assert point.moves == len(moved) == sum(point.moves_by_commitment.values())
        assert point.lose_place == sum(point.slots[i] < 0 for i in moved)


def test_the_row_rises_from_the_fewest_moves_to_the_highest_score():
    chance = np.random.default_rng(5)
    problem = Problem(
        chance.integers(0, 10_000, (12, 6)), [2] * 6, current=chance.permutation(np.arange(12) % 6)
    )
    found = find_replans(problem)
    for one, other in pairwise(found.points):
        assert (one.effort, one.score, one.gain) < (other.effort, other.score, other.gain)
    assert (found.points[0].gain, found.points[-1].gain) == (0.0, 1.0)
    assert found.points[-1].score == solve(problem).score
    enough = [point for point in found.points if point.gain >= 0.95]
    assert found.chosen is enough[0]
    assert find_replans(problem, enough_gain=0.0).chosen.effort == 0


def test_the_hull_is_found_where_all_are_not_looked_for():
    chance = np.random.default_rng(6)
    problem = Problem(
        chance.integers(0, 1000, (14, 5)), [3] * 5, current=chance.permutation(np.arange(14) % 5)
    )
    row = row_of(find_replans(problem, complete=True))
    found = row_of(find_replans(problem, complete=False, most_solves=40))
    assert hull_of(row) <= set(found) <= set(row)
    assert len(find_replans(problem, complete=False, most_solves=4).points) <= 4


@pytest.mark.parametrize("seed", [0, 1])
def test_in_the_studys_churn_few_moves_bring_nearly_all_of_the_gain(seed):
    before = study_instance(1000, 200, seed=seed)
    plan = solve(Problem(before, before.seats))
    changed = churn(before, seed=seed)
    current = np.where(changed.replaced, -1, plan.slots)
    now = Problem(changed.instance, changed.instance.seats, current=current)
    found = find_replans(now, keep_places=False)
    assert found.chosen.gain >= 0.95
    assert found.chosen.moves <= 0.10 * (current >= 0).sum()
    best = solve(Problem(changed.instance, changed.instance.seats))
    kept = find_replans(now)
    assert kept.chosen.gain >= 0.95
    assert kept.chosen.lose_place <= found.chosen.lose_place
    assert {point.placed for point in found.points} == {best.placed}
    assert found.points[-1].score == best.score


# Commitments


def test_whoever_has_started_is_never_moved():
    problem = Problem([[0, 9], [0, 9]], [2, 1], current=[0, 0])
    found = find_replans(problem, commitments=[STARTED, PLANNED])
    assert {int(point.slots[0]) for point in found.points} == {0}
    assert found.points[-1].slots.tolist() == [0, 1]


def test_of_two_it_moves_the_one_who_was_only_proposed():
    # One of the two seats is gone, and both would fit equally well where there is room.
    problem = Problem([[5, 4], [5, 4]], [1, 1], current=[0, 0])
    for commitments, moved in (([AGREED, PROPOSED], 1), ([PROPOSED, AGREED], 0)):
        found = find_replans(problem, commitments=commitments)
        assert [move.candidate for move in found.moves] == [moved]
        assert found.chosen.moves_by_commitment["proposed"] == 1


def test_weights_say_how_many_moves_one_who_agreed_is_worth():
    # Either the one who agreed leaves slot 0, or the three others leave slot 1.
    scores = [[5, 5, np.nan], [np.nan, 5, 5], [np.nan, 5, 5], [np.nan, 5, 5], [5, np.nan, np.nan]]
    problem = Problem(scores, [1, 3, 3], current=[0, 1, 1, 1, -1])
    commitments = [AGREED, PLANNED, PLANNED, PLANNED, PLANNED]
    light = find_replans(problem, commitments=commitments, weights={AGREED: 1})
    assert light.points[0].effort == 2
    assert find_replans(problem, commitments=commitments).points[0].effort == 5 + 1


def test_somebody_who_has_a_place_goes_before_somebody_new():
    problem = Problem([[1], [9]], [1], current=[0, -1])
    assert find_replans(problem).points[-1].slots.tolist() == [0, -1]
    scores_decide = find_replans(problem, keep_places=False)
    assert scores_decide.points[-1].slots.tolist() == [-1, 0]
    assert scores_decide.points[-1].lose_place == 1


@settings(max_examples=40)
@given(changed_problems())
def test_lifting_keeps_as_many_places_as_a_level_of_its_own(given_problem):
    problem, _ = given_problem
    by_lift = find_replans(problem, complete=False)
    by_level = find_replans(problem, complete=True)
    assert by_lift.points[0].lose_place == by_level.points[0].lose_place


# Why people move


def moves_of(
    problem: Problem, slots: list[int]
) -> dict[int, tuple[Reason, int | None, int | None]]:
    found = explain_moves(problem, np.array(slots))
    return {move.candidate: (move.reason, move.room_for, move.because_of) for move in found}


def test_a_newcomer_pushes_two_along():
    problem = Problem(np.full((3, 3), 5), [1, 1, 1], current=[0, 1, -1])
    assert moves_of(problem, [1, 2, 0]) == {
        0: (Reason.MADE_ROOM, 2, 2),
        1: (Reason.MADE_ROOM, 0, 2),
    }


def test_a_seat_that_is_gone_and_whoever_makes_room_for_who_sat_there():
    problem = Problem(np.full((3, 3), 5), [1, 1, 1], current=[0, 0, 1])
    assert moves_of(problem, [0, 1, 2]) == {
        1: (Reason.SEAT_LOST, None, None),
        2: (Reason.MADE_ROOM, 1, 1),
    }


def test_a_place_that_a_rule_now_refuses():
    problem = Problem([[np.nan, 5], [5, 5]], [1, 1], current=[0, 1])
    assert moves_of(problem, [1, 0]) == {
        0: (Reason.NO_LONGER_POSSIBLE, None, None),
        1: (Reason.MADE_ROOM, 0, 0),
    }


def test_two_who_change_places_do_so_for_a_better_total():
    problem = Problem([[1, 8], [7, 2]], [1, 1], current=[0, 1])
    [first, second] = explain_moves(problem, np.array([1, 0]))
    assert (first.reason, second.reason) == (Reason.BETTER_TOTAL, Reason.BETTER_TOTAL)
    assert first.chain is second.chain
    assert (first.chain.is_circle, first.chain.gain, first.chain.lose_place) == (True, 12, ())
    assert [step.difference for step in first.chain.steps] == [7, 5]


def test_whoever_is_fixed_elsewhere_by_people():
    problem = Problem(np.full((1, 2), 5), [1, 1], current=[0], pins=[1])
    assert moves_of(problem, [1]) == {0: (Reason.DECIDED, None, None)}


def test_a_move_that_seats_and_points_do_not_explain_is_for_another_rule():
    coach = Resource("coach", [4, 4], [4, 9])
    problem = Problem([[5, 4], [5, 4]], [2, 2], current=[0, 0], resources=[coach])
    [move] = find_replans(problem).moves
    assert (move.reason, move.difference) == (Reason.OTHER_RULE, -1)


def test_somebody_who_is_left_without_made_room():
    problem = Problem([[1], [9]], [1], current=[0, -1])
    [move] = explain_moves(problem, np.array([-1, 0]))
    assert (move.reason, move.after, move.because_of) == (Reason.MADE_ROOM, -1, 1)
    assert move.chain.lose_place == (0,)
    assert move.chain.gain == 8


def test_who_need_not_have_moved_for_a_newcomer_moves_for_a_better_total():
    # The newcomer could have had slot 1; pushing the other there is worth 100 points more.
    problem = Problem([[5, 5], [105, 5]], [1, 1], current=[0, -1])
    [move] = find_replans(problem).moves
    assert move.reason is Reason.BETTER_TOTAL
    assert (move.chain.gain, move.chain.lose_place) == (100, ())


@settings(max_examples=150)
@given(changed_problems())
def test_each_who_moves_has_one_reason_and_each_chain_could_stand_alone(given_problem):
    problem, commitments = given_problem
    found = find_replans(problem, commitments=commitments)
    slots, current = found.chosen.slots, problem.current
    moved = np.flatnonzero((current >= 0) & (slots != current)).tolist()
    assert [move.candidate for move in found.moves] == moved
    assert all((move.before, move.after) == (current[move.candidate], slots[move.candidate])
               for move in found.moves)  # fmt: skip
    least = found.points[0].slots
    for move in found.moves:
        if move.reason is Reason.BETTER_TOTAL and least[move.candidate] == move.before:
            alone = least.copy()
            for step in move.chain.steps:
                alone[step.candidate] = step.after
            assert tuple(alone.tolist()) in set(all_plans(problem))
            assert move.chain.gain > 0
    # With seats alone nobody moves for any other rule.
    assert all(move.reason is not Reason.OTHER_RULE for move in found.moves)


@settings(max_examples=100)
@given(changed_problems())
def test_chains_pass_on_every_seat_once(given_problem):
    problem, _ = given_problem
    for slots in list(all_plans(problem))[-3:]:
        chains = {id(move.chain): move.chain for move in explain_moves(problem, np.array(slots))}
        seen = [step.candidate for chain in chains.values() for step in chain.steps]
        assert len(seen) == len(set(seen))
        for chain in chains.values():
            following = [*chain.steps[1:], *([chain.steps[0]] if chain.is_circle else [])]
            for one, other in zip(chain.steps, following, strict=False):
                assert one.after == other.before


# What it takes and gives


def test_the_same_problem_gives_the_same_answer():
    chance = np.random.default_rng(8)
    problem = Problem(chance.integers(0, 99, (8, 4)), [2] * 4, current=chance.integers(-1, 4, 8))
    assert find_replans(problem, seed=3).to_json() == find_replans(problem, seed=3).to_json()


def test_the_answer_is_plain_data():
    told = find_replans(Problem([[1, 8], [7, 2]], [1, 1], current=[0, 1])).to_json()
    assert told["points"][told["chosen"]]["score"] == 15
    assert told["moves"][0]["reason"] == "better_total"
    assert told["moves"][0]["chain"]["isCircle"] is True
    assert told["weights"] == {"planned": 1, "proposed": 2, "agreed": 5}


def test_where_the_rules_leave_no_plan_there_is_no_row():
    quota = Quota("both", [0, 1], [0], least=2)
    found = find_replans(Problem([[1], [1]], [1], current=[0, -1], quotas=[quota]))
    assert (found.points, found.chosen) == ((), None)


def test_plans_of_the_row_stand_up_to_a_check():
    problem = Problem([[1, 8], [7, 2]], [1, 1], current=[0, 1])
    for point in find_replans(problem).points:
        plan: Plan = replace(
            solve(problem),
            slots=point.slots,
            score=point.score,
            bound=max(point.score, 15),
            certificate=None,
            levels=(),
        )
        assert check(problem, plan).feasible


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("commitments", {"commitments": [0]}),
        ("commitments", {"commitments": [0, 4]}),
        ("weights.agreed", {"weights": {AGREED: 0}}),
        ("enough_gain", {"enough_gain": 1.5}),
        ("most_solves", {"most_solves": 1}),
    ],
)
def test_what_is_out_of_range_is_named(field, told):
    with pytest.raises(ProblemError) as caught:
        find_replans(Problem([[1], [1]], [2], current=[0, -1]), **told)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("current", Problem([[1]], [1])),
        ("stay_bonus", Problem([[1]], [1], current=[0], stay_bonus=5)),
        ("scores", Problem([[2**54, 0]], [1, 1], current=[0])),
    ],
)
def test_a_problem_that_cannot_be_planned_anew_is_refused(field, problem):
    with pytest.raises(ProblemError) as caught:
        find_replans(problem)
    assert caught.value.field == field


def test_a_pin_against_a_start_is_refused():
    problem = Problem([[1, 1]], [1, 1], current=[0], pins=[1])
    with pytest.raises(ProblemError) as caught:
        find_replans(problem, commitments=[STARTED])
    assert (caught.value.field, caught.value.row) == ("pins", 0)
