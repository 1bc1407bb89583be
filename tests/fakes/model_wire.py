"""What a provider with OpenAI's interface puts on the wire, up to the byte at which it breaks off."""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass
class Body:
    """Of a stream, in HTTP's chunks; it ends in a reset when so many bytes of it were sent."""

    writer: asyncio.StreamWriter
    reset_after_bytes: int | None

    async def begin(self) -> None:
        self.writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await self.writer.drain()

    async def event(self, data: str) -> None:
        message = f"data: {data}\n\n".encode()
        await self._send(f"{len(message):x}\r\n".encode() + message + b"\r\n")

    async def end(self) -> None:
        await self._send(b"0\r\n\r\n")

    async def _send(self, sent: bytes) -> None:
        if self.reset_after_bytes is not None and len(sent) > self.reset_after_bytes:
            self.writer.write(sent[: self.reset_after_bytes])
            await self.writer.drain()
            reset(self.writer)
            raise ConnectionResetError
        if self.reset_after_bytes is not None:
            self.reset_after_bytes -= len(sent)
        self.writer.write(sent)
        await self.writer.drain()


def anthropic_events(pieces: list[str], usage: dict[str, Any]) -> list[dict[str, Any]]:
    """A reply as Anthropic streams it: the prompt's tokens come first, those of the reply last."""
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    read = {"input_tokens": usage["prompt_tokens"] - cached, "cache_read_input_tokens": cached, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "x", "stop_reason": None}
    return [
        {"type": "message_start", "message": message | {"stop_sequence": None, "usage": read}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": usage["completion_tokens"]},
        },
        {"type": "message_stop"},
    ]


def chunk(delta: dict[str, Any] | None, finish_reason: str | None = None, **more: Any) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
    return json.dumps(
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "x", "choices": choices, **more}
    )


async def send_json(writer: asyncio.StreamWriter, status: int, body: object, headers: dict[str, str]) -> None:
    content = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(content)}", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
    await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
