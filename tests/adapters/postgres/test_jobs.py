"""One worker at a time processes a file, and what a superseded run still writes is not kept."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import anyio
import pytest
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.due_jobs import PostgresDueJobs
from learnx.application.ports.due_jobs import DueJob
from learnx.application.ports.jobs import ClaimedJob
from learnx.domain.courses import File, FileError
from learnx.domain.errors import Conflict, NotFound

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]
NO_TEXT = FileError(code="no_text", detail="Scan it with text recognition first.")


async def claim(database: PostgresDatabase, file: File, owner: UUID, worker: str = "w1") -> ClaimedJob | None:
    async with database.transaction(owner) as tx:
        claimed = await tx.jobs.claim(file.id, worker=worker, stale_after_seconds=30)
        await tx.commit()
        return claimed


async def complete(database: PostgresDatabase, file: File, owner: UUID, attempt: int) -> bool:
    async with database.transaction(owner) as tx:
        done = await tx.jobs.complete(
            file.id,
            attempt,
            title="Cells",
            language="en",
            page_count=7,
            word_count=1234,
            chunk_count=9,
            now=file.created_at,
        )
        await tx.commit()
        return done


async def fail(database: PostgresDatabase, file: File, owner: UUID, attempt: int) -> bool:
    async with database.transaction(owner) as tx:
        failed = await tx.jobs.fail(file.id, attempt, NO_TEXT, now=file.created_at)
        await tx.commit()
        return failed


async def read(database: PostgresDatabase, file: File, owner: UUID) -> File:
    async with database.transaction(owner) as tx:
        return await tx.files.get(file.id)


async def fall_silent(connect: Any, file: File) -> None:
    async with connect("admin") as connection:
        await connection.execute(
            "UPDATE jobs SET heartbeat_at = now() - interval '1 minute' WHERE file_id = $1", file.id
        )


async def test_a_new_file_is_due_at_once_and_then_taken(
    worker_database: PostgresDatabase, worker_engine: Any, owner: UUID, new_file: NewFile
) -> None:
    file, due = await new_file(owner, password="open sesame"), PostgresDueJobs(worker_engine)
    assert await due.due(stale_after_seconds=30, limit=10) == [DueJob(owner=owner, job=file.id)]
    claimed = await claim(worker_database, file, owner)
    assert claimed is not None
    assert (claimed.id, claimed.attempt, claimed.tries, claimed.password) == (file.id, 1, 1, "open sesame")
    assert (claimed.file.status, claimed.file.attempt) == ("processing", 1)
    assert await due.due(stale_after_seconds=30, limit=10) == []
    assert await claim(worker_database, file, owner, "w2") is None


async def test_due_jobs_are_oldest_first_of_all_owners(
    worker_engine: Any, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    files = [(await new_file(someone), someone) for someone in (owner, stranger, owner)]
    due = PostgresDueJobs(worker_engine)
    expected = [DueJob(owner=someone, job=file.id) for file, someone in files]
    assert await due.due(stale_after_seconds=30, limit=10) == expected
    assert await due.due(stale_after_seconds=30, limit=2) == expected[:2]


async def test_of_workers_that_claim_at_once_one_wins(
    worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    won: list[str] = []

    async def compete(worker: str) -> None:
        if await claim(worker_database, file, owner, worker) is not None:
            won.append(worker)

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(compete, f"w{number}")
    assert len(won) == 1
    assert (await read(worker_database, file, owner)).attempt == 1


async def test_a_claim_that_is_not_committed_yet_holds_off_others_without_a_wait(
    worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    async with worker_database.transaction(owner) as tx:
        assert await tx.jobs.claim(file.id, worker="w1", stale_after_seconds=30) is not None
        with anyio.fail_after(5):
            assert await claim(worker_database, file, owner, "w2") is None
    assert await claim(worker_database, file, owner, "w2") is not None


async def test_a_silent_worker_is_superseded_and_what_it_writes_then_is_not_kept(
    worker_database: PostgresDatabase, worker_engine: Any, owner: UUID, new_file: NewFile, connect: Any
) -> None:
    file = await new_file(owner)
    assert await claim(worker_database, file, owner, "w1") is not None
    async with worker_database.transaction(owner) as tx:
        assert await tx.jobs.step(file.id, 1, "extract", pages_done=3, pages_total=9)
        await tx.commit()
    await fall_silent(connect, file)
    due = await PostgresDueJobs(worker_engine).due(stale_after_seconds=30, limit=10)
    assert due == [DueJob(owner=owner, job=file.id)]
    second = await claim(worker_database, file, owner, "w2")
    assert second is not None and (second.attempt, second.tries) == (2, 2)
    async with worker_database.transaction(owner) as tx:
        progress = await tx.files.progress(file.id)
        assert (progress.step, progress.progress, progress.pages_done, progress.attempt) == (None, 0, None, 2)
        assert not await tx.jobs.heartbeat(file.id, 1)
        assert not await tx.jobs.step(file.id, 1, "store")
        assert not await tx.jobs.release(file.id, 1)
        await tx.commit()
    assert not await complete(worker_database, file, owner, 1)
    assert not await fail(worker_database, file, owner, 1)
    assert (await read(worker_database, file, owner)).status == "processing"
    assert await complete(worker_database, file, owner, 2)


@pytest.mark.parametrize("sign_of_life", ["heartbeat", "step"])
async def test_a_sign_of_life_keeps_the_job(
    worker_database: PostgresDatabase, owner: UUID, new_file: NewFile, connect: Any, sign_of_life: str
) -> None:
    file = await new_file(owner)
    await claim(worker_database, file, owner)
    await fall_silent(connect, file)
    async with worker_database.transaction(owner) as tx:
        if sign_of_life == "heartbeat":
            assert await tx.jobs.heartbeat(file.id, 1)
        else:
            assert await tx.jobs.step(file.id, 1, "chunk")
        await tx.commit()
    assert await claim(worker_database, file, owner, "w2") is None


async def test_progress_is_that_of_the_step_that_has_begun(
    worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await claim(worker_database, file, owner)
    async with worker_database.transaction(owner) as tx:
        await tx.jobs.step(file.id, 1, "extract", pages_done=3, pages_total=9)
        progress = await tx.files.progress(file.id)
        assert (progress.step, progress.progress, progress.pages_done, progress.pages_total) == ("extract", 30, 3, 9)
        await tx.jobs.step(file.id, 1, "chunk")
        progress = await tx.files.progress(file.id)
        assert (progress.step, progress.progress, progress.pages_done) == ("chunk", 50, None)
        assert (await tx.files.get(file.id)).progress == 50


async def test_completion_tells_what_was_found_and_forgets_the_password(
    worker_database: PostgresDatabase, owner: UUID, new_file: NewFile, connect: Any
) -> None:
    file = await new_file(owner, password="open sesame")
    await claim(worker_database, file, owner)
    assert await complete(worker_database, file, owner, 1)
    done = await read(worker_database, file, owner)
    assert (done.status, done.ready, done.progress, done.error) == ("completed", True, 100, None)
    assert (done.title, done.language, done.page_count, done.word_count) == ("Cells", "en", 7, 1234)
    assert (done.chunk_count, done.processed_at) == (9, file.created_at)
    assert not await complete(worker_database, file, owner, 1)
    assert await claim(worker_database, file, owner, "w2") is None
    async with connect("admin") as connection:
        assert await connection.fetchval("SELECT password FROM jobs") is None


async def test_failure_says_why_and_a_restart_forgets_it(
    database: PostgresDatabase, worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await claim(worker_database, file, owner)
    assert await fail(worker_database, file, owner, 1)
    failed = await read(database, file, owner)
    assert (failed.status, failed.ready, failed.error) == ("failed", False, NO_TEXT)
    async with database.transaction(owner) as tx:
        restarted = await tx.files.restart(file.id)
        await tx.commit()
    assert (restarted.status, restarted.error, restarted.progress, restarted.attempt) == ("pending", None, 0, 1)
    again = await claim(worker_database, file, owner)
    assert again is not None and (again.attempt, again.tries) == (2, 1)


async def test_a_file_that_was_ready_stays_ready_when_a_later_run_fails(
    database: PostgresDatabase, worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await claim(worker_database, file, owner)
    await complete(worker_database, file, owner, 1)
    async with database.transaction(owner) as tx:
        assert (await tx.files.restart(file.id)).ready
        await tx.commit()
    await claim(worker_database, file, owner)
    await fail(worker_database, file, owner, 2)
    failed = await read(database, file, owner)
    assert (failed.status, failed.ready, failed.chunk_count) == ("failed", True, 9)


async def test_what_waits_or_runs_is_not_restarted(
    database: PostgresDatabase, worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    for _ in range(2):
        async with database.transaction(owner) as tx:
            with pytest.raises(Conflict):
                await tx.files.restart(file.id)
        await claim(worker_database, file, owner)
    async with database.transaction(owner) as tx:
        with pytest.raises(NotFound):
            await tx.files.restart(uuid7())


async def test_of_restarts_at_once_one_wins(
    database: PostgresDatabase, worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await claim(worker_database, file, owner)
    await complete(worker_database, file, owner, 1)
    outcomes: list[str] = []

    async def restart() -> None:
        try:
            async with database.transaction(owner) as tx:
                await tx.files.restart(file.id)
                await tx.commit()
            outcomes.append("restarted")
        except Conflict:
            outcomes.append("conflict")

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(restart)
    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "restarted"]


async def test_a_job_given_back_is_due_at_once_and_costs_no_try(
    worker_database: PostgresDatabase, worker_engine: Any, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner, password="open sesame")
    await claim(worker_database, file, owner)
    async with worker_database.transaction(owner) as tx:
        assert await tx.jobs.release(file.id, 1)
        await tx.commit()
        assert not await tx.jobs.step(file.id, 1, "store")
    due = await PostgresDueJobs(worker_engine).due(stale_after_seconds=30, limit=10)
    assert due == [DueJob(owner=owner, job=file.id)]
    again = await claim(worker_database, file, owner, "w2")
    assert again is not None and (again.attempt, again.tries, again.password) == (2, 1, "open sesame")


async def test_deleting_a_file_ends_its_run(
    database: PostgresDatabase, worker_database: PostgresDatabase, worker_engine: Any, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await claim(worker_database, file, owner)
    async with database.transaction(owner) as tx:
        await tx.files.delete(file.id)
        await tx.commit()
    assert not await complete(worker_database, file, owner, 1)
    async with worker_database.transaction(owner) as tx:
        assert not await tx.jobs.heartbeat(file.id, 1)
        assert not await tx.jobs.step(file.id, 1, "store")
    assert await PostgresDueJobs(worker_engine).due(stale_after_seconds=0, limit=10) == []


async def test_deletion_and_completion_at_once_never_lock_each_other_out(
    database: PostgresDatabase, worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    async def delete(file: File) -> None:
        async with database.transaction(owner) as tx:
            await tx.files.delete(file.id)
            await tx.commit()

    async def finish(file: File) -> None:
        await complete(worker_database, file, owner, 1)

    for _ in range(5):
        file = await new_file(owner)
        await claim(worker_database, file, owner)
        async with anyio.create_task_group() as group:
            group.start_soon(delete, file)
            group.start_soon(finish, file)
        with pytest.raises(NotFound):
            await read(database, file, owner)
