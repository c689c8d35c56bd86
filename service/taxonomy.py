"""The skills taxonomy as files hold it: codes, labels in two languages, broader concepts."""

import csv
import difflib
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic.alias_generators import to_camel

from matching import Taxonomy
from models.candidate import CandidateCreate
from models.slot import SlotCreate
from service.errors import FieldFault
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
def taxonomy_hash(path: Path | None = None) -> str:
    """Return the SHA-256 of the taxonomy's file."""
    return hashlib.sha256((path or settings().taxonomy).read_bytes()).hexdigest()


@cache
def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unknown_skills(facts: SlotCreate | CandidateCreate, taxonomy: Taxonomy) -> list[FieldFault]:
    """
    Return a fault for each skill code that the taxonomy does not have, with the nearest it does
    have.
    """
    faults = []
    fields = ("skills", "skills_taught") if isinstance(facts, SlotCreate) else ("skills",)
    for field in fields:
        for position, item in enumerate(getattr(facts, field) or ()):
            if item.skill is not None and item.skill not in taxonomy.index:
                near = difflib.get_close_matches(item.skill, taxonomy.codes, n=5, cutoff=0.5)
                accepted = (
                    ", ".join(near)
                    if near
                    else f"one of the {len(taxonomy)} codes of data/taxonomies/skills.csv"
                )
                where = f"{to_camel(field)}.{position}.skill"
                faults.append(FieldFault(where, "is no code of the skills taxonomy", accepted))
    return faults
