"""What passes through every blob store on its way: a key that is checked, content that is metered."""

import hashlib
import re
from collections.abc import AsyncIterator

from learnx.application.ports.blob_store import StoredBlob
from learnx.domain.errors import PayloadTooLarge

HEAD_BYTES = 8 * 1024
PIECE_BYTES = 1024 * 1024
KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


def check_key(key: str) -> str:
    """Keys are ours, never a caller's: one that could leave the store is a bug, hence ``ValueError``."""
    if not KEY.fullmatch(key):
        raise ValueError("a key is names joined by '/', none of which starts with a dot")
    return key


class Meter:
    """What is known of content that passes by: its size, its digest, its first bytes; over ``limit`` it refuses."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._digest = hashlib.sha256()
        self._head = b""

    def count(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise PayloadTooLarge(
                f"The file is larger than {self._limit:,} bytes: split it, or leave out what you can."
            )
        self._digest.update(piece)
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]

    def result(self) -> StoredBlob:
        return StoredBlob(size_bytes=self._size, sha256=self._digest.hexdigest(), head=self._head)


async def in_pieces(content: AsyncIterator[bytes], size: int = PIECE_BYTES, *, limit: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces of about ``size``: a thread or a request each, not one for every packet.

    What goes beyond ``limit`` is not gathered, so that it is refused at once.
    """
    gathered, come = bytearray(), 0
    async for part in content:
        gathered += part
        come += len(part)
        if len(gathered) >= size or come > limit:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
