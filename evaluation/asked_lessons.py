"""Whether a lesson keeps to what was asked of it: a focus, and a time to read it in."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from math import log
from uuid import UUID

from evaluation.long_documents import FILE, LongDocument, embedder
from evaluation.long_lessons import lesson_of, parts_touched
from evaluation.report import Table

from learnx.application.lesson_request import FOCUS_CANDIDATES, IN_FOCUS
from learnx.domain.chunk_choice import evenly_spread
from learnx.domain.chunking import embedding_text
from learnx.domain.lessons import LessonOptions
from learnx.domain.retrieval import Candidate, fuse
from learnx.domain.terms import terms

MINUTES = (1, 5, 15, 30, 60)
#: So many parts of a document are asked for, one at a time.
_ASKED = 6
#: The least share of cited sentences that stand in the part asked for, on average; and how much longer an hour is.
ON_FOCUS, HOUR_TO_MINUTE = 0.6, 10


def minutes_table(document: LongDocument) -> Table:
    rows: list[Sequence[object]] = []
    words = {}
    for minutes in MINUTES:
        written = asyncio.run(lesson_of(document, LessonOptions(target_minutes=minutes)))
        words[minutes] = written.draft.word_count
        touched = len(parts_touched(document, written.draft)) / len(document.parts)
        rows.append((minutes, len(written.plan.chunk_ids), written.asked_words, words[minutes], touched))
    kept = words[60] >= HOUR_TO_MINUTE * words[1]
    return Table(
        title=f"Lessons of {document.name} by the time asked for",
        columns=("minutes", "excerpts", "words asked for", "words written", "sections touched"),
        rows=rows,
        notes="The whole path with the offline model, which says at least one whole sentence of each concept, and "
        "no more than the document has and its preferences ask for.",
        missed=[] if kept else [f"a lesson of an hour is {HOUR_TO_MINUTE} times as long as one of a minute"],
    )


def focus_table(documents: Sequence[LongDocument]) -> Table:
    rows: list[Sequence[object]] = []
    missed = []
    for document in documents:
        shares, without = [], []
        plain = asyncio.run(lesson_of(document, LessonOptions())).cited
        for place in evenly_spread(len(document.parts))[:_ASKED]:
            title, wanted = document.parts[place]
            options = LessonOptions(focus=re.sub(r"^[\W\d]*(?:V\d+ )?|[\W\d]*$", "", title))
            ranked = list(_ranked(document, str(options.focus)))
            shares.append(_share_in(asyncio.run(lesson_of(document, options, ranked=ranked)).cited, wanted))
            without.append(_share_in(plain, wanted))
        rows.append((document.name, len(shares), _mean(shares), min(shares), _mean(without)))
        if _mean(shares) < ON_FOCUS:
            missed.append(f"{document.name}: {ON_FOCUS} of a lesson's sourced sentences are from the section asked for")
    return Table(
        title="Lessons with a focus",
        columns=("document", "sections asked for", "sourced from that section", "the least", "without a focus"),
        rows=rows,
        notes="The focus is the title of a top-level section; what other sections say of it counts against it. "
        "Passages are ranked by cosine and, in place of Postgres, by the rarity of the words that they share with it.",
        missed=missed,
    )


def _ranked(document: LongDocument, focus: str) -> Iterator[UUID]:
    texts = [embedding_text(chunk) for chunk in document.chunks]
    vectors = asyncio.run(embedder().embed([*texts, focus]))
    wanted = set(terms(focus))
    found = [set(terms(text)) & wanted for text in texts]
    rarity = {term: log(1 + len(texts) / (1 + sum(term in own for own in found))) for term in wanted}
    candidates = [
        Candidate(
            chunk_id=chunk.id,
            file_id=FILE,
            index=chunk.index,
            token_count=chunk.token_count,
            text_score=sum(rarity[term] for term in own),
            similarity=float(sum(a * b for a, b in zip(vector, vectors[-1], strict=True))),
        )
        for chunk, own, vector in zip(document.chunks, found, vectors, strict=False)
    ]
    ranked = fuse(candidates)[:FOCUS_CANDIDATES]
    return (one.chunk_id for one in ranked if one.score >= IN_FOCUS * ranked[0].score)


def _share_in(cited: Sequence[UUID], wanted: frozenset[UUID]) -> float:
    return sum(chunk in wanted for chunk in cited) / len(cited)


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares)
