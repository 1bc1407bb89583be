"""Reads the pages of a PDF with pdfium's raw interface, in bulk calls: one per character would cost seconds a book."""

import ctypes
import math
import mmap
from collections.abc import Callable, Iterator
from functools import lru_cache

import pypdfium2.raw as pdfium

from learnx.adapters.extraction.pages import Box, Line, OutlineEntry, Page, PdfContent, RuledTable
from learnx.adapters.extraction.pdfium_rulings import page_edges
from learnx.adapters.extraction.pdfium_text import pieces, samples, style_of_font, units
from learnx.adapters.extraction.ruled_tables import with_tables
from learnx.adapters.extraction.ruling import find_grids
from learnx.adapters.extraction.two_readers import read_pages

MAX_OUTLINE_ENTRIES = 5000
#: A page with more characters than this is an attack, or a data dump: its geometry is not looked at.
MAX_PAGE_CHARS = 200_000

_double = ctypes.c_double
_FONT_NAME_BYTES = 128
_MAX_CELL_CHARS = 16_384
_FIXED_PITCH = 1
_FORCE_BOLD = 1 << 18


class PdfiumError(Exception):
    """``code`` is what FPDF_GetLastError said: 3 is no PDF or a damaged one, 4 a missing password."""

    def __init__(self, code: int) -> None:
        super().__init__(f"pdfium error {code}")
        self.code = code


class PdfiumDocument:
    """An open document. Not thread-safe, as pdfium isn't. A mapping must be private and writable; it isn't written."""

    def __init__(self, data: bytes | mmap.mmap, password: str | None) -> None:
        initialise()
        self._data = data if isinstance(data, bytes) else (ctypes.c_char * len(data)).from_buffer(data)
        secret = password.encode() if password is not None else None
        self._document = pdfium.FPDF_LoadMemDocument64(self._data, len(data), secret)
        if not self._document:
            raise PdfiumError(pdfium.FPDF_GetLastError())
        self.page_count: int = pdfium.FPDF_GetPageCount(self._document)

    def outline(self) -> list[OutlineEntry]:
        return list(self._outline())

    def content(self, on_page: Callable[[int], None]) -> PdfContent:
        """All pages that load; ``on_page`` is told how many have been read."""
        pages = read_pages(self._page, self.page_count, on_page)
        return PdfContent(pages, self.page_count, self.outline(), self._title())

    def _page(self, index: int) -> Page | None:
        page = pdfium.FPDF_LoadPage(self._document, index)
        if not page:
            return None
        text_page = pdfium.FPDFText_LoadPage(page)
        try:
            return _PageReader(page, text_page, index + 1, self._label(index)).read() if text_page else None
        finally:
            if text_page:
                pdfium.FPDFText_ClosePage(text_page)
            pdfium.FPDF_ClosePage(page)

    def _label(self, index: int) -> str | None:
        return _string(lambda buffer, size: pdfium.FPDF_GetPageLabel(self._document, index, buffer, size)) or None

    def _title(self) -> str | None:
        return _string(lambda buffer, size: pdfium.FPDF_GetMetaText(self._document, b"Title", buffer, size)) or None

    def _outline(self) -> Iterator[OutlineEntry]:
        """Bookmarks, depth first; an outline may be cyclic, so each is visited once."""
        seen: set[int] = set()
        pending = [(pdfium.FPDFBookmark_GetFirstChild(self._document, None), 1)]
        while pending and len(seen) < MAX_OUTLINE_ENTRIES:
            bookmark, depth = pending.pop()
            if not bookmark:
                continue
            address = ctypes.addressof(bookmark.contents)
            if address in seen:
                continue
            seen.add(address)
            yield self._entry(bookmark, depth)
            pending.append((pdfium.FPDFBookmark_GetNextSibling(self._document, bookmark), depth))
            pending.append((pdfium.FPDFBookmark_GetFirstChild(self._document, bookmark), depth + 1))

    def _entry(self, bookmark: object, depth: int) -> OutlineEntry:
        title = _string(lambda buffer, size: pdfium.FPDFBookmark_GetTitle(bookmark, buffer, size))
        destination = pdfium.FPDFBookmark_GetDest(self._document, bookmark)
        page = pdfium.FPDFDest_GetDestPageIndex(self._document, destination) if destination else -1
        return OutlineEntry(" ".join(title.split()), depth, page + 1 if page >= 0 else None)


@lru_cache(maxsize=1)
def initialise() -> None:
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(2, None, None, 0))


