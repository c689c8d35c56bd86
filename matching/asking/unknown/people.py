"""Which facts of candidates nobody knows yet, and what they could answer."""

from collections.abc import Iterator

import numpy as np

from matching.asking.unknown.blanks import Answer, Blank, Edit, answers_in, thinned
from matching.facts.pairing import Pairing
from matching.facts.profiles import (
    CEFR,
    FORMS,
    LANGUAGE_SKILLS,
    LICENCES,
    MUST,
    MUST_NOT,
    TARGETS,
    TRAVEL_MODES,
    UNKNOWN,
    WEEKDAYS,
    YES,
    mask,
    unmask,
)

MOST_HOURS = 40.0
"""Hours of a full week."""

FARTHEST_MINUTES = 999.0
HIGHEST_SKILL = 4
NOTHING_LIKE_IT = "\x00"
"""A word that is like no other."""


def blanks_of_people(pairing: Pairing) -> Iterator[Blank]:
    """
    Give every fact of a candidate that is not known and that some slot looks at.

    Parameters
    ----------
    pairing : Pairing

    Yields
    ------
    Blank
        By candidate. A blank that means *no limit stated* is none; the date of waiting, which only
        settles ties, is left out.
    """
    for i in range(len(pairing.candidates)):
        for blank in _blanks_of_one(pairing, i):
            if blank.answers:
                yield blank


def _blanks_of_one(pairing: Pairing, i: int) -> Iterator[Blank]:
    yield from _access(pairing, i)
    yield from _journey(pairing, i)
    yield from _time(pairing, i)
    yield from _learned(pairing, i)
    yield from _wanted(pairing, i)
    yield from _needs(pairing, i)


def _blank(i: int, fact: str, answers: tuple[Answer, ...], item: str | None = None) -> Blank:
    return Blank("candidate", i, fact, item, None, answers)


def _says(fact: str, options: dict[str, object]) -> tuple[Answer, ...]:
    """Return one answer for each option, by what is said."""
    return tuple(Answer(says, (Edit(fact, value),)) for says, value in options.items())


def _access(pairing: Pairing, i: int) -> Iterator[Blank]:
    people, slots = pairing.candidates, pairing.slots
    if people.referrer[i] is None:
        named = sorted({who for admitted in slots.admits for who in admitted or ()})
        if named:
            options: dict[str, object] = {who: who for who in named}
            options["another"] = NOTHING_LIKE_IT
            yield _blank(i, "referrer", _says("referrer", options))
    if people.forms[i] == UNKNOWN:
        alone = {form: mask([form], FORMS) for form in FORMS}
        yield _blank(i, "forms", _says("forms", {"all": mask(FORMS, FORMS), **alone}))


def _journey(pairing: Pairing, i: int) -> Iterator[Blank]:
    people, places = pairing.candidates, pairing.slots.vocabulary.places
    there = np.unique(pairing.slots.phases["place"].astype(np.int64))
    there = there[there != UNKNOWN]
    if people.home[i] == UNKNOWN and len(there):
        near = {"near": there, "far": there[:0]}
        near |= {f"near {places[int(place)]}": np.array([place]) for place in there}
        answers = [_minutes(pairing, i, says, there, close) for says, close in near.items()]
        yield _blank(i, "home", tuple(answers))
    elif people.travel_modes[i] == UNKNOWN:
        modes: dict[str, object] = {mode: mask([mode], TRAVEL_MODES) for mode in TRAVEL_MODES}
        yield _blank(i, "travel_modes", _says("travel_modes", modes))
    if np.isnan(people.max_travel_minutes[i]):
        known = pairing.minutes[i]
        values = [0.0, *known[known < FARTHEST_MINUTES].tolist(), FARTHEST_MINUTES]
        yield _blank(i, "max_travel_minutes", answers_in("max_travel_minutes", values))


def _minutes(pairing: Pairing, i: int, says: str, there: np.ndarray, close: np.ndarray) -> Answer:
    """Answer where somebody lives by the journeys that follow; what is known of them stays."""
    table = pairing.candidates.known_travel
    noted = {int(table["place"][row]): float(table["minutes"][row]) for row in table.rows_of(i)}
    minutes = {int(p): 0.0 if p in close else FARTHEST_MINUTES for p in there} | noted
    rows = [{"place": place, "minutes": value} for place, value in minutes.items()]
    return Answer(says, (Edit("known_travel", rows),))


def _time(pairing: Pairing, i: int) -> Iterator[Blank]:
    people, slots = pairing.candidates, pairing.slots
    if np.isnan(people.hours_to[i]):
        values = [0.0, *slots.hours_from.tolist(), *slots.hours_to.tolist(), MOST_HOURS]
        yield _blank(i, "hours_to", answers_in("hours_to", values))
    if people.days[i] == UNKNOWN:
        asked = {int(days) for days in slots.days if days != UNKNOWN}
        every = mask(WEEKDAYS, WEEKDAYS)
        masks = [0, *(int(one) for one in thinned(asked)), every]
        named: dict[str, object] = {
            " ".join(unmask(one, WEEKDAYS) or ()) or "none": one for one in masks
        }
        yield _blank(i, "days", _says("days", named))
    if np.isnan(people.available_on[i]):
        last = np.fmax(slots.starts_on, slots.last_entry_on)
        known = last[~np.isnan(last)].tolist()
        too_late = [max(known) + 1] if known else []
        yield _blank(i, "available_on", answers_in("available_on", [*known, *too_late]))
    if np.isnan(people.remote_days[i]):
        yield _blank(i, "remote_days", answers_in("remote_days", range(6)))


