"""What `matching` shows at its front door."""

import doctest
import importlib
import pkgutil

import pytest

import matching

MODULES = sorted(
    {"matching", *(found.name for found in pkgutil.walk_packages(matching.__path__, "matching."))}
    - {"matching.__main__"}
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_front_door_has_an_example():
    assert doctest.testmod(matching).attempted >= 4


def test_everything_named_at_the_front_door_is_there():
    assert all(hasattr(matching, name) for name in matching.__all__)
    assert len(set(matching.__all__)) == len(matching.__all__)  # ruff keeps the order


def test_an_error_names_its_field_and_row_in_front_of_the_message():
    error = matching.ProblemError("is wrong", field="seats", row=3)
    assert str(error) == "seats[3]: is wrong"
    assert str(matching.PolicyError("is wrong", field="name")) == "name: is wrong"
    assert str(matching.ProfileError("is wrong")) == "is wrong"
