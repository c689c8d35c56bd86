"""Which facts of slots nobody knows yet, and what their suppliers could answer."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from matching.asking.unknown.blanks import Answer, Blank, Edit, answers_in, thinned
from matching.facts.pairing import Pairing
from matching.facts.profiles import (
    ASKED_MUST,
    CEFR,
    LANGUAGE_SKILLS,
    LICENCES,
    NO,
    TARGETS,
    UNKNOWN,
    WEEKDAYS,
    YES,
    mask,
    unmask,
)

MOST_HOURS = 40.0
MOST_DAYS = 5.0

Rows = list[dict[str, Any]]
Says = list[tuple[Any, dict[str, Any]]]
"""What is said of one row, and what of it becomes otherwise."""


def blanks_of_slots(pairing: Pairing) -> Iterator[Blank]:
    """
    Give every fact of a slot that is not known and that somebody's profile looks at.

    Parameters
    ----------
    pairing : Pairing

    Yields
    ------
    Blank
        By slot.
    """
    for j in range(len(pairing.slots)):
        for blank in _blanks_of_one(pairing, j):
            if blank.answers:
                yield blank


def _blanks_of_one(pairing: Pairing, j: int) -> Iterator[Blank]:
    yield from _time(pairing, j)
    yield from _asked(pairing, j)
    yield from _offered(pairing, j)
    yield from _phases(pairing, j)


def _blank(j: int, fact: str, answers: tuple[Answer, ...], item: str | None = None) -> Blank:
    return Blank("slot", j, fact, item, None, answers)


def _time(pairing: Pairing, j: int) -> Iterator[Blank]:
    people, slots = pairing.candidates, pairing.slots
    if np.isnan(slots.last_entry_on[j]):
        days = people.available_on[~np.isnan(people.available_on)].tolist()
        values = [min(days) - 1, *days] if days else []
        yield _blank(j, "last_entry_on", answers_in("last_entry_on", values))
    hours = [0.0, *people.hours_from.tolist(), *people.hours_to.tolist(), MOST_HOURS]
    for fact in ("hours_from", "hours_to"):
        if np.isnan(getattr(slots, fact)[j]):
            yield _blank(j, fact, answers_in(fact, hours))
    if slots.days[j] == UNKNOWN:
        own = {int(days) for days in people.days if days > 0}
        masks = [*(int(one) for one in thinned(own)), mask(WEEKDAYS, WEEKDAYS)]
        answers = {" ".join(unmask(one, WEEKDAYS) or ()): Edit("days", one) for one in masks}
        yield _blank(j, "days", _answers(answers))
    elif slots.days_fixed[j] == UNKNOWN:
        yield _blank(j, "days_fixed", _yes_or_no("days_fixed"))
    needs_build_up = bool((people.build_up_hours < slots.hours_from[j]).any())
    if needs_build_up and slots.build_up[j] == UNKNOWN:
        allowed = (Edit("build_up", YES), Edit("build_up_hours", 0.0))
        answers_here = (Answer("no", (Edit("build_up", NO),)), Answer("yes", allowed))
        yield _blank(j, "build_up", answers_here)
    elif needs_build_up and slots.build_up[j] == YES and np.isnan(slots.build_up_hours[j]):
        starts = people.build_up_hours[~np.isnan(people.build_up_hours)].tolist()
        values = [*starts, float(slots.hours_from[j])]
        yield _blank(j, "build_up_hours", answers_in("build_up_hours", values))
    if np.isnan(slots.starts_at[j]) and not np.isnan(people.earliest_start).all():
        values = [0.0, *people.earliest_start.tolist()]
        yield _blank(j, "starts_at", answers_in("starts_at", values))


def _answers(edits: dict[str, Edit]) -> tuple[Answer, ...]:
    return tuple(Answer(says, (edit,)) for says, edit in edits.items())


def _yes_or_no(fact: str, at: tuple[int, ...] = ()) -> tuple[Answer, ...]:
    return tuple(
        Answer(says, (Edit(fact, value, at),)) for says, value in (("no", NO), ("yes", YES))
    )


def _asked(pairing: Pairing, j: int) -> Iterator[Blank]:
    slots, words = pairing.slots, pairing.slots.vocabulary
    if slots.education_strength[j] == UNKNOWN:
        none = Answer("none", (Edit("education_strength", 0), Edit("education", np.nan)))
        must = Edit("education_strength", ASKED_MUST)
        levels = (Answer(level, (must, Edit("education", float(level)))) for level in range(1, 9))
        yield _blank(j, "education", (none, *levels))
    if not slots.languages_known[j]:
        yield _blank(j, "languages", _languages(words.languages))
    if not slots.skills_known[j]:
        yield _blank(j, "skills", _skills(pairing))
    elif not slots.taught_known[j]:
        rows = slots.skills.rows_of(j)
        asked = zip(slots.skills["skill"][rows], slots.skills["level"][rows], strict=True)
        known = Edit("taught_known", True)
        taught = tuple(Edit("taught", int(level), (int(skill),)) for skill, level in asked)
        if taught:
            answers = Answer("none", (known,)), Answer("all that is asked", (known, *taught))
            yield _blank(j, "taught", answers)
    if not slots.licences_known[j]:
        known = Edit("licences_known", True)
        answers_here = [Answer("none", (known, Edit("licences", [])))]
        for k, code in enumerate(LICENCES):
            rows_of_table = [{"licence": k, "strength": ASKED_MUST}]
            answers_here.append(Answer(code, (known, Edit("licences", rows_of_table))))
        yield _blank(j, "licences", tuple(answers_here))


def _languages(languages: tuple[str, ...]) -> tuple[Answer, ...]:
    """Answer that no language is asked, or one in all its skills at some level."""
    known = Edit("languages_known", True)
    answers = [Answer("none", (known, Edit("languages", [])))]
    for language, code in enumerate(languages):
        for level in range(1, len(CEFR)):
            rows = [
                {
                    "language": language,
                    "skill": skill,
                    "level": level,
                    "strength": ASKED_MUST,
                    "trained_to": UNKNOWN,
                }
                for skill in range(len(LANGUAGE_SKILLS))
            ]
            answers.append(Answer(f"{code} {CEFR[level]}", (known, Edit("languages", rows))))
    return tuple(answers)


def _skills(pairing: Pairing) -> tuple[Answer, ...]:
    """Answer that no skill is asked, or one that somebody holds, or one that nobody does."""
    known, codes = Edit("skills_known", True), pairing.slots.vocabulary.taxonomy.codes
    answers = [Answer("none", (known, Edit("skills", [])))]
    held = np.flatnonzero((pairing.candidates.skills > 0).any(axis=0)).tolist()
    nobody = sorted(set(range(len(codes))) - set(held))[:1]
    for skill in [*(int(one) for one in thinned(held)), *nobody]:
        row = {"skill": skill, "level": 1, "weight": 1, "strength": ASKED_MUST}
        answers.append(Answer(codes[skill], (known, Edit("skills", [row]))))
    return tuple(answers)


def _offered(pairing: Pairing, j: int) -> Iterator[Blank]:
    people, slots, words = pairing.candidates, pairing.slots, pairing.slots.vocabulary
    for c in np.flatnonzero(slots.conditions[j] == UNKNOWN).tolist():
        if (people.conditions[:, c] != 0).any():
            yield _blank(j, "conditions", _yes_or_no("conditions", (c,)), words.conditions[c])
    for kind in np.flatnonzero(np.isnan(slots.support_hours[j])).tolist():
        needed = people.support_hours[:, kind]
        if (needed != 0).any():
            answers = answers_in("support_hours", [0.0, *needed.tolist()], (kind,))
            yield _blank(j, "support_hours", answers, words.support[kind])
    if slots.tasks[j] is None:
        wanted = sorted({tasks for tasks in people.tasks if tasks})
        kept = [wanted[int(k)] for k in thinned(range(len(wanted)))]
        edits = {"; ".join(tasks): Edit("tasks", tasks) for tasks in kept}
        yield _blank(j, "tasks", _answers(edits))
    if slots.occupation[j] is None:
        sought = sorted({code for codes in people.occupations for code in codes or ()})
        kept_codes = [sought[int(k)] for k in thinned(range(len(sought)))]
        yield _blank(j, "occupation", _answers({c: Edit("occupation", c) for c in kept_codes}))
    yield from _organisations(pairing, j)


def _organisations(pairing: Pairing, j: int) -> Iterator[Blank]:
    """Give the organisations that may be met there and that somebody does not want to meet."""
    slots, vetoes = pairing.slots, pairing.candidates.vetoes
    kind = TARGETS.index("organisation")
    named = {str(vetoes["code"][k]) for k in range(len(vetoes)) if vetoes["target"][k] == kind}
    for code in sorted(named & slots.perhaps[j]):
        fewer = Edit("perhaps", slots.perhaps[j] - {code})
        there = Edit("organisations", slots.organisations[j] | {code})
        yield _blank(
            j, "organisations", (Answer("no", (fewer,)), Answer("yes", (fewer, there))), code
        )


def _phases(pairing: Pairing, j: int) -> Iterator[Blank]:
    slots, places = pairing.slots, pairing.slots.vocabulary.places
    rows = slots.phases.rows_of(j).tolist()
    facts = [{name: slots.phases[name][row] for name in slots.phases.columns} for row in rows]
    for k, phase in enumerate(facts):
        number = f"{k + 1}"
        if phase["place"] == UNKNOWN and len(places):
            kept = [int(place) for place in thinned(range(len(places)))]
            answers = [(places[place], {"place": place}) for place in kept]
            yield _blank(j, "place", _phase_answers(facts, k, answers), number)
        for fact, most in (("on_site_days", MOST_DAYS), ("remote_days", MOST_DAYS)):
            if np.isnan(phase[fact]):
                numbers = [(value, {fact: value}) for value in (0.0, 1.0, most)]
                yield _blank(j, fact, _phase_answers(facts, k, numbers), number)


def _phase_answers(facts: Rows, k: int, answers: Says) -> tuple[Answer, ...]:
    """Return all phases of a slot anew for each answer about one of them."""
    return tuple(
        Answer(
            says, (Edit("phases", [{**f, **new} if n == k else f for n, f in enumerate(facts)]),)
        )
        for says, new in answers
    )
