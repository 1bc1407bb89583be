"""Reads a PPTX: slides count as pages, titles are headings, speaker notes stand behind what they explain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from learnx.adapters.extraction.office_drawings import drawing_blocks
from learnx.adapters.extraction.office_math import linear
from learnx.adapters.extraction.office_package import (
    Element,
    OfficePackage,
    Relation,
    attribute,
    child,
    chosen,
    long_name,
    tag_of,
    text_of,
)
from learnx.domain.cleaning import WRAP
from learnx.domain.documents import Block, BlockKind, PageMark

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "ftr", "dt", "hdr", "sldImg")
_BULLETED = ("body", "obj", "half", "quarter", "")


@dataclass(slots=True)
class SlideContent:
    blocks: list[Block]
    count: int


def slide_content(
    package: OfficePackage, part: str, root: Element, on_pages: Callable[[int, int], None]
) -> SlideContent:
    """All slides, hidden ones too, in the order of the show; within a slide the order of a screen reader."""
    relations = package.relations(part)
    targets = [
        relation.target
        for slide in root.iter(long_name("p:sldId"))
        if (relation := relations.get(attribute(slide, "r:id") or "")) is not None
    ]
    on_pages(0, len(targets))
    blocks: list[Block] = []
    for number, target in enumerate(targets, start=1):
        slide = package.xml(target)
        if slide is not None:
            blocks += _Slide(package, package.relations(target), number).blocks(slide)
        on_pages(number, len(targets))
    return SlideContent(blocks, len(targets))


class _Slide:
    def __init__(self, package: OfficePackage, relations: dict[str, Relation], number: int) -> None:
        self._package = package
        self._relations = relations
        self._number = number
        self._path: tuple[str, ...] = ()

    def blocks(self, slide: Element) -> Iterator[Block]:
        tree = child(slide, "p:cSld", "p:spTree")
        shapes = list(_shapes(tree)) if tree is not None else []
        title = next((shape for shape in shapes if _placeholder(shape) in _TITLES and _words(shape)), None)
        if title is not None:
            text = " ".join(_words(title).split())
            yield self._block("heading", text, level=1)
            self._path = (text,)
        for shape in shapes:
            if shape is not title:
                yield from self._shape(shape)
        yield from self._notes()

    def _block(self, kind: BlockKind, text: str, level: int | None = None) -> Block:
        marks = (PageMark(offset=0, page=self._number),)
        return Block(kind=kind, text=text, page_marks=marks, heading_path=self._path, level=level)

    def _shape(self, shape: Element) -> Iterator[Block]:
        if _placeholder(shape) in _FURNITURE:
            return
        if tag_of(shape) == "p:graphicFrame":
            for table in shape.iter(long_name("a:tbl")):
                yield from self._table(table)
            for block in drawing_blocks(shape, self._package, self._relations):
                yield self._block(block.kind, block.text)
        else:
            body = child(shape, "p:txBody")
            yield from self._text(body, _placeholder(shape)) if body is not None else ()

    def _text(self, body: Element, placeholder: str | None) -> Iterator[Block]:
        """Paragraphs with a bullet, or where the layout gives them one, are items; neighbours make one list."""
        paragraphs = [one for one in body if tag_of(one) == "a:p" and _paragraph_text(one).strip()]
        bulleted = placeholder in _BULLETED and len(paragraphs) > 1
        items: list[str] = []
        number = 0
        for paragraph in paragraphs:
            text = _paragraph_text(paragraph).strip()
            marker = _marker(child(paragraph, "a:pPr"), bulleted)
            number = number + 1 if marker == "1." else 0
            if marker:
                items.append(f"{_indent(paragraph)}{f'{number}.' if number else marker} {text}".replace("\n", WRAP))
                continue
            if items:
                yield self._block("list", "\n".join(items))
                items = []
            yield self._block("equation" if _is_formula(paragraph) else "paragraph", text)
        if items:
            yield self._block("list", "\n".join(items))

    def _table(self, table: Element) -> Iterator[Block]:
        rows = []
        for row in table.iter(long_name("a:tr")):
            cells = []
            for cell in row.iter(long_name("a:tc")):
                merged = cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true")
                body = child(cell, "a:txBody")
                text = "" if merged or body is None else " ".join(map(_paragraph_text, body.iter(long_name("a:p"))))
                cells.append(" ".join(text.split()).replace("|", "¦"))
            if any(cells):
                rows.append(" | ".join(cells))
        if rows:
            yield self._block("table", "\n".join(rows))

    def _notes(self) -> Iterator[Block]:
        for relation in self._relations.values():
            notes = self._package.xml(relation.target) if relation.kind == "notesSlide" else None
            tree = child(notes, "p:cSld", "p:spTree")
            for shape in _shapes(tree) if tree is not None else ():
                if _placeholder(shape) == "body":
                    paragraphs = (" ".join(_paragraph_text(one).split()) for one in shape.iter(long_name("a:p")))
                    text = "\n".join(filter(None, paragraphs))
                    if text:
                        yield self._block("note", text)


def _shapes(tree: Element) -> Iterator[Element]:
    """Shapes that may hold text, those inside groups in their place."""
    for element in tree:
        match tag_of(element):
            case "p:sp" | "p:graphicFrame":
                yield element
            case "p:grpSp":
                yield from _shapes(element)
            case "mc:AlternateContent":
                shown = chosen(element)
                yield from _shapes(shown) if shown is not None else ()
            case _:
                pass


def _placeholder(shape: Element) -> str | None:
    """Its type, which may be left out and is then empty; None for what is no placeholder."""
    properties = child(shape, "p:nvSpPr" if tag_of(shape) == "p:sp" else "p:nvGraphicFramePr")
    place = child(properties, "p:nvPr", "p:ph")
    return None if place is None else str(place.get("type", ""))


def _words(shape: Element) -> str:
    body = child(shape, "p:txBody")
    return " ".join(map(_paragraph_text, body.iter(long_name("a:p")))) if body is not None else ""


def _paragraph_text(paragraph: Element) -> str:
    parts: list[str] = []
    _read(paragraph, parts)
    return "".join(parts)


def _read(element: Element, parts: list[str]) -> None:
    for inner in element:
        match tag_of(inner):
            case "a:t":
                parts.append(text_of(inner).replace(WRAP, "\n"))
            case "a:br":
                parts.append("\n")
            case "m:oMath":
                parts.append(linear(inner))
            case "mc:AlternateContent":
                shown = chosen(inner)
                _read(shown, parts) if shown is not None else None
            case "a:pPr" | "a:rPr" | "a:endParaRPr":
                pass
            case _:
                _read(inner, parts)


def _is_formula(paragraph: Element) -> bool:
    formulas = any(True for _ in paragraph.iter(long_name("m:oMath")))
    return formulas and not any(text_of(text).strip() for text in paragraph.iter(long_name("a:t")))


def _marker(properties: Element | None, usual: bool) -> str:
    if child(properties, "a:buNone") is not None:
        return ""
    if child(properties, "a:buAutoNum") is not None:
        return "1."
    return "•" if usual or child(properties, "a:buChar") is not None else ""


def _indent(paragraph: Element) -> str:
    properties = child(paragraph, "a:pPr")
    level = properties.get("lvl", "0") if properties is not None else "0"
    return "  " * min(int(level), 8) if level.isdigit() else ""
