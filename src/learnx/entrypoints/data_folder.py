"""One data folder has one owner at a time: its lock names what runs there, and lets others attach to its servers."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from learnx.entrypoints.local_stack import Addresses, open_folder
from learnx.settings import Settings

PATIENCE = 30.0
"""Seconds that an attaching process waits for servers that are just being started."""


class Running(msgspec.Struct, frozen=True):
    """What holds a folder; ``url`` and ``addresses`` follow as soon as they are known."""

    pid: int
    command: str
    url: str | None = None
    addresses: Addresses | None = None


class FolderInUse(Exception):
    """Another process holds the folder."""

    def __init__(self, folder: Path, running: Running) -> None:
        where = f" at {running.url}" if running.url else ""
        super().__init__(f"learnx {running.command} already runs on {folder}{where} (pid {running.pid}).")
        self.running = running


class NothingRuns(Exception):
    """Embedded servers are asked for, and none run on the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"No servers run on {folder}: start them with `learnx up` on the same folder, "
            "or set LEARNX_DATABASE_URL and LEARNX_REDIS_URL."
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A folder that is ours until this process ends or lets go."""

    folder: Path
    descriptor: int

    def announce(self, running: Running) -> None:
        content = msgspec.json.encode(running)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, content, 0)


@contextmanager
def hold(folder: Path, command: str) -> Iterator[Held]:
    """Own the folder, made where it is missing. Held by another: ``FolderInUse``.

    The kernel releases the lock when we end, however we end, so that what a killed process left is never in the way.
    """
    folder = open_folder(folder)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, folder)
        held = Held(folder, descriptor)
        held.announce(Running(os.getpid(), command))
        yield held
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def who_runs(folder: Path) -> Running | None:
    """What holds the folder now; None where nothing does."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def attached(settings: Settings) -> Settings:
    """The settings with the addresses of the servers that run on the data folder, where they leave some embedded.

    ``NothingRuns`` where there are none.
    """
    if not settings.embedded:
        return settings
    deadline = time.monotonic() + PATIENCE
    while (running := who_runs(settings.data_dir)) is not None and time.monotonic() < deadline:
        if running.addresses is not None:
            return running.addresses.within(settings)
        time.sleep(0.1)
    raise NothingRuns(settings.data_dir.resolve())


def _lock(descriptor: int, folder: Path) -> None:
    # Those who only look hold a shared lock for an instant: hence more than one try.
    for pause in (0.05, 0.1, 0.2, None):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if pause is None:
                raise FolderInUse(folder, _read(descriptor)) from None
            time.sleep(pause)


def _read(descriptor: int) -> Running:
    """What its owner wrote; for an instant, while it is written, that may be nothing whole."""
    for _ in range(20):
        try:
            return msgspec.json.decode(os.pread(descriptor, 65536, 0), type=Running)
        except msgspec.DecodeError:
            time.sleep(0.02)
    return Running(pid=0, command="(unknown)")
