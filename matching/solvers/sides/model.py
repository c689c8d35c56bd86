"""
A problem as solvers under side rules read it: pairs, and rows of whole numbers that a plan keeps.

Candidates and slots stand in an order that depends on their codes and the seed only, so that an
answer never depends on the order of rows.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse

from matching.arrays import Bools, Ints
from matching.exceptions import ProblemError
from matching.problem import Problem
from matching.solvers.sides.rows import Choices, Row, rows_of
from matching.source import REFUSED, ScoreSource

MOST_PAIRS = 5_000_000
"""Pairs that are gathered from a score source under side rules: about 0.5 GB of columns."""

BLOCK = 1 << 22
"""Pairs that a score source is asked for at a time."""


@dataclass(frozen=True, eq=False)
class Model(Choices):
    """
    The pairs that can still be chosen, what each is worth, and what a choice must keep.

    Parameters
    ----------
    pair_score : ndarray of int, shape (n_pairs,)
        In steps of the problem's resolution.
    pair_value : ndarray of int, shape (n_pairs,)
        The same with the stay bonus.
    stays : ndarray of bool, shape (n_pairs,)
        Whether the pair is the candidate's current slot.
    is_pinned : ndarray of bool, shape (n_pairs,)
        Pairs that are fixed; a pinned candidate has no other.
    rows : tuple of Row
    """

    pair_score: Ints
    pair_value: Ints
    stays: Bools
    is_pinned: Bools
    rows: tuple[Row, ...] = field(repr=False)

    @property
    def n_switches(self) -> int:
        """How many quotas only hold if their slots are open."""
        return sum(quota.if_open for quota in self.problem.read_quotas)

    @property
    def tier_of_pair(self) -> Ints:
        """The tier of each pair's candidate."""
        assert self.problem.tiers is not None
        return self.problem.tiers[self.candidates[self.pair_candidate]]

    @property
    def precedence_of_pair(self) -> Ints:
        """What a pair counts when plans are equal on the objective."""
        if self.problem.precedence is None:
            return np.zeros(self.n_pairs, dtype=np.int64)
        return self.problem.precedence[self.candidates[self.pair_candidate]]

    def to_slots(self, chosen: Bools) -> Ints:
        """Return the slot of each candidate of the problem, -1 for none."""
        slots = np.full(self.problem.shape[0], -1, dtype=np.int64)
        slots[self.candidates[self.pair_candidate[chosen]]] = self.slots[self.pair_slot[chosen]]
        return slots

    def to_chosen(self, slots: Ints) -> Bools | None:
        """Return which pairs a plan chooses; ``None`` when it has a place that is no pair."""
        n, m = self.problem.shape
        if slots.shape != (n,) or slots.dtype.kind not in "iu":
            return None
        if len(slots) and not (int(slots.min()) >= -1 and int(slots.max()) < m):
            return None
        number = np.empty(m + 1, dtype=np.int64)
        number[self.slots], number[m] = np.arange(m), -1
        wanted = number[slots[self.candidates]]
        chosen = self.pair_slot == wanted[self.pair_candidate]
        return chosen if int(chosen.sum()) == int((slots >= 0).sum()) else None

    def is_feasible(self, chosen: Bools) -> bool:
        """Whether a choice keeps every rule, in whole numbers."""
        return not len(self.broken_rows(chosen)) and bool(chosen[self.is_pinned].all())

    def broken_rows(self, chosen: Bools) -> Ints:
        """Return the rows that a choice breaks."""
        if not self.rows:
            return np.zeros(0, dtype=np.int64)
        matrix, low, high = self.matrix
        column = np.concatenate([chosen, self.switches(chosen)]).astype(np.int64)
        sums = matrix @ column
        return np.flatnonzero((sums < low) | (sums > high)).astype(np.int64)

    def switches(self, chosen: Bools) -> Bools:
        """Return for each quota that holds if open whether its slots hold anybody."""
        used = np.zeros(len(self.slots), dtype=np.bool_)
        used[self.slots[self.pair_slot[chosen]]] = True
        quotas = [quota for quota in self.problem.read_quotas if quota.if_open]
        return np.array([bool(used[quota.slots].any()) for quota in quotas], dtype=np.bool_)

    @property
    def matrix(self) -> tuple[Any, Ints, Ints]:
        """Rows as one sparse array of whole numbers, with their lower and upper limits."""
        kept: tuple[Any, Ints, Ints] | None = self.__dict__.get("_matrix")
        if kept is None:
            kept = _matrix(self.rows, self.n_pairs + self.n_switches)
            self.__dict__["_matrix"] = kept
        return kept


