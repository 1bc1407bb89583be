"""Whatever three learners do over one connection, and however it ends, none of them sees what is another's."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis.errors import Flaky
from sqlalchemy import event
from tests.conftest import DatabaseUrls
from tests.security.one_connection import World
from tests.security.random_operations import do

from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.session import OwnedSession
from learnx.domain.errors import NotAllowed

#: benchmarks/soak_isolation.py does 5,000.
OPERATIONS = 400


@pytest.fixture
def world(database_urls: DatabaseUrls) -> Iterator[World]:
    with asyncio.Runner() as runner:
        engine = World.holding_one(open_engine(database_urls.app, pool_size=1))
        yield World(runner, engine, database_urls.superuser)
        runner.run(engine.dispose())


def test_nobody_sees_what_is_anothers(world: World) -> None:
    do(world, OPERATIONS)


def test_a_setting_that_outlives_its_transaction_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    local = OwnedSession._act_for_owner

    async def for_good(self: OwnedSession, connection: Any) -> None:
        await local(self, connection)
        await connection.exec_driver_sql("SELECT set_config('app.owner_id', $1, false)", (self._owner,))

    monkeypatch.setattr(OwnedSession, "_act_for_owner", for_good)
    with pytest.raises(
        (AssertionError, NotAllowed, Flaky)
    ):  # or a question that is asked alone finds another owner set
        do(world, OPERATIONS)


def test_rows_of_others_are_noticed(world: World, database_urls: DatabaseUrls) -> None:
    seeing_all = World.holding_one(open_engine(database_urls.superuser, pool_size=1))

    def without_owner(_: Any, __: Any, statement: str, arguments: Any, *___: Any) -> tuple[str, Any]:
        return statement.replace("courses.owner_id = $1::UUID", "($1::UUID IS NOT NULL)"), arguments

    event.listen(seeing_all.sync_engine, "before_cursor_execute", without_owner, retval=True)
    # Done again, to be sure, over what the first time has left, a failure may look another way.
    with pytest.raises((AssertionError, Flaky)):
        do(World(world.runner, seeing_all, world.superuser_url), OPERATIONS)
    world.runner.run(seeing_all.dispose())
