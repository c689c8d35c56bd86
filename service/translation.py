"""
Message catalogues: English in the code, Dutch in locale/nl; read by Babel, without a compile step.
"""

import io
import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"

_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


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
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        language = tag.split("-")[0].lower()
        weight = _quality(parameters)
        if language in LANGUAGES and weight > 0:
            wishes.append((-weight, len(wishes), language))
    return min(wishes)[2] if wishes else DEFAULT_LANGUAGE


def _quality(parameters: list[str]) -> float:
    """Return how much a language is wanted, 0 to 1; what cannot be read counts as not at all."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0