def _matrix(rows: Sequence[Row], n_columns: int) -> tuple[Any, Ints, Ints]:
    lengths = [len(row.columns) for row in rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    columns = np.concatenate([nothing, *(row.columns for row in rows)])
    amounts = np.concatenate([nothing, *(row.amounts for row in rows)])
    largest = np.iinfo(np.int64).max
    low = np.array([-largest if row.low is None else row.low for row in rows], dtype=np.int64)
    high = np.array([largest if row.high is None else row.high for row in rows], dtype=np.int64)
    return sparse.csr_array((amounts, columns, starts), shape=(len(rows), n_columns)), low, high


def read_model(problem: Problem, seed: int = 0, objective: Sequence[str] = ()) -> Model:
    """
    Return the pairs that can be chosen and the rows that a plan keeps.

    Parameters
    ----------
    problem : Problem
    seed : int, default=0
        With the codes it settles the order of candidates and slots, and so ties.
    objective : sequence of str, optional
        What the model is read for; named where pairs are too many.

    Returns
    -------
    Model

    Raises
    ------
    ProblemError
        If a score source has more than ``MOST_PAIRS`` eligible pairs.
    """
    return with_rows(read_pairs(problem, seed, objective))


def read_pairs(problem: Problem, seed: int = 0, objective: Sequence[str] = ()) -> Model:
    """Return the model of a problem without its rows, which take long where pairs are many."""
    n, m = problem.shape
    codes = problem.codes or (range(n), range(m))
    candidates, slots = _shuffled(codes[0], seed), _shuffled(codes[1], seed)
    number_of_candidate, number_of_slot = _inverse(candidates), _inverse(slots)
    at_candidate, at_slot, units = pairs_of(problem, objective)
    pins = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins
    pin = pins[at_candidate]
    left = problem.seats - np.bincount(pins[pins >= 0], minlength=m)
    kept = np.flatnonzero(np.where(pin >= 0, pin == at_slot, left[at_slot] > 0))
    order = np.lexsort((number_of_slot[at_slot[kept]], number_of_candidate[at_candidate[kept]]))
    kept = kept[order]
    current = np.full(n, -1, dtype=np.int64) if problem.current is None else problem.current
    at_candidate, at_slot, units = at_candidate[kept], at_slot[kept], units[kept]
    stays = current[at_candidate] == at_slot
    return Model(
        problem=problem,
        candidates=candidates,
        slots=slots,
        pair_candidate=number_of_candidate[at_candidate],
        pair_slot=number_of_slot[at_slot],
        pair_score=units,
        pair_value=units + stays * bonus_units(problem),
        stays=stays,
        is_pinned=pins[at_candidate] >= 0,
        rows=(),
    )


def with_rows(model: Model, kept: Ints | None = None) -> Model:
    """Return a model with its rows; of only some of its pairs, in rising order, if given."""
    if kept is not None:
        columns = ("pair_candidate", "pair_slot", "pair_score", "pair_value", "stays", "is_pinned")
        model = replace(model, **{name: getattr(model, name)[kept] for name in columns})
    return replace(model, rows=tuple(rows_of(model)))


def bonus_units(problem: Problem) -> int:
    """Return the stay bonus in steps of the problem's resolution."""
    if problem.exponent >= 0:
        return int(problem.stay_bonus << problem.exponent)
    return round(math.ldexp(problem.stay_bonus, problem.exponent))


def pairs_of(problem: Problem, objective: Sequence[str] = ()) -> tuple[Ints, Ints, Ints]:
    """Return candidate, slot and score in steps of every pair that is not refused, row by row."""
    if not isinstance(problem.scores, ScoreSource):
        return problem.pair_candidate, problem.pair_slot, problem.units
    n, m = problem.shape
    height = max(1, BLOCK // max(1, m))
    found: list[tuple[Ints, Ints, Ints]] = []
    total = 0
    for first in range(0, n, height):
        block = problem.scores.rows(np.arange(first, min(n, first + height)))
        row, column = np.nonzero(block != REFUSED)
        total += len(row)
        if total > MOST_PAIRS:
            raise ProblemError(
                f"has more than {MOST_PAIRS} pairs that can be chosen; accepted are at most as "
                f"many with {_what_gathers(problem, objective)}",
                field="scores",
            )
        found.append((row + first, column, block[row, column].astype(np.int64)))
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    rows, columns, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    return rows.astype(np.int64), columns.astype(np.int64), scores


def _what_gathers(problem: Problem, objective: Sequence[str]) -> str:
    """Return what a problem asks that cannot be settled without gathering its pairs."""
    rules = [name for name in ("resources", "quotas", "groups") if getattr(problem, name)]
    if tuple(objective) in ((), ("score",), ("placed", "score")):
        return ", ".join(rules) or "this question"
    return ", ".join([*rules, f"the objective {' then '.join(objective)}"])


def _shuffled(codes: Sequence[object], seed: int) -> Ints:
    """Return the positions in an order that depends on seed and code alone."""

    def key(position: int) -> bytes:
        return hashlib.blake2b(f"{seed}|{codes[position]}".encode(), digest_size=16).digest()

    return np.array(sorted(range(len(codes)), key=key), dtype=np.int64)


def _inverse(order: Ints) -> Ints:
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    return inverse
