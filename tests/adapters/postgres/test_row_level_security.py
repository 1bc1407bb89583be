"""Nobody sees another owner's rows, whether by a repository or by SQL of their own."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.roles import role_faults
from learnx.application.ports.paging import Page
from learnx.domain.activity import Activity
from learnx.domain.courses import File, Module
from learnx.domain.errors import NotFound

pytestmark = pytest.mark.anyio

Connect = Callable[[str], Any]
NewFile = Callable[..., Awaitable[File]]

#: Alembic's own, sums of the service, and hashes of who was erased, which hold no rows of anyone.
OWNERLESS = {"alembic_version", "service_spending", "erased_identities"}

#: Unique keys that can't begin with an owner: they answer whose something is.
DIRECTORIES = {"credentials_pkey", "identities_pkey"}

TABLES = """
    SELECT c.oid, c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
        pg_get_userbyid(c.relowner)::text AS owner
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""


async def act_for(connection: asyncpg.Connection, owner: UUID | str) -> None:
    await connection.execute("SELECT set_config('app.owner_id', $1, false)", str(owner))


async def test_every_table_has_an_owner_forced_security_and_policies(connect: Connect) -> None:
    async with connect("superuser") as connection:
        tables = [row for row in await connection.fetch(TABLES) if row["name"] not in OWNERLESS]
        assert len(tables) >= 11
        for table in tables:
            columns = await connection.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND attnotnull", table["oid"]
            )
            assert "owner_id" in {row["attname"] for row in columns}, table["name"]
            assert table["enabled"] and table["forced"], table["name"]
            assert table["owner"] == "learnx_owner", table["name"]
            policies = await connection.fetch(
                "SELECT policyname, roles::text[], cmd, permissive, qual, with_check FROM pg_policies"
                " WHERE schemaname = 'public' AND tablename = $1",
                table["name"],
            )
            said = {row["policyname"]: row for row in policies}
            assert set(said) == {"own_rows", "table_owner"}, table["name"]
            assert said["table_owner"]["roles"] == ["learnx_owner"], table["name"]
            own = said["own_rows"]
            assert set(own["roles"]) == {"learnx_app", "learnx_worker"} and own["cmd"] == "ALL", table["name"]
            assert own["qual"] == own["with_check"] and "app.owner_id" in own["qual"], table["name"]


async def test_every_key_begins_with_the_owner(connect: Connect) -> None:
    async with connect("superuser") as connection:
        keys = await connection.fetch("""
            SELECT i.indexrelid::regclass::text AS name, a.attname AS first
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisunique
        """)
        references = await connection.fetch("""
            SELECT k.conname AS name, a.attname AS first, k.confdeltype::text AS on_delete
            FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
        """)
    others = {row["name"] for row in keys if row["first"] != "owner_id"}
    assert others == DIRECTORIES | {"alembic_version_pkc", "service_spending_pkey", "erased_identities_pkey"}
    assert references and all(row["first"] == "owner_id" and row["on_delete"] == "c" for row in references)


