"""Where everything is kept: Postgres, and the store of original files."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn, Protocol
from urllib.parse import unquote, urlsplit

import structlog
from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.due_jobs import PostgresDueJobs
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.stored_vectors import PostgresStoredVectors
from learnx.application.ports.accounts import Accounts
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.database import Database
from learnx.application.ports.due_jobs import DueJobs
from learnx.application.ports.stored_vectors import StoredVectors
from learnx.domain.errors import Unavailable
from learnx.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds after which what a killed process was writing is nobody's any more.
ABANDONED_AFTER = 3_700.0
#: Seconds between two looks for that.
TIDY_EVERY = 900.0


class Storage(Provider):
    scope = Scope.APP

    @provide
    async def engine(self, settings: Settings) -> AsyncIterator[AsyncEngine]:
        if settings.database_url is None:
            raise ValueError("the address of Postgres is not known yet")
        engine = open_engine(settings.database_url.reveal())
        yield engine
        await engine.dispose()

    @provide
    def database(self, engine: AsyncEngine) -> Database:
        return PostgresDatabase(engine)

    @provide
    def accounts(self, engine: AsyncEngine) -> Accounts:
        return PostgresAccounts(engine)

    @provide
    def due_jobs(self, engine: AsyncEngine) -> DueJobs:
        return PostgresDueJobs(engine)

    @provide
    def stored_vectors(self, engine: AsyncEngine) -> StoredVectors:
        return PostgresStoredVectors(engine)

    @provide
    async def blob_store(self, settings: Settings, clock: Callable[[], datetime]) -> AsyncIterator[BlobStore]:
        """Looked after as long as it is used: what killed processes leave is removed."""
        store = _configured(settings, clock)
        tidying = asyncio.create_task(_tidied(store))
        yield store
        tidying.cancel()
        await asyncio.wait([tidying])


class TidyStore(BlobStore, Protocol):
    async def remove_abandoned(self, *, older_than_seconds: float) -> None: ...


def _configured(settings: Settings, clock: Callable[[], datetime]) -> TidyStore:
    url = urlsplit(settings.storage_url or "")
    if url.scheme == "s3":
        from learnx.adapters.blob_store.s3 import S3BlobStore

        return S3BlobStore(url.netloc, url.path.strip("/"), endpoint=settings.s3_endpoint, clock=clock)
    return FileBlobStore(Path(unquote(url.path)) if url.scheme == "file" else settings.data_dir / "blobs")


async def _tidied(store: TidyStore) -> NoReturn:
    while True:
        try:
            await store.remove_abandoned(older_than_seconds=ABANDONED_AFTER)
        except Unavailable as error:
            log.warning("blobs.not_tidied", reason=error.detail)
        await asyncio.sleep(TIDY_EVERY)
