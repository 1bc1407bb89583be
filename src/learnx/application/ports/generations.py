"""Runs of a language model that no request owns: one is started, any number of readers follow it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol
from uuid import UUID

from learnx.domain.generations import Job
from learnx.domain.lessons import LessonEvent
from learnx.domain.values import Value


class StreamPosition(Value):
    """A place in a generation's log; written ``<generationId>.<epoch>.<seq>`` on the wire. Both count from 1."""

    generation_id: UUID
    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.generation_id}.{self.epoch}.{self.seq}"


HANDED_OVER = "handed over"
"""The message a writer is cancelled with where another one goes on with its job, and pays for it."""

Write = Callable[[Job], AsyncGenerator[LessonEvent, None]]
"""Writes what a job asks for. It ends with a terminal event, or is cancelled; ``Restarted`` begins a new epoch."""


class Generations(Protocol):
    """The running and recently ended generations, each with the log of its events.

    A generation goes on when its readers leave. An implementation is given a ``Write``, and how long it is to go on
    without readers.
    """

    async def start_or_join(self, job: Job, admit: Callable[[], Awaitable[None]]) -> UUID:
        """The id of the running generation with this owner and key; where there is none, ``job`` becomes one.

        ``admit`` is awaited before anything is written, by the one who starts it. What it raises is raised here, and no
        generation exists then; whoever waited to join it tries to start one.
        """
        ...

    async def follow(
        self, owner: UUID, generation_id: UUID, *, after: StreamPosition | None = None
    ) -> AsyncGenerator[tuple[StreamPosition, LessonEvent], None] | None:
        """The events after ``after`` (all of the newest epoch by default) up to and with the terminal one; None where
        ``after`` is the terminal one. A place in an epoch that is over: ``Restarted``, then all of the newest epoch.

        An unknown generation, another owner's, one whose log is gone, or a place that its log has not reached:
        ``NotFound``. The log can't be read now: ``Unavailable``, here or while it is followed.
        """
        ...

    async def stored_of(self, owner: UUID, generation_id: UUID) -> UUID | None:
        """The lesson, answer or summary that was stored, where there is a log and it ends in ``complete``."""
        ...

    async def running(self, owner: UUID) -> list[Job]:
        """The owner's, newest first."""
        ...

    async def stop(self, owner: UUID, generation_id: UUID) -> None:
        """End it at once, in ``error`` with ``CANCELLED``. Unknown, another owner's or over: ``NotFound``."""
        ...

    async def aclose(self) -> None:
        """End what runs here. Where others can go on with it, it is handed over; else each open generation ends in a
        retryable ``error`` event."""
        ...