async def test_another_owners_rows_are_not_found_by_any_repository(
    database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    async with database.transaction(stranger) as tx:
        for lookup in (
            tx.files.get(file.id),
            tx.files.progress(file.id),
            tx.files.restart(file.id),
            tx.files.delete(file.id),
            tx.files.update_place(file),
            tx.modules.get(file.module_id),
            tx.modules.move(file.module_id, 1),
            tx.modules.delete(file.module_id),
            tx.courses.get(file.course_id),
            tx.courses.delete(file.course_id),
            tx.lessons.get(uuid7()),
        ):
            with pytest.raises(NotFound):
                await lookup
        assert await tx.files.page(Page()) == []
        assert await tx.files.ids_in(course=file.course_id) == []
        assert await tx.modules.page(file.course_id, Page()) == []
        assert await tx.courses.page(Page(), archived=False) == []
        assert await tx.jobs.claim(file.id, worker="w", stale_after_seconds=1) is None
        await tx.commit()
    async with database.transaction(owner) as tx:
        assert (await tx.files.get(file.id)).status == "pending"


async def test_nothing_can_be_put_into_another_owners_library(
    database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    theirs = Module(
        id=file.module_id,
        course_id=file.course_id,
        title="Cells",
        position=0,
        created_at=file.created_at,
        updated_at=file.created_at,
    )
    with pytest.raises(NotFound):
        await new_file(stranger, module=theirs)


@pytest.mark.parametrize("role", ["app", "worker"])
async def test_sql_sees_only_the_owner_it_acts_for(
    connect: Connect, owner: UUID, stranger: UUID, new_file: NewFile, role: str
) -> None:
    await new_file(owner)
    async with connect(role) as connection:
        for nobody in ("", str(stranger)):
            await act_for(connection, nobody)
            for table in ("files", "jobs", "modules", "courses"):
                assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        await act_for(connection, owner)
        assert await connection.fetchval("SELECT count(*) FROM files") == 1


async def test_without_an_owner_there_are_no_rows(connect: Connect, owner: UUID, new_file: NewFile) -> None:
    await new_file(owner)
    async with connect("app") as connection:
        assert await connection.fetchval("SELECT count(*) FROM files") == 0
        assert await connection.fetchval("SELECT count(*) FROM users") == 0


async def test_a_row_cant_be_given_to_another_owner(
    connect: Connect, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    await new_file(owner)
    async with connect("app") as connection:
        await act_for(connection, owner)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE courses SET owner_id = $1", stranger)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO personas VALUES ($1, 1, now(), '{}')", stranger)


@pytest.fixture(scope="module")
def unchanged_database(new_database: Any) -> Iterator[Any]:
    """One for all the tests that may change nothing."""
    with new_database() as urls:
        yield urls


@pytest.mark.parametrize("role", ["app", "worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE files DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE files NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE files OWNER TO CURRENT_USER",
        "CREATE POLICY mine ON files USING (true)",
        "DROP POLICY own_rows ON files",
        "DROP TABLE files",
        "TRUNCATE files CASCADE",
        "CREATE TABLE mine (x text)",
        "CREATE OR REPLACE FUNCTION public.due_jobs(double precision, integer) RETURNS void LANGUAGE sql AS ''",
        "SET ROLE learnx_owner",
        "SET SESSION AUTHORIZATION postgres",
        "SELECT FROM credentials",
        "SELECT FROM identities",
        "UPDATE identities SET vouched_at = now()",
        "SELECT FROM erased_identities",
        "DELETE FROM erased_identities",
        "UPDATE mail_tokens SET expires_at = now()",
        "UPDATE alembic_version SET version_num = ''",
        "UPDATE activities SET kind = ''",
        "DELETE FROM activities",
        "UPDATE model_calls SET cost_usd = 0",
        "DELETE FROM model_calls",
        "INSERT INTO charges VALUES (gen_random_uuid(), gen_random_uuid(), now(), 0, now(), 0)",
        "UPDATE charges SET spent_usd = 0",
        "DELETE FROM charges",
        "SELECT FROM service_spending",
        "UPDATE service_spending SET usd = 0",
        "UPDATE personas SET version = 2",
        "INSERT INTO users VALUES (gen_random_uuid(), '', '', NULL, '', now())",
    ],
)
async def test_what_no_role_of_ours_may_do(unchanged_database: Any, role: str, statement: str) -> None:
    connection = await asyncpg.connect(getattr(unchanged_database, role))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("role", ["app", "worker"])
async def test_switching_row_security_off_yields_an_error_and_no_rows(
    connect: Connect, owner: UUID, new_file: NewFile, role: str
) -> None:
    await new_file(owner)
    async with connect(role) as connection:
        await connection.execute("SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM files")


async def test_forced_security_holds_the_owner_of_the_tables_too(
    connect: Connect, owner: UUID, new_file: NewFile
) -> None:
    await new_file(owner)
    async with connect("admin") as connection, connection.transaction():
        assert await connection.fetchval("SELECT count(*) FROM files") == 1
        await connection.execute("DROP POLICY table_owner ON files")
        assert await connection.fetchval("SELECT count(*) FROM files") == 0


async def test_functions_that_see_all_owners_answer_only_whom_they_are_for(connect: Connect) -> None:
    async with connect("superuser") as connection:
        functions = await connection.fetch("""
            SELECT p.proname AS name, p.proconfig AS settings, pg_get_userbyid(p.proowner)::text AS owner,
                array_agg(r.rolname::text ORDER BY r.rolname) AS callers
            FROM pg_proc p
            JOIN pg_roles r ON r.rolname IN ('learnx_app', 'learnx_worker')
                AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
            WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
            GROUP BY p.oid, p.proname, p.proconfig, p.proowner
        """)
        public = await connection.fetchval("""
            SELECT count(*) FROM pg_proc p, aclexplode(p.proacl) a
            WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND a.grantee = 0
        """)
    assert public == 0
    assert {row["name"]: row["callers"] for row in functions} == {
        "register_user": ["learnx_app"],
        "user_by_email": ["learnx_app"],
        "owner_of_refresh_token": ["learnx_app"],
        "owner_of_mail_token": ["learnx_app"],
        "user_of_identity": ["learnx_app"],
        "is_signed_in": ["learnx_app"],
        "own_password_hash": ["learnx_app"],
        "replace_own_password": ["learnx_app"],
        "due_jobs": ["learnx_worker"],
        "unfinished_erasures": ["learnx_worker"],
        "files_to_embed": ["learnx_worker"],
        "reserve_spend": ["learnx_app"],
        "settle_spend": ["learnx_app"],
    }
    for row in functions:
        assert row["owner"] == "learnx_owner"
        assert row["settings"] == ["search_path=pg_catalog, pg_temp"]


async def test_a_temporary_table_of_the_same_name_fools_no_function(connect: Connect, owner: UUID) -> None:
    async with connect("app") as connection:
        await connection.execute("CREATE TEMP TABLE credentials (email_key text, owner_id uuid, password_hash text)")
        await connection.execute("INSERT INTO pg_temp.credentials VALUES ('x', $1, 'forged')", owner)
        assert await connection.fetch("SELECT * FROM user_by_email('x')") == []


async def test_the_owner_does_not_leak_to_the_next_user_of_a_connection(
    database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile, connect: Connect
) -> None:
    file = await new_file(owner)
    for acting, seen in ((owner, 1), (stranger, 0), (owner, 1)):
        async with database.transaction(acting) as tx:
            assert len(await tx.files.page(Page())) == seen
            await tx.commit()
            assert len(await tx.files.page(Page())) == seen
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT current_setting('app.owner_id', true)")
        assert found.scalar_one() in ("", None)
    assert file.status == "pending"


async def test_the_worker_reaches_nothing_that_processing_does_not_need(connect: Connect, owner: UUID) -> None:
    async with connect("worker") as connection:
        await act_for(connection, owner)
        for table in ("users", "refresh_tokens", "mail_tokens", "personas", "lessons", "model_calls", "charges"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {table}")
        for statement in ("DELETE FROM files", "DELETE FROM jobs", "DELETE FROM courses"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_left_without_commit_nothing_is_kept(database: PostgresDatabase, owner: UUID) -> None:
    async with database.transaction(owner) as tx:
        await tx.activities.add(
            Activity(id=uuid7(), kind="lesson_read", at=(await tx.users.get()).created_at, file_id=uuid7())
        )
    async with database.transaction(owner) as tx:
        assert await tx.activities.page(Page()) == []


async def test_roles_that_could_see_too_much_are_found_out(database_urls: Any, engine: Any, worker_engine: Any) -> None:
    assert await role_faults(engine) == []
    assert await role_faults(worker_engine) == []
    admin, superuser = open_engine(database_urls.admin), open_engine(database_urls.superuser)
    assert ["owns a table" in fault for fault in await role_faults(admin)] == [True]
    assert len(await role_faults(superuser)) == 3
    await admin.dispose()
    await superuser.dispose()
