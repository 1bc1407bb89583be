"""Moves a database to the revision that the code was written for, and tells how far it is from there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import learnx
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.errors import translated

OWNER_ROLE = "learnx_owner"
LOCK_TIMEOUT_SECONDS = 5.0
STATEMENT_TIMEOUT_SECONDS = 600.0

#: Any number will do that nothing else in the database uses.
_ADVISORY_LOCK = 5_327_849


def migrations_folder() -> Path:
    """Beside the package in a wheel, at the root of the repository otherwise."""
    package = Path(learnx.__file__).parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parents[1] / "migrations"


async def migrate(
    admin_url: str, *, revision: str = "head", lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS
) -> None:
    """Upgrade to ``revision``, each migration in a transaction of its own. Waits for another who is migrating.

    ``admin_url`` is a role that is, or may become, ``learnx_owner``. A lock that can't be had, or a database that can't
    be reached: ``Unavailable``; what was migrated before stays.
    """
    async with _owner_connection(admin_url, lock_timeout_seconds) as connection:
        await _run(connection, lambda config: command.upgrade(config, revision))


async def downgrade(
    admin_url: str, *, revision: str = "base", lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS
) -> None:
    """Downgrade to ``revision``, losing what only later revisions can hold. Errors as for ``migrate``."""
    async with _owner_connection(admin_url, lock_timeout_seconds) as connection:
        await _run(connection, lambda config: command.downgrade(config, revision))


def expected_revision() -> str:
    """The newest revision that this code comes with."""
    head = scripts().get_current_head()
    if head is None:
        raise LookupError(f"no migrations in {migrations_folder()}")
    return head


async def current_revision(engine: AsyncEngine) -> str | None:
    """The revision the database is at; None before the first migration. Readable by every role of ours."""
    with translated():
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def is_current(engine: AsyncEngine) -> bool:
    """False where the database is older than this code; one that is newer will do (migrations only expand)."""
    return await current_revision(engine) not in older_revisions()


@cache
def older_revisions() -> frozenset[str | None]:
    """Every revision this code knows but its newest, and None: that of an empty database."""
    return frozenset({None, *(script.revision for script in scripts().walk_revisions())} - {expected_revision()})


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(migrations_folder()))


@asynccontextmanager
async def _owner_connection(admin_url: str, lock_timeout_seconds: float) -> AsyncIterator[AsyncConnection]:
    engine = open_engine(
        admin_url, role=OWNER_ROLE, pool_size=1, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS, vectors=False
    )
    try:
        with translated():
            async with engine.connect() as connection:
                await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
                await connection.execute(
                    text("SELECT set_config('lock_timeout', :value, false)"),
                    {"value": f"{round(lock_timeout_seconds * 1000)}ms"},
                )
                await connection.commit()
                yield connection
    finally:
        await engine.dispose()


async def _run(connection: AsyncConnection, step: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))

    def run(sync: Connection) -> None:
        config.attributes["connection"] = sync
        step(config)

    await connection.run_sync(run)
    await connection.commit()
