"""What every request must pass before its handler is called, as one guard: each one costs, and a plain one a thread."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from learnx.entrypoints.http.accept import acceptable
from learnx.entrypoints.http.auth import signed_in
from learnx.entrypoints.http.input import known_parameters
from learnx.entrypoints.http.methods import events_are_read


async def admitted(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Who it is comes first: nothing else of a request is looked at for a stranger."""
    await signed_in(connection, handler)
    events_are_read(connection, handler)
    known_parameters(connection, handler)
    acceptable(connection, handler)
