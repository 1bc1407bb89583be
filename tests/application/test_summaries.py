"""Summarizing, on a real Postgres and with a model of a small context that reads every prompt and counts them."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.conftest import DatabaseUrls
from tests.domain.lesson_material import chunks as lesson_chunks
from tests.fakes.no_cache import NoCache
from tests.fakes.open_limiter import admit_generation
from uuid_utils.compat import uuid7

from learnx.adapters.generations import InProcessGenerations
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.answer_author import AnswerAuthor
from learnx.application.generation_writing import WriteGeneration
from learnx.application.lesson_author import LessonAuthor
from learnx.application.one_generation import OneGeneration
from learnx.application.ports.embeddings import Vector
from learnx.application.ports.llm import Recorder, Switched
from learnx.application.ports.paging import Page
from learnx.application.retrieval import RetrievePassages
from learnx.application.spending import ReserveSpend
from learnx.application.summaries import Summarize, WriteSummary
from learnx.application.summary_author import SummaryAuthor
from learnx.application.summary_request import SummaryOrder
from learnx.domain.courses import Course, File, Module
from learnx.domain.documents import Chunk
from learnx.domain.errors import Conflict, NotFound, NotReady, PaymentRequired, ProviderError, RateLimited
from learnx.domain.identity import Principal, User
from learnx.domain.lessons import Completed, Failed, LessonEvent, Restarted, SentenceVerified, Started, UsageReported
from learnx.domain.model_calls import ModelCall
from learnx.domain.personas import ContentPreferences, Interests, Persona, PersonaVersion
from learnx.domain.plans import Budgets
from learnx.domain.prompts import Prompt
from learnx.domain.retrieval import Scope
from learnx.domain.spending import UNLIMITED, Limits
from learnx.domain.summaries import Summary, SummaryType

pytestmark = pytest.mark.anyio

_EXCERPT = re.compile(r'<excerpt id="(\d+)"[^>]*>\n(.*?)\n</excerpt>', re.DOTALL)
UNLIMITED_BUDGETS = Budgets(plans={"unlimited": UNLIMITED}, default_plan="unlimited")


def first_sentences(prompt: Prompt) -> str:
    return "".join(f"- {text.split('. ')[0]} [{number}].\n" for number, text in _EXCERPT.findall(prompt.excerpts))


@dataclass
class Reading:
    """A model that lists the first sentence of every excerpt, or says what it is told; it may ``switch`` once, after so
    many prompts, in the middle of its text."""

    say: Callable[[Prompt], str] = first_sentences
    context_tokens: int = 32_000
    switch_at: int | None = None
    prompts: list[Prompt] = field(default_factory=list)
    name: str = "reading"

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        return 1.0

    def from_model(self, name: str) -> "Reading":
        return self

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        self.prompts.append(prompt)
        text = self.say(prompt)
        try:
            if len(self.prompts) == self.switch_at:
                yield text[: len(text) // 2]
                yield Switched(model="substitute")
            yield text
        finally:
            record(ModelCall(model=self.name, prompt_tokens=100, completion_tokens=10, cost_usd=0.25))


class NoEmbedder:
    """Summaries look nothing up."""

    model, dimensions = "none", 1

    async def embed(self, texts: list[str]) -> list[Vector]:
        raise AssertionError("a summary needs no vectors")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Library:
    """A learner's course of one module; summaries of it by ``model``."""

    database: PostgresDatabase
    principal: Principal
    course_id: UUID
    module_id: UUID
    model: Reading = field(default_factory=Reading)
    budgets: Budgets = UNLIMITED_BUDGETS

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """What an API server forgets that is started again."""
        write = WriteGeneration(
            self.database,
            NoCache(),
            self.model,
            now,
            LessonAuthor(self.database, uuid7),
            AnswerAuthor(self.database, self.model, RetrievePassages(self.database, NoEmbedder())),
            SummaryAuthor(),
        )
        self.generations = InProcessGenerations(write)

    @property
    def summarize(self) -> Summarize:
        admit = admit_generation(ReserveSpend(self.database, self.budgets, now))
        once = OneGeneration(self.database, self.generations, now, uuid7)
        return Summarize(self.database, self.model, self.generations, once, admit, now, uuid7)

    async def events(
        self, scope: Scope, kind: SummaryType = "key_points", max_words: int | None = None
    ) -> list[LessonEvent]:
        order = SummaryOrder(scope=scope, summary_type=kind, max_words=max_words)
        return [event async for _, event in await self.summarize(self.principal, order)]

    async def summary(self, scope: Scope, kind: SummaryType = "key_points", max_words: int | None = None) -> Summary:
        order = SummaryOrder(scope=scope, summary_type=kind, max_words=max_words)
        return await WriteSummary(self.summarize, self.database)(self.principal, order)

    async def add(self, *, sections: int = 0, ready: bool = True, module: UUID | None = None) -> UUID:
        """A file: our small document, or one of so many sections, each of a passage of its own."""
        file_id, owner = uuid7(), self.principal.user_id
        found = [_section(file_id, number) for number in range(sections)] or [
            _copy(file_id, chunk) for chunk in lesson_chunks()
        ]
        async with self.database.transaction(owner) as tx:
            await tx.files.add(
                File(
                    id=file_id,
                    module_id=module or self.module_id,
                    course_id=self.course_id,
                    filename="cells.pdf",
                    media_type="application/pdf",
                    size_bytes=9,
                    sha256="0" * 64,
                    created_at=now(),
                )
            )
            if ready:
                job = await tx.jobs.claim(file_id, worker="test", stale_after_seconds=60)
                assert job is not None
                vectors = [[1.0]] * len(found)
                await tx.chunks.replace(file_id, found, vectors, embedding_model="none", language="en")
                await tx.jobs.complete(
                    file_id,
                    job.attempt,
                    title=f"Document {file_id}",
                    language="en",
                    page_count=5,
                    word_count=300,
                    chunk_count=len(found),
                    now=now(),
                )
            await tx.commit()
        return file_id

    async def put(self, **facets: object) -> None:
        async with self.database.transaction(self.principal.user_id) as tx:
            current = await tx.personas.current()
            persona = Persona(**{"interests": Interests(primary=("chess",)), **facets})
            version = current.version + 1 if current else 1
            await tx.personas.append(PersonaVersion(version=version, updated_at=now(), persona=persona))
            await tx.commit()

    async def stored(self, file_id: UUID) -> list[Summary]:
        async with self.database.transaction(self.principal.user_id) as tx:
            return await tx.summaries.page(file_id, Page())


