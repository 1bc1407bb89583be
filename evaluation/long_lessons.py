"""Lessons of long documents as the application makes them, with the offline model, and which sections they touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from evaluation.long_documents import FILE, LongDocument

from learnx.adapters.llm.offline import OfflineLanguageModel
from learnx.application.generation_writing import reply_tokens
from learnx.domain.documents import Chunk
from learnx.domain.lesson_plan import plan_by_topic
from learnx.domain.lessons import LessonOptions
from learnx.domain.personalization import Brief, Excerpt, LessonDraft, LessonPlan, plan_lesson, write_lesson
from learnx.domain.personas import Persona
from learnx.domain.prompts import Prompt
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.terms import terms


@dataclass(frozen=True, slots=True)
class WrittenLesson:
    """``asked_words`` is the length that the model was asked for."""

    plan: LessonPlan
    asked_words: int
    draft: LessonDraft

    @property
    def cited(self) -> list[UUID]:
        """The passages that its sentences cite, as often as they do."""
        return cited_in(self.draft)


async def lesson_of(
    document: LongDocument,
    options: LessonOptions,
    persona: Persona | None = None,
    ranked: Sequence[UUID] | None = None,
) -> WrittenLesson:
    """As the application makes it, without its stores."""
    model = OfflineLanguageModel()
    by_id = {chunk.id: chunk for chunk in document.chunks}
    plan = plan_lesson(outline(document.chunks), options, budget_tokens=model.context_tokens // 2, ranked=ranked)
    chosen = [by_id[chunk] for chunk in plan.chunk_ids]
    if plan.lacks_topics:
        plan = plan_by_topic(plan, options, chosen)
    excerpts = tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chosen, start=1))
    writing = write_lesson(
        Brief(
            generation_id=UUID(int=2),
            lesson_id=UUID(int=3),
            file_id=FILE,
            language=document.language,
            options=options,
            persona=persona,
            persona_version=1 if persona else None,
            plan=plan,
            excerpts=excerpts,
            model=model.name,
        )
    )
    asked_words = 0
    try:
        step = next(writing)
        while True:
            if isinstance(step, Prompt):
                asked_words = asked_words or step.reply_words
                async for piece in model.stream(step, max_tokens=reply_tokens(step), record=lambda call: None):
                    if isinstance(piece, str):
                        writing.send(piece)
            step = writing.send(None)
    except StopIteration as end:
        return WrittenLesson(plan, asked_words, end.value)


def outline(chunks: Sequence[Chunk]) -> list[ChunkOutline]:
    return [
        ChunkOutline(
            id=chunk.id,
            index=chunk.index,
            heading_path=chunk.heading_path,
            token_count=chunk.token_count,
            content_hash=chunk.content_hash,
        )
        for chunk in chunks
    ]


def parts_touched(document: LongDocument, draft: LessonDraft) -> list[str]:
    cited = set(cited_in(draft))
    return [title for title, chunks in document.parts if cited & chunks]


def cited_in(draft: LessonDraft) -> list[UUID]:
    """The passages that its sentences cite, as often as they do."""
    return [
        citation.chunk_id
        for section in draft.sections
        for sentence in section.sentences
        for citation in sentence.citations
    ]


def terms_of(draft: LessonDraft) -> set[str]:
    return {term for section in draft.sections for term in terms(section.markdown)}
