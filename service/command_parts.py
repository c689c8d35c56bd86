"""What every command shares: options, the database, the language, and a sign that it works."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from sqlalchemy import Engine

from service.database import migrate, open_database, schema_is_current
from service.errors import FieldFault, InvalidInput
from service.settings import settings
from service.wording import Words

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Language = Annotated[str, typer.Option(help="Language of the reasons: nl or en.")]
AsOf = Annotated[str | None, typer.Option(help="The day to look from, as 2018-01-31.")]
Seed = Annotated[int, typer.Option(min=0, help="Settles ties.")]


@contextmanager
def busy(words: str, *, quiet: bool) -> Iterator[None]:
    """Show that something goes on, on standard error, so that output stays clean."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(words)
        yield


@contextmanager
def database() -> Iterator[Engine]:
    """Open the database in the data folder, brought up to date."""
    engine = open_database(settings().database_address())
    try:
        if not schema_is_current(engine):
            migrate(engine)
        yield engine
    finally:
        engine.dispose()


def read_day(day: str | None, option: str = "--as-of") -> date | None:
    """Read a day; none means today."""
    if day is None:
        return None
    try:
        return date.fromisoformat(day)
    except ValueError:
        fault = FieldFault(option, "is not a date", "a date such as 2018-01-31")
        raise InvalidInput([fault]) from None


def speak(language: str) -> Words:
    """Return the words of a language, or say which are spoken."""
    if language not in ("nl", "en"):
        raise InvalidInput([FieldFault("--language", "is not spoken here", "nl, en")])
    return Words(language)


def print_json(content: Any) -> None:
    """Print plain data for programs."""
    print(json.dumps(content, ensure_ascii=False, indent=2))
