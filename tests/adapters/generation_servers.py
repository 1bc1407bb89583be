"""API servers that share one Redis, each an instance of ``RedisGenerations`` with connections of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from tests.fakes.generation_author import OWNER

from learnx.adapters.generations import RedisGenerations
from learnx.application.ports.generations import StreamPosition, Write
from learnx.domain.lessons import LessonEvent

#: As in production, ten times as fast.
SCALED = {"lease_seconds": 0.6, "heartbeat_seconds": 0.1, "drain_seconds": 0.0, "coalesce_seconds": 0.0}

NewServer = Callable[..., RedisGenerations]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def server(redis_url: str) -> AsyncIterator[NewServer]:
    """Makes API servers, each with a connection of its own."""
    async with AsyncExitStack() as stack:

        def new(write: Write, **options: Any) -> RedisGenerations:
            client = Redis.from_url(redis_url)
            stack.push_async_callback(client.aclose)
            generations = RedisGenerations(client, client, write, **{**SCALED, **options})
            stack.push_async_callback(generations.aclose)
            return generations

        yield new


async def die(generations: RedisGenerations) -> None:
    """As by SIGKILL: whatever it does ends, and nobody is told."""
    generations._upkeep.closing = True
    tasks = [generations._task, generations._followed._task]
    for run in generations._runs:
        tasks += [run.run._writing, run.run._delivering]
    for task in tasks:
        if task is not None:
            task.cancel()
    await asyncio.wait([task for task in tasks if task is not None])


async def placed(
    generations: RedisGenerations, generation: UUID, after: StreamPosition | None = None
) -> list[tuple[StreamPosition, LessonEvent]]:
    events = await generations.follow(OWNER, generation, after=after)
    assert events is not None
    return [item async for item in events]


async def read_all(generations: RedisGenerations, generation: UUID) -> list[LessonEvent]:
    return [event for _, event in await placed(generations, generation)]


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)
