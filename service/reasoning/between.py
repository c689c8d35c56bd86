"""
Answers between two plans: what a place given away now would take from others, where else somebody
could go, and how groups fare. Pure, like `answers.py`.
"""

from typing import Any, Final

import numpy as np

from matching.asking.parity import GroupRate, measure_parity
from matching.asking.regret import find_fallbacks, find_regrets
from matching.solvers.lottery import lottery
from service.reasoning import shapes
from service.reasoning.answers import Reasoning
from service.schemas import GroupGiven

DRAWS: Final = 1000
"""Plans drawn by lot at most, a few seconds at the size of the sample."""

LEAST_DRAWS: Final = 100
"""Plans drawn by lot at least: one in twenty is still told from one in ten."""

PAIRS_IN_TIME: Final = 5_000_000
"""Pairs of all draws together that are drawn within the time of a request, with room to spare."""

NO_GROUP: Final = ""
"""Stands for people who are in none of the groups; no group has this name."""


def regret(reasoning: Reasoning, candidate: str, slot: str | None = None) -> shapes.RegretRead:
    """Say what each place would take from others, were it given to somebody now."""
    one, words = reasoning.solved, reasoning.words
    found = find_regrets(
        one.problem,
        one.plan,
        reasoning.person(candidate),
        slots=None if slot is None else [reasoning.slot(slot)],
        seed=reasoning.seed,
        time_limit=reasoning.deadline.seconds_left,
    )
    items, others = [], []
    for each in found:
        items.append(
            shapes.RegretOf(
                slot=each.slot,
                is_possible=each.is_possible,
                is_settled=each.is_settled,
                placed=each.placed,
                points=each.points,
                seat_is_claimed=each.seat_is_claimed,
                claimant_points=each.claimant_points,
                text=words.regret(each.to_json(with_people=False), reasoning.names),
            )
        )
        if each.claimant is not None:
            who = each.claimant
            others.append(
                shapes.ClaimedBy(
                    slot=each.slot,
                    candidate=who.candidate,
                    becomes=who.becomes,
                    points=who.points,
                )
            )
    return shapes.RegretRead(
        note=reasoning.note,
        is_settled=all(item.is_settled for item in items),
        candidate=candidate,
        items=items,
        others=others,
    )


def fallbacks(reasoning: Reasoning) -> shapes.FallbacksRead:
    """Give each place of the plan the next best that breaks no other."""
    one, words = reasoning.solved, reasoning.words
    items = [
        shapes.FallbackOf(**vars(each), text=words.fallback(each.to_json(), reasoning.names))
        for each in find_fallbacks(one.problem, one.plan)
    ]
    without = sum(item.fallback is None for item in items)
    return shapes.FallbacksRead(
        note=reasoning.note, text=words.fallbacks(len(items) - without, without), items=items
    )


def parity(reasoning: Reasoning) -> shapes.ParityRead:
    """
    Report rates of the groups that were told with the run, against plans drawn by lot.

    Nothing but who is in a group is read, and that from the run's frozen input alone.
    """
    one, words = reasoning.solved, reasoning.words
    groups, rates = one.given.groups, []
    drawn, draws = None, 0
    if groups and one.plan.placed:
        draws = draws_of(*one.problem.shape)
        drawn = lottery(one.problem, one.plan, draws=draws, seed=reasoning.seed)
    found = measure_parity(one.plan, _labels(reasoning.people, groups), lottery=drawn)
    if groups:
        rates = [_rate(reasoning, each) for each in found.groups]
    return shapes.ParityRead(
        note=reasoning.note,
        text=words.parity(found.hidden, found.least_shown, has_groups=bool(groups)),
        groups=rates,
        draws=draws,
        hidden=found.hidden if groups else 0,
        least_shown=found.least_shown,
        confidence=found.confidence,
        difference=found.difference,
        low=found.low,
        high=found.high,
    )


def draws_of(n_candidates: int, n_slots: int) -> int:
    """Return how many plans are drawn: fewer of a large run, always as many of the same."""
    in_time = PAIRS_IN_TIME // max(1, n_candidates * n_slots)
    return min(DRAWS, max(LEAST_DRAWS, in_time))


def _labels(people: tuple[str, ...], groups: list[GroupGiven]) -> list[str]:
    """Return one label a person; who is in several groups is in one of their own."""
    names: list[list[str]] = [[] for _ in people]
    place = {code: i for i, code in enumerate(people)}
    for group in sorted(groups, key=lambda group: group.name):
        for i in np.unique([place[code] for code in group.candidates if code in place]).tolist():
            names[int(i)].append(group.name)
    return [" + ".join(mine) if mine else NO_GROUP for mine in names]


def _rate(reasoning: Reasoning, one: GroupRate) -> shapes.GroupRateRead:
    words = reasoning.words
    told: dict[str, Any] = one.to_json()
    if one.group == NO_GROUP:
        told["group"] = words.others_than_groups()
    against = one.lottery
    text = [words.rate(told)]
    if against is not None:
        text.append(words.against_lottery(against.verdict))
    return shapes.GroupRateRead(
        group=told["group"],
        people=one.people,
        placed=one.placed,
        rate=one.rate,
        low=one.low,
        high=one.high,
        lottery=None if against is None else shapes.LotteryRead(**vars(against)),
        text=text,
    )
