"""How much of a long document a lesson touches: its top-level sections, and the words that it is about."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from evaluation.long_documents import FILE, LongDocument, long_documents
from evaluation.report import Table

from learnx.adapters.llm.offline import OfflineLanguageModel
from learnx.application.generation_writing import reply_tokens
from learnx.domain.documents import Chunk
from learnx.domain.lesson_plan import plan_by_topic
from learnx.domain.lessons import LessonOptions
from learnx.domain.personalization import Brief, Excerpt, LessonDraft, LessonPlan, plan_lesson, write_lesson
from learnx.domain.personas import ContentPreferences, Density, Interests, Persona
from learnx.domain.prompts import Prompt
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.terms import terms

DENSITIES: tuple[Density, ...] = ("concise", "balanced", "comprehensive")
#: The least share of a document's top-level sections that an overview touches.
TOUCHED = 0.9
#: So many of a document's most frequent words are its key terms.
KEY_TERMS = 50


def run(corpora: Path) -> list[Table]:
    rows: list[Sequence[object]] = []
    missed: list[str] = []
    for document in long_documents(corpora):
        key_terms = _key_terms(document)
        for density in (None, *DENSITIES):
            persona = (
                Persona(interests=Interests(primary=()), content_preferences=ContentPreferences(density=density))
                if density
                else None
            )
            plan, draft = asyncio.run(lesson_of(document, LessonOptions(), persona))
            touched = parts_touched(document, draft)
            share = len(touched) / len(document.parts)
            rows.append(
                (
                    document.name,
                    document.pages,
                    len(document.parts),
                    density or "no persona",
                    len(plan.chunk_ids),
                    draft.word_count,
                    share,
                    len(key_terms & terms_of(draft)) / len(key_terms),
                )
            )
            if share < TOUCHED:
                missed.append(f"{document.name}, {density or 'no persona'}: {share:.2f} of its sections are touched")
    notes = (
        "The whole path with the offline model. A section is touched where a sourced sentence cites a passage under "
        "it; title pages, contents, lists, prefaces, references, indexes and contributors are no sections. Key terms: "
        f"the {KEY_TERMS} most frequent words of the sections."
    )
    columns = ("document", "pages", "top-level sections", "density", "excerpts", "words", "sections touched")
    return [
        Table(
            title="Coverage of long documents",
            columns=(*columns, "key terms touched"),
            rows=rows,
            notes=notes,
            missed=missed,
        )
    ]


def _persona(density: Density) -> Persona:
    return Persona(interests=Interests(primary=("chess",)), content_preferences=ContentPreferences(density=density))


async def lesson_of(
    document: LongDocument, options: LessonOptions, persona: Persona | None
) -> tuple[LessonPlan, LessonDraft]:
    """As the application makes it, without its stores."""
    model = OfflineLanguageModel()
    by_id = {chunk.id: chunk for chunk in document.chunks}
    plan = plan_lesson(outline(document.chunks), options, budget_tokens=model.context_tokens // 2)
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
    try:
        step = next(writing)
        while True:
            if isinstance(step, Prompt):
                async for piece in model.stream(step, max_tokens=reply_tokens(step), record=lambda call: None):
                    if isinstance(piece, str):
                        writing.send(piece)
            step = writing.send(None)
    except StopIteration as end:
        return plan, end.value


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
    cited = {
        citation.chunk_id
        for section in draft.sections
        for sentence in section.sentences
        for citation in sentence.citations
    }
    return [title for title, chunks in document.parts if cited & chunks]


def terms_of(draft: LessonDraft) -> set[str]:
    return {term for section in draft.sections for term in terms(section.markdown)}


def _key_terms(document: LongDocument) -> set[str]:
    counted: Counter[str] = Counter()
    teaching = frozenset[UUID]().union(*(chunks for _, chunks in document.parts))
    for chunk in document.chunks:
        if chunk.id in teaching:
            counted.update(term for term in terms(chunk.text) if len(term) > 3)
    ranked = sorted(counted, key=lambda term: (-counted[term], term))
    return set(ranked[:KEY_TERMS])
