"""SAQ on Redis as the transport of jobs: fast where it works, and nothing is lost where it does not."""

import asyncio
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Job, Status
from saq.queue.redis import RedisQueue
from saq.utils import now, seconds

log = structlog.get_logger(__name__)

#: The function that workers register.
PROCESS_FILE = "process_file"

#: A run that takes longer (seconds) is stuck: extraction and embedding have limits of their own far below.
RUN_LIMIT = 1_800

#: For so long (seconds) a worker may take between receiving a job and claiming it in Postgres.
CLAIM_GRACE = 10

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0


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


class SaqJobQueue:
    """Messages are keyed by their job, so that a waiting job is not queued twice.

    SAQ neither retries nor watches heartbeats here: a worker that dies leaves its message marked active. Whoever offers
    the job again (only because Postgres says that it is due) finds the dead message and replaces it.
    """

    def __init__(self, queue: RedisQueue) -> None:
        self._queue = queue

    async def offer(self, owner: UUID, job: UUID) -> None:
        try:
            if await self._enqueue(owner, job) is None and await self._discard_dead(job):
                await self._enqueue(owner, job)
        except (RedisError, OSError) as error:
            log.warning("job_queue.offer_failed", job=str(job), error=type(error).__name__)

    async def _enqueue(self, owner: UUID, job: UUID) -> Job | None:
        return await self._queue.enqueue(
            PROCESS_FILE, key=str(job), owner=str(owner), job_id=str(job), timeout=RUN_LIMIT, retries=1, ttl=60
        )

    async def _discard_dead(self, job: UUID) -> bool:
        message = await self._queue.job(str(job))
        if message is None or message.status is not Status.ACTIVE or seconds(now() - message.touched) < CLAIM_GRACE:
            return False
        await self._queue.finish(message, Status.ABORTED, error="its worker is gone")
        return True
