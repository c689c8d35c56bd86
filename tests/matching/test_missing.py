"""Which unknown fact matters is what scoring and planning anew for each answer says."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import Problem, ProblemError, Resource, SolveStatus, check, score, solve, to_problem
from matching.asking.unknown.blanks import MOST_ANSWERS, Blank, Edit, thinned, with_edits
from matching.asking.unknown.forcing import ForcedPlans
from matching.asking.unknown.missing import find_missing
from matching.asking.unknown.people import blanks_of_people
from matching.asking.unknown.slots import blanks_of_slots
from matching.asking.unknown.staying import Staying
from tests.factories import GRONINGEN, THE_HAGUE, TODAY, make_candidate, make_slot, score_facts
from tests.oracles import best_by_brute_force, value_of_plan
from tests.strategies import people_and_places, side_problems

ORDER = ("placed", "score")


def all_blanks(layers) -> list[Blank]:
    return [*blanks_of_people(layers.pairing), *blanks_of_slots(layers.pairing)]


def scores_after(layers, blank: Blank, edits: tuple[Edit, ...]):
    """Score everybody anew with one blank filled in, one by one as anybody would."""
    pairing = layers.pairing
    people, slots = pairing.candidates, pairing.slots
    profile = people if blank.side == "candidate" else slots
    made = [edits if row == blank.row else () for row in range(len(profile))]
    changed = with_edits(profile, range(len(profile)), made)
    if blank.side == "candidate":
        return score(changed, slots, pairing.policy).problem_scores
    return score(people, changed, pairing.policy).problem_scores


def lost_by_keeping(problem, plan, scores) -> tuple[int, float, int, bool]:
    """Return people and points lost, how many could be placed, whether a place falls through."""
    after = replace(problem, scores=scores)
    slots = [j if j >= 0 and not np.isnan(scores[i, j]) else -1 for i, j in enumerate(plan.slots)]
    best, kept = best_by_brute_force(after, ORDER), value_of_plan(after, slots, ORDER)
    return best[0] - kept[0], float(best[1] - kept[1]), best[0], slots != plan.slots.tolist()


@settings(max_examples=12)
@given(people_and_places(), st.booleans(), st.integers(0, 10**6))
def test_a_question_matters_as_much_as_planning_anew_for_each_answer_says(facts, coach, number):
    layers = score_facts(*facts)
    blanks = all_blanks(layers)
    n = len(facts[0])
    more = [Resource("coach", np.ones(n), 1.0)] if coach else []
    problem = replace(to_problem(layers, as_of=TODAY, resources=more), precedence=None)
    plan = solve(problem)
    assert plan.status is SolveStatus.OPTIMAL
    told = {
        (one.side, one.code, one.fact, one.item, one.part): one
        for one in find_missing(layers, problem, plan, most_solves=10**6)
    }
    json.dumps([one.to_json() for one in told.values()], allow_nan=False)
    for blank in blanks[number % (len(blanks) or 1) :][:1]:
        profile = layers.pairing.candidates if blank.side == "candidate" else layers.pairing.slots
        key = (blank.side, profile.codes[blank.row], blank.fact, blank.item, blank.part)
        outcomes = [
            lost_by_keeping(problem, plan, scores_after(layers, blank, answer.edits))
            for answer in blank.answers
        ]
        changing = [
            answer.says
            for answer, (fewer, points, _, falls) in zip(blank.answers, outcomes, strict=True)
            if fewer or points or falls
        ]
        one = told.get(key)
        assert (one is not None) == bool(changing)
        if one is not None:
            fewer, points = max((fewer, max(points, 0.0)) for fewer, points, *_ in outcomes)
            assert (one.placed, one.points) == (fewer, points)
            assert one.answers == tuple(changing)
            assert one.refuses_place == any(falls for *_, falls in outcomes)
            placed = [placed for *_, placed, _ in outcomes]
            assert (one.placed_from, one.placed_to) == (min(placed), max(placed))
            assert one.is_settled


def test_nobody_is_asked_whether_they_would_walk_longer_than_a_day():
    """A journey may take longer than the longest that a profile takes as an answer."""
    walker = make_candidate(travel_modes=["walk"], max_travel_minutes=None)
    layers = score_facts(
        [walker], [make_slot(phases=[{"kind": "on_the_job", "weeks": 26, "pc4": GRONINGEN}])]
    )
    (asked,) = (one for one in all_blanks(layers) if one.fact == "max_travel_minutes")
    assert layers.pairing.minutes[0, 0] > 999
    assert [answer.says for answer in asked.answers] == [0.0, 999.0]


@settings(max_examples=8)
@given(people_and_places(most=2))
def test_every_answer_is_one_that_a_profile_takes(facts):
    layers = score_facts(*facts)
    for blank in all_blanks(layers):
        assert blank.answers
        says = [answer.says for answer in blank.answers]
        assert len(set(says)) == len(says)
        for answer in blank.answers[-1:]:
            scores_after(layers, blank, answer.edits)


def test_nothing_is_asked_where_everything_is_known():
    slot = make_slot(licences=[], conditions=[])
    layers = score_facts([make_candidate()], [slot])
    problem = to_problem(layers, as_of=TODAY)
    assert [one for one in all_blanks(layers) if one.side == "candidate"] == []
    assert find_missing(layers, problem, solve(problem)) == ()


@settings(max_examples=150)
@given(
    side_problems(scores="points", most=4) | side_problems(scores="points", rules=False),
    st.integers(0, 10**6),
    st.sampled_from([0.1, 0.3]),
)
def test_what_is_said_to_stay_the_best_is(case, seed, share):
    problem = replace(case[0], tiers=None, current=None, stay_bonus=0, precedence=None)
    plan = solve(problem)
    base = np.full(problem.shape, np.nan)
    base[problem.pair_candidate, problem.pair_slot] = problem.pair_score
    chance = np.random.default_rng(seed)
    scores = base + np.rint(chance.normal(0, 2000, base.shape)) * (
        chance.random(base.shape) < share
    )
    hit = chance.random(base.shape) < share / 2
    scores[hit] = np.where(np.isnan(base), chance.integers(0, 10_001, base.shape), np.nan)[hit]
    stays, could_gain = Staying(problem, plan, base).stays_best(scores)
    if could_gain[0] == np.inf:
        assert not stays
        return
    assert not stays or could_gain <= (0, 0)
    after = replace(problem, scores=scores)
    slots = [j if j >= 0 and scores[i, j] == scores[i, j] else -1 for i, j in enumerate(plan.slots)]
    best, kept = best_by_brute_force(after, ORDER), value_of_plan(after, slots, ORDER)
    if best is not None:
        assert (best[0] - kept[0], best[1] - kept[1]) <= could_gain


@settings(max_examples=50)
@given(side_problems(scores="points", most=4), st.integers(0, 10**6))
def test_the_best_plan_after_one_persons_scores_change_is_what_trying_every_plan_says(case, seed):
    problem = replace(case[0], tiers=None, current=None, stay_bonus=0, precedence=None)
    plan = solve(problem)
    assume(plan.status is SolveStatus.OPTIMAL and all(problem.shape))
    base = np.full(problem.shape, np.nan)
    base[problem.pair_candidate, problem.pair_slot] = problem.pair_score
    forced, chance = ForcedPlans(problem, plan, base), np.random.default_rng(seed)
    i = int(chance.integers(problem.shape[0]))
    for _ in range(6):
        row = np.where(
            chance.random(base.shape[1]) < 0.3, np.nan, chance.integers(0, 9000, base.shape[1])
        )
        pinned = problem.pins is not None and problem.pins[i] >= 0
        if pinned and np.isnan(row[problem.pins[i]]):
            assert forced.best(i, row)[0] < 0
            continue
        scores = base.copy()
        scores[i] = row
        best = best_by_brute_force(replace(problem, scores=scores), ORDER)
        assert forced.best(i, row) == ((-1, -np.inf) if best is None else (best[0], best[1]))
    assert forced.n_solves <= base.shape[1] + 1


def test_a_pair_that_becomes_possible_may_place_one_more_however_low_its_score():
    base = np.array([[9, np.nan], [8, np.nan]])
    problem = Problem(base, [1, 1])
    plan = solve(problem)
    assert plan.slots.tolist() == [0, -1]
    # As good a certificate as any, in which a place as such has no price.
    free = replace(plan.certificate, prices=np.array([8, 0]), place_price=0)
    plan = replace(plan, certificate=free)
    assert check(problem, plan).proof == "proven"
    for score_there in (-20.0, 0.0, 5.0, 8.0):
        opened = np.array([[9, np.nan], [8, score_there]])
        assert Staying(problem, plan, base).stays_best(opened)[0] is False
        assert Staying(problem, plan, base).solved_again(opened)[::2] == (1, 2)


def phase(remote_days: int) -> dict:
    facts = {"kind": "on_the_job", "weeks": 26, "pc4": THE_HAGUE, "organisation": "HOST"}
    return facts | {"onSiteDays": 4 - remote_days, "remoteDays": remote_days}


def test_many_answers_take_no_more_memory_than_a_few(monkeypatch):
    """Each answer once kept all scores of its own: 240 kB for each of 1,500 answers here."""
    people = [make_candidate(f"K-{i}", remote_days_wanted=None) for i in range(300)]
    places = [make_slot(f"S-{j}", seats=2, phases=[phase(j % 5)]) for j in range(100)]
    layers = score_facts(people, places)
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    monkeypatch.setattr("matching.asking.unknown.missing.PAIRS_AT_ONCE", 10_000)
    tracemalloc.start()
    try:
        found = find_missing(layers, problem, plan, most_solves=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) >= 200
    assert peak < 30e6


# By name


def asks_b2():
    language = {"language": "nld", "skill": "speaking", "level": "B2", "strength": "must"}
    return make_slot("S-1", languages=[language])


def speaks(level: str | None) -> list:
    rest = {"listening": "B2", "reading": "B2", "writing": "B2"}
    return [{"language": "nld", "speaking": level, **rest}]


def test_what_decides_about_somebodys_only_place_comes_first():
    person = make_candidate("K-1", languages=speaks(None), remote_days_wanted=None)
    layers = score_facts([person], [asks_b2()])
    problem = to_problem(layers, as_of=TODAY)
    first, *rest = find_missing(layers, problem, solve(problem))
    assert rest == []
    assert first.to_json() == {
        "side": "candidate",
        "code": "K-1",
        "fact": "languages",
        "item": "nld",
        "part": "speaking",
        "refusesPlace": True,
        "placed": 0,
        "points": 0.0,
        "placedFrom": 0,
        "placedTo": 1,
        "answers": ["none", "A1", "A2", "B1"],
        "isSettled": True,
    }


def test_who_would_take_the_seat_if_the_answer_is_no_makes_the_question_matter():
    waits = make_candidate("K-1", languages=speaks(None), waiting_since="2016-01-01")
    other = make_candidate("K-2", languages=speaks("B2"))
    layers = score_facts([waits, other], [asks_b2()])
    problem = to_problem(layers, as_of=TODAY, pins=np.array([-1, -1]))
    plan = solve(problem)
    assert plan.slots.tolist() == [0, -1]
    (question,) = find_missing(layers, problem, plan)
    assert (question.code, question.placed, question.points) == ("K-1", 1, 10_000.0)


def test_a_place_that_says_no_to_what_somebody_needs_is_worth_asking():
    person = make_candidate("K-1", conditions=[{"condition": "quiet_place", "strength": "must"}])
    layers = score_facts([person], [make_slot("S-1"), make_slot("S-2", form="job")])
    problem = to_problem(layers, as_of=TODAY)
    asked = find_missing(layers, problem, solve(problem))
    assert [(one.side, one.fact, one.item) for one in asked] == [
        ("slot", "conditions", "quiet_place")
    ]
    assert asked[0].answers == ("no",)


def test_an_answer_that_breaks_a_pin_leaves_no_plan():
    layers = score_facts([make_candidate("K-1", languages=speaks(None))], [asks_b2()])
    problem = to_problem(layers, as_of=TODAY, pins=np.array([0]))
    (question,) = find_missing(layers, problem, solve(problem))
    assert (question.refuses_place, question.placed_from, question.placed_to) == (True, 0, 1)


def test_after_so_many_solves_the_rest_is_left_open_and_says_so():
    people = [make_candidate(f"K-{k}", languages=speaks(None)) for k in (1, 2)]
    layers = score_facts(people, [asks_b2()])
    problem = to_problem(layers, as_of=TODAY)
    plan = solve(problem)
    assert all(one.is_settled for one in find_missing(layers, problem, plan))
    asked = find_missing(layers, problem, plan, most_solves=0)
    assert asked
    assert not any(one.is_settled for one in asked)


def test_the_order_of_rows_plays_no_part():
    people = [make_candidate(f"K-{k}", days=None, languages=speaks(None)) for k in (1, 2, 3)]
    slots = [asks_b2(), make_slot("S-2", weekly_hours_from=None)]
    layers = score_facts(people, slots)
    problem = to_problem(layers, as_of=TODAY)
    told = find_missing(layers, problem, solve(problem))
    people, slots, policy = (
        layers.pairing.candidates.take([2, 0, 1]),
        layers.pairing.slots.take([1, 0]),
        layers.pairing.policy,
    )
    turned = score(people, slots, policy)
    problem = to_problem(turned, as_of=TODAY)
    assert find_missing(turned, problem, solve(problem)) == told


def test_many_numbers_are_thinned_with_both_ends_kept():
    few = thinned([5, 3, float("nan"), 3])
    assert few == [3.0, 5.0]
    many = thinned(range(1000))
    assert (len(many), many[0], many[-1]) == (MOST_ANSWERS, 0.0, 999.0)


def test_layers_of_another_problem_are_refused():
    layers = score_facts([make_candidate()], [make_slot()])
    other = score_facts([make_candidate()], [make_slot("S-1"), make_slot("S-2")])
    problem = to_problem(other, as_of=TODAY)
    with pytest.raises(ProblemError, match="layers"):
        find_missing(layers, problem, solve(problem))
