"""Asks Postgres and Redis whether they are there, and the database whether it is as new as this code."""

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.migration import is_current
from learnx.application.ports.readiness import Check
from learnx.domain.errors import Unavailable


class ServerDependencies:
    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self._engine = engine
        self._redis = redis

    @property
    def essential(self) -> dict[str, Check]:
        return {"postgres": self._postgres}

    @property
    def optional(self) -> dict[str, Check]:
        return {"redis": self._ping}

    async def _postgres(self) -> None:
        if not await is_current(self._engine):
            raise Unavailable("The database is older than this code: run `learnx migrate`.")

    async def _ping(self) -> None:
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise Unavailable("Redis can't be reached.") from error
