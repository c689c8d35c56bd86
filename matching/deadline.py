"""One deadline for all the solves behind one question, so that every question has an end."""

import time
from dataclasses import dataclass, field
from typing import Final

from matching.exceptions import ProblemError
from matching.plan import Plan, SolveStatus


class OutOfTime(Exception):
    """The time is over before a part of a question is settled; its answer then says so."""


def now() -> float:
    """Return the seconds of a clock that nobody sets."""
    return time.monotonic()


@dataclass(frozen=True)
class Deadline:
    """
    When a question has to have its answer.

    Parameters
    ----------
    time_limit : float, optional
        Wall seconds from the making of this object; endless, when left out.

    Raises
    ------
    ProblemError
        If the time limit is below 0.
    """

    time_limit: float | None = None
    started: float = field(default_factory=lambda: now())

    def __post_init__(self) -> None:
        if self.time_limit is not None and not self.time_limit >= 0.0:
            raise ProblemError(
                f"is {self.time_limit}; accepted are seconds from 0", field="time_limit"
            )

    @property
    def seconds_left(self) -> float | None:
        """Wall seconds that are left, as ``solve`` takes them; ``None`` when there is no end."""
        if self.time_limit is None:
            return None
        return max(0.0, self.started + self.time_limit - now())

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return self.seconds_left == 0.0

    def check(self) -> None:
        """Raise `OutOfTime` when no time is left: not every step of a question looks itself."""
        if self.is_over:
            raise OutOfTime

    def settled(self, plan: Plan) -> Plan:
        """Return a plan, or raise `OutOfTime` for one that the deadline cut short."""
        if plan.status is SolveStatus.INTERRUPTED and self.is_over:
            raise OutOfTime
        return plan


ENDLESS: Final = Deadline()
"""For who has all the time that it takes."""
