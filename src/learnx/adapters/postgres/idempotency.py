"""What is kept of requests with an Idempotency-Key: written with their effect, or not at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.idempotency import idempotency_keys as _table
from learnx.application.ports.idempotency import Kept
from learnx.domain.errors import Conflict

IN_FLIGHT = "The same request is being served just now: send it again in a moment for its reply."

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class PostgresIdempotencyKeys:
    session: OwnedSession
    owner: UUID

    async def begin(self, operation: str, key_hash: bytes, *, now: datetime) -> Kept | None:
        # The lock ends with the transaction, however that ends; and whoever gets it sees what was committed before.
        if not await self.session.scalar(_LOCK, {"name": f"{self.owner} {operation} {key_hash.hex()}"}):
            raise Conflict(IN_FLIGHT)
        row = (
            await self.session.execute(
                select(_table).where(*self._named(operation, key_hash), _table.c.expires_at > now)
            )
        ).one_or_none()
        if row is None:
            return None
        return Kept(
            body_hash=row.body_hash, reply=row.reply, generation_id=row.generation_id, created_at=row.created_at
        )

    async def keep(self, operation: str, key_hash: bytes, kept: Kept, *, expires_at: datetime) -> None:
        await self.session.execute(
            delete(_table).where(_table.c.owner_id == self.owner, _table.c.expires_at <= kept.created_at)
        )
        changed = {
            "body_hash": kept.body_hash,
            "reply": kept.reply,
            "generation_id": kept.generation_id,
            "created_at": kept.created_at,
            "expires_at": expires_at,
        }
        await self.session.execute(
            insert(_table)
            .values(owner_id=self.owner, operation=operation, key_hash=key_hash, **changed)
            .on_conflict_do_update(index_elements=["owner_id", "operation", "key_hash"], set_=changed)
        )

    async def forget(self, operation: str, key_hash: bytes, generation_id: UUID) -> None:
        await self.session.execute(
            delete(_table).where(*self._named(operation, key_hash), _table.c.generation_id == generation_id)
        )

    def _named(self, operation: str, key_hash: bytes) -> tuple[Any, ...]:
        return _table.c.owner_id == self.owner, _table.c.operation == operation, _table.c.key_hash == key_hash
