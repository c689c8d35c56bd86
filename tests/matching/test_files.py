"""Problems and plans go to JSON and come back; what is wrong in a file is told, all of it."""

import contextlib
import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching import (
    FileError,
    Group,
    Level,
    Multipliers,
    Problem,
    Quota,
    Resource,
    SideCertificate,
    SolveStatus,
    check,
    solve,
)
from matching.files import (
    parse_plan,
    parse_problem,
    plan_from_json,
    plan_to_json,
    problem_from_json,
    problem_to_json,
    read_plan,
    read_problem,
    to_text,
    write_plan,
    write_problem,
)
from matching.filing.problem import KEYS
from tests.strategies import problems

NAN = math.nan
PAGE = Path(__file__).resolve().parents[2] / "docs/reference/problem-file.md"


# What is written comes back


@st.composite
def full_problems(draw) -> Problem:
    """Any small problem with any of all that a file can hold."""
    base = draw(problems(scores="floats") | problems())
    n, m = base.shape
    thousandths = st.integers(0, 20_000).map(lambda steps: steps / 1000)
    some = st.lists(st.booleans(), min_size=n, max_size=n)
    somewhere = st.lists(st.booleans(), min_size=m, max_size=m)

    def demand():
        flat = draw(st.lists(thousandths, min_size=n * m, max_size=n * m))
        pairs = np.array(flat, dtype=float).reshape(n, m)
        return draw(st.sampled_from([pairs, sparse.csr_array(pairs), pairs.sum(axis=1)]))

    def supply():
        endless = thousandths | st.just(math.inf)
        return draw(endless | st.lists(endless, min_size=m, max_size=m))

    resources = [
        Resource(f"hours {k}", demand(), supply(), draw(st.none() | somewhere))
        for k in range(draw(st.integers(0, 2)))
    ]
    quotas = [
        Quota(f"floor {k}", draw(some), draw(somewhere), 0, draw(st.none() | st.integers(0, 9)))
        for k in range(draw(st.integers(0, 2)))
    ]
    pilots = draw(st.none() | st.lists(st.sampled_from(["a", "b", 3]), min_size=m, max_size=m))
    groups = []
    if n >= 2:
        within = "slot" if pilots is None else "pilot"
        groups = [Group("pair", [0, n - 1], apart=draw(st.booleans()), within=within)]
    current = draw(st.none() | st.lists(st.integers(-1, m - 1), min_size=n, max_size=n))
    return Problem(
        base.scores,
        base.seats,
        pins=base.pins,
        codes=base.codes,
        precedence=base.precedence,
        resources=resources,
        quotas=quotas,
        groups=groups,
        tiers=draw(st.none() | st.lists(st.integers(0, 3), min_size=n, max_size=n)),
        current=current,
        stay_bonus=0 if current is None else draw(st.integers(0, 9)),
        pilots=pilots,
    )


def same(one, other) -> bool:
    """Whether two values mean the same to a solver."""
    if sparse.issparse(one) or sparse.issparse(other):
        return same(*(x.toarray() if sparse.issparse(x) else x for x in (one, other)))
    if isinstance(one, np.ndarray):
        if not one.size:  # JSON has one way to say that there is nothing
            return not other.size
        return one.shape == other.shape and bool(np.all(one == other))
    if dataclasses.is_dataclass(one):
        fields = dataclasses.fields(one)
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


MEANING = (
    "shape",
    "seats",
    "pins",
    "precedence",
    "tiers",
    "current",
    "stay_bonus",
    "pair_candidate",
    "pair_slot",
    "pair_score",
    "is_whole",
    "exponent",
    "read_resources",
    "read_quotas",
    "read_groups",
    "pilot_of_slot",
)


@given(full_problems())
def test_a_problem_that_is_written_and_read_is_the_same_problem(problem):
    text = to_text(problem_to_json(problem))
    back = parse_problem(text).problem
    for name in MEANING:
        one, other = getattr(problem, name), getattr(back, name)
        assert (one is None) == (other is None), name
        assert one is None or same(one, other), name
    codes = None if problem.codes is None else tuple(map(tuple, problem.codes))
    assert back.codes == codes
    if all(problem.shape):  # there are several ways to write nothing
        assert to_text(problem_to_json(back)) == text


