"""Published layouts are read as they are found: lines end anywhere, and faults name their line."""

import contextlib
import itertools
import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import FileError, MatchingError, blocking_pairs, check, solve, solve_stable
from matching.layouts.nearest import nearest_layout
from matching.layouts.published import (
    LAYOUTS,
    PROBLEM_FILE,
    layout_of,
    read_assignment,
    read_generalised_assignment,
    read_preferences,
    read_published,
)


def write(tmp_path, text, name="file.txt"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def ragged(numbers, seed=0) -> str:
    """Put numbers on lines of any length, with any blanks between."""
    chance = random.Random(seed)
    blanks = [" ", "  ", "\t", "\n", " \r\n", "\n\n"]
    return "".join(f"{one}{chance.choice(blanks)}" for one in numbers) + "\n \r\n"


def flat(rows):
    return itertools.chain.from_iterable(rows)


# Assignment

COSTS = [[7, 5, 9], [2, 8, 3], [6, 4, 1]]
LOWEST, HIGHEST = 8, 23


def best_assignment(costs, best):
    n = len(costs)
    return best(
        sum(costs[i][j] for i, j in enumerate(order)) for order in itertools.permutations(range(n))
    )


def test_the_example_has_the_optima_that_trying_everything_finds():
    assert (best_assignment(COSTS, min), best_assignment(COSTS, max)) == (LOWEST, HIGHEST)


@pytest.mark.parametrize("seed", range(5))
def test_an_assignment_problem_solves_to_its_lowest_cost_wherever_lines_end(seed):
    instance = read_assignment(ragged([3, *flat(COSTS)], seed))
    plan = solve(instance.problem, objective=instance.objective)
    assert instance.cost(plan) == LOWEST
    assert check(instance.problem, plan).proof == "proven"


def test_an_assignment_problem_can_be_maximised():
    instance = read_assignment(ragged([3, *flat(COSTS)]), maximise=True)
    assert instance.cost(solve(instance.problem)) == HIGHEST


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.integers(-9, 99), min_size=n * n, max_size=n * n)
    )
)
def test_any_assignment_problem_solves_to_what_trying_everything_finds(costs):
    n = round(len(costs) ** 0.5)
    instance = read_assignment(ragged([n, *costs]))
    rows = [costs[k * n : (k + 1) * n] for k in range(n)]
    assert instance.cost(solve(instance.problem)) == best_assignment(rows, min)


@pytest.mark.parametrize("shifts", [(1, 1), (0, 0), (1, 4)])
def test_the_sparse_form_is_read_however_it_counts(shifts):
    """Leave out the pair of the best plan, so that the next best has to be found."""
    pairs = [
        f"{i + shifts[0]} {j + shifts[1]} {COSTS[i][j]}"
        for i in range(3)
        for j in range(3)
        if (i, j) not in ((0, 1), (2, 0))
    ]
    instance = read_assignment("3\n" + "\n".join(pairs))
    assert instance.cost(solve(instance.problem)) == 7 + 3 + 4
    assert instance.problem.pair_score.shape == (7,)


def test_lines_of_three_numbers_are_pairs_even_when_their_count_is_that_of_a_table():
    """Six items and twelve pairs make 36 numbers, as a table of six by six does."""
    pairs = [(i, i, 5) for i in range(1, 7)] + [(i, i % 6 + 1, 1) for i in range(1, 7)]
    text = "6\n" + "\n".join(" ".join(map(str, pair)) for pair in pairs)
    instance = read_assignment(text)
    assert instance.problem.pair_score.shape == (12,)
    assert instance.cost(solve(instance.problem)) == 6


def test_marks_of_old_systems_at_either_end_are_passed_over():
    assert read_assignment("\ufeff1 5\r\n\x1a").constant == 6
    assert read_preferences("\ufeff1 1\n1: 1\n1: 2: 1\n\x1a").seats.tolist() == [2]


def test_costs_with_decimals_are_read():
    instance = read_assignment("2  1.5 2.25  .5 1e1")
    assert instance.cost(solve(instance.problem)) == pytest.approx(2.75)


