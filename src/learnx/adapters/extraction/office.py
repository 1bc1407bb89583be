"""Makes a document of a DOCX or a PPTX, which their main part tells apart, whatever the file is called."""

import mmap
from collections.abc import Callable

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.language import detect_language
from learnx.adapters.extraction.office_package import OfficePackage, long_name, tag_of, text_of
from learnx.adapters.extraction.titles import given_title
from learnx.domain.documents import Block, Document

Data = bytes | mmap.mmap
OnPages = Callable[[int, int], None]


def read_office(data: Data, *, on_pages: OnPages) -> Document:
    """Raises ``ProcessingFailed``; ``unsupported_type`` for a spreadsheet, and for a ZIP of other things."""
    package = OfficePackage(data)
    part = package.main_part()
    root = package.xml(part) if part else None
    if part is None or root is None:
        raise failure("unsupported_type")
    match tag_of(root):
        case "w:document":
            from learnx.adapters.extraction.word import word_content

            content = word_content(package, part, root)
            return _document(content.blocks, content.title or _property_title(package), None)
        case "p:presentation":
            from learnx.adapters.extraction.slides import slide_content

            slides = slide_content(package, part, root, on_pages)
            return _document(slides.blocks, None, slides.count)
        case _:
            raise failure("unsupported_type")


def read_ole2(data: Data, *, password: str | None, on_pages: OnPages) -> Document:
    """An Office file inside an encrypted container. Raises ``ProcessingFailed``."""
    from learnx.adapters.extraction.office_encryption import decrypted

    return read_office(decrypted(data, password), on_pages=on_pages)


def _document(blocks: list[Block], title: str | None, pages: int | None) -> Document:
    if not any(character.isalnum() for block in blocks for character in block.text):
        raise failure("no_text")
    return Document(
        blocks=tuple(blocks),
        title=title or next((block.text for block in blocks if block.kind == "heading"), None),
        language=detect_language(block.text for block in blocks),
        page_count=pages,
    )


def _property_title(package: OfficePackage) -> str | None:
    properties = package.xml("docProps/core.xml")
    return given_title(text_of(properties.find(long_name("dc:title")))) if properties is not None else None
