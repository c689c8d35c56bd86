"""Pairing: candidates, slots and a policy side by side, with what many rules need once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.exceptions import ProfileError
from matching.policy import Policy
from matching.profiles import Bools, Candidates, Floats, Slots
from matching.text import likeness
from matching.travel import is_certain, travel_minutes


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

    Raises
    ------
    ProfileError
        If the two sides have another vocabulary.
    """

    candidates: Candidates
    slots: Slots
    policy: Policy

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
        place = self.slots.phases["place"].astype(np.int64)  # a table without rows knows no kind
        places, back = np.unique(place, return_inverse=True)
        return travel_minutes(self.candidates, places)[:, back]

    @cached_property
    def minutes_certain(self) -> Bools:
        """Whether those minutes cannot be fewer, (n_candidates, n_phases)."""
        place = self.slots.phases["place"].astype(np.int64)
        places, back = np.unique(place, return_inverse=True)
        return is_certain(self.candidates, places)[:, back]

    @cached_property
    def task_likeness(self) -> tuple[Floats, dict[str, int], dict[str, int]]:
        """How alike task phrases are; the row of each wanted, the column of each offered."""
        wanted = sorted({phrase for tasks in self.candidates.tasks for phrase in tasks or ()})
        offered = sorted({phrase for tasks in self.slots.tasks for phrase in tasks or ()})
        rows = {phrase: row for row, phrase in enumerate(wanted)}
        columns = {phrase: column for column, phrase in enumerate(offered)}
        return likeness(wanted, offered), rows, columns

    @cached_property
    def closeness(self) -> Floats:
        """How near every two skills are, shape (n_skills, n_skills)."""
        return self.candidates.vocabulary.taxonomy.closeness(self.policy.near)
