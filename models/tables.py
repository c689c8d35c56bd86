"""Every table, imported once, so that the metadata is complete wherever it is needed."""

from models.audit_event import AuditEvent
from models.base import Office
from models.bond import Bond, BondCandidate
from models.candidate import Candidate
from models.coach import Coach, CoachPilot
from models.confidential import (
    CandidateBackground,
    CandidateContact,
    CandidateNeeds,
    FrozenInput,
    ProposalReasons,
)
from models.decision import Decision
from models.job import Job
from models.match_run import MatchRun
from models.organisation import Organisation
from models.pilot import Cohort, Pilot, PilotOrganisation
from models.placement import Placement
from models.policy import StoredPolicy
from models.postcode import Postcode
from models.proposal import Proposal
from models.quota import Quota, QuotaPilot, QuotaSlot
from models.slot import Slot, SlotPhase

__all__ = [
    "AuditEvent",
    "Bond",
    "BondCandidate",
    "Candidate",
    "CandidateBackground",
    "CandidateContact",
    "CandidateNeeds",
    "Coach",
    "CoachPilot",
    "Cohort",
    "Decision",
    "FrozenInput",
    "Job",
    "MatchRun",
    "Office",
    "Organisation",
    "Pilot",
    "PilotOrganisation",
    "Placement",
    "Postcode",
    "Proposal",
    "ProposalReasons",
    "Quota",
    "QuotaPilot",
    "QuotaSlot",
    "Slot",
    "SlotPhase",
    "StoredPolicy",
]
