"""Occupations sought against the one offered, by the digits their ISCO-08 codes share."""

from collections.abc import Sequence

import numpy as np

from matching.criteria.layer import Criterion, Facts, Layer
from matching.facts.alike import Reads
from matching.facts.pairing import Pairing

DIGITS = 4


def score_occupation(sought: Sequence[str], offered: str) -> float:
    """
    Score how near the best of the occupations sought is to the one offered.

    Parameters
    ----------
    sought : sequence of str
        ISCO-08 codes of one to four digits. None sought: any occupation will do, which scores 1.
    offered : str
        ISCO-08 code.

    Returns
    -------
    float
        Leading digits that both share, over the digits of the wider of the two codes, in [0, 1].
    """
    if not sought:
        return 1.0
    return max(_shared(code, offered) / min(len(code), len(offered), DIGITS) for code in sought)


def _shared(a: str, b: str) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count


def _layer(pairing: Pairing) -> Layer:
    value = np.full(pairing.shape, np.nan)
    offered = pairing.slots.occupation
    has_code = [j for j, code in enumerate(offered) if code is not None]
    codes = sorted({code for sought in pairing.candidates.occupations for code in sought or ()})
    row_of = {code: row for row, code in enumerate(codes)}
    different = sorted({code for code in offered if code is not None})
    column_of = {code: column for column, code in enumerate(different)}
    columns = [column_of[offered[j] or ""] for j in has_code]
    shared = np.array(
        [[score_occupation([code], other) for other in different] for code in codes]
    ).reshape(len(codes), len(different))
    for i, sought in enumerate(pairing.candidates.occupations):
        if sought is not None:
            rows = [row_of[code] for code in sought]
            value[i, has_code] = shared[rows].max(axis=0)[columns] if sought else 1.0
    return Layer(value, (~np.isnan(value)).astype(np.float64))


def _facts(pairing: Pairing, i: int, j: int) -> Facts:
    sought, offered = pairing.candidates.occupations[i], pairing.slots.occupation[j]
    if sought == ():
        return []
    return [{"sought": None if sought is None else list(sought), "offered": offered}]


OCCUPATION = Criterion("occupation", _layer, _facts, Reads(("occupations",), ("occupation",)))
