"""
Facts to the cells of a CSV file, the inverse of grammar.py: what is written reads as it was.

Unknown is a blank; a list that is known to be empty is `none`, or a blank where a list is never
unknown. One thing cannot be told apart: a text that is itself a word for unknown, such as a
certificate called "?", is written as unknown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TextIO

from models.base import Shape
from models.candidate import CandidateFacts
from models.codes import LanguageSkill, Strength
from models.confidential import NeedsFacts
from models.facts import (
    ConditionNeeded,
    ConditionOffered,
    EducationAsked,
    KnownTravel,
    LanguageAsked,
    LanguageHeld,
    LicenceAsked,
    SkillAsked,
    SkillHeld,
    SkillTaught,
    SupportNeeded,
    SupportOffered,
    Veto,
    Wish,
)
from models.postcode import PostcodeCreate
from models.slot import PhaseFacts, SlotCreate
from service.importing.grammar import NOTHING, UNKNOWN, escaped
from service.importing.reading import may_be_unknown

CellRow = dict[str, str]
"""The cells of one row, by column; always all columns of its kind, in their order."""

BETWEEN: Final = " | "


def candidate_row(facts: CandidateFacts) -> CellRow:
    """Write a candidate as a row of a file."""
    return _row(facts, _CANDIDATE_CELLS)


def slot_row(facts: SlotCreate) -> CellRow:
    """Write a slot as a row of a file; `SlotFacts` bring along what pilot and cohort say."""
    return _row(facts, _SLOT_CELLS)


def postcode_row(facts: PostcodeCreate) -> CellRow:
    """Write a postcode area as a row of a file."""
    return _row(facts, {})


def write_csv(
    target: Path | TextIO,
    rows: Iterable[Mapping[str, str]],
    columns: Sequence[str] | None = None,
) -> None:
    """
    Write rows below a heading.

    The columns are those of the first row; they have to be given when there may be no row. A file
    that is given open has to be opened with `newline=""`.
    """
    if isinstance(target, Path):
        with target.open("w", encoding="utf-8", newline="") as file:
            write_csv(file, rows, columns)
        return
    all_rows = list(rows)
    heading = list(all_rows[0]) if columns is None else list(columns)
    for cells in (heading, *([row[column] for column in heading] for row in all_rows)):
        target.write(",".join(map(_quoted, cells)) + "\n")


def _quoted(cell: str) -> str:
    # Python's own writer leaves a lone carriage return bare, and its own reader ends the row there.
    return '"{}"'.format(cell.replace('"', '""')) if set(cell) & set(',"\r\n') else cell


def _row(facts: Shape, cells: Mapping[str, Callable[[Any], str]]) -> CellRow:
    shape = type(facts)
    # The code comes first; needs, which the shape happens to begin with, come last.
    names = sorted(
        shape.model_fields, key=lambda name: (name != "code", name in NeedsFacts.model_fields)
    )
    return {name: _cell(shape, name, getattr(facts, name), cells.get(name)) for name in names}


def _cell(shape: type[Shape], name: str, value: Any, write: Callable[[Any], str] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        if not value:
            return "none" if may_be_unknown(shape, name) else ""
        return _not_a_word_for_nothing(BETWEEN.join(map(write or _plain, value)))
    text = (write or _plain)(value)
    return "" if text.lower() in UNKNOWN and may_be_unknown(shape, name) else text


def _not_a_word_for_nothing(cell: str) -> str:
    """Keep a list whose one item is the word "none" apart from `none`: the bar makes it a list."""
    return f"{cell} |" if cell.lower() in (*NOTHING, *UNKNOWN) else cell


def _plain(value: Any) -> str:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, time):
        on_the_minute = value.tzinfo is None and not (value.second or value.microsecond)
        return value.isoformat("minutes") if on_the_minute else value.isoformat()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _in_list(value: Any) -> str:
    return escaped(_plain(value))


def _amount(value: float | None) -> str:
    return "?" if value is None else _plain(value)


def _language_held(held: LanguageHeld) -> str:
    levels = {skill.value: getattr(held, skill.value) for skill in LanguageSkill}
    if len(set(levels.values())) == 1:
        level = held.listening
        return held.language if level is None else f"{held.language} {level}"
    known = [f"{skill} {level}" for skill, level in levels.items() if level is not None]
    return " ".join([held.language, *known])


def _skill_held(held: SkillHeld) -> str:
    name = held.skill if held.skill is not None else f"'{escaped(held.text or '')}'"
    return name if held.level is None else f"{name}:{held.level}"


def _travel(known: KnownTravel) -> str:
    return f"{known.pc4}:{known.minutes}"


def _need(need: ConditionNeeded) -> str:
    return f"{need.strength} {need.condition}"


def _support_need(need: SupportNeeded) -> str:
    essential = "essential " if need.essential else ""
    return f"{essential}{need.kind} {_amount(need.weekly_hours)}"


def _wish(wish: Wish) -> str:
    return f"{wish.rank} {wish.about} {wish.code}"


def _veto(veto: Veto) -> str:
    return f"{veto.about} {veto.code}"


def _education(asked: EducationAsked) -> str:
    ground = "" if asked.ground is None else f" {asked.ground}"
    return f"{asked.strength} {asked.level}{ground}"


def _language_asked(asked: LanguageAsked) -> str:
    text = f"{asked.strength} {asked.language} {asked.skill} {asked.level}"
    # Training up to the level asked goes without saying.
    implied = asked.level if asked.strength is Strength.TRAINED else None
    return text if asked.trained_to == implied else f"{text} to {asked.trained_to}"


def _skill_asked(asked: SkillAsked) -> str:
    return f"{asked.strength} {asked.weight} {asked.skill}:{asked.level}"


def _skill_taught(taught: SkillTaught) -> str:
    return f"{taught.skill}:{taught.level}"


def _licence_asked(asked: LicenceAsked) -> str:
    return f"{asked.strength} {asked.licence}"


def _condition_offered(offered: ConditionOffered) -> str:
    return f"{offered.offer} {offered.condition}"


def _support_offered(offered: SupportOffered) -> str:
    return f"{offered.kind} {_amount(offered.weekly_hours)}"


def _phase(phase: PhaseFacts) -> str:
    weeks = "?" if phase.weeks is None else f"{phase.weeks}w"
    days = f"{_amount(phase.on_site_days)}+{_amount(phase.remote_days)}"
    organisation = "" if phase.organisation is None else f" {phase.organisation}"
    return f"{phase.kind} {weeks} {phase.pc4 or '?'} {days}{organisation}"


_CANDIDATE_CELLS: Final[dict[str, Callable[[Any], str]]] = {
    "known_travel": _travel,
    "languages": _language_held,
    "skills": _skill_held,
    "tasks_wanted": _in_list,
    "conditions": _need,
    "support": _support_need,
    "wishes": _wish,
    "vetoes": _veto,
}
_SLOT_CELLS: Final[dict[str, Callable[[Any], str]]] = {
    "tasks": _in_list,
    "education": _education,
    "languages": _language_asked,
    "skills": _skill_asked,
    "licences": _licence_asked,
    "skills_taught": _skill_taught,
    "conditions": _condition_offered,
    "support": _support_offered,
    "phases": _phase,
}
