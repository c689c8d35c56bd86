"""
Message catalogues: English in the code, Dutch in locale/nl; read by Babel, without a compile step.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the catalogue of a language; English stands in the code itself."""
    path = LOCALE / language / "LC_MESSAGES" / "proeftuin.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def preferred_language(header: str | None) -> str:
    """Return the language that an Accept-Language header asks for first, of those we speak."""
    wishes: list[tuple[float, int, str]] = []
    for part in (header or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language in LANGUAGES:
            wishes.append((-weight, len(wishes), language))
    return min(wishes)[2] if wishes else DEFAULT_LANGUAGE
