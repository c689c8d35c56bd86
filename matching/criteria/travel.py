"""How near each slot is to each candidate, over all its phases."""

import numpy as np
from numpy.typing import NDArray

from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.exceptions import ProfileError
from matching.pairing import Pairing
from matching.profiles import PHASES, UNKNOWN, Floats


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


def _phase_weights(pairing: Pairing) -> Floats:
    """Weigh a phase by the journeys it takes; blanks count as one."""
    phases = pairing.slots.phases
    days = np.where(np.isnan(phases["on_site_days"]), 1.0, phases["on_site_days"])
    weeks = np.where(np.isnan(phases["weeks"]), 1.0, phases["weeks"])
    weights: Floats = days * weeks
    return weights


def _layer(pairing: Pairing) -> Layer:
    blend, owner = Blend(pairing), pairing.slots.phases.owner
    near = score_travel(pairing.minutes, half_life=pairing.policy.travel_half_life)
    for row, (slot, weight) in enumerate(zip(owner, _phase_weights(pairing), strict=True)):
        column, certain = near[:, row], pairing.minutes_certain[:, row]
        unknown = np.isnan(column)
        # By a means of travel that no speed is known of it may be nearer than the estimate says.
        most = np.where(unknown | ~certain, 1.0, column)
        blend.add(int(slot), np.where(unknown, 0.0, column), most, float(weight))
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


TRAVEL = Criterion("travel", _layer, _facts)
