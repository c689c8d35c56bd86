"""Whether somebody can fill the hours that a slot could give, and gets the days at home."""

import numpy as np

from matching.arrays import Floats
from matching.criteria.layer import Blend, Criterion, Facts, Layer, number
from matching.facts.alike import Reads, kept_with
from matching.facts.pairing import Pairing
from matching.facts.profiles import Slots


def score_share(has: Floats, wants: Floats) -> tuple[Floats, Floats]:
    """
    Score how much of what is wanted is there: ``min(has, wants) / wants``; wanting nothing is met.

    Parameters
    ----------
    has, wants : ndarray of float
        In the same unit, 0 or more; ``nan`` unknown.

    Returns
    -------
    least, most : ndarray of float, in the shape that both broadcast to
        What it is worth at least and at most, in [0, 1]; equal where it is known.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(wants == 0, 1.0, np.minimum(has, wants) / wants)
    unknown = np.isnan(share)
    return np.where(unknown, 0.0, share), np.where(unknown, 1.0, share)


@kept_with
def remote_days(slots: Slots) -> Floats:
    """Return the days at home that each slot gives, as a mean over its weeks; ``nan`` unknown."""
    phases = slots.phases
    weeks = np.where(np.isnan(phases["weeks"]), 1.0, phases["weeks"])
    days = np.zeros(len(slots))
    total = np.zeros(len(slots))
    np.add.at(days, phases.owner, phases["remote_days"] * weeks)
    np.add.at(total, phases.owner, weeks)
    return np.where(total > 0, days / np.where(total > 0, total, 1.0), np.nan)


def _layer(pairing: Pairing) -> Layer:
    people, blend = pairing.candidates, Blend(pairing)
    everywhere = slice(None)
    blend.add(everywhere, *score_share(people.hours_to[:, None], pairing.slots.hours_to))
    blend.add(everywhere, *score_share(remote_days(pairing.slots), people.remote_days[:, None]))
    return blend.layer()


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    return [
        {
            "possible": number(pairing.candidates.hours_to[i]),
            "offered": number(pairing.slots.hours_to[j]),
            "remote_wanted": number(pairing.candidates.remote_days[i]),
            "remote_offered": number(remote_days(pairing.slots)[j]),
        }
    ]


HOURS = Criterion(
    "hours",
    _layer,
    _facts,
    Reads(("hours_to", "remote_days"), ("hours_to", "phases.weeks", "phases.remote_days")),
)
