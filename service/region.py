"""
A make-believe region of any size, for trying things out at scale; every seed gives its own.

Only what `random()` gives is used, never numpy's distributions, so that a seed keeps giving
the same region when numpy changes how it draws. Needs are drawn apart from everything else: in this
region, nothing about somebody's work says what they need.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from numpy.random import PCG64, Generator

from models.base import Shape
from models.candidate import CandidateFacts
from models.organisation import OrganisationCreate
from models.pilot import PilotFile
from models.postcode import PostcodeCreate
from models.slot import SlotCreate
from service.importing.writing import candidate_row, postcode_row, slot_row, write_csv
from service.region_parts import (
    ATHLETES,
    BENEFIT,
    CLUSTERS,
    FIELDS,
    HOSTS,
    LANGUAGE_WORK,
    NEEDS,
    PROFILES,
    RECEPTION,
    REFERRERS,
    SUPPLIERS,
    TOWNS,
    WORKSHOP,
    Field,
    Profile,
    Town,
)
from service.schemas import SlotFacts

AS_OF: Final = date(2017, 12, 1)
"""The day on which the region is as it is."""

T = TypeVar("T")
Facts = dict[str, Any]
WEEK: Final = ("mon", "tue", "wed", "thu", "fri")
CEFR: Final = ("none", "A1", "A2", "B1", "B2", "C1", "C2")
FORMS: Final = {"work_experience": 4, "trial": 3, "learn_work": 3, "job": 2}
HARDLY_SPOKEN_WITH: Final = 0.08
"""Share of people, and of slots, of whom most is still unknown."""

MOST: Final = 0.6
"""Share of their facts that is unknown."""


@dataclass(frozen=True)
class Region:
    """All that is needed to fill a database, or to match without one."""

    candidates: list[CandidateFacts]
    slots: list[SlotFacts]
    postcodes: list[PostcodeCreate]
    pilots: list[PilotFile]
    organisations: list[OrganisationCreate]


class Dice:
    """Chance, from a seed and the part of the region that it is for."""

    def __init__(self, seed: int, part: int) -> None:
        self._random = Generator(PCG64([seed, part]))

    def share(self) -> float:
        """A number from 0 up to 1."""
        return float(self._random.random())

    def chance(self, share: float) -> bool:
        """Whether something happens that happens to this share."""
        return self.share() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.share() * (high - low + 1))

    def pick(self, options: Mapping[T, float] | Sequence[T]) -> T:
        """One of the options, by their weights when they have any."""
        if not isinstance(options, Mapping):
            return options[self.whole(0, len(options) - 1)]
        at = self.share() * sum(options.values())
        for option, weight in options.items():
            at -= weight
            if at < 0:
                return option
        return option

    def several(self, options: Mapping[T, float] | Sequence[T], count: int) -> list[T]:
        """Some of the options, each once, in the order in which the options stand."""
        left = dict(options) if isinstance(options, Mapping) else dict.fromkeys(options, 1.0)
        order = list(left)
        chosen = set()
        for _ in range(min(count, len(left))):
            one = self.pick(left)
            del left[one]
            chosen.add(one)
        return [option for option in order if option in chosen]


def make_region(seed: int, n_candidates: int = 2000, n_slots: int = 200) -> Region:
    """Make a region; the same numbers always make the same one."""
    n_pilots = max(1, n_slots // 8)
    pilots = _pilots(Dice(seed, 1), n_pilots)
    slots = _slots(Dice(seed, 2), pilots, n_slots)
    return Region(
        candidates=_candidates(Dice(seed, 3), _by_field(slots), n_candidates),
        slots=[slot for slot, _ in slots],
        postcodes=[
            PostcodeCreate(pc4=t.pc4, place=t.place, latitude=t.latitude, longitude=t.longitude)
            for t in TOWNS
        ],
        pilots=[pilot.file for pilot in pilots],
        organisations=_organisations(),
    )


def write_region(region: Region, folder: Path) -> None:
    """Write a region as files, in a folder that is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "candidates.csv", map(candidate_row, region.candidates))
    # What pilot and cohort say stands in pilots.json; an import would not take it twice.
    slots = (
        SlotCreate.model_validate(slot.model_dump(include=set(SlotCreate.model_fields)))
        for slot in region.slots
    )
    write_csv(folder / "slots.csv", map(slot_row, slots))
    write_csv(folder / "postcodes.csv", map(postcode_row, region.postcodes))
    _write_json(folder / "pilots.json", region.pilots)
    _write_json(folder / "organisations.json", region.organisations)


