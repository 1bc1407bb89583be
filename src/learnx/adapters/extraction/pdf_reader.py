"""Reads a PDF with the engine that is configured, and with the other one where pdfium refuses it."""

import mmap
from collections.abc import Callable
from dataclasses import replace

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.pages import OutlineEntry, PdfContent
from learnx.adapters.extraction.pdf import pdf_document
from learnx.adapters.extraction.pdfium_pages import PdfiumDocument, PdfiumError
from learnx.domain.documents import Document

_PASSWORD = 4

Data = bytes | mmap.mmap
OnPages = Callable[[int, int], None]


def read_pdf(data: Data, *, password: str | None, engine: str, on_pages: OnPages) -> Document:
    """``engine`` is ``pdfium`` or ``pdfplumber``. A password that isn't needed does no harm. Raises
    ``ProcessingFailed``."""
    if engine == "pdfplumber":
        return _document(_with_pdfplumber(data, password, on_pages))
    try:
        content = _with_pdfium(data, password, on_pages)
    except PdfiumError as error:
        if error.code == _PASSWORD:
            raise failure("encrypted") from error
        content = _with_pdfplumber(data, password, on_pages)
        if not content.page_count:
            raise failure("corrupt") from error
    return _document(content)


def _document(content: PdfContent) -> Document:
    if not content.pages:
        raise failure("no_text" if content.page_count == 0 else "corrupt")
    return pdf_document(content)


def _with_pdfium(data: Data, password: str | None, on_pages: OnPages) -> PdfContent:
    document = _opened(data, password)
    on_pages(0, document.page_count)
    return document.content(lambda done: on_pages(done, document.page_count))


def _opened(data: Data, password: str | None) -> PdfiumDocument:
    try:
        return PdfiumDocument(data, password)
    except PdfiumError as error:
        if error.code != _PASSWORD or not password:
            raise
        return PdfiumDocument(data, None)


def _with_pdfplumber(data: Data, password: str | None, on_pages: OnPages) -> PdfContent:
    from learnx.adapters.extraction.pdfplumber_pages import PasswordNeeded, Unreadable, pdfplumber_content

    try:
        content = pdfplumber_content(data, password, on_pages)
    except PasswordNeeded as error:
        raise failure("encrypted") from error
    except Unreadable as error:
        raise failure("corrupt") from error
    return replace(content, outline=_outline(data, password))


def _outline(data: Data, password: str | None) -> list[OutlineEntry]:
    """pdfium's, where it opens the file at all: headings come from bookmarks with either engine."""
    try:
        return _opened(data, password).outline()
    except PdfiumError:
        return []
