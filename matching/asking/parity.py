"""
Placement rates by group, with intervals, against the lottery.

No score reads a group: nothing but this report takes one. It is told to people who have a ground in
law to know it. We report it; we call no run fair.

Three cares. Small groups are not shown, and neither is what would give them away by subtraction.
Rates of few people swing by chance, so each has an interval [1]_, and so has their difference [2]_.
And whether a group fares worse than the rules alone would make it fare is held against a lottery
over plans of the same size (matching/solvers/lottery.py), never against another group.

References
----------
.. [1] E. B. Wilson (1927). Probable inference, the law of succession, and statistical inference.
   Journal of the American Statistical Association 22.
.. [2] R. G. Newcombe (1998). Interval estimation for the difference between independent
   proportions. Statistics in Medicine 17, method 10.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from matching.exceptions import ProblemError
from matching.plan import Plan
from matching.solvers.lottery import Lottery

Against = Literal["below", "within", "above", "unsettled"]

LEAST_SHOWN: Final = 10
"""
A group of fewer people is not shown on its own: with few, a rate tells about persons. Ten is our
choice, a common one for tables about people; who publishes may ask for more.
"""


@dataclass(frozen=True)
class AgainstLottery:
    """
    How a group fares against a lottery over plans of the same size.

    Parameters
    ----------
    rate : float
        Share of the group that has a place in the lottery's plans, on average.
    low, high : float
        The middle share of the lottery's plans lies between these, as far as whole people allow.
    as_few : float
        Share of the lottery's plans in which the group has as few places as in this plan, or fewer.
    verdict : {"below", "within", "above", "unsettled"}
        Where the plan's rate lies: outside ``low`` to ``high``, or within. *Unsettled* when the
        lottery's chains do not agree on how many of the group have a place.
    """

    rate: float
    low: float
    high: float
    as_few: float
    verdict: Against

    def to_json(self) -> dict[str, Any]:
        """Return this as plain data."""
        return {
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
            "asFew": self.as_few,
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class GroupRate:
    """
    How many of a group have a place.

    Parameters
    ----------
    group : str or None
        The label; ``None`` for the small groups taken together.
    people, placed : int
    rate : float
    low, high : float
        Wilson's interval for the rate.
    lottery : AgainstLottery or None
        ``None`` when no lottery was given.
    """

    group: str | None
    people: int
    placed: int
    rate: float
    low: float
    high: float
    lottery: AgainstLottery | None

    def to_json(self) -> dict[str, Any]:
        """Return the rate as plain data."""
        return {
            "group": self.group,
            "people": self.people,
            "placed": self.placed,
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
            "lottery": self.lottery.to_json() if self.lottery else None,
        }


@dataclass(frozen=True)
class Parity:
    """
    Placement rates by group.

    Parameters
    ----------
    groups : tuple of GroupRate
        By label; last, without a label, the groups that are too small, taken together. That row is
        left out too where all of them together are too few.
    hidden : int
        How many labels do not stand in a row of their own.
    overall : GroupRate or None
        Everybody; ``None`` where it would give away what is not shown.
    difference : float or None
        The parity difference: the largest rate less the smallest, among the groups with a label.
        ``None`` with fewer than two.
    low, high : float or None
        Newcombe's interval for it. Two groups picked for being furthest apart look further apart
        than they are: the interval is of those two, not corrected for the picking.
    confidence : float
        Of all intervals.
    least_shown : int
    """

    groups: tuple[GroupRate, ...]
    hidden: int
    overall: GroupRate | None
    difference: float | None
    low: float | None
    high: float | None
    confidence: float
    least_shown: int

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "groups": [one.to_json() for one in self.groups],
            "hidden": self.hidden,
            "overall": self.overall.to_json() if self.overall else None,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "confidence": self.confidence,
            "leastShown": self.least_shown,
        }


def measure_parity(
    plan: Plan,
    groups: Sequence[Hashable],
    *,
    lottery: Lottery | None = None,
    confidence: float = 0.95,
    least_shown: int = LEAST_SHOWN,
) -> Parity:
    """
    Report which share of each group a plan gives a place.

    Parameters
    ----------
    plan : Plan
    groups : sequence, length n_candidates
        A label for each person; ``None`` where it is not known, which makes a group *unknown*.
    lottery : Lottery, optional
        Over plans of the same problem and size.
    confidence : float, default=0.95
        Of the intervals, between 0 and 1.
    least_shown : int, default=LEAST_SHOWN
        Groups of fewer people are not shown on their own. 2 or more.

    Returns
    -------
    Parity

    Raises
    ------
    ProblemError
        If the arguments do not belong together or are out of range.
    """
    n = len(plan.slots)
    labels = ["unknown" if label is None else str(label) for label in groups]
    if len(labels) != n:
        raise ProblemError(f"has {len(labels)} labels; accepted are {n}", field="groups")
    if not 0.0 < confidence < 1.0:
        raise ProblemError(
            f"is {confidence}; accepted are numbers between 0 and 1", field="confidence"
        )
    if isinstance(least_shown, bool) or not isinstance(least_shown, int) or least_shown < 2:
        raise ProblemError(
            f"is {least_shown}; accepted are whole numbers from 2", field="least_shown"
        )
    if lottery is not None and (len(lottery.chance) != n or lottery.placed != plan.placed):
        raise ProblemError(
            f"is over plans that place {lottery.placed} of {len(lottery.chance)} people; "
            f"accepted is one over plans that place {plan.placed} of {n}",
            field="lottery",
        )
    shown, rest = _shown(labels, least_shown)
    members = np.array(labels, dtype=object)
    has_place = plan.slots >= 0
    rows = [
        _row(label, members == label, has_place, lottery, confidence) for label in sorted(shown)
    ]
    in_rest = np.isin(members, rest) if rest else np.zeros(n, dtype=np.bool_)
    nobody_given_away = not rest or int(in_rest.sum()) >= least_shown
    everybody = np.ones(n, dtype=np.bool_)
    overall = _row(None, everybody, has_place, lottery, confidence) if nobody_given_away else None
    low, high, difference = _difference(rows, confidence)
    if rest and nobody_given_away:
        rows.append(_row(None, in_rest, has_place, lottery, confidence))
    return Parity(
        groups=tuple(rows),
        hidden=len(rest),
        overall=overall,
        difference=difference,
        low=low,
        high=high,
        confidence=confidence,
        least_shown=least_shown,
    )


def wilson(placed: int, people: int, confidence: float) -> tuple[float, float]:
    """
    Return Wilson's interval for a rate.

    Parameters
    ----------
    placed, people : int
        ``people`` is 1 or more.
    confidence : float

    Returns
    -------
    tuple of float
        Lower and upper limit, in [0, 1].
    """
    z = NormalDist().inv_cdf((1.0 + confidence) / 2.0)
    rate = placed / people
    middle = rate + z * z / (2 * people)
    reach = z * math.sqrt(rate * (1 - rate) / people + z * z / (4 * people * people))
    scale = 1 + z * z / people
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _shown(labels: list[str], least: int) -> tuple[list[str], list[str]]:
    """
    Return which groups stand in a row of their own, and which only together.

    What is left over must be enough people too: else whoever knows the total subtracts. So the
    smallest group of those that could be shown joins the rest until it is.
    """
    counts = Counter(labels)
    by_size = sorted(counts, key=lambda label: (counts[label], label))
    rest = [label for label in by_size if counts[label] < least]
    shown = [label for label in by_size if counts[label] >= least]
    while rest and shown and sum(counts[label] for label in rest) < least:
        rest.append(shown.pop(0))
    return shown, rest


def _row(
    label: str | None,
    members: NDArray[np.bool_],
    has_place: NDArray[np.bool_],
    lottery: Lottery | None,
    confidence: float,
) -> GroupRate:
    people, placed = int(members.sum()), int((members & has_place).sum())
    low, high = wilson(placed, people, confidence) if people else (0.0, 1.0)
    against = None
    if lottery is not None and people and len(lottery.draws):
        against = _against(lottery, members, placed, confidence)
    return GroupRate(label, people, placed, placed / people if people else 0.0, low, high, against)


def _against(
    lottery: Lottery, members: NDArray[np.bool_], placed: int, confidence: float
) -> AgainstLottery:
    people = int(members.sum())
    drawn = np.sort(lottery.draws[:, members].sum(axis=1))
    tail = (1.0 - confidence) / 2.0
    # The narrowest whole numbers that leave no more than the tail on either side.
    outside = math.floor(tail * len(drawn) + 1e-9)
    low, high = int(drawn[outside]), int(drawn[len(drawn) - 1 - outside])
    verdict: Against = "within"
    if not lottery.is_settled_for(members):
        verdict = "unsettled"
    elif placed < low:
        verdict = "below"
    elif placed > high:
        verdict = "above"
    return AgainstLottery(
        rate=float(lottery.chance[members].mean()),
        low=low / people,
        high=high / people,
        as_few=float(np.mean(drawn <= placed)),
        verdict=verdict,
    )


def _difference(
    rows: list[GroupRate], confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Return the limits of the parity difference, and itself."""
    if len(rows) < 2:
        return None, None, None
    most = max(rows, key=lambda row: row.rate)
    fewest = min(rows, key=lambda row: row.rate)
    difference = most.rate - fewest.rate
    low = difference - math.hypot(most.rate - most.low, fewest.high - fewest.rate)
    high = difference + math.hypot(most.high - most.rate, fewest.rate - fewest.low)
    return max(-1.0, low), min(1.0, high), difference
