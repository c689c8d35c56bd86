"""What is written to a file reads as the same facts, whatever they are."""

import io
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import Shape
from models.candidate import CandidateFacts
from models.codes import (
    AskGround,
    CandidateStatus,
    Cefr,
    ContractProspect,
    Diploma,
    LanguageSkill,
    Licence,
    NeedStrength,
    PhaseKind,
    PlacementForm,
    SkillWeight,
    SlotStatus,
    Strength,
    TravelMode,
    Weekday,
    WishTarget,
    YesNoUnknown,
)
from models.facts import SkillHeld
from models.postcode import PostcodeCreate
from models.slot import SlotCreate
from models.vocabulary import support_kinds, work_conditions
from service.importing.files import read_bytes, read_file
from service.importing.postcodes import POSTCODES
from service.importing.reading import CANDIDATES, SLOTS, SLOTS_ALONE, Layout, read_rows
from service.importing.writing import candidate_row, postcode_row, slot_row, write_csv
from service.schemas import SlotFacts
from tests.factories import make_candidate, make_slot

SAMPLE = Path(__file__).parents[2] / "data/samples/proeftuinen-2017"


def as_read(row: dict[str, str], layout: Layout[Any]) -> Any:
    """Write a file with one row, and read it again."""
    file = io.StringIO(newline="")
    write_csv(file, [row])
    [facts] = read_rows(read_bytes(file.getvalue().encode(), "written.csv"), layout)
    return facts


# Any facts: texts hold every sign that means something in a cell or in CSV, and words for nothing.

SIGNS = st.sampled_from(
    [*"|\\'\":;,+?=\t\n\r #éß€Ω", "none", "geen", "unknown", " | ", "1,5"],
)
TEXTS = (
    st.lists(SIGNS | st.characters(codec="utf-8", categories=["L", "P", "S"]), max_size=12)
    .map("".join)
    .map(str.strip)
    .filter(bool)
)
CODES = st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}", fullmatch=True) | st.sampled_from(
    ["none", "geen", "unknown", "essential", "to"]
)
# A code of somebody else that is a word for unknown says that they are unknown.
NAMED = CODES.filter(lambda code: code.lower() not in ("unknown", "onbekend"))
PC4S = st.from_regex(r"[1-9][0-9]{3}", fullmatch=True)
LANGUAGES = st.sampled_from(["nld", "eng", "ara", "tir"])
CONDITIONS = st.sampled_from(sorted(work_conditions()))
KINDS = st.sampled_from(sorted(support_kinds()))
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
LEVELS = st.integers(1, 4)
CEFR = st.sampled_from(Cefr)


def hours(most: float) -> st.SearchStrategy[float]:
    return st.floats(0, most) | st.sampled_from([0.0, 0.5, 1.0, most])


