"""After an erasure nothing of the user is left anywhere, whatever was going on, and nothing of another is touched."""

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from tests.conftest import Bucket, DatabaseUrls
from tests.entrypoints.http.conftest import Learner, app, client, container, served, settings, sign_up
from tests.fakes.model_server import Script, model_server
from tests.security import remains
from tests.security.whole_library import Library, running_generation, whole_library

from learnx.application import erasure
from learnx.application.erasure import EraseUser, FinishErasure, FinishErasures
from learnx.application.ingestion import ProcessFile, WorkFolder
from learnx.application.ports.job_queue import JobReceiver
from learnx.bootstrap import make_container
from learnx.domain.documents import Document
from learnx.domain.errors import Unavailable
from learnx.domain.identity import Principal
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.worker import prepare_folder
from learnx.settings import ModelPrice, Secret, Settings

__all__ = ["app", "client", "container", "settings"]

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

NAME, CANARY = "Augusta Kanarienvogel", "quasarmarmalade"
TEXT = f"# Birds\n\nThe {CANARY} of 1852 weighs 4711 grams.\n\nIts energy is $E = mc^2$, as a letter says.\n"
#: Tables in which a user with a whole library has no row, and why.
NO_ROW: dict[str, str] = {
    "alembic_version": "nobody's",
    "service_spending": "sums of the service",
    "erasures": "only while one is erased",
    "erased_identities": "a hash of who was erased, so that another provider's older tokens are refused",
}
#: Where mails go without a mail server: they have left, as those that a server delivered.
MAILBOX = "mails"
#: Rows that this configuration makes none of.
ROWS = [
    "INSERT INTO charges VALUES ($1, $1, now(), 0.01, now(), NULL)",
    "INSERT INTO mail_tokens VALUES ($1, '\\x01', 'password_reset', now(), now() + interval '1 hour')",
    "INSERT INTO identities VALUES ('https://issuer.example', 'subject', $1, now())",
]


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    if request.param == "folder":
        return settings
    bucket: Bucket = request.getfixturevalue("bucket")
    return msgspec.structs.replace(settings, storage_url=f"s3://{bucket.name}/learnx", s3_endpoint=bucket.endpoint)


async def fill(learner: Learner, container: AsyncContainer) -> Library:
    """One of everything, the canary in all of it that holds words."""
    library = await whole_library(learner, container)
    await learner.made("PATCH", "/me", json={"fullName": NAME})
    await learner.made("PATCH", "/persona", json={"interests": {"primary": [CANARY]}})
    file = await learner.upload(TEXT.encode(), f"{CANARY}.md")
    prepare_folder(await container.get(WorkFolder))
    await (await container.get(ProcessFile))(UUID(learner.user["id"]), UUID(file["id"]), worker="test")
    lesson = await learner.made("POST", "/ai/personalize", json={"fileId": file["id"]})
    for _ in range(2):  # the second fills, or reads, the cache
        await learner.made("GET", f"/lessons/{lesson['id']}")
        await learner("GET", f"/ai/personalize/stream?fileId={file['id']}")
    await learner.made("POST", f"/lessons/{lesson['id']}/feedback", json={"rating": "wrong", "comment": CANARY})
    question = {"question": f"What weighs the {CANARY}?", "fileId": file["id"]}
    await learner.made("POST", "/ai/ask", json=question, headers={"Idempotency-Key": f"ask-{file['id']}"})
    await learner.made("POST", "/ai/summarize", json={"fileId": file["id"], "summaryType": "key_points"})
    await learner.made("GET", f"/search?q={CANARY}")
    library.ids["canaryFile"] = file["id"]
    return library


async def add_rows(superuser_url: str, owner: UUID) -> None:
    connection = await asyncpg.connect(superuser_url)
    for statement in ROWS:
        await connection.execute(statement, owner)
    await connection.close()


def needles(library: Library) -> list[str]:
    own = [library.learner.user["id"], library.learner.email, NAME, CANARY, CANARY[:-1]]
    return [*own, *(name.replace("-", "") for name in own[:1]), library.ids["fileId"], library.ids["canaryFile"]]


