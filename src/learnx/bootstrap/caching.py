"""What is kept of what was read, and what remembers that it was read."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide, provide_all
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from learnx.adapters.cache import RedisCache
from learnx.adapters.rate_limiter import RedisRateLimiter
from learnx.application.lesson_reading import LessonCache, ReadLesson, StreamLesson
from learnx.application.ports.cache import Cache
from learnx.application.ports.database import Database
from learnx.application.reads import LessonReads
from learnx.application.single_flight import SingleFlight
from learnx.settings import Settings


class Caching(Provider):
    scope = Scope.APP

    @provide
    async def cache(self, settings: Settings, limiter: RedisRateLimiter) -> AsyncIterator[Cache]:
        if settings.redis_url is None:
            raise ValueError("the address of Redis is not known yet")
        url = settings.redis_url.reveal()
        # The cache limits by itself how long a command may take.
        async with Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=None, retry=Retry(NoBackoff(), 1)
        ) as redis:
            cache = RedisCache(redis, on_failure=limiter.distrust)
            limiter.on_failure = cache.distrust  # nobody waits twice to find out that Redis is away
            yield cache
            await cache.aclose()

    @provide
    async def lesson_reads(self, database: Database) -> AsyncIterator[LessonReads]:
        reads = LessonReads(database)
        yield reads
        await reads.aclose()

    @provide
    async def flights(self) -> AsyncIterator[SingleFlight]:
        flights = SingleFlight()
        yield flights
        await flights.aclose()

    use_cases = provide_all(LessonCache, ReadLesson, StreamLesson)
