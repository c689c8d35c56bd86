"""What the rules about dates, weekly hours, days and start times found, in words."""

from service.wording.names import Names
from service.wording.speech import Facts, Speech


class TimeWords(Speech):
    """Says what the rules about time found."""

    def dates_finding(self, facts: Facts, names: Names) -> str:
        if facts["ask"] == "candidate":
            return self.ask_candidate(self._("from which date can you start?"))
        if facts["ask"] and facts["starts_on"] is None:
            return self.ask_place(self._("when does it start?"))
        available = self.date(facts["available_on"])
        if facts["ask"]:
            return self.ask_place(self._("can somebody still join on {date}?", date=available))
        return self._(
            "The candidate can start from {available}; the last day to join is {last}.",
            available=available,
            last=self.date(facts["last_entry_on"]),
        )

    def hours_finding(self, facts: Facts, names: Names) -> str:
        return {
            "weekly_hours": self._weekly_hours,
            "build_up": self._build_up,
            "days": self._work_days,
            "start": self._start_of_day,
        }[facts["item"]](facts)

    def _weekly_hours(self, facts: Facts) -> str:
        if facts["ask"] == "candidate":
            return self.ask_candidate(self._("how many hours a week can you work?"))
        if facts["ask"]:
            return self.ask_place(self._("how many hours a week is the work?"))
        possible, asked = facts["possible"], facts["asked_from"]
        if possible is not None and asked is not None and possible < asked:
            return self.ngettext(
                "At least {n} hour a week is needed here; the candidate can work up to {possible}.",
                "At least {n} hours a week are needed here; the candidate can work up to "
                "{possible}.",
                asked,
                possible=self.number(possible),
            )
        return self.ngettext(
            "Up to {n} hour a week is possible here; the candidate wants at least {wanted}.",
            "Up to {n} hours a week are possible here; the candidate wants at least {wanted}.",
            facts["asked_to"],
            wanted=self.number(facts["wanted"]),
        )

    def _build_up(self, facts: Facts) -> str:
        start, least = facts["starts_with"], facts["possible_from"]
        if facts["ask"]:
            return self.ask_place(
                self.ngettext(
                    "is it possible to begin with {n} hour a week and build up?",
                    "is it possible to begin with {n} hours a week and build up?",
                    start,
                )
            )
        if least is not None:
            return self.ngettext(
                "The candidate wants to begin with {n} hour a week; people begin here with at "
                "least {least}.",
                "The candidate wants to begin with {n} hours a week; people begin here with at "
                "least {least}.",
                start,
                least=self.number(least),
            )
        return self.ngettext(
            "The candidate wants to begin with {n} hour a week and build up; that is not "
            "possible here.",
            "The candidate wants to begin with {n} hours a week and build up; that is not "
            "possible here.",
            start,
        )

    def _work_days(self, facts: Facts) -> str:
        if facts["ask"] == "candidate":
            return self.ask_candidate(self._("on which days can you work?"))
        if facts["ask"] and facts["asked"] is None:
            return self.ask_place(self._("on which days is the work?"))
        both = [day for day in facts["asked"] if day in facts["available"]]
        if facts["ask"]:
            return self.ask_place(
                self._("is working on {days} enough?", days=self.days(both)),
            )
        longest, asked = facts["longest_day"], facts["asked_from"]
        if both and None not in (longest, asked) and asked > len(both) * longest:
            return self.ngettext(
                "The candidate can work {n} hour a day, on {days}. That is less than the {asked} "
                "hours a week that are needed here.",
                "The candidate can work {n} hours a day, on {days}. That is less than the {asked} "
                "hours a week that are needed here.",
                longest,
                days=self.days(both),
                asked=self.number(asked),
            )
        return self._(
            "The work is on {asked}; the candidate can work on {available}.",
            asked=self.days(facts["asked"]),
            available=self.days(facts["available"]),
        )

    def _start_of_day(self, facts: Facts) -> str:
        if facts["ask"]:
            return self.ask_place(
                self._("can the day start at {time} or later?", time=facts["earliest"])
            )
        return self._(
            "The day starts at {starts} here; the candidate can start from {earliest}.",
            starts=facts["starts_at"],
            earliest=facts["earliest"],
        )
