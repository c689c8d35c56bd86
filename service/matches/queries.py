"""A match of given facts, for HTTP and for files alike."""

from collections.abc import Sequence
from typing import Final

from matching import Policy
from matching.policy import hash_text
from models.base import Shape
from models.candidate import CandidateFacts
from models.codes import RunStatus
from service.errors import FieldFault, InvalidInput
from service.match_runs.solving import Solved, solve_input
from service.matches.shapes import MatchAnswer, MatchProof, MatchRequest
from service.policies.actions import read_policy_text
from service.reasons import PairFinding, PlaceReasons
from service.schemas import BondGiven, RunInput, SlotFacts, bonds_given
from service.side_rules import ungrounded, unknown_references
from service.taxonomy import skill_taxonomy, unknown_skills
from service.wording import Names, Words

REQUEST_SECONDS: Final = 60.0
"""Nobody waits longer for one answer; a match run has more time."""


def match(request: MatchRequest, words: Words) -> MatchAnswer:
    """Bring the candidates and slots of one request together."""
    faults = [
        *_unique("candidates", request.candidates, "code"),
        *_unique("slots", request.slots, "code"),
        *_unique("postcodes", request.postcodes, "pc4"),
        *_unique("coaches", request.coaches, "code"),
        *_unique("quotas", request.quotas, "code"),
        *_unique("bonds", request.bonds, "code"),
    ]
    for row, person in enumerate(request.candidates):
        faults += _unknown(person, f"candidates.{row}")
    for row, slot in enumerate(request.slots):
        faults += _unknown(slot, f"slots.{row}")
    if faults:
        raise InvalidInput(faults)
    policy = Policy.default() if request.policy is None else _policy(request.policy)
    given = RunInput(
        as_of=request.as_of,
        candidates=request.candidates,
        slots=request.slots,
        postcodes=request.postcodes,
        coaches=request.coaches,
        quotas=request.quotas,
        bonds=[BondGiven.of(bond) for bond in request.bonds],
        groups=request.groups,
    )
    faults = [*unknown_references(given), *ungrounded(given, policy)]
    if faults:
        raise InvalidInput(faults)
    # Only now, so that faults tell the rows as they came.
    in_force = bonds_given(request.bonds, request.as_of)
    given = given.model_copy(update={"bonds": in_force}).canonical()
    solved = solve_input(given, policy, seed=request.seed, time_limit=REQUEST_SECONDS)
    return answer(solved, seed=request.seed, words=words)


def _policy(text: str) -> Policy:
    try:
        return read_policy_text(text)
    except InvalidInput as error:
        faults = [(fault, fault.field.strip("[]").removeprefix("policy")) for fault in error.faults]
        raise InvalidInput(
            [
                FieldFault(f"policy.{where}" if where else "policy", fault.message, fault.accepted)
                for fault, where in faults
            ]
        ) from None


def _unknown(facts: CandidateFacts | SlotFacts, where: str) -> list[FieldFault]:
    return [
        FieldFault(f"{where}.{fault.field}", fault.message, fault.accepted)
        for fault in unknown_skills(facts, skill_taxonomy())
    ]


def answer(solved: Solved, *, seed: int, words: Words) -> MatchAnswer:
    """Tell a solved match: plan, reasons, questions and proof."""
    names, policy = Names.of(solved.given), solved.layers.pairing.policy
    return MatchAnswer(
        note=words.advice(),
        policy=f"{policy.name}/{policy.edition}",
        seed=seed,
        as_of=solved.given.as_of,
        input_hash=hash_text(solved.given.to_text()),
        proof=MatchProof(
            statement=words.proof(solved.check.proof, solved.plan.status.value),
            status=RunStatus(solved.plan.status.value),
            n_placed=solved.plan.placed,
            score=solved.plan.score,
            bound=solved.plan.bound,
            proof=solved.check.proof,
            faults=list(solved.check.faults),
            candidates=list(solved.layers.pairing.candidates.codes),
            slots=list(solved.layers.pairing.slots.codes),
            coach_hours=solved.coach_hours,
            certificate=solved.certificate,
        ),
        places=solved.places,
        reasons=[PlaceReasons.model_validate(words.worded(one, names)) for one in solved.reasons],
        questions=[
            PairFinding.model_validate(one) for one in words.findings(solved.questions, names)
        ],
        seats_left=solved.seats_left,
    )


def _unique(name: str, rows: Sequence[Shape], key: str) -> list[FieldFault]:
    seen: dict[str, int] = {}
    faults = []
    for row, facts in enumerate(rows):
        value = str(getattr(facts, key))
        if value in seen:
            message = f"is the {key} of {name}.{seen[value]} already"
            faults.append(FieldFault(f"{name}.{row}.{key}", message, f"each {key} once"))
        seen.setdefault(value, row)
    return faults
