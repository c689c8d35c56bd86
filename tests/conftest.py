"""What every test shares: how Hypothesis looks for counterexamples, and databases to work on."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import URL, Engine
from starlette.testclient import TestClient

from service.app import create_app
from service.database import migrate, open_database
from service.demo import load
from tests.servers import PostgresServer, postgres_server

__all__ = ["postgres_server"]

# The same examples on every machine and in every run; a time limit would fail on busy machines.
settings.register_profile("steady", derandomize=True, deadline=None)
# For an hour of looking further: pytest --hypothesis-profile=search tests/matching
settings.register_profile("search", deadline=None, max_examples=5000)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def hears_ctrl_c() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C; the tests press it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2017, 12, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **units: float) -> None:
        """Let time pass."""
        self.at += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    """1 December 2017, nine o'clock: the day the sample plays on."""
    return Clock()


OpenDatabase = Callable[[str], Any]


@pytest.fixture(scope="session")
def made_databases(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> OpenDatabase:
    """
    Makes databases, empty or with the sample, on either kind of server; each is a copy of one made
    once.
    """
    folder = tmp_path_factory.mktemp("templates")
    templates: dict[tuple[str, bool], str] = {}

    def template(kind: str, sample: bool) -> str:
        if (kind, sample) not in templates:
            name = f"template_{'sample' if sample else 'empty'}"
            if kind == "postgresql":
                postgres_server.create_database(name)
                address = postgres_server.url(name).render_as_string(hide_password=False)
            else:
                address = f"sqlite:///{folder / name}.db"
            engine = open_database(address)
            migrate(engine)
            if sample:
                load(engine)
            engine.dispose()
            templates[kind, sample] = name
        return templates[kind, sample]

    @contextmanager
    def make(kind: str, path: Path, *, sample: bool) -> Iterator[Engine]:
        name = template(kind, sample)
        if kind == "postgresql":
            with postgres_server.new_database(template=name) as address:
                yield from _opened(address)
        else:
            copy = path / f"{name}.db"
            copy.write_bytes((folder / f"{name}.db").read_bytes())
            yield from _opened(f"sqlite:///{copy}")

    def _opened(address: URL | str) -> Iterator[Engine]:
        text = (
            address if isinstance(address, str) else address.render_as_string(hide_password=False)
        )
        engine = open_database(text)
        try:
            yield engine
        finally:
            engine.dispose()

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, made_databases: OpenDatabase, tmp_path: Path
) -> Iterator[Engine]:
    """An empty database with the present schema, once on SQLite and once on PostgreSQL."""
    with made_databases(request.param, tmp_path, sample=False) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def sample_engine(
    request: pytest.FixtureRequest, made_databases: OpenDatabase, tmp_path: Path
) -> Iterator[Engine]:
    """The twelve pilots of 2017, once on SQLite and once on PostgreSQL."""
    with made_databases(request.param, tmp_path, sample=True) as engine:
        yield engine


def client_of(engine: Engine, clock: Clock) -> TestClient:
    """Return a client that asks the service for English and is answered like anybody else."""
    return TestClient(
        create_app(engine, clock),
        base_url="http://localhost",
        headers={"Accept-Language": "en"},
        raise_server_exceptions=False,
    )


@pytest.fixture
def client(engine: Engine, clock: Clock) -> Iterator[TestClient]:
    """The service on an empty database."""
    with client_of(engine, clock) as client:
        yield client


@pytest.fixture
def sample_client(sample_engine: Engine, clock: Clock) -> Iterator[TestClient]:
    """The service with the twelve pilots of 2017."""
    with client_of(sample_engine, clock) as client:
        yield client
