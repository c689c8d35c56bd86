"""What every route shares: sessions, versions, languages, and how errors answer."""

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from pydantic_core import ErrorDetails
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session
from starlette.exceptions import HTTPException

from models.base import Versioned
from service.changes import etag
from service.database import reading, transaction
from service.errors import FieldFault, InvalidInput, ServiceError, VersionStale, fault_of
from service.logs import logger
from service.translation import preferred_language
from service.wording import Words

PROBLEM = "application/problem+json"
log = logger(__name__)


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def _read_session(request: Request) -> Iterator[Session]:
    with reading(_engine(request), request.app.state.clock) as session:
        yield session


def _write_session(request: Request) -> Iterator[Session]:
    with transaction(_engine(request), request.app.state.clock) as session:
        yield session


# Scope "function": the commit happens before the answer, so a failed commit cannot answer 201.
ReadSession = Annotated[Session, Depends(_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(_write_session, scope="function")]

IfMatch = Annotated[str | None, Header(description="The ETag of the version that is changed.")]
IfNoneMatch = Annotated[str | None, Header(description="`*` when nothing was written before.")]


def _words(accept_language: Annotated[str | None, Header()] = None) -> Words:
    return Words(preferred_language(accept_language))


InWords = Annotated[Words, Depends(_words)]


def show_version(response: Response, row: Versioned, *, at: str | None = None) -> None:
    """Put a row's version, and where it lives when it is new, on the answer."""
    response.headers["ETag"] = etag(row)
    if at is not None:
        response.headers["Location"] = at


def sent(patch: Any) -> dict[str, Any]:
    """Return the fields of a merge patch that were sent, null included."""
    fields: dict[str, Any] = patch.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return fields


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error as a problem (RFC 9457), without a word of what is inside."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(StaleDataError, _stale)
    app.add_exception_handler(IntegrityError, _integrity)
    app.add_exception_handler(Exception, _unforeseen)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    faults: tuple[FieldFault, ...] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a problem answer."""
    body: dict[str, Any] = {
        "type": "about:blank" if status >= 500 else f"urn:proeftuin:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if faults:
        body["errors"] = [fault.to_json() for fault in faults]
    return JSONResponse(body, status, headers=headers, media_type=PROBLEM)


def _service_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)
    return problem(error.status, error.code, error.title, error.detail, error.faults)


def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [_request_fault(request, item) for item in error.errors()]
    return _service_error(request, InvalidInput(faults))


def _request_fault(request: Request, item: ErrorDetails) -> FieldFault:
    where, *path = item["loc"]
    dependant = request.scope["route"].dependant
    if item["type"] == "json_invalid":
        return FieldFault("body", "is not valid JSON", "one JSON object")
    if where == "body":
        annotation = (
            dependant.body_params[0].field_info.annotation if dependant.body_params else Any
        )
        if not path and item["type"] != "value_error":
            return FieldFault("body", "is missing or no object", "one JSON object")
        return fault_of({**item, "loc": tuple(path)}, _schema_of(annotation))
    parameters = [*dependant.path_params, *dependant.query_params, *dependant.header_params]
    for parameter in parameters:
        if parameter.alias == path[0]:
            info = parameter.field_info
            kind: Any = (
                Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            )
            own = TypeAdapter(kind).json_schema()
            wrapped = {"properties": {str(path[0]): own}, "$defs": own.get("$defs", {})}
            return fault_of({**item, "loc": (path[0],)}, wrapped)
    return FieldFault(".".join(map(str, path)), "cannot be used")


@cache
def _schema_of(annotation: Any) -> dict[str, Any]:
    return TypeAdapter(annotation).json_schema(by_alias=True)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return problem(404, "not_found", "Not found", "There is nothing at this address.")
    if error.status_code == 405:
        allowed = ", ".join(_methods(request))
        return problem(
            405,
            "method_not_allowed",
            "This is not possible here",
            f"Possible at this address: {allowed}.",
            headers={"Allow": allowed},
        )
    if error.status_code == 413:
        return problem(413, "too_large", "Too large", error.detail)
    if error.status_code == 400:  # a body that Python cannot read: nested too deeply, say
        fault = FieldFault("body", "cannot be read", "one JSON object")
        return _service_error(request, InvalidInput([fault]))
    return problem(error.status_code, "refused", "This request cannot be carried out", error.detail)


def _methods(request: Request) -> list[str]:
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    operations: list[APIRoute] = getattr(request.app.state, "operations", [])
    fitting = [route.methods or set() for route in operations if route.path_regex.match(path)]
    return sorted(set().union(*fitting)) or ["GET"]


def _stale(request: Request, _: Exception) -> JSONResponse:
    return _service_error(request, VersionStale())


def _integrity(_: Request, error: Exception) -> JSONResponse:
    if not _is_taken(error):
        # Not somebody else's doing but ours: what we store should have been checked before.
        raise error
    log.warning("refused by the database", extra={"error": type(error).__name__})
    return problem(
        409,
        "conflict",
        "This does not go together with what is already there",
        "Somebody else stored the same at the same time. Read it again and decide what is right.",
    )


def _is_taken(error: Exception) -> bool:
    """Whether a database refused something because it is there already."""
    cause = getattr(error, "orig", None)
    unique = getattr(cause, "sqlstate", "") == "23505"  # PostgreSQL's word for it
    return unique or "UNIQUE constraint failed" in str(cause)


def _unforeseen(request: Request, _: Exception) -> JSONResponse:
    return went_wrong(_request_id(request))


def went_wrong(request_id: str) -> JSONResponse:
    """Answer what nobody foresaw, without a word of what is inside; the door logs its kind."""
    return problem(
        500,
        "internal_error",
        "Something went wrong here",
        f"It is not your doing. Tell us request id {request_id}.",
    )


def _request_id(request: Request) -> str:
    with contextlib.suppress(KeyError):
        return str(request.scope["state"]["request_id"])
    return "unknown"
