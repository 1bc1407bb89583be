"""How often and how much at once: the limiter, and what it is told of plans and of strangers."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, alias, provide, provide_all
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from learnx.adapters.plan_file import read_strangers
from learnx.adapters.rate_limiter import RedisRateLimiter
from learnx.application.ports.database import Database
from learnx.application.ports.rate_limiter import RateLimiter
from learnx.application.rate_limits import AdmitGeneration, AdmitUpload, Counted, OwnQuotas
from learnx.domain.plans import Budgets
from learnx.domain.rate_limits import StrangerLimits
from learnx.settings import Settings, SettingsError


class Limits(Provider):
    scope = Scope.APP

    @provide
    async def limiter(self, settings: Settings) -> AsyncIterator[RedisRateLimiter]:
        if settings.redis_url is None:
            raise ValueError("the address of Redis is not known yet")
        # The limiter limits by itself how long a command may take.
        async with Redis.from_url(
            settings.redis_url.reveal(), socket_timeout=None, socket_connect_timeout=None, retry=Retry(NoBackoff(), 1)
        ) as redis:
            limiter = RedisRateLimiter(redis)
            yield limiter
            await limiter.aclose()

    rate_limiter = alias(RedisRateLimiter, provides=RateLimiter)

    @provide
    def strangers(self, settings: Settings) -> StrangerLimits:
        return strangers_of(settings)

    @provide
    def own_quotas(self, database: Database, budgets: Budgets) -> OwnQuotas:
        return OwnQuotas(database, budgets)

    use_cases = provide_all(Counted, AdmitGeneration, AdmitUpload)


def strangers_of(settings: Settings) -> StrangerLimits:
    """Raises ``SettingsError`` where the file of plans does not fit."""
    try:
        return read_strangers(settings.plans)
    except ValueError as error:
        raise SettingsError(f"LEARNX_PLANS: {error}") from error
