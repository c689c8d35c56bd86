"""Who needs attention: what small differences do to everybody's place, on problems made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matching import Group, Policy, Problem, ProblemError, Quota, solve, to_problem
from matching.asking.attention import Attention, Kind, find_attention
from matching.asking.variation import Perturbations, Variation
from matching.policy import CRITERIA
from tests.factories import TODAY, UTRECHT, make_candidate, make_slot, score_facts
from tests.strategies import people_and_places

NOTHING = Perturbations(times=5, weights=0.0, scores=0.0, dropouts=0.0)


def look(problem: Problem, seed: int = 0, **told) -> Attention:
    what = Perturbations(**({"times": 200, "dropouts": 0.0} | told))
    return find_attention(problem, solve(problem), perturbations=what, seed=seed)


def kinds(found: Attention) -> list[Kind]:
    return [person.kind for person in found.people]


# Kinds


def test_whose_best_place_is_far_ahead_is_steady():
    found = look(Problem([[9000, 1000], [1000, 9000]], [1, 1]))
    assert kinds(found) == [Kind.STEADY, Kind.STEADY]
    assert [person.same for person in found.people] == [200, 200]


def test_for_whom_two_places_are_nearly_alike_has_two_good_options():
    [person] = look(Problem([[9000, 8990, 1000]], [1, 1, 1])).people
    assert person.kind is Kind.TWO_GOOD_OPTIONS
    assert {option.slot for option in person.options} == {0, 1}
    assert sum(option.times for option in person.options) == person.present == 200
    assert all(0.3 < option.share < 0.7 for option in person.options)


def test_for_whom_three_places_are_nearly_alike_has_several():
    assert kinds(look(Problem([[9000, 8995, 8990]], [1, 1, 1]))) == [Kind.SEVERAL_OPTIONS]


def test_for_whom_one_place_is_possible_has_one_fitting_place():
    problem = Problem([[9000, np.nan, 8000], [9000, 100, 8000]], [1, 1, 0])
    found = look(problem)
    assert kinds(found) == [Kind.ONE_FITTING_PLACE, Kind.STEADY]
    # A slot without seats is no second one.
    assert [person.n_possible for person in found.people] == [1, 2]


def test_who_would_get_a_place_only_when_somebody_drops_out_has_none_yet():
    found = look(Problem([[9000], [1000]], [1]), times=400, dropouts=0.1)
    assert kinds(found) == [Kind.ONE_FITTING_PLACE, Kind.NO_PLACE_YET]
    first, second = found.people
    assert 0.85 < first.present / 400 < 0.95
    [option] = second.options
    assert 0.04 < option.share < 0.18
    assert second.without == second.same == second.present - option.times


def test_who_keeps_a_place_only_by_a_hair_is_unsure_of_it():
    found = look(Problem([[5000, 4000], [5000, 4000]], [1, 0]))
    placed = solve(Problem([[5000, 4000], [5000, 4000]], [1, 0])).slots.tolist().index(0)
    assert found.people[placed].kind is Kind.ONE_FITTING_PLACE
    crowded = look(Problem([[5000, 5000], [5000, 5000], [5000, 5000]], [1, 1]))
    assert sorted(kinds(crowded)).count(Kind.PLACE_UNSURE) == 2
    assert kinds(crowded).count(Kind.NO_PLACE_YET) == 1


def test_the_bounds_of_steady_are_those_that_are_told():
    # 95 of 100 is steady and 94 is not.
    from matching.asking.attention import Option, _kind

    def kind(same: int) -> Kind:
        options = (Option(0, same, same / 100), Option(1, 100 - same, 1 - same / 100))
        return _kind(0, 100, same, 0, options, 2)

    assert (kind(95), kind(94)) == (Kind.STEADY, Kind.TWO_GOOD_OPTIONS)


def test_of_kind_finds_them():
    found = look(Problem([[9000, 8990, 1000]], [1, 1, 1]))
    assert [person.candidate for person in found.of_kind(Kind.TWO_GOOD_OPTIONS)] == [0]
    assert found.of_kind(Kind.STEADY) == ()


# What is varied


def test_without_differences_everybody_has_the_same_place_each_time():
    problem = Problem(np.random.default_rng(1).integers(0, 9, (8, 3)), [2, 2, 2])
    found = find_attention(problem, solve(problem), perturbations=NOTHING)
    assert all(person.same == person.present == 5 for person in found.people)


@settings(max_examples=30, deadline=None)
@given(people_and_places())
def test_unvaried_layers_add_up_to_the_scores_of_the_problem(facts):
    layers = score_facts(*facts)
    problem = to_problem(layers, as_of=TODAY)
    varied, gone = Variation(problem, layers, NOTHING).draw(np.random.default_rng(0))
    assert np.array_equal(varied.scores, problem.scores, equal_nan=True)
    assert not gone.any()


def two_that_differ_in_one_criterion_each():
    """One slot is near and asks another diploma; the other is far and asks none."""
    candidate = make_candidate(max_travel_minutes=180)
    education = {"level": "bachelor", "strength": "wanted"}
    far = make_slot("S-2").model_dump() | {"code": "S-2"}
    far["phases"][0]["pc4"] = UTRECHT
    slots = [make_slot("S-1", education=education), type(make_slot()).model_validate(far)]
    weights = {name: int(name in ("education", "travel")) * 50 for name in CRITERIA}
    default = Policy.default()
    policy = replace(default, weights=weights, neutral=default.neutral)
    return score_facts([candidate], slots, policy)


def test_weights_vary_where_layers_are_given():
    layers = two_that_differ_in_one_criterion_each()
    assert layers.eligibility.possible.all()
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    what = Perturbations(times=300, weights=0.9, scores=0.0, dropouts=0.0)
    [alone] = find_attention(problem, plan, perturbations=what).people
    [person] = find_attention(problem, plan, layers=layers, perturbations=what).people
    assert len(alone.options) == 1
    assert len(person.options) == 2


def test_the_reach_of_scores_is_told_in_points():
    found = look(Problem([[5000, 100]], [1, 1]), scores=0.1)
    assert found.score_reach == 500
    layers = two_that_differ_in_one_criterion_each()
    problem = to_problem(layers, as_of=TODAY)
    assert (
        find_attention(problem, solve(problem), layers=layers, perturbations=NOTHING).score_reach
        == 0
    )


def test_scores_that_are_not_whole_vary_too():
    [person] = look(Problem([[0.5, 0.4999]], [1, 1])).people
    assert person.kind is Kind.TWO_GOOD_OPTIONS


def test_whoever_is_pinned_neither_moves_nor_drops_out():
    problem = Problem([[1, 9], [5, 5]], [1, 1], pins=[0, -1])
    found = look(problem, dropouts=0.5)
    assert (found.people[0].present, found.people[0].same) == (200, 200)
    assert found.people[1].present < 150


def test_who_is_left_of_two_who_belong_together_goes_alone():
    together = Problem([[9, 9], [9, 9]], [2, 2], groups=[Group("pair", [0, 1])])
    found = look(together, dropouts=0.5, times=40)
    assert all(person.without == 0 for person in found.people)


def test_plans_that_the_rules_make_impossible_count_for_nobody():
    problem = Problem([[5], [5]], [2], quotas=[Quota("both", [0, 1], [0], least=2)])
    found = look(problem, dropouts=0.5, times=40)
    assert found.planned == 40
    assert 10 < found.infeasible < 39
    assert [person.present for person in found.people] == [40 - found.infeasible] * 2


def test_the_objective_of_the_plan_is_kept():
    problem = Problem([[-5000]], [1])
    plan = solve(problem, objective=("score",))
    assert plan.placed == 0
    [person] = find_attention(problem, plan, perturbations=NOTHING).people
    assert (person.kind, person.without) == (Kind.NO_PLACE_YET, 5)


# How


def test_the_same_seed_gives_the_same_answer():
    problem = Problem(np.random.default_rng(2).integers(0, 100, (8, 4)), [2] * 4)
    first, again, other = (look(problem, seed, dropouts=0.1).to_json() for seed in (1, 1, 2))
    assert first == again != other


def test_it_stops_when_told_and_says_how_far_it_came():
    problem = Problem([[5]], [1])
    found = find_attention(problem, solve(problem), progress=lambda done, _: done < 7)
    assert found.planned == 7
    assert found.people[0].present <= 7


def test_the_answer_states_what_was_varied():
    told = look(Problem([[9000, 8990]], [1, 1])).to_json()
    assert told["perturbations"] == {"times": 200, "weights": 0.2, "scores": 0.02, "dropouts": 0.0}
    assert told["people"][0]["kind"] == "two_good_options"
    assert told["scoreReach"] == 180


@pytest.mark.parametrize(
    "told", [{"times": 0}, {"times": True}, {"weights": 1.0}, {"scores": -0.1}, {"dropouts": 1.0}]
)
def test_differences_out_of_range_are_named(told):
    with pytest.raises(ProblemError) as caught:
        Perturbations(**told)
    assert caught.value.field == next(iter(told))


def test_a_plan_or_layers_of_another_problem_are_refused():
    problem = Problem([[1], [1]], [1])
    with pytest.raises(ProblemError) as caught:
        find_attention(problem, solve(Problem([[1]], [1])))
    assert caught.value.field == "plan.slots"
    with pytest.raises(ProblemError) as caught:
        find_attention(problem, solve(problem), layers=two_that_differ_in_one_criterion_each())
    assert caught.value.field == "layers.points"


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (2, 0)])
def test_nobody_or_nowhere_is_an_answer(shape):
    problem = Problem(np.zeros(shape), [1] * shape[1])
    found = find_attention(problem, solve(problem), perturbations=NOTHING)
    assert kinds(found) == [Kind.NO_PLACE_YET] * shape[0]
