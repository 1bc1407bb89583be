"""What an erasure takes out of Redis, and that no server writes it there again."""

import asyncio
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from saq import Status
from tests.adapters.generation_servers import NewServer, eventually, read_all, redis, server
from tests.fakes.generation_author import END, Author, admitted, job, mark
from tests.security import remains

from learnx.adapters.job_queue import PatientQueue, SaqJobQueue
from learnx.adapters.traces import RedisTraces, fence
from learnx.domain.errors import NotAuthenticated, Unavailable

__all__ = ["redis", "server"]

pytestmark = pytest.mark.anyio

ADA, EVE = uuid4(), uuid4()


@pytest.fixture
def traces(redis: Redis) -> RedisTraces:
    return RedisTraces(redis, noticed_within=0.5)


async def left(redis_url: str, *names: UUID) -> dict[str, str]:
    return await remains.in_redis(redis_url, [str(name) for name in names])


async def test_a_generation_that_goes_on_elsewhere_writes_nothing_any_more(
    server: NewServer, traces: RedisTraces, redis_url: str
) -> None:
    here = server(author := Author(mark("before")))
    generation = await here.start_or_join(job(owner=ADA), admitted)
    await eventually(author.written.is_set)
    others = await server(Author(mark("hers"), END)).start_or_join(job(owner=EVE), admitted)
    assert await left(redis_url, ADA, generation)
    await traces.remove(ADA)
    assert await left(redis_url, ADA, generation) == {}
    for _ in range(5):
        author.write(mark("after"))
        await asyncio.sleep(0.1)
    await eventually(author.closed.is_set)
    assert await left(redis_url, ADA, generation) == {}
    assert await left(redis_url, EVE, others)


async def test_of_who_was_erased_nothing_is_begun(server: NewServer, traces: RedisTraces, redis_url: str) -> None:
    await traces.remove(ADA)
    here = server(author := Author(END))
    with pytest.raises(NotAuthenticated):
        await here.start_or_join(job(owner=ADA), admitted)
    assert author.jobs == [] and await left(redis_url, ADA) == {}
    assert await read_all(here, await here.start_or_join(job(), admitted)) == [END]


async def test_ended_generations_are_found_as_long_as_their_logs_are_kept(
    server: NewServer, traces: RedisTraces, redis_url: str, redis: Redis
) -> None:
    here = server(Author(mark("a sentence of hers"), END))
    ids = [await here.start_or_join(job(key, owner=ADA), admitted) for key in ("one", "two")]

    async def ended() -> bool:
        return await redis.zcard(f"learnx:generations:ended:{ADA}") == 2

    async with asyncio.timeout(10):
        while not await ended():
            await asyncio.sleep(0.05)
    assert await remains.in_redis(redis_url, ["a sentence of hers"])
    await traces.remove(ADA)
    assert await left(redis_url, ADA, *ids) == await remains.in_redis(redis_url, ["a sentence of hers"]) == {}


async def test_what_waits_and_what_a_dead_worker_left_is_taken_out_of_the_queue(
    redis: Redis, traces: RedisTraces, redis_url: str
) -> None:
    queue = PatientQueue(redis)
    jobs = [uuid4() for _ in range(3)]
    for one in jobs:
        await SaqJobQueue(queue).offer(ADA, one)
    await SaqJobQueue(queue).offer(EVE, uuid4())
    message = await queue.dequeue(timeout=1)
    assert message is not None
    await message.update(status=Status.ACTIVE)
    await traces.remove(ADA)
    assert await left(redis_url, ADA, *jobs) == {}
    assert (await queue.count("queued"), await queue.count("active"), await queue.count("incomplete")) == (1, 0, 1)


async def test_a_worker_that_is_at_it_is_waited_for(redis: Redis, redis_url: str) -> None:
    queue = PatientQueue(redis)
    await SaqJobQueue(queue).offer(ADA, uuid4())
    message = await queue.dequeue(timeout=1)
    assert message is not None
    await message.update(status=Status.ACTIVE)
    removing = asyncio.create_task(RedisTraces(redis, noticed_within=30).remove(ADA))
    await asyncio.sleep(0.3)
    assert not removing.done()
    await message.finish(Status.COMPLETE)
    await removing
    assert await left(redis_url, ADA) == {}


async def test_the_fence_tells_of_nobody_and_ends(redis: Redis, traces: RedisTraces, redis_url: str) -> None:
    await traces.remove(ADA)
    assert 0 < await redis.ttl(fence(ADA)) <= 86_400
    assert await remains.in_redis(redis_url, [str(ADA), ADA.hex]) == {}


async def test_where_redis_is_away_it_says_so() -> None:
    with pytest.raises(Unavailable):
        await RedisTraces(Redis.from_url("redis://127.0.0.1:1")).remove(ADA)
