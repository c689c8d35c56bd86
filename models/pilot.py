"""
Pilot (*proeftuin*) with its organisations, and Cohort: a group within it that starts together.
"""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import Rooted, Shape, code_column
from models.facts import once
from models.texts import Code, Day, FactError, Prose, Title


class PilotRole(StrEnum):
    """What an organisation does in a pilot. A referrer that is named may put people forward."""

    SUPPLIER = "supplier"
    HOST = "host"
    REFERRER = "referrer"


class PilotBase(SQLModel):
    """What is known of a pilot itself."""

    code: Code = Field(max_length=40)
    name: Title = Field(max_length=200)
    goal: Prose | None = Field(default=None, max_length=2000)


class Pilot(Rooted, PilotBase, table=True):
    """A pilot as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)


class PilotOrganisation(Rooted, table=True):
    """An organisation in a pilot, in one role."""

    __tablename__ = "pilot_organisation"
    __table_args__ = (UniqueConstraint("pilot_id", "organisation_id", "role"),)

    pilot_id: UUID = Field(foreign_key="pilot.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    role: PilotRole = Field(sa_type=code_column(PilotRole))


OrganisationCodes = Annotated[list[Code], AfterValidator(lambda codes: once(codes, "code"))]


class CohortBase(SQLModel):
    """What is known of a cohort. A blank is unknown."""

    code: Code = Field(max_length=40)
    starts_on: Day | None = None
    last_entry_on: Day | None = None
    floor: Annotated[int, Field(ge=0, le=999)] | None = None
    reserves: Annotated[int, Field(ge=0, le=999)] | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.starts_on and self.last_entry_on and self.last_entry_on < self.starts_on:
            raise FactError("lastEntryOn", "lies before startsOn; accepted: the same day or later")
        return self


class Cohort(Rooted, CohortBase, table=True):
    """A cohort as stored."""

    __table_args__ = (UniqueConstraint("pilot_id", "code"),)

    pilot_id: UUID = Field(foreign_key="pilot.id", index=True)


class PilotCreate(PilotBase, Shape):
    """
    A pilot as it comes in. Suppliers, hosts and referrers are named by code; no referrer named: all
    may.
    """

    suppliers: OrganisationCodes = []
    hosts: OrganisationCodes = []
    referrers: OrganisationCodes = []


class CohortFacts(CohortBase, Shape):
    """A cohort inside a pilot's file."""


class CohortCreate(CohortBase, Shape):
    """A cohort as it comes in; it names its pilot."""

    pilot: Code


class PilotFile(PilotCreate):
    """A pilot with its cohorts, as a file holds it."""

    cohorts: Annotated[
        list[CohortFacts], AfterValidator(lambda cohorts: once(cohorts, "code"))
    ] = []
