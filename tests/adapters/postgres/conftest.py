"""A migrated database as the application and as a worker see it, and two learners who are strangers to each other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.domain.courses import Course, File, Module
from learnx.domain.identity import User

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)

Connect = Callable[[str], AbstractAsyncContextManager[asyncpg.Connection]]


@pytest.fixture
async def engine(database_urls: Any) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(database_urls.app)
    yield opened
    await opened.dispose()


@pytest.fixture
async def worker_engine(database_urls: Any) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(database_urls.worker)
    yield opened
    await opened.dispose()


@pytest.fixture
def database(engine: AsyncEngine) -> PostgresDatabase:
    return PostgresDatabase(engine)


@pytest.fixture
def worker_database(worker_engine: AsyncEngine) -> PostgresDatabase:
    return PostgresDatabase(worker_engine)


@pytest.fixture
def connect(database_urls: Any) -> Connect:
    """A bare connection, as ``superuser``, ``admin``, ``app`` or ``worker``."""

    @asynccontextmanager
    async def opened(role: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(getattr(database_urls, role))
        try:
            yield connection
        finally:
            await connection.close()

    return opened


@pytest.fixture
def new_user(engine: AsyncEngine) -> Callable[[], Awaitable[UUID]]:
    numbers = count(1)

    async def register() -> UUID:
        user = User(id=uuid7(), email=f"Learner{next(numbers)}@example.org", full_name="Ada Example", created_at=NOW)
        await PostgresAccounts(engine).register(user, "$argon2id$…")
        return user.id

    return register


@pytest.fixture
async def owner(new_user: Callable[[], Awaitable[UUID]]) -> UUID:
    return await new_user()


@pytest.fixture
async def stranger(owner: UUID, new_user: Callable[[], Awaitable[UUID]]) -> UUID:
    return await new_user()


@pytest.fixture
def new_file(database: PostgresDatabase) -> Callable[..., Awaitable[File]]:
    """Adds a file, with a module and course of its own where none is given."""

    async def add(owner: UUID, *, module: Module | None = None, password: str | None = None, **values: Any) -> File:
        async with database.transaction(owner) as tx:
            if module is None:
                course = Course(id=uuid7(), title="Biology", created_at=NOW, updated_at=NOW)
                module = Module(
                    id=uuid7(), course_id=course.id, title="Cells", position=0, created_at=NOW, updated_at=NOW
                )
                await tx.courses.add(course)
                await tx.modules.add(module)
            file = File(
                **{
                    "id": uuid7(),
                    "module_id": module.id,
                    "course_id": module.course_id,
                    "filename": "cells.pdf",
                    "media_type": "application/pdf",
                    "size_bytes": 3_000_000_000,
                    "sha256": "0" * 64,
                    "created_at": NOW,
                    **values,
                }
            )
            await tx.files.add(file, password=password)
            await tx.commit()
            return file

    return add
