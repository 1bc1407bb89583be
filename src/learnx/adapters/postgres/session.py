"""A session that acts for one owner: every transaction it begins tells row-level security whose rows there are."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from learnx.adapters.postgres.errors import translated


class _OwnedSyncSession(Session):
    """``info["owner"]`` is set for as long as the session lives."""


@event.listens_for(_OwnedSyncSession, "after_begin")
def _act_for_owner(session: Session, _: SessionTransaction, connection: Connection) -> None:
    # Local to the transaction: the setting can't leak through the pool, and begins anew after a commit.
    connection.execute(select(func.set_config("app.owner_id", str(session.info["owner"]), True)))


class OwnedSession(AsyncSession):
    """Runs Core statements for one owner; database errors leave it as errors of the domain."""

    sync_session_class = _OwnedSyncSession

    def __init__(self, engine: AsyncEngine, owner: UUID) -> None:
        super().__init__(engine, autoflush=False, expire_on_commit=False, info={"owner": owner})

    async def execute(self, *args: Any, **options: Any) -> Any:
        with translated():
            return await super().execute(*args, **options)

    async def scalar(self, *args: Any, **options: Any) -> Any:
        with translated():
            return await super().scalar(*args, **options)

    async def commit(self) -> None:
        with translated():
            await super().commit()
