"""
Postcode: where the middle of a four-digit postcode area lies. Reference data, not a person's
address.
"""

from typing import Annotated

from sqlmodel import Field, SQLModel

from models.base import Shape
from models.texts import Line, Pc4


class PostcodeBase(SQLModel):
    """
    A four-digit area with its centroid, in degrees (WGS84); the box around the Netherlands is
    accepted.
    """

    pc4: Pc4 = Field(max_length=4)
    place: Line | None = Field(default=None, max_length=120)
    latitude: Annotated[float, Field(ge=50.5, le=53.8)]
    longitude: Annotated[float, Field(ge=3.2, le=7.4)]


class Postcode(PostcodeBase, table=True):
    """A postcode area as stored."""

    pc4: Pc4 = Field(max_length=4, primary_key=True)


class PostcodeCreate(PostcodeBase, Shape):
    """A postcode area as it comes in."""
