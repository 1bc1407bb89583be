"""What a stream costs without LearnX: a Litestar handler that sends the same to all who listen, at a steady pace.

``python -m benchmarks.bare_stream STEPS PAUSE BYTES`` serves ``/stream`` and prints its address. The steps begin with
the first request to ``/begin``; each is two messages, of which the first says when it was sent.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from time import monotonic

import uvicorn
from litestar import Litestar, get
from litestar.response import ServerSentEvent, ServerSentEventMessage


class Steps:
    def __init__(self, steps: int, pause: float, size: int) -> None:
        self.sent: list[float] = []
        self.grown = asyncio.Event()
        self._steps, self._pause, self._padding = steps, pause, "x" * size

    async def begin(self) -> None:
        for _ in range(self._steps):
            self.sent.append(monotonic())
            self.grown.set()
            self.grown = asyncio.Event()
            await asyncio.sleep(self._pause)

    async def follow(self) -> AsyncIterator[ServerSentEventMessage]:
        yield ServerSentEventMessage(data="begun")
        for number in range(self._steps):
            while len(self.sent) <= number:
                await self.grown.wait()
            for what in (f"sent {self.sent[number]!r}", "done"):
                yield ServerSentEventMessage(data=f"{what} {self._padding}", id=str(number))


def main(steps: int, pause: float, size: int) -> None:
    running: list[asyncio.Task[None]] = []
    told = Steps(steps, pause, size)

    @get("/stream")
    async def stream() -> ServerSentEvent:
        return ServerSentEvent(told.follow())

    @get("/begin")
    async def begin() -> None:
        running.append(asyncio.create_task(told.begin()))

    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        print("http://{}:{}".format(*listener.getsockname()), flush=True)
        config = uvicorn.Config(Litestar([stream, begin]), loop="uvloop", http="httptools", log_level="warning")
        uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
