"""Follows the processing of a file: the feed tells at once, Postgres tells the truth."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from learnx.application.ports.database import Database
from learnx.application.ports.file_progress import ProgressFeed
from learnx.domain.courses import FileProgress, ProcessingStep
from learnx.domain.errors import FileErrorCode, NotFound
from learnx.domain.identity import Principal
from learnx.domain.values import Value


class Progressed(Value, tag_field="type", tag="progress", omit_defaults=True):
    """A step has begun (none yet while the file waits); pages where they are known. ``progress`` is in per cent."""

    step: ProcessingStep | None
    progress: int
    attempt: int
    pages_done: int | None = None
    pages_total: int | None = None


class Processed(Value, tag_field="type", tag="complete"):
    """Terminal: lessons can be asked for."""


class NotProcessed(Value, tag_field="type", tag="failed"):
    """Terminal; ``detail`` tells the learner what to do."""

    code: FileErrorCode
    detail: str


FileEvent = Progressed | Processed | NotProcessed
TERMINAL = (Processed, NotProcessed)


@dataclass(frozen=True, slots=True)
class WatchFile:
    """The current state, then each change, up to and with the terminal event."""

    database: Database
    feed: ProgressFeed

    async def __call__(self, principal: Principal, file_id: UUID) -> AsyncGenerator[FileEvent, None]:
        """``NotFound`` before the first event."""
        await self._truth(principal, file_id)
        return self._events(principal, file_id)

    async def _events(self, principal: Principal, file_id: UUID) -> AsyncGenerator[FileEvent, None]:
        told: FileProgress | None = None
        async with aclosing(self.feed.watch(principal.user_id, file_id)) as hints:
            async for hint in hints:
                try:
                    current = _news(hint, told) or await self._truth(principal, file_id)
                except NotFound:
                    yield NotProcessed(code="deleted", detail="The file was deleted.")
                    return
                if current == told or _is_behind(current, told):
                    continue
                told = current
                for event in _events(current):
                    yield event
                    if not isinstance(event, Progressed):
                        return

    async def _truth(self, principal: Principal, file_id: UUID) -> FileProgress:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.files.progress(file_id)


def _news(hint: FileProgress | None, told: FileProgress | None) -> FileProgress | None:
    """A hint that can be told as it is: ahead of what was told, and not an end, which only Postgres knows."""
    if hint is None or told is None or hint.status != "processing":
        return None
    return hint if _place(hint) > _place(told) else None


def _is_behind(current: FileProgress, told: FileProgress | None) -> bool:
    """Pages are told by the feed before Postgres knows of them: within a run, nothing is told backwards."""
    if told is None or {current.status, told.status} != {"processing"} or current.attempt != told.attempt:
        return False
    return _place(current) < _place(told)


def _place(progress: FileProgress) -> tuple[int, int, int]:
    return (progress.attempt, progress.progress, progress.pages_done or 0)


def _events(current: FileProgress) -> list[FileEvent]:
    if current.status == "failed" and current.error is not None:
        return [NotProcessed(code=current.error.code, detail=current.error.detail)]
    progressed = Progressed(
        step=current.step,
        progress=current.progress,
        attempt=current.attempt,
        pages_done=current.pages_done,
        pages_total=current.pages_total,
    )
    return [progressed, Processed()] if current.status == "completed" else [progressed]
