"""The log of the test servers shows whether the application asked anything of an owned table for nobody."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.conftest import DatabaseUrls
from tests.security.foreign_rows import Names, stored
from tests.security.statement_log import owned_tables, report, sent, server_log, without_owner
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.session import OwnedSession
from learnx.application.ports.paging import Page
from learnx.entrypoints.local_stack import LocalServers

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(database_urls: DatabaseUrls) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(database_urls.app, pool_size=1)
    yield opened
    await opened.dispose()


def line(sql: str, *, transaction: str = "3/7", role: str = "learnx_app", name: str = "learnx") -> str:
    return f"1700000000.123|6a.1|{transaction}|{role}|{name}|LOG:  execute __asyncpg_1__: {sql}\n"


ACTS = line("SELECT set_config('app.owner_id', $1, true)")
NOBODY = line("SELECT set_config('app.owner_id', '', true)")


def found(*lines: str) -> list[str]:
    return [one.sql.strip() for one in without_owner(sent(lines), owned_tables())]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM files",
        "SELECT 1 FROM alembic_version, files f",
        'UPDATE "courses" SET title = $1',
        "DELETE FROM public.chunks WHERE true",
        "INSERT INTO lessons VALUES ($1)",
        "SELECT x FROM jobs JOIN files ON true",
        "SELECT index_words($1, $2, $3)",
        "WITH a AS (\n\tSELECT 1\n\tFROM\n\tmodules)\n\tSELECT 2",
    ],
)
def test_a_statement_on_an_owned_table_needs_an_owner_in_its_transaction(statement: str) -> None:
    asked = line(statement)
    assert len(found(asked)) == 1
    assert len(found(NOBODY, asked)) == 1
    assert len(found(ACTS, line(statement, transaction="3/8"))) == 1
    assert found(ACTS, asked) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT owner_id, file_id FROM due_jobs($1, $2)",
        "SELECT owner_id, file_id, chunks FROM files_to_embed($1, $2, $3, $4)",
        "SELECT is_signed_in($1, $2)",
        "SELECT version_num FROM alembic_version",
        "SELECT * FROM user_by_email($1)",
    ],
)
def test_functions_of_the_database_know_their_owner_or_need_none(statement: str) -> None:
    assert found(line(statement)) == []


def test_connections_of_the_tests_own_are_left_out() -> None:
    assert found(line("SELECT * FROM files", name=""), line("SELECT * FROM files", role="postgres")) == []


def test_a_violation_is_told_with_the_test_that_ran_then() -> None:
    violations = without_owner(sent([line("SELECT * FROM files")]), owned_tables())
    told = report(violations, [(1.0, "test_a"), (1_700_000_000.0, "test_b"), (1_800_000_000.0, "test_c")])
    assert "test_b (learnx_app): SELECT * FROM files" in told


async def test_what_the_servers_of_the_tests_log_is_read(engine: AsyncEngine, servers: LocalServers) -> None:
    """A violation is seen in the very log that is checked in the end; these here are asked under another name."""
    names = Names(f"logged{id(engine)}")
    await stored(engine, names)
    async with OwnedSession(engine, None) as session:
        await session.execute(text("SET LOCAL application_name = 'a violation'"))
        assert (await session.execute(text("SELECT id FROM files"))).all() == []
    async with PostgresDatabase(engine).transaction(names.owner) as tx:
        assert len(await tx.files.page(Page())) == 1
    mark = str(uuid7())
    async with OwnedSession(engine, None) as session:
        await session.execute(text(f"SELECT '{mark}'"))
    log = server_log(servers).read_text(errors="replace")
    assert mark in log
    lines = log.splitlines(keepends=True)
    assert any("LOG:  execute" in one and "FROM files" in one for one in lines)
    renamed = [one.replace("|a violation|", "|learnx|") for one in lines if "|a violation|" in one or "|learnx|" in one]
    assert "SELECT id FROM files" in [one.sql.strip() for one in without_owner(sent(renamed), owned_tables())]
