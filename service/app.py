"""
create_app(): routers, error handlers, the API's document, and the check that each operation has a
policy.
"""

import json
import re
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from sqlalchemy import Engine

from models.base import Clock
from service.access import Public, undeclared
from service.bonds.routes import router as bonds
from service.candidates.routes import router as candidates
from service.coaches.routes import router as coaches
from service.database import now, schema_is_current
from service.http import PROBLEM, add_error_handlers
from service.match_runs.routes import router as match_runs
from service.matches.routes import router as matches
from service.middleware import Door
from service.organisations.routes import router as organisations
from service.pilots.routes import router as pilots
from service.policies.routes import router as policies
from service.quotas.routes import router as quotas
from service.reasoning.routes import router as reasoning
from service.slots.routes import router as slots
from service.vocabularies.routes import router as vocabularies

API_VERSION: Final = "1.0.0"
ROUTERS: Final = (
    organisations,
    pilots,
    slots,
    candidates,
    coaches,
    quotas,
    bonds,
    match_runs,
    reasoning,
    matches,
    policies,
    vocabularies,
)


class NotReadyToServe(RuntimeError):
    """The service must not start like this; the message says what to do."""


def create_app(engine: Engine, clock: Clock = now) -> FastAPI:
    """
    Put the service together on a database whose schema fits.

    Raises `NotReadyToServe` when an operation declares no policy or the schema is not the one this
    was written for.
    """
    if not schema_is_current(engine):
        raise NotReadyToServe("The database has another schema. Run: proeftuin migrate")
    api = create_api()
    check_policies(api, operations())
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for part in (app, api):
        part.state.engine = engine
        part.state.clock = clock
    add_error_handlers(app)
    app.mount("/v1", api)
    app.add_middleware(Door, version=API_VERSION)

    @app.get("/", include_in_schema=False)
    def about(actor: Public) -> dict[str, str]:
        """Say what this is and where to go on."""
        return {
            "name": "proeftuin",
            "api": "/v1/openapi.json",
            "note": "This service holds sample data and answers this machine only.",
        }

    return app


def operations() -> list[APIRoute]:
    """Return every operation of the API."""
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def check_policies(api: FastAPI, known: list[APIRoute]) -> None:
    """
    Refuse to start when an operation declares no policy, or is not among those that are looked at.
    """
    missing = undeclared(known)
    if missing:
        raise NotReadyToServe(f"These operations declare no policy: {'; '.join(missing)}")
    documented = sum(len(methods) for methods in api.openapi()["paths"].values())
    if documented != len(known):
        raise NotReadyToServe(f"{documented} operations are served, {len(known)} were looked at.")


def create_api() -> FastAPI:
    """Put the API under /v1 together, without a database."""
    api = FastAPI(
        title="proeftuin",
        summary="Brings people with a distance to the labour market and placements together.",
        description=(
            "The machine proposes, with reasons; people decide. "
            "All errors are problems (RFC 9457). Changes need If-Match. "
            "Lists are {items, nextCursor}. "
            "Reasons come in Dutch or English, as Accept-Language asks."
        ),
        version=API_VERSION,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": "/v1", "description": "This installation"}],
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        root_path_in_servers=False,
        separate_input_output_schemas=False,
    )
    add_error_handlers(api)
    for router in ROUTERS:
        api.include_router(router)
    api.state.operations = operations()

    def openapi() -> dict[str, Any]:
        if not _made:
            _made.update(_document(api))
        return _made

    api.openapi = openapi  # type: ignore[method-assign]
    return api


_made: dict[str, Any] = {}
"""The document, made once: it takes half a second, and every app of this process has the same."""

CONTACT: Final = {
    "name": "proeftuin team",
    "url": "https://proeftuin.example.org/issues",
    "email": "team@proeftuin.example.org",
}
_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["status", "title", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "row": {"type": "integer"},
                    "message": {"type": "string"},
                    "accepted": {"type": ["string", "null"]},
                },
            },
        },
    },
}
_PROBLEMS: Final = {
    "400": "The input cannot be used; all faults at once",
    "404": "Not found",
    "406": "Only JSON is answered",
    "409": "Does not go together with what is already there",
    "412": "Somebody else changed it first",
    "415": "Only JSON is read",
    "428": "A change needs If-Match",
    "500": "Something went wrong here",
}
_CHANGES: Final = ("patch", "put")


def _document(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document as the Dutch API Design Rules 2.2 want it."""
    document = get_openapi(
        title=api.title,
        version=api.version,
        summary=api.summary,
        description=api.description,
        routes=api.routes,
        license_info=api.license_info,
        servers=api.servers,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _add_problems(operation["responses"], path, method)
    _put_formats_on_top(document)
    document["info"]["contact"] = CONTACT
    return _with_plain_names(document)


def _add_problems(responses: dict[str, Any], path: str, method: str) -> None:
    responses.pop("422", None)
    wanted = {"400", "406", "500"}
    wanted |= {"404"} if "{" in path else set()
    wanted |= {"415"} if method in ("post", "put", "patch") else set()
    wanted |= {"409"} if method == "post" or path.startswith("/match-runs/{run_id}/") else set()
    wanted |= {"409", "412", "428"} if method in _CHANGES else set()
    reference = {"$ref": "#/components/schemas/Problem"}
    for status in sorted(wanted):
        responses[status] = {
            "description": _PROBLEMS[status],
            "content": {PROBLEM: {"schema": reference}},
        }
    for response in responses.values():
        response.setdefault("headers", {})["API-Version"] = {
            "description": "The full version of this API",
            "schema": {"type": "string"},
        }


def _put_formats_on_top(node: Any) -> None:
    """Write `date or null` as one schema: linters overlook a format that hides in anyOf."""
    if isinstance(node, dict):
        options = node.get("anyOf")
        if isinstance(options, list) and len(options) == 2 and {"type": "null"} in options:
            other = next(option for option in options if option != {"type": "null"})
            if isinstance(other.get("type"), str) and "$ref" not in other:
                del node["anyOf"]
                node.update({**other, "type": [other["type"], "null"], **node})
        if node.get("format") == "time":
            node["format"] = "time-local"
        for value in list(node.values()):
            _put_formats_on_top(value)
    elif isinstance(node, list):
        for value in node:
            _put_formats_on_top(value)


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Name schemas as people would: Slot for SlotRead, SlotPage for a page of them."""
    names = {}
    for name in document["components"]["schemas"]:
        page = re.fullmatch(r"Page_(\w+?)(?:Read)?_", name)
        names[name] = f"{page[1]}Page" if page else name.removesuffix("Read")
    text = json.dumps(document)
    for old, new in names.items():
        text = text.replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {names[old]: schema for old, schema in schemas.items()}
    return renamed
