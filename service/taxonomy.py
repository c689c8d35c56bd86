"""The skills taxonomy as files hold it: codes, labels in two languages, broader concepts."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matching import Taxonomy
from service.settings import settings


@dataclass(frozen=True)
class SkillLabels:
    """What people call a skill."""

    code: str
    en: str
    nl: str

    def label(self, language: str) -> str:
        """What people who read `language` call it."""
        return self.nl if language == "nl" else self.en


@cache
def skill_labels(path: Path | None = None) -> dict[str, SkillLabels]:
    """Return the labels of all skills, by code."""
    return {
        row["code"]: SkillLabels(row["code"], row["label_en"], row["label_nl"])
        for row in _rows(path or settings().taxonomy)
    }


@cache
def skill_taxonomy(path: Path | None = None) -> Taxonomy:
    """Return the taxonomy that the engine reads."""
    return Taxonomy(
        {row["code"]: row["broader"] or None for row in _rows(path or settings().taxonomy)}
    )


@cache
def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
