"""The most frequent question, for a lesson that was read before, is answered in front of the framework."""

from uuid import UUID

import structlog
from dishka import AsyncContainer
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from learnx.application.identity import Authenticate
from learnx.application.lesson_reading import ReadLesson
from learnx.application.ports.cache import Entry
from learnx.application.rate_limits import OwnQuotas
from learnx.domain.errors import LearnXError
from learnx.domain.rate_limits import Draw
from learnx.entrypoints.http.rate_limits import has_drawn, limit_headers, standings

#: What a caller may accept, and what it may send, where nothing has to be thought about.
PLAIN_ACCEPT = (None, b"*/*", b"application/json")
NOT_PLAIN = {b"origin", b"if-match"}


class CachedLessons:
    """Answers what the cache knows, where the request is of the plain kind; all else goes on to the handler.

    It answers as that does, and never refuses: a question that it can't answer is the framework's, which is told what
    was drawn from the caller's quota already.
    """

    def __init__(self, app: ASGIApp, container: AsyncContainer, path: str, template: str) -> None:
        self._app, self._container = app, container
        self._path, self._template = path, template
        self._use_cases: tuple[Authenticate, ReadLesson, OwnQuotas] | None = None
        self._length = len(path) + len(str(UUID(int=0)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != ScopeType.HTTP
            or scope["method"] != "GET"
            or len(scope["path"]) != self._length
            or not scope["path"].startswith(self._path)
            or scope["query_string"]
            or (entry := await self._known(scope)) is None
        ):
            await self._app(scope, receive, send)
            return
        scope["path_template"] = self._template
        headers = [(b"etag", entry.label.encode()), *limit_headers(standings(scope))]
        if entry.body is not None:
            headers += [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(entry.body)).encode()),
            ]
        await send({"type": "http.response.start", "status": 304 if entry.body is None else 200, "headers": headers})
        await send({"type": "http.response.body", "body": entry.body or b"", "more_body": False})

    async def _known(self, scope: Scope) -> Entry | None:
        sent = list(scope["headers"])
        headers = dict(sent)
        if len(headers) != len(sent) or headers.get(b"accept") not in PLAIN_ACCEPT or not NOT_PLAIN.isdisjoint(headers):
            return None
        try:
            authenticate, read, own = self._use_cases or await self._asked()
            principal = await authenticate(_bearer(headers.get(b"authorization", b"")), unchecked=True)
            lesson_id = UUID(scope["path"][len(self._path) :])
        except (LearnXError, ValueError):
            return None
        known = headers.get(b"if-none-match", b"").decode("latin-1")
        quota = (own.of_everybody or await own(principal.user_id)).get("requests")
        if quota is None:
            entry = await read.cached(principal, lesson_id, known=known)
        else:
            draw = Draw(subject=str(principal.user_id), quota=quota)
            standing, entry = await read.cached_metered(principal, lesson_id, draw, known=known)
            if standing is not None:
                has_drawn(scope, standing)
        if entry is not None:
            structlog.contextvars.bind_contextvars(user=str(principal.user_id))
            if entry.body is not None and known:
                return None  # it may still be one of several that the caller has
        return entry

    async def _asked(self) -> tuple[Authenticate, ReadLesson, OwnQuotas]:
        """The container is asked once."""
        get = self._container.get
        self._use_cases = await get(Authenticate), await get(ReadLesson), await get(OwnQuotas)
        return self._use_cases


def _bearer(authorization: bytes) -> str:
    scheme, _, token = authorization.partition(b" ")
    return token.decode("latin-1") if scheme == b"Bearer" else ""
