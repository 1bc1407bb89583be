"""Writes one lesson: drives the pure generator of the domain with a model's text, then stores what was verified."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from learnx.application.ports.cache import Cache, file_tag
from learnx.application.ports.generations import HANDED_OVER
from learnx.application.ports.llm import LanguageModel, Switched
from learnx.application.ports.repositories import Database, Transaction
from learnx.domain.activity import Activity
from learnx.domain.documents import Chunk
from learnx.domain.errors import Conflict, LearnXError, NotFound, ProviderError, Unavailable
from learnx.domain.generations import GenerationJob
from learnx.domain.lessons import Completed, Failed, Lesson, LessonEvent, Restarted, Section, Started, UsageReported
from learnx.domain.lessons import replay as replay_of
from learnx.domain.model_calls import ModelCall, total_usage
from learnx.domain.personalization import Brief, Excerpt, LessonDraft, generation_key, section_keys, write_lesson
from learnx.domain.prompts import PROMPT_VERSION, Prompt

log = structlog.get_logger()

Step = Prompt | tuple[LessonEvent, ...]

#: The longest reply that is asked for, in tokens.
REPLY_TOKENS = 6_000
#: Characters of a piece that are verified before other lessons have their turn.
AT_A_TIME = 300
SWITCHED = "The model broke off. Another one writes the lesson, from its beginning."
STORED_MEANWHILE = "The lesson is finished; here it is, as it is kept."
UNGROUNDED = "Nothing that the model wrote could be verified in your document, so nothing is shown."
DELETED = "The file was deleted, or processed anew, while its lesson was written. Ask for it again."


@dataclass(slots=True)
class _Account:
    """What a generation has consumed, until that is written down; it is ``charged`` unless another goes on with it."""

    model: str
    calls: list[ModelCall] = field(default_factory=list)
    charged: bool = True
    settled: bool = False


@dataclass(frozen=True, slots=True)
class WriteGeneration:
    """Writes what a job asks for, on whichever API server it runs, also after another has died of it.

    What was called is written down however it ends: with the lesson, in its transaction, or alone.
    """

    database: Database
    cache: Cache
    model: LanguageModel
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(self, job: GenerationJob) -> AsyncGenerator[LessonEvent, None]:
        account = _Account(model=job.model)
        try:
            async with aclosing(self._events(job, account)) as events:
                async for event in events:
                    yield event
        except asyncio.CancelledError as cancelled:
            account.charged = HANDED_OVER not in cancelled.args
            raise
        finally:
            # Cancelled, too, it has been paid for; a cancelled task waits for nothing that is not shielded.
            if not account.settled:
                await asyncio.shield(asyncio.ensure_future(self._settle_alone(job, account)))

    async def _events(self, job: GenerationJob, account: _Account) -> AsyncGenerator[LessonEvent, None]:
        try:
            stored, brief = await self._read(job)
            if stored is not None:
                for event in replay_of(stored):
                    yield event
                return
            draft = None
            async with aclosing(self._written(job, brief, account)) as steps:
                async for step in steps:
                    if isinstance(step, LessonDraft):
                        draft = step
                    else:
                        yield step
            if draft is None or not draft.grounded:
                last: LessonEvent = Failed(code="UNGROUNDED", detail=UNGROUNDED, retryable=True)
            else:
                finished = await self._store(job, brief, draft, account)
                if finished is not None:  # by another runner of this generation, while this one was out of sight
                    yield Restarted(reason=STORED_MEANWHILE)
                    for event in replay_of(finished):
                        yield event
                    return
                last = Completed(lesson_id=job.lesson_id, grounding=draft.grounding, word_count=draft.word_count)
        except LearnXError as error:
            last = _failure(error)
        yield _reported(account)
        yield last

    async def _read(self, job: GenerationJob) -> tuple[Lesson | None, Brief]:
        """The lesson, where this generation, or another of the same key, has stored it meanwhile; else the material."""
        async with self.database.transaction(job.owner) as tx:
            stored = await tx.lessons.by_generation(job.generation_id)
            if stored is None and not job.fresh:
                stored = await tx.lessons.by_key(job.lesson_key)
            chunks = [] if stored is not None else await tx.chunks.get_many(job.plan.chunk_ids)
        if stored is None and len(chunks) < len(job.plan.chunk_ids):
            raise NotFound("file")  # or it was read anew: then this lesson is of a document that is no more
        return stored, brief_of(job, chunks)

    async def _kept(self, job: GenerationJob, brief: Brief, model: str) -> Mapping[str, Section]:
        """The sections of the plan that this model has written before, by the ids of their places."""
        if job.fresh:
            return {}
        keys = _section_keys(job, brief, model)
        async with self.database.transaction(job.owner) as tx:
            stored = await tx.lessons.sections(set(keys.values()))
        return {place: stored[key] for place, key in keys.items() if key in stored}

    async def _written(
        self, job: GenerationJob, brief: Brief, account: _Account
    ) -> AsyncGenerator[LessonEvent | LessonDraft, None]:
        """What one model writes, or, where it is given up, the next one from the beginning; at last the draft."""
        kept = await self._kept(job, brief, account.model)
        yield _started(brief, account.model, kept)
        model, told = self.model, bool(kept)
        writing = write_lesson(brief, kept)
        step: Step = next(writing)
        try:
            while True:
                if not isinstance(step, Prompt):
                    for event in step:
                        yield event
                    step = writing.send(None)
                    continue
                asked = step
                async with aclosing(
                    model.stream(asked, max_tokens=REPLY_TOKENS, record=account.calls.append)
                ) as pieces:
                    async for piece in pieces:
                        if not isinstance(piece, Switched):
                            for start in range(0, len(piece), AT_A_TIME):
                                for event in _as_events(writing.send(piece[start : start + AT_A_TIME])):
                                    told = True
                                    yield event
                                await asyncio.sleep(0)
                            continue
                        account.model = piece.model
                        if not told:  # nothing was written yet that a reader would have to forget
                            model = self.model.from_model(account.model)
                            continue
                        told = False
                        yield Restarted(reason=SWITCHED)
                        # What another model has written before stands in a lesson of its own.
                        yield _started(brief, account.model, {})
                        model = self.model.from_model(account.model)
                        writing = write_lesson(brief)
                        step = next(writing)
                        if step != asked:  # it was asked for a part: for what was missing, or lost too much
                            break
                    else:
                        step = writing.send(None)
        except StopIteration as end:
            yield end.value

    async def _store(self, job: GenerationJob, brief: Brief, draft: LessonDraft, account: _Account) -> Lesson | None:
        """None, or the lesson that is there already under this generation's id."""
        now = self.clock()
        keys = _section_keys(job, brief, account.model)
        lesson = Lesson(
            id=job.lesson_id,
            generation_id=job.generation_id,
            file_id=job.file_id,
            file_sha256=job.file_sha256,
            options=job.options,
            persona_version=job.persona_version,
            model=account.model,
            prompt_version=PROMPT_VERSION,
            created_at=now,
            sections=draft.sections,
            grounding=draft.grounding,
            usage=total_usage(account.calls, model=account.model),
            word_count=draft.word_count,
        )
        try:
            async with self.database.transaction(job.owner) as tx:
                await tx.lessons.add(lesson, key=generation_key(job.plan, keys), section_keys=keys)
                await tx.activities.add(
                    Activity(id=self.new_id(), kind="lesson_finished", at=now, file_id=job.file_id, lesson_id=lesson.id)
                )
                await self._settle(tx, job, account, now)
                async with self.cache.changing(file_tag(job.file_id)):
                    await tx.commit()
        except Conflict:
            async with self.database.transaction(job.owner) as tx:
                finished = await tx.lessons.by_generation(job.generation_id)
            if finished is None:
                raise
            return finished
        account.settled = True
        return None

    async def _settle(self, tx: Transaction, job: GenerationJob, account: _Account, now: datetime) -> None:
        await tx.model_calls.add(account.calls, kind="lesson", generation=job.generation_id, at=now)
        if account.charged:
            cost = sum(call.cost_usd or 0.0 for call in account.calls)
            await tx.spending.settle(job.generation_id, usd=cost)

    async def _settle_alone(self, job: GenerationJob, account: _Account) -> None:
        try:
            async with self.database.transaction(job.owner) as tx:
                await self._settle(tx, job, account, self.clock())
                await tx.commit()
        except LearnXError as error:
            # The reservation ends by itself; what was called is in the log at least.
            for call in account.calls:
                log.warning(
                    "generation.unsettled", generation_id=str(job.generation_id), call=msgspec.to_builtins(call)
                )
            log.warning("generation.settling_failed", generation_id=str(job.generation_id), detail=error.detail)