class Table:
    """Scores that are worked out when asked."""

    shape, lowest, highest = (2, 2), 0, 9
    scores = np.array([[1, -(2**31)], [3, 4]], dtype=np.int32)

    def block(self, rows, columns):
        return self.scores[rows, columns]

    def rows(self, candidates):
        return self.scores[candidates]

    def columns(self, slots):
        return self.scores[:, slots]


def test_scores_that_are_worked_out_when_asked_are_written_pair_by_pair():
    data = problem_to_json(Problem(Table(), [1, 1]))
    assert data["pairs"] == [[0, 0, 1], [1, 0, 3], [1, 1, 4]]


def test_whole_scores_too_large_for_a_double_come_back_beside_a_refusal():
    text = f'{{"scores": [[{2**54 + 1}, null]], "seats": [1, 1]}}'
    assert parse_problem(text).problem.pair_score.tolist() == [2**54 + 1]


@given(problems(scores="floats") | problems())
def test_a_stored_plan_is_judged_as_on_the_day_it_was_made(problem):
    plan = solve(problem)
    back = parse_plan(to_text(plan_to_json(plan, problem)), problem)
    assert same(check(problem, back), check(problem, plan))
    assert plan_to_json(back, problem) == plan_to_json(plan, problem)


@settings(max_examples=30)
@given(full_problems())
def test_a_stored_plan_under_side_rules_is_judged_as_on_the_day_it_was_made(problem):
    tiers = () if problem.tiers is None else ("tiers",)
    plan = solve(problem, objective=("placed", *tiers, "score"))
    back = parse_plan(to_text(plan_to_json(plan, problem)), problem)
    assert same(check(problem, back), check(problem, plan))
    assert plan_to_json(back, problem) == plan_to_json(plan, problem)


def test_a_certificate_with_prices_of_side_rules_comes_back_whole():
    problem = Problem([[1, 2], [3, 4]], [1, 1], quotas=[Quota("floor", [0], [0], least=1)])
    multipliers = Multipliers(
        candidate_prices=np.array([1, 2]),
        place_price=-(2**70),
        resource_prices=(np.array([1, 0]), np.array([5])),
        least_prices=np.array([3]),
        most_prices=np.array([2**70], dtype=object),
        level_prices=(0, 4),
        open_prices=np.array([[1, 2]]),
        group_prices=(np.array([[1, -1], [-1, 1]]), np.array([7])),
        exponent=3,
    )
    plan = dataclasses.replace(
        solve(Problem([[1, 2], [3, 4]], [1, 1])),
        certificate=SideCertificate((None, multipliers)),
        levels=(
            Level("placed", 2, 2, SolveStatus.OPTIMAL),
            Level("tiers", 1, math.inf, SolveStatus.INTERRUPTED, detail=3),
            Level("moves", 1, -math.inf, SolveStatus.INTERRUPTED),
        ),
    )
    back = parse_plan(to_text(plan_to_json(plan)), problem)
    assert same(back.certificate, plan.certificate)
    assert back.levels == plan.levels


def test_files_are_written_and_read(tmp_path):
    problem = Problem([[7, 5], [9, NAN]], [1, 1], codes=(["K-1", "é"], ["S-1", "S-2"]))
    write_problem(tmp_path / "p.json", problem, objective=["score"], title="Monday")
    found = read_problem(tmp_path / "p.json")
    assert (found.objective, found.title) == (("score",), "Monday")
    plan = solve(found.problem)
    write_plan(tmp_path / "plan.json", plan, found.problem)
    assert check(found.problem, read_plan(tmp_path / "plan.json", found.problem)).ok
    stored = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert stored["placements"] == {"K-1": "S-2", "é": "S-1"}


# Ways to write it


