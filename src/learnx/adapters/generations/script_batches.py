"""Runs scripts in Redis, all that are asked for at the same time in one exchange: many generations write at once."""

import asyncio
import hashlib
from functools import cache
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from learnx.adapters.generations.redis_trouble import PATIENCE, RedisTrouble, translated

#: At most so many in one exchange.
LARGEST = 100

Argument = str | bytes | int


class ScriptBatches:
    """What is asked for while an exchange is under way goes out together after it. Each may be run twice where the
    connection breaks. ``RedisTrouble`` after one exchange that fails, for all that wait."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[tuple[str, tuple[Argument, ...], asyncio.Future[Any]]] = []
        self._sending: asyncio.Task[None] | None = None

    async def run(self, script: str, *arguments: Argument) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((script, arguments, answer))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return await answer

    async def _send(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            try:
                async with translated(PATIENCE):
                    results = await self._exchange([(script, arguments) for script, arguments, _ in batch])
            except RedisTrouble as trouble:
                batch, self._waiting = batch + self._waiting, []
                results = [trouble] * len(batch)
            for (_, _, answer), result in zip(batch, results, strict=True):
                if answer.done():
                    continue
                if isinstance(result, RedisError | RedisTrouble):
                    answer.set_exception(RedisTrouble(_name(result)))
                else:
                    answer.set_result(result)

    async def _exchange(self, calls: list[tuple[str, tuple[Argument, ...]]]) -> list[Any]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for script, arguments in calls:
                pipeline.evalsha(_digest(script), 0, *arguments)
            results: list[Any] = await pipeline.execute(raise_on_error=False)
        for place, result in enumerate(results):
            if isinstance(result, NoScriptError):
                script, arguments = calls[place]
                async with self._redis.pipeline(transaction=False) as pipeline:
                    pipeline.eval(script, 0, *arguments)
                    (results[place],) = await pipeline.execute(raise_on_error=False)
        return results


@cache
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


def _name(error: Exception) -> str:
    return str(error) if isinstance(error, RedisTrouble) else type(error).__name__
