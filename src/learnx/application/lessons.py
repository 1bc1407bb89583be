"""Stored lessons, and the streams of lessons that were or are being written."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from learnx.application.lesson_request import PrepareLesson
from learnx.application.ports.cache import Cache, file_tag
from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.generations import Generations, StreamPosition
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.paging import Page
from learnx.application.stored_replays import stored_replay
from learnx.domain.errors import Conflict, NotFound, Unavailable
from learnx.domain.identity import Principal
from learnx.domain.lessons import Lesson, LessonEvent, LessonOptions, Restarted, replay

LessonStream = AsyncGenerator[tuple[StreamPosition, LessonEvent], None]

#: The epoch of a stored lesson's replay; those of running generations count from 1.
REPLAY_EPOCH = 0


class StreamOver(Exception):
    """The reader has had the terminal event already."""


def placed(lesson: Lesson) -> list[tuple[StreamPosition, LessonEvent]]:
    """The replay of a stored lesson, each event with its place."""
    return _placed(lesson.generation_id, replay(lesson))


async def replayed(
    generation_id: UUID, events: Sequence[LessonEvent], *, after: int = 0, restart: str | None = None
) -> LessonStream:
    """``events`` are the whole replay of what this generation has stored."""
    if restart is not None:
        yield _at(generation_id, 0), Restarted(reason=restart)
    for place, event in _placed(generation_id, events)[after:]:
        yield place, event


def _placed(generation_id: UUID, events: Sequence[LessonEvent]) -> list[tuple[StreamPosition, LessonEvent]]:
    return [(_at(generation_id, seq), event) for seq, event in enumerate(events, start=1)]


def _at(generation_id: UUID, seq: int) -> StreamPosition:
    return StreamPosition(generation_id=generation_id, epoch=REPLAY_EPOCH, seq=seq)


@dataclass(frozen=True, slots=True)
class FollowGeneration:
    """The events of a generation after ``resume``: from its log while there is one, else from what it has stored."""

    database: Database
    generations: Generations

    async def __call__(
        self, principal: Principal, generation_id: UUID, *, resume: StreamPosition | None = None
    ) -> LessonStream:
        """Raises ``NotFound`` for an unknown generation, ``StreamOver`` for a reader who has had all; ``Unavailable``
        where its log can't be read now and nothing is stored."""
        if resume is not None and resume.generation_id != generation_id:
            raise NotFound("generation")
        unread: Unavailable | None = None
        if resume is None or resume.epoch != REPLAY_EPOCH:
            try:
                events = await self.generations.follow(principal.user_id, generation_id, after=resume)
                await self._check_not_deleted(principal, generation_id)
                if events is None:
                    raise StreamOver
                return events
            except NotFound:
                pass
            except Unavailable as error:
                unread = error
        stored = await self._stored(principal, generation_id)
        if stored is None:
            raise unread or NotFound("generation")
        if resume is None:
            return replayed(generation_id, stored)
        if resume.epoch != REPLAY_EPOCH:
            return replayed(generation_id, stored, restart="It is finished; here it is, as it is kept.")
        if resume.seq >= len(stored):
            raise StreamOver
        return replayed(generation_id, stored, after=resume.seq)

    async def _check_not_deleted(self, principal: Principal, generation_id: UUID) -> None:
        """A log outlives what was stored where that, or its file, is deleted."""
        ended = await self.generations.stored_of(principal.user_id, generation_id) is not None
        if ended and await self._stored(principal, generation_id) is None:
            raise NotFound("generation")

    async def _stored(self, principal: Principal, generation_id: UUID) -> Sequence[LessonEvent] | None:
        async with self.database.transaction(principal.user_id) as tx:
            return await stored_replay(tx, generation_id)


@dataclass(frozen=True, slots=True)
class _Currentness:
    """Finds out which stored lessons a request with the same options would give now."""

    database: Database
    model: LanguageModel
    embedder: Embedder

    async def __call__(self, owner: UUID, lessons: Sequence[tuple[Lesson, str]]) -> list[Lesson]:
        prepare = PrepareLesson(self.model, self.embedder)
        asked = {(lesson.file_id, lesson.options) for lesson, _ in lessons}
        focuses = {options: await prepare.focus(options) for _, options in asked}
        keys: dict[tuple[UUID, LessonOptions], str | None] = {}
        async with self.database.transaction(owner) as tx:
            for file_id, options in asked:
                try:
                    keys[file_id, options] = (await prepare(tx, file_id, options, focuses[options])).key
                except Conflict:
                    keys[file_id, options] = None
        return [
            msgspec.structs.replace(lesson, current=key == keys[lesson.file_id, lesson.options])
            for lesson, key in lessons
        ]


@dataclass(frozen=True, slots=True)
class GetLesson:
    database: Database
    model: LanguageModel
    embedder: Embedder

    async def __call__(self, principal: Principal, lesson_id: UUID) -> Lesson:
        async with self.database.transaction(principal.user_id) as tx:
            found = await tx.lessons.get(lesson_id)
        (lesson,) = await _Currentness(self.database, self.model, self.embedder)(principal.user_id, [found])
        return lesson


@dataclass(frozen=True, slots=True)
class ListLessons:
    """The stored lessons of a file, newest first."""

    database: Database
    model: LanguageModel
    embedder: Embedder

    async def __call__(self, principal: Principal, file_id: UUID, page: Page) -> list[Lesson]:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.files.get(file_id)
            found = await tx.lessons.page(file_id, page)
        return await _Currentness(self.database, self.model, self.embedder)(principal.user_id, found)


@dataclass(frozen=True, slots=True)
class DeleteLesson:
    database: Database
    cache: Cache

    async def __call__(self, principal: Principal, lesson_id: UUID) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            file_id = (await tx.lessons.get(lesson_id))[0].file_id
            await tx.lessons.delete(lesson_id)
            async with self.cache.changing(file_tag(principal.user_id, file_id)):
                await tx.commit()
