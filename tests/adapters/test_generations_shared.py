"""Generations over Redis, seen by several API servers: each is an instance of its own on the same Redis."""

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from tests.adapters.generation_servers import NewServer, die, eventually, placed, read_all, redis, server
from tests.fakes.generation_author import END, OWNER, Author, admitted, job, mark, refused

from learnx.adapters.generations import RedisGenerations, upkeep
from learnx.application.ports.generations import StreamPosition
from learnx.domain.errors import NotFound, PaymentRequired, Unavailable
from learnx.domain.lessons import Failed, LessonEvent, Restarted

__all__ = ["redis", "server"]

pytestmark = pytest.mark.anyio


async def test_a_generation_is_read_and_joined_on_every_server(server: NewServer) -> None:
    here, there = server(author := Author()), server(other := Author())
    generation = await here.start_or_join(job(), admitted)
    assert await there.start_or_join(job(), admitted) == generation
    readers = [asyncio.create_task(read_all(generations, generation)) for generations in (here, there) * 3]
    await asyncio.sleep(0.05)
    author.write(mark("a"), mark("b"))
    await asyncio.sleep(0.05)
    author.write(mark("c"), END)
    assert await asyncio.gather(*readers) == [[mark("a"), mark("b"), mark("c"), END]] * 6
    assert await there.stored_of(OWNER, generation) == END.stored_id
    assert await there.stored_of(uuid4(), generation) is None
    assert (len(author.jobs), len(other.jobs)) == (1, 0)


async def test_fifty_who_ask_at_once_on_two_servers_get_one_generation(server: NewServer) -> None:
    authors = Author(mark("a"), END, pause=0.05), Author(mark("a"), END, pause=0.05)
    servers = [server(author) for author in authors]
    admissions = []

    async def admit() -> None:
        admissions.append(1)
        await asyncio.sleep(0.05)

    async def ask(generations: RedisGenerations) -> list[LessonEvent]:
        return await read_all(generations, await generations.start_or_join(job(), admit))

    assert await asyncio.gather(*(ask(servers[n % 2]) for n in range(50))) == [[mark("a"), END]] * 50
    assert sum(len(author.jobs) for author in authors) == len(admissions) == 1


async def test_who_waits_for_another_server_to_admit_starts_it_where_that_refuses(server: NewServer) -> None:
    here, there = server(author := Author(END)), server(other := Author(END))
    asked, answer = asyncio.Event(), asyncio.Event()

    async def refuse_late() -> None:
        asked.set()
        await answer.wait()
        await refused(PaymentRequired("The budget is spent."))()

    first = asyncio.create_task(here.start_or_join(job(), refuse_late))
    await asked.wait()
    mine = job()
    second = asyncio.create_task(there.start_or_join(mine, admitted))
    await asyncio.sleep(0.05)
    assert not second.done()
    answer.set()
    with pytest.raises(PaymentRequired):
        await first
    assert await second == mine.generation_id
    assert await read_all(here, mine.generation_id) == [END]
    assert (author.jobs, other.jobs) == ([], [mine])


async def test_a_stream_cut_at_each_of_200_events_goes_on_at_the_other_server(server: NewServer) -> None:
    script = [mark(str(number)) for number in range(199)] + [END]
    servers = server(Author(*script, pause=0.002)), server(Author())
    generation = await servers[0].start_or_join(job(), admitted)
    read: list[LessonEvent] = []
    position: StreamPosition | None = None
    while len(read) < len(script):
        events = await servers[len(read) % 2].follow(OWNER, generation, after=position)
        assert events is not None
        async with aclosing(events):
            position, event = await anext(events)
        read.append(event)
    assert read == script
    assert await servers[0].follow(OWNER, generation, after=position) is None
    assert await servers[1].follow(OWNER, generation, after=position) is None


async def test_readers_of_one_generation_elsewhere_cost_one_read(server: NewServer) -> None:
    here, there = server(author := Author()), server(Author())
    generation = await here.start_or_join(job(), admitted)
    readers = [asyncio.create_task(read_all(there, generation)) for _ in range(200)]
    await eventually(lambda: there._followed.ids == [generation])
    author.write(mark("a"), END)
    assert await asyncio.gather(*readers) == [[mark("a"), END]] * 200


async def test_a_log_is_fed_no_longer_than_somebody_reads_it(server: NewServer) -> None:
    here, there = server(Author(mark("a"))), server(Author())
    there._followed._idle_seconds = 0.2
    generation = await here.start_or_join(job(), admitted)
    events = await there.follow(OWNER, generation)
    assert events is not None
    assert (await anext(events))[1] == mark("a")
    await asyncio.sleep(0.5)
    assert there._followed.ids == [generation]
    await events.aclose()
    await eventually(lambda: not there._followed.ids)


async def test_another_server_goes_on_where_one_dies(server: NewServer) -> None:
    here, there = server(author := Author(mark("a"))), server(other := Author(mark("b"), END))
    await there.start()
    wanted = job()
    generation = await here.start_or_join(wanted, admitted)
    events = await there.follow(OWNER, generation)
    assert events is not None
    position, first = await anext(events)
    assert first == mark("a")
    await die(here)
    restarted, *rest = [event async for _, event in events]
    assert isinstance(restarted, Restarted)
    assert rest == [mark("b"), END]
    assert (author.jobs, other.jobs) == ([wanted], [wanted])
    again = await placed(there, generation, after=position)
    assert [event for _, event in again] == [restarted, mark("b"), END]
    assert [(place.epoch, place.seq) for place, _ in again] == [(2, 1), (2, 2), (2, 3)]
    assert await read_all(server(Author()), generation) == [mark("b"), END]


