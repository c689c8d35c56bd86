"""
How lists stand in one cell of a CSV file; writing.py is the way back.

A blank cell is unknown. `none` is known: there is nothing. Items stand between ` | `; a bar within
an item is written `\\|`. docs/reference/files.md tells each column with examples.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from models.codes import Cefr, LanguageSkill

NOTHING: Final = ("none", "geen")
UNKNOWN: Final = ("unknown", "onbekend", "?")
CANNOT: Final = "cannot be read"

Parser = Callable[[str], Any]


class CellError(ValueError):
    """A cell that does not follow the grammar; the message says what is accepted."""

    def __init__(self, message: str, accepted: str) -> None:
        super().__init__(message)
        self.message = message
        self.accepted = accepted


def items(cell: str) -> list[str]:
    """Return the items of a cell."""
    parts = (part.strip() for part in re.split(r"(?<!\\)\|", cell))
    return [part.replace(r"\|", "|") for part in parts if part]


def escaped(item: str) -> str:
    """Return an item as `items` reads it back."""
    return item.replace("|", r"\|")


def _list_of(one: Parser) -> Parser:
    def parse(cell: str) -> Any:
        return [] if cell.lower() in NOTHING else list(_each(one, items(cell)))

    return parse


def _each(one: Parser, parts: list[str]) -> Iterator[Any]:
    for position, item in enumerate(parts, start=1):
        try:
            yield one(item)
        except CellError as error:
            # By its place: what stands there is not repeated in errors.
            where = f"item {position} " if len(parts) > 1 else ""
            raise CellError(where + error.message, error.accepted) from None


def _words(item: str, form: str, least: int, most: int) -> list[str]:
    words = item.split()
    if not least <= len(words) <= most:
        raise CellError(CANNOT, form)
    return words


def _amount(word: str) -> str | None:
    return None if word in UNKNOWN else decimal(word)


def decimal(word: str) -> str:
    """Accept the Dutch decimal comma."""
    return word.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", word) else word


def _language_held(item: str) -> dict[str, Any]:
    form = "nld B1, or nld listening B1 speaking A2"
    words = _words(item, form, 1, 9)
    language, rest = words[0], words[1:]
    if not rest:
        return {"language": language}
    if len(rest) == 1:
        return {"language": language, **{skill.value: _cefr(rest[0]) for skill in LanguageSkill}}
    if len(rest) % 2:
        raise CellError(CANNOT, form)
    held: dict[str, Any] = {"language": language}
    for skill, level in zip(rest[::2], rest[1::2], strict=True):
        if skill in held:
            raise CellError("names a language skill twice", form)
        held[skill] = _cefr(level)
    return held


def _cefr(word: str) -> str | None:
    if word in UNKNOWN:
        return None
    by_any_case = {level.value.lower(): level.value for level in Cefr}
    return by_any_case.get(word.lower(), word)


def _skill_held(item: str) -> dict[str, Any]:
    free = re.fullmatch(r"'(?P<text>.+)'(?::(?P<level>\S+))?", item, flags=re.DOTALL)
    if free:
        return {"text": free["text"], "level": free["level"]}
    code, _, level = item.partition(":")
    return {"skill": code.strip(), "level": level.strip() or None}


def _travel(item: str) -> dict[str, Any]:
    pc4, colon, minutes = item.partition(":")
    if not colon:
        raise CellError(CANNOT, "2511:35 (postcode, minutes)")
    return {"pc4": pc4.strip(), "minutes": minutes.strip()}


def _need(item: str) -> dict[str, Any]:
    form = "must, must_not, wanted or avoid, and a condition, as in: must quiet_place"
    strength, condition = _words(item, form, 2, 2)
    return {"strength": strength, "condition": condition}


def _support_need(item: str) -> dict[str, Any]:
    form = "essential job_coach 2, or buddy ?"
    words = _words(item, form, 2, 3)
    essential = words[0] == "essential"
    if len(words) == 3 and not essential:
        raise CellError(CANNOT, form)
    kind, hours = words[-2:]
    return {"kind": kind, "weekly_hours": _amount(hours), "essential": essential}


def _wish(item: str) -> dict[str, Any]:
    rank, about, code = _words(item, "1 pilot P-EY", 3, 3)
    return {"rank": rank, "about": about, "code": code}


def _veto(item: str) -> dict[str, Any]:
    about, code = _words(item, "organisation EY", 2, 2)
    return {"about": about, "code": code}


def _language_asked(item: str) -> dict[str, Any]:
    form = "must nld speaking B1, or trained nld speaking B1 to B2"
    words = _words(item, form, 4, 6)
    if len(words) not in (4, 6) or (len(words) == 6 and words[4] != "to"):
        raise CellError(CANNOT, form)
    asked = dict(zip(("strength", "language", "skill"), words[:3], strict=True))
    trained = {"trained_to": _cefr(words[5])} if len(words) == 6 else {}
    return {**asked, "level": _cefr(words[3]), **trained}


def _skill_asked(item: str) -> dict[str, Any]:
    form = "wanted important purchasing:2"
    strength, weight, skill = _words(item, form, 3, 3)
    code, _, level = skill.partition(":")
    return {"strength": strength, "weight": weight, "skill": code, "level": level}


def _skill_taught(item: str) -> dict[str, Any]:
    code, _, level = item.partition(":")
    return {"skill": code.strip(), **({"level": level.strip()} if level else {})}


def _licence_asked(item: str) -> dict[str, Any]:
    strength, licence = _words(item, "must B", 2, 2)
    return {"strength": strength, "licence": licence}


def _condition_offered(item: str) -> dict[str, Any]:
    offer, condition = _words(
        item, "yes, no or unknown, and a condition, as in: yes quiet_place", 2, 2
    )
    return {"offer": offer, "condition": condition}


def _support_offered(item: str) -> dict[str, Any]:
    kind, hours = _words(item, "job_coach 2, or buddy ?", 2, 2)
    return {"kind": kind, "weekly_hours": _amount(hours)}


PHASE_FORM: Final = (
    "on_the_job 26w 2511 3+1 HOST "
    "(weeks, postcode, days there + days at home, organisation; ? unknown)"
)


def _phase(item: str) -> dict[str, Any]:
    kind, weeks, pc4, days, *organisation = _words(item, PHASE_FORM, 4, 5)
    on_site, plus, remote = days.partition("+")
    if not plus or not (weeks.endswith("w") or weeks in UNKNOWN):
        raise CellError(CANNOT, PHASE_FORM)
    return {
        "kind": kind,
        "weeks": None if weeks in UNKNOWN else weeks.removesuffix("w"),
        "pc4": None if pc4 in UNKNOWN else pc4,
        "on_site_days": _amount(on_site),
        "remote_days": _amount(remote),
        "organisation": organisation[0]
        if organisation and organisation[0] not in UNKNOWN
        else None,
    }


def _education(cell: str) -> dict[str, Any]:
    if cell.lower() in NOTHING:
        return {"level": "none", "strength": "wanted"}
    words = _words(cell, "must mbo_4 work, wanted bachelor, or none", 2, 3)
    ground = {"ground": words[2]} if len(words) == 3 else {}
    return {"strength": words[0], "level": words[1], **ground}


def _yes_or_no(cell: str) -> bool:
    answers = {"yes": True, "ja": True, "true": True, "no": False, "nee": False, "false": False}
    if cell.lower() not in answers:
        raise CellError(CANNOT, "yes or no")
    return answers[cell.lower()]


def _itself(item: str) -> str:
    return item


CANDIDATE_CELLS: Final[dict[str, Parser]] = {
    "travel_modes": _list_of(_itself),
    "known_travel": _list_of(_travel),
    "languages": _list_of(_language_held),
    "skills": _list_of(_skill_held),
    "licences": _list_of(_itself),
    "tasks_wanted": _list_of(_itself),
    "occupations_sought": _list_of(_itself),
    "days": _list_of(_itself),
    "placement_forms": _list_of(_itself),
    "conditions": _list_of(_need),
    "support": _list_of(_support_need),
    "wishes": _list_of(_wish),
    "vetoes": _list_of(_veto),
}
SLOT_CELLS: Final[dict[str, Parser]] = {
    "tasks": _list_of(_itself),
    "days": _list_of(_itself),
    "education": _education,
    "languages": _list_of(_language_asked),
    "skills": _list_of(_skill_asked),
    "licences": _list_of(_licence_asked),
    "skills_taught": _list_of(_skill_taught),
    "conditions": _list_of(_condition_offered),
    "support": _list_of(_support_offered),
    "phases": _list_of(_phase),
    "referrers": _list_of(_itself),
    "hosts": _list_of(_itself),
}
ORGANISATION_CELLS: Final[dict[str, Parser]] = {"kinds": _list_of(_itself)}
PILOT_CELLS: Final[dict[str, Parser]] = {
    name: _list_of(_itself) for name in ("suppliers", "hosts", "referrers")
}
COACH_CELLS: Final[dict[str, Parser]] = {"kinds": _list_of(_itself), "pilots": _list_of(_itself)}
QUOTA_CELLS: Final[dict[str, Parser]] = {
    "pilots": _list_of(_itself),
    "slots": _list_of(_itself),
    "if_open": _yes_or_no,
}
BOND_CELLS: Final[dict[str, Parser]] = {"candidates": _list_of(_itself)}
GROUP_CELLS: Final[dict[str, Parser]] = {"candidates": _list_of(_itself)}
