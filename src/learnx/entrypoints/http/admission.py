"""What every request must pass before its handler is called, as one guard: each one costs, and a plain one a thread."""

from typing import Any, get_args

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from learnx.domain.errors import NotAuthenticated
from learnx.domain.rate_limits import StrangerZone
from learnx.entrypoints.http.accept import acceptable
from learnx.entrypoints.http.auth import account_stands, signed_in
from learnx.entrypoints.http.input import known_parameters
from learnx.entrypoints.http.methods import events_are_read
from learnx.entrypoints.http.rate_limits import Door

STRANGER_ZONES: tuple[str, ...] = get_args(StrangerZone)


async def admitted(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Who it is comes first: nothing else of a request is looked at for a stranger. A token that is none is a
    stranger's, too, and counts for its address; so do guesses of a password with somebody's token."""
    door = await Door.of(connection.app)
    if handler.opt.get("public"):
        await door.stranger(connection, handler.opt.get("zone"))
    else:
        try:
            await signed_in(connection, handler)
            await door.user(connection, handler)
            await account_stands(connection, handler)
        except NotAuthenticated:
            await door.stranger(connection)
            raise
        if handler.opt.get("zone") in STRANGER_ZONES:
            await door.stranger(connection, handler.opt["zone"])
    events_are_read(connection, handler)
    known_parameters(connection, handler)
    acceptable(connection, handler)
