"""
Which unknown fact could change the plan, and by how much: so that people ask only what matters.

Every blank is filled in with each answer that could make a difference, one blank at a time; the row
or column is scored again, and the plan is held against the best plan for that answer. Most answers
leave the plan the best there is, which its prices prove, or the bare fact that nobody else gains
more by the answer than the plan does. The others are solved again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.blanks import Answer, Blank, with_edits
from matching.blanks_of_people import blanks_of_people
from matching.blanks_of_slots import blanks_of_slots
from matching.eligibility import Eligibility
from matching.exceptions import ProblemError
from matching.limits import code_of_candidate, code_of_slot
from matching.plan import Plan
from matching.problem import Problem
from matching.scoring import ScoreLayers, score
from matching.staying import Staying
from matching.what_if import check_asked

Floats = NDArray[np.float64]

SOLVES_UNDER_SIDE_RULES: Final = 200
"""Each takes from some hundredths of a second on, at the size of a pilot."""

ROWS_AT_ONCE: Final = 4000
"""Rows of a table of answers that are scored at a time."""


@dataclass(frozen=True)
class Missing:
    """
    A question, and what its answer could do to the plan.

    Parameters
    ----------
    side : {"candidate", "slot"}
        Whom to ask.
    code : str
        Which candidate, or which slot.
    fact, item, part : str or None
        What is not known: a column of the profile, and which of its items.
    refuses_place : bool
        Some answer rules out a place that the plan gives.
    placed : int
        How many people fewer than could be would have a place, were the plan kept whatever the
        answer; over all answers the most.
    points : int or float
        How many points would be lost by keeping it, where as many have a place.
    placed_from, placed_to : int
        How many people can have a place, after the worst answer and after the best.
    answers : tuple of str or float
        The answers that would change the plan, least first as the question has them.
    is_settled : bool
        Whether every answer was looked at; where not, the losses may be larger.
    """

    side: str
    code: str
    fact: str
    item: str | None
    part: str | None
    refuses_place: bool
    placed: int
    points: float
    placed_from: int
    placed_to: int
    answers: tuple[str | float, ...]
    is_settled: bool

    def to_json(self) -> dict[str, Any]:
        """Return the question as plain data."""
        return {
            "side": self.side,
            "code": self.code,
            "fact": self.fact,
            "item": self.item,
            "part": self.part,
            "refusesPlace": self.refuses_place,
            "placed": self.placed,
            "points": self.points,
            "placedFrom": self.placed_from,
            "placedTo": self.placed_to,
            "answers": list(self.answers),
            "isSettled": self.is_settled,
        }


def find_missing(
    layers: ScoreLayers,
    problem: Problem,
    plan: Plan,
    *,
    most_solves: int | None = None,
    seed: int = 0,
) -> tuple[Missing, ...]:
    """
    Return the unknown facts that could change a plan, those that matter most first.

    Parameters
    ----------
    layers : ScoreLayers
        What the scores of the problem come from.
    problem : Problem
    plan : Plan
        The answer to it.
    most_solves : int, optional
        After so many solves the rest is left open and says so. Each question's most threatening
        answer goes first.
        Left out: all that are needed under seats alone, else ``SOLVES_UNDER_SIDE_RULES``.
    seed : int, default=0

    Returns
    -------
    tuple of Missing
        People first, then points, then places that could fall through, then in reading order. A
        blank that is not in it changes nothing by itself, whatever the answer; two of them together
        might.

    Raises
    ------
    ProblemError
        If layers, problem and plan do not belong together.
    """
    check_asked(problem, plan)
    if layers.pairing.shape != problem.shape:
        raise ProblemError(
            f"has shape {layers.pairing.shape}; accepted is {problem.shape}", field="layers"
        )
    staying = Staying(problem, plan, layers.problem_scores, seed)
    trials = [*_of_people(layers, staying), *_of_slots(layers, staying)]
    if most_solves is None:
        most_solves = SOLVES_UNDER_SIDE_RULES if problem.has_side_rules else len(trials)
    _solve_again(trials, staying, most_solves)
    by_blank: dict[Blank, list[_Trial]] = {}
    for trial in trials:
        by_blank.setdefault(trial.blank, []).append(trial)
    found = (_missing(plan, blank, tried) for blank, tried in by_blank.items())
    return tuple(sorted((one for one in found if one is not None), key=_most_first))


def _solve_again(trials: Sequence["_Trial"], staying: Staying, most_solves: int) -> None:
    """
    Solve for what is open, each question's most threatening answer first, then the second of each.

    Answers that come to the same scores are solved once.
    """
    turns: list[tuple[int, _Trial]] = []
    seen: Counter[Blank] = Counter()
    for trial in sorted((t for t in trials if t.is_open), key=_most_threatening):
        turns.append((seen[trial.blank], trial))
        seen[trial.blank] += 1
    known: dict[bytes, tuple[int, float, int]] = {}
    for _, trial in sorted(turns, key=lambda turn: (turn[0], *_most_threatening(turn[1]))):
        key = trial.scores.tobytes()
        if key not in known and staying.solves < most_solves:
            row = trial.blank.row if trial.blank.side == "candidate" else None
            known[key] = staying.solved_again(trial.scores, row)
        trial.outcome = known.get(key)


def _most_threatening(trial: "_Trial") -> tuple[Any, ...]:
    people, points = trial.could_gain
    return -people, -points, *trial.names


def _most_first(one: Missing) -> tuple[Any, ...]:
    text = (one.code, one.fact, one.item or "", one.part or "")
    return -one.placed, -one.points, not one.refuses_place, one.side, *text


@dataclass
class _Trial:
    """One answer to one blank, and what came of it."""

    blank: Blank
    answer: Answer
    scores: Floats
    refuses_place: bool
    is_open: bool
    could_gain: tuple[float, float]
    code: str
    outcome: tuple[int, float, int] | None = None
    """People and points lost by keeping the plan, and how many can have a place."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its place among others that could gain as much, whatever the order of rows."""
        blank = self.blank
        item, part = blank.item or "", blank.part or ""
        return blank.side, self.code, blank.fact, item, part, str(self.answer.says)


