"""What a citation quotes of a chunk, page by page: who opens the page that is named finds every word of it there."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from learnx.domain.documents import Chunk, PageMark
from learnx.domain.terms import terms

#: A quote is cut, at a space, to at most so many characters; it stays verbatim.
MAX_QUOTE = 600


class Quote(NamedTuple):
    """``text`` is verbatim in its chunk; ``page`` and ``label`` are None where a format has no pages."""

    text: str
    page: int | None
    label: str | None


def quotes(chunk: Chunk, start: int, end: int) -> list[Quote]:
    """The text from ``start`` to ``end``: one quote, or one for each page where a page break cuts it.

    What a page has of it is left out where that is function words alone ("When the").
    """
    cuts = [mark.offset for mark in chunk.page_marks if start < mark.offset < end]
    found = [_quote(chunk, first, last) for first, last in pairwise([start, *cuts, end])]
    found = [quote for quote in found if quote.text]
    return [quote for quote in found if terms(quote.text) or any(map(str.isdigit, quote.text))] or found[:1]


def longest_quote(found: Sequence[Quote]) -> Quote:
    return max(found, key=lambda quote: len(quote.text))


def _quote(chunk: Chunk, start: int, end: int) -> Quote:
    text = chunk.text[start:end].strip()
    if len(text) > MAX_QUOTE:
        text = text[:MAX_QUOTE].rsplit(None, 1)[0]
    page = chunk.page_at(start) or PageMark(offset=0, page=chunk.page_start or 0, label=chunk.page_label)
    return Quote(text, page.page or None, page.label)
