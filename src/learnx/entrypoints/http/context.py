"""What surrounds every request: an id, a place in the logs, an access line, its time, and what every reply has."""

import re
import time
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram
from uuid_utils.compat import uuid7

from learnx.entrypoints.http.security_headers import ReplyHeaders

log = structlog.get_logger("learnx.http")

SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
REQUEST_ID = "learnx_request_id"

SECONDS = Histogram(
    "learnx_http_request_seconds",
    "From the first byte of a request to the last of its reply; streams last as long as they are read.",
    ("method", "route", "status"),
)


class RequestContext:
    """Wraps the whole application, so that refusals of the router have an id and a line, too.

    The line names the route, never the path or the query: they can hold tokens and what a learner is looking for.
    """

    def __init__(self, app: ASGIApp, headers: ReplyHeaders) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        given = headers.get(b"x-request-id", "")
        request_id = given if SANE_ID.fullmatch(given) else str(uuid7())
        _state(scope)[REQUEST_ID] = request_id
        status, started = 0, time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = (b"x-request-id", request_id.encode())
                message["headers"] = self._headers.completed(message["headers"], own)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id, **_trace(headers)):
            try:
                await self._app(scope, receive, sent)
            finally:
                seconds = time.perf_counter() - started
                route = str(scope.get("path_template") or "unmatched")
                _seconds(scope["method"], route, status).observe(seconds)
                log.info(
                    "http.request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    duration_ms=round(seconds * 1000, 1),
                )


@lru_cache(1024)
def _seconds(method: str, route: str, status: int) -> Histogram:
    """Looking a label up costs more than observing; there are as many as routes and statuses."""
    return SECONDS.labels(method, route, str(status))


def request_id_of(scope: Scope) -> str:
    return str(_state(scope).get(REQUEST_ID) or uuid7())


def _state(scope: Scope) -> MutableMapping[str, Any]:
    state: MutableMapping[str, Any] = scope.setdefault("state", {})
    return state


def _headers(scope: Scope) -> dict[bytes, str]:
    return {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _trace(headers: dict[bytes, str]) -> dict[str, str]:
    match = TRACEPARENT.fullmatch(headers.get(b"traceparent", ""))
    return {"trace_id": match[1]} if match else {}
