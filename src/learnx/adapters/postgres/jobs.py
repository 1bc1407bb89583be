"""The runs that process files: claimed by one worker at a time, and fenced by their attempt from then on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from learnx.adapters.postgres.files import NOT_BEGUN, PostgresFiles
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.files import files
from learnx.adapters.postgres.tables.jobs import jobs
from learnx.application.ports.jobs import ClaimedJob
from learnx.domain.courses import PROGRESS, FileError, ProcessingStep

_OF_ITS_FILE = (jobs.c.owner_id == files.c.owner_id) & (jobs.c.file_id == files.c.id)

#: The database's clock is the only one that all workers share; that of the statement, not of its transaction.
_NOW = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class PostgresJobs:
    session: OwnedSession
    owner: UUID

    async def claim(self, job: UUID, *, worker: str, stale_after_seconds: float) -> ClaimedJob | None:
        silent_since = _NOW - func.make_interval(0, 0, 0, 0, 0, 0, stale_after_seconds)
        row = (
            await self.session.execute(
                select(jobs.c.attempt, jobs.c.tries, jobs.c.password)
                .select_from(files.join(jobs, _OF_ITS_FILE))
                .where(
                    files.c.owner_id == self.owner,
                    files.c.id == job,
                    or_(
                        (jobs.c.status == "due") & (jobs.c.due_at <= _NOW),
                        (jobs.c.status == "running") & (jobs.c.heartbeat_at < silent_since),
                    ),
                )
                .with_for_update(skip_locked=True, key_share=True)
            )
        ).one_or_none()
        if row is None:
            return None
        attempt, tries = row.attempt + 1, row.tries + 1
        await self._change_file(job, status="processing", attempt=attempt, **NOT_BEGUN)
        await self._change_job(job, status="running", attempt=attempt, tries=tries, worker=worker, heartbeat_at=_NOW)
        file = await PostgresFiles(self.session, self.owner).get(job)
        return ClaimedJob(id=job, file=file, attempt=attempt, tries=tries, password=row.password)

    async def heartbeat(self, job: UUID, attempt: int) -> bool:
        beaten = await self.session.execute(
            update(jobs)
            .where(
                jobs.c.owner_id == self.owner,
                jobs.c.file_id == job,
                jobs.c.attempt == attempt,
                jobs.c.status == "running",
            )
            .values(heartbeat_at=_NOW)
        )
        return bool(beaten.rowcount)

    async def step(
        self,
        job: UUID,
        attempt: int,
        step: ProcessingStep,
        *,
        pages_done: int | None = None,
        pages_total: int | None = None,
    ) -> bool:
        if not await self._hold(job, attempt):
            return False
        await self._change_file(job, step=step, progress=PROGRESS[step], pages_done=pages_done, pages_total=pages_total)
        await self._change_job(job, heartbeat_at=_NOW)
        return True

    async def release(self, job: UUID, attempt: int) -> bool:
        if not await self._hold(job, attempt):
            return False
        await self._change_job(job, status="due", tries=jobs.c.tries - 1, worker=None, heartbeat_at=None, due_at=_NOW)
        return True

    async def fail(self, job: UUID, attempt: int, error: FileError, *, now: datetime) -> bool:
        if not await self._hold(job, attempt):
            return False
        await self._change_file(job, status="failed", error=error, processed_at=now)
        await self._finish(job)
        return True

    async def complete(
        self,
        job: UUID,
        attempt: int,
        *,
        title: str | None,
        language: str | None,
        page_count: int | None,
        word_count: int,
        chunk_count: int,
        now: datetime,
    ) -> bool:
        if not await self._hold(job, attempt):
            return False
        await self._change_file(
            job,
            status="completed",
            ready=True,
            step="completed",
            progress=PROGRESS["completed"],
            error=None,
            title=title,
            language=language,
            page_count=page_count,
            word_count=word_count,
            chunk_count=chunk_count,
            processed_at=now,
        )
        await self._finish(job)
        return True

    async def _hold(self, job: UUID, attempt: int) -> bool:
        """Lock file and job for this run, in the order in which a deletion takes them; False where it is over."""
        held = await self.session.scalar(
            select(files.c.id)
            .select_from(files.join(jobs, _OF_ITS_FILE))
            .where(
                files.c.owner_id == self.owner,
                files.c.id == job,
                jobs.c.attempt == attempt,
                jobs.c.status == "running",
            )
            .with_for_update(key_share=True)
        )
        return held is not None

    async def _finish(self, job: UUID) -> None:
        await self._change_job(job, status="finished", password=None, heartbeat_at=None)

    async def _change_file(self, job: UUID, **values: Any) -> None:
        await self.session.execute(
            update(files).where(files.c.owner_id == self.owner, files.c.id == job).values(**values)
        )

    async def _change_job(self, job: UUID, **values: Any) -> None:
        await self.session.execute(
            update(jobs).where(jobs.c.owner_id == self.owner, jobs.c.file_id == job).values(**values)
        )
