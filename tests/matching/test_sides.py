"""Side rules are checked when a problem is built: what is refused, in which field and row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from matching import Group, Problem, ProblemError, Quota, Resource
from matching.sides import MOST, UNLIMITED

NAN, INF = np.nan, np.inf
SCORES = np.ones((3, 2))


def build(**rules) -> Problem:
    return Problem(SCORES, [2, 2], **rules)


def assert_refused(field: str, row: int | None, word: str, **rules) -> None:
    with pytest.raises(ProblemError) as caught:
        build(**rules)
    assert (caught.value.field, caught.value.row) == (field, row)
    assert word in str(caught.value)


# Resources

BAD_AMOUNTS = {
    "negative": ([1, -1, 1], 1, "from 0"),
    "not a number": ([1, 1, NAN], 2, "from 0"),
    "infinite": ([INF, 1, 1], 0, f"from 0 to {MOST}"),
    "too large": ([1, MOST + 1, 1], 1, f"from 0 to {MOST}"),
    "too large by far": ([1, 1e300, 1], 1, f"from 0 to {MOST}"),
    "texts": (["1", "1", "1"], None, "accepted are numbers"),
    "blank": ([1, None, 1], None, "accepted are numbers"),
    "yes and no": ([True, False, True], None, "accepted are numbers"),
    "ragged": ([[1], [1, 2], [1]], None, "rows of different lengths"),
    "too few": ([1, 1], None, "accepted are (3,) and (3, 2)"),
    "a row for each slot": (np.ones((2, 3)), None, "accepted are (3,) and (3, 2)"),
    "one number": (1.0, None, "accepted are (3,) and (3, 2)"),
    "sparse of another shape": (sparse.csr_array(np.ones((2, 2))), None, "accepted are (3,)"),
    "sparse and negative": (sparse.csr_array(-np.ones((3, 2))), 0, "from 0"),
}


@pytest.mark.parametrize(("demand", "row", "word"), BAD_AMOUNTS.values(), ids=BAD_AMOUNTS)
def test_a_demand_that_is_no_quantity_is_refused_with_field_and_row(demand, row, word):
    resource = Resource("coach", demand, [1, 1])
    assert_refused("resources[0].demand", row, word, resources=[resource])


def test_a_demand_per_pair_is_refused_by_its_candidate():
    demand = [[1, 1], [1, 1], [1, -2]]
    resource = Resource("coach", demand, [1, 1])
    assert_refused("resources[0].demand", 2, "is -2", resources=[resource])


BAD_SUPPLIES = {
    "negative": ([1, -1], 1, "from 0"),
    "not a number": ([1, NAN], 1, "from 0"),
    "negative without end": ([1, -INF], 1, "from 0"),
    "too few": ([1], None, "accepted are (2,) and one number"),
    "a table": ([[1, 1]], None, "accepted are (2,) and one number"),
    "a negative number": (-1, None, "from 0"),
    "a text": ("much", None, "accepted are numbers"),
}


@pytest.mark.parametrize(("supply", "row", "word"), BAD_SUPPLIES.values(), ids=BAD_SUPPLIES)
def test_a_supply_that_is_no_quantity_is_refused_with_field_and_row(supply, row, word):
    rules = [Resource("course", [0, 0, 0], 1), Resource("coach", [1, 1, 1], supply)]
    assert_refused("resources[1].supply", row, word, resources=rules)


def test_a_supply_without_end_is_no_limit():
    problem = build(resources=[Resource("coach", [1, 1, 1], [INF, 2])])
    assert problem.read_resources[0].supply.tolist() == [UNLIMITED, 2000]


@pytest.mark.parametrize("demand", [[0.1, 0.2, 0.301], [8, 8.5, 0]], ids=str)
def test_decimals_are_read_as_they_were_written(demand):
    problem = build(resources=[Resource("coach", demand, [0.3, 29.7])])
    thousandths = [round(hours * 1000) for hours in demand]
    assert problem.read_resources[0].demand.tolist() == thousandths
    assert problem.read_resources[0].supply.tolist() == [300, 29700]


def test_a_float_of_half_the_width_is_read_as_the_decimal_it_stands_for():
    resource = Resource("coach", np.array([0.1, 0.2, 8.301], dtype=np.float32), [1, 1])
    assert build(resources=[resource]).read_resources[0].demand.tolist() == [100, 200, 8301]


@given(
    st.lists(st.floats(0, 100), min_size=3, max_size=3),
    st.lists(st.floats(0, 100), min_size=2, max_size=2),
)
def test_what_is_finer_than_a_thousandth_is_read_so_that_no_supply_is_exceeded(demand, supply):
    read = build(resources=[Resource("coach", demand, supply)]).read_resources[0]
    tiny = 1e-9
    for given_hours, thousandths in zip(demand, read.demand.tolist(), strict=True):
        assert given_hours - tiny <= thousandths / 1000 < given_hours + 0.001 + tiny
    for given_hours, thousandths in zip(supply, read.supply.tolist(), strict=True):
        assert given_hours - 0.001 - tiny < thousandths / 1000 <= given_hours + tiny


WRONG_KINDS = {
    "a dictionary": ({"resources": [{"name": "coach"}]}, "resources", 0, "accepted is a Resource"),
    "a rule of another kind": ({"quotas": [Group("pair", [0, 1])]}, "quotas", 0, "a Quota"),
    "a text": ({"groups": ["pair"]}, "groups", 0, "accepted is a Group"),
    "one rule without a list": (
        {"resources": Resource("coach", [1, 1, 1], 1)},
        "resources",
        None,
        "accepted is a sequence of Resource",
    ),
    "a number": ({"quotas": 5}, "quotas", None, "accepted is a sequence of Quota"),
}


@pytest.mark.parametrize(("rules", "field", "row", "word"), WRONG_KINDS.values(), ids=WRONG_KINDS)
def test_what_is_no_rule_is_refused_with_field_and_row(rules, field, row, word):
    assert_refused(field, row, word, **rules)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test_a_sparse_demand_says_what_a_table_says(kind):
    table = np.array([[0, 1.5], [2, 0], [0, 0]])
    given = sparse.csr_array(table).asformat(kind)
    rows, slots = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1])
    for demand in (table, given):
        resource = build(resources=[Resource("coach", demand, 9)]).read_resources[0]
        assert resource.of_pairs(rows, slots).tolist() == [0, 1500, 2000, 0]


def test_a_demand_counts_only_in_slots_that_draw_on_it():
    resource = Resource("coach", [3, 3, 3], 9, slots=[False, True])
    read = build(resources=[resource]).read_resources[0]
    assert read.of_pairs(np.array([0, 0]), np.array([0, 1])).tolist() == [0, 3000]


# Masks and positions, wherever they are asked

BAD_SLOTS = {
    "a mask too short": ([True], None, "accepted is (2,)"),
    "a position too far": ([0, 2], 1, "positions from 0 to 1"),
    "a position below 0": ([-1], 0, "positions from 0 to 1"),
    "fractions": ([0.5], None, "a mask, or a list of positions"),
    "texts": (["first"], None, "a mask, or a list of positions"),
    "a table of positions": ([[0, 1]], None, "a mask, or a list of positions"),
}


@pytest.mark.parametrize(("slots", "row", "word"), BAD_SLOTS.values(), ids=BAD_SLOTS)
def test_slots_that_do_not_exist_are_refused(slots, row, word):
    resource = Resource("coach", [1, 1, 1], 1, slots=slots)
    assert_refused("resources[0].slots", row, word, resources=[resource])
    quota = Quota("cohort", [0], slots)
    assert_refused("quotas[0].slots", row, word, quotas=[quota])


@pytest.mark.parametrize("people", [[0, 3], [-1, 0]], ids=str)
def test_people_who_do_not_exist_are_refused(people):
    at = 1 if people[1] == 3 else 0
    assert_refused(
        "quotas[0].candidates", at, "positions from 0 to 2", quotas=[Quota("q", people, [0])]
    )
    assert_refused("groups[0].candidates", at, "positions from 0 to 2", groups=[Group("g", people)])


# Quotas

BAD_LIMITS = {
    "least below 0": ({"least": -1}, "least", "whole numbers from 0"),
    "least a fraction": ({"least": 1.5}, "least", "whole numbers from 0"),
    "least yes": ({"least": True}, "least", "whole numbers from 0"),
    "least a text": ({"least": "1"}, "least", "whole numbers from 0"),
    "most below 0": ({"most": -1}, "most", "whole numbers from 0"),
    "most not a number": ({"most": NAN}, "most", "whole numbers from 0"),
    "most below least": ({"least": 2, "most": 1}, "most", "less than least"),
}


@pytest.mark.parametrize(("limits", "name", "word"), BAD_LIMITS.values(), ids=BAD_LIMITS)
def test_limits_of_a_quota_that_make_no_sense_are_refused(limits, name, word):
    assert_refused(f"quotas[0].{name}", None, word, quotas=[Quota("q", [0], [0], **limits)])


def test_a_floor_of_more_people_than_there_are_is_a_rule_that_no_plan_keeps_and_no_mistake():
    problem = build(quotas=[Quota("q", [0, 1], [0], least=9)])
    assert (problem.read_quotas[0].least, problem.read_quotas[0].most) == (9, 9)


# Groups


@pytest.mark.parametrize("people", [[], [0], [False, True, False]], ids=str)
def test_a_group_of_fewer_than_two_is_refused(people):
    group = Group("g", people)
    assert_refused("groups[0].candidates", None, "two or more", groups=[group])


def test_a_group_is_within_a_slot_or_a_pilot_and_nothing_else():
    group = Group("g", [0, 1], within="town")
    assert_refused("groups[0].within", None, "'slot' and 'pilot'", groups=[group])


def test_a_group_within_a_pilot_needs_pilots():
    group = Group("g", [0, 1], within="pilot")
    assert_refused("groups[0].within", None, "has no pilots", groups=[group])
    assert build(groups=[group], pilots=["A", "A"]).pilot_of_slot.tolist() == [0, 0]


# Names


def rules_named(first: object, second: object) -> dict[str, list]:
    return {
        "resources": [Resource(name, [1, 1, 1], 1) for name in (first, second)],
        "quotas": [Quota(name, [0], [0]) for name in (first, second)],
        "groups": [Group(name, [0, 1]) for name in (first, second)],
    }


@pytest.mark.parametrize("kind", ["resources", "quotas", "groups"])
@pytest.mark.parametrize("name", ["", "  ", None, 3], ids=repr)
def test_a_rule_without_a_name_is_refused_since_no_answer_could_speak_of_it(kind, name):
    rules = {kind: rules_named("one", name)[kind]}
    assert_refused(f"{kind}[1].name", None, "accepted is a name", **rules)


@pytest.mark.parametrize("kind", ["resources", "quotas", "groups"])
def test_two_rules_of_a_kind_by_one_name_are_refused(kind):
    assert_refused(kind, 1, "accepted are names that differ", **{kind: rules_named("a", "a")[kind]})


def test_rules_of_two_kinds_may_share_a_name():
    kinds = {kind: [rules[0]] for kind, rules in rules_named("coach", "x").items()}
    assert build(**kinds).has_side_rules


# What belongs to people and slots

BAD_COLUMNS = {
    "too few pilots": ({"pilots": ["A"]}, "pilots", None, "accepted are 2"),
    "a tier below 0": ({"tiers": [0, -1, 0]}, "tiers", 1, "from 0 to 1000"),
    "a tier beyond a thousand": ({"tiers": [0, 0, 1001]}, "tiers", 2, "from 0 to 1000"),
    "a tier and a half": ({"tiers": [0.5, 0, 0]}, "tiers", 0, "whole numbers"),
    "too few tiers": ({"tiers": [0]}, "tiers", None, "accepted is (3,)"),
    "a current slot too far": ({"current": [2, 0, 0]}, "current", 0, "from -1 to 1"),
    "a current slot below none": ({"current": [0, -2, 0]}, "current", 1, "from -1 to 1"),
    "a bonus for nobody": ({"stay_bonus": 5}, "stay_bonus", None, "without current"),
    "a bonus below 0": ({"stay_bonus": -1}, "stay_bonus", None, "from 0 to 1000000000"),
    "a bonus too large": ({"stay_bonus": 10**9 + 1}, "stay_bonus", None, "from 0 to 1000000000"),
    "half a point of bonus": ({"stay_bonus": 0.5}, "stay_bonus", None, "whole numbers"),
    "a bonus of yes": ({"stay_bonus": True}, "stay_bonus", None, "whole numbers"),
}


@pytest.mark.parametrize(("columns", "field", "row", "word"), BAD_COLUMNS.values(), ids=BAD_COLUMNS)
def test_columns_out_of_range_are_refused_with_field_and_row(columns, field, row, word):
    assert_refused(field, row, word, **columns)


# What a problem keeps


def test_rules_that_were_given_are_neither_changed_nor_shared():
    demand, supply, people = (
        np.array([1.0, 2, 3]),
        np.array([4.0, 5]),
        np.array([True, True, False]),
    )
    given = [demand, supply, people]
    before = [array.copy() for array in given]
    problem = build(
        resources=[Resource("coach", demand, supply)],
        quotas=[Quota("q", people, [0])],
        groups=[Group("g", people)],
    )
    assert all(np.array_equal(old, new) for old, new in zip(before, given, strict=True))
    assert all(array.flags.writeable for array in given)
    read = problem.read_resources[0]
    kept = [read.demand, read.supply, problem.read_quotas[0].candidates]
    assert not any(np.shares_memory(ours, theirs) for ours in kept for theirs in given)


def test_a_problem_without_rules_says_so():
    assert not build().has_side_rules
    assert build(groups=[Group("g", [0, 1])]).has_side_rules
    assert build().pilot_of_slot.tolist() == [0, 1]


def test_pilots_are_numbered_by_their_first_slot():
    assert build(pilots=["B", "A"]).pilot_of_slot.tolist() == [0, 1]
    assert build(pilots=[7, 7]).pilot_of_slot.tolist() == [0, 0]


def test_a_mask_of_noughts_and_ones_is_not_taken_for_positions():
    quota = Quota("some", [1, 0, 1], [0, 1])
    assert_refused("quotas[0].candidates", None, "more than once", quotas=[quota])
