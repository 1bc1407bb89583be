"""A password, a token, an address and a sentence of a document pass through everything, and no log has them."""

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tests.bad_weather.service import ENDS_WITHIN, Api, Service, ready, running_service
from tests.entrypoints.http.conftest import Learner
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.model_server import Script
from tests.security.canaries import CANARY, DAMAGED, DOCUMENT, EMAIL, PASSWORD, SENTENCE, Told, invalid, valid

from learnx.entrypoints.bundled import free_port
from learnx.entrypoints.local_stack import LocalServers
from learnx.entrypoints.supervision import start, stop

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@dataclass
class Watched:
    """One service that tells all it can; ``told`` holds what may stand in nothing of it."""

    service: Service
    clients: tuple[httpx.AsyncClient, ...]
    told: Told
    metrics: str
    mails: MailServer
    sent: int = 0

    @property
    def http(self) -> httpx.AsyncClient:
        """The servers take turns."""
        self.sent += 1
        return self.clients[self.sent % len(self.clients)]

    async def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Of a stream, what comes within seconds."""
        client = self.http
        reply = await client.send(client.build_request(method, url, **options), stream=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await reply.aread()
        await reply.aclose()
        return self.told.learn(reply) if hasattr(reply, "_content") else reply

    def learn_mailed(self) -> None:
        """What proves that a mail was read."""
        links = [link for _, mail in self.mails.received for link in re.findall(r"[\w-]{30,}", mail.get_content())]
        assert links
        self.told.secrets |= set(links)

    def lines(self) -> Iterator[tuple[str, str]]:
        for log in (self.service.folder / "logs").glob("*.log"):
            for line in log.read_text(errors="replace").splitlines():
                yield log.name, line

    def leaks(self, metrics: str) -> list[str]:
        assert metrics
        said = [*self.lines(), *(("metrics", line) for line in metrics.splitlines())]
        return [
            f"{place}: {line[:600]}"
            for place, line in said
            if any(secret.lower() in line.lower() for secret in self.told.secrets)
        ]


@pytest.fixture
async def watched(servers: LocalServers, tmp_path: Path) -> AsyncIterator[Watched]:
    """Its two API servers write the two kinds of log; the second has no provider, and so can make everything."""
    (tmp_path / "logs").mkdir()
    metrics_port, other_port = str(free_port()), str(free_port())
    async with mail_server() as mails:
        settings = {
            "LEARNX_LOG_LEVEL": "debug",
            "LEARNX_LOG_FORMAT": "json",
            "LEARNX_SMTP_URL": f"smtp://127.0.0.1:{mails.port}",
            "LEARNX_MAIL_FROM": "learnx@example.org",
            "LEARNX_PUBLIC_URL": "https://learnx.example.org",
            "LEARNX_MAX_UPLOAD_BYTES": "100000",
        }
        async with running_service(tmp_path, servers, Script(), apis=1, settings=settings) as service:
            first = service.apis[0].child.program
            own = {
                "LEARNX_LLM_MODEL": "offline",
                "LEARNX_LOG_FORMAT": "console",
                "LEARNX_METRICS_PORT": metrics_port,
                "LEARNX_PORT": other_port,
            }
            log = tmp_path / "logs" / "serve-console.log"
            environment = {**(first.environment or {}), **own}
            child = start(dataclasses.replace(first, name="serve-console", log=log, environment=environment))
            try:
                service.apis.append(Api(f"http://127.0.0.1:{other_port}", child))
                await ready(service.apis[1])
                async with (
                    httpx.AsyncClient(base_url=service.urls[0], timeout=30) as json,
                    httpx.AsyncClient(base_url=service.urls[1], timeout=30) as console,
                ):
                    told = Told()
                    yield Watched(service, (json, console), told, f"http://127.0.0.1:{metrics_port}/metrics", mails)
            finally:
                await asyncio.to_thread(stop, [child], within=ENDS_WITHIN)


async def test_what_passes_through_stands_in_no_log(watched: Watched) -> None:
    learner = await signed_up(watched)
    ids = await made(watched, learner)
    statuses = set()
    for request in (*invalid(ids), *valid(ids)):
        headers = {"Authorization": f"Bearer {learner.tokens['accessToken']}"} | request.pop("headers")
        reply = await watched.send(**request, headers=headers)
        assert reply.status_code < 500 or reply.status_code == 502, (request, reply.text)
        statuses.add(reply.status_code)
        if reply.status_code == 401:
            learner.tokens = (await login(watched, PASSWORD)).json()["tokens"]
    assert statuses >= {200, 201, 202, 204, 400, 404, 422}
    await everybody(watched)
    await broken(watched, learner)
    watched.learn_mailed()
    for name in ("serve-0", "serve-console", "worker-0"):
        assert any(name in place for place, _ in watched.lines()), name
    metrics = (await watched.http.get(watched.metrics)).text
    assert watched.leaks(metrics) == []
    watched.told.secrets.add("/API/v1/courses")  # what is there is noticed, everywhere
    assert {leak.partition(":")[0] for leak in watched.leaks(metrics)} == {
        "serve-0.log",
        "serve-console.log",
        "metrics",
    }


async def signed_up(watched: Watched) -> Learner:
    body = {"email": EMAIL, "password": PASSWORD, "fullName": CANARY}
    reply = await watched.send("POST", "/api/v1/auth/register", json=body)
    assert reply.status_code == 201, reply.text
    return Learner(watched.clients[1], EMAIL, reply.json()["tokens"], reply.json()["user"])


async def login(watched: Watched, password: str) -> httpx.Response:
    return await watched.send("POST", "/api/v1/auth/login", json={"email": EMAIL, "password": password})


async def made(watched: Watched, learner: Learner) -> dict[str, str]:
    """One of everything, of a document with the sentence; damaged ones are refused by the server or the worker."""
    for name, content in DAMAGED.items():
        files = {"file": (f"{CANARY}-{name}", content), "password": (None, PASSWORD)}
        await learner("POST", "/files", files=files)
    file = await learner.upload(DOCUMENT, f"{CANARY}.md")
    async with asyncio.timeout(60):
        while not file["ready"]:
            await asyncio.sleep(0.1)
            file = await learner.made("GET", f"/files/{file['id']}")
    of_file = {"fileId": file["id"]}
    await learner.made("PUT", "/persona", json={"interests": {"primary": [CANARY]}})
    module = await learner.module()
    chunks = await learner.made("GET", f"/files/{file['id']}/chunks")
    lesson = await learner.made("POST", "/ai/personalize", json=of_file | {"focus": CANARY})
    feedback = await learner.made("POST", f"/lessons/{lesson['id']}/feedback", json={"rating": "helpful"})
    answer = await learner.made("POST", "/ai/ask", json=of_file | {"question": f"When does the {CANARY} sing?"})
    summary = await learner.made("POST", "/ai/summarize", json=of_file | {"summaryType": "key_points"})
    sessions = await learner.made("GET", "/me/sessions")
    return of_file | {
        "moduleId": module["id"],
        "courseId": module["courseId"],
        "chunkId": chunks["items"][0]["id"],
        "lessonId": lesson["id"],
        "feedbackId": feedback["id"],
        "answerId": answer["id"],
        "conversationId": answer["conversationId"],
        "summaryId": summary["id"],
        "generationId": lesson["generationId"],
        "Last-Event-ID": f"{lesson['generationId']}:1",
        "sessionId": sessions["items"][0]["id"],
    }


async def everybody(watched: Watched) -> None:
    """What is asked for before somebody is known: right, wrong, twice, and not to be read."""
    body = {"email": EMAIL, "password": PASSWORD, "fullName": CANARY}
    assert (await watched.send("POST", "/api/v1/auth/register", json=body)).status_code == 409
    refresh = (await login(watched, PASSWORD)).json()["tokens"]["refreshToken"]
    assert (await login(watched, f"{CANARY} wrong")).status_code == 401
    for path, sent in {
        "refresh": {"refreshToken": refresh},
        "refresh ": {"refreshToken": CANARY},
        "logout": {"refreshToken": CANARY},
        "password-reset": {"email": EMAIL},
        "password-reset/confirm": {"token": CANARY, "newPassword": PASSWORD},
        "verify-email": {"token": CANARY},
    }.items():
        url = f"/api/v1/auth/{path.strip()}"
        for body in (sent, {name: [value] for name, value in sent.items()}, CANARY):
            assert (await watched.send("POST", url, json=body)).status_code < 500
    for token in (CANARY, f"{CANARY}.{CANARY}.{CANARY}"):
        await watched.send("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        await watched.send("GET", f"/api/v1/blobs/{token}")
        await watched.send("GET", f"/api/v1/{token}?{token}={token}", params={"access_token": token})


async def broken(watched: Watched, learner: Learner) -> None:
    """A provider that repeats what it was asked, a row that Postgres refuses, a table that is not there."""
    learner.tokens = (await login(watched, PASSWORD)).json()["tokens"]
    file = await learner.upload(DOCUMENT + b"\n\nAnother one.", f"{CANARY}-2.md")
    async with asyncio.timeout(60):
        while not file["ready"]:
            await asyncio.sleep(0.1)
            file = await learner.made("GET", f"/files/{file['id']}")
    learner.client = watched.clients[0]
    error = {"message": SENTENCE, "type": CANARY, "code": None}
    unwell = [Script(garbage=True), Script(reply=SENTENCE), Script(reset_after_chunks=1)]
    unwell += [Script(status=status, error=error) for status in (400, 401, 429, 500)]
    times_asked = 0
    for number, script in enumerate(unwell):
        watched.service.model.script, asked = script, watched.service.calls
        wanted = {"fileId": file["id"], "focus": f"{CANARY} {number}", "fresh": True}
        await learner("POST", "/ai/personalize", json=wanted)
        times_asked += watched.service.calls > asked
    assert times_asked >= len(unwell) - 2  # who has failed so often is left alone for a while
    connection = await asyncpg.connect(watched.service.addresses.admin_url)
    for change, undo in (
        (
            "ALTER TABLE courses ADD CONSTRAINT none CHECK (title = '') NOT VALID",
            "ALTER TABLE courses DROP CONSTRAINT none",
        ),
        ("ALTER TABLE courses RENAME TO away", "ALTER TABLE away RENAME TO courses"),
    ):
        await connection.execute(change)
        try:
            for client in watched.clients:
                learner.client = client
                reply = await learner("POST", "/courses", json={"title": SENTENCE, "description": CANARY})
                assert reply.status_code == 500, reply.text
        finally:
            await connection.execute(undo)
    await connection.close()
    assert {place for place, line in watched.lines() if "Traceback" in line} >= {"serve-0.log", "serve-console.log"}
