"""Lets one caller of a key do the work that all of them wait for, whoever of them goes away meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


class SingleFlight(Generic[Key, Result]):
    def __init__(self) -> None:
        self._flights: dict[Key, asyncio.Task[Result]] = {}

    async def __call__(
        self,
        key: Key,
        found: Callable[[], Result | None],
        make: Callable[[], Coroutine[Any, Any, Result]],
    ) -> Result:
        """What is ``found``, else what the one who makes it gets. Where that one fails, the next makes its own; its
        failure is raised to itself alone. Being cancelled ends nobody's work."""
        while True:
            result = found()
            if result is not None:
                return result
            flight = self._flights.get(key)
            if flight is None:
                break
            with suppress(Exception):
                return await asyncio.shield(flight)
        flight = self._flights[key] = asyncio.create_task(make())
        flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    def _landed(self, key: Key, flight: asyncio.Task[Result]) -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            flight.exception()  # its caller may be gone

    async def aclose(self, *, within: float) -> None:
        """Waits so many seconds for what is under way."""
        if self._flights:
            await asyncio.wait(self._flights.values(), timeout=within)
