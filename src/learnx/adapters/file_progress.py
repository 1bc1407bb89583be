"""Live progress over Redis publish/subscribe, so that whoever watches a file sees each step as it begins."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from learnx.domain.courses import FileProgress

log = structlog.get_logger(__name__)

#: Seconds of silence after which a watcher is told to look into Postgres.
QUIET = 1.0

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(FileProgress).decode


class RedisProgressFeed:
    """One channel a file, named by owner and file; each watcher holds one connection."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def publish(self, owner: UUID, file: UUID, progress: FileProgress) -> None:
        try:
            await self._redis.publish(_channel(owner, file), _encode(progress))
        except (RedisError, OSError) as error:
            log.warning("file_progress.publish_failed", file=str(file), error=type(error).__name__)

    async def watch(self, owner: UUID, file: UUID) -> AsyncGenerator[FileProgress | None, None]:
        while True:
            try:
                async with aclosing(self._messages(_channel(owner, file))) as messages:
                    async for message in messages:
                        yield message
            except (RedisError, OSError) as error:
                log.warning("file_progress.watch_interrupted", file=str(file), error=type(error).__name__)
            await asyncio.sleep(QUIET)
            yield None

    async def _messages(self, channel: str) -> AsyncGenerator[FileProgress | None, None]:
        """A confirmed (re-)subscription gives None too: something may have been missed before it."""
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(channel)
            while True:
                message = await subscription.get_message(timeout=QUIET)
                yield _decode(message["data"]) if message and message["type"] == "message" else None


def _channel(owner: UUID, file: UUID) -> str:
    return f"learnx:progress:{owner}:{file}"
