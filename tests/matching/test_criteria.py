"""Each soft criterion by small worked examples; the sums are in the comments."""

from typing import Any

import numpy as np
import pytest

from matching import Policy, ProfileError
from matching.criteria import SOFT_CRITERIA
from matching.criteria.travel import score_travel
from matching.criteria.wishes import score_wish
from matching.policy import CRITERIA
from models.candidate import CandidateFacts
from service.schemas import SlotFacts
from tests.factories import GRONINGEN, THE_HAGUE, UTRECHT, make_candidate, make_slot, score_facts

LEARNABLE, NEAR, NEUTRAL = 0.6, 0.7, 0.5
"""What the default policy says."""


def layer(criterion: str, person: CandidateFacts, slot: SlotFacts) -> tuple[float | None, float]:
    """Return what a criterion is worth for a pair, `None` when unknown, and the share known."""
    made = score_facts([person], [slot]).layers[criterion]
    value, known = float(made.value[0, 0]), float(made.known[0, 0])
    return None if np.isnan(value) else round(value, 9), round(known, 9)


def worth(criterion: str, person: CandidateFacts, slot: SlotFacts) -> float | None:
    """Return what a criterion is worth for a pair of which all is known."""
    value, known = layer(criterion, person, slot)
    assert known == 1.0
    return value


UNKNOWN = (None, 0.0)


def test_the_examples_below_hold_under_the_default_policy():
    policy = Policy.default()
    assert (policy.learnable, policy.near, policy.neutral) == (LEARNABLE, NEAR, NEUTRAL)
    assert policy.travel_half_life == 30


def test_every_criterion_of_the_policy_has_a_layer_in_reading_order():
    assert tuple(SOFT_CRITERIA) == CRITERIA
    assert all(criterion.name == name for name, criterion in SOFT_CRITERIA.items())


# Skills


def can(**levels: int | None) -> CandidateFacts:
    return make_candidate(skills=[{"skill": code, "level": at} for code, at in levels.items()])


def asks(*skills: tuple[str, int, str], **more: Any) -> SlotFacts:
    rows = [{"skill": code, "level": level, "weight": weight} for code, level, weight in skills]
    return make_slot(skills=rows, **more)


@pytest.mark.parametrize(
    ("held", "asked", "value"),
    [(0, 4, 0.0), (1, 4, 0.25), (2, 4, 0.5), (3, 3, 1.0), (4, 2, 1.0)],  # min(held, asked) / asked
)
def test_skills_count_by_level_and_more_than_asked_is_no_minus(held, asked, value):
    person = can(tendering=held) if held else make_candidate(skills=[])
    assert worth("skills", person, asks(("tendering", asked, "important"))) == value


def test_skills_count_by_weight():
    slot = asks(("reception", 2, "essential"), ("cleaning", 2, "somewhat"))
    assert worth("skills", can(reception=2), slot) == 3 / 4  # 3 of 3 + 1
    assert worth("skills", can(cleaning=1), slot) == 1 / 8  # half of 1 of 3 + 1


def test_skills_that_are_near_count_in_part():
    slot = asks(("bid_assessment", 2, "important"))
    assert worth("skills", can(tendering=2), slot) == 0.7  # a parent: one step
    assert worth("skills", can(tender_documents=2), slot) == 0.49  # a sister: two steps, 0.7 * 0.7
    assert worth("skills", can(purchasing=4), slot) == 0.49  # a grandparent: two steps
    assert worth("skills", can(contract_management=4), slot) == 0.0  # an aunt: three steps
    assert worth("skills", can(tendering=1), slot) == 0.35  # half of it
    assert worth("skills", can(tendering=2, bid_assessment=1), slot) == 0.7  # the better one


def test_skills_that_are_taught_are_learnable():
    taught = [{"skill": "tendering", "level": 3}]
    slot = asks(("tendering", 3, "important"), skills_taught=taught)
    assert worth("skills", make_candidate(skills=[]), slot) == 0.6
    assert worth("skills", can(tendering=1), slot) == 0.6  # more than 1 / 3
    assert worth("skills", can(tendering=3), slot) == 1.0
    too_little = asks(("tendering", 4, "important"), skills_taught=taught)
    assert worth("skills", make_candidate(skills=[]), too_little) == 0.0
    trained = [{"skill": "tendering", "level": 4, "strength": "trained"}]
    assert worth("skills", make_candidate(skills=[]), make_slot(skills=trained)) == 0.6


