"""Whether every phase with days on site can be reached within the candidate's longest journey."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import PHASES, UNKNOWN, Candidates, Slots
from matching.facts.travel import HOW_FAR, how_far
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts, everywhere, first_of


def sure_minutes(minutes: Floats, certain: Bools, on_site_days: Floats) -> Floats:
    """Return minutes that somebody surely travels; minus infinity where it may be none."""
    return np.where((on_site_days > 0) & certain & ~np.isnan(minutes), minutes, -np.inf)


def phase_verdicts(minutes: Floats, certain: Bools, on_site_days: Floats, most: Floats) -> Verdicts:
    """Return what journeys say, given the days somebody is there; unknowns become questions."""
    near_enough = (on_site_days == 0) | (minutes <= most)
    too_far = sure_minutes(minutes, certain, on_site_days) > most
    return first_of((near_enough, YES), (too_far, NO), otherwise=ASK)


def _travel(pairing: Pairing) -> Verdicts:
    phases = pairing.slots.phases
    verdicts = everywhere(pairing, YES)
    per_phase = phase_verdicts(
        pairing.minutes,
        pairing.minutes_certain,
        phases["on_site_days"][None, :],
        pairing.candidates.max_travel_minutes[:, None],
    )
    for rows in phases.turns:
        owner = phases.owner[rows]
        verdicts[:, owner] = np.minimum(verdicts[:, owner], per_phase[:, rows])
    nowhere = np.ones(len(pairing.slots), dtype=np.bool_)
    nowhere[phases.owner] = False
    verdicts[:, nowhere] = ASK
    return verdicts


def _how_far_and_may(candidates: Candidates, slots: Slots) -> list[NDArray[Any]]:
    return [*how_far(candidates, slots), candidates.max_travel_minutes]


def _travel_findings(pairing: Pairing, i: int, j: int) -> list[Finding]:
    rows = pairing.slots.phases.rows_of(j)
    if not len(rows):
        return [Finding("travel", ASK, {"item": "phases"}, ask="slot")]
    phases, places = pairing.slots.phases, pairing.slots.vocabulary.places
    at_most = pairing.candidates.max_travel_minutes[i]
    verdicts = phase_verdicts(
        pairing.minutes[i, rows],
        pairing.minutes_certain[i, rows],
        phases["on_site_days"][rows],
        at_most,
    )
    found = []
    for row, verdict in zip(rows, verdicts, strict=True):
        place, minutes = int(phases["place"][row]), float(pairing.minutes[i, row])
        most, days = float(at_most), float(phases["on_site_days"][row])
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


TRAVEL = HardRule(
    "travel",
    _travel,
    _travel_findings,
    (
        (
            _travel,
            Reads(
                (*HOW_FAR, "max_travel_minutes"),
                ("phases.place", "phases.on_site_days"),
                _how_far_and_may,
            ),
        ),
    ),
)
