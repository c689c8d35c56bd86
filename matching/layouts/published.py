"""
Published instances: readers for the layouts in which others keep their problems.

Whoever wants to see what the engine is worth can try it on problems with a known answer:
OR-Library's assignment and generalised assignment problems, lists of hospitals and residents, and
plain CSV.
docs/how-to/solve-a-published-instance.md shows how.
"""

import re
from pathlib import Path
from typing import Final, cast

from matching.exceptions import FileError, MatchingError
from matching.files import parse_problem
from matching.filing.problem import KEYS as PROBLEM_KEYS
from matching.filing.reading import fault, parse_json, read_text
from matching.layouts.instance import Instance, Preferences
from matching.layouts.nearest import PROBLEM_FILE, counts_owners, nearest_layout
from matching.layouts.numbers import (
    NO_TEXT,
    NUMBER,
    Row,
    is_assignment,
    is_generalised_assignment,
    read_assignment,
    read_generalised_assignment,
)
from matching.layouts.preferences import (
    CANDIDATE_KEYS,
    SLOT_KEYS,
    Layout,
    is_preferences,
    read_preferences,
)
from matching.layouts.tables import is_pairs, read_csv

__all__ = [
    "LAYOUTS",
    "PROBLEM_FILE",
    "Instance",
    "Preferences",
    "layout_of",
    "read_assignment",
    "read_csv",
    "read_generalised_assignment",
    "read_preferences",
    "read_published",
]

LAYOUTS: Final = (
    "orlib-assignment",
    "orlib-gap",
    "hospital-residents",
    "stable-marriage",
    "csv",
)
"""The layouts that are read."""

MAXIMISED: Final = re.compile(r"gap([1-9]|1[0-2])(\.txt)?", re.IGNORECASE)
"""OR-Library's optima of these twelve files are maxima."""


def read_published(
    path: Path | str, layout: str | None = None, *, maximise: bool | None = None
) -> list[Instance] | list[Preferences]:
    """
    Read a published file.

    Parameters
    ----------
    path : Path or str
        A file, or a folder with CSV files.
    layout : str, optional
        One of ``LAYOUTS``; found by the content, when left out.
    maximise : bool, optional
        Whether costs are to be as high as can be. When left out they are to be low, except in files
        named ``gap1`` to ``gap12`` as OR-Library has them, with several problem sets: their
        published optima are maxima.

    Returns
    -------
    list of Instance, or list of Preferences
        One for each problem in the file; with preferences of both sides, for ``solve_stable``.

    Raises
    ------
    FileError
        If the file cannot be read in that layout, or in none or several; it names the line.
    """
    path = Path(path)
    layout = layout or layout_of(path)
    if layout not in LAYOUTS:
        raise fault(f"is {layout}; accepted are {', '.join(LAYOUTS)}", "layout")
    if layout == "csv":
        return [read_csv(path, maximise=maximise)]
    text = read_text(path)
    name = path.stem
    if layout == "orlib-assignment":
        return [read_assignment(text, name=name, maximise=bool(maximise))]
    if layout == "orlib-gap":
        instances = read_generalised_assignment(text, name=name, maximise=bool(maximise))
        if maximise is None and len(instances) > 1 and MAXIMISED.fullmatch(path.name):
            return read_generalised_assignment(text, name=name, maximise=True)
        return instances
    return [read_preferences(text, name=name, layout=cast(Layout, layout))]


def layout_of(path: Path | str) -> str:
    """
    Return the layout of a file, by its content.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    str
        One of ``LAYOUTS``, or ``PROBLEM_FILE``.

    Raises
    ------
    FileError
        If it is none of them: with the faults that it has in the layout it comes nearest to, and
        which one that is. Or if it could be several.
    """
    path = Path(path)
    if path.is_dir():
        return "csv"
    text = read_text(path)
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return "hospital-residents" if _holds_lists(text) else PROBLEM_FILE
    if is_pairs(text):
        return "csv"
    fitting = []
    words = set(text.translate(NO_TEXT).split())
    if words and all(map(NUMBER.fullmatch, words)):
        if is_preferences(text, in_order=True):  # no table of costs counts its own lines
            return "hospital-residents"
        row = Row(text)
        fitting += ["orlib-assignment"] if is_assignment(row) else []
        fitting += ["orlib-gap"] if is_generalised_assignment(row) else []
    if fitting and counts_owners(text, exactly=True):  # a count can be right by chance
        fitting.append("hospital-residents")
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise fault(f"can be read as {' and as '.join(fitting)}; say which", str(path))
    if is_preferences(text):
        return "hospital-residents"
    raise _in_no_layout(path, text)


def _in_no_layout(path: Path, text: str) -> FileError:
    """Return what is wrong with a text that no layout reads, by the layout it comes nearest to."""
    accepted = f"a problem file (JSON), {', '.join(LAYOUTS)}"
    if not text.translate(NO_TEXT).strip():
        return fault(f"is empty; accepted are {accepted}", str(path))
    layout = nearest_layout(path, text)
    try:
        if layout == PROBLEM_FILE:
            parse_problem(text)
        elif layout:
            read_published(path, layout)
    except MatchingError as error:
        named = "a problem file" if layout == PROBLEM_FILE else layout
        note = MatchingError(
            f"is in no layout without a fault, and is told as {named}, which it resembles most. "
            f"If it is another, say so with --layout: {', '.join(LAYOUTS)}",
            field=str(path),
        )
        return FileError([*getattr(error, "faults", (error,)), note])
    return fault(
        f"resembles nothing that is read; accepted are {accepted}. Say which with --layout, to "
        "hear what is wrong",
        str(path),
    )


def _holds_lists(text: str) -> bool:
    """Whether JSON holds lists of two sides, or of one with the other missing: no problem."""
    data = parse_json(text)
    if not isinstance(data, dict):
        return False
    sides = [
        [key for key in keys if isinstance(data.get(key), dict)]
        for keys in (CANDIDATE_KEYS, SLOT_KEYS)
    ]
    is_no_problem = not set(data) & {"scores", "pairs"}
    return all(sides) or (is_no_problem and bool({*sides[0], *sides[1]} - set(PROBLEM_KEYS)))