def test_skills_that_are_not_known_count_as_neutral():
    slot = asks(("reception", 2, "important"), ("cleaning", 2, "important"))
    assert layer("skills", make_candidate(skills=None), slot) == UNKNOWN
    assert layer("skills", make_candidate(), make_slot(skills=None)) == UNKNOWN
    assert layer("skills", can(reception=2, cleaning=None), slot) == (0.75, 0.5)  # (1 + 0.5) / 2
    assert worth("skills", make_candidate(skills=None), make_slot(skills=[])) == 1.0


def test_an_unknown_skill_is_worth_no_less_than_what_is_known_of_its_neighbours():
    slot = asks(("bid_assessment", 2, "important"))
    person = can(tendering=2, bid_assessment=None)
    assert layer("skills", person, slot) == (0.7, 0.0)  # between 0.7 and 1, nearest to neutral


# Education


def diploma(held: str | None) -> CandidateFacts:
    return make_candidate(diploma=held)


def education(level: str, strength: str = "wanted") -> SlotFacts:
    return make_slot(education={"level": level, "strength": strength})


@pytest.mark.parametrize(
    ("held", "asked", "value"),
    [
        ("primary", "mbo_4", 0.0),  # 0 / 4
        ("mbo_2", "mbo_4", 0.5),  # 2 / 4
        ("havo", "mbo_4", 1.0),  # 4 / 4
        ("master", "mbo_4", 1.0),
        ("none", "none", 1.0),
        ("mbo_3", "bachelor", 0.5),  # 3 / 6
    ],
)
def test_education_counts_by_eqf_level_and_more_than_asked_is_no_minus(held, asked, value):
    assert worth("education", diploma(held), education(asked)) == value


def test_education_that_is_trained_is_learnable():
    assert worth("education", diploma("mbo_2"), education("mbo_4", "trained")) == 0.6
    assert worth("education", diploma("mbo_3"), education("mbo_4", "trained")) == 0.75
    # Unknown lies between 0.6 and 1, and 0.6 is nearest to neutral.
    assert layer("education", diploma(None), education("mbo_4", "trained")) == (0.6, 0.0)


def test_education_that_is_not_known_counts_as_neutral():
    assert layer("education", diploma(None), education("mbo_4")) == UNKNOWN
    assert layer("education", diploma("havo"), make_slot(education=None)) == UNKNOWN
    assert worth("education", diploma(None), education("none")) == 1.0


# Languages


def speaks(level: str | None, **more: Any) -> CandidateFacts:
    return make_candidate(languages=[{"language": "nld", "speaking": level, **more}])


def asks_dutch(*levels: tuple[str, str], strength: str = "wanted") -> SlotFacts:
    rows = [{"language": "nld", "skill": s, "level": at, "strength": strength} for s, at in levels]
    return make_slot(languages=rows)


@pytest.mark.parametrize(
    ("held", "asked", "value"),
    [
        ("none", "B2", 0.0),
        ("A1", "B2", 0.25),  # 1 / 4
        ("B1", "B2", 0.75),  # 3 / 4
        ("C2", "B2", 1.0),
        ("none", "none", 1.0),
    ],
)
def test_languages_count_by_level_and_more_than_asked_is_no_minus(held, asked, value):
    assert worth("languages", speaks(held), asks_dutch(("speaking", asked))) == value


def test_languages_count_skill_by_skill():
    slot = asks_dutch(("speaking", "B1"), ("writing", "B1"))
    assert worth("languages", speaks("B1", writing="A1"), slot) == pytest.approx((1 + 1 / 3) / 2)
    assert layer("languages", speaks("B1"), slot) == (0.75, 0.5)  # (1 + 0.5) / 2
    assert worth("languages", make_candidate(languages=[]), slot) == 0.0


def test_languages_that_are_trained_are_learnable():
    slot = asks_dutch(("speaking", "B1"), strength="trained")
    assert worth("languages", speaks("A1"), slot) == 0.6
    assert worth("languages", speaks("A2"), slot) == pytest.approx(2 / 3)


