"""What is kept of what was read, and what remembers that it was read."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide, provide_all
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from learnx.adapters.cache import RedisCache
from learnx.application.lesson_reading import LessonCache, ReadLesson, StreamLesson
from learnx.application.ports.cache import Cache
from learnx.application.ports.repositories import Database
from learnx.application.reads import LessonReads
from learnx.application.single_flight import SingleFlight
from learnx.settings import Settings

#: Seconds that a command to the cache may take: what it spares takes less.
CACHE_TIMEOUT = 0.5
#: More requests than that wait for each other, not for Redis.
CONNECTIONS = 32


class Caching(Provider):
    scope = Scope.APP

    @provide
    async def cache(self, settings: Settings) -> AsyncIterator[Cache]:
        if settings.redis_url is None:
            raise ValueError("the address of Redis is not known yet")
        pool = BlockingConnectionPool.from_url(
            settings.redis_url.reveal(),
            max_connections=CONNECTIONS,
            timeout=CACHE_TIMEOUT,
            socket_timeout=CACHE_TIMEOUT,
            socket_connect_timeout=CACHE_TIMEOUT,
            retry=Retry(NoBackoff(), 1),
        )
        async with Redis.from_pool(pool) as redis:
            cache = RedisCache(redis)
            yield cache
            await cache.aclose()

    @provide
    async def lesson_reads(self, database: Database) -> AsyncIterator[LessonReads]:
        reads = LessonReads(database)
        yield reads
        await reads.aclose()

    use_cases = provide_all(SingleFlight, LessonCache, ReadLesson, StreamLesson)
