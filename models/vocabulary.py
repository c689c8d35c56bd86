"""
The open vocabularies: work conditions, kinds of support, intake presets; each with Dutch and
English labels.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from models.codes import NeedStrength

FOLDER = Path(__file__).parent / "vocabularies"


class VocabularyError(ValueError):
    """A vocabulary file that cannot be used; the message names the file and the entry."""


@dataclass(frozen=True)
class Term:
    """A work condition or a kind of support: a code, and what people call it."""

    code: str
    nl: str
    en: str
    question_nl: str = ""
    question_en: str = ""

    def label(self, language: str) -> str:
        """What people who read `language` call it."""
        return self.nl if language == "nl" else self.en

    def question(self, language: str) -> str:
        """How to ask a work place about it, plainly."""
        return self.question_nl if language == "nl" else self.question_en


@dataclass(frozen=True)
class IntakePreset:
    """
    A label that proposes conditions and hours for a coordinator to confirm. It is never itself
    matched.
    """

    code: str
    nl: str
    en: str
    conditions: Mapping[str, NeedStrength] = field(default_factory=dict)
    support_hours: Mapping[str, float] = field(default_factory=dict)


@cache
def work_conditions() -> dict[str, Term]:
    """Return the functional facts of a work place that people need or avoid, by code."""
    return _terms("work_conditions.toml")


@cache
def support_kinds() -> dict[str, Term]:
    """Return the kinds of support that are counted in hours a week, by code."""
    return _terms("support_kinds.toml")


@cache
def intake_presets() -> dict[str, IntakePreset]:
    """Return the intake presets, by code; every condition and kind they name exists."""
    presets = {}
    for code, entry in _read("intake_presets.toml").items():
        conditions = {c: NeedStrength(s) for c, s in entry.get("conditions", {}).items()}
        hours = {k: float(h) for k, h in entry.get("support_hours", {}).items()}
        _all_known("intake_presets.toml", code, conditions, work_conditions())
        _all_known("intake_presets.toml", code, hours, support_kinds())
        presets[code] = IntakePreset(code, entry["nl"], entry["en"], conditions, hours)
    return presets


def _terms(name: str) -> dict[str, Term]:
    return {
        code: Term(
            code,
            entry["nl"],
            entry["en"],
            entry.get("question_nl", ""),
            entry.get("question_en", ""),
        )
        for code, entry in _read(name).items()
    }


def _read(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        entries = tomllib.load(file)
    for code, entry in entries.items():
        for label in ("nl", "en"):
            if not entry.get(label):
                raise VocabularyError(f"{name}: {code} has no {label} label")
    return entries


def _all_known(name: str, code: str, used: Mapping[str, object], known: Mapping[str, Term]) -> None:
    for item in used:
        if item not in known:
            raise VocabularyError(f"{name}: {code} names {item}, which no vocabulary has")
