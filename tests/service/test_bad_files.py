"""Bad files: each is refused with field, row and what is accepted, and leaves nothing behind."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from service.access import SHELL
from service.errors import FieldFault, InvalidInput
from service.forbidden import NEVER_STORED
from service.importing.actions import import_file
from service.importing.files import read_bytes
from service.importing.postcodes import read_postcodes
from service.importing.reading import CANDIDATES, ORGANISATIONS, SLOTS, read_rows
from tests.service.conftest import Sample
from tests.stored import events, everything, unchanged

CITIZEN_NUMBER = "123456782"
"""Passes the check of a citizen number and belongs to nobody."""

CANDIDATE = {"code": "N-1", "referrer": "COA", "pc4": "2511", "diploma": "mbo_4"}
ORGANISATION = {"code": "NEW", "name": "Nieuw", "kinds": "supplier"}
POSTCODE = {"pc4": "9999", "place": "Stitswerd", "latitude": "53.37", "longitude": "6.59"}
COACH = {"code": "N-1", "kinds": "job_coach", "weekly_hours": "8", "pilots": "P-EY"}
QUOTA = {"code": "N-1", "title": "Hooguit twee", "slots": "S-EY-1", "most": "2"}
BOND = {
    "code": "N-1",
    "kind": "apart",
    "owner": "coordinator",
    "reason": "Op eigen verzoek.",
    "candidates": "K-001 | K-002",
}
SLOT = {
    "code": "N-1",
    "title": "Medewerker inkoop",
    "pilot": "P-EY",
    "cohort": "2018-01",
    "supplier": "EY",
    "seats": "1",
    "form": "trial",
}
GEONAMES = "NL\t{pc6}\tDen Haag\t\t\t\t\t\t\t{latitude}\t{longitude}\t6"


def table(*rows: list[str], between: str = ",") -> bytes:
    quoted = [[f'"{cell}"' if between in cell else cell for cell in cells] for cells in rows]
    return "\n".join(between.join(cells) for cells in quoted).encode()


def row_of(base: dict[str, str], **cells: str | None) -> bytes:
    """Write a file with one row; a cell that is `None` leaves its column out."""
    told = {name: cell for name, cell in {**base, **cells}.items() if cell is not None}
    return table(list(told), list(told.values()))


def candidate(**cells: str | None) -> bytes:
    return row_of(CANDIDATE, **cells)


def slot(**cells: str | None) -> bytes:
    return row_of(SLOT, **cells)


def postcode(**cells: str | None) -> bytes:
    return row_of(POSTCODE, **cells)


def objects(base: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps([{**base, **fields}]).encode()


def organisation(**fields: Any) -> bytes:
    return objects({**ORGANISATION, "kinds": ["supplier"]}, **fields)


def pilot(**fields: Any) -> bytes:
    return objects({"code": "NEW", "name": "Nieuw", "suppliers": ["EY"]}, **fields)


@dataclass(frozen=True)
class Bad:
    """A file that is wrong in one way, and what is told of it."""

    kind: str
    content: bytes
    field: str
    says: str
    accepted: str = ""
    row: int | None = 1
    name: str = "file.csv"


def bad_json(
    kind: str, content: bytes, field: str, says: str, accepted: str = "", row: int | None = 1
) -> Bad:
    return Bad(kind, content, field, says, accepted, row, "file.json")


def bad_file(
    content: bytes, says: str, accepted: str = "", *, name: str = "file.csv", row: int | None = None
) -> Bad:
    """Wrong as a whole, so that the name of the file stands for the field."""
    return Bad("organisations", content, name, says, accepted, row, name)


HEADING = b"code,name,kinds\n"

BAD_FILES = {
    # Columns
    "a column is missing": Bad("slots", slot(seats=None), "seats", "has to have", row=None),
    "a column is unknown": Bad(
        "candidates",
        candidate(shoe_size="43"),
        "shoe_size",
        "no column that is known",
        "travel_modes",
        None,
    ),
    "a column stands there twice": Bad(
        "organisations", b"code,name,kinds,name\nA,a,host,b\n", "name", "twice", "once", None
    ),
    "a column stands there under two names": Bad(
        "candidates",
        candidate(travel_modes="car", travelModes="walk"),
        "travel_modes",
        "two names",
        "once",
        None,
    ),
    "a column has no name": Bad(
        "organisations",
        b"code,name,kinds,\nA,a,host,b\n",
        "heading",
        "without a name",
        "a name",
        None,
    ),
    "a JSON field is unknown": bad_json(
        "organisations", organisation(shoe=43), "shoe", "not a field", "kvkNumber"
    ),
    "a JSON field is missing": bad_json(
        "organisations", b'[{"code": "A", "name": "a"}]', "kinds", "missing", "host"
    ),
    # What is never stored
    "a column for citizen numbers": Bad(
        "candidates", candidate(bsn=""), "bsn", "citizen number", row=None
    ),
    "a column for diagnoses": Bad(
        "candidates", candidate(Diagnose=""), "Diagnose", "diagnosis", row=None
    ),
    "a column for birth dates": Bad(
        "candidates", candidate(birth_date=""), "birth_date", "birth date", row=None
    ),
    "a column for where people come from": Bad(
        "candidates", candidate(Herkomst=""), "Herkomst", "origin", row=None
    ),
    "a column for benefits": Bad(
        "candidates", candidate(uitkering=""), "uitkering", "benefit", row=None
    ),
    "a JSON field for medication": bad_json(
        "candidates", objects(CANDIDATE, medicatie="x"), "medicatie", "medication"
    ),
    "a JSON field for debts, deep inside": bad_json(
        "pilots",
        pilot(cohorts=[{"code": "1"}, {"code": "2", "notes": {"debts": [1]}}]),
        "cohorts.1.notes.debts",
        "debts",
    ),
    "a citizen number in free text": bad_json(
        "pilots", pilot(goal=f"Bel over {CITIZEN_NUMBER}."), "goal", "citizen number"
    ),
    "a citizen number with dots in a list": Bad(
        "slots", slot(tasks="bellen | dossier 1234.56.782"), "tasks.1", "citizen number"
    ),
    "a citizen number as a code": Bad(
        "candidates", candidate(code=CITIZEN_NUMBER), "code", "citizen number"
    ),
    "a control character in free text": bad_json(
        "pilots", pilot(goal="a\x07b"), "goal", "control", "plain text"
    ),
    # Values
    "a language level that does not exist": Bad(
        "candidates",
        candidate(languages="nld B3"),
        "languages.0.listening",
        "accepted values",
        "B2",
    ),
    "a language that is no code": Bad(
        "candidates",
        candidate(languages="Dutch B1"),
        "languages.0.language",
        "form",
        "three small letters",
    ),
    "a diploma that does not exist": Bad(
        "candidates", candidate(diploma="mbo_5"), "diploma", "accepted", "mbo_4"
    ),
    "a status that does not exist": Bad(
        "candidates", candidate(status="weg"), "status", "accepted", "paused"
    ),
    "a day that does not exist": Bad(
        "candidates", candidate(days="mon | maandag"), "days.1", "accepted", "tue"
    ),
    "a day named twice": Bad("candidates", candidate(days="mon | mon"), "days", "same day twice"),
    "negative seats": Bad("slots", slot(seats="-1"), "seats", "too small", "from 1 to 999"),
    "no seats": Bad("slots", slot(seats="0"), "seats", "too small", "from 1 to 999"),
    "half a seat": Bad("slots", slot(seats="1,5"), "seats", "whole number", "from 1 to 999"),
    "seats in words": Bad("slots", slot(seats="twee"), "seats", "whole number", "from 1 to 999"),
    "true for a number": bad_json(
        "slots", objects(SLOT, seats=True), "seats", "number", "from 1 to 999"
    ),
    "more hours than a week holds": Bad(
        "slots", slot(weekly_hours_to="80"), "weekly_hours_to", "too large", "to 60"
    ),
    "hours from above hours to": Bad(
        "slots",
        slot(weekly_hours_from="32", weekly_hours_to="24"),
        "weekly_hours_from",
        "is more than weeklyHoursTo",
    ),
    "first weeks without how many hours they take": Bad(
        "slots", slot(first_weeks="4"), "first_weeks_factor", "is missing", "both"
    ),
    "first weeks that take fewer hours": Bad(
        "slots",
        slot(first_weeks="4", first_weeks_factor="0,5"),
        "first_weeks_factor",
        "too small",
        "more than 1",
    ),
    # Coaches, quotas, bonds
    "a coach who gives nothing that is known": Bad(
        "coaches", row_of(COACH, kinds="magic"), "kinds.0", "unknown kind", "job_coach"
    ),
    "a coach who serves nobody": Bad(
        "coaches", row_of(COACH, pilots="none"), "pilots", "too few", "a list"
    ),
    "a coach of a pilot that is not there": Bad(
        "coaches", row_of(COACH, pilots="P-EY | P-GONE"), "pilots.1", "no pilot", "P-EY"
    ),
    "a coach whose hours are not told": Bad(
        "coaches", row_of(COACH, weekly_hours=""), "weekly_hours", "is missing", "to 60"
    ),
    "a coach who leaves before coming": Bad(
        "coaches",
        row_of(COACH, starts_on="2018-02-01", ends_on="2018-01-31"),
        "ends_on",
        "lies before startsOn",
        "the same day or later",
    ),
    "a coach with a citizen number": Bad(
        "coaches", row_of(COACH, label=f"Coach {CITIZEN_NUMBER}"), "label", "citizen number"
    ),
    "a quota that says nothing": Bad("quotas", row_of(QUOTA, most=""), "least", "is 0", "a most"),
    "a quota of fewer at most than at least": Bad(
        "quotas", row_of(QUOTA, least="3"), "most", "less than least", "as many or more"
    ),
    "a quota over nothing": Bad("quotas", row_of(QUOTA, slots=""), "pilots", "is empty", "slot"),
    "a quota over a slot that is not there": Bad(
        "quotas", row_of(QUOTA, slots="S-GONE"), "slots.0", "no slot", "S-EY-1"
    ),
    "a quota that is perhaps open": Bad(
        "quotas", row_of(QUOTA, if_open="perhaps"), "if_open", "cannot be read", "yes or no"
    ),
    "a quota that counts a group by a label": Bad(
        "quotas", row_of(QUOTA, group="Groep A!"), "group", "form"
    ),
    "a bond without an owner": Bad("bonds", row_of(BOND, owner=""), "owner", "is missing", "text"),
    "a bond without a reason": Bad(
        "bonds", row_of(BOND, reason=""), "reason", "is missing", "text"
    ),
    "a bond with a citizen number in its reason": Bad(
        "bonds", row_of(BOND, reason=f"Zie dossier {CITIZEN_NUMBER}."), "reason", "citizen number"
    ),
    "a bond of one person": Bad("bonds", row_of(BOND, candidates="K-001"), "candidates", "too few"),
    "a bond of somebody with themselves": Bad(
        "bonds", row_of(BOND, candidates="K-001 | K-001"), "candidates", "same code twice"
    ),
    "a bond with somebody who is not there": Bad(
        "bonds", row_of(BOND, candidates="K-001 | K-999"), "candidates.1", "no candidate"
    ),
    "a bond that tells a diagnosis": Bad(
        "bonds", row_of(BOND, diagnose="x"), "diagnose", "diagnosis", row=None
    ),
    "a postcode with letters": Bad(
        "candidates", candidate(pc4="2511 AB"), "pc4", "too long", "four digits"
    ),
    "a postcode of zeros": Bad("candidates", candidate(pc4="0000"), "pc4", "form", "four digits"),
    "a date the Dutch way": Bad(
        "candidates", candidate(available_on="31-01-2018"), "available_on", "date", "2018-01-31"
    ),
    "a date that a spreadsheet made a number": Bad(
        "candidates", candidate(available_on="43131"), "available_on", "date", "2018-01-31"
    ),
    "a date of zero, which is not 1970": Bad(
        "candidates", candidate(available_on="0"), "available_on", "date"
    ),
    "a date with an hour": bad_json(
        "candidates", objects(CANDIDATE, availableOn="2018-01-31T09:00:00Z"), "availableOn", "date"
    ),
    "a time without minutes": Bad(
        "candidates", candidate(earliest_start="9"), "earliest_start", "time", "09:00"
    ),
    "an education must without its ground": Bad(
        "slots", slot(education="must mbo_4"), "education", "ground", "law, work"
    ),
    "a language trained below the level that is asked": Bad(
        "slots", slot(languages="trained nld speaking B1 to A2"), "languages.0", "below the level"
    ),
    "a skill with a code and a text": bad_json(
        "candidates",
        objects(CANDIDATE, skills=[{"skill": "sql", "text": "SQL"}]),
        "skills.0",
        "one of the two",
    ),
    "a skill without a code or a text": bad_json(
        "candidates", objects(CANDIDATE, skills=[{"level": 2}]), "skills.0", "one of the two"
    ),
    "a condition that is no condition": Bad(
        "candidates",
        candidate(conditions="must deaf"),
        "conditions.0.condition",
        "unknown",
        "quiet_place",
    ),
    "a support kind that is none": Bad(
        "slots", slot(support="tuba 2"), "support.0.kind", "unknown kind of support", "job_coach"
    ),
    "a cell that does not follow the grammar": Bad(
        "candidates",
        candidate(known_travel="2512:5 | 2513"),
        "known_travel",
        "item 2 cannot be read",
        "2511:35",
    ),
    "a last entry before the start": bad_json(
        "pilots",
        pilot(cohorts=[{"code": "1", "startsOn": "2018-02-01", "lastEntryOn": "2018-01-01"}]),
        "cohorts.0.lastEntryOn",
        "before startsOn",
        "same day or later",
    ),
    "a cohort twice in one pilot": bad_json(
        "pilots", pilot(cohorts=[{"code": "1"}, {"code": "1"}]), "cohorts", "same code twice"
    ),
    "a postcode area outside the Netherlands": Bad(
        "postcodes", postcode(latitude="48.9"), "latitude", "small", "50.5"
    ),
    "a postcode area at no number": Bad(
        "postcodes", postcode(longitude="nan"), "longitude", "", "3.2 to 7.4"
    ),
    "a postcode area twice": Bad(
        "postcodes",
        table(list(POSTCODE), *[list(POSTCODE.values())] * 2),
        "pc4",
        "row 1 already",
        "once",
        2,
    ),
    "a GeoNames row with 11 cells": Bad(
        "postcodes",
        "\n".join(
            [
                GEONAMES.format(pc6="2511 AA", latitude=52.07, longitude=4.3),
                GEONAMES.format(pc6="2511 AB", latitude=52.07, longitude=4.3).removesuffix("\t6"),
            ]
        ).encode(),
        "NL.txt",
        "has 11 cells",
        "12 cells",
        2,
        "NL.txt",
    ),
    "a GeoNames row of the Caribbean": Bad(
        "postcodes",
        GEONAMES.format(pc6="2511 AA", latitude=12.1, longitude=4.3).encode(),
        "latitude",
        "small",
        "50.5",
    ),
    # References
    "a pilot that nobody knows": Bad("slots", slot(pilot="P-X"), "pilot", "no pilot", "P-EY"),
    "a cohort of another pilot": Bad(
        "slots", slot(cohort="2018-02"), "cohort", "no cohort of this pilot", "2018-01"
    ),
    "a supplier that nobody knows": Bad(
        "slots", slot(supplier="X"), "supplier", "no organisation", "EY"
    ),
    "a phase at an organisation that nobody knows": Bad(
        "slots",
        slot(phases="theory 2w 2511 1+0 X"),
        "phases.0.organisation",
        "no organisation",
        "EY",
    ),
    "a referrer that nobody knows": Bad(
        "candidates", candidate(referrer="X"), "referrer", "no organisation", "COA"
    ),
    "a wish for a slot that nobody knows": Bad(
        "candidates",
        candidate(wishes="1 pilot P-EY | 2 slot X"),
        "wishes.1.code",
        "no slot",
        "S-EY",
    ),
    "a skill that nobody knows": Bad(
        "slots",
        slot(skills="wanted important sqll:2"),
        "skills.0.skill",
        "no code of the skills taxonomy",
        "sql",
    ),
    "a taught skill that nobody knows": Bad(
        "slots",
        slot(skills_taught="sqll:2"),
        "skills_taught.0.skill",
        "no code of the skills taxonomy",
        "sql",
    ),
    "a code twice in the file": Bad(
        "organisations",
        HEADING + b"A,a,host\nB,b,host\nA,c,host\n",
        "code",
        "row 1 already",
        "once",
        3,
    ),
    "a code that is in use already": Bad(
        "candidates", candidate(code="K-001"), "code", "another candidate", "not in use"
    ),
    # The file as a whole
    "a byte that UTF-8 does not have": bad_file(
        HEADING + "A,a,host\nB,Café,host\n".encode("cp1252"), "line 3 holds a byte", "UTF-8"
    ),
    "UTF-16": bad_file((HEADING + b"A,a,host\n").decode().encode("utf-16"), "UTF-16", "UTF-8"),
    "a NUL byte": bad_file(HEADING + b"A,a\x00b,host\n", "NUL byte in line 2", "text"),
    "an empty file": bad_file(b"", "is empty", "rows"),
    "a file of blanks": bad_file(b" \r\n \n", "is empty", "rows"),
    "a heading and no more": bad_file(HEADING, "holds no rows", "one row"),
    "a row with too many cells": bad_file(
        HEADING + b"A,a,host\nB,b,host,x\n", "has 4 cells", "3 cells", row=2
    ),
    "a row with too few cells": bad_file(HEADING + b"A,a\n", "has 2 cells", "3 cells", row=1),
    "a quote that is never closed": bad_file(
        HEADING + b'A,"a,host\nB,b,host\n', "not valid CSV", "quotes closed"
    ),
    "a cell larger than a page": bad_file(
        HEADING + b"A," + b"a" * 20_001 + b",host\n", "line 2", "quotes closed"
    ),
    "an ending that is not known": bad_file(
        HEADING + b"A,a,host\n", "ending", ".csv or .json", name="file.xlsx"
    ),
    "a spreadsheet that is called .csv": bad_file(b"PK\x03\x04rest", "a spreadsheet", "UTF-8"),
    "a PDF that is called .json": bad_file(b"%PDF-1.7", "a PDF", "UTF-8", name="file.json"),
    "invalid JSON": bad_file(
        b'[\n{"code": "A",\n}]', "line 3", "list of objects", name="file.json"
    ),
    "JSON that is no list": bad_file(
        b'{"code": "A"}', "not hold a list", "list of objects", name="file.json"
    ),
    "JSON with an item that is no object": bad_file(
        b'[{}, "A"]', "not an object", "object", name="file.json", row=2
    ),
    "JSON with a field twice": bad_file(
        b'[{"code": "A", "code": "B"}]',
        "names the field code twice",
        "list of objects",
        name="file.json",
    ),
    "JSON with NaN": bad_file(b'[{"seats": NaN}]', "NaN", "list of objects", name="file.json"),
    "JSON with Infinity": bad_file(
        b'[{"seats": -Infinity}]', "-Infinity", "list of objects", name="file.json"
    ),
    "JSON with an endless number": bad_file(
        b'[{"seats": ' + b"9" * 5000 + b"}]", "5000 digits", "list of objects", name="file.json"
    ),
    "JSON that is nested too deeply": bad_file(
        b"[" * 100_000 + b"]" * 100_000, "nested too deeply", "list of objects", name="file.json"
    ),
    "an empty JSON list": bad_file(b"[]", "holds no rows", "one row", name="file.json"),
}


def faults_of_file(
    engine: Engine, kind: str, content: bytes, folder: Path, name: str = "file.csv"
) -> tuple[FieldFault, ...]:
    """Import a file that is refused, see that nothing was stored, and return what is told."""
    path = folder / name
    path.write_bytes(content)
    with unchanged(engine), pytest.raises(InvalidInput) as refusal:
        import_file(engine, kind, path, by=SHELL)
    return refusal.value.faults


@pytest.mark.parametrize("bad", BAD_FILES.values(), ids=BAD_FILES)
def test_it_is_refused_with_field_row_and_what_is_accepted_and_nothing_is_stored(
    bad: Bad, untouched: Sample, tmp_path: Path
) -> None:
    [fault] = {
        fault
        for fault in faults_of_file(untouched.engine, bad.kind, bad.content, tmp_path, bad.name)
        # One wrong level counts for four language skills; the first is enough here.
        if not fault.field.endswith((".reading", ".speaking", ".writing"))
    }
    assert (fault.field, fault.row) == (bad.field, bad.row)
    assert bad.says in fault.message
    assert bad.accepted in (fault.accepted or "")
    assert CITIZEN_NUMBER not in fault.sentence()


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        ("candidates", candidate(), "file.csv"),
        ("candidates", objects(CANDIDATE), "file.json"),
        ("slots", slot(), "file.csv"),
        ("organisations", row_of(ORGANISATION), "file.csv"),
        ("organisations", organisation(), "file.json"),
        ("pilots", pilot(), "file.json"),
        ("postcodes", postcode(), "file.csv"),
        ("postcodes", GEONAMES.format(pc6="2511 AA", latitude=52, longitude=4).encode(), "NL.txt"),
    ],
)
def test_without_its_one_mistake_each_file_can_be_imported_and_a_dry_run_says_so_and_stores_nothing(
    kind: str, content: bytes, name: str, untouched: Sample, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with unchanged(untouched.engine):
        assert import_file(untouched.engine, kind, path, by=SHELL, dry_run=True) == 1


def test_a_file_that_does_not_exist_is_told_plainly(untouched: Sample, tmp_path: Path) -> None:
    for kind in ("candidates", "postcodes"):
        with unchanged(untouched.engine), pytest.raises(InvalidInput) as refusal:
            import_file(untouched.engine, kind, tmp_path / "gone.csv", by=SHELL)
        [fault] = refusal.value.faults
        assert (fault.field, fault.message) == ("gone.csv", "is no file that can be read")


FORBIDDEN = [name for names in NEVER_STORED.values() for name in names]


@pytest.mark.parametrize("spelled", [str.title, lambda name: name.replace(" ", "_").upper()])
def test_every_name_of_what_is_never_stored_is_refused_as_a_column_however_it_is_spelled(
    spelled,
) -> None:
    heading = [spelled(name) for name in FORBIDDEN]
    with pytest.raises(InvalidInput) as refusal:
        read_bytes(table(["code", *heading], ["A", *heading]), "file.csv")
    refused = {fault.field for fault in refusal.value.faults if "never stored" in fault.message}
    assert refused == set(heading)


def test_a_file_without_a_heading_does_not_put_its_first_row_on_the_screen(
    untouched: Sample, tmp_path: Path
) -> None:
    content = f"N-1,{CITIZEN_NUMBER}\n".encode() * 2
    told = faults_of_file(untouched.engine, "candidates", content, tmp_path)
    assert CITIZEN_NUMBER not in "".join(fault.sentence() for fault in told)
    assert {fault.field for fault in told} == {"code", "N-1", "…"}


def test_what_stands_in_a_cell_is_not_repeated(untouched: Sample, tmp_path: Path) -> None:
    cells = {
        "known_travel": "kwikstaart",
        "skills": "'kwikstaart' | 'kwikstaart'",
        "languages": "nld kwikstaart B1 kwikstaart B1",
        "diploma": "kwikstaart",
        "pc4": "kwikstaart",
    }
    told = faults_of_file(untouched.engine, "candidates", candidate(**cells), tmp_path)
    assert {fault.field for fault in told} == set(cells)
    assert "kwikstaart" not in "".join(fault.sentence() for fault in told)


def test_all_faults_of_all_rows_come_together_in_the_order_of_rows(
    untouched: Sample, tmp_path: Path
) -> None:
    content = table(
        ["code", "referrer", "diploma", "known_travel", "skills"],
        ["N-1", "NOBODY", "mbo_4", "", "sqll:2"],
        ["N-2", "COA", "mbo_5", "x", ""],
        ["N-3", "COA", "mbo_4", "", ""],
        ["K-001", "COA", "mbo_4", "", ""],
        ["N-3", "COA", "mbo_4", "", ""],
    )
    told = faults_of_file(untouched.engine, "candidates", content, tmp_path)
    assert [(fault.row, fault.field) for fault in told] == [
        (1, "referrer"),
        (1, "skills.0.skill"),
        (2, "known_travel"),
        (2, "diploma"),
        (4, "code"),
        (5, "code"),
    ]


def test_one_bad_row_among_many_keeps_all_others_out(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    good = [f"A-{number},a,host" for number in range(200)]
    path.write_text("\n".join(["code,name,kinds", *good, "B,b,nothing"]))
    with unchanged(engine), pytest.raises(InvalidInput) as refusal:
        import_file(engine, "organisations", path, by=SHELL)
    assert [fault.row for fault in refusal.value.faults] == [201]


def test_the_same_rows_without_the_bad_one_are_all_stored_each_with_its_event(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_text("code,name,kinds\nA,a,host\nB,b,host | supplier\n")
    assert import_file(engine, "organisations", path, by=SHELL) == 2
    assert len(everything(engine)["organisation"]) == 2
    told = [(event["event"], event["subject_code"]) for event in events(engine)]
    assert told == [("organisation:added", "A"), ("organisation:added", "B")]


def test_no_more_faults_are_listed_than_anybody_mends_and_the_rest_is_counted(
    untouched: Sample, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_text("code,name,kinds\n" + "A B,a,host\n" * 300)
    with pytest.raises(InvalidInput, match=r"300 things .* in 300 rows") as refusal:
        import_file(untouched.engine, "organisations", path, by=SHELL)
    assert len(refusal.value.faults) == 200


# What is not a mistake.

GOOD_FILES = {
    "semicolons": b"code;name;kinds\nA;a, b;host\n",
    "tabs": b"code\tname\tkinds\nA\ta, b\thost\n",
    "a byte order mark": b'\xef\xbb\xbfcode,name,kinds\nA,"a, b",host\n',
    "line ends of Windows": b'code,name,kinds\r\nA,"a, b",host\r\n',
    "line ends of old": b'code,name,kinds\rA,"a, b",host\r',
    "blank lines before and between": b'\n\r\ncode,name,kinds\n\n,,\nA,"a, b",host\n\n',
    "blanks around cells and columns": b'code , name,kinds\n A ,"a, b ", host \n',
    "columns in another order": b'kinds,code,name\nhost,A,"a, b"\n',
    "a list that ends in a bar": b'code,name,kinds\nA,"a, b",host |\n',
}


@pytest.mark.parametrize("content", GOOD_FILES.values(), ids=GOOD_FILES)
def test_it_is_read_as_it_is_meant(content: bytes) -> None:
    [one] = read_rows(read_bytes(content, "file.csv"), ORGANISATIONS)
    assert (one.code, one.name, one.kinds) == ("A", "a, b", ["host"])


def test_a_line_end_within_quotes_belongs_to_the_text() -> None:
    content = b'code,name,kinds\nA,"a\r\nb",host\nB,c,host\n'
    found = read_rows(read_bytes(content, "file.csv"), ORGANISATIONS)
    assert [one.name for one in found] == ["a\r\nb", "c"]


def test_a_decimal_comma_is_a_decimal_point_where_a_number_stands_and_a_comma_elsewhere() -> None:
    heading = [*SLOT, "weekly_hours_from", "support"]
    cells = {**SLOT, "title": "7,5", "weekly_hours_from": "7,5", "support": "job_coach 0,5"}
    content = table(heading, [cells[name] for name in heading], between=";")
    [one] = read_rows(read_bytes(content, "file.csv"), SLOTS)
    assert (one.title, one.weekly_hours_from) == ("7,5", 7.5)
    assert one.support[0].weekly_hours == 0.5


def test_a_blank_is_unknown_and_none_is_known_in_two_languages() -> None:
    content = table(
        ["code", "skills", "languages"],
        ["A", "", "?"],
        ["B", "none", "geen"],
        ["C", "unknown", "onbekend"],
    )
    found = read_rows(read_bytes(content, "file.csv"), CANDIDATES)
    assert [(one.skills, one.languages) for one in found] == [(None, None), ([], []), (None, None)]


def test_columns_may_be_spelled_as_in_json() -> None:
    content = table(["code", "maxTravelMinutes", "travel_modes"], ["A", "45", "walk | car"])
    [one] = read_rows(read_bytes(content, "file.csv"), CANDIDATES)
    assert (one.max_travel_minutes, one.travel_modes) == (45, ["walk", "car"])


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_rows(
            read_bytes(b"code,name,kinds\n\nA,a,host\n,,\nB,b,x\n", "file.csv"), ORGANISATIONS
        )
    assert [fault.row for fault in refusal.value.faults] == [4]


def test_the_rows_of_one_geonames_area_become_their_mean(tmp_path: Path) -> None:
    path = tmp_path / "NL.txt"
    rows = [("2511 AA", 52.0, 4.2), ("2511 AB", 52.2, 4.4), ("3511", 52.1, 5.1)]
    path.write_text("\n".join(GEONAMES.format(pc6=p, latitude=a, longitude=o) for p, a, o in rows))
    found = [
        (one.pc4, round(one.latitude, 6), round(one.longitude, 6)) for one in read_postcodes(path)
    ]
    assert found == [("2511", 52.1, 4.3), ("3511", 52.1, 5.1)]
