"""The front door of the engine: what it refuses, whoever solves behind it."""

import pytest

from matching import Problem, ProblemError, solve

WRONG_ARGUMENTS = {
    "gap of a text": ({"gap": "a"}, "gap"),
    "limit of a text": ({"time_limit": "x"}, "time_limit"),
    "no objective": ({"objective": None}, "objective"),
    "start of a list": ({"start": [0]}, "start"),
    "progress of a number": ({"progress": 5}, "progress"),
    "changed without start": ({"changed": [True]}, "changed"),
}


@pytest.mark.parametrize(("given", "field"), WRONG_ARGUMENTS.values(), ids=WRONG_ARGUMENTS)
def test_an_argument_of_another_kind_is_refused_by_name(given, field):
    with pytest.raises(ProblemError) as caught:
        solve(Problem([[1]], [1]), **given)
    assert caught.value.field == field


def test_what_is_no_problem_is_refused():
    with pytest.raises(ProblemError, match="accepted is a Problem"):
        solve([[1]])
