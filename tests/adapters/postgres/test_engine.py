"""Connections fail in words of the domain, in bounded time, and speak vectors."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.errors import translated
from learnx.application.ports.paging import Page
from learnx.domain.errors import Conflict, Unavailable
from learnx.domain.retrieval import Candidate, Scope

pytestmark = pytest.mark.anyio


async def test_a_server_that_is_down_is_unavailable() -> None:
    engine = open_engine("postgresql://learnx_app:secret@127.0.0.1:1/learnx")
    async with PostgresDatabase(engine).transaction(uuid7()) as tx:
        with pytest.raises(Unavailable):
            await tx.users.get()
    with pytest.raises(Unavailable):
        await PostgresAccounts(engine).by_email("a@example.org")
    await engine.dispose()


async def test_a_wrong_password_is_unavailable_and_shown_to_nobody(database_urls: Any) -> None:
    engine = open_engine(database_urls.app.replace("learnx_app:", "learnx_app:hunter2"))
    with pytest.raises(Unavailable) as refused:
        await PostgresAccounts(engine).by_email("a@example.org")
    assert "hunter2" not in refused.value.detail
    await engine.dispose()


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    database: PostgresDatabase, owner: UUID, connect: Any
) -> None:
    async with connect("superuser") as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    async with database.transaction(owner) as tx:
        assert (await tx.users.get()).id == owner


async def search(database: PostgresDatabase, owner: UUID) -> list[Candidate]:
    async with database.transaction(owner) as tx:
        return await tx.chunks.candidates(Scope(file_id=owner), "word", [1.0, 0.0], embedding_model="m", limit=1)


async def test_a_search_replaces_a_closed_connection_and_leaves_no_owner_behind(
    database: PostgresDatabase, owner: UUID, connect: Any
) -> None:
    assert await search(database, owner) == []
    async with connect("superuser") as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert await search(database, owner) == []
    async with database.engine.connect() as pooled:
        assert (await pooled.exec_driver_sql("SELECT current_setting('app.owner_id', true)")).scalar_one() == ""


async def test_a_search_of_a_server_that_is_down_is_unavailable() -> None:
    engine = open_engine("postgresql://learnx_app:secret@127.0.0.1:1/learnx")
    with pytest.raises(Unavailable):
        await search(PostgresDatabase(engine), uuid7())
    await engine.dispose()


async def test_a_connection_lost_within_a_transaction_is_unavailable(
    database: PostgresDatabase, owner: UUID, connect: Any
) -> None:
    async with database.transaction(owner) as tx:
        await tx.users.get()
        async with connect("superuser") as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with pytest.raises(Unavailable):
            await tx.users.get()


async def test_a_statement_that_takes_too_long_is_ended(database_urls: Any) -> None:
    engine = open_engine(database_urls.app, statement_timeout_seconds=0.05)
    with pytest.raises(Unavailable), translated():
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    await engine.dispose()


async def test_after_a_refused_change_the_next_transaction_works(database: PostgresDatabase, owner: UUID) -> None:
    async with database.transaction(owner) as tx:
        user = await tx.users.get()
        with pytest.raises(Conflict):
            await PostgresAccounts(database.engine).register(user, "hash")
    async with database.transaction(owner) as tx:
        assert await tx.activities.page(Page()) == []


async def test_vectors_travel_in_binary_at_half_precision(engine: Any) -> None:
    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT CAST(:a AS halfvec) AS vector, CAST(:a AS halfvec) <=> CAST(:b AS halfvec) AS distance"),
            {"a": [1.0, 0.0, 0.5], "b": [0.0, 1.0, 0.0]},
        )
        row = found.one()
    assert row.vector.to_list() == [1.0, 0.0, 0.5]
    assert row.distance == 1.0


async def test_a_member_of_a_role_acts_as_that_role(database_urls: Any) -> None:
    engine = open_engine(database_urls.superuser, role="learnx_app")
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT current_user"))).scalar_one() == "learnx_app"
        assert (await connection.execute(text("SELECT count(*) FROM users"))).scalar_one() == 0
    await engine.dispose()
