"""Both sides of a pairing with who is alike in what, found once for all rules and criteria."""

from collections.abc import Callable, Hashable
from dataclasses import fields
from typing import Any, Final, TypeVar

import numpy as np

from matching.facts.alike import Kinds, Reads, Side, pick
from matching.facts.pairing import Pairing, offered_tasks
from matching.facts.profiles import Candidates, Pairs, Slots
from matching.facts.text import OfferedPhrases
from matching.policy import Policy

MOST_ANSWERS: Final = 2000
"""Answers that are kept: of ten thousand slots, some tens of megabytes."""

ALL_COLUMNS: Final = tuple(
    part.name for part in fields(Slots) if part.name not in ("vocabulary", "codes")
)

Answer = TypeVar("Answer")


class PreparedSlots:
    """
    Slots with what can be found of them before anybody comes to ask.

    Parameters
    ----------
    slots : Slots
    policy : Policy
    offered : OfferedPhrases, optional
        As in a ``Pairing``.
    """

    def __init__(self, slots: Slots, policy: Policy, offered: OfferedPhrases | None = None) -> None:
        self.slots, self.policy = slots, policy
        self.side = Side(slots)
        self.offered = offered or offered_tasks(slots)
        self.answers: dict[Hashable, Any] = {}

    def paired_with(self, people: Candidates, slots: Slots | None = None) -> Pairing:
        """Return some candidates beside these slots, or beside some of them."""
        return Pairing(people, slots or self.slots, self.policy, self.offered)


class Prepared:
    """
    Candidates beside slots, by kinds.

    Parameters
    ----------
    candidates : Candidates
    slots : PreparedSlots

    Attributes
    ----------
    pairing : Pairing
        All of them.
    """

    def __init__(self, candidates: Candidates, slots: PreparedSlots) -> None:
        self.slots = slots
        self.pairing = slots.paired_with(candidates)
        self._side = Side(candidates)

    def ask(
        self, measure: Callable[[Pairing], Answer], reads: Reads | None
    ) -> tuple[Kinds, Kinds, Answer]:
        """
        Have something measured for one of each kind.

        Parameters
        ----------
        measure : callable
            A rule's verdicts, say, or the layer of a criterion.
        reads : Reads or None
            The columns that it reads, and sees; without them nobody is like anybody.

        Returns
        -------
        candidates, slots : Kinds
        answer
            For one candidate of each kind and one slot of each kind.
        """
        if reads is None:
            people, some_people = self._side.each()
            places, some_places = self.slots.side.each()
        else:
            people, some_people = self._side.alike(reads.candidates, reads.narrow, self.slots.slots)
            places, some_places = self.slots.side.alike(reads.slots)
        return people, places, measure(self.slots.paired_with(some_people, some_places))


class PreparedPerson(Prepared):
    """One candidate beside slots; what is found is kept for the next who is alike in that."""

    def __init__(self, candidates: Candidates, slots: PreparedSlots) -> None:
        super().__init__(candidates, slots)
        self._read: dict[Hashable, Hashable] = {}

    def ask(
        self, measure: Callable[[Pairing], Answer], reads: Reads | None
    ) -> tuple[Kinds, Kinds, Answer]:
        """Have something measured, or recall what it was for somebody alike."""
        if reads is None:
            return super().ask(measure, reads)
        answers, key = self.slots.answers, (measure, self._facts(reads))
        if key not in answers:
            if len(answers) >= MOST_ANSWERS:
                del answers[next(iter(answers))]  # the oldest
            answers[key] = super().ask(measure, reads)
        found: tuple[Kinds, Kinds, Answer] = answers[key]
        return found

    def recall(
        self, measure: Callable[[Pairing], Answer], reads: Reads | None
    ) -> tuple[Kinds, Kinds, Answer] | None:
        """Return what was measured for somebody alike, if that is still known."""
        if reads is None:
            return None
        found: tuple[Kinds, Kinds, Answer] | None
        found = self.slots.answers.get((measure, self._facts(reads)))
        return found

    def beside(self, rows: list[int]) -> "PreparedFew":
        """Return this person beside some of the slots."""
        return PreparedFew(self, rows)

    def _facts(self, reads: Reads) -> Hashable:
        """Return what is read of this person."""
        key, person = (reads.candidates, reads.narrow), self.pairing.candidates
        if key not in self._read:
            if reads.narrow is not None:
                parts = reads.narrow(person, self.slots.slots)
                self._read[key] = tuple(part.tobytes() for part in parts)
            else:
                self._read[key] = tuple(_fact(person, name) for name in reads.candidates)
        return self._read[key]


class PreparedFew(Prepared):
    """
    One candidate beside some of the slots that were prepared.

    Parameters
    ----------
    person : PreparedPerson
    rows : list of int
        Which slots.
    """

    def __init__(self, person: PreparedPerson, rows: list[int]) -> None:
        self._person, self._rows = person, np.array(rows, dtype=np.int64)
        self.slots = person.slots
        few = pick(self.slots.slots, self._rows, ALL_COLUMNS)
        self.pairing = self.slots.paired_with(person.pairing.candidates, few)

    def ask(
        self, measure: Callable[[Pairing], Answer], reads: Reads | None
    ) -> tuple[Kinds, Kinds, Answer]:
        """Recall what was found beside all slots, or else have it measured beside these."""
        kept = self._person.recall(measure, reads)
        if kept is not None:
            candidates, slots, answer = kept
            return candidates, Kinds(slots.of[self._rows], slots.first), answer
        here = np.arange(len(self._rows))
        nobody_else = np.zeros(1, dtype=np.int64)
        return Kinds(nobody_else, nobody_else), Kinds(here, here), measure(self.pairing)


def _fact(person: Candidates, name: str) -> Hashable:
    table, _, part = name.partition(".")
    column = getattr(person, table)
    if isinstance(column, Pairs):
        column = column[part]
    return column.tobytes() if isinstance(column, np.ndarray) else column
