"""A stack for one command: the running one of the data folder where there is one, else one that ends with it."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from learnx.entrypoints.data_folder import FolderInUse, attached, hold
from learnx.entrypoints.supervision import start, stop
from learnx.entrypoints.up import PROCESSES_STOP_WITHIN, process, running_stack
from learnx.settings import Settings, signing_key


@contextmanager
def private_stack(settings: Settings) -> Iterator[Settings]:
    """Settings with servers and a worker behind them."""
    try:
        with hold(settings.data_dir, "personalize") as held:
            settings = msgspec.structs.replace(settings, data_dir=held.folder)
            signing_key(settings)
            with running_stack(settings, held) as (_, complete):
                worker = start(process("worker", settings, log=held.folder / "logs" / "worker.log"))
                try:
                    yield complete
                finally:
                    stop([worker], within=PROCESSES_STOP_WITHIN)
    except FolderInUse as error:
        if error.running.command != "up":
            raise
        yield attached(msgspec.structs.replace(settings, data_dir=settings.data_dir.resolve()))
