"""The events of a generation's newest epoch in memory, for any number of readers."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import NamedTuple
from uuid import UUID

from learnx.application.ports.generations import StreamPosition
from learnx.domain.errors import NotFound, Unavailable
from learnx.domain.lessons import TERMINAL, LessonEvent, Restarted


class Place(NamedTuple):
    """Where a reader goes on: after ``seq`` in ``epoch``. ``anew`` tells that it has read nothing yet."""

    epoch: int
    seq: int
    anew: bool = False


class EventLog:
    """Events are numbered from 1 in each epoch; the first of a later epoch is ``Restarted``.

    ``readers`` counts those who read it at the moment; ``last_used`` is when one came or went (seconds, monotonic).
    """

    def __init__(self, owner: UUID, generation_id: UUID, *, epoch: int = 1, events: Iterable[LessonEvent] = ()) -> None:
        self.owner = owner
        self.generation_id = generation_id
        self.epoch = epoch
        self.events = list(events)
        self.readers = 0
        self.last_used = _now()
        self._lost: str | None = None
        self._changed = asyncio.Event()

    @property
    def over(self) -> bool:
        return bool(self.events) and isinstance(self.events[-1], TERMINAL)

    def extend(self, events: Iterable[LessonEvent]) -> None:
        self.events.extend(events)
        self._wake()

    def begin(self, epoch: int, events: Iterable[LessonEvent]) -> None:
        """Forget all and go on with a later epoch."""
        self.epoch, self.events = epoch, list(events)
        self._wake()

    def lose(self, detail: str) -> None:
        """Readers get ``Unavailable`` once they have read what is here."""
        self._lost = detail
        self._wake()

    def reaches(self, after: StreamPosition) -> bool:
        return (after.epoch, after.seq) <= (self.epoch, len(self.events)) or after.epoch < self.epoch

    async def reached(self, after: StreamPosition, *, within: float) -> bool:
        """Whether it reaches ``after`` within so many seconds."""
        try:
            async with asyncio.timeout(within):
                while not self.reaches(after):
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def place(self, after: StreamPosition | None) -> Place | None:
        """Where a reader of all up to ``after`` goes on; None where that was the end. Beyond the log: ``NotFound``."""
        self.last_used = _now()
        if after is None:
            return Place(self.epoch, 0, anew=True)
        if after.epoch < 1 or after.seq < 0 or not self.reaches(after):
            raise NotFound("generation")
        if self.over and (after.epoch, after.seq) == (self.epoch, len(self.events)):
            return None
        return Place(after.epoch, after.seq)

    async def read(self, place: Place) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None]:
        """From ``place`` to the terminal event. Whoever has read of an epoch that is over begins the newest one."""
        self.readers += 1
        epoch, seq, anew = place
        events = self.events if epoch == self.epoch else None
        try:
            while True:
                changed = self._changed
                if events is not self.events:
                    events, epoch, seq = self.events, self.epoch, 0
                while events is self.events and seq < len(events):
                    event = events[seq]
                    seq += 1
                    if anew and isinstance(event, Restarted):
                        continue
                    anew = False
                    yield StreamPosition(generation_id=self.generation_id, epoch=epoch, seq=seq), event
                if events is not self.events:
                    continue
                if self.over:
                    return
                if self._lost is not None:
                    raise Unavailable(self._lost)
                await changed.wait()
        finally:
            self.readers -= 1
            self.last_used = _now()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _now() -> float:
    return asyncio.get_running_loop().time()
