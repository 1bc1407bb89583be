"""A limit of time for others, which does not hold them to account for what this process was too busy to hear."""

import asyncio
from types import TracebackType

#: The share of the limit by which it is noticed too late where this process was busy with something else.
LATE = 0.25
#: As many times the limit is moved at most.
MOVES = 10


class Patience:
    """Around what is waited for: ``TimeoutError`` after so many seconds.

    Where the event loop stood still meanwhile, the answer may be there and unread: it has as long again, for as long as
    that goes on, and up to ``MOVES`` times.
    """

    __slots__ = ("_due", "_limit", "_loop", "_moves", "_seconds", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._moves = MOVES

    async def __aenter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = asyncio.timeout(None)
        await self._limit.__aenter__()
        self._wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        await self._limit.__aexit__(kind, error, trace)

    def _wait(self) -> None:
        self._due = self._loop.time() + self._seconds
        self._timer = self._loop.call_at(self._due, self._over)

    def _over(self) -> None:
        now = self._loop.time()
        if now - self._due > LATE * self._seconds and self._moves:
            self._moves -= 1
            self._wait()
        else:
            self._limit.reschedule(now)