class Endless:
    """An extractor that never comes to an end by itself."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def extract(self, path: Path, **_: Any) -> Document:
        assert CANARY.encode() in path.read_bytes()
        self.begun.set()
        await asyncio.Event().wait()
        raise AssertionError


@asynccontextmanager
async def being_processed(learner: Learner, container: AsyncContainer) -> AsyncIterator[None]:
    """A worker has just begun with a document of theirs."""
    extractor = Endless()
    process = dataclasses.replace(await container.get(ProcessFile), extractor=extractor)

    async def handle(owner: UUID, job: UUID) -> None:
        await process(owner, job, worker="test")

    working = asyncio.create_task((await container.get(JobReceiver)).receive(handle))
    try:
        await learner.upload(TEXT.encode(), "waits.md")
        await extractor.begun.wait()
        yield
    finally:
        working.cancel()
        await asyncio.wait([working])


@asynccontextmanager
async def being_uploaded(learner: Learner, address: str) -> AsyncIterator[Callable[[], Any]]:
    """Half of a document has arrived; what is yielded sends the rest, and gives the status of the reply."""
    body = f'--b\r\nContent-Disposition: form-data; name="file"; filename="half.md"\r\n\r\n{TEXT * 200}\r\n--b--\r\n'
    head = (
        f"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {learner.tokens['accessToken']}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write((head + body[: len(body) // 2]).encode())
    await writer.drain()
    await asyncio.sleep(0.2)

    async def rest() -> int:
        writer.write(body[len(body) // 2 :].encode())
        return int((await reader.readline()).split()[1])

    try:
        yield rest
    finally:
        writer.close()


@asynccontextmanager
async def streamed(learner: Learner, address: str, path: str) -> AsyncIterator[asyncio.Task[bytes]]:
    """An open stream of events, read to its end by the task."""
    bearer = {"Authorization": f"Bearer {learner.tokens['accessToken']}"}
    async with httpx.AsyncClient(base_url=address, headers=bearer, timeout=60) as browser:
        yield asyncio.create_task(_read(browser, path))


async def _read(browser: httpx.AsyncClient, path: str) -> bytes:
    return (await browser.get(f"/api/v1{path}")).content


async def readable(learner: Learner, library: Library) -> dict[str, Any]:
    paths = ["/me", "/persona/history", "/files", "/courses", "/usage", f"/lessons/{library.ids['lessonId']}"]
    return {path: (await learner.made("GET", path)) for path in paths} | {
        "search": await learner.made("GET", "/search?q=cells")
    }


async def test_a_scan_of_everything_finds_nothing_of_who_was_erased(
    store: Settings, database_urls: DatabaseUrls, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    store = msgspec.structs.replace(store, default_plan="premium")  # whose limits are counted in Redis
    container = make_container(store)
    app = create_app(store, container)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://learnx.test") as client,  # type: ignore[arg-type]
        served(app) as here,
        model_server(Script(hang="middle")) as model,
        AsyncExitStack() as going_on,
    ):
        slow = {"llm_model": "openai/x", "llm_api_base": model.api_base, "llm_prices": (ModelPrice("openai/x=1/1"),)}
        elsewhere = create_app(msgspec.structs.replace(store, **slow))
        ada, eve = await sign_up(client), await sign_up(client)
        hers, others = await fill(ada, container), await whole_library(eve, container)
        before = await readable(eve, others)
        await going_on.enter_async_context(elsewhere.lifespan())
        there = await going_on.enter_async_context(served(elsewhere))
        await going_on.enter_async_context(running_generation(hers, there.address))
        await going_on.enter_async_context(being_processed(ada, container))
        waiting = [await ada.upload(TEXT.encode(), f"{name}.md") for name in ("second", "queued")][-1]
        watching = await going_on.enter_async_context(streamed(ada, here.address, f"/files/{waiting['id']}/events"))
        rest = await going_on.enter_async_context(being_uploaded(ada, here.address))
        sought = [*needles(hers), waiting["id"], hers.ids["generationId"]]
        redis_url = store.redis_url.reveal() if store.redis_url else ""

        await add_rows(database_urls.superuser, UUID(ada.user["id"]))
        found = await remains.in_tables(database_urls.superuser, sought)
        assert await remains.tables(database_urls.superuser) - set(found) == set(NO_ROW), "a table that was not filled"
        assert {"saq", "learnx"} == {key.partition(":")[0] for key in await remains.in_redis(redis_url, sought)}
        assert remains.in_folder(tmp_path, sought)

        assert (await ada("DELETE", "/me")).status_code == 204
        left_rows = await remains.in_tables(database_urls.superuser, sought)
        left_keys = await remains.in_redis(redis_url, sought)
        assert (await ada("GET", "/me")).status_code == 401
        assert await rest() in {401, 404}
        assert b"deleted" in await watching
        await asyncio.sleep(1.5)  # whatever still runs somewhere has had its chance to write

        assert (left_rows, left_keys) == ({}, {})
        assert await remains.in_tables(database_urls.superuser, sought) == {}
        assert await remains.in_redis(redis_url, sought) == {}
        assert remains.in_folder(tmp_path, sought, but=MAILBOX) == []
        if store.s3_endpoint:
            assert remains.in_bucket(request.getfixturevalue("bucket"), sought) == []
        assert await readable(eve, others) == before
        assert await remains.in_redis(redis_url, [eve.user["id"]])


KILLED = """
import asyncio, os, signal, sys
from uuid import UUID
from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.traces import RedisTraces
from learnx.application.erasure import EraseUser
from learnx.bootstrap import make_container
from learnx.domain.identity import Principal
from learnx.settings import Secret, Settings
from pathlib import Path
database, redis, folder, owner, where = sys.argv[1:]
async def killed(*_): os.kill(os.getpid(), signal.SIGKILL)
if where == "before Redis": RedisTraces.remove = killed
if where == "before the bytes": FileBlobStore.delete = killed
async def main():
    container = make_container(Settings(database_url=Secret(database), redis_url=Secret(redis), data_dir=Path(folder)))
    await (await container.get(EraseUser))(Principal(user_id=UUID(owner)), lambda user: None)
