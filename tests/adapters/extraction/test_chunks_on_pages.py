"""Every chunk of every real PDF stands on the pages it names, as two other extractions of those pages tell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pypdfium2
import pytest
from pdfminer.high_level import extract_text

from learnx.adapters.embeddings import WordLlamaEmbedder
from learnx.adapters.extraction.layout import Typography
from learnx.adapters.extraction.pages import Line
from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.adapters.extraction.pdfium_pages import PdfiumDocument
from learnx.adapters.extraction.running_lines import running_lines
from learnx.domain.chunking import chunk_document
from learnx.domain.cleaning import clean
from learnx.domain.documents import Chunk, Document
from learnx.domain.sentences import split_sentences
from learnx.domain.text_comparison import comparable

pytestmark = pytest.mark.timeout(300)

#: Share of chunks that stand under a heading; the notes are handwriting, slides of different titles share a chunk.
HEADED = {"NotesOctober9.pdf": 0.0, "slides_wave-beamer.pdf": 0.4}
#: Documents in which pdfminer finds the same words, in the same order.
WITNESSED = ("10.21105.jose.00015.pdf", "10.21105.jose.00240.pdf", "10.21105.jose.00302.pdf")
#: Words of what stands below, or above, the text of most pages.
FEET = {
    "10.21105.jose.00015.pdf": "Boeing, (2018). Pynamical",
    "10.21105.jose.00138.pdf": "Duda et al., (2021). Teaching",
    "10.21105.jose.00240.pdf": "Hugman et al. (2024). Self-Guided",
    "10.21105.jose.00302.pdf": "Govan. (2026). ReliaLearnR",
    "EPANET_User's_Manual_2.2.0.pdf": "EPANET USERS MANUAL, Release",
    "OWASP_Application_Security_Verification_Standard_5.0.0_en.pdf": "Application Security Verification Standard May",
    "super-cheatsheet-machine-learning.pdf": "Stanford University",
}
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")


@dataclass
class Found:
    """What became of one file's chunks.

    One is ``in_one_piece`` if every paragraph of it stands so on its page in pdfium's own text, which knows no tables,
    or else every line of it, or cell of a table.
    """

    chunks: int = 0
    in_one_piece: int = 0
    torn: list[tuple[int, str]] = field(default_factory=list)
    missing: list[tuple[int, str]] = field(default_factory=list)


def real_pdfs(corpora: Path) -> list[Path]:
    return sorted((corpora / "pdf_real").glob("*.pdf"))


@lru_cache
def document_of(path: Path) -> tuple[Document, Document]:
    raw = read_pdf(path.read_bytes(), password=None, engine="pdfium", on_pages=lambda done, total: None)
    return raw, clean(raw)


@lru_cache(maxsize=1)
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


@lru_cache
def chunks_of(path: Path) -> tuple[Chunk, ...]:
    count = embedder().count_tokens
    return chunk_document(document_of(path)[1], file_id=uuid4(), new_id=uuid4, known={}, count_tokens=count)


def running_heads_of(path: Path) -> dict[int, set[str]]:
    """What layout has dropped from each page."""
    pages = PdfiumDocument(path.read_bytes(), None).content(lambda done: None).pages
    found = running_lines(pages, Typography.of(pages).body)
    return {
        page.number: {comparable(item.text) for item in page.items if isinstance(item, Line) and id(item) in found}
        for page in pages
    }


def page_texts(path: Path) -> dict[int, tuple[str, str]]:
    """pdfium's text of each page, comparable, without its running heads, and with them."""
    heads = running_heads_of(path)
    with pypdfium2.PdfDocument(path) as pdf:
        texts = {number: page.get_textpage().get_text_range() for number, page in enumerate(pdf, start=1)}
    return {
        number: (
            _comparable(line for line in lines if comparable(line) not in heads.get(number, ())),
            _comparable(lines),
        )
        for number, text in texts.items()
        for lines in [text.split("\r\n")]
    }


