"""Streams: encoded, kept alive, ended by errors, by readers and by a draining server."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.response import Stream
from tests.entrypoints.http.conftest import served

from learnx.domain.errors import NotFound, ProviderError
from learnx.entrypoints.http.sse import KEEP_ALIVE, encoded, event_stream

pytestmark = pytest.mark.anyio


async def read(stream: Stream) -> bytes:
    return b"".join([piece async for piece in stream.iterator])  # type: ignore[union-attr]


def decoded(body: bytes) -> list[dict[str, Any]]:
    blocks = [block for block in body.decode().split("\n\n") if "data: " in block]
    return [msgspec.json.decode(block.partition("data: ")[2]) for block in blocks]


async def counting(to: int, *, then: Exception | None = None) -> AsyncGenerator[int, None]:
    for number in range(to):
        yield number
    if then:
        raise then


async def silent(closed: asyncio.Event) -> AsyncGenerator[int, None]:
    try:
        yield 0
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.01)
        closed.set()


def test_an_event_is_one_id_line_and_one_data_line() -> None:
    assert encoded({"type": "delta", "text": "a\nb\r\u2028"}, "g.1.2") == (
        'id: g.1.2\ndata: {"type":"delta","text":"a\\nb\\r\u2028"}\n\n'.encode()
    )


async def test_events_come_in_order_and_whole() -> None:
    stream = await event_stream(counting(1000), encoded, asyncio.Event())
    body = await read(stream)
    assert body == b"".join(b"data: %d\n\n" % number for number in range(1000))


async def test_a_refusal_before_the_first_event_is_an_exception() -> None:
    with pytest.raises(NotFound):
        await event_stream(counting(0, then=NotFound("file")), encoded, asyncio.Event())


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (ProviderError("The model is gone."), "PROVIDER_ERROR", True),
        (ProviderError("The key is wrong.", retryable=False), "PROVIDER_ERROR", False),
        (NotFound("file"), "NOT_FOUND", False),
        (RuntimeError("secret"), "SERVER_ERROR", True),
    ],
)
async def test_an_error_in_the_middle_becomes_the_last_event(error: Exception, code: str, retryable: bool) -> None:
    body = await read(await event_stream(counting(2, then=error), encoded, asyncio.Event()))
    last = decoded(body.removeprefix(b"data: 0\n\ndata: 1\n\n"))
    assert [(event["type"], event["code"], event["retryable"]) for event in last] == [("error", code, retryable)]
    assert b"secret" not in body


async def test_silence_is_filled_with_comments() -> None:
    closed = asyncio.Event()
    stream = await event_stream(silent(closed), encoded, asyncio.Event(), keep_alive_seconds=0.01)
    pieces = stream.iterator
    assert [await anext(pieces) for _ in range(3)] == [b"data: 0\n\n", KEEP_ALIVE, KEEP_ALIVE]  # type: ignore[arg-type]
    await pieces.aclose()  # type: ignore[union-attr]
    assert closed.is_set()


async def test_draining_ends_a_stream_with_a_retryable_error_without_id() -> None:
    closed, draining = asyncio.Event(), asyncio.Event()
    stream = await event_stream(silent(closed), lambda event: encoded(event, "g.1.1"), draining)
    draining.set()
    body = await read(stream)
    assert body.startswith(b"id: g.1.1\ndata: 0\n\ndata: {")
    assert decoded(body)[1] | {"detail": ""} == {
        "type": "error",
        "code": "SERVICE_UNAVAILABLE",
        "detail": "",
        "retryable": True,
    }
    assert closed.is_set()


class Sources:
    """Streams of a small application, and whether each was closed."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.app = Litestar(
            [get("/silent")(self.silent), get("/endless")(self.endless)], state=State({"draining": asyncio.Event()})
        )

    async def silent(self, state: State) -> Stream:
        return await event_stream(silent(self.closed), encoded, state.draining)

    async def endless(self, state: State) -> Stream:
        return await event_stream(self._endless(), encoded, state.draining)

    async def _endless(self) -> AsyncGenerator[int, None]:
        try:
            number = 0
            while True:
                yield (number := number + 1)
        finally:
            await asyncio.sleep(0.01)
            self.closed.set()


@pytest.mark.parametrize("path", ["/silent", "/endless"])
async def test_a_reader_that_leaves_closes_the_source(path: str) -> None:
    sources = Sources()
    async with served(sources.app) as running, httpx.AsyncClient(base_url=running.address) as client:
        async with client.stream("GET", path) as reply:
            assert await anext(reply.aiter_lines())
        async with asyncio.timeout(5):
            await sources.closed.wait()


async def test_a_server_told_to_stop_ends_its_streams_and_then_itself() -> None:
    sources = Sources()
    async with served(sources.app) as running, httpx.AsyncClient(base_url=running.address) as client:
        async with client.stream("GET", "/silent") as reply:
            lines = reply.aiter_lines()
            assert await anext(lines) == "data: 0"
            running.server.handle_exit(15, None)
            rest = [line async for line in lines if line]
            assert '"code":"SERVICE_UNAVAILABLE"' in rest[-1]
            assert not any(line.startswith("id:") for line in rest)
        assert sources.closed.is_set()
