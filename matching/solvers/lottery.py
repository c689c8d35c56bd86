"""
A lottery over plans: what everybody's chance of a place would be if only the rules decided.

Every plan that keeps the rules and places as many people is equally likely. Nobody draws lots here:
it is the baseline that a plan is held against, in matching/asking/parity.py.

Counting such plans is #P-hard in general (Valiant 1979 [1]_), so there are two ways. Where few
enough states of the seats can occur, all plans are counted exactly, person by person. Else a Markov
chain walks over them, in the manner of Jerrum and Sinclair [2]_ (matching/solvers/walking.py): its
every step is as likely as the step back, so in the long run all plans come by equally often. How
long is long enough nobody can prove in general: several chains from different plans have to agree,
and the result says how well they do.

References
----------
.. [1] L. Valiant (1979). The complexity of computing the permanent. Theoretical Computer Science 8.
.. [2] M. Jerrum and A. Sinclair (1989). Approximating the permanent. SIAM Journal on Computing 18.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.exceptions import ProblemError
from matching.plan import Plan, SolveStatus
from matching.problem import Problem
from matching.solvers.counting import TooManyStates, count_plans, draw_plans
from matching.solvers.ledger import Ledger, eligible_pairs
from matching.solvers.walking import Walk, agreement, split_r, walk

MOST_STATES: Final = 60_000
"""States up to which all plans are counted: about two seconds."""

MOST_STEPS: Final = 2_000_000
"""Steps of all chains together, where the caller does not say."""

MOST_DISAGREEMENT: Final = 1.05
"""Above it the chains have not yet come by the same plans; 1.05 is stricter than the usual 1.1."""

LARGEST_WITH_RULES: Final = 2000
"""Pairs up to which chains start from different plans under side rules."""

CHAINS: Final = 4
"""Independent walks, from different plans; fewer could not be held against each other."""


@dataclass(frozen=True, eq=False)
class Lottery:
    """
    What a lottery over plans would give.

    Parameters
    ----------
    placed : int
        How many people each plan places.
    method : {"exact", "chain"}
        Counted, or walked over by Markov chains.
    chance : ndarray of float, shape (n_candidates,)
        Share of all such plans in which somebody has a place, in [0, 1].
    error : ndarray of float, shape (n_candidates,)
        Standard error of ``chance``; 0 when counted.
    draws : ndarray of bool, shape (n_draws, n_candidates)
        Who has a place in each of the plans that were drawn.
    n_plans : int or None
        How many such plans there are, when counted; 0 where there is none.
    effective_draws : float
        How many independent draws the draws are worth for the person of whom least is known.
    disagreement : float
        Largest ratio, over people, of the spread between chains to that within (Gelman and Rubin's
        R, split in halves): 1.0 when all agree, and above 1.05 the chances are not to be relied on.
    starts : int
        From how many different plans the chains started; 0 when counted.
    steps, burn_in : int
        Steps of each chain in all, and those left out at its start; 0 when counted.
    seed : int
    """

    placed: int
    method: Literal["exact", "chain"]
    chance: Floats
    error: Floats
    draws: Bools
    n_plans: int | None
    effective_draws: float
    disagreement: float
    starts: int
    steps: int
    burn_in: int
    seed: int

    @property
    def is_settled(self) -> bool:
        """Whether it was counted, or chains from different plans agree on everybody's chance."""
        agrees = self.disagreement <= MOST_DISAGREEMENT and self.starts > 1
        return self.method == "exact" or agrees

    def is_settled_for(self, members: Bools) -> bool:
        """Whether it was counted, or chains agree on how many of some people have a place."""
        if self.method == "exact":
            return True
        counts = self.draws[:, members].sum(axis=1).reshape(CHAINS, -1, 1)
        return self.starts > 1 and split_r(counts.astype(np.float64)) <= MOST_DISAGREEMENT

    def to_json(self) -> dict[str, Any]:
        """Return the lottery as plain data, without the draws."""
        return {
            "placed": self.placed,
            "method": self.method,
            "chance": self.chance.tolist(),
            "error": self.error.tolist(),
            "nDraws": len(self.draws),
            "nPlans": self.n_plans,
            "effectiveDraws": self.effective_draws,
            "disagreement": self.disagreement,
            "starts": self.starts,
            "isSettled": self.is_settled,
            "steps": self.steps,
            "burnIn": self.burn_in,
            "seed": self.seed,
        }


