"""Watchers see what is published after they began, are told to look elsewhere in silence, and outlive Redis."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from learnx.adapters import file_progress
from learnx.adapters.file_progress import RedisProgressFeed
from learnx.domain.courses import FileError, FileProgress

pytestmark = pytest.mark.anyio

OWNER, FILE = uuid4(), uuid4()
EXTRACTING = FileProgress(status="processing", step="extract", progress=30, attempt=2, pages_done=7, pages_total=190)
FAILED = FileProgress(status="failed", progress=30, attempt=2, error=FileError(code="corrupt", detail="Open it."))


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def feed(redis: Redis) -> RedisProgressFeed:
    return RedisProgressFeed(redis)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_progress, "QUIET", 0.05)


async def seen(
    feed: RedisProgressFeed, owner: UUID, file: UUID, count: int, begun: asyncio.Event
) -> list[FileProgress]:
    found: list[FileProgress] = []
    watching = feed.watch(owner, file)
    async for progress in watching:
        begun.set()
        if progress is not None:
            found.append(progress)
        if len(found) == count:
            break
    await watching.aclose()
    return found


async def test_every_watcher_sees_what_is_published_once_it_has_begun(feed: RedisProgressFeed) -> None:
    events = [asyncio.Event(), asyncio.Event()]
    watchers = [asyncio.create_task(seen(feed, OWNER, FILE, 2, event)) for event in events]
    for event in events:
        await event.wait()
    await feed.publish(OWNER, FILE, EXTRACTING)
    await feed.publish(OWNER, FILE, FAILED)
    assert await asyncio.gather(*watchers) == [[EXTRACTING, FAILED]] * 2


async def test_other_files_and_other_owners_are_not_seen(feed: RedisProgressFeed) -> None:
    begun = asyncio.Event()
    watcher = asyncio.create_task(seen(feed, OWNER, FILE, 1, begun))
    await begun.wait()
    await feed.publish(OWNER, uuid4(), FAILED)
    await feed.publish(uuid4(), FILE, FAILED)
    await feed.publish(OWNER, FILE, EXTRACTING)
    assert await watcher == [EXTRACTING]


async def test_silence_is_none_again_and_again(feed: RedisProgressFeed) -> None:
    watching = feed.watch(OWNER, FILE)
    assert [await anext(watching) for _ in range(3)] == [None, None, None]
    await watching.aclose()


async def test_a_watcher_that_leaves_gives_its_subscription_back(feed: RedisProgressFeed, redis: Redis) -> None:
    watching = feed.watch(OWNER, FILE)
    await anext(watching)
    assert len(await redis.pubsub_channels()) == 1
    await watching.aclose()
    assert await redis.pubsub_channels() == []


async def test_a_watcher_whose_connection_is_cut_looks_elsewhere_and_then_sees_again(
    feed: RedisProgressFeed, redis: Redis
) -> None:
    watching = feed.watch(OWNER, FILE)
    await anext(watching)
    await redis.client_kill_filter(_type="pubsub")
    while not await redis.pubsub_channels():
        assert await anext(watching) is None
    await feed.publish(OWNER, FILE, EXTRACTING)
    while (progress := await anext(watching)) is None:
        pass
    assert progress == EXTRACTING
    await watching.aclose()


async def test_where_redis_is_down_publishing_warns_and_watching_says_look_elsewhere() -> None:
    feed = RedisProgressFeed(Redis.from_url("redis://127.0.0.1:1"))
    with capture_logs() as logs:
        await feed.publish(OWNER, FILE, EXTRACTING)
        watching = feed.watch(OWNER, FILE)
        assert [await anext(watching), await anext(watching)] == [None, None]
        await watching.aclose()
    assert {line["event"] for line in logs} == {"file_progress.publish_failed", "file_progress.watch_interrupted"}
