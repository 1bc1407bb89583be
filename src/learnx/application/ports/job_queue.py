"""A transport for jobs whose truth is in Postgres."""

from typing import Protocol
from uuid import UUID


class JobQueue(Protocol):
    """Carries a hint that a job is due. Losing one costs time, never a job: a reconciler offers due jobs again."""

    async def offer(self, owner: UUID, job: UUID) -> None:
        """Offering a job that is already queued does nothing. Never raises: where the queue is down, the job waits
        for the reconciler (and a warning is logged)."""
        ...