def test_languages_that_are_not_known_count_as_neutral():
    slot = asks_dutch(("speaking", "B1"))
    assert layer("languages", speaks(None), slot) == UNKNOWN
    assert layer("languages", make_candidate(languages=None), slot) == UNKNOWN
    assert layer("languages", make_candidate(), make_slot(languages=None)) == UNKNOWN
    assert worth("languages", make_candidate(languages=None), make_slot(languages=[])) == 1.0


# Occupation and tasks


@pytest.mark.parametrize(
    ("sought", "offered", "value"),
    [
        (["3323"], "3323", 1.0),
        (["3323"], "3314", 0.5),  # 33 of four digits
        (["3323"], "2511", 0.0),
        (["33"], "3323", 1.0),  # the wider of the two has two digits, and both are shared
        (["3323"], "33", 1.0),
        (["2511", "3314"], "3323", 0.5),  # the better of two
        ([], "3323", 1.0),  # any will do
    ],
)
def test_occupation_counts_the_digits_that_codes_share(sought, offered, value):
    person = make_candidate(occupations_sought=sought)
    assert worth("occupation", person, make_slot(isco=offered)) == value


def test_occupation_that_is_not_known_counts_as_neutral():
    assert layer("occupation", make_candidate(occupations_sought=None), make_slot()) == UNKNOWN
    person = make_candidate(occupations_sought=["3323"])
    assert layer("occupation", person, make_slot(isco=None)) == UNKNOWN


def wants(*tasks: str) -> CandidateFacts:
    return make_candidate(tasks_wanted=list(tasks))


def test_tasks_count_how_much_of_the_work_is_wanted():
    slot = make_slot(tasks=["inkoop", "baliewerk"])
    assert worth("tasks", wants("inkoop"), slot) == 0.5  # (1 + 0) / 2
    assert worth("tasks", wants("inkoop", "baliewerk"), slot) == 1.0
    assert worth("tasks", wants("xyz"), slot) == 0.0
    assert 0.5 < worth("tasks", wants("inkoper", "baliewerk"), slot) < 1.0


def test_tasks_that_nobody_names_leave_any_work_fitting():
    assert worth("tasks", wants(), make_slot()) == 1.0
    assert worth("tasks", wants("facturen"), make_slot(tasks=[])) == 0.0
    assert worth("tasks", wants(), make_slot(tasks=[])) == 1.0


def test_tasks_that_are_not_known_count_as_neutral():
    assert layer("tasks", make_candidate(tasks_wanted=None), make_slot()) == UNKNOWN
    assert layer("tasks", wants("facturen"), make_slot(tasks=None)) == UNKNOWN
    assert layer("tasks", wants(), make_slot(tasks=None)) == UNKNOWN


# Wishes


def wishes(*made: tuple[str, str, int]) -> CandidateFacts:
    rows = [{"about": about, "code": code, "rank": rank} for about, code, rank in made]
    return make_candidate(wishes=rows)


@pytest.mark.parametrize(
    ("rank", "value"), [(1, 1.0), (2, 0.8), (3, 0.6), (4, 0.4), (5, 0.2), (6, 0.2), (99, 0.2)]
)
def test_wishes_lose_a_fifth_with_every_rank_and_are_always_worth_something(rank, value):
    assert score_wish(rank) == pytest.approx(value)
    assert worth("wishes", wishes(("slot", "S-1", rank)), make_slot()) == value


def test_wishes_may_be_about_a_slot_its_pilot_or_whoever_is_there():
    for about, code in [("slot", "S-1"), ("pilot", "P-1"), ("organisation", "HOST")]:
        assert worth("wishes", wishes((about, code, 2)), make_slot()) == 0.8
    both = [("slot", "S-1", 3), ("pilot", "P-1", 2)]
    for made in (both, both[::-1]):
        assert worth("wishes", wishes(*made), make_slot()) == 0.8  # the dearer of the two


def test_wishes_for_somewhere_else_count_nothing_here_and_no_wishes_any_place():
    assert worth("wishes", wishes(("slot", "S-2", 1)), make_slot()) == 0.0
    assert worth("wishes", wishes(), make_slot()) == 1.0
    assert layer("wishes", make_candidate(wishes=None), make_slot()) == UNKNOWN


