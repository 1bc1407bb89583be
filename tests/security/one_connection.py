"""The one connection that three learners share, what each of them has, and how what they do may end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.security.foreign_rows import NOW
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresTransaction
from learnx.adapters.postgres.session import OwnedSession
from learnx.domain.errors import NotFound
from learnx.domain.identity import User

USERS = 3

Work = Callable[[PostgresTransaction], Awaitable[Any]]


@dataclass
class World:
    """The one connection, whoever uses it, and how often something was done over it."""

    runner: asyncio.Runner
    engine: AsyncEngine
    superuser_url: str
    operations: int = 0

    @staticmethod
    def holding_one(engine: AsyncEngine) -> AsyncEngine:
        """It lends one connection, and none beside it."""
        engine.sync_engine.pool._max_overflow = 0  # type: ignore[attr-defined]
        return engine


@dataclass
class Own:
    """What one learner has; ``word`` is in all their texts."""

    owner: UUID
    word: str
    courses: dict[UUID, str] = field(default_factory=dict)
    modules: dict[UUID, UUID] = field(default_factory=dict)
    files: dict[UUID, UUID] = field(default_factory=dict)
    chunks: dict[UUID, UUID] = field(default_factory=dict)
    activities: set[UUID] = field(default_factory=set)
    personas: int = 0
    kept: str | None = None
    reserved: float = 0.0


class _Rollback(Exception):
    """What is raised in the middle of a transaction."""


class OverOneConnection(RuleBasedStateMachine):
    world: World

    @initialize()
    def three_learners(self) -> None:
        self.all = [Own(uuid7(), word) for word in ("quokka", "wombat", "dugong")[:USERS]]
        for own in self.all:
            user = User(id=own.owner, email=f"{own.owner}@example.org", full_name=own.word, created_at=NOW)
            self.run(PostgresAccounts(self.world.engine).register(user, "hash"))

    def teardown(self) -> None:
        pool = self.world.engine.sync_engine.pool
        assert pool.checkedout() == 0, "a connection was not given back"  # type: ignore[attr-defined]

    def changes(self, own: Own, work: Work, end: str) -> bool:
        """Whether it is there from now on."""
        self.run(self.transaction(own, work, end))
        return end == "commit"

    def fails(self, own: Own, work: Work, kind: type[Exception]) -> None:
        try:
            self.run(self.transaction(own, work, "commit"))
        except kind:
            return
        raise AssertionError(f"no {kind.__name__}")

    async def transaction(self, own: Own, work: Work, end: str) -> None:
        if end == "cancel":
            await self.cancelled(self.transaction(own, work, "sleep"), len(own.courses) % 8)
            return
        try:
            async with OwnedSession(self.world.engine, own.owner) as session:
                await work(PostgresTransaction(session, own.owner))
                match end:
                    case "commit":
                        await session.commit()
                    case "error":
                        raise _Rollback
                    case "sleep":
                        await session.execute(text("SELECT pg_sleep(5)"))
        except _Rollback:
            return

    async def alone(self, own: Own, work: Work) -> Any:
        async with OwnedSession(self.world.engine, own.owner) as session:
            return await work(PostgresTransaction(session, own.owner))

    async def cancelled(self, work: Awaitable[Any], milliseconds: int) -> None:
        task = asyncio.ensure_future(work)
        await asyncio.sleep(milliseconds / 1000)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()  # it was done already

    def one_of(self, ids: dict[UUID, Any], place: int) -> UUID:
        """Where there are none, the id of nothing."""
        return list(ids)[place % len(ids)] if ids else uuid7()

    def run(self, work: Any) -> Any:
        self.world.operations += 1
        return self.world.runner.run(work)


async def found_or_none(lookup: Awaitable[Any]) -> Any:
    try:
        return await lookup
    except NotFound:
        return None
