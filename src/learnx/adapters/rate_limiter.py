"""Quotas in Redis, which many servers draw from, and which may be away at any moment."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from learnx.adapters.generations.redis_trouble import RedisTrouble, translated
from learnx.adapters.patience import Patience
from learnx.adapters.rate_limiter_local import LocalLimits
from learnx.adapters.rate_limiter_scripts import ALL, DRAW, GIVE_BACK, RENEW, SHA, key_of, standing
from learnx.adapters.redis_lanes import RedisLanes
from learnx.domain.errors import Unavailable
from learnx.domain.rate_limits import LEASE_SECONDS, WORTH_TRYING, Draw, Standing

log = structlog.get_logger(__name__)

#: Seconds that a draw may take: where this process may count by itself, and where only Redis can.
PATIENCE, LONG_PATIENCE = 0.2, 1.0
#: Seconds after which a command is given up that hears neither an answer nor its end.
GIVEN_UP = 10.0
#: Commands at a time of either kind, each on a connection of its own; more wait for each other, not for connections.
AT_ONCE = 4
#: Seconds between two tries to reach a Redis that failed, and between two renewals of what is held.
RETRY_EVERY, RENEW_EVERY = 0.2, LEASE_SECONDS / 3
#: Of what should be given back while Redis is away, the newest are remembered.
MOST_OWED = 10_000

UNCOUNTED = (
    "This is limited, and can't be counted at the moment; it is not begun uncounted. Reading and editing go on. "
    "Try again in a little while."
)


class RedisRateLimiter:
    """The port ``RateLimiter``. ``redis`` needs no limit of its own: a command is given up after ``patience`` seconds.

    After a failure rates and what is held are counted in this process alone, until Redis answers again; ``on_failure``
    is told its reason. What is held is renewed while this process lives: ``LEASE_SECONDS`` after it died it is free.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        patience: float = PATIENCE,
        long_patience: float = LONG_PATIENCE,
        renew_every: float = RENEW_EVERY,
    ) -> None:
        self._redis = redis
        self._execute = RedisLanes(redis)
        #: Told of a failure, with its reason.
        self.on_failure: Callable[[str], None] = lambda reason: None
        self._patience, self._long_patience, self._renew_every = patience, long_patience, renew_every
        self._local = LocalLimits()
        self._owed: list[tuple[list[str], UUID]] = []
        self._slots, self._exact_slots = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._reached, self._lost = asyncio.Event(), asyncio.Event()
        self._reached.set()
        self._upkeep: asyncio.Task[None] | None = None

    async def draw(
        self, draws: Sequence[Draw], *, event: UUID, looks: Sequence[Draw] = (), exactly: bool = False
    ) -> tuple[Standing, ...]:
        if exactly:
            standings = await self._drawn_exactly(draws, looks, event)
        else:
            try:
                async with self._slots:
                    if self._lost.is_set():
                        return self._local.draw(draws, event)
                    standings = await self._drawn(draws, looks, event, self._patience)
            except RedisTrouble as trouble:
                self.distrust(str(trouble))
                return self._local.draw(draws, event)
        if not any(standing.refused for standing in standings):
            self._hold(draws, event)
        return standings

    async def give_back(self, draws: Sequence[Draw], *, event: UUID) -> None:
        self._local.release(draws, event)
        keys = [key_of(draw) for draw in draws if draw.quota.kind != "rate"]
        if not keys:
            return
        try:
            if not self._reached.is_set():
                raise RedisTrouble("away")
            await self._evaluate(self._long_patience, GIVE_BACK, keys, str(event))
        except RedisTrouble:
            self._owed = [*self._owed, (keys, event)][-MOST_OWED:]
            self._look_after()

    def distrust(self, reason: str) -> None:
        """Redis was found not to answer: until it does, nobody waits for it."""
        if self._reached.is_set():
            log.warning("limits.local", reason=reason)
            self._reached.clear()
            self._lost.set()
            self.on_failure(reason)
        self._look_after()

    async def aclose(self) -> None:
        """What is held here ends with this process."""
        if self._upkeep is not None:
            self._upkeep.cancel()
            await asyncio.wait([self._upkeep])
        for draw, event in self._local.held:
            await self.give_back([draw], event=event)
        await self._execute.aclose()

    async def _drawn_exactly(self, draws: Sequence[Draw], looks: Sequence[Draw], event: UUID) -> tuple[Standing, ...]:
        try:
            async with translated(self._patience + RETRY_EVERY):
                await self._reached.wait()
            async with self._exact_slots:
                return await self._drawn(draws, looks, event, self._long_patience)
        except RedisTrouble as trouble:
            self.distrust(str(trouble))
            raise Unavailable(UNCOUNTED) from trouble

    async def _drawn(
        self, draws: Sequence[Draw], looks: Sequence[Draw], event: UUID, patience: float
    ) -> tuple[Standing, ...]:
        asked = (*draws, *looks)
        arguments: list[Any] = [str(event), len(draws), WORTH_TRYING * 1_000_000]
        for draw in asked:
            arguments += (draw.quota.kind, draw.quota.amount, draw.quota.seconds * 1_000_000)
        found = await self._evaluate(patience, DRAW, [key_of(draw) for draw in asked], *arguments)
        return tuple(standing(draw, *found[3 * place : 3 * place + 3]) for place, draw in enumerate(asked))

    async def _evaluate(self, patience: float, script: str, keys: Sequence[str], *arguments: Any) -> Any:
        command = ("EVALSHA", SHA[script], len(keys), *keys, *arguments)
        async with translated(GIVEN_UP), Patience(patience):
            try:
                return await self._execute(*command)
            except NoScriptError:
                for each in ALL:
                    await self._redis.script_load(each)
                return await self._execute(*command)

    def _hold(self, draws: Sequence[Draw], event: UUID) -> None:
        self._local.hold(draws, event)
        if self._local.held:
            self._look_after()

    def _look_after(self) -> None:
        if self._upkeep is None or self._upkeep.done():
            self._upkeep = asyncio.create_task(self._renew(), name="limits-upkeep")

    async def _renew(self) -> None:
        """While something is held or owed, or Redis is away. What was held meanwhile it is told when it is back."""
        while self._local.held or self._owed or self._lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._renew_every):
                    await self._lost.wait()
            try:
                await self._renew_all()
            except RedisTrouble as trouble:
                self.distrust(str(trouble))
                await asyncio.sleep(RETRY_EVERY)
                continue
            if self._lost.is_set():
                log.info("limits.shared")
                self._lost.clear()
                self._reached.set()

    async def _renew_all(self) -> None:
        held = self._local.held
        arguments: list[Any] = []
        for draw, event in held:
            arguments += (str(event), draw.quota.seconds * 1_000_000)
        await self._evaluate(self._long_patience, RENEW, [key_of(draw) for draw, _ in held], *arguments)
        while self._owed:
            keys, event = self._owed[0]
            await self._evaluate(self._long_patience, GIVE_BACK, keys, str(event))
            self._owed = self._owed[1:]
