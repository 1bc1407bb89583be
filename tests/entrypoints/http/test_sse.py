"""Streams: encoded, kept alive, ended by errors, by readers and by a draining server."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.response import Stream
from tests.entrypoints.http.conftest import served

from learnx.domain.errors import NotFound, ProviderError, Unavailable
from learnx.entrypoints.http.server import listening
from learnx.entrypoints.http.sse import KEEP_ALIVE, encoded, event_stream

pytestmark = pytest.mark.anyio


def never(event: object) -> bool:
    return False


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
    stream = await event_stream(counting(1000), encoded, asyncio.Event(), ends=lambda number: number == 999)
    body = await read(stream)
    assert body == b"".join(b"data: %d\n\n" % number for number in range(1000))


async def test_a_refusal_before_the_first_event_is_an_exception() -> None:
    with pytest.raises(NotFound):
        await event_stream(counting(0, then=NotFound("file")), encoded, asyncio.Event(), ends=never)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (ProviderError("The model is gone."), "PROVIDER_ERROR", True),
        (ProviderError("The key is wrong.", retryable=False), "PROVIDER_ERROR", False),
        (Unavailable("The log is away."), "SERVICE_UNAVAILABLE", True),
        (NotFound("file"), "NOT_FOUND", False),
        (RuntimeError("secret"), "SERVER_ERROR", True),
    ],
)
async def test_an_error_in_the_middle_becomes_the_last_event(error: Exception, code: str, retryable: bool) -> None:
    body = await read(await event_stream(counting(2, then=error), encoded, asyncio.Event(), ends=never))
    last = decoded(body.removeprefix(b"data: 0\n\ndata: 1\n\n"))
    assert [(event["type"], event["code"], event["retryable"]) for event in last] == [("error", code, retryable)]
    assert b"secret" not in body


@pytest.mark.parametrize("events", [0, 1, 3])
async def test_a_source_that_ends_before_its_terminal_event_ends_in_a_retryable_error_without_id(events: int) -> None:
    body = await read(
        await event_stream(counting(events), lambda number: encoded(number, "g.1.1"), asyncio.Event(), ends=never)
    )
    assert body.count(b"id: ") == events
    last = decoded(body)[-1]
    assert (last["type"], last["code"], last["retryable"]) == ("error", "SERVICE_UNAVAILABLE", True)


@pytest.mark.parametrize("terminal", [0, 1, 3])
async def test_nothing_follows_a_terminal_event(terminal: int) -> None:
    source = counting(10)
    body = await read(await event_stream(source, encoded, asyncio.Event(), ends=lambda number: number == terminal))
    assert decoded(body) == list(range(terminal + 1))
    assert await anext(source, None) is None


async def test_silence_is_filled_with_comments() -> None:
    closed = asyncio.Event()
    stream = await event_stream(silent(closed), encoded, asyncio.Event(), ends=never, keep_alive_seconds=0.01)
    pieces = stream.iterator
    assert [await anext(pieces) for _ in range(3)] == [b"data: 0\n\n", KEEP_ALIVE, KEEP_ALIVE]  # type: ignore[arg-type]
    await pieces.aclose()  # type: ignore[union-attr]
    assert closed.is_set()


async def test_draining_ends_a_stream_with_a_retryable_error_without_id() -> None:
    closed, draining = asyncio.Event(), asyncio.Event()
    stream = await event_stream(silent(closed), lambda event: encoded(event, "g.1.1"), draining, ends=never)
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
        return await event_stream(silent(self.closed), encoded, state.draining, ends=never)

    async def endless(self, state: State) -> Stream:
        return await event_stream(self._endless(), encoded, state.draining, ends=never)

    async def _endless(self) -> AsyncGenerator[int, None]:
        try:
            number = 0
            while True:
                yield (number := number + 1)
        finally:
            await asyncio.sleep(0.01)
            self.closed.set()


async def connected(address: str, path: str) -> socket.socket:
    """A reader that has asked, with little room of its own for what comes."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(reader, ("127.0.0.1", int(address.rpartition(":")[2])))
    await loop.sock_sendall(reader, f"GET {path} HTTP/1.1\r\nHost: learnx.test\r\n\r\n".encode())
    return reader


async def test_a_reader_that_does_not_read_is_cut_off_and_leaves_nothing_behind() -> None:
    sources = Sources()
    listener = listening("127.0.0.1", 0, unread_seconds=0.5)
    async with served(sources.app, listener) as running:
        with await connected(running.address, "/endless") as reader:
            async with asyncio.timeout(20):
                await sources.closed.wait()
                while running.server.server_state.connections:
                    await asyncio.sleep(0.01)
            with pytest.raises(ConnectionResetError):
                while await asyncio.get_running_loop().sock_recv(reader, 2**20):
                    pass


async def test_a_reader_that_reads_slowly_is_not_cut_off() -> None:
    sources = Sources()
    listener = listening("127.0.0.1", 0, unread_seconds=0.5)
    async with served(sources.app, listener) as running:
        with await connected(running.address, "/endless") as reader:
            for _ in range(30):
                await asyncio.sleep(0.1)
                assert await asyncio.get_running_loop().sock_recv(reader, 4096)
            assert not sources.closed.is_set()


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
