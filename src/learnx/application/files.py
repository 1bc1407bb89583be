"""A learner's documents: uploaded, found, renamed, moved, processed again, read, downloaded and deleted."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from learnx.application.courses import accept
from learnx.application.generations import stop_generations
from learnx.application.idempotency import Once, keep, recall
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.cache import Cache, file_tag
from learnx.application.ports.database import Database
from learnx.application.ports.generations import Generations
from learnx.application.ports.job_queue import JobQueue
from learnx.application.ports.paging import Page
from learnx.application.ports.tokens import LinkSigner
from learnx.domain.courses import File, FileStatus
from learnx.domain.documents import Chunk
from learnx.domain.errors import Conflict, NotFound
from learnx.domain.identity import Principal
from learnx.domain.values import Value

#: How long a download link works.
LINK_LIFETIME = timedelta(minutes=5)
#: What can't be started again before it has ended, in words.
UNDER_WAY: dict[FileStatus, str] = {"pending": "waiting to be processed", "processing": "being processed"}


def blob_key(owner: UUID, file: UUID) -> str:
    return f"{owner}/{file}"


@dataclass(frozen=True, slots=True)
class ListFiles:
    """The files of a module, oldest first, or all, newest first."""

    database: Database

    async def __call__(
        self, principal: Principal, page: Page, *, module_id: UUID | None = None, status: FileStatus | None = None
    ) -> list[File]:
        async with self.database.transaction(principal.user_id) as tx:
            if module_id is not None:
                await tx.modules.get(module_id)
            return await tx.files.page(page, module=module_id, status=status)


@dataclass(frozen=True, slots=True)
class GetFile:
    database: Database

    async def __call__(self, principal: Principal, file_id: UUID) -> File:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.files.get(file_id)


@dataclass(frozen=True, slots=True)
class PatchFile:
    """Rename or move. ``change`` makes the new value of the current one, and may refuse by raising."""

    database: Database
    cache: Cache

    async def __call__(self, principal: Principal, file_id: UUID, change: Callable[[File], File]) -> File:
        async with self.database.transaction(principal.user_id) as tx:
            current = await tx.files.get(file_id)
            changed = change(current)
            if changed == current:
                return current
            if changed.module_id != current.module_id:
                module = await tx.modules.get(changed.module_id)
                if (await tx.courses.get(module.course_id)).archived:
                    raise Conflict("The course is archived: restore it before you move files into it.")
                changed = msgspec.structs.replace(changed, course_id=module.course_id)
            await tx.files.update_place(changed)
            async with self.cache.changing(file_tag(principal.user_id, file_id)):
                await tx.commit()
            return changed


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Rows first, which also stops a run; then the lessons that are being written of it, and the bytes."""

    database: Database
    blobs: BlobStore
    cache: Cache
    generations: Generations

    async def __call__(self, principal: Principal, file_id: UUID, check: Callable[[File], object] = accept) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            check(await tx.files.get(file_id))
            await tx.answers.delete_citing([file_id])
            await tx.summaries.delete_citing([file_id])
            await tx.files.delete(file_id)
            async with self.cache.changing(file_tag(principal.user_id, file_id)):
                await tx.commit()
        await stop_generations(self.generations, principal.user_id, {file_id})
        await self.blobs.delete(blob_key(principal.user_id, file_id))


@dataclass(frozen=True, slots=True)
class ReprocessFile:
    """Process the stored bytes again; ``Conflict`` while they wait for it, or are being processed."""

    database: Database
    queue: JobQueue
    cache: Cache
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal, file_id: UUID, *, once: Once | None = None) -> File:
        now = self.clock()
        async with self.database.transaction(principal.user_id) as tx:
            begun: File | None = await recall(tx, once, File, now)
            if begun is not None:
                return begun
            status = (await tx.files.get(file_id)).status
            if status in UNDER_WAY:
                raise Conflict(f"It is {UNDER_WAY[status]} already: follow its events.")
            file = await tx.files.restart(file_id)
            await keep(tx, once, file, now)
            async with self.cache.changing(file_tag(principal.user_id, file_id)):
                await tx.commit()
        await self.queue.offer(principal.user_id, file.id)
        return file


@dataclass(frozen=True, slots=True)
class ListChunks:
    """In reading order."""

    database: Database

    async def __call__(self, principal: Principal, file_id: UUID, page: Page) -> list[Chunk]:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.files.get(file_id)
            return await tx.chunks.page(file_id, page)


class ChunkInPlace(Value):
    """A chunk with the chunks that stand before and after it, where there are any."""

    chunk: Chunk
    previous: Chunk | None
    next: Chunk | None


@dataclass(frozen=True, slots=True)
class GetChunk:
    database: Database

    async def __call__(self, principal: Principal, chunk_id: UUID) -> ChunkInPlace:
        async with self.database.transaction(principal.user_id) as tx:
            chunk = await tx.chunks.get(chunk_id)
            around = await tx.chunks.page(
                chunk.file_id, Page(limit=3, after=(str(chunk.index - 2),) if chunk.index > 1 else None)
            )
        by_index = {near.index: near for near in around}
        return ChunkInPlace(chunk=chunk, previous=by_index.get(chunk.index - 1), next=by_index.get(chunk.index + 1))


class DownloadLink(Value):
    """``download_url`` is absolute where the store made it, else a path of ours."""

    download_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkToFile:
    """A link to a file's bytes that needs no bearer, for a few minutes."""

    database: Database
    blobs: BlobStore
    links: LinkSigner
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal, file_id: UUID) -> DownloadLink:
        async with self.database.transaction(principal.user_id) as tx:
            file = await tx.files.get(file_id)
        expires_at = self.clock() + LINK_LIFETIME
        url = await self.blobs.signed_link(
            blob_key(principal.user_id, file_id),
            filename=file.filename,
            media_type=file.media_type,
            expires_at=expires_at,
        )
        if url is None:
            token = self.links.sign(
                {"owner": str(principal.user_id), "file": str(file_id)},
                lifetime_seconds=int(LINK_LIFETIME.total_seconds()),
            )
            url = f"/api/v1/blobs/{token}"
        return DownloadLink(download_url=url, expires_at=expires_at)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """The file that a link of ours leads to; tampered, expired or erased: ``NotFound``."""

    database: Database
    blobs: BlobStore
    links: LinkSigner

    async def __call__(self, token: str) -> "LinkedFile":
        may = self.links.verify(token)
        owner, file_id = UUID(may["owner"]), UUID(may["file"])
        async with self.database.transaction(owner) as tx:
            try:
                file = await tx.files.get(file_id)
            except NotFound as error:
                raise NotFound("link") from error
        return LinkedFile(file, self.blobs, blob_key(owner, file_id))


@dataclass(frozen=True, slots=True)
class LinkedFile:
    file: File
    blobs: BlobStore
    key: str

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``."""
        return self.blobs.read(self.key, start=start, end=end)
