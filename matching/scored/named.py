"""
Who names which slot, pilot or organisation, laid out for ``kernels/layers.c``.

Wishes, vetoes and earlier answers are about few pairs; each name keeps a list of those who name it.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Int32s, Ints
from matching.criteria.wishes import score_wish
from matching.facts.alike import sort_out
from matching.facts.pairing import Pairing
from matching.facts.profiles import TARGETS, Pairs
from matching.facts.targets import targets
from matching.scored.tables import NO, weighted_steps


@dataclass(frozen=True, eq=False)
class Named:
    """
    Slots, pilots and organisations that people want, or do not want, by name.

    Parameters
    ----------
    start : ndarray of int, shape (n_slots + 1,)
        Where the names of each slot begin.
    name : ndarray of int
        Which name.
    first : ndarray of int, shape (n_names + 1,)
        Where those who name it begin.
    candidate : ndarray of int32
        Ascending for each name.
    steps : ndarray of int32
        Weighted steps for who wants it, ``NO`` for who does not.
    """

    start: Ints
    name: Ints
    first: Ints
    candidate: Int32s
    steps: Int32s

    def take(self, rows: Ints) -> Self:
        """Return the same for some candidates."""
        order = np.argsort(rows, kind="stable")
        low = np.searchsorted(rows[order], self.candidate)
        high = np.searchsorted(rows[order], self.candidate, side="right")
        counts = high - low
        entry = np.repeat(np.arange(len(counts)), counts)
        among = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        name = np.searchsorted(self.first, entry, side="right") - 1
        candidate = order[low[entry] + among]
        again = np.lexsort((candidate, name))
        return replace(
            self,
            first=np.searchsorted(name, np.arange(len(self.first))),
            candidate=candidate[again].astype(np.int32),
            steps=self.steps[entry[again]],
        )


def named(pairing: Pairing) -> Named:
    """Lay out who names what."""
    people, policy = pairing.candidates, pairing.policy
    tables = [_wishes(pairing), _refusals(people.vetoes)]
    if policy.rules["declined"].applies:
        tables.append(_refusals(people.declined))
    kind, code, candidate, steps = (np.concatenate(parts) for parts in zip(*tables, strict=True))
    codes, which = np.unique(code, return_inverse=True)
    names = sort_out([kind, which], len(kind))
    known = targets(pairing.slots)
    each = zip(kind[names.first].tolist(), codes[which[names.first]].tolist(), strict=True)
    about = [(j, name) for name, of in enumerate(each) for j in known.about(*of)]
    slot, name = np.array(sorted(about), dtype=np.int64).reshape(-1, 2).T
    order = np.lexsort((candidate, names.of))
    return Named(
        start=np.searchsorted(slot, np.arange(len(pairing.slots) + 1)),
        name=name.copy(),
        first=np.searchsorted(names.of[order], np.arange(len(names) + 1)),
        candidate=candidate[order].astype(np.int32),
        steps=steps[order].astype(np.int32),
    )


def _wishes(pairing: Pairing) -> tuple[NDArray[Any], ...]:
    """Return kind, code, candidate and weighted steps of each wish."""
    wishes, known = pairing.candidates.wishes, pairing.candidates.wishes_known
    ranks, which = np.unique(wishes["rank"], return_inverse=True)
    worth = np.array([score_wish(int(rank)) for rank in ranks], dtype=np.float64)
    steps = weighted_steps(worth, "wishes", pairing.policy)[which]
    told = known[wishes.owner]
    columns = (wishes["target"], wishes["code"].astype(np.str_), wishes.owner, steps)
    return tuple(column[told] for column in columns)


def _refusals(table: Pairs) -> tuple[NDArray[Any], ...]:
    """Return the same of vetoes or earlier answers, which are about slots."""
    kind = table.columns.get("target", np.full(len(table), TARGETS.index("slot")))
    return kind, table["code"].astype(np.str_), table.owner, np.full(len(table), NO)


def start(pairing: Pairing) -> Int32s:
    """Return what somebody gets at slots that nobody names: (n_candidates,)."""
    people = pairing.candidates
    value = np.ones(len(people))
    value[people.wishes.owner] = 0.0
    value[~people.wishes_known] = np.nan
    return weighted_steps(value, "wishes", pairing.policy)
