"""Names: what people call the slots and places that reasons speak of."""

from dataclasses import dataclass, field

from service.schemas import RunInput


@dataclass(frozen=True)
class Names:
    """What people call the slots and places that reasons speak of."""

    slots: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: RunInput) -> "Names":
        """Take the names from what a run was given."""
        return cls(
            {slot.code: slot.title for slot in given.slots},
            {area.pc4: area.place for area in given.postcodes if area.place},
        )

    def slot(self, code: str) -> str:
        """Return a slot's title with its code."""
        return f"{self.slots[code]} ({code})" if code in self.slots else code

    def place(self, pc4: str) -> str:
        """Return a place's name, or its postcode area."""
        return self.places.get(pc4, pc4)
