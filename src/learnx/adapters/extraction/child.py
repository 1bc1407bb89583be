"""What a child does with its one document: confine itself, read, answer, end."""

import mmap
import os
import socket
import time
import traceback
from collections.abc import Callable

from learnx.adapters.extraction import confinement, readers
from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.messages import Extracted, Failed, Limits, Order, PagesDone, send
from learnx.domain.documents import Document
from learnx.domain.errors import ProcessingFailed

#: Seconds between two reports of progress.
_REPORT_EVERY = 0.1


def warm_up() -> None:
    """Imports, before the first fork, what nearly every document needs."""
    readers.warm_up()


def run(document: int, connection: socket.socket, order: Order) -> None:
    """Answers with ``Extracted`` or ``Failed``; a child that is killed, or crashes, answers nothing."""
    confinement.confine(order.limits.memory_bytes, order.limits.seconds)
    try:
        send(connection, Extracted(document=_read(document, connection, order)))
    except ProcessingFailed as refused:
        send(connection, Failed(code=refused.code, detail=refused.detail))
    except (MemoryError, RecursionError):
        too_complex = failure("too_complex")
        send(connection, Failed(code=too_complex.code, detail=too_complex.detail))
    except Exception as error:
        internal = failure("internal")
        frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        trace = f"{type(error).__name__} in {' > '.join(frames)}"
        send(connection, Failed(code=internal.code, detail=internal.detail, trace=trace))


def _read(document: int, connection: socket.socket, order: Order) -> Document:
    size = os.fstat(document).st_size
    data: bytes | mmap.mmap = mmap.mmap(document, size, access=mmap.ACCESS_COPY) if size else b""
    return readers.read(
        data,
        filename=order.filename,
        password=order.password,
        pdf_engine=order.pdf_engine,
        on_pages=_reporter(connection, order.limits),
    )


def _reporter(connection: socket.socket, limits: Limits) -> Callable[[int, int], None]:
    """Reports the number of pages at once, since it sets the time limit; then now and then."""
    last: float | None = None

    def report(done: int, total: int) -> None:
        nonlocal last
        if total > limits.pages:
            raise failure("too_large")
        now = time.monotonic()
        if last is None:
            confinement.limit_cpu(limits.time_for(total))
        if last is None or done == total or now - last >= _REPORT_EVERY:
            last = now
            send(connection, PagesDone(done=done, total=total))

    return report
