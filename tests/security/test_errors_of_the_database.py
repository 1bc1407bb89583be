"""What Postgres says of a row that it refuses stays out of every error, traceback and log, its values above all."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.conftest import DatabaseUrls
from tests.security.foreign_rows import Names
from tests.security.statement_log import server_log
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.session import OwnedSession
from learnx.domain.errors import Conflict
from learnx.entrypoints.local_stack import LocalServers

pytestmark = pytest.mark.anyio

CANARY = "canary-of-a-refused-row"
REGISTER = "SELECT register_user($1, $2, $2, $2, NULL, 'free', now(), $2)"

Ask = Callable[[OwnedSession], Awaitable[object]]


@pytest.fixture
async def session(database_urls: DatabaseUrls) -> AsyncIterator[OwnedSession]:
    engine = open_engine(database_urls.app)
    await PostgresAccounts(engine).register(Names(CANARY).user, "hash")
    async with OwnedSession(engine, None) as session:
        yield session
    await engine.dispose()


def by_core(session: OwnedSession, owner: UUID) -> Awaitable[object]:
    values = {"owner": owner, "key": f"{CANARY}@example.org"}
    return session.execute(text("SELECT register_user(:owner, :key, :key, '', NULL, 'free', now(), '')"), values)


def alone(session: OwnedSession, owner: UUID) -> Awaitable[object]:
    return session.ask_alone(REGISTER, owner, f"{CANARY}@example.org")


@pytest.mark.parametrize("asked", [by_core, alone])
async def test_a_key_that_is_taken(session: OwnedSession, servers: LocalServers, asked: Callable[..., Ask]) -> None:
    seen = server_log(servers).stat().st_size
    with pytest.raises(Conflict) as refused:
        await asked(session, uuid7())
    whole = "".join(traceback.format_exception(refused.value))
    assert "credentials_pkey" in whole
    assert CANARY not in whole
    logged = [line for line in _lines(server_log(servers), seen) if " learnx_app LOG:" not in line]
    assert any("credentials_pkey" in line for line in logged)
    assert CANARY not in "".join(logged)


async def test_a_value_that_fails_a_check_is_not_in_what_nobody_foresaw(session: OwnedSession) -> None:
    name = f"{CANARY} " * 3
    with pytest.raises(Exception, match="check constraint") as refused:
        await session.execute(text("SELECT CAST(:name AS text)"), {"name": name})
        await session.execute(
            text("CREATE TEMP TABLE narrow (name text CHECK (length(name) < 3))"),
        )
        await session.execute(text("INSERT INTO narrow VALUES (:name)"), {"name": name})
    assert CANARY not in "".join(traceback.format_exception(refused.value))


def _lines(path: Path, offset: int) -> list[str]:
    with path.open("rb") as log:
        log.seek(offset)
        return log.read().decode(errors="replace").splitlines()
