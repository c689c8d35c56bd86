"""What a slot asks as a *must*: reached, or within reach of what is trained there."""

import numpy as np

from matching.arrays import Floats, Ints
from matching.criteria.languages import LANGUAGES_READ, levels_asked
from matching.facts.alike import Reads
from matching.facts.mastery import taught_here
from matching.facts.pairing import Pairing
from matching.facts.profiles import (
    ASKED_MUST,
    ASKED_TRAINED,
    CEFR,
    LANGUAGE_SKILLS,
    LICENCES,
    UNKNOWN,
    Levels,
)
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, everywhere, first_of


def _education(pairing: Pairing) -> Verdicts:
    everywhere = np.arange(len(pairing.slots))
    return education_verdicts(pairing, pairing.candidates.eqf[:, None], everywhere)


def education_verdicts(pairing: Pairing, held: Floats, slots: Ints) -> Verdicts:
    """
    Return what the levels asked say of diplomas held.

    Parameters
    ----------
    pairing : Pairing
    held : ndarray of float
        EQF 0 to 8; ``nan`` unknown.
    slots : ndarray of int

    Returns
    -------
    ndarray of int8, in the shape that both broadcast to
    """
    strength, asked = pairing.slots.education_strength[slots], pairing.slots.education[slots]
    trained = strength == ASKED_TRAINED
    needed = asked - np.where(trained, pairing.policy.education_reach, 0)
    is_asked = trained | (strength == ASKED_MUST)
    # Where nothing is needed, whatever somebody has is enough: nothing to ask.
    return first_of(
        (strength == UNKNOWN, ASK),
        (~is_asked | (needed <= 0) | (held >= needed), YES),
        (held < needed, NO),
        otherwise=ASK,
    )


def _education_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    held, asked = pairing.candidates.eqf[i : i + 1], float(pairing.slots.education[j])
    verdict = int(education_verdicts(pairing, held, np.array([j]))[0])
    strength = int(pairing.slots.education_strength[j])
    facts = {
        "held": None if np.isnan(held[0]) else int(held[0]),
        "asked": None if np.isnan(asked) else int(asked),
        "trained": strength == ASKED_TRAINED,
        "reach": pairing.policy.education_reach,
    }
    whom = None if verdict != ASK else "slot" if strength == UNKNOWN else "candidate"
    return [Finding("education", verdict, facts, ask=whom)]


def language_verdicts(pairing: Pairing, held: Levels, rows: Ints) -> Verdicts:
    """
    Return what asked language levels say of the levels held.

    Parameters
    ----------
    pairing : Pairing
    held : ndarray of int8
        Ranks in ``CEFR``, or ``UNKNOWN``.
    rows : ndarray of int
        Rows in the slots' table of languages asked.

    Returns
    -------
    ndarray of int8, in the shape that both broadcast to
    """
    asked = pairing.slots.languages
    level, strength = asked["level"][rows], asked["strength"][rows]
    trained = asked["trained_to"][rows] >= level
    needed = level - np.where(trained, pairing.policy.language_reach, 0)
    is_asked = (strength == ASKED_MUST) | (strength == ASKED_TRAINED)
    # Where nothing is needed, whatever somebody has is enough: nothing to ask.
    return first_of(
        (~is_asked | (needed <= 0) | (held >= needed), YES), (held != UNKNOWN, NO), otherwise=ASK
    )


def _languages(pairing: Pairing) -> Verdicts:
    asked, verdicts = pairing.slots.languages, everywhere(pairing, YES)
    for rows in asked.turns:
        held = pairing.candidates.languages[:, asked["language"][rows], asked["skill"][rows]]
        _lower(verdicts, asked.owner[rows], language_verdicts(pairing, held, rows))
    verdicts[:, ~pairing.slots.languages_known] = ASK
    return verdicts


def _lower(verdicts: Verdicts, slots: Ints, more: Verdicts) -> None:
    """Have the worst count, at some slots."""
    verdicts[:, slots] = np.minimum(verdicts[:, slots], more)


def _languages_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.slots.languages_known[j]:
        return [Finding("languages", ASK, {"item": "asked"}, ask="slot")]
    asked, found = pairing.slots.languages, []
    for row in asked.rows_of(j):
        language, skill = int(asked["language"][row]), int(asked["skill"][row])
        held = pairing.candidates.languages[i : i + 1, language, skill]
        verdict = int(language_verdicts(pairing, held, row)[0])
        trained_to = int(asked["trained_to"][row])
        facts = {
            "item": "level",
            "language": pairing.slots.vocabulary.languages[language],
            "skill": LANGUAGE_SKILLS[skill],
            "held": None if held[0] == UNKNOWN else CEFR[int(held[0])],
            "asked": CEFR[int(asked["level"][row])],
            "trained_to": None if trained_to == UNKNOWN else CEFR[trained_to],
            "reach": pairing.policy.language_reach,
        }
        ask = "candidate" if verdict == ASK else None
        found.append(Finding("languages", verdict, facts, ask=ask))
    return found or [Finding("languages", YES)]


