"""What parent, fork server and child say to each other: msgpack, each message behind its length in four bytes."""

import asyncio
import socket
import struct

import msgspec

from learnx.domain.documents import Document
from learnx.domain.errors import FileErrorCode

#: A document's text that is longer than this is refused.
MAX_MESSAGE_BYTES = 96 * 1024 * 1024

_LENGTH = struct.Struct(">I")


class Limits(msgspec.Struct, frozen=True):
    """``memory_bytes`` is what a child may map on top of the fork server's own; times are in seconds."""

    memory_bytes: int = 288 * 1024 * 1024
    seconds: float = 20.0
    seconds_per_page: float = 0.025
    pages: int = 5000

    def time_for(self, pages: int | None) -> float:
        return self.seconds + self.seconds_per_page * min(pages or 0, self.pages)


class Order(msgspec.Struct, frozen=True):
    """Sent with two file descriptors: the document, open for reading, and the child's end of a socket."""

    filename: str
    password: str | None
    pdf_engine: str
    limits: Limits


class PagesDone(msgspec.Struct, frozen=True, tag="pages"):
    done: int
    total: int


class Extracted(msgspec.Struct, frozen=True, tag="document"):
    document: Document


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """``trace`` is for our log, and names no content of the document."""

    code: FileErrorCode
    detail: str
    trace: str = ""


class Exited(msgspec.Struct, frozen=True, tag="exited"):
    """From the fork server, always last: how the child ended, as of ``os.waitstatus_to_exitcode``."""

    exit_code: int


Message = PagesDone | Extracted | Failed | Exited

_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def send(connection: socket.socket, message: Message) -> None:
    body = msgspec.msgpack.encode(message)
    connection.sendall(_LENGTH.pack(len(body)) + body)


async def receive(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None where the other side has ended, even in the middle of one."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MAX_MESSAGE_BYTES:
            return None
        return _decoder.decode(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError, msgspec.MsgspecError):
        return None