WORDS = ("amber", "basalt", "cobalt", "dolomite", "emerald", "feldspar", "garnet", "hematite", "indigo", "jasper")


def _section(file_id: UUID, number: int) -> Chunk:
    name = f"{WORDS[number % 10].title()}{WORDS[number // 10]}"
    text = f"The mineral {name} has a density of {1_000 + number} kilograms per cubic metre. " + (
        f"It is mined near the village of {name}ville in the north. " * 8
    )
    return Chunk(
        id=uuid7(),
        file_id=file_id,
        index=number,
        text=text.strip(),
        heading_path=(f"{name}",),
        token_count=140,
        content_hash=f"{number}",
    )


def _copy(file_id: UUID, chunk: Chunk) -> Chunk:
    return Chunk(
        id=uuid7(),
        file_id=file_id,
        index=chunk.index,
        text=chunk.text,
        page_marks=chunk.page_marks,
        heading_path=chunk.heading_path,
        token_count=chunk.token_count,
        content_hash=chunk.content_hash,
        page_start=chunk.page_start,
        page_end=chunk.page_end,
    )


async def new_library(database: PostgresDatabase, accounts: PostgresAccounts) -> Library:
    owner = uuid7()
    await accounts.register(User(id=owner, email=f"{owner}@example.org", full_name="Ada", created_at=now()), "hash")
    course = Course(id=uuid7(), title="Biology", created_at=now(), updated_at=now())
    module = Module(id=uuid7(), course_id=course.id, title="Cells", position=0, created_at=now(), updated_at=now())
    async with database.transaction(owner) as tx:
        await tx.courses.add(course)
        await tx.modules.add(module)
        await tx.commit()
    return Library(database, Principal(user_id=owner), course.id, module.id)


@pytest.fixture
async def storage(database_urls: DatabaseUrls) -> AsyncIterator[tuple[PostgresDatabase, PostgresAccounts]]:
    engine = open_engine(database_urls.app)
    yield PostgresDatabase(engine), PostgresAccounts(engine)
    await engine.dispose()


