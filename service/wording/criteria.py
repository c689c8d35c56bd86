"""What the soft criteria rest on, in words that stand behind the name of the criterion."""

from collections.abc import Callable
from typing import Final

from service.wording.names import Names
from service.wording.speech import N_, Facts, Speech

CRITERIA: Final = {
    "skills": N_("Skills"),
    "education": N_("Education"),
    "languages": N_("Language"),
    "occupation": N_("Occupation"),
    "tasks": N_("Tasks"),
    "wishes": N_("Wishes"),
    "conditions": N_("Work conditions"),
    "support": N_("Support"),
    "hours": N_("Hours"),
    "travel": N_("Travel"),
}

SKILLS: Final = {
    "held": N_("has experience with {skills}"),
    "partly": N_("has some experience with {skills}"),
    "near": N_("has experience that comes close to {skills}"),
    "taught": N_("can learn {skills} here"),
    "unknown": N_("experience with {skills} is not known yet"),
    "missing": N_("has not mentioned {skills}"),
}
LANGUAGES: Final = {
    "reached": N_("{abilities}, as asked"),
    "trained": N_("{abilities}, and this is trained here"),
    "below": N_("{abilities}, not yet as asked"),
    "unknown": N_("{abilities}, not known yet"),
}
CONDITIONS: Final = {
    True: N_("{conditions}, as wanted"),
    False: N_("{conditions}, wanted but not here"),
    None: N_("{conditions}, wanted but not known yet"),
}
"""Groups of facts in the order in which they are told: what is there comes first."""


class CriterionWords(Speech):
    """Says what criteria rest on."""

    def criterion(self, name: str) -> str:
        """Return what people call a criterion."""
        return self._(CRITERIA[name])

    def contribution(self, contribution: Facts, names: Names) -> str:
        """Say what a criterion rests on."""
        tell: dict[str, Callable[[list[Facts], Names], list[str]]] = {
            "skills": self._told_skills,
            "education": self._told_education,
            "languages": self._told_languages,
            "occupation": self._told_occupation,
            "tasks": self._told_tasks,
            "wishes": self._told_wishes,
            "conditions": self._told_conditions,
            "support": self._told_support,
            "hours": self._told_hours,
            "travel": self._told_travel,
        }
        name, facts = contribution["criterion"], contribution["facts"]
        if contribution["value"] is None and (not facts or name in ("occupation", "tasks")):
            return f"{self._('not known yet; this counts neither for nor against')}."
        parts = tell[name](facts, names)
        return f"{'; '.join(parts)}."

    def _grouped(self, told: dict[str, str], groups: dict[str, list[str]], what: str) -> list[str]:
        """Say each group that has something in it, in the order of `told`."""
        return [
            self._(message, **{what: self.listed(groups[group])})
            for group, message in told.items()
            if group in groups
        ]

    # What a place asks

    def _told_skills(self, facts: list[Facts], names: Names) -> list[str]:
        groups: dict[str, list[str]] = {}
        for fact in facts:
            what = (
                self._("driving licence {licence}", licence=fact["licence"])
                if "licence" in fact
                else self.skill(fact["skill"])
            )
            groups.setdefault(_skill_group(fact), []).append(what)
        return self._grouped(SKILLS, groups, "skills") or [self._("nothing particular is asked")]

    def _told_education(self, facts: list[Facts], names: Names) -> list[str]:
        if not facts:
            return [self._("no diploma is asked")]
        asked, held = facts[0]["asked"], facts[0]["held"]
        if held is None:
            return [self._("the highest diploma is not known yet")]
        if held >= asked:
            return [self._("the diploma is at the level asked")]
        if facts[0]["trained"]:
            return [self._("people are trained here to the level asked")]
        return [self._("another level of diploma is asked")]

    def _told_languages(self, facts: list[Facts], names: Names) -> list[str]:
        groups: dict[str, list[str]] = {}
        for fact in facts:
            ability = self.ability(fact["language"], fact["skill"])
            if fact["held"] is None:
                groups.setdefault("unknown", []).append(ability)
                continue
            held = self.level(fact["held"])
            if fact["reached"]:
                groups.setdefault("reached", []).append(f"{ability} ({held})")
            else:
                steps = self._("{held}, asked is {asked}", held=held, asked=fact["asked"])
                group = "trained" if fact["trained"] else "below"
                groups.setdefault(group, []).append(f"{ability} ({steps})")
        told = self._grouped(LANGUAGES, groups, "abilities")
        return told or [self._("nothing particular is asked")]

    # What a person wants

    def _told_occupation(self, facts: list[Facts], names: Names) -> list[str]:
        if not facts:
            return [self._("any occupation will do")]
        sought, offered = facts[0]["sought"], facts[0]["offered"]
        if any(offered.startswith(code) or code.startswith(offered) for code in sought):
            return [self._("this is work that the candidate is looking for")]
        if any(code[:1] == offered[:1] for code in sought):
            return [self._("this is close to work that the candidate is looking for")]
        return [self._("this is different from the work that the candidate is looking for")]

    def _told_tasks(self, facts: list[Facts], names: Names) -> list[str]:
        if not facts:
            return [self._("any task will do")]
        shared = [f"“{fact['offered']}”" for fact in facts[0]["shared"]]
        if shared:
            return [self._("the candidate wants to do {tasks}", tasks=self.listed(shared))]
        return [self._("the tasks seem different from what the candidate wants to do")]

    def _told_wishes(self, facts: list[Facts], names: Names) -> list[str]:
        if not facts:
            return [self._("the candidate has named no particular place")]
        if not facts[0]["known"]:
            return [self._("not known yet; this counts neither for nor against")]
        if facts[0]["rank"] is None:
            return [self._("the candidate has named other places")]
        if facts[0]["rank"] == 1:
            return [self._("this is the first wish of the candidate")]
        return [self._("this is wish number {number} of the candidate", number=facts[0]["rank"])]

    def _told_conditions(self, facts: list[Facts], names: Names) -> list[str]:
        groups: dict[bool | None, list[str]] = {}
        # What is wanted first: "no shifts and a buddy" would sound like neither.
        for fact in sorted(facts, key=lambda fact: fact["need"] == "avoid"):
            label = self.condition(fact["condition"])
            if fact["need"] == "avoid":
                label = self._("no {condition}", condition=label)
            groups.setdefault(fact["met"], []).append(label)
        told = [
            self._(message, conditions=self.listed(groups[met]))
            for met, message in CONDITIONS.items()
            if met in groups
        ]
        return told or [self._("no further wishes")]

    def _told_support(self, facts: list[Facts], names: Names) -> list[str]:
        return [self._told_kind(fact) for fact in facts] or [self._("no further wishes")]

    def _told_kind(self, fact: Facts) -> str:
        support, needed, offered = self.support(fact["support"]), fact["needed"], fact["offered"]
        if offered == 0:
            return self._("{support}, wanted but not here", support=support)
        if offered is None or needed is None:
            return self._("{support}, hours not known yet", support=support)
        if offered >= needed:
            return self._("{support}, for as many hours as wanted", support=support)
        return self.ngettext(
            "{support}, for {offered} of the {n} hour a week that is wanted",
            "{support}, for {offered} of the {n} hours a week that are wanted",
            needed,
            support=support,
            offered=self.number(offered),
        )

    def _told_hours(self, facts: list[Facts], names: Names) -> list[str]:
        fact = facts[0]
        told = [self._told_weekly(fact["offered"], fact["possible"])]
        if fact["remote_wanted"]:
            told.append(self._told_remote(fact["remote_offered"], fact["remote_wanted"]))
        return told

    def _told_weekly(self, offered: float | None, possible: float | None) -> str:
        if offered is None:
            return self._("it is not known yet how many hours a week are possible here")
        if possible is None:
            return self._("it is not known yet how many hours a week the candidate can work")
        return self.ngettext(
            "up to {n} hour a week is possible here, and the candidate can work up to {possible}",
            "up to {n} hours a week are possible here, and the candidate can work up to {possible}",
            offered,
            possible=self.number(possible),
        )

    def _told_remote(self, offered: float | None, wanted: float) -> str:
        if offered is None:
            return self._("it is not known yet how many days from home are possible")
        if offered == 0:
            return self._("working from home, wanted but not possible here")
        if offered >= wanted:
            return self._("working from home, on as many days as wanted")
        return self.ngettext(
            "working from home, on {offered} of the {n} day a week that is wanted",
            "working from home, on {offered} of the {n} days a week that are wanted",
            wanted,
            offered=self.number(offered),
        )

    def _told_travel(self, facts: list[Facts], names: Names) -> list[str]:
        longest: dict[str | None, int | None] = {}
        for fact in facts:
            if fact["on_site_days"] == 0:
                continue
            place = None if fact["place"] is None else names.place(fact["place"])
            known = longest.get(place)
            if known is None or (fact["minutes"] is not None and fact["minutes"] > known):
                longest[place] = fact["minutes"]
        return [self._told_journey(place, minutes) for place, minutes in longest.items()] or [
            self._("no travel")
        ]

    def _told_journey(self, place: str | None, minutes: int | None) -> str:
        if place is None:
            return self._("it is not known yet where the work is")
        if minutes is None:
            return self._("the journey to {place} is not known yet", place=place)
        return self.ngettext(
            "about {n} minute to {place}", "about {n} minutes to {place}", minutes, place=place
        )


def _skill_group(fact: Facts) -> str:
    """Sort an asked skill by what there is to say of it."""
    if fact["held"] is not None and fact["held"] >= fact["asked"]:
        return "held"
    if fact["taught"]:
        return "taught"
    if fact["held"]:
        return "partly"
    if fact["near"]:
        return "near"
    return "unknown" if fact["held"] is None else "missing"
