"""All ways in which Redis fails a generation, as one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import RedisError

#: Seconds that one exchange with Redis may take.
PATIENCE = 2.0


class RedisTrouble(Exception):
    """Redis did not do what was asked, or nobody knows whether it did."""


@asynccontextmanager
async def translated(seconds: float) -> AsyncIterator[None]:
    """Raises ``RedisTrouble``; RuntimeError is what uvloop raises for a closed transport.

    redis-py swallows a cancellation that comes while it connects: it is raised after all.
    """
    task = asyncio.current_task()
    cancelled_before = task.cancelling() if task is not None else 0
    try:
        async with asyncio.timeout(seconds):
            yield
    except (RedisError, OSError, RuntimeError) as error:
        if task is not None and task.cancelling() > cancelled_before:
            raise asyncio.CancelledError from error
        raise RedisTrouble(type(error).__name__) from error
    if task is not None and task.cancelling() > cancelled_before:
        raise asyncio.CancelledError
