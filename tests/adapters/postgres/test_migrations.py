"""Migrations go up and down on data, wait for no lock for long, and leave what the code expects."""

import inspect
import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

import anyio
import asyncpg
import pgvector.sqlalchemy  # noqa: F401  so that reflection knows its types
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table, text
from sqlalchemy.exc import ProgrammingError

from learnx.adapters.postgres import migration, tables
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.tables import schema as whole
from learnx.adapters.postgres.tables.schema import schema
from learnx.domain.errors import Unavailable
from learnx.entrypoints.bundled_postgres import postgres_program

pytestmark = pytest.mark.anyio

OWNER = UUID("01930000-0000-7000-8000-000000000001")
INSERTS = [
    "INSERT INTO users VALUES ($1, 'a@example.org', 'A', NULL, 'unlimited', now())",
    "INSERT INTO credentials VALUES ('a@example.org', $1, 'hash')",
    "INSERT INTO refresh_tokens VALUES ($1, '\\x01', $1, now(), now() + interval '1 day')",
    "INSERT INTO personas VALUES ($1, 1, now(), '{}')",
    "INSERT INTO courses VALUES ($1, $1, 'C', '', NULL, NULL, false, now(), now())",
    "INSERT INTO modules VALUES ($1, $1, $1, 'M', '', 0, true, now(), now())",
    "INSERT INTO files (owner_id, id, module_id, filename, media_type, size_bytes, sha256, status, ready, progress,"
    " attempt, created_at) VALUES ($1, $1, $1, 'f', 'text/plain', 1, '', 'pending', false, 0, 0, now())",
    "INSERT INTO jobs (owner_id, file_id, status, attempt, tries, due_at) VALUES ($1, $1, 'due', 0, 0, now())",
    "INSERT INTO chunks (owner_id, id, file_id, index, text, page_marks, heading_path, token_count, content_hash,"
    " embedding, embedding_model, search, text_config)"
    " VALUES ($1, $1, $1, 0, 'text', '[]', '{}', 1, '', '[1,2,3]', 'm', '', 'simple')",
    "INSERT INTO lessons VALUES ($1, $1, $1, $1, 'key', '{}', now())",
    "INSERT INTO activities VALUES ($1, $1, 'file_added', now(), $1, NULL)",
]
#: Of tables that came after the first revision.
LATER_INSERTS = [
    "INSERT INTO model_calls (owner_id, at, kind, model, prompt_tokens, cached_prompt_tokens, completion_tokens,"
    " counted, whole, latency_ms) VALUES ($1, now(), 'lesson', 'm', 1, 0, 1, false, true, 1)",
    "INSERT INTO charges VALUES ($1, $1, now(), 0.01, now(), NULL)",
    "INSERT INTO lesson_sections VALUES ($1, $1, 's1', 'key')",
    "INSERT INTO service_spending VALUES ('2026-11-22', 0.01)",
    "INSERT INTO lesson_feedback VALUES ($1, $1, $1, 's1.1', 'helpful', NULL, now())",
    "INSERT INTO conversations VALUES ($1, $1, $1, NULL, NULL, 'title', now(), now())",
    "INSERT INTO answers VALUES ($1, $1, $1, $1, '{}', '{}', now())",
    "INSERT INTO summaries VALUES ($1, $1, $1, NULL, NULL, $1, 'key', '{}', '{}', now())",
    "INSERT INTO file_words VALUES ($1, $1, '<te', '{text}')",
    "INSERT INTO chunk_formulas VALUES ($1, $1, 'e=mc2')",
    "INSERT INTO mail_tokens VALUES ($1, '\\x01', 'password_reset', now(), now())",
    "INSERT INTO identities VALUES ('https://example.org', 'subject', $1, now())",
    "INSERT INTO erased_identities VALUES ('\\x01', now())",
    "INSERT INTO erasures VALUES ($1, now())",
    "INSERT INTO idempotency_keys VALUES ($1, 'create_course', '\\x01', '\\x02', '{}', NULL, now(), now())",
]
#: What the service has paid stays paid when a user is erased; that one is being erased is known until it is done.
OUTLIVE_USERS = {"service_spending", "erased_identities", "erasures"}


