"""Where uploaded bytes live."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from learnx.domain.values import Value


class StoredBlob(Value):
    """``sha256`` is lower-case hex; ``head`` is the first 8 KiB, enough to tell the kind of content."""

    size_bytes: int
    sha256: str
    head: bytes


class BlobStore(Protocol):
    """Keys look like ``<owner>/<file>``. Every method raises ``Unavailable`` where the store can't be reached."""

    async def put(self, key: str, content: AsyncIterator[bytes], *, limit: int) -> StoredBlob:
        """Store ``content`` whole or not at all. More than ``limit`` bytes: ``PayloadTooLarge``.

        Nothing stays behind then, nor when ``content`` raises.
        """
        ...

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``. Unknown key: ``NotFound``."""
        ...

    async def download(self, key: str, path: Path) -> None:
        """Write the blob to ``path``. Unknown key: ``NotFound``."""
        ...

    async def delete(self, prefix: str) -> None:
        """Delete the blob with this key and all below ``<prefix>/``; deleting nothing is fine."""
        ...

    async def signed_link(self, key: str, *, filename: str, media_type: str, expires_at: datetime) -> str | None:
        """A link that needs no bearer, where the store can make one; None where we serve the bytes ourselves."""
        ...
