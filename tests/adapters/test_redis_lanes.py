"""Commands on connections of their own: each gets its own reply, and a connection that was lost is made anew."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from learnx.adapters.cache import RedisCache
from learnx.adapters.redis_lanes import RedisLanes
from learnx.application.ports.cache import Entry
from learnx.domain.rate_limits import Draw, Quota

pytestmark = pytest.mark.anyio


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


async def test_each_command_gets_its_own_reply(redis: Redis) -> None:
    lanes = RedisLanes(redis)
    asked = [str(number).encode() for number in range(200)]
    assert await asyncio.gather(*(lanes("ECHO", number) for number in asked)) == asked
    await lanes.aclose()


async def test_a_command_that_is_refused_or_given_up_leaves_the_next_one_its_reply(redis: Redis) -> None:
    lanes = RedisLanes(redis)
    with pytest.raises(ResponseError):
        await lanes("INCRBY", "key", "no number")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await lanes("BLPOP", "nothing", 5)
    assert await lanes("ECHO", "mine") == b"mine"
    await lanes.aclose()


async def test_a_connection_that_was_closed_meanwhile_is_made_anew(redis: Redis) -> None:
    lanes = RedisLanes(redis)
    client = await lanes("CLIENT", "ID")
    await redis.client_kill_filter(_id=client)
    assert await lanes("ECHO", "still") == b"still"
    await lanes.aclose()


async def test_who_can_not_be_reached_is_an_error() -> None:
    async with Redis.from_url("redis://127.0.0.1:9/0") as nobody:
        with pytest.raises(RedisConnectionError):
            await RedisLanes(nobody)("PING")


async def test_a_metered_read_draws_once_and_gives_nothing_where_it_is_refused(redis: Redis) -> None:
    cache, entry = RedisCache(redis), Entry(label="1", body=b"body")
    draw = Draw(subject="ada", quota=Quota(zone="requests", kind="rate", amount=3, seconds=3_600))
    snapshot = await cache.snapshot(["user"])
    assert snapshot is not None
    await cache.put("lesson", entry, snapshot)
    found = [await cache.get_metered("lesson", draw, known=known) for known in ("", "1")]
    found += [await cache.get_metered("other", draw), await cache.get_metered("lesson", draw)]
    left = [standing.remaining for standing, _ in found if standing is not None]
    assert left == [2, 1, 0, 0]
    assert [known for _, known in found] == [entry, Entry(label="1", body=None), None, None]
    assert found[-1][0] is not None and found[-1][0].refused
    await cache.aclose()
