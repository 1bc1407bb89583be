"""What others write and somebody here follows: one blocking read for all of it, however many readers there are."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis

from learnx.adapters.generations.event_log import EventLog
from learnx.adapters.generations.redis_log import RedisLog, decode_event
from learnx.adapters.generations.redis_trouble import PATIENCE, RedisTrouble, translated
from learnx.domain.lessons import LessonEvent

log = structlog.get_logger(__name__)

#: Milliseconds that a read waits for events; whoever is followed only since then is read after it.
BLOCK = 100

#: At least so many seconds lie between two reads, so that busy streams are read in batches.
PACE = 0.02

#: Seconds after which a read is tried again where Redis is in trouble.
PAUSE = 0.3

#: Seconds for which a log without readers is fed: some are just coming, or back.
IDLE = 5.0

#: Seconds without a word from Redis after which readers are told to come back.
SILENCE = 10.0

SILENT = "This lesson can't be followed at the moment. Connect again to go on."


class FollowedGenerations:
    """A log is fed for as long as somebody reads it, and ``idle_seconds`` more."""

    def __init__(
        self, redis: RedisLog, blocking_redis: Redis, *, silence_seconds: float = SILENCE, idle_seconds: float = IDLE
    ) -> None:
        self._redis = redis
        self._blocking_redis = blocking_redis
        self._silence_seconds = silence_seconds
        self._idle_seconds = idle_seconds
        self._logs = dict[UUID, EventLog]()
        self._gone_since: dict[UUID, float] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def ids(self) -> list[UUID]:
        return [generation_id for generation_id, log in self._logs.items() if not log.over]

    def get(self, generation_id: UUID) -> EventLog | None:
        return self._logs.get(generation_id)

    def add(self, event_log: EventLog) -> EventLog:
        """Feed this one from now on, or the one that is fed already."""
        followed = self._logs.setdefault(event_log.generation_id, event_log)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="followed-generations")
        return followed

    def pop(self, generation_id: UUID) -> EventLog | None:
        """Feed it no longer: it is written here."""
        return self._logs.pop(generation_id, None)

    def heard(self, states: Mapping[UUID, str]) -> None:
        """What a heartbeat said of each: what stays gone is lost, and what nobody reads is dropped."""
        now = asyncio.get_running_loop().time()
        for event_log in list(self._logs.values()):
            if not event_log.readers and now - event_log.last_used > self._idle_seconds:
                self._lose(event_log)  # a reader that comes so late is told to come again
        gone = {generation_id for generation_id, state in states.items() if state == "gone"}
        self._gone_since = {generation_id: self._gone_since.get(generation_id, now) for generation_id in gone}
        for generation_id, since in self._gone_since.items():
            if now - since > self._silence_seconds and generation_id in self._logs:
                self._lose(self._logs[generation_id])

    async def catch_up(self, event_log: EventLog) -> None:
        """Take over what Redis says of a log that was written here, and perhaps further than Redis got to know."""
        known, _ = await self._redis.read(event_log.generation_id)
        if known is None or not known.events or event_log.over:
            return
        here = event_log.events
        written = known.events[:-1] if known.over else known.events
        if known.epoch == event_log.epoch and here[: len(written)] == written[: len(here)]:
            missing = known.events[len(here) :]
            event_log.extend(missing or (known.events[-1:] if known.over else []))
        elif known.epoch >= event_log.epoch:
            event_log.begin(known.epoch, known.events)

    async def aclose(self, detail: str) -> None:
        """Readers of what goes on elsewhere are told to come back there."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        for event_log in self._logs.values():
            event_log.lose(detail)

    async def _follow(self) -> None:
        clock = asyncio.get_running_loop().time
        heard, told = clock(), False
        while ids := self.ids:
            try:
                await self._read_once(ids)
                heard, told = clock(), False
                await asyncio.sleep(PACE)
            except RedisTrouble as trouble:
                if not told:
                    log.warning("generations.unreadable", error=str(trouble), followed=len(ids))
                told = True
                if clock() - heard > self._silence_seconds:
                    self._lose_all()
                await asyncio.sleep(PAUSE)
            except Exception:
                log.exception("generations.unreadable", followed=len(ids))
                self._lose_all()

    async def _read_once(self, ids: list[UUID]) -> None:
        logs = [self._logs[id_] for id_ in ids]
        places: dict[Any, Any] = {
            f"learnx:generation:{log.generation_id}:log": f"{log.epoch}-{len(log.events)}" for log in logs
        }
        async with translated(BLOCK / 1000 + PATIENCE):
            streams: Any = await self._blocking_redis.xread(places, block=BLOCK)
        for key, entries in dict(streams).items():
            event_log = self._logs.get(UUID(key.decode().split(":")[2]))
            if event_log is not None:
                for place, fields in entries:
                    epoch, seq = map(int, place.split(b"-"))
                    _append(event_log, epoch, seq, decode_event(fields[b"e"]))

    def _lose_all(self) -> None:
        for event_log in list(self._logs.values()):
            self._lose(event_log)

    def _lose(self, event_log: EventLog) -> None:
        del self._logs[event_log.generation_id]
        event_log.lose(SILENT)


def _append(event_log: EventLog, epoch: int, seq: int, event: LessonEvent) -> None:
    if epoch > event_log.epoch and seq == 1:
        event_log.begin(epoch, [event])
    elif epoch == event_log.epoch and seq == len(event_log.events) + 1:
        event_log.extend([event])
