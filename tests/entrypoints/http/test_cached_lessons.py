"""What was read once is read again without Postgres; whatever changes it is seen by the very next read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.entrypoints.http.conftest import PASSWORD, Learner
from tests.entrypoints.http.test_lessons import read, ready_file

from learnx.application.ports.database import Database
from learnx.application.ports.paging import Page
from learnx.application.reads import LessonReads
from learnx.application.single_flight import SingleFlight
from learnx.bootstrap import make_container
from learnx.entrypoints.http.app import create_app
from learnx.settings import Settings

pytestmark = pytest.mark.anyio

PERSONA = {"interests": {"primary": ["basketball"]}}


class Asked:
    """How often Postgres was asked for a connection."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.times = 0
        event.listen(engine.sync_engine.pool, "checkout", self._counted)

    def _counted(self, *_: Any) -> None:
        self.times += 1


@pytest.fixture
async def asked(container: AsyncContainer) -> Asked:
    return Asked(await container.get(AsyncEngine))


@pytest.fixture
async def other(settings: Settings, app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A second API server on the same Postgres and Valkey."""
    second = create_app(settings, make_container(settings))
    async with second.lifespan():
        transport = httpx.ASGITransport(second)
        async with httpx.AsyncClient(transport=transport, base_url="http://other.test") as client:
            yield client


@asynccontextmanager
async def through(learner: Learner, client: httpx.AsyncClient) -> AsyncIterator[Learner]:
    yield Learner(client, learner.email, learner.tokens, learner.user)


async def written(learner: Learner, container: AsyncContainer) -> tuple[str, str, str]:
    """A lesson that is stored and cached: the ids of its file and its own, and where its stream is."""
    await learner.made("PUT", "/persona", json=PERSONA)
    file = await ready_file(learner, container)
    path = f"/ai/personalize/stream?fileId={file['id']}&sections=explanation&targetMinutes=1"
    events = read((await learner("GET", path)).text)
    assert events[-1][1]["type"] == "complete", events[-1]
    lesson = events[-1][1]["lessonId"]
    assert (await learner("GET", f"/lessons/{lesson}")).status_code == 200
    await learner("GET", path)
    await is_filled(container)
    return file["id"], lesson, path


async def is_filled(container: AsyncContainer) -> None:
    """The cache is filled while nobody waits for it."""
    flights = await container.get(SingleFlight)
    while flights._running:
        await asyncio.wait(list(flights._running.values()))


async def test_a_lesson_that_was_read_is_read_again_without_postgres(
    ada: Learner, container: AsyncContainer, asked: Asked
) -> None:
    _, lesson, path = await written(ada, container)
    first = await ada("GET", f"/lessons/{lesson}")
    stream = await ada("GET", path)
    asked.times = 0

    again = await ada("GET", f"/lessons/{lesson}")
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert again.headers["content-type"] == "application/json"
    assert again.headers["cache-control"] == "private"
    for known in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}', "*"):
        reply = await ada("GET", f"/lessons/{lesson}", headers={"If-None-Match": known})
        assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", first.headers["etag"])
    replay = await ada("GET", path)
    assert replay.content == stream.content
    assert replay.headers["content-type"].startswith("text/event-stream")
    assert replay.headers["cache-control"] == "no-cache"
    assert asked.times == 0

    events = read(replay.text)
    assert events[0][1]["cached"] is True and events[-1][1]["type"] == "complete"
    for place, _ in events[1::3]:
        rest = await ada("GET", path, headers={"Last-Event-ID": place})
        assert read(rest.text) == events[[one for one, _ in events].index(place) + 1 :]


async def test_a_change_is_seen_by_the_next_read_on_any_server(
    ada: Learner, container: AsyncContainer, other: httpx.AsyncClient
) -> None:
    _, lesson, path = await written(ada, container)
    async with through(ada, other) as elsewhere:
        assert (await elsewhere("GET", f"/lessons/{lesson}")).json()["current"] is True

        await elsewhere.made("PUT", "/persona", json={"interests": {"primary": ["chess"]}})
        assert (await ada("GET", f"/lessons/{lesson}")).json()["current"] is False
        assert read((await ada("GET", path)).text)[0][1]["lessonId"] != lesson

        await ada.made("PUT", "/persona", json=PERSONA)
        assert (await elsewhere("GET", f"/lessons/{lesson}")).json()["current"] is True
        assert read((await elsewhere("GET", path)).text)[0][1]["lessonId"] == lesson


async def test_a_lesson_written_anew_is_the_one_that_is_replayed(
    ada: Learner, container: AsyncContainer, other: httpx.AsyncClient
) -> None:
    _, lesson, path = await written(ada, container)
    anew = read((await ada("GET", f"{path}&fresh=true")).text)[-1][1]["lessonId"]
    assert anew != lesson
    async with through(ada, other) as elsewhere:
        for learner in (ada, elsewhere, ada):
            assert read((await learner("GET", path)).text)[-1][1]["lessonId"] == anew


@pytest.mark.parametrize("deleted", ["lesson", "file", "module", "course"])
async def test_what_is_deleted_is_gone_at_once_on_any_server(
    ada: Learner, container: AsyncContainer, other: httpx.AsyncClient, deleted: str
) -> None:
    file_id, lesson, path = await written(ada, container)
    file = await ada.made("GET", f"/files/{file_id}")
    address = {
        "lesson": f"/lessons/{lesson}",
        "file": f"/files/{file_id}",
        "module": f"/modules/{file['moduleId']}",
        "course": f"/courses/{file['courseId']}?permanent=true",
    }[deleted]
    async with through(ada, other) as elsewhere:
        assert (await elsewhere("GET", f"/lessons/{lesson}")).status_code == 200
        assert (await ada("DELETE", address)).status_code == 204
        for learner in (ada, elsewhere):
            assert (await learner("GET", f"/lessons/{lesson}")).status_code == 404
        replay = await elsewhere("GET", path)
        if deleted == "lesson":
            assert read(replay.text)[-1][1]["lessonId"] != lesson
        else:
            assert replay.status_code == 404


async def test_a_file_that_was_moved_goes_with_its_new_course(ada: Learner, container: AsyncContainer) -> None:
    file_id, lesson, _ = await written(ada, container)
    module = await ada.module()
    await ada.made("PATCH", f"/files/{file_id}", json={"moduleId": module["id"]})
    assert (await ada("GET", f"/lessons/{lesson}")).status_code == 200
    await ada("DELETE", f"/courses/{module['courseId']}?permanent=true")
    assert (await ada("GET", f"/lessons/{lesson}")).status_code == 404


async def test_the_token_of_an_erased_account_is_refused_where_its_lesson_was_cached(
    ada: Learner, container: AsyncContainer, other: httpx.AsyncClient
) -> None:
    _, lesson, path = await written(ada, container)
    async with through(ada, other) as elsewhere:
        assert (await elsewhere("GET", f"/lessons/{lesson}")).status_code == 200
        assert (await ada("DELETE", "/me", json={"password": PASSWORD})).status_code == 204
        for learner in (ada, elsewhere):
            for address in (f"/lessons/{lesson}", path, "/persona", f"{path}&fresh=true"):
                assert (await learner("GET", address)).status_code == 401


async def test_what_is_cached_for_one_user_is_unknown_to_others(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    _, lesson, path = await written(ada, container)
    etag = (await ada("GET", f"/lessons/{lesson}")).headers["etag"]
    assert (await eve("GET", f"/lessons/{lesson}")).status_code == 404
    assert (await eve("GET", f"/lessons/{lesson}", headers={"If-None-Match": etag})).status_code == 404
    assert (await eve("GET", path)).status_code == 404


async def test_every_replay_from_the_cache_is_remembered(ada: Learner, container: AsyncContainer, asked: Asked) -> None:
    _, lesson, path = await written(ada, container)
    reads = await container.get(LessonReads)
    await reads.write()
    before = await lesson_reads(ada, container)
    asked.times = 0
    for _ in range(5):
        assert (await ada("GET", path)).status_code == 200
    assert asked.times == 0
    await reads.write()
    after = await lesson_reads(ada, container)
    assert len(after) == len(before) + 5
    assert set(after) == {UUID(lesson)}


async def lesson_reads(learner: Learner, container: AsyncContainer) -> list[UUID | None]:
    database = await container.get(Database)
    async with database.transaction(UUID(learner.user["id"])) as tx:
        return [one.lesson_id for one in await tx.activities.page(Page(limit=100)) if one.kind == "lesson_read"]


async def test_without_redis_a_lesson_is_read_from_postgres(
    ada: Learner, container: AsyncContainer, redis_url: str
) -> None:
    _, lesson, path = await written(ada, container)
    first = await ada("GET", f"/lessons/{lesson}")
    async with Redis.from_url(redis_url) as redis:
        await redis.execute_command("CLIENT", "PAUSE", 2500, "ALL")
        await redis.aclose()
    assert (await ada("GET", f"/lessons/{lesson}")).content == first.content
    assert read((await ada("GET", path)).text)[-1][1]["lessonId"] == lesson
    await ada.made("PUT", "/persona", json={"interests": {"primary": ["chess"]}})
    assert (await ada("GET", f"/lessons/{lesson}")).json()["current"] is False
