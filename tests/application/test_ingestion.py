"""A file goes through its steps, is completed with its chunks or not at all, and survives every interruption."""

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.fakes.no_cache import NoCache
from uuid_utils.compat import uuid7

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.embeddings import WordLlamaEmbedder
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.due_jobs import PostgresDueJobs
from learnx.adapters.postgres.engine import open_engine
from learnx.application import ingestion, ingestion_attempt
from learnx.application.files import blob_key
from learnx.application.ingestion import MAX_TRIES, OfferDueJobs, ProcessFile, WorkFolder
from learnx.application.ports.embeddings import Embedder, Vector
from learnx.application.ports.extraction import PagesDone
from learnx.application.ports.paging import Page
from learnx.domain.courses import PROGRESS, Course, File, FileProgress, Module
from learnx.domain.documents import Block, Chunk, Document, PageMark
from learnx.domain.errors import NotFound, ProcessingFailed, ProviderError, Unavailable
from learnx.domain.identity import User

pytestmark = pytest.mark.anyio

SUBJECTS = ("cells", "tissues", "organs", "organisms", "populations", "communities")


def document(*subjects: str) -> Document:
    blocks = [
        Block(
            kind="paragraph",
            text=" ".join(f"Sentence {number} says what is known of {subject} today." for number in range(60)),
            page_marks=(PageMark(offset=0, page=page),),
            heading_path=("Biology", subject.capitalize()),
        )
        for page, subject in enumerate(subjects, 1)
    ]
    return Document(blocks=tuple(blocks), title="Life", language="en", page_count=len(subjects))


@dataclass
class ScriptedExtractor:
    """Each call takes the next document or error; ``hold`` keeps it at work until released or cancelled."""

    results: list[Document | Exception] = field(default_factory=lambda: [document(*SUBJECTS)])
    hold: asyncio.Event | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0
    passwords: list[str | None] = field(default_factory=list)

    async def extract(
        self, path: Path, *, filename: str, password: str | None = None, on_pages: PagesDone | None = None
    ) -> Document:
        assert path.read_bytes() == b"the bytes"
        self.passwords.append(password)
        if on_pages is not None:
            on_pages(3, 7)
        hold, self.hold = self.hold, None
        self.begun.set()
        try:
            if hold is not None:
                await hold.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result


@dataclass
class RecordedFeed:
    published: list[FileProgress] = field(default_factory=list)

    async def publish(self, owner: UUID, file: UUID, progress: FileProgress) -> None:
        self.published.append(progress)

    def watch(self, owner: UUID, file: UUID) -> AsyncGenerator[FileProgress | None, None]:
        raise NotImplementedError


@dataclass
class RecordedQueue:
    offered: list[UUID] = field(default_factory=list)

    async def offer(self, owner: UUID, job: UUID) -> None:
        self.offered.append(job)


class BrokenEmbedder:
    model, dimensions = "broken", 256

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        raise ProviderError("no answer")


@dataclass(frozen=True)
class SpoilingEmbedder:
    """The vector of one text is another's, or nobody's."""

    spoil: Callable[[list[Vector]], object]
    model: str = WordLlamaEmbedder().model
    dimensions: int = WordLlamaEmbedder().dimensions

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        vectors = await WordLlamaEmbedder().embed(texts)
        self.spoil(vectors)
        return vectors


class Flaky(FileBlobStore):
    """Down the first time it is asked."""

    asked = 0

    async def download(self, key: str, path: Path) -> None:
        self.asked += 1
        if self.asked == 1:
            raise Unavailable("The storage can't be reached.")
        await super().download(key, path)


