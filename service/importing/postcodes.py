"""
Postcode areas from a file: the layout of GeoNames (NL.txt), or a CSV with pc4, place, latitude,
longitude.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from sqlmodel import Session, select

from models.base import OFFICE_ID
from models.postcode import Postcode, PostcodeCreate
from service.access import Actor
from service.audit import record
from service.errors import FieldFault, faults_of
from service.importing.files import read_bytes, refuse
from service.importing.reading import Layout, collect_rows, refuse_if_any

GEONAMES_COLUMNS = 12
POSTCODES = Layout("postcode", PostcodeCreate)


def read_postcodes(path: Path) -> list[PostcodeCreate]:
    """
    Read postcode areas; several rows of one area (PC6) become their mean.

    Raises `InvalidInput` with the faults of all rows together.
    """
    if not path.is_file():
        refuse(path.name, "is no file that can be read", "NL.txt of GeoNames, or a CSV file")
    content = path.read_bytes()
    first = content.split(b"\n", 1)[0]
    if first.count(b"\t") == GEONAMES_COLUMNS - 1:
        return _means(_geonames(content, path.name))
    areas, faults = collect_rows(read_bytes(content, path.name), POSTCODES)
    refuse_if_any(faults)
    return _once(areas)


def store_postcodes(session: Session, areas: Sequence[PostcodeCreate], *, by: Actor) -> int:
    """Store areas, in the place of what was known of them; return how many."""
    known = {row.pc4: row for row in session.exec(select(Postcode)).all()}
    for area in areas:
        row = known.get(area.pc4)
        if row is None:
            session.add(Postcode.model_validate(area.model_dump()))
        else:
            row.place, row.latitude, row.longitude = area.place, area.latitude, area.longitude
    session.flush()
    record(
        session,
        "postcodes:imported",
        kind="office",
        subject_id=OFFICE_ID,
        code="postcodes",
        by=by,
        rows=len(areas),
    )
    return len(areas)


def _geonames(content: bytes, name: str) -> list[PostcodeCreate]:
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        refuse(name, "is not written in UTF-8", "NL.txt as GeoNames gives it")
    areas, faults = [], []
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if len(cells) != GEONAMES_COLUMNS:
            accepted = f"{GEONAMES_COLUMNS} cells between tabs"
            faults.append(FieldFault(name, f"has {len(cells)} cells", accepted, number))
            continue
        facts = {
            "pc4": cells[1].strip()[:4],
            "place": cells[2].strip() or None,
            "latitude": cells[9],
            "longitude": cells[10],
        }
        try:
            areas.append(PostcodeCreate.model_validate(facts))
        except ValidationError as error:
            faults += faults_of(error, PostcodeCreate, row=number)
    refuse_if_any(faults)
    return areas


def _means(areas: Sequence[PostcodeCreate]) -> list[PostcodeCreate]:
    by_area: dict[str, list[PostcodeCreate]] = {}
    for area in areas:
        by_area.setdefault(area.pc4, []).append(area)
    return [
        PostcodeCreate(
            pc4=pc4,
            place=parts[0].place,
            latitude=sum(part.latitude for part in parts) / len(parts),
            longitude=sum(part.longitude for part in parts) / len(parts),
        )
        for pc4, parts in sorted(by_area.items())
    ]


def _once(areas: Sequence[tuple[int, PostcodeCreate]]) -> list[PostcodeCreate]:
    first: dict[str, int] = {}
    faults = []
    for number, area in areas:
        if area.pc4 in first:
            message = f"stands in row {first[area.pc4]} already"
            faults.append(FieldFault("pc4", message, "each once", number))
        first.setdefault(area.pc4, number)
    refuse_if_any(faults)
    return [area for _, area in areas]