def test_candidates_and_slots_go_by_code_everywhere():
    data = {
        "candidates": ["K-1", "K-2", "K-3"],
        "slots": ["S-1", "S-2"],
        "seats": {"S-2": 1, "S-1": 2},
        "pilots": {"S-1": "east", "S-2": "west"},
        "scores": [
            {"candidate": "K-1", "slot": "S-1", "score": 5},
            {"candidate": "K-2", "slot": "S-2", "score": 7.5},
            {"candidate": "K-3", "slot": "S-2", "score": None},
        ],
        "pins": {"K-2": "S-2"},
        "current": {"K-1": "S-1"},
        "stayBonus": 3,
        "tiers": {"K-1": 0, "K-2": 1, "K-3": 1},
        "precedence": {"K-3": 12},
        "resources": [
            {"name": "coach", "demand": {"K-1": 1.5}, "supply": {"S-2": 4}, "slots": ["S-2"]},
            {"name": "room", "demand": 1, "supply": None},
            {"name": "desk", "pairs": [["K-1", "S-2", 2]], "supply": [1, None]},
        ],
        "quotas": [{"name": "floor", "slots": ["S-1"], "least": 1, "ifOpen": True}],
        "groups": [{"name": "friends", "candidates": ["K-1", "K-3"], "within": "pilot"}],
    }
    problem = problem_from_json(data).problem
    assert problem.seats.tolist() == [2, 1]
    assert problem.pins.tolist() == [-1, 1, -1]
    assert problem.current.tolist() == [0, -1, -1]
    assert problem.tiers.tolist() == [0, 1, 1]
    assert problem.precedence.tolist() == [0, 0, 12]
    assert problem.pair_score.tolist() == [5.0, 7.5]
    coach, room, desk = problem.read_resources
    assert coach.demand.tolist() == [1500, 0, 0]
    assert (coach.supply.tolist(), coach.slots.tolist()) == ([0, 4000], [False, True])
    assert (room.shared, room.demand.tolist()) == (True, [1000, 1000, 1000])
    assert desk.demand.toarray().tolist() == [[0, 2000], [0, 0], [0, 0]]
    [quota] = problem.read_quotas
    assert (quota.candidates.tolist(), quota.slots.tolist()) == ([True] * 3, [True, False])
    assert (quota.least, quota.if_open) == (1, True)
    assert problem.read_groups[0].candidates.tolist() == [0, 2]


def test_without_codes_positions_do_and_the_table_says_how_many_there_are():
    problem = parse_problem('{"scores": [[1, null], [2, 3]], "seats": 1, "pins": {"1": 1}}').problem
    assert problem.shape == (2, 2)
    assert problem.pins.tolist() == [-1, 1]
    assert problem.seats.tolist() == [1, 1]


def test_an_empty_problem_is_a_problem():
    assert parse_problem(
        '{"candidates": 0, "slots": 2, "scores": [], "seats": 1}'
    ).problem.shape == (
        0,
        2,
    )
    assert parse_problem(
        '{"candidates": 2, "slots": 0, "pairs": [], "seats": []}'
    ).problem.shape == (
        2,
        0,
    )


def test_a_plan_written_by_hand_needs_only_to_say_who_goes_where():
    problem = Problem([[7, 5], [9, NAN]], [1, 1], codes=(["K-1", "K-2"], ["S-1", "S-2"]))
    plan = parse_plan('{"placements": {"K-1": "S-2", "K-2": "S-1"}}', problem)
    found = check(problem, plan)
    assert (plan.placed, plan.score, found.feasible, found.proof) == (2, 14, True, "claimed")
    alone = parse_plan('{"placements": {"K-1": "S-1"}}', problem)
    assert (alone.slots.tolist(), alone.score) == ([0, -1], 7)


def test_a_plan_outside_the_problem_is_read_so_that_check_can_say_so():
    problem = Problem([[7, 5]], [1, 1])
    assert not check(problem, parse_plan('{"slots": [9]}', problem)).feasible


# What is wrong

BASE = {
    "candidates": ["K-1", "K-2"],
    "slots": ["S-1", "S-2"],
    "scores": [[1, 2], [3, None]],
    "seats": [1, 1],
}