def lottery(
    problem: Problem,
    plan: Plan | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
    method: Literal["exact", "chain"] | None = None,
    steps: int | None = None,
) -> Lottery:
    """
    Work out everybody's chance of a place when all plans of one size are equally likely.

    Parameters
    ----------
    problem : Problem
        Pins and all side rules hold in each plan of the lottery; scores play no part.
    plan : Plan, optional
        How many people to place is taken from it; by default the most that can be placed.
    draws : int, default=1000
        Plans to draw, 8 to 100,000.
    seed : int, default=0
    method : {"exact", "chain"}, optional
        By default counted where there are at most ``MOST_STATES`` states, else a chain.
    steps : int, optional
        Steps of each chain between two draws; by default five for each candidate, fewer when that
        would be more than ``MOST_STEPS`` in all.

    Returns
    -------
    Lottery

    Raises
    ------
    ProblemError
        If an argument is out of range, the plan breaks a rule, or ``"exact"`` is asked where there
        are too many states.
    """
    _check_arguments(draws, seed, method, steps)
    from matching.solvers import solve  # solve() stands on this folder

    start = plan if plan is not None else solve(problem, objective=_objective(problem), seed=seed)
    ledger = Ledger(problem)
    if start.status is SolveStatus.INFEASIBLE:
        return _no_plans(problem, seed)
    _check_start(ledger, start)
    rng = np.random.default_rng(seed)
    if method != "chain":
        try:
            return _counted(problem, ledger, start.placed, draws, seed, rng)
        except TooManyStates as error:
            if method == "exact":
                message = f"has more than {MOST_STATES} states; accepted is method 'chain'"
                raise ProblemError(message, field="problem") from error
    n = problem.shape[0]
    per_chain = -(-draws // CHAINS)
    apart = steps or max(1, min(5 * n, MOST_STEPS // (per_chain * CHAINS)))
    starts = _starts(problem, start, rng, seed)
    walks = [walk(problem, ledger, slots, per_chain, apart, rng) for slots in starts]
    return _walked(start.placed, walks, len({slots.tobytes() for slots in starts}), seed)


def _objective(problem: Problem) -> tuple[str, ...]:
    return ("placed", "tiers") if problem.tiers is not None else ("placed", "score")


def _check_arguments(draws: int, seed: int, method: str | None, steps: int | None) -> None:
    for name, value, low, high in (
        ("draws", draws, 8, 100_000),
        ("seed", seed, 0, 2**63),
        ("steps", 1 if steps is None else steps, 1, 10**9),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            message = f"is {value!r}; accepted are whole numbers from {low} to {high}"
            raise ProblemError(message, field=name)
    if method not in (None, "exact", "chain"):
        raise ProblemError(f"is {method!r}; accepted are 'exact' and 'chain'", field="method")


def _check_start(ledger: Ledger, plan: Plan) -> None:
    n = ledger.problem.shape[0]
    if plan.slots.shape != (n,):
        raise ProblemError(f"has shape {plan.slots.shape}; accepted is ({n},)", field="plan.slots")
    if not ledger.is_kept(ledger.left_after(plan.slots)):
        raise ProblemError(
            "breaks a rule of the problem; accepted is one of its plans", field="plan"
        )


def _no_plans(problem: Problem, seed: int) -> Lottery:
    n = problem.shape[0]
    nothing = np.zeros(n)
    empty = np.zeros((0, n), dtype=np.bool_)
    return Lottery(0, "exact", nothing, nothing, empty, 0, 0.0, 1.0, 0, 0, 0, seed)


def _counted(
    problem: Problem,
    ledger: Ledger,
    placed: int,
    draws: int,
    seed: int,
    rng: np.random.Generator,
) -> Lottery:
    count = count_plans(problem, ledger, placed, MOST_STATES)
    drawn = draw_plans(count, draws, rng)
    return Lottery(
        placed=placed,
        method="exact",
        chance=count.chance,
        error=np.zeros(len(count.chance)),
        draws=drawn >= 0,
        n_plans=count.n_plans,
        effective_draws=float(draws),
        disagreement=1.0,
        starts=0,
        steps=0,
        burn_in=0,
        seed=seed,
    )


def _starts(problem: Problem, plan: Plan, rng: np.random.Generator, seed: int) -> list[Ints]:
    """
    Return plans that lie far apart, for chains to start from.

    The other ones are best under scores that are drawn by chance. Under side rules that takes long
    in large problems; there all chains start from the one plan, and the result says so.
    """
    from matching.solvers import solve

    n, m = problem.shape
    starts = [plan.slots]
    for _ in range(CHAINS - 1):
        slots = plan.slots
        if not problem.has_side_rules or n * m <= LARGEST_WITH_RULES:
            slots = solve(with_chance_scores(problem, rng), seed=seed).slots
        starts.append(slots if int((slots >= 0).sum()) == plan.placed else plan.slots)
    return starts


def with_chance_scores(problem: Problem, rng: np.random.Generator) -> Problem:
    """
    Return the same problem with scores by chance: some people and some pairs count for more.

    Parameters
    ----------
    problem : Problem
        Its tiers and stay bonus are left out.
    rng : numpy Generator

    Returns
    -------
    Problem
    """
    from scipy import sparse

    candidate, slot, _ = eligible_pairs(problem)
    of_person = rng.integers(0, 10_000, problem.shape[0])
    chance = of_person[candidate] + rng.integers(0, 10_000, len(candidate))
    return Problem(
        sparse.csr_array((chance, (candidate, slot)), shape=problem.shape),
        problem.seats,
        pins=problem.pins,
        codes=problem.codes,
        resources=problem.resources,
        quotas=problem.quotas,
        groups=problem.groups,
        pilots=problem.pilots,
    )


def _walked(placed: int, walks: list[Walk], starts: int, seed: int) -> Lottery:
    chains = np.stack([one.draws for one in walks])
    found = agreement(chains)
    n = chains.shape[2]
    return Lottery(
        placed=placed,
        method="chain",
        chance=chains.mean(axis=(0, 1)),
        error=found.error,
        draws=chains.reshape(-1, n),
        n_plans=None,
        effective_draws=found.effective_draws,
        disagreement=found.disagreement,
        starts=starts,
        steps=max(one.steps for one in walks),
        burn_in=max(one.burn_in for one in walks),
        seed=seed,
    )
