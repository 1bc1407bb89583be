"""Which users are being erased: all that is left of them in Postgres, until the rest is gone, too."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.erasures import erasures

_UNFINISHED = text("SELECT unfinished_erasures(:older_than_seconds, :limit)")


@dataclass(frozen=True, slots=True)
class PostgresErasures:
    session: OwnedSession
    owner: UUID

    async def begin(self) -> None:
        await self.session.execute(insert(erasures).values(owner_id=self.owner, requested_at=func.now()))

    async def finish(self) -> None:
        await self.session.execute(delete(erasures).where(erasures.c.owner_id == self.owner))


@dataclass(frozen=True, slots=True)
class PostgresUnfinishedErasures:
    """``engine`` connects as ``learnx_worker``."""

    engine: AsyncEngine

    async def owners(self, *, older_than_seconds: float, limit: int) -> list[UUID]:
        values = {"older_than_seconds": older_than_seconds, "limit": limit}
        async with OwnedSession(self.engine, None) as session:
            return list((await session.execute(_UNFINISHED, values)).scalars())
