"""How much of a long document each kind of summary touches, whether it keeps to its limit, and whether it quotes."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from evaluation.coverage import TOUCHED
from evaluation.long_documents import FILE, LongDocument, long_documents
from evaluation.long_lessons import outline
from evaluation.report import Table

from learnx.adapters.llm.offline import OfflineLanguageModel
from learnx.domain.documents import Chunk
from learnx.domain.prompts import Prompt
from learnx.domain.summaries import SummaryFile, SummaryType
from learnx.domain.summary_lengths import usual_words
from learnx.domain.summary_material import summary_material, top_level_parts
from learnx.domain.summary_writing import SummaryBrief, SummaryDraft, write_summary

KINDS: tuple[SummaryType, ...] = ("key_points", "comprehensive", "exam_prep")
#: Besides the length that is found fitting: too few words for most parts of these documents.
SHORT = 200


def run(corpora: Path) -> list[Table]:
    rows: list[Sequence[object]] = []
    missed: list[str] = []
    for document in long_documents(corpora):
        for kind in KINDS:
            for asked in (None, *([SHORT] if kind == "key_points" else [])):
                limit, calls, draft = asyncio.run(summary_of(document, kind, asked))
                share = _touched(document, draft) / len(document.parts)
                words = len(draft.markdown.split())
                verbatim = _verbatim(document.chunks, draft)
                rows.append(
                    (
                        document.name,
                        len(document.parts),
                        kind,
                        calls,
                        limit,
                        words,
                        draft.grounding.sourced,
                        draft.grounding.retracted,
                        verbatim,
                        share,
                    )
                )
                if words > limit:
                    missed.append(f"{document.name}, {kind}: {words} words of {limit}")
                if verbatim < 1.0:
                    missed.append(f"{document.name}, {kind}: {verbatim:.3f} of its quotes are verbatim")
                if asked is None and share < TOUCHED:
                    missed.append(f"{document.name}, {kind}: {share:.2f} of its sections are touched")
    columns = ("document", "top-level sections", "kind", "calls of the model", "limit", "words", "sourced", "retracted")
    notes = (
        "The whole path with the offline model, without a persona; limits are those found fitting, and "
        f"{SHORT} words. Sections are touched as in the coverage of lessons."
    )
    return [
        Table(
            title="Summaries of long documents",
            columns=(*columns, "quotes verbatim", "sections touched"),
            rows=rows,
            notes=notes,
            missed=missed,
        )
    ]


async def summary_of(document: LongDocument, kind: SummaryType, max_words: int | None) -> tuple[int, int, SummaryDraft]:
    """Its limit, how many calls it took, and what it says; as the application makes it, without its stores."""
    model = OfflineLanguageModel()
    file = SummaryFile(file_id=FILE, title=None, language=document.language)
    outlines = [(file, outline(document.chunks))]
    material = summary_material(outlines, context_tokens=model.context_tokens)
    by_id = {chunk.id: chunk for chunk in document.chunks}
    tokens = sum(chunk.token_count for chunk in document.chunks)
    limit = max_words or usual_words(kind, tokens, parts=top_level_parts(outlines))
    writing = write_summary(
        SummaryBrief(
            file_id=FILE,
            summary_type=kind,
            max_words=limit,
            files=material.files,
            parts=tuple(tuple(by_id[chunk] for chunk in part) for part in material.parts),
            excerpt_tokens=material.excerpt_tokens,
        )
    )
    calls = 0
    try:
        step = next(writing)
        while True:
            if isinstance(step, Prompt):
                calls += 1
                async for piece in model.stream(step, max_tokens=6_000, record=lambda call: None):
                    if isinstance(piece, str):
                        writing.send(piece)
            step = writing.send(None)
    except StopIteration as end:
        return limit, calls, end.value


def _touched(document: LongDocument, draft: SummaryDraft) -> int:
    cited = {citation.chunk_id for sentence in draft.sentences for citation in sentence.citations}
    return sum(bool(cited & chunks) for _, chunks in document.parts)


def _verbatim(chunks: Sequence[Chunk], draft: SummaryDraft) -> float:
    texts = {chunk.id: chunk.text for chunk in chunks}
    quotes = [citation for sentence in draft.sentences for citation in sentence.citations]
    return sum(quote.quote in texts[quote.chunk_id] for quote in quotes) / max(1, len(quotes))
