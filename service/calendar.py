"""Today: the day in Europe/Amsterdam, or the day that a sample plays on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.settings import settings

HERE = ZoneInfo("Europe/Amsterdam")


def day_of(at: datetime) -> date:
    """Return the date that an instant has here; a sample may play on another day."""
    return settings().today or at.astimezone(HERE).date()