async def test_what_kills_every_server_that_writes_it_is_ended(
    server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "MOST_TAKEOVERS", 1)
    generations = server(author := Author(mark("a")))
    generation = await generations.start_or_join(job(), admitted)
    for _ in range(2):
        await author.written.wait()
        await die(generations)
        generations = server(author := Author(mark("a")))
        await generations.start()
    async with asyncio.timeout(20):
        last = (await read_all(generations, generation))[-1]
    assert isinstance(last, Failed)
    assert last.code == "SERVER_ERROR"
    assert author.jobs == []


async def test_a_server_that_drains_hands_over(server: NewServer) -> None:
    here, there = server(author := Author(mark("a"))), server(Author(mark("b"), END))
    await there.start()
    generation = await here.start_or_join(job(), admitted)
    events, local = await there.follow(OWNER, generation), await here.follow(OWNER, generation)
    assert events is not None
    assert local is not None
    assert (await anext(events))[1] == (await anext(local))[1] == mark("a")
    await here.aclose()
    assert author.closed.is_set()
    with pytest.raises(Unavailable):
        await anext(local)
    restarted, *rest = [event async for _, event in events]
    assert isinstance(restarted, Restarted)
    assert rest == [mark("b"), END]
    with pytest.raises(Unavailable):
        await here.start_or_join(job(), admitted)


async def test_a_server_that_drains_lets_what_is_nearly_whole_finish(server: NewServer) -> None:
    here, there = server(Author(mark("a"), END, pause=0.1), drain_seconds=10), server(other := Author())
    await there.start()
    generation = await here.start_or_join(job(), admitted)
    await here.aclose()
    assert await read_all(there, generation) == [mark("a"), END]
    assert other.jobs == []


async def test_it_is_stopped_from_any_server(server: NewServer) -> None:
    here, there = server(author := Author(mark("a"))), server(Author())
    generation = await here.start_or_join(job(), admitted)
    readers = [asyncio.create_task(read_all(generations, generation)) for generations in (here, there)]
    await asyncio.sleep(0.05)
    await there.stop(OWNER, generation)
    await author.closed.wait()
    for events in await asyncio.gather(*readers):
        assert events[0] == mark("a")
        assert isinstance(events[1], Failed)
        assert events[1].code == "CANCELLED"
    for generations in (here, there):
        with pytest.raises(NotFound):
            await generations.stop(OWNER, generation)
        assert await generations.running(OWNER) == []


async def test_every_server_lists_what_runs_anywhere(server: NewServer) -> None:
    here, there = server(Author(mark("a"))), server(Author(mark("a")))
    one, two = job("one"), job("two")
    await here.start_or_join(one, admitted)
    await there.start_or_join(two, admitted)
    for generations in (here, there):
        async with asyncio.timeout(10):
            while await generations.running(OWNER) != [two, one]:
                await asyncio.sleep(0.01)
    assert await here.running(uuid4()) == []


async def test_a_paused_server_whose_lease_is_over_adds_nothing(server: NewServer) -> None:
    here, there = server(author := Author(mark("a"))), server(Author(mark("b")))
    await there.start()
    generation = await here.start_or_join(job(), admitted)
    local, remote = await here.follow(OWNER, generation), await there.follow(OWNER, generation)
    assert local is not None
    assert remote is not None
    assert (await anext(local))[1] == (await anext(remote))[1] == mark("a")
    assert here._task is not None
    here._task.cancel()  # no heartbeat
    restarted = (await anext(remote))[1]
    assert isinstance(restarted, Restarted)
    author.write(mark("too late"), END)
    await author.closed.wait()
    assert (await anext(local))[1] == restarted
    assert (await anext(local))[1] == (await anext(remote))[1] == mark("b")
    assert (await there.stored_of(OWNER, generation)) is None


async def test_what_nobody_follows_is_cancelled_where_that_is_the_policy(server: NewServer) -> None:
    here = server(author := Author(mark("a")), orphans="cancel", grace_seconds=0.3)
    there = server(Author())
    there._followed._idle_seconds = 0.2
    generation = await here.start_or_join(job(), admitted)
    events = await there.follow(OWNER, generation)
    assert events is not None
    assert (await anext(events))[1] == mark("a")
    await asyncio.sleep(0.8)
    assert not author.closed.is_set()
    await events.aclose()
    await author.closed.wait()
    last = (await read_all(there, generation))[-1]
    assert isinstance(last, Failed)
    assert last.code == "CANCELLED"


async def test_what_nobody_follows_is_finished_by_default(server: NewServer) -> None:
    here = server(author := Author(mark("a")), grace_seconds=0.1)
    generation = await here.start_or_join(job(), admitted)
    await asyncio.sleep(0.5)
    author.write(END)
    assert await read_all(server(Author()), generation) == [mark("a"), END]


async def test_an_ended_log_goes_with_all_its_keys(server: NewServer, redis: Redis) -> None:
    here = server(Author(mark("a"), END), log_ttl_seconds=0.2)
    generation = await here.start_or_join(job(), admitted)
    await read_all(here, generation)
    await here.aclose()
    async with asyncio.timeout(10):
        while await redis.keys("learnx:*") != [b"learnx:generations:born"]:
            await asyncio.sleep(0.05)
    with pytest.raises(NotFound):
        await server(Author()).follow(OWNER, generation)
