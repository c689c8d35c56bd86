"""Whether a work place has what somebody cannot do without: conditions and support."""

import numpy as np

from matching.pairing import Pairing
from matching.profiles import MUST, MUST_NOT, UNKNOWN
from matching.profiles import NO as SAYS_NO
from matching.profiles import YES as SAYS_YES
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, everywhere


def condition_verdict(need: int, offer: int) -> int:
    """Return what one need says of one offer; a blank in the offer is a question, not a refusal."""
    if need not in (MUST, MUST_NOT):
        return YES
    if offer == UNKNOWN:
        return ASK
    return YES if offer == (SAYS_YES if need == MUST else SAYS_NO) else NO


def _conditions(pairing: Pairing) -> Verdicts:
    needs, offers = pairing.candidates.conditions, pairing.slots.conditions
    verdicts = everywhere(pairing, YES)
    for condition in range(needs.shape[1]):
        for need in (MUST, MUST_NOT):
            people = np.flatnonzero(needs[:, condition] == need)
            if len(people):
                row = np.array(
                    [condition_verdict(need, int(o)) for o in offers[:, condition]], np.int8
                )
                verdicts[people] = np.minimum(verdicts[people], row[None, :])
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


def support_verdict(needed: float, offered: float) -> int:
    """Return what hours needed say of hours offered, either of them possibly unknown (nan)."""
    if offered >= needed or needed == 0:
        return YES
    if offered < needed or offered == 0:
        return NO
    return ASK


def _support(pairing: Pairing) -> Verdicts:
    people, offered = pairing.candidates, pairing.slots.support_hours
    verdicts = everywhere(pairing, YES)
    for i, kind in np.argwhere(people.support_essential):
        needed = float(people.support_hours[i, kind])
        row = np.array(
            [support_verdict(needed, float(hours)) for hours in offered[:, kind]], np.int8
        )
        verdicts[i] = np.minimum(verdicts[i], row)
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
        verdict = support_verdict(needed, offered)
        facts = {
            "item": "hours",
            "support": pairing.slots.vocabulary.support[int(kind)],
            "needed": None if np.isnan(needed) else needed,
            "offered": None if np.isnan(offered) else offered,
        }
        whom = None if verdict != ASK else "slot" if np.isnan(offered) else "candidate"
        found.append(Finding("support", verdict, facts, ask=whom))
    return found or [Finding("support", YES)]


CONDITIONS = HardRule("conditions", _conditions, _conditions_findings)
SUPPORT = HardRule("support", _support, _support_findings)
