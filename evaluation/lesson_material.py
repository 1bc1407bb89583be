"""The corpora as a lesson meets them: a handful of passages of one document, numbered as excerpts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from uuid import UUID, uuid5

from learnx.adapters.embeddings.wordllama import WordLlamaEmbedder
from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.domain.chunking import chunk_document
from learnx.domain.cleaning import clean
from learnx.domain.documents import Chunk, PageMark
from learnx.domain.prompts import Excerpt

FILE = UUID(int=1)
#: Question sets of English prose, with how many lessons are taken from each.
SETS = {"openstax.psychology": 40, "openstax.astronomy": 40, "covidqa": 24, "xquad.en": 40, "pubmedqa": 20}
#: About as many passages as a prompt holds.
_PASSAGES = 20
_SHORTEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonMaterial:
    """``source`` is the folder or file of the corpora, ``doc_ids`` the passages' own, parallel to ``excerpts``."""

    source: str
    excerpts: tuple[Excerpt, ...]
    doc_ids: tuple[str, ...]


def lessons(corpora: Path, limits: dict[str, int] | None = None) -> list[LessonMaterial]:
    """The same every time: of each set so many groups of passages, spread evenly over it."""
    found: list[LessonMaterial] = []
    for name, limit in (limits or SETS).items():
        groups = list(_groups(corpora, name))
        found += groups[:: max(1, len(groups) // limit)][:limit]
    return found


@lru_cache(maxsize=8)
def grouped(corpora: Path, source: str) -> dict[str, LessonMaterial]:
    """Of a question set the group of passages that each of its passages belongs to, by its id."""
    return {doc_id: group for group in _groups(corpora, source.removeprefix("qa/")) for doc_id in group.doc_ids}


def pdf_chunks(path: Path) -> tuple[Chunk, ...]:
    """A real PDF as the pipeline stores it."""
    document = read_pdf(path.read_bytes(), password=None, engine="pdfium", on_pages=lambda *_: None)
    numbers = iter(range(1, 1_000_000))
    return chunk_document(
        clean(document),
        file_id=FILE,
        new_id=lambda: UUID(int=next(numbers)),
        known={},
        count_tokens=WordLlamaEmbedder().count_tokens,
    )


def numbered(chunks: Sequence[Chunk]) -> tuple[Excerpt, ...]:
    return tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chunks, start=1))


def passage_rows(corpora: Path, name: str) -> list[dict[str, str]]:
    path = corpora / "qa" / name / "passages.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _groups(corpora: Path, name: str) -> Iterator[LessonMaterial]:
    rows = [row for row in passage_rows(corpora, name) if len(row["text"]) >= _SHORTEST]
    for _, group in groupby(rows, key=lambda row: row.get("section_id") or row["title"]):
        members = list(group)
        for start in range(0, len(members), _PASSAGES):
            part = members[start : start + _PASSAGES]
            chunks = [_chunk(place, row) for place, row in enumerate(part)]
            yield LessonMaterial(
                source=f"qa/{name}", excerpts=numbered(chunks), doc_ids=tuple(row["doc_id"] for row in part)
            )


def _chunk(index: int, row: dict[str, str]) -> Chunk:
    return Chunk(
        id=uuid5(FILE, row["doc_id"]),
        file_id=FILE,
        index=index,
        text=row["text"],
        page_marks=(PageMark(offset=0, page=index + 1),),
        heading_path=tuple(filter(None, row["title"].split(" > "))),
        token_count=len(row["text"]) // 4,
        content_hash=row["doc_id"],
        page_start=index + 1,
        page_end=index + 1,
    )
