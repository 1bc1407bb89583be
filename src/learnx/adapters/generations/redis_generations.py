"""Generations that any API server can start, follow, stop and go on with: their truth is a log in Redis."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from uuid import UUID

import structlog
from redis.asyncio import Redis

from learnx.adapters.generations.endings import CANCELLED, DRAINED
from learnx.adapters.generations.event_log import EventLog
from learnx.adapters.generations.followed import SILENT, FollowedGenerations
from learnx.adapters.generations.published_runs import PublishedRuns
from learnx.adapters.generations.redis_log import RedisLog
from learnx.adapters.generations.redis_trouble import RedisTrouble
from learnx.adapters.generations.single_flight import SingleFlight
from learnx.adapters.generations.upkeep import Orphans, Upkeep
from learnx.application.ports.generations import StreamPosition, Write
from learnx.domain.errors import NotAuthenticated, NotFound, Unavailable
from learnx.domain.generations import Job
from learnx.domain.lessons import Completed, LessonEvent

log = structlog.get_logger(__name__)

#: Seconds between two looks at a generation that another server is about to start, and how long that may take.
ADMISSION_POLL, ADMISSION_LIMIT = 0.02, 30.0

ERASED = "This account does not exist any more."

#: Seconds that a log which seems shorter than what a reader has read is given to grow.
BEHIND = 1.0


class RedisGenerations:
    """The port ``Generations`` for any number of API servers on one Redis.

    A server that has not renewed its leases for ``lease_seconds`` is taken to be dead, and another goes on in a new
    epoch. Redis being away costs nobody who reads where the lesson is written anything; the log is published when it
    is back. ``orphans`` is what becomes of a generation that nobody has followed for ``grace_seconds``. Ended logs are
    kept for ``log_ttl_seconds``. ``blocking_redis`` is for reads that wait up to 100 ms.
    """

    def __init__(
        self,
        redis: Redis,
        blocking_redis: Redis,
        write: Write,
        *,
        lease_seconds: float = 6.0,
        heartbeat_seconds: float = 1.0,
        log_ttl_seconds: float = 3600,
        grace_seconds: float = 60,
        orphans: Orphans = "finish",
        drain_seconds: float = 3.0,
        coalesce_seconds: float = 0.05,
    ) -> None:
        self._redis = RedisLog(redis, lease_seconds=lease_seconds, log_ttl_seconds=log_ttl_seconds)
        self._followed = FollowedGenerations(self._redis, blocking_redis)
        self._runs = PublishedRuns(self._redis, self._followed, write, coalesce_seconds=coalesce_seconds)
        self._upkeep = Upkeep(
            self._redis,
            self._runs,
            self._followed,
            heartbeat_seconds=heartbeat_seconds,
            grace_seconds=grace_seconds,
            orphans=orphans,
        )
        self._starts = SingleFlight[tuple[UUID, str], UUID]()
        self._fetches = SingleFlight[UUID, EventLog]()
        self._drain_seconds = drain_seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look after what runs here and to take over what others left. The first use does it too."""
        if self._task is None and not self._upkeep.closing:
            self._task = asyncio.create_task(self._upkeep.run(), name="generations-upkeep")

    async def start_or_join(self, job: Job, admit: Callable[[], Awaitable[None]]) -> UUID:
        await self.start()
        if self._upkeep.closing:
            raise Unavailable(DRAINED.detail)
        return await self._starts(
            (job.owner, job.key),
            lambda: self._runs.with_key(job.owner, job.key),
            lambda: self._claim_and_begin(job, admit),
        )

    async def _claim_and_begin(self, job: Job, admit: Callable[[], Awaitable[None]]) -> UUID:
        token = secrets.token_hex(16)
        known = True
        try:
            claimed = await self._claimed(job, token)
            if claimed != job.generation_id:
                return claimed
        except RedisTrouble as trouble:
            log.warning("generation.unclaimed", generation_id=str(job.generation_id), error=str(trouble))
            known = False
        self._runs.admitting[job.generation_id] = token
        try:
            await admit()
        except Exception:
            await self._withdraw(job, token)
            raise
        finally:
            del self._runs.admitting[job.generation_id]
        self._runs.begin(job, token, known=known)
        return job.generation_id

    async def _claimed(self, job: Job, token: str) -> UUID:
        """The generation that has the key. One that another server is about to start is waited for."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + ADMISSION_LIMIT
        while clock() < deadline:
            claimed, state = await self._redis.claim(job, token)
            if state == "erased":
                raise NotAuthenticated(ERASED)
            if state != "admitting":
                return claimed
            await asyncio.sleep(ADMISSION_POLL)
        raise Unavailable("This lesson can't be started at the moment. Ask for it again.")

    async def _withdraw(self, job: Job, token: str) -> None:
        try:
            await self._redis.withdraw(job.generation_id, token)
        except RedisTrouble as trouble:  # the lease ends by itself
            log.warning("generation.not_withdrawn", generation_id=str(job.generation_id), error=str(trouble))

    async def follow(
        self, owner: UUID, generation_id: UUID, *, after: StreamPosition | None = None
    ) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None] | None:
        await self.start()
        event_log = await self._fetches(
            generation_id,
            lambda: self._runs.log_of(generation_id) or self._followed.get(generation_id),
            lambda: self._fetch(generation_id),
        )
        if event_log.owner != owner:
            raise NotFound("generation")
        if after is not None and not event_log.over:
            await event_log.reached(after, within=BEHIND)
        place = event_log.place(after)
        return event_log.read(place) if place is not None else None

    async def _fetch(self, generation_id: UUID) -> EventLog:
        knew_since = self._upkeep.born
        try:
            known, born = await self._redis.read(generation_id)
        except RedisTrouble as trouble:
            raise Unavailable(SILENT) from trouble
        if known is None:
            if self._upkeep.recovering or knew_since not in (None, born):
                raise Unavailable(SILENT)
            raise NotFound("generation")
        event_log = EventLog(known.owner, generation_id, epoch=known.epoch, events=known.events)
        return event_log if event_log.over else self._followed.add(event_log)

    async def stored_of(self, owner: UUID, generation_id: UUID) -> UUID | None:
        event_log = self._runs.log_of(generation_id)
        if event_log is not None:
            last = event_log.events[-1] if event_log.owner == owner and event_log.events else None
            return last.stored_id if isinstance(last, Completed) else None
        try:
            return await self._redis.stored_of(owner, generation_id)
        except RedisTrouble as trouble:
            raise Unavailable(SILENT) from trouble

    async def running(self, owner: UUID) -> list[Job]:
        try:
            jobs = await self._redis.running(owner)
        except RedisTrouble as trouble:
            raise Unavailable("What is being written can't be listed at the moment. Try again.") from trouble
        here = [run.job for run in self._runs if run.job.owner == owner and not run.log.over]
        by_id = {job.generation_id: job for job in (*jobs, *here)}
        return sorted(by_id.values(), key=lambda job: (job.started_at, job.generation_id), reverse=True)

    async def stop(self, owner: UUID, generation_id: UUID) -> None:
        run = self._runs.get(generation_id)
        if run is not None and run.job.owner == owner and not run.log.over:
            await run.run.end(CANCELLED)
            return
        try:
            stopped = await self._redis.stop(owner, generation_id, CANCELLED)
        except RedisTrouble as trouble:
            raise Unavailable("This lesson can't be stopped at the moment. Try again.") from trouble
        if not stopped:
            raise NotFound("generation")

    async def aclose(self) -> None:
        """What has not ended after ``drain_seconds`` is handed over; those who read it here are told to come back."""
        self._upkeep.closing = True
        await self._starts.aclose(within=self._drain_seconds)
        await asyncio.gather(*(run.run.ended(within=self._drain_seconds) for run in self._runs))
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        left = [run for run in self._runs if not run.log.over]
        await asyncio.gather(*(run.run.abandon() for run in left))
        handed_over = await self._hand_over({run.job.generation_id: run.token for run in left})
        for run in left:
            if handed_over and not run.detached:
                run.log.lose(DRAINED.detail)
            else:
                run.log.extend([DRAINED])
        await self._runs.aclose()
        await self._followed.aclose(DRAINED.detail)

    async def _hand_over(self, runs: dict[UUID, str]) -> bool:
        try:
            if runs:
                await self._redis.hand_over(runs)
        except RedisTrouble as trouble:
            log.warning("generations.not_handed_over", error=str(trouble), count=len(runs))
            return False
        return True
