"""Whether the passage that answers a question is found, through the real Postgres, on sets of real questions."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.learner import CORPORA, Library, fresh_database, new_library
from benchmarks.report import Figure, table
from uuid_utils.compat import uuid7

from learnx.adapters.embeddings.wordllama import WordLlamaEmbedder
from learnx.application.ports.embeddings import Embedder
from learnx.application.retrieval import CANDIDATES
from learnx.domain.documents import Chunk
from learnx.domain.retrieval import Candidate, Scope, fuse

#: How far below its baseline a set may fall.
TOLERANCE = 0.005

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """``published`` is nDCG@10 of reciprocal rank fusion as the README of the question sets gives it, where it does.

    ``by_article``: each question is asked of its article alone. ``any_of_section``: every passage of the right section
    is a hit, and only questions with an answer count.
    """

    folder: str
    questions: str
    language: str = "en"
    published: float | None = None
    by_article: bool = False
    any_of_section: bool = False

    @property
    def name(self) -> str:
        return self.folder if self.questions == "questions" else f"{self.folder} {self.questions}"


SETS = (
    QuestionSet("xquad.en", "questions", published=0.969),
    QuestionSet("pubmedqa", "questions", published=0.949),
    QuestionSet("covidqa", "questions", published=0.766, by_article=True),
    QuestionSet("openstax.psychology", "glossary", published=0.786),
    QuestionSet("openstax.astronomy", "glossary", published=0.551),
    QuestionSet("openstax.psychology", "review", published=0.474, any_of_section=True),
    QuestionSet("xquad.es", "questions", language="es"),
    QuestionSet("xquad.zh", "questions", language="zh"),
)


@dataclass(frozen=True, slots=True)
class Quality:
    hit_at_1: float
    hit_at_5: float
    ndcg_at_10: float


#: Which questions of a set count, by their number in its file, from 1.
Counted = Callable[[int], bool]


def run() -> list[Figure]:
    return asyncio.run(_run())


async def _run() -> list[Figure]:
    figures: list[Figure] = []
    embedder = WordLlamaEmbedder()
    async with fresh_database() as (database, _):
        for questions in SETS:
            found = await measure(await new_library(database), embedder, questions)
            fused, by_rank = found["fused"], found["by rank"]
            figures += [
                Figure(name=f"{questions.name}: hit@1", measured=fused.hit_at_1, baseline=by_rank.hit_at_1),
                Figure(name=f"{questions.name}: hit@5", measured=fused.hit_at_5, baseline=by_rank.hit_at_5),
                _ndcg(questions, fused.ndcg_at_10, by_rank.ndcg_at_10),
            ]
    return figures


def _ndcg(questions: QuestionSet, measured: float, by_rank: float) -> Figure:
    name = f"{questions.name}: nDCG@10"
    least = (by_rank if questions.published is None else questions.published) - TOLERANCE
    return Figure(
        name=name,
        measured=measured,
        baseline=by_rank,
        ratio=measured / by_rank,
        target=f"≥ {least:.3f}",
        ok=measured >= least,
    )


async def measure(
    library: Library,
    embedder: Embedder,
    questions: QuestionSet,
    *,
    corpora: Path = CORPORA,
    counted: Counted = lambda _: True,
) -> dict[str, Quality]:
    """As LearnX ranks (``fused``), and as ``words`` alone, ``vectors`` alone and reciprocal rank fusion (``by rank``)
    would rank the same candidates."""
    passages = _read(corpora, questions.folder, "passages")
    asked = [
        row
        for number, row in enumerate(_read(corpora, questions.folder, questions.questions), 1)
        if row["answers"] and counted(number)
    ]
    files, documents = await _store(library, embedder, questions, passages)
    section = {passage["doc_id"]: passage.get("section_id") for passage in passages}
    sizes = Counter(section.values())
    found: dict[str, list[tuple[list[bool], int]]] = {name: [] for name in RANKINGS}
    vectors = await embedder.embed([row["question"] for row in asked])
    for row, vector in zip(asked, vectors, strict=True):
        async with library.database.transaction(library.owner) as tx:
            candidates = await tx.chunks.candidates(
                Scope(file_id=files[row["section_id"] if questions.by_article else None]),
                row["question"],
                vector,
                embedding_model=embedder.model,
                limit=CANDIDATES,
            )
        if questions.any_of_section:
            right = {document for document, own in section.items() if own == row["section_id"]}
            relevant = sizes[row["section_id"]]
        else:
            right = set(row.get("doc_ids") or [row["doc_id"]])
            relevant = len(right)
        for name, ranking in RANKINGS.items():
            hits = [documents[chunk] in right for chunk in ranking(candidates)[:10]]
            found[name].append((hits, relevant))
    return {name: _quality(hits) for name, hits in found.items()}


async def _store(
    library: Library, embedder: Embedder, questions: QuestionSet, passages: Sequence[Row]
) -> tuple[dict[str | None, UUID], dict[UUID, str]]:
    """Each article, or else the whole set, as a file of one chunk a passage; and which passage a chunk is."""
    articles: dict[str | None, list[Row]] = {}
    for passage in passages:
        articles.setdefault(passage["section_id"] if questions.by_article else None, []).append(passage)
    files: dict[str | None, UUID] = {}
    documents: dict[UUID, str] = {}
    for article, rows in articles.items():
        files[article] = await library.add_file()
        texts = [row["text"] for row in rows]
        chunks = [
            Chunk(
                id=uuid7(),
                file_id=files[article],
                index=index,
                text=text,
                token_count=len(text.split()),
                content_hash=str(index),
            )
            for index, text in enumerate(texts)
        ]
        documents |= {chunk.id: row["doc_id"] for chunk, row in zip(chunks, rows, strict=True)}
        async with library.database.transaction(library.owner) as tx:
            await tx.chunks.replace(
                files[article],
                chunks,
                await embedder.embed(texts),
                embedding_model=embedder.model,
                language=questions.language,
            )
            await tx.commit()
    return files, documents


def _by(score: Callable[[Candidate], float], candidates: Sequence[Candidate]) -> list[UUID]:
    """Best first, without those it says nothing for."""
    ranked = sorted(candidates, key=lambda one: (-score(one), one.index))
    return [one.chunk_id for one in ranked if score(one) > 0]


def _words(one: Candidate) -> float:
    return one.text_score


def _likeness(one: Candidate) -> float:
    return one.similarity or 0.0


def _by_reciprocal_rank(candidates: Sequence[Candidate]) -> list[UUID]:
    """The baseline, with its constant k = 60."""
    scores = dict.fromkeys((one.chunk_id for one in candidates), 0.0)
    for measure_of in (_words, _likeness):
        for rank, chunk in enumerate(_by(measure_of, candidates), 1):
            scores[chunk] += 1 / (60 + rank)
    return sorted(scores, key=lambda chunk: -scores[chunk])


RANKINGS: dict[str, Callable[[Sequence[Candidate]], list[UUID]]] = {
    "words": lambda candidates: _by(_words, candidates),
    "vectors": lambda candidates: _by(_likeness, candidates),
    "fused": lambda candidates: [one.chunk_id for one in fuse(candidates)],
    "by rank": _by_reciprocal_rank,
}


def _quality(found: Sequence[tuple[list[bool], int]]) -> Quality:
    def gain(hits: Sequence[bool]) -> float:
        return sum(hit / log2(place + 2) for place, hit in enumerate(hits))

    return Quality(
        hit_at_1=sum(any(hits[:1]) for hits, _ in found) / len(found),
        hit_at_5=sum(any(hits[:5]) for hits, _ in found) / len(found),
        ndcg_at_10=sum(gain(hits) / gain([True] * min(relevant, 10)) for hits, relevant in found) / len(found),
    )


def _read(corpora: Path, folder: str, name: str) -> list[Row]:
    path = Path(corpora, "qa", folder, f"{name}.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    print(table(run()))
