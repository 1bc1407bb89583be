"""One generation that is written here: a task that drives the writer, and one that delivers what it wrote."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from learnx.adapters.generations.endings import BROKEN
from learnx.adapters.generations.outbox import Outbox
from learnx.application.ports.generations import HANDED_OVER, Write
from learnx.domain.generations import Job
from learnx.domain.lessons import TERMINAL, LessonEvent

log = structlog.get_logger(__name__)

Deliver = Callable[[list[LessonEvent]], Awaitable[None]]

#: Seconds that a writer goes on before it waits for readers to be told what it wrote.
GIVES_WAY = 0.01
#: Seconds that a writer has to let go of what it holds when it is cancelled.
CANCELLED_WITHIN = 5.0


class LocalRun:
    """``deliver`` gets every event once, in batches and in order, the last with the terminal event at its end;
    ``Restarted`` is the first of its batch. What comes while it is busy is delivered together."""

    def __init__(self, job: Job, write: Write, deliver: Deliver, *, coalesce_seconds: float) -> None:
        self._outbox = Outbox(coalesce_seconds=coalesce_seconds)
        self._deliver = deliver
        self._delivered = asyncio.Event()
        self._delivered.set()
        name = f"generation-{job.generation_id}"
        self._writing = asyncio.create_task(self._drive(job, write), name=name)
        self._delivering = asyncio.create_task(self._deliver_all(), name=f"{name}-delivery")

    async def _drive(self, job: Job, write: Write) -> None:
        clock, waits_at = asyncio.get_running_loop().time, 0.0
        try:
            async for event in write(job):
                self._outbox.put(event)
                if clock() >= waits_at:
                    # A provider that sends much at once would else keep this process from telling readers of it.
                    await asyncio.sleep(0)
                    await self._delivered.wait()
                    waits_at = clock() + GIVES_WAY
        except Exception:
            log.exception("generation.broken", generation_id=str(job.generation_id))
        self._outbox.put(BROKEN)

    async def _deliver_all(self) -> None:
        while True:
            batch = await self._outbox.take()
            self._delivered.clear()
            try:
                await self._deliver(batch)
            finally:
                self._delivered.set()
            if isinstance(batch[-1], TERMINAL):
                return

    async def ended(self, *, within: float) -> bool:
        """Whether it has ended by itself within so many seconds."""
        done, _ = await asyncio.wait({self._writing, self._delivering}, timeout=within)
        return len(done) == 2

    async def end(self, last: LessonEvent) -> None:
        """Cancel the writer; ``last``, a terminal event, follows what it has written."""
        self._outbox.put(last)
        self._writing.cancel()
        await asyncio.wait({self._writing, self._delivering}, timeout=CANCELLED_WITHIN)

    async def abandon(self) -> None:
        """Cancel the writer, since another one goes on, and deliver nothing more."""
        self._writing.cancel(HANDED_OVER)
        self._delivering.cancel()
        await asyncio.wait({self._writing, self._delivering}, timeout=CANCELLED_WITHIN)
