"""What is kept of a request that carried an Idempotency-Key."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from learnx.domain.values import Value


class Kept(Value):
    """``reply``, as JSON values, is what the request returned; else ``generation_id`` names what it began."""

    body_hash: bytes
    reply: Any = None
    generation_id: UUID | None = None
    created_at: datetime


class IdempotencyKeys(Protocol):
    """Of the owner of a transaction; an operation and the hash of a key name one request."""

    async def begin(self, operation: str, key_hash: bytes, *, now: datetime) -> Kept | None:
        """What is kept of it, and has not expired. From here to the end of the transaction nobody else begins it:
        ``Conflict`` where somebody else has, and is not done."""
        ...

    async def keep(self, operation: str, key_hash: bytes, kept: Kept, *, expires_at: datetime) -> None:
        """In place of what was kept before. The owner's expired ones go."""
        ...

    async def forget(self, operation: str, key_hash: bytes, generation_id: UUID) -> None:
        """Where it still names this generation."""
        ...
