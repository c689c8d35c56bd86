"""
Side rules on many pairs: search by prices (`search/`) in place of branching over all of them.

Without a time limit and with a gap of 0 the search ends when the plan is proven best, or when a
round of passes over all slots gains less than ``mending.WORTH_WHILE``; nothing depends on the
clock unless it runs out.
"""

from matching.arrays import Ints
from matching.plan import Plan
from matching.problem import Problem
from matching.solvers.sides.answers import unfinished_plan
from matching.solvers.sides.model import read_pairs
from matching.solvers.sides.search.by_prices import Search
from matching.solvers.sides.search.reading import read_field
from matching.solvers.watch import Watch

OBJECTIVES = (("score",), ("placed", "score"))
"""Other orders of levels go to branching at any size."""

MANY_PAIRS = 2_000
"""
From here on searching is quicker than branching over all pairs, and ends: at 200 × 40 with tight
hours branching was 4 % from its bound after 45 CPU seconds, search 0.4 % after 30.
"""

SPARSE = 8
"""Of a source's pairs one in so many can be used, say; they are not counted beforehand."""

QUICK_GAP = 0.02
"""How near to best a plan is that branching on other objectives starts from."""


def can_search(problem: Problem, objective: tuple[str, ...]) -> bool:
    """Whether a problem has side rules, an objective that is searched for, and many pairs."""
    return objective in OBJECTIVES and has_many_pairs(problem)


def has_many_pairs(problem: Problem) -> bool:
    """Whether a problem has side rules, and so many pairs that search comes before branching."""
    n, m = problem.shape
    count = n * m // SPARSE if problem.has_source else len(problem.pair_slot)
    return problem.has_side_rules and count >= MANY_PAIRS


def search_quickly(problem: Problem, *, seed: int, watch: Watch) -> Ints | None:
    """Return the slots of a plan that keeps all rules and places many, for others to start from."""
    found = watch.meanwhile(
        lambda: read_field(read_pairs(problem, seed), watch, counts_places=True)
    )
    if found is None or not found.n_arcs:
        return None
    search = Search(found, True, watch, QUICK_GAP, seed)
    return search.slots if search.run() else None


def solve_large(
    problem: Problem,
    *,
    objective: tuple[str, ...],
    gap: float,
    seed: int,
    start: Plan | None,
    watch: Watch,
) -> Plan | None:
    """
    Solve a problem under side rules that has many pairs.

    Parameters
    ----------
    problem : Problem
    objective : tuple of str
        One of ``OBJECTIVES``.
    gap : float
        Relative gap at which a level counts as done.
    seed : int
        Settles ties, with the codes, and drives the search.
    start : Plan or None
        A plan to start from; it is looked at only when it keeps all rules.
    watch : Watch

    Returns
    -------
    Plan or None
        Its bound on ``score`` holds among all plans, or among those that place as many as it does
        where ``placed`` comes before. None where search finds no plan at all: for want of one, or
        for a rule that it does not get right; branching tells.

    Raises
    ------
    ProblemError
        If a score source has more pairs than can be gathered.
    """
    counts_places = "placed" in objective
    with watch.step("reading"):
        found = watch.meanwhile(
            lambda: read_field(read_pairs(problem, seed), watch, counts_places=counts_places)
        )
    if found is not None and found.n_arcs:
        search = Search(found, counts_places, watch, gap, seed)
        search.take(start)
        if search.run():
            return search.plan(objective)
    return unfinished_plan(problem, objective, watch.timings) if watch.stopped else None
