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

from matching.filing.reading import fault, parse_json, read_text
from matching.layouts.instance import Instance, Preferences
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

PROBLEM_FILE: Final = "problem"
"""What ``layout_of`` calls a problem file of our own."""

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
        If it is none of them, or could be several.
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
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise fault(f"can be read as {' and as '.join(fitting)}; say which", str(path))
    if is_preferences(text):
        return "hospital-residents"
    raise fault(
        f"is in no layout that is known: {', '.join(LAYOUTS)}. Say which, to hear what is wrong",
        str(path),
    )


def _holds_lists(text: str) -> bool:
    """Whether JSON holds the lists of two sides, rather than a problem."""
    data = parse_json(text)
    return isinstance(data, dict) and all(
        any(isinstance(data.get(key), dict) for key in keys) for keys in (CANDIDATE_KEYS, SLOT_KEYS)
    )
