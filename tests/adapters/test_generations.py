"""The port Generations, on each of its adapters: one run, any number of readers, each placed by what it read last."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from learnx.adapters.generations import InProcessGenerations
from learnx.application.ports.generations import Generations, StreamPosition
from learnx.domain.errors import NotFound
from learnx.domain.lessons import Completed, Delta, Failed, GroundingCounts, LessonEvent

pytestmark = pytest.mark.anyio

OWNER = uuid4()


def delta(text: str) -> Delta:
    return Delta(section_id="s1", sentence_id="s1.1", text=text)


END = Completed(lesson_id=uuid4(), grounding=GroundingCounts(sourced=1), word_count=3)


class Script:
    """A source that writes what it is told, when it is told."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[LessonEvent | Exception] = asyncio.Queue()
        self.started = 0
        self.closed = asyncio.Event()

    async def events(self) -> AsyncIterator[LessonEvent]:
        self.started += 1
        try:
            while True:
                piece = await self.pieces.get()
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                if isinstance(piece, Completed | Failed):
                    return
        finally:
            self.closed.set()

    def write(self, *pieces: LessonEvent | Exception) -> None:
        for piece in pieces:
            self.pieces.put_nowait(piece)


@pytest.fixture(params=[InProcessGenerations])
def generations(request: pytest.FixtureRequest) -> Generations:
    return request.param()  # type: ignore[no-any-return]


async def read_all(
    generations: Generations, generation: UUID, after: StreamPosition | None = None
) -> list[LessonEvent]:
    events = await generations.follow(OWNER, generation, after=after)
    assert events is not None
    return [event async for _, event in events]


async def test_all_readers_see_the_same_events_of_one_run(generations: Generations) -> None:
    script = Script()
    first = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    second = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    readers = [asyncio.create_task(read_all(generations, first)) for _ in range(5)]
    await asyncio.sleep(0)
    script.write(delta("a"), delta("b"), END)
    assert second == first
    assert await asyncio.gather(*readers) == [[delta("a"), delta("b"), END]] * 5
    assert script.started == 1


async def test_a_reader_that_comes_back_gets_exactly_what_follows(generations: Generations) -> None:
    script = Script()
    script.write(delta("a"), delta("b"), delta("c"), END)
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    events = await generations.follow(OWNER, generation)
    assert events is not None
    placed = [item async for item in events]
    for place, (position, _) in enumerate(placed[:-1]):
        assert await read_all(generations, generation, after=position) == [event for _, event in placed[place + 1 :]]
    assert await generations.follow(OWNER, generation, after=placed[-1][0]) is None


async def test_a_generation_goes_on_when_its_readers_leave(generations: Generations) -> None:
    script = Script()
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    events = await generations.follow(OWNER, generation)
    assert events is not None
    script.write(delta("a"))
    assert (await anext(events))[1] == delta("a")
    await events.aclose()
    script.write(delta("b"), END)
    assert await read_all(generations, generation) == [delta("a"), delta("b"), END]


async def test_a_completed_generation_names_its_lesson_to_its_owner(generations: Generations) -> None:
    script = Script()
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    script.write(delta("a"))
    assert await generations.lesson_of(OWNER, generation) is None
    script.write(END)
    await read_all(generations, generation)
    assert await generations.lesson_of(OWNER, generation) == END.lesson_id
    assert await generations.lesson_of(uuid4(), generation) is None


async def test_a_place_that_the_log_has_not_reached_is_not_found(generations: Generations) -> None:
    script = Script()
    script.write(delta("a"), END)
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    await read_all(generations, generation)
    with pytest.raises(NotFound):
        await generations.follow(OWNER, generation, after=StreamPosition(generation_id=generation, epoch=1, seq=9))


async def test_another_owner_finds_no_such_generation_and_joins_none(generations: Generations) -> None:
    script, other_script = Script(), Script()
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    with pytest.raises(NotFound):
        await generations.follow(uuid4(), generation)
    assert await generations.start_or_join(uuid4(), "key", uuid4(), other_script.events) != generation


async def test_an_unknown_generation_is_not_found(generations: Generations) -> None:
    with pytest.raises(NotFound):
        await generations.follow(OWNER, uuid4())


async def test_a_source_that_breaks_ends_in_an_error_event(generations: Generations) -> None:
    script = Script()
    script.write(delta("a"), RuntimeError("a bug"))
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    events = await read_all(generations, generation)
    assert events[0] == delta("a")
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "SERVER_ERROR"
    assert "bug" not in events[-1].detail


async def test_once_over_a_key_starts_anew(generations: Generations) -> None:
    script = Script()
    script.write(END)
    first = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    await read_all(generations, first)
    script.write(END)
    await asyncio.sleep(0)
    assert await generations.start_or_join(OWNER, "key", uuid4(), script.events) != first


async def test_closing_ends_open_generations_retryably_and_closes_their_sources(generations: Generations) -> None:
    script = Script()
    generation = await generations.start_or_join(OWNER, "key", uuid4(), script.events)
    reader = asyncio.create_task(read_all(generations, generation))
    script.write(delta("a"))
    await asyncio.sleep(0.01)
    await generations.aclose()
    events = await reader
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "SERVICE_UNAVAILABLE"
    assert events[-1].retryable
    assert script.closed.is_set()
