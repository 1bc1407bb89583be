"""A limit of time for others, which does not hold them to account for what this process was too busy to hear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: Seconds by which the limit is noticed too late where this process was busy with something else.
LATE = 0.03


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """``TimeoutError`` after so many seconds. Where the event loop stood still meanwhile, the answer may be there, and
    unread: it has as long again."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds

    async with asyncio.timeout(None) as limit:

        def over() -> None:
            now = loop.time()
            limit.reschedule(now + seconds if now - due > LATE else now)

        timer = loop.call_at(due, over)
        try:
            yield
        finally:
            timer.cancel()
