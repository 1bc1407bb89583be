"""How much of a long document a lesson touches: its top-level sections, and the words that it is about."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from evaluation.asked_lessons import focus_table, minutes_table
from evaluation.long_documents import LongDocument, long_documents
from evaluation.long_lessons import lesson_of, parts_touched, terms_of
from evaluation.report import Table

from learnx.domain.lessons import LessonOptions
from learnx.domain.personas import ContentPreferences, Density, Interests, Persona
from learnx.domain.terms import terms

DENSITIES: tuple[Density, ...] = ("concise", "balanced", "comprehensive")
#: The least share of a document's top-level sections that an overview touches.
TOUCHED = 0.9
#: So many of a document's most frequent words are its key terms.
KEY_TERMS = 50


def run(corpora: Path) -> list[Table]:
    documents = list(long_documents(corpora))
    return [_coverage_table(documents), minutes_table(documents[-2]), focus_table(documents[:3])]


def _coverage_table(documents: Sequence[LongDocument]) -> Table:
    rows: list[Sequence[object]] = []
    missed: list[str] = []
    for document in documents:
        key_terms = _key_terms(document)
        for density in (None, *DENSITIES):
            persona = (
                Persona(interests=Interests(primary=()), content_preferences=ContentPreferences(density=density))
                if density
                else None
            )
            written = asyncio.run(lesson_of(document, LessonOptions(), persona))
            draft = written.draft
            touched = parts_touched(document, draft)
            share = len(touched) / len(document.parts)
            rows.append(
                (
                    document.name,
                    document.pages,
                    len(document.parts),
                    density or "no persona",
                    len(written.plan.chunk_ids),
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
    return Table(
        title="Coverage of long documents",
        columns=(*columns, "key terms touched"),
        rows=rows,
        notes=notes,
        missed=missed,
    )


def _persona(density: Density) -> Persona:
    return Persona(interests=Interests(primary=("chess",)), content_preferences=ContentPreferences(density=density))


def _key_terms(document: LongDocument) -> set[str]:
    counted: Counter[str] = Counter()
    teaching = frozenset[UUID]().union(*(chunks for _, chunks in document.parts))
    for chunk in document.chunks:
        if chunk.id in teaching:
            counted.update(term for term in terms(chunk.text) if len(term) > 3)
    ranked = sorted(counted, key=lambda term: (-counted[term], term))
    return set(ranked[:KEY_TERMS])
