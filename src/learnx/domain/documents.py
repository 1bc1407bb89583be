"""What extraction yields: ordered blocks, each knowing the page and the heading path it stands under."""

from typing import Literal
from uuid import UUID

from learnx.domain.values import Value

BlockKind = Literal["heading", "paragraph", "list", "table", "code", "equation", "slide", "note"]

#: Between the printed lines of one row of a table: a line break that ends neither sentence nor row, as in Markdown.
LINE_BREAK = "  \n"


class PageMark(Value):
    """From character ``offset`` of a text on, the text stands on physical page ``page`` (from 1).

    ``label`` is what is printed on that page ("xii", "131"), where it is known.
    """

    offset: int
    page: int
    label: str | None = None


class Block(Value):
    """One piece of a document. ``page_marks`` is ordered, starts at offset 0, and is empty where there are no pages.

    ``heading_path`` holds the headings above it, outermost first; a heading block's own text is not in its path.
    ``level`` is a heading's depth, from 1. A table's text is one row a line, cells joined by `` | ``; the
    printed lines of a row whose cells wrap side by side are joined by ``LINE_BREAK``.
    """

    kind: BlockKind
    text: str
    page_marks: tuple[PageMark, ...] = ()
    heading_path: tuple[str, ...] = ()
    level: int | None = None


class Document(Value):
    """``page_count`` counts physical pages or slides; None for formats that have none."""

    blocks: tuple[Block, ...]
    title: str | None = None
    language: str | None = None
    page_count: int | None = None

    @property
    def word_count(self) -> int:
        return sum(len(block.text.split()) for block in self.blocks)


class Chunk(Value):
    """A passage of a file that stands on its own; ``index`` counts from 0 in reading order.

    ``content_hash`` identifies text and heading path within a file, so that unchanged text keeps its id.
    """

    id: UUID
    file_id: UUID
    index: int
    text: str
    page_marks: tuple[PageMark, ...] = ()
    heading_path: tuple[str, ...] = ()
    token_count: int
    content_hash: str
    page_start: int | None = None
    page_end: int | None = None
    page_label: str | None = None

    def page_at(self, offset: int) -> PageMark | None:
        """The page on which the character at ``offset`` of the text stands."""
        found = None
        for mark in self.page_marks:
            if mark.offset > offset:
                break
            found = mark
        return found
