"""
Rows to facts: every row is read before the first fault is told, so that one look mends the whole
file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel

from models.base import Shape
from models.bond import BondCreate
from models.candidate import CandidateFacts
from models.coach import CoachCreate
from models.organisation import OrganisationCreate
from models.pilot import PilotFile
from models.quota import QuotaCreate
from models.slot import SlotCreate
from service.errors import FieldFault, InvalidInput, faults_of
from service.importing.files import Row
from service.importing.grammar import (
    BOND_CELLS,
    CANDIDATE_CELLS,
    COACH_CELLS,
    GROUP_CELLS,
    ORGANISATION_CELLS,
    PILOT_CELLS,
    QUOTA_CELLS,
    SLOT_CELLS,
    UNKNOWN,
    CellError,
    Parser,
    decimal,
)
from service.schemas import GroupGiven, SlotFacts

ShapeT = TypeVar("ShapeT", bound=Shape)

MOST_FAULTS = 200
"""Nobody mends more than this from one list; the rest is counted."""


@dataclass(frozen=True)
class Layout(Generic[ShapeT]):
    """What a row of a file becomes, and how its cells are read when it is CSV."""

    noun: str
    shape: type[ShapeT]
    cells: dict[str, Parser] = field(default_factory=dict)


CANDIDATES = Layout("candidate", CandidateFacts, CANDIDATE_CELLS)
SLOTS = Layout("slot", SlotCreate, SLOT_CELLS)
SLOTS_ALONE = Layout("slot", SlotFacts, SLOT_CELLS)
"""Slots that bring along what their pilot and cohort say: for matching files without a database."""
ORGANISATIONS = Layout("organisation", OrganisationCreate, ORGANISATION_CELLS)
PILOTS = Layout("pilot", PilotFile, PILOT_CELLS)
COACHES = Layout("coach", CoachCreate, COACH_CELLS)
QUOTAS = Layout("quota", QuotaCreate, QUOTA_CELLS)
BONDS = Layout("bond", BondCreate, BOND_CELLS)
GROUPS = Layout("group", GroupGiven, GROUP_CELLS)
"""Who is in a group that a quota counts: told for one run, never imported."""


def read_rows(rows: Sequence[Row], layout: Layout[ShapeT]) -> list[ShapeT]:
    """
    Read all rows into facts.

    Raises `InvalidInput` with the faults of all rows together; nothing is left out silently.
    """
    facts, faults = collect_rows(rows, layout)
    refuse_if_any(faults)
    return [one for _, one in facts]


def collect_rows(
    rows: Sequence[Row], layout: Layout[ShapeT]
) -> tuple[list[tuple[int, ShapeT]], list[FieldFault]]:
    """Return facts by row number for all rows that can be read, and the faults of all others."""
    _check_columns(rows, layout)
    facts: list[tuple[int, ShapeT]] = []
    faults: list[FieldFault] = []
    first_row: dict[str, int] = {}
    for row in rows:
        try:
            one = _read(row, layout)
        except InvalidInput as error:
            faults += error.faults
            continue
        code = getattr(one, "code", None)
        if code in first_row:
            message = f"is the code of row {first_row[code]} already"
            faults.append(FieldFault("code", message, "each code once", row.number))
            continue
        if code is not None:
            first_row[code] = row.number
        facts.append((row.number, one))
    return facts, faults


def refuse_if_any(faults: Sequence[FieldFault]) -> None:
    """Refuse with all faults, or as many as anybody can use."""
    if not faults:
        return
    rows = len({fault.row for fault in faults})
    detail = f"{len(faults)} things have to be changed, in {rows} rows. Nothing was stored."
    if len(faults) > MOST_FAULTS:
        detail += f" The first {MOST_FAULTS} are listed."
    raise InvalidInput(faults[:MOST_FAULTS], detail if len(faults) > 1 else None)


def _check_columns(rows: Sequence[Row], layout: Layout[Any]) -> None:
    """Say once, for the whole file, which columns are missing or not known."""
    if not rows or not rows[0].is_csv:
        return
    names = field_names(layout.shape)
    given = {names.get(column) for column in rows[0].fields}
    known = set(layout.shape.model_fields)
    needed = {name for name, item in layout.shape.model_fields.items() if item.is_required()}
    faults = [
        FieldFault(column, "is a column that a file of this kind has to have")
        for column in sorted(needed - given)
    ]
    faults += [
        FieldFault(column, "is no column that is known here", ", ".join(sorted(known)))
        for column in rows[0].fields
        if column not in names
    ]
    twice = [name for name, count in Counter(map(names.get, rows[0].fields)).items() if count > 1]
    faults += [
        FieldFault(name, "stands in the heading under two names", "each column once")
        for name in twice
        if name is not None
    ]
    if faults:
        raise InvalidInput(faults)


def _read(row: Row, layout: Layout[ShapeT]) -> ShapeT:
    if row.is_csv:
        fields, faults = _cells(row, layout)
    else:
        fields, faults = dict(row.fields), []
    try:
        one = layout.shape.model_validate(fields)
    except ValidationError as error:
        unread = {fault.field for fault in faults}
        more = faults_of(error, layout.shape, row=row.number)
        if row.is_csv:
            more = [by_column(fault, field_names(layout.shape)) for fault in more]
        faults += [fault for fault in more if fault.field not in unread]
    if faults:
        raise InvalidInput(faults)
    return one


def field_names(shape: type[BaseModel]) -> dict[str, str]:
    """Return the fields of a shape by the names that a column may have: snake_case or camelCase."""
    names = {name: name for name in shape.model_fields}
    return names | {field.alias or name: name for name, field in shape.model_fields.items()}


def by_column(fault: FieldFault, names: dict[str, str]) -> FieldFault:
    """Return a fault with its field as the columns of a file are called."""
    column, dot, rest = fault.field.partition(".")
    name = names.get(column, column)
    return FieldFault(name + dot + rest, fault.message, fault.accepted, fault.row)


def _cells(row: Row, layout: Layout[Any]) -> tuple[dict[str, Any], list[FieldFault]]:
    fields: dict[str, Any] = {}
    faults: list[FieldFault] = []
    names = field_names(layout.shape)
    for column, cell in row.fields.items():
        name = names[column]
        if not cell or (cell.lower() in UNKNOWN and not _is_required(layout.shape, name)):
            if not may_be_unknown(layout.shape, name):
                continue  # the default, which the shape itself states
            fields[to_camel(name)] = None
        elif name in layout.cells:
            try:
                fields[to_camel(name)] = layout.cells[name](cell)
            except CellError as error:
                faults.append(FieldFault(name, error.message, error.accepted, row.number))
        else:
            fields[to_camel(name)] = decimal(cell) if _is_number(layout.shape, name) else cell
    return fields, faults


def _is_required(shape: type[BaseModel], name: str) -> bool:
    """Whether a row has to say it; "unknown" is then a word like any other, say a cohort's code."""
    return shape.model_fields[name].is_required()


def may_be_unknown(shape: type[BaseModel], name: str) -> bool:
    """Whether a blank in this field means unknown; else it means the default."""
    return _allows(shape, name, type(None))


def _is_number(shape: type[BaseModel], name: str) -> bool:
    return _allows(shape, name, int) or _allows(shape, name, float)


def _allows(shape: type[BaseModel], name: str, kind: type) -> bool:
    annotation = shape.model_fields[name].annotation
    kinds = get_args(annotation) or (annotation,)
    return any(kind in (one, *get_args(one)[:1]) for one in kinds)
