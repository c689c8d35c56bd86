"""Whether a pair may meet at all: seats, admission, vetoes, earlier answers, forms of placement."""

import numpy as np

from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import FORMS, TARGETS, UNKNOWN, Pairs, Slots, unmask
from matching.facts.targets import targets
from matching.rules.finding import (
    ASK,
    NO,
    YES,
    Finding,
    HardRule,
    Verdicts,
    everywhere,
    yes_or_no,
)


def _seat(pairing: Pairing) -> Verdicts:
    slots = pairing.slots
    has_seat = slots.is_open & (slots.seats > 0)
    return np.broadcast_to(yes_or_no(has_seat), pairing.shape).copy()


def _seat_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    seats, is_open = int(pairing.slots.seats[j]), bool(pairing.slots.is_open[j])
    facts = {"seats": seats, "open": is_open}
    return [Finding("seat", YES if is_open and seats > 0 else NO, facts)]


def _admission(pairing: Pairing) -> Verdicts:
    verdicts = everywhere(pairing, YES)
    referrers = pairing.candidates.referrer
    unknown = np.array([who is None for who in referrers], dtype=np.bool_)
    for j, admitted in enumerate(pairing.slots.admits):
        if admitted is not None:
            named = yes_or_no(np.array([who in admitted for who in referrers], dtype=np.bool_))
            verdicts[:, j] = np.where(unknown, np.int8(ASK), named)
    return verdicts


def _admission_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    admitted, who = pairing.slots.admits[j], pairing.candidates.referrer[i]
    facts = {
        "referrer": who,
        "admits": None if admitted is None else sorted(admitted),
        "pilot": pairing.slots.pilots[j],
    }
    if admitted is not None and who is None:
        return [Finding("admission", ASK, facts, ask="candidate")]
    return [Finding("admission", YES if admitted is None or who in admitted else NO, facts)]


def _veto(pairing: Pairing) -> Verdicts:
    verdicts = everywhere(pairing, YES)
    vetoes = pairing.candidates.vetoes
    for row in range(len(vetoes)):
        i, kind, code = vetoes.owner[row], int(vetoes["target"][row]), str(vetoes["code"][row])
        for j, verdict in vetoed(pairing.slots, kind, code).items():
            verdicts[i, j] = min(verdicts[i, j], verdict)
    return verdicts


def vetoed(slots: Slots, kind: int, code: str) -> dict[int, int]:
    """Return the slots that a veto refuses, and those where it is to be asked who is there."""
    known = targets(slots)
    maybe = dict.fromkeys(known.perhaps_about(kind, code), ASK)
    return maybe | dict.fromkeys(known.about(kind, code), NO)


def _veto_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    vetoes: Pairs = pairing.candidates.vetoes
    found = []
    for row in vetoes.rows_of(i):
        kind, code = int(vetoes["target"][row]), str(vetoes["code"][row])
        verdict = vetoed(pairing.slots, kind, code).get(j)
        if verdict is not None:
            facts = {"about": TARGETS[kind], "code": code}
            found.append(Finding("veto", verdict, facts, ask="slot" if verdict == ASK else None))
    return found or [Finding("veto", YES)]


def _declined(pairing: Pairing) -> Verdicts:
    verdicts = everywhere(pairing, YES)
    declined = pairing.candidates.declined
    for row in range(len(declined)):
        hit = targets(pairing.slots).about(TARGETS.index("slot"), str(declined["code"][row]))
        verdicts[declined.owner[row], hit] = NO
    return verdicts


def _declined_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    declined: Pairs = pairing.candidates.declined
    codes = [str(declined["code"][row]) for row in declined.rows_of(i)]
    return [Finding("declined", NO if pairing.slots.codes[j] in codes else YES)]


def _form(pairing: Pairing) -> Verdicts:
    forms = pairing.candidates.forms
    fits = (forms[:, None] >> pairing.slots.form[None, :] & 1) == 1
    return np.where((forms == UNKNOWN)[:, None], np.int8(ASK), yes_or_no(fits))


def _form_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    accepted = unmask(int(pairing.candidates.forms[i]), FORMS)
    form = FORMS[int(pairing.slots.form[j])]
    facts = {"form": form, "accepted": accepted}
    if accepted is None:
        return [Finding("form", ASK, facts, ask="candidate")]
    return [Finding("form", YES if form in accepted else NO, facts)]


SEAT = HardRule("seat", _seat, _seat_findings, ((_seat, Reads((), ("seats", "is_open"))),))
ADMISSION = HardRule(
    "admission",
    _admission,
    _admission_findings,
    ((_admission, Reads(("referrer",), ("admits",))),),
)
VETO = HardRule("veto", _veto, _veto_findings)
DECLINED = HardRule("declined", _declined, _declined_findings)
FORM = HardRule("form", _form, _form_findings, ((_form, Reads(("forms",), ("form",))),))
