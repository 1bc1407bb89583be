"""As many requests a second as a server answers: raw connections, so that the client is not what is measured."""

import asyncio
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

CONNECTIONS = 32
CLIENT_TIMEOUT = 10.0


class _Connection(asyncio.Protocol):
    """One request after another until told to stop; ``answers`` counts replies, of which each must be ``status``."""

    def __init__(self, request: bytes, status: int) -> None:
        self._request, self._status = request, f"HTTP/1.1 {status} ".encode()
        self._received = bytearray()
        self._expected: int | None = None
        self.answers = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.stop = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._expected is None and (head := self._received.find(b"\r\n\r\n")) >= 0:
            self._expected = self._length(bytes(self._received[:head])) + head + 4
        if self._expected is None or not self._whole():
            return
        self.answers += 1
        self._received.clear()
        self._expected = None
        if self.stop:
            self._transport.close()
        else:
            self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            if self.stop and error is None:
                self.ended.set_result(None)
            else:
                self.ended.set_exception(error or ConnectionError("the server hung up"))

    def _length(self, head: bytes) -> int:
        if not head.startswith(self._status):
            raise RuntimeError(f"not what was asked for: {head.decode()}")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return int(line[15:])
        return 0 if self._status.startswith(b"HTTP/1.1 304") else 1 << 40

    def _whole(self) -> bool:
        assert self._expected is not None
        if self._expected >= 1 << 40:  # chunked
            return self._received.endswith(b"\r\n0\r\n\r\n")
        return len(self._received) >= self._expected


async def answers_per_second(url: str, headers: Mapping[str, str], *, seconds: float, status: int = 200) -> float:
    """Of a GET, over ``CONNECTIONS`` connections that each ask again as soon as they have their answer."""
    address = urlsplit(url)
    path = address.path + (f"?{address.query}" if address.query else "")
    named = {"Host": address.netloc, **headers}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    loop = asyncio.get_running_loop()
    started = loop.time()
    connections = [
        (await loop.create_connection(lambda: _Connection(request, status), address.hostname, address.port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds)
    answered, elapsed = sum(connection.answers for connection in connections), loop.time() - started
    for connection in connections:
        connection.stop = True
    async with asyncio.timeout(CLIENT_TIMEOUT):
        await asyncio.gather(*(connection.ended for connection in connections))
    return answered / elapsed
