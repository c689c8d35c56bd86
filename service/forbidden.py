"""
What is never stored, whatever it is called: imports refuse such columns by name, requests such
fields.

The list is of names, in Dutch and English. What somebody needs is told by work conditions and hours
of support; docs/decisions/0004 says why that is enough.
"""

import re
from typing import Final

NEVER_STORED: Final[dict[str, tuple[str, ...]]] = {
    "a citizen number": (
        "bsn",
        "burgerservicenummer",
        "sofinummer",
        "citizen number",
        "citizen service number",
        "national id",
        "social security number",
        "ssn",
        "persoonsnummer",
        "a nummer",
        "v nummer",
        "vreemdelingennummer",
    ),
    "a diagnosis or a disease": (
        "diagnosis",
        "diagnose",
        "diagnoses",
        "disease",
        "illness",
        "ziekte",
        "ziektebeeld",
        "stoornis",
        "disorder",
        "disability",
        "handicap",
        "beperking",
        "arbeidsbeperking",
        "dsm",
        "icd",
        "icd10",
        "iq",
        "medical",
        "medisch",
        "health",
        "gezondheid",
        "autism",
        "autisme",
    ),
    "medication": ("medication", "medicatie", "medicine", "medicijn", "medicijnen"),
    "sick leave": (
        "sick leave",
        "sickness absence",
        "sick days",
        "ziekteverzuim",
        "verzuim",
        "ziekmelding",
        "ziektedagen",
    ),
    "a benefit or its amount": (
        "benefit",
        "benefit amount",
        "benefit type",
        "uitkering",
        "uitkeringsbedrag",
        "uitkeringssoort",
        "hoogte uitkering",
        "bijstand",
        "wajong",
        "income",
        "inkomen",
    ),
    "debts": ("debt", "debts", "schuld", "schulden", "schuldhulpverlening"),
    "convictions": (
        "conviction",
        "convictions",
        "criminal record",
        "criminal past",
        "veroordeling",
        "veroordelingen",
        "strafblad",
        "detentie",
        "vog",
        "ex gedetineerd",
    ),
    "family": (
        "family",
        "familie",
        "gezin",
        "gezinssituatie",
        "marital status",
        "burgerlijke staat",
        "children",
        "kinderen",
        "partner",
        "zwanger",
        "pregnant",
    ),
    "religion": ("religion", "religie", "geloof", "geloofsovertuiging", "faith", "church", "kerk"),
    "nationality": ("nationality", "nationaliteit", "citizenship", "staatsburgerschap"),
    "country of origin": (
        "country of origin",
        "country of birth",
        "origin",
        "herkomst",
        "land van herkomst",
        "geboorteland",
        "birthplace",
        "geboorteplaats",
        "ethnicity",
        "etniciteit",
        "race",
        "ras",
        "migratieachtergrond",
    ),
    "a birth date or age": (
        "birth date",
        "birthdate",
        "date of birth",
        "dob",
        "geboortedatum",
        "birth year",
        "geboortejaar",
        "age",
        "leeftijd",
    ),
    "sex or gender": ("sex", "gender", "geslacht"),
    "a photo": ("photo", "foto", "picture", "pasfoto", "image", "avatar"),
}
"""What is never stored, and the names it goes by."""

_NAMES: Final = {
    re.sub(r"[^a-z0-9]", "", name): what for what, names in NEVER_STORED.items() for name in names
}


def why_forbidden(name: str) -> str | None:
    """Say why a column or field of this name is refused, or `None` when it is not one of these."""
    what = _NAMES.get(re.sub(r"[^a-z0-9]", "", name.lower()))
    return None if what is None else f"names {what}, which is never stored here; leave it out"