@pytest.fixture
async def library(storage: tuple[PostgresDatabase, PostgresAccounts]) -> AsyncIterator[Library]:
    library = await new_library(*storage)
    yield library
    await library.generations.aclose()


async def test_a_summary_is_streamed_kept_and_replayed_without_the_model(library: Library) -> None:
    scope = Scope(file_id=await library.add())
    first, second = await library.events(scope), await library.events(scope)
    assert len(library.model.prompts) == 1
    assert isinstance(first[0], Started) and not first[0].cached
    assert isinstance(second[0], Started) and second[0].cached
    assert [e for e in first if isinstance(e, SentenceVerified)] == [
        e for e in second if isinstance(e, SentenceVerified)
    ]
    assert first[-1] == second[-1]
    usage, last = first[-2:]
    assert isinstance(usage, UsageReported) and usage.prompt_tokens == 100
    assert isinstance(last, Completed) and last.stored_id == first[0].summary_id
    summary = await library.summary(scope)
    assert summary.id == last.stored_id
    assert summary.summary == "".join(sentence.lead + sentence.text for sentence in summary.sentences)
    assert (summary.word_count, summary.estimated_read_minutes) == (last.word_count, 1)
    assert (summary.grounding, summary.persona_version) == (last.grounding, None)


async def test_ten_who_ask_at_once_read_one_summary(library: Library) -> None:
    scope = Scope(file_id=await library.add())
    streams = await asyncio.gather(*(library.events(scope) for _ in range(10)))
    assert len(library.model.prompts) == 1
    assert len({stream[-1].stored_id for stream in streams if isinstance(stream[-1], Completed)}) == 1


async def test_only_what_a_summary_uses_of_a_persona_makes_another(library: Library) -> None:
    scope = Scope(file_id=await library.add())
    await library.put()
    first = await library.summary(scope)
    await library.put(interests=Interests(primary=("cooking",)))
    assert (await library.summary(scope)).id == first.id
    await library.put(content_preferences=ContentPreferences(summary_style="outline"))
    assert (await library.summary(scope)).id != first.id
    assert (await library.summary(scope, max_words=100)).id != first.id
    assert (await library.summary(scope, "exam_prep")).summary_type == "exam_prep"
    assert len(library.model.prompts) == 4


async def test_a_model_of_a_small_context_reads_a_long_document_in_parts_and_all_of_it(library: Library) -> None:
    library.model.context_tokens = 8_192
    file_id = await library.add(sections=60)
    summary = await library.summary(Scope(file_id=file_id), max_words=2_000)
    *parts, whole = library.model.prompts
    assert 2 <= len(parts) <= 12
    assert sum(prompt.excerpts.count("<excerpt") for prompt in parts) == 60
    assert all(len(prompt.text) / 4 < 8_192 / 2 for prompt in [*parts, whole])
    assert 5 <= summary.grounding.sourced <= whole.excerpts.count("<excerpt")
    async with library.database.transaction(library.principal.user_id) as tx:
        outline = await tx.chunks.outline(file_id)
    places = [chunk.index for chunk in outline if chunk.id in {s.citations[0].chunk_id for s in summary.sentences}]
    gaps = [after - before for before, after in zip([-1, *places], [*places, 60], strict=True)]
    assert max(gaps) <= 10


async def test_a_course_is_covered_over_all_of_its_files_that_are_ready(library: Library) -> None:
    ready = [await library.add(sections=30), await library.add(), await library.add(sections=40)]
    await library.add(ready=False)
    library.model.context_tokens = 8_192
    for scope in (Scope(course_id=library.course_id), Scope(module_id=library.module_id)):
        summary = await library.summary(scope, "comprehensive", 2_000)
        assert summary.cited_files == set(ready)
        async with library.database.transaction(library.principal.user_id) as tx:
            for sentence in summary.sentences:
                for citation in sentence.citations:
                    chunk = await tx.chunks.get(citation.chunk_id)
                    assert chunk.file_id == citation.file_id
                    assert citation.quote in chunk.text