def _string(call: Callable[[object, int], int]) -> str:
    """What a pdfium function that fills a buffer with UTF-16 has to say."""
    size = call(None, 0)
    if size <= 2 or size > 1_000_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    call(buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


class _PageReader:
    """One page; its coordinates turn from pdfium's (origin below, not rotated) into those of ``Line``."""

    def __init__(self, page: object, text_page: object, number: int, label: str | None) -> None:
        self._page = page
        self._text_page = text_page
        self._number = number
        self._label = label
        frame = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, frame)
        self._frame = (frame.left, frame.bottom, frame.right, frame.top)
        self._rotation: int = pdfium.FPDFPage_GetRotation(page)
        self._sides = [_double() for _ in range(4)]
        self._pointers = [ctypes.byref(side) for side in self._sides]
        self._matrix = pdfium.FS_MATRIX()
        self._flags = ctypes.c_int()
        self._font_name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
        width, height = abs(frame.right - frame.left), abs(frame.top - frame.bottom)
        self._width, self._height = (height, width) if self._rotation % 2 else (width, height)

    def read(self) -> Page:
        text = self._text()
        lines = list(self._lines(text))
        items: list[Line | RuledTable] = list(lines)
        if lines and len(text) <= MAX_PAGE_CHARS:
            horizontal, vertical = page_edges(self._page, self._displayed)
            items = with_tables(lines, find_grids(horizontal, vertical, self._width, self._height), self._cell_text)
        return Page(self._number, self._width, self._height, items, self._label)

    def _text(self) -> str:
        count = pdfium.FPDFText_CountChars(self._text_page)
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (2 * count + 2))()
        written = pdfium.FPDFText_GetText(self._text_page, 0, count, buffer)
        return bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "surrogatepass")

    def _lines(self, text: str) -> Iterator[Line]:
        """Pieces of text between line breaks and joined hyphens, with the box and type of each."""
        same = units(text) == pdfium.FPDFText_CountChars(self._text_page)
        start = 0
        for piece, hyphenated in pieces(text):
            length = units(piece)
            if piece.strip():
                first, last = start, start + length - 1
                if not same:
                    first = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text_page, first)
                    last = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text_page, last)
                if 0 <= first <= last:
                    line = self._line(piece, first, last - first + 1, hyphenated)
                    if line:
                        yield line
            start += length + (1 if hyphenated else 2)

    def _line(self, text: str, first: int, count: int, hyphenated: bool) -> Line | None:
        boxes = pdfium.FPDFText_CountRects(self._text_page, first, count)
        if boxes <= 0:
            return None
        left = bottom = math.inf
        right = top = -math.inf
        x0, y1, x1, y0 = self._sides
        for index in range(boxes):
            pdfium.FPDFText_GetRect(self._text_page, index, *self._pointers)
            left, bottom = min(left, x0.value), min(bottom, y0.value)
            right, top = max(right, x1.value), max(top, y1.value)
        box = self._displayed(left, bottom, right, top)
        if box.right < 0 or box.bottom < 0 or box.left > self._width or box.top > self._height:
            return None
        at = first + len(text) - len(text.lstrip())
        if (box.top < 0 or box.bottom > self._height) and not self._stands_on_page(at):
            return None
        size, bold, mono = self._type(at)
        if bold or mono:
            for index in samples(text):
                _, bold_there, mono_there = self._type(first + units(text[:index]))
                bold, mono = bold and bold_there, mono and mono_there
        return Line(text.strip(), *box, size, bold, mono, hyphenated)

    def _stands_on_page(self, index: int) -> bool:
        """Whether the base line is on the page: below its edge nobody can read what is cut off, and commas are gone."""
        x, y = self._sides[:2]
        if not pdfium.FPDFText_GetCharOrigin(self._text_page, index, *self._pointers[:2]):
            return True
        at = self._displayed(x.value, y.value, x.value, y.value)
        return bool(0 <= at.top <= self._height)

    def _type(self, index: int) -> tuple[float, bool, bool]:
        """Size as displayed, bold, fixed pitch."""
        text_page, matrix, flags = self._text_page, self._matrix, self._flags
        size = pdfium.FPDFText_GetFontSize(text_page, index)
        if pdfium.FPDFText_GetMatrix(text_page, index, matrix):
            size *= math.hypot(matrix.c, matrix.d) or 1.0
        pdfium.FPDFText_GetFontInfo(text_page, index, self._font_name, _FONT_NAME_BYTES, flags)
        bold, mono = style_of_font(self._font_name.value)
        bold = bold or bool(flags.value & _FORCE_BOLD) or pdfium.FPDFText_GetFontWeight(text_page, index) >= 600
        return round(size, 1), bold, mono or bool(flags.value & _FIXED_PITCH)

    def _displayed(self, left: float, bottom: float, right: float, top: float) -> Box:
        frame_left, frame_bottom, frame_right, frame_top = self._frame
        match self._rotation:
            case 1:
                return Box(bottom - frame_bottom, left - frame_left, top - frame_bottom, right - frame_left)
            case 2:
                return Box(frame_right - right, bottom - frame_bottom, frame_right - left, top - frame_bottom)
            case 3:
                return Box(frame_top - top, frame_right - right, frame_top - bottom, frame_right - left)
            case _:
                return Box(left - frame_left, frame_top - top, right - frame_left, frame_top - bottom)

    def _stored(self, box: Box) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pdfium's coordinates: the inverse of ``_displayed``."""
        frame_left, frame_bottom, frame_right, frame_top = self._frame
        left, top, right, bottom = box
        match self._rotation:
            case 1:
                return frame_left + top, frame_bottom + right, frame_left + bottom, frame_bottom + left
            case 2:
                return frame_right - right, frame_bottom + bottom, frame_right - left, frame_bottom + top
            case 3:
                return frame_right - bottom, frame_top - left, frame_right - top, frame_top - right
            case _:
                return frame_left + left, frame_top - top, frame_left + right, frame_top - bottom

    def _cell_text(self, cell: Box) -> str:
        inner = Box(cell.left + 1, cell.top + 1, cell.right - 1, cell.bottom - 1)
        stored = self._stored(inner)
        buffer = _cell_buffer()
        count = pdfium.FPDFText_GetBoundedText(self._text_page, *stored, buffer, _MAX_CELL_CHARS)
        return bytes(memoryview(buffer)[:count]).decode("utf-16-le", "surrogatepass").rstrip("\0").strip()


@lru_cache(maxsize=1)
def _cell_buffer() -> "ctypes.Array[ctypes.c_ushort]":
    return (ctypes.c_ushort * _MAX_CELL_CHARS)()
