"""
The hard rules, by what they are about.

Each has a matrix of verdicts, and findings for one pair with its facts. Both say the same: a test
holds the matrix against the findings, pair by pair.
"""

from matching.rules import access, asked, needs, time, travel
from matching.rules.finding import ASK, NO, YES, Finding, HardRule, Verdicts

HARD_RULES: dict[str, HardRule] = {
    "seat": access.SEAT,
    "admission": access.ADMISSION,
    "veto": access.VETO,
    "declined": access.DECLINED,
    "form": access.FORM,
    "dates": time.DATES,
    "hours": time.HOURS,
    "travel": travel.TRAVEL,
    "education": asked.EDUCATION,
    "languages": asked.LANGUAGES,
    "skills": asked.SKILLS,
    "licence": asked.LICENCE,
    "conditions": needs.CONDITIONS,
    "support": needs.SUPPORT,
}
"""By the names that a policy uses, in the order in which people read them."""

__all__ = ["ASK", "HARD_RULES", "NO", "YES", "Finding", "HardRule", "Verdicts"]
