"""
The engine: columns and dataclasses in, columns and dataclasses out. Knows no database and no HTTP.

``score`` says how well every candidate would fit every slot and which pairs are possible, ``solve``
finds a best plan, ``check`` looks at it afresh, ``explain`` gives the reasons.

>>> import numpy as np
>>> from matching import Problem, check, solve
>>> problem = Problem([[7, 5], [9, np.nan]], seats=[1, 1])
>>> plan = solve(problem)
>>> plan.slots.tolist(), plan.score, plan.bound
([1, 0], 14, 14)
>>> check(problem, plan).proof
'proven'
"""

from matching.checks import Check, check
from matching.exceptions import MatchingError, PolicyError, ProblemError, ProfileError
from matching.explanation import (
    PairReasons,
    best_slots,
    explain,
    explain_place,
    questions_of_plan,
    who_might_fit,
)
from matching.plan import Certificate, Plan, SolveStatus
from matching.policy import Policy
from matching.problem import Problem
from matching.profiles import Candidates, Pairs, Slots, Vocabulary
from matching.scoring import ScoreLayers, score, to_problem
from matching.solvers import solve
from matching.taxonomy import Taxonomy

__all__ = [
    "Candidates",
    "Certificate",
    "Check",
    "MatchingError",
    "PairReasons",
    "Pairs",
    "Plan",
    "Policy",
    "PolicyError",
    "Problem",
    "ProblemError",
    "ProfileError",
    "ScoreLayers",
    "Slots",
    "SolveStatus",
    "Taxonomy",
    "Vocabulary",
    "best_slots",
    "check",
    "explain",
    "explain_place",
    "questions_of_plan",
    "score",
    "solve",
    "to_problem",
    "who_might_fit",
]
