"""Which layout a file with faults comes nearest to, so that its faults can be told."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matching.layouts.numbers import NO_TEXT, NUMBER, WHOLE, misfit_of_assignment, misfit_of_gap
from matching.layouts.preferences import headings_of, lines_of

PROBLEM_FILE: Final = "problem"
"""What ``layout_of`` calls a problem file of our own."""

MOSTLY: Final = 0.75
"""Share of lines that look like a layout, from which on the others count as its faults."""

NEARLY: Final = 0.25
"""Share of numbers too many or too few, up to which a count counts as that of a layout."""

NO_NUMBERS: Final = ("nan", "inf", "-inf", "infinity", "na", "null", "none")
"""What programs write where a number is missing."""

JSON_WORDS: Final = ("null", "true", "false")


def nearest_layout(path: Path, text: str) -> str | None:
    """
    Return the layout that a text comes nearest to, when no layout reads it without a fault.

    The name's ending settles it, then how the first lines look, then how many numbers there are.

    Parameters
    ----------
    path : Path
        Only its name is looked at.
    text : str

    Returns
    -------
    str or None
        One of ``LAYOUTS``, or ``PROBLEM_FILE``; ``None`` where it resembles nothing.
    """
    ending = path.suffix.lower()
    plain = text.translate(NO_TEXT)
    if ending == ".json" or plain.strip() in JSON_WORDS or plain.lstrip().startswith('"'):
        return PROBLEM_FILE
    if ending in (".csv", ".tsv") or _looks_like_a_table(plain):
        return "csv"
    lines = [line for _, line in lines_of(text)]
    if _share([":" in line for line in lines]) > 0.5 or counts_owners(text):
        return "hospital-residents"
    words = plain.split()
    numbers = sum(_is_meant_as_a_number(word) for word in words)
    return _nearest_of_numbers(plain, words) if 2 * numbers > len(words) else None


def _is_meant_as_a_number(word: str) -> bool:
    return NUMBER.fullmatch(word) is not None or word.lower() in NO_NUMBERS


def _looks_like_a_table(text: str) -> bool:
    """Whether a heading of words stands above rows with as many cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    rows = [re.split(r"[,;\t]", line) for line in lines]
    heading = [cell.strip() for cell in rows[0]]
    if len(heading) < 2 or not all(heading) or any(map(_is_meant_as_a_number, heading)):
        return False
    return _share([len(row) == len(heading) for row in rows[1:]]) >= MOSTLY


def counts_owners(text: str, *, exactly: bool = False) -> bool:
    """
    Whether lines are about as many as announced, and begin with names or with 1, 2, … twice.

    ``exactly``: as many as announced, with numbers in front, and with lists behind them.
    """
    lines = [line for _, line in lines_of(text)]
    for height, n, m in headings_of(lines):
        body = [line.split() for line in lines[height:]]
        off = 0 if exactly else max(1, NEARLY * (n + m))
        if not body or abs(len(body) - n - m) > off:
            continue
        if exactly and sum(map(len, body)) < 2 * len(body):
            continue
        owners = [words[0] for words in body]
        if not exactly and not any(map(NUMBER.fullmatch, owners)):
            return True
        asked = [str(k + 1) for count in (n, m) for k in range(count)]
        in_place = [owner == wanted for owner, wanted in zip(owners, asked, strict=False)]
        if max(_share(_counts_on(owners)), _share(in_place)) >= MOSTLY:
            return True
    return False


def _counts_on(owners: Sequence[str]) -> list[bool]:
    """Whether each owner is one more than the last, or begins again at 1."""
    numbers = [int(owner) if WHOLE.fullmatch(owner) else 0 for owner in owners]
    before = [0, *numbers[:-1]]
    return [here == 1 or here == last + 1 for here, last in zip(numbers, before, strict=True)]


def _nearest_of_numbers(text: str, words: Sequence[str]) -> str:
    """Return which of OR-Library's two layouts a row of numbers comes nearest to."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    are_threes = _share([len(line) == 3 for line in lines[1:]]) >= MOSTLY
    if are_threes and len(lines) > 2 and len(lines[0]) == 1:  # n, then pairs or rows of three
        return "orlib-assignment"
    misfits = [misfit_of_assignment(words), misfit_of_gap(words)]
    if min(misfits) <= NEARLY:
        return "orlib-assignment" if misfits[0] <= misfits[1] else "orlib-gap"
    # Sets that went astray do not add up to anything: m and n stand on a line of their own there.
    if any(len(line) == 2 for line in lines[:2]):
        return "orlib-gap"
    return "orlib-assignment"


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks) if marks else 0.0