def brief_of(job: GenerationJob, chunks: Sequence[Chunk]) -> Brief:
    """``chunks`` are those of the job's plan, in their order."""
    return Brief(
        generation_id=job.generation_id,
        lesson_id=job.lesson_id,
        file_id=job.file_id,
        file_title=job.file_title,
        language=job.language,
        options=job.options,
        persona=job.persona,
        persona_version=job.persona_version,
        plan=job.plan,
        excerpts=tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chunks, start=1)),
        model=job.model,
    )


def _section_keys(job: GenerationJob, brief: Brief, model: str) -> Mapping[str, str]:
    if model == job.model:
        return job.section_keys
    return section_keys(
        owner=job.owner,
        file_id=job.file_id,
        title=job.file_title,
        language=job.language,
        plan=job.plan,
        hashes={excerpt.chunk.id: excerpt.chunk.content_hash for excerpt in brief.excerpts},
        persona=job.persona,
        options=job.options,
        model=model,
    )


def _started(brief: Brief, model: str, kept: Mapping[str, Section]) -> Started:
    return Started(
        generation_id=brief.generation_id,
        lesson_id=brief.lesson_id,
        file_id=brief.file_id,
        persona_version=brief.persona_version,
        model=model,
        prompt_version=PROMPT_VERSION,
        cached=all(section.id in kept for section in brief.plan.sections),
        sections=brief.plan.outlines(kept),
    )


def _failure(error: LearnXError) -> Failed:
    if isinstance(error, ProviderError):
        return Failed(code="PROVIDER_ERROR", detail=error.detail, retryable=error.retryable)
    if isinstance(error, NotFound):
        return Failed(code="NOT_FOUND", detail=DELETED, retryable=False)
    if isinstance(error, Unavailable):
        return Failed(code="SERVICE_UNAVAILABLE", detail=error.detail, retryable=True)
    raise error


def _as_events(step: Step) -> tuple[LessonEvent, ...]:
    if isinstance(step, Prompt):
        raise RuntimeError("a lesson's generator asked for a prompt while text was coming in")
    return step


def _reported(account: _Account) -> UsageReported:
    usage = total_usage(account.calls, model=account.model)
    return UsageReported(
        prompt_tokens=usage.prompt_tokens,
        cached_prompt_tokens=usage.cached_prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=usage.cost_usd,
        cache_hit=usage.cache_hit,
        model=usage.model,
    )
