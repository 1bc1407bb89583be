"""What waits to be processed, whoever owns it: all that a worker may ask before it acts for an owner."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.session import OwnedSession
from learnx.application.ports.due_jobs import DueJob

_DUE = text("SELECT owner_id, file_id FROM due_jobs(:stale_after_seconds, :limit)")


@dataclass(frozen=True, slots=True)
class PostgresDueJobs:
    """``engine`` connects as ``learnx_worker``."""

    engine: AsyncEngine

    async def due(self, *, stale_after_seconds: float, limit: int) -> list[DueJob]:
        async with OwnedSession(self.engine, None) as session:
            rows = await session.execute(_DUE, {"stale_after_seconds": stale_after_seconds, "limit": limit})
            return [DueJob(owner=row.owner_id, job=row.file_id) for row in rows]