async def fill(admin_url: str, statements: Sequence[str] = (*INSERTS, *LATER_INSERTS)) -> None:
    connection = await asyncpg.connect(admin_url)
    for statement in statements:
        await connection.execute(statement, *([OWNER] if "$1" in statement else []))
    await connection.close()


async def counts(admin_url: str) -> dict[str, int]:
    connection = await asyncpg.connect(admin_url)
    counted = {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in schema.tables}
    await connection.close()
    return counted


async def test_every_table_can_be_filled_by_the_owner_role_and_erased_with_its_user(database_urls: Any) -> None:
    await fill(database_urls.admin)
    assert set((await counts(database_urls.admin)).values()) == {1}
    connection = await asyncpg.connect(database_urls.admin)
    await connection.execute("DELETE FROM users")
    await connection.close()
    left = await counts(database_urls.admin)
    assert {name for name, rows in left.items() if rows} == OUTLIVE_USERS


async def test_down_and_up_again_on_data(database_urls: Any) -> None:
    await fill(database_urls.admin)
    await migration.downgrade(database_urls.admin)
    connection = await asyncpg.connect(database_urls.admin)
    left = await connection.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    functions = await connection.fetch(
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    await connection.close()
    assert {row["relname"] for row in left} == {"alembic_version", "alembic_version_pkc"}
    assert functions == []
    await migration.migrate(database_urls.admin)
    await fill(database_urls.admin)
    assert set((await counts(database_urls.admin)).values()) == {1}


async def test_each_revision_goes_up_on_the_data_that_the_one_before_left(new_empty_database: Any) -> None:
    scripts = list(migration.scripts().walk_revisions())[::-1]
    with new_empty_database() as urls:
        for script in scripts:
            await migration.migrate(urls.admin, revision=script.revision)
            await migration.downgrade(urls.admin, revision=script.down_revision or "base")
            await migration.migrate(urls.admin, revision=script.revision)
            if script.down_revision is None:
                await fill(urls.admin, INSERTS)
        await fill(urls.admin, LATER_INSERTS)
        assert set((await counts(urls.admin)).values()) == {1}


async def test_words_of_chunks_are_labelled_by_how_rare_they_are_in_their_file_until_it_is_taken_back(
    new_empty_database: Any,
) -> None:
    bare = ["", "'cell':1 'lives':2", "'cell':1 'lives':2,3", "'cell':1 'ribosome':2"]
    with new_empty_database() as urls:
        await migration.migrate(urls.admin, revision="0007")
        await fill(urls.admin, INSERTS)  # a chunk without words
        connection = await asyncpg.connect(urls.admin)
        for index, words in enumerate(bare[1:], 1):
            await connection.execute(
                "INSERT INTO chunks (owner_id, id, file_id, index, text, page_marks, heading_path, token_count,"
                " content_hash, embedding, embedding_model, search, text_config)"
                " SELECT owner_id, uuidv7(), file_id, $1, text, page_marks, heading_path, token_count, content_hash,"
                " embedding, embedding_model, CAST($2::text AS tsvector), text_config FROM chunks WHERE index = 0",
                index,
                words,
            )

        async def searched() -> list[str]:
            return [row["search"] for row in await connection.fetch("SELECT search FROM chunks ORDER BY index")]

        await migration.migrate(urls.admin, revision="0008")
        labelled = ["", "'cell':1 'lives':2C", "'cell':1 'lives':2C,3C", "'cell':1 'ribosome':2B"]
        assert await searched() == labelled
        await migration.downgrade(urls.admin, revision="0007")
        assert await searched() == bare
        await connection.close()


async def test_addresses_are_compared_anew_and_sessions_know_when_they_began(new_empty_database: Any) -> None:
    with new_empty_database() as urls:
        await migration.migrate(urls.admin, revision="0008")
        await fill(urls.admin, INSERTS)
        connection = await asyncpg.connect(urls.admin)
        other, third = (UUID(int=OWNER.int + number) for number in (1, 2))
        for owner, key in ((other, "\uff22@example.org"), (third, "\uff21@example.org")):
            await connection.execute("INSERT INTO users VALUES ($1, '', 'B', NULL, 'unlimited', now())", owner)
            await connection.execute("INSERT INTO credentials VALUES ($1, $2, 'hash')", key.casefold(), owner)
        spent = "INSERT INTO refresh_tokens VALUES ($1, '\\x00', $1, now() - interval '1 hour', now(), now())"
        await connection.execute(spent, OWNER)
        await migration.migrate(urls.admin)
        keys = dict(await connection.fetch("SELECT owner_id, email_key FROM credentials"))
        begun = await connection.fetch(
            "SELECT started_at = (SELECT min(created_at) FROM refresh_tokens) AS same FROM refresh_tokens"
        )
        await connection.close()
    assert keys == {OWNER: "a@example.org", other: "b@example.org", third: "\uff41@example.org"}
    assert [row["same"] for row in begun] == [True, True]


async def test_tables_are_what_the_code_says_they_are(database_urls: Any) -> None:
    engine = open_engine(database_urls.admin)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_server_default": True}), schema
            )
        )
    await engine.dispose()
    assert differences == []


