"""Limits over the wire: what counts, what does not, what is told of it, and what goes on without Redis."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.entrypoints.http.conftest import PASSWORD, Learner, served, sign_up
from tests.entrypoints.http.test_lessons import read, ready_file

from learnx.settings import Secret, Settings

pytestmark = pytest.mark.anyio

PLANS = """
[small]
requests_per_minute = 60
generations_per_hour = 2
asks_per_hour = 1
uploads_per_day = 3
uploads_at_once = 2
open_streams = 1
[unlimited]
[strangers]
requests_per_minute = 40
logins_per_hour = 8
logins_per_hour_by_email = 3
registrations_per_hour = 4
"""
STREAM = "/ai/personalize/stream?persona=off&fileId="


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    plans = tmp_path / "plans.toml"
    plans.write_text(PLANS)
    return msgspec.structs.replace(settings, plans=plans, default_plan="small")


def told(reply: httpx.Response) -> dict[str, int]:
    """What is left, by zone; each zone has a policy, and both headers are of the draft's syntax."""
    state, policy = reply.headers["ratelimit"], reply.headers["ratelimit-policy"]
    items = re.findall(r'"([a-z-]+)";r=(\d+);t=\d+(?:, )?', state)
    assert state == ", ".join(re.findall(r'"[a-z-]+";r=\d+;t=\d+', state))
    assert policy == ", ".join(re.findall(r'"[a-z-]+";q=\d+;(?:w=\d+|qu="concurrent-requests")', policy))
    return {zone: int(left) for zone, left in items}


def refused(reply: httpx.Response) -> int:
    """Seconds after which a retry succeeds."""
    assert reply.status_code == 429, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "RATE_LIMIT_ERROR"
    return int(reply.headers["retry-after"])


async def test_every_reply_tells_what_is_left_and_a_refusal_when_it_is_more(ada: Learner) -> None:
    first = await ada("GET", "/courses")
    assert told(first) == {"requests": 59}
    assert first.headers["ratelimit-policy"] == '"requests";q=60;w=60'
    replies = await asyncio.gather(*(ada("GET", "/courses") for _ in range(150)))
    turned_away = [reply for reply in replies if reply.status_code == 429]
    assert 59 <= len(replies) - len(turned_away) + 1 <= 120  # where Redis was heard too late, by the server itself
    seconds = refused(turned_away[-1])
    assert told(turned_away[-1]) == {"requests": 0}
    await asyncio.sleep(seconds)
    assert (await ada("GET", "/courses")).status_code == 200


async def test_what_another_user_does_is_no_concern(ada: Learner, eve: Learner) -> None:
    await asyncio.gather(*(ada("GET", "/courses") for _ in range(10)))
    assert told(await eve("GET", "/courses")) == {"requests": 59}


async def test_only_what_is_really_started_counts(ada: Learner, container: AsyncContainer) -> None:
    file = (await ready_file(ada, container))["id"]
    assert told(await ada("GET", f"/files/{file}")).keys() == {"requests"}
    first = await ada("GET", STREAM + file)
    assert told(first) | {"requests": 0} == {"requests": 0, "streams": 0, "generations": 1}
    events = read(first.text)
    replayed = await ada("GET", STREAM + file)
    assert (read(replayed.text)[0][1]["cached"], told(replayed)["generations"]) == (True, 1)
    resumed = await ada("GET", STREAM + file, headers={"Last-Event-ID": events[0][0]})
    assert (resumed.status_code, told(resumed)["generations"]) == (200, 1)
    lesson = f"/lessons/{events[-1][1]['lessonId']}"
    tag = (await ada("GET", lesson)).headers["etag"]
    assert (await ada("GET", lesson, headers={"If-None-Match": tag})).status_code == 304

    both = await asyncio.gather(
        *(ada("POST", "/ai/personalize", json={"fileId": file, "persona": "off", "focus": "cells"}) for _ in range(3))
    )
    assert [reply.status_code for reply in both] == [200] * 3
    over = await ada("POST", "/ai/summarize", json={"fileId": file, "summaryType": "key_points"})
    assert 3_500 < refused(over) <= 3_600
    assert told(over)["generations"] == 0
    assert "lessons or summaries an hour" in over.json()["detail"]
    assert (await ada("GET", STREAM + file)).status_code == 200

    assert (await ada("POST", "/ai/ask", json={"fileId": file, "question": "What is a cell?"})).status_code == 200
    asked = await ada("POST", "/ai/ask", json={"fileId": file, "question": "What is alive?"})
    assert refused(asked) > 3_500


async def test_uploads_count_once_they_are_accepted(ada: Learner) -> None:
    form = {"file": ("cells.md", b"# Cells\n\nA cell is alive.\n")}
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"file": ("a.md", b"")}, 422),
        ({"file": ("a.bin", bytes(range(256)))}, 415),
        ({"file": ("a.md", b"x" * 100_001)}, 413),
        ({"other": ("a.md", b"x")}, 422),
    ]
    for refused_form, status in wrong:
        reply = await ada("POST", "/files", files=refused_form)
        assert (reply.status_code, told(reply)["uploads"]) == (status, 3)
    accepted = await ada("POST", "/files", files=form)
    assert (accepted.status_code, told(accepted)["uploads"]) == (202, 2)
    many = [await asyncio.gather(*(ada("POST", "/files", files=form) for _ in range(2))) for _ in range(3)]
    assert sorted(reply.status_code for pair in many for reply in pair) == [202, 202, 429, 429, 429, 429]
    assert refused(many[-1][0]) > 86_000