def _missing(plan: Plan, blank: Blank, tried: Sequence[_Trial]) -> Missing | None:
    """Sum up what the answers to one blank do; ``None`` when none of them does anything."""
    changing = [t for t in tried if t.refuses_place or (t.outcome and t.outcome[:2] > (0, 0))]
    unsettled = any(t.is_open and t.outcome is None for t in tried)
    if not changing and not unsettled:
        return None
    lost = max((t.outcome[:2] for t in tried if t.outcome), default=(0, 0))
    placed = [t.outcome[2] for t in tried if t.outcome]
    if len(placed) < len(blank.answers):  # an answer that leaves the plan the best there is
        placed.append(plan.placed)
    return Missing(
        side=blank.side,
        code=tried[0].code,
        fact=blank.fact,
        item=blank.item,
        part=blank.part,
        refuses_place=any(t.refuses_place for t in tried),
        placed=lost[0],
        points=lost[1],
        placed_from=min(placed),
        placed_to=max(placed),
        answers=tuple(t.answer.says for t in changing),
        is_settled=not unsettled,
    )


def _of_people(layers: ScoreLayers, staying: Staying) -> Iterator[_Trial]:
    """Score every answer of every candidate as a row of one long table."""
    pairing = layers.pairing
    asked = [(b, a) for b in blanks_of_people(pairing) for a in b.answers]
    base = layers.problem_scores
    for first in range(0, len(asked), ROWS_AT_ONCE):
        some = asked[first : first + ROWS_AT_ONCE]
        rows = [blank.row for blank, _ in some]
        codes = tuple(str(k) for k in range(len(some)))
        table = with_edits(pairing.candidates, rows, [a.edits for _, a in some], codes)
        scored = score(table, pairing.slots, pairing.policy).problem_scores
        for (blank, answer), row in zip(some, scored, strict=True):
            if np.array_equal(row, base[blank.row], equal_nan=True):
                continue
            scores = base.copy()
            scores[blank.row] = row
            yield _trial(blank, answer, scores, staying)


def _of_slots(layers: ScoreLayers, staying: Staying) -> Iterator[_Trial]:
    """Score one answer of each slot at a time, until no slot has one left."""
    pairing, base = layers.pairing, layers.problem_scores
    left: dict[int, list[tuple[Blank, Answer]]] = {}
    for blank in blanks_of_slots(pairing):
        left.setdefault(blank.row, []).extend((blank, answer) for answer in blank.answers)
    every_row = np.arange(len(pairing.slots))
    while any(left.values()):
        # A new text changes how rare words are everywhere, so it is scored by itself.
        turn = _next_turn(left)
        edits = [turn[j][1].edits if j in turn else () for j in every_row.tolist()]
        scored = score(
            pairing.candidates, with_edits(pairing.slots, every_row, edits), pairing.policy
        )
        for j, (blank, answer) in turn.items():
            scores = _with_column(layers, scored, j, whole=blank.fact == "tasks")
            if not np.array_equal(scores, base, equal_nan=True):
                yield _trial(blank, answer, scores, staying)


def _next_turn(left: dict[int, list[tuple[Blank, Answer]]]) -> dict[int, tuple[Blank, Answer]]:
    for j, rest in left.items():
        if rest and rest[0][0].fact == "tasks":
            return {j: rest.pop(0)}
    return {j: rest.pop(0) for j, rest in left.items() if rest}


def _with_column(layers: ScoreLayers, scored: ScoreLayers, j: int, *, whole: bool) -> Floats:
    """Return the scores with one slot's column from a new scoring; everybody's best may change."""
    if whole:
        return scored.problem_scores
    points, verdicts = layers.points.copy(), layers.eligibility.overall.copy()
    points[:, j], verdicts[:, j] = scored.points[:, j], scored.eligibility.overall[:, j]
    eligibility = Eligibility(layers.pairing, {"all": verdicts})
    return replace(layers, points=points, eligibility=eligibility).problem_scores


def _trial(blank: Blank, answer: Answer, scores: Floats, staying: Staying) -> _Trial:
    stays, could_gain = staying.stays_best(scores)
    name = code_of_candidate if blank.side == "candidate" else code_of_slot
    return _Trial(
        blank,
        answer,
        scores,
        refuses_place=staying.refuses_a_place(scores),
        is_open=not stays,
        could_gain=could_gain,
        code=name(staying.problem, blank.row),
    )
