"""The real worker process, on real servers: killed, stopped, cut off from Redis, it loses no document."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from uuid_utils.compat import uuid7

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.job_queue import PatientQueue, SaqJobQueue
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.files import blob_key
from learnx.application.ports.paging import Page
from learnx.bootstrap import migrate
from learnx.domain.courses import Course, File, Module
from learnx.domain.documents import Chunk
from learnx.domain.errors import NotFound, Unavailable
from learnx.domain.identity import User
from learnx.entrypoints.bundled import free_port
from learnx.entrypoints.local_stack import LocalServers, local_servers

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(170)]

RUN = "import os; from learnx.entrypoints.worker import run_worker; from learnx.settings import read_settings; "
RUN += "run_worker(read_settings(os.environ))"


def pages(count: int) -> bytes:
    """A PDF in which each page says something of its own."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in range(1, count + 1):
        text = canvas.beginText(60, 780)
        for line in range(45):
            text.textLine(f"On page {page}, sentence {line} tells what fact {page * 100 + line} is good for.")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture(scope="session")
def long_pdf() -> bytes:
    """Enough pages to be caught in the middle."""
    return pages(300)


@pytest.fixture(scope="session")
def short_pdf() -> bytes:
    return pages(3)


@dataclass
class Stack:
    """What a worker is given, and what the API would see of its work."""

    environment: dict[str, str]
    database: PostgresDatabase
    blobs: FileBlobStore
    redis: Redis
    owner: UUID
    module: Module
    log: Path
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start_worker(self, **environment: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-c", RUN], env={**os.environ, **self.environment, **environment}, stderr=log
            )
        self.workers.append(worker)
        return worker

    async def upload(self, content: bytes) -> UUID:
        """As the API does, up to the moment at which it offers the job."""
        file = File(
            id=uuid7(),
            module_id=self.module.id,
            course_id=self.module.course_id,
            filename="facts.pdf",
            media_type="application/pdf",
            size_bytes=len(content),
            sha256="0" * 64,
            created_at=datetime.now(UTC),
        )

        async def whole() -> AsyncIterator[bytes]:
            yield content

        await self.blobs.put(blob_key(self.owner, file.id), whole(), limit=len(content))
        async with self.database.transaction(self.owner) as tx:
            await tx.files.add(file)
            await tx.commit()
        return file.id

    async def offer(self, file: UUID) -> None:
        await SaqJobQueue(PatientQueue(self.redis)).offer(self.owner, file)

    async def file(self, file: UUID) -> File:
        async with self.database.transaction(self.owner) as tx:
            return await tx.files.get(file)

    async def chunks(self, file: UUID) -> list[Chunk]:
        async with self.database.transaction(self.owner) as tx:
            return await tx.chunks.page(file, Page(limit=100_000))

    async def extracting(self, file: UUID) -> bool:
        async with self.database.transaction(self.owner) as tx:
            return (await tx.files.progress(file)).step == "extract"

    async def completed(self, file: UUID) -> bool:
        found = await self.file(file)
        assert found.status != "failed", found.error
        return found.status == "completed"


async def until(condition: Callable[[UUID], Awaitable[bool]], file: UUID) -> None:
    async with asyncio.timeout(100):
        while True:
            with suppress(Unavailable):
                if await condition(file):
                    return
            await asyncio.sleep(0.01)


def texts(chunks: list[Chunk]) -> list[tuple[int, str, int | None]]:
    return [(chunk.index, chunk.text, chunk.page_start) for chunk in chunks]


@asynccontextmanager
async def running_on(database_url: str, worker_url: str, redis_url: str, folder: Path) -> AsyncIterator[Stack]:
    engine = open_engine(database_url)
    now = datetime.now(UTC)
    user = User(id=uuid7(), email="ada@example.org", full_name="Ada", created_at=now)
    await PostgresAccounts(engine).register(user, "$argon2id$")
    database = PostgresDatabase(engine)
    course = Course(id=uuid7(), title="Facts", created_at=now, updated_at=now)
    module = Module(id=uuid7(), course_id=course.id, title="All of them", position=0, created_at=now, updated_at=now)
    async with database.transaction(user.id) as tx:
        await tx.courses.add(course)
        await tx.modules.add(module)
        await tx.commit()
    environment = {
        "LEARNX_DATABASE_URL": database_url,
        "LEARNX_DATABASE_WORKER_URL": worker_url,
        "LEARNX_REDIS_URL": redis_url,
        "LEARNX_DATA_DIR": str(folder),
        "LEARNX_LOG_FORMAT": "json",
    }
    async with Redis.from_url(redis_url) as redis:
        started = Stack(
            environment, database, FileBlobStore(folder / "blobs"), redis, user.id, module, folder / "worker.log"
        )
        try:
            yield started
        finally:
            for worker in started.workers:
                worker.kill()
                worker.wait()
    await engine.dispose()


@pytest.fixture
async def stack(database_urls: Any, redis_url: str, tmp_path: Path) -> AsyncIterator[Stack]:
    async with running_on(database_urls.app, database_urls.worker, redis_url, tmp_path) as started:
        yield started


