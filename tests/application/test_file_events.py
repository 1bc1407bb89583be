"""What a watcher of a file is told: hints at once, ends only when Postgres says so, nothing twice or backwards."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from learnx.application.file_events import FileEvent, NotProcessed, Processed, Progressed, WatchFile
from learnx.domain.courses import PROGRESS, FileError, FileProgress, ProcessingStep
from learnx.domain.errors import NotFound
from learnx.domain.identity import Principal

pytestmark = pytest.mark.anyio

PENDING = FileProgress(status="pending")
COMPLETED = FileProgress(status="completed", step="completed", progress=100, attempt=1)


def at(step: ProcessingStep, attempt: int = 1, pages: int | None = None) -> FileProgress:
    return FileProgress(
        status="processing",
        step=step,
        progress=PROGRESS[step],
        attempt=attempt,
        pages_done=pages,
        pages_total=pages and 9,
    )


def told(progress: FileProgress) -> Progressed:
    return Progressed(
        step=progress.step,
        progress=progress.progress,
        attempt=progress.attempt,
        pages_done=progress.pages_done,
        pages_total=progress.pages_total,
    )


@dataclass
class Script:
    """A database that answers with one truth after the other, and a feed that tells its hints."""

    truths: list[FileProgress | None]
    hints: Iterable[FileProgress | None]

    @asynccontextmanager
    async def transaction(self, owner: UUID) -> AsyncIterator[Any]:
        yield SimpleNamespace(files=self)

    async def progress(self, file: UUID) -> FileProgress:
        truth = self.truths.pop(0) if len(self.truths) > 1 else self.truths[0]
        if truth is None:
            raise NotFound("file")
        return truth

    async def watch(self, owner: UUID, file: UUID) -> AsyncGenerator[FileProgress | None, None]:
        for hint in self.hints:
            yield hint


async def watched(truths: list[FileProgress | None], hints: Iterable[FileProgress | None]) -> list[FileEvent]:
    script = Script(truths, hints)
    stream = await WatchFile(script, script)(Principal(user_id=uuid4()), uuid4())  # type: ignore[arg-type]
    return [event async for event in stream]


async def test_an_unknown_file_is_refused_before_the_first_event() -> None:
    with pytest.raises(NotFound):
        await watched([None], [None])


async def test_a_late_reader_gets_the_current_state_and_no_history() -> None:
    assert await watched([COMPLETED], [None]) == [told(COMPLETED), Processed()]


async def test_hints_are_told_without_asking_postgres_again() -> None:
    steps = [at("download"), at("extract", pages=1), at("extract", pages=5), at("chunk")]
    events = await watched([PENDING], [None, *steps])
    assert events == [told(PENDING), *(told(step) for step in steps)]


async def test_a_hint_of_an_end_is_only_a_reason_to_look() -> None:
    events = await watched([at("store"), at("store"), at("store"), COMPLETED], [None, COMPLETED, None])
    assert events == [told(at("store")), told(COMPLETED), Processed()]


async def test_nothing_is_told_twice_or_backwards_within_a_run() -> None:
    behind = at("extract", pages=1)
    hints = [None, at("extract", pages=5), None, at("extract", pages=2), None]
    assert await watched([behind], hints) == [told(behind), told(at("extract", pages=5))]


async def test_after_a_crash_the_attempt_rises_and_progress_may_fall() -> None:
    events = await watched([at("store")], [None, at("download", attempt=2)])
    assert events == [told(at("store")), told(at("download", attempt=2))]


async def test_failure_and_deletion_are_ends() -> None:
    failed = FileProgress(
        status="failed", progress=30, attempt=1, error=FileError(code="no_text", detail="There is no text in it.")
    )
    assert await watched([failed], [None]) == [NotProcessed(code="no_text", detail="There is no text in it.")]
    deleted = await watched([PENDING, PENDING, None], [None, None])
    assert [type(event) for event in deleted] == [Progressed, NotProcessed]
