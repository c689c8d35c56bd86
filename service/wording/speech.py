"""What every sentence is made with: messages in one language, numbers, dates, lists, labels."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from models.codes import Weekday
from models.vocabulary import Term, support_kinds, work_conditions
from service.taxonomy import skill_labels
from service.translation import catalogue

Facts = dict[str, Any]

LOCALES: Final = {"nl": "nl", "en": "en_GB"}
"""British English: the day before the month, and no comma before the last *and*."""

N_: Final[Callable[[str], str]] = str
"""Marks a message for the catalogue that is only translated later."""

FORMS: Final = {
    "work_experience": N_("work-experience place"),
    "trial": N_("trial placement"),
    "learn_work": N_("learn-work place"),
    "job": N_("job"),
}

LANGUAGE_SKILLS: Final = {
    "listening": N_("understanding {language}"),
    "reading": N_("reading {language}"),
    "speaking": N_("speaking {language}"),
    "writing": N_("writing {language}"),
}

UNNAMED_LANGUAGES: Final = {
    "aii": N_("Neo-Aramaic"),
    "dse": N_("Dutch Sign Language"),
}
"""Languages that people bring and that Babel has no name for."""

DIPLOMAS: Final = (
    N_("no diploma"),
    N_("mbo 1"),
    N_("mbo 2"),
    N_("mbo 3"),
    N_("mbo 4, havo or vwo"),
    N_("associate degree"),
    N_("bachelor"),
    N_("master"),
    N_("doctorate"),
)
"""The best known diplomas of each EQF level, 0 to 8."""


class Speech:
    """Speaks one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(LOCALES[language])
        self._catalogue = catalogue(language)

    def _(self, message: str, **facts: Any) -> str:
        text = self._catalogue.gettext(message)
        return text.format(**facts) if facts else text

    def ngettext(self, one: str, many: str, n: float, **facts: Any) -> str:
        """Say a sentence about a number of things, which it finds as `{n}`."""
        count = int(n) if n == int(n) else 2  # one and a half hours are hours
        return self._catalogue.ngettext(one, many, count).format(n=self.number(n), **facts)

    def number(self, value: float) -> str:
        """Write a number as people who read this language do."""
        return format_decimal(value, "#,##0.##", locale=self._locale)

    def date(self, iso: str) -> str:
        """Write a date in full."""
        return format_date(date.fromisoformat(iso), "long", locale=self._locale)

    def days(self, codes: list[str]) -> str:
        """Write days of the week."""
        names = get_day_names("wide", locale=self._locale)
        return self.listed([names[list(Weekday).index(Weekday(code))] for code in codes])

    def listed(self, parts: list[str], *, style: str = "standard") -> str:
        """Write a list with commas and a last *and*, or with the style "or" a last *or*."""
        return format_list(parts, "or" if style == "or" else "standard", locale=self._locale)

    def form(self, code: str) -> str:
        """Return what people call a form of placement."""
        return self._(FORMS[code])

    def ability(self, language: str, skill: str) -> str:
        """Return what people call a language skill: *speaking Dutch*."""
        return self._(LANGUAGE_SKILLS[skill], language=self.tongue(language))

    def tongue(self, code: str) -> str:
        """Return what people call a language, by its ISO 639-3 code; the rarest stay a code."""
        if code in UNNAMED_LANGUAGES:
            return self._(UNNAMED_LANGUAGES[code])
        short = get_global("language_aliases").get(code, code)
        return str(self._locale.languages.get(short, code))

    def level(self, cefr: str) -> str:
        """Return a language level; below A1 is said in words."""
        return self._("no A1 yet") if cefr == "none" else cefr

    def diploma(self, eqf: float) -> str:
        """Return the best known diplomas of an EQF level."""
        return self._(DIPLOMAS[int(eqf)])

    def skill(self, code: str) -> str:
        """Return what people call a skill."""
        labels = skill_labels()
        return labels[code].label(self.language) if code in labels else code

    def condition(self, code: str) -> str:
        """Return what people call a work condition."""
        return work_conditions()[code].label(self.language)

    def support(self, code: str) -> str:
        """Return what people call a kind of support."""
        return support_kinds()[code].label(self.language)

    def question(self, term: Term) -> str:
        """Return a vocabulary's question, as it reads after a colon."""
        question = term.question(self.language)
        return question[:1].lower() + question[1:] if question[1:2].islower() else question

    def ask_candidate(self, question: str) -> str:
        """Say that a question is for the candidate."""
        return self._("Ask the candidate: {question}", question=question)

    def ask_place(self, question: str) -> str:
        """Say that a question is for those who offer the place."""
        return self._("Ask the place: {question}", question=question)
