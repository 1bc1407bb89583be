"""The devices that a user is signed in on."""

from typing import Annotated, Any
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, delete, get
from litestar.params import PathParameter

from learnx.application.sessions import EndSession, GetSession, ListSessions
from learnx.domain.identity import Session
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match
from learnx.entrypoints.http.lists import BY_TIME, Cursor, Limit, Listing, Paging

SessionId = Annotated[UUID, PathParameter(name="sessionId")]
SESSIONS = Paging[Session]("sessions", BY_TIME, lambda session: (session.created_at, session.id))


@get("/me/sessions", summary="Devices that are signed in", tags=["Identity"])
@inject
async def list_sessions(
    principal: Caller, use_case: FromDishka[ListSessions], limit: Limit = 20, cursor: Cursor = None
) -> Listing[Session]:
    found = await use_case(principal, SESSIONS.page(limit, cursor))
    items, next_cursor = SESSIONS.cut(found, limit)
    return Listing(items=items, next_cursor=next_cursor)


@delete("/me/sessions/{sessionId:str}", summary="Sign a device out", tags=["Identity"])
@inject
async def end_session(
    request: Request[Any, Any, Any],
    session_id: SessionId,
    principal: Caller,
    read: FromDishka[GetSession],
    use_case: FromDishka[EndSession],
) -> None:
    if "if-match" in request.headers:
        if_match(request)(await read(principal, session_id))
    await use_case(principal, session_id)


LOCAL_HANDLERS = [list_sessions, end_session]
