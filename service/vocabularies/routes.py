"""The vocabularies over HTTP: work conditions, kinds of support, intake presets, skills."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from models.base import Shape
from models.codes import NeedStrength
from models.vocabulary import Term, intake_presets, support_kinds, work_conditions
from service.access import Actor, May
from service.paging import Page, as_page
from service.taxonomy import skill_labels, skill_taxonomy

router = APIRouter(tags=["vocabularies"])
Reader = Annotated[Actor, Depends(May("vocabulary:read"))]


class TermRead(Shape):
    """A work condition or a kind of support."""

    code: str
    nl: str
    en: str
    question_nl: str
    question_en: str


class PresetRead(Shape):
    """
    An intake preset: a proposal of conditions and hours to confirm. It is never matched and never
    stored.
    """

    code: str
    nl: str
    en: str
    conditions: dict[str, NeedStrength]
    support_hours: dict[str, float]


class SkillRead(Shape):
    """A skill of the taxonomy."""

    code: str
    nl: str
    en: str
    broader: str | None


@router.get("/work-conditions", response_model=Page[TermRead], operation_id="listWorkConditions")
def get_work_conditions(actor: Reader) -> dict[str, Any]:
    """List the functional facts of a work place that people need or avoid."""
    return as_page([_term(term) for term in work_conditions().values()], None)


@router.get("/support-kinds", response_model=Page[TermRead], operation_id="listSupportKinds")
def get_support_kinds(actor: Reader) -> dict[str, Any]:
    """List the kinds of support, counted in hours a week."""
    return as_page([_term(term) for term in support_kinds().values()], None)


@router.get("/intake-presets", response_model=Page[PresetRead], operation_id="listIntakePresets")
def get_intake_presets(actor: Reader) -> dict[str, Any]:
    """List what presets propose, for a coordinator to confirm with the candidate."""
    items = [
        PresetRead(
            code=preset.code,
            nl=preset.nl,
            en=preset.en,
            conditions=dict(preset.conditions),
            support_hours=dict(preset.support_hours),
        )
        for preset in intake_presets().values()
    ]
    return as_page(items, None)


@router.get("/skills", response_model=Page[SkillRead], operation_id="listSkills")
def get_skills(actor: Reader) -> dict[str, Any]:
    """List the skills that the engine can read."""
    broader = skill_taxonomy().broader
    items = [
        SkillRead(code=one.code, nl=one.nl, en=one.en, broader=broader[one.code])
        for one in skill_labels().values()
    ]
    return as_page(items, None)


def _term(term: Term) -> TermRead:
    return TermRead(
        code=term.code,
        nl=term.nl,
        en=term.en,
        question_nl=term.question_nl,
        question_en=term.question_en,
    )
