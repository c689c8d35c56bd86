"""What to ask first, what more would bring, who needs a talk, and other plans, in words."""

from typing import Any, Final

from models.vocabulary import support_kinds, work_conditions
from service.reasoning.shapes import OtherWay
from service.wording.advice import AdviceWords
from service.wording.names import Names
from service.wording.speech import N_, Facts

QUESTIONS_TO_PEOPLE: Final = {
    "referrer": N_("which organisation helps you to find a place?"),
    "forms": N_("which forms of placement are all right?"),
    "home": N_("from where do you travel?"),
    "travel_modes": N_("how do you travel?"),
    "max_travel_minutes": N_("how long may a journey take?"),
    "hours_to": N_("how many hours a week can you work?"),
    "days": N_("on which days can you work?"),
    "available_on": N_("from which date can you start?"),
    "remote_days": N_("how many days a week would you like to work at home?"),
    "eqf": N_("what is your highest diploma?"),
    "skills": N_("what can you do well?"),
    "licences": N_("which driving licences do you have?"),
    "tasks": N_("which tasks would you like to do?"),
    "occupations": N_("which work are you looking for?"),
    "wishes": N_("is there a place that you would like most?"),
    "conditions": N_("what do you need at work?"),
    "support": N_("which support do you need?"),
}
QUESTIONS_TO_PLACES: Final = {
    "last_entry_on": N_("until which date can somebody join?"),
    "hours_from": N_("how many hours a week is the work?"),
    "hours_to": N_("how many hours a week is the work?"),
    "days": N_("on which days is the work?"),
    "days_fixed": N_("can the days be others?"),
    "build_up": N_("can somebody begin with fewer hours and build up?"),
    "build_up_hours": N_("can somebody begin with fewer hours and build up?"),
    "starts_at": N_("when does the day start?"),
    "education": N_("is a diploma needed?"),
    "languages": N_("which language level is needed?"),
    "skills": N_("which skills are needed?"),
    "taught": N_("which skills does somebody learn here?"),
    "licences": N_("is a driving licence needed?"),
    "tasks": N_("which tasks are there?"),
    "occupation": N_("which occupation is it?"),
    "organisations": N_("at which organisation is the work?"),
    "place": N_("where is the work?"),
    "on_site_days": N_("how many days a week is the work on site?"),
    "remote_days": N_("how many days a week can be worked at home?"),
}
MOVES: Final = {
    "decided": N_("People decided on the new place."),
    "no_longer_possible": N_("The place before is no longer possible."),
    "seat_lost": N_("There are fewer seats at the place before."),
    "made_room": N_("This makes room for somebody who has no other place."),
    "better_total": N_("With this change people have places that fit better."),
    "other_rule": N_("Shared hours or an agreement ask for it."),
}
WAYS: Final = {
    OtherWay.OWN_BEST: N_("Held against this plan: each person measured by their own best place."),
    OtherWay.ABSOLUTE: N_("Held against this plan: places measured by their points alone."),
    OtherWay.WORST: N_(
        "Held against this plan: the least fitting place is made as good as it can be."
    ),
    OtherWay.LEXIMIN: N_(
        "Held against this plan: the least fitting places come first, one by one."
    ),
}


