"""A provider with OpenAI's interface on loopback, which does what a test tells it to, misbehaviour included.

By hand: ``python -m tests.fakes.model_server --port 9000``, then
``LEARNX_LLM_MODEL=openai/x LEARNX_LLM_API_BASE=http://127.0.0.1:9000/v1 learnx up``.
"""

import argparse
import asyncio
import json
import socket
import struct
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.grounded_reply import grounded_reply

Vectors = Callable[[list[str]], list[dict[str, Any]]]
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass
class Script:
    """How requests are answered; times are seconds. ``failures`` is how many get ``status`` before the rest get 200."""

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
    garbage: bool = False
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
    """``script`` may be changed at any time; ``asked`` holds all requests so far."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.asked: list[Asked] = []
        self.address = ""
        self.moments: list[float] = []

    @property
    def api_base(self) -> str:
        return f"{self.address}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while (asked := await _request(reader)) is not None:
                self.asked.append(asked)
                gone = asyncio.create_task(_watch(reader, asked))
                try:
                    if not await self._answer(asked, writer):
                        break
                except ConnectionError:
                    asked.hung_up.set()
                    raise
                finally:
                    gone.cancel()
        writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may be used again."""
        script = self.script
        if script.status != 200 and (script.failures is None or len(self.asked) <= script.failures):
            await _json(writer, script.status, {"error": script.error}, script.headers)
            return True
        if script.hang == "answer":
            await asked.hung_up.wait()
            return False
        if asked.path.endswith("/embeddings"):
            texts = asked.body["input"]
            data = (script.vectors or unit_vectors)(texts)
            usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
            await _json(writer, 200, {"object": "list", "model": "x", "data": data, "usage": usage}, {})
            return True
        return await self._stream(asked, writer, script)

    async def _stream(self, asked: Asked, writer: asyncio.StreamWriter, script: Script) -> bool:
        text = script.reply if isinstance(script.reply, str) else script.reply(asked.prompt)
        size = script.chunk_characters
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        await _event(writer, _chunk({"role": "assistant", "content": ""}))
        for _ in range(script.thoughts):
            await asyncio.sleep(script.token_delay)
            await _event(writer, _chunk({"reasoning_content": "Let me think. "}))
        await asyncio.sleep(script.first_token_delay)
        for number, piece in enumerate(pieces):
            if asked.hung_up.is_set():
                return False
            if script.hang == "middle" and number == len(pieces) // 2:
                await asked.hung_up.wait()
                return False
            if number == script.reset_after_chunks:
                _reset(writer)
                return False
            if number == 0:
                self.moments.append(asyncio.get_running_loop().time())
            await _event(writer, "{not json" if script.garbage else _chunk({"content": piece}))
            if script.token_delay:
                await asyncio.sleep(script.token_delay)
        if script.finish is not None:
            await _event(writer, _chunk({}, finish_reason=script.finish))
            if script.usage is not None and (asked.body.get("stream_options") or {}).get("include_usage"):
                await _event(writer, _chunk(None, usage=script.usage))
        await _event(writer, "[DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
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
        try:
            await running._serve(reader, writer)
        except asyncio.CancelledError:
            writer.close()
        finally:
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


def _chunk(delta: dict[str, Any] | None, finish_reason: str | None = None, **more: Any) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
    return json.dumps(
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "x", "choices": choices, **more}
    )


async def _event(writer: asyncio.StreamWriter, data: str) -> None:
    message = f"data: {data}\n\n".encode()
    writer.write(f"{len(message):x}\r\n".encode() + message + b"\r\n")
    await writer.drain()


async def _json(writer: asyncio.StreamWriter, status: int, body: object, headers: dict[str, str]) -> None:
    content = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(content)}", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


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
