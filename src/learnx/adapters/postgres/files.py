"""Files, each added and restarted together with the job that processes it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, delete, func, insert, select, tuple_, update

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.files import files
from learnx.adapters.postgres.tables.jobs import jobs
from learnx.adapters.postgres.tables.modules import modules
from learnx.application.ports.paging import Page
from learnx.domain.courses import File, FileError, FileProgress, FileStatus, check_transition
from learnx.domain.errors import Conflict, NotFound

#: What a file's row says of a run that has not begun.
NOT_BEGUN: dict[str, object] = {
    "step": None,
    "progress": 0,
    "pages_done": None,
    "pages_total": None,
    "error": None,
}


@dataclass(frozen=True, slots=True)
class PostgresFiles:
    session: OwnedSession
    owner: UUID

    async def add(self, file: File, *, password: str | None = None) -> None:
        row = {name: getattr(file, name) for name in File.__struct_fields__ if name != "course_id"}
        await self.session.execute(insert(files).values(owner_id=self.owner, **row))
        await self.session.execute(
            insert(jobs).values(
                owner_id=self.owner,
                file_id=file.id,
                status="due",
                attempt=file.attempt,
                tries=0,
                password=password,
                due_at=func.clock_timestamp(),
            )
        )

    async def get(self, file: UUID) -> File:
        row = (await self.session.execute(self._mine().where(files.c.id == file))).one_or_none()
        if row is None:
            raise NotFound("file")
        return to_file(row)

    async def update_place(self, file: File) -> None:
        changed = await self.session.execute(
            update(files)
            .where(files.c.owner_id == self.owner, files.c.id == file.id)
            .values(filename=file.filename, module_id=file.module_id)
        )
        if not changed.rowcount:
            raise NotFound("file")

    async def delete(self, file: UUID) -> None:
        deleted = await self.session.execute(delete(files).where(files.c.owner_id == self.owner, files.c.id == file))
        if not deleted.rowcount:
            raise NotFound("file")

    async def page(self, page: Page, *, module: UUID | None = None, status: FileStatus | None = None) -> list[File]:
        key = tuple_(files.c.created_at, files.c.id)
        after = None if page.after is None else moment_and_id(page.after)
        question = self._mine().limit(page.limit)
        if status is not None:
            question = question.where(files.c.status == status)
        if module is None:
            question = question.order_by(files.c.created_at.desc(), files.c.id.desc())
            question = question if after is None else question.where(key < after)
        else:
            question = question.where(files.c.module_id == module).order_by(files.c.created_at, files.c.id)
            question = question if after is None else question.where(key > after)
        return [to_file(row) for row in await self.session.execute(question)]

    async def ids_in(self, *, course: UUID | None = None, module: UUID | None = None) -> list[UUID]:
        question = self._mine().with_only_columns(files.c.id).order_by(files.c.created_at, files.c.id)
        if course is not None:
            question = question.where(modules.c.course_id == course)
        if module is not None:
            question = question.where(files.c.module_id == module)
        return [row.id for row in await self.session.execute(question)]

    async def progress(self, file: UUID) -> FileProgress:
        row = (
            await self.session.execute(select(files).where(files.c.owner_id == self.owner, files.c.id == file))
        ).one_or_none()
        if row is None:
            raise NotFound("file")
        return FileProgress(
            status=row.status,
            step=row.step,
            progress=row.progress,
            attempt=row.attempt,
            pages_done=row.pages_done,
            pages_total=row.pages_total,
            error=_error(row),
        )

    async def restart(self, file: UUID) -> File:
        check_transition((await self.get(file)).status, "pending")
        # The row of the file is locked before that of its job, as everywhere.
        await self.session.execute(
            update(files)
            .where(files.c.owner_id == self.owner, files.c.id == file)
            .values(status="pending", **NOT_BEGUN)
        )
        restarted = await self.session.execute(
            update(jobs)
            .where(jobs.c.owner_id == self.owner, jobs.c.file_id == file, jobs.c.status == "finished")
            .values(status="due", tries=0, worker=None, heartbeat_at=None, due_at=func.clock_timestamp())
        )
        if not restarted.rowcount:
            raise Conflict("This file is being processed already.")
        return await self.get(file)

    def _mine(self) -> Select[Any]:
        return (
            select(files, modules.c.course_id)
            .join(modules, (modules.c.owner_id == files.c.owner_id) & (modules.c.id == files.c.module_id))
            .where(files.c.owner_id == self.owner)
        )


def to_file(row: Row[Any]) -> File:
    """From the columns of ``files`` and the module's ``course_id``."""
    return File(**{name: getattr(row, name) for name in File.__struct_fields__ if name != "error"}, error=_error(row))


def _error(row: Row[Any]) -> FileError | None:
    return None if row.error is None else msgspec.convert(row.error, FileError)