def test_a_plan_that_leaves_somebody_out_has_no_published_cost():
    instance = read_assignment("2  1 1 3  2 1 4")
    plan = solve(instance.problem)
    assert plan.placed == 1
    assert instance.cost(plan) is None


BAD_ASSIGNMENTS = {
    "nothing": ("", "line 1: ends where n"),
    "no size": ("x 1", "line 1: holds 'x'"),
    "size below 1": ("0", "line 1: holds 0"),
    "size with decimals": ("2.5 1 2", "line 1: holds 2.5"),
    "too few": ("2\n1 2\n3\n", "line 3: ends after 3 of 4"),
    "too many": ("2\n1 2\n3 4\n5\n6", "line 4: goes on after the 2 x 2 costs: 2 numbers"),
    "no number": ("2\n1 2\n3 four", "line 3: holds 'four'"),
    "not a number": ("2\n1 2\n3 nan", "line 3: holds 'nan'"),
    "an underscore": ("2\n1 2\n3 1_0", "line 3: holds '1_0'"),
    "very large": ("1 99999999999999999999", "line 1: holds '99999999999999999999'"),
    "beyond n": ("2\n1 1 5\n3 1 5", "line 3: holds 3; accepted are 1 to 2"),
    "pair twice": ("2\n1 1 5\n1 1 5", "line 3: holds a pair again"),
    "billions": ("9999999999\n1 1 5", "line 1: holds 9999999999; accepted as n are 1 to"),
}


@pytest.mark.parametrize(("text", "word"), BAD_ASSIGNMENTS.values(), ids=BAD_ASSIGNMENTS)
def test_a_wrong_assignment_file_is_told_with_its_line(text, word):
    with pytest.raises(FileError) as caught:
        read_assignment(text)
    assert word in str(caught.value)


# Generalised assignment


def gap_numbers(costs, resources, capacities):
    return [len(costs), len(costs[0]), *flat(costs), *flat(resources), *capacities]


SETS = [
    ([[3, 9, 4], [8, 2, 6]], [[5, 6, 4], [3, 7, 5]], [9, 8]),
    ([[1, 2], [4, 8], [5, 5]], [[1, 1], [1, 1], [9, 9]], [1, 1, 8]),
]


def best_gap(costs, resources, capacities, best):
    agents, jobs = len(costs), len(costs[0])
    values = []
    for plan in itertools.product(range(agents), repeat=jobs):
        drawn = [sum(resources[i][j] for j in range(jobs) if plan[j] == i) for i in range(agents)]
        if all(used <= room for used, room in zip(drawn, capacities, strict=True)):
            values.append(sum(costs[i][j] for j, i in enumerate(plan)))
    return best(values)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("maximise", [False, True])
def test_each_problem_set_solves_to_what_trying_everything_finds(seed, maximise):
    numbers = [len(SETS), *(x for one in SETS for x in gap_numbers(*one))]
    instances = read_generalised_assignment(ragged(numbers, seed), name="g", maximise=maximise)
    assert [one.name for one in instances] == ["g-1", "g-2"]
    for instance, one in zip(instances, SETS, strict=True):
        plan = solve(instance.problem, objective=instance.objective)
        assert instance.cost(plan) == best_gap(*one, max if maximise else min)
        assert check(instance.problem, plan).feasible


def test_one_problem_set_may_leave_out_their_number():
    [instance] = read_generalised_assignment(ragged(gap_numbers(*SETS[0])), name="c0203")
    assert instance.name == "c0203"
    assert instance.cost(solve(instance.problem)) == best_gap(*SETS[0], min)


def test_the_best_value_that_some_copies_give_after_each_set_is_passed_over():
    numbers = [2, *gap_numbers(*SETS[0]), 12, *gap_numbers(*SETS[1]), 9]
    instances = read_generalised_assignment(ragged(numbers))
    assert [i.problem.shape for i in instances] == [(3, 2), (2, 3)]


