"""Personalizing a file, on a real Postgres and with a model that says what it is told."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.conftest import DatabaseUrls
from tests.domain.lesson_material import chunks as lesson_chunks
from tests.fakes.no_cache import NoCache
from tests.fakes.open_limiter import admit_generation
from uuid_utils.compat import uuid7

from learnx.adapters.generations import InProcessGenerations
from learnx.adapters.llm.failover import FailoverLanguageModel
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.answer_author import AnswerAuthor
from learnx.application.generation_writing import WriteGeneration
from learnx.application.lesson_author import LessonAuthor
from learnx.application.lessons import FollowGeneration, GetLesson, StreamOver
from learnx.application.one_generation import OneGeneration
from learnx.application.personalization import PersonalizeFile, WriteLesson
from learnx.application.ports.embeddings import Vector
from learnx.application.ports.generations import StreamPosition
from learnx.application.ports.llm import LanguageModel, Recorder, Switched
from learnx.application.ports.paging import Page
from learnx.application.retrieval import RetrievePassages
from learnx.application.spending import ReserveSpend
from learnx.application.summary_author import SummaryAuthor
from learnx.domain.courses import Course, File, Module
from learnx.domain.documents import Chunk
from learnx.domain.errors import NotFound, NotReady, PersonaMissing, ProviderError
from learnx.domain.identity import Principal, User
from learnx.domain.lessons import (
    Completed,
    Failed,
    LessonEvent,
    LessonOptions,
    Restarted,
    SentenceVerified,
    Started,
    UsageReported,
)
from learnx.domain.model_calls import ModelCall
from learnx.domain.personas import Communication, ContentPreferences, Interests, Persona, PersonaVersion
from learnx.domain.plans import Budgets
from learnx.domain.prompts import Prompt
from learnx.domain.spending import UNLIMITED

pytestmark = pytest.mark.anyio

GROUNDED = (
    "## explanation: Cells\n"
    "Mitochondria are organelles that produce most of the energy of a cell [1]. "
    "A human liver cell holds about 9,000 mitochondria [1]. "
    "Pure water boils at 100 °C at sea level [3]."
)
INVENTED = "## explanation: Cells\nMitochondria were invented in Paris by Marie Dupont in 1999 [1]."
EXPLANATION = LessonOptions(sections=("explanation",))


@dataclass
class ScriptedModel:
    """Says its text, in small pieces; stops at ``gate`` after each; may fail at the end, or have a substitute."""

    text: str = GROUNDED
    failure: Exception | None = None
    gate: asyncio.Event | None = None
    substitute: str = ""
    prompts: list[Prompt] = field(default_factory=list)
    name: str = "scripted"
    context_tokens: int = 32_000

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        return 1.0

    def from_model(self, name: str) -> "ScriptedModel":
        return self

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        self.prompts.append(prompt)
        try:
            for start in range(0, len(self.text), 7):
                yield self.text[start : start + 7]
                if self.gate is not None:
                    await self.gate.wait()
            if self.failure is not None:
                raise self.failure
            if self.substitute:
                yield Switched(model="substitute")
                yield self.substitute
        finally:
            record(ModelCall(model=self.name, prompt_tokens=100, completion_tokens=10, cost_usd=0.25))


@dataclass
class FailingAfter:
    """A model that answers so many prompts, and no more."""

    model: ScriptedModel
    prompts: int
    name: str = "scripted"
    context_tokens: int = 32_000

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        return 1.0

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        if len(self.model.prompts) >= self.prompts:
            raise ProviderError("down")
        async for piece in self.model.stream(prompt, max_tokens=max_tokens, record=record):
            yield piece


class LetterEmbedder:
    """The share of each letter: texts that look alike are alike."""

    model = "letters"
    dimensions = 26

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        counts = [[text.lower().count(letter) for letter in map(chr, range(97, 123))] for text in texts]
        return [[count / (sum(n * n for n in row) ** 0.5 or 1) for count in row] for row in counts]


def now() -> datetime:
    return datetime.now(UTC)


def writer(database: PostgresDatabase, model: LanguageModel) -> WriteGeneration:
    return WriteGeneration(
        database,
        NoCache(),
        model,
        now,
        LessonAuthor(database, uuid7),
        AnswerAuthor(database, model, RetrievePassages(database, LetterEmbedder())),
        SummaryAuthor(),
    )


@dataclass
class Reader:
    """A learner with a persona and one file that is ready."""

    database: PostgresDatabase
    principal: Principal
    file_id: UUID
    model: ScriptedModel = field(default_factory=ScriptedModel)
    embedder: LetterEmbedder = field(default_factory=LetterEmbedder)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """What an API server forgets that is started again."""
        self.generations = InProcessGenerations(writer(self.database, self.model))

    @property
    def personalize(self) -> PersonalizeFile:
        budgets = Budgets(plans={"unlimited": UNLIMITED}, default_plan="unlimited")
        admit = admit_generation(ReserveSpend(self.database, budgets, now))
        once = OneGeneration(self.database, self.generations, now, uuid7)
        return PersonalizeFile(self.database, self.model, self.embedder, self.generations, once, admit, now, uuid7)

    @property
    def get_lesson(self) -> GetLesson:
        return GetLesson(self.database, self.model, self.embedder)

    async def read(
        self, options: LessonOptions = EXPLANATION, *, fresh: bool = False, resume: StreamPosition | None = None
    ) -> list[tuple[StreamPosition, LessonEvent]]:
        stream = await self.personalize(self.principal, self.file_id, options, fresh=fresh, resume=resume)
        return [item async for item in stream]

    async def events(self, options: LessonOptions = EXPLANATION, *, fresh: bool = False) -> list[LessonEvent]:
        return [event for _, event in await self.read(options, fresh=fresh)]

    async def put(self, change: Callable[[Persona], Persona]) -> None:
        async with self.database.transaction(self.principal.user_id) as tx:
            current = await tx.personas.current()
            persona = change(current.persona if current else Persona(interests=Interests(primary=("basketball",))))
            version = current.version + 1 if current else 1
            await tx.personas.append(PersonaVersion(version=version, updated_at=now(), persona=persona))
            await tx.commit()

    async def lesson_count(self) -> int:
        async with self.database.transaction(self.principal.user_id) as tx:
            return len(await tx.lessons.page(self.file_id, Page(limit=100)))

    async def activity(self) -> list[str]:
        async with self.database.transaction(self.principal.user_id) as tx:
            return [one.kind for one in reversed(await tx.activities.page(Page(limit=100)))]


async def new_reader(
    database: PostgresDatabase, accounts: PostgresAccounts, *, ready: bool = True, described: bool = True
) -> Reader:
    owner = uuid7()
    await accounts.register(User(id=owner, email=f"{owner}@example.org", full_name="Ada", created_at=now()), "hash")
    course = Course(id=uuid7(), title="Biology", created_at=now(), updated_at=now())
    module = Module(id=uuid7(), course_id=course.id, title="Cells", position=0, created_at=now(), updated_at=now())
    file = File(
        id=uuid7(),
        module_id=module.id,
        course_id=course.id,
        filename="cells.pdf",
        media_type="application/pdf",
        size_bytes=9,
        sha256="0" * 64,
        created_at=now(),
    )
    reader = Reader(database, Principal(user_id=owner), file.id)
    async with database.transaction(owner) as tx:
        await tx.courses.add(course)
        await tx.modules.add(module)
        await tx.files.add(file)
        await tx.commit()
    if ready:
        await make_ready(reader)
    if described:
        await reader.put(lambda persona: persona)
    return reader


async def make_ready(reader: Reader) -> None:
    chunks = [
        Chunk(
            id=uuid7(),
            file_id=reader.file_id,
            index=chunk.index,
            text=chunk.text,
            page_marks=chunk.page_marks,
            heading_path=chunk.heading_path,
            token_count=chunk.token_count,
            content_hash=chunk.content_hash,
            page_start=chunk.page_start,
            page_end=chunk.page_end,
        )
        for chunk in lesson_chunks()
    ]
    vectors = await reader.embedder.embed([chunk.text for chunk in chunks])
    async with reader.database.transaction(reader.principal.user_id) as tx:
        job = await tx.jobs.claim(reader.file_id, worker="test", stale_after_seconds=60)
        assert job is not None
        await tx.chunks.replace(reader.file_id, chunks, vectors, embedding_model="letters", language="en")
        await tx.jobs.complete(
            reader.file_id,
            job.attempt,
            title="Cells",
            language="en",
            page_count=5,
            word_count=300,
            chunk_count=3,
            now=now(),
        )
        await tx.commit()


@pytest.fixture
async def storage(database_urls: DatabaseUrls) -> AsyncIterator[tuple[PostgresDatabase, PostgresAccounts]]:
    engine = open_engine(database_urls.app)
    yield PostgresDatabase(engine), PostgresAccounts(engine)
    await engine.dispose()


@pytest.fixture
async def reader(storage: tuple[PostgresDatabase, PostgresAccounts]) -> AsyncIterator[Reader]:
    reader = await new_reader(*storage)
    yield reader
    await reader.generations.aclose()


async def test_what_is_verified_is_streamed_and_kept_and_what_is_not_is_neither(reader: Reader) -> None:
    events = await reader.events()
    assert isinstance(events[0], Started) and not events[0].cached
    assert [event.text for event in events if isinstance(event, SentenceVerified)] == [
        "Mitochondria are organelles that produce most of the energy of a cell.",
        "Pure water boils at 100 °C at sea level.",
    ]
    usage, last = events[-2:]
    assert isinstance(usage, UsageReported) and (usage.prompt_tokens, usage.cost_usd) == (100, 0.25)
    assert isinstance(last, Completed) and last.grounding.retracted == 1
    lesson = await reader.get_lesson(reader.principal, last.lesson_id)
    assert "9,000" not in str(lesson)
    assert [citation.page_number for s in lesson.sections for t in s.sentences for citation in t.citations] == [3, 5]


async def test_a_stored_lesson_is_replayed_without_the_model_to_the_same_end(reader: Reader) -> None:
    first, second = await reader.events(), await reader.events()
    assert len(reader.model.prompts) == 1
    assert isinstance(second[0], Started) and second[0].cached
    assert [e for e in first if isinstance(e, SentenceVerified)] == [
        e for e in second if isinstance(e, SentenceVerified)
    ]
    assert first[-1] == second[-1]
    assert isinstance(second[-2], UsageReported)
    assert second[-2].cache_hit and second[-2].prompt_tokens == 0
    assert await reader.activity() == ["lesson_started", "lesson_finished", "lesson_read"]


async def test_fifty_first_requests_make_one_model_call_and_fifty_whole_lessons(reader: Reader) -> None:
    reader.model.gate = asyncio.Event()
    readers = [asyncio.create_task(reader.events()) for _ in range(50)]
    while not reader.model.prompts:
        await asyncio.sleep(0.01)
    reader.model.gate.set()
    streams = await asyncio.gather(*readers)
    assert len(reader.model.prompts) == 1
    assert all(isinstance(stream[-1], Completed) for stream in streams)
    assert await reader.lesson_count() == 1


async def test_fresh_writes_anew_though_a_lesson_is_stored(reader: Reader) -> None:
    await reader.events()
    events = await reader.events(fresh=True)
    assert isinstance(events[0], Started) and not events[0].cached
    assert len(reader.model.prompts) == 2


async def test_only_a_persona_field_that_a_section_uses_makes_a_lesson_outdated(reader: Reader) -> None:
    last = (await reader.events())[-1]
    assert isinstance(last, Completed)

    async def current() -> bool:
        return (await reader.get_lesson(reader.principal, last.lesson_id)).current

    def with_preferences(preferences: ContentPreferences) -> Callable[[Persona], Persona]:
        return lambda persona: Persona(interests=persona.interests, content_preferences=preferences)

    assert await current()
    await reader.put(with_preferences(ContentPreferences(summary_style="outline", examples_per_concept=4)))
    assert await current()
    await reader.put(lambda persona: Persona(interests=persona.interests, communication=Communication(tone="formal")))
    assert not await current()


async def test_a_focus_leaves_out_what_it_is_not_about(reader: Reader) -> None:
    reader.model.text = "## explanation: Cells\nThe reactions take place in the chloroplasts of plants [1]."
    await reader.events(LessonOptions(sections=("explanation",), focus="Photosynthesis in the chloroplasts of plants"))
    (prompt,) = reader.model.prompts
    assert "chloroplasts" in prompt.excerpts
    assert "Ice floats" not in prompt.excerpts


async def test_a_provider_that_fails_half_way_ends_the_stream_and_nothing_is_stored(reader: Reader) -> None:
    reader.model.failure = ProviderError("The model does not answer.")
    events = await reader.events()
    assert any(isinstance(event, SentenceVerified) for event in events)
    assert events[-1] == Failed(code="PROVIDER_ERROR", detail="The model does not answer.", retryable=True)
    assert await reader.lesson_count() == 0
    reader.model.failure = None
    assert isinstance((await reader.events())[-1], Completed)


async def test_where_another_model_takes_over_the_lesson_begins_anew_and_is_its_own(reader: Reader) -> None:
    reader.model.substitute = GROUNDED
    reader.model.gate = asyncio.Event()
    stream = await reader.personalize(reader.principal, reader.file_id, EXPLANATION)
    events = [(await anext(stream))[1]]
    reader.model.gate.set()
    events += [event async for _, event in stream]
    restart = next(number for number, event in enumerate(events) if isinstance(event, Restarted))
    started = events[restart + 1]
    assert isinstance(started, Started) and started.model == "substitute"
    last = events[-1]
    assert isinstance(last, Completed)
    lesson = await reader.get_lesson(reader.principal, last.lesson_id)
    assert lesson.model == "substitute"
    assert [sentence.text for section in lesson.sections for sentence in section.sentences] == [
        event.text for event in events[restart:] if isinstance(event, SentenceVerified)
    ]


async def test_a_model_that_takes_over_in_the_middle_of_a_lesson_is_asked_for_all_of_it_and_stays(
    reader: Reader,
) -> None:
    """The first one fails when it is asked again for what it had lost; the second one loses as much at first."""
    first = ScriptedModel(text=INVENTED)
    second = ScriptedModel(text=INVENTED, name="second")
    models = FailoverLanguageModel([FailingAfter(first, prompts=1), second])
    reader.generations = InProcessGenerations(writer(reader.database, models))
    events = await reader.events()

    assert [event.model for event in events if isinstance(event, Started)][-1] == "second"
    assert len(first.prompts) == 1
    assert second.prompts.count(first.prompts[0]) == 1


async def test_a_model_that_stands_in_before_the_first_word_restarts_nothing(reader: Reader) -> None:
    reader.model.text, reader.model.substitute = "", GROUNDED
    events = await reader.events()
    assert [type(event) for event in events].count(Started) == 1
    assert not any(isinstance(event, Restarted) for event in events)
    last = events[-1]
    assert isinstance(last, Completed)
    assert (await reader.get_lesson(reader.principal, last.lesson_id)).model == "substitute"


async def test_where_nothing_can_be_sourced_nothing_is_stored(reader: Reader) -> None:
    reader.model.text = INVENTED
    last = (await reader.events())[-1]
    assert isinstance(last, Failed) and last.code == "UNGROUNDED"
    assert await reader.lesson_count() == 0
    write = WriteLesson(reader.personalize, reader.get_lesson)
    with pytest.raises(ProviderError):
        await write(reader.principal, reader.file_id, EXPLANATION)


async def test_a_file_deleted_while_its_lesson_is_written_ends_the_stream(reader: Reader) -> None:
    reader.model.gate = asyncio.Event()
    reading = asyncio.create_task(reader.events())
    while not reader.model.prompts:
        await asyncio.sleep(0.01)
    async with reader.database.transaction(reader.principal.user_id) as tx:
        await tx.files.delete(reader.file_id)
        await tx.commit()
    reader.model.gate.set()
    last = (await reading)[-1]
    assert isinstance(last, Failed) and last.code == "NOT_FOUND"


async def test_a_reader_is_placed_by_its_last_event_also_once_the_log_is_gone(reader: Reader) -> None:
    live = await reader.read()
    middle = live[4][0]
    assert await reader.read(resume=middle) == live[5:]
    with pytest.raises(StreamOver):
        await reader.read(resume=live[-1][0])
    reader.forget()
    again = await reader.read(resume=middle)
    assert again[0][1].__class__.__name__ == "Restarted"
    assert again[-1][1] == live[-1][1]
    assert await reader.read(resume=again[3][0]) == again[4:]
    with pytest.raises(StreamOver):
        await reader.read(resume=again[-1][0])


@pytest.mark.parametrize("deleted", ["lesson", "file"])
async def test_what_was_deleted_is_not_read_on_in_its_log(reader: Reader, deleted: str) -> None:
    live = await reader.read()
    last = live[-1][1]
    assert isinstance(last, Completed)
    async with reader.database.transaction(reader.principal.user_id) as tx:
        await (tx.lessons.delete(last.lesson_id) if deleted == "lesson" else tx.files.delete(reader.file_id))
        await tx.commit()
    with pytest.raises(NotFound):
        await reader.read(resume=live[3][0])
    follow = FollowGeneration(reader.database, reader.generations)
    with pytest.raises(NotFound):
        await follow(reader.principal, live[0][0].generation_id)


async def test_what_cannot_be_written_is_refused_before_the_first_event(
    reader: Reader, storage: tuple[PostgresDatabase, PostgresAccounts]
) -> None:
    other = await new_reader(*storage, ready=False)
    with pytest.raises(NotReady):
        await other.events()
    with pytest.raises(NotFound):
        await reader.personalize(reader.principal, other.file_id, EXPLANATION)
    stranger = Reader(reader.database, other.principal, reader.file_id, model=reader.model)
    with pytest.raises(NotFound):
        await stranger.events()
    live = await reader.read()
    follow = FollowGeneration(reader.database, reader.generations)
    with pytest.raises(NotFound):
        await follow(other.principal, live[0][0].generation_id)
    assert len(reader.model.prompts) == 1


async def test_without_a_persona_only_the_plain_lesson_is_written(
    storage: tuple[PostgresDatabase, PostgresAccounts],
) -> None:
    reader = await new_reader(*storage, described=False)
    with pytest.raises(PersonaMissing):
        await reader.events()
    plain = await reader.events(LessonOptions(sections=("explanation",), persona=False))
    assert isinstance(plain[0], Started) and plain[0].persona_version is None
    assert not any(event.because for event in plain if isinstance(event, SentenceVerified))
    assert reader.model.prompts[0].persona == ""
