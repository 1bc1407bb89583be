"""What is left of a user beside rows and documents: in caches, queues, running work, counters."""

from typing import Protocol
from uuid import UUID


class Traces(Protocol):
    async def remove(self, owner: UUID) -> None:
        """Everything that names the owner goes, and what still runs for them writes nothing any more.

        For whoever has no rows left. Doing it again is fine. Where it can't be done now: ``Unavailable``.
        """
        ...
