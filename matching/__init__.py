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

from matching.asking.attention import Attention, Kind, find_attention
from matching.asking.compare import Comparison, compare_plans
from matching.asking.explanation import (
    PairReasons,
    best_slots,
    explain,
    explain_place,
    questions_of_plan,
    who_might_fit,
)
from matching.asking.marginal import Marginal, find_marginals
from matching.asking.parity import Parity, measure_parity
from matching.asking.regret import Fallback, Regret, find_fallbacks, find_regrets
from matching.asking.unknown.missing import Missing, find_missing
from matching.asking.variation import Perturbations
from matching.asking.ways import PlanningWay, compare_policies, compare_ways
from matching.asking.what_if import Trade, WhyNot, why_not
from matching.asking.what_works import Remedy, WhatWorks, what_would_work
from matching.checking.opinion import Check, check
from matching.checking.stability import blocking_pairs
from matching.efforts import Efforts
from matching.exceptions import (
    FileError,
    MatchingError,
    PolicyError,
    ProblemError,
    ProfileError,
)
from matching.facts.profiles import Candidates, Pairs, Slots, Vocabulary
from matching.facts.taxonomy import Taxonomy
from matching.limits.conflicts import Conflict, find_conflict
from matching.limits.named import Limit, Wanted
from matching.limits.relaxing import Relaxation, find_relaxations
from matching.plan import (
    Certificate,
    Level,
    Multipliers,
    Plan,
    Progress,
    SideCertificate,
    SolveStatus,
)
from matching.policy import Policy
from matching.problem import Problem
from matching.replanning.frontier import Replan, find_replans
from matching.replanning.moves import Move, Reason, explain_moves
from matching.replanning.row import Commitment
from matching.scoring import ScoreLayers, score, to_problem
from matching.sides import Group, Quota, Resource
from matching.solvers import solve, solve_stable
from matching.solvers.lottery import Lottery, lottery
from matching.source import REFUSED, ScoreSource

__all__ = [
    "REFUSED",
    "Attention",
    "Candidates",
    "Certificate",
    "Check",
    "Commitment",
    "Comparison",
    "Conflict",
    "Efforts",
    "Fallback",
    "FileError",
    "Group",
    "Kind",
    "Level",
    "Limit",
    "Lottery",
    "Marginal",
    "MatchingError",
    "Missing",
    "Move",
    "Multipliers",
    "PairReasons",
    "Pairs",
    "Parity",
    "Perturbations",
    "Plan",
    "PlanningWay",
    "Policy",
    "PolicyError",
    "Problem",
    "ProblemError",
    "ProfileError",
    "Progress",
    "Quota",
    "Reason",
    "Regret",
    "Relaxation",
    "Remedy",
    "Replan",
    "Resource",
    "ScoreLayers",
    "ScoreSource",
    "SideCertificate",
    "Slots",
    "SolveStatus",
    "Taxonomy",
    "Trade",
    "Vocabulary",
    "Wanted",
    "WhatWorks",
    "WhyNot",
    "best_slots",
    "blocking_pairs",
    "check",
    "compare_plans",
    "compare_policies",
    "compare_ways",
    "explain",
    "explain_moves",
    "explain_place",
    "find_attention",
    "find_conflict",
    "find_fallbacks",
    "find_marginals",
    "find_missing",
    "find_regrets",
    "find_relaxations",
    "find_replans",
    "lottery",
    "measure_parity",
    "questions_of_plan",
    "score",
    "solve",
    "solve_stable",
    "to_problem",
    "what_would_work",
    "who_might_fit",
    "why_not",
]
