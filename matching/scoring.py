"""From policy and profiles to layers, and to the whole points that solvers and people use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from matching.arrays import Floats, Ints
from matching.criteria import SOFT_CRITERIA, Criterion, Layer
from matching.criteria.layer import NO_DIFFERENCE
from matching.eligibility import Eligibility, judge
from matching.facts.alike import spread
from matching.facts.pairing import Pairing
from matching.facts.prepared import Prepared, PreparedSlots
from matching.facts.profiles import Candidates, Slots
from matching.kernels import kernel
from matching.policy import CRITERIA, Policy
from matching.problem import Problem
from matching.sides import Group, Quota, Resource
from matching.structs import Struct

FULL: Final = 10_000
"""Points of a full fit."""

FEW_PAIRS: Final = 10_000
"""Up to here, looking for who is alike takes longer than it saves."""


@dataclass(frozen=True, eq=False)
class ScoreLayers:
    """
    What a policy says of every pair.

    Parameters
    ----------
    pairing : Pairing
    eligibility : Eligibility
        What the hard rules say.
    layers : dict of str to Layer
        One per criterion, in reading order.
    points : ndarray of int, shape (n_candidates, n_slots)
        Whole points, 0 to 10,000. They say how well a slot fits a person; they never rank people.
    contributions : dict of str to ndarray of int, shape (n_candidates, n_slots)
        Whole points per criterion, which add up to ``points`` exactly.
    completeness : ndarray of float, shape (n_candidates, n_slots)
        Share of the points that rests on known facts, in [0, 1].
    """

    pairing: Pairing
    eligibility: Eligibility
    layers: dict[str, Layer]
    points: Ints
    contributions: dict[str, Ints]
    completeness: Floats

    @cached_property
    def own_best(self) -> Ints:
        """Points of each candidate's best possible slot, (n_candidates,); 0 without one."""
        possible = np.where(self.eligibility.possible, self.points, 0)
        best: Ints = possible.max(axis=1, initial=0)
        return best

    @cached_property
    def relative(self) -> Ints:
        """Points relative to that person's own best, 10,000 for it; 0 without a best."""
        best = np.maximum(self.own_best, 1)[:, None]
        # A refused slot may have more points than the best possible one; it is no better for that.
        relative: Ints = np.minimum(FULL, (2 * FULL * self.points + best) // (2 * best))
        relative[self.own_best == 0] = 0
        return relative

    @property
    def comparison(self) -> Ints:
        """What a plan adds up: ``relative`` or ``points``, as the policy says."""
        return self.relative if self.pairing.policy.compare == "own_best" else self.points

    @property
    def problem_scores(self) -> Floats:
        """The comparison as a problem wants it: ``nan`` where a rule refuses the pair."""
        return np.where(self.eligibility.possible, self.comparison, np.nan)


def score(candidates: Candidates, slots: Slots, policy: Policy) -> ScoreLayers:
    """
    Score all pairs of candidates and slots.

    Every criterion gives a layer in [0, 1], read in steps of one ten-thousandth; an unknown counts
    as ``policy.neutral``. The total is the weighted mean in whole points; see
    docs/explanation/scoring.md.

    Parameters
    ----------
    candidates : Candidates
    slots : Slots
        On the same vocabulary.
    policy : Policy

    Returns
    -------
    ScoreLayers

    Raises
    ------
    ProfileError
        If the two sides do not share a vocabulary.
    """
    if len(candidates) * len(slots) <= FEW_PAIRS:
        return score_pairing(Pairing(candidates, slots, policy))
    prepared = Prepared(candidates, PreparedSlots(slots, policy))
    return score_pairing(prepared.pairing, prepared)


def score_pairing(pairing: Pairing, prepared: Prepared | None = None) -> ScoreLayers:
    """
    Score all pairs of a pairing.

    Parameters
    ----------
    pairing : Pairing
    prepared : Prepared, optional
        The same pairing by kinds: then each criterion and rule is asked about one of each kind.

    Returns
    -------
    ScoreLayers
    """
    policy = pairing.policy
    layers = {name: _layer(SOFT_CRITERIA[name], pairing, prepared) for name in CRITERIA}
    points, contributions = add_up(layers, policy)
    shares = [policy.share(name) * layers[name].known for name in CRITERIA]
    return ScoreLayers(
        pairing=pairing,
        eligibility=judge(pairing, prepared),
        layers=layers,
        points=points,
        contributions=contributions,
        completeness=np.minimum(1.0, sum(shares, np.zeros(pairing.shape))),
    )


def _layer(criterion: Criterion, pairing: Pairing, prepared: Prepared | None) -> Layer:
    if prepared is None or criterion.reads is None:
        return criterion.layer(pairing)
    candidates, slots, layer = prepared.ask(criterion.layer, criterion.reads)
    value, known = (spread(part, candidates, slots) for part in (layer.value, layer.known))
    return Layer(value, known)


def add_up(layers: dict[str, Layer], policy: Policy) -> tuple[Ints, dict[str, Ints]]:
    """
    Add layers up to whole points, and share those out over the criteria without losing one.

    Parameters
    ----------
    layers : dict of str to Layer
    policy : Policy

    Returns
    -------
    points : ndarray of int, shape (n_candidates, n_slots)
    contributions : dict of str to ndarray of int
        By largest remainder: the criteria that lost most to rounding get the points that are left,
        and among equals the one that is read first.
    """
    values = [np.ascontiguousarray(layer.value, dtype=np.float64) for layer in layers.values()]
    weights = np.array([policy.weights[name] for name in layers], dtype=np.int64)
    shape = values[0].shape
    points = np.zeros(shape, dtype=np.int64)
    parts = np.zeros((len(values), *shape), dtype=np.int64)
    given = Struct(
        values=np.array([value.ctypes.data for value in values], dtype=np.uintp),
        weights=weights,
        n_criteria=len(values),
        n_pairs=points.size,
        neutral=float(policy.neutral),
        total_weight=sum(policy.weights.values()),
        points=points,
        parts=parts,
    )
    kernel("layers_share")(given.address)
    return points, {name: parts[k] for k, name in enumerate(layers)}


def to_steps(value: Floats, policy: Policy) -> Ints:
    """Read a layer in whole ten-thousandths, 0 to 10,000; an unknown counts as neutral."""
    # A mean of unknowns is neutral, whatever the last bits of a sum of them say.
    is_neutral = np.isnan(value) | (np.abs(value - policy.neutral) <= NO_DIFFERENCE)
    steps: Ints = np.rint(FULL * np.where(is_neutral, policy.neutral, value)).astype(np.int64)
    return steps


def to_problem(
    layers: ScoreLayers,
    *,
    as_of: date,
    pins: Ints | None = None,
    resources: Sequence[Resource] = (),
    quotas: Sequence[Quota] = (),
    groups: Sequence[Group] = (),
) -> Problem:
    """
    State the problem that a plan answers.

    Parameters
    ----------
    layers : ScoreLayers
    as_of : date
        The day that waiting is counted up to.
    pins : ndarray of int, shape (n_candidates,), optional
        Slot that a candidate is fixed to, -1 for none.
    resources : sequence of Resource, optional
    quotas : sequence of Quota, optional
    groups : sequence of Group, optional
        What a plan must keep beside seats. Slots belong to the pilots that they name.

    Returns
    -------
    Problem
        Where plans are equal, those who wait longest go first. Who has no known date of waiting
        counts as having waited as long as the middle one of the others: unknown is neither first
        nor last.
    """
    people, slots = layers.pairing.candidates, layers.pairing.slots
    waited = np.maximum(0.0, as_of.toordinal() - people.waiting_since)
    known = waited[~np.isnan(waited)]
    middle = float(np.median(known)) if len(known) else 0.0
    return Problem(
        layers.problem_scores,
        slots.seats,
        pins=pins,
        codes=(people.codes, slots.codes),
        precedence=np.rint(np.where(np.isnan(waited), middle, waited)).astype(np.int64),
        resources=resources,
        quotas=quotas,
        groups=groups,
        pilots=slots.pilots,
    )
