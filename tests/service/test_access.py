"""Every operation declares a policy; without one, or on another schema, nothing is served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import Engine, text

from service.access import LOCAL_COORDINATOR, POLICIES, Actor, May, undeclared
from service.app import NotReadyToServe, check_policies, create_app, operations
from service.database import migrate, open_database

Reader = Annotated[Actor, Depends(May("slot:read"))]


def policies_of(dependant: Dependant) -> Iterator[str]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, May):
            yield inner.call.policy
        yield from policies_of(inner)


def made_api(*routers: APIRouter) -> FastAPI:
    api = FastAPI()
    for router in routers:
        api.include_router(router)
    return api


def routes_of(router: APIRouter) -> list[APIRoute]:
    return [route for route in router.routes if isinstance(route, APIRoute)]


@pytest.fixture
def closed() -> APIRouter:
    """A router whose two operations both declare a policy, one of them by what it depends on."""
    router = APIRouter()

    def through(actor: Reader) -> Actor:
        return actor

    @router.get("/things")
    def list_things(actor: Reader) -> None: ...

    @router.post("/things")
    def add_thing(actor: Annotated[Actor, Depends(through)]) -> None: ...

    return router


@pytest.fixture
def forgotten() -> APIRouter:
    """A router with an operation that declares no policy."""
    router = APIRouter()

    def anything() -> None: ...

    @router.put("/secrets/{secret_id}")
    def write_secret(secret_id: str, _: Annotated[None, Depends(anything)]) -> None: ...

    return router


def test_every_operation_declares_one_policy() -> None:
    assert undeclared(operations()) == []
    for route in operations():
        assert len(list(policies_of(route.dependant))) == 1, route.path


def test_every_policy_but_the_public_one_guards_an_operation() -> None:
    used = {policy for route in operations() for policy in policies_of(route.dependant)}
    assert used | {"public"} == POLICIES


def test_writing_needs_another_policy_than_reading() -> None:
    reads = {"GET"}
    for route in operations():
        [policy] = policies_of(route.dependant)
        writes = policy.endswith((":write", ":start", ":ask"))
        assert writes == (route.methods != reads), route.path


def test_what_is_confidential_has_a_policy_of_its_own() -> None:
    of_part = {
        (part, policy)
        for route in operations()
        for part in ("needs", "background", "contact")
        if route.path.endswith(f"/{part}")
        for policy in policies_of(route.dependant)
    }
    parts = ("needs", "background", "contact")
    assert of_part == {(p, f"confidential:{verb}") for p in parts for verb in ("read", "write")}


def test_a_policy_that_does_not_exist_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="slot:burn is no policy"):
        May("slot:burn")


def test_until_there_is_sign_in_the_coordinator_at_this_machine_does_everything() -> None:
    assert May("slot:read")() == LOCAL_COORDINATOR
    assert LOCAL_COORDINATOR.label == "coordinator:local"


def test_an_api_whose_operations_all_declare_a_policy_starts(closed: APIRouter) -> None:
    check_policies(made_api(closed), routes_of(closed))


def test_an_operation_without_a_policy_keeps_the_service_from_starting(
    closed: APIRouter, forgotten: APIRouter
) -> None:
    known = [*routes_of(closed), *routes_of(forgotten)]
    with pytest.raises(NotReadyToServe, match=r"no policy: PUT /secrets/\{secret_id\}$"):
        check_policies(made_api(closed, forgotten), known)


def test_an_operation_that_nobody_looked_at_keeps_the_service_from_starting(
    closed: APIRouter, forgotten: APIRouter
) -> None:
    with pytest.raises(NotReadyToServe, match="3 operations are served, 2 were looked at"):
        check_policies(made_api(closed, forgotten), routes_of(closed))


def test_a_database_without_our_tables_is_not_served(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(NotReadyToServe, match="Run: proeftuin migrate"):
        create_app(engine)
    migrate(engine)
    assert create_app(engine)
    engine.dispose()


def test_a_database_of_a_later_version_is_not_served(engine: Engine) -> None:
    assert create_app(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotReadyToServe, match="another schema"):
        create_app(engine)
