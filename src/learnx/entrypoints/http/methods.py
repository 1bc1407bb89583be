"""Completes what the framework knows of methods: HEAD wherever GET is, and an ``Allow`` that names them all."""

from collections.abc import Iterator
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Message, Receive, Scope, Send
from litestar.utils import normalize_path

HEAD = "learnx_head"
#: The options of a handler whose reply is made while it is read.
STREAMS = frozenset({"events", "archive"})


class Methods:
    """HEAD is answered as GET is, without the body; not so what is made while it is read: nobody would read it."""

    def __init__(self, app: Litestar) -> None:
        self._app = app.asgi_handler
        self._router = app.asgi_router
        self._allowed = {
            route.path_format or "/": ", ".join(sorted(_methods(route)))
            for route in app.routes
            if isinstance(route, HTTPRoute)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        inner: Any = {**scope, "method": "GET"} if head else scope
        inner.setdefault("state", {})[HEAD] = head

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, self._allow(inner, value) if name == b"allow" else value)
                    for name, value in message["headers"]
                ]
            elif head and message["type"] == "http.response.body":
                if message["more_body"]:
                    return
                message["body"] = b""
            await send(message)

        try:
            await self._app(inner, receive, sent)
        finally:
            if head and "path_template" in inner:
                scope["path_template"] = inner["path_template"]

    def _allow(self, scope: Any, known: bytes) -> bytes:
        """A method that the path does not know leaves no template in the scope: every path knows OPTIONS."""
        template = scope.get("path_template")
        if template is None:
            template = self._router.handle_routing(normalize_path(scope["path"]), "OPTIONS")[4]
        return self._allowed.get(template, known.decode()).encode()


def events_are_read(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: HEAD of a stream is no method that there is."""
    if not STREAMS.isdisjoint(handler.opt) and connection.scope["state"].get(HEAD):
        raise MethodNotAllowedException(headers={"Allow": "GET, OPTIONS"})


def _methods(route: HTTPRoute) -> Iterator[str]:
    for handler in route.route_handlers:
        yield from handler.http_methods
        if "GET" in handler.http_methods and STREAMS.isdisjoint(handler.opt):
            yield "HEAD"