def _write_json(path: Path, facts: Iterable[Shape]) -> None:
    rows = [
        json.dumps(
            one.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False
        )
        for one in facts
    ]
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8", newline="\n")


# Organisations and pilots


@dataclass(frozen=True)
class _Pilot:
    """A pilot with what its slots are made from."""

    file: PilotFile
    field: Field
    cluster: str
    language_work: bool


def _organisations() -> list[OrganisationCreate]:
    kinds: dict[str, list[str]] = {}
    names = {**SUPPLIERS, **HOSTS, **REFERRERS}
    for kind, group in (("supplier", SUPPLIERS), ("host", HOSTS), ("referrer", REFERRERS)):
        for code in group:
            kinds.setdefault(code, []).append(kind)
    return [
        OrganisationCreate.model_validate(
            {"code": code, "name": f"{name} (invented)", "kinds": kinds[code]}
        )
        for code, name in names.items()
    ]


def _pilots(dice: Dice, count: int) -> list[_Pilot]:
    pilots = []
    fields = {field: field.share for field in FIELDS}
    for number in range(1, count + 1):
        # The first ones give each field a pilot.
        field = FIELDS[number - 1] if number <= len(FIELDS) else dice.pick(fields)
        cluster = dice.pick(CLUSTERS)
        language_work = number % 8 == 0
        referrers: list[str] = []
        if language_work:
            referrers = [RECEPTION, *dice.several(_municipalities(), 2)]
        elif field.code == "sports":
            referrers = [ATHLETES, BENEFIT]
        elif number % 9 == 0:
            referrers = [WORKSHOP, *_municipalities()]
        file = PilotFile.model_validate(
            {
                "code": f"P-{number:02d}",
                "name": f"{LANGUAGE_WORK if language_work else field.pilot_name} {number}",
                "suppliers": dice.several(list(SUPPLIERS), dice.pick({1: 7, 2: 3})),
                "hosts": dice.several(list(HOSTS), dice.pick({0: 2, 1: 4, 2: 3, 3: 1})),
                "referrers": referrers,
                "cohorts": _cohorts(dice, dice.pick({1: 6, 2: 4})),
            }
        )
        pilots.append(_Pilot(file, field, cluster, language_work))
    return pilots


def _municipalities() -> list[str]:
    return sorted({town.referrer for town in TOWNS})


def _cohorts(dice: Dice, count: int) -> list[Facts]:
    cohorts = []
    first = _monday_after(AS_OF, dice.whole(6, 18))
    for number in range(count):
        starts_on = _monday_after(first, 16 * number)
        cohorts.append(
            {
                "code": f"2018-{number + 1}",
                "starts_on": None if dice.chance(0.08) else starts_on,
                "last_entry_on": None
                if dice.chance(0.2)
                else starts_on + timedelta(weeks=dice.whole(2, 10)),
                "floor": dice.whole(2, 6) if dice.chance(0.3) else None,
            }
        )
    return cohorts


def _monday_after(day: date, weeks: int) -> date:
    return day + timedelta(weeks=weeks, days=-day.weekday())


# Slots


def _slots(dice: Dice, pilots: Sequence[_Pilot], count: int) -> list[tuple[SlotFacts, Field]]:
    # Some pilots are far larger than others.
    sizes = {number: (1.0 + 4.0 * dice.share() ** 2) for number in range(len(pilots))}
    slots = []
    for number in range(1, count + 1):
        # The first ones give each pilot a slot; then pilots grow by their size.
        pilot = pilots[number - 1 if number <= len(pilots) else dice.pick(sizes)]
        slots.append((_slot(dice, f"S-{number:03d}", pilot), pilot.field))
    return slots


