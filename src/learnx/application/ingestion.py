"""Turns an uploaded file into searchable chunks, in steps that can be watched, repeated, and taken over by another."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NewType
from uuid import UUID

import structlog

from learnx.application.files import blob_key
from learnx.application.ingestion_attempt import STALE_AFTER, Attempt, Superseded
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.cache import Cache
from learnx.application.ports.database import Database
from learnx.application.ports.due_jobs import DueJobs
from learnx.application.ports.embeddings import Embedder, TokenCounter
from learnx.application.ports.extraction import Extractor
from learnx.application.ports.file_progress import ProgressFeed
from learnx.application.ports.job_queue import JobQueue
from learnx.application.vectors import embedded
from learnx.domain.chunking import chunk_document, embedding_text
from learnx.domain.cleaning import clean
from learnx.domain.courses import FileError
from learnx.domain.documents import Chunk, Document
from learnx.domain.errors import NotFound, ProcessingFailed, ProviderError, Unavailable

log = structlog.get_logger(__name__)

WorkFolder = NewType("WorkFolder", Path)
"""Where a run keeps its copy of the document, and nothing for longer than the run."""

#: A document that has ended so many runs without a result is given up.
MAX_TRIES = 4

#: Seconds between two tries to reach a store that is down.
STORE_PAUSE = 5.0

#: As many due jobs as are offered at once.
OFFERED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ProcessFile:
    """One attempt at one job, from its claim to ``completed``, ``failed``, or its return.

    Cancelled, it gives the job back. Where Postgres is down, or after an error that nobody foresaw, it just ends: the
    job falls due again once its silence is noticed, and is given up after ``MAX_TRIES``. Old chunks serve until the
    new ones replace them.
    """

    database: Database
    cache: Cache
    blobs: BlobStore
    extractor: Extractor
    embedder: Embedder
    tokens: TokenCounter
    feed: ProgressFeed
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    folder: WorkFolder

    async def __call__(self, owner: UUID, job: UUID, *, worker: str) -> None:
        with structlog.contextvars.bound_contextvars(file=str(job)):
            try:
                attempt = await Attempt.claim(self.database, self.cache, self.feed, self.clock, owner, job, worker)
                if attempt is not None:
                    with structlog.contextvars.bound_contextvars(attempt=attempt.job.attempt):
                        await self._run(attempt)
            except Unavailable as error:
                log.warning("ingestion.interrupted", reason=error.detail)

    async def _run(self, attempt: Attempt) -> None:
        started = self.clock()
        log.info("ingestion.started", size_bytes=attempt.job.file.size_bytes)
        try:
            error = await self._while_alive(attempt)
        except Superseded:
            log.info("ingestion.superseded", step=attempt.step)
        except asyncio.CancelledError:
            await attempt.release()
            log.info("ingestion.cancelled", step=attempt.step)
            raise
        except Unavailable:
            raise
        except Exception:
            log.exception("ingestion.crashed", step=attempt.step)
        else:
            seconds = round((self.clock() - started).total_seconds(), 3)
            if error is None:
                log.info("ingestion.finished", seconds=seconds, pages=attempt.pages_total)
            else:
                log.warning("ingestion.failed", seconds=seconds, step=attempt.step, code=error.code)

    async def _while_alive(self, attempt: Attempt) -> FileError | None:
        """The outcome of the work; it is cancelled once its signs of life are no longer accepted."""
        work = asyncio.create_task(self._outcome(attempt))
        life = asyncio.create_task(attempt.stay_alive())
        try:
            await asyncio.wait({work, life}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else life.result()
        finally:
            work.cancel()
            life.cancel()
            await asyncio.gather(work, life, return_exceptions=True)

    async def _outcome(self, attempt: Attempt) -> FileError | None:
        try:
            await self._steps(attempt)
        except ProcessingFailed as refused:
            error = FileError(code=refused.code, detail=refused.detail)
        except ProviderError as refused:
            log.warning("ingestion.embedding_failed", reason=refused.detail)
            error = FileError(
                code="embedding_failed",
                detail="The document was read, but could not be made searchable: process it again in a few minutes.",
            )
        else:
            return None
        await attempt.fail(error)
        return error

    async def _steps(self, attempt: Attempt) -> None:
        if attempt.job.tries > MAX_TRIES:
            raise ProcessingFailed("internal", "This document can't be processed: save it anew, or as another format.")
        document = await self._extracted(attempt)
        await attempt.begin("chunk")
        document, chunks = await asyncio.to_thread(self._chunked, attempt, document)
        if not chunks:
            raise ProcessingFailed("no_text", "No text was found: if this is a scan, run text recognition (OCR) on it.")
        await attempt.begin("embed")
        vectors, index = await asyncio.gather(
            embedded(self.embedder, [embedding_text(chunk) for chunk in chunks]), attempt.index(document, chunks)
        )
        await attempt.begin("store")
        await attempt.complete(document, chunks, vectors, index, embedding_model=self.embedder.model)

    async def _extracted(self, attempt: Attempt) -> Document:
        file = attempt.job.file
        # Without a name: it is gone with this process, however that ends.
        with tempfile.TemporaryFile(dir=self.folder) as copy:
            path = Path(f"/proc/self/fd/{copy.fileno()}")
            await attempt.begin("download")
            await self._download(blob_key(attempt.owner, file.id), path)
            await attempt.begin("extract")
            return await self.extractor.extract(
                path, filename=file.filename, password=attempt.job.password, on_pages=attempt.see_pages
            )

    async def _download(self, key: str, path: Path) -> None:
        """A store that is down is waited for: nothing else could be processed meanwhile, and no try is used up."""
        while True:
            try:
                return await self.blobs.download(key, path)
            except NotFound:
                raise ProcessingFailed("deleted", "The stored document is gone: upload it again.") from None
            except Unavailable as error:
                log.warning("ingestion.store_unavailable", reason=error.detail, retry_in_seconds=STORE_PAUSE)
                await asyncio.sleep(STORE_PAUSE)

    def _chunked(self, attempt: Attempt, document: Document) -> tuple[Document, tuple[Chunk, ...]]:
        cleaned = clean(document)
        chunks = chunk_document(
            cleaned,
            file_id=attempt.job.file.id,
            new_id=self.new_id,
            known=attempt.known,
            count_tokens=self.tokens.count_tokens,
        )
        return cleaned, chunks


@dataclass(frozen=True, slots=True)
class OfferDueJobs:
    """Brings back what the queue has lost: jobs that nobody was told of, and those whose worker fell silent."""

    due_jobs: DueJobs
    queue: JobQueue

    async def __call__(self) -> int:
        """How many were offered; most of them may be queued already. Postgres unreachable: ``Unavailable``."""
        due = await self.due_jobs.due(stale_after_seconds=STALE_AFTER, limit=OFFERED_AT_ONCE)
        for found in due:
            await self.queue.offer(found.owner, found.job)
        return len(due)
