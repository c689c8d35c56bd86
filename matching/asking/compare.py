"""
Compare plans: who changes place, who gains or loses one, and what it costs on each measure.

Any plans of the same people and slots can be compared: of two policies, of two days, the machine's
and the one that people made. matching/asking/ways.py makes the plans too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.arrays import Ints
from matching.exceptions import ProblemError
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.ledger import scores_of

Column = NDArray[Any]


@dataclass(frozen=True)
class Summary:
    """
    One measure of one plan.

    Parameters
    ----------
    total : int or float
        Sum over those placed.
    lowest, middle : int, float or None
        The lowest and the median among those placed; ``None`` when nobody is.
    """

    total: int | float
    lowest: int | float | None
    middle: int | float | None

    def to_json(self) -> dict[str, Any]:
        """Return the summary as plain data."""
        return {"total": self.total, "lowest": self.lowest, "middle": self.middle}


@dataclass(frozen=True)
class Change:
    """
    Somebody whom two plans give different places.

    Parameters
    ----------
    candidate : int
    before, after : int
        Slots in the one plan and in the other; -1 for no place.
    difference : mapping of str to int or float
        Per measure, what it is worth more in the other plan; no place is worth 0.
    """

    candidate: int
    before: int
    after: int
    difference: Mapping[str, int | float]

    def to_json(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return {
            "candidate": self.candidate,
            "before": self.before,
            "after": self.after,
            "difference": dict(self.difference),
        }


@dataclass(frozen=True)
class Difference:
    """
    What changes from one plan to another.

    Parameters
    ----------
    one, other : str
    changes : tuple of Change
        In the order of candidates. Its length is how many people the choice between the two plans
        is about.
    gain_place, lose_place : tuple of int
        Candidates with a place only in the other, or only in the one.
    placed : int
        How many more the other plan places.
    total, lowest : mapping of str to int or float
        Per measure, how much more the other plan has. ``lowest`` is left out where a plan places
        nobody.
    better, worse : mapping of str to int
        Per measure, how many people have more in the other plan, and how many less.
    """

    one: str
    other: str
    changes: tuple[Change, ...]
    gain_place: tuple[int, ...]
    lose_place: tuple[int, ...]
    placed: int
    total: Mapping[str, int | float]
    lowest: Mapping[str, int | float]
    better: Mapping[str, int]
    worse: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return the difference as plain data."""
        return {
            "one": self.one,
            "other": self.other,
            "changes": [change.to_json() for change in self.changes],
            "gainPlace": list(self.gain_place),
            "losePlace": list(self.lose_place),
            "placed": self.placed,
            "total": dict(self.total),
            "lowest": dict(self.lowest),
            "better": dict(self.better),
            "worse": dict(self.worse),
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Plans side by side.

    Parameters
    ----------
    slots : mapping of str to ndarray of int, shape (n_candidates,)
        Per plan.
    placed : mapping of str to int
    summaries : mapping of str to mapping of str to Summary
        Per plan, per measure.
    differences : tuple of Difference
        One for each two plans, in the order they were given in.
    plans : mapping of str to Plan
        Where they were made here, with their proof.
    """

    slots: Mapping[str, Ints]
    placed: Mapping[str, int]
    summaries: Mapping[str, Mapping[str, Summary]]
    differences: tuple[Difference, ...]
    plans: Mapping[str, Plan]

    @property
    def is_settled(self) -> bool:
        """Whether no plan was cut short: one that was may not be the best of its way."""
        return all(one.status is not SolveStatus.INTERRUPTED for one in self.plans.values())

    def between(self, one: str, other: str) -> Difference:
        """Return what changes from one plan to another, in the order they were given in."""
        for difference in self.differences:
            if (difference.one, difference.other) == (one, other):
                return difference
        names = ", ".join(self.slots)
        raise ProblemError(
            f"are {one}, {other}; accepted are two of {names}, in order", field="plans"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return {
            "plans": [
                {
                    "name": name,
                    "slots": slots.tolist(),
                    "placed": self.placed[name],
                    "measures": {k: one.to_json() for k, one in self.summaries[name].items()},
                    "status": self.plans[name].status.value if name in self.plans else None,
                }
                for name, slots in self.slots.items()
            ],
            "differences": [one.to_json() for one in self.differences],
            "isSettled": self.is_settled,
        }


def compare_plans(
    plans: Mapping[str, Plan | ArrayLike], measures: Mapping[str, Problem | ArrayLike]
) -> Comparison:
    """
    Compare plans of the same people and slots.

    Parameters
    ----------
    plans : mapping of str to Plan, or array_like of int of shape (n_candidates,)
        Two or more. Slots, -1 for no place.
    measures : mapping of str to Problem, or array_like of shape (n_candidates, n_slots)
        What a pair is worth; one or more. Of a problem its scores count. A pair that a problem
        refuses is worth 0 there.

    Returns
    -------
    Comparison

    Raises
    ------
    ProblemError
        If there are fewer than two plans or no measures, or their shapes differ.
    """
    if len(plans) < 2:
        raise ProblemError(f"are {len(plans)}; accepted are two or more", field="plans")
    if not measures:
        raise ProblemError("are none; accepted are one or more", field="measures")
    shapes = {name: _shape(measure) for name, measure in measures.items()}
    n, m = next(iter(shapes.values()))
    for name, shape in shapes.items():
        if shape != (n, m):
            raise ProblemError(f"has shape {shape}; accepted is {(n, m)}", field=f"measures.{name}")
    slots = {name: _slots(plan, f"plans.{name}", n, m) for name, plan in plans.items()}
    worth = {
        name: {key: _worth(measure, chosen) for key, measure in measures.items()}
        for name, chosen in slots.items()
    }
    return Comparison(
        slots=slots,
        placed={name: int((chosen >= 0).sum()) for name, chosen in slots.items()},
        summaries={
            name: {key: _summary(column, slots[name]) for key, column in columns.items()}
            for name, columns in worth.items()
        },
        differences=tuple(
            _difference(one, other, slots, worth) for one, other in combinations(slots, 2)
        ),
        plans={name: plan for name, plan in plans.items() if isinstance(plan, Plan)},
    )


def _shape(measure: Problem | ArrayLike) -> tuple[int, ...]:
    return measure.shape if isinstance(measure, Problem) else np.asarray(measure).shape


def _slots(plan: Plan | ArrayLike, field: str, n: int, m: int) -> Ints:
    slots = plan.slots if isinstance(plan, Plan) else np.asarray(plan)
    if slots.shape != (n,) or (n and slots.dtype.kind not in "iu"):
        raise ProblemError(f"has shape {slots.shape}; accepted are {n} whole numbers", field=field)
    wrong = (slots < -1) | (slots >= m)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ProblemError(
            f"is {slots[row]}; accepted are slots from 0 to {m - 1}, and -1", field=field, row=row
        )
    return slots.astype(np.int64)


def _worth(measure: Problem | ArrayLike, slots: Ints) -> Column:
    """Return what the place of each candidate is worth, 0 without one."""
    if isinstance(measure, Problem):
        possible = np.array(
            [j >= 0 and measure.is_eligible(i, int(j)) for i, j in enumerate(slots)], dtype=np.bool_
        )
        return scores_of(measure, np.where(possible, slots, -1))
    values = np.asarray(measure)
    worth = np.zeros(len(slots), dtype=values.dtype)
    placed = np.flatnonzero(slots >= 0)
    worth[placed] = values[placed, slots[placed]]
    return worth


def _summary(column: Column, slots: Ints) -> Summary:
    of_placed = column[slots >= 0]
    if not len(of_placed):
        return Summary(0, None, None)
    middle = float(np.median(of_placed))
    return Summary(
        of_placed.sum().item(),
        of_placed.min().item(),
        int(middle) if middle == int(middle) else middle,
    )


def _difference(
    one: str,
    other: str,
    slots: Mapping[str, Ints],
    worth: Mapping[str, Mapping[str, Column]],
) -> Difference:
    before, after = slots[one], slots[other]
    more = {key: worth[other][key] - worth[one][key] for key in worth[one]}
    changes = tuple(
        Change(
            candidate=i,
            before=int(before[i]),
            after=int(after[i]),
            difference={key: column[i].item() for key, column in more.items()},
        )
        for i in np.flatnonzero(before != after).tolist()
    )
    both_place = (before >= 0).any() and (after >= 0).any()
    lowest = {
        key: (worth[other][key][after >= 0].min() - worth[one][key][before >= 0].min()).item()
        for key in (more if both_place else ())
    }
    return Difference(
        one=one,
        other=other,
        changes=changes,
        gain_place=tuple(np.flatnonzero((before < 0) & (after >= 0)).tolist()),
        lose_place=tuple(np.flatnonzero((before >= 0) & (after < 0)).tolist()),
        placed=int((after >= 0).sum()) - int((before >= 0).sum()),
        total={key: column.sum().item() for key, column in more.items()},
        lowest=lowest,
        better={key: int((column > 0).sum()) for key, column in more.items()},
        worse={key: int((column < 0).sum()) for key, column in more.items()},
    )