async def test_where_there_is_nothing_to_read_a_summary_is_refused(library: Library) -> None:
    empty = (Scope(course_id=library.course_id), Scope(module_id=library.module_id))
    for scope in empty:
        with pytest.raises(Conflict, match="Upload one"):
            await library.events(scope)
    unready = await library.add(ready=False)
    with pytest.raises(NotReady):
        await library.events(Scope(file_id=unready))
    for unknown in (Scope(file_id=uuid7()), Scope(module_id=uuid7()), Scope(course_id=uuid7())):
        with pytest.raises(NotFound):
            await library.events(unknown)
    await library.add()
    async with library.database.transaction(library.principal.user_id) as tx:
        course = await tx.courses.get(library.course_id)
        await tx.courses.update(replace(course, archived=True))
        await tx.commit()
    for scope in empty:
        with pytest.raises(Conflict, match="archived"):
            await library.events(scope)


async def test_somebody_elses_file_is_unknown(
    library: Library, storage: tuple[PostgresDatabase, PostgresAccounts]
) -> None:
    file_id = await library.add()
    stranger = await new_library(*storage)
    for scope in (
        Scope(file_id=file_id),
        Scope(module_id=library.module_id),
        Scope(course_id=library.course_id),
    ):
        with pytest.raises(NotFound):
            await stranger.events(scope)


@pytest.mark.parametrize(
    "reply", ["", "[1]\n[2]", '{"summary": "none"}', "Mitochondria were invented in Paris by Marie Dupont in 1999 [1]."]
)
async def test_what_can_not_be_sourced_is_not_kept(library: Library, reply: str) -> None:
    library.model.say = lambda prompt: reply
    file_id = await library.add()
    last = (await library.events(Scope(file_id=file_id)))[-1]
    assert isinstance(last, Failed) and last.code == "UNGROUNDED"
    assert await library.stored(file_id) == []
    with pytest.raises(ProviderError):
        await library.summary(Scope(file_id=file_id))


async def test_topics_that_never_fit_end_in_an_error_and_nothing_is_kept(library: Library) -> None:
    library.model.say = lambda prompt: first_sentences(prompt) + "\n## topics\nnone"
    file_id = await library.add()
    last = (await library.events(Scope(file_id=file_id)))[-1]
    assert isinstance(last, Failed) and last.code == "PROVIDER_ERROR"
    assert len(library.model.prompts) == 2
    assert await library.stored(file_id) == []


async def test_what_cites_a_file_that_was_deleted_meanwhile_is_not_kept(library: Library) -> None:
    kept, gone = await library.add(), await library.add(sections=2)
    scope = Scope(course_id=library.course_id)
    order = SummaryOrder(scope=scope, summary_type="key_points")
    stream = await library.summarize(library.principal, order)
    await anext(stream)
    async with library.database.transaction(library.principal.user_id) as tx:
        await tx.files.delete(gone)
        await tx.commit()
    last = [event async for _, event in stream][-1]
    assert isinstance(last, Failed) and last.code == "NOT_FOUND"
    assert (await library.summary(scope)).cited_files == {kept}


async def test_a_model_that_stands_in_while_parts_are_read_reads_all_of_them_itself(library: Library) -> None:
    library.model.context_tokens, library.model.switch_at = 8_192, 2
    file_id = await library.add(sections=60)
    events = await library.events(Scope(file_id=file_id))
    assert any(isinstance(event, Restarted) for event in events)
    assert [event.model for event in events if isinstance(event, Started)] == ["reading", "substitute"]
    (summary,) = await library.stored(file_id)
    assert summary.model == "substitute"
    assert library.model.prompts[2] == library.model.prompts[0]


async def test_what_it_may_cost_is_set_aside_for_all_prompts(library: Library) -> None:
    library.model.context_tokens = 8_192
    file_id = await library.add(sections=60)
    library.budgets = Budgets(plans={"small": Limits(budget_usd_per_day=10.0)}, default_plan="small")
    with pytest.raises((PaymentRequired, RateLimited)):
        await library.events(Scope(file_id=file_id))
    assert library.model.prompts == []
    library.budgets = Budgets(plans={"large": Limits(budget_usd_per_day=50.0)}, default_plan="large")
    assert isinstance((await library.events(Scope(file_id=file_id)))[-1], Completed)


async def test_the_hour_of_a_summary_is_when_it_was_finished(library: Library) -> None:
    before = now()
    summary = await library.summary(Scope(file_id=await library.add()))
    assert before - timedelta(seconds=1) <= summary.created_at <= now() + timedelta(seconds=1)
