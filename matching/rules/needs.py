"""Whether a work place has what somebody cannot do without: conditions and support."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Floats
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import MUST, MUST_NOT, UNKNOWN, Candidates, Levels, Slots
from matching.facts.profiles import NO as SAYS_NO
from matching.facts.profiles import YES as SAYS_YES
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, everywhere, first_of


def condition_verdict(need: int, offer: int) -> int:
    """Return what one need says of one offer; a blank in the offer is a question, not a refusal."""
    if need not in (MUST, MUST_NOT):
        return YES
    if offer == UNKNOWN:
        return ASK
    return YES if offer == (SAYS_YES if need == MUST else SAYS_NO) else NO


def condition_verdicts(need: int, offers: Levels) -> Verdicts:
    """Return the same of many offers."""
    # Unknown is -1, the last.
    says = np.array([condition_verdict(need, offer) for offer in (SAYS_NO, SAYS_YES, UNKNOWN)])
    return says.astype(np.int8)[offers]


def _conditions(pairing: Pairing) -> Verdicts:
    needs, offers = pairing.candidates.conditions, pairing.slots.conditions
    verdicts = everywhere(pairing, YES)
    for need in (MUST, MUST_NOT):
        has, says = needs == need, condition_verdicts(need, offers)
        for condition in np.flatnonzero(has.any(axis=0)):
            people = has[:, condition]
            verdicts[people] = np.minimum(verdicts[people], says[:, condition])
    verdicts[~pairing.candidates.conditions_known] = ASK
    return verdicts


def _conditions_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    if not pairing.candidates.conditions_known[i]:
        return [Finding("conditions", ASK, {"item": "needs"}, ask="candidate")]
    found = []
    for condition, code in enumerate(pairing.slots.vocabulary.conditions):
        need = int(pairing.candidates.conditions[i, condition])
        offer = int(pairing.slots.conditions[j, condition])
        if need in (MUST, MUST_NOT):
            verdict = condition_verdict(need, offer)
            facts = {
                "item": "condition",
                "condition": code,
                "need": "must" if need == MUST else "must_not",
                "offer": {SAYS_YES: "yes", SAYS_NO: "no", UNKNOWN: "unknown"}[offer],
            }
            found.append(
                Finding("conditions", verdict, facts, ask="slot" if verdict == ASK else None)
            )
    return found or [Finding("conditions", YES)]


def support_verdicts(needed: Floats | float, offered: Floats | float) -> Verdicts:
    """Return what hours needed say of hours offered, either of them possibly unknown (nan)."""
    needed, offered = np.asarray(needed), np.asarray(offered)
    enough = (offered >= needed) | (needed == 0)
    short = (offered < needed) | (offered == 0)
    return first_of((enough, YES), (short, NO), otherwise=ASK)


def _support(pairing: Pairing) -> Verdicts:
    people = pairing.candidates
    verdicts = everywhere(pairing, YES)
    for kind in np.flatnonzero(people.support_essential.any(axis=0)):
        who = np.flatnonzero(people.support_essential[:, kind])
        needed = people.support_hours[who, kind, None]
        offered = pairing.slots.support_hours[:, kind]
        verdicts[who] = np.minimum(verdicts[who], support_verdicts(needed, offered))
    verdicts[~people.support_known] = ASK
    return verdicts


def _support_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    people = pairing.candidates
    if not people.support_known[i]:
        return [Finding("support", ASK, {"item": "needs"}, ask="candidate")]
    found = []
    for kind in np.flatnonzero(people.support_essential[i]):
        needed = float(people.support_hours[i, kind])
        offered = float(pairing.slots.support_hours[j, kind])
        verdict = int(support_verdicts(needed, offered))
        facts = {
            "item": "hours",
            "support": pairing.slots.vocabulary.support[int(kind)],
            "needed": None if np.isnan(needed) else needed,
            "offered": None if np.isnan(offered) else offered,
        }
        whom = None if verdict != ASK else "slot" if np.isnan(offered) else "candidate"
        found.append(Finding("support", verdict, facts, ask=whom))
    return found or [Finding("support", YES)]


CONDITIONS = HardRule(
    "conditions",
    _conditions,
    _conditions_findings,
    ((_conditions, Reads(("conditions", "conditions_known"), ("conditions",))),),
)


def _hours_needed(people: Candidates, _: Slots) -> list[NDArray[Any]]:
    essential = people.support_essential
    return [np.where(essential, people.support_hours, 0.0), essential, people.support_known]


SUPPORT = HardRule(
    "support",
    _support,
    _support_findings,
    (
        (
            _support,
            Reads(
                ("support_hours", "support_essential", "support_known"),
                ("support_hours",),
                _hours_needed,
            ),
        ),
    ),
)
