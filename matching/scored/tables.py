"""
Tables that scores are added up from: rules and criteria, for kinds of candidates and of slots.

What a rule or a criterion says is said by its own code, asked about one of each kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats, Int32s, Ints
from matching.criteria import SOFT_CRITERIA
from matching.facts.alike import Kinds, Reads, sort_out
from matching.facts.pairing import Pairing
from matching.facts.prepared import Prepared
from matching.policy import CRITERIA, RULES, Policy
from matching.rules import HARD_RULES, Verdicts
from matching.rules import NO as REFUSES
from matching.scoring import to_steps

NO: Final = -(1 << 27)
"""A refusal in weighted steps: these add up to 1e8 at most, and fifteen refusals fit in 32 bits."""

REFUSED_KINDS: Final = -1
"""A refusal in steps."""

Word = TypeVar("Word", np.uint32, np.uint64)
Steps = NDArray[np.int16] | NDArray[np.int32]

RULES_ELSEWHERE: Final = frozenset({"veto", "declined", "travel", "skills", "conditions"})
CRITERIA_ELSEWHERE: Final = frozenset({"skills", "wishes", "conditions", "travel"})
"""What has too many kinds of candidates for a table; the other files of this folder have them."""

MOST_KINDS: Final = 256
"""
Tables with fewer kinds of candidates than this together become one, which is one look less. One
with more stays in 16 bits, so that more of it stays near the processor.
"""


@dataclass(frozen=True, eq=False)
class Refusals:
    """
    Which kinds of slots refuse which kinds of candidates.

    Parameters
    ----------
    candidates, slots : Kinds
    refused : ndarray of uint32, shape (n_kinds_of_slots, ceil(n_kinds_of_candidates / 32))
        A bit for each kind of candidate.
    """

    candidates: Kinds
    slots: Kinds
    refused: NDArray[np.uint32]

    @classmethod
    def of(cls, table: "Table") -> "Refusals":
        """Read a table in which no criterion counts."""
        refused = pack_bits(table.steps < 0, np.uint32)
        return cls(table.candidates, table.slots, refused)

    def take(self, rows: Ints) -> "Refusals":
        """Return the same for some candidates."""
        return replace(self, candidates=Kinds(self.candidates.of[rows], self.candidates.first))


def pack_bits(flags: Bools, word: type[Word]) -> NDArray[Word]:
    """Pack flags of shape (n, k) into words, shape (n, ceil(k / bits in a word))."""
    n, k = flags.shape
    size = np.dtype(word).itemsize
    packed = np.zeros((n, -(-k // (8 * size)) * size), dtype=np.uint8)
    packed[:, : -(-k // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return packed.view(np.dtype(word).newbyteorder("<")).astype(word)


@dataclass(frozen=True, eq=False)
class Table:
    """
    What kinds of candidates get at kinds of slots.

    Parameters
    ----------
    candidates, slots : Kinds
    steps : ndarray of int16 or int32, shape (n_kinds_of_slots, n_kinds_of_candidates)
        In 16 bits: steps of a ten-thousandth of one criterion at most, or ``REFUSED_KINDS``. In 32
        bits: weighted steps, or ``NO``.
    weight : int
        What steps in 16 bits are to be multiplied by; 1 for those in 32.
    """

    candidates: Kinds
    slots: Kinds
    steps: Steps
    weight: int

    def take(self, rows: Ints) -> "Table":
        """Return the same for some candidates."""
        return replace(self, candidates=Kinds(self.candidates.of[rows], self.candidates.first))

    @property
    def weighted(self) -> Int32s:
        """Steps in 32 bits."""
        steps = self.steps.astype(np.int32, copy=False)
        if self.steps.dtype == np.int32:
            return steps
        return np.where(steps == REFUSED_KINDS, np.int32(NO), np.int32(self.weight) * steps)


def closed(prepared: Prepared) -> Bools:
    """Return the slots that refuse everybody, whoever they are, (n_slots,)."""
    n, m = prepared.pairing.shape
    found = np.zeros(m, dtype=np.bool_)
    for verdicts, reads in _verdicts(prepared.pairing.policy):
        if n and reads is not None and not reads.candidates:
            _, slots, said = prepared.ask(verdicts, reads)
            found |= (said[0] == REFUSES)[slots.of]
    return found


def tables(prepared: Prepared) -> tuple[list[Refusals], list[Table]]:
    """
    Work out what depends on kinds of candidates and kinds of slots only.

    Parameters
    ----------
    prepared : Prepared

    Returns
    -------
    refusals : list of Refusals
    tables : list of Table
        Their sum is what these criteria give a pair, and the other rules.
    """
    each = [*_tables_of_rules(prepared), *_tables_of_criteria(prepared)]
    if len(prepared.pairing.candidates) <= 1:
        return [], each  # there is nothing to gain
    found: dict[Kinds, Table] = {}
    for table in each:
        same = found.get(table.candidates)
        found[table.candidates] = table if same is None else _of_the_same(same, table)
    few = {
        kinds: Refusals.of(table)
        for kinds, table in found.items()
        if not table.weight and len(kinds) <= MOST_KINDS
    }
    left = [table for kinds, table in found.items() if kinds not in few]
    return list(few.values()), _joined(sorted(left, key=lambda table: len(table.candidates)))


def _verdicts(policy: Policy) -> Iterator[tuple[Callable[[Pairing], Verdicts], Reads | None]]:
    for rule in RULES:
        if policy.rules[rule].applies and rule not in RULES_ELSEWHERE:
            yield from HARD_RULES[rule].parts or ((HARD_RULES[rule].verdicts, None),)


def _tables_of_rules(prepared: Prepared) -> Iterator[Table]:
    for verdicts, reads in _verdicts(prepared.pairing.policy):
        if reads is None or reads.candidates:
            candidates, slots, said = prepared.ask(verdicts, reads)
            steps = np.where(said.T == REFUSES, np.int16(REFUSED_KINDS), np.int16(0))
            yield Table(candidates, slots, np.ascontiguousarray(steps), 0)


def _tables_of_criteria(prepared: Prepared) -> Iterator[Table]:
    policy = prepared.pairing.policy
    for name in CRITERIA:
        if policy.weights[name] and name not in CRITERIA_ELSEWHERE:
            criterion = SOFT_CRITERIA[name]
            candidates, slots, layer = prepared.ask(criterion.layer, criterion.reads)
            steps = to_steps(layer.value.T, policy).astype(np.int16)
            yield Table(candidates, slots, np.ascontiguousarray(steps), policy.weights[name])


def _of_the_same(a: Table, b: Table) -> Table:
    """Put two tables together that sort candidates out alike."""
    slots = sort_out([a.slots.of, b.slots.of], len(a.slots.of))
    rows_a, rows_b = (one.slots.of[slots.first] for one in (a, b))
    if a.weight and b.weight:
        steps: Steps = a.weighted[rows_a] + b.weighted[rows_b]
        return Table(a.candidates, slots, steps, 1)
    refused = (a.steps[rows_a] < 0) | (b.steps[rows_b] < 0)
    both = np.where(refused, np.int16(REFUSED_KINDS), a.steps[rows_a] + b.steps[rows_b])
    return Table(a.candidates, slots, both, a.weight or b.weight)


def _joined(found: list[Table]) -> list[Table]:
    """Put tables together as long as that leaves few kinds of candidates."""
    joined: list[Table] = []
    for table in found:
        last = joined[-1] if joined else None
        if last and len(last.candidates) * len(table.candidates) <= MOST_KINDS:
            joined[-1] = _of_both(last, table)
        elif len(table.candidates) <= MOST_KINDS:
            joined.append(Table(table.candidates, table.slots, table.weighted, 1))
        else:
            joined.append(table)
    return joined


def _of_both(a: Table, b: Table) -> Table:
    candidates = sort_out([a.candidates.of, b.candidates.of], len(a.candidates.of))
    slots = sort_out([a.slots.of, b.slots.of], len(a.slots.of))
    steps = np.zeros((len(slots), len(candidates)), dtype=np.int32)
    for one in (a, b):
        rows, columns = one.slots.of[slots.first], one.candidates.of[candidates.first]
        steps += one.weighted[np.ix_(rows, columns)]
    return Table(candidates, slots, steps, 1)


def weighted_steps(value: Floats, criterion: str, policy: Policy) -> Int32s:
    """Return what values of a criterion add to a total."""
    return (policy.weights[criterion] * to_steps(value, policy)).astype(np.int32)
