"""The soft criteria: one file each, every layer in [0, 1], unknown is nan."""

from matching.criteria.conditions import CONDITIONS
from matching.criteria.education import EDUCATION
from matching.criteria.hours import HOURS
from matching.criteria.languages import LANGUAGES
from matching.criteria.layer import Criterion, Layer
from matching.criteria.occupation import OCCUPATION
from matching.criteria.skills import SKILLS
from matching.criteria.support import SUPPORT
from matching.criteria.tasks import TASKS
from matching.criteria.travel import TRAVEL
from matching.criteria.wishes import WISHES

SOFT_CRITERIA: dict[str, Criterion] = {
    criterion.name: criterion
    for criterion in (
        SKILLS,
        EDUCATION,
        LANGUAGES,
        OCCUPATION,
        TASKS,
        WISHES,
        CONDITIONS,
        SUPPORT,
        HOURS,
        TRAVEL,
    )
}
"""By the names that a policy uses, in the order in which people read them."""

__all__ = ["SOFT_CRITERIA", "Criterion", "Layer"]
