"""
What answers a refusal: the changes of least effort after which no rule refuses a pair.

Each finding of a rule has none, one or a few answers that people could give. Every combination is
held against all rules again, the least effort first, so that nothing rests on a guess about a rule.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import product
from math import ceil
from typing import Any, Final

import numpy as np

from matching.asking.changes import Change, Plain, apply_changes, merged
from matching.efforts import Efforts
from matching.eligibility import judge
from matching.facts.pairing import Pairing
from matching.facts.profiles import CEFR, WEEKDAYS
from matching.rules import Finding

Options = list[tuple[Change, ...]]
"""Sets of changes, any one of which answers a finding."""


def changes_for_pair(pairing: Pairing, i: int, j: int) -> tuple[Change, ...] | None:
    """
    Return the changes of least effort after which no rule refuses a pair.

    Parameters
    ----------
    pairing : Pairing
    i, j : int
        Rows of the candidate and the slot.

    Returns
    -------
    tuple of Change or None
        Empty when nothing refuses the pair; ``None`` where no change that people can make helps.
        Without any one of them the pair is refused.
    """
    one = Pairing(pairing.candidates.take([i]), pairing.slots.take([j]), pairing.policy)
    if is_possible_with(one, ()):
        return ()
    options = [_options(one, finding) for finding in judge(one).refusals(0, 0)]
    if not all(options):
        return None
    sets = {merged(change for part in choice for change in part) for choice in product(*options)}
    for changes in sorted(sets, key=_least_first):
        if is_possible_with(one, changes):
            return changes
    return None


def is_possible_with(pairing: Pairing, changes: Sequence[Change]) -> bool:
    """Whether no rule refuses the one pair of a pairing once something has been changed."""
    changed = Pairing(*apply_changes(changes, pairing.candidates, pairing.slots), pairing.policy)
    return bool(judge(changed).possible[0, 0])


def _least_first(changes: tuple[Change, ...]) -> tuple[Any, ...]:
    return sum(one.effort for one in changes), len(changes), [one.about for one in changes]


# What answers a finding


def _options(pairing: Pairing, finding: Finding) -> Options:
    answer = ANSWERS.get(finding.rule)
    if answer is None:
        return []
    return answer(pairing, pairing.policy.efforts, finding.facts)


def _slot_change(
    pairing: Pairing,
    kind: str,
    effort: int | None,
    was: Plain,
    becomes: Plain,
    *,
    amount: float = 1,
    item: str | None = None,
) -> Options:
    """Return the one option of changing one fact of the slot; none where it is never proposed."""
    if effort is None:
        return []
    steps, code = ceil(amount), pairing.slots.codes[0]
    return [(Change(kind, "slot", code, item, None, was, becomes, steps, steps * effort),)]


def _learned(
    pairing: Pairing,
    kind: str,
    effort: int | None,
    item: str,
    was: Plain,
    becomes: Plain,
    *,
    amount: int = 1,
    part: str | None = None,
) -> Options:
    if effort is None:
        return []
    slots, code = pairing.slots, pairing.candidates.codes[0]
    ends = slots.last_entry_on[0], slots.starts_on[0]
    by = next((_iso(day) for day in ends if not np.isnan(day)), None)
    steps = amount * effort
    return [(Change(kind, "candidate", code, item, part, was, becomes, amount, steps, by),)]


def _iso(ordinal: float) -> str:
    return date.fromordinal(int(ordinal)).isoformat()


def _seat(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    if not facts["open"]:  # whoever closed it had a reason
        return []
    return _slot_change(pairing, "seat", efforts.seat, facts["seats"], facts["seats"] + 1)


def _admission(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    was = tuple(facts["admits"])
    more = tuple(sorted({*was, facts["referrer"]}))
    return _slot_change(pairing, "admission", efforts.admission, was, more)


def _dates(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    available, last = float(pairing.candidates.available_on[0]), pairing.slots.last_entry_on[0]
    weeks = ceil((available - last) / 7)
    later = _iso(last + 7 * weeks)
    was = facts["last_entry_on"]
    return _slot_change(pairing, "start_week", efforts.start_week, was, later, amount=weeks)


def _hours(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    asked = facts.get("asked_from")
    if facts["item"] == "weekly_hours":
        if facts["possible"] is not None and asked is not None and facts["possible"] < asked:
            return _fewer_hours(pairing, efforts, facts["possible"])
        was, wanted = facts["asked_to"], facts["wanted"]
        return _slot_change(
            pairing,
            "weekly_hour",
            efforts.weekly_hour,
            was,
            wanted,
            amount=wanted - was,
            item="hours_to",
        )
    if facts["item"] == "build_up":
        start = facts["starts_with"]
        was = facts["possible_from"]
        allowed = _slot_change(pairing, "build_up", efforts.build_up, was, start)
        return allowed + _fewer_hours(pairing, efforts, start)
    if facts["item"] == "start":
        was, becomes = facts["starts_at"], facts["earliest"]
        return _slot_change(pairing, "start_time", efforts.start_time, was, becomes)
    return _days(pairing, efforts, facts)


def _fewer_hours(pairing: Pairing, efforts: Efforts, hours: float) -> Options:
    if hours <= 0:  # a slot without hours is none
        return []
    was = float(pairing.slots.hours_from[0])
    return _slot_change(
        pairing,
        "weekly_hour",
        efforts.weekly_hour,
        was,
        hours,
        amount=was - hours,
        item="hours_from",
    )


def _days(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    own, there = set(facts["available"]), set(facts["asked"])
    longest = facts["longest_day"] or LONGEST_DAY
    both = tuple(day for day in WEEKDAYS if day in own | there)
    was = tuple(facts["asked"])
    open_days = _slot_change(pairing, "days", efforts.days, was, both)
    shorter = _shorter(pairing, efforts, len(own & there) * longest)
    options = open_days + shorter
    for days in open_days:
        options += [days + hours for hours in _shorter(pairing, efforts, len(own) * longest)]
    return options


def _shorter(pairing: Pairing, efforts: Efforts, most: float) -> Options:
    """Return the option of asking no more hours than days hold, where it is fewer."""
    is_fewer = most < float(pairing.slots.hours_from[0])
    return _fewer_hours(pairing, efforts, most) if is_fewer else []


LONGEST_DAY: Final = 12.0
"""Hours, as the rule about hours counts it."""


def _languages(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    held, asked = CEFR.index(facts["held"]), CEFR.index(facts["asked"])
    trained = facts["trained_to"] is not None and CEFR.index(facts["trained_to"]) >= asked
    needed = asked - (facts["reach"] if trained else 0)
    return _learned(
        pairing,
        "language_level",
        efforts.language_level,
        facts["language"],
        facts["held"],
        CEFR[needed],
        amount=needed - held,
        part=facts["skill"],
    )


def _skills(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    held, asked = facts["held"], facts["asked"]
    effort, item = efforts.skill_level, facts["skill"]
    return _learned(pairing, "skill_level", effort, item, held, asked, amount=asked - held)


def _licence(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    return _learned(pairing, "licence", efforts.licence, facts["licence"], "no", "yes")


def _conditions(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    becomes = "yes" if facts["need"] == "must" else "no"
    item, was = facts["condition"], facts["offer"]
    return _slot_change(pairing, "condition", efforts.condition, was, becomes, item=item)


def _support(pairing: Pairing, efforts: Efforts, facts: dict[str, Any]) -> Options:
    # Needed but nobody knows how many hours: one is enough for it to become a question.
    offered, needed = facts["offered"], facts["needed"] or 1.0
    return _slot_change(
        pairing,
        "support_hour",
        efforts.support_hour,
        offered,
        needed,
        amount=needed - offered,
        item=facts["support"],
    )


ANSWERS: Final[dict[str, Callable[[Pairing, Efforts, dict[str, Any]], Options]]] = {
    "seat": _seat,
    "admission": _admission,
    "dates": _dates,
    "hours": _hours,
    "languages": _languages,
    "skills": _skills,
    "licence": _licence,
    "conditions": _conditions,
    "support": _support,
}
"""
What answers a refusal. The other rules have no answer that people could make: a no of the person
(veto, declined, form), the journey, and a diploma.
"""
