"""A TCP proxy that breaks a stream off, politely or not, at a place that is known beforehand."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal

How = Literal["fin", "rst"]


@dataclass(frozen=True, slots=True)
class Breaking:
    """After ``events`` messages and so many bytes of the next; ``rst`` loses what is still under way."""

    events: int
    how: How
    extra_bytes: int = 0


@asynccontextmanager
async def cutting_proxy(url: str, breaking: Breaking) -> AsyncIterator[str]:
    """The address of a proxy to ``url`` that breaks off each of its connections."""
    host, port = url.removeprefix("http://").split(":")
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with suppress(OSError, asyncio.CancelledError):
            upstream, up = await asyncio.open_connection(host, int(port))
            asking = asyncio.create_task(_copy(reader, up))
            try:
                if await _copy_until(upstream, writer, breaking) and breaking.how == "rst":
                    _reset(writer)
            finally:
                asking.cancel()
                up.transport.abort()
                writer.close()
                running.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(2**16):
            writer.write(piece)
            await writer.drain()


async def _copy_until(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, breaking: Breaking) -> bool:
    """Whether the place was reached."""
    seen, before = 0, b""
    while piece := await reader.read(2**16):
        text, start = before + piece, 0
        while seen < breaking.events and (end := text.find(b"\n\n", start)) >= 0:
            seen, start = seen + 1, end + 2
        if seen == breaking.events:
            writer.write(text[len(before) : start + breaking.extra_bytes] if breaking.events else b"")
            with suppress(OSError):
                await writer.drain()
            return True
        writer.write(piece)
        await writer.drain()
        before = text[max(start, len(text) - 1) :]
    return False


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
