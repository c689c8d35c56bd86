"""Pairing: candidates, slots and a policy side by side, with what many rules need once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.exceptions import ProfileError
from matching.facts.alike import kept_with
from matching.facts.profiles import Candidates, Slots
from matching.facts.text import OfferedPhrases
from matching.facts.travel import is_certain, travel_minutes
from matching.policy import Policy


@dataclass(frozen=True, eq=False)
class Pairing:
    """
    What rules and criteria look at.

    Parameters
    ----------
    candidates : Candidates
    slots : Slots
        Built on the same vocabulary as the candidates.
    policy : Policy
    offered : OfferedPhrases, optional
        The tasks of all slots, where these are some of them: how rare a word is, is counted over
        all. Else those of these slots.

    Raises
    ------
    ProfileError
        If the two sides have another vocabulary.
    """

    candidates: Candidates
    slots: Slots
    policy: Policy
    offered: OfferedPhrases | None = None

    def __post_init__(self) -> None:
        if self.candidates.vocabulary is not self.slots.vocabulary:
            raise ProfileError(
                "candidates and slots have to share one vocabulary", field="vocabulary"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_candidates, n_slots)``."""
        return len(self.candidates), len(self.slots)

    @cached_property
    def minutes(self) -> Floats:
        """Minutes to each phase of each slot, (n_candidates, n_phases); ``nan`` unknown."""
        places, back = places_of(self.slots)
        return travel_minutes(self.candidates, places)[:, back]

    @cached_property
    def minutes_certain(self) -> Bools:
        """Whether those minutes cannot be fewer, (n_candidates, n_phases)."""
        places, back = places_of(self.slots)
        return is_certain(self.candidates, places)[:, back]

    @cached_property
    def task_likeness(self) -> tuple[Floats, dict[str, int], dict[str, int]]:
        """How alike task phrases are; the row of each wanted, the column of each offered."""
        wanted = sorted({phrase for tasks in self.candidates.tasks for phrase in tasks or ()})
        rows = {phrase: row for row, phrase in enumerate(wanted)}
        offered = self.offered or offered_tasks(self.slots)
        return offered.likeness(wanted), rows, offered.column

    def near(self, skill: int) -> tuple[Ints, Floats]:
        """Return the skills that lie near one, itself included, and how close, in (0, 1]."""
        return self.candidates.vocabulary.taxonomy.near(skill, self.policy.near)


@kept_with
def places_of(slots: Slots) -> tuple[Ints, Ints]:
    """Return the places where phases are, each once, and which of them is each phase's."""
    place = slots.phases["place"].astype(np.int64)  # a table without rows knows no kind
    places, back = np.unique(place, return_inverse=True)
    return places, back


def offered_tasks(slots: Slots) -> OfferedPhrases:
    """Return the tasks that slots offer, each once."""
    return OfferedPhrases(sorted({phrase for tasks in slots.tasks for phrase in tasks or ()}))
