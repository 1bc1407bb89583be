"""Reads the pages of a PDF with pdfplumber: thirty times slower than pdfium, but it reads some files pdfium refuses."""

import io
import mmap
import struct
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from learnx.adapters.extraction.pages import Box, Line, Page, PdfContent
from learnx.adapters.extraction.ruled_tables import with_tables
from learnx.adapters.extraction.ruling import Edge, find_grids

#: With these its spacing is right, also for text set by TeX.
WORDS = {"x_tolerance_ratio": 0.15, "use_text_flow": True}
#: So far a font reaches below its base line, about, as a share of its size.
_DESCENT = 0.22

_THEIRS = ("pdfplumber", "pdfminer")
_LET_THROUGH = (
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    IndexError,
    AssertionError,
    OverflowError,
    ZeroDivisionError,
    NotImplementedError,
    struct.error,
)


class PasswordNeeded(Exception):
    pass


class Unreadable(Exception):
    pass


def pdfplumber_content(
    data: bytes | mmap.mmap, password: str | None, on_pages: Callable[[int, int], None]
) -> PdfContent:
    """Without an outline, since pdfminer resolves its destinations to no pages.

    pdfminer raises a dozen kinds of exceptions on damaged files, and lets TypeError and the like through: what is
    raised inside of it becomes ``PasswordNeeded`` or ``Unreadable``, what is raised here is a mistake of ours.
    """
    try:
        return _content(data, password, on_pages)
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise PasswordNeeded from error
        raise Unreadable(str(error)) from error
    except _LET_THROUGH as error:
        if not _is_theirs(error):
            raise
        raise Unreadable(type(error).__name__) from error


def _content(data: bytes | mmap.mmap, password: str | None, on_pages: Callable[[int, int], None]) -> PdfContent:
    with pdfplumber.open(io.BytesIO(data[:]), password=password or "", raise_unicode_errors=False) as pdf:
        total = len(pdf.pages)
        on_pages(0, total)
        pages = []
        for page in pdf.pages:
            pages.append(_page(page))
            page.close()
            on_pages(len(pages), total)
        return PdfContent(pages, total, [], _title(pdf))


def _is_theirs(error: Exception) -> bool:
    """Whether the innermost frame that is ours or theirs is theirs."""
    modules = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    known = [module for module in modules if module.split(".")[0] in (*_THEIRS, "learnx")]
    return bool(known) and not known[-1].startswith("learnx")


def _page(page: Any) -> Page:
    words = [
        word
        for word in page.extract_words(**WORDS, extra_attrs=["fontname", "size"])
        if page.bbox[1] <= word["bottom"] - _DESCENT * word["size"] <= page.bbox[3]
    ]
    lines = [_line(group) for group in _grouped(words)]
    crop = [_moved(edge, page) for edge in page.edges]
    horizontal = [Edge(box.top, box.left, box.right) for box, is_horizontal in crop if is_horizontal]
    vertical = [Edge(box.left, box.top, box.bottom) for box, is_horizontal in crop if not is_horizontal]

    def cell_text(cell: Box) -> str:
        left, top, right, bottom = page.bbox
        inner = (
            max(cell.left + left, left),
            max(cell.top + top, top),
            min(cell.right + left, right),
            min(cell.bottom + top, bottom),
        )
        return str(page.crop(inner).extract_text(**WORDS)) if inner[0] < inner[2] and inner[1] < inner[3] else ""

    items = with_tables(lines, find_grids(horizontal, vertical, float(page.width), float(page.height)), cell_text)
    return Page(page.page_number, float(page.width), float(page.height), items, page.page_obj.label)


def _moved(edge: dict[str, Any], page: Any) -> tuple[Box, bool]:
    left, top = page.bbox[0], page.bbox[1]
    box = Box(edge["x0"] - left, edge["top"] - top, edge["x1"] - left, edge["bottom"] - top)
    return box, edge["orientation"] == "h"


def _grouped(words: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Words of one line, in one type, that stand next to each other."""
    group: list[dict[str, Any]] = []
    for word in words:
        if group and not _adjacent(group[-1], word):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _adjacent(before: dict[str, Any], word: dict[str, Any]) -> bool:
    overlap = min(before["bottom"], word["bottom"]) - max(before["top"], word["top"])
    size = max(before["size"], word["size"])
    return bool(
        overlap > 0.5 * min(before["size"], word["size"]) and -0.5 * size < word["x0"] - before["x1"] < 4 * size
    )


def _line(words: list[dict[str, Any]]) -> Line:
    names = [word["fontname"].lower() for word in words]
    return Line(
        " ".join(word["text"] for word in words).replace("\0", ""),
        words[0]["x0"],
        min(word["top"] for word in words),
        words[-1]["x1"],
        max(word["bottom"] for word in words),
        round(max(word["size"] for word in words), 1),
        all(any(mark in name for mark in ("bold", "black", "heavy", "cmbx", "demi")) for name in names),
        all(any(mark in name for mark in ("mono", "courier", "cmtt", "consol")) for name in names),
    )


def _title(pdf: Any) -> str | None:
    title = (pdf.metadata or {}).get("Title")
    return title if isinstance(title, str) else None
