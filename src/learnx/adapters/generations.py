"""Generations that live in this process: a task for each, and a log in memory that readers follow."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from learnx.application.ports.generations import StreamPosition
from learnx.domain.errors import NotFound
from learnx.domain.lessons import TERMINAL, Completed, Failed, LessonEvent

log = structlog.get_logger()

EPOCH = 1
STOPPED = Failed(
    code="SERVICE_UNAVAILABLE",
    detail="The server is shutting down before this lesson was whole. Ask for it again.",
    retryable=True,
)
BROKEN = Failed(
    code="SERVER_ERROR", detail="Something went wrong on our side while the lesson was written.", retryable=True
)


@dataclass(eq=False, slots=True)
class _Run:
    owner: UUID
    key: str
    generation_id: UUID
    events: list[LessonEvent] = field(default_factory=list)
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        return bool(self.events) and isinstance(self.events[-1], TERMINAL)

    def append(self, event: LessonEvent) -> None:
        self.events.append(event)
        self.grown.set()
        self.grown = asyncio.Event()


class InProcessGenerations:
    """The port ``Generations`` for a single API process; what runs here ends with the process.

    ``log_ttl_seconds`` is how long an ended generation can still be followed.
    """

    def __init__(self, *, log_ttl_seconds: float = 3600) -> None:
        self._log_ttl_seconds = log_ttl_seconds
        self._runs: dict[UUID, _Run] = {}
        self._running: dict[tuple[UUID, str], _Run] = {}

    async def start_or_join(
        self, owner: UUID, key: str, generation_id: UUID, source: Callable[[], AsyncIterator[LessonEvent]]
    ) -> UUID:
        running = self._running.get((owner, key))
        if running is not None:
            return running.generation_id
        run = _Run(owner=owner, key=key, generation_id=generation_id)
        self._running[owner, key] = self._runs[generation_id] = run
        run.task = asyncio.create_task(self._drive(run, source), name=f"generation-{generation_id}")
        return generation_id

    async def _drive(self, run: _Run, source: Callable[[], AsyncIterator[LessonEvent]]) -> None:
        try:
            async for event in source():
                run.append(event)
        except asyncio.CancelledError:
            run.append(STOPPED)
            raise
        except Exception:
            log.exception("generation.broken", generation_id=str(run.generation_id))
        finally:
            if not run.over:
                run.append(BROKEN)
            self._running.pop((run.owner, run.key), None)
            asyncio.get_running_loop().call_later(self._log_ttl_seconds, self._runs.pop, run.generation_id, None)

    async def follow(
        self, owner: UUID, generation_id: UUID, *, after: StreamPosition | None = None
    ) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None] | None:
        run = self._runs.get(generation_id)
        if run is None or run.owner != owner or (after is not None and after.epoch != EPOCH):
            raise NotFound("generation")
        seen = after.seq if after is not None else 0
        if not 0 <= seen <= len(run.events):
            raise NotFound("generation")
        if run.over and seen >= len(run.events):
            return None
        return _read(run, seen)

    async def lesson_of(self, owner: UUID, generation_id: UUID) -> UUID | None:
        run = self._runs.get(generation_id)
        last = run.events[-1] if run is not None and run.owner == owner and run.events else None
        return last.lesson_id if isinstance(last, Completed) else None

    async def aclose(self) -> None:
        tasks = [run.task for run in self._running.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _read(run: _Run, seen: int) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None]:
    while True:
        grown = run.grown
        while seen < len(run.events):
            event = run.events[seen]
            seen += 1
            yield StreamPosition(generation_id=run.generation_id, epoch=EPOCH, seq=seen), event
        if run.over:
            return
        await grown.wait()
