"""All that scores under a policy are added up from."""

from dataclasses import dataclass, replace
from typing import Self

from matching.arrays import Bools, Int32s, Ints
from matching.facts.prepared import Prepared
from matching.scored.asked import Asked, asked
from matching.scored.journeys import Journeys, journeys
from matching.scored.named import Named, named, start
from matching.scored.needs import Needs, needs
from matching.scored.tables import Refusals, Table, closed, tables


@dataclass(frozen=True, eq=False)
class Parts:
    """
    All that scores are added up from.

    Parameters
    ----------
    start : ndarray of int32, shape (n_candidates,)
        What somebody has everywhere.
    closed : ndarray of bool, shape (n_slots,)
        Slots that refuse everybody.
    refusals : list of Refusals
    tables : list of Table
    asked : Asked
    journeys : Journeys
    needs : Needs
    named : Named
    """

    start: Int32s
    closed: Bools
    refusals: list[Refusals]
    tables: list[Table]
    asked: Asked
    journeys: Journeys
    needs: Needs
    named: Named

    @classmethod
    def of(cls, prepared: Prepared) -> Self:
        """Work them out."""
        pairing = prepared.pairing
        return cls(
            start(pairing),
            closed(prepared),
            *tables(prepared),
            asked(pairing),
            journeys(prepared),
            needs(pairing),
            named(pairing),
        )

    def take(self, rows: Ints) -> Self:
        """Return the same for some candidates."""
        return replace(
            self,
            start=self.start[rows],
            refusals=[rule.take(rows) for rule in self.refusals],
            tables=[table.take(rows) for table in self.tables],
            asked=self.asked.take(rows),
            journeys=self.journeys.take(rows),
            needs=self.needs.take(rows),
            named=self.named.take(rows),
        )
