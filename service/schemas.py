"""Shapes that span tables: what the engine is given, and answers that no single table holds."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, model_validator
from sqlmodel import Field

from models.base import Shape
from models.bond import BondCreate, Members
from models.candidate import CandidateFacts
from models.coach import CoachCreate
from models.codes import BondKind, BondWithin, RuleStatus
from models.confidential import SupportsNeeded
from models.facts import once
from models.postcode import PostcodeCreate
from models.quota import GroupName, QuotaCreate
from models.slot import SlotCreate
from models.texts import Code, Day

ShapeT = TypeVar("ShapeT", bound=Shape)


class SlotFacts(SlotCreate):
    """
    A slot with what its pilot and cohort say: all that the engine needs to know of it.

    `hosts` are those of its pilot: where a phase names no organisation, it may be any of them.
    `referrers` that are named are the only ones that may put people forward; none named: all may.
    """

    starts_on: Day | None = None
    last_entry_on: Day | None = None
    referrers: list[Code] = []
    hosts: list[Code] = []
    seats_left: Annotated[int, Field(ge=0, le=999)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.starts_on and self.last_entry_on and self.last_entry_on < self.starts_on:
            raise ValueError("lastEntryOn lies before startsOn; accepted: the same day or later")
        if self.seats_left is not None and self.seats_left > self.seats:
            raise ValueError("seatsLeft is more than seats; accepted: as many or fewer")
        return self


class DeclinedBefore(Shape):
    """A pair that one of the two sides declined earlier."""

    candidate: Code
    slot: Code


class PlacedBefore(Shape):
    """Somebody who has a seat already, with the support that cannot be gone without there."""

    candidate: Code
    slot: Code
    support: SupportsNeeded = []


class GroupGiven(Shape):
    """
    Who is in a group that a quota counts: told for one run, and kept with that run's input only.
    """

    name: GroupName
    candidates: Annotated[
        list[Code], Field(max_length=100_000), AfterValidator(lambda codes: once(codes, "code"))
    ]


GroupsGiven = Annotated[list[GroupGiven], AfterValidator(lambda groups: once(groups, "name"))]


class BondGiven(Shape):
    """
    Who starts together or apart, and how near. On whose word and why stays with the bond itself:
    the engine reads neither, so neither is kept with a run.
    """

    code: Code
    kind: BondKind
    within: BondWithin = BondWithin.SLOT
    candidates: Members

    @classmethod
    def of(cls, bond: BondCreate) -> Self:
        """Return what a run needs to know of a bond."""
        return cls.model_validate({name: getattr(bond, name) for name in cls.model_fields})


def holds(bond: BondCreate, as_of: date) -> bool:
    """Whether a bond is in force on a day."""
    return bond.status is RuleStatus.ACTIVE and (bond.ends_on is None or as_of <= bond.ends_on)


def bonds_given(bonds: Iterable[BondCreate], as_of: date) -> list[BondGiven]:
    """Return what a run of some day needs to know of bonds: those in force, and no more of them."""
    return [BondGiven.of(bond) for bond in bonds if holds(bond, as_of)]


class RunInput(Shape):
    """
    All that a match run is given. Its canonical JSON is what the input hash is taken over.

    `vocabulary_hash` is of the skills taxonomy: should that have changed, the same codes would no
    longer mean the same. `groups` stand beside the candidates, not with them: what is scored is
    made of `candidates` and `slots` alone.
    """

    as_of: Day
    candidates: list[CandidateFacts]
    slots: list[SlotFacts]
    postcodes: list[PostcodeCreate] = []
    declined: list[DeclinedBefore] = []
    coaches: list[CoachCreate] = []
    quotas: list[QuotaCreate] = []
    bonds: list[BondGiven] = []
    groups: GroupsGiven = []
    placed: list[PlacedBefore] = []
    vocabulary_hash: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, given: Any) -> Any:
        """Read an input from the time when bonds were frozen whole."""
        if not isinstance(given, dict) or "asOf" not in given:
            return given
        bonds = given.get("bonds") or []
        if not any(isinstance(bond, dict) and "owner" in bond for bond in bonds):
            return given
        as_of = date.fromisoformat(given["asOf"])
        return {
            **given,
            "bonds": bonds_given((BondCreate.model_validate(bond) for bond in bonds), as_of),
        }

    def canonical(self) -> "RunInput":
        """
        Return the same input in the order of codes, so that the order of rows changes nothing.
        """
        return self.model_copy(
            update={
                "candidates": sorted(self.candidates, key=lambda item: item.code),
                "slots": sorted(self.slots, key=lambda item: item.code),
                "postcodes": sorted(self.postcodes, key=lambda item: item.pc4),
                "declined": sorted(self.declined, key=lambda item: (item.candidate, item.slot)),
                "coaches": _in_order(self.coaches, "code", "pilots", "kinds"),
                "quotas": _in_order(self.quotas, "code", "pilots", "slots"),
                "bonds": _in_order(self.bonds, "code", "candidates"),
                "groups": _in_order(self.groups, "name", "candidates"),
                "placed": sorted(self.placed, key=lambda item: (item.candidate, item.slot)),
            }
        )

    def to_text(self) -> str:
        """Return the canonical JSON."""
        return self.canonical().model_dump_json(by_alias=True)


def _in_order(items: Sequence[ShapeT], key: str, *lists: str) -> list[ShapeT]:
    """Return items by their code, with the codes within each of them in order too."""
    return sorted(
        (
            item.model_copy(update={name: sorted(getattr(item, name)) for name in lists})
            for item in items
        ),
        key=lambda item: str(getattr(item, key)),
    )
