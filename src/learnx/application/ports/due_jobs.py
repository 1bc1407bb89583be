"""Which jobs a worker may take, whoever owns them."""

from typing import Protocol
from uuid import UUID

from learnx.domain.values import Value


class DueJob(Value):
    owner: UUID
    job: UUID


class DueJobs(Protocol):
    async def due(self, *, stale_after_seconds: float, limit: int) -> list[DueJob]:
        """Jobs that wait, and jobs whose worker has been silent for so long; oldest first. The one thing that a worker
        may ask before it acts for an owner."""
        ...
