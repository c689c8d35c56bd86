"""Text as it may be stored: codes, short lines, and the refusal of what must never come in."""

import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError
from stdnum.nl import bsn


class FactError(ValueError):
    """A fact that does not go with another; `field` tells which, as the sender spells it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


_NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[^0-9A-Za-z]{0,3}\d){8}(?!\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def refuse_citizen_number(text: str) -> str:
    """Refuse text that holds a number which passes the check of a Dutch citizen number (BSN)."""
    for found in _NINE_DIGITS.findall(text):
        if bsn.is_valid(re.sub(r"\D", "", found)):
            # The number itself stays out of the message: messages end up in logs and screens.
            raise ValueError("holds what looks like a citizen number (BSN); leave it out")
    if _CONTROL.search(text):
        raise ValueError("holds control characters; accepted: plain text")
    return text


def hide_citizen_numbers(text: str) -> str:
    """Return text with an ellipsis for each number that could be a citizen number."""

    def hidden(found: re.Match[str]) -> str:
        return "…" if bsn.is_valid(re.sub(r"\D", "", found[0])) else found[0]

    return _NINE_DIGITS.sub(hidden, text)


Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", min_length=1, max_length=40),
    AfterValidator(refuse_citizen_number),
]
"""A human code: letters, digits, dot, dash and underscore; unique within its office."""

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=120), AfterValidator(refuse_citizen_number)
]
"""One line of text, up to 120 characters."""

Title = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(refuse_citizen_number)
]
"""A name or title, up to 200 characters."""

Prose = Annotated[str, StringConstraints(max_length=2000), AfterValidator(refuse_citizen_number)]
"""A few sentences, up to 2,000 characters."""

Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(refuse_citizen_number)
]
"""Why something was decided, up to 500 characters."""

Pc4 = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{3}$")]
"""The four digits of a Dutch postcode: an area, never an address."""

Isco = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]
"""An ISCO-08 code of one to four digits; fewer digits mean a wider group."""


_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _only_a_day(day: Any) -> Any:
    # Pydantic would read 0 as 1 January 1970, and drop the hour and zone of an instant.
    if isinstance(day, date) or (isinstance(day, str) and _ISO_DAY.fullmatch(day.strip())):
        return day
    raise PydanticCustomError("date_type", "is not a date")


Day = Annotated[date, BeforeValidator(_only_a_day)]
"""A day as ISO 8601 writes it, 2018-01-31."""


def _refuse_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("has a time zone; accepted: a time here, such as 09:00")
    return at


LocalTime = Annotated[time, AfterValidator(_refuse_zone)]
"""A time of day here, without a zone."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
"""A language by its ISO 639-3 code, in lower case, as VUM writes it: nld, eng, ara."""
