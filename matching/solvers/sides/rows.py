"""The rows of a model: every rule as a sum of whole amounts of pairs between two limits."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.arrays import Ints
from matching.problem import Problem

CANDIDATE, SEATS, RESOURCE, QUOTA, OPEN, TOGETHER, APART = range(7)
"""What a row of a model stands for."""

SETTLED, COVER = 100, 101
"""Rows beside those of a model: a level settled before, and a choice that broke a rule."""


@dataclass(frozen=True, eq=False)
class Row:
    """
    One rule: ``low <= sum amounts * chosen <= high``.

    Parameters
    ----------
    kind : int
        ``CANDIDATE``, ``SEATS``, ...
    of : tuple of int
        Which candidate or slot (numbers of the model), or which rule and where in it.
    columns : ndarray of int
        Pairs, and behind them the switches of quotas that hold if open.
    amounts : ndarray of int
    low, high : int or None
        ``None`` is no limit.
    """

    kind: int
    of: tuple[int, ...]
    columns: Ints
    amounts: Ints
    low: int | None
    high: int | None


@dataclass(frozen=True, eq=False)
class Choices:
    """
    The pairs that can still be chosen, in canonical order.

    Parameters
    ----------
    problem : Problem
    candidates, slots : ndarray of int
        Row of the problem of each candidate and slot of the model.
    pair_candidate, pair_slot : ndarray of int, shape (n_pairs,)
        In numbers of the model.
    """

    problem: Problem
    candidates: Ints
    slots: Ints
    pair_candidate: Ints
    pair_slot: Ints

    @property
    def n_pairs(self) -> int:
        """How many pairs can be chosen."""
        return len(self.pair_candidate)


def rows_of(model: Choices) -> Iterator[Row]:
    """Give every rule of a model as a row."""
    by_candidate = _split(model.pair_candidate, len(model.candidates))
    by_slot = _split(model.pair_slot, len(model.slots))
    for i, columns in enumerate(by_candidate):
        if len(columns) > 1:
            yield Row(CANDIDATE, (i,), columns, _ones(columns), None, 1)
    seats = model.problem.seats[model.slots].tolist()
    for j, columns in enumerate(by_slot):
        if len(columns) > seats[j]:
            yield Row(SEATS, (j,), columns, _ones(columns), None, seats[j])
    for k in _by_name(model.problem.read_resources):
        yield from _resource_rows(model, k, by_slot)
    switch = model.n_pairs
    for k in _by_name(model.problem.read_quotas):
        yield from _quota_rows(model, k, by_slot, switch + _switch_of(model.problem, k))
    for k in _by_name(model.problem.read_groups):
        yield from _group_rows(model, k)


def _switch_of(problem: Problem, k: int) -> int:
    return len([quota for quota in problem.read_quotas[:k] if quota.if_open])


def _split(numbers: Ints, length: int) -> list[Ints]:
    """Return the pairs of each candidate or slot, in rising order."""
    order = np.argsort(numbers, kind="stable").astype(np.int64)
    ends = np.cumsum(np.bincount(numbers, minlength=length))
    return np.split(order, ends[:-1]) if length else []


def _ones(columns: Ints) -> Ints:
    return np.ones(len(columns), dtype=np.int64)


def _resource_rows(model: Choices, k: int, by_slot: list[Ints]) -> Iterator[Row]:
    resource = model.problem.read_resources[k]
    drawn = resource.of_pairs(model.candidates[model.pair_candidate], model.slots[model.pair_slot])
    if resource.shared:
        supplies = [(-1, np.arange(model.n_pairs), int(resource.supply[0]))]
    else:
        supplies = [
            (j, columns, int(resource.supply[model.slots[j]])) for j, columns in enumerate(by_slot)
        ]
    for place, columns, supply in supplies:
        columns = columns[drawn[columns] > 0]
        amounts = drawn[columns]
        if int(amounts.sum()) > supply:
            yield Row(RESOURCE, (k, place), columns, amounts, None, supply)


def _quota_rows(model: Choices, k: int, by_slot: list[Ints], switch: int) -> Iterator[Row]:
    quota = model.problem.read_quotas[k]
    # Only the pairs of its own slots are looked at: there may be a quota for each of a thousand.
    inside = [by_slot[j] for j in np.flatnonzero(quota.slots[model.slots]).tolist()]
    near = np.sort(np.concatenate(inside)) if inside else np.zeros(0, dtype=np.int64)
    columns = near[quota.candidates[model.candidates[model.pair_candidate[near]]]]
    if not quota.if_open:
        low = quota.least if quota.least > 0 else None
        high = quota.most if quota.most < len(columns) else None
        if low is not None or high is not None:
            yield Row(QUOTA, (k, 0), columns, _ones(columns), low, high)
        return
    with_switch = np.append(columns, switch)
    if quota.least > 0:
        amounts = np.append(_ones(columns), -quota.least)
        yield Row(QUOTA, (k, 0), with_switch, amounts, 0, None)
    if quota.most < len(columns):
        amounts = np.append(_ones(columns), -quota.most)
        yield Row(QUOTA, (k, 1), with_switch, amounts, None, 0)
    for j in np.flatnonzero(quota.slots[model.slots]).tolist():
        columns = by_slot[j]
        if len(columns):
            seats = min(int(model.problem.seats[model.slots[j]]), len(columns))
            amounts = np.append(_ones(columns), -seats)
            yield Row(OPEN, (k, j), np.append(columns, switch), amounts, None, 0)


def _group_rows(model: Choices, k: int) -> Iterator[Row]:
    group = model.problem.read_groups[k]
    place_of_slot = (
        model.problem.pilot_of_slot[model.slots] if group.within == "pilot" else model.slots
    )
    member = np.full(model.problem.shape[0], -1, dtype=np.int64)
    member[group.candidates] = np.arange(len(group.candidates))
    rank = member[model.candidates[model.pair_candidate]]
    inside = np.flatnonzero(rank >= 0).astype(np.int64)
    places = place_of_slot[model.pair_slot[inside]]
    # The first slot in canonical order names a pilot, whatever number the problem gave it.
    for place in sorted(set(places.tolist()), key=lambda p: int(np.argmax(place_of_slot == p))):
        columns = inside[places == place]
        if group.apart:
            if len(set(rank[columns].tolist())) > 1:
                yield Row(APART, (k, place), columns, _ones(columns), None, 1)
            continue
        order = sorted(
            range(len(group.candidates)),
            key=lambda r: int(np.argmax(model.candidates == group.candidates[r])),
        )
        for one, other in itertools.pairwise(order):
            these, those = columns[rank[columns] == one], columns[rank[columns] == other]
            if len(these) or len(those):
                both = np.concatenate([these, those])
                amounts = np.concatenate([_ones(these), -_ones(those)])
                yield Row(TOGETHER, (k, place, one, other), both, amounts, 0, 0)


def _by_name(rules: Sequence[Any]) -> list[int]:
    """Return the positions of rules in the order of their names."""
    return sorted(range(len(rules)), key=lambda k: rules[k].name)
