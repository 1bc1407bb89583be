"""The port Generations, on each of its adapters: one run, any number of readers, each placed by what it read last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from redis.asyncio import Redis
from tests.fakes.generation_author import END, OWNER, Author, admitted, delta, job, mark, refused

from learnx.adapters.generations import InProcessGenerations, RedisGenerations
from learnx.application.ports.generations import Generations, StreamPosition, Write
from learnx.domain.errors import LearnXError, NotFound, PaymentRequired, Unavailable
from learnx.domain.lessons import Delta, Failed, LessonEvent, Restarted

pytestmark = pytest.mark.anyio

Make = Callable[[Write], Generations]
RESTARTED = Restarted(reason="another model answers")


@pytest.fixture(params=["in process", "redis"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    async with AsyncExitStack() as stack:
        if request.param == "in process":
            yield lambda write: InProcessGenerations(write, coalesce_seconds=0)
            return
        redis = await stack.enter_async_context(Redis.from_url(request.getfixturevalue("redis_url")))

        def over_redis(write: Write) -> Generations:
            generations = RedisGenerations(redis, redis, write, coalesce_seconds=0, drain_seconds=0)
            stack.push_async_callback(generations.aclose)
            return generations

        yield over_redis


async def read_all(
    generations: Generations, generation: UUID, after: StreamPosition | None = None
) -> list[LessonEvent]:
    events = await generations.follow(OWNER, generation, after=after)
    assert events is not None
    return [event async for _, event in events]


async def test_all_readers_see_the_same_events_of_one_run(make: Make) -> None:
    generations = make(author := Author())
    first = await generations.start_or_join(job(), admitted)
    second = await generations.start_or_join(job(), admitted)
    readers = [asyncio.create_task(read_all(generations, first)) for _ in range(5)]
    await asyncio.sleep(0)
    author.write(mark("a"), mark("b"), END)
    assert second == first
    assert await asyncio.gather(*readers) == [[mark("a"), mark("b"), END]] * 5
    assert len(author.jobs) == 1


async def test_a_reader_that_comes_back_gets_exactly_what_follows(make: Make) -> None:
    generations = make(Author(mark("a"), mark("b"), mark("c"), END))
    generation = await generations.start_or_join(job(), admitted)
    events = await generations.follow(OWNER, generation)
    assert events is not None
    placed = [item async for item in events]
    assert [str(position) for position, _ in placed] == [f"{generation}.1.{seq}" for seq in range(1, 5)]
    for place, (position, _) in enumerate(placed[:-1]):
        assert await read_all(generations, generation, after=position) == [event for _, event in placed[place + 1 :]]
    assert await generations.follow(OWNER, generation, after=placed[-1][0]) is None


async def test_a_generation_goes_on_when_its_readers_leave(make: Make) -> None:
    generations = make(author := Author())
    generation = await generations.start_or_join(job(), admitted)
    events = await generations.follow(OWNER, generation)
    assert events is not None
    author.write(mark("a"))
    assert (await anext(events))[1] == mark("a")
    await events.aclose()
    author.write(mark("b"), END)
    assert await read_all(generations, generation) == [mark("a"), mark("b"), END]


async def test_a_completed_generation_names_its_lesson_to_its_owner(make: Make) -> None:
    generations = make(author := Author(mark("a")))
    generation = await generations.start_or_join(job(), admitted)
    assert await generations.stored_of(OWNER, generation) is None
    author.write(END)
    await read_all(generations, generation)
    assert await generations.stored_of(OWNER, generation) == END.stored_id
    assert await generations.stored_of(uuid4(), generation) is None


@pytest.mark.parametrize(("epoch", "seq"), [(1, 9), (2, 1), (0, 1), (1, -1)])
async def test_a_place_that_the_log_has_not_reached_is_not_found(make: Make, epoch: int, seq: int) -> None:
    generations = make(Author(mark("a"), END))
    generation = await generations.start_or_join(job(), admitted)
    await read_all(generations, generation)
    place = StreamPosition(generation_id=generation, epoch=epoch, seq=seq)
    with pytest.raises(NotFound):
        await generations.follow(OWNER, generation, after=place)


async def test_another_owner_finds_no_such_generation_joins_none_and_stops_none(make: Make) -> None:
    generations = make(Author())
    generation = await generations.start_or_join(job(), admitted)
    stranger = uuid4()
    with pytest.raises(NotFound):
        await generations.follow(stranger, generation)
    with pytest.raises(NotFound):
        await generations.stop(stranger, generation)
    assert await generations.running(stranger) == []
    assert await generations.start_or_join(job(owner=stranger), admitted) != generation


async def test_an_unknown_generation_is_not_found(make: Make) -> None:
    generations = make(Author())
    with pytest.raises(NotFound):
        await generations.follow(OWNER, uuid4())
    with pytest.raises(NotFound):
        await generations.stop(OWNER, uuid4())
    assert await generations.stored_of(OWNER, uuid4()) is None


@pytest.mark.parametrize("script", [(mark("a"), RuntimeError("a bug")), (mark("a"), END)])
async def test_a_writer_that_breaks_ends_in_an_error_event(make: Make, script: tuple[LessonEvent | Exception]) -> None:
    generations = make(Author(*script))
    generation = await generations.start_or_join(job(), admitted)
    events = await read_all(generations, generation)
    assert events[0] == mark("a")
    if script[-1] == END:
        assert events[-1] == END
        return
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "SERVER_ERROR"
    assert "bug" not in events[-1].detail


async def test_a_writer_that_ends_without_an_end_ends_in_an_error_event(make: Make) -> None:
    async def write(_: object) -> AsyncIterator[LessonEvent]:
        yield mark("a")

    generations = make(write)
    events = await read_all(generations, await generations.start_or_join(job(), admitted))
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "SERVER_ERROR"


async def test_once_over_a_key_starts_anew(make: Make) -> None:
    generations = make(Author(END))
    first = await generations.start_or_join(job(), admitted)
    await read_all(generations, first)
    assert await generations.start_or_join(job(), admitted) != first


async def test_nothing_is_written_where_it_is_not_admitted(make: Make) -> None:
    generations = make(author := Author())
    refusal = PaymentRequired("The budget of this month is spent.")
    wanted = job()
    with pytest.raises(PaymentRequired):
        await generations.start_or_join(wanted, refused(refusal))
    assert author.jobs == []
    with pytest.raises(NotFound):
        await generations.follow(OWNER, wanted.generation_id)
    assert await generations.start_or_join(wanted, admitted) == wanted.generation_id


async def test_whoever_waited_to_join_what_was_refused_tries_to_start_it(make: Make) -> None:
    generations = make(author := Author(END))
    asked, answer = asyncio.Event(), asyncio.Event()

    async def refuse_late() -> None:
        asked.set()
        await answer.wait()
        raise PaymentRequired("The budget of this month is spent.")

    first = asyncio.create_task(generations.start_or_join(job(), refuse_late))
    await asked.wait()
    mine = job()
    second = asyncio.create_task(generations.start_or_join(mine, admitted))
    await asyncio.sleep(0.01)
    answer.set()
    with pytest.raises(PaymentRequired):
        await first
    assert await second == mine.generation_id
    await read_all(generations, mine.generation_id)
    assert author.jobs == [mine]


async def test_it_is_started_though_the_one_who_asked_goes_away_while_it_is_admitted(make: Make) -> None:
    generations = make(Author(END))
    asked, answer = asyncio.Event(), asyncio.Event()

    async def admit_late() -> None:
        asked.set()
        await answer.wait()

    wanted = job()
    first = asyncio.create_task(generations.start_or_join(wanted, admit_late))
    await asked.wait()
    second = asyncio.create_task(generations.start_or_join(job(), admitted))
    first.cancel()
    await asyncio.wait({first})
    answer.set()
    assert await second == wanted.generation_id
    assert await read_all(generations, wanted.generation_id) == [END]


async def test_a_stopped_generation_ends_at_once_and_its_writer_is_closed(make: Make) -> None:
    generations = make(author := Author(mark("a")))
    generation = await generations.start_or_join(job(), admitted)
    reader = asyncio.create_task(read_all(generations, generation))
    await asyncio.sleep(0.01)
    await generations.stop(OWNER, generation)
    first, last = await reader
    assert first == mark("a")
    assert isinstance(last, Failed)
    assert last.code == "CANCELLED"
    assert author.closed.is_set()
    with pytest.raises(NotFound):
        await generations.stop(OWNER, generation)
    assert await generations.running(OWNER) == []


async def test_running_generations_are_listed_newest_first(make: Make) -> None:
    generations = make(author := Author())
    older = job("older")
    newer = msgspec.structs.replace(job("newer"), started_at=older.started_at + timedelta(seconds=1))
    await generations.start_or_join(newer, admitted)
    await generations.start_or_join(older, admitted)
    assert await generations.running(OWNER) == [newer, older]
    author.write(END, END)
    await read_all(generations, older.generation_id)
    await read_all(generations, newer.generation_id)
    assert await generations.running(OWNER) == []


async def test_a_restart_begins_a_new_epoch(make: Make) -> None:
    generations = make(author := Author(mark("a")))
    generation = await generations.start_or_join(job(), admitted)
    events = await generations.follow(OWNER, generation)
    assert events is not None
    position, _ = await anext(events)
    author.write(RESTARTED, mark("b"), END)
    told = [(place.epoch, place.seq, event) async for place, event in events]
    assert told == [(2, 1, RESTARTED), (2, 2, mark("b")), (2, 3, END)]
    assert await read_all(generations, generation) == [mark("b"), END]
    assert await read_all(generations, generation, after=position) == [RESTARTED, mark("b"), END]


async def test_pieces_of_a_sentence_are_merged_and_none_is_lost(make: Make) -> None:
    pieces = [delta(f"{number} ", f"s1.{number // 10}") for number in range(100)]
    generations = make(Author(*pieces, END))
    *deltas, end = await read_all(generations, await generations.start_or_join(job(), admitted))
    assert end == END
    assert all(isinstance(event, Delta) for event in deltas)
    assert "".join(event.text for event in deltas if isinstance(event, Delta)) == "".join(
        piece.text for piece in pieces
    )


async def test_closing_ends_the_readers_of_open_generations_and_closes_their_writers(make: Make) -> None:
    generations = make(author := Author(mark("a")))
    generation = await generations.start_or_join(job(), admitted)
    events = await generations.follow(OWNER, generation)
    assert events is not None
    assert (await anext(events))[1] == mark("a")
    await generations.aclose()
    assert author.closed.is_set()
    try:
        last = (await anext(events))[1]
    except LearnXError as error:
        assert isinstance(error, Unavailable)  # handed over: others go on with it
    else:
        assert isinstance(last, Failed)
        assert last.code == "SERVICE_UNAVAILABLE"
        assert last.retryable