class AskingWords(AdviceWords):
    """Says what more there is to know of a plan. No sentence names another person."""

    # What to ask, and what more would bring

    def missing(self, one: Facts) -> list[str]:
        """Say a question that could change the plan, and what its answer could do."""
        if one["side"] == "candidate":
            lines = [self.ask_candidate(self._to_person(one))]
        else:
            lines = [self.ask_place(self._to_place(one))]
        if one["refusesPlace"]:
            lines.append(self._("Some answers make a place in this plan impossible."))
        if one["placed"] > 0:
            lines.append(
                self.ngettext(
                    "Making the plan again then gives a place to {n} more person.",
                    "Making the plan again then gives a place to {n} more people.",
                    one["placed"],
                )
            )
        elif one["points"] > 0:
            lines.append(self._("Another plan could then fit better."))
        if not one["isSettled"]:
            lines.append(self._("Not every answer was looked at."))
        return lines

    def _to_person(self, one: Facts) -> str:
        fact, item = one["fact"], one["item"]
        if fact == "languages":
            ability = self.ability(item, one["part"])
            return self._("which level do you have in {ability}, from A1 to C2?", ability=ability)
        if fact == "skills" and item is not None:
            return self._("how well can you do this: {skill}?", skill=self.skill(item))
        if fact == "support_hours":
            support = self.support(item)
            return self._("for how many hours a week do you need this: {support}?", support=support)
        return self._(QUESTIONS_TO_PEOPLE[fact])

    def _to_place(self, one: Facts) -> str:
        fact, item = one["fact"], one["item"]
        if fact == "conditions":
            return self.question(work_conditions()[item])
        if fact == "support_hours":
            return self.question(support_kinds()[item])
        return self._(QUESTIONS_TO_PLACES[fact])

    def worth(self, one: Facts, names: Names) -> str:
        """Say what a little more of something would bring."""
        what = self.step(one, names)
        return f"{what[:1].upper()}{what[1:]}: {self._brings(one)}"

    def worth_of_seats(self, slots: list[str], n: int, names: Names) -> str:
        """Say where one more seat brings as much."""
        where = self.listed([names.slot(code) for code in slots], style="or")
        return self.ngettext(
            "One more seat would give {n} more person a place, for instance at {where}.",
            "One more seat would give {n} more people a place, for instance at {where}.",
            n,
            where=where,
        )

    def open_worth(self, n: int) -> list[str]:
        """Say for how many limits there was no time."""
        if not n:
            return []
        return [
            self.ngettext(
                "For {n} of these there was no time.", "For {n} of these there was no time.", n
            )
        ]

    def _brings(self, one: Facts) -> str:
        if one["placed"] is None:
            return self._("there was no time to find this out.")
        if one["placed"] > 0:
            return self.ngettext(
                "{n} more person has a place.", "{n} more people have a place.", one["placed"]
            )
        if one["placed"] == 0 and one["points"] > 0:
            return self._("as many people have a place, and places fit better.")
        return self._("nothing more in this plan.")

    # Who needs a talk

    def person(self, one: Facts, names: Names) -> str:
        """Say what somebody's places come to when things are slightly different."""
        slots = self.listed([names.slot(option["slot"]) for option in one["options"][:2]])
        return {
            "no_place_yet": self._("No place yet."),
            "one_fitting_place": self._("One fitting place."),
            "steady": self._("The same place, also when things are slightly different."),
            "place_unsure": self._("A place that hangs on small differences: talk needed."),
            "two_good_options": self._("Two good options: {slots}.", slots=slots),
            "not_looked_at": self._("Not looked at: there was no time."),
            "several_options": self._("Several places fit about as well: talk needed."),
        }[one["kind"]]

    def attention(self, counts: dict[str, int], done: int, times: int) -> list[str]:
        """Say how many people keep their place when things are slightly different."""
        steady, two = counts.get("steady", 0), counts.get("two_good_options", 0)
        single = counts.get("one_fitting_place", 0)
        talks = counts.get("place_unsure", 0) + counts.get("several_options", 0)
        lines = [
            self._("Made again {times} times with small differences:", times=self.number(done)),
            self.ngettext("{n} person keeps the place", "{n} people keep the place", steady),
            self.ngettext(
                "{n} person has two good options", "{n} people have two good options", two
            ),
            self.ngettext(
                "{n} person has one fitting place", "{n} people have one fitting place", single
            ),
            self.ngettext(
                "for {n} person a talk is needed", "for {n} people a talk is needed", talks
            ),
        ]
        if done < times:
            facts = {"done": self.number(done), "times": self.number(times)}
            lines.append(self._("there was time for {done} of {times} plans", **facts))
        return lines

    # Other plans

    def comparison(self, one: Facts) -> list[str]:
        """Say what another way of planning would change."""
        way = one["way"]
        lines = [
            self._(WAYS[way]),
            self.ngettext(
                "{n} person has another place, or one more or less.",
                "{n} people have another place, or one more or less.",
                one["changed"],
            ),
        ]
        if one["placed"]:
            more = self.ngettext(
                "{n} more person has a place.", "{n} more people have a place.", one["placed"]
            )
            fewer = self.ngettext(
                "{n} person fewer has a place.", "{n} people fewer have a place.", -one["placed"]
            )
            lines.append(more if one["placed"] > 0 else fewer)
        else:
            lines.append(self._("As many people have a place."))
        lines.append(
            self._(
                "For {better} the place fits better, for {worse} less well.",
                better=self.number(one["better"]),
                worse=self.number(one["worse"]),
            )
        )
        return lines

    def move(self, reason: str, *, has_place: bool) -> str:
        """Say why somebody moves to another place, or to none yet."""
        why = self._(MOVES[reason])
        return why if has_place else f"{why} {self._('No place yet: talk needed.')}"

    def replan(self, moves: int, placed: int) -> str:
        """Say what a new plan asks and gives."""
        return self.ngettext(
            "{n} person moves; {placed} people have a place.",
            "{n} people move; {placed} people have a place.",
            moves,
            placed=self.number(placed),
        )

    def more_replans(self, n: int) -> str:
        """Say that there are plans with more moves."""
        return self.ngettext(
            "{n} other plan moves more people, for places that fit better.",
            "{n} other plans move more people, for places that fit better.",
            n,
        )

    def nothing_moves(self) -> str:
        """Say that a new plan leaves people where they are."""
        return self._("Nobody has to move.")

    def heading(self, name: str, **facts: Any) -> str:
        """Head a part of what more there is to say."""
        return {
            "more": self._("What more can be said of this plan"),
            "why_not": self._("Why not {slot}?"),
            "works": self._("What would make it work?"),
            "questions": self._("What to ask first"),
            "worth": self._("What one more seat would bring"),
            "replan": self._("And if {slot} falls away?"),
            "fallbacks": self._("And if one place falls through?"),
        }[name].format(**facts)
