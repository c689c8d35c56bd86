"""Coaches shared out over time: the sums that a plan keeps say exactly who can be helped when."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from models.coach import CoachCreate
from service.errors import InvalidInput
from service.schemas import SlotFacts
from service.sharing import MOST_TEAMS, Pool, Span, coach_pools
from tests.factories import TODAY, make_slot

KINDS = ("job_coach", "buddy")


def make_coach(code: str = "C-1", **told: Any) -> CoachCreate:
    facts = {"code": code, "kinds": ["job_coach"], "weekly_hours": 8, "pilots": ["P-1"]}
    return CoachCreate.model_validate(facts | told)


def trajectory(code: str, starts: date | str | None, weeks: int | None, **told: Any) -> SlotFacts:
    phases = [{"kind": "on_the_job", "weeks": weeks}]
    last = None if starts is None else date.fromisoformat(str(starts)) + timedelta(days=30)
    facts: dict[str, Any] = {"starts_on": starts, "last_entry_on": last, "phases": phases}
    return make_slot(code, **facts | told)


def pools_of(
    slots: list[SlotFacts], coaches: list[CoachCreate], *kinds: str, taken: Any = None
) -> list[Pool]:
    kinds = kinds or ("job_coach",)
    hours = np.zeros((len(kinds), len(slots))) if taken is None else np.array(taken, dtype=float)
    return coach_pools(slots, coaches, kinds, as_of=TODAY, taken=hours)


def days(pool: Pool) -> tuple[str, str]:
    return date.fromordinal(pool.start).isoformat(), date.fromordinal(pool.until).isoformat()


# Over time


def test_two_trajectories_share_a_coach_only_while_both_go_on() -> None:
    slots = [trajectory("S-1", "2018-01-08", 39), trajectory("S-2", "2018-04-02", 39)]
    [pool] = pools_of(slots, [make_coach()])
    # The months in which one of them goes on alone follow from those in which both do.
    assert days(pool) == ("2018-04-02", "2018-10-08")
    assert (pool.share.tolist(), pool.hours, pool.team) == ([[1, 1]], 8, ("C-1",))


def test_trajectories_that_do_not_meet_do_not_share() -> None:
    slots = [trajectory("S-1", "2018-01-08", 26), trajectory("S-2", "2018-07-09", 26)]
    pools = pools_of(slots, [make_coach()])
    assert [pool.share.tolist() for pool in pools] == [[[1, 0]], [[0, 1]]]


def test_first_weeks_take_more_hours_where_the_slot_says_so() -> None:
    busy = trajectory("S-1", "2018-01-08", 26, first_weeks=6, first_weeks_factor=2)
    calm = trajectory("S-2", "2018-01-29", 26)
    pools = pools_of([busy, calm], [make_coach()])
    assert [(days(pool), pool.share.tolist()) for pool in pools] == [
        (("2018-01-29", "2018-02-19"), [[2, 1]])
    ]


def test_a_coach_who_comes_later_and_leaves_earlier_is_missed_before_and_after() -> None:
    coach = make_coach(starts_on="2018-02-05", ends_on="2018-05-06")
    pools = pools_of([trajectory("S-1", "2018-01-08", 26)], [coach])
    assert [(pool.team, pool.hours, days(pool)) for pool in pools] == [
        ((), 0, ("2018-01-08", "2018-02-05")),
        (("C-1",), 8, ("2018-02-05", "2018-05-07")),
    ]


def test_a_slot_of_which_little_is_known_has_room_in_every_week() -> None:
    assert Span.of(trajectory("S-1", None, 26), TODAY) == Span(
        TODAY.toordinal(), date.max.toordinal(), date.max.toordinal(), 1.0
    )
    endless = Span.of(trajectory("S-1", "2018-01-08", None), TODAY)
    assert endless.until == date.max.toordinal()
    assert Span.of(make_slot(phases=[]), TODAY).until == date.max.toordinal()


def test_who_joins_later_starts_today() -> None:
    span = Span.of(trajectory("S-1", "2017-11-06", 10), TODAY)
    assert (span.start, span.until) == (TODAY.toordinal(), TODAY.toordinal() + 70)


def test_hours_that_people_who_are_there_need_are_not_given_again() -> None:
    slots = [trajectory("S-1", "2018-01-08", 26, first_weeks=2, first_weeks_factor=2)]
    first, *_ = pools_of(slots, [make_coach()], taken=[[3]])
    assert first.hours == 2
    [pool] = pools_of(slots, [make_coach()], taken=[[5]])
    assert pool.hours == 0


# Several coaches


def test_a_slot_without_a_coach_sees_to_it_by_itself() -> None:
    slots = [trajectory("S-1", "2018-01-08", 26), trajectory("S-2", "2018-01-08", 26, pilot="P-2")]
    [pool] = pools_of(slots, [make_coach()])
    assert pool.share.tolist() == [[1, 0]]
    assert pools_of(slots, [make_coach(pilots=["P-3"])]) == []
    assert pools_of(slots, [make_coach(kinds=["buddy"])]) == []


def test_coaches_of_one_pilot_make_one_pool() -> None:
    coaches = [make_coach("C-1"), make_coach("C-2", weekly_hours=4)]
    [pool] = pools_of([trajectory("S-1", "2018-01-08", 26)], coaches)
    assert (pool.team, pool.hours) == (("C-1", "C-2"), 12)


def test_a_coach_of_two_pilots_helps_out_but_not_twice() -> None:
    slots = [trajectory(f"S-{k}", "2018-01-08", 26, pilot=f"P-{k}") for k in (1, 2)]
    coaches = [make_coach("C-1"), make_coach("C-2", weekly_hours=4, pilots=["P-1", "P-2"])]
    pools = {pool.team: (pool.share.tolist(), pool.hours) for pool in pools_of(slots, coaches)}
    # In P-2 only C-2 can help; in both together no more than the two have.
    assert pools == {("C-2",): ([[0, 1]], 4), ("C-1", "C-2"): ([[1, 1]], 12)}


def test_kinds_that_one_coach_gives_come_from_the_same_hours() -> None:
    coach = make_coach(kinds=["job_coach", "buddy"])
    [pool] = pools_of([trajectory("S-1", "2018-01-08", 26)], [coach], *KINDS)
    assert (pool.share.tolist(), pool.hours) == ([[1], [1]], 8)


def test_coaches_who_overlap_in_too_many_ways_are_refused() -> None:
    # A ring of pilots, each served by two neighbours: every stretch of the ring is a team.
    n = 20
    assert n * (n - 1) > MOST_TEAMS
    slots = [trajectory(f"S-{k}", "2018-01-08", 26, pilot=f"P-{k}") for k in range(n)]
    coaches = [make_coach(f"C-{k}", pilots=[f"P-{k}", f"P-{(k + 1) % n}"]) for k in range(n)]
    with pytest.raises(InvalidInput) as refused:
        pools_of(slots, coaches)
    assert refused.value.faults[0].field == "coaches"


# Against sharing hours out day by day


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[SlotFacts], list[CoachCreate], list[list[int]]]:
    """A few slots and coaches, and the hours of each kind that are needed in each slot."""
    first = date(2018, 1, 1)
    slots = [
        trajectory(
            f"S-{k}",
            first + timedelta(weeks=draw(st.integers(0, 6))),
            draw(st.integers(1, 6)),
            pilot=draw(st.sampled_from(["P-1", "P-2", "P-3"])),
            **draw(st.sampled_from([{}, {"first_weeks": 2, "first_weeks_factor": 2}])),
        )
        for k in range(draw(st.integers(1, 3)))
    ]
    coaches = []
    for k in range(draw(st.integers(1, 4))):
        starts = first + timedelta(weeks=draw(st.integers(0, 4)))
        limits = {
            "starts_on": draw(st.none() | st.just(starts)),
            "ends_on": draw(st.none() | st.just(starts + timedelta(days=draw(st.integers(0, 40))))),
        }
        kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2, unique=True))
        pilots = draw(
            st.lists(st.sampled_from(["P-1", "P-2", "P-3"]), min_size=1, max_size=3, unique=True)
        )
        hours = draw(st.integers(0, 8))
        coaches.append(
            make_coach(f"C-{k}", kinds=kinds, pilots=pilots, weekly_hours=hours, **limits)
        )
    needed = [[draw(st.integers(0, 4)) for _ in slots] for _ in KINDS]
    return slots, coaches, needed


def can_be_shared_out(
    slots: list[SlotFacts], coaches: list[CoachCreate], needed: list[list[int]], day: date
) -> bool:
    """Whether the coaches who are there on a day can give all that is needed: a small sum."""
    places = [
        (kind, slot, needed[k][j] * Span.of(slot, TODAY).at(day.toordinal()))
        for k, kind in enumerate(KINDS)
        for j, slot in enumerate(slots)
    ]
    places = [
        place
        for place in places
        if any(place[0] in one.kinds and place[1].pilot in one.pilots for one in coaches)
    ]
    there = [one for one in coaches if (one.starts_on or day) <= day <= (one.ends_on or day)]
    arcs = [
        (p, c)
        for p, (kind, slot, _) in enumerate(places)
        for c, one in enumerate(there)
        if kind in one.kinds and slot.pilot in one.pilots
    ]
    if not arcs:
        return all(hours == 0 for *_, hours in places)
    given_at = [[float(p == at) for p, _ in arcs] for at in range(len(places))]
    given_by = [[float(c == who) for _, c in arcs] for who in range(len(there))]
    answer = linprog(
        np.zeros(len(arcs)),
        A_eq=given_at,
        b_eq=[hours for *_, hours in places],
        A_ub=given_by,
        b_ub=[one.weekly_hours for one in there],
    )
    return bool(answer.status == 0)


@settings(max_examples=60)
@given(worlds())
def test_the_sums_hold_exactly_when_hours_can_be_shared_out_on_every_day(
    world: tuple[list[SlotFacts], list[CoachCreate], list[list[int]]],
) -> None:
    slots, coaches, needed = world
    pools = pools_of(slots, coaches, *KINDS)
    sums_hold = all((pool.share * needed).sum() <= pool.hours for pool in pools)
    weeks = [date(2018, 1, 1) + timedelta(days=day) for day in range(0, 90)]
    changes = {date.fromordinal(day) for day in _changes(slots, coaches)} & set(weeks)
    possible = all(can_be_shared_out(slots, coaches, needed, day) for day in sorted(changes))
    assert sums_hold == possible


def _changes(slots: list[SlotFacts], coaches: list[CoachCreate]) -> set[int]:
    spans = [Span.of(slot, TODAY) for slot in slots]
    changes = {day for span in spans for day in (span.start, span.first_until)}
    changes |= {one.starts_on.toordinal() for one in coaches if one.starts_on}
    return changes | {one.ends_on.toordinal() + 1 for one in coaches if one.ends_on}


@given(worlds())
def test_no_sum_is_there_that_another_of_the_same_coaches_implies(
    world: tuple[list[SlotFacts], list[CoachCreate], list[list[int]]],
) -> None:
    slots, coaches, _ = world
    pools = pools_of(slots, coaches, *KINDS)
    for one in pools:
        for other in pools:
            if one is not other and one.team == other.team:
                assert one.hours > other.hours or bool((one.share < other.share).any())


def test_the_parts_of_the_time_line_are_in_order() -> None:
    slots = [trajectory(f"S-{k}", date(2018, k, 1), 10) for k in (1, 4, 7)]
    pools = pools_of(slots, [make_coach()])
    assert all(one.start <= other.start for one, other in pairwise(pools))
