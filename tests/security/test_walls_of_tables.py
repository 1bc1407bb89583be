"""Two walls stand between owners; policies hold for every table, whatever SQL is sent and whoever it is granted to."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tests.conftest import DatabaseUrls, NewDatabase
from tests.security.foreign_rows import Names, stored
from tests.security.walls_tables import GRANTED, GRANTS, OWNED, REFERENCES, TO_PUBLIC, TableProbe

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.tables.schema import schema

pytestmark = pytest.mark.anyio

#: Tables that hold rows of nobody, with the reason.
OWNERLESS = {
    "alembic_version": "Alembic's own",
    "service_spending": "what the service has paid, by day",
    "erased_identities": "hashes of who was erased",
}


class World:
    def __init__(self, urls: DatabaseUrls, ada: Names, eve: Names, tables: list[str]) -> None:
        self.urls, self.ada, self.eve, self.tables = urls, ada, eve, tables


@pytest.fixture(scope="module")
def urls(new_database: NewDatabase) -> Iterator[DatabaseUrls]:
    """One database for all of these, which change nothing in the end."""
    with new_database() as urls:
        yield urls


@pytest.fixture
async def world(urls: DatabaseUrls) -> World:
    """Two libraries with a row in every table."""
    engine = open_engine(urls.superuser, pool_size=1)
    ada, eve = (Names(f"{name}{id(engine)}") for name in ("ada", "eve"))
    for names in (ada, eve):
        await stored(engine, names)
        await PostgresAccounts(engine).by_identity(names.vouched, new_id=names.family, subscription_tier="free")
    await engine.dispose()
    connection = await asyncpg.connect(urls.superuser)
    for names in (ada, eve):
        await connection.execute("UPDATE identities SET owner_id = $1 WHERE owner_id = $2", names.owner, names.family)
    tables = [row["name"] for row in await connection.fetch(OWNED)]
    await connection.close()
    return World(urls, ada, eve, tables)


@asynccontextmanager
async def undone(urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's transaction."""
    connection = await asyncpg.connect(urls.superuser)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def test_every_table_belongs_to_an_owner_or_has_a_reason_not_to(world: World) -> None:
    assert set(world.tables) | set(OWNERLESS) == set(schema.tables) | {"alembic_version"}
    assert not set(world.tables) & set(OWNERLESS)


async def test_nobody_is_granted_more_than_is_written_here(world: World) -> None:
    async with undone(world.urls) as connection:
        granted: dict[str, dict[str, set[str]]] = {}
        for row in await connection.fetch(GRANTED):
            granted.setdefault(row["role"], {})[row["name"]] = set(row["privileges"])
        assert granted == GRANTS
        assert await connection.fetch(TO_PUBLIC) == []


@pytest.mark.parametrize("role", ["learnx_app", "learnx_worker"])
async def test_granted_everything_a_role_still_reaches_nothing_of_anybody_else(world: World, role: str) -> None:
    async with undone(world.urls) as connection:
        await connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        tables = TableProbe(connection, role, world.ada.owner, world.eve.owner)
        assert {table: await tables.leaks(table) for table in world.tables} == {table: set() for table in world.tables}


async def test_each_tables_policy_that_is_taken_away_is_missed(world: World) -> None:
    taken_away = {
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY": {"SELECT", "UPDATE", "DELETE", "INSERT", "GIVE AWAY"},
        "ALTER POLICY own_rows ON {} USING (true)": {"SELECT", "DELETE"},
        "ALTER POLICY own_rows ON {} WITH CHECK (true)": {"INSERT", "GIVE AWAY"},
    }
    async with undone(world.urls) as connection:
        await connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO learnx_app")
        tables = TableProbe(connection, "learnx_app", world.ada.owner, world.eve.owner)
        for statement, lost in taken_away.items():
            for table in world.tables:
                change = connection.transaction()
                await change.start()
                await connection.execute(statement.format(table))
                assert await tables.leaks(table) >= lost, (table, statement)
                await change.rollback()


async def test_no_row_can_point_to_a_row_of_somebody_else(world: World) -> None:
    async with undone(world.urls) as connection:
        tables = TableProbe(connection, "learnx_app", world.ada.owner, world.eve.owner)
        references = [
            row
            for row in await connection.fetch(REFERENCES)
            if row["parent"] != "users"  # its key is the owner alone
        ]
        assert len(references) >= 10
        for row in references:
            assert not await tables.takes(row["name"], row["parent"], row["columns"], row["referred"]), dict(row)
