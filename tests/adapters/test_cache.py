"""The cache in Redis: never older than the last acknowledged write, whatever happens to Redis."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from learnx.adapters.cache import RedisCache
from learnx.adapters.cache_scripts import EVERYTHING, PREFIX
from learnx.application.ports.cache import Cache, Entry

pytestmark = pytest.mark.anyio

OLD, NEW = Entry(label="1", body=b"old"), Entry(label="2", body=b"new")


def opened(url: str) -> Redis:
    return Redis.from_url(url, retry=Retry(NoBackoff(), 1))


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with opened(redis_url) as redis:
        yield redis


@pytest.fixture
async def cache(redis: Redis) -> AsyncIterator[RedisCache]:
    cache = RedisCache(redis)
    yield cache
    await cache.aclose()


class Unreachable:
    """A way to Redis that can be cut, and, like a real one, loses what is on it."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._target = (address.hostname, address.port)
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.open = True

    async def __aenter__(self) -> "Unreachable":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self._server.close()
        for task in self._tasks:
            task.cancel()

    def cut(self) -> None:
        self.open = False
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(*self._target)
        self._writers += [writer, back]
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(_piped(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _piped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(65536):
            sink.write(piece)
    except OSError:
        return
    finally:
        sink.transport.abort()


async def filled(cache: Cache, key: str, entry: Entry, *tags: str) -> None:
    snapshot = await cache.snapshot(tags)
    assert snapshot is not None
    await cache.put(key, entry, snapshot)


async def trusted_again(cache: RedisCache) -> None:
    while await cache.snapshot(["probe"]) is None:
        await asyncio.sleep(0.02)


async def test_what_was_put_is_got_and_its_body_left_out_where_it_is_known(cache: RedisCache) -> None:
    assert await cache.get("lesson") is None
    await filled(cache, "lesson", OLD, "user:1", "file:1")

    assert await cache.get("lesson") == OLD
    assert await cache.get("lesson", known="0") == OLD
    assert await cache.get("lesson", known="1") == Entry(label="1", body=None)


@pytest.mark.parametrize("changed", ["user:1", "file:1"])
async def test_a_change_of_any_tag_voids_the_entry_and_no_other(cache: RedisCache, changed: str) -> None:
    await filled(cache, "ours", OLD, "user:1", "file:1")
    await filled(cache, "theirs", OLD, "user:2", "file:2")

    async with cache.changing(changed):
        pass

    assert await cache.get("ours") is None
    assert await cache.get("theirs") == OLD


async def test_what_was_read_before_a_change_is_not_kept_after_it(cache: RedisCache) -> None:
    snapshot = await cache.snapshot(["file:1"])
    assert snapshot is not None
    async with cache.changing("file:1"):
        pass
    await cache.put("lesson", OLD, snapshot)
    assert await cache.get("lesson") is None

    await filled(cache, "lesson", NEW, "file:1")
    await cache.put("lesson", OLD, snapshot)
    assert await cache.get("lesson") == NEW


async def test_while_something_is_changed_nothing_is_found_and_nothing_kept(cache: RedisCache) -> None:
    await filled(cache, "lesson", OLD, "file:1")
    early = await cache.snapshot(["file:1"])
    assert early is not None
    async with cache.changing("file:1"):
        assert await cache.get("lesson") is None
        assert await cache.snapshot(["file:1"]) is None
        await cache.put("lesson", OLD, early)
        assert await cache.get("lesson") is None
    await filled(cache, "lesson", NEW, "file:1")
    assert await cache.get("lesson") == NEW


async def test_the_first_of_two_writers_to_end_does_not_end_the_doubt(cache: RedisCache) -> None:
    async with AsyncExitStack() as slow:
        await slow.enter_async_context(cache.changing("file:1"))
        async with cache.changing("file:1"):
            pass
        assert await cache.snapshot(["file:1"]) is None
    assert await cache.snapshot(["file:1"]) is not None


async def test_a_writer_that_died_between_commit_and_invalidation_leaves_nothing_stale(redis: Redis) -> None:
    cache = RedisCache(redis, doubt_seconds=0.3)
    await filled(cache, "lesson", OLD, "file:1")
    with pytest.raises(asyncio.CancelledError):
        async with cache.changing("file:1"):
            raise asyncio.CancelledError

    assert await cache.get("lesson") is None
    assert await cache.snapshot(["file:1"]) is None
    await trusted_again_for(cache, "file:1")
    assert await cache.get("lesson") is None


async def trusted_again_for(cache: RedisCache, tag: str) -> None:
    async with asyncio.timeout(5):
        while await cache.snapshot([tag]) is None:
            await asyncio.sleep(0.02)


async def test_an_evicted_tag_and_a_flush_are_misses(cache: RedisCache, redis: Redis) -> None:
    await filled(cache, "lesson", OLD, "file:1", "user:1")
    await redis.delete(f"{PREFIX}tag:file:1")
    assert await cache.get("lesson") is None
    await cache.snapshot(["file:1"])
    assert await cache.get("lesson") is None

    await filled(cache, "lesson", NEW, "file:1", "user:1")
    await redis.flushall()
    assert await cache.get("lesson") is None


async def test_tags_outlive_their_entries(cache: RedisCache, redis: Redis) -> None:
    await filled(cache, "lesson", OLD, "file:1")
    await redis.pexpire(f"{PREFIX}tag:file:1", 50_000)
    await filled(cache, "another", OLD, "file:1")

    entry = await redis.pttl(f"{PREFIX}another")
    assert 0 < entry < min(await redis.pttl(f"{PREFIX}tag:file:1"), await redis.pttl(EVERYTHING))


async def test_a_server_that_came_back_with_old_data_is_voided(cache: RedisCache, redis: Redis, redis_url: str) -> None:
    """What is old comes back with a restart, a restored copy or a fail-over; the scripts never do."""
    await filled(cache, "lesson", OLD, "file:1")
    kept = {key: await redis.dump(key) for key in await redis.keys(f"{PREFIX}*")}
    async with cache.changing("file:1"):
        pass
    await redis.flushall()
    await redis.script_flush()
    for key, value in kept.items():
        await redis.restore(key, 0, value)

    assert await cache.get("lesson") is None
    async with opened(redis_url) as other:
        assert await RedisCache(other).get("lesson") is None


async def test_a_write_that_could_not_be_announced_is_made_up_for(
    cache: RedisCache, redis: Redis, redis_url: str
) -> None:
    """``cache`` stands for another server, which reaches Redis all the time."""
    async with Unreachable(redis_url) as way:
        url = urlsplit(redis_url)
        ours = RedisCache(opened(url._replace(netloc=f":{url.password}@127.0.0.1:{way.port}").geturl()))
        await filled(ours, "lesson", OLD, "file:1")
        way.cut()
        async with ours.changing("file:1"):
            pass
        assert await ours.get("lesson") is None
        assert await ours.snapshot(["file:1"]) is None
        way.open = True
        async with asyncio.timeout(5):
            await trusted_again(ours)
        assert await ours.get("lesson") is None
        assert await cache.get("lesson") is None
        await ours.aclose()


async def test_what_is_owed_is_paid_at_the_latest_when_the_process_ends(redis: Redis, redis_url: str) -> None:
    async with Unreachable(redis_url) as way:
        url = urlsplit(redis_url)
        ours = RedisCache(opened(url._replace(netloc=f":{url.password}@127.0.0.1:{way.port}").geturl()))
        await filled(ours, "lesson", OLD, "file:1")
        way.cut()
        async with ours.changing("file:1"):
            pass
        way.open = True
        await ours.aclose()
    assert await RedisCache(redis).get("lesson") is None


async def test_a_redis_that_is_silent_is_waited_for_once(cache: RedisCache, redis: Redis, redis_url: str) -> None:
    await filled(cache, "lesson", OLD, "file:1")
    async with opened(redis_url) as admin:
        await admin.execute_command("CLIENT", "PAUSE", 1500, "ALL")
    assert await cache.get("lesson") is None
    asked = asyncio.create_task(a_request(cache))
    await asyncio.sleep(0)
    assert asked.done(), "it waited for something"
    await asked

    async with asyncio.timeout(10):
        await trusted_again(cache)
    assert await cache.get("lesson") is None


async def a_request(cache: Cache) -> None:
    """Done within one turn of the loop where nothing is waited for."""
    assert await cache.get("lesson") is None
    async with cache.changing("file:1"):
        assert await cache.snapshot(["file:1"]) is None


async def test_a_redis_without_memory_forgets_and_never_lies(cache: RedisCache, redis: Redis) -> None:
    await filled(cache, "lesson", OLD, "file:1")
    limit = (await redis.config_get("maxmemory"))["maxmemory"]
    await redis.config_set("maxmemory", "1")
    try:
        async with cache.changing("file:1"):
            pass
        assert await cache.get("lesson") is None
        snapshot = await cache.snapshot(["file:1"])
        if snapshot is not None:
            await cache.put("lesson", NEW, snapshot)
        assert await cache.get("lesson") in (None, NEW)
    finally:
        await redis.config_set("maxmemory", limit)
    await filled(cache, "lesson", NEW, "file:1")
    assert await cache.get("lesson") == NEW


async def test_a_tag_of_ten_thousand_keys_is_voided_by_a_handful_of_commands(cache: RedisCache, redis: Redis) -> None:
    snapshot = await cache.snapshot(["file:1"])
    assert snapshot is not None
    for start in range(0, 10_000, 1000):
        await asyncio.gather(*(cache.put(f"lesson:{n}", OLD, snapshot) for n in range(start, start + 1000, 25)))
    async with cache.changing("file:1"):
        pass
    assert [n for n in range(0, 10_000, 25) if await cache.get(f"lesson:{n}")] == []


@pytest.mark.parametrize("seed", range(5))
async def test_no_read_is_older_than_the_last_acknowledged_write(redis: Redis, seed: int) -> None:
    """Readers and writers of two servers race; the truth is a number that only rises. Redis is flushed meanwhile."""
    chance = random.Random(seed)
    servers = [RedisCache(redis), RedisCache(redis)]
    truth = acknowledged = hits = 0
    over = time.monotonic() + 1.0

    async def write(cache: Cache) -> None:
        nonlocal truth, acknowledged
        while time.monotonic() < over:
            async with cache.changing("file:1"):
                await asyncio.sleep(chance.random() / 300)
                truth += 1
                mine = truth
                await asyncio.sleep(chance.random() / 300)
            acknowledged = max(acknowledged, mine)
            await asyncio.sleep(chance.random() / 50)

    async def read(cache: Cache) -> None:
        nonlocal hits
        while time.monotonic() < over:
            expected = acknowledged
            entry = await cache.get("number")
            if entry is None:
                snapshot = await cache.snapshot(["file:1", "user:1"])
                found = truth
                await asyncio.sleep(chance.random() / 300)
                if snapshot is not None:
                    await cache.put("number", Entry(label=str(found), body=b"x"), snapshot)
            else:
                hits += 1
                found = int(entry.label)
            assert found >= expected

    async def disturb() -> None:
        while time.monotonic() < over:
            await asyncio.sleep(chance.random() / 10)
            await redis.flushall() if chance.random() < 0.5 else await redis.script_flush()

    await asyncio.gather(*map(write, servers), *map(read, servers * 3), disturb())
    assert hits > 0


async def test_of_many_that_find_a_new_redis_none_voids_what_another_has_filled(redis: Redis) -> None:
    cache = RedisCache(redis, patience=10)  # the machine may be slow: what is looked at is who voids what
    await redis.script_flush()

    async def filled(number: int) -> None:
        snapshot = await cache.snapshot([f"user:{number}"])
        assert snapshot is not None
        await cache.put(f"lesson:{number}", NEW, snapshot)

    await asyncio.gather(*(filled(number) for number in range(60)))
    kept = await asyncio.gather(*(cache.get(f"lesson:{number}") for number in range(60)))
    await cache.aclose()
    assert kept == [NEW] * 60
