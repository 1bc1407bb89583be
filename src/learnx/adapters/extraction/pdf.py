"""Makes a document of a PDF's pages: finds out whether it has text at all, then blocks, headings and title."""

import re
from collections.abc import Iterable

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.headings import heading_levels
from learnx.adapters.extraction.language import detect_language
from learnx.adapters.extraction.layout import Piece, Typography, pieces
from learnx.adapters.extraction.pages import Line, Page, PdfContent, RuledTable
from learnx.domain.documents import Block, Document, PageMark

#: A document is unreadable if more than this share of its characters is rubbish.
MAX_RUBBISH = 0.3
MIN_LETTERS = 20
_RUBBISH = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\uffff\U000f0000-\U0010ffff]|\\(cid:\\d+\\)")
_LETTER = re.compile(r"[^\W_]")
_POOR_TITLE = re.compile(
    r"^(untitled|unbenannt|document\d*|slide \d+|microsoft word.*|powerpoint.*"
    r"|.*\.(docx?|pptx?|tex|dvi|indd|pdf|rtf|qxd|xlsx?))$",
    re.I,
)


def pdf_document(content: PdfContent) -> Document:
    """Raises ``ProcessingFailed`` ``no_text`` for scans and for text that no font explains."""
    _refuse_rubbish(content.pages)
    typography = Typography.of(content.pages)
    found = pieces(content.pages, typography)
    levels = heading_levels(found, content.outline, typography.body)
    blocks = tuple(_blocks(found, levels))
    return Document(
        blocks=blocks,
        title=_title(content, blocks),
        language=detect_language(block.text for block in blocks),
        page_count=content.page_count,
    )


def _refuse_rubbish(pages: list[Page]) -> None:
    texts = [text for page in pages for item in page.items for text in _texts(item)]
    letters = rubbish = total = 0
    for text in texts:
        total += len(text)
        letters += len(_LETTER.findall(text))
        if not text.isascii() or not text.isprintable() or "(cid:" in text:
            rubbish += sum(map(len, _RUBBISH.findall(text)))
    if letters < min(MIN_LETTERS, 1) or rubbish > MAX_RUBBISH * total:
        raise failure("no_text")


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


def _title(content: PdfContent, blocks: tuple[Block, ...]) -> str | None:
    title = " ".join((content.title or "").split())
    if title and not _POOR_TITLE.match(title) and len(title) <= 300:
        return title
    headings = [block for block in blocks if block.kind == "heading"]
    return headings[0].text if headings else None
