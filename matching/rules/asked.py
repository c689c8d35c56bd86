"""What a slot asks as a *must*: reached, or within reach of what is trained there."""

import numpy as np
from numpy.typing import NDArray

from matching.pairing import Pairing
from matching.profiles import (
    ASKED_MUST,
    ASKED_TRAINED,
    CEFR,
    LANGUAGE_SKILLS,
    LICENCES,
    UNKNOWN,
    Floats,
    Levels,
)
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, everywhere


def _education(pairing: Pairing) -> Verdicts:
    slots, held = pairing.slots, pairing.candidates.eqf
    verdicts = everywhere(pairing, YES)
    for j in range(len(slots)):
        verdicts[:, j] = _education_verdict(pairing, held, j)
    return verdicts


def _education_verdict(pairing: Pairing, held: Floats, j: int) -> Verdicts:
    strength, asked = int(pairing.slots.education_strength[j]), float(pairing.slots.education[j])
    if strength == UNKNOWN:
        return np.full(len(held), ASK, dtype=np.int8)
    if strength not in (ASKED_MUST, ASKED_TRAINED):
        return np.full(len(held), YES, dtype=np.int8)
    needed = asked - (pairing.policy.education_reach if strength == ASKED_TRAINED else 0)
    if needed <= 0:  # whatever somebody has, it is enough: nothing to ask
        return np.full(len(held), YES, dtype=np.int8)
    return np.select(
        [held >= needed, held < needed], [np.int8(YES), np.int8(NO)], default=np.int8(ASK)
    )


def _education_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    held, asked = pairing.candidates.eqf[i : i + 1], float(pairing.slots.education[j])
    verdict = int(_education_verdict(pairing, held, j)[0])
    strength = int(pairing.slots.education_strength[j])
    facts = {
        "held": None if np.isnan(held[0]) else int(held[0]),
        "asked": None if np.isnan(asked) else int(asked),
        "trained": strength == ASKED_TRAINED,
        "reach": pairing.policy.education_reach,
    }
    whom = None if verdict != ASK else "slot" if strength == UNKNOWN else "candidate"
    return [Finding("education", verdict, facts, ask=whom)]


def language_verdicts(pairing: Pairing, held: Levels, row: int) -> Verdicts:
    """
    Return what one asked language level says of the levels held.

    Parameters
    ----------
    pairing : Pairing
    held : ndarray of int8, shape (n,)
        Ranks in ``CEFR``, or ``UNKNOWN``.
    row : int
        Row in the slots' table of languages asked.

    Returns
    -------
    ndarray of int8, shape (n,)
    """
    asked = pairing.slots.languages
    level, trained_to = int(asked["level"][row]), int(asked["trained_to"][row])
    if asked["strength"][row] not in (ASKED_MUST, ASKED_TRAINED):
        return np.full(len(held), YES, dtype=np.int8)
    needed = level - (pairing.policy.language_reach if trained_to >= level else 0)
    if needed <= 0:  # whatever somebody has, it is enough: nothing to ask
        return np.full(len(held), YES, dtype=np.int8)
    return np.select(
        [held >= needed, held != UNKNOWN], [np.int8(YES), np.int8(NO)], default=np.int8(ASK)
    )


def _languages(pairing: Pairing) -> Verdicts:
    asked, held = pairing.slots.languages, pairing.candidates.languages
    verdicts = everywhere(pairing, YES)
    for row, slot in enumerate(asked.owner):
        column = held[:, asked["language"][row], asked["skill"][row]]
        verdicts[:, slot] = np.minimum(verdicts[:, slot], language_verdicts(pairing, column, row))
    verdicts[:, ~pairing.slots.languages_known] = ASK
    return verdicts


def _languages_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.slots.languages_known[j]:
        return [Finding("languages", ASK, {"item": "asked"}, ask="slot")]
    asked, found = pairing.slots.languages, []
    for row in asked.rows_of(j):
        language, skill = int(asked["language"][row]), int(asked["skill"][row])
        held = pairing.candidates.languages[i : i + 1, language, skill]
        verdict = int(language_verdicts(pairing, held, int(row))[0])
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


def _skill_verdicts(pairing: Pairing, held: Levels, row: int) -> Verdicts:
    asked = pairing.slots.skills
    level, slot = int(asked["level"][row]), asked.owner[row]
    taught = int(pairing.slots.taught[slot, asked["skill"][row]])
    if asked["strength"][row] != ASKED_MUST or taught >= level:
        return np.full(len(held), YES, dtype=np.int8)
    # Where it is not known what a slot teaches, it may teach this.
    short = NO if pairing.slots.taught_known[slot] else ASK
    return np.select(
        [held >= level, held != UNKNOWN], [np.int8(YES), np.int8(short)], default=np.int8(ASK)
    )


def _skills(pairing: Pairing) -> Verdicts:
    asked = pairing.slots.skills
    verdicts = everywhere(pairing, YES)
    for row, slot in enumerate(asked.owner):
        held = pairing.candidates.skills[:, asked["skill"][row]]
        verdicts[:, slot] = np.minimum(verdicts[:, slot], _skill_verdicts(pairing, held, row))
    verdicts[:, ~pairing.slots.skills_known] = ASK
    return verdicts


def _skills_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.slots.skills_known[j]:
        return [Finding("skills", ASK, {"item": "asked"}, ask="slot")]
    asked, found = pairing.slots.skills, []
    for row in asked.rows_of(j):
        skill = int(asked["skill"][row])
        held = pairing.candidates.skills[i : i + 1, skill]
        verdict = int(_skill_verdicts(pairing, held, int(row))[0])
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


def _licence_verdicts(pairing: Pairing, held: NDArray[np.int64], row: int) -> Verdicts:
    asked = pairing.slots.licences
    if asked["strength"][row] != ASKED_MUST:
        return np.full(len(held), YES, dtype=np.int8)
    has = (held >> int(asked["licence"][row]) & 1) == 1
    return np.select([held == UNKNOWN, has], [np.int8(ASK), np.int8(YES)], default=np.int8(NO))


def _licence(pairing: Pairing) -> Verdicts:
    verdicts = everywhere(pairing, YES)
    for row, slot in enumerate(pairing.slots.licences.owner):
        column = _licence_verdicts(pairing, pairing.candidates.licences, row)
        verdicts[:, slot] = np.minimum(verdicts[:, slot], column)
    verdicts[:, ~pairing.slots.licences_known] = ASK
    return verdicts


def _licence_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.slots.licences_known[j]:
        return [Finding("licence", ASK, {"item": "asked"}, ask="slot")]
    asked, found = pairing.slots.licences, []
    for row in asked.rows_of(j):
        held = pairing.candidates.licences[i : i + 1]
        verdict = int(_licence_verdicts(pairing, held, int(row))[0])
        facts = {"item": "licence", "licence": LICENCES[int(asked["licence"][row])]}
        ask = "candidate" if verdict == ASK else None
        found.append(Finding("licence", verdict, facts, ask=ask))
    return found or [Finding("licence", YES)]


EDUCATION = HardRule("education", _education, _education_findings)
LANGUAGES = HardRule("languages", _languages, _languages_findings)
SKILLS = HardRule("skills", _skills, _skills_findings)
LICENCE = HardRule("licence", _licence, _licence_findings)
