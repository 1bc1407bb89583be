"""All that Redis has of one user, found by the id that every such key carries, so that an erasure leaves nothing."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from learnx.adapters.job_queue import PatientQueue
from learnx.domain.errors import Unavailable

#: Seconds for which nothing of an erased user's generations is written: longer than any of them lives.
FENCED_FOR = 86_400
#: Seconds that a worker has to notice that what it processes is nobody's any more, and between two looks if it has.
NOTICED_WITHIN, LOOK_EVERY = 6.0, 0.1
#: Keys that one step of a scan looks at.
AT_ONCE = 1_000


class RedisTraces:
    """A scan of all keys: a second for some million of them, once for each user who leaves.

    Generations are named by their own id: it stands in the sets that carry the owner's. They are fenced first, so that
    no server writes them anew. What a worker is just processing is waited for: its message is gone when it has stopped.
    """

    def __init__(self, redis: Redis, *, noticed_within: float = NOTICED_WITHIN) -> None:
        self._redis = redis
        self._queue = PatientQueue(redis)
        self._noticed_within = noticed_within

    async def remove(self, owner: UUID) -> None:
        async with _translated():
            await self._redis.set(fence(owner), 1, ex=FENCED_FOR)
            await self._end_messages(owner)
            keys = await self._keys(f"*{owner}*")
            generations = await self._generations(owner, keys)
            await self._forget(generations, keys)

    async def _keys(self, pattern: str) -> list[bytes]:
        return [key async for key in self._redis.scan_iter(match=pattern, count=AT_ONCE)]

    async def _end_messages(self, owner: UUID) -> None:
        messages = await self._keys(self._queue.job_id(f"{owner}:*"))
        queued, active = self._queue.namespace("queued"), self._queue.namespace("active")
        received = [message for message in messages if not await self._redis.lrem(queued, 0, message.decode())]
        for _ in range(round(self._noticed_within / LOOK_EVERY)):  # a worker that takes longer is dead
            if not (received and await self._redis.exists(*received)):
                break
            await asyncio.sleep(LOOK_EVERY)
        async with self._redis.pipeline(transaction=True) as transaction:
            for message in messages:
                transaction.lrem(active, 0, message.decode())
                transaction.zrem(self._queue.namespace("incomplete"), message)
                transaction.unlink(message)
            await transaction.execute()

    async def _generations(self, owner: UUID, keys: list[bytes]) -> list[str]:
        claims = [key for key in keys if key.startswith(b"learnx:generating:")]
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.smembers(f"learnx:generations:of:{owner}")
            pipeline.zrange(f"learnx:generations:ended:{owner}", 0, -1)
            if claims:
                pipeline.mget(claims)
            found = await pipeline.execute()
        return sorted({one.decode() for some in found for one in some if one is not None})

    async def _forget(self, generations: list[str], keys: list[bytes]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for generation in generations:
                name = f"learnx:generation:{generation}"
                pipeline.zrem("learnx:generations", generation)
                pipeline.unlink(name, f"{name}:log", f"{name}:readers")
            for key in keys:
                pipeline.unlink(key)
            await pipeline.execute()


def fence(owner: UUID) -> str:
    """The key that keeps the generations of an owner from being written; a hash, which tells of nobody."""
    return f"learnx:erased:{hashlib.sha1(str(owner).encode(), usedforsecurity=False).hexdigest()}"


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable("What is cached can't be reached at the moment.") from error
