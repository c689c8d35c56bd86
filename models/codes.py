"""
The code lists: short, closed, and in the words of the field. What is open-ended lives in
vocabularies/.
"""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation may be; one organisation can be several."""

    SUPPLIER = "supplier"
    HOST = "host"
    COORDINATING_BODY = "coordinating_body"
    REFERRER = "referrer"


class YesNoUnknown(StrEnum):
    """An answer that may still be missing. Unknown is a value: it is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """How firmly a slot asks for something."""

    MUST = "must"
    WANTED = "wanted"
    TRAINED = "trained"


class SkillWeight(StrEnum):
    """How much an asked skill matters; the three strengths of CompetentNL."""

    ESSENTIAL = "essential"
    IMPORTANT = "important"
    SOMEWHAT = "somewhat"


class NeedStrength(StrEnum):
    """How firmly a candidate needs, or needs to avoid, a work condition."""

    MUST = "must"
    MUST_NOT = "must_not"
    WANTED = "wanted"
    AVOID = "avoid"


class AskGround(StrEnum):
    """
    Why a diploma may be a *must*: because the law or the work itself demands it, nothing else.
    """

    LAW = "law"
    WORK = "work"


class Diploma(StrEnum):
    """
    Dutch diplomas, as Nuffic places them on NLQF and EQF. `eqf` is the scale that compares them.
    """

    NONE = "none"
    PRIMARY = "primary"
    PRACTICAL = "practical"
    VMBO_BB = "vmbo_bb"
    MBO_1 = "mbo_1"
    VMBO_KGT = "vmbo_kgt"
    MBO_2 = "mbo_2"
    MBO_3 = "mbo_3"
    MBO_4 = "mbo_4"
    HAVO = "havo"
    VWO = "vwo"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"

    @property
    def eqf(self) -> int:
        """The EQF level, 0 to 8; 0 for what has no level there. Source: Nuffic, NLQF."""
        return _EQF[self]


# A naive order vmbo < mbo < havo < vwo would be wrong: havo, vwo and mbo 4 share level 4.
_EQF = {
    Diploma.NONE: 0,
    Diploma.PRIMARY: 0,
    Diploma.PRACTICAL: 0,
    Diploma.VMBO_BB: 1,
    Diploma.MBO_1: 1,
    Diploma.VMBO_KGT: 2,
    Diploma.MBO_2: 2,
    Diploma.MBO_3: 3,
    Diploma.MBO_4: 4,
    Diploma.HAVO: 4,
    Diploma.VWO: 4,
    Diploma.ASSOCIATE: 5,
    Diploma.BACHELOR: 6,
    Diploma.MASTER: 7,
    Diploma.DOCTOR: 8,
}


class Cefr(StrEnum):
    """Language levels of the Common European Framework, with `none` below A1."""

    NONE = "none"
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """0 for none, 1 for A1, up to 6 for C2."""
        return list(Cefr).index(self)


class LanguageSkill(StrEnum):
    """The four language skills."""

    LISTENING = "listening"
    READING = "reading"
    SPEAKING = "speaking"
    WRITING = "writing"


class PlacementForm(StrEnum):
    """The forms a placement can take."""

    WORK_EXPERIENCE = "work_experience"
    TRIAL = "trial"
    LEARN_WORK = "learn_work"
    JOB = "job"


class ContractProspect(StrEnum):
    """What contract is in prospect when a trajectory ends well."""

    NONE = "none"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


class PhaseKind(StrEnum):
    """The phases of a trajectory."""

    THEORY = "theory"
    ON_THE_JOB = "on_the_job"
    OUTFLOW = "outflow"


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class TravelMode(StrEnum):
    """Means of travel, after VUM's codeVervoermiddel, with walking added."""

    WALK = "walk"
    BICYCLE = "bicycle"
    MOPED = "moped"
    PUBLIC_TRANSPORT = "public_transport"
    CAR = "car"
    MOTORCYCLE = "motorcycle"
    OTHER = "other"


class Licence(StrEnum):
    """Driving licences, as VUM lists them."""

    A = "A"
    A1 = "A1"
    A2 = "A2"
    AM = "AM"
    B = "B"
    BE = "BE"
    B_PLUS = "B+"
    C = "C"
    C1 = "C1"
    CE = "CE"
    C1E = "C1E"
    D = "D"
    D1 = "D1"
    DE = "DE"
    D1E = "D1E"
    T = "T"


class CandidateStatus(StrEnum):
    """Whether a candidate is looking for a place now."""

    OPEN = "open"
    PAUSED = "paused"
    PLACED = "placed"
    WITHDRAWN = "withdrawn"


class SlotStatus(StrEnum):
    """Whether a slot can be proposed now."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class WishTarget(StrEnum):
    """What a wish or a veto can be about."""

    SLOT = "slot"
    PILOT = "pilot"
    ORGANISATION = "organisation"


class RunStatus(StrEnum):
    """
    Where a match run stands; the last five are ends, and each of the first three is a proper
    answer.
    """

    QUEUED = "queued"
    RUNNING = "running"
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class DecisionKind(StrEnum):
    """What a person decided about a proposal."""

    ACCEPTED = "accepted"
    DECLINED_BY_CANDIDATE = "declined_by_candidate"
    DECLINED_BY_SUPPLIER = "declined_by_supplier"
    REJECTED_BY_COORDINATOR = "rejected_by_coordinator"
    OVERRIDDEN = "overridden"


class JobStatus(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"


class RuleStatus(StrEnum):
    """Whether a coach, a quota or a bond still holds. What is withdrawn stays for the trail."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class BondKind(StrEnum):
    """Whether people of a bond start together or apart."""

    TOGETHER = "together"
    APART = "apart"


class BondWithin(StrEnum):
    """How near together or apart is meant: in one slot, or in one pilot."""

    SLOT = "slot"
    PILOT = "pilot"
