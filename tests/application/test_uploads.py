"""An upload is kept whole, with its job, or not at all."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.conftest import DatabaseUrls
from tests.fakes.no_cache import NoCache
from tests.fakes.open_limiter import OpenLimiter, admit_upload

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.generations import InProcessGenerations
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.files import DeleteFile, blob_key
from learnx.application.ports.paging import Page
from learnx.application.rate_limits import OwnQuotas
from learnx.application.uploads import IncomingFile, UploadFile
from learnx.domain.errors import NotFound, PayloadTooLarge
from learnx.domain.generations import Job
from learnx.domain.identity import Principal, User
from learnx.domain.lessons import LessonEvent
from learnx.domain.plans import Budgets
from learnx.domain.spending import Limits

pytestmark = pytest.mark.anyio


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class WatchedQueue:
    """Remembers what was offered, and whether its file could be read by then."""

    database: PostgresDatabase
    offered: list[UUID] = field(default_factory=list)

    async def offer(self, owner: UUID, job: UUID) -> None:
        async with self.database.transaction(owner) as tx:
            self.offered.append((await tx.files.get(job)).id)


@dataclass
class Stage:
    database: PostgresDatabase
    blobs: FileBlobStore
    queue: WatchedQueue
    principal: Principal
    folder: Path
    limiter: OpenLimiter = field(default_factory=OpenLimiter)

    def upload(self, limit: int = 1000) -> UploadFile:
        budgets = Budgets(plans={"counted": Limits(uploads_per_day=5, uploads_at_once=2)}, default_plan="counted")
        admit = admit_upload(OwnQuotas(self.database, budgets), self.limiter)
        return UploadFile(self.database, self.blobs, self.queue, now, uuid4, limit, admit)

    def blobs_kept(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    async def files_kept(self) -> int:
        async with self.database.transaction(self.principal.user_id) as tx:
            return len(await tx.files.page(Page()))


@pytest.fixture
async def stage(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Stage]:
    engine = open_engine(database_urls.app)
    database = PostgresDatabase(engine)
    user = User(id=uuid4(), email="ada@example.org", full_name="Ada", created_at=now())
    await PostgresAccounts(engine).register(user, "hash")
    yield Stage(database, FileBlobStore(tmp_path), WatchedQueue(database), Principal(user_id=user.id), tmp_path)
    await engine.dispose()


async def pieces(*content: bytes, then: Exception | None = None) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece
    if then:
        raise then


async def test_the_job_is_offered_once_file_and_activity_are_committed(stage: Stage) -> None:
    file = await stage.upload()(stage.principal, None, IncomingFile("a.txt", pieces(b"some ", b"text")))
    assert stage.queue.offered == [file.id]
    async with stage.database.transaction(stage.principal.user_id) as tx:
        (activity,) = await tx.activities.page(Page())
    assert (activity.kind, activity.file_id) == ("file_added", file.id)
    stored = [piece async for piece in stage.blobs.read(blob_key(stage.principal.user_id, file.id))]
    assert b"".join(stored) == b"some text"


async def test_content_that_breaks_off_or_is_too_long_leaves_nothing(stage: Stage) -> None:
    for content, error in (
        (pieces(b"half", then=ConnectionError()), ConnectionError),
        (pieces(b"x" * 1001), PayloadTooLarge),
    ):
        with pytest.raises(error):
            await stage.upload()(stage.principal, None, IncomingFile("a.txt", content))
    assert (stage.blobs_kept(), await stage.files_kept(), stage.queue.offered) == ([], 0, [])


async def test_a_failure_after_the_bytes_are_stored_takes_them_away_again(stage: Stage) -> None:
    def fails() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await stage.upload()(stage.principal, None, IncomingFile("a.txt", pieces(b"text"), password=fails))
    assert (stage.blobs_kept(), await stage.files_kept(), stage.queue.offered) == ([], 0, [])


async def test_an_unknown_module_is_refused_before_a_byte_is_read(stage: Stage) -> None:
    unread = pieces(then=AssertionError("was read"))
    with pytest.raises(NotFound):
        await stage.upload()(stage.principal, uuid4(), IncomingFile("a.txt", unread))


async def never_written(job: Job) -> AsyncGenerator[LessonEvent, None]:
    raise AssertionError(f"{job.file_id} was written of")
    yield


async def test_deleting_takes_row_and_bytes(stage: Stage) -> None:
    file = await stage.upload()(stage.principal, None, IncomingFile("a.txt", pieces(b"text")))
    await DeleteFile(stage.database, stage.blobs, NoCache(), InProcessGenerations(never_written))(
        stage.principal, file.id
    )
    assert (stage.blobs_kept(), await stage.files_kept()) == ([], 0)