def _learned(pairing: Pairing, i: int) -> Iterator[Blank]:
    people, slots, words = pairing.candidates, pairing.slots, pairing.slots.vocabulary
    if np.isnan(people.eqf[i]) and not np.isnan(slots.education).all():
        yield _blank(i, "eqf", answers_in("eqf", range(9)))
    asked = sorted(
        set(
            zip(
                slots.languages["language"].tolist(), slots.languages["skill"].tolist(), strict=True
            )
        )
    )
    for language, skill in asked:
        if people.languages[i, language, skill] == UNKNOWN:
            answers = tuple(
                Answer(level, (Edit("languages", rank, (language, skill)),))
                for rank, level in enumerate(CEFR)
            )
            code, part = words.languages[language], LANGUAGE_SKILLS[skill]
            yield Blank("candidate", i, "languages", code, part, answers)
    yield from _skills(pairing, i)
    if people.licences[i] == UNKNOWN:
        codes = [LICENCES[k] for k in sorted(set(slots.licences["licence"].tolist()))]
        options: dict[str, object] = {code: mask([code], LICENCES) for code in codes}
        options |= {"none": 0, "all": mask(LICENCES, LICENCES)}
        if codes:
            yield _blank(i, "licences", _says("licences", options))


def _skills(pairing: Pairing, i: int) -> Iterator[Blank]:
    held, codes = pairing.candidates.skills[i], pairing.slots.vocabulary.taxonomy.codes
    asked = sorted(set(pairing.slots.skills["skill"].tolist()))
    if not len(held) or not asked:
        return
    if (held == UNKNOWN).all():  # nobody has asked: one question, not one for each skill
        answers = []
        for says, which in [("none", []), ("all", asked), *((codes[k], [k]) for k in asked)]:
            edits = [Edit("skills", np.zeros_like(held))]
            edits += [Edit("skills", HIGHEST_SKILL, (k,)) for k in which]
            answers.append(Answer(says, tuple(edits)))
        yield _blank(i, "skills", tuple(answers))
        return
    for skill in asked:
        if held[skill] == UNKNOWN:
            levels = answers_in("skills", range(HIGHEST_SKILL + 1), (skill,))
            yield _blank(i, "skills", levels, codes[skill])


def _wanted(pairing: Pairing, i: int) -> Iterator[Blank]:
    people, slots = pairing.candidates, pairing.slots
    if people.tasks[i] is None:
        offered = sorted({tasks for tasks in slots.tasks if tasks})
        options: dict[str, object] = {"anything": (), "nothing like it": (NOTHING_LIKE_IT,)}
        yield _blank(i, "tasks", _says("tasks", options | {"; ".join(t): t for t in offered}))
    if people.occupations[i] is None:
        codes = sorted({code for code in slots.occupation if code is not None})
        options = {"anything": (), "nothing like it": (NOTHING_LIKE_IT,)}
        yield _blank(i, "occupations", _says("occupations", options | {c: (c,) for c in codes}))
    if not people.wishes_known[i]:
        kind = TARGETS.index("slot")
        rows = {code: [{"target": kind, "code": code, "rank": 1}] for code in slots.codes}
        answers = [Answer("none", (Edit("wishes_known", True),))]
        for code, wish in rows.items():
            answers.append(Answer(code, (Edit("wishes_known", True), Edit("wishes", wish))))
        yield _blank(i, "wishes", tuple(answers))


def _needs(pairing: Pairing, i: int) -> Iterator[Blank]:
    people, slots, words = pairing.candidates, pairing.slots, pairing.slots.vocabulary
    if not people.conditions_known[i]:
        known = Edit("conditions_known", True)
        answers = [Answer("none", (known,))]
        for c, code in enumerate(words.conditions):
            for says, need in (("must", MUST), ("must not", MUST_NOT)):
                if (slots.conditions[:, c] != (YES if need == MUST else 0)).any():
                    edits = known, Edit("conditions", need, (c,))
                    answers.append(Answer(f"{code}: {says}", edits))
        yield _blank(i, "conditions", tuple(answers))
    if not people.support_known[i]:
        known = Edit("support_known", True)
        answers = [Answer("none", (known,))]
        for kind, code in enumerate(words.support):
            for hours in _hours_that_matter(pairing, kind):
                edits = known, Edit("support_hours", hours, (kind,))
                essential = Edit("support_essential", True, (kind,))
                answers.append(Answer(f"{code}: {hours:g}", (*edits, essential)))
        yield _blank(i, "support", tuple(answers))
    for kind in np.flatnonzero(np.isnan(people.support_hours[i])).tolist():
        hours_needed = _hours_that_matter(pairing, kind)
        answers_here = answers_in("support_hours", hours_needed, (kind,))
        yield _blank(i, "support_hours", answers_here, words.support[kind])


def _hours_that_matter(pairing: Pairing, kind: int) -> list[float]:
    """Return hours of support that somebody could need: an hour, what slots give, and more."""
    offered = pairing.slots.support_hours[:, kind]
    known = offered[~np.isnan(offered)].tolist()
    return thinned([1.0, *(hours for hours in known if hours > 0), max([0.0, *known]) + 1.0])
