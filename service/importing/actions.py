"""Imports: all rows or none, each through the same action as a single request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from models.base import Clock
from service.access import Actor
from service.bonds.actions import add_bond
from service.candidates.actions import add_candidate
from service.coaches.actions import add_coach
from service.codebook import Codebook
from service.database import now, transaction
from service.errors import FieldFault, InvalidInput
from service.importing.files import read_file
from service.importing.postcodes import read_postcodes, store_postcodes
from service.importing.reading import (
    BONDS,
    CANDIDATES,
    COACHES,
    ORGANISATIONS,
    PILOTS,
    QUOTAS,
    SLOTS,
    Layout,
    by_column,
    collect_rows,
    field_names,
    refuse_if_any,
)
from service.organisations.actions import add_organisation
from service.pilots.actions import add_pilot
from service.quotas.actions import add_quota
from service.slots.actions import open_slot


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction leaves nothing behind."""


@dataclass(frozen=True)
class Importer:
    """How one kind of file comes in."""

    layout: Layout[Any]
    add: Callable[..., Any]


IMPORTERS: dict[str, Importer] = {
    "organisations": Importer(ORGANISATIONS, add_organisation),
    "pilots": Importer(PILOTS, add_pilot),
    "slots": Importer(SLOTS, open_slot),
    "candidates": Importer(CANDIDATES, add_candidate),
    "coaches": Importer(COACHES, add_coach),
    "quotas": Importer(QUOTAS, add_quota),
    "bonds": Importer(BONDS, add_bond),
}


def import_file(
    engine: Engine, kind: str, path: Path, *, by: Actor, dry_run: bool = False, clock: Clock = now
) -> int:
    """
    Import a file as a whole and return how many rows it had.

    Raises `InvalidInput` with the faults of all rows; then, and in a dry run, nothing is stored.
    """
    if kind == "postcodes":
        areas = read_postcodes(path)
        return _within(
            engine, clock, dry_run, lambda session: store_postcodes(session, areas, by=by)
        )
    importer = IMPORTERS[kind]
    rows = read_file(path)
    facts, faults = collect_rows(rows, importer.layout)

    def store(session: Session) -> int:
        faults.extend(_add_all(session, importer, facts, by, is_csv=rows[0].is_csv))
        refuse_if_any(sorted(faults, key=lambda fault: fault.row or 0))
        return len(facts)

    return _within(engine, clock, dry_run, store)


def _within(engine: Engine, clock: Clock, dry_run: bool, store: Callable[[Session], int]) -> int:
    count = 0
    try:
        with transaction(engine, clock) as session:
            count = store(session)
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return count


def _add_all(
    session: Session,
    importer: Importer,
    facts: Sequence[tuple[int, Any]],
    by: Actor,
    *,
    is_csv: bool,
) -> list[FieldFault]:
    """Add what was read, and return the faults that only what is stored brings to light."""
    codes = Codebook(session)
    columns = field_names(importer.layout.shape) if is_csv else {}
    faults: list[FieldFault] = []
    for number, one in facts:
        try:
            importer.add(session, one, by=by, codes=codes)
        except InvalidInput as error:
            faults += [replace(by_column(fault, columns), row=number) for fault in error.faults]
    return faults