# Conditions and support


def prefers(**needs: str) -> CandidateFacts:
    rows = [{"condition": code, "strength": strength} for code, strength in needs.items()]
    return make_candidate(conditions=rows)


def has(**offers: str) -> SlotFacts:
    rows = [{"condition": code, "offer": offer} for code, offer in offers.items()]
    return make_slot(conditions=rows)


@pytest.mark.parametrize(
    ("need", "offer", "expected"),
    [
        ("wanted", "yes", (1.0, 1.0)),
        ("wanted", "no", (0.0, 1.0)),
        ("wanted", "unknown", UNKNOWN),
        ("avoid", "no", (1.0, 1.0)),
        ("avoid", "yes", (0.0, 1.0)),
        ("avoid", "unknown", UNKNOWN),
        ("must", "no", (1.0, 1.0)),  # a hard rule looks at these, not a criterion
        ("must_not", "yes", (1.0, 1.0)),
    ],
)
def test_conditions_count_what_is_wanted_or_avoided(need, offer, expected):
    assert layer("conditions", prefers(telephone=need), has(telephone=offer)) == expected


def test_conditions_count_equally_and_blanks_as_neutral():
    person = prefers(telephone="avoid", quiet_place="wanted")
    assert worth("conditions", person, has(telephone="no", quiet_place="no")) == 0.5
    assert layer("conditions", person, has(telephone="no")) == (0.75, 0.5)  # (1 + 0.5) / 2
    assert layer("conditions", make_candidate(conditions=None), has()) == UNKNOWN
    assert worth("conditions", make_candidate(conditions=[]), has()) == 1.0


def needs(hours: float | None, kind: str = "buddy", essential: bool = False) -> dict[str, Any]:
    return {"kind": kind, "weekly_hours": hours, "essential": essential}


def offers(hours: float | None, kind: str = "buddy") -> dict[str, Any]:
    return {"kind": kind, "weekly_hours": hours}


@pytest.mark.parametrize(
    ("needed", "offered", "expected"),
    [
        (4, 1, (0.25, 1.0)),  # 1 / 4
        (4, 4, (1.0, 1.0)),
        (4, 8, (1.0, 1.0)),  # more than needed is no minus
        (4, 0, (0.0, 1.0)),
        (4, None, UNKNOWN),
        (None, 4, UNKNOWN),
        (None, 0, (0.0, 1.0)),  # however much is needed, there is none
    ],
)
def test_support_counts_the_share_of_the_hours_that_is_there(needed, offered, expected):
    person, slot = make_candidate(support=[needs(needed)]), make_slot(support=[offers(offered)])
    assert layer("support", person, slot) == expected


def test_support_counts_every_kind_that_is_wanted():
    person = make_candidate(support=[needs(2), needs(4, "job_coach")])
    slot = make_slot(support=[offers(2), offers(1, "job_coach")])
    assert worth("support", person, slot) == 0.625  # (1 + 1 / 4) / 2
    assert layer("support", person, make_slot(support=[offers(2)])) == (0.75, 0.5)


def test_support_that_is_essential_is_left_to_the_hard_rule():
    person = make_candidate(support=[needs(4, essential=True)])
    assert worth("support", person, make_slot(support=[offers(1)])) == 1.0
    assert worth("support", make_candidate(support=[]), make_slot()) == 1.0
    assert layer("support", make_candidate(support=None), make_slot()) == UNKNOWN


# Hours


def gives(hours: float | None, *, wants_home: float | None = 0) -> CandidateFacts:
    return make_candidate(
        weekly_hours_from=None, weekly_hours_to=hours, remote_days_wanted=wants_home
    )


def takes(hours: float | None, *home: tuple[int | None, float | None]) -> SlotFacts:
    phases = [
        {"kind": "on_the_job", "pc4": THE_HAGUE, "weeks": weeks, "remote_days": days}
        for weeks, days in home or ((10, 0),)
    ]
    return make_slot(weekly_hours_from=0, weekly_hours_to=hours, phases=phases)