def _slot(dice: Dice, code: str, pilot: _Pilot) -> SlotFacts:
    field = pilot.field
    job = dice.pick(field.jobs)
    form = dice.pick(FORMS)
    cohort = dice.pick(pilot.file.cohorts)
    hours_from = dice.pick({12: 1, 16: 4, 20: 4, 24: 5, 28: 2, 32: 2})
    days = dice.several(WEEK, dice.pick({3: 2, 4: 4, 5: 4}))
    skills = dice.several(job.skills, dice.pick({2: 4, 3: 4, 4: 2}))
    taught = dice.several(job.skills, dice.pick({0: 2, 1: 3, 2: 3}))
    build_up = dice.pick({"yes": 4, "no": 4, "unknown": 2})
    supplier = dice.pick(pilot.file.suppliers)
    facts: Facts = {
        "code": code,
        "title": job.title,
        "pilot": pilot.file.code,
        "cohort": cohort.code,
        "supplier": supplier,
        "starts_on": cohort.starts_on,
        "last_entry_on": cohort.last_entry_on,
        "referrers": pilot.file.referrers,
        "seats": _seats(dice),
        "form": form,
        "contract_prospect": "permanent" if form == "job" else dice.pick(_PROSPECTS),
        "isco": job.isco,
        "tasks": dice.several(job.tasks, dice.pick({2: 5, 3: 4, 4: 1})),
        "weekly_hours_from": hours_from,
        "weekly_hours_to": min(40, hours_from + dice.pick({0: 2, 4: 3, 8: 4, 12: 1})),
        "days": days,
        "days_fixed": dice.pick({"no": 7, "yes": 2, "unknown": 1}),
        "starts_at": dice.pick(field.starts_at),
        "build_up": build_up,
        "build_up_from_hours": dice.pick({8: 2, 12: 2, None: 1}) if build_up == "yes" else None,
        "education": _education_asked(dice, field),
        "languages": _languages_asked(dice, field, pilot.language_work),
        "skills": [_skill_asked(dice, skill, taught) for skill in skills],
        "skills_taught": [{"skill": s, "level": dice.pick({2: 3, 3: 2})} for s in taught],
        "licences": [{"licence": "B", "strength": dice.pick({"must": 1, "wanted": 1})}]
        if dice.chance(field.licence)
        else [],
        "conditions": _conditions_offered(dice, field),
        "support": _support_offered(dice, pilot.language_work),
        "phases": _phases(dice, pilot, supplier, len(days)),
    }
    may_be_blank = ("tasks", "days", "starts_at", "languages", "skills", "licences")
    blank = MOST if dice.chance(HARDLY_SPOKEN_WITH) else 0.02
    facts |= {name: None for name in may_be_blank if dice.chance(blank)}
    return SlotFacts.model_validate(facts)


_PROSPECTS: Final = {"none": 2, "temporary": 5, "permanent": 1, "unknown": 3}


def _seats(dice: Dice) -> int:
    size = dice.pick({"small": 35, "middle": 40, "large": 25})
    low, high = {"small": (1, 4), "middle": (5, 10), "large": (12, 25)}[size]
    return dice.whole(low, high)


def _education_asked(dice: Dice, field: Field) -> Facts | None:
    strength = dice.pick(field.diploma_strength)
    if strength == "none":
        return {"level": "none", "strength": "wanted"}
    if strength == "blank":
        return None
    ground = {"ground": dice.pick({"work": 2, "law": 1})} if strength == "must" else {}
    return {"level": dice.pick(field.diplomas_asked), "strength": strength, **ground}


