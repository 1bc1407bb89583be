"""A transport for jobs whose truth is in Postgres."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID


class JobQueue(Protocol):
    """Carries a hint that a job is due. Losing one costs time, never a job: a reconciler offers due jobs again."""

    async def offer(self, owner: UUID, job: UUID) -> None:
        """Offering a job that is already queued does nothing. Never raises: where the queue is down, the job waits
        for the reconciler (and a warning is logged)."""
        ...


class JobReceiver(Protocol):
    """A worker's end of the queue."""

    async def receive(self, handle: Callable[[UUID, UUID], Awaitable[None]]) -> None:
        """Call ``handle`` with owner and job of each, a few at a time, until cancelled.

        What is being handled then is cancelled too, given a few seconds to end, and goes back to the queue. Where the
        queue is down, it waits. ``handle`` may get a job twice, or one that is done, and should not raise.
        """
        ...
