"""Makes a document of a PDF's pages: finds out whether it has text at all, then blocks, headings and title."""

import re
from collections.abc import Iterable

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.headings import heading_levels
from learnx.adapters.extraction.language import detect_language
from learnx.adapters.extraction.layout import Piece, Typography, pieces
from learnx.adapters.extraction.pages import Line, Page, PdfContent, RuledTable
from learnx.adapters.extraction.titles import given_title
from learnx.domain.documents import Block, Document, PageMark

#: A page is unreadable if more than this share of its characters is rubbish.
MAX_RUBBISH = 0.3
_TITLE_PAGES = 3
_RUBBISH = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\uffff\U000f0000-\U0010ffff]|\\(cid:\\d+\\)")
_IDENTIFIER = re.compile(r"\S*\d\S*$")
_LETTER = re.compile(r"[^\W_]")


def pdf_document(content: PdfContent) -> Document:
    """Raises ``ProcessingFailed`` ``no_text`` for scans and for text that no font explains."""
    pages = _readable_pages(content.pages)
    if not pages:
        raise failure("no_text")
    typography = Typography.of(pages)
    found = pieces(pages, typography)
    levels = heading_levels(found, content.outline, typography.body)
    blocks = tuple(_blocks(found, levels))
    return Document(
        blocks=blocks,
        title=_title(content, found, levels),
        language=detect_language(block.text for block in blocks),
        page_count=content.page_count,
    )


def _readable_pages(pages: list[Page]) -> list[Page]:
    """Without the pages whose text is rubbish; nothing where they are most, or where there are no letters at all."""
    written = [page for page in pages if page.items]
    readable = [page for page in written if not _is_rubbish(page)]
    has_letters = any(_LETTER.search(text) for page in readable for item in page.items for text in _texts(item))
    return readable if has_letters and 2 * len(readable) >= len(written) else []


def _is_rubbish(page: Page) -> bool:
    total = rubbish = 0
    for item in page.items:
        for text in _texts(item):
            total += len(text)
            if not (text.isascii() and text.isprintable()) or "(cid:" in text:
                rubbish += sum(map(len, _RUBBISH.findall(text)))
    return rubbish > MAX_RUBBISH * total


def _texts(item: Line | RuledTable) -> Iterable[str]:
    return (item.text,) if isinstance(item, Line) else (cell for row in item.rows for cell in row)


def _blocks(found: list[Piece], levels: dict[int, int]) -> Iterable[Block]:
    path: list[tuple[int, str]] = []
    for index, piece in enumerate(found):
        marks = (PageMark(offset=0, page=piece.page, label=piece.label),)
        level = levels.get(index)
        if level is not None:
            path = [above for above in path if above[0] < level]
        heading_path = tuple(text for _, text in path)
        kind = "heading" if level is not None else piece.kind
        yield Block(kind=kind, text=piece.text, page_marks=marks, heading_path=heading_path, level=level)
        if level is not None:
            path.append((level, piece.text))


def _title(content: PdfContent, found: list[Piece], levels: dict[int, int]) -> str | None:
    """What the file says, unless it is the name of a file; else the largest heading of the first pages."""
    title = given_title(content.title)
    if title:
        return title
    headings = [found[index] for index in sorted(levels)]
    first = [piece for piece in headings if piece.page <= _TITLE_PAGES and not _IDENTIFIER.match(piece.text)]
    return max(first or headings[:1], key=lambda piece: piece.size).text if headings else None
