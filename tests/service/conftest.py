"""A sample that a whole module shares, for tests that must not change anything."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.conftest import Clock, OpenDatabase, client_of
from tests.stored import unchanged


@dataclass(frozen=True)
class Sample:
    """The service with the twelve pilots of 2017, and the id of the first of each noun."""

    engine: Engine
    client: TestClient
    first: dict[str, str]

    def id_of(self, noun: str, code: str) -> str:
        """Return the id of what has a code."""
        found = self.client.get(f"/v1/{noun}", params={"code": code}).json()["items"]
        return str(found[0]["id"])


@pytest.fixture(scope="module")
def untouched(
    made_databases: OpenDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sample]:
    """The sample on SQLite; no test of the module may change it, and in the end it is the same."""
    folder = tmp_path_factory.mktemp("untouched")
    with (
        made_databases("sqlite", folder, sample=True) as engine,
        client_of(engine, Clock()) as client,
        unchanged(engine),
    ):
        nouns = ("organisations", "pilots", "cohorts", "slots", "candidates")
        lists = {noun: client.get(f"/v1/{noun}?limit=1").json() for noun in nouns}
        yield Sample(engine, client, {noun: lists[noun]["items"][0]["id"] for noun in nouns})
