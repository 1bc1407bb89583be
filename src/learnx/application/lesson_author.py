"""What is particular to writing a lesson: what it is made from, which sections are kept, and how it is stored."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from learnx.application.ports.cache import file_tag
from learnx.application.ports.database import Database, Transaction
from learnx.application.writing import Beginning, Finished, LookUp, Work, Writing
from learnx.domain.activity import Activity
from learnx.domain.documents import Chunk
from learnx.domain.errors import NotFound
from learnx.domain.generations import LessonJob
from learnx.domain.lessons import Completed, Failed, Lesson, LessonEvent, Section, Started, Usage, replay
from learnx.domain.model_calls import CallKind
from learnx.domain.personalization import Brief, Excerpt, LessonDraft, generation_key, section_keys, write_lesson
from learnx.domain.prompts import PROMPT_VERSION

UNGROUNDED = "Nothing that the model wrote could be verified in your document, so nothing is shown."


@dataclass(frozen=True, slots=True)
class LessonAuthor:
    database: Database
    new_id: Callable[[], UUID]

    @property
    def kind(self) -> CallKind:
        return "lesson"

    def tags(self, job: LessonJob) -> Collection[str]:
        return [file_tag(job.owner, job.file_id)]

    async def stored(self, tx: Transaction, job: LessonJob) -> tuple[LessonEvent, ...] | None:
        lesson = await tx.lessons.by_generation(job.generation_id)
        return None if lesson is None else replay(lesson)

    async def open(self, tx: Transaction, job: LessonJob) -> Work | tuple[LessonEvent, ...]:
        stored = await tx.lessons.by_generation(job.generation_id)
        if stored is None and not job.fresh:
            stored = await tx.lessons.by_key(job.lesson_key)
        if stored is not None:
            return replay(stored)
        chunks = await tx.chunks.get_many(job.plan.chunk_ids)
        if len(chunks) < len(job.plan.chunk_ids):
            raise NotFound("file")  # or it was read anew: then this lesson is of a document that is no more
        return _LessonWork(self.database, self.new_id, job, brief_of(job, chunks))


@dataclass(frozen=True, slots=True)
class _LessonWork:
    database: Database
    new_id: Callable[[], UUID]
    job: LessonJob
    brief: Brief

    async def begin(self, model: str, *, anew: bool) -> Beginning:
        kept = {} if anew or self.job.fresh else await self._kept(model)
        return Beginning(self._started(model, kept), self._write(kept), tells=bool(kept))

    async def look_up(self, wanted: LookUp) -> object:
        raise LookupError("all that a lesson is made from is in its brief")

    async def _kept(self, model: str) -> Mapping[str, Section]:
        """The sections of the plan that this model has written before, by the ids of their places."""
        keys = self._section_keys(model)
        async with self.database.transaction(self.job.owner) as tx:
            stored = await tx.lessons.sections(set(keys.values()))
        return {place: stored[key] for place, key in keys.items() if key in stored}

    def _write(self, kept: Mapping[str, Section]) -> Writing:
        draft = yield from write_lesson(self.brief, kept)
        if not draft.grounded:
            return Failed(code="UNGROUNDED", detail=UNGROUNDED, retryable=True)

        async def store(tx: Transaction, usage: Usage, now: datetime) -> None:
            await self._store(tx, draft, usage, now)

        completed = Completed(lesson_id=self.job.lesson_id, grounding=draft.grounding, word_count=draft.word_count)
        return Finished(completed, store)

    async def _store(self, tx: Transaction, draft: LessonDraft, usage: Usage, now: datetime) -> None:
        job = self.job
        keys = self._section_keys(usage.model)
        lesson = Lesson(
            id=job.lesson_id,
            generation_id=job.generation_id,
            file_id=job.file_id,
            file_sha256=job.file_sha256,
            options=job.options,
            persona_version=job.persona_version,
            model=usage.model,
            prompt_version=PROMPT_VERSION,
            created_at=now,
            sections=draft.sections,
            grounding=draft.grounding,
            usage=usage,
            word_count=draft.word_count,
        )
        await tx.lessons.add(lesson, key=generation_key(job.plan, keys), section_keys=keys)
        await tx.activities.add(
            Activity(id=self.new_id(), kind="lesson_finished", at=now, file_id=job.file_id, lesson_id=lesson.id)
        )

    def _section_keys(self, model: str) -> Mapping[str, str]:
        job = self.job
        if model == job.model:
            return job.section_keys
        return section_keys(
            owner=job.owner,
            file_id=job.file_id,
            title=job.file_title,
            language=job.language,
            plan=job.plan,
            hashes={excerpt.chunk.id: excerpt.chunk.content_hash for excerpt in self.brief.excerpts},
            persona=job.persona,
            options=job.options,
            model=model,
        )

    def _started(self, model: str, kept: Mapping[str, Section]) -> Started:
        plan = self.brief.plan
        return Started(
            generation_id=self.brief.generation_id,
            lesson_id=self.brief.lesson_id,
            file_id=self.brief.file_id,
            persona_version=self.brief.persona_version,
            model=model,
            prompt_version=PROMPT_VERSION,
            cached=all(section.id in kept for section in plan.sections),
            sections=plan.outlines(kept),
        )


def brief_of(job: LessonJob, chunks: Sequence[Chunk]) -> Brief:
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
