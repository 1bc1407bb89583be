"""What goes through Redis: nothing that would be missed after a restart of it."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from learnx.adapters.file_progress import RedisProgressFeed
from learnx.adapters.job_queue import BLOCKING_READ, PatientQueue, SaqJobQueue, SaqJobReceiver
from learnx.application.ports.file_progress import ProgressFeed
from learnx.application.ports.job_queue import JobQueue, JobReceiver
from learnx.settings import Settings

#: Seconds that one command to Redis may take.
REDIS_TIMEOUT = 2.0


class Transport(Provider):
    scope = Scope.APP

    @provide
    async def redis(self, settings: Settings) -> AsyncIterator[Redis]:
        async with open_redis(settings, timeout=REDIS_TIMEOUT) as redis:
            yield redis

    @provide
    def job_queue(self, redis: Redis) -> JobQueue:
        return SaqJobQueue(PatientQueue(redis))

    @provide
    async def job_receiver(self, settings: Settings) -> AsyncIterator[JobReceiver]:
        # A client of its own: a blocking read ends by itself before the client gives it up.
        async with open_redis(settings, timeout=BLOCKING_READ + REDIS_TIMEOUT) as redis:
            yield SaqJobReceiver(PatientQueue(redis), concurrency=settings.worker_concurrency)

    @provide
    def progress_feed(self, redis: Redis) -> ProgressFeed:
        return RedisProgressFeed(redis)


def open_redis(settings: Settings, *, timeout: float) -> Redis:
    """One retry, at once, for a connection that the server has closed meanwhile; beyond that, callers decide."""
    if settings.redis_url is None:
        raise ValueError("the address of Redis is not known yet")
    return Redis.from_url(
        settings.redis_url.reveal(),
        socket_timeout=timeout,
        socket_connect_timeout=REDIS_TIMEOUT,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )
