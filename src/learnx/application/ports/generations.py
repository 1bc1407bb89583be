"""Runs of a language model that no request owns: one is started, any number of readers follow it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Protocol
from uuid import UUID

from learnx.domain.lessons import LessonEvent
from learnx.domain.values import Value


class StreamPosition(Value):
    """A place in a generation's log; written ``<generationId>.<epoch>.<seq>`` on the wire. ``seq`` counts from 1."""

    generation_id: UUID
    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.generation_id}.{self.epoch}.{self.seq}"


class Generations(Protocol):
    """The running and recently ended generations, each with the log of its events.

    A generation goes on when its readers leave. Its source ends with a terminal event in every case.
    """

    async def start_or_join(
        self, owner: UUID, key: str, generation_id: UUID, source: Callable[[], AsyncIterator[LessonEvent]]
    ) -> UUID:
        """The id of the running generation with this key; where there is none, ``source`` becomes one."""
        ...

    async def follow(
        self, owner: UUID, generation_id: UUID, *, after: StreamPosition | None = None
    ) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None] | None:
        """The events after ``after`` (all of them by default) up to and with the terminal one; None where ``after`` is
        the terminal one. An unknown generation, another owner's, one whose log is gone, or a place that its log has not
        reached: ``NotFound``.
        """
        ...

    async def lesson_of(self, owner: UUID, generation_id: UUID) -> UUID | None:
        """The lesson that was stored, where there is a log and it ends in ``complete``."""
        ...

    async def aclose(self) -> None:
        """End what runs here: each open generation ends in a retryable ``error`` event."""
        ...
