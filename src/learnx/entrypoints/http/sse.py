"""Server-Sent Events: only encodes what a use case yields, keeps quiet connections alive, and ends on request."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any, TypeVar, cast

import msgspec
import structlog
from litestar.response import Stream
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Send

from learnx.domain.errors import LearnXError, ProviderError, Unavailable
from learnx.domain.lessons import Failed
from learnx.entrypoints.http.errors import STATUS
from learnx.entrypoints.http.send_buffer import Message, SendBuffer

log = structlog.get_logger(__name__)

T = TypeVar("T")

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
#: Seconds of silence after which a comment is sent: proxies close what looks dead.
KEEP_ALIVE_SECONDS = 12.0
KEEP_ALIVE = b": keep-alive\n\n"
#: Seconds after which a quiet stream looks whether the server drains: a task for each that waits for it is dear.
LOOK_SECONDS = 0.5
#: Seconds that an event waits for others to share its write, for each stream that is open here: where a thousand are, a
#: twentieth of a second; where few are, next to none.
SHARING_SECONDS = 0.00005

_json = msgspec.json.Encoder().encode
_open: set[SendBuffer] = set()


def encoded(event: object, event_id: object = None) -> bytes:
    """One message; JSON has no raw line breaks, so it is one ``data:`` line."""
    place = f"id: {event_id}\n".encode() if event_id is not None else b""
    return place + b"data: " + _json(event) + b"\n\n"


class EventStream(Stream):
    """Ends once its reader has left; Litestar's own keeps a group of tasks for each, which is dear for a thousand."""

    __slots__ = ("buffer",)

    def __init__(self, messages: AsyncGenerator[bytes, None], buffer: SendBuffer) -> None:
        super().__init__(messages, media_type=MEDIA_TYPE, headers=HEADERS)
        self.buffer = buffer

    def to_asgi_response(self, *args: Any, **options: Any) -> ASGIStreamingResponse:
        reply = cast("ASGIStreamingResponse", super().to_asgi_response(*args, **options))
        return _Reply(
            self.buffer,
            iterator=reply.iterator,
            headers=dict(reply.headers),
            status_code=reply.status_code,
            is_head_response=reply.is_head_response,
        )


class _Reply(ASGIStreamingResponse):
    __slots__ = ("_buffer",)

    def __init__(self, buffer: SendBuffer, **options: Any) -> None:
        super().__init__(**options)
        self._buffer = buffer

    async def send_body(self, send: Send, receive: Receive) -> None:
        leaving = asyncio.create_task(_gone(receive))
        leaving.add_done_callback(lambda _: self._buffer.leave())
        try:
            async with aclosing(cast("AsyncGenerator[bytes, None]", self.iterator)) as pieces:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await _cancelled(leaving)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def event_stream(
    source: AsyncGenerator[T, None],
    encode: Callable[[T], bytes],
    draining: asyncio.Event,
    *,
    ends: Callable[[T], bool],
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
) -> Stream:
    """The first event is awaited here, so that a refusal keeps its status; then the reply begins.

    ``ends`` tells a terminal event. A source that breaks off before one ends in an error without id: a plain reconnect,
    with the last id, goes on.
    """
    try:
        event = await anext(source)
        first = encode(event), ends(event)
    except StopAsyncIteration:
        first = BROKEN_OFF, True
    ready = SendBuffer()
    messages = _messages(first, source, lambda event: (encode(event), ends(event)), ready, draining, keep_alive_seconds)
    return EventStream(messages, ready)


async def _messages(
    first: Message,
    source: AsyncGenerator[T, None],
    encode: Callable[[T], Message],
    ready: SendBuffer,
    draining: asyncio.Event,
    keep_alive_seconds: float,
) -> AsyncGenerator[bytes, None]:
    """What is ready goes out in one piece; the source is closed however the reader leaves."""
    pump = asyncio.create_task(_pump(source, encode, ready)) if not first[1] else None
    piece, over = first
    quiet, look = 0.0, min(LOOK_SECONDS, keep_alive_seconds)
    _open.add(ready)
    try:
        yield piece
        while not over:
            if not await ready.waited(look):
                if draining.is_set():
                    yield DRAINED
                    return
                quiet += look
                if quiet >= keep_alive_seconds:
                    quiet = 0.0
                    yield KEEP_ALIVE
                continue
            await asyncio.sleep(len(_open) * SHARING_SECONDS)
            if ready.left:
                return
            quiet = 0.0
            piece, over = ready.take()
            if draining.is_set() and not over:
                piece, over = piece + DRAINED, True
            yield piece
    finally:
        _open.discard(ready)
        if pump is not None:
            await _cancelled(pump)
        await source.aclose()


async def _pump(source: AsyncGenerator[T, None], encode: Callable[[T], Message], ready: SendBuffer) -> None:
    """One task reads the whole source. An exception can't change the status any more: it becomes an event."""
    try:
        async for event in source:
            message = encode(event)
            await ready.put(message)
            if message[1]:
                return
        last = BROKEN_OFF, True
    except Exception as error:
        if not isinstance(error, LearnXError):
            log.exception("sse.failed")
        last = encoded(_as_event(error)), True
    await ready.put(last)


def _as_event(error: Exception) -> Failed:
    if not isinstance(error, LearnXError):
        return Failed(code="SERVER_ERROR", detail="Something went wrong on our side. Try again.", retryable=True)
    code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)[1]
    retryable = error.retryable if isinstance(error, ProviderError) else isinstance(error, Unavailable)
    return Failed(code=code, detail=error.detail, retryable=retryable)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


#: Without id: a plain reconnect, with the last one, goes on.
DRAINED = encoded(_as_event(Unavailable("The server is restarting: connect again to go on.")))
BROKEN_OFF = encoded(_as_event(Unavailable("The stream broke off: connect again to go on.")))
