"""What leads to somebody's things outside of Postgres names its owner, and leads nowhere with the name of another.

| name | scoped by |
| --- | --- |
| queued message, its job | owner and file in the message; the job is claimed as that owner |
| download link | owner and file, signed; the file is looked up as that owner |
| stream ticket | user, session, path and query, signed with another key |
| bytes of a document | ``<owner>/<file>`` |
| generation | its id is random; the owner is in its hash, and compared by every call |
| entry of the cache, its tags, live progress, limits | the owner's id in the key |
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from dishka import AsyncContainer
from redis.asyncio import Redis
from tests.entrypoints.http.conftest import Learner, ada, app, client, container, eve, settings
from tests.security.whole_library import whole_library

from learnx.application.ingestion import ProcessFile
from learnx.application.ports.file_progress import ProgressFeed
from learnx.application.ports.generations import Generations
from learnx.application.ports.tokens import LinkSigner
from learnx.application.stream_tickets import IssueTicket
from learnx.domain.courses import FileProgress
from learnx.domain.errors import NotFound
from learnx.domain.identity import Principal
from learnx.settings import Settings

pytestmark = pytest.mark.anyio
__all__ = ["ada", "app", "client", "container", "eve", "settings"]

#: Keys of Redis that name no owner, and why they need none.
NOBODYS = {
    r"learnx:generation:[0-9a-f-]{36}(:log)?": "by a random id; the owner is in the hash, which every call compares",
    r"learnx:generations(:born)?": "ids of what runs, for the upkeep",
    r"learnx:limits:\{[0-9a-f]{32}\}:(login|register|refresh|verification|reset)[a-z-]*": "of strangers: keyed hashes",
    r"learnx:cache:tag:everything": "what voids the cache as a whole",
    r"saq:[^:]*:(queued|active|incomplete|stats.*|schedule|sweep|worker.*)": "ids of messages, each with its owner",
}


def owner_of(learner: Learner) -> UUID:
    return UUID(learner.user["id"])


async def test_a_message_with_another_owner_processes_nothing(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    file = await ada.upload()
    process: Callable[..., Awaitable[None]] = await container.get(ProcessFile)
    await process(owner_of(eve), UUID(file["id"]), worker="w")
    told = await ada.made("GET", f"/files/{file['id']}")
    assert (told["status"], told["attempt"]) == ("pending", file["attempt"])


async def test_a_link_leads_to_a_file_of_its_owner_alone(ada: Learner, eve: Learner, container: AsyncContainer) -> None:
    file = await ada.upload()
    links, issue = await container.get(LinkSigner), await container.get(IssueTicket)

    async def status(token: str) -> int:
        return (await ada.client.get(f"/api/v1/blobs/{token}")).status_code

    def signed(owner: Learner) -> str:
        return links.sign({"owner": str(owner_of(owner)), "file": file["id"]}, lifetime_seconds=60)

    assert await status(signed(ada)) == 200
    assert await status(signed(eve)) == 404
    ticket = issue(Principal(user_id=owner_of(ada)), f"/api/v1/files/{file['id']}/events", "").ticket
    assert await status(ticket) == 404


async def test_progress_is_told_to_the_owner_alone(ada: Learner, eve: Learner, container: AsyncContainer) -> None:
    feed, file = await container.get(ProgressFeed), UUID(int=7)
    theirs, own = (FileProgress(status="processing", progress=number, attempt=1) for number in (66, 7))
    watched = feed.watch(owner_of(ada), file)
    assert await anext(watched) is None
    await feed.publish(owner_of(eve), file, theirs)
    await feed.publish(owner_of(ada), file, own)
    told = None
    while told is None:
        told = await anext(watched)
    assert told == own
    await watched.aclose()


async def test_every_key_and_every_object_of_a_library_names_its_owner(
    ada: Learner, eve: Learner, container: AsyncContainer, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    library = await whole_library(ada, container)
    for path in (f"/lessons/{library.ids['lessonId']}", "/courses", "/persona", "/me"):
        assert (await ada("GET", path)).status_code == 200
    owner = str(owner_of(ada))
    async with Redis.from_url(redis_url) as redis:
        keys = [key.decode() async for key in redis.scan_iter(count=1000)]
    unnamed = {key for key in keys if owner not in key and str(owner_of(eve)) not in key}
    assert {key for key in unnamed if not any(re.fullmatch(known, key) for known in NOBODYS)} == set()
    assert any(owner in key for key in keys)
    objects = [path for path in tmp_path.rglob("*") if path.is_file() and library.ids["fileId"] in str(path)]
    assert objects
    assert all(owner in str(path.relative_to(tmp_path)) for path in objects)
    generations = await container.get(Generations)
    lesson = await ada.made("GET", f"/lessons/{library.ids['lessonId']}")
    generation = UUID(lesson["generationId"])
    assert await generations.stored_of(owner_of(eve), generation) is None
    with pytest.raises(NotFound):
        await generations.stop(owner_of(eve), generation)
