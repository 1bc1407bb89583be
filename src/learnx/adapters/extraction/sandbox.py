"""Reads each document in a confined child process, forked from a warm server, against the clock."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.messages import Exited, Extracted, Failed, Limits, Message, Order, PagesDone, receive
from learnx.application.ports.extraction import PagesDone as OnPages
from learnx.domain.documents import Document
from learnx.domain.errors import FileErrorCode, ProcessingFailed

log = structlog.get_logger()

PdfEngine = Literal["pdfium", "pdfplumber"]

#: What the fork server may know of our environment: no secret is in it.
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
#: How a child that answered nothing died, as of ``os.waitstatus_to_exitcode``. Its CPU time ends with its time. A wrong
#: address is where a damaged file leads a parser; anything else (killed for want of memory, or ended by a library that
#: got no more of it) is a lack of memory. An exit of its own is our mistake.
_CODES_BY_SIGNAL: dict[int, FileErrorCode] = {
    -signal.SIGXCPU: "timed_out",
    -signal.SIGSEGV: "corrupt",
    -signal.SIGBUS: "corrupt",
    -signal.SIGFPE: "corrupt",
}


class SandboxedExtractor:
    """Starts its fork server at first use (or by ``start``), and again should it die.

    At most as many children as there are calls; ``aclose`` ends all of them. A child has ``limits.memory_bytes``, and
    ``limits.time_for`` its pages, of wall-clock time: what exceeds them ends in ``too_complex`` or ``timed_out``.
    """

    def __init__(self, pdf_engine: PdfEngine = "pdfium", limits: Limits | None = None) -> None:
        self._pdf_engine = pdf_engine
        self._limits = limits or Limits()
        self._server: _ForkServer | None = None

    def start(self) -> None:
        """Warms the fork server up, so that the first document need not wait for it."""
        self._running_server()

    def _running_server(self) -> "_ForkServer":
        if self._server is None or not self._server.is_alive():
            self._server = _ForkServer.start()
        return self._server

    async def aclose(self) -> None:
        server, self._server = self._server, None
        if server:
            await asyncio.to_thread(server.stop)

    async def extract(
        self, path: Path, *, filename: str, password: str | None = None, on_pages: OnPages | None = None
    ) -> Document:
        order = Order(filename=filename, password=password, pdf_engine=self._pdf_engine, limits=self._limits)
        for _ in range(2):
            server = self._running_server()
            try:
                return await self._attempt(server, path, order, on_pages)
            except _ServerLost:
                log.warning("extraction.fork_server_lost", pid=server.pid)
                self._server = None if self._server is server else self._server
                server.kill()
        raise failure("internal")

    async def _attempt(self, server: "_ForkServer", path: Path, order: Order, on_pages: OnPages | None) -> Document:
        ours, theirs = socket.socketpair()
        document = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            server.send(order, document, theirs.fileno())
        except BaseException:
            ours.close()
            raise
        finally:
            os.close(document)
            theirs.close()
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            return await _Conversation(reader, order.limits, on_pages).outcome()
        finally:
            await _end(reader, writer)


class _ServerLost(Exception):
    pass


class _Conversation:
    """Listens to one child until it has ended, or its time is up."""

    def __init__(self, reader: asyncio.StreamReader, limits: Limits, on_pages: OnPages | None) -> None:
        self._reader = reader
        self._limits = limits
        self._on_pages = on_pages
        self._answer: Document | ProcessingFailed | None = None

    async def outcome(self) -> Document:
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(started + self._limits.time_for(None)) as clock:
                while (message := await receive(self._reader)) is not None:
                    if isinstance(message, PagesDone):
                        clock.reschedule(started + self._limits.time_for(message.total))
                    exited = self._hear(message)
                    if exited is not None:
                        return self._conclude(exited)
        except TimeoutError:
            raise failure("timed_out") from None
        raise _ServerLost

    def _hear(self, message: Message) -> int | None:
        """The exit code, once there is one."""
        match message:
            case PagesDone(done=done, total=total):
                if self._on_pages:
                    self._on_pages(done, total)
            case Extracted(document=document):
                self._answer = document
            case Failed(code=code, detail=detail, trace=trace):
                if trace:
                    log.error("extraction.failed", code=code, trace=trace)
                self._answer = ProcessingFailed(code, detail)
            case Exited(exit_code=exit_code):
                return exit_code
        return None

    def _conclude(self, exit_code: int) -> Document:
        if isinstance(self._answer, Document):
            return self._answer
        if self._answer is not None:
            raise self._answer
        log.warning("extraction.child_died", exit_code=exit_code)
        raise failure(_CODES_BY_SIGNAL.get(exit_code, "too_complex") if exit_code < 0 else "internal")


async def _end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closing our end ends the child; wait until it is gone, so that its memory is free for the next."""
    with suppress(OSError):
        writer.write_eof()
        async with asyncio.timeout(5):
            await asyncio.shield(_drained(reader))
    writer.close()


async def _drained(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(1 << 16):
            pass


class _ForkServer:
    """The parent's handle of ``fork_server``."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control

    @classmethod
    def start(cls) -> "_ForkServer":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        command = [sys.executable, "-m", "learnx.adapters.extraction.fork_server", str(theirs.fileno())]
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment, cwd="/"
        )
        theirs.close()
        log.info("extraction.fork_server_started", pid=process.pid)
        return cls(process, ours)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, order: Order, document: int, connection: int) -> None:
        try:
            socket.send_fds(self._control, [msgspec.msgpack.encode(order)], [document, connection])
        except OSError as error:
            raise _ServerLost from error

    def stop(self) -> None:
        """The server ends its children, and itself, when its control socket closes."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Its children die with it."""
        self._control.close()
        self._process.kill()
        self._process.wait()
