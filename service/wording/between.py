"""What a place would take from others, where else somebody could go, and rates, in words."""

from service.wording.asking import AskingWords
from service.wording.names import Names
from service.wording.speech import Facts


class BetweenWords(AskingWords):
    """Says what holds between two plans. No sentence names another person."""

    # What would be gone if somebody took a place now

    def regret(self, one: Facts, names: Names) -> list[str]:
        """Say what a place that somebody takes now would take from others."""
        slot = names.slot(one["slot"])
        if one["isPossible"] is None:
            return [self._("{slot}: there was no time to find this out.", slot=slot)]
        if not one["isPossible"]:
            return [self._("{slot}: no plan that keeps all rules gives this place.", slot=slot)]
        if one["placed"] > 0:
            lines = [
                self.ngettext(
                    "{slot}: with it, {n} person fewer would have a place in all.",
                    "{slot}: with it, {n} people fewer would have a place in all.",
                    one["placed"],
                    slot=slot,
                )
            ]
        elif one["points"] > 0:
            lines = [
                self._("{slot}: as many people have a place, but places fit less well.", slot=slot)
            ]
        else:
            lines = [self._("{slot}: nobody has less by it.", slot=slot)]
        if not one["isSettled"]:
            lines.append(self.no_time("cost"))
        if one["seatIsClaimed"]:
            lines.append(self._("In the best plan somebody else has this place."))
        return lines

    # Where else somebody could go

    def fallback(self, one: Facts, names: Names) -> str:
        """Say where somebody could go if a place fell through."""
        slot = names.slot(one["slot"])
        if one["fallback"] is None:
            return self._(
                "If {slot} falls through, no other place is free without moving others.", slot=slot
            )
        other = names.slot(one["fallback"])
        return self._("If {slot} falls through, {other} is free.", slot=slot, other=other)

    def fallbacks(self, n: int, without: int) -> list[str]:
        """Say for how many people there is another place, and for how many there is none."""
        lines = []
        if n:
            lines.append(
                self.ngettext(
                    "{n} person could go elsewhere without moving anybody.",
                    "{n} people could go elsewhere without moving anybody.",
                    n,
                )
            )
        if without:
            lines.append(
                self.ngettext(
                    "For {n} person a new plan would be needed.",
                    "For {n} people a new plan would be needed.",
                    without,
                )
            )
        return lines

    # How groups fare

    def rate(self, one: Facts) -> str:
        """Say how many of a group have a place."""
        facts = {"group": one["group"], "placed": self.number(one["placed"])}
        if one["group"] is None:
            return self.ngettext(
                "Smaller groups together: {placed} of {n} person has a place.",
                "Smaller groups together: {placed} of {n} people have a place.",
                one["people"],
                placed=facts["placed"],
            )
        return self.ngettext(
            "{group}: {placed} of {n} person has a place.",
            "{group}: {placed} of {n} people have a place.",
            one["people"],
            **facts,
        )

    def against_lottery(self, verdict: str) -> str:
        """Say where a rate lies among plans drawn by lot."""
        return {
            "below": self._("That is fewer than in nearly all plans drawn by lot."),
            "within": self._("Plans drawn by lot often give as many."),
            "above": self._("That is more than in nearly all plans drawn by lot."),
            "unsettled": self._("What plans drawn by lot give could not be settled."),
        }[verdict]

    def parity(self, hidden: int, least: int, *, has_groups: bool) -> list[str]:
        """Say what a report of rates leaves out."""
        if not has_groups:
            return [self._("No groups were told with this plan.")]
        lines = [self._("This is a count, and no judgement: people look at it together.")]
        if hidden:
            lines.append(
                self.ngettext(
                    "Groups of fewer than {n} person are not shown.",
                    "Groups of fewer than {n} people are not shown.",
                    least,
                )
            )
        return lines

    def others_than_groups(self) -> str:
        """Name those who are in none of the groups that were told."""
        return self._("in none of these groups")
