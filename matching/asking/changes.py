"""
Changes that people can make to a profile.

A slot can have a seat more, begin later, ask fewer hours, arrange a condition, give more support; a
person can learn a language, a skill, or get a licence. That is all. What people need, can bear,
have chosen or are is never changed here, and neither is how far they live; and a pair that rests on
those stays refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from matching.facts.profiles import (
    CEFR,
    LANGUAGE_SKILLS,
    LICENCES,
    NO,
    WEEKDAYS,
    YES,
    Candidates,
    Slots,
    mask,
)

Profile = TypeVar("Profile", Candidates, Slots)

Plain = str | float | tuple[str, ...] | None


@dataclass(frozen=True)
class Change:
    """
    One fact that people could make otherwise.

    Parameters
    ----------
    kind : str
        The effort of a policy that it takes: ``"condition"``, ``"language_level"``, ...
    side : {"candidate", "slot"}
        Whose profile it is about.
    code : str
        Whose.
    item, part : str or None
        What of it: the condition, the kind of support, the language and which of its four skills.
    was, becomes : str, float, tuple of str or None
        The fact, before and after, in the words of the profile; ``None`` is unknown or nothing.
    amount : int
        How many steps.
    effort : int
        What they take together, by the policy.
    by : str or None
        The day on which it has to be so, where somebody learns it: the last day of entry, or the
        first day.
    """

    kind: str
    side: str
    code: str
    item: str | None
    part: str | None
    was: Plain
    becomes: Plain
    amount: int
    effort: int
    by: str | None = None

    @property
    def about(self) -> tuple[str, ...]:
        """What it changes, which is also its place in a list."""
        return self.side, self.code, self.kind, self.item or "", self.part or ""

    def to_json(self) -> dict[str, Any]:
        """Return the change as plain data."""
        plain = {"was": self.was, "becomes": self.becomes}
        return {
            "kind": self.kind,
            "side": self.side,
            "code": self.code,
            "item": self.item,
            "part": self.part,
            **{k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()},
            "amount": self.amount,
            "effort": self.effort,
            "by": self.by,
        }


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes in reading order; of two that change the same thing, the farther one."""
    kept: dict[tuple[str, ...], Change] = {}
    for change in changes:
        other = kept.get(change.about)
        if other is None or change.amount > other.amount:
            kept[change.about] = change
    return tuple(kept[about] for about in sorted(kept))


def apply_changes(
    changes: Iterable[Change], candidates: Candidates, slots: Slots
) -> tuple[Candidates, Slots]:
    """
    Return the profiles with changes made.

    Parameters
    ----------
    changes : iterable of Change
        About candidates and slots that are there.
    candidates : Candidates
    slots : Slots

    Returns
    -------
    Candidates, Slots
    """
    for change in changes:
        if change.side == "candidate":
            candidates = _learn(candidates, change)
        else:
            slots = _arrange(slots, change)
    return candidates, slots


def _learn(people: Candidates, change: Change) -> Candidates:
    i, words = people.codes.index(change.code), people.vocabulary
    if change.kind == "language_level":
        at = i, words.languages.index(str(change.item)), LANGUAGE_SKILLS.index(str(change.part))
        return _with(people, "languages", at, CEFR.index(str(change.becomes)))
    if change.kind == "skill_level":
        at_skill = i, words.taxonomy.index[str(change.item)]
        return _with(people, "skills", at_skill, change.becomes)
    held = int(people.licences[i]) | 1 << LICENCES.index(str(change.item))
    return _with(people, "licences", i, held)


def _arrange(slots: Slots, change: Change) -> Slots:
    j, words, becomes = slots.codes.index(change.code), slots.vocabulary, change.becomes
    if change.kind == "admission":
        admits = list(slots.admits)
        admits[j] = frozenset(becomes if isinstance(becomes, tuple) else ())
        return replace(slots, admits=tuple(admits))
    if change.kind == "condition":
        at = j, words.conditions.index(str(change.item))
        return _with(slots, "conditions", at, YES if becomes == "yes" else NO)
    if change.kind == "support_hour":
        return _with(slots, "support_hours", (j, words.support.index(str(change.item))), becomes)
    if change.kind == "days":
        days = mask(becomes if isinstance(becomes, tuple) else (), WEEKDAYS)
        return _with(_with(slots, "days", j, days), "days_fixed", j, NO)
    if change.kind == "build_up":
        return _with(_with(slots, "build_up", j, YES), "build_up_hours", j, becomes)
    if change.kind == "start_week":
        return _with(slots, "last_entry_on", j, date.fromisoformat(str(becomes)).toordinal())
    if change.kind == "start_time":
        hours, minutes = map(int, str(becomes).split(":"))
        return _with(slots, "starts_at", j, 60 * hours + minutes)
    return _with(slots, "seats" if change.kind == "seat" else str(change.item), j, becomes)


def _with(profile: Profile, name: str, at: Any, value: Any) -> Profile:
    column = getattr(profile, name).copy()
    column[at] = value
    part: dict[str, Any] = {name: column}
    return replace(profile, **part)
