"""The policy that comes with the package: an edition that people used is never changed."""

from matching.policy import DEFAULT_FILE, Policy, hash_text

EDITIONS = {1: "4bd5a23a445dd5459f8a675539ee131bb035bf5713d246df22e6da6ebe138b20"}
"""Each edition with its SHA-256. A changed text is a new edition: add a line, change none."""


def test_the_default_policy_is_the_edition_that_it_says_it_is() -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    assert hash_text(text) == EDITIONS[Policy.parse(text).edition]
