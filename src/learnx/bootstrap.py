"""The one place that names adapters, so that all else depends on ports alone: one factory a port.

Heavy vendors are imported inside their factory: what a process never asks for, it never loads.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from dishka import AsyncContainer, Provider, Scope, from_context, make_async_container, provide
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from saq import Queue
from uuid_utils.compat import uuid7

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.file_progress import RedisProgressFeed
from learnx.adapters.job_queue import PatientQueue, SaqJobQueue
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.file_progress import ProgressFeed
from learnx.application.ports.job_queue import JobQueue
from learnx.settings import Settings

#: Seconds that one command to Redis may take; a worker's blocking read ends by itself before its client gives up.
REDIS_TIMEOUT, BLOCKING_READ, BLOCKING_TIMEOUT = 2.0, 10.0, 15.0


class Sources(Provider):
    """Time and ids, which the inner layers take as arguments."""

    scope = Scope.APP

    @provide
    def clock(self) -> Callable[[], datetime]:
        return lambda: datetime.now(UTC)

    @provide
    def new_id(self) -> Callable[[], UUID]:
        return uuid7


class Transport(Provider):
    """What goes through Redis: nothing that would be missed after a restart of it."""

    scope = Scope.APP

    @provide
    async def redis(self, settings: Settings) -> AsyncIterator[Redis]:
        async with open_redis(settings, timeout=REDIS_TIMEOUT) as redis:
            yield redis

    @provide
    def job_queue(self, redis: Redis) -> JobQueue:
        return SaqJobQueue(PatientQueue(redis))

    @provide
    async def received_jobs(self, settings: Settings) -> AsyncIterator[Queue]:
        """The worker's end of the queue."""
        async with open_redis(settings, timeout=BLOCKING_TIMEOUT) as redis:
            yield PatientQueue(redis)

    @provide
    def progress_feed(self, redis: Redis) -> ProgressFeed:
        return RedisProgressFeed(redis)


class Documents(Provider):
    scope = Scope.APP

    @provide
    def blob_store(self, settings: Settings) -> BlobStore:
        return FileBlobStore(blob_folder(settings))

    @provide
    def embedder(self) -> Embedder:
        from learnx.adapters.embeddings import WordLlamaEmbedder

        return WordLlamaEmbedder()


class Environment(Provider):
    scope = Scope.APP
    settings = from_context(Settings)


def make_container(settings: Settings) -> AsyncContainer:
    """Everything a process needs, made at first use and closed by ``close()``."""
    return make_async_container(Environment(), Sources(), Transport(), Documents(), context={Settings: settings})


def open_redis(settings: Settings, *, timeout: float) -> Redis:
    """One retry, at once, for a connection that the server has closed meanwhile; beyond that, callers decide."""
    if settings.redis_url is None:
        raise ValueError("the address of Redis is not known yet")
    return Redis.from_url(
        settings.redis_url.reveal(),
        socket_timeout=timeout,
        socket_connect_timeout=REDIS_TIMEOUT,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )


def blob_folder(settings: Settings) -> Path:
    if settings.storage_url is None:
        return settings.data_dir / "blobs"
    return Path(unquote(urlsplit(settings.storage_url).path))


async def migrate(admin_url: str) -> None:
    """Bring the database to the newest revision; several at once wait for each other. Unreachable: ``Unavailable``."""
    from learnx.adapters.postgres.migration import migrate as upgrade

    await upgrade(admin_url)
