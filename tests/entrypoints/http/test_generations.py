"""Running generations over the wire: listed, looked at and stopped by their owner, and by nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import Learner, served
from tests.entrypoints.http.test_lessons import ready_file
from tests.fakes.model_server import ModelServer, Script, model_server

from learnx.settings import Secret, Settings

#: The same in every process that collects these tests.
SOME_ID = "01930000-0000-7000-8000-000000000001"

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@pytest.fixture
async def provider() -> AsyncIterator[ModelServer]:
    """It never comes to an end by itself."""
    async with model_server(Script(hang="middle")) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, provider: ModelServer, database_urls: DatabaseUrls) -> Settings:
    return msgspec.structs.replace(
        settings,
        database_admin_url=Secret(database_urls.admin),
        llm_model="openai/x",
        llm_api_base=provider.api_base,
        llm_token_timeout=60,
    )


@asynccontextmanager
async def reading(learner: Learner, address: str, file: dict[str, Any], focus: str) -> AsyncIterator[httpx.Response]:
    """A stream whose reply has begun."""
    bearer = {"Authorization": f"Bearer {learner.tokens['accessToken']}"}
    asked = {"fileId": file["id"], "persona": "off", "focus": focus}
    async with (
        httpx.AsyncClient(base_url=address, headers=bearer, timeout=60) as client,
        client.stream("GET", "/api/v1/ai/personalize/stream", params=asked) as reply,
    ):
        assert reply.status_code == 200
        yield reply


def events(body: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line[6:]) for line in body.splitlines() if line.startswith("data: ")]


async def test_running_generations_are_listed_newest_first_in_pages(
    ada: Learner, app: Litestar, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    assert (await ada.made("GET", "/ai/generations")) == {"items": [], "nextCursor": None}
    async with (
        served(app) as running,
        reading(ada, running.address, file, "cells"),
        reading(ada, running.address, file, "membranes"),
        reading(ada, running.address, file, "osmosis"),
    ):
        listed = await ada.made("GET", "/ai/generations")
        assert [one["options"]["focus"] for one in listed["items"]] == ["osmosis", "membranes", "cells"]
        assert {one["fileId"] for one in listed["items"]} == {file["id"]}

        page = await ada.made("GET", "/ai/generations?limit=2")
        rest = await ada.made("GET", f"/ai/generations?limit=2&cursor={page['nextCursor']}")
        assert page["items"] + rest["items"] == listed["items"]
        assert rest["nextCursor"] is None
        assert (await ada("GET", "/ai/generations?cursor=bm90")).status_code == 422

        for one in listed["items"]:
            assert (await ada("DELETE", f"/ai/generations/{one['generationId']}")).status_code == 204
        assert (await ada.made("GET", "/ai/generations"))["items"] == []


async def test_a_generation_is_what_its_stream_announced(
    ada: Learner, app: Litestar, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    async with served(app) as running, reading(ada, running.address, file, "cells") as reply:
        start = await anext(one async for line in reply.aiter_lines() for one in events(line))
        found = await ada("GET", f"/ai/generations/{start['generationId']}")
        shown = found.json()
        assert shown["lessonId"] == start["lessonId"]
        assert shown["fileId"] == file["id"]
        assert shown["sections"] == start["sections"]
        assert shown["model"] == "openai/x"
        assert shown["personaVersion"] is None
        assert shown["startedAt"].endswith("Z")
        tag = {"If-None-Match": found.headers["etag"]}
        assert (await ada("GET", f"/ai/generations/{start['generationId']}", headers=tag)).status_code == 304

        other = {"If-Match": '"another"'}
        assert (await ada("DELETE", f"/ai/generations/{start['generationId']}", headers=other)).status_code == 412
        assert (await ada("DELETE", f"/ai/generations/{start['generationId']}")).status_code == 204


async def test_stopping_ends_the_stream_closes_the_call_and_stores_nothing(
    ada: Learner, app: Litestar, container: AsyncContainer, provider: ModelServer
) -> None:
    file = await ready_file(ada, container)
    async with served(app) as running, reading(ada, running.address, file, "cells") as reply:
        [generation] = (await ada.made("GET", "/ai/generations"))["items"]
        path = f"/ai/generations/{generation['generationId']}"
        async with asyncio.timeout(10):
            while not provider.asked:
                await asyncio.sleep(0.01)
        assert (await ada("DELETE", path)).status_code == 204
        last = events((await reply.aread()).decode())[-1]
    assert (last["type"], last["code"]) == ("error", "CANCELLED")
    async with asyncio.timeout(10):
        await provider.asked[0].hung_up.wait()
    assert (await ada("GET", path)).status_code == 404
    assert (await ada("DELETE", path)).status_code == 404
    assert (await ada("GET", f"/lessons/{generation['lessonId']}")).status_code == 404
    assert (await ada.made("GET", f"/files/{file['id']}/lessons"))["items"] == []


async def test_somebody_elses_is_answered_as_an_unknown_one(
    ada: Learner, eve: Learner, app: Litestar, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    async with served(app) as running, reading(ada, running.address, file, "cells"):
        [generation] = (await ada.made("GET", "/ai/generations"))["items"]
        for name in (generation["generationId"], str(uuid4()), "no-id"):
            for method in ("GET", "DELETE"):
                refused = await eve(method, f"/ai/generations/{name}")
                assert refused.status_code == 404
                assert refused.json()["code"] == "NOT_FOUND"
        assert (await eve.made("GET", "/ai/generations"))["items"] == []
        assert (await ada.made("GET", "/ai/generations"))["items"] == [generation]
        await ada("DELETE", f"/ai/generations/{generation['generationId']}")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", f"/{SOME_ID}"), ("DELETE", f"/{SOME_ID}"), ("GET", f"/{SOME_ID}/events")]
)
async def test_without_a_bearer_nothing_is_told(client: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await client.request(method, f"/api/v1/ai/generations{path}")).status_code == 401
