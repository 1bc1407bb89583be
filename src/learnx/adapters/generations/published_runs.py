"""All generations that are written in this process, by id and by key."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any
from uuid import UUID

import structlog

from learnx.adapters.generations.event_log import EventLog
from learnx.adapters.generations.followed import FollowedGenerations
from learnx.adapters.generations.published_run import PublishedRun
from learnx.adapters.generations.redis_log import RedisLog
from learnx.adapters.generations.redis_trouble import RedisTrouble
from learnx.application.ports.generations import Write
from learnx.domain.generations import Job
from learnx.domain.lessons import LessonEvent

log = structlog.get_logger(__name__)

#: Seconds that the log of an ended generation stays here too, for readers who come back at once.
LINGER = 10.0


class PublishedRuns:
    """``admitting`` are those that were claimed and are not begun yet: id → token."""

    def __init__(
        self, redis: RedisLog, followed: FollowedGenerations, write: Write, *, coalesce_seconds: float
    ) -> None:
        self.admitting: dict[UUID, str] = {}
        self._redis = redis
        self._followed = followed
        self._write = write
        self._coalesce_seconds = coalesce_seconds
        self._runs: dict[UUID, PublishedRun] = {}
        self._by_key: dict[tuple[UUID, str], PublishedRun] = {}
        self._ended: dict[UUID, EventLog] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[PublishedRun]:
        return iter(list(self._runs.values()))

    @property
    def leases(self) -> dict[UUID, str]:
        return self.admitting | {generation_id: run.token for generation_id, run in self._runs.items()}

    def get(self, generation_id: UUID) -> PublishedRun | None:
        return self._runs.get(generation_id)

    def log_of(self, generation_id: UUID) -> EventLog | None:
        run = self._runs.get(generation_id)
        return run.log if run is not None else self._ended.get(generation_id)

    def with_key(self, owner: UUID, key: str) -> UUID | None:
        run = self._by_key.get((owner, key))
        return run.job.generation_id if run is not None else None

    def begin(self, job: Job, token: str, *, known: bool, epoch: int = 1, events: tuple[LessonEvent, ...] = ()) -> None:
        """Write it. Of a later epoch, ``events`` are there already, and those who follow it here go on with them."""
        event_log = self._followed.pop(job.generation_id) or EventLog(job.owner, job.generation_id)
        if epoch > event_log.epoch:  # else it was read from Redis already
            event_log.begin(epoch, events)
        run = PublishedRun(
            job,
            token,
            event_log,
            self._redis,
            self._write,
            self._changed,
            known=known,
            coalesce_seconds=self._coalesce_seconds,
        )
        self._runs[job.generation_id] = self._by_key[job.owner, job.key] = run
        self.spawn(run.announce())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _changed(self, run: PublishedRun) -> None:
        name = run.job.owner, run.job.key
        if self._by_key.get(name) is run:
            del self._by_key[name]
        if not run.fenced and not run.settled:
            return
        generation_id = run.job.generation_id
        if self._runs.get(generation_id) is run:
            del self._runs[generation_id]
            if run.fenced:
                self.spawn(self._leave_to_others(run))
            else:
                self._ended[generation_id] = run.log
                asyncio.get_running_loop().call_later(LINGER, self._ended.pop, generation_id, None)

    async def _leave_to_others(self, run: PublishedRun) -> None:
        log.warning("generation.fenced", generation_id=str(run.job.generation_id))
        self._followed.add(run.log)
        await run.run.abandon()
        try:
            await self._followed.catch_up(run.log)
        except RedisTrouble as trouble:
            log.warning("generations.unreadable", error=str(trouble), followed=1)
