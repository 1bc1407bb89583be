"""Uploaded bytes in a bucket, so that any number of API and worker processes share them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import obstore
import structlog
from anyio import BrokenResourceError, create_memory_object_stream, open_file, to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from learnx.adapters.blob_store.content import PIECE_BYTES, Meter, check_key, in_pieces
from learnx.adapters.blob_store.s3_client import S3Client, S3Trouble
from learnx.adapters.blob_store.s3_links import S3Links
from learnx.adapters.blob_store.s3_unfinished import UnfinishedUploads
from learnx.application.ports.blob_store import StoredBlob
from learnx.domain.errors import NotFound, Unavailable

log = structlog.get_logger(__name__)

#: S3 takes no smaller part, but for the last one.
PART_BYTES = 5 * 1024 * 1024

#: Parts of one upload that are on their way at once; with the one that is gathered, what an upload costs in memory.
PARTS_AT_ONCE = 2

#: An empty piece says that the content is whole: a stream that is closed before was given up.
WHOLE = b""

CONNECT_WITHIN, ANSWER_WITHIN, RETRY_WITHIN = timedelta(seconds=5), timedelta(minutes=2), timedelta(seconds=10)


class GivenUp(Exception):
    """Raised inside of an upload, for the library to abort it and to remove its parts."""


class S3BlobStore:
    """A blob is an object below ``prefix`` in ``bucket``.

    Credentials, region and encryption are read from the usual variables (``AWS_ACCESS_KEY_ID``, ``AWS_REGION``,
    ``AWS_SERVER_SIDE_ENCRYPTION`` …). ``endpoint`` is the URL of a server that is not Amazon's; it is spoken to with
    the bucket in the path.
    """

    def __init__(self, bucket: str, prefix: str, *, endpoint: str | None, clock: Callable[[], datetime]) -> None:
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            config={"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else None,
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "connect_timeout": CONNECT_WITHIN,
                "timeout": ANSWER_WITHIN,
            },
            retry_config={"max_retries": 3, "retry_timeout": RETRY_WITHIN},
        )
        client = S3Client(endpoint)
        self._links = S3Links(bucket, prefix, client, clock)
        self._unfinished = UnfinishedUploads(bucket, prefix, client, clock)

    async def put(self, key: str, content: AsyncIterator[bytes], *, limit: int) -> StoredBlob:
        """The upload is a task of its own: cancelled, it would leave its parts in the bucket."""
        check_key(key)
        meter = Meter(limit)
        sender, receiver = create_memory_object_stream[bytes]()
        upload = asyncio.create_task(self._upload(key, receiver))
        kept = False
        try:
            with suppress(BrokenResourceError):  # the upload has failed, and tells why when it is awaited
                await _feed(sender, content, meter, limit)
            await asyncio.shield(upload)
            kept = True
        finally:
            if not kept:
                await asyncio.shield(self._undo(key, upload))
        return meter.result()

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        check_key(key)
        with _translated():
            if start == 0 and end is None:
                found = await obstore.get_async(self._store, key)
            else:
                # S3 refuses a range of nothing, or one that starts behind the end.
                size = (await obstore.head_async(self._store, key))["size"]
                stop = size if end is None else min(end, size)
                if start >= stop:
                    return
                found = await obstore.get_async(self._store, key, options={"range": (start, stop)})
            async for piece in found.stream(min_chunk_size=PIECE_BYTES):
                yield bytes(piece)

    async def download(self, key: str, path: Path) -> None:
        with _translated():
            async with await open_file(path, "wb") as file:
                async for piece in self.read(key):
                    await file.write(piece)

    async def delete(self, prefix: str) -> None:
        check_key(prefix)
        with _translated():
            if "/" not in prefix:  # of one blob nothing is under way any more when it is deleted
                await to_thread.run_sync(self._unfinished.abort, prefix)
            async for batch in obstore.list(self._store, prefix=prefix):
                await obstore.delete_async(self._store, [found["path"] for found in batch])
            await obstore.delete_async(self._store, prefix)

    async def remove_abandoned(self, *, older_than_seconds: float) -> None:
        """Remove the parts that a process which was killed in the middle of a ``put`` has left."""
        with _translated():
            await to_thread.run_sync(self._unfinished.abort, "", older_than_seconds)

    async def signed_link(self, key: str, *, filename: str, media_type: str, expires_at: datetime) -> str | None:
        """In a thread: the first one loads the library, and credentials may have to be fetched."""
        check_key(key)
        return await to_thread.run_sync(self._links.sign, key, filename, media_type, expires_at)

    async def _upload(self, key: str, pieces: MemoryObjectReceiveStream[bytes]) -> None:
        with pieces, _translated():
            await obstore.put_async(
                self._store, key, _until_whole(pieces), chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
            )

    async def _undo(self, key: str, upload: asyncio.Task[None]) -> None:
        """Wait until the upload has ended; where it was too late to give it up, remove what it has stored."""
        await asyncio.wait([upload])
        if upload.exception() is not None:
            return
        try:
            await self.delete(key)
        except Unavailable as error:
            log.warning("blobs.left_behind", key=key, reason=error.detail)


async def _feed(sender: MemoryObjectSendStream[bytes], content: AsyncIterator[bytes], meter: Meter, limit: int) -> None:
    with sender:
        async for piece in in_pieces(content, PART_BYTES, limit=limit):
            await to_thread.run_sync(meter.count, piece)
            await sender.send(piece)
        await sender.send(WHOLE)


async def _until_whole(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        if piece == WHOLE:
            return
        yield piece
    raise GivenUp


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise Unavailable("The storage has no such bucket.") from error
        raise NotFound("file") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise Unavailable("The storage does not accept our credentials.") from error
    except (BaseError, S3Trouble, OSError) as error:
        raise Unavailable("The storage can't be reached.") from error
