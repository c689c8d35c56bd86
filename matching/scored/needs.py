"""
What people need and would like of conditions of work, laid out for ``kernels/layers.c``.

Each condition is a bit; what is met and what is unknown is counted in C, and looked up in the steps
that the criterion gives for such counts.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Int32s, Ints
from matching.criteria.conditions import MEETS, score_conditions
from matching.facts.alike import kept_with
from matching.facts.pairing import Pairing
from matching.facts.profiles import AVOID, MUST, MUST_NOT, WANTED, Slots
from matching.rules import NO as REFUSES
from matching.rules.needs import condition_verdicts
from matching.scored.tables import pack_bits, weighted_steps

Bits = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Needs:
    """
    Conditions of work, a bit each.

    Parameters
    ----------
    words : int
        64-bit words that hold a bit for each condition.
    wanted, avoid, must, must_not : ndarray of uint64, shape (words, n_candidates)
    yes, no, no_must, no_must_not : ndarray of uint64, shape (words, n_slots)
        What a slot says, and what it refuses to who must, or must not, have it.
    row : ndarray of int32, shape (n_candidates,)
        Where the steps begin for somebody with so many conditions.
    steps : ndarray of int32
        Weighted steps, by how many are unknown and how many are met.
    width : int
        Steps between one more unknown and the next.
    """

    words: int
    wanted: Bits
    avoid: Bits
    must: Bits
    must_not: Bits
    yes: Bits
    no: Bits
    no_must: Bits
    no_must_not: Bits
    row: Int32s
    steps: Int32s
    width: int

    def take(self, rows: Ints) -> Self:
        """Return the same for some candidates."""
        theirs = {
            name: getattr(self, name).take(rows, axis=1)
            for name in ("wanted", "avoid", "must", "must_not")
        }
        return replace(self, row=self.row[rows], **theirs)


def needs(pairing: Pairing) -> Needs:
    """Lay out what people need of conditions, and what slots say of them."""
    people, policy = pairing.candidates, pairing.policy
    has = np.where(people.conditions_known[:, None], people.conditions, 0)
    total = ((has == WANTED) | (has == AVOID)).sum(axis=1)
    width = int(total.max(initial=0)) + 1
    met, unknown = np.arange(width, dtype=np.float64), np.arange(width, dtype=np.float64)[:, None]
    steps = [score_conditions(met, unknown, np.full(1, k), policy.neutral) for k in met]
    # The last row is for people of whom no needs are known.
    row = np.where(people.conditions_known, total, width) * width**2
    applies = policy.rules["conditions"].applies
    return Needs(
        words=-(-has.shape[1] // 64),
        wanted=_bits(has == WANTED),
        avoid=_bits(has == AVOID),
        must=_bits((has == MUST) & applies),
        must_not=_bits((has == MUST_NOT) & applies),
        **_said(pairing.slots),
        row=row.astype(np.int32),
        steps=weighted_steps(
            np.concatenate([*(part.ravel() for part in steps), [np.nan]]), "conditions", policy
        ),
        width=width,
    )


@kept_with
def _said(slots: Slots) -> dict[str, Bits]:
    """Return what slots say of conditions, and what that refuses."""
    offers = slots.conditions
    return {
        "yes": _bits(offers == MEETS[WANTED]),
        "no": _bits(offers == MEETS[AVOID]),
        "no_must": _bits(condition_verdicts(MUST, offers) == REFUSES),
        "no_must_not": _bits(condition_verdicts(MUST_NOT, offers) == REFUSES),
    }


def _bits(flags: Bools) -> Bits:
    """Pack flags of shape (n, k) into words of shape (ceil(k / 64), n)."""
    return np.ascontiguousarray(pack_bits(flags, np.uint64).T)
