"""Generations while Redis hangs, forgets, has no memory or is not there, and while servers are killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from tests.adapters.generation_servers import NewServer, eventually, placed, read_all, redis, server
from tests.fakes.generation_author import END, OWNER, Author, admitted, job, mark

from learnx.adapters.generations import RedisGenerations
from learnx.application.ports.generations import StreamPosition
from learnx.domain.errors import NotFound, Unavailable
from learnx.domain.lessons import LessonEvent, Restarted
from learnx.entrypoints.local_stack import LocalServers

__all__ = ["redis", "server"]

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def valkey(servers: LocalServers) -> Iterator[int]:
    """The id of Valkey's process; it runs again afterwards."""
    (child,) = [child for child in servers.children if child.program.name == "valkey"]
    yield child.process.pid
    child.process.send_signal(signal.SIGCONT)


@contextmanager
def stopped(pid: int) -> Iterator[None]:

    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def begun(
    generations: RedisGenerations, generation: UUID, after: StreamPosition | None = None
) -> tuple[StreamPosition, Any]:
    """A reader that has had its first event, "a"."""
    events = await generations.follow(OWNER, generation, after=after)
    assert events is not None
    position, first = await anext(events)
    assert first == mark("a")
    return position, events


async def rest(events: AsyncIterator[tuple[StreamPosition, LessonEvent]]) -> list[LessonEvent]:
    return [event async for _, event in events]


async def test_where_it_is_written_readers_go_on_while_redis_hangs_and_others_afterwards(
    server: NewServer, valkey: int
) -> None:
    here, there = server(author := Author(mark("a"))), server(other := Author())
    generation = await here.start_or_join(job(), admitted)
    _, local = await begun(here, generation)
    position, remote = await begun(there, generation)
    with stopped(valkey):
        author.write(mark("b"))
        assert (await anext(local))[1] == mark("b")
        await asyncio.sleep(1.5)  # more than a lease
        author.write(mark("c"))
        assert (await anext(local))[1] == mark("c")
    author.write(END)
    assert await rest(local) == [END]
    assert await rest(remote) == [mark("b"), mark("c"), END]
    again = await placed(there, generation, after=position)
    assert [place.seq for place, _ in again] == [2, 3, 4]
    assert other.jobs == []


async def test_what_was_written_to_its_end_while_redis_hung_is_there_afterwards(server: NewServer, valkey: int) -> None:
    here, there = server(author := Author(mark("a"))), server(Author())
    wanted = job()
    generation = await here.start_or_join(wanted, admitted)
    _, local = await begun(here, generation)
    _, remote = await begun(there, generation)
    with stopped(valkey):
        author.write(mark("b"), END)
        assert await rest(local) == [mark("b"), END]
    assert await rest(remote) == [mark("b"), END]
    assert await there.stored_of(OWNER, generation) == END.stored_id
    assert await there.running(OWNER) == []
    assert await there.start_or_join(job(), admitted) != generation


async def test_a_generation_starts_while_redis_hangs_and_is_known_everywhere_afterwards(
    server: NewServer, valkey: int
) -> None:
    here, there = server(author := Author(mark("a"))), server(Author())
    await there.start()
    with stopped(valkey):
        wanted = [job(), job()]
        started = await asyncio.gather(*(here.start_or_join(one, admitted) for one in wanted))
        assert started[0] == started[1] == author.jobs[0].generation_id
        _, local = await begun(here, started[0])
        with pytest.raises(Unavailable):
            await there.follow(OWNER, started[0])
    _, remote = await begun_soon(there, started[0])
    author.write(END)
    assert await rest(local) == await rest(remote) == [END]
    assert len(author.jobs) == 1


async def begun_soon(generations: RedisGenerations, generation: UUID) -> tuple[StreamPosition, Any]:
    async with asyncio.timeout(20):
        while True:
            try:
                return await begun(generations, generation)
            except (NotFound, Unavailable):
                await asyncio.sleep(0.05)


async def test_what_redis_forgets_is_given_back(server: NewServer, redis: Redis) -> None:
    here, there = server(author := Author(mark("a"), mark("b"))), server(other := Author())
    wanted = job()
    generation = await here.start_or_join(wanted, admitted)
    position, remote = await begun(there, generation)
    assert (await anext(remote))[1] == mark("b")
    await redis.flushall()
    _, late = await begun_soon(there, generation)
    author.write(mark("c"), END)
    assert await rest(late) == [mark("b"), mark("c"), END]
    assert await rest(remote) == [mark("c"), END]
    assert [event for _, event in await placed(there, generation, after=position)] == [mark("b"), mark("c"), END]
    assert other.jobs == []


async def test_right_after_redis_forgot_an_unknown_generation_may_exist(server: NewServer, redis: Redis) -> None:
    here = server(Author())
    await here.start()
    await eventually(lambda: here._upkeep.born is not None)
    with pytest.raises(NotFound):
        await here.follow(OWNER, job().generation_id)
    await redis.flushall()
    with pytest.raises(Unavailable):
        await here.follow(OWNER, job().generation_id)


async def test_no_memory_in_redis_costs_readers_nothing(server: NewServer, redis: Redis) -> None:
    here, there = server(author := Author(mark("a"))), server(other := Author())
    generation = await here.start_or_join(job(), admitted)
    _, local = await begun(here, generation)
    _, remote = await begun(there, generation)
    await redis.config_set("maxmemory", 1)
    try:
        author.write(mark("b"), mark("c"))
        assert [(await anext(local))[1] for _ in "bc"] == [mark("b"), mark("c")]
        second = await there.start_or_join(job("another"), admitted)
        other.write(mark("a"), END)
        assert await read_all(there, second) == [mark("a"), END]
        author.write(mark("d"), END)
        assert await rest(local) == [mark("d"), END]
        assert await rest(remote) == [mark("b"), mark("c"), mark("d"), END]  # an end is let in
    finally:
        await redis.config_set("maxmemory", 0)
    _, events = await begun_soon(here, second)
    assert await rest(events) == [END]


async def test_readers_elsewhere_are_told_to_come_back_where_redis_stays_silent(server: NewServer, valkey: int) -> None:
    here, there = server(Author(mark("a"))), server(Author())
    there._followed._silence_seconds = 0.2
    generation = await here.start_or_join(job(), admitted)
    _, remote = await begun(there, generation)
    with stopped(valkey), pytest.raises(Unavailable):
        await anext(remote)
    position, again = await begun_soon(there, generation)
    assert position.seq == 1
    await again.aclose()


async def test_a_generation_whose_server_is_killed_mid_stream_is_written_anew(
    server: NewServer, redis_url: str
) -> None:
    """A real process, a real SIGKILL."""
    there = server(other := Author(mark("b"), END))
    await there.start()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.adapters.generation_server",
        redis_url,
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    generation = UUID((await process.stdout.readline()).decode().strip())
    owner = UUID((await process.stdout.readline()).decode().strip())
    events = await there.follow(owner, generation)
    assert events is not None
    assert (await anext(events))[1] == mark("0")
    assert (await anext(events))[1] == mark("1")
    process.kill()
    await process.wait()
    told = await rest(events)
    restart = next(place for place, event in enumerate(told) if isinstance(event, Restarted))
    assert told[:restart] == [mark(str(number)) for number in range(2, 2 + restart)]
    assert told[restart + 1 :] == [mark("b"), END]
    assert [one.generation_id for one in other.jobs] == [generation]
