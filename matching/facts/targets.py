"""What wishes, vetoes and earlier answers can be about: a slot, its pilot, who is met there."""

from collections.abc import Iterable

from matching.facts.alike import kept_with
from matching.facts.profiles import TARGETS, Slots


class Targets:
    """
    The slots that each code is about, found once for all who name it.

    Parameters
    ----------
    slots : Slots

    Attributes
    ----------
    slots, perhaps : dict of (str, str) to list of int
        By what a code is a code of and the code itself: the slots that it is about, and those where
        it is not known whether the organisation is met there.
    """

    def __init__(self, slots: Slots) -> None:
        self.slots: dict[tuple[str, str], list[int]] = {}
        self.perhaps: dict[tuple[str, str], list[int]] = {}
        for j in range(len(slots)):
            _note(self.slots, j, "slot", (slots.codes[j],))
            _note(self.slots, j, "pilot", (slots.pilots[j],))
            _note(self.slots, j, "organisation", slots.organisations[j])
            _note(self.perhaps, j, "organisation", slots.perhaps[j])

    def about(self, kind: int, code: str) -> list[int]:
        """Return the slots that a code is about, by the index of its kind in ``TARGETS``."""
        return self.slots.get((TARGETS[kind], code), [])

    def perhaps_about(self, kind: int, code: str) -> list[int]:
        """Return the slots that it may be about, where that is to be asked."""
        return self.perhaps.get((TARGETS[kind], code), [])


def _note(
    known: dict[tuple[str, str], list[int]], j: int, about: str, codes: Iterable[str]
) -> None:
    for code in codes:
        known.setdefault((about, code), []).append(j)


@kept_with
def targets(slots: Slots) -> Targets:
    """Return what can be named of some slots; found once for each set of slots."""
    return Targets(slots)
