"""Hours, quotas and bonds on their way to the engine: what becomes of blanks, days and groups."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Policy, Problem, check, score, solve, to_problem
from matching.policy import DEFAULT_FILE
from models.bond import BondCreate
from models.coach import CoachCreate
from models.quota import QuotaCreate
from service.crossing import to_profiles
from service.match_runs.solving import solve_input
from service.schemas import GroupGiven, PlacedBefore, RunInput, bonds_given
from service.side_rules import SideRules, to_side_rules, ungrounded, unknown_references
from service.taxonomy import skill_taxonomy
from tests.factories import make_candidate, make_input, make_slot

GROUNDED = Policy.parse(
    DEFAULT_FILE.read_text("utf-8")
    + '\n[quota_grounds]\nregister = "Wet banenafspraak; UWV tells who is in the register"\n'
)


def coach_need(hours: float | None, *, essential: bool = True) -> list[dict[str, Any]]:
    return [{"kind": "job_coach", "weekly_hours": hours, "essential": essential}]


def offers(hours: float | None) -> list[dict[str, Any]]:
    return [{"kind": "job_coach", "weekly_hours": hours}]


def make_coach(code: str = "C-1", **told: Any) -> CoachCreate:
    facts = {"code": code, "kinds": ["job_coach"], "weekly_hours": 2, "pilots": ["P-1"]}
    return CoachCreate.model_validate(facts | told)


def make_quota(code: str = "Q-1", **told: Any) -> QuotaCreate:
    return QuotaCreate.model_validate({"code": code, "title": "Telt", "slots": ["S-1"], **told})


def make_bond(code: str = "B-1", **told: Any) -> BondCreate:
    facts = {
        "code": code,
        "kind": "together",
        "owner": "coordinator",
        "reason": "Reizen samen.",
        "candidates": ["K-1", "K-2"],
    }
    return BondCreate.model_validate(facts | told)


def with_sides(run: RunInput, **told: Any) -> RunInput:
    if "bonds" in told:
        told["bonds"] = bonds_given(told["bonds"], run.as_of)
    return run.model_copy(update=told)


def sides_of(run: RunInput, policy: Policy | None = None) -> SideRules:
    layers = score(*to_profiles(run, skill_taxonomy()), policy or Policy.default())
    return to_side_rules(run, layers)


def places(run: RunInput, policy: Policy | None = None) -> dict[str, str]:
    solved = solve_input(run, policy or Policy.default(), seed=0)
    assert solved.check.ok, solved.check.faults
    return solved.places


def three_people(hours: list[float | None], total: float | None) -> RunInput:
    """Three people and a slot with a seat for each of them."""
    people = [
        make_candidate(f"K-{k}", support=coach_need(one)) for k, one in enumerate(hours, start=1)
    ]
    return make_input(people, [make_slot(seats=3, support=offers(total))])


# Hours


def test_people_in_one_slot_share_its_hours() -> None:
    run = three_people([2, 2, 1], 4)
    [resource] = sides_of(run).resources
    assert (resource.name, resource.supply.tolist()) == ("job_coach", [4])
    assert resource.demand.tolist() == [[2], [2], [1]]
    assert len(places(run)) == 2


def test_hours_that_are_enough_for_everybody_or_not_known_limit_nobody() -> None:
    for run in (three_people([2, 2, 1], 5), three_people([2, 2, 1], None)):
        assert not sides_of(run).resources
        assert len(places(run)) == 3


def test_hours_that_are_only_welcome_are_not_shared_out() -> None:
    people = [make_candidate(f"K-{k}", support=coach_need(3, essential=False)) for k in (1, 2)]
    run = make_input(people, [make_slot(seats=2, support=offers(3))])
    assert not sides_of(run).resources


def test_a_policy_that_does_not_look_at_support_shares_no_hours_out() -> None:
    text = DEFAULT_FILE.read_text("utf-8")
    loose = Policy.parse(text.replace("support = { applies = true", "support = { applies = false"))
    run = with_sides(three_people([2, 2, 1], 4), coaches=[make_coach()])
    assert not sides_of(run, loose).resources


def test_hours_not_told_count_as_the_middle_of_what_others_need() -> None:
    run = three_people([3, 1, None], 4)
    [resource] = sides_of(run).resources
    assert resource.demand[:, 0].tolist() == [3, 1, 2]
    # And never as more than the slot has: then they would refuse, and it is a question.
    [resource] = sides_of(three_people([8, 8, None], 4)).resources
    assert resource.demand[:, 0].tolist() == [8, 8, 4]
    alone = sides_of(three_people([None, None, None], 2)).resources[0]
    assert alone.demand[:, 0].tolist() == [1, 1, 1]


def test_who_was_not_asked_about_support_is_asked_and_draws_nothing_yet() -> None:
    people = [make_candidate("K-1", support=None), make_candidate("K-2", support=coach_need(2))]
    run = make_input(people, [make_slot(seats=2, support=offers(1.5))])
    [resource] = sides_of(run).resources
    assert resource.demand[:, 0].tolist() == [0, 2]
    solved = solve_input(run, Policy.default(), seed=0)
    assert [(one["candidate"], one["rule"]) for one in solved.questions] == [("K-1", "support")]


def test_a_coach_is_shared_by_the_slots_of_all_pilots_that_it_serves() -> None:
    people = [make_candidate(f"K-{k}", support=coach_need(2)) for k in (1, 2)]
    slots = [make_slot(f"S-{k}", pilot=f"P-{k}", support=offers(4)) for k in (1, 2)]
    run = make_input(people, slots)
    assert len(places(run)) == 2
    shared = with_sides(run, coaches=[make_coach(pilots=["P-1", "P-2"], weekly_hours=3)])
    sides = sides_of(shared)
    [resource] = sides.resources
    assert resource.name == "C-1 2018-01-08/2018-07-08"
    assert sides.hours[resource.name]["ends_on"] == "2018-07-08"
    assert (resource.supply, resource.demand.tolist()) == (3, [2, 2])
    assert len(places(shared)) == 1
    gone = make_coach(pilots=["P-1", "P-2"], weekly_hours=3, status="withdrawn")
    assert not sides_of(with_sides(run, coaches=[gone])).resources


def test_trajectories_that_do_not_overlap_do_not_compete_for_the_coach() -> None:
    people = [make_candidate(f"K-{k}", support=coach_need(2)) for k in (1, 2)]
    later = make_slot("S-2", starts_on="2018-08-06", last_entry_on="2018-09-01", support=offers(2))
    run = make_input(people, [make_slot("S-1", support=offers(2)), later])
    assert len(places(with_sides(run, coaches=[make_coach(weekly_hours=2)]))) == 2


def test_first_weeks_take_more_of_the_coach_and_not_of_what_the_slot_told() -> None:
    def run(**told: Any) -> RunInput:
        people = [make_candidate(f"K-{k}", support=coach_need(2)) for k in (1, 2)]
        slot = make_slot(seats=2, support=offers(4), **told)
        return with_sides(make_input(people, [slot]), coaches=[make_coach(weekly_hours=6)])

    assert len(places(run())) == 2
    assert len(places(run(first_weeks=4, first_weeks_factor=2))) == 1


def test_hours_of_who_has_a_seat_already_are_not_given_again() -> None:
    run = make_input(
        [make_candidate("K-1", support=coach_need(2))],
        [make_slot(seats=2, seats_left=1, support=offers(3))],
    )
    assert len(places(run)) == 1
    there = PlacedBefore(candidate="K-9", slot="S-1", support=coach_need(2))
    assert len(places(with_sides(run, placed=[there]))) == 0
    unknown = PlacedBefore(candidate="K-9", slot="S-1", support=coach_need(None))
    assert len(places(with_sides(run, placed=[unknown]))) == 0


# Quotas


def some(n: int, **told: Any) -> RunInput:
    """So many people who fit, and two slots with room for all of them."""
    people = [make_candidate(f"K-{k}") for k in range(1, n + 1)]
    return make_input(people, [make_slot(f"S-{k}", seats=n, **told) for k in (1, 2)])


def test_a_quota_holds_over_the_slots_of_its_pilots_and_those_it_names() -> None:
    run = some(3)
    slots = [*run.slots, make_slot("S-3", seats=3, pilot="P-2")]
    run = with_sides(run, slots=slots, quotas=[make_quota(pilots=["P-2"], most=1)])
    [quota] = sides_of(run).quotas
    assert quota.slots.tolist() == [True, False, True]
    held = places(run)
    assert len(held) == 3
    assert sum(slot in ("S-1", "S-3") for slot in held.values()) <= 1


@pytest.mark.parametrize(("n", "held"), [(2, 0), (3, 3)])
def test_a_floor_leaves_the_slots_closed_or_filled_enough(n: int, held: int) -> None:
    floor = make_quota(pilots=["P-1"], slots=[], least=3, if_open=True)
    assert len(places(with_sides(some(n), quotas=[floor]))) == held


def test_a_least_that_nobody_can_reach_is_an_answer_and_no_error() -> None:
    run = with_sides(some(2), quotas=[make_quota(least=5)])
    solved = solve_input(run, Policy.default(), seed=0)
    assert solved.plan.status.value == "infeasible"
    assert solved.places == {}


def test_who_has_a_seat_already_counts_for_a_quota() -> None:
    there = [PlacedBefore(candidate=f"K-{k}", slot="S-1") for k in (8, 9)]
    floor = make_quota(least=3, most=4, if_open=True)
    [quota] = sides_of(with_sides(some(3), quotas=[floor], placed=there)).quotas
    assert (quota.least, quota.most, quota.if_open) == (1, 2, False)


def test_a_quota_that_was_withdrawn_holds_no_more() -> None:
    gone = make_quota(most=0, status="withdrawn")
    assert not sides_of(with_sides(some(2), quotas=[gone])).quotas


# Groups


def grouped(**told: Any) -> RunInput:
    """Three people, two of them in a group of which one slot keeps a seat free."""
    quota = make_quota(group="register", least=1, slots=["S-1"])
    group = GroupGiven(name="register", candidates=["K-2", "K-3"])
    return with_sides(some(3), **{"quotas": [quota], "groups": [group], **told})


def test_a_quota_counts_a_group_only_with_a_ground_and_a_list() -> None:
    assert ungrounded(grouped(), GROUNDED) == []
    [fault] = ungrounded(grouped(), Policy.default())
    assert fault.field == "policy"
    assert "states no ground in law for group register, which quota Q-1 counts" in fault.message
    [fault] = ungrounded(grouped(groups=[]), GROUNDED)
    assert fault.field == "groups"
    [fault] = ungrounded(grouped(quotas=[make_quota(most=1)]), GROUNDED)
    assert "has register, which no quota here counts" in fault.message


def test_a_group_is_a_mask_of_a_quota_and_nothing_else() -> None:
    run = grouped()
    [quota] = sides_of(run, GROUNDED).quotas
    assert quota.candidates.tolist() == [False, True, True]
    assert {"K-2", "K-3"} & {who for who, slot in places(run, GROUNDED).items() if slot == "S-1"}


@given(st.lists(st.sampled_from(["K-1", "K-2", "K-3"]), unique=True))
def test_no_score_and_no_reason_knows_who_is_in_a_group(members: list[str]) -> None:
    told = grouped(groups=[GroupGiven(name="register", candidates=members)])
    without = grouped(groups=[], quotas=[])
    layers = [score(*to_profiles(one, skill_taxonomy()), GROUNDED) for one in (told, without)]
    assert (layers[0].points == layers[1].points).all()
    assert (layers[0].eligibility.overall == layers[1].eligibility.overall).all()
    for one in layers[0].layers:
        assert np.array_equal(
            layers[0].layers[one].value, layers[1].layers[one].value, equal_nan=True
        )


def test_what_is_told_of_a_plan_never_names_a_group() -> None:
    solved = solve_input(grouped(), GROUNDED, seed=0)
    assert "register" not in str([solved.reasons, solved.questions, solved.certificate])


# Bonds


def test_people_who_belong_together_start_in_one_slot_or_not_at_all() -> None:
    people = [make_candidate("K-1"), make_candidate("K-2")]
    apart = make_input(people, [make_slot("S-1"), make_slot("S-2")])
    assert len(places(apart)) == 2
    assert places(with_sides(apart, bonds=[make_bond()])) == {}
    near = with_sides(apart, bonds=[make_bond(within="pilot")])
    assert len(places(near)) == 2


def test_people_who_are_better_apart_do_not_meet() -> None:
    run = with_sides(some(2), bonds=[make_bond(kind="apart")])
    assert sorted(places(run).values()) == ["S-1", "S-2"]
    assert len(places(with_sides(run, bonds=[make_bond(kind="apart", within="pilot")]))) == 1


@pytest.mark.parametrize(
    "told", [{"status": "withdrawn"}, {"ends_on": "2017-11-30"}, {"candidates": ["K-1", "K-9"]}]
)
def test_a_bond_that_is_over_or_of_whom_one_is_not_here_binds_nobody(told: dict[str, Any]) -> None:
    sides = sides_of(with_sides(some(2), bonds=[make_bond(**told)]))
    assert (sides.groups, sides.quotas) == ((), ())


def test_a_bond_holds_through_its_last_day() -> None:
    run = with_sides(some(2), bonds=[make_bond(ends_on=date(2017, 12, 1))])
    assert len(sides_of(run).groups) == 1


@pytest.mark.parametrize(
    ("told", "slot"),
    [
        ({}, "S-2"),
        ({"kind": "apart"}, "S-1"),
        ({"kind": "apart", "within": "pilot"}, None),
    ],
)
def test_a_bond_with_somebody_who_has_a_seat_leads_there_or_away(
    told: dict[str, Any], slot: str | None
) -> None:
    bond = make_bond(candidates=["K-1", "K-9"], **told)
    there = PlacedBefore(candidate="K-9", slot="S-2")
    held = places(with_sides(some(1), bonds=[bond], placed=[there]))
    assert held == ({} if slot is None else {"K-1": slot})


# As a whole


def test_without_any_of_it_seats_alone_limit_a_plan() -> None:
    run = some(2)
    layers = score(*to_profiles(run, skill_taxonomy()), Policy.default())
    sides = to_side_rules(run, layers)
    problem: Problem = to_problem(
        layers,
        as_of=run.as_of,
        resources=sides.resources,
        quotas=sides.quotas,
        groups=sides.groups,
    )
    assert not problem.has_side_rules
    assert check(problem, solve(problem)).proof == "proven"


def test_the_order_of_what_is_given_changes_nothing() -> None:
    run = with_sides(
        three_people([2, 2, 1], 4),
        coaches=[make_coach("C-2", pilots=["P-1", "P-2"]), make_coach("C-1")],
        quotas=[make_quota("Q-2", most=2), make_quota("Q-1", most=3)],
        bonds=[make_bond("B-2", kind="apart"), make_bond("B-1", candidates=["K-3", "K-1"])],
    )
    turned = run.model_copy(
        update={name: list(reversed(getattr(run, name))) for name in ("coaches", "quotas", "bonds")}
    )
    assert run.to_text() == turned.to_text()
    assert places(run) == places(turned)


def test_what_refers_to_nothing_is_named_by_its_place() -> None:
    run = with_sides(
        some(2),
        coaches=[make_coach(pilots=["P-1", "P-9"])],
        quotas=[make_quota(pilots=["P-9"], slots=["S-1", "S-9"], most=1)],
        bonds=[make_bond(candidates=["K-1", "K-9"])],
        groups=[GroupGiven(name="register", candidates=["K-9"])],
    )
    assert [fault.field for fault in unknown_references(run)] == [
        "coaches.0.pilots.1",
        "quotas.0.pilots.0",
        "quotas.0.slots.1",
        "bonds.0.candidates.1",
        "groups.0.candidates.0",
    ]
