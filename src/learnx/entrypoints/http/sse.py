"""Server-Sent Events: only encodes what a use case yields, keeps quiet connections alive, and ends on request."""

import asyncio
from collections.abc import AsyncGenerator, Callable
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
#: Seconds of silence after which a comment is sent: proxies close what looks dead.
KEEP_ALIVE_SECONDS = 12.0
KEEP_ALIVE = b": keep-alive\n\n"
#: Events that may wait for a slow reader before the source waits for it, too.
BUFFERED = 64

_json = msgspec.json.Encoder().encode


def encoded(event: object, event_id: object = None) -> bytes:
    """One message; JSON has no raw line breaks, so it is one ``data:`` line."""
    place = f"id: {event_id}\n".encode() if event_id is not None else b""
    return place + b"data: " + _json(event) + b"\n\n"


async def event_stream(
    source: AsyncGenerator[T, None],
    encode: Callable[[T], bytes],
    draining: asyncio.Event,
    *,
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
) -> Stream:
    """The first event is awaited here, so that a refusal keeps its status; then the reply begins."""
    try:
        first = encode(await anext(source))
    except StopAsyncIteration:
        first = b""
    return Stream(
        _messages(first, source, encode, draining, keep_alive_seconds),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _messages(
    first: bytes,
    source: AsyncGenerator[T, None],
    encode: Callable[[T], bytes],
    draining: asyncio.Event,
    keep_alive_seconds: float,
) -> AsyncGenerator[bytes, None]:
    """What is ready goes out in one piece; the source is closed however the reader leaves."""
    ready: asyncio.Queue[bytes | None] = asyncio.Queue(BUFFERED)
    pump = asyncio.create_task(_pump(source, encode, ready))
    drained = asyncio.create_task(_drain(draining, ready))
    try:
        yield first
        while True:
            try:
                async with asyncio.timeout(keep_alive_seconds):
                    messages = [await ready.get()]
            except TimeoutError:
                yield KEEP_ALIVE
                continue
            while messages[-1] is not None and not ready.empty():
                messages.append(ready.get_nowait())
            yield b"".join(message for message in messages if message is not None)
            if messages[-1] is None:
                return
    finally:
        with anyio.CancelScope(shield=True):
            await _cancelled(pump, drained)
            await source.aclose()


async def _pump(
    source: AsyncGenerator[T, None], encode: Callable[[T], bytes], ready: asyncio.Queue[bytes | None]
) -> None:
    """One task reads the whole source. An exception can't change the status any more: it becomes an event."""
    try:
        async for event in source:
            await ready.put(encode(event))
    except Exception as error:
        if not isinstance(error, LearnXError):
            log.exception("sse.failed")
        await ready.put(encoded(_as_event(error)))
    await ready.put(None)


async def _drain(draining: asyncio.Event, ready: asyncio.Queue[bytes | None]) -> None:
    """No id: a plain reconnect, with the last one, goes on at another server."""
    await draining.wait()
    await ready.put(encoded(_as_event(Unavailable("The server is restarting: connect again to go on."))))
    await ready.put(None)


def _as_event(error: Exception) -> Failed:
    if not isinstance(error, LearnXError):
        return Failed(code="SERVER_ERROR", detail="Something went wrong on our side. Try again.", retryable=True)
    code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)[1]
    retryable = error.retryable if isinstance(error, ProviderError) else isinstance(error, Unavailable)
    return Failed(code=code, detail=error.detail, retryable=retryable)


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
