"""Reads HTML: its headings, lists, tables and code, and none of what a browser would run, fetch or put around them."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.html_hidden import drop_hidden
from learnx.adapters.extraction.language import detect_language
from learnx.adapters.extraction.plain_text import decode
from learnx.adapters.extraction.raised import lowered, raised
from learnx.adapters.extraction.titles import given_title
from learnx.domain.documents import Block, BlockKind, Document

_Element = Any

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML_CHARSET = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
_META_BYTES = 4096
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_TEX_SCRIPT = re.compile(r"math/tex")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_LEFT_OUT = _tags("""
    script style nav template noscript head footer form button select textarea input svg iframe object embed audio
    video canvas dialog rt rp
""")
_LISTS = _tags("ul ol")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = set(_HEADINGS) | _tags("""
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure header hgroup hr html
    li main ol p pre section summary table tbody td tfoot th thead tr ul
""")


def read_html(data: bytes) -> Document:
    """Raises ``ProcessingFailed``: ``no_text`` where there is nothing to read, ``too_complex`` beyond 256 levels."""
    text = _XML_DECLARATION.sub("", _decoded(data), count=1).replace("\0", "")
    if not text.strip():
        raise failure("no_text")
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise failure("no_text") from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise failure("too_complex")  # libxml2 has silently left out the rest
    drop_hidden(root)
    blocks = tuple(_Reader().read(_main(root)))
    if not any(character.isalnum() for block in blocks for character in block.text):
        raise failure("no_text")
    title = given_title(root.findtext(".//title")) or next((b.text for b in blocks if b.kind == "heading"), None)
    return Document(blocks=blocks, title=title, language=detect_language(block.text for block in blocks))


def _decoded(data: bytes) -> str:
    """By its byte order mark, by what it declares, or as any other text."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0\xfe\xff")):
        declared = _XML_CHARSET.match(data) or _META_CHARSET.search(data[:_META_BYTES])
        if declared:
            try:
                return data.decode(declared[1].decode("ascii"))
            except (LookupError, UnicodeDecodeError):
                pass  # pages lie about it: what the bytes look like decides
    return decode(data)


def _main(root: _Element) -> _Element:
    """The part that a page marks as its content, if there is exactly one; else its body."""
    marked = [*root.iter("main"), *root.xpath("//*[@role='main'][not(self::main)]")]
    body = root.find("body")
    return marked[0] if len(marked) == 1 else body if body is not None else root


