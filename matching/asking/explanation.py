"""
Why this slot, why not that one, what would make it work: as data. Catalogues turn it into words.

Nothing here names other people: a reason is about a person, a slot, and rules that people chose.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from matching.criteria import SOFT_CRITERIA
from matching.facts.profiles import UNKNOWN
from matching.plan import Plan
from matching.policy import CRITERIA
from matching.rules import ASK, NO, YES, Finding
from matching.scoring import FULL, ScoreLayers

VERDICT_WORDS = {NO: "no", ASK: "ask", YES: "yes"}


@dataclass(frozen=True)
class Contribution:
    """
    What one criterion adds to a pair's points.

    Parameters
    ----------
    criterion : str
    points, most : int
        Whole points, and what they would be for a full fit.
    value : float or None
        The layer, in [0, 1]; ``None`` when nothing is known, which counted as neutral.
    known : float
        Share that rests on known facts.
    facts : list of dict
        What it rests on.
    """

    criterion: str
    points: int
    most: int
    value: float | None
    known: float
    facts: list[dict[str, Any]]


@dataclass(frozen=True)
class PairReasons:
    """
    All there is to say of one candidate and one slot.

    Parameters
    ----------
    candidate, slot : str
        Codes.
    verdict : {"yes", "ask", "no"}
        Possible, possible after an answer, refused.
    refusals, questions : list of dict
        Findings: rule, facts, whom to ask, who may waive.
    contributions : list of Contribution
        In reading order; they add up to ``points``.
    points : int
        0 to 10,000.
    of_own_best : int
        The same relative to this person's best possible slot, 10,000 for that slot itself.
    completeness : float
        Share of the points that rests on known facts.
    """

    candidate: str
    slot: str
    verdict: str
    refusals: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    contributions: list[Contribution]
    points: int
    of_own_best: int
    completeness: float

    def to_json(self) -> dict[str, Any]:
        """Return the reasons as plain data."""
        return asdict(self)


def explain(layers: ScoreLayers, i: int, j: int) -> PairReasons:
    """
    Say all there is to say of one pair.

    Parameters
    ----------
    layers : ScoreLayers
    i, j : int
        Rows of the candidate and the slot.

    Returns
    -------
    PairReasons
    """
    pairing, eligibility = layers.pairing, layers.eligibility
    return PairReasons(
        candidate=pairing.candidates.codes[i],
        slot=pairing.slots.codes[j],
        verdict=VERDICT_WORDS[int(eligibility.overall[i, j])],
        refusals=[_finding(layers, item) for item in eligibility.refusals(i, j)],
        questions=[_finding(layers, item) for item in eligibility.questions(i, j)],
        contributions=[_contribution(layers, name, i, j) for name in CRITERIA],
        points=int(layers.points[i, j]),
        of_own_best=int(layers.relative[i, j]),
        completeness=round(float(layers.completeness[i, j]), 4),
    )


def explain_place(layers: ScoreLayers, plan: Plan, i: int) -> dict[str, Any]:
    """
    Say why a plan gives somebody this place, and what lies next to it; or why there is none yet.

    Parameters
    ----------
    layers : ScoreLayers
    plan : Plan
    i : int
        Row of the candidate.

    Returns
    -------
    dict
        With ``place`` (the pair's reasons), ``next_best`` (the best other possible slot and what
        separates the two, criterion by criterion) and ``fuller`` (possible slots with more points,
        whose seats are all taken); or with ``no_place``: the possible slots, all full, the near
        misses with their one refusing rule, and how many slots each rule refuses.
    """
    j = int(plan.slots[i])
    if j == UNKNOWN:
        return {
            "candidate": layers.pairing.candidates.codes[i],
            "no_place": explain_no_place(layers, i, plan),
        }
    return {
        "candidate": layers.pairing.candidates.codes[i],
        "place": explain(layers, i, j).to_json(),
        "next_best": _next_best(layers, i, j),
        "fuller": _better_but_full(layers, plan, i, j),
    }


def best_slots(layers: ScoreLayers, i: int, limit: int) -> list[int]:
    """
    Return the possible slots that fit somebody best, best first; equals by code.

    Parameters
    ----------
    layers : ScoreLayers
    i : int
    limit : int

    Returns
    -------
    list of int
        Rows of slots.
    """
    possible = np.flatnonzero(layers.eligibility.possible[i]).tolist()
    codes = layers.pairing.slots.codes
    return sorted(possible, key=lambda j: (-int(layers.points[i, j]), codes[j]))[:limit]


def who_might_fit(layers: ScoreLayers, j: int, limit: int) -> list[int]:
    """
    Return the people for whom a slot is possible, those first for whom it is their own best.

    People are not ranked by points: the order is how near this slot comes to the best that each of
    them can get, then how long they have waited (unknown counts as the middle), then code. So the
    list does not begin with those who are easy to place.

    Parameters
    ----------
    layers : ScoreLayers
    j : int
    limit : int

    Returns
    -------
    list of int
        Rows of candidates.
    """
    people = layers.pairing.candidates
    possible = np.flatnonzero(layers.eligibility.possible[:, j]).tolist()
    known = people.waiting_since[~np.isnan(people.waiting_since)]
    middle = np.median(known) if len(known) else 0.0
    waiting = np.where(np.isnan(people.waiting_since), middle, people.waiting_since)
    return sorted(
        possible, key=lambda i: (-int(layers.relative[i, j]), float(waiting[i]), people.codes[i])
    )[:limit]


def questions_of_plan(layers: ScoreLayers, plan: Plan) -> list[dict[str, Any]]:
    """Return what has to be asked before the places of a plan can be settled, pair by pair."""
    asked = []
    for i in np.flatnonzero(plan.slots >= 0).tolist():
        j = int(plan.slots[i])
        for finding in layers.eligibility.questions(i, j):
            asked.append(
                {
                    "candidate": layers.pairing.candidates.codes[i],
                    "slot": layers.pairing.slots.codes[j],
                    **_finding(layers, finding),
                }
            )
    return asked


def _finding(layers: ScoreLayers, finding: Finding) -> dict[str, Any]:
    rule = layers.pairing.policy.rules[finding.rule]
    return {
        "rule": finding.rule,
        "verdict": VERDICT_WORDS[finding.verdict],
        "facts": finding.facts,
        "ask": finding.ask,
        "waived_by": list(rule.waived_by),
    }


def _contribution(layers: ScoreLayers, name: str, i: int, j: int) -> Contribution:
    layer = layers.layers[name]
    value = float(layer.value[i, j])
    return Contribution(
        criterion=name,
        points=int(layers.contributions[name][i, j]),
        most=round(FULL * layers.pairing.policy.share(name)),
        value=None if np.isnan(value) else round(value, 4),
        known=round(float(layer.known[i, j]), 4),
        facts=SOFT_CRITERIA[name].facts(layers.pairing, i, j),
    )


def _next_best(layers: ScoreLayers, i: int, j: int) -> dict[str, Any] | None:
    others = [other for other in best_slots(layers, i, 2) if other != j]
    if not others:
        return None
    other = others[0]
    return {
        "slot": layers.pairing.slots.codes[other],
        "points": int(layers.points[i, other]),
        "separates": _differences(layers, i, j, other),
    }


def _differences(layers: ScoreLayers, i: int, j: int, other: int) -> list[dict[str, Any]]:
    """Return, largest first, how much each criterion speaks for `j` (more) or the other."""
    differences = [
        {"criterion": name, "points": int(layers.contributions[name][i, j] - part[i, other])}
        for name, part in layers.contributions.items()
    ]
    return sorted(
        (item for item in differences if item["points"]), key=lambda item: -abs(int(item["points"]))
    )


def _better_but_full(layers: ScoreLayers, plan: Plan, i: int, j: int) -> list[dict[str, Any]]:
    codes = layers.pairing.slots.codes
    better = [
        k for k in best_slots(layers, i, len(codes)) if layers.points[i, k] > layers.points[i, j]
    ]
    return [
        {"slot": codes[k], "points": int(layers.points[i, k]), "is_full": _is_full(layers, plan, k)}
        for k in better
    ]


def _is_full(layers: ScoreLayers, plan: Plan, j: int) -> bool:
    return int((plan.slots == j).sum()) >= int(layers.pairing.slots.seats[j])


def explain_no_place(layers: ScoreLayers, i: int, plan: Plan | None = None) -> dict[str, Any]:
    """
    Say what stands between somebody and each slot.

    Near misses are told in the order of what it takes to change them: a journey that is a little
    too long, what people can agree on, what takes time to learn, a long journey, whom a pilot is
    for, and last what is settled. Within each of these: fewest refusals, most points, code.

    Parameters
    ----------
    layers : ScoreLayers
    i : int
        Row of the candidate.
    plan : Plan, optional
        Tells which possible slots are full; without one none is.

    Returns
    -------
    dict
        ``possible`` slots, ``near_misses`` (ten at most) with their one refusing rule, how many
        slots each rule has ``refused``, and ``n_slots``.
    """
    slots, eligibility = layers.pairing.slots, layers.eligibility
    possible = best_slots(layers, i, len(slots))
    refused: Counter[str] = Counter()
    missed = []
    for j in np.flatnonzero(~eligibility.possible[i]).tolist():
        rules = eligibility.refused_by(i, j)
        refused.update(rules)
        if len(rules) == 1:
            missed.append((j, eligibility.refusals(i, j)))
    missed.sort(
        key=lambda miss: (*_effort(miss[1]), -int(layers.points[i, miss[0]]), slots.codes[miss[0]])
    )
    near_misses = [
        {
            "slot": slots.codes[j],
            "points": int(layers.points[i, j]),
            "refusals": [_finding(layers, item) for item in refusals],
        }
        for j, refusals in missed[:MOST_NEAR_MISSES]
    ]
    return {
        "possible": [
            {"slot": slots.codes[j], "is_full": plan is not None and _is_full(layers, plan, j)}
            for j in possible
        ],
        "near_misses": near_misses,
        "refused": dict(sorted(refused.items())),
        "n_slots": len(slots),
    }


MOST_NEAR_MISSES: Final = 10
"""Nobody talks about more of them at once."""

AGREED: Final = ("form", "dates", "hours", "conditions", "support")
"""Rules about what people can agree on otherwise, in a talk."""

LEARNED: Final = ("education", "languages", "skills", "licence")
"""Rules about what takes time to learn."""

SETTLED: Final = ("seat", "veto", "declined")
"""Rules about what is settled: no seat, or a person's no, which nobody is to talk away."""

NEAR_MINUTES: Final = 15
"""
A journey that is this much too long may still be possible: by another train or bicycle, and because
minutes are estimated.
"""


def _effort(refusals: list[Finding]) -> tuple[int, int]:
    """Return what it would take to change what refuses a pair, least first."""
    rule = refusals[0].rule
    if rule == "travel":
        too_long = max(item.facts["minutes"] - item.facts["at_most"] for item in refusals)
        return (0 if too_long <= NEAR_MINUTES else 3), 1
    if rule in AGREED:
        return 1, len(refusals)
    if rule in LEARNED:
        return 2, len(refusals)
    return (5 if rule in SETTLED else 4), len(refusals)