def _languages_asked(dice: Dice, field: Field, language_work: bool) -> list[Facts]:
    asked = []
    for skill in ("speaking", "reading", "writing"):
        if not dice.chance(field.language_asked[skill]):
            continue
        level = "A2" if language_work else dice.pick(field.dutch_asked)
        strength = "trained" if language_work else dice.pick({"must": 5, "wanted": 4, "trained": 2})
        asked.append({"language": "nld", "skill": skill, "level": level, "strength": strength})
    if dice.chance(field.english_asked):
        asked.append({"language": "eng", "skill": "reading", "level": "B1", "strength": "wanted"})
    return asked


def _skill_asked(dice: Dice, skill: str, taught: Sequence[str]) -> Facts:
    strengths = {"trained": 3, "wanted": 1} if skill in taught else {"wanted": 6, "must": 1}
    return {
        "skill": skill,
        "level": dice.pick({1: 3, 2: 5, 3: 1}),
        "weight": dice.pick({"essential": 2, "important": 4, "somewhat": 2}),
        "strength": dice.pick(strengths),
    }


def _conditions_offered(dice: Dice, field: Field) -> list[Facts]:
    offered = []
    for condition, share in field.conditions.items():
        answer = dice.pick({"yes": 0.88 * share, "no": 0.88 * (1 - share), "unknown": 0.12})
        if answer != "unknown":
            offered.append({"condition": condition, "offer": answer})
    return offered


def _support_offered(dice: Dice, language_work: bool) -> list[Facts]:
    shares = {"job_coach": 0.6, "work_guidance": 0.6, "buddy": 0.5, "application_help": 0.4}
    shares |= {"study_guidance": 0.25, "technical_aid": 0.2}
    shares["language_lessons"] = 1.0 if language_work else 0.15
    offered = []
    for kind, share in shares.items():
        if dice.chance(share):
            hours = dice.pick({1: 3, 2: 4, 4: 3, None: 1})
            offered.append({"kind": kind, "weekly_hours": hours})
        elif dice.chance(0.8):
            offered.append({"kind": kind, "weekly_hours": 0})
    return offered


def _phases(dice: Dice, pilot: _Pilot, supplier: str, n_days: int) -> list[Facts]:
    towns = {town: town.work for town in TOWNS if town.cluster == pilot.cluster}
    remote = min(n_days - 1, dice.pick({0: 7, 1: 3, 2: 1})) if pilot.field.remote else 0
    phases = []
    if dice.chance(0.4):
        phases.append(_phase(dice, "theory", dice.whole(4, 12), dice.pick(towns), 2, 1, supplier))
    host = dice.pick(pilot.file.hosts) if pilot.file.hosts else supplier
    phases.append(
        _phase(
            dice,
            "on_the_job",
            13 * dice.whole(1, 4),
            dice.pick(towns),
            n_days - remote,
            remote,
            host,
        )
    )
    return phases


def _phase(
    dice: Dice, kind: str, weeks: int, town: Town, on_site: int, remote: int, organisation: str
) -> Facts:
    return {
        "kind": kind,
        "weeks": None if dice.chance(0.1) else weeks,
        "pc4": None if dice.chance(0.02) else town.pc4,
        "on_site_days": None if dice.chance(0.04) else on_site,
        "remote_days": None if dice.chance(0.1) else remote,
        "organisation": organisation,
    }


# Candidates


def _by_field(slots: Sequence[tuple[SlotFacts, Field]]) -> dict[Field, list[SlotFacts]]:
    grouped: dict[Field, list[SlotFacts]] = {}
    for slot, field in slots:
        grouped.setdefault(field, []).append(slot)
    return grouped


def _candidates(
    dice: Dice, slots: Mapping[Field, Sequence[SlotFacts]], count: int
) -> list[CandidateFacts]:
    profiles = {profile: profile.share for profile in PROFILES}
    towns = {town: town.homes for town in TOWNS}
    return [
        _candidate(dice, f"K-{number:04d}", dice.pick(profiles), dice.pick(towns), slots)
        for number in range(1, count + 1)
    ]