asyncio.run(main())
"""


@pytest.mark.parametrize("where", ["before Redis", "before the bytes"])
async def test_what_a_killed_server_left_of_an_erasure_is_erased_by_a_worker(
    client: httpx.AsyncClient,
    container: AsyncContainer,
    settings: Settings,
    database_urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    ada = await sign_up(client)
    hers = await fill(ada, container)
    waiting = await ada.upload(TEXT.encode(), "queued.md")
    sought, owner = [*needles(hers), waiting["id"]], ada.user["id"]
    redis_url = settings.redis_url.reveal() if settings.redis_url else ""
    command = [sys.executable, "-c", KILLED, database_urls.app, redis_url, str(tmp_path), owner, where]
    ended = await asyncio.to_thread(subprocess.run, command, env=os.environ, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert (await ada("GET", "/me")).status_code == 401
    assert set(await remains.in_tables(database_urls.superuser, sought)) == {"erasures"}
    assert remains.in_folder(tmp_path / "blobs", sought)

    worker = make_container(msgspec.structs.replace(settings, database_url=Secret(database_urls.worker)))
    try:
        finish = await worker.get(FinishErasures)
        await finish()
        assert set(await remains.in_tables(database_urls.superuser, sought)) == {"erasures"}, "it may be under way"
        monkeypatch.setattr(erasure, "OVERDUE", 0.0)
        await finish()
    finally:
        await worker.close()
    assert await remains.in_tables(database_urls.superuser, sought) == {}
    assert await remains.in_redis(redis_url, sought) == {}
    assert remains.in_folder(tmp_path, sought, but=MAILBOX) == []


class Away:
    async def remove(self, owner: UUID) -> None:
        raise Unavailable("What is cached can't be reached at the moment.")


async def test_where_redis_is_away_the_account_is_gone_all_the_same_and_the_words_say_that_the_rest_follows(
    client: httpx.AsyncClient, container: AsyncContainer, database_urls: DatabaseUrls
) -> None:
    ada = await sign_up(client)
    erase, finish = await container.get(EraseUser), await container.get(FinishErasure)
    stuck = dataclasses.replace(erase, finish=dataclasses.replace(finish, traces=Away()))
    with pytest.raises(Unavailable, match="erased by itself"):
        await stuck(Principal(user_id=UUID(ada.user["id"])), lambda user: None)
    assert (await ada("GET", "/me")).status_code == 401
    assert set(await remains.in_tables(database_urls.superuser, [ada.user["id"]])) == {"erasures"}
    await finish(UUID(ada.user["id"]))
    assert await remains.in_tables(database_urls.superuser, [ada.user["id"]]) == {}
