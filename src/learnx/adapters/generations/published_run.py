"""One generation that is written here and published in Redis, for as long as its token is the valid one."""

import asyncio
from collections.abc import Callable

import structlog

from learnx.adapters.generations.event_log import EventLog
from learnx.adapters.generations.local_run import LocalRun
from learnx.adapters.generations.redis_log import RedisLog
from learnx.adapters.generations.redis_trouble import RedisTrouble
from learnx.application.ports.generations import Write
from learnx.domain.generations import Job
from learnx.domain.lessons import LessonEvent, Restarted

log = structlog.get_logger(__name__)


class Fenced(Exception):
    """Others write this generation, or it was stopped: nothing of ours counts any more."""


class PublishedRun:
    """Readers here see an event once it is in Redis; where Redis is in trouble they see it at once, and Redis gets it
    by ``repair`` when it answers again.

    ``events`` are those that the log begins with. ``changed`` is called once the run is over, and when it is fenced.
    """

    def __init__(
        self,
        job: Job,
        token: str,
        event_log: EventLog,
        redis: RedisLog,
        write: Write,
        changed: Callable[["PublishedRun"], None],
        *,
        known: bool,
        coalesce_seconds: float,
    ) -> None:
        self.job = job
        self.token = token
        self.log = event_log
        self.detached = not known
        self.fenced = False
        self.unread_since: float | None = None
        self._redis = redis
        self._changed = changed
        self._epoch = event_log.epoch
        self._events = list(event_log.events)
        self._published = len(self._events)
        self._known = known
        self._pushing = asyncio.Lock()
        self.run = LocalRun(job, write, self._deliver, coalesce_seconds=coalesce_seconds)

    @property
    def settled(self) -> bool:
        """Everything is in Redis, up to and with the terminal event."""
        return self.log.over and not self.detached

    def lost(self) -> None:
        """Redis does not know it any more."""
        self.detached, self._known = True, False

    def fence(self) -> None:
        if not self.fenced:
            self.fenced = True
            self._changed(self)

    async def announce(self) -> None:
        """Tell others that it is running, before there is anything to read."""
        if not self.detached and not self._published:
            await self._publish()

    async def repair(self) -> None:
        """Publish what Redis lacks. Raises ``RedisTrouble``."""
        try:
            async with self._pushing:
                while not self.fenced and not (self._known and self._published == len(self._events)):
                    await self._push()
        except Fenced:
            self.fence()
            return
        self.detached = False
        self._report_end()

    async def _deliver(self, batch: list[LessonEvent]) -> None:
        if self.fenced:
            return
        if isinstance(batch[0], Restarted):
            self._epoch, self._events, self._published = self._epoch + 1, [], 0
        self._events.extend(batch)
        await self._publish()
        self._reveal()
        self._report_end()

    async def _publish(self) -> None:
        try:
            if not self.detached:
                async with self._pushing:
                    await self._push()
        except RedisTrouble as trouble:
            log.warning("generation.unpublished", generation_id=str(self.job.generation_id), error=str(trouble))
            self.detached = True
        except Fenced:
            self.fence()

    async def _push(self) -> None:
        """All events that Redis is not known to have."""
        epoch, events, first = self._epoch, list(self._events), self._published + 1
        outcome = "gap"
        if self._known:
            outcome = await self._redis.append(self.job, self.token, epoch, first, events[first - 1 :], create=False)
        if outcome == "gap":
            outcome = await self._redis.append(self.job, self.token, epoch, 1, events, create=True)
        if outcome != "ok":
            raise Fenced
        self._known = True
        if epoch == self._epoch:
            self._published = len(events)

    def _reveal(self) -> None:
        if self.fenced:
            return
        if self.log.epoch != self._epoch:
            self.log.begin(self._epoch, self._events)
        else:
            self.log.extend(self._events[len(self.log.events) :])

    def _report_end(self) -> None:
        if self.log.over and not self.fenced:
            self._changed(self)