BAD = {
    "unknown key": ({"seat": 1}, "file", None, "seats, perhaps?"),
    "no seats": ({"seats": None}, "seats", 0, "null"),
    "too few seats": ({"seats": [1]}, "seats", None, "accepted are 2"),
    "negative seats": ({"seats": [1, -1]}, "seats", 1, "whole numbers from 0"),
    "half a seat": ({"seats": [1, 0.5]}, "seats", 1, "is 0.5"),
    "yes as seats": ({"seats": [True, 1]}, "seats", 0, "is true"),
    "huge seats": ({"seats": [10**30, 1]}, "seats", 0, "beyond 64 bits"),
    "seats by unknown code": ({"seats": {"S-9": 1}}, "seats", None, "'S-9'"),
    "seats of some": ({"seats": {"S-1": 1}}, "seats", None, "needs also S-2"),
    "other codes": ({"candidates": ["K-1", "K-1"]}, "candidates", 1, "row 0"),
    "numbers as codes": ({"candidates": ["K-1", 2]}, "candidates", 1, "a text"),
    "codes on one side": ({"slots": 2}, "candidates and slots", None, "both"),
    "billions of candidates": ({"candidates": 10**10}, "candidates", None, "0 to 4000000"),
    "candidates of no kind": ({"candidates": "K-1"}, "candidates", None, "a list of codes"),
    "rows too few": ({"scores": [[1, 2]]}, "scores", None, "has 1 rows"),
    "row too short": ({"scores": [[1, 2], [3]]}, "scores", 1, "has 1 values"),
    "text as score": ({"scores": [[1, "2"], [3, 4]]}, "scores", 0, "a text at slot 1"),
    "yes as score": ({"scores": [[1, 2], [True, 4]]}, "scores", 1, "true at slot 0"),
    "huge score": ({"scores": [[1, 2], [3, 10**30]]}, "scores", 1, "beyond 64 bits"),
    "too large beside fractions": (
        {"scores": [[1, 2.5], [3, 2**53 + 1]]},
        "scores",
        1,
        "fractions",
    ),
    "too large to be exact": ({"scores": [[1, 2], [3, 2**61]]}, "scores", 1, "too large"),
    "scores and pairs": ({"pairs": []}, "scores and pairs", None, "one of the two"),
    "neither": ({"scores": None}, "scores and pairs", None, "one of the two"),
    "pairs of two": ({"scores": None, "pairs": [["K-1", 2]]}, "pairs", 0, "is a list"),
    "pairs of nobody": (
        {"scores": None, "pairs": [["K-1", 1, 2], ["K-7", 1, 2]]},
        "pairs",
        1,
        "'K-7'",
    ),
    "pair twice": (
        {"scores": None, "pairs": [["K-1", 1, 2], [0, "S-2", 2]]},
        "pairs",
        1,
        "twice",
    ),
    "pair without a score": (
        {"scores": [{"candidate": 0, "slot": 1}]},
        "scores",
        0,
        "needs also score",
    ),
    "pair with a text": ({"scores": None, "pairs": [[0, 0, "7"]]}, "pairs", 0, "a text as score"),
    "pin of nobody": ({"pins": {"K-9": "S-1"}}, "pins", None, "'K-9'"),
    "pin to nowhere": ({"pins": ["S-1", 7]}, "pins", 1, "positions from 0 to 1"),
    "pin that is refused": ({"pins": [None, "S-2"]}, "pins", 1, "refuses"),
    "tiers left out": ({"tiers": {"K-1": 1}}, "tiers", None, "needs also K-2"),
    "tiers too high": ({"tiers": [0, 1001]}, "tiers", 1, "to 1000"),
    "bonus without current": ({"stayBonus": 1}, "stayBonus", None, "without current"),
    "bonus of a half": ({"stayBonus": 0.5}, "stayBonus", None, "whole numbers"),
    "pilots too few": ({"pilots": ["a"]}, "pilots", None, "accepted are 2"),
    "pilot of null": ({"pilots": ["a", None]}, "pilots", 1, "a label"),
    "objective unknown": ({"objective": ["cheapest"]}, "objective", None, "placed"),
    "objective of numbers": ({"objective": 3}, "objective", None, "a list"),
    "title of numbers": ({"title": 3}, "title", None, "a text"),
    "another version": ({"version": 2}, "version", None, "accepted is 1"),
    "resources of no kind": ({"resources": {}}, "resources", None, "a list"),
    "resource of no kind": ({"resources": [3]}, "resources[0]", None, "an object"),
    "group within a pilot": (
        {"groups": [{"name": "x", "candidates": [0, 1], "within": "pilot"}]},
        "groups[0].within",
        None,
        "no pilots",
    ),
    "group of one": (
        {"groups": [{"name": "x", "candidates": [0]}]},
        "groups[0].candidates",
        None,
        "two",
    ),
}


