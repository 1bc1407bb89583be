"""A ZIP archive that is written while it is read: as much of it is held as one piece of one file."""

import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from typing import BinaryIO, cast

#: What is compressed already gains nothing by being compressed again.
COMPRESSED = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)
#: Fast: other requests wait for it.
LEVEL = 1


class _Pipe:
    """What ``zipfile`` takes for a file that can't be sought in: what is written is taken out at once."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, piece: bytes) -> int:
        self._written += piece
        return len(piece)

    def flush(self) -> None:
        return None

    def taken(self) -> bytes:
        written = bytes(self._written)
        self._written.clear()
        return written


class Archive:
    """Files follow each other; sizes and sums stand behind each one's bytes, and in the directory at the end."""

    def __init__(self, at: datetime) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(cast(BinaryIO, self._pipe), "w", compresslevel=LEVEL)
        self._at = at.timetuple()[:6]

    async def file(self, name: str, content: AsyncIterator[bytes], *, compress: bool) -> AsyncIterator[bytes]:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as entry:
            async for piece in content:
                entry.write(piece)
                if written := self._pipe.taken():
                    yield written
        yield self._pipe.taken()

    def end(self) -> bytes:
        self._zip.close()
        return self._pipe.taken()
