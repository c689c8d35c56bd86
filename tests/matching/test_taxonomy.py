"""The taxonomy: how close two skills are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import ProfileError, Taxonomy
from service.taxonomy import skill_taxonomy

FAMILY = {
    "top": None,
    "parent": "top",
    "aunt": "top",
    "me": "parent",
    "sister": "parent",
    "niece": "sister",
    "cousin": "aunt",
    "stranger": None,
}


def close(one: str, other: str, near: float = 0.7) -> float:
    taxonomy = Taxonomy(FAMILY)
    return float(taxonomy.closeness(near)[taxonomy.index[one], taxonomy.index[other]])


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("me", 1.0),
        ("parent", 0.7),
        ("top", 0.49),  # two steps: 0.7 * 0.7
        ("sister", 0.49),
        ("niece", 0.0),  # three steps
        ("aunt", 0.0),
        ("cousin", 0.0),
        ("stranger", 0.0),
    ],
)
def test_closeness_falls_with_every_step_and_ends_after_two(other, expected):
    assert close("me", other) == pytest.approx(expected)
    assert close(other, "me") == pytest.approx(expected)


def test_what_is_not_near_at_all_is_worth_nothing():
    assert close("me", "me", near=0.0) == 1.0
    assert close("me", "parent", near=0.0) == 0.0


def steps_by_search(broader: dict[str, str | None], one: str, other: str) -> int:
    """Count the steps between two codes by looking everywhere, further and further."""
    seen, steps = {one}, 0
    while other not in seen:
        up = {broader[code] for code in seen} - {None}
        wider = seen | up | {code for code, parent in broader.items() if parent in seen}
        if wider == seen:
            return 99
        seen, steps = wider, steps + 1
    return steps


@given(st.lists(st.integers(0, 100), max_size=12), st.floats(0, 0.99))
def test_near_skills_are_those_that_a_search_finds_within_two_steps(parents, near):
    # Each code stands below an earlier one, or on top.
    broader = {
        f"c{k}": None if draw % (k + 1) == k else f"c{draw % (k + 1)}"
        for k, draw in enumerate(parents)
    }
    taxonomy = Taxonomy(broader)
    for k, code in enumerate(taxonomy.codes):
        steps = [steps_by_search(broader, code, other) for other in taxonomy.codes]
        worth = [near**count if count <= 2 else 0.0 for count in steps]
        others, closeness = taxonomy.near(k, near)
        assert others.tolist() == [j for j, value in enumerate(worth) if value > 0]
        assert closeness.tolist() == pytest.approx([value for value in worth if value > 0])


def test_a_taxonomy_as_large_as_esco_is_held_by_its_near_skills_only():
    size = 13_900
    taxonomy = Taxonomy({f"c{k}": None if k == 0 else f"c{k // 7}" for k in range(size)})
    others, closeness = taxonomy.near(taxonomy.index["c100"], 0.7)
    around = sorted(taxonomy.codes[k] for k in others)
    below = {f"c{k}" for k in range(700, 707)}
    two_below = {f"c{k}" for k in range(4900, 4949)}
    sisters = {f"c{k}" for k in range(98, 105)}
    assert around == sorted({"c14", "c2"} | below | two_below | sisters)
    assert closeness.max() == 1.0


def test_a_flat_taxonomy_holds_each_code_near_itself_only():
    assert np.array_equal(Taxonomy.flat(["b", "a"]).closeness(0.7), np.eye(2))


def test_an_empty_taxonomy_is_a_taxonomy():
    assert Taxonomy({}).closeness(0.7).shape == (0, 0)


def test_the_order_in_which_codes_come_changes_nothing():
    turned = Taxonomy(dict(reversed(FAMILY.items())))
    assert turned.codes == Taxonomy(FAMILY).codes == tuple(sorted(FAMILY))
    assert np.array_equal(turned.closeness(0.7), Taxonomy(FAMILY).closeness(0.7))


def test_a_broader_concept_that_is_no_code_is_refused_by_row():
    with pytest.raises(ProfileError, match="names nobody, which is no code") as caught:
        Taxonomy({"a": None, "b": "nobody"})
    assert (caught.value.field, caught.value.row) == ("broader", 1)


@pytest.mark.parametrize(
    "broader",
    [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "b"}],
    ids=["itself", "each other", "further up"],
)
def test_a_concept_that_is_broader_than_itself_is_refused(broader):
    with pytest.raises(ProfileError, match="broader than itself"):
        Taxonomy(broader)


def test_the_taxonomy_that_comes_with_the_service_is_symmetric_and_between_0_and_1():
    closeness = skill_taxonomy().closeness(0.7)
    assert np.array_equal(closeness, closeness.T)
    assert (np.diag(closeness) == 1).all()
    assert set(np.unique(closeness.round(9))) == {0.0, 0.49, 0.7, 1.0}
