"""What is limited is admitted here: what spends is counted once it really begins, and given back where it does not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from msgspec.structs import replace

from learnx.application.ports.database import Database
from learnx.application.ports.rate_limiter import RateLimiter
from learnx.application.spending import ReserveSpend
from learnx.domain.errors import NotFound
from learnx.domain.plans import Budgets
from learnx.domain.rate_limits import Draw, Quota, SpendingZone, Standing, quotas_of, refusal

#: Seconds for which this process remembers what plan somebody has.
REMEMBERED_FOR = 30.0
MOST_REMEMBERED = 10_000

told: ContextVar[dict[str, Standing] | None] = ContextVar("learnx_told", default=None)
"""By zone, how the quotas stand that were drawn from on behalf of a request; None where nobody wants to know."""


def tell(standings: Iterable[Standing]) -> None:
    heard = told.get()
    if heard is not None:
        heard.update((standing.quota.zone, standing) for standing in standings)


def check(standings: Iterable[Standing]) -> None:
    """Raises ``RateLimited`` for what has to be waited for longest."""
    refused = [standing for standing in standings if standing.refused]
    if refused:
        raise refusal(max(refused, key=lambda standing: standing.wait))


@dataclass(frozen=True, slots=True)
class OwnQuotas:
    """What the plan of a user limits, by zone; nobody's account is looked up where all have the same plan."""

    database: Database
    budgets: Budgets
    _known: dict[UUID, tuple[float, dict[str, Quota]]] = field(default_factory=dict)

    @property
    def of_everybody(self) -> dict[str, Quota] | None:
        return None if self.budgets.subscriptions else quotas_of(self.budgets.plan_of("")[1])

    async def __call__(self, owner: UUID) -> dict[str, Quota]:
        """Of an account that is gone: what everybody has who has no other plan."""
        common = self.of_everybody
        if common is not None:
            return common
        until, quotas = self._known.get(owner, (0.0, {}))
        if until < monotonic():
            quotas = quotas_of(self.budgets.plan_of(await self._tier(owner))[1])
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[owner] = monotonic() + REMEMBERED_FOR, quotas
        return quotas

    async def _tier(self, owner: UUID) -> str:
        async with self.database.transaction(owner) as tx:
            try:
                return (await tx.users.get()).subscription_tier
            except NotFound:
                return ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What draws exactly, for what begins within; it is given back where that is left by an exception."""

    limiter: RateLimiter
    own: OwnQuotas

    @asynccontextmanager
    async def __call__(self, owner: UUID, zone: SpendingZone, event: UUID) -> AsyncIterator[None]:
        """``RateLimited`` where as many have begun as the plan allows, ``Unavailable`` where it can't be counted."""
        quota = (await self.own(owner)).get(zone)
        if quota is None:
            yield
            return
        draws = [Draw(subject=str(owner), quota=quota)]
        standings = await self.limiter.draw(draws, event=event, exactly=True)
        tell(standings)
        check(standings)
        try:
            yield
        except BaseException:
            tell([replace(standing, remaining=standing.remaining + 1) for standing in standings])
            await asyncio.shield(self.limiter.give_back(draws, event=event))
            raise


@dataclass(frozen=True, slots=True)
class AdmitGeneration:
    """The last step before something is written: counted, and what it may cost set aside."""

    counted: Counted
    reserve: ReserveSpend

    async def __call__(
        self,
        owner: UUID,
        generation_id: UUID,
        most_usd: Callable[[], Awaitable[float | None]],
        *,
        zone: SpendingZone,
    ) -> None:
        """As ``ReserveSpend`` has it; what that refuses is not counted. What it may cost is worked out in between:
        that costs more than counting."""
        async with self.counted(owner, zone, generation_id):
            await self.reserve(owner, generation_id, await most_usd())


@dataclass(frozen=True, slots=True)
class AdmitUpload:
    """Around one upload: so many at once, and so many a day of those that were accepted."""

    limiter: RateLimiter
    own: OwnQuotas
    counted: Counted

    def __call__(self, owner: UUID, upload_id: UUID) -> AbstractAsyncContextManager[None]:
        return self._admitted(owner, upload_id)

    @asynccontextmanager
    async def _admitted(self, owner: UUID, upload_id: UUID) -> AsyncIterator[None]:
        quota = (await self.own(owner)).get("uploads-at-once")
        draws = [Draw(subject=str(owner), quota=quota)] if quota is not None else []
        if draws:
            standings = await self.limiter.draw(draws, event=upload_id)
            tell(standings)
            check(standings)
        try:
            async with self.counted(owner, "uploads", upload_id):
                yield
        finally:
            if draws:
                await asyncio.shield(self.limiter.give_back(draws, event=upload_id))
