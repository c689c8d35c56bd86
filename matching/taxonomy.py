"""Taxonomy: codes of skills, their broader concepts, and how close two of them are."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.exceptions import ProfileError


class Taxonomy:
    """
    Skills and what lies near what.

    Closeness falls by the factor ``near`` with every step between two concepts, along *broader* and
    *narrower*, and is 0 beyond two steps: a parent, a child, a brother or sister count in part, a
    cousin does not.

    Parameters
    ----------
    broader : mapping of str to (str or None)
        The broader concept of each code; ``None`` at the top. Every broader concept is itself a
        code.

    Raises
    ------
    ProfileError
        If a broader concept is not a code, or a concept is broader than itself by some way round.
    """

    def __init__(self, broader: Mapping[str, str | None]) -> None:
        self.codes = tuple(sorted(broader))
        self.index = {code: position for position, code in enumerate(self.codes)}
        self.broader = dict(broader)
        for row, (code, parent) in enumerate(broader.items()):
            if parent is not None and parent not in self.index:
                raise ProfileError(
                    f"{code} names {parent}, which is no code", field="broader", row=row
                )
        for code in self.codes:
            self._ancestors(code)

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def flat(cls, codes: Iterable[str]) -> "Taxonomy":
        """Return a taxonomy without structure: each code is near itself only."""
        return cls(dict.fromkeys(codes))

    def closeness(self, near: float) -> NDArray[np.float64]:
        """
        Return how close every two skills are.

        Parameters
        ----------
        near : float
            What one step leaves over, in [0, 1).

        Returns
        -------
        ndarray of float, shape (n_skills, n_skills)
            1 on the diagonal, ``near ** steps`` for one or two steps, else 0. Symmetric.
        """
        return np.where(self._steps <= MAX_STEPS, near ** self._steps.astype(np.float64), 0.0)

    @cached_property
    def _steps(self) -> NDArray[np.int64]:
        far = MAX_STEPS + 1
        steps = np.full((len(self), len(self)), far, dtype=np.int64)
        lines = [[code, *self._ancestors(code)] for code in self.codes]
        for i, line_i in enumerate(lines):
            height = {code: up for up, code in enumerate(line_i)}
            for j, line_j in enumerate(lines):
                both = [height[code] + up for up, code in enumerate(line_j) if code in height]
                steps[i, j] = min(both, default=far)
        return np.minimum(steps, far)

    def _ancestors(self, code: str) -> list[str]:
        line: list[str] = []
        parent = self.broader[code]
        while parent is not None:
            if parent in line or parent == code:
                raise ProfileError(f"{code} is broader than itself", field="broader")
            line.append(parent)
            parent = self.broader[parent]
        return line


MAX_STEPS = 2
"""Beyond two steps two concepts share hardly more than a heading."""
