"""
The one bridge between what is stored and what is solved: facts to profiles, plans to proposals.

`matching` and `models` have never met; this module introduces them. Blank stays unknown on the way:
`None` becomes `nan` or UNKNOWN, never 0.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import Candidates, Pairs, Slots, Taxonomy, Vocabulary
from matching.facts import profiles as columns
from models.candidate import CandidateFacts
from models.codes import NeedStrength, SkillWeight, SlotStatus, Strength, YesNoUnknown
from models.facts import EducationAsked
from models.vocabulary import support_kinds, work_conditions
from service.schemas import RunInput, SlotFacts

NEEDS = {
    NeedStrength.MUST: columns.MUST,
    NeedStrength.WANTED: columns.WANTED,
    NeedStrength.AVOID: columns.AVOID,
    NeedStrength.MUST_NOT: columns.MUST_NOT,
}
ASKED = {
    Strength.MUST: columns.ASKED_MUST,
    Strength.WANTED: columns.ASKED_WANTED,
    Strength.TRAINED: columns.ASKED_TRAINED,
}
WEIGHTS = {SkillWeight.ESSENTIAL: 3, SkillWeight.IMPORTANT: 2, SkillWeight.SOMEWHAT: 1}
"""How much an asked skill weighs within the skills criterion."""

ANSWERS = {
    YesNoUnknown.YES: columns.YES,
    YesNoUnknown.NO: columns.NO,
    YesNoUnknown.UNKNOWN: columns.UNKNOWN,
}


def to_profiles(given: RunInput, taxonomy: Taxonomy) -> tuple[Candidates, Slots]:
    """
    Turn facts into the columns that the engine reads.

    Candidates and slots come out in the order of their codes, whatever order they came in. Skills
    in free words are for people to read; the engine sees codes only.
    """
    ordered = given.canonical()
    words = _vocabulary(ordered, taxonomy)
    declined = {item.candidate: [] for item in ordered.declined}  # type: dict[str, list[str]]
    for item in ordered.declined:
        declined[item.candidate].append(item.slot)
    return (
        _candidates(ordered.candidates, words, declined, ordered.as_of),
        _slots(ordered.slots, words, ordered.as_of),
    )


def _vocabulary(given: RunInput, taxonomy: Taxonomy) -> Vocabulary:
    languages = {held.language for one in given.candidates for held in one.languages or ()}
    languages |= {asked.language for slot in given.slots for asked in slot.languages or ()}
    places = {one.pc4 for one in given.candidates if one.pc4}
    places |= {known.pc4 for one in given.candidates for known in one.known_travel}
    places |= {phase.pc4 for slot in given.slots for phase in slot.phases if phase.pc4}
    order = tuple(sorted(places))
    where = {item.pc4: item for item in given.postcodes}
    return Vocabulary(
        taxonomy=taxonomy,
        languages=tuple(sorted(languages)),
        conditions=tuple(work_conditions()),
        support=tuple(support_kinds()),
        places=order,
        latitude=_floats(where[pc4].latitude if pc4 in where else None for pc4 in order),
        longitude=_floats(where[pc4].longitude if pc4 in where else None for pc4 in order),
    )


def _candidates(
    people: Sequence[CandidateFacts],
    words: Vocabulary,
    declined: dict[str, list[str]],
    as_of: date,
) -> Candidates:
    n = len(people)
    languages = np.full((n, len(words.languages), 4), columns.UNKNOWN, dtype=np.int8)
    skills = np.zeros((n, len(words.taxonomy)), dtype=np.int8)
    conditions = np.zeros((n, len(words.conditions)), dtype=np.int8)
    support_hours = np.zeros((n, len(words.support)))
    support_essential = np.zeros((n, len(words.support)), dtype=np.bool_)
    for i, one in enumerate(people):
        _fill_languages(languages[i], one, words)
        _fill_skills(skills[i], one, words)
        for need in one.conditions or ():
            conditions[i, words.conditions.index(need.condition)] = NEEDS[need.strength]
        for help_needed in one.support or ():
            kind = words.support.index(help_needed.kind)
            hours = help_needed.weekly_hours
            support_hours[i, kind] = np.nan if hours is None else hours
            support_essential[i, kind] = help_needed.essential
    return Candidates(
        vocabulary=words,
        codes=tuple(one.code for one in people),
        referrer=tuple(one.referrer for one in people),
        home=_indices((one.pc4 for one in people), words.places),
        travel_modes=_masks((one.travel_modes for one in people), columns.TRAVEL_MODES),
        max_travel_minutes=_floats(one.max_travel_minutes for one in people),
        known_travel=_pairs(
            people,
            ("place", "minutes"),
            lambda one: [
                {"place": words.places.index(known.pc4), "minutes": float(known.minutes)}
                for known in one.known_travel
            ],
        ),
        eqf=_floats(None if one.diploma is None else one.diploma.eqf for one in people),
        languages=languages,
        skills=skills,
        licences=_masks((one.licences for one in people), columns.LICENCES),
        forms=_masks((one.placement_forms for one in people), columns.FORMS),
        days=_masks((one.days for one in people), columns.WEEKDAYS),
        tasks=_texts(one.tasks_wanted for one in people),
        occupations=_texts(one.occupations_sought for one in people),
        hours_from=_floats(one.weekly_hours_from for one in people),
        hours_to=_floats(one.weekly_hours_to for one in people),
        longest_day=_floats(one.longest_day_hours for one in people),
        build_up_hours=_floats(one.build_up_from_hours for one in people),
        earliest_start=_floats(_minutes(one.earliest_start) for one in people),
        remote_days=_floats(one.remote_days_wanted for one in people),
        # Who could start earlier can start today: nobody starts in the past.
        available_on=np.maximum(
            _floats(_ordinal(one.available_on) for one in people), as_of.toordinal()
        ),
        waiting_since=_floats(_ordinal(one.waiting_since) for one in people),
        conditions=conditions,
        conditions_known=_bools(one.conditions is not None for one in people),
        support_hours=support_hours,
        support_essential=support_essential,
        support_known=_bools(one.support is not None for one in people),
        wishes=_pairs(
            people,
            ("target", "code", "rank"),
            lambda one: [
                {
                    "target": columns.TARGETS.index(wish.about.value),
                    "code": wish.code,
                    "rank": wish.rank,
                }
                for wish in one.wishes or ()
            ],
        ),
        wishes_known=_bools(one.wishes is not None for one in people),
        vetoes=_pairs(
            people,
            ("target", "code"),
            lambda one: [
                {"target": columns.TARGETS.index(veto.about.value), "code": veto.code}
                for veto in one.vetoes
            ],
        ),
        declined=_pairs(
            people, ("code",), lambda one: [{"code": slot} for slot in declined.get(one.code, ())]
        ),
    )


def _fill_languages(row: NDArray[np.int8], one: CandidateFacts, words: Vocabulary) -> None:
    if one.languages is not None:
        # A language that somebody does not name, when the list is known, is not mastered.
        row[:] = 0
    for held in one.languages or ():
        levels = (held.listening, held.reading, held.speaking, held.writing)
        row[words.languages.index(held.language)] = [
            columns.UNKNOWN if level is None else level.rank for level in levels
        ]


def _fill_skills(row: NDArray[np.int8], one: CandidateFacts, words: Vocabulary) -> None:
    # A list of free words only is for people to read: which codes it stands for is not known.
    if one.skills is None or (one.skills and all(held.skill is None for held in one.skills)):
        row[:] = columns.UNKNOWN
    for held in one.skills or ():
        if held.skill is not None:
            level = columns.UNKNOWN if held.level is None else held.level
            row[words.taxonomy.index[held.skill]] = level


def _slots(slots: Sequence[SlotFacts], words: Vocabulary, as_of: date) -> Slots:
    m = len(slots)
    taught = np.zeros((m, len(words.taxonomy)), dtype=np.int8)
    conditions = np.full((m, len(words.conditions)), columns.UNKNOWN, dtype=np.int8)
    support = np.full((m, len(words.support)), np.nan)
    for j, slot in enumerate(slots):
        for skill in slot.skills_taught or ():
            taught[j, words.taxonomy.index[skill.skill]] = skill.level
        for offered in slot.conditions:
            conditions[j, words.conditions.index(offered.condition)] = ANSWERS[offered.offer]
        for help_offered in slot.support:
            hours = help_offered.weekly_hours
            support[j, words.support.index(help_offered.kind)] = np.nan if hours is None else hours
    return Slots(
        vocabulary=words,
        codes=tuple(slot.code for slot in slots),
        pilots=tuple(slot.pilot for slot in slots),
        suppliers=tuple(slot.supplier for slot in slots),
        organisations=tuple(
            frozenset({slot.supplier, *(p.organisation for p in slot.phases if p.organisation)})
            for slot in slots
        ),
        perhaps=tuple(
            frozenset(slot.hosts)
            if not slot.phases or any(phase.organisation is None for phase in slot.phases)
            else frozenset()
            for slot in slots
        ),
        admits=tuple(frozenset(slot.referrers) if slot.referrers else None for slot in slots),
        seats=np.array(
            [slot.seats if slot.seats_left is None else slot.seats_left for slot in slots],
            dtype=np.int64,
        ),
        is_open=_bools(_is_open(slot, as_of) for slot in slots),
        form=np.array([columns.FORMS.index(slot.form.value) for slot in slots], dtype=np.int64),
        starts_on=_floats(_ordinal(slot.starts_on) for slot in slots),
        last_entry_on=_floats(_ordinal(slot.last_entry_on) for slot in slots),
        hours_from=_floats(slot.weekly_hours_from for slot in slots),
        hours_to=_floats(slot.weekly_hours_to for slot in slots),
        days=_masks((slot.days for slot in slots), columns.WEEKDAYS),
        days_fixed=np.array([ANSWERS[slot.days_fixed] for slot in slots], dtype=np.int64),
        build_up=np.array([ANSWERS[slot.build_up] for slot in slots], dtype=np.int64),
        build_up_hours=_floats(slot.build_up_from_hours for slot in slots),
        starts_at=_floats(_minutes(slot.starts_at) for slot in slots),
        education=_floats(_asked_level(slot.education) for slot in slots),
        education_strength=np.array(
            [
                columns.UNKNOWN if s.education is None else ASKED[s.education.strength]
                for s in slots
            ],
            dtype=np.int64,
        ),
        languages=_pairs(
            slots,
            ("language", "skill", "level", "strength", "trained_to"),
            lambda slot: [
                {
                    "language": words.languages.index(asked.language),
                    "skill": columns.LANGUAGE_SKILLS.index(asked.skill.value),
                    "level": asked.level.rank,
                    "strength": ASKED[asked.strength],
                    "trained_to": columns.UNKNOWN
                    if asked.trained_to is None
                    else asked.trained_to.rank,
                }
                for asked in slot.languages or ()
            ],
        ),
        languages_known=_bools(slot.languages is not None for slot in slots),
        skills=_pairs(
            slots,
            ("skill", "level", "weight", "strength"),
            lambda slot: [
                {
                    "skill": words.taxonomy.index[asked.skill],
                    "level": asked.level,
                    "weight": WEIGHTS[asked.weight],
                    "strength": ASKED[asked.strength],
                }
                for asked in slot.skills or ()
            ],
        ),
        skills_known=_bools(slot.skills is not None for slot in slots),
        taught=taught,
        taught_known=_bools(slot.skills_taught is not None for slot in slots),
        licences=_pairs(
            slots,
            ("licence", "strength"),
            lambda slot: [
                {
                    "licence": columns.LICENCES.index(asked.licence.value),
                    "strength": ASKED[asked.strength],
                }
                for asked in slot.licences or ()
            ],
        ),
        licences_known=_bools(slot.licences is not None for slot in slots),
        conditions=conditions,
        support_hours=support,
        phases=_pairs(
            slots,
            ("kind", "place", "weeks", "on_site_days", "remote_days"),
            lambda slot: [
                {
                    "kind": columns.PHASES.index(phase.kind.value),
                    "place": columns.UNKNOWN
                    if phase.pc4 is None
                    else words.places.index(phase.pc4),
                    "weeks": _float(phase.weeks),
                    "on_site_days": _float(phase.on_site_days),
                    "remote_days": _float(phase.remote_days),
                }
                for phase in slot.phases
            ],
        ),
        tasks=_texts(slot.tasks for slot in slots),
        occupation=tuple(slot.isco for slot in slots),
    )


def _is_open(slot: SlotFacts, as_of: date) -> bool:
    last_days = (slot.closes_on, slot.last_entry_on)
    not_over = all(last is None or last >= as_of for last in last_days)
    return slot.status is SlotStatus.OPEN and not_over


def _asked_level(asked: EducationAsked | None) -> float | None:
    return None if asked is None else asked.level.eqf


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _minutes(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute


def _float(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _floats(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([_float(value) for value in values], dtype=np.float64)


def _bools(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.array(list(values), dtype=np.bool_)


def _masks(values: Iterable[Sequence[str] | None], known: Sequence[str]) -> NDArray[np.int64]:
    return np.array([columns.mask(codes, known) for codes in values], dtype=np.int64)


def _indices(values: Iterable[str | None], known: Sequence[str]) -> NDArray[np.int64]:
    index = {code: position for position, code in enumerate(known)}
    return np.array(
        [columns.UNKNOWN if value is None else index[value] for value in values], dtype=np.int64
    )


def _texts(values: Iterable[Sequence[str] | None]) -> tuple[tuple[str, ...] | None, ...]:
    return tuple(None if texts is None else tuple(texts) for texts in values)


def _pairs(
    owners: Sequence[Any], names: tuple[str, ...], facts: Callable[[Any], list[dict[str, Any]]]
) -> Pairs:
    return Pairs.of(
        [(row, item) for row, owner in enumerate(owners) for item in facts(owner)], names
    )
