"""SAQ on Redis as the transport of jobs: fast where it works, and nothing is lost where it does not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Job, Status, Worker
from saq.queue.redis import RedisQueue
from saq.types import PartialTimersDict
from saq.utils import now, seconds

log = structlog.get_logger(__name__)

#: The function that messages name.
PROCESS_FILE = "process_file"

#: A run that takes longer (seconds) is stuck: extraction and embedding have limits of their own far below.
RUN_LIMIT = 1_800

#: For so long (seconds) a message may be on its way: taken from the list, not yet claimed in Postgres.
CLAIM_GRACE = 10

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0

#: A blocking read ends after so many seconds, and so many are given to a job that is cancelled.
BLOCKING_READ, CANCELLED_WITHIN = 10.0, 5.0

#: Seconds between SAQ's own rounds; nothing is ever scheduled, aborted or swept.
ROUNDS = PartialTimersDict(abort=60, sweep=3_600, schedule=3_600, worker_info=15)


class PatientQueue(RedisQueue):
    """SAQ's queue, waiting where Redis is down: SAQ's worker asks again at once, which keeps a core busy."""

    def __init__(self, redis: Redis, name: str = "learnx") -> None:
        super().__init__(redis, name=name)
        self._pause = FIRST_PAUSE

    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:
        try:
            job = await super().dequeue(timeout, poll_interval)
        except (RedisError, OSError) as error:
            log.warning("job_queue.unreachable", error=type(error).__name__, retry_in_seconds=self._pause)
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            return None
        self._pause = FIRST_PAUSE
        return job

    async def sweep(self, lock: int = 60, abort: float = 5.0) -> list[str]:
        """Nothing: SAQ's own aborts what was received this very moment, and forgets a job when it is killed midway."""
        return []

    async def is_waiting(self, message: Job) -> bool:
        return await self.redis.lpos(self.namespace("queued"), message.id) is not None


class SaqJobQueue:
    """Messages are keyed by their job, so that a waiting job is not queued twice.

    SAQ neither retries nor watches heartbeats here: a worker that dies leaves its message behind. Who offers the job
    again (only because Postgres says that it is due) finds the dead message and replaces it.
    """

    def __init__(self, queue: PatientQueue) -> None:
        self._queue = queue
        self._reachable = True

    async def offer(self, owner: UUID, job: UUID) -> None:
        try:
            if await self._enqueue(owner, job) is None and await self._discard_dead(owner, job):
                await self._enqueue(owner, job)
            self._reachable = True
        except (RedisError, OSError) as error:
            # Once an outage: the reconciler offers every waiting job, again and again.
            if self._reachable:
                log.warning("job_queue.offer_failed", job=str(job), error=type(error).__name__)
            self._reachable = False

    async def _enqueue(self, owner: UUID, job: UUID) -> Job | None:
        return await self._queue.enqueue(
            PROCESS_FILE, key=_key(owner, job), owner=str(owner), job_id=str(job), timeout=RUN_LIMIT, retries=1, ttl=-1
        )

    async def _discard_dead(self, owner: UUID, job: UUID) -> bool:
        message = await self._queue.job(_key(owner, job))
        if message is None or seconds(now() - max(message.queued, message.touched)) < CLAIM_GRACE:
            return False
        if message.status is Status.QUEUED and await self._queue.is_waiting(message):
            return False
        await self._queue.finish(message, Status.ABORTED, error="its worker is gone")
        return True


def _key(owner: UUID, job: UUID) -> str:
    """Of a message, which is gone when it has ended: nothing in Redis is to tell of who has left."""
    return f"{owner}:{job}"


class SaqJobReceiver:
    """SAQ's worker, without its signal handlers: the process decides when to stop."""

    def __init__(self, queue: PatientQueue, *, concurrency: int) -> None:
        self._queue = queue
        self._concurrency = concurrency

    async def receive(self, handle: Callable[[UUID, UUID], Awaitable[None]]) -> None:
        async def process_file(_: Any, *, owner: str, job_id: str) -> None:
            await handle(UUID(owner), UUID(job_id))

        worker = Worker[Any](
            self._queue,
            [(PROCESS_FILE, process_file)],
            concurrency=self._concurrency,
            dequeue_timeout=BLOCKING_READ,
            timers=ROUNDS,
            cancellation_hard_deadline_s=CANCELLED_WITHIN,
        )
        worker.SIGNALS = []
        await worker.start()
