"""The whole application on real servers, called in the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from dishka import AsyncContainer
from litestar import Litestar
from tests.conftest import DatabaseUrls

from learnx.bootstrap import make_container
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.http.openapi import complete
from learnx.entrypoints.http.server import DrainingServer, server_config
from learnx.settings import Secret, Settings

_numbers = count(1)
PASSWORD = "correct horse battery"


@pytest.fixture
def settings(database_urls: DatabaseUrls, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=Secret(database_urls.app),
        redis_url=Secret(redis_url),
        data_dir=tmp_path,
        secret_key=Secret("a key for tests that is long enough"),
        max_upload_bytes=100_000,
    )


@pytest.fixture
async def container(settings: Settings) -> AsyncContainer:
    """Closed by the application."""
    return make_container(settings)


@pytest.fixture
async def app(settings: Settings, container: AsyncContainer) -> AsyncIterator[Litestar]:
    app = create_app(settings, container)
    async with app.lifespan():
        yield app


class Documented:
    """``app``, held to its own OpenAPI document: no test gets a status that the operation does not list."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._paths = complete(app)["paths"]
        self.undocumented: set[tuple[str, str, int]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._check(scope, message["status"])
            await send(message)

        await self._app(scope, receive, sent)

    def _check(self, scope: Any, status: int) -> None:
        path, method = str(scope.get("path_template")), str(scope["method"])
        operation = self._paths.get(path, {}).get(method.lower())
        if operation is not None and str(status) not in operation["responses"]:
            self.undocumented.add((method, path, status))


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    documented = Documented(app)
    transport = httpx.ASGITransport(documented)
    async with httpx.AsyncClient(transport=transport, base_url="http://learnx.test") as client:
        yield client
    assert documented.undocumented == set()


@dataclass
class Learner:
    """A signed-in user of the API."""

    client: httpx.AsyncClient
    email: str
    tokens: dict[str, Any]
    user: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens['accessToken']}"} | options.pop("headers", {})
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def made(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        reply = await self(method, path, **options)
        assert reply.is_success, reply.text
        result: dict[str, Any] = reply.json()
        return result

    async def module(self) -> dict[str, Any]:
        course = await self.made("POST", "/courses", json={"title": "Biology"})
        return await self.made("POST", f"/courses/{course['id']}/modules", json={"title": "Cells"})

    async def upload(self, content: bytes = b"# Cells\n\nA cell is alive.\n", name: str = "cells.md") -> dict[str, Any]:
        return await self.made("POST", "/files", files={"file": (name, content)})


async def sign_up(client: httpx.AsyncClient) -> Learner:
    email = f"ada{next(_numbers)}@example.org"
    body = {"email": email, "password": PASSWORD, "fullName": "Ada Lovelace"}
    reply = await client.post("/api/v1/auth/register", json=body)
    assert reply.status_code == 201, reply.text
    return Learner(client, email, reply.json()["tokens"], reply.json()["user"])


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> Learner:
    return await sign_up(client)


@pytest.fixture
async def eve(client: httpx.AsyncClient) -> Learner:
    """Somebody else."""
    return await sign_up(client)


@dataclass
class Served:
    address: str
    server: uvicorn.Server


@asynccontextmanager
async def served(app: Litestar, listener: socket.socket | None = None) -> AsyncIterator[Served]:
    """``app`` behind a real server on a free port, in this event loop; its lifespan is the test's."""
    ready = asyncio.Event()
    config = server_config(app)
    config.lifespan = "off"
    config.port = 0
    server = DrainingServer(config, app.state.draining, ready.set)
    running = asyncio.create_task(server._serve([listener] if listener else None))
    try:
        await ready.wait()
        port = (listener or server.servers[0].sockets[0]).getsockname()[1]
        yield Served(f"http://127.0.0.1:{port}", server)
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await running