def test_hours_count_how_much_of_the_slot_somebody_can_fill():
    assert worth("hours", gives(18), takes(36)) == 0.75  # 18 / 36, and no days at home wanted
    assert worth("hours", gives(40), takes(36)) == 1.0  # more is no minus
    assert worth("hours", gives(0), takes(36)) == 0.5
    assert worth("hours", gives(0), takes(0)) == 1.0


def test_hours_count_the_days_at_home_as_a_mean_over_the_weeks():
    slot = takes(36, (10, 0), (30, 2))  # 30 * 2 / 40 = 1.5 days
    assert worth("hours", gives(36, wants_home=3), slot) == 0.75  # (1 + 1.5 / 3) / 2
    assert worth("hours", gives(36, wants_home=1), slot) == 1.0


def test_hours_that_are_not_known_count_as_neutral():
    assert layer("hours", gives(None), takes(36)) == (0.75, 0.5)  # (0.5 + 1) / 2
    assert layer("hours", gives(36), takes(None)) == (0.75, 0.5)
    assert layer("hours", gives(36, wants_home=1), takes(36, (10, None))) == (0.75, 0.5)
    assert layer("hours", gives(None, wants_home=None), takes(36)) == UNKNOWN


# Travel


def travels(**minutes: int) -> CandidateFacts:
    known = [{"pc4": place.removeprefix("to_"), "minutes": m} for place, m in minutes.items()]
    return make_candidate(pc4=None, known_travel=known)


def at(*phases: tuple[str | None, float | None, int | None]) -> SlotFacts:
    """Return a slot with phases at a place, days a week on site, weeks."""
    return make_slot(
        phases=[
            {"kind": "on_the_job", "pc4": place, "on_site_days": days, "weeks": weeks}
            for place, days, weeks in phases
        ]
    )


TO_UTRECHT, TO_GRONINGEN = f"to_{UTRECHT}", f"to_{GRONINGEN}"


@pytest.mark.parametrize(("minutes", "value"), [(0, 1.0), (30, 0.5), (60, 0.25), (90, 0.125)])
def test_travel_halves_with_every_half_hour(minutes, value):
    assert worth("travel", travels(**{TO_UTRECHT: minutes}), at((UTRECHT, 4, 26))) == value


def test_travel_weighs_phases_by_their_journeys():
    person = travels(**{TO_UTRECHT: 30, TO_GRONINGEN: 0})
    slot = at((UTRECHT, 1, 10), (GRONINGEN, 3, 10))
    assert worth("travel", person, slot) == 0.875  # (0.5 * 10 + 1 * 30) / 40
    blank = at((UTRECHT, None, None), (GRONINGEN, 1, 3))
    assert worth("travel", person, blank) == 0.875  # blanks are one day, one week: (0.5 + 3) / 4


def test_travel_does_not_count_a_phase_without_days_on_site():
    person = travels(**{TO_UTRECHT: 30, TO_GRONINGEN: 90})
    assert worth("travel", person, at((UTRECHT, 4, 26), (GRONINGEN, 0, 26))) == 0.5
    assert worth("travel", person, at((GRONINGEN, 0, 26))) == 1.0


def test_travel_that_is_not_known_counts_as_neutral():
    person = travels(**{TO_UTRECHT: 30})
    assert layer("travel", person, at((GRONINGEN, 4, 26))) == UNKNOWN
    assert layer("travel", person, at((None, 4, 26))) == UNKNOWN
    assert layer("travel", person, make_slot(phases=[])) == UNKNOWN
    two = at((UTRECHT, 1, 30), (GRONINGEN, 1, 10))
    assert layer("travel", person, two) == (0.5, 0.75)  # (0.5 * 30 + 0.5 * 10) / 40


def test_travel_refuses_times_and_half_lives_that_cannot_be():
    with pytest.raises(ProfileError, match="half_life"):
        score_travel(np.array([10.0]), half_life=0)
    with pytest.raises(ProfileError, match="half_life"):
        score_travel(np.array([10.0]), half_life=np.nan)
    with pytest.raises(ProfileError, match="minutes"):
        score_travel(np.array([-1.0]))
    assert np.isnan(score_travel(np.array([np.nan]))).all()