@pytest.fixture
def servers_of_its_own() -> Iterator[LocalServers]:
    """Servers that a test may restart."""
    with tempfile.TemporaryDirectory(prefix="learnx-tests-") as folder, local_servers(Path(folder)) as running:
        yield running


@pytest.fixture(autouse=True)
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """What the workers logged belongs to the report of a test that fails."""
    yield
    log = tmp_path / "worker.log"
    if log.exists():
        print(log.read_text())


async def test_an_offered_document_is_completed(stack: Stack, short_pdf: bytes) -> None:
    stack.start_worker()
    file = await stack.upload(short_pdf)
    await stack.offer(file)
    await until(stack.completed, file)
    done = await stack.file(file)
    assert (done.page_count, done.attempt) == (3, 1)
    assert done.chunk_count == len(await stack.chunks(file)) > 0


async def test_a_worker_killed_in_the_middle_loses_nothing_and_leaves_nothing_twice(
    stack: Stack, long_pdf: bytes
) -> None:
    killed, undisturbed = await stack.upload(long_pdf), await stack.upload(long_pdf)
    first = stack.start_worker(LEARNX_WORKER_CONCURRENCY="1")
    await until(stack.extracting, killed)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (await stack.file(killed)).status == "processing"
    assert await stack.chunks(killed) == []
    stack.start_worker()
    await until(stack.completed, killed)
    await until(stack.completed, undisturbed)
    assert ((await stack.file(killed)).attempt, (await stack.file(undisturbed)).attempt) == (2, 1)
    assert texts(await stack.chunks(killed)) == texts(await stack.chunks(undisturbed))


async def test_a_worker_that_is_stopped_gives_its_document_back_at_once(stack: Stack, long_pdf: bytes) -> None:
    file = await stack.upload(long_pdf)
    first = stack.start_worker()
    await until(stack.extracting, file)
    first.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(first.wait, 10) == 0
    async with stack.database.transaction(stack.owner) as tx:
        claimed = await tx.jobs.claim(file, worker="another", stale_after_seconds=60)
    assert claimed is not None, "the job is due, though its worker was alive a moment ago"
    stack.start_worker()
    await until(stack.completed, file)
    assert (await stack.file(file)).attempt == 2


async def test_deleting_a_document_stops_its_processing_and_the_worker_goes_on(
    stack: Stack, long_pdf: bytes, short_pdf: bytes
) -> None:
    file = await stack.upload(long_pdf)
    stack.start_worker(LEARNX_WORKER_CONCURRENCY="1")
    await until(stack.extracting, file)
    async with stack.database.transaction(stack.owner) as tx:
        await tx.files.delete(file)
        await tx.commit()
    following = await stack.upload(short_pdf)
    await until(stack.completed, following)
    with pytest.raises(NotFound):
        await stack.file(file)
    assert "ingestion.superseded" in stack.log.read_text()


async def test_what_redis_never_heard_of_is_brought_back(stack: Stack, short_pdf: bytes) -> None:
    file = await stack.upload(short_pdf)
    stack.start_worker()
    await until(stack.completed, file)


async def test_what_is_uploaded_while_redis_restarts_is_brought_back(
    servers_of_its_own: LocalServers, database_urls: Any, tmp_path: Path, short_pdf: bytes
) -> None:
    valkey = next(child for child in servers_of_its_own.children if child.program.name == "valkey")
    redis_url = servers_of_its_own.addresses.redis_url
    assert redis_url is not None
    async with running_on(database_urls.app, database_urls.worker, redis_url, tmp_path) as stack:
        stack.start_worker()
        before = await stack.upload(short_pdf)
        await until(stack.completed, before)
        valkey.process.kill()
        valkey.process.wait()
        meanwhile = await stack.upload(short_pdf)
        await stack.offer(meanwhile)
        valkey.restart()
        await until(stack.completed, meanwhile)


async def test_a_document_is_completed_though_postgres_restarts_meanwhile(
    servers_of_its_own: LocalServers, redis_url: str, tmp_path: Path, long_pdf: bytes
) -> None:
    addresses = servers_of_its_own.addresses
    postgres = next(child for child in servers_of_its_own.children if child.program.name == "postgres")
    assert addresses.admin_url and addresses.database_url and addresses.worker_url
    await migrate(addresses.admin_url)
    async with running_on(addresses.database_url, addresses.worker_url, redis_url, tmp_path) as stack:
        file = await stack.upload(long_pdf)
        worker = stack.start_worker()
        await until(stack.extracting, file)
        postgres.process.send_signal(signal.SIGQUIT)
        postgres.process.wait()
        await asyncio.sleep(1)
        postgres.restart()
        await until(stack.completed, file)
        assert await stack.chunks(file)
        assert worker.poll() is None


async def test_a_worker_waits_for_redis_without_keeping_a_core_busy(stack: Stack) -> None:
    worker = stack.start_worker(LEARNX_REDIS_URL=f"redis://127.0.0.1:{free_port('127.0.0.1')}/0")
    while "job_queue.unreachable" not in (stack.log.read_text() if stack.log.exists() else ""):
        await asyncio.sleep(0.05)
    before = cpu_seconds(worker.pid)
    await asyncio.sleep(2)
    assert worker.poll() is None
    assert cpu_seconds(worker.pid) - before < 0.5


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
