"""Reads a DOCX, with what python-docx loses: text boxes, content controls, insertions, formulas, notes, SmartArt."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from learnx.adapters.extraction.office_drawings import drawing_blocks
from learnx.adapters.extraction.office_package import (
    Element,
    OfficePackage,
    attribute,
    child,
    chosen,
    long_name,
    tag_of,
)
from learnx.adapters.extraction.word_styles import Numbering, Styles
from learnx.adapters.extraction.word_text import Inline, read_inline
from learnx.domain.cleaning import WRAP
from learnx.domain.documents import Block, BlockKind

MAX_HEADING = 300
#: A bold line that is longer is emphasis.
_MAX_BOLD_HEADING = 120

_HOLD_BLOCKS = ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag", "mc:Choice", "mc:Fallback")
_HOLD_CELLS = ("w:sdt", "w:sdtContent", "w:ins", "w:customXml")
_MAX_SPAN = 64


@dataclass(slots=True)
class WordContent:
    """``title`` is what stands in the style for titles."""

    blocks: list[Block]
    title: str | None = None


def word_content(package: OfficePackage, part: str, root: Element) -> WordContent:
    """Blocks in the order of the text; a note stands behind the paragraph that refers to it."""
    reader = _Reader(package, part)
    body = child(root, "w:body")
    reader.find_headings(body)
    blocks = list(reader.blocks(body)) if body is not None else []
    return WordContent(_with_whole_code(blocks), reader.title)


@dataclass(slots=True)
class _Reader:
    package: OfficePackage
    part: str
    title: str | None = None
    _styles: Styles = field(init=False)
    _numbering: Numbering = field(init=False)
    _notes: dict[tuple[str, str], Element] = field(init=False)
    _path: list[tuple[int, str]] = field(default_factory=list)
    _has_headings: bool = True

    def __post_init__(self) -> None:
        parts = {relation.kind: relation.target for relation in self.package.relations(self.part).values()}

        def named(kind: str) -> Element | None:
            return self.package.xml(parts[kind]) if kind in parts else None

        self._styles = Styles(named("styles"))
        self._numbering = Numbering(named("numbering"))
        self._notes = {
            (kind, attribute(note, "w:id") or ""): note
            for kind in ("footnote", "endnote")
            if (notes := named(f"{kind}s")) is not None
            for note in notes.iter(long_name(f"w:{kind}"))
        }

    def find_headings(self, body: Element | None) -> None:
        """Where no paragraph has the style of a heading, bold lines by themselves are headings."""
        paragraphs = body.iter(long_name("w:pPr")) if body is not None else ()
        self._has_headings = any(self._styles.heading_level(properties) is not None for properties in paragraphs)

    def blocks(self, container: Element) -> Iterator[Block]:
        for element in container:
            match tag_of(element):
                case "w:p":
                    yield from self._paragraph(element)
                case "w:tbl":
                    yield from self._table(element)
                case "mc:AlternateContent":
                    shown = chosen(element)
                    yield from self.blocks(shown) if shown is not None else ()
                case name if name in _HOLD_BLOCKS:
                    yield from self.blocks(element)
                case _:
                    pass

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        properties = child(paragraph, "w:pPr")
        inline = read_inline(paragraph)
        if inline.text.strip() and not self._styles.is_table_of_contents(properties):
            yield from self._written(properties, inline)
        yield from (self._block("equation", formula) for formula in inline.displayed)
        yield from self._anchored(inline)

    def _written(self, properties: Element | None, inline: Inline) -> Iterator[Block]:
        text = inline.text.strip("\n")
        level = self._styles.heading_level(properties)
        if self._styles.is_title(properties):
            level = 1
            self.title = self.title or " ".join(text.split())
        if level is None and not self._has_headings and _is_bold_line(inline, text):
            level = 1
        numbering = self._styles.numbering(properties)
        label = self._numbering.label(*numbering) if numbering else ""
        if level is not None and len(text) <= MAX_HEADING:
            yield self._heading(level, f"{label.strip('•')} {text}")
        elif numbering:
            indent = "  " * numbering[1]
            yield self._block("list", f"{indent}{label} {text.strip()}".replace("\n", WRAP))
        elif self._styles.is_code(properties) or (inline.has_words and inline.all_monospaced):
            yield self._block("code", text)
        elif inline.has_math and not inline.has_words:
            yield self._block("equation", text.strip())
        else:
            yield self._block("paragraph", text.strip())

    def _anchored(self, inline: Inline) -> Iterator[Block]:
        """What hangs on a paragraph: text boxes, drawings, notes."""
        for box in inline.boxes:
            yield from self.blocks(box)
        for drawing in inline.drawings:
            for block in drawing_blocks(drawing, self.package, self.package.relations(self.part)):
                yield self._block(block.kind, block.text)
        for reference in inline.notes:
            note = self._notes.pop(reference, None)
            text = " ".join(self._flat(note).split()) if note is not None else ""
            if text:
                yield self._block("note", text)

    def _heading(self, level: int, text: str) -> Block:
        title = " ".join(text.split())
        self._path = [above for above in self._path if above[0] < level]
        heading = Block(kind="heading", text=title, level=level, heading_path=tuple(above for _, above in self._path))
        self._path.append((level, title))
        return heading

    def _block(self, kind: BlockKind, text: str) -> Block:
        return Block(kind=kind, text=text, heading_path=tuple(title for _, title in self._path))

    def _table(self, table: Element) -> Iterator[Block]:
        """Merged cells give their text once; a table without two rows and two columns is a frame around its text."""
        rows = [list(_cells(row)) for row in _inside(table, "w:tr")]
        if len(rows) < 2 or max(map(len, rows)) < 2:
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        notes = Inline()
        lines = []
        for row in rows:
            entries: list[str] = []
            for cell in row:
                goes_on, width = _merging(cell)
                text = "" if goes_on else self._flat(cell, notes)
                entries += [" ".join(text.split()).replace("|", "¦"), *[""] * (width - 1)]
            if any(entries):
                lines.append(" | ".join(entries))
        if lines:
            yield self._block("table", "\n".join(lines))
        yield from self._anchored(notes)

    def _flat(self, container: Element, notes: Inline | None = None) -> str:
        """Everything in a cell or note as one text."""
        texts: list[str] = []
        for paragraph in container.iter(long_name("w:p")):
            if any(tag_of(above) == "w:txbxContent" for above in paragraph.iterancestors()):
                continue
            inline = read_inline(paragraph)
            numbering = self._styles.numbering(child(paragraph, "w:pPr"))
            label = self._numbering.label(*numbering) if numbering and inline.text.strip() else ""
            texts += [label, inline.text, *inline.displayed]
            if notes is not None:
                notes.notes += inline.notes
                notes.boxes += inline.boxes
                notes.drawings += inline.drawings
        return " ".join(filter(None, texts))


def _is_bold_line(inline: Inline, text: str) -> bool:
    is_line = inline.has_words and len(text) <= _MAX_BOLD_HEADING and "\n" not in text
    return is_line and inline.all_bold and not text.rstrip().endswith((".", ",", ";", ":"))


def _inside(container: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table, or cells of a row, also those that a content control holds."""
    for element in container:
        name = tag_of(element)
        if name == wanted:
            yield element
        elif name in _HOLD_CELLS:
            yield from _inside(element, wanted)


def _cells(row: Element) -> Iterator[Element]:
    return _inside(row, "w:tc")


def _merging(cell: Element) -> tuple[bool, int]:
    """Whether a cell goes on from the one above, and how many columns it spans."""
    properties = child(cell, "w:tcPr")
    merge = child(properties, "w:vMerge")
    span = attribute(child(properties, "w:gridSpan"), "w:val") or "1"
    width = min(max(int(span), 1), _MAX_SPAN) if span.isdigit() and len(span) < 5 else 1
    return merge is not None and attribute(merge, "w:val") != "restart", width


def _with_whole_code(blocks: list[Block]) -> list[Block]:
    """Lines of code, each a paragraph in Word, as one block."""
    whole: list[Block] = []
    for block in blocks:
        before = whole[-1] if whole else None
        if before and before.kind == block.kind == "code" and before.heading_path == block.heading_path:
            whole[-1] = msgspec.structs.replace(before, text=f"{before.text}\n{block.text}")
        else:
            whole.append(block)
    return whole
