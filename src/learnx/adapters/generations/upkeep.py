"""Keeps this process's leases, takes over what other processes left, and gives Redis back what it has lost."""

import asyncio
import secrets
from typing import Literal

import structlog

from learnx.adapters.generations.endings import BROKEN, CANCELLED
from learnx.adapters.generations.followed import FollowedGenerations
from learnx.adapters.generations.published_run import PublishedRun
from learnx.adapters.generations.published_runs import PublishedRuns
from learnx.adapters.generations.redis_log import Pulse, RedisLog, TakenOver
from learnx.adapters.generations.redis_trouble import RedisTrouble
from learnx.domain.lessons import Restarted

log = structlog.get_logger(__name__)

Orphans = Literal["finish", "cancel"]

RESTARTED = Restarted(reason="The server that wrote this lesson is gone; another one writes it anew.")

#: Seconds between two attempts to publish what Redis lacks.
REPAIR = 0.3

#: At most so many generations are taken over at a time, so that the servers share them.
TAKEN_AT_A_TIME = 8

#: A generation whose server died so often is ended: it may be what kills them.
MOST_TAKEOVERS = 5

#: Seconds after Redis lost its data, or was away, in which whoever has what it lacks gives it that.
RECOVERY = 5.0


class Upkeep:
    """One loop. ``closing`` takes nothing over any more."""

    def __init__(
        self,
        redis: RedisLog,
        runs: PublishedRuns,
        followed: FollowedGenerations,
        *,
        heartbeat_seconds: float,
        grace_seconds: float,
        orphans: Orphans,
    ) -> None:
        self.closing = False
        self._redis = redis
        self._runs = runs
        self._followed = followed
        self._heartbeat_seconds = heartbeat_seconds
        self._grace_seconds = grace_seconds
        self._orphans = orphans
        self.born: bytes | None = None  # since when Redis knows
        self._shaken_at: float | None = None
        self._in_touch_since: float | None = None
        self._out_of_touch = False  # told once for each time

    @property
    def recovering(self) -> bool:
        """Whether Redis has just lost its data or was away: what it does not know may exist."""
        shaken_at = self._shaken_at
        return shaken_at is not None and asyncio.get_running_loop().time() - shaken_at < RECOVERY

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        next_beat = clock()
        while True:
            try:
                if clock() >= next_beat:
                    next_beat = clock() + self._heartbeat_seconds
                    await self._beat()
                await self._repair()
                if self._out_of_touch and self._in_touch_since is not None:
                    self._out_of_touch = False
                    log.info("generations.in_touch_again")
            except RedisTrouble as trouble:
                if self._out_of_touch:  # for the second time: once may be ourselves, short of breath
                    self._shaken_at = clock()
                else:
                    log.warning("generations.out_of_touch", error=str(trouble))
                self._out_of_touch, self._in_touch_since = True, None
            except Exception:
                log.exception("generations.upkeep_failed")
            await asyncio.sleep(min(REPAIR, self._heartbeat_seconds))

    async def _repair(self) -> None:
        for run in self._runs:
            if run.detached:
                await run.repair()

    async def _beat(self) -> None:
        now = asyncio.get_running_loop().time()
        pulse = await self._redis.heartbeat(self._runs.leases, self._followed.ids)
        if self.born is not None and pulse.born != self.born:
            log.warning("generations.redis_lost_its_data")
            self._shaken_at = now
        self.born = pulse.born
        for run in self._runs:
            self._judge(run, pulse, now)
        await self._look_after_followed(pulse)
        if self._in_touch_since is None:
            self._in_touch_since = now
            for run in self._runs:
                run.unread_since = None
        if not self.closing:
            # Others were out of touch as long as we were: they may need a moment to renew their leases.
            handed_over_only = now - self._in_touch_since < 2 * self._heartbeat_seconds
            await self._take_over(handed_over_only=handed_over_only)

    def _judge(self, run: PublishedRun, pulse: Pulse, now: float) -> None:
        state = pulse.runs.get(run.job.generation_id)
        if state == "gone":
            run.lost()
        elif state == "fenced":
            run.fence()
        elif state == "read" or run.log.readers:
            run.unread_since = None
        elif state == "unread":
            run.unread_since = run.unread_since or now
            if self._orphans == "cancel" and now - run.unread_since > self._grace_seconds:
                log.info("generation.orphaned", generation_id=str(run.job.generation_id))
                self._runs.spawn(run.run.end(CANCELLED))

    async def _look_after_followed(self, pulse: Pulse) -> None:
        self._followed.heard(pulse.followed)
        for generation_id, state in pulse.followed.items():
            event_log = self._followed.get(generation_id)
            if state == "over" and event_log is not None and not event_log.over:
                await self._followed.catch_up(event_log)

    async def _take_over(self, *, handed_over_only: bool) -> None:
        taken = None
        while taken is None or len(taken) == TAKEN_AT_A_TIME:
            taken = await self._redis.take_over(
                secrets.token_hex(16),
                handed_over_only=handed_over_only,
                most=TAKEN_AT_A_TIME,
                restart=RESTARTED,
                broken=BROKEN,
                most_takeovers=MOST_TAKEOVERS,
            )
            self._begin_anew(taken)

    def _begin_anew(self, taken: list[TakenOver]) -> None:
        for job, token, epoch in taken:
            log.warning("generation.taken_over", generation_id=str(job.generation_id), epoch=epoch)
            if (run := self._runs.get(job.generation_id)) is not None:
                run.fence()
            self._runs.begin(job, token, known=True, epoch=epoch, events=(RESTARTED,))
