"""Efforts: what a policy says it takes to change something, so that the least is named first."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from matching.exceptions import PolicyError

NEVER: Final = "never"
"""What a policy file says of a change that is not to be proposed."""

MOST: Final = 1000
"""Largest effort of one step."""


@dataclass(frozen=True)
class Efforts:
    """
    What each step of a change takes, in whole points of effort; ``None``: never to be proposed.

    Only their proportions matter. The standard values are round figures of our own: an hour a week
    is 1, a seat about a dozen of those. Nothing about a person stands here but what can be learned
    with help; needs, limits and choices of people are never changed.

    Parameters
    ----------
    seat : int or None
        One seat more in a slot.
    resource_unit : int or None
        One unit more of a resource: an hour of a coach, in most problems.
    quota_step : int or None
        The least of a quota one lower, or its most one higher.
    group, pin : int or None
        Letting go of a bond between people, or of a pin.
    admission : int or None
        A pilot lets in whom one more organisation put forward.
    start_week : int or None
        The last day of entry one week later.
    weekly_hour : int or None
        A slot asks one weekly hour fewer, or gives one more.
    days, start_time, build_up : int or None
        A slot lets its days be others, begins later in the day, lets hours be built up.
    condition : int or None
        A slot arranges one work condition.
    support_hour : int or None
        A slot gives one person one weekly hour of support more.
    language_level, skill_level : int or None
        A person learns one level: of CEFR in one of the four skills of a language, or of a skill.
    licence : int or None
        A person gets a licence.

    Raises
    ------
    PolicyError
        If an effort is not a whole number from 1 to 1000 or ``None``.
    """

    seat: int | None = 12
    resource_unit: int | None = 2
    quota_step: int | None = 4
    group: int | None = 10
    pin: int | None = 15
    admission: int | None = 10
    start_week: int | None = 2
    weekly_hour: int | None = 1
    days: int | None = 3
    start_time: int | None = 2
    build_up: int | None = 3
    condition: int | None = 5
    support_hour: int | None = 3
    language_level: int | None = 8
    skill_level: int | None = 8
    licence: int | None = 20

    def __post_init__(self) -> None:
        for name in EFFORTS:
            value = getattr(self, name)
            if value is not None and not _is_effort(value):
                raise PolicyError(
                    f'accepted are a whole number from 1 to {MOST} and "{NEVER}"',
                    field=f"effort.{name}",
                )

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> "Efforts":
        """
        Read the section ``[effort]`` of a policy file; it is complete, or left out as a whole.

        Raises
        ------
        PolicyError
            If a line is missing, unknown, or out of its range.
        """
        others = sorted(set(given) - set(EFFORTS))
        if others:
            raise PolicyError(
                f"does not know {', '.join(others)}; accepted are {', '.join(EFFORTS)}",
                field="effort",
            )
        missing = [name for name in EFFORTS if name not in given]
        if missing:
            raise PolicyError(f"needs also {', '.join(missing)}", field="effort")
        return cls(**{name: None if value == NEVER else value for name, value in given.items()})


EFFORTS: Final = tuple(part.name for part in fields(Efforts))
"""All efforts that a policy states, in reading order."""


def _is_effort(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST
