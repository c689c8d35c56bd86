"""
Words for reasons: explanation data in, plain sentences out, in Dutch (B1) or English.

Every sentence stands in a message catalogue. None of them names another person, and none says more than the data.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.vocabulary import support_kinds, work_conditions
from service.schemas import RunInput
from service.taxonomy import skill_labels
from service.translation import catalogue

Facts = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """What people call the slots, places and pilots that reasons speak of."""

    slots: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: RunInput) -> "Names":
        """Take the names from what a run was given."""
        return cls(
            {slot.code: slot.title for slot in given.slots},
            {area.pc4: area.place for area in given.postcodes if area.place},
        )

    def slot(self, code: str) -> str:
        """Return a slot's title with its code."""
        return f"{self.slots[code]} ({code})" if code in self.slots else code

    def place(self, pc4: str | None) -> str:
        """Return a place's name, or its postcode area."""
        return self.places.get(pc4, pc4) if pc4 else "?"


class Words:
    """Speaks one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def _(self, message: str, **facts: Any) -> str:
        text = self._catalogue.gettext(message)
        return text.format(**facts) if facts else text

    def _n(self, one: str, many: str, n: float, **facts: Any) -> str:
        count = int(n) if n == int(n) else 2
        return self._catalogue.ngettext(one, many, count).format(n=self.number(n), **facts)

    def number(self, value: float | None) -> str:
        """Write a number as people who read this language do; unknown is a question mark."""
        if value is None:
            return "?"
        return f"{value:g}".replace(".", "," if self.language == "nl" else ".")

    def listed(self, parts: list[str]) -> str:
        """Write a list with commas and a last *and*."""
        if len(parts) < 2:
            return "".join(parts)
        return self._("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])

    def advice(self) -> str:
        """Say what an answer is worth."""
        return self._("This is advice, no decision. People decide, and may decide otherwise.")

    def proof(self, proof: str, status: str) -> str:
        """Say in one sentence how certain a plan is."""
        if status == "optimal" and proof == "proven":
            return self._("Under these rules and weights, chosen by people, no plan does better.")
        return self._("This is a possible plan. It is not proven that no plan does better.")

    def heading_no_place(self, n: int) -> str:
        """Head the list of those without a place."""
        return self._n("{n} person has no place yet", "{n} people have no place yet", n)

    def summary(self, placed: int, people: int, seats: int, goal: int) -> str:
        """Say how many have a place, against the goal of the programme."""
        return self._(
            "{placed} of {people} people have a place in this plan, on {seats} seats. "
            "The programme wanted at least {goal}.",
            placed=placed,
            people=people,
            seats=seats,
            goal=goal,
        )

    def proof_in_numbers(self, placed: int, score: int, bound: int) -> str:
        """Say what the proof rests on."""
        return self._(
            "Checked afresh: nobody more can be placed than {placed}, and no plan that places {placed} "
            "adds up to more than {bound} points; this one has {score}.",
            placed=placed,
            bound=bound,
            score=score,
        )

    def what_is_not_counted(self) -> str:
        """Say what this version does not do yet."""
        return self._(
            "Support hours are compared for each person and place; sharing out the hours of one coach "
            "over several people comes with the next version."
        )

    def decides_nothing(self) -> str:
        """Say who decides."""
        return self._("This plan decides nothing: people decide about each place, with a reason.")

    def how_to_go_on(self) -> list[str]:
        """Say which commands come next."""
        return [
            self._("All reasons:      {command}", command="python3 dev.py demo --all"),
            self._("The same over HTTP: {command}", command="python3 dev.py serve"),
            self._("Your own files:   {command}", command="python3 dev.py run match --help"),
            self._("Step by step:     {command}", command="docs/tutorial/first-match.md"),
        ]

    def worded(self, reasons: Facts, names: Names) -> Facts:
        """Return the reasons of a place, or of there being none yet, with a sentence beside each part."""
        if reasons.get("place"):
            told = {**reasons, "place": self.pair(reasons["place"], names)}
            return {**told, "text": self.place_text(reasons, names)}
        none = self.no_place(reasons["no_place"], names)
        return {**reasons, "no_place": none, "text": none["text"]}

    def no_place(self, none: Facts, names: Names) -> Facts:
        """Return the reasons of there being no place yet, with sentences."""
        misses = [
            {**miss, "refusals": self.findings(miss["refusals"], names)}
            for miss in none["near_misses"]
        ]
        return {**none, "near_misses": misses, "text": self.no_place_text(none, names)}

    def findings(self, findings: list[Facts], names: Names) -> list[Facts]:
        """Return findings with a sentence beside each."""
        return [{**one, "text": self.finding(one, names)} for one in findings]

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

    def place_text(self, reasons: Facts, names: Names) -> list[str]:
        """Say why somebody has this place, in a few sentences."""
        pair = reasons["place"]
        lines = [
            f"{self.criterion(one['criterion'])}: {self.contribution(one, names)}"
            for one in strongest(pair["contributions"])
        ]
        after = reasons.get("next_best")
        if after:
            lines.append(self._next_best(after, names))
        full = [one for one in reasons.get("fuller", ()) if one["is_full"]]
        if full:
            lines.append(
                self._(
                    "{slot} fits better by itself, but its seats are all in use in this plan.",
                    slot=names.slot(full[0]["slot"]),
                )
            )
        return lines

    def _next_best(self, after: Facts, names: Names) -> str:
        slot = names.slot(after["slot"])
        more = [one["criterion"] for one in after["separates"] if one["points"] > 0][:2]
        less = [one["criterion"] for one in after["separates"] if one["points"] < 0][:2]
        if more and less:
            return self._(
                "The next possible place is {slot}. This place is better on {more}, that one on {less}.",
                slot=slot,
                more=self._criteria(more),
                less=self._criteria(less),
            )
        if more:
            return self._(
                "The next possible place is {slot}. This place is better on {more}.",
                slot=slot,
                more=self._criteria(more),
            )
        if less:
            return self._(
                "The next possible place is {slot}. That place is better on {less}.",
                slot=slot,
                less=self._criteria(less),
            )
        return self._("The next possible place is {slot}. It fits equally well.", slot=slot)

    def _criteria(self, names: list[str]) -> str:
        return self.listed([self.criterion(name).lower() for name in names])

    def no_place_text(self, none: Facts, names: Names) -> list[str]:
        """Say why there is no place yet, and what comes nearest."""
        if none["possible"]:
            slots = self.listed([names.slot(one["slot"]) for one in none["possible"][:3]])
            lines = [
                self._n(
                    "No place yet. {n} place is possible, but it is in use in this plan: {slots}.",
                    "No place yet. {n} places are possible, but they are all in use in this plan. "
                    "The nearest: {slots}.",
                    len(none["possible"]),
                    slots=slots,
                )
            ]
        else:
            lines = [
                self._("No place yet. At each place there is something that does not go together.")
            ]
        for miss in none["near_misses"][:2]:
            why = " ".join(dict.fromkeys(self.finding(one, names) for one in miss["refusals"]))
            lines.append(
                self._(
                    "Only one thing stands in the way of {slot}: {why}",
                    slot=names.slot(miss["slot"]),
                    why=why,
                )
            )
        return lines

    # Hard rules

    def rule(self, name: str) -> str:
        """Return what people call a hard rule."""
        return {
            "seat": self._("a free seat"),
            "admission": self._("who may put people forward"),
            "veto": self._("a place that the candidate does not want"),
            "declined": self._("an earlier no"),
            "form": self._("form of the placement"),
            "dates": self._("dates"),
            "hours": self._("hours and days"),
            "travel": self._("travel"),
            "education": self._("education"),
            "languages": self._("language"),
            "skills": self._("skills"),
            "licence": self._("driving licence"),
            "conditions": self._("work conditions"),
            "support": self._("support"),
        }[name]

    def finding(self, finding: Facts, names: Names) -> str:
        """Say what a hard rule found, as a reason or as a question."""
        say: dict[str, Callable[[Facts, bool, Names], str]] = {
            "seat": self._say_seat,
            "admission": self._say_admission,
            "veto": self._say_veto,
            "declined": self._say_declined,
            "form": self._say_form,
            "dates": self._say_dates,
            "hours": self._say_hours,
            "travel": self._say_travel,
            "education": self._say_education,
            "languages": self._say_languages,
            "skills": self._say_skills,
            "licence": self._say_licence,
            "conditions": self._say_conditions,
            "support": self._say_support,
        }
        facts = {**finding["facts"], "ask": finding.get("ask")}
        return say[finding["rule"]](facts, finding["verdict"] == "ask", names)

    def _say_seat(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts["open"]:
            return self._("All seats are taken.")
        return self._("This place is not open now.")

    def _say_admission(self, facts: Facts, ask: bool, names: Names) -> str:
        return self._(
            "In this pilot only {who} may put people forward.",
            who=self.listed(facts["admits"] or []),
        )

    def _say_veto(self, facts: Facts, ask: bool, names: Names) -> str:
        return self._("The candidate does not want this place.")

    def _say_declined(self, facts: Facts, ask: bool, names: Names) -> str:
        return self._("This place was discussed before, and the answer was no.")

    def _say_form(self, facts: Facts, ask: bool, names: Names) -> str:
        form = self.form(facts["form"])
        if ask:
            return self._("Ask the candidate: is a {form} fine?", form=form)
        return self._(
            "This is a {form}, and the candidate is looking for something else.", form=form
        )

    def form(self, code: str) -> str:
        """Return what people call a form of placement."""
        return {
            "work_experience": self._("work-experience place"),
            "trial": self._("trial placement"),
            "learn_work": self._("learn-work place"),
            "job": self._("job"),
        }[code]

    def _say_dates(self, facts: Facts, ask: bool, names: Names) -> str:
        if not ask:
            return self._(
                "The candidate can start on {available}; the last day to join is {last}.",
                available=facts["available_on"],
                last=facts["last_entry_on"],
            )
        if facts["ask"] == "candidate":
            return self._("Ask the candidate: from which date can you start?")
        if facts["starts_on"] is None:
            return self._("Ask the place: when does it start?")
        return self._(
            "Ask the place: can somebody still join on {available}?",
            available=facts["available_on"],
        )

    def _say_hours(self, facts: Facts, ask: bool, names: Names) -> str:
        return {
            "weekly_hours": self._say_weekly,
            "build_up": self._say_build_up,
            "days": self._say_days,
            "start": self._say_start,
        }[facts["item"]](facts, ask)

    def _say_weekly(self, facts: Facts, ask: bool) -> str:
        if ask and facts["ask"] == "candidate":
            return self._("Ask the candidate: how many hours a week can you work?")
        if ask:
            return self._("Ask the place: how many hours a week is the work?")
        if facts["possible"] is not None and facts["asked_from"] is not None:
            if facts["possible"] < facts["asked_from"]:
                return self._(
                    "The place asks at least {asked} hours a week; {possible} are possible.",
                    asked=self.number(facts["asked_from"]),
                    possible=self.number(facts["possible"]),
                )
        return self._(
            "The place gives at most {most} hours a week; the candidate wants at least {wanted}.",
            most=self.number(facts["asked_to"]),
            wanted=self.number(facts["wanted"]),
        )

    def _say_build_up(self, facts: Facts, ask: bool) -> str:
        start = self.number(facts["starts_with"])
        if ask:
            return self._(
                "Ask the place: can somebody start with {start} hours a week?", start=start
            )
        return self._(
            "The candidate wants to start with {start} hours a week; here that is not possible.",
            start=start,
        )

    def _say_days(self, facts: Facts, ask: bool) -> str:
        if ask and facts["ask"] == "candidate":
            return self._("Ask the candidate: on which days can you work?")
        if ask and facts["asked"] is None:
            return self._("Ask the place: on which days is the work?")
        if ask:
            return self._(
                "Ask the place: are all these days needed: {days}?", days=self._days(facts["asked"])
            )
        return self._(
            "The days do not go together: the place asks {asked}, possible are {available}.",
            asked=self._days(facts["asked"]),
            available=self._days(facts["available"]),
        )

    def _days(self, days: list[str] | None) -> str:
        words = {
            "mon": self._("Monday"),
            "tue": self._("Tuesday"),
            "wed": self._("Wednesday"),
            "thu": self._("Thursday"),
            "fri": self._("Friday"),
            "sat": self._("Saturday"),
            "sun": self._("Sunday"),
        }
        return self.listed([words[day] for day in days or ()])

    def _say_start(self, facts: Facts, ask: bool) -> str:
        if ask:
            return self._(
                "Ask the place: can the day start at {earliest} or later?",
                earliest=facts["earliest"],
            )
        return self._(
            "The day starts at {starts}; the candidate can start at {earliest}.",
            starts=facts["starts_at"],
            earliest=facts["earliest"],
        )

    def _say_travel(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts["item"] == "phases" or (ask and facts["place"] is None):
            return self._("Ask the place: where is the work?")
        if not ask:
            return self._(
                "The journey to {place} takes about {minutes} minutes; at most {most} are possible.",
                place=names.place(facts["place"]),
                minutes=facts["minutes"],
                most=facts["at_most"],
            )
        if facts["ask"] == "slot":
            return self._(
                "Ask the place: how many days a week is somebody in {place}?",
                place=names.place(facts["place"]),
            )
        if facts["minutes"] is None:
            return self._(
                "Ask the candidate: how long is the journey to {place}?",
                place=names.place(facts["place"]),
            )
        return self._(
            "Ask the candidate: is a journey of about {minutes} minutes to {place} possible?",
            minutes=facts["minutes"],
            place=names.place(facts["place"]),
        )

    def _say_education(self, facts: Facts, ask: bool, names: Names) -> str:
        if ask and facts["ask"] == "slot":
            return self._("Ask the place: is a diploma needed?")
        if ask:
            return self._("Ask the candidate: what is your highest diploma?")
        return self._(
            "The place asks a diploma of level {asked} (NLQF/EQF); the candidate has level {held}.",
            asked=facts["asked"],
            held=facts["held"],
        )

    def _say_languages(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts.get("item") == "asked":
            return self._("Ask the place: which language level is needed?")
        skill, language = self.language_skill(facts["skill"]), self.tongue(facts["language"])
        if ask:
            return self._(
                "Ask the candidate: at which level is your {language} {skill}?",
                language=language,
                skill=skill,
            )
        return self._(
            "The place asks {language} {skill} at {asked}; the candidate has {held}.",
            language=language,
            skill=skill,
            asked=facts["asked"],
            held=self.level(facts["held"]),
        )

    def level(self, cefr: str | None) -> str:
        """Return a language level; below A1 is said in words."""
        return self._("less than A1") if cefr == "none" else cefr or "?"

    def language_skill(self, code: str) -> str:
        """Return what people call a language skill."""
        return {
            "listening": self._("listening"),
            "reading": self._("reading"),
            "speaking": self._("speaking"),
            "writing": self._("writing"),
        }[code]

    def tongue(self, code: str) -> str:
        """Return what people call a language; the rarer ones by their code."""
        known = {
            "nld": self._("Dutch"),
            "eng": self._("English"),
            "deu": self._("German"),
            "fra": self._("French"),
            "ara": self._("Arabic"),
            "tir": self._("Tigrinya"),
        }
        return known.get(code, code)

    def _say_skills(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts.get("item") == "asked":
            return self._("Ask the place: which skills are needed?")
        skill = self.skill(facts["skill"])
        if ask:
            return self._("Ask the candidate: how well do you master {skill}?", skill=skill)
        return self._("{skill} is needed here from the start and is not taught.", skill=skill)

    def skill(self, code: str) -> str:
        """Return what people call a skill."""
        labels = skill_labels()
        return labels[code].label(self.language) if code in labels else code

    def _say_licence(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts.get("item") == "asked":
            return self._("Ask the place: is a driving licence needed?")
        if ask:
            return self._(
                "Ask the candidate: do you have driving licence {licence}?",
                licence=facts["licence"],
            )
        return self._("Driving licence {licence} is needed here.", licence=facts["licence"])

    def _say_conditions(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts.get("item") == "needs":
            return self._("Ask the candidate: what do you need at work?")
        term = work_conditions()[facts["condition"]]
        if ask:
            return self._("Ask the place: {question}", question=term.question(self.language))
        if facts["need"] == "must":
            return self._(
                "Needed, but not there: {condition}.", condition=term.label(self.language)
            )
        return self._(
            "There, but not possible for the candidate: {condition}.",
            condition=term.label(self.language),
        )

    def _say_support(self, facts: Facts, ask: bool, names: Names) -> str:
        if facts.get("item") == "needs":
            return self._("Ask the candidate: which support do you need?")
        term = support_kinds()[facts["support"]]
        label = term.label(self.language)
        if ask and facts["ask"] == "slot":
            return self._("Ask the place: {question}", question=term.question(self.language))
        if ask:
            return self._(
                "Ask the candidate: how many hours of {support} do you need?", support=label
            )
        return self._(
            "{needed} hours a week of {support} are needed; the place offers {offered}.",
            needed=self.number(facts["needed"]),
            support=label,
            offered=self.number(facts["offered"]),
        )

    # Soft criteria

    def criterion(self, name: str) -> str:
        """Return what people call a criterion."""
        return {
            "skills": self._("Skills"),
            "education": self._("Education"),
            "languages": self._("Language"),
            "occupation": self._("Occupation"),
            "tasks": self._("Tasks"),
            "wishes": self._("Wishes"),
            "conditions": self._("Work conditions"),
            "support": self._("Support"),
            "hours": self._("Hours"),
            "travel": self._("Travel"),
        }[name]

    def contribution(self, contribution: Facts, names: Names) -> str:
        """Say what a criterion rests on."""
        say: dict[str, Callable[[list[Facts], Names], str]] = {
            "skills": self._tell_skills,
            "education": self._tell_education,
            "languages": self._tell_languages,
            "occupation": self._tell_occupation,
            "tasks": self._tell_tasks,
            "wishes": self._tell_wishes,
            "conditions": self._tell_conditions,
            "support": self._tell_support,
            "hours": self._tell_hours,
            "travel": self._tell_travel,
        }
        if contribution["value"] is None and contribution["criterion"] != "skills":
            return self._("not known yet; counted as neutral.")
        text = say[contribution["criterion"]](contribution["facts"], names)
        return text or self._("nothing particular is asked.")

    def _tell_skills(self, facts: list[Facts], names: Names) -> str:
        groups: dict[str, list[str]] = {}
        for fact in facts:
            groups.setdefault(_skill_group(fact), []).append(self.skill(fact["skill"]))
        told = [
            (self._("there already: {skills}"), "held"),
            (self._("there in part: {skills}"), "partly"),
            (self._("something near it is there: {skills}"), "near"),
            (self._("taught here: {skills}"), "taught"),
            (self._("not known yet: {skills}"), "unknown"),
            (self._("not there yet: {skills}"), "missing"),
        ]
        parts = [
            message.format(skills=self.listed(groups[group]))
            for message, group in told
            if group in groups
        ]
        return f"{'; '.join(parts)}." if parts else ""

    def _tell_education(self, facts: list[Facts], names: Names) -> str:
        if not facts:
            return self._("no diploma is asked.")
        asked, held = facts[0]["asked"], facts[0]["held"]
        if held is None:
            return self._("not known yet; counted as neutral.")
        if held >= asked:
            return self._("the diploma reaches the level asked.")
        if facts[0]["trained"]:
            return self._("the place trains people to the level asked.")
        return self._("the diploma lies below the level asked.")

    def _tell_languages(self, facts: list[Facts], names: Names) -> str:
        groups: dict[str, list[str]] = {}
        for fact in facts:
            what = f"{self.tongue(fact['language'])} {self.language_skill(fact['skill'])}"
            if fact["held"] is None:
                groups.setdefault("unknown", []).append(what)
                continue
            level = f"{what} ({self.level(fact['held'])}"
            group = "reached" if fact["reached"] else "trained" if fact["trained"] else "below"
            told = level if fact["reached"] else f"{level} → {fact['asked']}"
            groups.setdefault(group, []).append(f"{told})")
        told_as = [
            (self._("as asked: {languages}"), "reached"),
            (self._("trained here: {languages}"), "trained"),
            (self._("below what is asked: {languages}"), "below"),
            (self._("not known yet: {languages}"), "unknown"),
        ]
        parts = [
            message.format(languages=self.listed(groups[group]))
            for message, group in told_as
            if group in groups
        ]
        return f"{'; '.join(parts)}." if parts else ""

    def _tell_occupation(self, facts: list[Facts], names: Names) -> str:
        if not facts:
            return self._("any occupation will do.")
        sought, offered = facts[0]["sought"], facts[0]["offered"]
        if offered in sought:
            return self._("this is an occupation that the candidate looks for.")
        if any(code[:1] == offered[:1] for code in sought):
            return self._("this lies near an occupation that the candidate looks for.")
        return self._("this is another occupation than the candidate looks for.")

    def _tell_tasks(self, facts: list[Facts], names: Names) -> str:
        if not facts:
            return self._("the candidate has no particular wish.")
        shared = [f"“{fact['offered']}”" for fact in facts[0]["shared"]]
        if shared:
            return self._(
                "work that the candidate wants to do: {tasks}.", tasks=self.listed(shared)
            )
        return self._("the tasks share few words with what the candidate wants to do.")

    def _tell_wishes(self, facts: list[Facts], names: Names) -> str:
        if not facts:
            return self._("the candidate has no particular wish.")
        fact = facts[0]
        if fact["rank"] is not None:
            return self._("this is wish number {rank} of the candidate.", rank=fact["rank"])
        return self._("the candidate has other wishes.")

    def _tell_conditions(self, facts: list[Facts], names: Names) -> str:
        groups: dict[bool | None, list[str]] = {}
        for fact in facts:
            label = work_conditions()[fact["condition"]].label(self.language)
            wanted = (
                label if fact["need"] == "wanted" else self._("no {condition}", condition=label)
            )
            groups.setdefault(fact["met"], []).append(wanted)
        told = [
            (self._("as wanted: {conditions}"), True),
            (self._("not as wanted: {conditions}"), False),
            (self._("not known yet: {conditions}"), None),
        ]
        parts = [
            message.format(conditions=self.listed(groups[met]))
            for message, met in told
            if met in groups
        ]
        return f"{'; '.join(parts)}." if parts else ""

    def _tell_support(self, facts: list[Facts], names: Names) -> str:
        parts = [
            self._(
                "{support}: {offered} of {needed} hours a week",
                support=support_kinds()[fact["support"]].label(self.language),
                offered=self.number(fact["offered"]),
                needed=self.number(fact["needed"]),
            )
            for fact in facts
        ]
        return f"{'; '.join(parts)}." if parts else ""

    def _tell_hours(self, facts: list[Facts], names: Names) -> str:
        fact = facts[0]
        if fact["offered"] is None or fact["possible"] is None:
            return self._("not known yet; counted as neutral.")
        return self._(
            "up to {offered} hours a week are offered, {possible} are possible.",
            offered=self.number(fact["offered"]),
            possible=self.number(fact["possible"]),
        )

    def _tell_travel(self, facts: list[Facts], names: Names) -> str:
        parts: dict[str, None] = {}
        for fact in facts:
            if fact["on_site_days"] == 0:
                continue
            place = names.place(fact["place"])
            if fact["minutes"] is None:
                parts[self._("the journey to {place} is not known yet", place=place)] = None
            else:
                parts[
                    self._(
                        "about {minutes} minutes to {place}", minutes=fact["minutes"], place=place
                    )
                ] = None
        return f"{'; '.join(parts)}." if parts else self._("no travel.")


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


MOST_REASONS = 4


def strongest(contributions: list[Facts]) -> list[Facts]:
    """Return the contributions that say most for a place: those with points and known facts, most first."""
    telling = [
        one for one in contributions if one["known"] > 0 and one["facts"] and one["points"] > 0
    ]
    return sorted(telling, key=lambda one: -int(one["points"]))[:MOST_REASONS]
