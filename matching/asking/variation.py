"""
Problems that are slightly different: other weights, other scores, people who drop out.

What is varied, and how far, is stated beforehand and stands with every answer that rests on it.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.exceptions import ProblemError
from matching.policy import CRITERIA
from matching.problem import Problem
from matching.scoring import FULL, ScoreLayers, to_steps
from matching.sides import Group
from matching.solvers.ledger import eligible_pairs

WEIGHT_STEPS: Final = 1000
"""Weights are whole numbers; a perturbed one is read in thousandths of one."""

LARGEST_DENSE: Final = 1_000_000
"""Pairs up to which scores are handed over as an array, which is quicker to read."""


@dataclass(frozen=True)
class Perturbations:
    """
    What is varied, and how far.

    Parameters
    ----------
    times : int, default=500
        How many times the problem is planned anew, 1 to 100,000.
    weights : float, default=0.2
        Each weight of the policy is multiplied by a number drawn from 1 less this to 1 plus this.
        Used where layers are given. In [0, 1).
    scores : float, default=0.02
        To the score of each pair a number is added, drawn from minus to plus this share of a full
        score: of 10,000 points where layers are given, else of the largest score. In [0, 1].
    dropouts : float, default=0.05
        The chance that somebody is not there. In [0, 1). Whoever is pinned stays.
    """

    times: int = 500
    weights: float = 0.2
    scores: float = 0.02
    dropouts: float = 0.05

    def __post_init__(self) -> None:
        whole = isinstance(self.times, int) and not isinstance(self.times, bool)
        if not whole or not 1 <= self.times <= 100_000:
            raise ProblemError(
                f"is {self.times!r}; accepted are whole numbers from 1 to 100000", field="times"
            )
        for name in ("weights", "scores", "dropouts"):
            value = getattr(self, name)
            if not 0.0 <= value < 1.0:
                raise ProblemError(
                    f"is {value}; accepted are numbers from 0 to below 1", field=name
                )

    def to_json(self) -> dict[str, Any]:
        """Return what is varied as plain data."""
        return {
            "times": self.times,
            "weights": self.weights,
            "scores": self.scores,
            "dropouts": self.dropouts,
        }


class Variation:
    """
    Draws problems that are slightly different.

    Parameters
    ----------
    problem : Problem
    layers : ScoreLayers or None
        What its scores were added up from.
    what : Perturbations

    Attributes
    ----------
    reach : int or float
        The most that is added to or taken off a score.
    """

    def __init__(self, problem: Problem, layers: ScoreLayers | None, what: Perturbations) -> None:
        self._problem, self._layers, self._what = problem, layers, what
        self._candidate, self._slot, self._score = eligible_pairs(problem)
        n = problem.shape[0]
        self._pinned = np.zeros(n, dtype=np.bool_) if problem.pins is None else problem.pins >= 0
        if layers is not None:
            self._steps = _steps(layers)[:, self._candidate, self._slot]
            self._first = np.flatnonzero(np.diff(self._candidate, prepend=-1))
            self._row = np.cumsum(np.diff(self._candidate, prepend=-1) > 0) - 1
        largest = np.abs(self._score).max(initial=0).item() if layers is None else FULL
        self.reach = what.scores * largest
        if problem.is_whole:
            self.reach = round(self.reach)

    def n_possible(self) -> list[int]:
        """Return how many slots with seats are possible for each candidate."""
        has_seats = self._problem.seats[self._slot] > 0
        counts = np.bincount(self._candidate[has_seats], minlength=self._problem.shape[0])
        return counts.tolist()  # type: ignore[no-any-return]

    def draw(self, rng: np.random.Generator) -> tuple[Problem, Bools]:
        """Return a problem that is slightly different, and who is not there."""
        scores = self._scores(rng)
        gone = (rng.random(self._problem.shape[0]) < self._what.dropouts) & ~self._pinned
        kept = ~gone[self._candidate]
        problem = replace(
            self._problem,
            scores=self._matrix(self._candidate[kept], self._slot[kept], scores[kept]),
            groups=_groups_without(self._problem, gone),
        )
        return problem, gone

    def _scores(self, rng: np.random.Generator) -> Any:
        if self._layers is None:
            return self._with_noise(self._score, rng)
        policy = self._layers.pairing.policy
        factors = rng.uniform(1.0 - self._what.weights, 1.0 + self._what.weights, len(CRITERIA))
        given = np.array([policy.weights[name] for name in CRITERIA])
        weights = np.rint(WEIGHT_STEPS * given * factors).astype(np.int64)
        total = max(1, int(weights.sum()))
        # As in matching/scoring.py: the weighted mean in whole points, a half upwards.
        points = (2 * (weights @ self._steps) + total) // (2 * total)
        points = np.clip(self._with_noise(points, rng), 0, FULL)
        return points if policy.compare == "absolute" else self._relative(points)

    def _relative(self, points: Ints) -> Ints:
        if not len(points):
            return points
        best = np.maximum.reduceat(points, self._first)[self._row]
        relative: Ints = (2 * FULL * points + best) // (2 * np.maximum(best, 1))
        return relative

    def _with_noise(self, scores: Floats | Ints, rng: np.random.Generator) -> Any:
        if isinstance(self.reach, int):
            return scores.astype(np.int64) + rng.integers(
                -self.reach, self.reach, len(scores), endpoint=True
            )
        return scores + rng.uniform(-self.reach, self.reach, len(scores))

    def _matrix(self, candidate: Ints, slot: Ints, scores: Any) -> Any:
        n, m = self._problem.shape
        fits_a_double = bool((np.abs(scores) < 2**53).all())
        if n * m <= LARGEST_DENSE and fits_a_double:
            matrix = np.full((n, m), np.nan)
            matrix[candidate, slot] = scores
            return matrix
        from scipy import sparse

        return sparse.csr_array((scores, (candidate, slot)), shape=(n, m))


def _steps(layers: ScoreLayers) -> Ints:
    """Return all layers in whole steps, shape (n_criteria, n_candidates, n_slots)."""
    policy = layers.pairing.policy
    return np.stack([to_steps(layers.layers[name].value, policy) for name in CRITERIA])


def _groups_without(problem: Problem, gone: Bools) -> list[Group]:
    """Return the groups of those who are there: one person who is left belongs to nobody."""
    groups = []
    for group in problem.read_groups:
        members = group.candidates[~gone[group.candidates]]
        if len(members) > 1:
            groups.append(Group(group.name, members, apart=group.apart, within=group.within))
    return groups
