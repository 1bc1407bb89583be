"""Sentences that people wrote about the corpora, true and false, with the passages that each was written from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from uuid import UUID

from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.domain.chunking import chunk_document
from learnx.domain.cleaning import clean
from learnx.domain.documents import Chunk

PARAPHRASES = Path(__file__).with_name("paraphrases.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase:
    """``text`` says what ``passages`` say if ``true``; ``kind`` is how freely it does, or else what is wrong with it.

    ``source`` is a folder of passages or a PDF, by its path under the corpora; ``place`` is the passage's ``doc_id``
    there or the page's number. A page's passages are all that stand on it, wholly or in part.
    """

    id: int
    source: str
    place: str | int
    text: str
    true: bool
    kind: str
    passages: tuple[str, ...]


def paraphrases(corpora: Path) -> list[Paraphrase]:
    """All of them, in the order of their ids. Raises ``KeyError`` for a passage that the corpora don't have."""
    rows = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
    return [
        Paraphrase(
            id=row["id"],
            source=row["set"],
            place=row["page"] if "page" in row else row["doc_id"],
            text=row["text"],
            true=row["true"],
            kind=row["kind"],
            passages=_on_page(corpora / row["set"], row["page"])
            if "page" in row
            else (_by_id(corpora / row["set"])[row["doc_id"]],),
        )
        for row in rows
    ]


@lru_cache(maxsize=16)
def _by_id(folder: Path) -> dict[str, str]:
    lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["doc_id"]: row["text"] for row in map(json.loads, lines)}


def _on_page(pdf: Path, page: int) -> tuple[str, ...]:
    found = tuple(
        chunk.text
        for chunk in _chunks(pdf)
        if chunk.page_start is not None and chunk.page_end is not None and chunk.page_start <= page <= chunk.page_end
    )
    if not found:
        raise KeyError(f"{pdf.name} has nothing on page {page}")
    return found


@lru_cache(maxsize=16)
def _chunks(pdf: Path) -> tuple[Chunk, ...]:
    document = read_pdf(pdf.read_bytes(), password=None, engine="pdfium", on_pages=lambda done, total: None)
    numbers = count(1)
    return chunk_document(
        clean(document),
        file_id=UUID(int=0),
        new_id=lambda: UUID(int=next(numbers)),
        known={},
        count_tokens=_count_tokens,
    )


def _count_tokens(texts: Sequence[str]) -> list[int]:
    """About as many as a tokenizer of English counts."""
    return [len(text) // 4 for text in texts]
