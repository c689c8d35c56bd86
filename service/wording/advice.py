"""Why not that place, and what would make it work, in words."""

from collections.abc import Callable
from typing import Final

from service.wording.names import Names
from service.wording.rules import RuleWords
from service.wording.speech import Facts

MOST_NAMED: Final = 3


class AdviceWords(RuleWords):
    """Says why not that place, and what would work. No sentence names another person."""

    # Why not that one

    def why_not(self, answer: Facts, names: Names) -> list[str]:
        """Say why a plan does not give somebody a place."""
        lines = {
            "has_it": [self._("This plan gives this place.")],
            "refused": list(dict.fromkeys(self.finding(one, names) for one in answer["refusals"])),
            "possible": self._trade(answer["trade"]) if answer["trade"] else [],
            "impossible": [self._("Rules over several people leave no room here.")],
            "not_settled": [self.no_time("pair")],
        }[answer["answer"]]
        ways = [self.steps(way["steps"], names) for way in answer["relaxations"][:MOST_NAMED]]
        lines += [self._("It would work with {steps}.", steps=way) for way in ways if way]
        if not answer["isSettled"] and answer["answer"] != "not_settled":
            lines.append(self.no_time("cost" if answer["trade"] else "way_out"))
        asked = dict.fromkeys(self.finding(one, names) for one in answer["questions"])
        return [*lines, *asked]

    def no_time(self, part: str) -> str:
        """Say for which part of an answer there was no time."""
        return {
            "pair": self._("There was no time to find out whether this place is possible."),
            "cost": self._("There was no time to find the best plan with it: it may cost less."),
            "way_out": self._("There was no time to look at every way out."),
            "ways": self._("There was no time to look at every way: others may take less."),
            "other_plan": self._("There was no time to be sure that the other plan is the best."),
            "any_other_plan": self._("There was no time to make the other plan."),
            "replans": self._("There was no time to look for every plan."),
        }[part]

    def _trade(self, trade: Facts) -> list[str]:
        lines = [self._("This place is possible, but the plan uses its room otherwise.")]
        if trade["placed"] > 0:
            lines.append(
                self.ngettext(
                    "With it, {n} person fewer would have a place in all.",
                    "With it, {n} people fewer would have a place in all.",
                    trade["placed"],
                )
            )
        elif trade["points"] <= 0:
            lines.append(self._("A plan with it is as good: talk needed."))
        else:
            lines.append(self._("With it, as many people have a place, but places fit less well."))
        if trade["moved"]:
            lines.append(
                self.ngettext(
                    "{n} other person would get another place.",
                    "{n} other people would get another place.",
                    trade["moved"],
                )
            )
        if trade["losesPlace"]:
            lines.append(
                self.ngettext(
                    "For {n} other person there would be no place yet.",
                    "For {n} other people there would be no place yet.",
                    trade["losesPlace"],
                )
            )
        return lines

    # What would make it work

    def way(self, way: Facts, names: Names) -> list[str]:
        """Say one way to make a place work."""
        parts = [*(self.change(one, names) for one in way["changes"])]
        parts += [self.step(one, names) for one in way["steps"]]
        slot = names.slot(way["slot"])
        if not parts:
            return [self._("{slot} works already, without any change.", slot=slot)]
        lines = [self._("{slot} would work with {steps}.", slot=slot, steps=self.listed(parts))]
        if not way["isProposed"]:
            lines.append(self._("Others could use that too, so people decide who gets it."))
        return lines

    def no_way(self, rules: list[str]) -> list[str]:
        """Say that nothing was found that people could change."""
        lines = [self._("No change was found that makes a place work: talk needed.")]
        if rules:
            named = self.listed([self.rule(name) for name in rules])
            lines.append(self._("What does not go together most often: {rules}.", rules=named))
        return lines

    def steps(self, steps: list[Facts], names: Names) -> str:
        """Name several limits that give way."""
        return self.listed([self.step(one, names) for one in steps])

    def step(self, step: Facts, names: Names) -> str:
        """Name a limit that gives way, and how far."""
        kind, n = step["kind"], step["amount"]
        if kind == "seats":
            slot = names.slot(step["slot"])
            return self.ngettext(
                "{n} more seat at {slot}", "{n} more seats at {slot}", n, slot=slot
            )
        if kind == "slot_hours":
            return self.ngettext(
                "{n} more hour a week at {slot} for {support}",
                "{n} more hours a week at {slot} for {support}",
                n,
                slot=names.slot(step["slot"]),
                support=self.support(step["support"]),
            )
        if kind == "coach_hours":
            return self.ngettext(
                "{n} more hour a week of {coaches} {period}",
                "{n} more hours a week of {coaches} {period}",
                n,
                coaches=self.listed(step["coaches"], style="or"),
                period=self._period(step),
            )
        return self._("room in an agreement about who starts where, or how many")

    def _period(self, facts: Facts) -> str:
        start = self.date(facts["starts_on"])
        if facts["ends_on"] is None:
            return self._("from {start}", start=start)
        return self._("from {start} to {end}", start=start, end=self.date(facts["ends_on"]))

    def change(self, change: Facts, names: Names) -> str:
        """Name a fact that people make otherwise."""
        say: dict[str, Callable[[Facts, Names], str]] = {
            "seat": self._more_seats,
            "admission": self._more_admitted,
            "condition": self._arranged,
            "support_hour": self._more_support,
            "weekly_hour": self._other_hours,
            "language_level": self._language_learned,
        }
        kind, becomes = change["kind"], change["becomes"]
        if kind in say:
            return say[kind](change, names)
        if kind == "days":
            return self._("work days that can be {days}", days=self.days(list(becomes)))
        if kind == "build_up":
            n = float(becomes)
            return self.ngettext(
                "a start with {n} hour a week that builds up",
                "a start with {n} hours a week that builds up",
                n,
            )
        if kind == "start_week":
            return self._("a last day to join of {date}", date=self.date(becomes))
        if kind == "start_time":
            return self._("a working day from {time}", time=becomes)
        if kind == "skill_level":
            how = self._how(int(becomes))
            return self._("learning this {how}: {skill}", how=how, skill=self.skill(change["item"]))
        return self._("driving licence {licence}", licence=change["item"])

    def _more_seats(self, change: Facts, names: Names) -> str:
        n, slot = change["amount"], names.slot(change["code"])
        return self.ngettext("{n} more seat at {slot}", "{n} more seats at {slot}", n, slot=slot)

    def _more_admitted(self, change: Facts, names: Names) -> str:
        more = [who for who in change["becomes"] if who not in change["was"]]
        return self._("a pilot that also takes people through {who}", who=self.listed(more))

    def _arranged(self, change: Facts, names: Names) -> str:
        condition = self.condition(change["item"])
        if change["becomes"] == "yes":
            return self._("this made possible at the place: {condition}", condition=condition)
        return self._("this no part of the work: {condition}", condition=condition)

    def _more_support(self, change: Facts, names: Names) -> str:
        return self.ngettext(
            "{n} hour a week at the place for {support}",
            "{n} hours a week at the place for {support}",
            change["becomes"],
            support=self.support(change["item"]),
        )

    def _other_hours(self, change: Facts, names: Names) -> str:
        n = change["becomes"]
        if change["item"] == "hours_from":
            return self.ngettext("work from {n} hour a week", "work from {n} hours a week", n)
        return self.ngettext("work up to {n} hour a week", "work up to {n} hours a week", n)

    def _language_learned(self, change: Facts, names: Names) -> str:
        facts = {
            "ability": self.ability(change["item"], change["part"]),
            "level": change["becomes"],
        }
        if change["by"] is None:
            return self._("{ability} at {level}", **facts)
        return self._("{ability} at {level} by {date}", **facts, date=self.date(change["by"]))
