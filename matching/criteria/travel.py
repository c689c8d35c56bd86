"""How near each slot is to each candidate, over all its phases."""

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools, Floats
from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.exceptions import ProfileError
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing
from matching.facts.profiles import PHASES, UNKNOWN, Slots
from matching.facts.travel import HOW_FAR, how_far


def score_travel(minutes: NDArray[np.float64], *, half_life: float = 30.0) -> NDArray[np.float64]:
    """
    Score how near each place is to each candidate, halving with every half-life [1]_.

    Parameters
    ----------
    minutes : ndarray of float
        One-way door-to-door travel time in minutes; ``nan`` where unknown.
    half_life : float, default=30.0
        Minutes after which the score has fallen to one half. Positive.

    Returns
    -------
    ndarray of float
        Scores in [0, 1]; 1 is no travel. ``nan`` stays ``nan``: unknown is not far.

    Raises
    ------
    ProfileError
        If ``half_life`` is not positive or a known travel time is negative.

    References
    ----------
    .. [1] Östh, Lyhagen and Reggiani (2016). EJTIR 16(2). https://doi.org/10.18757/ejtir.2016.16.2.3142
    """
    if not half_life > 0:
        raise ProfileError(f"is {half_life}; accepted is more than 0", field="half_life")
    if (minutes < 0).any():
        raise ProfileError("accepted are 0 minutes and more", field="minutes")
    return np.asarray(0.5 ** (minutes / half_life), dtype=np.float64)


def score_journey(
    minutes: Floats, certain: Bools, *, half_life: float = 30.0
) -> tuple[Floats, Floats]:
    """
    Score journeys, of which the minutes are known or not, and perhaps fewer.

    Parameters
    ----------
    minutes : ndarray of float
        One way; ``nan`` where unknown.
    certain : ndarray of bool
        Whether they cannot be fewer.
    half_life : float, default=30.0

    Returns
    -------
    least, most : ndarray of float
        What a journey is worth at least and at most, in [0, 1]; equal where it is known.
    """
    worth = score_travel(minutes, half_life=half_life)
    unknown = np.isnan(worth)
    # By a means of travel that no speed is known of it may be nearer than the estimate says.
    return np.where(unknown, 0.0, worth), np.where(unknown | ~certain, 1.0, worth)


def phase_weights(slots: Slots) -> Floats:
    """Weigh each phase by the journeys it takes; blanks count as one."""
    phases = slots.phases
    days = np.where(np.isnan(phases["on_site_days"]), 1.0, phases["on_site_days"])
    weeks = np.where(np.isnan(phases["weeks"]), 1.0, phases["weeks"])
    weights: Floats = days * weeks
    return weights


def _layer(pairing: Pairing) -> Layer:
    blend, owner = Blend(pairing), pairing.slots.phases.owner
    half_life, weights = pairing.policy.travel_half_life, phase_weights(pairing.slots)
    for rows in pairing.slots.phases.turns:
        minutes, certain = pairing.minutes[:, rows], pairing.minutes_certain[:, rows]
        blend.add(owner[rows], *score_journey(minutes, certain, half_life=half_life), weights[rows])
    nowhere = np.ones(len(pairing.slots), dtype=np.bool_)
    nowhere[owner] = False
    return blend.layer(unknown=nowhere[None, :])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    phases, places = pairing.slots.phases, pairing.slots.vocabulary.places
    facts = []
    for row in phases.rows_of(j):
        place, minutes = int(phases["place"][row]), number(pairing.minutes[i, row])
        facts.append(
            {
                "phase": PHASES[int(phases["kind"][row])],
                "place": None if place == UNKNOWN else places[place],
                "minutes": None if minutes is None else int(minutes),
                "on_site_days": number(phases["on_site_days"][row]),
            }
        )
    return facts


TRAVEL = Criterion(
    "travel",
    _layer,
    _facts,
    Reads(HOW_FAR, ("phases.place", "phases.weeks", "phases.on_site_days"), how_far),
)