async def test_more_uploads_at_once_than_the_plan_allows_are_refused(ada: Learner) -> None:
    gate = asyncio.Event()

    async def trickle(started: asyncio.Event) -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n# Cells\n'
        started.set()  # more is wanted: it was admitted
        await gate.wait()
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    running = []
    for _ in range(2):
        started = asyncio.Event()
        running.append(asyncio.create_task(ada("POST", "/files", content=trickle(started), headers=headers)))
        await started.wait()
    third = await ada("POST", "/files", files={"file": ("c.md", b"")})
    assert refused(third) and told(third)["uploads-at-once"] == 0
    gate.set()
    assert [reply.status_code for reply in await asyncio.gather(*running)] == [202, 202]
    assert (await ada("POST", "/files", files={"file": ("c.md", b"# More\n\nText.\n")})).status_code == 202


async def test_as_many_streams_are_open_as_the_plan_allows(ada: Learner, app: Litestar) -> None:
    file = (await ada.upload())["id"]  # it waits for a worker: its events go on
    bearer = {"Authorization": f"Bearer {ada.tokens['accessToken']}"}
    async with served(app) as running, httpx.AsyncClient(base_url=running.address, headers=bearer) as client:
        path = f"/api/v1/files/{file}/events"
        async with client.stream("GET", path) as first:
            assert first.status_code == 200
            second = await client.get(path)
            assert refused(second) and told(second)["streams"] == 0
        async with asyncio.timeout(10):
            while True:
                async with client.stream("GET", path) as again:
                    if again.status_code == 200:
                        break
                await asyncio.sleep(0.05)


async def test_many_passwords_for_one_account_and_one_for_many_are_refused_alike(
    client: httpx.AsyncClient, ada: Learner
) -> None:
    async def attempt(email: str, password: str = "not this one") -> httpx.Response:
        return await client.post("/api/v1/auth/login", json={"email": email, "password": password})

    known = [await attempt(ada.email) for _ in range(4)]
    unknown = [await attempt("nobody@example.org") for _ in range(4)]
    assert [reply.status_code for reply in known] == [reply.status_code for reply in unknown] == [401] * 3 + [429]
    for one, other in zip(known, unknown, strict=True):
        assert {**one.json(), "requestId": "", "instance": ""} == {**other.json(), "requestId": "", "instance": ""}
    assert refused(await attempt(ada.email.upper(), PASSWORD)) <= 1_200
    sprayed = [(await attempt(f"pupil{number}@example.org", "123456")).status_code for number in range(4)]
    assert sprayed == [401, 401, 429, 429]


async def test_registering_is_limited_by_address(client: httpx.AsyncClient) -> None:
    for _ in range(4):
        await sign_up(client)
    body = {"email": "one@example.org", "password": PASSWORD, "fullName": "One"}
    assert 800 < refused(await client.post("/api/v1/auth/register", json=body)) <= 900


async def test_who_has_no_token_is_counted_by_address(client: httpx.AsyncClient) -> None:
    statuses = [(await client.get("/api/v1/courses")).status_code for _ in range(45)]
    assert set(statuses[:40]) == {401}
    assert 429 in statuses[40:]
    assert (await client.get("/health/live")).status_code == 200


async def test_a_cached_lesson_is_limited_too(ada: Learner, container: AsyncContainer) -> None:
    file = (await ready_file(ada, container))["id"]
    lesson = f"/lessons/{read((await ada('GET', STREAM + file)).text)[-1][1]['lessonId']}"
    tag = (await ada("GET", lesson)).headers["etag"]
    left = told(await ada("GET", lesson))["requests"]
    unchanged = await ada("GET", lesson, headers={"If-None-Match": tag})
    assert (unchanged.status_code, told(unchanged)["requests"]) == (304, left - 1)
    for _ in range(left + 5):
        reply = await ada("GET", lesson)
    seconds = refused(reply)
    await asyncio.sleep(seconds)
    assert (await ada("GET", lesson)).status_code == 200


class TestWithoutLimits:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, default_plan="unlimited")

    async def test_nothing_is_told_of_limits_that_nobody_has(self, ada: Learner) -> None:
        assert "ratelimit" not in (await ada("GET", "/courses")).headers


class TestWithoutRedis:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return msgspec.structs.replace(settings, redis_url=Secret("redis://127.0.0.1:9/0"))

    async def test_who_signs_in_is_told_that_it_can_not_be_counted(self, client: httpx.AsyncClient) -> None:
        for path in ("login", "register"):
            body = {"email": "a@example.org", "password": PASSWORD} | ({"fullName": "A"} if path == "register" else {})
            reply = await client.post(f"/api/v1/auth/{path}", json=body)
            assert (reply.status_code, reply.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
            assert "can't be counted at the moment" in reply.json()["detail"]


async def test_the_contract_says_of_every_operation_that_it_may_be_refused(client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    operations = [
        operation
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1")
        for operation in methods.values()
    ]
    for operation in operations:
        replies = operation["responses"]
        assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= set(replies["429"]["headers"])
        assert all({"RateLimit", "RateLimit-Policy"} <= set(reply["headers"]) for reply in replies.values())
