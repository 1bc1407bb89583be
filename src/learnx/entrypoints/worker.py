"""The process that turns uploads into searchable chunks, and brings back every job that was lost on the way."""

import asyncio
import os
import shutil
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import msgspec
import structlog

from learnx.application.erasure import FinishErasures
from learnx.application.ingestion import OfferDueJobs, ProcessFile, WorkFolder
from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.extraction import Extractor
from learnx.application.ports.job_queue import JobReceiver
from learnx.bootstrap import make_container
from learnx.domain.errors import Unavailable
from learnx.observability import configure_logging
from learnx.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds between two looks for due jobs; where Postgres is down, up to the second.
RECONCILE_EVERY, LONGEST_PAUSE = 2.0, 15.0

#: Seconds between two looks for erasures that were interrupted.
FINISH_EVERY = 20.0

#: A run takes minutes at most: a copy that is older (seconds) was left by a worker that was killed.
STALE_COPY = 3_600.0


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what is being processed then is given back, for another worker to begin anew."""
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(work(msgspec.structs.replace(settings, database_url=settings.worker_url)))


async def work(settings: Settings) -> None:
    """``settings.database_url`` is the worker's role."""
    stop = stopped_by_signal()
    container = make_container(settings)
    try:
        prepare_folder(await container.get(WorkFolder))
        await container.get(Extractor)
        await (await container.get(Embedder)).embed(["warm"])
        process, offer = await container.get(ProcessFile), await container.get(OfferDueJobs)
        finish, receiver = await container.get(FinishErasures), await container.get(JobReceiver)
        name = f"{socket.gethostname()}:{os.getpid()}"

        async def handle(owner: UUID, job: UUID) -> None:
            await process(owner, job, worker=name)

        log.info("worker.started", worker=name, concurrency=settings.worker_concurrency)
        await until(
            stop,
            receiver.receive(handle),
            again_and_again(offer, RECONCILE_EVERY),
            again_and_again(finish, FINISH_EVERY),
        )
        log.info("worker.stopped", worker=name)
    finally:
        await container.close()


async def again_and_again(look: Callable[[], Awaitable[object]], every: float) -> NoReturn:
    """For due jobs, and for what was interrupted; less often while Postgres is down."""
    pause = every
    while True:
        try:
            await look()
            pause = every
        except Unavailable as error:
            pause = max(every, min(2 * pause, LONGEST_PAUSE))
            log.warning("worker.database_unavailable", reason=error.detail, retry_in_seconds=pause)
        await asyncio.sleep(pause)


async def until(stop: asyncio.Event, *endless: Coroutine[Any, Any, None]) -> None:
    """Run what never ends by itself until ``stop`` is set. An error in any of it ends all, and is raised."""
    waiting = asyncio.create_task(stop.wait())
    tasks = [asyncio.create_task(work) for work in endless]
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *tasks):
        task.cancel()
    await asyncio.wait([waiting, *tasks])
    for task in done - {waiting}:
        task.result()


def stopped_by_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def prepare_folder(folder: Path) -> None:
    """Documents are private, and what a killed worker has left of them is removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in folder.iterdir():
        if path.stat().st_mtime < time.time() - STALE_COPY:
            shutil.rmtree(path)
