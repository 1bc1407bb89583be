"""Replays that were read from the cache are remembered here, so that reading them does not wait for Postgres."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from learnx.application.ports.database import Database
from learnx.domain.activity import Activity
from learnx.domain.errors import NotFound, Unavailable

log = structlog.get_logger(__name__)

#: Seconds between two writes; what was read since is lost where the process is killed.
WRITE_EVERY = 1.0
#: As many are remembered while Postgres is down, about 200 bytes each.
MOST = 100_000


@dataclass(slots=True)
class LessonReads:
    """Written once a second while there are any, and when the process ends. Writing twice is as good as once."""

    database: Database
    write_every: float = WRITE_EVERY
    _waiting: dict[UUID, list[Activity]] = field(default_factory=lambda: defaultdict(list))
    _count: int = 0
    _writing: "asyncio.Task[None] | None" = None

    def add(self, owner: UUID, read: Activity) -> None:
        if self._count >= MOST:
            log.error("reads.dropped", user=str(owner), reason="Postgres has been down for too long")
            return
        self._waiting[owner].append(read)
        self._count += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_on())

    async def write(self) -> None:
        """What can't be written now waits for the next time; an account that is gone has nothing to remember."""
        for owner in list(self._waiting):
            reads = self._waiting.pop(owner)
            try:
                async with self.database.transaction(owner) as tx:
                    await tx.activities.add_all(reads)
                    await tx.commit()
            except NotFound:
                log.info("reads.of_nobody", user=str(owner))
            except BaseException:
                self._waiting[owner] = reads + self._waiting[owner]
                raise
            self._count -= len(reads)

    async def aclose(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        try:
            await self.write()
        except Unavailable as error:
            log.error("reads.lost", count=self._count, reason=error.detail)

    async def _write_on(self) -> None:
        while self._count:
            await asyncio.sleep(self.write_every)
            try:
                await self.write()
            except Unavailable as error:
                log.warning("reads.waiting", count=self._count, reason=error.detail)
