"""Gives out tickets for streams, to be read with ``EventSource``."""

from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, post
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from litestar.utils import normalize_path
from msgspec import Meta

from learnx.application.stream_tickets import TICKET, IssueTicket, StreamTicket
from learnx.domain.errors import InvalidInput
from learnx.entrypoints.http.auth import Caller

EXAMPLE = "/api/v1/ai/personalize/stream?fileId=0199a2f4-0000-7000-8000-000000000000"
#: The streams that there are, each with any query.
STREAMS = r"^/api/v1/(ai/personalize/stream|(ai/generations|files)/[0-9a-f-]{36}/events)([?][!\x22$-~]*)?$"


class TicketRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The stream, as it would be asked for with a bearer: its path, and its query where it has one."""

    path: Annotated[str, Meta(min_length=1, max_length=2000, pattern=STREAMS, examples=[EXAMPLE])]


@post(
    "/stream-tickets",
    status_code=201,
    summary="A ticket for one stream, for EventSource",
    tags=["Lessons"],
)
@inject
async def issue_stream_ticket(
    request: Request[Any, Any, Any],
    principal: Caller,
    data: JSONBody[TicketRequest],
    use_case: FromDishka[IssueTicket],
) -> StreamTicket:
    """Good for an hour, in place of the bearer, for exactly this path and query, as often as it is connected to; and no
    longer than my session. `new EventSource(url)` reads it. Whoever has the address can read the stream: keep it so."""
    path, _, query = data.path.partition("?")
    if not _is_stream(request, unquote(path)):
        raise _unfit("is not the path of a stream of events")
    if any(part.partition("=")[0] == TICKET for part in query.split("&")) or "#" in query:
        raise _unfit("must be without ticket and fragment")
    return use_case(principal, unquote(path), query)


def _is_stream(request: Request[Any, Any, Any], path: str) -> bool:
    """Whether GET of it is answered with events."""
    try:
        handler: BaseRouteHandler = request.app.asgi_router.handle_routing(normalize_path(path), "GET")[1]
    except HTTPException:
        return False
    return path == normalize_path(path) and "events" in handler.opt and bool(handler.opt.get("api"))


def _unfit(words: str) -> InvalidInput:
    return InvalidInput("The input does not fit: see `errors`.", [("/path", words)])


HANDLERS = [issue_stream_ticket]
