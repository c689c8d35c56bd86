"""Whether every phase with days on site can be reached within the candidate's longest journey."""

import numpy as np

from matching.pairing import Pairing
from matching.profiles import PHASES, UNKNOWN
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, everywhere


def _phase_verdicts(pairing: Pairing) -> Verdicts:
    """Return a verdict per candidate and phase, shape (n_candidates, n_phases)."""
    days = pairing.slots.phases["on_site_days"][None, :]
    most = pairing.candidates.max_travel_minutes[:, None]
    minutes = pairing.minutes
    near_enough = (days == 0) | (minutes <= most)
    too_far = (days > 0) & (minutes > most)
    return np.select([near_enough, too_far], [np.int8(YES), np.int8(NO)], default=np.int8(ASK))


def _travel(pairing: Pairing) -> Verdicts:
    phases = pairing.slots.phases
    verdicts = everywhere(pairing, YES)
    per_phase = _phase_verdicts(pairing)
    for row, slot in enumerate(phases.owner):
        verdicts[:, slot] = np.minimum(verdicts[:, slot], per_phase[:, row])
    without = np.setdiff1d(np.arange(len(pairing.slots)), phases.owner)
    verdicts[:, without] = ASK
    return verdicts


def _travel_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    rows = pairing.slots.phases.rows_of(j)
    if not len(rows):
        return [Finding("travel", ASK, {"item": "phases"}, ask="slot")]
    one = Pairing(pairing.candidates.take([i]), pairing.slots.take([j]), pairing.policy)
    phases, verdicts = one.slots.phases, _phase_verdicts(one)[0]
    places = one.slots.vocabulary.places
    found = []
    for row, verdict in enumerate(verdicts):
        place, minutes = int(phases["place"][row]), float(one.minutes[0, row])
        most, days = float(one.candidates.max_travel_minutes[0]), float(phases["on_site_days"][row])
        facts = {
            "item": "phase",
            "phase": PHASES[int(phases["kind"][row])],
            "place": None if place == UNKNOWN else places[place],
            "minutes": None if np.isnan(minutes) else int(minutes),
            "at_most": None if np.isnan(most) else int(most),
            "on_site_days": None if np.isnan(days) else days,
        }
        unknown_there = place == UNKNOWN or (
            np.isnan(days) and not np.isnan(minutes) and minutes > most
        )
        whom = "slot" if unknown_there else "candidate"
        found.append(Finding("travel", int(verdict), facts, ask=whom if verdict == ASK else None))
    return found


TRAVEL = HardRule("travel", _travel, _travel_findings)