def _comparable(lines: Iterable[str]) -> str:
    return comparable(re.sub(r"[\x7f-\x9f\ufe00-\ufe0d]", "", "\n".join(lines)))


def parts(chunk: Chunk) -> Iterator[tuple[int, str]]:
    """The text of a chunk by page, and by block: blocks follow each other there but for headings above them."""
    bounds = [*(mark.offset for mark in chunk.page_marks), len(chunk.text)]
    for mark, (start, end) in zip(chunk.page_marks, pairwise(bounds), strict=True):
        for part in chunk.text[start:end].split("\n\n"):
            if comparable(part):
                yield mark.page, part


def look(path: Path) -> Found:
    pages = page_texts(path)
    found = Found()
    for chunk in chunks_of(path):
        found.chunks += 1
        whole = True
        for page, part in parts(chunk):
            bare, full = pages[page]
            if comparable(part) in bare:
                continue
            for piece in re.split(r"\n| \| ", part):
                if comparable(piece) not in bare and comparable(piece) not in full:
                    whole = False
                    found.torn.append((page, piece))
                    found.missing += [(page, word) for word in _WORD.findall(piece) if comparable(word) not in full]
        found.in_one_piece += whole
    return found


@pytest.fixture(scope="module")
def findings(corpora: Path) -> dict[str, Found]:
    return {path.name: look(path) for path in real_pdfs(corpora)}


def test_every_chunk_stands_on_the_pages_it_names(findings: dict[str, Found]) -> None:
    for name, found in findings.items():
        print(f"{name}: {found.in_one_piece} of {found.chunks} chunks in one piece; {len(found.torn)} pieces torn")
    short = {
        name: (found.in_one_piece, found.chunks, found.torn[:3])
        for name, found in findings.items()
        if found.in_one_piece < found.chunks
    }
    assert short == {}


def test_every_word_and_number_of_a_chunk_stands_on_the_page_it_names(findings: dict[str, Found]) -> None:
    assert {name: found.missing for name, found in findings.items() if found.missing} == {}


def test_another_extractor_finds_the_chunks_too(corpora: Path) -> None:
    for name in WITNESSED:
        path = corpora / "pdf_real" / name
        count = document_of(path)[1].page_count or 0
        pages = {number: comparable(extract_text(path, page_numbers=[number - 1])) for number in range(1, count + 1)}
        sentences = [
            (page, part[start:end])
            for chunk in chunks_of(path)
            for page, part in parts(chunk)
            for start, end in split_sentences(part)
        ]
        lost = [(page, sentence) for page, sentence in sentences if comparable(sentence) not in pages[page]]
        assert len(lost) <= 0.05 * len(sentences), (name, lost[:5])


def test_no_chunk_holds_a_running_foot(corpora: Path) -> None:
    for name, foot in FEET.items():
        path = corpora / "pdf_real" / name
        with pypdfium2.PdfDocument(path) as pdf:
            assert sum(foot in page.get_textpage().get_text_range() for page in pdf) > 0.5 * len(pdf), name
        assert [chunk.text for chunk in chunks_of(path) if foot in chunk.text] == [], name


def test_no_chunk_cuts_a_sentence(corpora: Path) -> None:
    for path in real_pdfs(corpora):
        whole = {sentence for block in document_of(path)[1].blocks for sentence in sentences_of(block.text)}
        parts = (part for chunk in chunks_of(path) for part in chunk.text.split("\n\n"))
        cut = [sentence for part in parts for sentence in sentences_of(part) if sentence not in whole]
        assert cut == [], path.name


def sentences_of(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def test_headings_lead_to_most_chunks(corpora: Path) -> None:
    for path in real_pdfs(corpora):
        chunks = chunks_of(path)
        led = sum(bool(chunk.heading_path) for chunk in chunks)
        assert led >= HEADED.get(path.name, 0.7) * len(chunks), (path.name, led, len(chunks))
