"""What the hard rules found, in words: why a pair does not go together, or what has to be asked."""

from collections.abc import Callable
from typing import Final

from matching.facts.profiles import CEFR
from models.vocabulary import support_kinds, work_conditions
from service.wording.names import Names
from service.wording.speech import N_, Facts
from service.wording.time import TimeWords

RULES: Final = {
    "seat": N_("a free seat"),
    "admission": N_("who can join"),
    "veto": N_("what the candidate does not want"),
    "declined": N_("an earlier no"),
    "form": N_("form of the placement"),
    "dates": N_("dates"),
    "hours": N_("hours"),
    "travel": N_("travel"),
    "education": N_("education"),
    "languages": N_("language"),
    "skills": N_("skills"),
    "licence": N_("driving licence"),
    "conditions": N_("work conditions"),
    "support": N_("support"),
}

SKILL_LEVELS: Final = (
    N_("as a beginner"),
    N_("with some help"),
    N_("without help"),
    N_("well enough to teach it"),
)
"""How somebody does what they can do, from level 1 to 4."""


class RuleWords(TimeWords):
    """Says what hard rules found."""

    def rule(self, name: str) -> str:
        """Return what people call a hard rule."""
        return self._(RULES[name])

    def findings(self, findings: list[Facts], names: Names) -> list[Facts]:
        """Return findings with a sentence beside each."""
        return [{**one, "text": self.finding(one, names)} for one in findings]

    def finding(self, finding: Facts, names: Names) -> str:
        """Say what a hard rule found, as a reason or as a question."""
        say: dict[str, Callable[[Facts, Names], str]] = {
            "seat": self._seat,
            "admission": self._admission,
            "veto": self._veto,
            "declined": self._declined,
            "form": self._form,
            "dates": self.dates_finding,
            "hours": self.hours_finding,
            "travel": self._travel,
            "education": self._education,
            "languages": self._languages,
            "skills": self._skills,
            "licence": self._licence,
            "conditions": self._conditions,
            "support": self._support,
        }
        asked = finding["ask"] if finding["verdict"] == "ask" else None
        return say[finding["rule"]]({**finding["facts"], "ask": asked}, names)

    # Whether a pair may meet at all

    def _seat(self, facts: Facts, names: Names) -> str:
        if facts["open"]:
            return self._("All seats are taken.")
        return self._("This place is not open now.")

    def _admission(self, facts: Facts, names: Names) -> str:
        if facts["ask"]:
            return self.ask_candidate(self._("which organisation helps you to find a place?"))
        who = self.listed(facts["admits"], style="or")
        return self._("People can join this pilot only through {who}.", who=who)

    def _veto(self, facts: Facts, names: Names) -> str:
        if facts["ask"]:
            return self.ask_place(self._("at which organisation is the work?"))
        if facts["about"] == "pilot":
            return self._(
                "The candidate does not want a place in pilot {code}.", code=facts["code"]
            )
        if facts["about"] == "organisation":
            return self._("The candidate does not want a place at {code}.", code=facts["code"])
        return self._("The candidate does not want this place.")

    def _declined(self, facts: Facts, names: Names) -> str:
        return self._("This place was talked about before, and the answer was no.")

    def _form(self, facts: Facts, names: Names) -> str:
        form = self.form(facts["form"])
        if facts["ask"]:
            return self.ask_candidate(self._("is a {form} all right?", form=form))
        wanted = self.listed([self.form(code) for code in facts["accepted"]], style="or")
        return self._(
            "This is a {form}; the candidate is looking for a {wanted}.", form=form, wanted=wanted
        )

    def _travel(self, facts: Facts, names: Names) -> str:
        if facts["item"] == "phases" or facts["place"] is None:
            return self.ask_place(self._("where is the work?"))
        place, minutes = names.place(facts["place"]), facts["minutes"]
        if facts["ask"] == "slot":
            return self.ask_place(
                self._("how many days a week is the work in {place}?", place=place)
            )
        if facts["ask"] and minutes is None:
            return self.ask_candidate(self._("how long is the journey to {place}?", place=place))
        if facts["ask"]:
            return self.ask_candidate(
                self.ngettext(
                    "is a journey of about {n} minute to {place} possible?",
                    "is a journey of about {n} minutes to {place} possible?",
                    minutes,
                    place=place,
                )
            )
        return self.ngettext(
            "The journey to {place} takes about {n} minute; the candidate can travel up to {most}.",
            "The journey to {place} takes about {n} minutes; the candidate can travel up to "
            "{most}.",
            minutes,
            place=place,
            most=self.number(facts["at_most"]),
        )

    # What a place asks

    def _education(self, facts: Facts, names: Names) -> str:
        if facts["ask"] == "slot":
            return self.ask_place(self._("is a diploma needed?"))
        if facts["ask"]:
            return self.ask_candidate(self._("what is your highest diploma?"))
        asked, held = facts["asked"], facts["held"]
        if facts["trained"]:
            needed = self._(
                "The training here begins at the level of {first}, and leads to {asked}.",
                first=self.diploma(asked - facts["reach"]),
                asked=self.diploma(asked),
            )
        else:
            needed = self._(
                "A diploma at the level of {asked} is needed here.", asked=self.diploma(asked)
            )
        if held == 0:
            return needed
        own = self._("The candidate has the level of {held}.", held=self.diploma(held))
        return f"{needed} {own}"

    def _languages(self, facts: Facts, names: Names) -> str:
        if facts["item"] == "asked":
            return self.ask_place(self._("which language level is needed?"))
        ability = self.ability(facts["language"], facts["skill"])
        if facts["ask"]:
            return self.ask_candidate(
                self._("which level do you have in {ability}, from A1 to C2?", ability=ability)
            )
        asked, trained_to = CEFR.index(facts["asked"]), facts["trained_to"]
        if trained_to is not None and CEFR.index(trained_to) >= asked:
            return self._(
                "For {ability}, {first} is needed to begin with; the candidate has {held}.",
                ability=ability,
                first=CEFR[asked - facts["reach"]],
                held=self.level(facts["held"]),
            )
        return self._(
            "For {ability}, {asked} is needed; the candidate has {held}.",
            ability=ability,
            asked=facts["asked"],
            held=self.level(facts["held"]),
        )

    def _skills(self, facts: Facts, names: Names) -> str:
        if facts["item"] == "asked":
            return self.ask_place(self._("which skills are needed?"))
        skill = self.skill(facts["skill"])
        if facts["ask"] == "slot":
            return self.ask_place(self._("does somebody learn this here: {skill}?", skill=skill))
        if facts["ask"]:
            return self.ask_candidate(self._("how well can you do this: {skill}?", skill=skill))
        needed_level, own_level = facts["asked"], facts["held"]
        needed = self._(
            "Needed here from the start: {skill}, {how}.", skill=skill, how=self._how(needed_level)
        )
        if not own_level:
            return needed
        own = self._("The candidate can do it {how}.", how=self._how(own_level))
        return f"{needed} {own}"

    def _how(self, level: int) -> str:
        """Return how somebody does what they can do at a level."""
        return self._(SKILL_LEVELS[level - 1])

    def _licence(self, facts: Facts, names: Names) -> str:
        if facts["item"] == "asked":
            return self.ask_place(self._("is a driving licence needed?"))
        licence = facts["licence"]
        if facts["ask"]:
            return self.ask_candidate(
                self._("do you have driving licence {licence}?", licence=licence)
            )
        return self._("Driving licence {licence} is needed here.", licence=licence)

    # What a person needs

    def _conditions(self, facts: Facts, names: Names) -> str:
        if facts["item"] == "needs":
            return self.ask_candidate(self._("what do you need at work?"))
        if facts["ask"]:
            return self.ask_place(self.question(work_conditions()[facts["condition"]]))
        condition = self.condition(facts["condition"])
        if facts["need"] == "must":
            return self._("Needed, but not here: {condition}.", condition=condition)
        return self._(
            "Part of this place, but not possible for the candidate: {condition}.",
            condition=condition,
        )

    def _support(self, facts: Facts, names: Names) -> str:
        if facts["item"] == "needs":
            return self.ask_candidate(self._("which support do you need?"))
        kind = facts["support"]
        if facts["ask"] == "slot":
            return self.ask_place(self.question(support_kinds()[kind]))
        if facts["ask"]:
            return self.ask_candidate(
                self._(
                    "for how many hours a week do you need this: {support}?",
                    support=self.support(kind),
                )
            )
        if not facts["offered"]:
            return self._("Needed, but not here: {support}.", support=self.support(kind))
        return self.ngettext(
            "Needed: {support}, {n} hour a week. Here it is {offered}.",
            "Needed: {support}, {n} hours a week. Here it is {offered}.",
            facts["needed"],
            support=self.support(kind),
            offered=self.number(facts["offered"]),
        )