def _candidate(
    dice: Dice,
    code: str,
    profile: Profile,
    town: Town,
    slots: Mapping[Field, Sequence[SlotFacts]],
) -> CandidateFacts:
    fields = dice.several(profile.fields, dice.pick({1: 6, 2: 4}))
    jobs = dice.several(
        [job for field in fields for job in field.jobs], dice.pick({1: 4, 2: 5, 3: 1})
    )
    licences = dice.pick(profile.licences)
    hours_to = dice.pick({12: 1, 16: 3, 20: 4, 24: 6, 28: 4, 32: 7, 36: 6, 40: 3})
    hours_from = max(8, hours_to - dice.pick({0: 1, 4: 2, 8: 4, 12: 3, 16: 2}))
    facts: Facts = {
        "code": code,
        "pc4": town.pc4,
        "referrer": _referrer(dice, profile, town),
        "waiting_since": AS_OF - timedelta(days=30 + int(1500 * dice.share() ** 2)),
        "available_on": AS_OF if dice.chance(0.75) else _monday_after(AS_OF, dice.whole(2, 30)),
        "travel_modes": _travel_modes(dice, "B" in licences),
        "max_travel_minutes": dice.pick({30: 3, 45: 6, 60: 8, 75: 3, 90: 1}),
        "diploma": dice.pick(profile.diplomas),
        "languages": _languages_held(dice, profile),
        "skills": _skills_held(dice, profile, [skill for job in jobs for skill in job.skills]),
        "licences": licences,
        "tasks_wanted": dice.several(
            [task for job in jobs for task in job.tasks], dice.pick({0: 1, 1: 3, 2: 4, 3: 2})
        ),
        "occupations_sought": sorted({job.isco for job in jobs}),
        "weekly_hours_from": hours_from,
        "weekly_hours_to": hours_to,
        "days": dice.several(WEEK, dice.pick({3: 2, 4: 4, 5: 7})),
        "placement_forms": dice.several(FORMS, dice.pick({1: 1, 2: 4, 3: 4, 4: 3})),
        "remote_days_wanted": dice.pick({0: 6, 1: 3, 2: 1}),
        **_needs(dice, profile),
        "wishes": _wishes(dice, fields, slots),
    }
    facts |= {name: None for name, share in _BLANK.items() if dice.chance(share)}
    if dice.chance(HARDLY_SPOKEN_WITH):
        facts |= {name: None for name in _BLANK if dice.chance(MOST)}
    facts |= _limits(dice, facts)
    return CandidateFacts.model_validate(facts)


_BLANK: Final = {
    "pc4": 0.01,
    "waiting_since": 0.02,
    "available_on": 0.04,
    "travel_modes": 0.04,
    "max_travel_minutes": 0.06,
    "diploma": 0.05,
    "languages": 0.03,
    "skills": 0.04,
    "licences": 0.06,
    "tasks_wanted": 0.2,
    "occupations_sought": 0.1,
    "weekly_hours_from": 0.2,
    "weekly_hours_to": 0.03,
    "days": 0.06,
    "placement_forms": 0.03,
    "remote_days_wanted": 0.2,
    "conditions": 0.07,
    "support": 0.07,
    "wishes": 0.3,
}
"""How often a fact is unknown of somebody who has been spoken with."""


def _referrer(dice: Dice, profile: Profile, town: Town) -> str | None:
    return dice.pick({**profile.referrers, town.referrer: 5, BENEFIT: 3, None: 0.5})


def _travel_modes(dice: Dice, drives: bool) -> list[str]:
    modes = [
        mode
        for mode, share in {"walk": 0.15, "bicycle": 0.75, "moped": 0.05}.items()
        if dice.chance(share)
    ]
    if dice.chance(0.7) or not modes:
        modes.append("public_transport")
    if drives and dice.chance(0.5):
        modes.append("car")
    return modes


