"""A problem is checked when it is built: what it refuses, and how it says so."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from matching import MatchingError, Problem, ProblemError, check, solve

NAN = np.nan


def twice(make) -> sparse.sparray:
    """Name the pair (1, 0) twice."""
    return make(sparse.coo_array(([1, 2, 3], ([0, 1, 1], [1, 0, 0])), shape=(2, 2)))


def unsummed_csr(entries: sparse.coo_array) -> sparse.csr_array:
    return sparse.csr_array(([1, 2, 3], [1, 0, 0], [0, 1, 3]), shape=entries.shape)


BAD_SCORES = {
    "one axis": ([1, 2], None, "(n_candidates, n_slots)"),
    "three axes": (np.zeros((1, 2, 1)), None, "(n_candidates, n_slots)"),
    "a single number": (5, None, "(n_candidates, n_slots)"),
    "one axis, sparse": (sparse.coo_array(np.ones(2)), None, "accepted are 2"),
    "infinity": ([[1, 2], [3, np.inf]], 1, "infinite"),
    "minus infinity": ([[-np.inf, 2], [3, 4]], 0, "infinite"),
    "infinity, sparse": (sparse.csr_array([[1, 0], [0, np.inf]]), 1, "infinite"),
    "rows of different lengths": ([[1, 2], [3]], None, "rows of different lengths"),
    "texts": ([["1", "2"], ["3", "4"]], None, "accepted are numbers"),
    "yes and no": ([[True, False], [False, True]], None, "accepted are numbers"),
    "complex numbers": ([[1j, 2], [3, 4]], None, "accepted are numbers"),
    "yes and no, sparse": (sparse.csr_array([[True, False]]), None, "accepted are numbers"),
    "too large for 64 bits": (np.full((2, 2), 2**63, dtype=np.uint64), None, "64-bit"),
    "beyond 64 bits": ([[2**70, 1], [1, 1]], 0, "too large"),
    "too large to be exact": ([[1.0, 2.0], [3.0, 2.0**60]], 1, "from -36028797018963967 to"),
    "too large to be added": ([[0.5, 2.0], [3.0, 1.7e308]], 1, "too large"),
    "a pair twice, coo": (twice(sparse.coo_array), 1, "twice"),
    "a pair twice, csr": (twice(unsummed_csr), 1, "twice"),
    "a pair twice, csc": (unsummed_csr(twice(sparse.coo_array)).T, 0, "twice"),
}


@pytest.mark.parametrize(("scores", "row", "word"), BAD_SCORES.values(), ids=BAD_SCORES)
def test_scores_that_make_no_problem_are_refused_with_field_and_row(scores, row, word):
    with pytest.raises(ProblemError) as caught:
        Problem(scores, seats=[1, 1])
    assert (caught.value.field, caught.value.row) == ("scores", row)
    assert word in str(caught.value)


BAD_SEATS = {
    "negative": ([1, -1], 1, "from 0"),
    "a fraction": ([0.5, 1], 0, "whole numbers"),
    "not a number": ([1, NAN], 1, "whole numbers"),
    "infinite": ([np.inf, 1], 0, "whole numbers"),
    "too few": ([1], None, "accepted is (2,)"),
    "too many": ([1, 1, 1], None, "accepted is (2,)"),
    "none": ([], None, "accepted is (2,)"),
    "a table": ([[1, 1]], None, "accepted is (2,)"),
    "yes and no": ([True, True], None, "whole numbers"),
    "texts": (["1", "1"], None, "whole numbers"),
    "blank": ([1, None], None, "whole numbers"),
    "ragged": ([[1], [1, 1]], None, "rows of different lengths"),
}


@pytest.mark.parametrize(("seats", "row", "word"), BAD_SEATS.values(), ids=BAD_SEATS)
def test_seats_that_make_no_problem_are_refused_with_field_and_row(seats, row, word):
    with pytest.raises(ProblemError) as caught:
        Problem([[1, 2], [3, 4]], seats=seats)
    assert (caught.value.field, caught.value.row) == ("seats", row)
    assert word in str(caught.value)


BAD_PINS = {
    "too few": ([0], None, "accepted is (3,)"),
    "beyond the last slot": ([-1, 2, -1], 1, "from -1 to 1"),
    "below none": ([-2, -1, -1], 0, "from -1 to 1"),
    "a fraction": ([-1, 0.5, -1], 1, "whole numbers"),
    "a refused pair": ([-1, -1, 1], 2, "refuses"),
    "more than the seats": ([0, 0, -1], 1, "1 seats"),
    "a slot without seats": ([-1, 1, -1], 1, "0 seats"),
    "yes and no": ([True, False, False], None, "whole numbers"),
}


@pytest.mark.parametrize(("pins", "row", "word"), BAD_PINS.values(), ids=BAD_PINS)
@pytest.mark.parametrize("sparsely", [False, True], ids=["array", "sparse"])
def test_pins_that_cannot_be_kept_are_refused_with_field_and_row(pins, row, word, sparsely):
    scores = np.array([[1, 2], [3, 4], [5, NAN]])
    with pytest.raises(ProblemError) as caught:
        Problem(sparse.csr_array(scores) if sparsely else scores, seats=[1, 0], pins=pins)
    assert (caught.value.field, caught.value.row) == ("pins", row)
    assert word in str(caught.value)


BAD_PRECEDENCE = {
    "negative": ([0, -1], 1),
    "a fraction": ([0.5, 0], 0),
    "not a number": ([0, NAN], 1),
    "beyond a thousand million": ([0, 10**9 + 1], 1),
    "too few": ([0], None),
}


@pytest.mark.parametrize(("precedence", "row"), BAD_PRECEDENCE.values(), ids=BAD_PRECEDENCE)
def test_precedence_out_of_range_is_refused_with_field_and_row(precedence, row):
    with pytest.raises(ProblemError) as caught:
        Problem([[1, 2], [3, 4]], [1, 1], precedence=precedence)
    assert (caught.value.field, caught.value.row) == ("precedence", row)


@pytest.mark.parametrize(
    "codes",
    [(["a", "a"], ["x", "y"]), (["a", "b"], ["x", "x"]), (["a"], ["x", "y"]), (["a", "b"], [])],
    ids=["a candidate twice", "a slot twice", "a candidate without", "slots without"],
)
def test_codes_that_do_not_tell_rows_apart_are_refused(codes):
    with pytest.raises(ProblemError, match="unique codes") as caught:
        Problem([[1, 2], [3, 4]], [1, 1], codes=codes)
    assert caught.value.field == "codes"


BAD_OBJECTIVES = {
    "no level": ("speed", "accepted are, each once: placed, tiers, score, moves, worst, leximin"),
    "nothing": ((), "accepted are, each once"),
    "numbers": ((1, 2), "accepted are, each once"),
    "a level twice": (("placed", "score", "placed"), "accepted are, each once"),
    "worst before placed": (("worst", "placed"), "has worst before placed"),
    "leximin alone": ("leximin", "has leximin before placed"),
    "tiers without any": (("tiers", "placed"), "names tiers, and the problem has none"),
    "moves without current": (("placed", "moves"), "names moves, and the problem has no current"),
}


@pytest.mark.parametrize(("objective", "word"), BAD_OBJECTIVES.values(), ids=BAD_OBJECTIVES)
def test_an_objective_that_nobody_solves_is_refused_by_name(objective, word):
    with pytest.raises(ProblemError, match=word) as caught:
        solve(Problem([[1]], [1]), objective=objective)
    assert caught.value.field == "objective"


def test_tiers_that_the_objective_does_not_name_are_not_taken_in_vain():
    with pytest.raises(ProblemError, match="names no tiers") as caught:
        solve(Problem([[1]], [1], tiers=[0]))
    assert caught.value.field == "objective"


@pytest.mark.parametrize("gap", [-0.1, 1.0, NAN], ids=str)
def test_a_gap_outside_0_to_1_is_refused(gap):
    with pytest.raises(ProblemError, match="from 0 to below 1") as caught:
        solve(Problem([[1]], [1]), gap=gap)
    assert caught.value.field == "gap"


@pytest.mark.parametrize("seconds", [-1.0, NAN], ids=str)
def test_a_time_limit_below_0_is_refused(seconds):
    with pytest.raises(ProblemError, match="seconds from 0") as caught:
        solve(Problem([[1]], [1]), time_limit=seconds)
    assert caught.value.field == "time_limit"


@pytest.mark.parametrize("seed", [-1, 0.5, True, "0", None], ids=str)
def test_a_seed_that_is_no_whole_number_from_0_is_refused(seed):
    with pytest.raises(ProblemError, match="whole numbers from 0") as caught:
        solve(Problem([[1]], [1]), seed=seed)
    assert caught.value.field == "seed"


def test_everything_that_is_refused_is_a_matching_error():
    with pytest.raises(MatchingError):
        Problem([[1]], seats=[-1])


# What a problem keeps


GIVEN = [[3.0, NAN], [0.0, 2.0]]
FORMATS = {
    "array": np.array,
    "csr": sparse.csr_array,
    "csc": sparse.csc_array,
    "coo": sparse.coo_array,
    "old csr": sparse.csr_matrix,
}


def arrays_in(scores) -> list[np.ndarray]:
    names = ("data", "indices", "indptr", "row", "col")
    if sparse.issparse(scores):
        return [getattr(scores, name) for name in names if hasattr(scores, name)]
    return [scores]


@pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)
def test_what_was_given_is_neither_changed_nor_frozen_nor_shared(make):
    scores, seats = make(GIVEN), np.array([1, 1])
    pins, precedence = np.array([-1, 1]), np.array([5, 6])
    given = [*arrays_in(scores), seats, pins, precedence]
    before = [array.tobytes() for array in given]
    problem = Problem(scores, seats, pins=pins, precedence=precedence)
    solve(problem)
    assert [array.tobytes() for array in given] == before
    assert all(array.flags.writeable for array in given)
    kept = [*arrays_in(problem.scores), problem.seats, problem.pins, problem.precedence]
    assert not any(np.shares_memory(ours, theirs) for ours in kept for theirs in given)


@pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)
def test_a_problem_cannot_be_written_to(make):
    problem = Problem(make(GIVEN), [1, 1], pins=[-1, 1], precedence=[5, 6])
    columns = [problem.seats, problem.pins, problem.precedence]
    pairs = [problem.pair_candidate, problem.pair_slot, problem.pair_score]
    for array in [*arrays_in(problem.scores), *columns, *pairs]:
        assert not array.flags.writeable


@pytest.mark.parametrize("make", FORMATS.values(), ids=FORMATS)
def test_nan_is_a_refusal_in_every_format(make):
    problem = Problem(make(GIVEN), [1, 1])
    assert not problem.is_eligible(0, 1)
    assert problem.is_eligible(1, 1)


def test_in_a_sparse_array_a_stored_zero_can_be_chosen_and_an_absent_pair_cannot():
    stored = sparse.coo_array(([0, 5], ([0, 1], [0, 0])), shape=(2, 2))
    problem = Problem(stored, seats=[2, 2])
    assert problem.is_eligible(0, 0)
    assert not problem.is_eligible(0, 1)
    assert solve(problem).slots.tolist() == [0, 0]


def test_the_zeros_of_a_diagonal_array_are_absent_and_not_twice():
    assert Problem(sparse.dia_array(np.diag([0.0, 1.0])), [1, 1]).is_eligible(1, 1)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int32", "float16", "float32", "longdouble"])
def test_scores_of_every_width_are_read_alike(kind):
    values = np.array([[100, 7], [8, 0]], dtype=kind)
    problem = Problem(values, [1, 1])
    assert problem.scores.dtype in (np.int64, np.float64)
    assert solve(problem).score == 100


@pytest.mark.parametrize("kind", ["float16", "float32", "longdouble"])
def test_fractions_of_every_width_are_proven_alike(kind):
    problem = Problem(np.array([[100.5, 7], [8, 0.25]], dtype=kind), [1, 1])
    plan = solve(problem)
    assert plan.score == 100.75
    assert check(problem, plan).proof == "proven"


@pytest.mark.parametrize(
    ("scores", "is_whole", "resolution"),
    [
        ([[1, 2]], True, 1.0),
        ([[1.0, NAN]], True, 1.0),
        ([[NAN, NAN]], True, 1.0),
        ([[0.5, 2]], False, 2.0**-30),
        ([[0.5, 2.0**40]], False, 2.0**-15),
    ],
    ids=str,
)
def test_whole_numbers_are_exact_and_others_have_a_resolution(scores, is_whole, resolution):
    problem = Problem(scores, [1, 1])
    assert (problem.is_whole, problem.resolution) == (is_whole, resolution)


def test_building_a_problem_never_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Problem([[NAN, 1], [2.5, NAN]], [1, 1], pins=[-1, 0], precedence=[0, 1])


@pytest.mark.parametrize("largest", [1e-9, 1e-200, 1e-305])
def test_small_scores_are_read_as_finely_as_large_ones(largest):
    scores = np.random.default_rng(0).random((12, 12)) * largest
    rows, columns = linear_sum_assignment(scores, maximize=True)
    plan = solve(Problem(scores, [1] * 12))
    assert plan.score == pytest.approx(scores[rows, columns].sum(), rel=1e-9)
    assert plan.bound == pytest.approx(plan.score, rel=1e-6)


def test_none_and_masked_entries_are_refused_pairs():
    assert solve(Problem([[1, None], [2, 3]], [1, 1])).slots.tolist() == [0, 1]
    masked = np.ma.masked_array([[1.0, 9.0]], [[False, True]])
    assert solve(Problem(masked, [1, 1])).slots.tolist() == [0]


def test_what_is_no_number_at_all_is_refused_with_its_row():
    with pytest.raises(ProblemError, match="holds object") as caught:
        Problem([[1, 2], [1, object()]], [1, 1])
    assert (caught.value.field, caught.value.row) == ("scores", 1)


def test_whole_numbers_of_numpy_are_whole_numbers():
    problem = Problem([[1, 2]], [1, 1], current=[0], stay_bonus=np.int64(2))
    assert solve(problem, seed=np.int64(3)).slots.tolist() == [0]
