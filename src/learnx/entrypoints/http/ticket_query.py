"""A ticket in the query of a stream: found, taken out before anybody else looks at the query, and checked."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from learnx.application.stream_tickets import TICKET, UseTicket
from learnx.domain.identity import Principal

_PREFIX = f"{TICKET}=".encode()


async def ticket_holder(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> Principal | None:
    """Whom a ticket lets in; None where the request has none, or is for no stream. ``NotAuthenticated`` where it is
    not good."""
    scope = connection.scope
    query: bytes = scope["query_string"]
    if _PREFIX not in query or "events" not in handler.opt or scope["method"] != "GET":  # type: ignore[typeddict-item]
        return None
    parts = query.split(b"&")
    tickets = [part for part in parts if part.startswith(_PREFIX)]
    if len(tickets) != 1:
        return None
    rest = b"&".join(part for part in parts if part is not tickets[0])
    use = await connection.app.state.dishka_container.get(UseTicket)
    ticket = tickets[0].removeprefix(_PREFIX).decode("latin-1")
    principal: Principal = await use(ticket, scope["path"], rest.decode("latin-1"))
    scope["query_string"] = rest
    return principal
