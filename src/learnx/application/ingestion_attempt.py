"""One attempt at processing a file: it shows signs of life, and loses every right to write once it is superseded."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn
from uuid import UUID

import structlog

from learnx.application.ports.cache import Cache, file_tag
from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Vector
from learnx.application.ports.file_progress import ProgressFeed
from learnx.application.ports.jobs import ClaimedJob
from learnx.application.ports.search_index import SearchIndex
from learnx.domain.courses import PROGRESS, FileError, FileProgress, FileStatus, ProcessingStep
from learnx.domain.documents import Chunk, Document
from learnx.domain.errors import Unavailable

log = structlog.get_logger(__name__)

#: Seconds between two signs of life, and the silence after which another worker may take the job over.
HEARTBEAT, STALE_AFTER = 2.0, 10.0

#: Seconds between two looks at how many pages are done.
GLANCE = 0.2


class Superseded(Exception):
    """The attempt has lost its job: another worker has taken it over, or the file was deleted."""


@dataclass(slots=True)
class Attempt:
    """Every write is a short transaction, fenced by the attempt's number; the feed hears of it after the commit.

    Each method raises ``Superseded`` where the fence refuses, and ``Unavailable`` where Postgres can't be reached.
    ``known`` maps content hashes to the ids of the chunks that the file has now.
    """

    database: Database
    cache: Cache
    feed: ProgressFeed
    clock: Callable[[], datetime]
    owner: UUID
    job: ClaimedJob
    known: Mapping[str, UUID]
    step: ProcessingStep = "download"
    pages_done: int | None = None
    pages_total: int | None = None
    ended: bool = False
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def claim(
        cls,
        database: Database,
        cache: Cache,
        feed: ProgressFeed,
        clock: Callable[[], datetime],
        owner: UUID,
        job: UUID,
        worker: str,
    ) -> "Attempt | None":
        """None where the job is done, gone, or in the hands of a worker that is alive."""
        async with database.transaction(owner) as tx:
            claimed = await tx.jobs.claim(job, worker=worker, stale_after_seconds=STALE_AFTER)
            if claimed is None:
                return None
            known = await tx.chunks.hashes(claimed.file.id)
            await tx.commit()
        return cls(database, cache, feed, clock, owner, claimed, known)

    async def begin(self, step: ProcessingStep) -> None:
        self.step = step
        await self._report()
        await self._publish("processing")

    def see_pages(self, done: int, total: int) -> None:
        self.pages_done, self.pages_total = done, total

    async def stay_alive(self) -> NoReturn:
        """Tell of pages as they are done, and show signs of life, until cancelled."""
        published, silent = self.pages_done, 0.0
        while True:
            await asyncio.sleep(GLANCE)
            silent += GLANCE
            if self.step == "extract" and self.pages_done != published:
                published = self.pages_done
                await self._publish("processing")
            if silent >= HEARTBEAT:
                silent = 0.0
                try:
                    await self._report()
                except Unavailable as error:
                    log.warning("ingestion.heartbeat_failed", reason=error.detail)

    async def index(self, document: Document, chunks: Sequence[Chunk]) -> SearchIndex:
        """Before the transaction that completes the file, which nobody should have to wait for."""
        async with self.database.transaction(self.owner) as tx:
            return await tx.chunks.index(chunks, language=document.language)

    async def complete(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Sequence[Vector],
        index: SearchIndex,
        *,
        embedding_model: str,
    ) -> None:
        """The file is completed in the transaction that makes its chunks searchable, never before."""
        async with self.writing, self.database.transaction(self.owner) as tx:
            completed = await tx.jobs.complete(
                self.job.id,
                self.job.attempt,
                title=document.title,
                language=document.language,
                page_count=document.page_count,
                word_count=document.word_count,
                chunk_count=len(chunks),
                now=self.clock(),
            )
            if not completed:
                raise Superseded
            await tx.chunks.replace(
                self.job.file.id,
                chunks,
                vectors,
                embedding_model=embedding_model,
                language=document.language,
                index=index,
            )
            async with self.cache.changing(file_tag(self.owner, self.job.file.id)):
                await tx.commit()
            self.ended = True
        self.step = "completed"
        await self._publish("completed")

    async def fail(self, error: FileError) -> None:
        async with self.writing, self.database.transaction(self.owner) as tx:
            if not await tx.jobs.fail(self.job.id, self.job.attempt, error, now=self.clock()):
                raise Superseded
            async with self.cache.changing(file_tag(self.owner, self.job.file.id)):
                await tx.commit()
            self.ended = True
        await self._publish("failed", error)

    async def release(self) -> None:
        """Give the job back, so that nobody has to wait for our silence; where that fails, somebody waits."""
        try:
            async with self.database.transaction(self.owner) as tx:
                if await tx.jobs.release(self.job.id, self.job.attempt):
                    await tx.commit()
        except Unavailable as error:
            log.warning("ingestion.release_failed", reason=error.detail)

    async def _report(self) -> None:
        """The lock keeps reports in order: a sign of life never takes the file back to an earlier step."""
        async with self.writing:
            if self.ended:
                return
            async with self.database.transaction(self.owner) as tx:
                if not await tx.jobs.step(
                    self.job.id,
                    self.job.attempt,
                    self.step,
                    pages_done=self.pages_done,
                    pages_total=self.pages_total,
                ):
                    raise Superseded
                await tx.commit()

    async def _publish(self, status: FileStatus, error: FileError | None = None) -> None:
        progress = FileProgress(
            status=status,
            step=self.step,
            progress=PROGRESS[self.step],
            attempt=self.job.attempt,
            pages_done=self.pages_done,
            pages_total=self.pages_total,
            error=error,
        )
        await self.feed.publish(self.owner, self.job.file.id, progress)
