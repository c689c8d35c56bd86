"""Work conditions that somebody wants or would rather avoid; a *must* is a hard rule."""

import numpy as np

from matching.criteria.layer import Blend, Criterion, Facts, Layer
from matching.pairing import Pairing
from matching.profiles import AVOID, NO, UNKNOWN, WANTED, YES


def _worth(need: int, offer: int) -> tuple[float, float]:
    if offer == UNKNOWN:
        return 0.0, 1.0
    met = float(offer == (YES if need == WANTED else NO))
    return met, met


def _layer(pairing: Pairing) -> Layer:
    people, blend = pairing.candidates, Blend(pairing)
    for condition in range(people.conditions.shape[1]):
        needs = people.conditions[:, condition]
        for need in (WANTED, AVOID):
            has = (needs == need).astype(np.float64)
            if not has.any():
                continue
            for j, offer in enumerate(pairing.slots.conditions[:, condition]):
                least, most = _worth(need, int(offer))
                blend.add(j, np.full(len(has), least), np.full(len(has), most), has)
    return blend.layer(unknown=~people.conditions_known[:, None])


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    words = {YES: "yes", NO: "no", UNKNOWN: "unknown"}
    facts = []
    for condition, code in enumerate(pairing.slots.vocabulary.conditions):
        need = int(pairing.candidates.conditions[i, condition])
        if need in (WANTED, AVOID):
            offer = int(pairing.slots.conditions[j, condition])
            facts.append(
                {
                    "condition": code,
                    "need": "wanted" if need == WANTED else "avoid",
                    "offer": words[offer],
                    "met": None if offer == UNKNOWN else _worth(need, offer)[0] == 1.0,
                }
            )
    return facts


CONDITIONS = Criterion("conditions", _layer, _facts)
