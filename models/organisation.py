"""
Organisation: a supplier, a host, a referrer, the coordinating body; one organisation can be
several.
"""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import JsonOf, Rooted, Shape
from models.codes import OrganisationKind
from models.facts import once
from models.texts import Code, Title

Kinds = Annotated[
    list[OrganisationKind], Field(min_length=1), AfterValidator(lambda kinds: once(kinds, "kind"))
]
KvkNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]


class OrganisationBase(SQLModel):
    """What is known of an organisation."""

    code: Code = Field(max_length=40)
    name: Title = Field(max_length=200)
    kinds: Kinds = Field(sa_type=JsonOf(list[OrganisationKind]))
    kvk_number: KvkNumber | None = Field(default=None, max_length=8)


class Organisation(Rooted, OrganisationBase, table=True):
    """An organisation as stored."""

    __table_args__ = (UniqueConstraint("office_id", "code"),)


class OrganisationCreate(OrganisationBase, Shape):
    """An organisation as it comes in, by HTTP or from a file."""
