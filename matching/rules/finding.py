"""What a hard rule says: yes, no, or to be asked; and about one pair, with its facts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.facts.alike import Reads
from matching.facts.pairing import Pairing

NO: Final = 0
ASK: Final = 1
YES: Final = 2
"""In this order, so that the worst of several verdicts is the smallest."""

Verdicts = NDArray[np.int8]
"""Verdicts of one rule, shape (n_candidates, n_slots)."""


@dataclass(frozen=True)
class Finding:
    """
    What one rule says of one pair, or of one item in it.

    Parameters
    ----------
    rule : str
    verdict : {NO, ASK, YES}
    facts : dict
        What the verdict rests on; plain data, which catalogues turn into words.
    ask : {"candidate", "slot"}, optional
        Whom to ask, when it is to be asked.
    """

    rule: str
    verdict: int
    facts: dict[str, Any] = field(default_factory=dict)
    ask: str | None = None


@dataclass(frozen=True)
class HardRule:
    """
    A rule: its matrix of verdicts, and its findings for one pair.

    Parameters
    ----------
    name : str
    verdicts : callable
    findings : callable
    parts : tuple of (callable, Reads), optional
        Matrices of which the worst is the rule's own, each with the columns that it reads. When
        told, they are worked out once for all who are alike in these; else for every pair.
    """

    name: str
    verdicts: Callable[[Pairing], Verdicts]
    findings: Callable[[Pairing, int, int], list[Finding]]
    parts: tuple[tuple[Callable[[Pairing], Verdicts], Reads], ...] = ()


def everywhere(pairing: Pairing, verdict: int) -> Verdicts:
    """Return one verdict for all pairs."""
    return np.full(pairing.shape, verdict, dtype=np.int8)


def yes_or_no(allowed: NDArray[np.bool_]) -> Verdicts:
    """Return YES where allowed, else NO."""
    return np.where(allowed, np.int8(YES), np.int8(NO))


def first_of(*cases: tuple[NDArray[np.bool_], int], otherwise: int) -> Verdicts:
    """Return the verdict of the first case that holds."""
    verdicts: Verdicts = np.asarray(otherwise, dtype=np.int8)
    # numpy's own select takes ten times as long for a few pairs.
    for case, verdict in reversed(cases):
        verdicts = np.where(case, np.int8(verdict), verdicts)
    return verdicts


def worst(*verdicts: Verdicts) -> Verdicts:
    """Return the worst of several verdicts, pair by pair."""
    lowest: Verdicts = np.minimum.reduce(verdicts)
    return lowest
