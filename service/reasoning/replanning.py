"""Plan anew without upsetting people: the places of an earlier run, held against facts of now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from matching.deadline import ENDLESS, Deadline
from matching.replanning.frontier import Replan, find_replans
from matching.replanning.row import Commitment
from models.codes import SlotStatus
from service.errors import FieldFault, InvalidInput
from service.match_runs.solving import Solved, solve_input
from service.reasoning.shapes import ReplanMove, ReplanPoint, ReplanRead
from service.wording import Words


def replan(
    solved: Solved,
    places: Mapping[str, str],
    known: Sequence[str],
    *,
    since: str,
    words: Words,
    seed: int,
    agreed: Sequence[str] = (),
    deadline: Deadline = ENDLESS,
) -> ReplanRead:
    """
    Give the plans between fewest moves and most points, and a reason for each who moves.

    `places` is the slot of each candidate in the earlier run, and `known` who was in it. Whoever is
    in `agreed` counts as one who has said yes: to be moved last.
    """
    people, slots = solved.layers.pairing.candidates.codes, solved.layers.pairing.slots.codes
    strangers = [position for position, code in enumerate(agreed) if code not in people]
    if strangers:
        faults = [FieldFault(f"agreed.{at}", "is nobody in this plan") for at in strangers]
        raise InvalidInput(faults)
    column = {code: j for j, code in enumerate(slots)}
    current = np.array([column.get(places.get(code, ""), -1) for code in people], dtype=np.int64)
    levels = [Commitment.AGREED if code in agreed else Commitment.PLANNED for code in people]
    found = find_replans(
        replace(solved.problem, current=current),
        commitments=levels,
        seed=seed,
        time_limit=deadline.seconds_left,
    )

    def code(j: int) -> str | None:
        return None if j < 0 else slots[j]

    return ReplanRead(
        note=words.advice(),
        is_settled=found.is_settled,
        text=[] if found.is_settled else [words.no_time("replans")],
        since=since,
        gone=sorted(set(known) - set(people)),
        new=sorted(set(people) - set(known)),
        points=_points(found, words),
        moves=[
            ReplanMove(
                candidate=people[move.candidate],
                before=code(move.before),
                after=code(move.after),
                reason=move.reason.value,
                text=words.move(move.reason.value, has_place=move.after >= 0),
                others=[people[i] for i in (move.room_for, move.because_of) if i is not None],
            )
            for move in found.moves
        ],
        is_complete=found.is_complete,
    )


def without_slot(solved: Solved, code: str, *, seed: int) -> Solved:
    """Return the plan for the same facts with one slot withdrawn."""
    slots = [
        slot.model_copy(update={"status": SlotStatus.WITHDRAWN}) if slot.code == code else slot
        for slot in solved.given.slots
    ]
    given = solved.given.model_copy(update={"slots": slots})
    return solve_input(given, solved.layers.pairing.policy, seed=seed)


def _points(found: Replan, words: Words) -> list[ReplanPoint]:
    return [
        ReplanPoint(
            moves=point.moves,
            lose_place=point.lose_place,
            effort=point.effort,
            n_placed=point.placed,
            score=point.score,
            gain=point.gain,
            is_proven=point.is_proven,
            is_chosen=point is found.chosen,
            text=words.replan(point.moves, point.placed),
        )
        for point in found.points
    ]
