"""Writes one lesson: drives the pure generator of the domain with a model's text, then stores what was verified."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from learnx.application.lesson_request import LessonRequest
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.repositories import Database
from learnx.domain.activity import Activity
from learnx.domain.errors import NotFound, ProviderError, Unavailable
from learnx.domain.lessons import Completed, Failed, Lesson, LessonEvent, Started, Usage, UsageReported, replay
from learnx.domain.personalization import Brief, LessonDraft, write_lesson
from learnx.domain.prompts import PROMPT_VERSION, Prompt

log = structlog.get_logger()

#: The longest reply that is asked for, in tokens.
REPLY_TOKENS = 6_000


@dataclass(frozen=True, slots=True)
class LessonGeneration:
    """Writes one lesson: drives the pure generator of the domain with the model's text, then stores the result."""

    database: Database
    model: LanguageModel
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    owner: UUID
    request: LessonRequest
    brief: Brief
    fresh: bool = False

    async def events(self) -> AsyncIterator[LessonEvent]:
        """What the model writes; or the stored lesson, where another generation has stored it since this one was
        asked for."""
        try:
            stored = None if self.fresh else await self._stored()
        except Unavailable as error:
            yield Failed(code="SERVICE_UNAVAILABLE", detail=error.detail, retryable=True)
            return
        if stored is not None:
            for event in replay(stored):
                yield event
            return
        async for event in self._written():
            yield event

    async def _stored(self) -> Lesson | None:
        async with self.database.transaction(self.owner) as tx:
            return await tx.lessons.by_key(self.request.key)

    async def _written(self) -> AsyncIterator[LessonEvent]:
        yield Started(
            generation_id=self.brief.generation_id,
            lesson_id=self.brief.lesson_id,
            file_id=self.brief.file_id,
            persona_version=self.brief.persona_version,
            model=self.model.name,
            prompt_version=PROMPT_VERSION,
            cached=False,
            sections=self.brief.plan.sections,
        )
        usage = Usage(model=self.model.name)
        try:
            writing = write_lesson(self.brief)
            prompt = next(writing)
            draft: LessonDraft | None = None
            while draft is None:
                if not isinstance(prompt, Prompt):
                    raise RuntimeError("a lesson's generator asked for no prompt")
                async with aclosing(self.model.stream(prompt, max_tokens=REPLY_TOKENS)) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, Usage):
                            usage = _added(usage, piece)
                            continue
                        for event in _as_events(writing.send(piece)):
                            yield event
                for event in _as_events(writing.send(None)):
                    yield event
                try:
                    prompt = writing.send(None)
                except StopIteration as end:
                    draft = end.value
            if draft.grounding.sourced:
                await self._store(draft, usage)
                last: LessonEvent = Completed(
                    lesson_id=self.brief.lesson_id, grounding=draft.grounding, word_count=draft.word_count
                )
            else:
                last = Failed(
                    code="UNGROUNDED",
                    detail="Nothing that the model wrote could be verified in your document, so nothing is shown.",
                    retryable=True,
                )
        except ProviderError as error:
            log.warning("generation.provider_failed", generation_id=str(self.brief.generation_id), detail=error.detail)
            last = Failed(code="PROVIDER_ERROR", detail=error.detail, retryable=error.retryable)
        except NotFound:
            last = Failed(
                code="NOT_FOUND", detail="The file was deleted while its lesson was written.", retryable=False
            )
        except Unavailable as error:
            last = Failed(code="SERVICE_UNAVAILABLE", detail=error.detail, retryable=True)
        yield _reported(usage)
        yield last

    async def _store(self, draft: LessonDraft, usage: Usage) -> None:
        now = self.clock()
        lesson = Lesson(
            id=self.brief.lesson_id,
            generation_id=self.brief.generation_id,
            file_id=self.brief.file_id,
            file_sha256=self.request.file.sha256,
            options=self.request.options,
            persona_version=self.brief.persona_version,
            model=self.model.name,
            prompt_version=PROMPT_VERSION,
            created_at=now,
            sections=draft.sections,
            grounding=draft.grounding,
            usage=usage,
            word_count=draft.word_count,
        )
        async with self.database.transaction(self.owner) as tx:
            await tx.lessons.add(lesson, key=self.request.key)
            await tx.activities.add(
                Activity(id=self.new_id(), kind="lesson_finished", at=now, file_id=lesson.file_id, lesson_id=lesson.id)
            )
            await tx.commit()


def _as_events(step: Prompt | tuple[LessonEvent, ...]) -> tuple[LessonEvent, ...]:
    if isinstance(step, Prompt):
        raise RuntimeError("a lesson's generator asked for a prompt while text was coming in")
    return step


def _added(total: Usage, more: Usage) -> Usage:
    known = total.cost_usd is not None or total.prompt_tokens == 0
    cost = (total.cost_usd or 0.0) + more.cost_usd if known and more.cost_usd is not None else None
    return Usage(
        prompt_tokens=total.prompt_tokens + more.prompt_tokens,
        cached_prompt_tokens=total.cached_prompt_tokens + more.cached_prompt_tokens,
        completion_tokens=total.completion_tokens + more.completion_tokens,
        cost_usd=cost,
        model=more.model,
    )


def _reported(usage: Usage) -> UsageReported:
    return UsageReported(
        prompt_tokens=usage.prompt_tokens,
        cached_prompt_tokens=usage.cached_prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=usage.cost_usd,
        cache_hit=usage.cache_hit,
        model=usage.model,
    )
