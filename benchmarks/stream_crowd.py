"""Many readers of event streams in one process, which only note what came when; it is looked at afterwards."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import cast


class StreamReader(asyncio.Protocol):
    """One reader; ``pieces`` are what came, with the time of the monotonic clock at which it did."""

    def __init__(self, request: bytes) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        self.over = asyncio.get_running_loop().create_future()
        self.begun = asyncio.get_running_loop().create_future()
        self._request = request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.pieces.append((monotonic(), data))
        if not self.begun.done():
            self.begun.set_result(None)
        if data.endswith(b"\r\n0\r\n\r\n"):
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        for future in (self.begun, self.over):
            if not future.done():
                future.set_result(None)

    @property
    def body(self) -> bytes:
        return b"".join(piece for _, piece in self.pieces)


async def read(url: str, path: str, headers: Mapping[str, str]) -> StreamReader:
    """A reader whose reply has begun."""
    host, port = url.removeprefix("http://").split(":")
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {text}" for name, text in headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    _, reader = await asyncio.get_running_loop().create_connection(lambda: StreamReader(request), host, int(port))
    await reader.begun
    return reader


async def crowd(url: str, path: str, headers: Mapping[str, str], count: int) -> list[StreamReader]:
    """So many of them, who all listen by now."""
    readers: list[StreamReader] = []
    while len(readers) < count:
        some = range(min(50, count - len(readers)))
        readers += await asyncio.gather(*(read(url, path, headers) for _ in some))
    return readers


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
