"""
Layouts with the lists of two sides: hospitals and residents, and stable marriage.

Three families are in use, and all are read: Irving's program (``X : A B C``, and ``X : 2 : A B C``
with the posts of a hospital) [1]_, Glasgow's instances with ties in brackets, and plain numbers
without colons. In front stand how many residents and hospitals there are.

.. [1] https://www.dcs.gla.ac.uk/research/algorithms/stable/software/Hospitals-Residents/
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matching.exceptions import FileError
from matching.filing.reading import Faults, fault, parse_json, told, whole
from matching.layouts.instance import Preferences
from matching.layouts.numbers import MOST_DIGITS, NO_TEXT

Layout = Literal["hospital-residents", "stable-marriage"]

OPEN: Final = "([{"
CLOSE: Final = ")]}"
TOKEN: Final = re.compile(r"[()\[\]{}]|[^\s,;()\[\]{}]+")

CANDIDATE_KEYS: Final = ("candidates", "residents", "doctors", "students", "suitors", "men")
SLOT_KEYS: Final = ("placements", "slots", "hospitals", "schools", "reviewers", "women")

Ties = list[list[str]]


@dataclass
class Side:
    """The lists of one side, in the order of the file."""

    names: list[str] = field(default_factory=list)
    lists: list[Ties] = field(default_factory=list)
    seats: list[int] = field(default_factory=list)
    where: list[str] = field(default_factory=list)

    def add(self, name: str, ties: Ties, seats: int, where: str) -> None:
        """Note one more list."""
        self.names.append(name)
        self.lists.append(ties)
        self.seats.append(seats)
        self.where.append(where)


def read_preferences(
    text: str, *, name: str = "", layout: Layout = "hospital-residents"
) -> Preferences:
    r"""
    Read the lists of residents and hospitals.

    Parameters
    ----------
    text : str
        In one of the layouts that the top of this module names, or JSON with an object for each
        side. Blank lines and lines that begin with ``#`` are passed over.
    name : str, optional
    layout : {"hospital-residents", "stable-marriage"}
        What a hospital's line without colons means, where it can mean both: posts and a list, or a
        list alone, with one post.

    Returns
    -------
    Preferences
        Residents are candidates, hospitals are slots. Who is on one list only is unacceptable.

    Raises
    ------
    FileError
        If the text is something else; it names the lines.

    Examples
    --------
    >>> from matching import solve_stable
    >>> found = read_preferences("2 1\n1: 1\n2: 1\n1: 1: 2 1")
    >>> solve_stable(found.candidate_scores, found.slot_scores, found.seats).slots.tolist()
    [-1, 0]
    """
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _settled(*_sides_of_json(parse_json(text)), name, layout)
    lines = lines_of(text)
    residents, hospitals = _split(lines)
    candidates = Side()
    faults = Faults()
    for where, line in residents:
        owner, rest = _owner(line)
        _add(candidates, owner, rest, 1, where, faults)
    faults.settle()
    readings = [_read_hospitals(hospitals, with_posts) for with_posts in (True, False)]
    slots = _better_reading(candidates, readings, layout)
    return _settled(candidates, slots, name, layout)


def is_preferences(text: str, *, in_order: bool = False) -> bool:
    """Whether a text can be read as lists of two sides; ``in_order``: of 1, 2, … on both."""
    try:
        codes = read_preferences(text).codes
    except FileError:
        return False
    counts = (tuple(str(k + 1) for k in range(len(names))) for names in codes)
    return not in_order or codes == tuple(counts)


# Lines


def lines_of(text: str) -> list[tuple[str, str]]:
    """Return where each line stands, and the line; blank lines and remarks are left out."""
    lines = text.translate(NO_TEXT).splitlines()
    return [
        (f"line {number}", line.strip())
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _split(lines: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the lines of residents and of hospitals."""
    headings = headings_of([line for _, line in lines])
    if not headings:
        where = lines[0][0] if lines else "line 1"
        raise fault(
            "begins otherwise; accepted are the number of residents and the number of hospitals",
            where,
        )
    for height, n, m in headings:
        for body in (lines[height:], _continued(lines[height:])):
            if len(body) == n + m:
                return body[:n], body[n:]
    numbers = [int(line) for _, line in lines[:3] if _is_count(line)]
    if len(numbers) == 3 and len(lines) == 3 + sum(numbers):
        raise fault(f"announces {numbers[1]} couples, who are not read", lines[1][0])
    height, n, m = headings[0]
    raise fault(
        f"announces {n} residents and {m} hospitals, so {n + m} lines with lists; "
        f"{len(lines) - height} lines follow",
        lines[0][0],
    )


