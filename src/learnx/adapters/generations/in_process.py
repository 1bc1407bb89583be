"""Generations that live in this process: what runs here is known nowhere else, and ends with it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from uuid import UUID

from learnx.adapters.generations.endings import CANCELLED, DRAINED
from learnx.adapters.generations.event_log import EventLog
from learnx.adapters.generations.local_run import LocalRun
from learnx.adapters.generations.single_flight import SingleFlight
from learnx.application.ports.generations import StreamPosition, Write
from learnx.domain.errors import NotFound
from learnx.domain.generations import Job
from learnx.domain.lessons import Completed, LessonEvent, Restarted


class InProcessGenerations:
    """The port ``Generations`` for a single API process; a generation goes on without readers until it is whole.

    ``log_ttl_seconds`` is how long an ended generation can still be followed. ``Delta``s of one sentence are merged
    within ``coalesce_seconds``.
    """

    def __init__(self, write: Write, *, log_ttl_seconds: float = 3600, coalesce_seconds: float = 0.05) -> None:
        self._write = write
        self._log_ttl_seconds = log_ttl_seconds
        self._coalesce_seconds = coalesce_seconds
        self._starts = SingleFlight[tuple[UUID, str], UUID]()
        self._logs: dict[UUID, EventLog] = {}
        self._running: dict[tuple[UUID, str], tuple[Job, LocalRun]] = {}

    async def start_or_join(self, job: Job, admit: Callable[[], Awaitable[None]]) -> UUID:
        async def start() -> UUID:
            await admit()
            self._begin(job)
            return job.generation_id

        def joined() -> UUID | None:
            running = self._running.get((job.owner, job.key))
            return running[0].generation_id if running is not None else None

        return await self._starts((job.owner, job.key), joined, start)

    def _begin(self, job: Job) -> None:
        log = self._logs[job.generation_id] = EventLog(job.owner, job.generation_id)

        async def deliver(batch: list[LessonEvent]) -> None:
            if isinstance(batch[0], Restarted):
                log.begin(log.epoch + 1, batch)
            else:
                log.extend(batch)
            if log.over:
                self._running.pop((job.owner, job.key), None)
                asyncio.get_running_loop().call_later(self._log_ttl_seconds, self._logs.pop, job.generation_id, None)

        run = LocalRun(job, self._write, deliver, coalesce_seconds=self._coalesce_seconds)
        self._running[job.owner, job.key] = job, run

    async def follow(
        self, owner: UUID, generation_id: UUID, *, after: StreamPosition | None = None
    ) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None] | None:
        log = self._logs.get(generation_id)
        if log is None or log.owner != owner:
            raise NotFound("generation")
        place = log.place(after)
        return log.read(place) if place is not None else None

    async def stored_of(self, owner: UUID, generation_id: UUID) -> UUID | None:
        log = self._logs.get(generation_id)
        last = log.events[-1] if log is not None and log.owner == owner and log.events else None
        return last.stored_id if isinstance(last, Completed) else None

    async def running(self, owner: UUID) -> list[Job]:
        jobs = [job for job, _ in self._running.values() if job.owner == owner]
        return sorted(jobs, key=lambda job: (job.started_at, job.generation_id), reverse=True)

    async def stop(self, owner: UUID, generation_id: UUID) -> None:
        for job, run in self._running.values():
            if job.owner == owner and job.generation_id == generation_id:
                await run.end(CANCELLED)
                return
        raise NotFound("generation")

    async def aclose(self) -> None:
        await asyncio.gather(*(run.end(DRAINED) for _, run in self._running.values()))
