"""
Answers about one plan: pure, so that a run, a command and the demo are answered alike.

The engine answers in positions and codes; here its limits get the names that people know, and each
answer its sentences.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from matching import Problem
from matching.asking.attention import Kind, find_attention
from matching.asking.marginal import find_marginals
from matching.asking.unknown.missing import find_missing
from matching.asking.variation import Perturbations
from matching.asking.ways import PlanningWay, compare_ways
from matching.asking.what_if import Trade, why_not
from matching.asking.what_works import Remedy, what_would_work
from matching.deadline import ENDLESS, Deadline
from matching.limits.named import Limit
from matching.limits.relaxing import Relaxation
from matching.plan import Plan, SolveStatus
from matching.scoring import ScoreLayers, to_problem
from service.errors import NotFound
from service.match_runs.solving import Solved
from service.reasoning import shapes
from service.reasons import Finding
from service.side_rules import to_side_rules
from service.wording import Names, Words

Facts = dict[str, Any]

DAYS: Final = ("available_on", "last_entry_on")
"""Facts that the engine counts in days."""

MOST_RULES: Final = 2
"""How many rules are named where nothing helps."""


class Reasoning:
    """Answers questions about one plan, in one language."""

    def __init__(
        self, solved: Solved, words: Words, *, seed: int, deadline: Deadline = ENDLESS
    ) -> None:
        self.solved, self.words, self.seed, self.deadline = solved, words, seed, deadline
        self.names = Names.of(solved.given)
        self.people = solved.layers.pairing.candidates.codes
        self.slots = solved.layers.pairing.slots.codes

    @property
    def note(self) -> str:
        """What holds for every answer."""
        return self.words.note(self.solved.plan.status is SolveStatus.INTERRUPTED)

    def why_not(self, candidate: str, slot: str) -> shapes.WhyNotRead:
        """Say why the plan does not give somebody a slot."""
        one, i, j = self.solved, self.person(candidate), self.slot(slot)
        found = why_not(
            one.problem,
            one.plan,
            i,
            j,
            layers=one.layers,
            seed=self.seed,
            time_limit=self.deadline.seconds_left,
        )
        told = found.to_json(with_people=False)
        loosenings = [self._loosening(way) for way in found.relaxations]
        worded = {**told, "relaxations": loosenings}
        limits = () if found.conflict is None else found.conflict.limits
        others = () if found.trade is None else found.trade.others
        return shapes.WhyNotRead(
            note=self.note,
            is_settled=found.is_settled,
            candidate=candidate,
            slot=slot,
            answer=found.answer,
            text=self.words.why_not(worded, self.names),
            refusals=self._findings(told["refusals"]),
            questions=self._findings(told["questions"]),
            trade=None if found.trade is None else _trade(found.trade),
            limits=[self._limit(limit) for limit in limits],
            loosenings=[shapes.Loosening(**way) for way in loosenings],
            others=[shapes.OtherMoved(**vars(other)) for other in others],
        )

    def what_works(
        self, candidate: str, slot: str | None = None, *, most: int = 5
    ) -> shapes.WhatWorksRead:
        """Say what people could change so that somebody gets a slot, or any place."""
        one = self.solved
        found = what_would_work(
            one.layers,
            one.problem,
            one.plan,
            self.person(candidate),
            slot=None if slot is None else self.slot(slot),
            most=most,
            restate=self._restated,
            seed=self.seed,
            time_limit=self.deadline.seconds_left,
        )
        ways = [self._way(way) for way in found.ways]
        rules = Counter(rule for _, refused in found.stands for rule in refused)
        text = (
            [] if ways else self.words.no_way([rule for rule, _ in rules.most_common(MOST_RULES)])
        )
        if not found.is_settled:
            text.append(self.words.no_time("ways"))
        return shapes.WhatWorksRead(
            note=self.note,
            is_settled=found.is_settled,
            candidate=candidate,
            slot=slot,
            text=[*text, *(line for way in ways for line in way.text)],
            ways=ways,
            stands=[shapes.Stands(slot=code, rules=list(names)) for code, names in found.stands],
        )

    def questions(self, *, most_solves: int | None = None) -> shapes.QuestionsRead:
        """Say which unknown facts could change the plan, and by how much."""
        one = self.solved
        found = find_missing(
            one.layers,
            one.problem,
            one.plan,
            most_solves=most_solves,
            seed=self.seed,
            time_limit=self.deadline.seconds_left,
        )
        items = []
        for missing in found:
            facts = vars(missing) | {"answers": _as_said(missing.fact, missing.answers)}
            text = self.words.missing(missing.to_json())
            items.append(shapes.QuestionRead(**facts, text=text))
        settled = all(item.is_settled for item in items)
        return shapes.QuestionsRead(note=self.note, is_settled=settled, items=items)

    def worth(self, *, seats_only: bool = False) -> shapes.WorthRead:
        """Say what one more seat, and four hours more, would bring."""
        one = self.solved
        resources = () if seats_only else None
        found = find_marginals(
            one.problem,
            one.plan,
            resources=resources,
            seed=self.seed,
            time_limit=self.deadline.seconds_left,
        )
        items = []
        for marginal in found:
            facts: Facts = {
                "amount": marginal.amount,
                "placed": marginal.placed if marginal.is_settled else None,
                "points": marginal.points if marginal.is_settled else None,
            }
            limit = self._limit(marginal.limit)
            items.append(
                shapes.WorthOf(
                    **facts,
                    limit=limit,
                    status=marginal.status,
                    is_settled=marginal.is_settled,
                    text=self.words.worth(limit | facts, self.names),
                )
            )
        n_open = sum(not item.is_settled for item in items)
        return shapes.WorthRead(
            note=self.note, is_settled=not n_open, text=self.words.open_worth(n_open), items=items
        )

    def attention(self, *, times: int) -> shapes.AttentionRead:
        """Say whose place is the same when things are slightly different."""
        one = self.solved
        found = find_attention(
            one.problem,
            one.plan,
            layers=one.layers,
            perturbations=Perturbations(times=times),
            seed=self.seed,
            time_limit=self.deadline.seconds_left,
        )
        counts = {kind.value: len(found.of_kind(kind)) for kind in Kind}
        people = []
        for person in found.people:
            told: Facts = {
                "kind": person.kind.value,
                "options": [
                    {**option.to_json(), "slot": self.slots[option.slot]}
                    for option in person.options
                ],
            }
            people.append(
                shapes.PersonAttention(
                    candidate=self.people[person.candidate],
                    slot=self._code(person.slot),
                    present=person.present,
                    same=person.same,
                    without=person.without,
                    n_possible=person.n_possible,
                    text=self.words.person(told, self.names),
                    **told,
                )
            )
        return shapes.AttentionRead(
            note=self.note,
            is_settled=found.is_settled,
            text=self.words.attention(counts, found.planned, times),
            planned=found.planned,
            infeasible=found.infeasible,
            **found.perturbations.to_json(),
            seed=found.seed,
            counts=counts,
            people=people,
        )

    def compare(self, way: shapes.OtherWay) -> shapes.ComparisonRead:
        """Say what another way of planning would change."""
        one = self.solved
        policy = one.layers.pairing.policy
        other = {
            shapes.OtherWay.WORST: PlanningWay(way, policy.compare, ("placed", "worst", "score")),
            shapes.OtherWay.LEXIMIN: PlanningWay(way, policy.compare, ("placed", "leximin")),
        }.get(way, PlanningWay(way, way, policy.objective))
        compared = compare_ways(
            one.layers,
            as_of=one.given.as_of,
            ways=[PlanningWay("plan", policy.compare, policy.objective), other],
            seed=self.seed,
            resources=one.sides.resources,
            quotas=one.sides.quotas,
            groups=one.sides.groups,
            known={"plan": one.plan},
            time_limit=self.deadline.seconds_left,
        )
        if not has_plan(compared.plans[way]):
            return self._not_compared(way)
        found, settled = compared.between("plan", way), has_proof(compared.plans[way])
        better, worse = found.better[policy.compare], found.worse[policy.compare]
        told = {"way": way, "changed": len(found.changes), "placed": found.placed}
        text = self.words.comparison(told | {"better": better, "worse": worse})
        return shapes.ComparisonRead(
            note=self.note,
            is_settled=settled,
            way=way,
            text=text if settled else [*text, self.words.no_time("other_plan")],
            placed=found.placed,
            gain_place=[self.people[i] for i in found.gain_place],
            lose_place=[self.people[i] for i in found.lose_place],
            better=better,
            worse=worse,
            changes=[
                shapes.PlaceChange(
                    candidate=self.people[change.candidate],
                    before=self._code(change.before),
                    after=self._code(change.after),
                    **change.difference,
                )
                for change in found.changes
            ],
        )

    def _not_compared(self, way: shapes.OtherWay) -> shapes.ComparisonRead:
        """Say that there was no time for any plan of the other way."""
        return shapes.ComparisonRead(
            note=self.note,
            is_settled=False,
            way=way,
            text=[self.words.no_time("any_other_plan")],
            placed=0,
            gain_place=[],
            lose_place=[],
            better=0,
            worse=0,
            changes=[],
        )

    def _findings(self, found: list[Facts]) -> list[Finding]:
        worded = self.words.findings(found, self.names)
        return [Finding.model_validate(one) for one in worded]

    # What the engine names, in the names that people know

    def person(self, code: str) -> int:
        """Return where somebody stands, or say that they are not in this plan."""
        if code not in self.people:
            raise NotFound("candidate in this plan")
        return self.people.index(code)

    def slot(self, code: str) -> int:
        """Return where a slot stands, or say that it is not in this plan."""
        if code not in self.slots:
            raise NotFound("slot in this plan")
        return self.slots.index(code)

    def _code(self, j: int) -> str | None:
        return None if j < 0 else self.slots[j]

    def _limit(self, limit: Limit) -> Facts:
        """Tell a limit by what it is about, never by whom."""
        if limit.kind == "seats":
            return {"kind": "seats", "slot": limit.name}
        if limit.kind != "resource":
            return {"kind": "agreement"}
        told = dict(self.solved.sides.hours[limit.name])
        kind = told.pop("item")
        return {"kind": kind, **told, **({"slot": limit.slot} if limit.slot else {})}

    def _loosening(self, way: Relaxation | Remedy) -> Facts:
        steps = [
            {
                **self._limit(step.limit),
                "amount": step.amount,
                "was": step.was,
                "becomes": step.becomes,
                "effort": step.effort,
            }
            for step in way.steps
        ]
        return {"steps": steps, "effort": way.effort}

    def _way(self, way: Remedy) -> shapes.Way:
        told = way.to_json(with_people=False) | self._loosening(way)
        facts = {name: told[name] for name in ("slot", "changes", "steps", "effort")}
        return shapes.Way(
            **facts,
            is_proposed=way.is_proposed,
            n_placed=way.placed,
            text=self.words.way(told, self.names),
        )

    def _restated(self, layers: ScoreLayers) -> Problem:
        """State the problem for changed profiles; hours that a slot gives are among its rules."""
        given = self.solved.given
        sides = to_side_rules(given, layers)
        return to_problem(
            layers,
            as_of=given.as_of,
            resources=sides.resources,
            quotas=sides.quotas,
            groups=sides.groups,
        )


def has_proof(plan: Plan) -> bool:
    """Whether there was time to prove a plan the best."""
    return plan.status is not SolveStatus.INTERRUPTED


def has_plan(plan: Plan) -> bool:
    """Whether there was time to make a plan at all; it then says what it reaches."""
    return has_proof(plan) or bool(plan.levels)


def _trade(found: Trade) -> shapes.Trade:
    return shapes.Trade(
        placed=found.placed,
        points=found.points,
        own_points=found.own_points,
        moved=found.n_moved,
        loses_place=found.n_loses_place,
        gains_place=found.n_gains_place,
        status=found.status,
    )


def _as_said(fact: str, answers: Sequence[str | float]) -> list[str | float]:
    """Return answers as people say them: a day as a day, a time as a time."""
    if fact in DAYS:
        return [date.fromordinal(int(day)).isoformat() for day in answers]
    if fact == "starts_at":
        return [str(timedelta(minutes=int(minutes)))[:-3].zfill(5) for minutes in answers]
    return list(answers)
