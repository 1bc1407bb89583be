"""What Litestar does at best: bytes out of Valkey, and a stream of the same messages, with nothing around them.

``python -m benchmarks.bare_reads REDIS_URL`` prints its port; it serves the keys ``bench:lesson`` and ``bench:stream``.
"""

import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from litestar import Litestar, MediaType, Response, get
from litestar.response import Stream
from redis.asyncio import Redis

LESSON, STREAM = "bench:lesson", "bench:stream"


def main() -> None:
    redis = Redis.from_url(sys.argv[1])
    messages: list[bytes] = []

    @get("/lesson")
    async def lesson() -> Response[Any]:
        return Response(await redis.get(LESSON), media_type=MediaType.JSON)

    @get("/stream")
    async def stream() -> Stream:
        return Stream(told(), media_type="text/event-stream")

    async def told() -> AsyncIterator[bytes]:
        for message in messages:
            yield message

    async def load() -> None:
        whole = await redis.get(STREAM)
        messages.extend(message + b"\n\n" for message in whole.split(b"\n\n") if message)

    app = Litestar([lesson, stream], on_startup=[load], logging_config=None, openapi_config=None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None, access_log=False)
        uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