def facts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Leave out any of the fields, or say that they are unknown."""
    return st.fixed_dictionaries({}, optional={k: st.none() | v for k, v in fields.items()})


def listed(
    items: st.SearchStrategy[Any], *keys: str, least: int = 0
) -> st.SearchStrategy[list[Any]]:
    """Some items, each once by its keys."""

    def key(item: Any) -> Any:
        return tuple(item.get(name) for name in keys) if keys else item

    return st.lists(items, min_size=least, max_size=4, unique_by=key)


def codes_of(kinds: Any, least: int = 0) -> st.SearchStrategy[list[Any]]:
    return listed(st.sampled_from(list(kinds)), least=least)


HELD = facts(**dict.fromkeys([skill.value for skill in LanguageSkill], CEFR)) | CEFR.map(
    lambda level: dict.fromkeys([skill.value for skill in LanguageSkill], level)
)
SKILLS_HELD = st.one_of(
    st.fixed_dictionaries({"skill": CODES, "level": st.none() | LEVELS}),
    st.fixed_dictionaries({"text": TEXTS, "level": st.none() | LEVELS}),
)
ASKED = st.sampled_from([Strength.MUST, Strength.WANTED])


@st.composite
def candidates(draw: st.DrawFn) -> CandidateFacts:
    """Any candidate."""
    low, high = sorted([draw(hours(60)), draw(hours(60))])
    told = draw(
        facts(
            pc4=PC4S,
            travel_modes=codes_of(TravelMode, 1),
            max_travel_minutes=st.integers(0, 999),
            diploma=st.sampled_from(Diploma),
            languages=listed(
                st.builds(lambda code, held: {"language": code, **held}, LANGUAGES, HELD),
                "language",
            ),
            skills=st.lists(
                SKILLS_HELD, max_size=4, unique_by=lambda held: held.get("skill", held.get("text"))
            ),
            licences=codes_of(Licence),
            tasks_wanted=st.lists(TEXTS, max_size=4),
            occupations_sought=listed(st.from_regex(r"[0-9]{1,4}", fullmatch=True)),
            weekly_hours_from=st.just(low),
            weekly_hours_to=st.just(high),
            days=codes_of(Weekday, 1),
            earliest_start=st.times(),
            longest_day_hours=st.floats(0.5, 12),
            build_up_from_hours=st.just(low),
            build_up_weeks=st.integers(1, 52),
            remote_days_wanted=hours(7),
            available_on=DATES,
            placement_forms=codes_of(PlacementForm, 1),
            wishes=listed(
                st.fixed_dictionaries(
                    {
                        "rank": st.integers(1, 99),
                        "about": st.sampled_from(WishTarget),
                        "code": CODES,
                    }
                ),
                "about",
                "code",
            ),
            conditions=listed(
                st.fixed_dictionaries(
                    {"condition": CONDITIONS, "strength": st.sampled_from(NeedStrength)}
                ),
                "condition",
            ),
            support=listed(
                st.fixed_dictionaries(
                    {
                        "kind": KINDS,
                        "weekly_hours": st.none() | hours(40),
                        "essential": st.booleans(),
                    }
                ),
                "kind",
            ),
            waiting_since=DATES,
            referrer=NAMED,
        )
    )
    vetoes = listed(
        st.fixed_dictionaries({"about": st.sampled_from(WishTarget), "code": CODES}),
        "about",
        "code",
    )
    travel = listed(st.fixed_dictionaries({"pc4": PC4S, "minutes": st.integers(0, 999)}), "pc4")
    return CandidateFacts.model_validate(
        {
            "code": draw(CODES),
            "status": draw(st.sampled_from(CandidateStatus)),
            "vetoes": draw(vetoes),
            "known_travel": draw(travel),
            **told,
        }
    )


@st.composite
def languages_asked(draw: st.DrawFn) -> dict[str, Any]:
    level, trained_to = sorted([draw(CEFR), draw(CEFR)], key=lambda one: one.rank)
    return {
        "language": draw(LANGUAGES),
        "skill": draw(st.sampled_from(LanguageSkill)),
        "level": level,
        "strength": draw(st.sampled_from(Strength)),
        "trained_to": draw(st.sampled_from([None, trained_to])),
    }


PHASES = st.builds(
    lambda kind, rest: {"kind": kind, **rest},
    st.sampled_from(PhaseKind),
    facts(
        weeks=st.integers(1, 260),
        pc4=PC4S,
        on_site_days=hours(7),
        remote_days=hours(7),
        organisation=NAMED,
    ),
)


@st.composite
def slots(draw: st.DrawFn) -> SlotFacts:
    """Any slot, with what its pilot and cohort say."""
    low, high = sorted([draw(hours(60)), draw(hours(60))])
    told = draw(
        facts(
            tasks=st.lists(TEXTS, max_size=4),
            isco=st.from_regex(r"[0-9]{1,4}", fullmatch=True),
            esco=st.just("http://data.europa.eu/esco/occupation/1"),
            closes_on=DATES,
            weekly_hours_from=st.just(low),
            weekly_hours_to=st.just(high),
            days=codes_of(Weekday, 1),
            starts_at=st.times(),
            education=st.fixed_dictionaries(
                {
                    "level": st.sampled_from(Diploma),
                    "strength": st.sampled_from(Strength),
                    "ground": st.sampled_from(AskGround),
                }
            )
            | st.fixed_dictionaries(
                {"level": st.sampled_from(Diploma), "strength": st.just("wanted")}
            ),
            languages=listed(languages_asked(), "language", "skill"),
            skills=listed(
                st.fixed_dictionaries(
                    {
                        "skill": CODES,
                        "level": LEVELS,
                        "weight": st.sampled_from(SkillWeight),
                        "strength": st.sampled_from(Strength),
                    }
                ),
                "skill",
            ),
            licences=listed(
                st.fixed_dictionaries({"licence": st.sampled_from(Licence), "strength": ASKED}),
                "licence",
            ),
            skills_taught=listed(st.fixed_dictionaries({"skill": CODES, "level": LEVELS}), "skill"),
            certificate=TEXTS.filter(lambda text: text.lower() not in ("unknown", "?")),
            starts_on=DATES,
            last_entry_on=DATES,
            seats_left=st.integers(0, 999),
        )
    )
    conditions = st.fixed_dictionaries(
        {"condition": CONDITIONS, "offer": st.sampled_from(YesNoUnknown)}
    )
    support = st.fixed_dictionaries({"kind": KINDS, "weekly_hours": st.none() | hours(40)})
    first_weeks = draw(
        st.just({})
        | st.fixed_dictionaries(
            {"first_weeks": st.integers(1, 52), "first_weeks_factor": st.floats(1.5, 10)}
        )
    )
    build_up = draw(st.sampled_from(YesNoUnknown))
    seats = draw(st.integers(1, 999))
    return SlotFacts.model_validate(
        {
            "code": draw(CODES),
            "title": draw(TEXTS),
            "status": draw(st.sampled_from(SlotStatus)),
            "pilot": draw(CODES),
            "cohort": draw(CODES),
            "supplier": draw(CODES),
            "seats": seats,
            "form": draw(st.sampled_from(PlacementForm)),
            "contract_prospect": draw(st.sampled_from(ContractProspect)),
            "days_fixed": draw(st.sampled_from(YesNoUnknown)),
            "build_up": build_up,
            "build_up_from_hours": draw(st.none() | hours(60))
            if build_up is YesNoUnknown.YES
            else None,
            "conditions": draw(listed(conditions, "condition")),
            "support": draw(listed(support, "kind")),
            "phases": draw(st.lists(PHASES, max_size=3)),
            "referrers": draw(listed(CODES)),
            "hosts": draw(listed(CODES)),
            **told,
            **first_weeks,
            **fitting(told, seats),
        }
    )


def fitting(told: dict[str, Any], seats: int) -> dict[str, Any]:
    """Return what goes together: joining after the start, and no more seats left than seats."""
    days = sorted(told[name] for name in ("starts_on", "last_entry_on") if told.get(name))
    left = told.get("seats_left")
    return {
        **(dict(zip(("starts_on", "last_entry_on"), days, strict=True)) if len(days) == 2 else {}),
        **({} if left is None else {"seats_left": min(left, seats)}),
    }


@given(candidates())
def test_a_written_candidate_reads_as_the_same_candidate(candidate):
    assert as_read(candidate_row(candidate), CANDIDATES) == candidate


@given(slots())
def test_a_written_slot_reads_as_the_same_slot(slot):
    assert as_read(slot_row(slot), SLOTS_ALONE) == slot


@given(slots())
def test_a_slot_without_what_its_pilot_says_is_written_for_the_import(slot):
    told = SlotCreate.model_validate(slot.model_dump(include=set(SlotCreate.model_fields)))
    assert as_read(slot_row(told), SLOTS) == told


@given(st.floats(50.5, 53.8), st.floats(3.2, 7.4), st.none() | st.just("'s-Hertogenbosch"))
def test_a_written_postcode_area_reads_as_the_same_area(latitude, longitude, place):
    area = PostcodeCreate(pc4="5211", place=place, latitude=latitude, longitude=longitude)
    assert as_read(postcode_row(area), POSTCODES) == area


# Single cells


def test_everything_that_is_known_of_the_samples_candidates_survives():
    known = read_rows(read_file(SAMPLE / "candidates.csv"), CANDIDATES)
    assert [as_read(candidate_row(one), CANDIDATES) for one in known] == known


def test_everything_that_is_known_of_the_samples_slots_survives():
    known = read_rows(read_file(SAMPLE / "slots.json"), SLOTS)
    assert [as_read(slot_row(one), SLOTS) for one in known] == known


BUDDY = {"kind": "buddy"}
COACH = {"kind": "job_coach", "weekly_hours": 2, "essential": True}
DUTCH = {"language": "nld"}
SPEAKING = {"language": "nld", "skill": "speaking", "level": "B1"}


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("skills", None, ""),
        ("skills", [], "none"),
        ("vetoes", [], ""),
        ("weekly_hours_to", 36.0, "36"),
        ("weekly_hours_to", 31.5, "31.5"),
        ("earliest_start", time(8, 30), "08:30"),
        ("available_on", date(2018, 1, 8), "2018-01-08"),
        ("languages", [DUTCH], "nld"),
        ("languages", [DUTCH | dict.fromkeys(LanguageSkill, "B1")], "nld B1"),
        (
            "languages",
            [DUTCH | {"reading": "B1", "speaking": "none"}],
            "nld reading B1 speaking none",
        ),
        ("skills", [{"skill": "sql", "level": 2}, {"skill": "it"}], "sql:2 | it"),
        ("skills", [{"text": "agenda's"}], "'agenda's'"),
        ("tasks_wanted", ["none"], "none |"),
        ("tasks_wanted", ["UBR|HIS helpen"], r"UBR\|HIS helpen"),
        ("support", [COACH, BUDDY], "essential job_coach 2 | buddy ?"),
    ],
)
def test_a_cell_of_a_candidate_looks_as_a_person_would_write_it(field, value, cell):
    candidate = make_candidate(**{field: value})
    assert candidate_row(candidate)[field] == cell
    assert as_read(candidate_row(candidate), CANDIDATES) == candidate


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("education", None, ""),
        ("education", {"level": "mbo_4", "strength": "must", "ground": "work"}, "must mbo_4 work"),
        ("languages", [SPEAKING | {"strength": "trained"}], "trained nld speaking B1"),
        (
            "languages",
            [SPEAKING | {"strength": "must", "trained_to": "B2"}],
            "must nld speaking B1 to B2",
        ),
        ("skills", [{"skill": "purchasing", "level": 2}], "wanted important purchasing:2"),
        ("phases", [{"kind": "outflow"}], "outflow ? ? ?+?"),
        ("title", "12,5 uur", "12,5 uur"),
        ("days_fixed", "unknown", "unknown"),
        ("contract_prospect", "none", "none"),
    ],
)
def test_a_cell_of_a_slot_looks_as_a_person_would_write_it(field, value, cell):
    slot = make_slot(**{field: value})
    assert slot_row(slot)[field] == cell
    assert as_read(slot_row(slot), SLOTS_ALONE) == slot


def test_a_certificate_that_is_a_word_for_unknown_is_unknown():
    written = slot_row(make_slot(certificate="Onbekend"))
    assert as_read(written, SLOTS_ALONE).certificate is None


# What reading got wrong before there was something to hold it against


@pytest.mark.parametrize("title", ["2,5", "unknown", "?"])
def test_a_title_is_a_text_whatever_it_looks_like(title):
    """A comma in a text became a point, and a cohort called "unknown" was said to be missing."""
    slot = make_slot(title=title, cohort="unknown")
    assert as_read(slot_row(slot), SLOTS_ALONE) == slot


@pytest.mark.parametrize("text", ["agenda's", "a':2", "x|y", "\\", "a\\|b", "two\nlines"])
@pytest.mark.parametrize("level", [None, 3])
def test_a_skill_in_free_words_may_hold_any_sign(text, level):
    """An apostrophe ended the text, so that the whole item was taken for a code."""
    candidate = make_candidate(skills=[SkillHeld(text=text, level=level)])
    assert as_read(candidate_row(candidate), CANDIDATES) == candidate


# Files


def test_a_file_without_rows_still_has_its_heading():
    file = io.StringIO(newline="")
    write_csv(file, [], columns=["code", "pc4"])
    assert file.getvalue() == "code,pc4\n"


def test_a_written_file_is_the_same_on_every_machine(tmp_path):
    path = tmp_path / "slots.csv"
    write_csv(path, [slot_row(make_slot("S-1", tasks=["één", "twee"])), slot_row(make_slot("S-2"))])
    content = path.read_bytes()
    assert content.count(b"\n") == 3
    assert b"\r" not in content
    assert "één | twee".encode() in content


def test_every_field_has_a_column_and_the_code_comes_first():
    rows: list[tuple[dict[str, str], type[Shape]]] = [
        (candidate_row(make_candidate()), CandidateFacts),
        (slot_row(make_slot()), SlotFacts),
    ]
    for row, shape in rows:
        assert set(row) == set(shape.model_fields)
        assert next(iter(row)) == "code"
