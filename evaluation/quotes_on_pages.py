"""Whether a quote stands, verbatim, on the page that its citation names, as pdfium reads that page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2
from evaluation.lesson_material import FILE, numbered

from learnx.domain.documents import Chunk
from learnx.domain.grounding import Verifier
from learnx.domain.markers import read_markers
from learnx.domain.sentences import split_sentences
from learnx.domain.text_comparison import comparable

#: So many chunks make a lesson; of each document every so-manieth sentence is asked.
_CHUNKS, _EVERY = 20, 5


@dataclass(slots=True)
class Quotes:
    sentences: int = 0
    sourced: int = 0
    quotes: int = 0
    on_page: int = 0


def quotes_of(path: Path, chunks: Sequence[Chunk]) -> Quotes:
    """Sentences of a document, told to be its own, and where their quotes are said to stand."""
    found = Quotes()
    with pypdfium2.PdfDocument(path) as pdf:

        @cache
        def page_text(number: int) -> str:
            if not 1 <= number <= len(pdf):
                return ""
            return comparable(pdf[number - 1].get_textpage().get_text_bounded())

        number = 0
        for start in range(0, len(chunks), _CHUNKS):
            excerpts = numbered(chunks[start : start + _CHUNKS])
            verifier = Verifier(FILE, excerpts)
            for item in excerpts:
                for first, last in split_sentences(item.chunk.text):
                    if _is_tabular(item.chunk.text, first, last):
                        continue
                    number += 1
                    if number % _EVERY == 0:
                        _ask(found, verifier, f"{item.chunk.text[first:last]} [{item.number}]", page_text)
    return found


def _is_tabular(text: str, start: int, end: int) -> bool:
    """Cells of a table and parts of an equation: two extractors read them in another order."""
    row = text[text.rfind("\n", 0, start) + 1 : end]
    following = text.find("\n", end)
    return " | " in row + text[end : following if following >= 0 else len(text)] or "=" in text[start:end]


def _ask(found: Quotes, verifier: Verifier, raw: str, page_text: Callable[[int], str]) -> None:
    marked = read_markers(raw)
    if not marked.cited or sum(map(str.isalpha, marked.text)) < 20:
        return
    verdict = verifier.verify(marked)
    found.sentences += 1
    found.sourced += verdict.kind == "sourced"
    for citation in verdict.citations:
        assert citation.page_number is not None
        found.quotes += 1
        found.on_page += comparable(citation.quote) in page_text(citation.page_number)
