"""Runs of jobs, and what each may write until another supersedes it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from learnx.domain.courses import File, FileError, ProcessingStep
from learnx.domain.values import Value


class ClaimedJob(Value):
    """A run of a job; ``attempt`` fences every write of that run, and never falls.

    ``tries`` counts the runs since the file was added or restarted, this one included; not those given back.
    """

    id: UUID
    file: File
    attempt: int
    tries: int = 1
    password: str | None = None


class Jobs(Protocol):
    """The processing of files. Every method but ``claim`` returns False where the run was superseded, ended or its file
    deleted: then the run must stop."""

    async def claim(self, job: UUID, *, worker: str, stale_after_seconds: float) -> ClaimedJob | None:
        """Take the job if it is due or its worker has been silent for so long; its attempt rises by one."""
        ...

    async def heartbeat(self, job: UUID, attempt: int) -> bool: ...
    async def step(
        self,
        job: UUID,
        attempt: int,
        step: ProcessingStep,
        *,
        pages_done: int | None = None,
        pages_total: int | None = None,
    ) -> bool:
        """Counts as a heartbeat."""
        ...

    async def release(self, job: UUID, attempt: int) -> bool:
        """Give the job back: it is due at once, and whoever claims it next begins anew."""
        ...

    async def fail(self, job: UUID, attempt: int, error: FileError, *, now: datetime) -> bool: ...
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
    ) -> bool: ...
