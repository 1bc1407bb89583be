"""Replays read from the cache are written down, once each, whatever Postgres does meanwhile."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from learnx.application import reads
from learnx.application.reads import LessonReads
from learnx.domain.activity import Activity
from learnx.domain.errors import NotFound, Unavailable

pytestmark = pytest.mark.anyio


class Written:
    """A database of activities that can be away."""

    def __init__(self) -> None:
        self.rows: dict[UUID, UUID] = {}
        self.error: Exception | None = None
        self.writes = 0

    @asynccontextmanager
    async def transaction(self, owner: UUID) -> AsyncIterator[Any]:
        added: dict[UUID, UUID] = {}

        async def add_all(activities: Sequence[Activity]) -> None:
            added.update({activity.id: owner for activity in activities})

        async def commit() -> None:
            self.writes += 1
            if self.error is not None:
                raise self.error
            self.rows |= added

        yield SimpleNamespace(activities=SimpleNamespace(add_all=add_all), commit=commit)


def a_read() -> Activity:
    return Activity(id=uuid4(), kind="lesson_read", at=datetime.now(UTC))


async def test_those_of_one_owner_are_written_at_once() -> None:
    database = Written()
    remembered = LessonReads(database)
    ada, eve = uuid4(), uuid4()
    expected = {}
    for owner in (ada, eve) * 10:
        read = a_read()
        remembered.add(owner, read)
        expected[read.id] = owner
    await remembered.write()
    assert (database.rows, database.writes) == (expected, 2)
    await remembered.aclose()
    assert database.writes == 2


async def test_what_could_not_be_written_waits_and_is_written_when_the_process_ends() -> None:
    database = Written()
    remembered = LessonReads(database)
    owner, first, second = uuid4(), a_read(), a_read()
    remembered.add(owner, first)
    database.error = Unavailable("Postgres is away.")
    with pytest.raises(Unavailable):
        await remembered.write()
    remembered.add(owner, second)
    database.error = None
    await remembered.aclose()
    assert list(database.rows) == [first.id, second.id]


async def test_they_are_written_soon_without_being_asked_to() -> None:
    database = Written()
    remembered = LessonReads(database, write_every=0.01)
    remembered.add(uuid4(), a_read())
    writing = remembered._writing
    assert writing is not None
    await writing
    assert len(database.rows) == 1
    remembered.add(uuid4(), a_read())
    assert remembered._writing is not None
    await remembered._writing
    assert len(database.rows) == 2


async def test_an_erased_account_holds_up_nobody_and_a_full_memory_grows_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = Written()
    remembered = LessonReads(database)
    remembered.add(uuid4(), a_read())
    database.error = NotFound("user")
    await remembered.write()
    assert remembered._count == 0
    database.error = None
    monkeypatch.setattr(reads, "MOST", 3)
    for _ in range(5):
        remembered.add(uuid4(), a_read())
    await remembered.aclose()
    assert len(database.rows) == 3
