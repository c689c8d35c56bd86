"""Whole answers in words: why this place, why none yet, how certain a plan is."""

from datetime import date
from typing import Final

from matching.asking.explanation import SETTLED
from service.wording.between import BetweenWords
from service.wording.criteria import CriterionWords
from service.wording.names import Names
from service.wording.speech import Facts

MOST_REASONS: Final = 4
MOST_SLOTS: Final = 3
MOST_MISSES: Final = 2
MOST_RULES: Final = 2
"""How much is told at once: what people can take in, and carry over into a talk."""


class Words(BetweenWords, CriterionWords):
    """All that the service says of places and plans, in one language."""

    # One person

    def worded(self, reasons: Facts, names: Names) -> Facts:
        """
        Return the reasons of a place, or of there being none yet, with a sentence beside each part.
        """
        if reasons.get("place"):
            told = {**reasons, "place": self.pair(reasons["place"], names)}
            return {**told, "text": self.place_text(reasons, names)}
        none = self.no_place(reasons["no_place"], names)
        return {**reasons, "no_place": none, "text": none["text"]}

    def pair(self, pair: Facts, names: Names) -> Facts:
        """Return the reasons of a pair with a sentence beside each finding and contribution."""
        return {
            **pair,
            "refusals": self.findings(pair["refusals"], names),
            "questions": self.findings(pair["questions"], names),
            "contributions": [
                {
                    **one,
                    "label": self.criterion(one["criterion"]),
                    "text": self.contribution(one, names),
                }
                for one in pair["contributions"]
            ],
        }

    def no_place(self, none: Facts, names: Names) -> Facts:
        """Return the reasons of there being no place yet, with sentences."""
        misses = [
            {**miss, "refusals": self.findings(miss["refusals"], names)}
            for miss in none["near_misses"]
        ]
        return {**none, "near_misses": misses, "text": self.no_place_text(none, names)}

    def place_text(self, reasons: Facts, names: Names) -> list[str]:
        """Say why somebody has this place, in a few sentences."""
        lines = [
            f"{self.criterion(one['criterion'])}: {self.contribution(one, names)}"
            for one in strongest(reasons["place"]["contributions"])
        ]
        if not lines:
            lines = [self._("Nothing stands in the way of this place. Little else is known yet.")]
        return lines + self._other_place(reasons, names)

    def _other_place(self, reasons: Facts, names: Names) -> list[str]:
        """Say what lies next to a place: a fitter one that is full, or else the next one."""
        after = reasons.get("next_best")
        if not after:
            return []
        slot = names.slot(after["slot"])
        here = self._criteria([one for one in after["separates"] if one["points"] > 0])
        there = self._criteria([one for one in after["separates"] if one["points"] < 0])
        if any(one["is_full"] and one["slot"] == after["slot"] for one in reasons["fuller"]):
            message = self._(
                "{slot} is better on {there}, but all its seats are taken in this plan."
            )
        elif here and there:
            message = self._(
                "The next possible place is {slot}. This place is better on {here}, that one on "
                "{there}."
            )
        elif here:
            message = self._("The next possible place is {slot}. This place is better on {here}.")
        elif there:
            message = self._("The next possible place is {slot}. That place is better on {there}.")
        else:
            message = self._("The next possible place is {slot}. It fits equally well.")
        return [message.format(slot=slot, here=here, there=there)]

    def _criteria(self, separations: list[Facts]) -> str:
        """Name the two criteria that separate two places most."""
        return self.listed([self.criterion(one["criterion"]).lower() for one in separations[:2]])

    def no_place_text(self, none: Facts, names: Names) -> list[str]:
        """Say why there is no place yet, and what comes nearest."""
        lines = [self._possible(none["possible"], names) or self._refused(none)]
        lines += self._short_of(none["possible"], names)
        # A person's no is not told as the one thing in the way: nobody is to be talked round.
        open_misses = [
            miss for miss in none["near_misses"] if miss["refusals"][0]["rule"] not in SETTLED
        ]
        for miss in open_misses[:MOST_MISSES]:
            why = self._why_not(miss["refusals"], names)
            message = (
                self._("Only one thing stands in the way of {slot}. {why}")
                if len(why) == 1
                else self._("What stands in the way of {slot}: {why}")
            )
            lines.append(message.format(slot=names.slot(miss["slot"]), why=" ".join(why)))
        return lines

    def _possible(self, possible: list[Facts], names: Names) -> str:
        if not possible:
            return ""
        with_seat = [one for one in possible if not one["is_full"]]
        slots = self.listed(
            [names.slot(one["slot"]) for one in (with_seat or possible)[:MOST_SLOTS]]
        )
        if with_seat:
            return self._("No place yet, though there is still a seat at {slots}.", slots=slots)
        if len(possible) > MOST_SLOTS:
            return self._(
                "No place yet. {n} places are possible, but all their seats are taken in this "
                "plan. These fit best: {slots}.",
                n=self.number(len(possible)),
                slots=slots,
            )
        return self.ngettext(
            "No place yet. {n} place is possible, but all its seats are taken in this plan: "
            "{slots}.",
            "No place yet. {n} places are possible, but all their seats are taken in this plan: "
            "{slots}.",
            len(possible),
            slots=slots,
        )

    def _short_of(self, possible: list[Facts], names: Names) -> list[str]:
        """Say what possible places are short of beside seats."""
        slots: dict[bool, list[str]] = {True: [], False: []}
        for one in possible:
            for about_hours in {fact["item"] != "agreement" for fact in one.get("short_of", ())}:
                slots[about_hours].append(names.slot(one["slot"]))
        lines = []
        if slots[True]:
            where = self.listed(slots[True][:MOST_SLOTS])
            lines.append(
                self._("In this plan too few hours of support are left at {slots}.", slots=where)
            )
        if slots[False]:
            where = self.listed(slots[False][:MOST_SLOTS])
            lines.append(
                self._(
                    "An agreement about who starts there, or how many, stands in the way at "
                    "{slots}.",
                    slots=where,
                )
            )
        return lines

    def _refused(self, none: Facts) -> str:
        if not none["refused"]:
            return self._("No place yet. There are no places to look at.")
        most = sorted(none["refused"], key=lambda rule: -int(none["refused"][rule]))[:MOST_RULES]
        return self._(
            "No place yet. At each place something does not go together, most often {rules}.",
            rules=self.listed([self.rule(name) for name in most]),
        )

    def _why_not(self, refusals: list[Facts], names: Names) -> list[str]:
        """Say each refusal once; of several journeys to one place, the longest."""
        said: dict[str, Facts] = {}
        for one in refusals:
            facts = one["facts"]
            about = names.place(facts["place"]) if one["rule"] == "travel" else str(facts)
            if about not in said or facts["minutes"] > said[about]["facts"]["minutes"]:
                said[about] = one
        return list(dict.fromkeys(self.finding(one, names) for one in said.values()))

    # A plan

    def advice(self) -> str:
        """Say what an answer is worth."""
        return self._("This is advice, no decision. People decide, and may decide otherwise.")

    def note(self, plan_was_stopped: bool) -> str:
        """Say what an answer about a plan is worth."""
        if not plan_was_stopped:
            return self.advice()
        stopped = self._("This plan was stopped early, and a better one may exist.")
        return f"{self.advice()} {stopped}"

    def proof(self, proof: str, status: str) -> str:
        """Say in one sentence how certain a plan is."""
        if status == "optimal" and proof == "proven":
            return self._("Under these rules and weights, chosen by people, no plan does better.")
        if status == "infeasible" and proof == "proven":
            return self._("No plan can keep all these rules, chosen by people, at once.")
        if status == "infeasible":
            return self._("No plan was found that keeps all these rules at once.")
        return self._("This plan is possible. Whether a better one exists is not proven.")

    def introduction(self, people: int) -> str:
        """Say how to read what follows."""
        return self.ngettext(
            "A plan for {n} person. Below each place stands who could start there, and why. A "
            "question mark shows what still has to be asked.",
            "A plan for {n} people. Below each place stands who could start there, and why. A "
            "question mark shows what still has to be asked.",
            people,
        )

    def heading_no_place(self, n: int) -> str:
        """Head the list of those without a place."""
        return self.ngettext("{n} person has no place yet", "{n} people have no place yet", n)

    def seats(self, taken: int, seats: int) -> str:
        """Say how many of a slot's seats a plan takes."""
        return self.ngettext("{taken} of {n} seat", "{taken} of {n} seats", seats, taken=taken)

    def summary(self, placed: int, people: int, seats: int) -> str:
        """Say how many have a place."""
        return self._(
            "{placed} of {people} people have a place in this plan. There are {seats} seats.",
            placed=self.number(placed),
            people=self.number(people),
            seats=self.number(seats),
        )

    def goal(self, goal: int) -> str:
        """Say what the programme wanted."""
        return self._(
            "The programme wanted a place for at least {goal} people.", goal=self.number(goal)
        )

    def made_under(self, policy: str, day: date, seed: int) -> str:
        """Say what a plan was made under."""
        return self._(
            "Made under policy {policy}, for {day}, with seed {seed}.",
            policy=policy,
            day=self.date(day.isoformat()),
            seed=seed,
        )

    def proof_in_numbers(self, placed: int, score: int, bound: int) -> str:
        """Say what the proof rests on."""
        return self._(
            "A second check agrees: no plan gives a place to more than {placed} people, and no "
            "plan for {placed} people has more than {bound} points. This plan has {points}.",
            placed=self.number(placed),
            bound=self.number(bound),
            points=self.number(score),
        )

    def heading_coaches(self) -> str:
        """Head the list of what coaches have."""
        return self._(
            "Coaches share their hours over people and pilots. This is how full their busiest "
            "weeks are."
        )

    def coach_hours(
        self, coaches: list[str], used: float, hours: float, starts_on: date, ends_on: date | None
    ) -> str:
        """Say what a team of coaches uses of its hours in its busiest weeks."""
        facts = {
            "coaches": self.listed(coaches),
            "used": self.number(used),
            "start": self.date(starts_on.isoformat()),
        }
        if ends_on is None:
            return self.ngettext(
                "{coaches}: {used} of {n} hour a week, from {start}.",
                "{coaches}: {used} of {n} hours a week, from {start}.",
                hours,
                **facts,
            )
        return self.ngettext(
            "{coaches}: {used} of {n} hour a week, from {start} to {end}.",
            "{coaches}: {used} of {n} hours a week, from {start} to {end}.",
            hours,
            **facts,
            end=self.date(ends_on.isoformat()),
        )

    def decides_nothing(self) -> str:
        """Say who decides."""
        return self._("This plan decides nothing: people decide about each place, with a reason.")

    def how_to_go_on(self) -> list[tuple[str, str]]:
        """Say which commands come next."""
        return [
            (self._("All reasons"), "python3 dev.py demo --all"),
            (self._("The same over HTTP"), "python3 dev.py serve"),
            (self._("Your own files"), "python3 dev.py run match --help"),
            (self._("Step by step"), "docs/tutorial/first-match.md"),
        ]


def strongest(contributions: list[Facts]) -> list[Facts]:
    """
    Return the contributions that say most for a place: those with points and known facts, most
    first.
    """
    telling = [
        one for one in contributions if one["known"] > 0 and one["facts"] and one["points"] > 0
    ]
    return sorted(telling, key=lambda one: -int(one["points"]))[:MOST_REASONS]
