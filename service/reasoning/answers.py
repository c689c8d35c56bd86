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
from matching.attention import Kind, find_attention
from matching.limits import Limit
from matching.marginal import find_marginals
from matching.missing import find_missing
from matching.relaxing import Relaxation
from matching.scoring import ScoreLayers, to_problem
from matching.variation import Perturbations
from matching.ways import Way as PlanWay
from matching.ways import compare_ways
from matching.what_if import why_not
from matching.what_works import Way as FoundWay
from matching.what_works import what_would_work
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

    def __init__(self, solved: Solved, words: Words, *, seed: int) -> None:
        self.solved, self.words, self.seed = solved, words, seed
        self.names = Names.of(solved.given)
        self.people = solved.layers.pairing.candidates.codes
        self.slots = solved.layers.pairing.slots.codes

    def why_not(self, candidate: str, slot: str) -> shapes.WhyNotRead:
        """Say why the plan does not give somebody a slot."""
        one, i, j = self.solved, self._person(candidate), self._slot(slot)
        found = why_not(one.problem, one.plan, i, j, layers=one.layers, seed=self.seed)
        told = found.to_json(with_people=False)
        loosenings = [self._loosening(way) for way in found.relaxations]
        worded = {**told, "relaxations": loosenings}
        limits = () if found.conflict is None else found.conflict.limits
        trade = None if found.trade is None else shapes.Trade(**_snake(told["trade"], "others"))
        others = () if found.trade is None else found.trade.others
        return shapes.WhyNotRead(
            note=self.words.advice(),
            candidate=candidate,
            slot=slot,
            answer=found.answer,
            text=self.words.why_not(worded, self.names),
            refusals=self._findings(told["refusals"]),
            questions=self._findings(told["questions"]),
            trade=trade,
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
            self._person(candidate),
            slot=None if slot is None else self._slot(slot),
            most=most,
            restate=self._restated,
            seed=self.seed,
        )
        ways = [self._way(way) for way in found.ways]
        rules = Counter(rule for _, refused in found.stands for rule in refused)
        text = (
            [] if ways else self.words.no_way([rule for rule, _ in rules.most_common(MOST_RULES)])
        )
        return shapes.WhatWorksRead(
            note=self.words.advice(),
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
            one.layers, one.problem, one.plan, most_solves=most_solves, seed=self.seed
        )
        items = []
        for missing in found:
            told = missing.to_json()
            facts = _snake(told) | {"answers": _as_said(missing.fact, missing.answers)}
            items.append(shapes.QuestionRead(**facts, text=self.words.missing(told)))
        return shapes.QuestionsRead(note=self.words.advice(), items=items)

    def worth(self, *, seats_only: bool = False) -> shapes.WorthRead:
        """Say what one more seat, and four hours more, would bring."""
        one = self.solved
        resources = () if seats_only else None
        found = find_marginals(one.problem, one.plan, resources=resources, seed=self.seed)
        items = []
        for marginal in found:
            facts: Facts = {
                "amount": marginal.amount,
                "placed": marginal.placed,
                "points": marginal.points,
            }
            limit = self._limit(marginal.limit)
            items.append(
                shapes.WorthOf(
                    **facts,
                    limit=limit,
                    status=marginal.status,
                    text=self.words.worth(limit | facts, self.names),
                )
            )
        return shapes.WorthRead(note=self.words.advice(), items=items)

    def attention(self, *, times: int) -> shapes.AttentionRead:
        """Say whose place is the same when things are slightly different."""
        one = self.solved
        found = find_attention(
            one.problem,
            one.plan,
            layers=one.layers,
            perturbations=Perturbations(times=times),
            seed=self.seed,
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
            note=self.words.advice(),
            text=self.words.attention(counts, found.planned),
            planned=found.planned,
            infeasible=found.infeasible,
            **found.perturbations.to_json(),
            seed=found.seed,
            counts=counts,
            people=people,
        )

    def compare(self, way: str) -> shapes.ComparisonRead:
        """Say what another way of planning would change."""
        one = self.solved
        policy = one.layers.pairing.policy
        other = {
            "worst": PlanWay(way, policy.compare, ("placed", "worst", "score")),
            "leximin": PlanWay(way, policy.compare, ("placed", "leximin")),
        }.get(way, PlanWay(way, way, policy.objective))
        found = compare_ways(
            one.layers,
            as_of=one.given.as_of,
            ways=[PlanWay("plan", policy.compare, policy.objective), other],
            seed=self.seed,
            resources=one.sides.resources,
            quotas=one.sides.quotas,
            groups=one.sides.groups,
        ).between("plan", way)
        better, worse = found.better[policy.compare], found.worse[policy.compare]
        told = {"way": way, "changed": len(found.changes), "placed": found.placed}
        return shapes.ComparisonRead(
            note=self.words.advice(),
            way=way,
            text=self.words.comparison(told | {"better": better, "worse": worse}),
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

    def _findings(self, found: list[Facts]) -> list[Finding]:
        worded = self.words.findings(found, self.names)
        return [Finding.model_validate(one) for one in worded]

    # What the engine names, in the names that people know

    def _person(self, code: str) -> int:
        if code not in self.people:
            raise NotFound("candidate in this plan")
        return self.people.index(code)

    def _slot(self, code: str) -> int:
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

    def _loosening(self, way: Relaxation | FoundWay) -> Facts:
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

    def _way(self, way: FoundWay) -> shapes.Way:
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


def _snake(told: Facts, *left_out: str) -> Facts:
    """Return plain data with its own names, which are those of a shape's fields."""
    names = {name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in told}
    return {names[name]: value for name, value in told.items() if name not in left_out}


def _as_said(fact: str, answers: Sequence[str | float]) -> list[str | float]:
    """Return answers as people say them: a day as a day, a time as a time."""
    if fact in DAYS:
        return [date.fromordinal(int(day)).isoformat() for day in answers]
    if fact == "starts_at":
        return [str(timedelta(minutes=int(minutes)))[:-3].zfill(5) for minutes in answers]
    return list(answers)
