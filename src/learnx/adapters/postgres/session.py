"""A session that acts for one owner: every transaction it begins tells row-level security whose rows there are."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, cast
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from learnx.adapters.postgres.errors import translated


class _ConnectionClosed(ConnectionError):
    """The server ended the connection."""


class OwnedSession:
    """Runs Core statements for one owner; database errors leave it as errors of the domain.

    It takes a connection at its first statement. What is not committed is rolled back when it is left. Without an
    owner it sees no owned row, and can only ask the questions that have a function of their own.
    """

    def __init__(self, engine: AsyncEngine, owner: UUID | None) -> None:
        self._engine, self._owner = engine, str(owner or "")
        self._connection: AsyncConnection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            # A cancelled request still gives its connection back.
            await asyncio.shield(asyncio.ensure_future(self._connection.close()))

    async def execute(self, *args: Any, **options: Any) -> Any:
        with translated():
            return await (await self._begun()).execute(*args, **options)

    async def scalar(self, *args: Any, **options: Any) -> Any:
        return (await self.execute(*args, **options)).scalar()

    async def commit(self) -> None:
        if self._connection is not None:
            with translated():
                await self._connection.commit()

    async def ask_alone(self, question: str, *arguments: Any) -> Sequence[Any]:
        """Rows of a question that may be asked twice and tells the owner by itself.

        It goes straight to the driver, in one round trip, where BEGIN, the owner, the question and ROLLBACK take four.
        Within a transaction that has begun it belongs to that; else what it changes is committed.
        """
        with translated():
            if self._connection is not None:
                return (await (await self._begun()).exec_driver_sql(question, arguments)).all()
            try:
                return await self._ask_driver(question, arguments)
            except _ConnectionClosed:  # by the server, while it lay in the pool
                return await self._ask_driver(question, arguments)

    async def _ask_driver(self, question: str, arguments: Sequence[Any]) -> Sequence[Any]:
        connection = await self._engine.connect()
        try:
            driver = cast(asyncpg.Connection, (await connection.get_raw_connection()).driver_connection)
            try:
                return cast(Sequence[Any], await driver.fetch(question, *arguments))
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
                if not (driver.is_closed() or isinstance(error, asyncpg.InternalClientError)):
                    raise
                await connection.invalidate()
                raise _ConnectionClosed from error
        finally:
            await asyncio.shield(asyncio.ensure_future(connection.close()))

    async def _begun(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        if not self._connection.in_transaction():
            try:
                await self._act_for_owner(self._connection)
            except (DBAPIError, asyncpg.InternalClientError) as error:
                # The driver's InternalClientError: it was just reading that the server closes the connection.
                if isinstance(error, asyncpg.InternalClientError):
                    await self._connection.invalidate()
                elif not error.connection_invalidated:
                    raise
                # A pooled connection that the server has closed meanwhile: nothing was asked of it yet.
                await self._connection.close()
                self._connection = await self._engine.connect()
                await self._act_for_owner(self._connection)
        return self._connection

    async def _act_for_owner(self, connection: AsyncConnection) -> None:
        # Local to the transaction: the setting can't leak through the pool, and is made anew after a commit.
        if self._owner:
            await connection.exec_driver_sql("SELECT set_config('app.owner_id', $1, true)", (self._owner,))
        else:
            # Told apart in the log of a server that is made to show who asks without an owner.
            await connection.exec_driver_sql("SELECT set_config('app.owner_id', '', true)")
