"""
Plan anew without upsetting people: the frontier of moves against gain, and a reason for each move.

People have left, others are new, seats are gone; somebody has started, has agreed, or was only
proposed. The plan that is best now would move many people for little. So what is given is a row of
plans, from the one that moves fewest people to the one with the highest score, each of which is the
best for the effort that it asks; people choose. The effort of a plan adds up a weight for each
person who moves: more for one who has agreed. Whoever has started is never moved.

How the row is found. A bonus for staying, in points, turns both aims into one: for each bonus the
best plan is one of the row, and going up and down between the ends finds all that lie on its upper
hull (Aneja and Nair [1]_). Those below the hull, which no bonus finds, are found in small problems
by bounding the effort instead (the epsilon-constraint method [2]_): all of them, one by one.

References
----------
.. [1] Y. Aneja and K. Nair (1979). Bicriteria transportation problem. Management Science 25(1).
.. [2] M. Ehrgott (2005). Multicriteria Optimization. Springer, chapter 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Ints
from matching.deadline import Deadline
from matching.exceptions import ProblemError
from matching.problem import Problem
from matching.replanning.lift import Lift
from matching.replanning.moves import Move, explain_moves
from matching.replanning.row import WEIGHTS, Asked, Commitment, Finder, Point, not_beaten, with_gain

ENOUGH_GAIN: Final = 0.95
"""The plan that is picked has the least effort among those with this share of the gain."""

SMALL: Final = 1000
"""Pairs up to which all plans of the row are looked for."""


@dataclass(frozen=True, eq=False)
class Replan:
    """
    Plans from least effort to highest score, and the one that is picked.

    Parameters
    ----------
    points : tuple of Point
        Rising in effort and in score. Empty when the rules leave no plan.
    chosen : Point or None
        The one with the least effort among those with the wanted share of the gain.
    moves : tuple of Move
        Everybody whom the chosen plan moves, each with one reason.
    is_complete : bool
        Whether the row has all plans that none other beats on both effort and score; else those on
        its upper hull, as far as they were looked for.
    weights : mapping of str to int
        What moving one person counted for.
    is_settled : bool
        Whether there was time for all that was looked for. Where not, the row may lack plans with
        more points; without points it says nothing of whether the rules leave a plan.
    """

    points: tuple[Point, ...]
    chosen: Point | None
    moves: tuple[Move, ...]
    is_complete: bool
    weights: Mapping[str, int]
    is_settled: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the plans as plain data."""
        return {
            "points": [point.to_json() for point in self.points],
            "chosen": self.points.index(self.chosen) if self.chosen else None,
            "moves": [move.to_json() for move in self.moves],
            "isComplete": self.is_complete,
            "weights": dict(self.weights),
            "isSettled": self.is_settled,
        }


def find_replans(
    problem: Problem,
    *,
    commitments: Sequence[int] | None = None,
    weights: Mapping[Commitment, int] | None = None,
    keep_places: bool = True,
    enough_gain: float = ENOUGH_GAIN,
    complete: bool | None = None,
    most_solves: int = 16,
    seed: int = 0,
    gap: float = 0.0,
    time_limit: float | None = None,
) -> Replan:
    """
    Give plans from least effort to highest score, all of which place as many people as can be.

    Parameters
    ----------
    problem : Problem
        As it is now, with ``current``: the slot that each person had, -1 for who is new. People who
        are gone are not in it. Slots that closed are, with no seats. Its tiers, if any, hold.
    commitments : sequence of Commitment, length n_candidates, optional
        Read for those who have a slot; all only planned, when left out. Who has started is not
        moved.
    weights : mapping of Commitment to int, optional
        What moving one person counts for, 1 to 1000; ``WEIGHTS`` for those left out.
    keep_places : bool, default=True
        Somebody who has a place goes before somebody who is new, wherever only one of them can have
        one. ``False``: scores decide.
    enough_gain : float, default=ENOUGH_GAIN
        Share of the gain that the chosen plan has at least, in [0, 1].
    complete : bool, optional
        Whether to find all plans of the row; by default in problems of up to ``SMALL`` pairs.
    most_solves : int, default=16
        Most plans to look for where not all are.
    seed : int, default=0
    gap : float, default=0.0
        For each solve, as ``solve`` takes it.
    time_limit : float, optional
        Wall seconds for the whole question; plans that were found by then are given.

    Returns
    -------
    Replan

    Raises
    ------
    ProblemError
        If an argument is out of range, or somebody who has started no longer can be there.
    """
    asked = _read(problem, commitments, weights, keep_places, enough_gain, most_solves)
    n, m = problem.shape
    finds_all = n * m <= SMALL if complete is None else complete
    lift, deadline = (
        Lift.of(problem, asked.effort, asked.tiers, exactly=finds_all),
        Deadline(time_limit),
    )
    finder = Finder(asked, lift, {"seed": seed, "gap": gap}, deadline)
    names = {level.name.lower(): weight for level, weight in asked.weights.items()}
    least = finder.least_effort()
    if least is None:
        return Replan((), None, (), finder.is_settled, names, finder.is_settled)
    best = finder.highest_score()
    ends = [least] if best is None or best.effort <= least.effort else [least, best]
    found = finder.all_between(ends) if finds_all else finder.hull(ends, most_solves, enough_gain)
    points = with_gain(not_beaten(found))
    chosen = next(point for point in points if point.gain >= enough_gain)
    moves = explain_moves(problem, chosen.slots, least=points[0].slots)
    is_complete = finds_all and finder.is_settled
    return Replan(tuple(points), chosen, moves, is_complete, names, finder.is_settled)


