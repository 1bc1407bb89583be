"""Long documents of the corpora, alone and joined, with the parts that a reader's overview of them has to touch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, groupby
from pathlib import Path
from uuid import UUID

import msgspec

from learnx.adapters.embeddings import WordLlamaEmbedder
from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.domain.chunking import chunk_document
from learnx.domain.cleaning import clean
from learnx.domain.documents import Block, Chunk, Document

FILE = UUID(int=1)

EPANET = "EPANET_User's_Manual_2.2.0.pdf"
DECAY = "decay-book-4screen.pdf"
ASVS = "OWASP_Application_Security_Verification_Standard_5.0.0_en.pdf"
TOP_TEN = "OWASP Top 10-2017_de_V1.0.pdf"
#: What a reader expects in an overview of none of these: chosen by hand, from the printed tables of contents.
MATTER = {
    EPANET: """
        EPANET 2.2 User Manual | Contents | List of Figures | List of Tables | List of Listings | Disclaimer
        | References
    """,
    DECAY: """
        Finite Difference Computing with Exponential Decay Models | Preface | Contents | References | Index
        | List of Exercises, Problems, and Projects
    """,
    ASVS: """
        Version 5.0.0 | Contents | Frontispiece | Preface | Appendix B: References | Appendix E ‑ Contributors
    """,
    TOP_TEN: """
        Die 10 kritischsten Sicherheitsrisiken für Webanwendungen (Deutsche Version 1.0) | I Inhalt
        | D VorwortderdeutschenVersion | V Vorwort
    """,
}
#: Alone, and as one document.
LONG = ((EPANET,), (DECAY,), (ASVS,), (TOP_TEN,), (EPANET, ASVS), (DECAY, EPANET), (DECAY, EPANET, ASVS))


@dataclass(frozen=True, slots=True)
class LongDocument:
    """``parts`` are its top-level sections: each a title and the chunks under it, front and back matter left out."""

    name: str
    pages: int
    language: str
    chunks: tuple[Chunk, ...]
    parts: tuple[tuple[str, frozenset[UUID]], ...]


def long_documents(corpora: Path) -> Iterator[LongDocument]:
    for names in LONG:
        documents = [document_of(corpora / "pdf_real" / name) for name in names]
        chunks = chunked(_joined(documents))
        matter = {heading.strip() for name in names for heading in MATTER[name].split("|")}
        yield LongDocument(
            name=" + ".join(name.split("-")[0].split("_")[0] if name != ASVS else "ASVS" for name in names),
            pages=sum(document.page_count or 0 for document in documents),
            language="de" if names == (TOP_TEN,) else "en",
            chunks=chunks,
            parts=_parts(chunks, matter),
        )


@lru_cache
def document_of(path: Path) -> Document:
    return clean(read_pdf(path.read_bytes(), password=None, engine="pdfium", on_pages=lambda done, total: None))


@lru_cache(maxsize=1)
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


def chunked(document: Document) -> tuple[Chunk, ...]:
    numbers = count(1)
    return chunk_document(
        document,
        file_id=FILE,
        new_id=lambda: UUID(int=next(numbers)),
        known={},
        count_tokens=embedder().count_tokens,
    )


def _joined(documents: Sequence[Document]) -> Document:
    blocks: list[Block] = []
    before = 0
    for document in documents:
        for block in document.blocks:
            marks = tuple(msgspec.structs.replace(mark, page=mark.page + before) for mark in block.page_marks)
            blocks.append(msgspec.structs.replace(block, page_marks=marks))
        before += document.page_count or 0
    return Document(blocks=tuple(blocks), page_count=before)


def _parts(chunks: Sequence[Chunk], matter: set[str]) -> tuple[tuple[str, frozenset[UUID]], ...]:
    return tuple(
        (path[0], frozenset(chunk.id for chunk in under))
        for path, under in groupby(chunks, key=lambda chunk: chunk.heading_path[:1])
        if path and path[0] not in matter
    )
