"""Valid facts unless told otherwise: one candidate and one slot that fit, with nothing blank."""

from datetime import date
from typing import Any

from matching import Policy, ScoreLayers, score
from models.candidate import CandidateFacts
from models.postcode import PostcodeCreate
from service.crossing import to_profiles
from service.schemas import DeclinedBefore, RunInput, SlotFacts
from service.taxonomy import skill_taxonomy

TODAY = date(2017, 12, 1)

THE_HAGUE, UTRECHT, GRONINGEN = "2511", "3511", "9711"
POSTCODES = [
    PostcodeCreate(pc4=THE_HAGUE, place="Den Haag", latitude=52.08, longitude=4.31),
    PostcodeCreate(pc4=UTRECHT, place="Utrecht", latitude=52.09, longitude=5.12),
    PostcodeCreate(pc4=GRONINGEN, place="Groningen", latitude=53.22, longitude=6.57),
]


def make_candidate(code: str = "K-1", **told: Any) -> CandidateFacts:
    """Return a candidate of whom everything is known and who fits `make_slot()`."""
    facts: dict[str, Any] = {
        "code": code,
        "pc4": THE_HAGUE,
        "travel_modes": ["public_transport"],
        "max_travel_minutes": 60,
        "diploma": "mbo_4",
        "languages": [
            {
                "language": "nld",
                "listening": "B2",
                "reading": "B2",
                "speaking": "B2",
                "writing": "B2",
            }
        ],
        "skills": [],
        "licences": [],
        "tasks_wanted": [],
        "occupations_sought": [],
        "weekly_hours_from": 16,
        "weekly_hours_to": 36,
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "available_on": "2017-12-01",
        "placement_forms": ["work_experience", "trial", "learn_work", "job"],
        "remote_days_wanted": 0,
        "wishes": [],
        "conditions": [],
        "support": [],
        "waiting_since": "2017-06-01",
    }
    return CandidateFacts.model_validate(facts | told)


def make_slot(code: str = "S-1", **told: Any) -> SlotFacts:
    """Return a slot of which all is known and which asks nothing that `make_candidate()` lacks."""
    facts: dict[str, Any] = {
        "code": code,
        "title": "Medewerker inkoop",
        "pilot": "P-1",
        "cohort": "2018-01",
        "supplier": "SUP",
        "seats": 1,
        "form": "work_experience",
        "contract_prospect": "temporary",
        "isco": "3323",
        "tasks": ["offertes vergelijken"],
        "weekly_hours_from": 24,
        "weekly_hours_to": 36,
        "days": ["mon", "tue", "wed", "thu"],
        "days_fixed": "no",
        "starts_at": "09:00",
        "build_up": "no",
        "education": {"level": "none", "strength": "wanted"},
        "languages": [],
        "skills": [],
        "licences": [],
        "skills_taught": [],
        "phases": [
            {
                "kind": "on_the_job",
                "weeks": 26,
                "pc4": THE_HAGUE,
                "onSiteDays": 4,
                "remoteDays": 0,
                "organisation": "HOST",
            }
        ],
        "starts_on": "2018-01-08",
        "last_entry_on": "2018-02-01",
    }
    return SlotFacts.model_validate(facts | told)


def make_input(
    candidates: list[CandidateFacts],
    slots: list[SlotFacts],
    *,
    declined: list[tuple[str, str]] | None = None,
) -> RunInput:
    """Return what a run is given, with the three postcodes that the factories use."""
    return RunInput(
        as_of=TODAY,
        candidates=candidates,
        slots=slots,
        postcodes=POSTCODES,
        declined=[DeclinedBefore(candidate=c, slot=s) for c, s in declined or ()],
    )


def score_facts(
    candidates: list[CandidateFacts],
    slots: list[SlotFacts],
    policy: Policy | None = None,
    *,
    declined: list[tuple[str, str]] | None = None,
) -> ScoreLayers:
    """Score facts as the service would."""
    given = make_input(candidates, slots, declined=declined)
    return score(*to_profiles(given, skill_taxonomy()), policy or Policy.default())