@pytest.mark.parametrize(("change", "field", "row", "word"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_told_with_field_row_and_what_is_accepted(change, field, row, word):
    with pytest.raises(FileError) as caught:
        problem_from_json(BASE | change)
    assert (caught.value.field, caught.value.row) == (field, row)
    assert word in str(caught.value)


def resource(**change):
    return {"resources": [{"name": "hours", "demand": [1, 1], "supply": 3} | change]}


BAD_RULES = {
    "resource without a name": (resource(name=" "), "resources[0].name", None, "a name"),
    "demand too short": (resource(demand=[1]), "resources[0].demand", None, "accepted are 2"),
    "demand below 0": (resource(demand=[1, -1]), "resources[0].demand", 1, "from 0"),
    "demand unknown": (resource(demand=[[1, None], [1, 1]]), "resources[0].demand", 0, "null"),
    "demand below nothing": (resource(demand=[1, -0.0001]), "resources[0].demand", 1, "from 0"),
    "supply of a text": (resource(supply="x"), "resources[0].supply", None, "a text"),
    "supply of some": (resource(supply={"S-1": 2}), "resources[0].supply", None, "S-2"),
    "supply of drawing slots": (
        resource(supply={"S-2": 2}, slots=["S-1"]),
        "resources[0].supply",
        None,
        "needs also S-1",
    ),
    "resource key": (resource(suply=3), "resources[0]", None, "supply, perhaps?"),
    "demand twice": (resource(pairs=[]), "resources[0].demand and resources[0].pairs", None, "one"),
    "quota of nobody known": (
        {"quotas": [{"name": "q", "candidates": ["K-1", "K-8"]}]},
        "quotas[0].candidates",
        1,
        "'K-8'",
    ),
    "quota names one twice": (
        {"quotas": [{"name": "q", "slots": ["S-1", 0]}]},
        "quotas[0].slots",
        1,
        "again",
    ),
    "quota below 0": ({"quotas": [{"name": "q", "least": -1}]}, "quotas[0].least", None, "from 0"),
    "quota most below least": (
        {"quotas": [{"name": "q", "least": 2, "most": 1}]},
        "quotas[0].most",
        None,
        "least",
    ),
    "quota maybe": ({"quotas": [{"name": "q", "ifOpen": 1}]}, "quotas[0].ifOpen", None, "true"),
    "group within a town": (
        {"groups": [{"name": "g", "candidates": [0, 1], "within": "town"}]},
        "groups[0].within",
        None,
        "'pilot'",
    ),
    "group of everybody unsaid": (
        {"groups": [{"name": "g"}]},
        "groups[0].candidates",
        None,
        "missing",
    ),
}


@pytest.mark.parametrize(("change", "field", "row", "word"), BAD_RULES.values(), ids=BAD_RULES)
def test_a_wrong_rule_is_told_with_field_row_and_what_is_accepted(change, field, row, word):
    test_what_is_wrong_is_told_with_field_row_and_what_is_accepted(change, field, row, word)


def test_all_faults_are_told_at_once():
    data = BASE | {"seats": [1, -1], "scores": [[1, "x"], [3, None]], "tiers": [0, -1], "title": 1}
    with pytest.raises(FileError) as caught:
        problem_from_json(data)
    assert [(one.field, one.row) for one in caught.value.faults] == [
        ("title", None),
        ("scores", 0),
        ("seats", 1),
        ("tiers", 1),
    ]
    assert str(caught.value).count("\n") == 3


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted():
    with pytest.raises(FileError) as caught:
        problem_from_json({"candidates": 200, "slots": 1, "scores": [["x"]] * 200, "seats": 1})
    assert len(caught.value.faults) == 51
    assert "and 150 faults more" in str(caught.value)


NO_JSON = {
    "a comma too many": ('{\n  "seats": [1,]\n}', "line 2, column 15"),
    "nothing": ("", "line 1, column 1"),
    "a key twice": ('{"seats": 1, "seats": 2, "scores": [[1]]}', "seats more than once"),
    "NaN": ('{"scores": [[NaN]], "seats": 1}', "scores[0]: NaN"),
    "Infinity": ('{"scores": [[1]], "seats": -Infinity}', "seats[0]: is -Infinity"),
    "too large for a number": ('{"scores": [[1e999]], "seats": 1}', "scores[0]: infinite"),
    "thousands of digits": ('{"scores": [[%s]], "seats": 1}' % ("9" * 5000), "too many digits"),
    "nested deeply": ("[" * 100_000, "too deeply"),
    "a list": ("[]", "is a list; accepted is an object"),
}


@pytest.mark.parametrize(("text", "word"), NO_JSON.values(), ids=NO_JSON)
def test_wrong_json_is_told_with_its_place(text, word):
    with pytest.raises(FileError) as caught:
        parse_problem(text)
    assert word in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_told_by_name(tmp_path):
    with pytest.raises(FileError, match=r"none\.json: cannot be read"):
        read_problem(tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match=r"bytes\.json: is not UTF-8"):
        read_problem(tmp_path / "bytes.json")


def test_a_byte_order_mark_is_passed_over(tmp_path):
    (tmp_path / "p.json").write_text('{"scores": [[1]], "seats": 1}', encoding="utf-8-sig")
    assert read_problem(tmp_path / "p.json").problem.shape == (1, 1)


HUGE_OR_SMALL = st.integers(-3, 9) | st.integers(10**8) | st.integers(max_value=-1)
JSON = st.recursive(
    st.none() | st.booleans() | HUGE_OR_SMALL | st.floats() | st.sampled_from(["K-1", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["K-1", "name", "demand", "candidates", "slots"]), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.booleans())
def test_whatever_a_file_holds_it_is_read_or_refused_in_our_own_words(data, on_base):
    with contextlib.suppress(FileError):
        problem_from_json(BASE | data if on_base else data)


BAD_PLANS = {
    "nothing": ({}, "placements and slots", None, "one of the two"),
    "no object": ([], "plan", None, "an object"),
    "unknown key": ({"slots": [0, 0], "scor": 1}, "plan", None, "score, perhaps?"),
    "too short": ({"slots": [0]}, "slots", None, "accepted are 2"),
    "a half": ({"slots": [0, 0.5]}, "slots", 1, "0.5"),
    "nobody known": ({"placements": {"K-9": "S-1"}}, "placements", None, "'K-9'"),
    "nowhere known": ({"placements": {"K-1": "S-9"}}, "placements", 0, "'S-9'"),
    "two answers": ({"placements": {"K-1": "S-1"}, "slots": [1, -1]}, "slots", 0, "another"),
    "status unknown": ({"slots": [0, 1], "status": "best"}, "status", None, "optimal"),
    "a text as score": ({"slots": [0, 1], "score": "7"}, "score", None, "a text"),
    "prices of text": ({"slots": [0, 1], "prices": ["1"]}, "prices", 0, "a text"),
    "no objective": ({"slots": [0, 1], "objective": 3}, "objective", None, "a list"),
    "levels of no kind": ({"slots": [0, 1], "levels": [3]}, "levels[0]", None, "an object"),
    "level without value": (
        {"slots": [0, 1], "levels": [{"name": "score", "status": "optimal"}]},
        "levels[0].value",
        None,
        "null",
    ),
    "certificate of no kind": ({"slots": [0, 1], "certificate": 3}, "certificate", None, "object"),
    "certificate with a text": (
        {"slots": [0, 1], "certificate": {"prices": ["1"], "placePrice": 0}},
        "certificate.prices",
        0,
        "whole numbers",
    ),
    "cover of nobody": (
        {"slots": [0, 1], "certificate": {"prices": [], "placePrice": 0, "coverSlots": [7]}},
        "certificate.coverSlots",
        0,
        "from 0 to 1",
    ),
    "ragged prices": (
        {"slots": [0, 1], "certificate": {"levels": [{"placePrice": 1, "openPrices": [[1], []]}]}},
        "certificate.levels[0].openPrices",
        None,
        "different lengths",
    ),
}


@pytest.mark.parametrize(("data", "field", "row", "word"), BAD_PLANS.values(), ids=BAD_PLANS)
def test_what_is_wrong_in_a_plan_is_told_with_field_and_row(data, field, row, word):
    problem = Problem([[1, 2], [3, 4]], [1, 1], codes=(["K-1", "K-2"], ["S-1", "S-2"]))
    with pytest.raises(FileError) as caught:
        plan_from_json(data, problem)
    assert (caught.value.field, caught.value.row) == (field, row)
    assert word in str(caught.value)
