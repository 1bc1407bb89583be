"""Takes a document in: once it is answered, the bytes are kept and the job is certain to run."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from learnx.application.files import blob_key
from learnx.application.idempotency import Once, keep, recall
from learnx.application.ports.blob_store import BlobStore, StoredBlob
from learnx.application.ports.database import Database, Transaction
from learnx.application.ports.job_queue import JobQueue
from learnx.application.rate_limits import AdmitUpload
from learnx.domain.activity import Activity
from learnx.domain.courses import INBOX, Course, File, Module
from learnx.domain.errors import Conflict, InvalidInput, UnsupportedMediaType
from learnx.domain.identity import Principal
from learnx.domain.media_types import clean_filename, sniff

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """``content`` is read once; ``password``, of an encrypted document, is asked for after its end."""

    filename: str
    content: AsyncIterator[bytes]
    password: Callable[[], str | None] = lambda: None


class _TakenBefore(Exception):
    """The same upload was accepted before, as ``file``: this one leaves nothing."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self.file = file


@dataclass(frozen=True, slots=True)
class UploadFile:
    """Bytes first, then file, job and activity in one transaction; where anything fails, the bytes go again."""

    database: Database
    blobs: BlobStore
    queue: JobQueue
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    max_upload_bytes: int
    admit: AdmitUpload

    async def __call__(
        self, principal: Principal, module_id: UUID | None, incoming: IncomingFile, *, once: Once | None = None
    ) -> File:
        """Into the Inbox where no module is given. ``NotFound``, ``Conflict`` (archived), ``PayloadTooLarge``,
        ``InvalidInput`` (no bytes) or ``UnsupportedMediaType``; and as ``AdmitUpload`` does. What is refused is not
        counted."""
        owner, file_id = principal.user_id, self.new_id()
        try:
            if once is not None and await self._is_known(owner, once):
                file = await self._taken_in(owner, file_id, module_id, incoming, once)
            else:
                async with self.admit(owner, file_id):
                    file = await self._taken_in(owner, file_id, module_id, incoming, once)
        except _TakenBefore as taken:
            return taken.file
        await self.queue.offer(owner, file.id)
        log.info("files.added", file=str(file.id), size=file.size_bytes, media_type=file.media_type)
        return file

    async def _is_known(self, owner: UUID, once: Once) -> bool:
        """What was taken before does not count again, though it has to be read to know that it is the same."""
        async with self.database.transaction(owner) as tx:
            return await tx.idempotency.begin(once.operation, once.key_hash, now=self.clock()) is not None

    async def _taken_in(
        self, owner: UUID, file_id: UUID, module_id: UUID | None, incoming: IncomingFile, once: Once | None
    ) -> File:
        if module_id is not None:
            async with self.database.transaction(owner) as tx:
                await _open_module(tx, module_id)
        key = blob_key(owner, file_id)
        stored = await self.blobs.put(key, incoming.content, limit=self.max_upload_bytes)
        try:
            return await self._keep(owner, file_id, module_id, incoming, stored, once)
        except BaseException:
            await asyncio.shield(self.blobs.delete(key))
            raise

    async def _keep(
        self,
        owner: UUID,
        file_id: UUID,
        module_id: UUID | None,
        incoming: IncomingFile,
        stored: StoredBlob,
        once: Once | None,
    ) -> File:
        filename = clean_filename(incoming.filename)
        media_type = _media_type(stored, filename)
        if once is not None:
            once.sends(incoming.filename, stored.sha256)
        module_id = module_id or await self._inbox(owner)
        now = self.clock()
        async with self.database.transaction(owner) as tx:
            before: File | None = await recall(tx, once, File, now)
            if before is not None:
                raise _TakenBefore(before)
            module = await _open_module(tx, module_id)
            file = File(
                id=file_id,
                module_id=module.id,
                course_id=module.course_id,
                filename=filename,
                media_type=media_type,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                created_at=now,
            )
            await tx.files.add(file, password=incoming.password())
            await tx.activities.add(Activity(id=self.new_id(), kind="file_added", at=file.created_at, file_id=file_id))
            await keep(tx, once, file, now)
            await tx.commit()
            return file

    async def _inbox(self, owner: UUID) -> UUID:
        """In a transaction of its own: the loser of two that make it at once takes the winner's."""
        async with self.database.transaction(owner) as tx:
            existing = await tx.courses.inbox()
        if existing is not None:
            return existing[1].id
        now = self.clock()
        course = Course(id=self.new_id(), title=INBOX, created_at=now, updated_at=now)
        module = Module(id=self.new_id(), course_id=course.id, title=INBOX, position=0, created_at=now, updated_at=now)
        try:
            async with self.database.transaction(owner) as tx:
                await tx.courses.add_inbox(course, module)
                await tx.commit()
        except Conflict:
            return await self._inbox(owner)
        return module.id


async def _open_module(tx: Transaction, module_id: UUID) -> Module:
    module = await tx.modules.get(module_id)
    if (await tx.courses.get(module.course_id)).archived:
        raise Conflict("The course is archived: restore it before you upload into it.")
    return module


def _media_type(stored: StoredBlob, filename: str) -> str:
    if stored.size_bytes == 0:
        raise InvalidInput("The file is empty.", [("/file", "has no bytes")])
    media_type = sniff(stored.head, filename)
    if media_type is None:
        raise UnsupportedMediaType(
            "This is no kind of document that can be read here: send PDF, DOCX, PPTX, Markdown, HTML or plain text."
        )
    return media_type
