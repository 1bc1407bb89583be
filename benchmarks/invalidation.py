"""What it costs to void 10,000 cached lessons at once, beside deleting the keys that a set remembers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from uuid import UUID, uuid4

from benchmarks.report import Figure, table
from benchmarks.running import running_stack
from redis.asyncio import Redis

from learnx.adapters.cache import RedisCache
from learnx.application.ports.cache import Entry, file_tag, persona_tag, user_tag

KEYS, RUNS, AT_ONCE = 10_000, 5, 100
MOST_MS = 5.0
FILLED_WITHIN = 120.0
"""Seconds."""
BODY = b"x" * 1_000


def run() -> list[Figure]:
    with running_stack() as stack:
        url = stack.addresses.redis_url
        assert url is not None
        return asyncio.run(_measured(url))


async def _measured(url: str) -> list[Figure]:
    async with Redis.from_url(url) as redis:
        cache = RedisCache(redis)
        ours, stale, naive = [], 0, []
        for _ in range(RUNS):
            owner, files = uuid4(), [uuid4() for _ in range(KEYS)]
            async with asyncio.timeout(FILLED_WITHIN):  # where Redis is slow to answer, the cache does without it
                while await _found(cache, files) < KEYS:
                    for start in range(0, KEYS, AT_ONCE):
                        await asyncio.gather(*(_filled(cache, owner, file) for file in files[start : start + AT_ONCE]))
            ours.append(await _seconds(lambda: _voided(cache, user_tag(owner))))  # noqa: B023
            stale += await _found(cache, files)
            await redis.sadd("bench:set", *(f"bench:{file}" for file in files))
            await redis.mset({f"bench:{file}": BODY for file in files})
            naive.append(await _seconds(lambda: _deleted(redis)))
        await cache.aclose()
    milliseconds = 1000 * median(ours)
    return [
        Figure(
            name=f"invalidating a tag of {KEYS:,} keys, before and after the commit (baseline: deleting a set's keys)",
            measured=milliseconds,
            unit="ms",
            baseline=1000 * median(naive),
            ratio=median(ours) / median(naive),
            target=f"≤ {MOST_MS:g} ms",
            ok=milliseconds <= MOST_MS,
        ),
        Figure(name="stale reads of them afterwards", measured=stale, target="0", ok=stale == 0),
    ]


async def _filled(cache: RedisCache, owner: UUID, file: UUID) -> None:
    tags = [user_tag(owner), persona_tag(owner), file_tag(owner, file)]
    snapshot = await cache.snapshot(tags)
    if snapshot is not None:
        await cache.put(f"bench:lesson:{file}", Entry(label="1", body=BODY), snapshot)


async def _found(cache: RedisCache, files: list[UUID]) -> int:
    found = 0
    for start in range(0, KEYS, AT_ONCE):
        entries = await asyncio.gather(*(cache.get(f"bench:lesson:{file}") for file in files[start : start + AT_ONCE]))
        found += sum(entry is not None for entry in entries)
    return found


async def _voided(cache: RedisCache, tag: str) -> None:
    async with cache.changing(tag):
        pass


async def _deleted(redis: Redis) -> None:
    await redis.unlink(*await redis.smembers("bench:set"), "bench:set")


async def _seconds(work: Callable[[], Awaitable[None]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(table(run()))
