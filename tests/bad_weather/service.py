"""A whole LearnX of real processes: API servers and a worker on one Postgres and one Valkey, each of which may fail."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import psutil
from redis.asyncio import Redis
from tests.conftest import QUICK_BUT_NOT_CRASH_SAFE, REPOSITORY
from tests.entrypoints.http.conftest import Learner, sign_up
from tests.fakes.model_server import ModelServer, Script, model_server

from learnx import bootstrap
from learnx.entrypoints.bundled import free_port
from learnx.entrypoints.local_stack import Addresses, LocalServers, local_servers
from learnx.entrypoints.supervision import Child, Program, start, stop

LEARNX = shutil.which("learnx", path=str(Path(sys.executable).parent)) or "learnx"
DOCUMENT = REPOSITORY / "examples" / "how-vaccines-train-the-immune-system.pdf"
STARTS_WITHIN, ENDS_WITHIN = 60.0, 10.0


@dataclass(slots=True)
class Api:
    """One ``learnx serve``."""

    url: str
    child: Child

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.child.process.pid)

    def kill(self) -> None:
        self.child.process.kill()
        self.child.process.wait()

    async def restart(self) -> None:
        self.child.restart()
        await ready(self)

    def connections(self) -> int:
        """Open ones that clients made to it."""
        port = int(self.url.rpartition(":")[2])
        return sum(one.status == "ESTABLISHED" and one.laddr.port == port for one in self.process.net_connections())


@dataclass
class Service:
    """``apis`` are two unless asked otherwise. ``folder`` keeps the logs of all processes while it runs."""

    servers: LocalServers
    folder: Path
    model: ModelServer
    apis: list[Api] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    @property
    def addresses(self) -> Addresses:
        return self.servers.addresses

    @property
    def urls(self) -> list[str]:
        return [api.url for api in self.apis]

    @property
    def calls(self) -> int:
        """How often a language model was asked, since the service runs."""
        return sum("completions" in one.path for one in self.model.asked)

    def server(self, name: str) -> Child:
        """``postgres`` or ``valkey``."""
        return next(child for child in self.servers.children if child.program.name == name)

    async def sql(self, query: str) -> Any:
        """The first value of its first row, read with all rights."""
        url = urlsplit(self.addresses.superuser_url or "")._replace(path=urlsplit(self.addresses.database_url).path)
        connection = await asyncpg.connect(str(url.geturl()))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    @asynccontextmanager
    async def redis(self) -> AsyncIterator[Redis]:
        async with Redis.from_url(self.addresses.redis_url or "") as redis:
            yield redis

    @asynccontextmanager
    async def reader(self) -> AsyncIterator["Reader"]:
        """A new learner with a document that can be read."""
        async with httpx.AsyncClient(base_url=self.urls[0], timeout=60) as client:
            learner = await sign_up(client)
            file = await learner.upload(DOCUMENT.read_bytes(), DOCUMENT.name)
            async with asyncio.timeout(STARTS_WITHIN):
                while not file["ready"]:
                    await asyncio.sleep(0.1)
                    file = await learner.made("GET", f"/files/{file['id']}")
            yield Reader(self, learner, file["id"])


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who wants lessons of one document."""

    service: Service
    learner: Learner
    file: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.learner.tokens['accessToken']}"}

    @property
    def path(self) -> str:
        """Of a lesson that nobody asked for before."""
        number = next(self.service.numbers)
        return f"/ai/personalize/stream?fileId={self.file}&persona=off&focus=memory%20cells%20{number}"

    async def stored(self, lesson: str) -> list[tuple[str, str, str]]:
        """Id, lead and text of every sentence, as it is kept."""
        kept = await self.learner.made("GET", f"/lessons/{lesson}")
        sentences = [sentence for section in kept["sections"] for sentence in section["sentences"]]
        return [(sentence["id"], sentence["lead"], sentence["text"]) for sentence in sentences]


@contextmanager
def own_servers() -> Iterator[tuple[Path, LocalServers]]:
    """A Postgres and a Valkey that may be killed."""
    with (
        TemporaryDirectory(prefix="learnx-weather-") as folder,
        local_servers(Path(folder), postgres_options=QUICK_BUT_NOT_CRASH_SAFE) as running,
    ):
        yield Path(folder), running


@asynccontextmanager
async def running_service(
    folder: Path,
    servers: LocalServers,
    script: Script,
    *,
    apis: int = 2,
    settings: Mapping[str, str] | None = None,
    worker: bool = True,
) -> AsyncIterator[Service]:
    """Migrated and ready; every process ends with this context, and should we be killed, with us."""
    async with AsyncExitStack() as stack:
        service = Service(servers, folder, await stack.enter_async_context(model_server(script)))
        await bootstrap.migrate(servers.addresses.admin_url or "")
        environment = _environment(service, settings or {})
        children: list[Child] = []
        try:
            if worker:
                children.append(start(_program("worker", folder, environment)))
            for number in range(apis):
                port = str(free_port())
                child = start(_program("serve", folder, environment | {"LEARNX_PORT": port}, number))
                children.append(child)
                service.apis.append(Api(f"http://127.0.0.1:{port}", child))
            for api in service.apis:
                await ready(api)
            yield service
        finally:
            await asyncio.to_thread(stop, children, within=ENDS_WITHIN)


async def ready(api: Api) -> None:
    async with asyncio.timeout(STARTS_WITHIN), httpx.AsyncClient(base_url=api.url) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get("/health/ready")).status_code == 200:
                    return
            assert api.child.alive, "an API server did not start"
            await asyncio.sleep(0.05)


async def eventually(holds: Any, within: float, what: str) -> None:
    """Waits until ``holds()`` (or what it awaits) is true."""
    try:
        async with asyncio.timeout(within):
            while not (found := await value if asyncio.iscoroutine(value := holds()) else value):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{what}: still {found!r} after {within:g} s") from None


def _environment(service: Service, settings: Mapping[str, str]) -> dict[str, str]:
    addresses = service.addresses
    ours = {
        "LEARNX_DATABASE_URL": addresses.database_url,
        "LEARNX_DATABASE_WORKER_URL": addresses.worker_url,
        "LEARNX_REDIS_URL": addresses.redis_url,
        "LEARNX_DATA_DIR": str(service.folder),
        "LEARNX_LLM_MODEL": "openai/x",
        "LEARNX_LLM_API_BASE": service.model.api_base,
        "LEARNX_LOG_LEVEL": "warning",
        **settings,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LEARNX_")}
    return inherited | {name: value for name, value in ours.items() if value is not None}


def _program(command: str, folder: Path, environment: Mapping[str, str], number: int = 0) -> Program:
    log = folder / "logs" / f"{command}-{number}.log"
    return Program(f"{command}-{number}", (LEARNX, command), log=log, environment=environment)


def texts_agree(texts: Sequence[list[tuple[str, str, str]]]) -> bool:
    return bool(texts) and bool(texts[0]) and all(text == texts[0] for text in texts)
