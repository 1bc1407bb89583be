"""Real servers for the tests that need them: started once a test process, ended with it, however it ends."""

import asyncio
import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from tests.security import statement_log

from learnx import bootstrap
from learnx.entrypoints.bundled_postgres import postgres_program
from learnx.entrypoints.local_stack import LocalServers, local_servers

REPOSITORY = Path(__file__).parent.parent
QUICK_BUT_NOT_CRASH_SAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One database as seen by the superuser, by its owner (migrations), by the application and by the worker."""

    superuser: str
    admin: str
    app: str
    worker: str

    @classmethod
    def of(cls, servers: LocalServers, database: str) -> "DatabaseUrls":
        def named(url: str | None) -> str:
            assert url is not None
            return urlsplit(url)._replace(path=f"/{database}").geturl()

        addresses = servers.addresses
        return cls(
            named(addresses.superuser_url),
            named(addresses.admin_url),
            named(addresses.database_url),
            named(addresses.worker_url),
        )


#: When each test began, and its name.
BEGUN: list[tuple[float, str]] = []


def pytest_runtest_logstart(nodeid: str) -> None:
    BEGUN.append((time.time(), nodeid))


NewDatabase = Callable[[], AbstractContextManager[DatabaseUrls]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> Iterator[LocalServers]:
    """A Postgres and a Valkey of this test process's own; in the end, no owned table was asked for nobody."""
    with (
        tempfile.TemporaryDirectory(prefix="learnx-tests-") as folder,
        local_servers(Path(folder), postgres_options=QUICK_BUT_NOT_CRASH_SAFE | statement_log.OPTIONS) as running,
    ):
        for role in statement_log.LOGGED_ROLES:
            _sql(running, f"ALTER ROLE {role} SET log_statement = 'all'")
        yield running
        with statement_log.server_log(running).open(errors="replace") as lines:
            found = statement_log.without_owner(statement_log.sent(lines), statement_log.owned_tables())
        assert not found, statement_log.report(found, BEGUN)


@pytest.fixture(scope="session")
def new_empty_database(servers: LocalServers) -> NewDatabase:
    """Makes databases with the extensions and no tables."""
    return _maker(servers, "template1")


@pytest.fixture(scope="session")
def new_database(servers: LocalServers) -> NewDatabase:
    """Makes migrated, empty databases; about 50 ms each."""
    template = "migrated"
    _sql(servers, f"CREATE DATABASE {template} OWNER learnx_owner")
    asyncio.run(bootstrap.migrate(DatabaseUrls.of(servers, template).admin))
    return _maker(servers, template)


@pytest.fixture
def database_urls(new_database: NewDatabase) -> Iterator[DatabaseUrls]:
    """A migrated database of this test's own."""
    with new_database() as urls:
        yield urls


@pytest.fixture
def redis_url(servers: LocalServers) -> str:
    """An empty Valkey."""
    assert servers.addresses.redis_url is not None
    url = urlsplit(servers.addresses.redis_url)
    assert url.hostname and url.port
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(f"AUTH {url.password}\r\nFLUSHALL\r\nQUIT\r\n".encode())
        assert connection.makefile("rb").read().count(b"+OK") == 3
    return servers.addresses.redis_url


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket on a server that speaks S3 and lets everybody look."""

    endpoint: str
    name: str

    def keys(self) -> list[str]:
        return self._listed("list-type=2", "Key")

    def unfinished(self) -> list[str]:
        """Uploads that were neither completed nor aborted."""
        return self._listed("uploads", "UploadId")

    def _listed(self, query: str, element: str) -> list[str]:
        reply = httpx.get(f"{self.endpoint}/{self.name}?{query}").raise_for_status()
        return re.findall(f"<{element}>([^<]*)</{element}>", reply.text)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # seconds, which only these tests should pay

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty one of this test's own, with the variables that lead to it."""
    variables = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    bucket = Bucket(s3_endpoint, f"bucket-{uuid4().hex}")
    httpx.put(f"{s3_endpoint}/{bucket.name}").raise_for_status()
    return bucket


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real documents and question sets (``LEARNX_CORPORA``); tests of it don't run where it is absent."""
    folder = Path(os.environ.get("LEARNX_CORPORA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no corpora here: LEARNX_CORPORA names none")
    return folder


def _maker(servers: LocalServers, template: str) -> NewDatabase:
    numbers = count(1)

    @contextmanager
    def new() -> Iterator[DatabaseUrls]:
        name = f"test_{template}_{next(numbers)}"
        _sql(servers, f"CREATE DATABASE {name} TEMPLATE {template} OWNER learnx_owner STRATEGY WAL_LOG")
        try:
            yield DatabaseUrls.of(servers, name)
        finally:
            _sql(servers, f"DROP DATABASE {name} WITH (FORCE)")

    return new


def _sql(servers: LocalServers, statement: str) -> None:
    command = [
        postgres_program("psql"),
        servers.addresses.superuser_url or "",
        "-qXv",
        "ON_ERROR_STOP=1",
        "-c",
        statement,
    ]
    subprocess.run(command, check=True)
