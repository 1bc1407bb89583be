"""Personalize a file: replay what is stored, else start one generation, or join it, and follow it."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from learnx.application.generation_writing import reply_tokens
from learnx.application.idempotency import Once
from learnx.application.lesson_author import brief_of
from learnx.application.lesson_request import PrepareLesson
from learnx.application.lessons import FollowGeneration, GetLesson, LessonStream, replayed
from learnx.application.one_generation import Begun, OneGeneration
from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.generations import Generations, StreamPosition
from learnx.application.ports.llm import LanguageModel
from learnx.application.rate_limits import AdmitGeneration
from learnx.domain.activity import Activity
from learnx.domain.errors import Conflict, LearnXError, NotFound, ProviderError, Unavailable
from learnx.domain.generations import LessonJob
from learnx.domain.identity import Principal
from learnx.domain.lessons import Completed, Failed, Lesson, LessonOptions, replay
from learnx.domain.prompts import build_prompt


@dataclass(frozen=True, slots=True)
class PersonalizeFile:
    """A lesson of a file for its owner, as a stream: replayed, joined, or written now."""

    database: Database
    model: LanguageModel
    embedder: Embedder
    generations: Generations
    one_generation: OneGeneration
    admit: AdmitGeneration
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self,
        principal: Principal,
        file_id: UUID,
        options: LessonOptions,
        *,
        fresh: bool = False,
        resume: StreamPosition | None = None,
        once: Once | None = None,
    ) -> LessonStream:
        """Refuses before the first event: ``NotFound``, ``NotReady``, ``PersonaMissing``, ``StreamOver``; where a
        generation would have to be started and there is no budget for it, as ``AdmitGeneration`` does.

        ``fresh`` writes the lesson anew though one is stored. ``resume`` places a reader by its last event alone.
        """
        if resume is not None:
            follow = FollowGeneration(self.database, self.generations)
            return await follow(principal, resume.generation_id, resume=resume)
        return await self.one_generation(principal, once, partial(self._begin, principal, file_id, options, fresh))

    async def _begin(
        self, principal: Principal, file_id: UUID, options: LessonOptions, fresh: bool, generation_id: UUID
    ) -> Begun:
        lesson_id = self.new_id()
        prepare = PrepareLesson(self.model, self.embedder)
        focus = await prepare.focus(options)
        async with self.database.transaction(principal.user_id) as tx:
            request = await prepare(tx, file_id, options, focus)
            stored = None if fresh else await tx.lessons.by_key(request.key)
            await tx.activities.add(
                Activity(
                    id=self.new_id(),
                    kind="lesson_read" if stored else "lesson_started",
                    at=self.clock(),
                    file_id=file_id,
                    lesson_id=stored.id if stored else lesson_id,
                )
            )
            await tx.commit()
        if stored is not None:
            return stored.generation_id, replayed(stored.generation_id, replay(stored))
        job = LessonJob(
            generation_id=generation_id,
            lesson_id=lesson_id,
            owner=principal.user_id,
            key=f"{request.key}:{lesson_id}" if fresh else request.key,
            lesson_key=request.key,
            started_at=self.clock(),
            file_id=file_id,
            file_sha256=request.file.sha256,
            file_title=request.file.title,
            language=request.file.language,
            options=options,
            persona=request.persona.persona if request.persona else None,
            persona_version=request.persona.version if request.persona else None,
            plan=request.plan,
            section_keys=request.section_keys,
            model=self.model.name,
            fresh=fresh,
        )
        admit = partial(self.admit, principal.user_id, generation_id, partial(self._most_usd, job), zone="generations")
        return await self.generations.start_or_join(job, admit), None

    async def _most_usd(self, job: LessonJob) -> float | None:
        """What the generation may cost at most: two texts, each as long as a reply may be."""
        async with self.database.transaction(job.owner) as tx:
            brief = brief_of(job, await tx.chunks.get_many(job.plan.chunk_ids))
        prompt = build_prompt(
            excerpts=brief.excerpts,
            plan=brief.plan,
            sections=brief.plan.sections,
            options=brief.options,
            persona=brief.persona,
            title=brief.file_title,
            language=brief.language,
        )
        most = self.model.most_usd(prompt, max_tokens=reply_tokens(prompt))
        return None if most is None else 2 * most


@dataclass(frozen=True, slots=True)
class WriteLesson:
    """The whole lesson at once, for those who don't read streams."""

    personalize: PersonalizeFile
    get_lesson: GetLesson

    async def __call__(
        self,
        principal: Principal,
        file_id: UUID,
        options: LessonOptions,
        *,
        fresh: bool = False,
        once: Once | None = None,
    ) -> Lesson:
        async with aclosing(await self.personalize(principal, file_id, options, fresh=fresh, once=once)) as stream:
            async for _, event in stream:
                if isinstance(event, Failed):
                    raise as_error(event)
                if isinstance(event, Completed):
                    return await self.get_lesson(principal, event.stored_id)
        raise ProviderError("The lesson ended before it was whole. Ask for it again.")


def as_error(event: Failed) -> LearnXError:
    """What a stream ended in, for those who don't read it."""
    if event.code == "SERVICE_UNAVAILABLE":
        return Unavailable(event.detail)
    if event.code == "NOT_FOUND":
        return NotFound("file")
    if event.code == "CANCELLED":
        return Conflict(event.detail)
    return ProviderError(event.detail, retryable=event.retryable)
