"""Suggestions: what might fit one person after another, among the same slots."""

import numpy as np

from matching.asking.explanation import PairReasons, explain
from matching.exceptions import ProfileError
from matching.facts.prepared import PreparedPerson, PreparedSlots
from matching.facts.profiles import Candidates, Slots
from matching.policy import Policy
from matching.scored import PolicyScores
from matching.scoring import score_pairing
from matching.source import REFUSED


class SuggestionDesk:
    """
    Answers "what fits?" for one person at a time, among slots that it has read beforehand.

    It says what ``best_slots`` and ``explain`` say on the layers of that person and all slots, to
    the last bit, without making these layers: all slots are scored, and only the best explained.

    Parameters
    ----------
    slots : Slots
    policy : Policy

    Notes
    -----
    The first person waits longer (tens of milliseconds with ten thousand slots); then what was
    found is kept.

    Examples
    --------
    >>> desk = SuggestionDesk(slots, policy)  # doctest: +SKIP
    >>> [reasons.slot for reasons in desk.suggest(person, limit=5)]  # doctest: +SKIP
    """

    def __init__(self, slots: Slots, policy: Policy) -> None:
        self.policy = policy
        self._prepared = PreparedSlots(slots, policy)
        self._prepared.offered.read_ahead()
        in_order = sorted(range(len(slots)), key=slots.codes.__getitem__)
        self._place = np.empty(len(slots), dtype=np.int64)
        self._place[in_order] = np.arange(len(slots))

    def best_slots(self, person: Candidates, limit: int) -> list[int]:
        """
        Return the possible slots that fit somebody best, best first; equals by code.

        Parameters
        ----------
        person : Candidates
            One, on the vocabulary of the slots.
        limit : int
            How many at most.

        Returns
        -------
        list of int
            Rows of slots.

        Raises
        ------
        ProfileError
            If it is not one person, or their vocabulary is another.
        """
        return self._best(self._one(person), limit)

    def suggest(self, person: Candidates, limit: int) -> list[PairReasons]:
        """
        Return the same slots, each with all there is to say of the pair.

        Parameters
        ----------
        person : Candidates
        limit : int

        Returns
        -------
        list of PairReasons

        Raises
        ------
        ProfileError
            If it is not one person, or their vocabulary is another.
        """
        one = self._one(person)
        best = self._best(one, limit)
        if not best:
            return []
        # Among them is this person's own best, so what is relative to it comes out the same.
        few = one.beside(best)
        layers = score_pairing(few.pairing, few)
        return [explain(layers, 0, j) for j in range(len(best))]

    def _one(self, person: Candidates) -> PreparedPerson:
        if len(person) != 1:
            raise ProfileError(f"has {len(person)} people; accepted is one", field="candidates")
        return PreparedPerson(person, self._prepared)

    def _best(self, one: PreparedPerson, limit: int) -> list[int]:
        points = PolicyScores.of(one).points(np.zeros(1, dtype=np.int64))[0]
        slots = np.flatnonzero(points != REFUSED)
        if 0 < limit < len(slots):
            last = len(slots) - limit
            slots = slots[points[slots] >= np.partition(points[slots], last)[last]]
        order = np.lexsort((self._place[slots], -points[slots]))
        best: list[int] = slots[order[:limit]].tolist()
        return best
