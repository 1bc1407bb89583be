"""Reindexing as a command: how far it is on standard error, and at the end what it did."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from learnx.application.reindexing import Reindex, Reindexed
from learnx.bootstrap import make_container
from learnx.settings import Settings

#: Seconds between two lines of progress.
EVERY = 2.0


def run_reindex(
    settings: Settings, *, finish: bool, say: Callable[[str], object], progress: Callable[[str], object]
) -> None:
    """With the worker's role; ``say`` hears what was done, ``progress`` meanwhile how far it is."""
    done = asyncio.run(_reindex(settings, finish=finish, progress=progress))
    if done.embedded == 0:
        say(f"every chunk has a vector of {done.model} already")
    else:
        say(f"{done.embedded:,} chunks were given a vector of {done.model}")
    if finish:
        say(f"{done.dropped:,} vectors of other models were dropped")


async def _reindex(settings: Settings, *, finish: bool, progress: Callable[[str], object]) -> Reindexed:
    container = make_container(msgspec.structs.replace(settings, database_url=settings.worker_url))
    shown = time.monotonic() - EVERY

    def show(done: int, total: int) -> None:
        nonlocal shown
        if done == total or time.monotonic() - shown >= EVERY:
            shown = time.monotonic()
            progress(f"{done:,} of {total:,} chunks")

    try:
        return await (await container.get(Reindex))(finish=finish, progress=show)
    finally:
        await container.close()
