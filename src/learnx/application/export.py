"""Everything that a user has here, to take along: their rows as JSON, and their documents as they came."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from learnx.application.archive import COMPRESSED, Archive
from learnx.application.files import blob_key
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.database import Database
from learnx.application.ports.own_rows import OwnRows
from learnx.application.ports.paging import Page
from learnx.domain.courses import File
from learnx.domain.errors import NotFound
from learnx.domain.identity import Principal

log = structlog.get_logger(__name__)

#: Bytes of JSON that are gathered before they are compressed and sent.
PIECE_BYTES = 64 * 1024
ABOUT = """This is all that LearnX has of you, as of {at}.

<name>.json      your rows of each kind, as JSON: one array a file, in UTF-8
files/<id>/…     your documents, as you uploaded them; their ids are those of files.json

Not in it: what you sign in with, of which only hashes are kept, and what is made of your documents to find things in
them. A document that was deleted while this was written may be missing.
"""


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """A ZIP archive as it is made: of a library of any size, a few hundred kilobytes are in memory."""

    database: Database
    rows: OwnRows
    blobs: BlobStore
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal) -> AsyncGenerator[bytes, None]:
        """``NotFound`` or ``Unavailable`` before the first byte; later the archive breaks off, and is none."""
        async with self.database.transaction(principal.user_id) as tx:
            await tx.users.get()
        return self._archive(principal.user_id)

    async def _archive(self, owner: UUID) -> AsyncGenerator[bytes, None]:
        now = self.clock()
        archive = Archive(now)
        about = ABOUT.format(at=f"{now:%Y-%m-%d %H:%M} UTC").encode()
        async for piece in archive.file("README.txt", _once(about), compress=False):
            yield piece
        for name in self.rows.names:
            async for piece in archive.file(f"{name}.json", self._json(owner, name), compress=True):
                yield piece
        async for file in self._files(owner):
            content = await self._opened(owner, file)
            if content is None:
                continue
            name, compress = f"files/{file.id}/{file.filename}", file.media_type not in COMPRESSED
            async for piece in archive.file(name, content, compress=compress):
                yield piece
        yield archive.end()
        log.info("identity.exported", user=str(owner))

    async def _json(self, owner: UUID, name: str) -> AsyncIterator[bytes]:
        gathered, between = bytearray(b"["), b"\n"
        async for row in self.rows.read(owner, name):
            gathered += between + msgspec.json.encode(row)
            between = b",\n"
            if len(gathered) >= PIECE_BYTES:
                yield bytes(gathered)
                gathered.clear()
        yield bytes(gathered) + b"\n]\n"

    async def _files(self, owner: UUID) -> AsyncIterator[File]:
        page = Page(limit=100)
        while True:
            async with self.database.transaction(owner) as tx:
                files = await tx.files.page(page)
            for file in files:
                yield file
            if len(files) < page.limit:
                return
            page = Page(limit=page.limit, after=(files[-1].created_at.isoformat(), str(files[-1].id)))

    async def _opened(self, owner: UUID, file: File) -> AsyncIterator[bytes] | None:
        """None where it was deleted meanwhile."""
        pieces = self.blobs.read(blob_key(owner, file.id))
        try:
            first = await anext(pieces, b"")
        except NotFound:
            return None
        return _continued(first, pieces)


async def _once(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def _continued(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
