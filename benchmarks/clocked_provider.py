"""A provider that writes at a steady pace and remembers when it sent what; its text numbers its steps."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic

from tests.fakes.grounded_reply import grounded_reply

_STEP = re.compile(rb"step ([a-j]+) ")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.\]])\s+(?=[A-Z])")
_LETTERS = str.maketrans("0123456789", "abcdefghij")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_USAGE = {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}


@dataclass
class Answer:
    """Of one call; times are of the monotonic clock, which all processes share. ``sent`` has one for each step."""

    asked: float
    sent: list[float] = field(default_factory=list)


@dataclass
class ClockedProvider:
    """Thinks for ``thinking`` seconds, writes what can be sourced, then a sentence every ``pause`` seconds: so many of
    them, or until it is told to finish. What can be sourced comes at once, or is ``spread`` over the steps."""

    steps: int
    pause: float
    thinking: float = 0.0
    spread: bool = False
    address: str = ""
    answers: list[Answer] = field(default_factory=list)
    finish: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
            answer = Answer(monotonic())
            self.answers.append(answer)
            writer.write(_HEAD)
            await asyncio.sleep(self.thinking)
            prompt = "\n\n".join(message["content"] for message in body["messages"])
            reply = grounded_reply(prompt)
            begun = _BETWEEN_SENTENCES.split(reply) if self.spread else [reply]
            for number in range(self.steps):
                if self.finish.is_set():
                    break
                answer.sent.append(monotonic())
                sourced = begun[number] if number < len(begun) else ""
                _write(writer, {"content": f"{sourced} Let's take step {_named(number)} of this slowly. "})
                await writer.drain()
                await asyncio.sleep(self.pause)
            _write(writer, {}, "stop")
            _write(writer, None, usage=_USAGE)
            writer.write(_chunked(b"data: [DONE]\n\n") + b"0\r\n\r\n")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def clocked_provider(provider: ClockedProvider) -> AsyncIterator[ClockedProvider]:
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0, backlog=1024)
    provider.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield provider
    finally:
        server.close()


def step_of(event: bytes) -> int | None:
    """The number of the step whose sentence begins in this event."""
    found = _STEP.search(event)
    return int("".join(str(b"abcdefghij".index(letter)) for letter in found[1])) if found else None


def _named(number: int) -> str:
    """In letters: a number that is in no excerpt would be retracted."""
    return str(number).translate(_LETTERS)


def _write(writer: asyncio.StreamWriter, delta: object, finish: str | None = None, **more: object) -> None:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "x", "choices": choices, **more}
    writer.write(_chunked(f"data: {json.dumps(event)}\n\n".encode()))


def _chunked(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"
