"""Codes and ids: what a file or a request calls by code, found once per transaction."""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from sqlmodel import Session, select

from models.bond import Bond
from models.candidate import Candidate
from models.coach import Coach
from models.organisation import Organisation
from models.pilot import Cohort, Pilot, PilotOrganisation, PilotRole
from models.quota import Quota
from models.slot import Slot
from service.errors import FieldFault

SHOWN = 30
"""More codes than this help nobody in an error."""


class Codebook:
    """
    Codes of everything that others refer to; looked up once, then kept up to date by who adds rows.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def organisations(self) -> dict[str, UUID]:
        """Ids of organisations by code."""
        return dict(self._session.exec(select(Organisation.code, Organisation.id)).all())

    @cached_property
    def pilots(self) -> dict[str, UUID]:
        """Ids of pilots by code."""
        return dict(self._session.exec(select(Pilot.code, Pilot.id)).all())

    @cached_property
    def cohorts(self) -> dict[tuple[UUID, str], UUID]:
        """Ids of cohorts by pilot and code."""
        rows = self._session.exec(select(Cohort.pilot_id, Cohort.code, Cohort.id)).all()
        return {(pilot_id, code): cohort_id for pilot_id, code, cohort_id in rows}

    @cached_property
    def suppliers(self) -> dict[UUID, set[str]]:
        """Codes of the suppliers of each pilot."""
        rows = self._session.exec(
            select(PilotOrganisation.pilot_id, Organisation.code)
            .join(Organisation)
            .where(PilotOrganisation.role == PilotRole.SUPPLIER)
        ).all()
        found: dict[UUID, set[str]] = {}
        for pilot_id, code in rows:
            found.setdefault(pilot_id, set()).add(code)
        return found

    @cached_property
    def slots(self) -> dict[str, UUID]:
        """Ids of slots by code."""
        return dict(self._session.exec(select(Slot.code, Slot.id)).all())

    @cached_property
    def candidates(self) -> dict[str, UUID]:
        """Ids of candidates by code."""
        return dict(self._session.exec(select(Candidate.code, Candidate.id)).all())

    @cached_property
    def coaches(self) -> dict[str, UUID]:
        """Ids of coaches by code."""
        return dict(self._session.exec(select(Coach.code, Coach.id)).all())

    @cached_property
    def quotas(self) -> dict[str, UUID]:
        """Ids of quotas by code."""
        return dict(self._session.exec(select(Quota.code, Quota.id)).all())

    @cached_property
    def bonds(self) -> dict[str, UUID]:
        """Ids of bonds by code."""
        return dict(self._session.exec(select(Bond.code, Bond.id)).all())

    @cached_property
    def organisation_codes(self) -> dict[UUID, str]:
        """Codes of organisations by id."""
        return {value: code for code, value in self.organisations.items()}


def unknown_code(field: str, noun: str, known: dict[str, UUID]) -> FieldFault:
    """Say that a code refers to nothing, and which codes there are."""
    codes = sorted(known)
    more = f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else ""
    accepted = ", ".join(codes[:SHOWN]) + more if codes else f"first add the {noun}"
    return FieldFault(field, f"refers to no {noun} that is known here", accepted)


def unknown_codes(
    field: str, noun: str, given: Sequence[str], known: dict[str, UUID]
) -> list[FieldFault]:
    """Return a fault for each code of a list that refers to nothing."""
    return [
        unknown_code(f"{field}.{position}", noun, known)
        for position, code in enumerate(given)
        if code not in known
    ]


def taken_code(noun: str) -> FieldFault:
    """Say that a code is in use."""
    return FieldFault("code", f"is the code of another {noun} already", "a code that is not in use")