class _Reader:
    """Text that stands between two block elements is a paragraph, whatever surrounds it."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._open: list[str] = []

    def read(self, element: _Element) -> Iterator[Block]:
        yield from self._inside(element)
        yield from self._closed()

    def _inside(self, element: _Element) -> Iterator[Block]:
        self._open.append(_spaced(element.text))
        for child in element:
            yield from self._element(child)
            self._open.append(_spaced(child.tail))

    def _element(self, element: _Element) -> Iterator[Block]:
        tag = element.tag
        if not isinstance(tag, str) or _is_left_out(element):
            self._open.append(_formula(element))
        elif tag not in _BLOCKS:
            if _has_blocks(element):
                yield from self._inside(element)
            else:
                self._open.append(_inline(element))
        else:
            yield from self._closed()
            yield from self._block_element(element, tag)
            yield from self._closed()

    def _block_element(self, element: _Element, tag: str) -> Iterator[Block]:
        if tag in _HEADINGS:
            yield from self._heading(_HEADINGS[tag], _folded(_inline(element)))
        elif tag in _LISTS:
            yield from self._block("list", "\n".join(_items(element, "")))
        elif tag == "pre":
            yield from self._block("code", _raw(element).strip("\n"))
        elif tag == "table":
            yield from self._table(element)
        else:
            yield from self._inside(element)

    def _table(self, table: _Element) -> Iterator[Block]:
        """A table without two rows and two columns, or with a table inside, is there for the layout."""
        rows = [_row(row) for row in table.iter("tr")]
        if len(rows) < 2 or max(map(len, rows)) < 2 or table.find(".//table") is not None:
            yield from self._inside(table)
            return
        caption = table.find("caption")
        if caption is not None:
            yield from self._block("paragraph", _folded(_inline(caption)))
        yield from self._block("table", "\n".join(" | ".join(row) for row in rows if any(row)))

    def _heading(self, level: int, text: str) -> Iterator[Block]:
        title = " ".join(text.split())
        if title:
            self._path = [above for above in self._path if above[0] < level]
            yield Block(kind="heading", text=title, level=level, heading_path=tuple(above for _, above in self._path))
            self._path.append((level, title))

    def _closed(self) -> Iterator[Block]:
        text = _folded("".join(self._open))
        self._open = []
        yield from self._block("paragraph", text)

    def _block(self, kind: BlockKind, text: str) -> Iterator[Block]:
        if text.strip():
            yield Block(kind=kind, text=text, heading_path=tuple(title for _, title in self._path))


def _is_left_out(element: _Element) -> bool:
    return element.tag in _LEFT_OUT or element.tag == "math"


def _has_blocks(element: _Element) -> bool:
    return any(inner.tag in _BLOCKS for inner in element.iterdescendants())


def _formula(element: _Element) -> str:
    """TeX, which most pages keep behind the formulas that they show; else the formula's own symbols."""
    if element.tag == "script":
        return f"${element.text}$" if element.text and _TEX_SCRIPT.match(element.get("type", "")) else ""
    if element.tag != "math":
        return ""
    tex = element.get("alttext") or element.findtext(".//annotation")
    return f"${tex.strip()}$" if tex and tex.strip() else "".join(element.itertext())


def _inline(element: _Element, without: frozenset[str] = frozenset()) -> str:
    """Words of an element; line feeds only where a ``br`` is."""
    if not isinstance(element.tag, str) or _is_left_out(element):
        return _formula(element)
    match element.tag:
        case "br":
            return "\n"
        case "img":
            return str(element.get("alt", ""))
        case "sup":
            return raised(_words(element))
        case "sub":
            return lowered(_words(element))
        case tag if tag in without:
            return " "
        case tag if tag in _BLOCKS:
            return f" {_words(element, without)} "
        case _:
            return _words(element, without)


def _words(element: _Element, without: frozenset[str] = frozenset()) -> str:
    parts = [_spaced(element.text)]
    for child in element:
        parts += _inline(child, without), _spaced(child.tail)
    return "".join(parts)


def _spaced(text: str | None) -> str:
    return _SPACE.sub(" ", text or "")


def _folded(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _raw(element: _Element) -> str:
    for line_break in list(element.iter("br")):
        line_break.text = "\n"
    return "".join(element.itertext())


def _items(container: _Element, indent: str) -> Iterator[str]:
    number = container.get("start", "1")
    count = int(number) if number.isdigit() and len(number) < 7 else 1
    for item in container:
        if item.tag in _LISTS:
            yield from _items(item, indent + "  ")
        elif item.tag == "li":
            marker = f"{count}." if container.tag == "ol" else "•"
            count += 1
            yield from _item(item, f"{indent}{marker} ", indent + "  ")


def _item(item: _Element, lead: str, indent: str) -> Iterator[str]:
    """An item's own words on one line, then the items of the lists inside it."""
    text = " ".join(_words(item, without=_LISTS).split())
    if text:
        yield lead + text
    for inner in item.iterdescendants("ul", "ol"):
        if next(inner.iterancestors("li"), None) is item and inner.getparent().tag not in _LISTS:
            yield from _items(inner, indent)


def _row(row: _Element) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in ("td", "th"):
            span = cell.get("colspan", "1")
            width = min(max(int(span), 1), 64) if span.isdigit() and len(span) < 5 else 1
            cells += [" ".join(_inline(cell).split()).replace("|", "¦"), *[""] * (width - 1)]
    return cells
