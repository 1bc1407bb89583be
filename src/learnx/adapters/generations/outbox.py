"""What a run has written and nobody has got yet; pieces of a sentence are merged, so that many readers cost little."""

import asyncio
from collections.abc import Iterable

import msgspec

from learnx.domain.lessons import TERMINAL, Delta, LessonEvent, Restarted


def merged(events: Iterable[LessonEvent]) -> list[LessonEvent]:
    """The same events, with neighbouring ``Delta``s of one sentence as one."""
    result: list[LessonEvent] = []
    for event in events:
        last = result[-1] if result else None
        if isinstance(event, Delta) and isinstance(last, Delta) and event.sentence_id == last.sentence_id:
            result[-1] = msgspec.structs.replace(last, text=last.text + event.text)
        else:
            result.append(event)
    return result


class Outbox:
    """A queue of events that ends with a terminal one.

    ``Delta``s wait until ``coalesce_seconds`` have passed since the last one was taken; everything else is to go at
    once, with the ``Delta``s before it.
    """

    def __init__(self, *, coalesce_seconds: float) -> None:
        self._coalesce_seconds = coalesce_seconds
        self._waiting: list[LessonEvent] = []
        self._put = asyncio.Event()
        self._urgent = asyncio.Event()
        self._next_delta_at = 0.0
        self.closed = False

    def put(self, event: LessonEvent) -> None:
        """What comes after a terminal event is left out; ``Restarted`` voids what was not taken yet."""
        if self.closed:
            return
        if isinstance(event, Restarted):
            self._waiting.clear()
        self._waiting.append(event)
        self._put.set()
        if not isinstance(event, Delta):
            self._urgent.set()
        self.closed = isinstance(event, TERMINAL)

    async def take(self) -> list[LessonEvent]:
        """All that waits, at least one event; ``Restarted`` can only be the first."""
        await self._put.wait()
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout_at(self._next_delta_at):
                await self._urgent.wait()
        except TimeoutError:
            pass
        taken = merged(self._waiting)
        self._waiting.clear()
        self._put.clear()
        self._urgent.clear()
        if any(isinstance(event, Delta) for event in taken):
            self._next_delta_at = clock() + self._coalesce_seconds
        return taken
