"""Layer: what one criterion says of all pairs, and the way in which unknowns enter it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing

Facts = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Layer:
    """
    One soft measure for all pairs.

    Parameters
    ----------
    value : ndarray of float, shape (n_candidates, n_slots)
        In [0, 1], 1 is a full fit; ``nan`` where nothing is known. Where part of it is known, the
        unknown parts count as the policy's neutral value.
    known : ndarray of float, shape (n_candidates, n_slots)
        Share of it that rests on known facts, in [0, 1].
    """

    value: Floats
    known: Floats


@dataclass(frozen=True)
class Criterion:
    """
    A criterion: its layer, and the facts it rests on for one pair.

    Parameters
    ----------
    name : str
    layer : callable
    facts : callable
    reads : Reads, optional
        The columns that the layer reads. When told, it is worked out once for all who are alike in
        them; else for every pair.
    """

    name: str
    layer: Callable[[Pairing], Layer]
    facts: Callable[[Pairing, int, int], Facts]
    reads: Reads | None = None


class Blend:
    """
    A weighted mean per pair, built up slot by slot, in which an unknown item counts as neutral.

    An item is given as what it is worth at least and at most, given what is known: the same number
    twice when all is known. An unknown item is then worth the neutral value, or the nearest that is
    still possible. So filling in a blank never moves a score beyond what the worst and the best
    answer would give.
    """

    def __init__(self, pairing: Pairing) -> None:
        self._neutral = pairing.policy.neutral
        # A row per slot: items come slot by slot.
        n, m = pairing.shape
        self._sum = np.zeros((m, n))
        self._known = np.zeros((m, n))
        self._weight = np.zeros((m, n))

    def add(
        self, slots: int | Ints | slice, least: Floats, most: Floats, weight: float | Floats = 1.0
    ) -> None:
        """
        Add an item to one slot, or one to each of several different slots.

        Parameters
        ----------
        slots : int, ndarray of int, or slice
        least, most : ndarray of float, shape (n_candidates,) or (n_candidates, len(slots))
            In [0, 1].
        weight : float or ndarray of number, broadcasting to the shape of ``least``
            0 where the item plays no part.
        """
        weight = np.broadcast_to(weight, least.shape).T
        is_known = (least == most).T
        self._sum[slots] += weight * worth_of(least, most, self._neutral).T
        self._known[slots] += weight * is_known
        self._weight[slots] += weight

    def layer(self, unknown: Bools | None = None) -> Layer:
        """
        Return the means.

        Parameters
        ----------
        unknown : ndarray of bool, broadcasting to (n_candidates, n_slots), optional
            Pairs of which nothing at all is known. Where no item was added otherwise, nothing is
            asked, and that is fully met.
        """
        has_items = self._weight > 0
        weight = np.where(has_items, self._weight, 1.0)
        value = np.where(has_items, self._sum / weight, 1.0)
        known = np.where(has_items, self._known / weight, 1.0)
        value[(known == 0) & (np.abs(value - self._neutral) <= NO_DIFFERENCE)] = np.nan
        value, known = np.ascontiguousarray(value.T), np.ascontiguousarray(known.T)
        if unknown is not None:
            blank = np.broadcast_to(unknown, value.shape)
            value[blank], known[blank] = np.nan, 0.0
        return Layer(value, known)


NO_DIFFERENCE: Final = 1e-12
"""Sums of neutral values differ from it in their last bits."""


def worth_of(least: Floats, most: Floats, neutral: float) -> Floats:
    """Return what items count as, from what they are worth at least and at most."""
    worth: Floats = np.where(least == most, least, np.clip(neutral, least, most))
    return worth


def number(value: float) -> float | None:
    """Return a fact as plain data: ``None`` when unknown."""
    return None if np.isnan(value) else float(value)