def test_sets_of_files_that_are_published_as_maxima_are_maximised(tmp_path):
    text = ragged([2, *gap_numbers(*SETS[0]), *gap_numbers(*SETS[1])])
    for name, maximise in (
        ("gap12.txt", True),
        ("gap1", True),
        ("gapa.txt", False),
        ("gap13", False),
    ):
        read = read_published(write(tmp_path, text, name))
        assert [one.maximise for one in read] == [maximise] * 2
    assert not read_published(tmp_path / "gap1", maximise=False)[0].maximise
    alone = write(tmp_path, ragged(gap_numbers(*SETS[0])), "gap2")
    assert not read_published(alone)[0].maximise


BAD_GAPS = {
    "nothing": ("", "ends where"),
    "cut off": ("2\n1 2\n3 4\n5 6\n7\n1 2\n3", "line 7: ends in problem set 2; it needs 5 numbers"),
    "cut off, one set": ("1 2\n3 4\n5", "line 3: ends in problem set 1; it needs 5 numbers"),
    "too many": ("1\n1 1\n3\n4\n5\n6 7", "line 6: goes on after 1 problem sets"),
    "agents none": ("1\n0 2\n", "holds 0; accepted as m"),
    "resource too fine": (
        "1 1\n3\n.0004\n5",
        "line 3: holds .0004; accepted are numbers from 0 with",
    ),
    "resource below 0": ("1 1\n3\n-4\n5", "line 3: holds -4; accepted are numbers from 0"),
    "letters": ("1 1\n3\nfour\n5", "line 3: holds 'four'"),
}


@pytest.mark.parametrize(("text", "word"), BAD_GAPS.values(), ids=BAD_GAPS)
def test_a_wrong_generalised_assignment_file_is_told_with_its_line(text, word):
    with pytest.raises(FileError) as caught:
        read_generalised_assignment(text)
    assert word in str(caught.value)


# Hospitals and residents

