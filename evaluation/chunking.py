"""What chunking does to documents: whether sentences stay whole, headings are kept, pages right, topics found."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pypdfium2
from evaluation.long_documents import chunked, document_of
from evaluation.report import Table
from evaluation.segmentation import topic_table

from learnx.domain.documents import Block, Chunk, Document
from learnx.domain.sentences import split_sentences
from learnx.domain.text_comparison import comparable

#: The least shares of sentences that are whole, of headings that are kept, and of words on the page that is named.
WHOLE, KEPT, ON_PAGE = 0.995, 1.0, 0.995
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")


def run(corpora: Path) -> list[Table]:
    return [_documents_table(corpora), topic_table(corpora)]


def _documents_table(corpora: Path) -> Table:
    rows = []
    missed = []
    for path in sorted((corpora / "pdf_real").glob("*.pdf")):
        document = document_of(path)
        chunks = chunked(document)
        whole, kept, on_page = (
            sentences_whole(document, chunks),
            headings_kept(document, chunks),
            on_pages(path, chunks),
        )
        led = sum(bool(chunk.heading_path) for chunk in chunks) / len(chunks)
        rows.append((path.name, len(chunks), whole, kept, bookmarks_found(path, chunks), led, on_page))
        for figure, least, what in (
            (whole, WHOLE, "of its sentences are whole"),
            (kept, KEPT, "of its headings are kept"),
            (on_page, ON_PAGE, "of its words stand on the page named"),
        ):
            if figure is not None and figure < least:
                missed.append(f"{path.name}: {figure:.3f} {what}, not {least}")
    return Table(
        title="Chunks of real PDFs",
        columns=(
            *("document", "chunks", "sentences whole", "headings kept", "bookmarks found", "chunks under a heading"),
            "words on the page named",
        ),
        rows=[tuple("–" if cell is None else cell for cell in row) for row in rows],
        notes="Sentences whole: in one chunk each. Headings kept: in the heading path of a chunk, or as a line of the "
        "text where tiny sections share a chunk. Bookmarks found: titles of the PDF's own outline, which LearnX does "
        "not read, that are in a heading path or text line of chunks. The page's words are pdfium's.",
        missed=missed,
    )


def sentences_whole(document: Document, chunks: tuple[Chunk, ...]) -> float:
    """Of prose; in reading order, so that what is said twice must be found twice."""
    total = found = current = position = 0
    for block in document.blocks:
        if block.kind not in ("paragraph", "list", "slide", "note"):
            continue
        for start, end in split_sentences(block.text):
            total += 1
            for place in range(current, min(current + 4, len(chunks))):
                at = chunks[place].text.find(block.text[start:end], position if place == current else 0)
                if at >= 0:
                    found, current, position = found + 1, place, at + end - start
                    break
    return found / total if total else 1.0


def headings_kept(document: Document, chunks: tuple[Chunk, ...]) -> float | None:
    headings = [block for block in document.blocks if _is_heading(block)]
    lines = _lines(chunks)
    return sum(comparable(block.text) in lines for block in headings) / len(headings) if headings else None


def bookmarks_found(path: Path, chunks: tuple[Chunk, ...]) -> float | None:
    lines = _lines(chunks)
    with pypdfium2.PdfDocument(path) as pdf:
        titles = {_bare(bookmark.get_title()) for bookmark in pdf.get_toc()}
    titles.discard("")
    if not titles:
        return None
    bare = {_bare(line) for line in lines}
    return sum(title in bare for title in titles) / len(titles)


def on_pages(path: Path, chunks: tuple[Chunk, ...]) -> float:
    with pypdfium2.PdfDocument(path) as pdf:
        pages = {number: comparable(page.get_textpage().get_text_range()) for number, page in enumerate(pdf, start=1)}
    total = found = 0
    for chunk in chunks:
        for page, text in _by_page(chunk):
            words = _WORD.findall(text)
            total += len(words)
            found += len(words) if comparable(text) in pages[page] else sum(comparable(w) in pages[page] for w in words)
    return found / total


def _is_heading(block: Block) -> bool:
    return block.kind == "heading" and bool(comparable(block.text))


def _lines(chunks: tuple[Chunk, ...]) -> set[str]:
    """The headings over chunks, and the paragraphs in them, comparable."""
    return {
        comparable(line)
        for chunk in chunks
        for line in (*chunk.heading_path, *chunk.text.split("\n\n"))
        if line.strip()
    }


def _bare(title: str) -> str:
    """Without the number that a heading has and a bookmark has not, or the other way round."""
    return re.sub(r"^[\divxlc.:()]+|[\d.:]+$", "", comparable(title).casefold())


def _by_page(chunk: Chunk) -> Iterator[tuple[int, str]]:
    bounds = [*(mark.offset for mark in chunk.page_marks), len(chunk.text)]
    for mark, (start, end) in zip(chunk.page_marks, pairwise(bounds), strict=True):
        yield mark.page, chunk.text[start:end]
