"""Which pairs are possible, which are not and why, and which depend on an answer."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.arrays import Bools
from matching.facts.alike import spread
from matching.facts.pairing import Pairing
from matching.facts.prepared import Prepared
from matching.policy import RULES
from matching.rules import ASK, HARD_RULES, NO, YES, Finding, HardRule, Verdicts
from matching.rules.finding import worst


@dataclass(frozen=True, eq=False)
class Eligibility:
    """
    What the hard rules of a policy say.

    Parameters
    ----------
    pairing : Pairing
    verdicts : dict of str to ndarray of int8, shape (n_candidates, n_slots)
        ``NO``, ``ASK`` or ``YES`` of each rule that applies.
    """

    pairing: Pairing
    verdicts: dict[str, Verdicts]

    @cached_property
    def overall(self) -> Verdicts:
        """The worst verdict over all rules, pair by pair."""
        everything = np.full(self.pairing.shape, YES, dtype=np.int8)
        for verdicts in self.verdicts.values():
            np.minimum(everything, verdicts, out=everything)
        return everything

    @property
    def possible(self) -> Bools:
        """Pairs that no rule refuses; some of them wait for an answer."""
        possible: Bools = self.overall > NO
        return possible

    def refused_by(self, i: int, j: int) -> list[str]:
        """Return the rules that refuse a pair, in reading order."""
        return [rule for rule, verdicts in self.verdicts.items() if verdicts[i, j] == NO]

    def findings(self, i: int, j: int, verdict: int | None = None) -> list[Finding]:
        """Return what the rules found for one pair, all of it or one kind of verdict only."""
        found: list[Finding] = []
        for rule, verdicts in self.verdicts.items():
            if verdict is None or verdicts[i, j] <= verdict:
                found += HARD_RULES[rule].findings(self.pairing, i, j)
        return [item for item in found if verdict is None or item.verdict == verdict]

    def questions(self, i: int, j: int) -> list[Finding]:
        """Return what still has to be asked before this pair can be settled."""
        return self.findings(i, j, ASK)

    def refusals(self, i: int, j: int) -> list[Finding]:
        """Return what refuses this pair, with its facts."""
        return self.findings(i, j, NO)


def judge(pairing: Pairing, prepared: Prepared | None = None) -> Eligibility:
    """
    Apply the hard rules of the policy to all pairs.

    Parameters
    ----------
    pairing : Pairing
    prepared : Prepared, optional
        The same pairing by kinds: then each rule is asked about one of each kind.

    Returns
    -------
    Eligibility
    """
    rules = [HARD_RULES[rule] for rule in RULES if pairing.policy.rules[rule].applies]
    if prepared is None:
        return Eligibility(pairing, {rule.name: rule.verdicts(pairing) for rule in rules})
    return Eligibility(pairing, {rule.name: _by_kind(rule, prepared) for rule in rules})


def _by_kind(rule: HardRule, prepared: Prepared) -> Verdicts:
    if not rule.parts:
        return rule.verdicts(prepared.pairing)
    parts = []
    for verdicts, reads in rule.parts:
        candidates, slots, said = prepared.ask(verdicts, reads)
        parts.append(spread(said, candidates, slots))
    return parts[0] if len(parts) == 1 else worst(*parts)