IRVING = """3 2

Ann : North South
Bob : North
Cleo: South North
North : 1 : Bob Cleo Ann
South : 2 : Ann
"""
PLAIN = "3 2\n1 1 2\n2 1\n3 2 1\n1 1 2 3 1\n2 2 1\n"
GLASGOW = "0\n3\n2\n1   1 2\n2   1\n3   2 1\n1  1  2 3 1\n2  2  1\n"
COUPLES_NONE = "3\n0\n2\n1: 1 2\n2: 1\n3: 2 1\n1: 1: 2 3 1\n2: 2: 1\n"
TWO_LINES = "3\n2\n1: 1 2\n2: 1\n3: 2 1\n1: 1: 2 3 1\n2: 2: 1\n"
POSTS_BEFORE = "3 2\n1: 1 2\n2: 1\n3: 2 1\n1 1: 2 3 1\n2 2: 1\n"
CONTINUED = "3 2\n1: 1\n 2\n2: 1\n3: 2 1\n1: 1: 2 3\n1\n2: 2: 1\n"
HOW_MADE = "3\n2\n0\n3\n1\n2\ntrue\n3\n3\n\n1 1 2\n2 1\n3 2 1\n1 1 2 3 1\n2 2 1\n"
AS_JSON = json.dumps(
    {
        "residents": {"1": ["1", "2"], "2": [1], "3": [2, 1]},
        "hospitals": {
            "1": {"capacity": 1, "preferences": [2, 3, 1]},
            "2": {"capacity": 2, "preferences": [1]},
        },
    }
)
SAME = {
    "Irving": IRVING,
    "plain": PLAIN,
    "Glasgow": GLASGOW,
    "without couples": COUPLES_NONE,
    "two lines in front": TWO_LINES,
    "posts before the colon": POSTS_BEFORE,
    "lists over several lines": CONTINUED,
    "with how it was made": HOW_MADE,
    "JSON": AS_JSON,
    "carriage returns": IRVING.replace("\n", " \r\n"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_the_same_wishes_are_read_from_each_layout(text, tmp_path):
    [found] = read_published(write(tmp_path, text))
    nan = np.nan
    assert np.array_equal(found.candidate_scores, [[2, 1], [2, nan], [1, 2]], equal_nan=True)
    assert np.array_equal(found.slot_scores, [[1, 3], [3, nan], [2, nan]], equal_nan=True)
    assert found.seats.tolist() == [1, 2]
    assert not found.has_ties
    assert found.notes == ("1 pairs stand on one list only and cannot be chosen",)
    plan = solve_stable(found.candidate_scores, found.slot_scores, found.seats)
    assert plan.slots.tolist() == [1, 0, -1]


def test_names_are_kept_as_codes():
    assert read_preferences(IRVING).codes == (("Ann", "Bob", "Cleo"), ("North", "South"))


@pytest.mark.parametrize("brackets", ["()", "[]", "{}"])
def test_those_between_brackets_are_tied(brackets):
    before, after = brackets
    found = read_preferences(f"3 1\n1: 1\n2: 1\n3: 1\n1: 2: {before}1, 3{after} 2\n")
    assert found.slot_scores.tolist() == [[3], [2], [3]]
    assert found.has_ties


def test_a_marriage_has_one_seat_for_each():
    text = "2 2\n1: 2 1\n2: 1 2\n1: 1 2\n2: 1 2\n"
    found = read_preferences(text)
    assert found.seats.tolist() == [1, 1]
    assert found.candidate_scores.tolist() == [[1, 2], [2, 1]]


def test_a_line_that_could_have_posts_in_front_is_read_as_the_lists_agree_best():
    married = "3 3\n1 1 2 3\n2 2 3 1\n3 3 1 2\n1 2 3 1\n2 3 1 2\n3 1 2 3\n"
    assert read_preferences(married).seats.tolist() == [1, 1, 1]
    assert read_preferences(PLAIN).seats.tolist() == [1, 2]


def test_a_line_that_can_be_read_both_ways_goes_by_the_layout_that_was_named():
    both = "2 1\n1 1\n2 1\n1 1 2\n"
    assert read_preferences(both, layout="stable-marriage").seats.tolist() == [1]
    married = read_preferences(both, layout="stable-marriage").slot_scores
    assert married.tolist() == [[2], [1]]


BAD_LISTS = {
    "nothing": ("", "line 1: begins otherwise"),
    "no numbers in front": ("Ann : North\nNorth : 1 : Ann", "line 1: begins otherwise"),
    "lines too few": ("2 1\n1: 1\n1: 1: 1", "line 1: announces 2 residents and 1 hospitals"),
    "couples": ("1\n1\n1\n1 1\n2 3 1 1\n1 1 1", "line 2: announces 1 couples"),
    "unknown hospital": ("1 1\n1: 7\n1: 1: 1", "line 2: names '7', who has no list"),
    "unknown resident": ("1 1\n1: 1\n1: 1: 9", "line 3: names '9', who has no list"),
    "twice on a list": ("1 1\n1: 1 1\n1: 1: 1", "line 2: names '1' twice"),
    "two lists": ("2 1\n1: 1\n1: 1\n1: 1: 1", "line 3: is a second list of '1'"),
    "posts in words": ("1 1\n1: 1\n1: two: 1", "line 3: has 'two' posts"),
    "posts below 0": ("1 1\n1: 1\n1: -1: 1", "line 3: has '-1' posts"),
    "bracket left open": ("1 1\n1: (1\n1: 1: 1", "line 2: opens a bracket and does not"),
    "bracket not opened": ("1 1\n1: 1)\n1: 1: 1", "line 2: closes a bracket"),
    "bracket in bracket": ("1 1\n1: ((1))\n1: 1: 1", "line 2: opens a bracket within"),
    "JSON without hospitals": ('{"residents": {}}', "file: needs an object with lists"),
    "JSON with a text": (
        '{"men": {"a": "x"}, "women": {"x": {"capacity": "1", "preferences": []}}}',
        "men.a: is a text",
    ),
    "JSON with posts in words": (
        '{"men": {"a": ["x"]}, "women": {"x": {"capacity": "1", "preferences": []}}}',
        "women.x.capacity: is a text",
    ),
}


@pytest.mark.parametrize(("text", "word"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_wrong_lists_are_told_with_their_line(text, word):
    with pytest.raises(FileError) as caught:
        read_preferences(text)
    assert word in str(caught.value)


def test_all_faults_of_lists_are_told_at_once():
    with pytest.raises(FileError) as caught:
        read_preferences("1 2\n1: 1\n1: x: 1\n2: 1: 9")
    assert [fault.field for fault in caught.value.faults] == ["line 3", "line 4"]


@given(st.permutations(["1", "2", "3"]), st.permutations(["1", "2", "3"]), st.integers(0, 2))
def test_whatever_is_read_solves_to_a_stable_plan(wishes, wanted, posts):
    people = "".join(f"{i}: {' '.join(wishes[:i])}\n" for i in (1, 2, 3))
    places = "".join(f"{j}: {posts}: {' '.join(wanted)}\n" for j in (1, 2, 3))
    found = read_preferences(f"3 3\n{people}{places}")
    sides = (found.candidate_scores, found.slot_scores, found.seats)
    assert blocking_pairs(*sides, solve_stable(*sides)) == []


# CSV


def folder(tmp_path, **files):
    for name, text in files.items():
        write(tmp_path, text, f"{name}.csv")
    return tmp_path


CANDIDATES = "candidate_id\nC1\nC2\nC3\n"
PLACEMENTS = "placement_id,support_capacity_hours\nP1,9\nP2,8\n"
PAIRS = """candidate_id,placement_id,eligible,cost,score,support_hours
C1,P1,1,3,7,5
C1,P2,1,8,2,3
C2,P1,1,9,1,6
C2,P2,1,2,8,7
C3,P1,1,4,6,4
C3,P2,1,6,4,5
"""


def test_a_folder_of_csv_files_is_a_problem_with_shared_hours(tmp_path):
    path = folder(tmp_path, candidates=CANDIDATES, placements=PLACEMENTS, pairs=PAIRS)
    [instance] = read_published(path)
    assert (instance.constant, instance.problem.seats.tolist()) == (10, [3, 3])
    assert [one.name for one in instance.problem.read_resources] == ["support_hours"]
    assert instance.cost(solve(instance.problem)) == best_gap(*SETS[0], min)
    [most] = read_published(path, maximise=True)
    assert most.cost(solve(most.problem)) == best_gap(*SETS[0], max)


def test_hours_may_be_a_column_of_candidates_and_seats_a_column_of_placements(tmp_path):
    path = folder(
        tmp_path,
        candidates="candidate_id;coach_hours;town\nC1;1,5;x\nC2;2;y\n",
        placements="placement_id;capacity;coach_capacity_hours\nP1;2;3,5\n",
        pairs="candidate_id;placement_id;score\nC1;P1;7,5\nC2;P1;8\n",
    )
    [instance] = read_published(path)
    assert instance.problem.seats.tolist() == [2]
    assert instance.problem.read_resources[0].demand.tolist() == [1500, 2000]
    assert solve(instance.problem).score == 15.5
    assert instance.constant is None
    assert instance.notes == ("columns that are not read: candidates.csv: town",)


def test_pairs_that_are_not_eligible_are_refused(tmp_path):
    pairs = "candidate_id,placement_id,eligible,cost\nC1,P1,1,5\nC1,P2,0,\nC2,P1,yes,3\nC2,P2,No,\n"
    path = folder(
        tmp_path,
        candidates="candidate_id\nC1\nC2\n",
        placements="placement_id,capacity\nP1,1\nP2,1\n",
        pairs=pairs,
    )
    [instance] = read_published(path)
    assert solve(instance.problem).slots.tolist() == [-1, 0]


def test_one_file_of_pairs_is_an_assignment_problem(tmp_path):
    text = "row,col,cost\n10,0,5\n2,0,1\n2,1,4\n10,1,9\n"
    [instance] = read_published(write(tmp_path, text, "costs.csv"))
    assert instance.problem.codes == (("2", "10"), ("0", "1"))
    assert instance.cost(solve(instance.problem)) == 9


BAD_TABLES = {
    "no pairs": ({"pairs": None}, "needs a file pairs.csv"),
    "code twice": (
        {"candidates": "candidate_id\nC1\nC1\n"},
        "candidates.csv, line 3, candidate_id",
    ),
    "code blank": (
        {"candidates": "candidate_id,x\nC1,1\n,2\nC2,1\nC3,1\n"},
        "candidates.csv, line 3, candidate_id: is blank",
    ),
    "no codes": ({"candidates": "name\nC1\n"}, "candidates.csv, heading: needs a column"),
    "seats in words": (
        {"placements": "placement_id,capacity\nP1,two\nP2,1\n"},
        "placements.csv, line 2, capacity: is no number",
    ),
    "half a seat": (
        {"placements": "placement_id,capacity\nP1,0.5\nP2,1\n"},
        "placements.csv, line 2, capacity: accepted are whole numbers",
    ),
    "hours that nobody draws": (
        {"placements": "placement_id,bus_capacity_trips\nP1,1\nP2,1\n"},
        "neither pairs nor candidates have a column bus_trips",
    ),
    "unknown placement": ({"pairs": PAIRS + "C1,P9,1,1,9,1\n"}, "pairs.csv, line 8, placement_id"),
    "pair twice": ({"pairs": PAIRS + "C1,P1,1,1,9,1\n"}, "pairs.csv, line 8: holds a pair again"),
    "cost in words": (
        {"pairs": PAIRS.replace("C1,P1,1,3", "C1,P1,1,x")},
        "pairs.csv, line 2, cost: is no number",
    ),
    "eligible perhaps": (
        {"pairs": PAIRS.replace("C1,P1,1", "C1,P1,perhaps")},
        "pairs.csv, line 2, eligible: accepted are 1 and 0",
    ),
    "cells too few": (
        {"pairs": PAIRS + "C1,P1\n"},
        "pairs.csv, line 8: has 2 cells; accepted are 6",
    ),
    "column twice": ({"candidates": "candidate_id,candidate_id\n"}, "names a column twice"),
    "no cost": (
        {"pairs": "candidate_id,placement_id,support_hours\nC1,P1,1\n"},
        "needs a column cost or score",
    ),
}


@pytest.mark.parametrize(("change", "word"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_wrong_tables_are_told_with_file_line_and_column(change, word, tmp_path):
    files = {"candidates": CANDIDATES, "placements": PLACEMENTS, "pairs": PAIRS} | change
    path = folder(tmp_path, **{name: text for name, text in files.items() if text is not None})
    with pytest.raises(FileError) as caught:
        read_published(path)
    assert word in str(caught.value)


# Anything at all

WORDS = (
    "0 1 2 3 -1 1e9 99 .5 a : ( ) , ; # { } [ ] é candidate_id placement_id cost capacity row col"
)
SCRAPS = st.sampled_from(
    [*WORDS.split(), " ", " ", "\n", "\n", "\r\n", "\t", '"', "\x1a", '{"men": {}}']
)
TEXTS = st.lists(SCRAPS, max_size=30).map("".join) | st.text(max_size=30)


@given(TEXTS, st.sampled_from(LAYOUTS))
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_our_own_words(text, layout):
    with TemporaryDirectory() as place:
        path = Path(place) / "file.txt"
        path.write_bytes(text.encode("utf-8", errors="replace"))
        for how in (layout, None):
            with contextlib.suppress(MatchingError):
                read_published(path, how)


@given(st.tuples(TEXTS, TEXTS, TEXTS))
def test_whatever_stands_in_a_folder_it_is_read_or_refused_in_our_own_words(texts):
    headings = ("candidate_id\n", "placement_id,capacity\n", "candidate_id,placement_id,cost\n")
    names = ("candidates.csv", "placements.csv", "pairs.csv")
    with TemporaryDirectory() as place:
        for name, heading, text in zip(names, headings, texts, strict=True):
            (Path(place) / name).write_bytes((heading + text).encode("utf-8", errors="replace"))
        with contextlib.suppress(MatchingError):
            read_published(place)


# Which layout


def test_the_layout_is_found_by_the_content(tmp_path):
    gap = ragged([2, *gap_numbers(*SETS[0]), *gap_numbers(*SETS[1])])
    for text, layout in (
        (ragged([3, *flat(COSTS)]), "orlib-assignment"),
        (ragged([3, 1, 1, 5, 2, 2, 5, 3, 3, 5, 1, 2, 7]), "orlib-assignment"),
        ("3\n1 1 5\n2 2 5\n3 3 5\n1 2 7\n", "orlib-assignment"),
        (gap, "orlib-gap"),
        (ragged(gap_numbers(*SETS[0])), "orlib-gap"),
        (IRVING, "hospital-residents"),
        (PLAIN, "hospital-residents"),
        (AS_JSON, "hospital-residents"),
        ("row,col,cost\n0,0,5\n", "csv"),
        ('{"scores": [[1]], "seats": 1}', PROBLEM_FILE),
        (" \n[1]", PROBLEM_FILE),
    ):
        assert layout_of(write(tmp_path, text)) == layout
    assert layout_of(tmp_path) == "csv"


def test_what_can_be_read_in_two_layouts_is_not_guessed_at(tmp_path):
    """Read a table of five by five, or five problem sets of one agent and one job."""
    path = write(tmp_path, ragged([5, *([1, 1, 7, 2, 3] * 5)]))
    with pytest.raises(FileError, match="as orlib-assignment and as orlib-gap; say which"):
        layout_of(path)
    assert len(read_published(path, "orlib-gap")) == 5
    assert read_published(path, "orlib-assignment")[0].problem.shape == (5, 5)


def table(rows) -> str:
    return "\n".join(" ".join(map(str, row)) for row in rows) + "\n"


ONE_SET = [[2, 3], *SETS[0][0], *SETS[0][1], SETS[0][2]]
TWO_SETS = [[2], *ONE_SET, *ONE_SET]
FAULTY = {
    "cost in words": ("2\n1 2\n3 x\n", "orlib-assignment", "line 3: holds 'x'"),
    "cost unknown": ("2\n1 2\n3 nan\n", "orlib-assignment", "line 3: holds 'nan'"),
    "cost too few": ("3\n1 2 3\n4 5\n7 8 9\n", "orlib-assignment", "line 4: ends after 8 of 9"),
    "cost too many": ("2\n1 2\n3 4 5\n", "orlib-assignment", "line 3: goes on after"),
    "size in words": ("two\n1 2\n3 4\n", "orlib-assignment", "line 1: holds 'two'"),
    "pair in words": ("3\n1 1 5\n2 2 x\n3 3 5\n", "orlib-assignment", "line 3: holds 'x'"),
    "resource in words": (
        table(TWO_SETS).replace("3 7 5", "3 x 5"),
        "orlib-gap",
        "line 6: holds 'x'",
    ),
    "capacity too few": (table(TWO_SETS)[:-3], "orlib-gap", "line 13: ends in problem set 2"),
    "capacity too many, one set": (table([*ONE_SET, [7]]), "orlib-gap", "line 7: goes on after 1"),
    "unknown hospital": (
        IRVING.replace("Bob : North", "Bob : East"),
        "hospital-residents",
        "line 4: names 'East', who has no list; accepted are",
    ),
    "unknown hospital, by number": (
        PLAIN.replace("2 1\n3", "2 7\n3"),
        "hospital-residents",
        "line 3: names '7'",
    ),
    "posts below 0": (
        CONTINUED.replace("1: 1: 2 3", "1: -1: 2 3"),
        "hospital-residents",
        "line 6: has '-1' posts; accepted are whole numbers from 0",
    ),
    "posts below 0, by number": (
        PLAIN.replace("1 1 2 3 1", "1 -1 2 3 1"),
        "hospital-residents",
        "line 5: has '-1' posts",
    ),
    "lists of one side": (
        '{"residents": {"1": ["1"]}}',
        None,
        "file: needs an object with lists, by one of these names: placements",
    ),
    "table with other columns": ("a;b;cost\n1;2;3\n", "csv", "heading: needs a column candidate"),
    "nothing of JSON": ("null", "a problem file", "file: is null; accepted is an object"),
}


@pytest.mark.parametrize(("text", "layout", "word"), FAULTY.values(), ids=FAULTY)
def test_a_file_with_a_fault_is_told_by_the_layout_that_it_resembles(text, layout, word, tmp_path):
    with pytest.raises(FileError) as caught:
        read_published(write(tmp_path, text))
    told = str(caught.value)
    assert word in told.splitlines()[0]
    if layout:
        assert f"is told as {layout}, which it resembles most" in told
        assert "--layout" in told


@pytest.mark.parametrize("name", ["file.json", "file.csv", "file.txt"])
def test_an_empty_file_is_said_to_be_empty(name, tmp_path):
    for text in ("", " \n\n", "\ufeff\x1a"):
        with pytest.raises(FileError, match="is empty; accepted are a problem file"):
            read_published(write(tmp_path, text, name))


def test_the_ending_of_a_name_says_what_a_file_is_meant_as(tmp_path):
    with pytest.raises(FileError, match="told as a problem file"):
        read_published(write(tmp_path, "7", "file.json"))
    with pytest.raises(FileError, match="told as csv"):
        read_published(write(tmp_path, "who,what\n", "file.csv"))


def test_lists_with_a_fault_do_not_pass_for_sets_with_as_many_numbers(tmp_path):
    """There is no resident 9, and a set of two agents and three jobs has as many numbers."""
    text = "2 3\n1 1 2\n2 3\n1 1 1 9\n2 1 1\n3 1\n"
    with pytest.raises(FileError, match="as orlib-gap and as hospital-residents; say which"):
        read_published(write(tmp_path, text))


def test_one_number_before_pairs_is_their_size_and_two_are_not(tmp_path):
    rows = table([*ONE_SET[:-1], [9, 8, 7]])
    with pytest.raises(FileError, match="told as orlib-gap"):
        read_published(write(tmp_path, rows))


def test_of_many_words_that_are_no_numbers_the_first_are_named():
    with pytest.raises(FileError) as caught:
        read_assignment("4\n" + "x y z\n" * 5)
    assert len(caught.value.faults) == 11
    assert str(caught.value).endswith("and 5 faults more")


def broken_files():
    """Yield sound files in each layout with one number gone, doubled, or made a word."""
    chance = np.random.default_rng(7)
    for k in range(60):
        n = int(chance.integers(3, 9))
        square = [[n], *chance.integers(10, 99, (n, n)).tolist()]
        one_set = [[2, n], *chance.integers(10, 30, (4, n)).tolist(), [50, 60]]
        wishes = [[n, 2], *([f"{i + 1}:", 1, 2] for i in range(n))]
        wishes += [[f"{j + 1}:", f"{n}:", *range(1, n + 1)] for j in range(2)]
        for layout, rows in (
            ("orlib-assignment", square),
            ("orlib-gap", one_set),
            ("orlib-gap", [[3], *one_set, *one_set, *one_set]),
            ("hospital-residents", wishes),
        ):
            row = int(chance.integers(2, len(rows)))
            changed = list(rows[row])
            changed[-1:] = ([], ["x"], [changed[-1]] * 2)[k % 3]
            yield layout, table([*rows[:row], changed, *rows[row + 1 :]])


def test_whatever_is_broken_in_a_file_its_layout_is_recognised(tmp_path):
    guessed = []
    for layout, text in broken_files():
        path = write(tmp_path, text)
        with contextlib.suppress(FileError):
            layout_of(path)  # fewer wishes than there were are no fault
            continue
        guessed.append(nearest_layout(path, text) == layout)
    assert len(guessed) > 150
    assert np.mean(guessed) >= 0.97


def test_text_in_no_layout_says_which_there_are(tmp_path):
    with pytest.raises(FileError, match="orlib-gap"):
        layout_of(write(tmp_path, "Dear reader,\nthis is a letter.\n"))


def test_a_layout_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(FileError, match="accepted are orlib-assignment"):
        read_published(write(tmp_path, "1 1"), "excel")