def skill_verdicts(pairing: Pairing, held: Levels, rows: Ints) -> Verdicts:
    """
    Return what asked skills say of the levels held.

    Parameters
    ----------
    pairing : Pairing
    held : ndarray of int8
        Levels, 0 not held, ``UNKNOWN``.
    rows : ndarray of int
        Rows in the slots' table of skills asked.

    Returns
    -------
    ndarray of int8, in the shape that both broadcast to
    """
    asked = pairing.slots.skills
    taught, perhaps = taught_here(pairing.slots)
    optional = (asked["strength"][rows] != ASKED_MUST) | taught[rows]
    enough = optional | (held >= asked["level"][rows])
    # Where it is not known what a slot teaches, it may teach this.
    return first_of((enough, YES), ((held != UNKNOWN) & ~perhaps[rows], NO), otherwise=ASK)


def _skills(pairing: Pairing) -> Verdicts:
    asked, verdicts = pairing.slots.skills, everywhere(pairing, YES)
    for rows in asked.turns:
        held = pairing.candidates.skills[:, asked["skill"][rows]]
        _lower(verdicts, asked.owner[rows], skill_verdicts(pairing, held, rows))
    verdicts[:, ~pairing.slots.skills_known] = ASK
    return verdicts


def _skills_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.slots.skills_known[j]:
        return [Finding("skills", ASK, {"item": "asked"}, ask="slot")]
    asked, found = pairing.slots.skills, []
    for row in asked.rows_of(j):
        skill = int(asked["skill"][row])
        held = pairing.candidates.skills[i : i + 1, skill]
        verdict = int(skill_verdicts(pairing, held, row)[0])
        facts = {
            "item": "level",
            "skill": pairing.slots.vocabulary.taxonomy.codes[skill],
            "held": None if held[0] == UNKNOWN else int(held[0]),
            "asked": int(asked["level"][row]),
            "taught_to": int(pairing.slots.taught[j, skill]),
        }
        whom = "candidate" if held[0] == UNKNOWN else "slot"
        ask = whom if verdict == ASK else None
        found.append(Finding("skills", verdict, facts, ask=ask))
    return found or [Finding("skills", YES)]


def _licence_verdicts(pairing: Pairing, held: Ints, rows: Ints) -> Verdicts:
    asked = pairing.slots.licences
    optional = asked["strength"][rows] != ASKED_MUST
    has = (held != UNKNOWN) & (held >> asked["licence"][rows] & 1 == 1)
    return first_of((optional | has, YES), (held != UNKNOWN, NO), otherwise=ASK)


def _licence(pairing: Pairing) -> Verdicts:
    asked, verdicts = pairing.slots.licences, everywhere(pairing, YES)
    for rows in asked.turns:
        held = pairing.candidates.licences[:, None]
        _lower(verdicts, asked.owner[rows], _licence_verdicts(pairing, held, rows))
    verdicts[:, ~pairing.slots.licences_known] = ASK
    return verdicts


def _licence_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.slots.licences_known[j]:
        return [Finding("licence", ASK, {"item": "asked"}, ask="slot")]
    asked, found = pairing.slots.licences, []
    for row in asked.rows_of(j):
        held = pairing.candidates.licences[i : i + 1]
        verdict = int(_licence_verdicts(pairing, held, row)[0])
        facts = {"item": "licence", "licence": LICENCES[int(asked["licence"][row])]}
        ask = "candidate" if verdict == ASK else None
        found.append(Finding("licence", verdict, facts, ask=ask))
    return found or [Finding("licence", YES)]


EDUCATION = HardRule(
    "education",
    _education,
    _education_findings,
    ((_education, Reads(("eqf",), ("education", "education_strength"))),),
)
LANGUAGES = HardRule(
    "languages",
    _languages,
    _languages_findings,
    ((_languages, Reads(("languages",), (*LANGUAGES_READ, "languages.strength"), levels_asked)),),
)
SKILLS = HardRule("skills", _skills, _skills_findings)
LICENCE = HardRule(
    "licence",
    _licence,
    _licence_findings,
    (
        (
            _licence,
            Reads(("licences",), ("licences.licence", "licences.strength", "licences_known")),
        ),
    ),
)
