"""Which kind of document some bytes are: the content decides, a file's name only tells kinds of text apart."""

import re
import unicodedata
from pathlib import PurePosixPath

#: How much of a file ``sniff`` wants to see, in bytes.
HEAD_BYTES = 8192

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OLE2 = "application/x-ole-storage"
MARKDOWN = "text/markdown"
HTML = "text/html"
PLAIN_TEXT = "text/plain"

_MAX_NAME_BYTES = 255
_TEXT_BY_SUFFIX = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".mdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
}
#: For a ZIP whose first part is so long that no other is visible.
_OFFICE_BY_SUFFIX = {".docx": DOCX, ".pptx": PPTX}
_UTF32_OR_16_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\xfe\xff")
_OPENS_LIKE_HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_HEADLESS_PDF = re.compile(rb"%[^\r\n]{0,40}\s+\d+ \d+ obj\b")
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"
_KNOWN_BINARY = (
    b"\x7fELF",
    b"MZ",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"OggS",
    b"ID3",
    b"SQLite format 3\x00",
    b"{\\rtf",
    b"%!PS",
)


def sniff(head: bytes, filename: str) -> str | None:
    """The media type of a document from its first ``HEAD_BYTES``; None for what is no kind of document that we read.

    A ZIP container counts as DOCX or PPTX by the parts that are visible, else by the file's name: extraction, which
    sees the whole file, decides. OLE2 is an encrypted or a legacy Office file, which extraction tells apart.
    A PDF may have up to 1,024 bytes before its header, or have lost it.
    """
    if b"%PDF-" in head[:1024] or _HEADLESS_PDF.match(head):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(head, filename)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLE2
    if not head or head.startswith(_KNOWN_BINARY) or not _looks_like_text(head):
        return None
    if _OPENS_LIKE_HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return HTML
    return _TEXT_BY_SUFFIX.get(PurePosixPath(filename.lower()).suffix, PLAIN_TEXT)


def _office_kind(head: bytes, filename: str) -> str | None:
    if b"ppt/" in head or b"presentationml" in head:
        return PPTX
    if b"word/" in head or b"wordprocessingml" in head:
        return DOCX
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head or b"docProps/" in head:
        return PPTX if filename.lower().endswith(".pptx") else DOCX
    return _OFFICE_BY_SUFFIX.get(PurePosixPath(filename.lower()).suffix)


def _looks_like_text(head: bytes) -> bool:
    """Text has no control bytes to speak of, unless it is in two or four bytes a character."""
    if head.startswith(_UTF32_OR_16_MARKS):
        return True
    controls = len(head) - len(head.translate(None, _CONTROL_BYTES))
    if controls * 100 <= len(head):
        return True
    return wide_encoding(head) is not None


def wide_encoding(head: bytes) -> str | None:
    """The encoding of text in two or four bytes a character without a mark: what decodes whole, and into letters of
    the common scripts rather than controls and unassigned points."""
    for width, encodings in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        for encoding in encodings:
            try:
                text = head[: len(head) - len(head) % width].decode(encoding)
            except UnicodeDecodeError:
                continue
            readable = sum(c in "\r\n\t " or unicodedata.category(c)[0] in "LNPSZM" for c in text)
            common = sum(c < "\u2000" for c in text)
            if text and readable >= 0.98 * len(text) and common >= 0.8 * len(text):
                return encoding
    return None


def clean_filename(name: str) -> str:
    """A name that is safe to show and to send in a header: base name, NFC, no control, format or lone surrogate
    character, at most 255 bytes of UTF-8 (its suffix kept), "document" where nothing is left."""
    base = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C")
    stripped = " ".join(visible.split()).strip(" .") if set(visible) <= set(" .") else " ".join(visible.split())
    if not stripped:
        return "document"
    suffix = PurePosixPath(stripped).suffix
    suffix = suffix if len(suffix.encode()) <= 16 else ""
    stem = stripped[: len(stripped) - len(suffix)] if suffix else stripped
    room = _MAX_NAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + suffix
