"""What is particular to writing a summary: what it is made from, and how it is stored."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import UNSET

from learnx.application.ports.database import Transaction
from learnx.application.writing import Beginning, Finished, LookUp, Work, Writing
from learnx.domain.documents import Chunk
from learnx.domain.errors import NotFound
from learnx.domain.generations import SummaryJob
from learnx.domain.lessons import Completed, Failed, LessonEvent, Started, Usage
from learnx.domain.model_calls import CallKind
from learnx.domain.summaries import OUTLINE, Summary, read_minutes, summary_replay
from learnx.domain.summary_keys import summary_key
from learnx.domain.summary_prompts import SUMMARY_PROMPT_VERSION
from learnx.domain.summary_writing import SummaryBrief, SummaryDraft, write_summary

UNGROUNDED = "Nothing that the model wrote could be verified in your documents, so nothing is shown."


@dataclass(frozen=True, slots=True)
class SummaryAuthor:
    @property
    def kind(self) -> CallKind:
        return "summary"

    def tags(self, job: SummaryJob) -> Collection[str]:
        return []

    async def stored(self, tx: Transaction, job: SummaryJob) -> tuple[LessonEvent, ...] | None:
        summary = await tx.summaries.by_generation(job.generation_id)
        return None if summary is None else summary_replay(summary)

    async def open(self, tx: Transaction, job: SummaryJob) -> Work | tuple[LessonEvent, ...]:
        stored = await tx.summaries.by_generation(job.generation_id) or await tx.summaries.by_key(job.summary_key)
        if stored is not None:
            return summary_replay(stored)
        return _SummaryWork(job, await read_brief(tx, job))


@dataclass(frozen=True, slots=True)
class _SummaryWork:
    job: SummaryJob
    brief: SummaryBrief

    async def begin(self, model: str, *, anew: bool) -> Beginning:
        return Beginning(self._started(model), self._write())

    async def look_up(self, wanted: LookUp) -> object:
        raise LookupError("all that a summary is made from is in its brief")

    def _write(self) -> Writing:
        draft = yield from write_summary(self.brief)
        if not draft.grounded:
            return Failed(code="UNGROUNDED", detail=UNGROUNDED, retryable=True)

        async def store(tx: Transaction, usage: Usage, now: datetime) -> None:
            await self._store(tx, draft, usage, now)

        completed = Completed(summary_id=self.job.summary_id, grounding=draft.grounding, word_count=draft.word_count)
        return Finished(completed, store)

    async def _store(self, tx: Transaction, draft: SummaryDraft, usage: Usage, now: datetime) -> None:
        job = self.job
        summary = Summary(
            id=job.summary_id,
            generation_id=job.generation_id,
            file_id=job.scope.file_id or UNSET,
            module_id=job.scope.module_id or UNSET,
            course_id=job.scope.course_id or UNSET,
            summary_type=job.summary_type,
            max_words=job.max_words,
            summary=draft.markdown,
            sentences=draft.sentences,
            key_topics=draft.key_topics,
            estimated_read_minutes=read_minutes(draft.word_count),
            word_count=draft.word_count,
            grounding=draft.grounding,
            usage=usage,
            persona_version=job.persona_version,
            model=usage.model,
            prompt_version=SUMMARY_PROMPT_VERSION,
            created_at=now,
        )
        for file in summary.cited_files:
            await tx.files.get(file)  # what cites a file that was deleted meanwhile is not kept
        await tx.summaries.add(summary, key=self._key(usage.model))

    def _key(self, model: str) -> str:
        job = self.job
        if model == job.model:
            return job.summary_key
        return summary_key(
            owner=job.owner,
            scope=job.scope,
            material=job.material,
            hashes={chunk.id: chunk.content_hash for chunk in self.brief.chunks},
            persona=job.persona,
            summary_type=job.summary_type,
            max_words=job.max_words,
            model=model,
        )

    def _started(self, model: str) -> Started:
        job = self.job
        return Started(
            generation_id=job.generation_id,
            summary_id=job.summary_id,
            file_id=job.scope.file_id or UNSET,
            persona_version=job.persona_version,
            model=model,
            prompt_version=SUMMARY_PROMPT_VERSION,
            cached=False,
            sections=(OUTLINE,),
        )


async def read_brief(tx: Transaction, job: SummaryJob) -> SummaryBrief:
    """With the texts of its chunks. One of them is gone, or was read anew: ``NotFound``."""
    found = {chunk.id: chunk for chunk in await tx.chunks.get_many(job.material.chunk_ids)}
    if len(found) < len(job.material.chunk_ids):
        raise NotFound("file")
    return SummaryBrief(
        file_id=job.material.files[0].file_id,
        summary_type=job.summary_type,
        max_words=job.max_words,
        persona=job.persona,
        files=job.material.files,
        parts=tuple(_chunks(part, found) for part in job.material.parts),
        excerpt_tokens=job.material.excerpt_tokens,
    )


def _chunks(part: tuple[UUID, ...], found: dict[UUID, Chunk]) -> tuple[Chunk, ...]:
    return tuple(found[chunk] for chunk in part)