@dataclass
class Library:
    """A learner with a course, as the application sees them."""

    database: PostgresDatabase
    blobs: FileBlobStore
    owner: UUID
    module: Module

    async def add(self, *, password: str | None = None) -> UUID:
        file = File(
            id=uuid7(),
            module_id=self.module.id,
            course_id=self.module.course_id,
            filename="life.pdf",
            media_type="application/pdf",
            size_bytes=9,
            sha256="0" * 64,
            created_at=datetime.now(UTC),
        )
        await self.blobs.put(blob_key(self.owner, file.id), the_bytes(), limit=9)
        async with self.database.transaction(self.owner) as tx:
            await tx.files.add(file, password=password)
            await tx.commit()
        return file.id

    async def file(self, file: UUID) -> File:
        async with self.database.transaction(self.owner) as tx:
            return await tx.files.get(file)

    async def error_code(self, file: UUID) -> str | None:
        error = (await self.file(file)).error
        return error and error.code

    async def chunks(self, file: UUID) -> list[Chunk]:
        async with self.database.transaction(self.owner) as tx:
            return await tx.chunks.page(file, Page(limit=1_000))

    async def restart(self, file: UUID) -> None:
        async with self.database.transaction(self.owner) as tx:
            await tx.files.restart(file)
            await tx.commit()

    async def delete(self, file: UUID) -> None:
        async with self.database.transaction(self.owner) as tx:
            await tx.files.delete(file)
            await tx.commit()


async def the_bytes() -> AsyncIterator[bytes]:
    yield b"the bytes"


@dataclass
class Worker:
    """``process`` runs the use case; what it is made of can be changed in between."""

    owner: UUID
    database: PostgresDatabase
    due_jobs: PostgresDueJobs
    blobs: FileBlobStore
    folder: Path
    cache: NoCache = field(default_factory=NoCache)
    feed: RecordedFeed = field(default_factory=RecordedFeed)
    extractor: ScriptedExtractor = field(default_factory=ScriptedExtractor)
    embedder: Embedder = field(default_factory=WordLlamaEmbedder)

    async def process(self, file: UUID) -> None:
        run = ProcessFile(
            database=self.database,
            cache=self.cache,
            blobs=self.blobs,
            extractor=self.extractor,
            embedder=self.embedder,
            tokens=WordLlamaEmbedder(),
            feed=self.feed,
            clock=lambda: datetime.now(UTC),
            new_id=uuid7,
            folder=WorkFolder(self.folder),
        )
        await run(self.owner, file, worker="w")

    async def held(self, file: UUID) -> tuple["asyncio.Task[None]", asyncio.Event]:
        """A run that has come as far as extraction, and stays there until the event is set."""
        hold = self.extractor.hold = asyncio.Event()
        self.extractor.begun.clear()
        task = asyncio.create_task(self.process(file))
        await self.extractor.begun.wait()
        return task, hold

    async def due(self) -> list[UUID]:
        queue = RecordedQueue()
        await OfferDueJobs(self.due_jobs, queue)()
        return queue.offered


@pytest.fixture
async def library(database_urls: Any, tmp_path: Path) -> AsyncIterator[Library]:
    engine = open_engine(database_urls.app)
    now = datetime.now(UTC)
    user = User(id=uuid7(), email="ada@example.org", full_name="Ada", created_at=now)
    await PostgresAccounts(engine).register(user, "$argon2id$")
    database = PostgresDatabase(engine)
    course = Course(id=uuid7(), title="Biology", created_at=now, updated_at=now)
    module = Module(id=uuid7(), course_id=course.id, title="Life", position=0, created_at=now, updated_at=now)
    async with database.transaction(user.id) as tx:
        await tx.courses.add(course)
        await tx.modules.add(module)
        await tx.commit()
    yield Library(database, FileBlobStore(tmp_path / "blobs"), user.id, module)
    await engine.dispose()


@pytest.fixture
async def worker(database_urls: Any, library: Library, tmp_path: Path) -> AsyncIterator[Worker]:
    folder = tmp_path / "work"
    folder.mkdir()
    engine = open_engine(database_urls.worker)
    yield Worker(library.owner, PostgresDatabase(engine), PostgresDueJobs(engine), library.blobs, folder)
    await engine.dispose()
    assert list(folder.iterdir()) == [], "a run leaves no copy of a document"


