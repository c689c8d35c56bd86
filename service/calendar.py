"""Today: the day in Europe/Amsterdam, or the day that a sample plays on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.base import OFFICE_ID, Office
from service.database import clock_of
from service.settings import settings

HERE = ZoneInfo("Europe/Amsterdam")


def day_of(at: datetime) -> date:
    """Return the date that an instant has here, or the day that was set."""
    return settings().today or at.astimezone(HERE).date()


def today(session: Session) -> date:
    """Return today here: the day that was set, or the sample plays on, or the real one."""
    office = session.get(Office, OFFICE_ID)
    plays_on = None if office is None else office.plays_on
    return settings().today or plays_on or day_of(clock_of(session))


def play_on(session: Session, day: date) -> None:
    """Note the day that the sample in this database plays on."""
    session.get_one(Office, OFFICE_ID).plays_on = day
