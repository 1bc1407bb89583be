"""Uploaded bytes on a filesystem, so that LearnX needs no object store on one machine."""

import errno
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import BinaryIO, TypeVar
from uuid import uuid4

from anyio import to_thread

from learnx.adapters.blob_store.content import PIECE_BYTES, Meter, check_key, in_pieces
from learnx.application.ports.blob_store import StoredBlob
from learnx.domain.errors import NotFound, Unavailable

T = TypeVar("T")

INCOMING = ".incoming"

#: How often something is tried that others may undo meanwhile: a folder is emptied, and another blob comes into it.
TRIES = 5


class FileBlobStore:
    """A blob is a file below ``root``; one that is being written lies in ``root/.incoming`` until it is whole."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, content: AsyncIterator[bytes], *, limit: int) -> StoredBlob:
        incoming = Incoming(self._root / INCOMING / uuid4().hex, self._path(key))
        meter = Meter(limit)
        kept = False
        try:
            await _in_thread(incoming.open)
            async for piece in in_pieces(content, limit=limit):
                await _in_thread(incoming.write, meter, piece)
            await _in_thread(incoming.keep)
            kept = True
        finally:
            if not kept:
                incoming.discard()
        return meter.result()

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        file = await _in_thread(_open_at, self._path(key), start)
        try:
            left = None if end is None else max(0, end - start)
            while piece := await _in_thread(file.read, PIECE_BYTES if left is None else min(PIECE_BYTES, left)):
                yield piece
                left = None if left is None else left - len(piece)
        finally:
            file.close()

    async def download(self, key: str, path: Path) -> None:
        await _in_thread(shutil.copyfile, self._path(key), path)

    async def delete(self, prefix: str) -> None:
        await _in_thread(_remove, self._path(prefix), self._root)

    async def signed_link(self, key: str, *, filename: str, media_type: str, expires_at: datetime) -> str | None:
        return None

    async def remove_abandoned(self, *, older_than_seconds: float) -> None:
        """Remove what a process that was killed in the middle of a ``put`` has left."""
        await _in_thread(_remove_older, self._root / INCOMING, time.time() - older_than_seconds)

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)


class Incoming:
    """A blob that is not whole yet.

    The lock is there for cancellation: a thread can't be interrupted, so ``discard`` waits for the one step that may
    still be running and undoes it.
    """

    def __init__(self, path: Path, target: Path) -> None:
        self._path = path
        self._target = target
        self._lock = Lock()
        self._file: BinaryIO | None = None
        self._kept = False
        self._discarded = False

    def open(self) -> None:
        with self._lock:
            if self._discarded:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb", buffering=0)

    def write(self, meter: Meter, piece: bytes) -> None:
        meter.count(piece)
        with self._lock:
            if self._file is not None and not self._discarded:
                self._file.write(piece)

    def keep(self) -> None:
        with self._lock:
            if self._file is None or self._discarded:
                return
            os.fsync(self._file.fileno())
            self._file.close()
            self._place()
            self._kept = True
            _sync_folder(self._target.parent)

    def _place(self) -> None:
        for attempt in range(TRIES):
            self._target.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._path.replace(self._target)
                return
            except FileNotFoundError:  # the folder was empty, and so was removed
                if attempt == TRIES - 1:
                    raise

    def discard(self) -> None:
        with self._lock:
            self._discarded = True
            if self._file is not None:
                self._file.close()
                (self._target if self._kept else self._path).unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    """A rename is durable only once its folder is."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_at(path: Path, start: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start)
    return file


def _remove(path: Path, root: Path) -> None:
    """With the folders that are empty then: their names tell who was here."""
    for attempt in range(TRIES):
        try:
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            break
        except OSError:  # something came into it, or went, while it was emptied
            if attempt == TRIES - 1:
                raise
    for folder in path.parents:
        if folder == root or not folder.is_relative_to(root):
            break
        try:
            folder.rmdir()
        except OSError:
            break  # it is not empty


def _remove_older(folder: Path, than: float) -> None:
    for path in folder.glob("*"):
        try:
            if path.stat().st_mtime < than:
                path.unlink()
        except FileNotFoundError:
            continue  # it has just become whole, or was given up


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("file") from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("The storage is full." if full else "The storage can't be reached.") from error


async def _in_thread(call: Callable[..., T], *arguments: object) -> T:
    with _translated():
        return await to_thread.run_sync(call, *arguments)
