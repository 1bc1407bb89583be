"""What tells operators how a process is, and prepares what it runs on."""

from dishka import Provider, Scope, provide
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.engine import open_engine
from learnx.application.ports.readiness import Dependencies
from learnx.application.readiness import CheckReadiness


class Operations(Provider):
    scope = Scope.APP

    @provide
    def dependencies(self, engine: AsyncEngine, redis: Redis) -> Dependencies:
        from learnx.adapters.readiness import ServerDependencies

        return ServerDependencies(engine, redis)

    check_readiness = provide(CheckReadiness)


async def migrate(admin_url: str) -> None:
    """Bring the database to the newest revision; several at once wait for each other. Unreachable: ``Unavailable``."""
    from learnx.adapters.postgres.migration import migrate as upgrade

    await upgrade(admin_url)


async def role_faults(url: str) -> list[str]:
    """A sentence for each reason why row-level security would not hold this log-in. Unreachable: ``Unavailable``."""
    from learnx.adapters.postgres.roles import role_faults as faults_of

    engine = open_engine(url, pool_size=1, vectors=False)
    try:
        return await faults_of(engine)
    finally:
        await engine.dispose()


async def stored_embedding_models(admin_url: str, model: str) -> dict[str, int]:
    """How many chunks have a vector of ``model``, and how many of which other, for a log-in that may be the owner."""
    from learnx.adapters.postgres.embedding_models import stored_embedding_models as counted
    from learnx.adapters.postgres.migration import OWNER_ROLE

    engine = open_engine(admin_url, role=OWNER_ROLE, pool_size=1, vectors=False)
    try:
        return await counted(engine, model)
    finally:
        await engine.dispose()
