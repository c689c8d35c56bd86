"""
What goes around every request: id, log line, headers, and what is refused before it reaches a
route.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http import problem, went_wrong
from service.logs import logger

LARGEST_BODY: Final = 32 * 1024 * 1024
TOO_LARGE: Final = f"Accepted are up to {LARGEST_BODY // 2**20} MB at once."
BODY_KINDS: Final = ("application/json", "application/merge-patch+json")
READ_KINDS: Final = ("application/json", "application/problem+json", "application/*", "*/*")
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
SECURITY_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
OPEN_TO_ALL: Final = "/v1/openapi.json"

log = logger(__name__)


class Door:
    """
    The way in and out: nothing passes without an id, a log line and the headers that everybody is
    owed.
    """

    def __init__(self, app: ASGIApp, *, version: str) -> None:
        self.app = app
        self.version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status, answered = 500, False

        async def send_on(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                headers = MutableHeaders(scope=message)
                headers["API-Version"] = self.version
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                if scope["path"] == OPEN_TO_ALL:
                    headers["Access-Control-Allow-Origin"] = "*"
            await send(message)

        refusal = _refusal(scope)
        try:
            if refusal is not None:
                await refusal(scope, receive, send_on)
            else:
                await self.app(scope, _counted(receive), send_on)
        except Exception as error:
            # The server would print its text, and with it what somebody wrote or needs.
            log.error("unforeseen", extra={"error": type(error).__name__, "request": request_id})
            if not answered:
                await went_wrong(request_id)(scope, receive, send_on)
        finally:
            log.info(
                "request",
                extra={
                    "request": request_id,
                    "method": scope["method"],
                    "path": _logged_path(scope),
                    "status": status,
                    "milliseconds": round(1000 * (time.perf_counter() - started), 1),
                },
            )


def _logged_path(scope: Scope) -> str:
    """Return the path as the route has it, so that no id or code of a person is logged."""
    route = scope.get("route")
    return str(getattr(route, "path", "unknown"))


def _refusal(scope: Scope) -> Response | None:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if host.rpartition(":")[0] not in LOOPBACK and host not in LOOPBACK:
        # Until there is sign-in this service answers this machine only, also through a browser that
        # was lured.
        return problem(400, "unknown_host", "Unknown host", "Use localhost or 127.0.0.1.")
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > LARGEST_BODY:
        return problem(413, "too_large", "Too large", TOO_LARGE)
    has_body = length not in ("", "0") or "transfer-encoding" in headers
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if scope["method"] in ("POST", "PUT", "PATCH") and has_body and kind not in BODY_KINDS:
        return problem(
            415,
            "unsupported_media_type",
            "This kind of body is not read here",
            "Send application/json.",
        )
    accept = headers.get("accept")
    if accept and not any(
        part.split(";")[0].strip().lower() in READ_KINDS for part in accept.split(",")
    ):
        return problem(406, "not_acceptable", "Not acceptable", "This service answers in JSON.")
    return None


def _counted(receive: Receive) -> Callable[[], Awaitable[Any]]:
    """Stop reading a body that is larger than accepted, also when it did not say so beforehand."""
    read = 0

    async def receive_on() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise HTTPException(413, TOO_LARGE)
        return message

    return receive_on
