"""A connection that can't be held by trickling: uvicorn alone waits for a head, of any size, without limit."""

import asyncio
from typing import Any

import httptools
import msgspec
from uuid_utils.compat import uuid7
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from learnx.entrypoints.http.errors import PROBLEM_JSON, make_problem
from learnx.entrypoints.http.security_headers import POLICY, SECURITY_HEADERS

#: The largest head of a request, in bytes: its line with path and query, and its headers.
MAX_HEAD_BYTES = 64 * 1024
#: Seconds in which a head has to be whole; in which a new connection has to begin; and for which a body is still taken,
#: and thrown away, whose request was answered already.
HEAD_WITHIN = 10.0


class BoundedConnection(HttpToolsProtocol):
    """What uvicorn refuses by itself leaves as a problem, too."""

    head_within = HEAD_WITHIN

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head: int | None = None  # bytes of a head that is not whole, but for its first read
        self._read = 0  # bytes of the read that is being looked at
        self._deadline: asyncio.TimerHandle | None = None
        self._refused = False
        self._last_reply: bytes | None = None  # what is said once all that was asked before is answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._hurry()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._head is not None:
            self._head += len(data)
        self._read = len(data)
        super().data_received(data)
        if self._refused or self.transport.is_closing():
            return
        if self._head is not None and self._head > MAX_HEAD_BYTES:
            self._refuse(431, "HEADERS_TOO_LARGE", "The request line and the headers are too large.")
        elif self._head is not None or self._answered:
            self._hurry()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0

    def on_headers_complete(self) -> None:
        came_at_once, self._head = not self._head and self._read <= MAX_HEAD_BYTES, None
        self._relax()
        if not came_at_once and self._head_bytes() > MAX_HEAD_BYTES:
            self._refuse(431, "HEADERS_TOO_LARGE", "The request line and the headers are too large.")
            raise httptools.HttpParserError("refused")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "MALFORMED_REQUEST", "This is not a request of HTTP/1.1.")

    @property
    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _hurry(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_within, self._too_late)

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if not self._answered:
            self._hurry()  # the head of the next request can wait for this one's reply
        elif self._head is not None:
            self._refuse(408, "REQUEST_TIMEOUT", "The request took too long to arrive.")
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """Once. What was asked before is still answered; a reply whose request turns out bad is broken off."""
        if self._refused:
            return
        self._refused = True
        reply = _problem(status, code, detail)
        if not self._answered and not self.cycle.more_body:
            self._last_reply = reply
            return
        if not self._answered:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self._answered or not (self.cycle.response_started or self.pipeline):
            self.transport.write(reply)
        self.transport.close()

    def on_response_complete(self) -> None:
        if self._last_reply is not None and not self.pipeline:
            self.transport.write(self._last_reply)
            self.transport.close()
        super().on_response_complete()


def _problem(status: int, code: str, detail: str) -> bytes:
    body = msgspec.json.encode(make_problem(str(uuid7()), status, code, detail))
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *SECURITY_HEADERS,
        POLICY,
    ]
    lines = [part for name, value in headers for part in (name, b": ", value, b"\r\n")]
    return b"".join([STATUS_LINE[status], *lines, b"\r\n", body])
