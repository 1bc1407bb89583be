"""Uploads as they go wrong: clients that hang up, reset, trickle, lie about their length, or never end."""

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

#: Bytes of a document that goes wrong.
SIZE = 60_000
BOUNDARY = "b"


@dataclass(frozen=True, slots=True)
class Client:
    """``limit`` is the largest document that the server takes; ``patience`` how long it waits for a slow one."""

    address: str
    token: str
    limit: int
    patience: float

    async def connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        url = urlsplit(self.address)
        return await asyncio.open_connection(url.hostname, url.port)

    def head(self, *extra: str) -> bytes:
        lines = (
            "POST /api/v1/files HTTP/1.1",
            "Host: learnx.test",
            f"Authorization: Bearer {self.token}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            *extra,
        )
        return "\r\n".join((*lines, "", "")).encode()


def form(size: int) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    return head.encode() + b"x" * size + f"\r\n--{BOUNDARY}--\r\n".encode()


async def hangs_up(client: Client, part: float) -> str:
    """FIN in the middle, as of a browser that is closed."""
    _, writer = await client.connected()
    body = form(SIZE)
    writer.write(client.head(f"Content-Length: {len(body)}") + body[: int(len(body) * part)])
    await writer.drain()
    await asyncio.sleep(0.05 * part)
    writer.close()
    return "gone"


async def resets(client: Client, part: float) -> str:
    """RST in the middle, as of a train in a tunnel."""
    _, writer = await client.connected()
    body = form(SIZE)
    writer.write(client.head(f"Content-Length: {len(body)}") + body[: int(len(body) * part)])
    await writer.drain()
    await asyncio.sleep(0.05 * part)
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return "gone"


async def trickles(client: Client, part: float) -> str:
    """A few bytes now and then, for as long as the server lets it."""
    reader, writer = await client.connected()
    body = form(SIZE)
    first = int(len(body) * part * 0.5)
    writer.write(client.head(f"Content-Length: {len(body)}") + body[:first])
    answer = asyncio.create_task(reader.readline())
    with suppress(OSError):
        for byte in body[first:]:
            if answer.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(client.patience / 20)
    return await _answered(answer, writer)


async def says_too_much(client: Client, part: float) -> str:
    """Announces more than it sends, and waits."""
    reader, writer = await client.connected()
    body = form(SIZE)
    writer.write(client.head(f"Content-Length: {len(body) + 1000}") + body)
    return await _answered(asyncio.create_task(reader.readline()), writer)


async def says_too_little(client: Client, part: float) -> str:
    """Announces less than it sends: the rest would be a request of its own, and is none."""
    reader, writer = await client.connected()
    body = form(SIZE)
    writer.write(client.head(f"Content-Length: {len(body) // 2}") + body)
    return await _answered(asyncio.create_task(reader.readline()), writer)


async def says_nothing(client: Client, part: float) -> str:
    """In chunks without an end, more than is allowed."""
    reader, writer = await client.connected()
    writer.write(client.head("Transfer-Encoding: chunked"))
    answer = asyncio.create_task(reader.readline())
    piece = form(client.limit + 100_000)[:-20]
    with suppress(OSError):
        for start in range(0, len(piece), 50_000):
            part_ = piece[start : start + 50_000]
            writer.write(b"%x\r\n%s\r\n" % (len(part_), part_))
            await writer.drain()
    return await _answered(answer, writer)


async def breaks_its_chunks(client: Client, part: float) -> str:
    """In chunks, one of which is none."""
    reader, writer = await client.connected()
    writer.write(client.head("Transfer-Encoding: chunked") + b"800\r\n" + form(SIZE)[:2048] + b"\r\nzz\r\n")
    return await _answered(asyncio.create_task(reader.readline()), writer)


async def _answered(answer: asyncio.Task[bytes], writer: asyncio.StreamWriter) -> str:
    """The status of the reply, or "gone" where the connection was closed without one."""
    try:
        line = await answer
    except OSError:
        return "gone"
    finally:
        writer.close()
    return line.split()[1].decode() if line else "gone"


Fault = Callable[[Client, float], Awaitable[str]]
FAULTS: tuple[Fault, ...] = (
    hangs_up,
    resets,
    trickles,
    says_too_much,
    says_too_little,
    says_nothing,
    breaks_its_chunks,
)


async def bad_uploads(client: Client, count: int, *, at_once: int, seed: int) -> Counter[tuple[str, str]]:
    """How often which fault was answered how."""
    chance, places, outcomes = random.Random(seed), asyncio.Semaphore(at_once), Counter[tuple[str, str]]()

    async def one(fault: Fault, part: float) -> None:
        async with places:
            outcomes[fault.__name__, await fault(client, part)] += 1

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(FAULTS[number % len(FAULTS)], chance.random()))
    return outcomes
