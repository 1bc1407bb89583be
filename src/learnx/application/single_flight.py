"""Many who want the same at once, and the one who gets it for all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    """At most one run of some work a key at a time, in this process.

    Whoever comes while one runs shares the next: what it gets was begun after it came, and so is no older than any
    write that it knows of. A run goes on when those who wait for it leave; they share its exception, too.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._next: dict[str, asyncio.Task[Any]] = {}

    async def __call__(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """The work behind one key must be the same, whoever asks for it."""
        running = self._running.get(key)
        if running is None:
            flight = self._running[key] = self._launched(key, work)
        elif key in self._next:
            flight = self._next[key]
        else:
            flight = self._next[key] = self._launched(key, work, after=running)
        result: T = await asyncio.shield(flight)
        return result

    def begin(self, key: str, work: Callable[[], Awaitable[object]]) -> None:
        """For what nobody waits for. While a run is under way nothing is begun."""
        if key not in self._running:
            self._running[key] = self._launched(key, work)

    async def aclose(self) -> None:
        """End what runs; nobody waits for it any more."""
        flights = [*self._running.values(), *self._next.values()]
        for flight in flights:
            flight.cancel()
        if flights:
            await asyncio.wait(flights)

    def _launched(
        self, key: str, work: Callable[[], Awaitable[T]], after: asyncio.Task[Any] | None = None
    ) -> asyncio.Task[T]:
        async def fly() -> T:
            if after is not None:
                await asyncio.wait([after])
            try:
                return await work()
            finally:
                self._landed(key)

        flight = asyncio.create_task(fly())
        flight.add_done_callback(_seen)
        return flight

    def _landed(self, key: str) -> None:
        if key in self._next:
            self._running[key] = self._next.pop(key)
        else:
            del self._running[key]


def _seen(flight: asyncio.Task[Any]) -> None:
    """Those who waited may all have left: then nobody else asks for its exception."""
    if not flight.cancelled():
        flight.exception()
