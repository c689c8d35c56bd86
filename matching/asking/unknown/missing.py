"""
Which unknown fact could change the plan, and by how much: so that people ask only what matters.

Every blank is filled in with each answer that could make a difference, one blank at a time; the row
or column is scored again, and the plan is held against the best plan for that answer. Most answers
leave the plan the best there is, which its prices prove, or the bare fact that nobody else gains
more by the answer than the plan does. The others are solved again.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Floats, Ints
from matching.asking.unknown.blanks import Answer, Blank, slots_with_edits, with_edits
from matching.asking.unknown.people import blanks_of_people
from matching.asking.unknown.slots import blanks_of_slots
from matching.asking.unknown.staying import Staying
from matching.asking.what_if import check_asked
from matching.deadline import Deadline, OutOfTime
from matching.eligibility import Eligibility
from matching.exceptions import ProblemError
from matching.facts.pairing import offered_tasks
from matching.facts.prepared import Prepared, PreparedSlots
from matching.limits.named import code_of_candidate, code_of_slot
from matching.plan import Plan
from matching.problem import Problem
from matching.rules import NO
from matching.scoring import ScoreLayers, score, score_pairing

Verdicts = NDArray[np.int8]

SOLVES_UNDER_SIDE_RULES: Final = 200
"""Each takes from some hundredths of a second on, at the size of a pilot."""

PAIRS_AT_ONCE: Final = 200_000
"""Pairs of a table of answers that are scored at a time."""

_Asked = tuple[Blank, Answer]
_Scored = Callable[[], Floats]
"""Works out the scores after an answer: all of them together would not fit in memory."""


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
    time_limit: float | None = None,
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
    time_limit : float, optional
        Wall seconds for the whole question; then too the rest is left open and says so.

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
    staying = Staying(problem, plan, layers.problem_scores, seed, Deadline(time_limit))
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
        if trial.scored and trial.key not in known and staying.solves < most_solves:
            row = trial.blank.row if trial.blank.side == "candidate" else None
            with suppress(OutOfTime):
                staying.deadline.check()
                known[trial.key] = staying.solved_again(trial.scored(), row)
        trial.outcome = known.get(trial.key)


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
    scored: _Scored | None
    """``None`` when the plan is proven to stay the best."""
    key: bytes
    """Of the scores, so that answers which come to the same are found."""
    refuses_place: bool
    could_gain: tuple[float, float]
    code: str
    outcome: tuple[int, float, int] | None = None
    """People and points lost by keeping the plan, and how many can have a place."""

    @property
    def is_open(self) -> bool:
        """Whether it takes a solve to know."""
        return self.scored is not None

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
    base = staying.base
    at_once = max(1, PAIRS_AT_ONCE // max(1, base.shape[1]))
    for first in range(0, len(asked), at_once):
        some = asked[first : first + at_once]
        rows = [blank.row for blank, _ in some]
        codes = tuple(str(k) for k in range(len(some)))
        table = with_edits(pairing.candidates, rows, [a.edits for _, a in some], codes)
        scored = score(table, pairing.slots, pairing.policy).problem_scores
        for (blank, answer), row in zip(some, scored, strict=True):
            if not np.array_equal(row, base[blank.row], equal_nan=True):
                again = partial(_with_row, base, row.copy(), blank.row)
                yield _trial(blank, answer, again, again(), staying)


def _with_row(base: Floats, row: Floats, i: int) -> Floats:
    scores = base.copy()
    scores[i] = row
    return scores


def _of_slots(layers: ScoreLayers, staying: Staying) -> Iterator[_Trial]:
    """Score every answer of every slot as a column of one wide table."""
    asked = [(b, a) for b in blanks_of_slots(layers.pairing) for a in b.answers]
    for blank, answer, scored in chain(_by_column(layers, asked), _by_itself(layers, asked)):
        scores = scored()
        if not np.array_equal(scores, staying.base, equal_nan=True):
            yield _trial(blank, answer, scored, scores, staying)


def _by_column(
    layers: ScoreLayers, asked: Sequence[_Asked]
) -> Iterator[tuple[Blank, Answer, _Scored]]:
    """Score the answers that say nothing of other slots."""
    pairing = layers.pairing
    alone = [(blank, answer) for blank, answer in asked if blank.fact != "tasks"]
    at_once = max(1, PAIRS_AT_ONCE // max(1, len(pairing.candidates)))
    offered = pairing.offered or offered_tasks(pairing.slots)
    for first in range(0, len(alone), at_once):
        some = alone[first : first + at_once]
        rows = [blank.row for blank, _ in some]
        table = slots_with_edits(pairing.slots, rows, [answer.edits for _, answer in some])
        prepared = Prepared(pairing.candidates, PreparedSlots(table, pairing.policy, offered))
        new = score_pairing(prepared.pairing, prepared)
        new_verdicts = new.eligibility.overall
        for k, (blank, answer) in enumerate(some):
            points, verdicts = new.points[:, k].copy(), new_verdicts[:, k].copy()
            if _is_other_column(layers, points, verdicts, blank.row):
                yield blank, answer, partial(_with_column, layers, points, verdicts, blank.row)


def _by_itself(
    layers: ScoreLayers, asked: Sequence[_Asked]
) -> Iterator[tuple[Blank, Answer, _Scored]]:
    """Score the texts one by one: a new one changes how rare words are everywhere."""
    for blank, answer in asked:
        if blank.fact == "tasks":
            yield blank, answer, partial(_anew, layers, blank, answer)


def _anew(layers: ScoreLayers, blank: Blank, answer: Answer) -> Floats:
    pairing, every_row = layers.pairing, range(len(layers.pairing.slots))
    edits = [answer.edits if j == blank.row else () for j in every_row]
    slots = with_edits(pairing.slots, every_row, edits)
    return score(pairing.candidates, slots, pairing.policy).problem_scores


def _is_other_column(layers: ScoreLayers, points: Ints, verdicts: Verdicts, j: int) -> bool:
    old = layers.eligibility.overall[:, j]
    is_same = np.array_equal(points, layers.points[:, j])
    return not (is_same and np.array_equal(verdicts > NO, old > NO))


def _with_column(layers: ScoreLayers, points: Ints, verdicts: Verdicts, j: int) -> Floats:
    """Return all scores with one slot scored anew: everybody's best may change with it."""
    all_points, all_verdicts = layers.points.copy(), layers.eligibility.overall.copy()
    all_points[:, j], all_verdicts[:, j] = points, verdicts
    eligibility = Eligibility(layers.pairing, {"all": all_verdicts})
    return replace(layers, points=all_points, eligibility=eligibility).problem_scores


def _trial(
    blank: Blank, answer: Answer, scored: _Scored, scores: Floats, staying: Staying
) -> _Trial:
    stays, could_gain = staying.stays_best(scores)
    name = code_of_candidate if blank.side == "candidate" else code_of_slot
    return _Trial(
        blank,
        answer,
        scored=None if stays else scored,
        key=b"" if stays else hashlib.sha256(scores.tobytes()).digest(),
        refuses_place=staying.refuses_a_place(scores),
        could_gain=could_gain,
        code=name(staying.problem, blank.row),
    )
