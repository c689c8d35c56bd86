"""The policy that comes with the package: an edition that people used is never changed."""

import pytest

from matching.efforts import Efforts
from matching.exceptions import PolicyError
from matching.policy import DEFAULT_FILE, Policy, hash_text

EDITIONS = {
    1: "4bd5a23a445dd5459f8a675539ee131bb035bf5713d246df22e6da6ebe138b20",
    2: "9d412ac7d525e39488dd4597583c31e56549307845acf5002dcccf9f1bd98d2b",
}
"""Each edition with its SHA-256. A changed text is a new edition: add a line, change none."""


def test_the_default_policy_is_the_edition_that_it_says_it_is() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    assert hash_text(text) == EDITIONS[Policy.parse(text).edition]


def test_an_edition_of_before_efforts_were_stated_still_reads() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    start, end = text.index("[effort]"), text.index("[rules]")
    assert Policy.parse(text[:start] + text[end:]).efforts == Efforts()
    assert Policy.parse(text).efforts == Efforts()


BAD_LINES = {
    "an effort of nothing": ("seat = 12", "seat = 0", "effort.seat"),
    "an effort above 1000": ("seat = 12", "seat = 1001", "effort.seat"),
    "half an effort": ("seat = 12", "seat = 1.5", "effort.seat"),
    "an effort that is yes": ("seat = 12", "seat = true", "effort.seat"),
    "an effort that is another word": ("seat = 12", 'seat = "rarely"', "effort.seat"),
    "an effort that is missing": ("seat = 12", "", "effort"),
    "an effort that nobody knows": ("seat = 12", "seat = 12\nage = 1", "effort"),
}


@pytest.mark.parametrize(("old", "new", "field"), BAD_LINES.values(), ids=BAD_LINES)
def test_an_effort_that_cannot_be_used_is_refused_by_field(old: str, new: str, field: str) -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text.replace(old, new))
    assert caught.value.field == field


def test_a_change_that_is_never_to_be_proposed_says_so() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8").replace("pin = 15", 'pin = "never"')
    assert Policy.parse(text).efforts == Efforts(pin=None)
