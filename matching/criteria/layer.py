"""Layer: what one criterion says of all pairs, and the way in which unknowns enter it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.pairing import Pairing
from matching.profiles import Bools, Floats

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
    """A criterion: its layer, and the facts it rests on for one pair."""

    name: str
    layer: Callable[[Pairing], Layer]
    facts: Callable[[Pairing, int, int], Facts]


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
        self._sum = np.zeros(pairing.shape)
        self._known = np.zeros(pairing.shape)
        self._weight = np.zeros(pairing.shape)

    def add(self, slot: int, least: Floats, most: Floats, weight: float | Floats = 1.0) -> None:
        """
        Add an item to a slot's column.

        Parameters
        ----------
        slot : int
        least, most : ndarray of float, shape (n_candidates,)
            In [0, 1].
        weight : float or ndarray of float, shape (n_candidates,)
            0 where the item plays no part.
        """
        is_known = least == most
        worth = np.where(is_known, least, np.clip(self._neutral, least, most))
        self._sum[:, slot] += weight * worth
        self._known[:, slot] += weight * is_known
        self._weight[:, slot] += weight

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
        value[(known == 0) & np.isclose(value, self._neutral, rtol=0.0, atol=1e-12)] = np.nan
        if unknown is not None:
            blank = np.broadcast_to(unknown, value.shape)
            value, known = np.where(blank, np.nan, value), np.where(blank, 0.0, known)
        return Layer(value, known)


def number(value: float) -> float | None:
    """Return a fact as plain data: ``None`` when unknown."""
    return None if np.isnan(value) else float(value)
