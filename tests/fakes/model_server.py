"""A provider on loopback that speaks as OpenAI or Anthropic do, and does what a test tells it to, however bad.

By hand: ``python -m tests.fakes.model_server --port 9000``, then
``LEARNX_LLM_MODEL=openai/x LEARNX_LLM_API_BASE=http://127.0.0.1:9000/v1 learnx up``.
"""

import argparse
import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.grounded_reply import grounded_reply
from tests.fakes.model_wire import Body, anthropic_events, chunk, reset, send_json

Vectors = Callable[[list[str]], list[dict[str, Any]]]


@dataclass
class Script:
    """How requests are answered; times are seconds. ``failures`` is how many get ``status`` before the rest get 200.

    ``reset_after_bytes`` counts those of a stream's body; ``end_after_chunks`` ends it as if all had been said.
    """

    reply: str | Callable[[str], str] = grounded_reply
    chunk_characters: int = 12
    first_token_delay: float = 0.0
    token_delay: float = 0.0
    usage: dict[str, Any] | None = field(
        default_factory=lambda: {
            "prompt_tokens": 1200,
            "completion_tokens": 300,
            "total_tokens": 1500,
            "prompt_tokens_details": {"cached_tokens": 1000},
        }
    )
    finish: str | None = "stop"
    status: int = 200
    failures: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=lambda: {"message": "no", "type": "error", "code": None})
    hang: Literal["answer", "middle"] | None = None
    reset_after_chunks: int | None = None
    reset_after_bytes: int | None = None
    end_after_chunks: int | None = None
    garbage: bool = False
    garbage_after_chunks: int | None = None
    thoughts: int = 0
    vectors: Vectors | None = None


@dataclass
class Asked:
    """A request as it came in; ``hung_up`` is set when its client leaves before the end of the answer."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def prompt(self) -> str:
        return "\n\n".join(message["content"] for message in self.body["messages"])


class ModelServer:
    """``script`` may be changed at any time; ``asked`` holds all requests so far.

    ``connections`` are open now, idle ones included; ``answering`` counts the requests that are not answered yet.
    """

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.asked: list[Asked] = []
        self.address = ""
        self.moments: list[float] = []
        self.connections = 0
        self.answering = 0

    @property
    def api_base(self) -> str:
        return f"{self.address}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while (asked := await _request(reader)) is not None:
                self.asked.append(asked)
                gone = asyncio.create_task(_watch(reader, asked))
                self.answering += 1
                try:
                    if not await self._answer(asked, writer):
                        break
                except ConnectionError:
                    asked.hung_up.set()
                    raise
                finally:
                    self.answering -= 1
                    gone.cancel()
        writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may be used again."""
        script = self.script
        if script.status != 200 and (script.failures is None or len(self.asked) <= script.failures):
            await send_json(writer, script.status, {"error": script.error}, script.headers)
            return True
        if script.hang == "answer":
            await asked.hung_up.wait()
            return False
        if asked.path.endswith("/embeddings"):
            texts = asked.body["input"]
            data = (script.vectors or unit_vectors)(texts)
            usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
            await send_json(writer, 200, {"object": "list", "model": "x", "data": data, "usage": usage}, {})
            return True
        return await self._stream(asked, writer, script)

    async def _stream(self, asked: Asked, writer: asyncio.StreamWriter, script: Script) -> bool:
        text = script.reply if isinstance(script.reply, str) else script.reply(asked.prompt)
        size = script.chunk_characters
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        body = Body(writer, script.reset_after_bytes)
        await body.begin()
        if asked.path.endswith("/messages"):
            for number, event in enumerate(anthropic_events(pieces, script.usage or {})):
                if number == script.reset_after_chunks:
                    reset(writer)
                    return False
                await body.event(json.dumps(event))
            await body.end()
            return True
        await body.event(chunk({"role": "assistant", "content": ""}))
        for _ in range(script.thoughts):
            await asyncio.sleep(script.token_delay)
            await body.event(chunk({"reasoning_content": "Let me think. "}))
        if script.first_token_delay:
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.hung_up.wait(), script.first_token_delay)
        for number, piece in enumerate(pieces):
            if asked.hung_up.is_set():
                return False
            if script.hang == "middle" and number == len(pieces) // 2:
                await asked.hung_up.wait()
                return False
            if number == script.reset_after_chunks:
                reset(writer)
                return False
            if number == script.end_after_chunks:
                await body.end()
                return True
            if number == 0:
                self.moments.append(asyncio.get_running_loop().time())
            garbage = script.garbage or number == script.garbage_after_chunks
            await body.event("{not json" if garbage else chunk({"content": piece}))
            if script.token_delay:
                await asyncio.sleep(script.token_delay)
        if script.finish is not None:
            await body.event(chunk({}, finish_reason=script.finish))
            if script.usage is not None and (asked.body.get("stream_options") or {}).get("include_usage"):
                await body.event(chunk(None, usage=script.usage))
        await body.event("[DONE]")
        await body.end()
        return True


@asynccontextmanager
async def model_server(script: Script | None = None, port: int = 0) -> AsyncIterator[ModelServer]:
    """In this event loop; open connections are cut at the end."""
    running = ModelServer(script)
    open_connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_connections.add(task)
        running.connections += 1
        try:
            await running._serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()
        finally:
            running.connections -= 1
            open_connections.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    running.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield running
    finally:
        server.close()
        for task in list(open_connections):
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)


@contextmanager
def deaf_server() -> Iterator[str]:
    """The ``api_base`` of a server that is so busy that no connection comes about."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening, ExitStack() as queue:
        address = listening.getsockname()
        for _ in range(4):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}/v1"


def unit_vectors(texts: list[str], dimensions: int = 8) -> list[dict[str, Any]]:
    """For each text a vector of its own, of length 2, so that whoever wants unit length has something to do."""
    return [
        {
            "object": "embedding",
            "index": index,
            "embedding": [2.0 * (place == len(text) % dimensions) for place in range(dimensions)],
        }
        for index, text in enumerate(texts)
    ]


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line:
        return None
    headers: dict[str, str] = {}
    while (header := await reader.readline()).strip():
        name, _, value = header.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(path=line.split()[1].decode(), headers=headers, body=json.loads(body or b"{}"))


async def _watch(reader: asyncio.StreamReader, asked: Asked) -> None:
    """A client that has asked says nothing more, until it closes."""
    while not reader.at_eof() and reader.exception() is None:
        await asyncio.sleep(0.005)
    asked.hung_up.set()


async def _run(port: int, script: Script) -> None:
    async with model_server(script, port) as running:
        print(running.api_base, file=sys.stderr, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A provider on loopback that writes grounded lessons.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token-delay", type=float, default=0.0)
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(given.port, Script(token_delay=given.token_delay)))
