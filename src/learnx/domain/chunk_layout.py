"""A document as what chunking may not cut, under the headings it stands under."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from learnx.domain.documents import LINE_BREAK, Block, BlockKind, Document
from learnx.domain.sentences import split_sentences

CountTokens = Callable[[list[str]], list[int]]
HeadingPath = tuple[str, ...]

_GOES_ON = LINE_BREAK.removesuffix("\n")
_INTRODUCED: tuple[BlockKind, ...] = ("list", "table", "code", "equation")


class Piece(NamedTuple):
    """A sentence, row, line of code, equation or heading: characters ``start`` to ``end`` of a block's text.

    ``keep_with_next``: a heading, or the sentence that leads in to a list, table, code or equation.
    """

    block: Block
    start: int
    end: int
    tokens: int
    keep_with_next: bool = False

    @property
    def text(self) -> str:
        return self.block.text[self.start : self.end]


class Heading(NamedTuple):
    """``path`` is its place, its own text included; None for one that has nothing under it."""

    path: HeadingPath | None
    piece: Piece


class Section(NamedTuple):
    """What stands under one heading path, up to the next heading, and the headings that lead to it."""

    path: HeadingPath
    headings: tuple[Heading, ...]
    pieces: tuple[Piece, ...]

    @property
    def tokens(self) -> int:
        return sum(heading.piece.tokens for heading in self.headings) + sum(piece.tokens for piece in self.pieces)


def sections(document: Document, count_tokens: CountTokens, *, max_tokens: int) -> list[Section]:
    """The sections that have a body, in reading order; every word is in a piece, or in a heading of a section.

    A piece is longer than ``max_tokens`` only where a sentence or a line is; beyond twice that it is cut, at white
    space where there is some.
    """
    blocks = [block for block in document.blocks if block.text.strip()]
    found: list[Section] = []
    waiting: list[Heading] = []
    for path, headings, pieces in _runs(zip(blocks, _pieces(blocks, count_tokens, max_tokens), strict=True)):
        waiting = [heading if _leads_to(heading, path) else heading._replace(path=None) for heading in waiting]
        waiting.extend(headings)
        if pieces:
            found.append(Section(path, tuple(waiting), tuple(pieces)))
            waiting = []
    if waiting:
        rest = tuple(heading.piece for heading in waiting)
        last = found.pop() if found else Section((), (), ())
        found.append(last._replace(pieces=last.pieces + rest))
    return found


def _leads_to(heading: Heading, path: HeadingPath) -> bool:
    return heading.path is not None and heading.path == path[: len(heading.path)]


def _runs(
    blocks: Iterable[tuple[Block, list[Piece]]],
) -> Iterable[tuple[HeadingPath, list[Heading], list[Piece]]]:
    """Each heading with what follows it up to the next heading or change of path."""
    path: HeadingPath = ()
    headings: list[Heading] = []
    body: list[Piece] = []
    for block, pieces in blocks:
        own_path = (*block.heading_path, block.text) if block.kind == "heading" else block.heading_path
        if block.kind == "heading" or own_path != path:
            yield path, headings, body
            path, headings, body = own_path, [], []
        if block.kind == "heading":
            headings = [Heading(path, piece) for piece in pieces]
        else:
            body.extend(pieces)
    yield path, headings, body


def _pieces(blocks: Sequence[Block], count_tokens: CountTokens, max_tokens: int) -> list[list[Piece]]:
    spans = [_spans(block) for block in blocks]
    counts = iter(
        count_tokens([block.text[s:e] for block, own in zip(blocks, spans, strict=True) for s, e in own]),
    )
    laid_out: list[list[Piece]] = []
    for index, (block, own) in enumerate(zip(blocks, spans, strict=True)):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        pieces = [Piece(block, s, e, next(counts), block.kind == "heading") for s, e in own]
        if following is not None and _leads_in(block, following):
            pieces[-1] = pieces[-1]._replace(keep_with_next=True)
        laid_out.append([part for piece in pieces for part in _cut(piece, count_tokens, max_tokens)])
    return laid_out


def _spans(block: Block) -> list[tuple[int, int]]:
    if block.kind in ("heading", "equation"):
        return [_stripped(block.text, 0, len(block.text))]
    if block.kind in ("table", "code"):
        return _lines(block.text)
    return split_sentences(block.text)


def _lines(text: str) -> list[tuple[int, int]]:
    """Lines that are not blank, with their indentation; those of one row are one."""
    spans: list[tuple[int, int]] = []
    position = 0
    goes_on = False
    for line in text.split("\n"):
        if line.strip():
            start = spans.pop()[0] if goes_on else position
            spans.append((start, position + len(line.rstrip())))
        goes_on = bool(spans) and line.endswith(_GOES_ON)
        position += len(line) + 1
    return spans


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    stripped = text[start:end].strip()
    start = text.index(stripped, start)
    return start, start + len(stripped)


def _leads_in(block: Block, following: Block) -> bool:
    return following.kind in _INTRODUCED and block.kind == "paragraph" and block.text.rstrip().endswith((":", "："))


def _cut(piece: Piece, count_tokens: CountTokens, max_tokens: int) -> list[Piece]:
    """Parts of about ``max_tokens`` of a piece that is more than twice as long; else the piece itself."""
    if piece.tokens <= 2 * max_tokens:
        return [piece]
    width = max(1, len(piece.text) * max_tokens // piece.tokens)
    spans: list[tuple[int, int]] = []
    start = piece.start
    while start < piece.end:
        end = min(start + width, piece.end)
        if end < piece.end:
            space = max(piece.block.text.rfind(white, start + 1, end + 1) for white in " \n\t")
            end = space if space > 0 else end
        if piece.block.text[start:end].strip():
            spans.append(_stripped(piece.block.text, start, end))
        start = end
    counts = count_tokens([piece.block.text[s:e] for s, e in spans])
    return [Piece(piece.block, s, e, count) for (s, e), count in zip(spans, counts, strict=True)]
