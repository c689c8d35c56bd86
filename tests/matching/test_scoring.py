"""From layers to points, and from points to a plan: sums, blanks, more of the good, order."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Candidates, Policy, ScoreLayers, explain, score, solve, to_problem
from matching.policy import CRITERIA
from matching.scoring import FULL
from models.candidate import CandidateFacts
from models.codes import Cefr, Diploma, LanguageSkill
from service.crossing import to_profiles
from service.schemas import SlotFacts
from service.taxonomy import skill_taxonomy
from tests.factories import (
    THE_HAGUE,
    TODAY,
    UTRECHT,
    make_candidate,
    make_input,
    make_slot,
    score_facts,
)
from tests.strategies import (
    CONDITIONS,
    HOURS,
    LANGUAGES,
    PHRASES,
    PLACES,
    SKILLS,
    candidate_facts,
    people_and_places,
    slot_facts,
)


def changed(facts: Any, **told: Any) -> Any:
    """Return the facts with some of them told otherwise, checked again."""
    return type(facts).model_validate(facts.model_dump() | told)


def policy_with(**told: Any) -> Policy:
    default = Policy.default()
    return Policy(**{part.name: getattr(default, part.name) for part in fields(default)} | told)


def only(criterion: str, **told: Any) -> Policy:
    """Return a policy in which one criterion has all the weight."""
    return policy_with(weights={name: int(name == criterion) for name in CRITERIA}, **told)


def worth(layers: ScoreLayers, criterion: str) -> float:
    """Return what a layer is worth for the only pair, unknown as neutral."""
    value = float(layers.layers[criterion].value[0, 0])
    return layers.pairing.policy.neutral if np.isnan(value) else value


# Sums

WEIGHTS = st.lists(st.integers(0, 1000), min_size=len(CRITERIA), max_size=len(CRITERIA))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    weights = draw(WEIGHTS.filter(any) | st.just([1] * len(CRITERIA)))
    return policy_with(
        weights=dict(zip(CRITERIA, weights, strict=True)),
        neutral=draw(st.sampled_from([0, 0.3, 0.5, 1])),
        compare=draw(st.sampled_from(["own_best", "absolute"])),
    )


@settings(max_examples=120)
@given(people_and_places(), policies())
def test_contributions_add_up_to_the_points_and_none_exceeds_its_share(facts, policy):
    layers = score_facts(*facts, policy)
    added = sum(layers.contributions[name] for name in CRITERIA)
    assert np.array_equal(added, layers.points)
    assert ((layers.points >= 0) & (layers.points <= FULL)).all()
    for name in CRITERIA:
        part = layers.contributions[name]
        value = layers.layers[name].value
        exact = FULL * policy.share(name) * np.where(np.isnan(value), policy.neutral, value)
        assert (part >= 0).all()
        assert (np.abs(part - exact) < 1.5).all()  # half a step of the layer, one of the share


@settings(max_examples=120)
@given(people_and_places(), policies())
def test_every_layer_and_completeness_stay_between_0_and_1(facts, policy):
    layers = score_facts(*facts, policy)
    for layer in layers.layers.values():
        known = layer.value[~np.isnan(layer.value)]
        assert ((known >= 0) & (known <= 1)).all()
        assert ((layer.known >= 0) & (layer.known <= 1)).all()
        assert (layer.known[np.isnan(layer.value)] == 0).all()
    assert ((layers.completeness >= 0) & (layers.completeness <= 1)).all()


@settings(max_examples=60)
@given(people_and_places(), policies())
def test_points_are_the_weighted_mean_rounded_to_whole_points(facts, policy):
    layers = score_facts(*facts, policy)
    for i, j in np.ndindex(layers.points.shape):
        total = Fraction(0)
        for name in CRITERIA:
            value = float(layers.layers[name].value[i, j])
            steps = round(FULL * (policy.neutral if np.isnan(value) else value))
            total += Fraction(policy.weights[name] * steps, sum(policy.weights.values()))
        assert abs(layers.points[i, j] - total) <= Fraction(1, 2)


def test_a_full_fit_has_full_points_and_is_completely_known():
    layers = score_facts(
        [make_candidate(known_travel=[{"pc4": THE_HAGUE, "minutes": 0}])], [make_slot()]
    )
    assert layers.points.tolist() == [[FULL]]
    assert layers.completeness[0, 0] == pytest.approx(1.0)


def test_a_pair_of_which_nothing_is_known_has_half_the_points_and_no_completeness():
    blank_person = CandidateFacts(code="K-1")
    blank_slot = changed(
        make_slot(tasks=None, isco=None, weekly_hours_to=None, phases=[]),
        education=None,
        languages=None,
        skills=None,
    )
    layers = score_facts([blank_person], [blank_slot])
    assert layers.points.tolist() == [[FULL // 2]]
    assert layers.completeness.tolist() == [[0.0]]


def test_points_left_by_rounding_go_to_whoever_lost_most():
    # Three equal weights share 10,000 points: 3,333.33 each, so the first of them gets the last.
    weights = {name: int(name in ("skills", "education", "travel")) for name in CRITERIA}
    person = make_candidate(known_travel=[{"pc4": THE_HAGUE, "minutes": 0}])
    layers = score_facts([person], [make_slot()], policy_with(weights=weights))
    got = {name: int(layers.contributions[name][0, 0]) for name in CRITERIA}
    assert {name: points for name, points in got.items() if points} == {
        "skills": 3334,
        "education": 3333,
        "travel": 3333,
    }


# Blanks


def assert_blank_lies_between(blank: ScoreLayers, fillings: list[ScoreLayers], criterion: str):
    """Hold a blank against every way to fill it in, the worst one first and the best one last."""
    values = [worth(layers, criterion) for layers in fillings]
    assert values[0] == min(values)
    assert values[-1] == max(values)
    assert values[0] <= worth(blank, criterion) <= values[-1]
    points = [int(layers.points[0, 0]) for layers in fillings]
    assert (points[0], points[-1]) == (min(points), max(points))
    assert points[0] <= int(blank.points[0, 0]) <= points[-1]


def diplomas(person: CandidateFacts, slot: SlotFacts):
    by_level = sorted(Diploma, key=lambda diploma: diploma.eqf)
    return (person, slot), [(changed(person, diploma=held), slot) for held in by_level]


def language_levels(person: CandidateFacts, slot: SlotFacts):
    def speaking(level: Cefr | None) -> CandidateFacts:
        skills = {skill.value: level for skill in LanguageSkill}
        return changed(person, languages=[{"language": code, **skills} for code in LANGUAGES])

    return (speaking(None), slot), [(speaking(level), slot) for level in Cefr]


def skill_lists(person: CandidateFacts, slot: SlotFacts):
    def holding(level: int | None) -> CandidateFacts:
        return changed(person, skills=[{"skill": code, "level": level} for code in SKILLS])

    some = [changed(person, skills=[{"skill": code, "level": 4}]) for code in SKILLS]
    filled = [changed(person, skills=[]), *some, *(holding(level) for level in (1, 2, 3, 4))]
    return (changed(person, skills=None), slot), [(one, slot) for one in filled]


def one_skill_level(person: CandidateFacts, slot: SlotFacts):
    # A level that is blank says no more than a blank list: it may be any, or not held at all.
    def holding(*levels: int | None) -> CandidateFacts:
        return changed(person, skills=[{"skill": "tendering", "level": level} for level in levels])

    return (holding(None), slot), [
        (one, slot) for one in (holding(), holding(1), holding(2), holding(3), holding(4))
    ]


def homes(person: CandidateFacts, slot: SlotFacts):
    # By train nowhere is further than the 999 minutes that a coordinator can note; on foot it is.
    nowhere = changed(person, pc4=None, known_travel=[], travel_modes=["public_transport"])

    def knowing(minutes: int) -> CandidateFacts:
        return changed(nowhere, known_travel=[{"pc4": pc4, "minutes": minutes} for pc4 in PLACES])

    moved = [changed(nowhere, pc4=pc4) for pc4 in PLACES]
    filled = [knowing(999), *moved, *(knowing(minutes) for minutes in (90, 45, 30, 10, 0))]
    return (nowhere, slot), [(one, slot) for one in filled]


def hours(person: CandidateFacts, slot: SlotFacts):
    free = changed(person, weekly_hours_from=None, weekly_hours_to=None, build_up_from_hours=None)
    return (free, slot), [(changed(free, weekly_hours_to=h), slot) for h in range(0, 61, 4)]


def condition_answers(person: CandidateFacts, slot: SlotFacts):
    needs = {need.condition: need.strength for need in person.conditions or ()}

    def answering(answer: Callable[[str], str]) -> SlotFacts:
        rows = [{"condition": code, "offer": answer(code)} for code in CONDITIONS]
        return changed(slot, conditions=rows)

    def suits(code: str) -> str:
        return "yes" if needs.get(code) in ("wanted", "must") else "no"

    def hinders(code: str) -> str:
        return "no" if suits(code) == "yes" else "yes"

    answers = [hinders, lambda code: "yes", lambda code: "no", suits]
    return (person, answering(lambda code: "unknown")), [(person, answering(a)) for a in answers]


def support_hours(person: CandidateFacts, slot: SlotFacts):
    def offering(h: float | None) -> SlotFacts:
        kinds = ("job_coach", "buddy")
        return changed(slot, support=[{"kind": kind, "weekly_hours": h} for kind in kinds])

    return (person, offering(None)), [(person, offering(h)) for h in (0, 1, 4, 16, 40)]


BLANKS = {
    "diploma": ("education", diplomas),
    "language level": ("languages", language_levels),
    "list of skills": ("skills", skill_lists),
    "skill level": ("skills", one_skill_level),
    "home": ("travel", homes),
    "hours": ("hours", hours),
    "answers about conditions": ("conditions", condition_answers),
    "hours of support": ("support", support_hours),
}


@pytest.mark.parametrize(("criterion", "fill_in"), BLANKS.values(), ids=BLANKS)
@settings(max_examples=25)
@given(person=candidate_facts(), slot=slot_facts())
def test_a_blank_counts_between_the_worst_and_the_best_that_it_could_be(
    criterion, fill_in, person, slot
):
    blank, filled = fill_in(changed(person, diploma=None), slot)
    scored = [score_facts([who], [where]) for who, where in filled]
    assert_blank_lies_between(score_facts([blank[0]], [blank[1]]), scored, criterion)


def test_an_empty_profile_neither_wins_nor_loses():
    slot = make_slot(skills=[{"skill": "tendering", "level": 4}])
    points = {
        name: int(score_facts([person], [slot]).points[0, 0])
        for name, person in {
            "best": make_candidate(skills=[{"skill": "tendering", "level": 4}]),
            "blank": make_candidate(skills=None),
            "worst": make_candidate(skills=[]),
        }.items()
    }
    assert points["worst"] < points["blank"] < points["best"]
    assert points["blank"] * 2 == points["worst"] + points["best"]


# More of anything good and known never counts against anybody


def known_skills(person: CandidateFacts) -> list[dict[str, Any]]:
    levels = {held.skill: held.level for held in person.skills or ()}
    return [{"skill": code, "level": levels.get(code)} for code in levels]


def a_higher_skill_level(person, slot):
    others = [row for row in known_skills(person) if row["skill"] != "tendering"]
    for level in (1, 2, 3, 4):
        yield changed(person, skills=[*others, {"skill": "tendering", "level": level}]), slot


def one_more_skill(person, slot):
    for n in range(len(SKILLS) + 1):
        yield changed(person, skills=[{"skill": s, "level": 2} for s in SKILLS[:n]]), slot


def a_higher_language_level(person, slot):
    others = [held.model_dump() for held in person.languages or () if held.language != "nld"]
    for level in Cefr:
        skills = {skill.value: level for skill in LanguageSkill}
        yield changed(person, languages=[*others, {"language": "nld", **skills}]), slot


def a_higher_diploma(person, slot):
    for held in sorted(Diploma, key=lambda diploma: diploma.eqf):
        yield changed(person, diploma=held), slot


def more_hours_of_support(person, slot):
    for offered in (0, 1, 2, 8, 16, 40):
        rows = [{"kind": "buddy", "weekly_hours": offered}]
        yield person, changed(slot, support=rows)


def a_shorter_journey(person, slot):
    for minutes in (240, 90, 60, 30, 1, 0):
        rows = [{"pc4": pc4, "minutes": minutes} for pc4 in PLACES]
        yield changed(person, known_travel=rows), slot


def one_more_wanted_task(person, slot):
    for n in range(1, len(PHRASES) + 1):
        yield changed(person, tasks_wanted=PHRASES[:n]), slot


def more_possible_hours(person, slot):
    free = changed(person, weekly_hours_from=None, build_up_from_hours=None)
    for most in HOURS:
        yield changed(free, weekly_hours_to=most), slot


def one_more_condition_met(person, slot):
    rows = [{"condition": code, "strength": "wanted"} for code in CONDITIONS]
    for n in range(len(CONDITIONS) + 1):
        offers = [
            {"condition": code, "offer": "yes" if k < n else "no"}
            for k, code in enumerate(CONDITIONS)
        ]
        yield changed(person, conditions=rows), changed(slot, conditions=offers)


def a_dearer_wish(person, slot):
    for rank in (9, 5, 4, 3, 2, 1):
        wish = {"about": "slot", "code": slot.code, "rank": rank}
        yield changed(person, wishes=[wish]), slot


MORE = {
    make.__name__.replace("_", " "): make
    for make in (
        a_higher_skill_level,
        one_more_skill,
        a_higher_language_level,
        a_higher_diploma,
        more_hours_of_support,
        a_shorter_journey,
        one_more_wanted_task,
        more_possible_hours,
        one_more_condition_met,
        a_dearer_wish,
    )
}


@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
@settings(max_examples=25)
@given(person=candidate_facts(), slot=slot_facts())
def test_more_never_lowers_a_layer_or_the_points(more, person, slot):
    steps = [score_facts([who], [where]) for who, where in more(person, slot)]
    for before, after in pairwise(steps):
        assert after.points[0, 0] >= before.points[0, 0]
        for criterion in CRITERIA:
            assert worth(after, criterion) >= worth(before, criterion) - 1e-12, criterion


# Order, and the same again


def everything_in(layers: ScoreLayers) -> list[bytes]:
    arrays = [layers.points, layers.relative, layers.completeness, layers.eligibility.overall]
    arrays += [part for layer in layers.layers.values() for part in (layer.value, layer.known)]
    arrays += [*layers.contributions.values(), *layers.eligibility.verdicts.values()]
    return [array.tobytes() for array in arrays]


@settings(max_examples=60)
@given(people_and_places(), st.data())
def test_the_order_of_people_and_slots_changes_nothing(facts, data):
    people, slots = to_profiles(make_input(*facts), skill_taxonomy())
    rows = data.draw(st.permutations(range(len(people))))
    columns = data.draw(st.permutations(range(len(slots))))
    policy = Policy.default()
    before, after = (
        score(people, slots, policy),
        score(people.take(rows), slots.take(columns), policy),
    )
    assert np.array_equal(before.points[np.ix_(rows, columns)], after.points)
    for rule, verdicts in before.eligibility.verdicts.items():
        assert np.array_equal(verdicts[np.ix_(rows, columns)], after.eligibility.verdicts[rule])
    for name in CRITERIA:
        value = before.layers[name].value[np.ix_(rows, columns)]
        assert np.array_equal(value, after.layers[name].value, equal_nan=True)


@settings(max_examples=60)
@given(people_and_places(), st.randoms(use_true_random=False))
def test_facts_that_come_in_in_another_order_give_the_same_bytes(facts, chance):
    people, slots = facts
    turned = chance.sample(people, len(people)), chance.sample(slots, len(slots))
    before, after = score_facts(people, slots), score_facts(*turned)
    assert before.pairing.candidates.codes == after.pairing.candidates.codes
    assert everything_in(before) == everything_in(after)


@settings(max_examples=60)
@given(people_and_places())
def test_two_equal_inputs_give_the_same_bytes_plan_and_reasons(facts):
    told = []
    for _ in range(2):
        copies = [[type(one).model_validate(one.model_dump()) for one in side] for side in facts]
        layers = score_facts(*copies)
        plan = solve(to_problem(layers, as_of=TODAY), seed=7)
        reasons = json.dumps(explain(layers, 0, 0).to_json())
        told.append((everything_in(layers), plan.to_json(), reasons))
    assert told[0] == told[1]


@settings(max_examples=60)
@given(people_and_places())
def test_other_people_change_nothing_in_somebodys_points(facts):
    people, slots = facts
    alone, together = score_facts(people[:1], slots), score_facts(people, slots)
    assert np.array_equal(alone.points[0], together.points[0])
    assert np.array_equal(alone.eligibility.overall[0], together.eligibility.overall[0])


# What the engine is not given


def test_the_engine_reads_these_columns_of_people_and_no_others():
    assert {part.name for part in fields(Candidates)} == {
        "vocabulary",
        "codes",
        "referrer",
        "home",
        "travel_modes",
        "max_travel_minutes",
        "known_travel",
        "eqf",
        "languages",
        "skills",
        "licences",
        "forms",
        "days",
        "tasks",
        "occupations",
        "hours_from",
        "hours_to",
        "longest_day",
        "build_up_hours",
        "earliest_start",
        "remote_days",
        "available_on",
        "waiting_since",
        "conditions",
        "conditions_known",
        "support_hours",
        "support_essential",
        "support_known",
        "wishes",
        "wishes_known",
        "vetoes",
        "declined",
    }


@pytest.mark.parametrize(
    "never",
    [
        "age",
        "birth",
        "sex",
        "gender",
        "nationality",
        "religion",
        "origin",
        "name",
        "photo",
        "diagnos",
    ],
)
def test_no_column_holds_what_nobody_may_be_matched_on(never):
    columns = {part.name for part in fields(Candidates)} - {"languages"}
    assert not [column for column in columns if never in column]


# Own best


def lives(code: str, **minutes: int) -> CandidateFacts:
    """Return somebody with as many minutes to The Hague and to Utrecht."""
    known = [
        {"pc4": THE_HAGUE, "minutes": minutes["the_hague"]},
        {"pc4": UTRECHT, "minutes": minutes["utrecht"]},
    ]
    return make_candidate(code, known_travel=known, max_travel_minutes=120)


def is_in(code: str, pc4: str, **told: Any) -> SlotFacts:
    phase = {"kind": "on_the_job", "pc4": pc4, "weeks": 26, "on_site_days": 4}
    return make_slot(code, phases=[phase], **told)


def planned(people: list[CandidateFacts], slots: list[SlotFacts], policy: Policy) -> dict[str, str]:
    layers = score_facts(people, slots, policy)
    plan = solve(to_problem(layers, as_of=TODAY))
    codes = layers.pairing.candidates.codes, layers.pairing.slots.codes
    return {codes[0][i]: codes[1][j] for i, j in enumerate(plan.slots.tolist()) if j >= 0}


def test_own_best_does_not_give_the_dear_seat_to_whoever_has_high_points_everywhere():
    easy = lives("easy", the_hague=0, utrecht=15)  # 10,000 and 7,071 points
    hard = lives("hard", the_hague=60, utrecht=90)  # 2,500 and 1,250 points
    slots = [is_in("hague", THE_HAGUE), is_in("utrecht", UTRECHT)]
    layers = score_facts([easy, hard], slots, only("travel"))
    assert layers.points.tolist() == [[10_000, 7_071], [2_500, 1_250]]
    assert layers.relative.tolist() == [[10_000, 7_071], [10_000, 5_000]]
    # Absolute points: 10,000 + 1,250 beats 7,071 + 2,500, so the seat goes where points are high.
    skimmed = planned([easy, hard], slots, only("travel", compare="absolute"))
    assert skimmed == {"easy": "hague", "hard": "utrecht"}
    # Own best: 7,071 + 10,000 beats 10,000 + 5,000, so it goes to whom it matters most.
    fair_share = planned([easy, hard], slots, only("travel", compare="own_best"))
    assert fair_share == {"easy": "utrecht", "hard": "hague"}


def test_own_best_gives_everybodys_own_best_slot_full_value():
    layers = score_facts(
        [lives("K-1", the_hague=30, utrecht=60), lives("K-2", the_hague=100, utrecht=90)],
        [is_in("S-1", THE_HAGUE), is_in("S-2", UTRECHT)],
    )
    assert layers.relative.max(axis=1).tolist() == [FULL, FULL]


def test_own_best_is_rounded_to_whole_points():
    made = [
        {"about": "slot", "code": code, "rank": rank} for code, rank in [("S-1", 3), ("S-2", 4)]
    ]
    layers = score_facts(
        [make_candidate(wishes=made)], [make_slot("S-1"), make_slot("S-2")], only("wishes")
    )
    assert layers.points.tolist() == [[6_000, 4_000]]
    assert layers.relative.tolist() == [[10_000, 6_667]]


def test_own_best_is_the_best_that_is_possible():
    person = lives("K-1", the_hague=0, utrecht=60)
    vetoed = changed(person, vetoes=[{"about": "slot", "code": "S-1"}])
    slots = [is_in("S-1", THE_HAGUE), is_in("S-2", UTRECHT)]
    layers = score_facts([vetoed], slots, only("travel"))
    assert layers.own_best.tolist() == [2_500]
    assert layers.relative[0, 1] == FULL
    assert np.isnan(layers.problem_scores[0, 0])


def test_who_has_no_possible_slot_has_no_own_best_to_compare_with():
    person = make_candidate(vetoes=[{"about": "slot", "code": "S-1"}])
    layers = score_facts([person], [make_slot()])
    assert (layers.own_best.tolist(), layers.relative.tolist()) == ([0], [[0]])


def test_where_no_slot_has_phases_or_there_are_no_slots_scores_still_come_out():
    assert score_facts([make_candidate()], [make_slot(phases=[])]).points.shape == (1, 1)
    assert score_facts([make_candidate()], []).points.shape == (1, 0)
    assert score_facts([], [make_slot()]).points.shape == (0, 1)


# Waiting


def waits(code: str, since: str | None) -> CandidateFacts:
    return make_candidate(code, waiting_since=since)


def test_among_equals_who_waits_longest_gets_the_seat():
    people = [waits("K-1", "2017-10-01"), waits("K-2", "2016-01-01"), waits("K-3", "2017-01-01")]
    assert planned(people, [make_slot(seats=1)], Policy.default()) == {"K-2": "S-1"}


def test_waiting_never_outweighs_a_better_fit():
    slot = make_slot(education={"level": "mbo_4", "strength": "wanted"})
    people = [
        make_candidate("K-1", diploma="mbo_2", waiting_since="2010-01-01"),
        make_candidate("K-2", diploma="mbo_4", waiting_since="2017-11-30"),
    ]
    absolute = policy_with(compare="absolute")
    assert planned(people, [slot], absolute) == {"K-2": "S-1"}


def test_unknown_waiting_counts_as_the_middle():
    people = [waits("K-1", "2017-11-01"), waits("K-2", None), waits("K-3", "2017-09-02")]
    problem = to_problem(score_facts(people, [make_slot()]), as_of=date(2017, 12, 1))
    assert problem.precedence.tolist() == [30, 60, 90]
    assert set(planned(people, [make_slot(seats=2)], Policy.default())) == {"K-2", "K-3"}


def test_who_is_said_to_wait_from_tomorrow_has_not_waited_and_when_all_is_blank_nobody_has():
    layers = score_facts([waits("K-1", "2018-12-01"), waits("K-2", "2017-11-30")], [make_slot()])
    assert to_problem(layers, as_of=TODAY).precedence.tolist() == [0, 1]
    blank = score_facts([waits("K-1", None)], [make_slot()])
    assert to_problem(blank, as_of=TODAY).precedence.tolist() == [0]


def test_pins_and_codes_reach_the_problem():
    layers = score_facts([make_candidate("K-1"), make_candidate("K-2")], [make_slot()])
    problem = to_problem(layers, as_of=TODAY, pins=np.array([-1, 0]))
    assert problem.pins.tolist() == [-1, 0]
    assert problem.codes == (("K-1", "K-2"), ("S-1",))
    assert solve(problem).slots.tolist() == [-1, 0]