def _languages_held(dice: Dice, profile: Profile) -> list[Facts]:
    held = [_levels(dice, "nld", dice.pick(profile.dutch), even=profile.speaks_dutch_evenly)]
    if dice.chance(profile.english):
        held.append(
            _levels(dice, "eng", dice.pick({"A2": 2, "B1": 3, "B2": 3, "C1": 1}), even=True)
        )
    if profile.other_languages and dice.chance(0.8):
        held.append(_levels(dice, dice.pick(profile.other_languages), "C2", even=True))
    return held


def _levels(dice: Dice, language: str, level: str, *, even: bool) -> Facts:
    rank = CEFR.index(level)
    # Who learns a language at work hears it sooner than they write it.
    steps = (0, 0, 0, 0) if even else (1, 0, dice.whole(0, 1), -dice.whole(0, 1))
    names = ("listening", "reading", "speaking", "writing")
    ranks = [min(6, max(0, rank + step)) for step in steps]
    return {"language": language, **{n: CEFR[r] for n, r in zip(names, ranks, strict=True)}}


def _skills_held(dice: Dice, profile: Profile, near: Sequence[str]) -> list[Facts]:
    own = dice.several(sorted(set(near)), dice.pick({1: 2, 2: 4, 3: 4}))
    more = dice.several(profile.skills, dice.pick({0: 3, 1: 4, 2: 3}))
    return [
        {"skill": skill, "level": dice.pick({1: 3, 2: 5, 3: 4, 4: 1, None: 1})}
        for skill in sorted({*own, *more})
    ]


def _needs(dice: Dice, profile: Profile) -> Facts:
    conditions: dict[str, str] = {}
    support: dict[str, Facts] = {}
    if dice.chance(0.6):
        bundle = dice.pick({need: need.share for need in NEEDS})
        for condition, strengths in bundle.conditions.items():
            if dice.chance(0.7):
                conditions[condition] = dice.pick(strengths)
        for kind, hours in bundle.support.items():
            if dice.chance(0.6):
                support[kind] = {"weekly_hours": dice.pick(hours), "essential": dice.chance(0.25)}
    if profile.lessons and dice.chance(profile.lessons):
        support["language_lessons"] = {"weekly_hours": dice.pick({2: 1, 4: 2}), "essential": False}
    if profile.trains and dice.chance(0.6):
        conditions["training_time"] = dice.pick({"must": 1, "wanted": 4})
    return {
        "conditions": [{"condition": c, "strength": s} for c, s in conditions.items()],
        "support": [{"kind": kind, **hours} for kind, hours in support.items()],
    }


def _limits(dice: Dice, facts: Facts) -> Facts:
    """What few people ask of time, and whom they do not want to meet."""
    limits: Facts = {}
    hours_to = facts["weekly_hours_to"]
    if dice.chance(0.12):
        limits["earliest_start"] = dice.pick(["08:00", "08:30", "09:00", "09:30"])
    if dice.chance(0.12):
        limits["longest_day_hours"] = dice.pick([4, 6, 7, 8])
    if dice.chance(0.08) and hours_to is not None and hours_to > 12:
        limits["build_up_from_hours"] = dice.pick([8, 12])
        limits["build_up_weeks"] = dice.pick([6, 8, 12])
    if dice.chance(0.05):
        limits["vetoes"] = [{"about": "organisation", "code": dice.pick(list(SUPPLIERS))}]
    return limits


def _wishes(
    dice: Dice, fields: Sequence[Field], slots: Mapping[Field, Sequence[SlotFacts]]
) -> list[Facts]:
    liked = [field for field in fields if field in slots]
    if not liked or not dice.chance(0.5):
        return []
    wishes: dict[tuple[str, str], int] = {}
    for rank in range(1, dice.pick({1: 4, 2: 4, 3: 2}) + 1):
        slot = dice.pick(slots[dice.pick(liked)])
        about = dice.pick({"slot": 5, "pilot": 3, "organisation": 2})
        code = {"slot": slot.code, "pilot": slot.pilot, "organisation": slot.supplier}[about]
        wishes.setdefault((about, code), rank)
    return [{"about": about, "code": code, "rank": rank} for (about, code), rank in wishes.items()]
