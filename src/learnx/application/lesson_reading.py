"""The hot reading path: a lesson that was read before is read again without Postgres, and never when it is stale."""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec
import structlog

from learnx.application.idempotency import Once
from learnx.application.identity import CheckAccount
from learnx.application.lesson_request import PrepareLesson
from learnx.application.lessons import GetLesson, LessonStream
from learnx.application.personalization import PersonalizeFile
from learnx.application.ports.cache import Cache, Entry, Snapshot, course_tag, file_tag, persona_tag, user_tag
from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.generations import StreamPosition
from learnx.application.ports.llm import LanguageModel
from learnx.application.reads import LessonReads
from learnx.application.single_flight import SingleFlight
from learnx.domain.activity import Activity
from learnx.domain.errors import LearnXError
from learnx.domain.identity import Principal
from learnx.domain.lessons import Completed, Lesson, LessonOptions
from learnx.domain.prompts import PROMPT_VERSION
from learnx.domain.rate_limits import Draw, Standing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LessonCache:
    """What of a lesson is kept, under which keys and tags. What is configured is part of the key."""

    cache: Cache
    database: Database
    model: LanguageModel
    embedder: Embedder
    flights: SingleFlight

    def key(self, owner: UUID, kind: str, what: str) -> str:
        configured = f"{self.model.name}:{self.model.context_tokens}:{self.embedder.model}:{PROMPT_VERSION}"
        return f"{kind}:{owner}:{what}:{configured}"

    async def snapshot(self, owner: UUID, file_id: UUID) -> Snapshot | None:
        """Of all that a lesson of this file depends on. Where the file is moved meanwhile, its own tag changes."""
        first = await self.cache.snapshot([user_tag(owner), persona_tag(owner), file_tag(owner, file_id)])
        if first is None:
            return None
        async with self.database.transaction(owner) as tx:
            course = (await tx.files.get(file_id)).course_id
        second = await self.cache.snapshot([course_tag(owner, course)])
        return None if second is None else {**second, **first}


@dataclass(frozen=True, slots=True)
class ReadLesson:
    """A stored lesson in the form in which it leaves. The account is checked where the cache does not know it."""

    lessons: LessonCache
    get_lesson: GetLesson

    async def __call__(
        self, principal: Principal, lesson_id: UUID, render: Callable[[Lesson], Entry], *, known: str = ""
    ) -> Entry:
        """``render`` gives the body with its ETag; the body may be left out where that is ``known``."""
        entry = await self.cached(principal, lesson_id, known=known)
        if entry is not None:
            return entry
        key = self._key(principal, lesson_id)
        return await self.lessons.flights(key, partial(self._filled, principal, lesson_id, render, key))

    async def cached(self, principal: Principal, lesson_id: UUID, *, known: str = "") -> Entry | None:
        """What the cache has; that it has it means that the account exists."""
        return await self.lessons.cache.get(self._key(principal, lesson_id), known=known)

    async def cached_metered(
        self, principal: Principal, lesson_id: UUID, draw: Draw, *, known: str = ""
    ) -> tuple[Standing | None, Entry | None]:
        """As ``cached``, and drawn from a quota; no standing where nobody knows if it was."""
        return await self.lessons.cache.get_metered(self._key(principal, lesson_id), draw, known=known)

    def _key(self, principal: Principal, lesson_id: UUID) -> str:
        return self.lessons.key(principal.user_id, "lesson", str(lesson_id))

    async def _filled(
        self, principal: Principal, lesson_id: UUID, render: Callable[[Lesson], Entry], key: str
    ) -> Entry:
        entry = await self.lessons.cache.get(key)
        if entry is not None:
            return entry
        await CheckAccount(self.lessons.database)(principal)
        async with self.lessons.database.transaction(principal.user_id) as tx:
            file_id = (await tx.lessons.get(lesson_id))[0].file_id
        snapshot = await self.lessons.snapshot(principal.user_id, file_id)
        entry = render(await self.get_lesson(principal, lesson_id))
        if snapshot is not None:
            await self.lessons.cache.put(key, entry, snapshot)
        return entry


@dataclass(frozen=True, slots=True)
class StreamLesson:
    """A lesson of a file as a stream: at once and whole where its replay is known, else as ``PersonalizeFile`` has it.

    The account is checked where the cache does not know it.
    """

    lessons: LessonCache
    personalize: PersonalizeFile
    reads: LessonReads
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self,
        principal: Principal,
        file_id: UUID,
        options: LessonOptions,
        render: Callable[[Lesson], bytes],
        *,
        fresh: bool = False,
        resume: StreamPosition | None = None,
        once: Once | None = None,
    ) -> LessonStream | bytes:
        """``render`` gives the whole stream of a stored lesson."""
        owner, from_start = principal.user_id, not fresh and resume is None and once is None
        key = self.lessons.key(owner, "replay", f"{file_id}:{_digest(options)}")
        if from_start and (entry := await self.lessons.cache.get(key)) is not None and entry.body is not None:
            read = Activity(
                id=self.new_id(), kind="lesson_read", at=self.clock(), file_id=file_id, lesson_id=UUID(entry.label)
            )
            self.reads.add(owner, read)
            return entry.body
        await CheckAccount(self.lessons.database)(principal)
        stream = await self.personalize(principal, file_id, options, fresh=fresh, resume=resume, once=once)
        return self._told(stream, key, partial(self._fill, owner, file_id, options, render, key))

    async def _told(self, stream: LessonStream, key: str, fill: Callable[[], Awaitable[None]]) -> LessonStream:
        """Once a lesson is told to its end the cache is filled for the next reader; this one does not wait for it."""
        async with aclosing(stream):
            async for place, event in stream:
                if isinstance(event, Completed):
                    self.lessons.flights.begin(key, fill)
                yield place, event

    async def _fill(
        self, owner: UUID, file_id: UUID, options: LessonOptions, render: Callable[[Lesson], bytes], key: str
    ) -> None:
        if await self.lessons.cache.get(key) is not None:
            return
        try:
            snapshot = await self.lessons.snapshot(owner, file_id)
            lesson = await self._stored(owner, file_id, options) if snapshot is not None else None
        except LearnXError as error:
            log.info("lesson_cache.not_filled", reason=error.detail)
            return
        if lesson is not None and snapshot is not None:
            await self.lessons.cache.put(key, Entry(label=str(lesson.id), body=render(lesson)), snapshot)

    async def _stored(self, owner: UUID, file_id: UUID, options: LessonOptions) -> Lesson | None:
        prepare = PrepareLesson(self.lessons.model, self.lessons.embedder)
        focus = await prepare.focus(options)
        async with self.lessons.database.transaction(owner) as tx:
            return await tx.lessons.by_key((await prepare(tx, file_id, options, focus)).key)


def _digest(options: LessonOptions) -> str:
    return hashlib.sha256(msgspec.json.encode(options)).hexdigest()[:32]
