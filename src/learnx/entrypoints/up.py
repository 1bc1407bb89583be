"""Everything on one machine: bundled servers where no URL is given, migrations, API and worker, kept running."""

import asyncio
import os
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import msgspec

from learnx.bootstrap import migrate
from learnx.entrypoints.bundled import StackFailed, check_port, free_port
from learnx.entrypoints.data_folder import Held, Running, hold
from learnx.entrypoints.local_stack import Addresses, LocalServers, local_servers
from learnx.entrypoints.supervision import Child, Program, start, stop, supervise
from learnx.settings import Settings, signing_key

PROCESSES_STOP_WITHIN = 6.0
READY_WITHIN = 60.0
"""Seconds. With those of the servers, a stop stays below ten."""

Say = Callable[[str], None]


def run_up(settings: Settings, say: Say) -> None:
    """Serve until SIGTERM or Ctrl-C, then end all that was started. ``say`` gets the lines that are for people.

    Raises ``FolderInUse``, ``PortTaken``, ``StackFailed`` and ``Unavailable`` (migrations) where it can't start.
    """
    if settings.port:
        check_port(settings.host, settings.port)
    port = settings.port or free_port(settings.host)
    url = f"http://{settings.host}:{port}"
    stopping = _stop_signals()
    with hold(settings.data_dir, "up") as held:
        say(f"data in {held.folder}")
        settings = msgspec.structs.replace(settings, data_dir=held.folder, port=port)
        signing_key(settings)
        with running_stack(settings, held, url=url) as (servers, _):
            with _processes(settings, ("worker", "serve")) as processes:
                if _wait_until_ready(url, processes[-1], stopping):
                    say(f"ready {url}")
                supervise([*servers, *processes], stopping)
            say("stopped")


@contextmanager
def running_stack(
    settings: Settings, held: Held, *, url: str | None = None
) -> Iterator[tuple[tuple[Child, ...], Settings]]:
    """The servers that the settings leave embedded, announced and migrated, and the settings with their addresses."""
    wanted: AbstractContextManager[LocalServers] = nullcontext(LocalServers(Addresses(), ()))
    if settings.embedded:
        wanted = local_servers(held.folder, postgres=settings.database_url is None, valkey=settings.redis_url is None)
    with wanted as servers:
        complete = servers.addresses.within(settings)
        if complete.admin_url is not None:
            asyncio.run(migrate(complete.admin_url.reveal()))
        held.announce(Running(os.getpid(), "up" if url else "personalize", url, servers.addresses))
        yield servers.children, complete


def process(name: str, settings: Settings, *, log: Path | None = None) -> Program:
    """One of our own processes, seen as ``learnx <name>`` in ``ps``; it finds the servers through the data folder."""
    environment = {
        **os.environ,
        "LEARNX_DATA_DIR": str(settings.data_dir),
        "LEARNX_HOST": settings.host,
        "LEARNX_PORT": str(settings.port),
    }
    return Program(name, (_learnx(), name), log=log, environment=environment)


def _learnx() -> str:
    beside = shutil.which("learnx", path=str(Path(sys.executable).parent))
    return beside or str(Path(sys.argv[0]).resolve())


@contextmanager
def _processes(settings: Settings, names: tuple[str, ...]) -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        children.extend(start(process(name, settings)) for name in names)
        yield children
    finally:
        stop(children, within=PROCESSES_STOP_WITHIN)


def _stop_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _wait_until_ready(url: str, api: Child, stopping: threading.Event) -> bool:
    """False where we are asked to stop before. ``StackFailed`` where the API ends, or is not ready in time."""
    deadline = time.monotonic() + READY_WITHIN
    while not stopping.wait(0.05):
        if not api.alive:
            raise StackFailed("The API ended while it was starting; what it said stands above.")
        if time.monotonic() > deadline:
            raise StackFailed(f"The API was not ready within {READY_WITHIN:.0f} s; what it said stands above.")
        if _answers(f"{url}/health/ready"):
            return True
    return False


def _answers(url: str) -> bool:
    address = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
