"""The tests' own PostgreSQL is real, gives each test a clean database and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from tests import servers
from tests.servers import PostgresDidNotStart, PostgresServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server():
    with PostgresServer() as server:
        yield server


def ask(url: URL, question: str):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(text(question)).scalar_one()


def names_of_databases(server: PostgresServer) -> set[str]:
    address = server.url("postgres").set(drivername="postgresql").render_as_string()
    with psycopg.connect(address) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_a_real_postgresql_answers(server):
    assert ask(server.url("postgres"), "SELECT version()").startswith("PostgreSQL 18")


def test_a_database_is_lent_and_dropped(server):
    with server.new_database() as url:
        assert url.database in names_of_databases(server)
        assert ask(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert url.database not in names_of_databases(server)


def test_a_database_is_dropped_when_its_test_fails_with_a_connection_open(server):
    lent = []

    def failing_test():
        with server.new_database() as url:
            lent.append((url.database, create_engine(url).connect()))
            raise RuntimeError("the test failed")

    with pytest.raises(RuntimeError, match="the test failed"):
        failing_test()
    [(name, left_open)] = lent
    assert name not in names_of_databases(server)
    left_open.invalidate()
    left_open.close()


def test_a_template_is_copied_and_the_copy_leaves_it_alone(server):
    with server.new_database() as template:
        engine = create_engine(template, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE seat AS SELECT 1 AS number"))
        with server.new_database(template=template.database) as copy:
            assert ask(copy, "SELECT count(*) FROM seat") == 1
            with create_engine(copy, poolclass=NullPool).begin() as connection:
                connection.execute(text("DELETE FROM seat"))
        assert ask(template, "SELECT count(*) FROM seat") == 1


def test_a_name_is_never_read_as_sql(server):
    odd = 'Candidates "of" May; --'
    server.create_database(odd)
    try:
        assert ask(server.url(odd), "SELECT current_database()") == odd
    finally:
        server.drop_database(odd)
    assert odd not in names_of_databases(server)


def test_nothing_is_left_after_stopping():
    with PostgresServer() as server:
        assert server.folder.exists()
    assert not server.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=server.port, user=servers.USER, dbname="postgres")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_tests_are_killed(end):
    code = (
        "import time; from tests.servers import PostgresServer; server = PostgresServer();"
        "print(server.folder, server.port, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as tests:
        folder, port = tests.stdout.readline().rsplit(" ", 1)
        assert Path(folder).exists()
        os.kill(tests.pid, end)
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=int(port), user=servers.USER, dbname="postgres")


def test_a_server_that_cannot_start_fails_and_says_why(monkeypatch):
    monkeypatch.setitem(servers.SETTINGS, "max_connections", "many")
    with pytest.raises(PostgresDidNotStart, match="max_connections"):
        PostgresServer()


def test_an_account_that_reaches_nothing_fails_and_says_what_to_do(monkeypatch, tmp_path):
    stranger = servers.Account(prefix=("false",))
    monkeypatch.setattr(servers, "accounts", lambda: iter([stranger]))
    monkeypatch.setattr(servers.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(PostgresDidNotStart, match="as an ordinary user"):
        PostgresServer()
    assert list(tmp_path.iterdir()) == []


def test_it_runs_under_each_account_that_can_use_it(monkeypatch):
    tried = []
    for account in servers.accounts():
        monkeypatch.setattr(servers, "accounts", lambda account=account: iter([account]))
        # Root in a container may lack user namespaces; then the other account has to do.
        with contextlib.suppress(PostgresDidNotStart), PostgresServer() as server:
            tried.append(ask(server.url("postgres"), "SELECT 1"))
    assert tried
