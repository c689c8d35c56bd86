"""Which language an answer is in."""

import pytest

from service.translation import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "nl"),
        ("", "nl"),
        ("*", "nl"),
        ("nl", "nl"),
        ("en", "en"),
        ("EN-us", "en"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("en;q=0.8, nl;q=0.9", "nl"),
        ("en; q=0.9 , nl ; q=0.8", "en"),
        ("en;Q=1.000, nl;q=0.999", "en"),
        ("en,nl", "en"),  # equally wanted: the first
        ("de, fr;q=0.9, en;q=0.1", "en"),
        ("de-DE,fr;q=0.5", "nl"),
        ("en;q=0", "nl"),  # a language that is not wanted at all
        ("nl;q=0, en;q=0.1", "en"),
        ("en;q=nan, nl", "nl"),
        ("en;q=much", "nl"),
        ("en;q=7", "nl"),
        ("en;level=1;q=0.5, nl;q=0.4", "en"),
        (",;=,en", "en"),
        ("english", "nl"),
    ],
)
def test_the_first_wish_that_we_speak_is_answered(header, language):
    assert preferred_language(header) == language