def test_no_module_of_tables_is_left_out_of_the_schema() -> None:
    """Where all repositories are imported, as here, a table would be compared that migrations don't know of."""
    modules = [import_module(f"{tables.__name__}.{found.name}") for found in pkgutil.iter_modules(tables.__path__)]
    defining = {module for module in modules if any(isinstance(value, Table) for value in vars(module).values())}
    assert defining <= set(filter(inspect.ismodule, vars(whole).values()))


async def test_readiness_knows_an_empty_database_an_old_one_and_a_newer_one(new_empty_database: Any) -> None:
    with new_empty_database() as urls:
        engine, admin = open_engine(urls.app), open_engine(urls.admin)
        assert await migration.current_revision(engine) is None
        assert not await migration.is_current(engine)
        await migration.migrate(urls.admin)
        assert await migration.current_revision(engine) == migration.expected_revision()
        assert await migration.is_current(engine)
        async with admin.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'next_release'"))
        assert await migration.is_current(engine)
        await engine.dispose()
        await admin.dispose()


async def test_a_migration_waits_for_no_lock_for_long_and_leaves_nothing_half_done(database_urls: Any) -> None:
    await migration.downgrade(database_urls.admin, revision="0001")
    reader = await asyncpg.connect(database_urls.admin)
    async with reader.transaction():
        await reader.execute("SELECT FROM courses")
        with pytest.raises(Unavailable):
            await migration.downgrade(database_urls.admin, lock_timeout_seconds=0.05)
    await reader.close()
    engine = open_engine(database_urls.app)
    assert await migration.current_revision(engine) == "0001"
    await engine.dispose()
    await fill(database_urls.admin, INSERTS)


async def test_a_failed_migration_is_rolled_back_whole(new_empty_database: Any) -> None:
    with new_empty_database() as urls:
        connection = await asyncpg.connect(urls.admin)
        await connection.execute("CREATE TABLE lessons (in_the_way text)")
        with pytest.raises(ProgrammingError):
            await migration.migrate(urls.admin)
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        await connection.close()
        assert {row["tablename"] for row in tables} - {"alembic_version"} == {"lessons"}


async def test_two_who_migrate_at_once_follow_one_another(new_empty_database: Any) -> None:
    with new_empty_database() as urls:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(migration.migrate, urls.admin)
        assert set((await counts(urls.admin)).values()) == {0}


async def test_a_superuser_migrates_as_the_owner_role(new_empty_database: Any) -> None:
    with new_empty_database() as urls:
        await migration.migrate(urls.superuser)
        connection = await asyncpg.connect(urls.superuser)
        owners = await connection.fetch("SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'")
        await connection.close()
        assert [row["tableowner"] for row in owners] == ["learnx_owner"]


async def test_an_operators_script_prepares_a_database_and_can_be_run_again(new_empty_database: Any) -> None:
    script = migration.migrations_folder() / "roles.sql"
    with new_empty_database() as urls:
        connection = await asyncpg.connect(urls.superuser)
        await connection.execute("DROP EXTENSION vector")
        await connection.execute(f"ALTER DATABASE {urls.superuser.rpartition('/')[2]} OWNER TO postgres")
        for _ in range(2):
            command = [postgres_program("psql"), urls.superuser, "-qXv", "ON_ERROR_STOP=1", "-f", str(script)]
            await anyio.run_process(command)
        await connection.close()
        await migration.migrate(urls.admin)
        assert set((await counts(urls.admin)).values()) == {0}


async def test_an_unreachable_database_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await migration.migrate("postgresql://learnx_owner:secret@127.0.0.1:1/learnx")
