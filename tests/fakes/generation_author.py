"""Jobs and a writer that writes what a test tells it, when it tells it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from learnx.domain.generations import Job, LessonJob
from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import (
    TERMINAL,
    Completed,
    Delta,
    GroundingCounts,
    LessonEvent,
    LessonOptions,
    SentenceRetracted,
)

OWNER = uuid4()
END = Completed(lesson_id=uuid4(), grounding=GroundingCounts(sourced=1), word_count=3)


def job(key: str = "key", owner: UUID = OWNER) -> LessonJob:
    return LessonJob(
        generation_id=uuid4(),
        lesson_id=uuid4(),
        owner=owner,
        key=key,
        lesson_key=key,
        started_at=datetime.now(UTC),
        file_id=uuid4(),
        file_sha256="0" * 64,
        file_title="Anatomy",
        language="en",
        options=LessonOptions(),
        persona=None,
        persona_version=None,
        plan=LessonPlan(sections=(), chunk_ids=(uuid4(),)),
        model="offline",
    )


def delta(text: str, sentence: str = "s1.1") -> Delta:
    return Delta(section_id="s1", sentence_id=sentence, text=text)


def mark(text: str) -> SentenceRetracted:
    """An event that is never merged with another."""
    return SentenceRetracted(section_id="s1", sentence_id="s1.1", reason=text)


class Author:
    """The ``write`` of one server: each of its runs writes ``script`` and then what ``write`` gives it."""

    def __init__(self, *script: LessonEvent | Exception, pause: float = 0.0) -> None:
        self.script = script
        self.pause = pause
        self.pieces: asyncio.Queue[LessonEvent | Exception] = asyncio.Queue()
        self.jobs: list[Job] = []
        self.written = asyncio.Event()
        self.closed = asyncio.Event()

    async def __call__(self, job: Job) -> AsyncIterator[LessonEvent]:
        self.jobs.append(job)
        try:
            for piece in self.script:
                await asyncio.sleep(self.pause)
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                if isinstance(piece, TERMINAL):
                    return
            self.written.set()
            while True:
                piece = await self.pieces.get()
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                if isinstance(piece, TERMINAL):
                    return
        finally:
            self.closed.set()

    def write(self, *pieces: LessonEvent | Exception) -> None:
        for piece in pieces:
            self.pieces.put_nowait(piece)


async def admitted() -> None:
    """Nothing stands against it."""


def refused(error: Exception) -> Callable[[], Awaitable[None]]:
    async def refuse() -> None:
        raise error

    return refuse
