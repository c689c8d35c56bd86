"""Suggestions: an answer to "what fits?" and "who fits?", kept nowhere."""

from datetime import date

from sqlmodel import Session

from matching import Policy, best_slots, explain, who_might_fit
from matching.asking.explanation import explain_no_place
from models.base import Shape
from models.candidate import Candidate
from models.slot import Slot
from service.match_runs.queries import gather_input
from service.match_runs.solving import score_input
from service.reasons import NoPlace, PairReasons
from service.wording import Names, Words


class SlotSuggestions(Shape):
    """Slots that might fit a candidate, best first; without any: what stands in the way."""

    note: str
    candidate: str
    as_of: date
    items: list[PairReasons]
    no_place: NoPlace | None = None


class PeopleSuggestions(Shape):
    """People whom a slot might fit; first those for whom it is the best they can get."""

    note: str
    slot: str
    as_of: date
    items: list[PairReasons]


def suggest_slots(
    session: Session, row: Candidate, *, policy: Policy, today: date, limit: int, words: Words
) -> SlotSuggestions:
    """Return what might fit a candidate, with reasons in data and in words."""
    given = gather_input(session, as_of=today, candidates=[row])
    layers = score_input(given, policy)
    names = Names.of(given)
    found = best_slots(layers, 0, limit)
    nothing = None
    if not found:
        nothing = NoPlace.model_validate(words.no_place(explain_no_place(layers, 0), names))
    return SlotSuggestions(
        note=words.advice(),
        candidate=row.code,
        as_of=today,
        items=[
            PairReasons.model_validate(
                {"title": names.slots[pair["slot"]], **words.pair(pair, names)}
            )
            for pair in (explain(layers, 0, j).to_json() for j in found)
        ],
        no_place=nothing,
    )


def suggest_people(
    session: Session, row: Slot, *, policy: Policy, today: date, limit: int, words: Words
) -> PeopleSuggestions:
    """Return whom a slot might fit, with reasons in data and in words."""
    given = gather_input(session, as_of=today)
    layers = score_input(given, policy)
    names = Names.of(given)
    j = layers.pairing.slots.codes.index(row.code)
    return PeopleSuggestions(
        note=words.advice(),
        slot=row.code,
        as_of=today,
        items=[
            PairReasons.model_validate(words.pair(explain(layers, i, j).to_json(), names))
            for i in who_might_fit(layers, j, limit)
        ],
    )


def explain_pair(
    session: Session, person: Candidate, slot: Slot, *, policy: Policy, today: date, words: Words
) -> PairReasons:
    """Return all there is to say of one candidate and one slot, in data and in words."""
    given = gather_input(session, as_of=today, candidates=[person])
    layers = score_input(given, policy)
    names = Names.of(given)
    j = layers.pairing.slots.codes.index(slot.code)
    told = words.pair(explain(layers, 0, j).to_json(), names)
    return PairReasons.model_validate({"title": slot.title, **told})