@pytest.fixture
def lively(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion_attempt, "HEARTBEAT", 0.05)
    monkeypatch.setattr(ingestion_attempt, "GLANCE", 0.02)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run counts as silent."""
    monkeypatch.setattr(ingestion_attempt, "STALE_AFTER", 0.0)
    monkeypatch.setattr(ingestion, "STALE_AFTER", 0.0)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():
        await asyncio.sleep(0.01)


async def test_a_file_goes_through_its_steps_and_can_be_searched_once_completed(
    library: Library, worker: Worker
) -> None:
    file = await library.add()
    await worker.process(file)
    done = await library.file(file)
    assert (done.status, done.ready, done.progress, done.attempt) == ("completed", True, 100, 1)
    assert (done.title, done.language, done.page_count) == ("Life", "en", len(SUBJECTS))
    chunks = await library.chunks(file)
    assert done.chunk_count == len(chunks) >= len(SUBJECTS)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [(step.step, step.progress) for step in worker.feed.published] == list(PROGRESS.items())
    assert worker.feed.published[-1].status == "completed"


async def test_a_job_that_is_done_is_not_run_again(library: Library, worker: Worker) -> None:
    file = await library.add()
    await worker.process(file)
    before = await library.file(file)
    await worker.process(file)
    assert await library.file(file) == before


async def test_an_unknown_job_is_nothing_to_do(worker: Worker) -> None:
    await worker.process(uuid7())
    assert worker.feed.published == []


async def test_a_refused_document_fails_with_its_code_and_no_chunks(library: Library, worker: Worker) -> None:
    file = await library.add(password="wrong")
    worker.extractor.results = [ProcessingFailed("encrypted", "Give the password.")]
    await worker.process(file)
    failed = await library.file(file)
    assert (failed.status, failed.ready) == ("failed", False)
    assert failed.error is not None
    assert (failed.error.code, failed.error.detail) == ("encrypted", "Give the password.")
    assert await library.chunks(file) == []
    assert worker.feed.published[-1].error == failed.error
    assert worker.extractor.passwords == ["wrong"]


async def test_a_document_without_text_says_so(library: Library, worker: Worker) -> None:
    file = await library.add()
    worker.extractor.results = [Document(blocks=(), page_count=3)]
    await worker.process(file)
    assert await library.error_code(file) == "no_text"


async def test_a_document_whose_bytes_are_gone_says_so(library: Library, worker: Worker) -> None:
    file = await library.add()
    await library.blobs.delete(blob_key(library.owner, file))
    await worker.process(file)
    assert await library.error_code(file) == "deleted"


@pytest.mark.parametrize(
    "embedder",
    [
        pytest.param(BrokenEmbedder(), id="gives nothing"),
        pytest.param(SpoilingEmbedder(lambda vectors: vectors.pop()), id="leaves a text out"),
        pytest.param(SpoilingEmbedder(lambda vectors: vectors.append(vectors[0])), id="gives one more"),
        pytest.param(SpoilingEmbedder(lambda vectors: vectors.__setitem__(0, [1.0])), id="of other dimensions"),
        pytest.param(SpoilingEmbedder(lambda vectors: vectors.__setitem__(0, [math.nan] * 256)), id="no numbers"),
    ],
)
async def test_an_embedder_that_fails_leaves_no_chunks_and_the_file_can_be_processed_again(
    library: Library, worker: Worker, embedder: Embedder
) -> None:
    file = await library.add()
    worker.embedder = embedder
    await worker.process(file)
    assert await library.error_code(file) == "embedding_failed"
    assert await library.chunks(file) == []
    worker.embedder = WordLlamaEmbedder()
    await library.restart(file)
    await worker.process(file)
    assert (await library.file(file)).ready


async def test_unchanged_text_keeps_its_chunk_ids_when_it_is_processed_again(library: Library, worker: Worker) -> None:
    file = await library.add()
    await worker.process(file)
    first = {chunk.text: chunk.id for chunk in await library.chunks(file)}
    worker.extractor.results = [document("viruses", *SUBJECTS)]
    await library.restart(file)
    await worker.process(file)
    second = {chunk.text: chunk.id for chunk in await library.chunks(file)}
    assert first.items() < second.items()


async def test_old_chunks_serve_until_the_new_ones_are_complete(library: Library, worker: Worker) -> None:
    file = await library.add()
    await worker.process(file)
    before = await library.chunks(file)
    await library.restart(file)
    worker.extractor.results = [ProcessingFailed("corrupt", "Save it anew.")]
    task, hold = await worker.held(file)
    assert (await library.chunks(file), (await library.file(file)).ready) == (before, True)
    hold.set()
    await task
    failed = await library.file(file)
    assert (failed.status, failed.ready) == ("failed", True)
    assert await library.chunks(file) == before


@pytest.mark.usefixtures("impatient")
async def test_a_run_that_was_taken_over_changes_nothing_any_more(library: Library, worker: Worker) -> None:
    file = await library.add()
    worker.extractor.results = [document(*SUBJECTS), document("lies")]
    task, hold = await worker.held(file)
    await worker.process(file)
    completed, chunks = await library.file(file), await library.chunks(file)
    assert (completed.status, completed.attempt) == ("completed", 2)
    with capture_logs() as logs:
        hold.set()
        await task
    assert "ingestion.superseded" in [line["event"] for line in logs]
    assert (await library.file(file), await library.chunks(file)) == (completed, chunks)


async def test_a_run_that_shows_signs_of_life_is_not_taken_over(library: Library, worker: Worker) -> None:
    file = await library.add()
    task, hold = await worker.held(file)
    await worker.process(file)
    assert (await library.file(file)).attempt == 1
    assert await worker.due() == []
    hold.set()
    await task
    assert (await library.file(file)).status == "completed"


@pytest.mark.usefixtures("lively")
async def test_deleting_a_file_stops_its_run(library: Library, worker: Worker) -> None:
    file = await library.add()
    task, _ = await worker.held(file)
    await library.delete(file)
    await task
    assert worker.extractor.cancelled == 1
    with pytest.raises(NotFound):
        await library.file(file)


async def test_a_cancelled_run_gives_its_job_back_at_once(library: Library, worker: Worker) -> None:
    file = await library.add()
    task, _ = await worker.held(file)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await worker.due() == [file]
    await worker.process(file)
    completed = await library.file(file)
    assert (completed.status, completed.attempt) == ("completed", 2)


@pytest.mark.usefixtures("impatient")
async def test_a_document_that_crashes_every_run_is_given_up(library: Library, worker: Worker) -> None:
    file = await library.add()
    worker.extractor.results = [RuntimeError("nobody foresaw this")]
    with capture_logs() as logs:
        for _ in range(MAX_TRIES):
            await worker.process(file)
            assert (await library.file(file)).status == "processing"
            assert await worker.due() == [file]
        await worker.process(file)
    assert [line["event"] for line in logs].count("ingestion.crashed") == MAX_TRIES
    given_up = await library.file(file)
    assert given_up.error is not None
    assert (given_up.status, given_up.error.code) == ("failed", "internal")
    assert await worker.due() == []
    worker.extractor.results = [document(*SUBJECTS)]
    await library.restart(file)
    await worker.process(file)
    assert (await library.file(file)).status == "completed"


async def test_a_store_that_is_down_is_waited_for(
    library: Library, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "STORE_PAUSE", 0.0)
    file = await library.add()
    worker.blobs = Flaky(tmp_path / "blobs")
    await worker.process(file)
    completed = await library.file(file)
    assert (completed.status, completed.attempt) == ("completed", 1)


@pytest.mark.usefixtures("lively")
async def test_pages_are_reported_while_they_are_read(library: Library, worker: Worker) -> None:
    file = await library.add()
    task, hold = await worker.held(file)

    async def reported() -> bool:
        async with library.database.transaction(library.owner) as tx:
            progress = await tx.files.progress(file)
        return (progress.step, progress.pages_done, progress.pages_total) == ("extract", 3, 7)

    await eventually(reported)
    hold.set()
    await task
    assert (3, 7) in [(step.pages_done, step.pages_total) for step in worker.feed.published if step.step == "extract"]


async def test_only_jobs_that_wait_are_offered(library: Library, worker: Worker) -> None:
    waiting, done = await library.add(), await library.add()
    await worker.process(done)
    assert await worker.due() == [waiting]
