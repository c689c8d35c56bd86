"""
What routes add to the shapes of the models: ids and versions on the way out, optional fields in a
patch.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import create_model
from sqlmodel import Field

from models.base import Shape

Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""Settles ties; a whole number that JSON readers everywhere keep exact."""


class Stored(Shape):
    """What every stored thing carries on its way out."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


def patch_of(shape: type[Shape]) -> type[Shape]:
    """
    Return the shape of a merge patch: each field may be left out, and may be `null` for unknown.

    It is for the API's document; what comes in is merged first and then checked as a whole.
    """
    fields: dict[str, Any] = {
        name: (field.annotation | None, Field(default=None))  # type: ignore[operator]
        for name, field in shape.model_fields.items()
        if name != "code"
    }
    name = shape.__name__.removesuffix("Create") + "Patch"
    return create_model(
        name, __base__=Shape, __doc__=f"Changes to a {name[:-5].lower()}.", **fields
    )
