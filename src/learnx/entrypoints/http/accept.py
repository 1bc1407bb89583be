"""Refuses what could only be answered in a media type that its caller does not accept."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures.headers import Accept
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from learnx.entrypoints.http.sse import MEDIA_TYPE


class NotAcceptable(HTTPException):
    status_code = 406


def acceptable(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard, so that nothing is done whose result could not be told. No ``Accept`` accepts everything; refusals are
    problem+json in any case, and files go out as what they are."""
    accept = connection.headers.get("accept", "").strip()
    offered = _offered(handler)
    if accept and offered and Accept(accept).best_match(offered) is None:
        raise NotAcceptable


def _offered(handler: BaseRouteHandler) -> list[str]:
    """None at all where a reply has no body, or any."""
    if not isinstance(handler, HTTPRouteHandler) or handler.status_code == 204 or "binary" in handler.opt:
        return []
    if "events" in handler.opt:
        return [MEDIA_TYPE, *(["application/json"] if "returns" in handler.opt else ())]
    return ["application/zip" if "archive" in handler.opt else "application/json"]