def headings_of(lines: list[str]) -> list[tuple[int, int, int]]:
    """Return in which ways the first lines can be read: their number, residents, hospitals."""
    first = lines[0].split() if lines else []
    if len(first) == 2 and all(map(_is_count, first)):
        return [(1, int(first[0]), int(first[1]))]
    alone = []
    for line in lines[:9]:
        if not re.fullmatch(r"\d+|true|false|[\d.]+", line.strip(), re.IGNORECASE):
            break
        alone.append(line.strip())
    numbers = [int(one) if _is_count(one) else -1 for one in alone]
    ways = []
    if len(numbers) >= 3 and numbers[0] == 0:
        ways.append((3, numbers[1], numbers[2]))
    if len(numbers) >= 3 and numbers[1] == 0:
        ways.append((3, numbers[0], numbers[2]))  # residents, couples, hospitals
    if len(numbers) == 9 and numbers[2] == 0:
        ways.append((9, numbers[0], numbers[1]))  # residents, hospitals, couples, how it was made
    if len(numbers) >= 2:
        ways.append((2, numbers[0], numbers[1]))
    return ways


def _is_count(word: str) -> bool:
    return word.isdecimal() and len(word) <= MOST_DIGITS


def _continued(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the lines with those that have no colon joined to the line before."""
    joined: list[tuple[str, str]] = []
    for where, line in lines:
        if ":" in line or not joined:
            joined.append((where, line))
        else:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {line}")
    return joined


def _owner(line: str) -> tuple[str, str]:
    head, colon, rest = line.partition(":")
    if colon:
        return head.strip(), rest
    words = line.split(maxsplit=1)
    return words[0], words[1] if len(words) > 1 else ""


def _read_hospitals(lines: list[tuple[str, str]], with_posts: bool) -> tuple[Side, Faults]:
    side, faults = Side(), Faults()
    for where, line in lines:
        owner, rest = _owner(line)
        seats = 1
        in_front = owner.split()
        if rest.count(":") == 1 or (with_posts and len(in_front) < 2):
            posts, colon, after = rest.partition(":")
            if not colon:
                posts, _, after = rest.strip().partition(" ")
            rest = after
        elif len(in_front) == 2:  # "X P : A B C"
            owner, posts = in_front
        else:
            posts = "1"
        if _is_count(posts.strip()):
            seats = int(posts)
        else:
            faults.add(
                f"has {posts.strip()[:20]!r} posts; accepted are whole numbers from 0", where
            )
        _add(side, owner, rest, seats, where, faults)
    return side, faults


def _add(side: Side, owner: str, rest: str, seats: int, where: str, faults: Faults) -> None:
    ties: Ties = []
    inside = False
    for token in TOKEN.findall(rest.replace(":", " : ")):
        if token in OPEN:
            if inside:
                faults.add(
                    "opens a bracket within a bracket; accepted are ties side by side", where
                )
            inside = True
            ties.append([])
        elif token in CLOSE:
            if not inside:
                faults.add("closes a bracket that was not opened", where)
            inside = False
        elif inside:
            ties[-1].append(token)
        else:
            ties.append([token])
    if inside:
        faults.add("opens a bracket and does not close it", where)
    side.add(owner, [tie for tie in ties if tie], seats, where)


# JSON


def _sides_of_json(data: Mapping[str, Any]) -> tuple[Side, Side]:
    sides = []
    faults = Faults()
    for keys in (CANDIDATE_KEYS, SLOT_KEYS):
        key = next((key for key in keys if isinstance(data.get(key), dict)), None)
        if key is None:
            faults.add(
                f"needs an object with lists, by one of these names: {', '.join(keys)}", "file"
            )
            continue
        side = Side()
        for name, given in data[key].items():
            where = f"{key}.{name[:20]}"
            seats: Any = 1
            if isinstance(given, dict):
                seats = given.get("capacity", 1)
                given = given.get("preferences")
            if whole(seats, 0) is None:
                faults.add(
                    f"is {told(seats)}; accepted are whole numbers from 0", f"{where}.capacity"
                )
                seats = 1
            if not isinstance(given, list):
                faults.add(f"is {told(given)}; accepted is a list", where)
                given = []
            ties = [one if isinstance(one, list) else [one] for one in given]
            side.add(name, [[str(one) for one in tie] for tie in ties], int(seats), where)
        sides.append(side)
    faults.settle()
    return sides[0], sides[1]


# Both sides together


def _better_reading(candidates: Side, readings: list[tuple[Side, Faults]], layout: Layout) -> Side:
    """
    Return the hospitals as they were meant: with posts, or without.

    A line ``1 2 3`` may be two posts and resident 3, or residents 2 and 3. Only one of them may
    make sense; else the one in which residents and hospitals list each other more often does.
    """
    wanted = 0 if layout == "hospital-residents" else 1
    order = [readings[wanted], readings[1 - wanted]]
    for side, faults in order:
        _note_unknown(side, candidates, faults)
    sound = [side for side, faults in order if not faults.found]
    if not sound:
        order[0][1].settle()
    if layout == "stable-marriage" and not order[0][1].found:
        return sound[0]
    return min(sound, key=lambda side: _one_sided(candidates, side))  # the first of equals


def _note_unknown(side: Side, other: Side, faults: Faults) -> None:
    known, listed = set(other.names), set()
    for name, where in zip(side.names, side.where, strict=True):
        if name in listed:
            faults.add(f"is a second list of {name[:20]!r}; accepted is one", where)
        listed.add(name)
    for ties, where in zip(side.lists, side.where, strict=True):
        seen: set[str] = set()
        for one in (one for tie in ties for one in tie):
            if one not in known:
                faults.add(
                    f"names {one[:20]!r}, who has no list; accepted are those who have one", where
                )
            if one in seen:
                faults.add(f"names {one[:20]!r} twice; accepted is once", where)
            seen.add(one)


def _one_sided(candidates: Side, slots: Side) -> int:
    """Return how many pairs stand on one list only."""
    wishes = {(a, b) for a, ties in _by_name(candidates) for tie in ties for b in tie}
    wanted = {(b, a) for a, ties in _by_name(slots) for tie in ties for b in tie}
    return len(wishes ^ wanted)


def _by_name(side: Side) -> list[tuple[str, Ties]]:
    return list(zip(side.names, side.lists, strict=True))


def _settled(candidates: Side, slots: Side, name: str, layout: Layout) -> Preferences:
    faults = Faults()
    _note_unknown(candidates, slots, faults)
    _note_unknown(slots, candidates, faults)
    faults.settle()
    wishes = _scores(candidates, slots.names)
    wanted = _scores(slots, candidates.names).T
    one_sided = int((np.isnan(wishes) != np.isnan(wanted)).sum())
    notes = (f"{one_sided} pairs stand on one list only and cannot be chosen",) if one_sided else ()
    lists = candidates.lists + slots.lists
    return Preferences(
        name,
        layout,
        wishes,
        wanted,
        np.array(slots.seats, dtype=np.int64),
        (tuple(candidates.names), tuple(slots.names)),
        has_ties=any(len(tie) > 1 for ties in lists for tie in ties),
        notes=notes,
    )


def _scores(side: Side, others: Sequence[str]) -> NDArray[np.float64]:
    """Return points by place on the list, one row per owner."""
    column = {name: at for at, name in enumerate(others)}
    scores = np.full((len(side.names), len(others)), np.nan)
    for row, ties in enumerate(side.lists):
        for place, tie in enumerate(ties):
            scores[row, [column[one] for one in tie]] = len(others) - place
    return scores