def _read(
    problem: Problem,
    commitments: Sequence[int] | None,
    weights: Mapping[Commitment, int] | None,
    keep_places: bool,
    enough_gain: float,
    most_solves: int,
) -> Asked:
    n = problem.shape[0]
    if problem.current is None:
        raise ProblemError("is not given; accepted is each person's slot, or -1", field="current")
    if problem.stay_bonus:
        raise ProblemError("is given; accepted is 0, for all of them are tried", field="stay_bonus")
    if not 0.0 <= enough_gain <= 1.0:
        raise ProblemError(
            f"is {enough_gain}; accepted are numbers from 0 to 1", field="enough_gain"
        )
    if most_solves < 2:
        raise ProblemError(
            f"is {most_solves}; accepted are whole numbers from 2", field="most_solves"
        )
    levels = _levels(commitments, n)
    counted = WEIGHTS | dict(weights or {})
    for level, weight in counted.items():
        if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= 1000:
            name = Commitment(level).name.lower()
            raise ProblemError(
                f"is {weight!r}; accepted are whole numbers from 1 to 1000", field=f"weights.{name}"
            )
    has_slot = problem.current >= 0
    by_level = np.array([counted.get(level, 0) for level in Commitment], dtype=np.int64)
    pins = np.full(n, -1, dtype=np.int64) if problem.pins is None else problem.pins.copy()
    started = has_slot & (levels == Commitment.STARTED)
    wrong = started & (pins >= 0) & (pins != problem.current)
    if wrong.any():
        raise ProblemError(
            "is another slot than the one where that person has started",
            field="pins",
            row=int(np.argmax(wrong)),
        )
    pins[started] = problem.current[started]
    effort = np.where(has_slot, by_level[levels], 0)
    # Whoever is pinned moves or stays whatever is planned; it is no effort of the plan's.
    tiers = _tiers(problem, has_slot) if keep_places else problem.tiers
    return Asked(problem, problem.current, levels, counted, effort, pins, tiers)


def _levels(commitments: Sequence[int] | None, n: int) -> Ints:
    levels = np.zeros(n, dtype=np.int64) if commitments is None else np.asarray(commitments)
    if levels.shape != (n,) or (n and levels.dtype.kind not in "iu"):
        raise ProblemError(
            f"has shape {levels.shape}; accepted are {n} commitments", field="commitments"
        )
    wrong = (levels < min(Commitment)) | (levels > max(Commitment))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ProblemError(
            f"is {levels[row]}; accepted are whole numbers from 0 to {max(Commitment)}",
            field="commitments",
            row=row,
        )
    return levels.astype(np.int64)


def _tiers(problem: Problem, has_slot: NDArray[np.bool_]) -> Ints:
    """Return tiers in which, within each tier there was, who has a slot goes first."""
    before = np.zeros(len(has_slot), dtype=np.int64) if problem.tiers is None else problem.tiers
    _, rank = np.unique(2 * before + ~has_slot, return_inverse=True)
    return rank.astype(np.int64)
