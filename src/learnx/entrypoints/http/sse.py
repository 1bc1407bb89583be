"""Server-Sent Events: only encodes what a use case yields, keeps quiet connections alive, and ends on request."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import anyio
import msgspec
import structlog
from litestar.response import Stream

from learnx.domain.errors import LearnXError, ProviderError, Unavailable
from learnx.domain.lessons import Failed
from learnx.entrypoints.http.errors import STATUS

log = structlog.get_logger(__name__)

T = TypeVar("T")

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
#: Seconds of silence after which a comment is sent: proxies close what looks dead.
KEEP_ALIVE_SECONDS = 12.0
KEEP_ALIVE = b": keep-alive\n\n"
#: Events that may wait for a slow reader before its place in the source waits, too.
BUFFERED = 64

_json = msgspec.json.Encoder().encode
Message = tuple[bytes, bool]
"""What is sent, and whether nothing follows it."""


def encoded(event: object, event_id: object = None) -> bytes:
    """One message; JSON has no raw line breaks, so it is one ``data:`` line."""
    place = f"id: {event_id}\n".encode() if event_id is not None else b""
    return place + b"data: " + _json(event) + b"\n\n"


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
        first = _broken_off()
    return Stream(
        _messages(first, source, lambda event: (encode(event), ends(event)), draining, keep_alive_seconds),
        media_type=MEDIA_TYPE,
        headers=HEADERS,
    )


async def _messages(
    first: Message,
    source: AsyncGenerator[T, None],
    encode: Callable[[T], Message],
    draining: asyncio.Event,
    keep_alive_seconds: float,
) -> AsyncGenerator[bytes, None]:
    """What is ready goes out in one piece; the source is closed however the reader leaves."""
    ready: asyncio.Queue[Message] = asyncio.Queue(BUFFERED)
    readers = [] if first[1] else [_pump(source, encode, ready), _drain(draining, ready)]
    tasks = [asyncio.create_task(reader) for reader in readers]
    piece, over = first
    try:
        yield piece
        while not over:
            try:
                async with asyncio.timeout(keep_alive_seconds):
                    message = await ready.get()
            except TimeoutError:
                yield KEEP_ALIVE
                continue
            piece, over = _joined(message, ready)
            yield piece
    finally:
        with anyio.CancelScope(shield=True):
            await _cancelled(tasks)
            await source.aclose()


def _joined(message: Message, ready: asyncio.Queue[Message]) -> Message:
    """With all that waits behind it, up to the terminal one."""
    piece, over = message
    pieces = [piece]
    while not over and not ready.empty():
        piece, over = ready.get_nowait()
        pieces.append(piece)
    return b"".join(pieces), over


async def _pump(source: AsyncGenerator[T, None], encode: Callable[[T], Message], ready: asyncio.Queue[Message]) -> None:
    """One task reads the whole source. An exception can't change the status any more: it becomes an event."""
    try:
        async for event in source:
            message = encode(event)
            await ready.put(message)
            if message[1]:
                return
        last = _broken_off()
    except Exception as error:
        if not isinstance(error, LearnXError):
            log.exception("sse.failed")
        last = encoded(_as_event(error)), True
    await ready.put(last)


async def _drain(draining: asyncio.Event, ready: asyncio.Queue[Message]) -> None:
    """No id: a plain reconnect, with the last one, goes on at another server."""
    await draining.wait()
    await ready.put((encoded(_as_event(Unavailable("The server is restarting: connect again to go on."))), True))


def _broken_off() -> Message:
    return encoded(_as_event(Unavailable("The stream broke off: connect again to go on."))), True


def _as_event(error: Exception) -> Failed:
    if not isinstance(error, LearnXError):
        return Failed(code="SERVER_ERROR", detail="Something went wrong on our side. Try again.", retryable=True)
    code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)[1]
    retryable = error.retryable if isinstance(error, ProviderError) else isinstance(error, Unavailable)
    return Failed(code=code, detail=error.detail, retryable=retryable)


async def _cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
