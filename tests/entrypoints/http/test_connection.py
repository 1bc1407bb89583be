"""Connections that trickle, never begin, or send what is no request, as they are on the wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
import pytest
from litestar import Litestar
from tests.entrypoints.http.conftest import Served, served

from learnx.entrypoints.http import input as http_input
from learnx.entrypoints.http.connection import MAX_HEAD_BYTES, BoundedConnection

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
async def here(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(BoundedConnection, "head_within", 0.3)
    async with served(app) as running:
        yield running


async def told(here: Served, *pieces: bytes, pause: float = 0.0) -> bytes:
    """All that the server sends until it closes the connection."""
    host, port = here.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    hearing = asyncio.create_task(heard(reader))
    for piece in pieces:
        if hearing.done():
            break
        writer.write(piece)
        await asyncio.sleep(pause)
    reply = await hearing
    writer.close()
    return reply


async def heard(reader: asyncio.StreamReader) -> bytes:
    """Also where the connection ends in a reset, since more was sent than anybody read."""
    reply = bytearray()
    with suppress(ConnectionError):
        while piece := await reader.read(1 << 16):
            reply += piece
    return bytes(reply)


def problem(reply: bytes) -> tuple[str, str]:
    head, _, body = reply.partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert "content-type: application/problem+json" in lines
    assert "connection: close" in lines and "x-content-type-options: nosniff" in lines
    assert not [line for line in lines if line.startswith("server:")]
    return lines[0].split()[1], msgspec.json.decode(body)["code"]


async def test_a_head_that_trickles_is_refused(here: Served) -> None:
    trickle = [LIVE, *(b"X-A: b\r\n" for _ in range(100))]
    assert problem(await told(here, *trickle, pause=0.02)) == ("408", "REQUEST_TIMEOUT")


async def test_a_connection_that_never_begins_is_closed(here: Served) -> None:
    assert await told(here) == b""


async def test_a_connection_that_keeps_itself_alive_with_nothing_is_closed(here: Served) -> None:
    reply = await told(here, LIVE + b"\r\n", *(b"\r\n" for _ in range(100)), pause=0.02)
    assert reply.startswith(b"HTTP/1.1 200") and reply.count(b"HTTP/1.1") == 1


async def test_a_body_that_trickles_after_its_reply_is_cut_off(here: Served) -> None:
    head = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    reply = await told(here, head, *(b"x" for _ in range(200)), pause=0.02)
    assert reply.startswith(b"HTTP/1.1 404") and reply.count(b"HTTP/1.1") == 1


async def test_a_json_body_that_trickles_is_refused(here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_input, "GRACE", 0.3)
    head = (
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
    )
    reply = await told(here, head, *(b" " for _ in range(100)), pause=0.02)
    assert reply.startswith(b"HTTP/1.1 408") and b'"code":"REQUEST_TIMEOUT"' in reply


@pytest.mark.parametrize("in_pieces", [False, True])
async def test_a_head_that_is_too_large_is_refused(here: Served, in_pieces: bool) -> None:
    for large in (
        b"GET /" + b"a" * MAX_HEAD_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        LIVE + b"X-A: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n",
        LIVE + b"X-A: b\r\n" * (MAX_HEAD_BYTES // 8) + b"\r\n",
    ):
        pieces = [large[at : at + 10_000] for at in range(0, len(large), 10_000)] if in_pieces else [large]
        assert problem(await told(here, *pieces, pause=0.001)) == ("431", "HEADERS_TOO_LARGE")


async def test_a_head_that_never_ends_is_refused_before_it_is_held(here: Served) -> None:
    endless = [b"GET / HTTP/1.1\r\nX-A: ", *(b"a" * 60_000 for _ in range(50))]
    assert problem(await told(here, *endless, pause=0.001)) == ("431", "HEADERS_TOO_LARGE")


@pytest.mark.parametrize("bad", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
async def test_what_is_no_request_is_refused_as_a_problem(here: Served, bad: bytes) -> None:
    assert problem(await told(here, bad)) == ("400", "MALFORMED_REQUEST")


LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


async def test_a_body_that_breaks_the_rules_is_refused_as_a_problem(here: Served) -> None:
    chunked = LOGIN + b"Transfer-Encoding: chunked\r\n\r\n"
    assert problem(await told(here, chunked, b"no length\r\n", pause=0.05)) == ("400", "MALFORMED_REQUEST")
    assert problem(await told(here, chunked + b"no length\r\n")) == ("400", "MALFORMED_REQUEST")


async def test_what_follows_a_request_and_is_none_is_refused_after_its_reply(here: Served) -> None:
    for pieces in ([LIVE + b"\r\n\x00\x01"], [LIVE + b"\r\n", b"\x00\x01"]):
        reply = await told(here, *pieces)
        assert reply.startswith(b"HTTP/1.1 200")
        assert problem(reply[reply.rindex(b"HTTP/1.1 400") :]) == ("400", "MALFORMED_REQUEST")
    longer = LOGIN + b"Content-Length: 2\r\n\r\n{}{}"
    reply = await told(here, longer)
    assert reply.startswith(b"HTTP/1.1 422") and b"VALIDATION_ERROR" in reply
    assert problem(reply[reply.rindex(b"HTTP/1.1 400") :]) == ("400", "MALFORMED_REQUEST")


async def test_requests_that_follow_each_other_are_all_answered(here: Served) -> None:
    last = LIVE + b"Connection: close\r\n\r\n"
    reply = await told(here, (LIVE + b"\r\n") * 3 + last[:20], last[20:], pause=0.05)
    assert reply.count(b"HTTP/1.1 200") == 4


async def test_a_large_head_within_bounds_is_answered(here: Served) -> None:
    padded = LIVE + b"X-A: " + b"a" * (MAX_HEAD_BYTES - 200) + b"\r\nConnection: close\r\n\r\n"
    assert (await told(here, padded)).startswith(b"HTTP/1.1 200")
