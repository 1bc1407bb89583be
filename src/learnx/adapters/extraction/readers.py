"""Which reader reads which kind of document; the content decides."""

import mmap
from collections.abc import Callable

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.adapters.extraction.system_calls import forbid_processes
from learnx.domain import media_types
from learnx.domain.documents import Document

Data = bytes | mmap.mmap
OnPages = Callable[[int, int], None]


def warm_up() -> None:
    """Imports what nearly every document needs."""
    from learnx.adapters.extraction import markdown, pdfium_pages, plain_text  # noqa: F401

    pdfium_pages.initialise()


def read(data: Data, *, filename: str, password: str | None, pdf_engine: str, on_pages: OnPages) -> Document:
    """Raises ``ProcessingFailed`` for every way in which a document can be unreadable."""
    if not len(data):
        raise failure("no_text")
    kind = media_types.sniff(data[: media_types.HEAD_BYTES], filename)
    if kind != media_types.PDF:  # of which a long one is read by two
        forbid_processes()
    match kind:
        case media_types.PDF:
            return read_pdf(data, password=password, engine=pdf_engine, on_pages=on_pages)
        case media_types.DOCX | media_types.PPTX:
            from learnx.adapters.extraction.office import read_office

            return read_office(data, on_pages=on_pages)
        case media_types.OLE2:
            from learnx.adapters.extraction.office import read_ole2

            return read_ole2(data, password=password, on_pages=on_pages)
        case media_types.HTML:
            from learnx.adapters.extraction.html import read_html

            return read_html(data[:])
        case media_types.MARKDOWN:
            from learnx.adapters.extraction.markdown import read_markdown

            return read_markdown(data[:])
        case media_types.PLAIN_TEXT:
            from learnx.adapters.extraction.plain_text import read_plain_text

            return read_plain_text(data[:])
        case _:
            raise failure("unsupported_type")
