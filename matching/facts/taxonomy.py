"""Taxonomy: codes of skills, their broader concepts, and how close two of them are."""

from collections.abc import Iterable, Mapping

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
        self._narrower: dict[str, list[str]] = {}
        for code, parent in broader.items():
            if parent is not None:
                self._narrower.setdefault(parent, []).append(code)
        self._near: dict[tuple[int, float], tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        self._refuse_circles()

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def flat(cls, codes: Iterable[str]) -> "Taxonomy":
        """Return a taxonomy without structure: each code is near itself only."""
        return cls(dict.fromkeys(codes))

    def closeness(self, near: float) -> NDArray[np.float64]:
        """
        Return how close every two skills are. For small taxonomies: it holds every pair.

        Parameters
        ----------
        near : float
            What one step leaves over, in [0, 1).

        Returns
        -------
        ndarray of float, shape (n_skills, n_skills)
            1 on the diagonal, ``near ** steps`` for one or two steps, else 0. Symmetric.
        """
        closeness = np.zeros((len(self), len(self)))
        for skill in range(len(self)):
            others, close = self.near(skill, near)
            closeness[skill, others] = close
        return closeness

    def near(self, skill: int, near: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """
        Return the skills that lie near one, itself included, and how close they are.

        Parameters
        ----------
        skill : int
            Its place in ``codes``.
        near : float
            What one step leaves over, in [0, 1).

        Returns
        -------
        others : ndarray of int, shape (n_near,)
            Places in ``codes``, ascending.
        closeness : ndarray of float, shape (n_near,)
            In (0, 1]: ``near ** steps``.
        """
        if (skill, near) not in self._near:
            others, steps = self._around(skill)
            closeness = near ** steps.astype(np.float64)
            self._near[skill, near] = others[closeness > 0], closeness[closeness > 0]
        return self._near[skill, near]

    def _around(self, skill: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what lies within two steps: found when asked, as few skills are ever asked."""
        steps = {self.codes[skill]: 0}
        edge = list(steps)
        for step in range(1, MAX_STEPS + 1):
            edge = [one for code in edge for one in self._next_to(code) if one not in steps]
            steps |= dict.fromkeys(edge, step)
        found = sorted((self.index[code], step) for code, step in steps.items())
        places, counts = np.array(found, dtype=np.int64).T.copy()
        return places, counts

    def _next_to(self, code: str) -> list[str]:
        parent = self.broader[code]
        return [*self._narrower.get(code, ()), *([] if parent is None else [parent])]

    def _refuse_circles(self) -> None:
        below_a_top: set[str] = set()
        for code in self.codes:
            line: dict[str, None] = {}
            at: str | None = code
            while at is not None and at not in below_a_top:
                if at in line:
                    raise ProfileError(f"{code} is broader than itself", field="broader")
                line[at] = None
                at = self.broader[at]
            below_a_top.update(line)


MAX_STEPS = 2
"""Beyond two steps two concepts share hardly more than a heading."""
